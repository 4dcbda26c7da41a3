/* SPDX-License-Identifier: Apache-2.0 */
#include "signkeys.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "buf.h"
#include "fsx.h"
#include "uuid.h"

static void set_name(struct sign_keys *keys)
{
	char text[2 * SIGN_PUBLIC_BYTES + 1];
	hex_format(keys->public_key, SIGN_PUBLIC_BYTES, text);
	memcpy(keys->name, text, SIGN_NAME_SIZE - 1);
	keys->name[SIGN_NAME_SIZE - 1] = '\0';
}

void sign_keys_generate(struct sign_keys *out)
{
	*out = (struct sign_keys){.has_secret = true};
	crypto_sign_keypair(out->public_key, out->secret_key);
	set_name(out);
}

/* Fills keys from the text of a file; -1 when it is none. */
static int parse(const char *text, bool needs_secret, struct sign_keys *keys)
{
	char name[SIGN_NAME_SIZE] = "", public_text[65] = "", seed_text[65] = "";
	uint8_t seed[crypto_sign_SEEDBYTES], derived[SIGN_PUBLIC_BYTES];
	int rc = -1;
	int got = sscanf(text, "zhibao-sign v1 name %16s public %64s secret %64s", name, public_text, seed_text);
	if (got < 2 || (needs_secret && got < 3) ||
	    hex_parse(public_text, strlen(public_text), keys->public_key, SIGN_PUBLIC_BYTES) < 0)
		goto out;
	set_name(keys);
	if (strcmp(name, keys->name) != 0)
		goto out;
	if (got == 3) {
		if (hex_parse(seed_text, strlen(seed_text), seed, sizeof(seed)) < 0)
			goto out;
		crypto_sign_seed_keypair(derived, keys->secret_key, seed);
		if (memcmp(derived, keys->public_key, SIGN_PUBLIC_BYTES) != 0)
			goto out;
		keys->has_secret = true;
	}
	rc = 0;
out:
	sodium_memzero(seed_text, sizeof(seed_text));
	sodium_memzero(seed, sizeof(seed));
	return rc;
}

int sign_keys_read(const char *path, bool needs_secret, struct sign_keys *out, struct err *err)
{
	struct buf text = {0};
	struct stat info;
	*out = (struct sign_keys){0};
	int rc = -1;
	if (needs_secret && stat(path, &info) == 0 && (info.st_mode & 077) != 0)
		err_set(err, ERR_CONFIG, "KEY_FILE_OPEN 密钥文件 %s 可被他人读取，请执行 chmod 600", path);
	else if (file_read(path, 4096, &text, err) == 0)
		rc = parse(buf_string(&text), needs_secret, out);
	if (rc < 0 && text.len > 0)
		err_set(err, ERR_CONFIG, "KEY_FILE_BAD 签名密钥文件 %s 格式不对", path);
	if (rc < 0 && err)
		err->code = ERR_CONFIG;
	if (text.data)
		sodium_memzero(text.data, text.len);
	buf_fini(&text);
	return rc;
}

int sign_keys_write(const char *path, const struct sign_keys *keys, bool with_secret, struct err *err)
{
	struct buf text = {0};
	uint8_t seed[crypto_sign_SEEDBYTES];
	char hex[2 * SIGN_PUBLIC_BYTES + 1];
	hex_format(keys->public_key, SIGN_PUBLIC_BYTES, hex);
	buf_format(&text, "zhibao-sign v1\nname %s\npublic %s\n", keys->name, hex);
	if (with_secret) {
		crypto_sign_ed25519_sk_to_seed(seed, keys->secret_key);
		hex_format(seed, sizeof(seed), hex);
		buf_format(&text, "secret %s\n", hex);
		sodium_memzero(seed, sizeof(seed));
	}
	int rc = file_write(path, text.data, text.len, with_secret ? 0600 : 0644, err);
	sodium_memzero(hex, sizeof(hex));
	sodium_memzero(text.data, text.len);
	buf_fini(&text);
	return rc;
}
