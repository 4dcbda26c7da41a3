/* SPDX-License-Identifier: Apache-2.0 */
/* Which writer works for an office: one at a time, and none is left with a backlog beside one without. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rota.h"

enum { WRITERS = 3, OFFICES = 120, BATCH_BYTES = 65536 };

static size_t begin(struct rota *rota, const char *office_code, size_t bytes)
{
	size_t writer = WRITERS, expected = rota_writer(rota, office_code);
	assert_int_equal(rota_begin(rota, office_code, bytes, &writer), 0);
	assert_int_equal(writer, expected);
	assert_true(writer < WRITERS);
	return writer;
}

static struct rota *new_rota(void)
{
	struct rota *rota;
	assert_int_equal(rota_new(&rota, WRITERS), 0);
	return rota;
}

static void test_one_writer_while_anything_is_under_way(void **state)
{
	(void)state;
	struct rota *rota = new_rota();
	size_t writer = begin(rota, "420102", BATCH_BYTES);
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(begin(rota, "420102", BATCH_BYTES), writer);
	for (size_t i = 0; i < 100; i++)
		rota_end(rota, "420102", BATCH_BYTES);
	assert_int_equal(begin(rota, "420102", BATCH_BYTES), writer);
	rota_free(&rota);
}

static void test_an_idle_office_leaves_a_busy_writer(void **state)
{
	(void)state;
	struct rota *rota = new_rota();
	size_t former = begin(rota, "420102", 100);
	rota_end(rota, "420102", 100);
	assert_int_equal(rota_writer(rota, "420102"), former);
	size_t others = 0;
	char code[8];
	for (size_t i = 0; others == 0; i++) { /* another office of the same writer gets a backlog */
		assert_true(i < OFFICES);
		snprintf(code, sizeof(code), "42%04zu", i + 2000);
		if (rota_writer(rota, code) == former)
			for (; others < 10; others++)
				begin(rota, code, BATCH_BYTES);
	}
	assert_int_not_equal(begin(rota, "420102", 100), former);
	while (others-- > 0)
		rota_end(rota, code, BATCH_BYTES);
	rota_end(rota, "420102", 100);
	size_t now = rota_writer(rota, "420102");
	assert_int_equal(begin(rota, "420102", 100), now);
	assert_int_not_equal(now, former); /* with nothing to flee from it stays */
	rota_free(&rota);
}

/* Offices as the hash has them are spread unevenly; backlogs are not. */
static void test_backlogs_are_spread_evenly(void **state)
{
	(void)state;
	struct rota *rota = new_rota();
	size_t batches[WRITERS] = {0};
	char code[8];
	for (size_t i = 0; i < OFFICES; i++) {
		snprintf(code, sizeof(code), "42%04zu", i * 7);
		batches[begin(rota, code, BATCH_BYTES)]++;
	}
	for (size_t w = 0; w < WRITERS; w++)
		assert_in_range(batches[w], OFFICES / WRITERS - 1, OFFICES / WRITERS + 1);
	rota_free(&rota);
}

static void test_what_was_not_begun_is_not_ended(void **state)
{
	(void)state;
	struct rota *rota = new_rota();
	rota_end(rota, "420102", BATCH_BYTES);
	size_t writer = begin(rota, "420102", 10);
	rota_end(rota, "420102", 10);
	rota_end(rota, "420102", 10);
	assert_int_equal(rota_writer(rota, "420102"), writer);
	rota_free(&rota);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_writer_while_anything_is_under_way),
		cmocka_unit_test(test_an_idle_office_leaves_a_busy_writer),
		cmocka_unit_test(test_backlogs_are_spread_evenly),
		cmocka_unit_test(test_what_was_not_begun_is_not_ended),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
