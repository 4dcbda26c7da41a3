/* SPDX-License-Identifier: Apache-2.0 */
/* Peers that send faster than the collector reads: what else is due in its loop gets its turn all the same. The linker puts the
 * functions __wrap_NAME below in the place of NAME: a socket that never runs empty, and a clock that only reading moves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

#include "intake.h"
#include "router.h"

/* A message takes a millisecond. What is due waits for a turn of five of them, or for two when the descriptor and the timer
 * come together. */
enum { FLOOD = 500, MOST_IN_A_ROW = 10 };

static struct loop *loop;
static int fd;
static int64_t now_ms = 1;
static unsigned received, in_a_row, most_in_a_row, others;

static int64_t test_now_us(void *context)
{
	(void)context;
	return now_ms * 1000;
}

static int64_t test_monotonic_ms(void *context)
{
	(void)context;
	return now_ms;
}

const struct clock *__wrap_clock_system(void);
const struct clock *__wrap_clock_system(void)
{
	static const struct clock clock = {test_now_us, test_monotonic_ms, NULL};
	return &clock;
}

int __wrap_router_fd(const struct router *router);
int __wrap_router_fd(const struct router *router)
{
	(void)router;
	return fd;
}

/* Each message is one that is dropped: only reading costs. */
int __wrap_router_receive(struct router *router, struct router_message *out);
int __wrap_router_receive(struct router *router, struct router_message *out)
{
	(void)router;
	(void)out;
	if (received == FLOOD) {
		loop_stop(loop);
		return 0;
	}
	now_ms++;
	received++;
	in_a_row++;
	most_in_a_row = in_a_row > most_in_a_row ? in_a_row : most_in_a_row;
	return -1;
}

/* As an answer of a store thread comes. */
static void on_other(void *context)
{
	(void)context;
	others++;
	in_a_row = 0;
	assert_int_equal(loop_post(loop, on_other, NULL), 0);
}

static void test_flood_leaves_turns(void **state)
{
	struct intake *intake;
	struct err err;
	(void)state;
	fd = eventfd(0, EFD_CLOEXEC);
	assert_int_equal(loop_new(&loop, &err), 0);
	struct intake_options options = {.loop = loop, .reception = {.idle_ms = 300000}};
	assert_int_equal(intake_new(&intake, &options, &err), 0);
	on_other(NULL);
	assert_int_equal(loop_run(loop, &err), 0);
	assert_int_equal(received, FLOOD); /* and the reading goes on */
	assert_in_range(most_in_a_row, 1, MOST_IN_A_ROW);
	assert_true(others >= FLOOD / MOST_IN_A_ROW);
	intake_free(&intake);
	loop_free(&loop);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_flood_leaves_turns)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
