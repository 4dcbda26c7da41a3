/* SPDX-License-Identifier: Apache-2.0 */
#include "enrolfile.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "buf.h"
#include "calendar.h"
#include "fsx.h"

int enrol_file_read(const char *path, struct enrol_file *out, struct err *err)
{
	struct buf text = {0};
	struct stat info;
	char server[64] = "", code[64] = "", expires[64] = "";
	int rc = -1;
	*out = (struct enrol_file){0};
	if (stat(path, &info) == 0 && (info.st_mode & 077) != 0) {
		err_set(err, ERR_CONFIG, "KEY_FILE_OPEN 登记文件 %s 可被他人读取，请执行 chmod 600", path);
		return -1;
	}
	if (file_read(path, 8192, &text, err) < 0)
		return -1;
	int got = sscanf(buf_string(&text),
			 "zhibao-enrol v1 office %23s endpoints %1023s server %63s code %63s expires %63s",
			 out->office_code, out->endpoints, server, code, expires);
	if (got == 5 && mq_key_parse(server, out->server_public_key) == 0 &&
	    mq_keys_from_secret(code, &out->one_time) == 0 &&
	    instant_parse(expires, strlen(expires), &out->expires_at_us) == 0)
		rc = 0;
	else
		err_set(err, ERR_DATA, "E_ENROL_FILE %s 不是登记文件", path);
	sodium_memzero(code, sizeof(code));
	if (text.data)
		sodium_memzero(text.data, text.len);
	buf_fini(&text);
	return rc;
}

int enrol_file_write(const char *path, const struct enrol_file *file, struct err *err)
{
	struct buf text = {0};
	char server[KEY_TEXT_SIZE], code[KEY_TEXT_SIZE], expires[INSTANT_TEXT_SIZE];
	mq_key_text(file->server_public_key, server);
	mq_key_text(file->one_time.secret_key, code);
	instant_format(file->expires_at_us, expires);
	buf_format(&text, "zhibao-enrol v1\noffice %s\nendpoints %s\nserver %s\ncode %s\nexpires %s\n",
		   file->office_code, file->endpoints, server, code, expires);
	int rc = file_write(path, text.data, text.len, 0600, err);
	sodium_memzero(code, sizeof(code));
	sodium_memzero(text.data, text.len);
	buf_fini(&text);
	return rc;
}
