/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <signal.h>
#include <sodium.h>
#include <sys/wait.h>
#include <unistd.h>

#include "messagememory.h"
#include "secretpool.h"

enum { MANY = 500 };

/* Through libsodium's names, as libzmq asks: small ones, more than the pool holds, and large ones. */
static void test_pieces(void **state)
{
	uint8_t *pieces[MANY];
	(void)state;
	message_memory_use();
	uint64_t before = secret_pool_served();
	for (size_t i = 0; i < MANY; i++) {
		size_t size = 1 + i * 37;
		pieces[i] = sodium_allocarray(size, 1);
		assert_non_null(pieces[i]);
		memset(pieces[i], (int)(i % 255 + 1), size);
	}
	for (size_t i = 0; i < MANY; i++)
		for (size_t k = 0; k < 1 + i * 37; k++)
			assert_int_equal(pieces[i][k], i % 255 + 1);
	for (size_t i = 0; i < MANY; i++)
		sodium_free(pieces[i]);
	sodium_free(NULL);
	assert_true(secret_pool_served() - before > 10);
	assert_true(secret_pool_served() - before < MANY);
	assert_null(sodium_allocarray(SIZE_MAX, 2));
}

static void test_wiped(void **state)
{
	uint8_t *piece = secret_pool_take(100);
	assert_non_null(piece);
	memset(piece, 7, 100);
	assert_true(secret_pool_give(piece));
	assert_ptr_equal(secret_pool_take(200), piece); /* the one given back last comes first */
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(piece[i], 0);
	assert_true(secret_pool_give(piece));
	assert_false(secret_pool_give(state));
	assert_null(secret_pool_take(1 << 20));
}

static void write_beyond(void)
{
	uint8_t *piece = secret_pool_take(100);
	piece[100] ^= 1;
	secret_pool_give(piece);
}

static void give_twice(void)
{
	void *piece = secret_pool_take(100);
	secret_pool_give(piece);
	secret_pool_give(piece);
}

/* Faults of memory end the program. */
static void test_faults(void **state)
{
	static void (*const faults[])(void) = {write_beyond, give_twice};
	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		int status;
		pid_t child = fork();
		if (child == 0) {
			signal(SIGABRT, SIG_DFL);
			faults[i]();
			_exit(0);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_pieces), cmocka_unit_test(test_wiped),
					   cmocka_unit_test(test_faults)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
