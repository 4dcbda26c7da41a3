/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "route.h"

enum { AGENTS = 3000 };

static const char three[] = "tcp://a:1, tcp://b:1,tcp://c:1";

static struct route route_of(unsigned agent, const char *endpoints)
{
	struct route route;
	uint8_t key[KEY_BYTES] = {(uint8_t)agent, (uint8_t)(agent >> 8)};
	assert_int_equal(route_init(&route, endpoints, key, NULL), 0);
	return route;
}

/* A fleet spreads evenly, and when a collector goes only its own agents move. */
static void test_spread(void **state)
{
	unsigned counts[3] = {0};
	(void)state;
	for (unsigned agent = 0; agent < AGENTS; agent++) {
		struct route all = route_of(agent, three), two = route_of(agent, "tcp://c:1,tcp://a:1");
		const char *first = route_current(&all);
		counts[first[6] - 'a']++;
		if (strcmp(first, "tcp://b:1") != 0)
			assert_string_equal(route_current(&two), first);
		route_fini(&all);
		route_fini(&two);
	}
	for (int i = 0; i < 3; i++)
		assert_in_range(counts[i], AGENTS / 3 - 120, AGENTS / 3 + 120);
}

static void test_next(void **state)
{
	struct route route = route_of(1, three);
	bool seen[3] = {false};
	(void)state;
	for (int i = 0; i < 3; i++) {
		seen[route_current(&route)[6] - 'a'] = true;
		route_next(&route);
	}
	assert_true(seen[0] && seen[1] && seen[2]);
	route_fini(&route);
}

static void test_replace(void **state)
{
	struct route route = route_of(1, three);
	char now[64];
	(void)state;
	route_next(&route);
	strcpy(now, route_current(&route));
	char *fresh[] = {"tcp://d:1", now};
	assert_int_equal(route_replace(&route, fresh, 2, NULL), 1);
	assert_string_equal(route_current(&route), now); /* it stays until it is told to go home */
	assert_int_equal(route_replace(&route, fresh, 2, NULL), 0);
	assert_int_equal(route.endpoints.count, 2);
	assert_int_equal(route_replace(&route, NULL, 0, NULL), 0); /* nothing said: nothing changes */
	assert_int_equal(route.endpoints.count, 2);
	route_fini(&route);
	struct err err;
	struct route none;
	uint8_t key[KEY_BYTES] = {0};
	assert_int_equal(route_init(&none, " , ", key, &err), -1);
	assert_int_equal(err.code, ERR_CONFIG);
}

/* A collector more: a third of the fleet goes home to it, and nobody else moves. */
/* After a rotation the order is that of the new key, as if the agent had started with it; where it is it stays. */
static void test_new_key(void **state)
{
	unsigned moved = 0;
	(void)state;
	for (unsigned agent = 0; agent < 50; agent++) {
		struct route route = route_of(agent, three), fresh = route_of(agent + 1, three);
		char before[64];
		route_next(&route);
		strcpy(before, route_current(&route));
		moved += strcmp(route_home(&route), route_home(&fresh)) != 0;
		route_set_key(&route, fresh.public_key);
		assert_string_equal(route_home(&route), route_home(&fresh));
		assert_string_equal(route_current(&route), before);
		route_fini(&route);
		route_fini(&fresh);
	}
	assert_true(moved > 10);
}

static void test_one_more(void **state)
{
	char *fresh[] = {"tcp://c:1", "tcp://a:1", "tcp://b:1"};
	unsigned moved = 0;
	(void)state;
	for (unsigned agent = 0; agent < AGENTS; agent++) {
		struct route route = route_of(agent, "tcp://a:1,tcp://b:1");
		char before[64];
		strcpy(before, route_current(&route));
		assert_int_equal(route_replace(&route, fresh, 3, NULL), 1);
		assert_string_equal(route_current(&route), before);
		route_go_home(&route);
		assert_string_equal(route_current(&route), route_home(&route));
		if (strcmp(route_current(&route), before) != 0) {
			assert_string_equal(route_current(&route), "tcp://c:1");
			moved++;
		}
		route_fini(&route);
	}
	assert_in_range(moved, AGENTS / 3 - 120, AGENTS / 3 + 120);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spread),
		cmocka_unit_test(test_next),
		cmocka_unit_test(test_new_key), cmocka_unit_test(test_one_more),
		cmocka_unit_test(test_replace),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
