/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "loop.h"

struct record {
	struct loop *loop;
	struct loop_timer *timers[3];
	struct loop_watch *watch;
	char order[16];
	int fds[2];
};

static void note(struct record *record, char what)
{
	record->order[strlen(record->order)] = what;
}

static void on_first(void *context)
{
	note(context, '1');
}

static void on_second(void *context)
{
	note(context, '2');
}

static void on_last(void *context)
{
	struct record *record = context;
	note(record, '3');
	loop_stop(record->loop);
}

static void test_timers(void **state)
{
	struct record record = {0};
	struct loop_timer *cleared;
	(void)state;
	assert_int_equal(loop_new(&record.loop, NULL), 0);
	loop_timer_new(record.loop, on_last, &record, &record.timers[2], NULL);
	loop_timer_new(record.loop, on_second, &record, &record.timers[1], NULL);
	loop_timer_new(record.loop, on_first, &record, &record.timers[0], NULL);
	loop_timer_new(record.loop, on_first, &record, &cleared, NULL);
	loop_timer_set(record.timers[2], 30);
	loop_timer_set(record.timers[1], 15);
	loop_timer_set(record.timers[0], 1);
	loop_timer_set(cleared, 5);
	loop_timer_clear(cleared);
	loop_timer_free(record.loop, &cleared);
	assert_int_equal(loop_run(record.loop, NULL), 0);
	assert_string_equal(record.order, "123");
	loop_free(&record.loop);
}

static void on_readable(void *context, uint32_t events)
{
	struct record *record = context;
	(void)events;
	note(record, 'r');
	loop_unwatch(record->loop, &record->watch); /* inside its own callback */
	loop_timer_set(record->timers[0], 10);
}

static void *post_from_thread(void *context)
{
	struct record *record = context;
	loop_post(record->loop, on_first, record);
	loop_post(record->loop, on_second, record);
	loop_post(record->loop, on_last, record);
	return NULL;
}

static void test_watch_and_post(void **state)
{
	struct record record = {0};
	pthread_t thread;
	(void)state;
	assert_int_equal(loop_new(&record.loop, NULL), 0);
	assert_int_equal(pipe(record.fds), 0);
	loop_timer_new(record.loop, on_last, &record, &record.timers[0], NULL);
	loop_watch(record.loop, record.fds[0], EPOLLIN, on_readable, &record, &record.watch, NULL);
	assert_int_equal(write(record.fds[1], "xy", 2), 2);
	assert_int_equal(loop_run(record.loop, NULL), 0);
	assert_string_equal(record.order, "r3"); /* level-triggered, yet once: it was taken away */
	memset(record.order, 0, sizeof(record.order));
	pthread_create(&thread, NULL, post_from_thread, &record);
	assert_int_equal(loop_run(record.loop, NULL), 0);
	pthread_join(thread, NULL);
	assert_string_equal(record.order, "123");
	close(record.fds[0]);
	close(record.fds[1]);
	loop_free(&record.loop);
}

static void on_signal(void *context, int signal)
{
	struct record *record = context;
	note(record, signal == SIGTERM ? 't' : '?');
	loop_stop(record->loop);
}

static void test_signals(void **state)
{
	struct record record = {0};
	(void)state;
	assert_int_equal(loop_new(&record.loop, NULL), 0);
	assert_int_equal(loop_signals(record.loop, on_signal, &record, NULL), 0);
	kill(getpid(), SIGTERM);
	assert_int_equal(loop_run(record.loop, NULL), 0);
	assert_string_equal(record.order, "t");
	loop_free(&record.loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_timers), cmocka_unit_test(test_watch_and_post),
					   cmocka_unit_test(test_signals)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
