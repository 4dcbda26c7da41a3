/* SPDX-License-Identifier: Apache-2.0 */
#include "rotation.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "log.h"

static void next_path(const struct rotation *rotation, char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, "%s.next", rotation->key_path);
}

static void ask(const struct rotation *rotation, const struct mq_keys *next)
{
	Zhibao__V1__Enrol enrol = ZHIBAO__V1__ENROL__INIT;
	enrol.office_code = (char *)(uintptr_t)rotation->office_code;
	enrol.public_key = (ProtobufCBinaryData){KEY_BYTES, (uint8_t *)(uintptr_t)next->public_key};
	session_send(rotation->session, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ENROL, &enrol.base);
}

int rotation_begin(const struct rotation *rotation, struct err *err)
{
	char path[PATH_MAX];
	struct mq_keys next;
	next_path(rotation, path);
	if (access(path, F_OK) == 0) {
		if (mq_keys_read(path, true, &next, err) < 0)
			return -1;
	} else if (mq_keys_generate(&next, err) < 0 || mq_keys_write(path, &next, true, err) < 0) {
		return -1;
	}
	ask(rotation, &next);
	return 0;
}

void rotation_opened(const struct rotation *rotation)
{
	char path[PATH_MAX];
	struct err err = {0};
	next_path(rotation, path);
	if (access(path, F_OK) == 0 && rotation_begin(rotation, &err) < 0)
		log_error("rotation.begin", "cause=\"%s\"", err.text);
}

int rotation_message(const struct rotation *rotation, const Zhibao__V1__Enrolled *message, struct mq_keys *keys_out)
{
	char path[PATH_MAX];
	struct err err = {0};
	next_path(rotation, path);
	if (message->public_key.len == 0) {
		log_error("rotation.refused", "另一把新密钥已登记，请联系管理员");
		unlink(path);
		return 0;
	}
	if (access(path, F_OK) != 0)
		return 0;
	if (mq_keys_read(path, true, keys_out, &err) < 0 || message->public_key.len != KEY_BYTES ||
	    memcmp(message->public_key.data, keys_out->public_key, KEY_BYTES) != 0)
		return 0;
	if (rename(path, rotation->key_path) < 0) {
		log_error("rotation.rename", "path=\"%s\"", rotation->key_path);
		return 0; /* asked again in the next session */
	}
	log_info("rotation.done", "office=%s", rotation->office_code);
	return 1;
}
