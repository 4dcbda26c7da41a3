/* SPDX-License-Identifier: Apache-2.0 */
#include "mqkeys.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <zmq.h>

#include "buf.h"
#include "fsx.h"

void mq_key_text(const uint8_t key[KEY_BYTES], char text_out[KEY_TEXT_SIZE])
{
	zmq_z85_encode(text_out, key, KEY_BYTES);
}

int mq_key_parse(const char *text, uint8_t out[KEY_BYTES])
{
	uint8_t key[KEY_BYTES];
	if (strlen(text) != KEY_TEXT_SIZE - 1 || !zmq_z85_decode(key, text))
		return -1;
	memcpy(out, key, KEY_BYTES);
	return 0;
}

int mq_keys_generate(struct mq_keys *out, struct err *err)
{
	char public_text[KEY_TEXT_SIZE], secret_text[KEY_TEXT_SIZE];
	int rc = -1;
	if (zmq_curve_keypair(public_text, secret_text) == 0 &&
	    mq_key_parse(public_text, out->public_key) == 0 &&
	    mq_key_parse(secret_text, out->secret_key) == 0) {
		out->has_secret = true;
		rc = 0;
	} else {
		err_set(err, ERR_INTERNAL, "libzmq 不支持 CURVE");
	}
	sodium_memzero(secret_text, sizeof(secret_text));
	return rc;
}

static int check_mode(const char *path, struct err *err)
{
	struct stat info;
	if (stat(path, &info) < 0 || (info.st_mode & 077) == 0)
		return 0; /* a missing file is reported when it is read */
	err_set(err, ERR_CONFIG, "KEY_FILE_OPEN 密钥文件 %s 可被他人读取，请执行 chmod 600", path);
	return -1;
}

int mq_keys_read(const char *path, bool needs_secret, struct mq_keys *out, struct err *err)
{
	struct buf text = {0};
	char public_text[64] = "", secret_text[64] = "";
	uint8_t derived[KEY_BYTES];
	int rc = -1;
	*out = (struct mq_keys){0};
	if ((needs_secret && check_mode(path, err) < 0) || file_read(path, 4096, &text, err) < 0)
		goto out;
	int got = sscanf(buf_string(&text), "zhibao-key v1 public %63s secret %63s", public_text,
			 secret_text);
	out->has_secret = got == 2;
	if (got < 1 || mq_key_parse(public_text, out->public_key) < 0 ||
	    (got == 2 && mq_key_parse(secret_text, out->secret_key) < 0) ||
	    (needs_secret && got < 2)) {
		err_set(err, ERR_CONFIG, "KEY_FILE_BAD 密钥文件 %s 格式不对", path);
		goto out;
	}
	if (got == 2 && (crypto_scalarmult_base(derived, out->secret_key) < 0 ||
			 memcmp(derived, out->public_key, KEY_BYTES) != 0)) {
		err_set(err, ERR_CONFIG, "KEY_FILE_BAD 密钥文件 %s 的公钥与私钥不成对", path);
		goto out;
	}
	rc = 0;
out:
	if (rc < 0 && err)
		err->code = ERR_CONFIG;
	if (text.data)
		sodium_memzero(text.data, text.len);
	buf_fini(&text);
	sodium_memzero(secret_text, sizeof(secret_text));
	return rc;
}

int mq_keys_from_secret(const char *text, struct mq_keys *out)
{
	*out = (struct mq_keys){.has_secret = true};
	return mq_key_parse(text, out->secret_key) < 0 ||
			       crypto_scalarmult_base(out->public_key, out->secret_key) < 0
		       ? -1
		       : 0;
}

int mq_keys_write(const char *path, const struct mq_keys *keys, bool with_secret, struct err *err)
{
	struct buf text = {0};
	char key[KEY_TEXT_SIZE];
	mq_key_text(keys->public_key, key);
	buf_format(&text, "zhibao-key v1\npublic %s\n", key);
	if (with_secret) {
		mq_key_text(keys->secret_key, key);
		buf_format(&text, "secret %s\n", key);
	}
	int rc = file_write(path, text.data, text.len, with_secret ? 0600 : 0644, err);
	sodium_memzero(key, sizeof(key));
	sodium_memzero(text.data, text.len);
	buf_fini(&text);
	return rc;
}
