/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "chain.h"
#include "frame.h"
#include "mqkeys.h"
#include "uuid.h"

static void test_frame(void **state)
{
	struct frame in = {FRAME_VERSION, 7, 0x0102030405060708u}, out;
	uint8_t data[FRAME_BYTES];
	(void)state;
	frame_encode(&in, data);
	assert_int_equal(frame_decode(data, sizeof(data), &out), FRAME_OK);
	assert_int_equal(out.type, 7);
	assert_true(out.session_gen == in.session_gen);
	for (size_t len = 0; len < FRAME_BYTES; len++)
		assert_int_equal(frame_decode(data, len, &out), FRAME_BAD);
	static const struct {
		size_t at;
		uint8_t value;
		enum frame_result result;
	} cases[] = {{0, 0, FRAME_BAD}, {1, 0, FRAME_BAD}, {2, 0, FRAME_OTHER_VERSION}, {2, FRAME_VERSION + 1, FRAME_OTHER_VERSION}, {4, 1, FRAME_BAD},
		     {6, 1, FRAME_BAD}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		frame_encode(&in, data);
		data[cases[i].at] = cases[i].value;
		assert_int_equal(frame_decode(data, sizeof(data), &out), cases[i].result);
	}
}

/* The same chain computed with Python's hashlib. */
static void test_chain(void **state)
{
	uint8_t uuid[16], chain[CHAIN_BYTES];
	char text[65];
	(void)state;
	for (uint8_t i = 0; i < 16; i++)
		uuid[i] = i;
	chain_start(uuid, chain);
	chain_step(chain, 1, "one", 3);
	chain_step(chain, 2, "", 0);
	hex_format(chain, sizeof(chain), text);
	assert_string_equal(text, "24111d7a558b858d458945cf2e933bb3fa2acf4607bd9295f656a9c9cee80545");
}

static void test_keys(void **state)
{
	char dir[] = "/tmp/zhibao-keys-XXXXXX", secret[64], public[64];
	struct mq_keys keys, other, read;
	struct err err;
	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(secret, sizeof(secret), "%s/a.key", dir);
	snprintf(public, sizeof(public), "%s/a.pub", dir);
	assert_int_equal(mq_keys_generate(&keys, &err), 0);
	assert_int_equal(mq_keys_generate(&other, &err), 0);
	assert_int_equal(mq_keys_write(secret, &keys, true, &err), 0);
	assert_int_equal(mq_keys_write(public, &keys, false, &err), 0);
	assert_int_equal(mq_keys_read(secret, true, &read, &err), 0);
	assert_memory_equal(read.secret_key, keys.secret_key, KEY_BYTES);
	assert_int_equal(mq_keys_read(public, false, &read, &err), 0);
	assert_false(read.has_secret);
	assert_int_equal(mq_keys_read(public, true, &read, &err), -1); /* no secret inside */
	chmod(secret, 0644);
	assert_int_equal(mq_keys_read(secret, true, &read, &err), -1);
	assert_non_null(strstr(err.text, "KEY_FILE_OPEN"));
	memcpy(other.public_key, keys.public_key, KEY_BYTES); /* halves of two pairs */
	assert_int_equal(mq_keys_write(secret, &other, true, &err), 0);
	assert_int_equal(mq_keys_read(secret, true, &read, &err), -1);
	assert_int_equal(err.code, ERR_CONFIG);
	remove(secret);
	remove(public);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_frame), cmocka_unit_test(test_chain),
					   cmocka_unit_test(test_keys)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
