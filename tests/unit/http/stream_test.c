/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies that are made while they are sent: whole, broken off by either side, slow readers, and a
 * server that stops. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <unistd.h>

#include "http.h"

/* Counts from 1 to last, a line each; fails at fail_at; blocks at block_at until it is cancelled.
 */
struct source {
	uint64_t next, last, fail_at, block_at;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool is_cancelled;
};

static struct http_server *server;

/* The linker puts this in the place of pthread_create: a thread may be done before its maker goes on. */
static _Atomic bool ends_at_once;
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *context);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *context);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *context)
{
	if (!atomic_load(&ends_at_once))
		return __real_pthread_create(thread, attributes, run, context);
	run(context);
	return 0;
}

static _Atomic int opened, closed;
static _Atomic uint64_t made;

static ssize_t source_read(void *context, char *to, size_t size)
{
	struct source *source = context;
	size_t used = 0;
	while (used + 32 < size && source->next <= source->last) {
		if (source->next == source->fail_at)
			return used > 0 ? (ssize_t)used : -1;
		if (source->next == source->block_at) {
			if (used > 0)
				return (ssize_t)used;
			pthread_mutex_lock(&source->lock);
			while (!source->is_cancelled)
				pthread_cond_wait(&source->changed, &source->lock);
			pthread_mutex_unlock(&source->lock);
			return -1;
		}
		used += (size_t)snprintf(to + used, size - used, "%llu\n",
					 (unsigned long long)source->next++);
	}
	atomic_store(&made, source->next);
	return (ssize_t)used;
}

static void source_cancel(void *context)
{
	struct source *source = context;
	pthread_mutex_lock(&source->lock);
	source->is_cancelled = true;
	pthread_cond_signal(&source->changed);
	pthread_mutex_unlock(&source->lock);
}

static void source_close(void *context)
{
	free(context);
	atomic_fetch_add(&closed, 1);
}

static uint64_t number(struct http_request *request, const char *name)
{
	const char *text = http_query(request, name);
	return text ? strtoull(text, NULL, 10) : 0;
}

static void count(void *context, struct http_request *request, struct http_response *response)
{
	struct source *source = calloc(1, sizeof(*source));
	(void)context;
	pthread_mutex_init(&source->lock, NULL);
	pthread_cond_init(&source->changed, NULL);
	source->next = 1;
	source->last = number(request, "last");
	source->fail_at = number(request, "fail");
	source->block_at = number(request, "block");
	atomic_fetch_add(&opened, 1);
	response->stream = (struct http_stream){source_read, source_cancel, source_close, source};
	response->content_type = "text/plain";
	buf_text(&response->file_name, "数 \"1\".txt");
}

static void hello(void *context, struct http_request *request, struct http_response *response)
{
	(void)context;
	(void)request;
	buf_text(&response->body, "{}");
}

static const struct http_route routes[] = {{"/count", count}, {"/hello", hello}};

static int start(void **state)
{
	(void)state;
	struct http_options options = {.address = "127.0.0.1",
				       .threads = 1,
				       .host_name = "",
				       .static_dir = "",
				       .routes = routes,
				       .route_count = 2};
	return http_start(&server, &options, NULL);
}

static int stop(void **state)
{
	(void)state;
	http_stop(&server);
	return 0;
}

static int ask(const char *path, const char *method)
{
	char request[256];
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(http_port(server))};
	struct timeval patience = {.tv_sec = 20}; /* with an answer that does not go on */
	int fd = socket(AF_INET, SOCK_STREAM, 0), bytes = 8192;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	int len = snprintf(request, sizeof(request),
			   "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", method,
			   path);
	assert_int_equal(send(fd, request, (size_t)len, 0), len);
	return fd;
}

/* Reads to the end; the caller frees. */
static char *rest(int fd, size_t *len_out)
{
	size_t size = 1 << 20, used = 0;
	char *text = malloc(size);
	ssize_t got;
	while ((got = recv(fd, text + used, size - used - 1, 0)) > 0) {
		used += (size_t)got;
		if (size - used < 65536)
			text = realloc(text, size *= 2);
	}
	text[used] = '\0';
	close(fd);
	*len_out = used;
	return text;
}

static void await_closed(int expected)
{
	for (int i = 0; i < 20000 && atomic_load(&closed) != expected; i++)
		usleep(1000);
	assert_int_equal(atomic_load(&closed), expected);
}

/* Undoes the chunks and compares with what was counted; returns whether the last chunk came. */
static bool check_body(const char *answer, uint64_t last)
{
	const char *at = strstr(answer, "\r\n\r\n");
	uint64_t expected = 1, number_read = 0;
	assert_non_null(strstr(answer, "Content-Disposition: attachment; filename=\"_____1_.txt\"; "
					"filename*=UTF-8''%E6%95%B0%20%221%22.txt\r\n"));
	assert_non_null(strstr(answer, "Transfer-Encoding: chunked"));
	for (at += 4;;) {
		char *end;
		size_t len = strtoul(at, &end, 16);
		if (end == at)
			break;
		at = end + 2;
		if (len == 0) {
			assert_int_equal(expected, last + 1);
			return true;
		}
		for (size_t i = 0; i < len; i++) {
			if (at[i] == '\n') {
				assert_int_equal(number_read, expected++);
				number_read = 0;
			} else {
				number_read = number_read * 10 + (uint64_t)(at[i] - '0');
			}
		}
		at += len + 2;
	}
	assert_int_equal(expected, last + 1);
	return false;
}

static void test_whole(void **state)
{
	size_t len;
	(void)state;
	char *answer = rest(ask("/count?last=1000000", "GET"), &len);
	assert_true(check_body(answer, 1000000));
	free(answer);
	answer = rest(ask("/count?last=0", "GET"), &len);
	assert_true(check_body(answer, 0));
	free(answer);
	answer = rest(ask("/count?last=10", "HEAD"), &len);
	assert_memory_equal(answer, "HTTP/1.1 200", 12);
	free(answer);
	await_closed(atomic_load(&opened));
}

static void test_failing_source(void **state)
{
	size_t len;
	(void)state;
	char *answer = rest(ask("/count?last=100000&fail=50001", "GET"), &len);
	assert_false(check_body(answer, 50000));
	free(answer);
	await_closed(atomic_load(&opened));
}

/* One thread of the server, several readers that do not read: it answers others all the same, and
 * the sources rest. */
static void test_slow_readers(void **state)
{
	int fds[8];
	size_t len;
	(void)state;
	for (int i = 0; i < 8; i++)
		fds[i] = ask("/count?last=5000000", "GET");
	int blocked = ask("/count?last=10&block=1", "GET");
	for (int i = 0; i < 20; i++) {
		char *answer = rest(ask("/hello", "GET"), &len);
		assert_memory_equal(answer, "HTTP/1.1 200", 12);
		free(answer);
	}
	uint64_t before = 0;
	for (int i = 0; i < 200 && (before == 0 || before != atomic_load(&made)); i++) {
		before = atomic_load(&made);
		usleep(50000);
	}
	assert_true(atomic_load(&made) < 5000000); /* what the buffers hold, not everything */
	char *answer = rest(fds[0], &len);
	assert_true(check_body(answer, 5000000));
	free(answer);
	for (int i = 1; i < 8; i++)
		close(fds[i]); /* gone in the middle */
	close(blocked);
	await_closed(atomic_load(&opened) - 1);
	/* A source that blocks while its client has gone shows only when the server writes or
	 * stops; see the next test. */
}

/* Stops with a source that blocks and readers that do not read. */
static void test_stop(void **state)
{
	int fd = ask("/count?last=5000000", "GET"), blocked = ask("/count?last=10&block=5", "GET");
	char byte;
	assert_int_equal(recv(fd, &byte, 1, 0), 1);
	assert_int_equal(recv(blocked, &byte, 1, 0), 1);
	http_stop(&server);
	assert_int_equal(atomic_load(&closed), atomic_load(&opened));
	close(fd);
	close(blocked);
	assert_int_equal(start(state), 0);
}

/* The thread of a source ended before the connection went on: the end is not forgotten, so that the answer ends and no
 * connection rests when the server stops (libmicrohttpd aborts then). */
static void test_source_ends_at_once(void **state)
{
	static const struct {
		const char *path;
		uint64_t last;
		bool is_whole;
	} cases[] = {{"/count?last=3", 3, true}, {"/count?last=0", 0, true}, {"/count?last=9&fail=4", 3, false}};
	size_t len;
	atomic_store(&ends_at_once, true);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *answer = rest(ask(cases[i].path, "GET"), &len);
		assert_int_equal(check_body(answer, cases[i].last), cases[i].is_whole);
		free(answer);
	}
	await_closed(atomic_load(&opened));
	atomic_store(&ends_at_once, false);
	http_stop(&server);
	assert_int_equal(start(state), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole), cmocka_unit_test(test_failing_source),
		cmocka_unit_test(test_slow_readers), cmocka_unit_test(test_stop),
		cmocka_unit_test(test_source_ends_at_once)};
	return cmocka_run_group_tests(tests, start, stop);
}
