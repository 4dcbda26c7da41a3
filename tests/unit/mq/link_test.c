/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/epoll.h>
#include <zmq.h>

#include "dealer.h"
#include "frame.h"
#include "router.h"
#include "secretpool.h"
#include "zap.h"

/* A real CURVE link over loopback, one scene per test. */
struct scene {
	void *zmq;
	struct loop *loop;
	struct zap *zap;
	struct router *router;
	struct loop_watch *watch;
	struct loop_timer *limit;
	struct mq_keys server, agent;
	struct dealer *dealer;
	int up, denied, down;
	char user_id[64];
	char got[32], answered[32];
	size_t stop_after_denied, dropped;
};

static void on_router(void *context, uint32_t events)
{
	struct scene *scene = context;
	struct router_message message;
	int got;
	(void)events;
	while ((got = router_receive(scene->router, &message)) != 0) {
		scene->dropped += got < 0;
		if (got < 0)
			continue;
		strcpy(scene->user_id, message.user_id);
		memcpy(scene->got, message.data, message.len < 31 ? message.len : 31);
		router_send(scene->router, &message.peer, "pong", 4);
	}
}

static void on_event(void *context, enum dealer_event event)
{
	struct scene *scene = context;
	scene->up += event == DEALER_UP;
	scene->denied += event == DEALER_DENIED;
	scene->down += event == DEALER_DOWN;
	if (event == DEALER_UP)
		dealer_send(scene->dealer, "ping", 4);
	else
		loop_stop(scene->loop);
}

static void on_message(void *context, const uint8_t *data, size_t len)
{
	struct scene *scene = context;
	memcpy(scene->answered, data, len < 31 ? len : 31);
	loop_stop(scene->loop);
}

static void on_limit(void *context)
{
	struct scene *scene = context;
	loop_stop(scene->loop);
}

static void open_router(struct scene *scene, const char *endpoint)
{
	struct err err;
	assert_int_equal(router_open(&scene->router, scene->zmq, endpoint, &scene->server, &err), 0);
	assert_int_equal(loop_watch(scene->loop, router_fd(scene->router), EPOLLIN, on_router, scene,
				    &scene->watch, &err), 0);
}

static int setup(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));
	struct err err;
	*state = scene;
	scene->zmq = zmq_ctx_new();
	assert_int_equal(loop_new(&scene->loop, &err), 0);
	loop_timer_new(scene->loop, on_limit, scene, &scene->limit, &err);
	mq_keys_generate(&scene->server, &err);
	mq_keys_generate(&scene->agent, &err);
	assert_int_equal(zap_start(&scene->zap, scene->zmq, &err), 0);
	open_router(scene, "tcp://127.0.0.1:*");
	return 0;
}

static int teardown(void **state)
{
	struct scene *scene = *state;
	dealer_close(&scene->dealer);
	loop_unwatch(scene->loop, &scene->watch);
	router_close(&scene->router);
	zap_stop(&scene->zap);
	loop_free(&scene->loop);
	zmq_ctx_term(scene->zmq);
	free(scene);
	return 0;
}

static void enrol(struct scene *scene)
{
	struct zap_entry entry = {.user_id = "42"};
	memcpy(entry.public_key, scene->agent.public_key, KEY_BYTES);
	assert_int_equal(zap_replace(scene->zap, &entry, 1, NULL), 0);
}

static void dial(struct scene *scene)
{
	struct dealer_options options = {.endpoint = router_endpoint(scene->router),
					 .keys = &scene->agent,
					 .on_event = on_event,
					 .on_message = on_message,
					 .context = scene};
	struct err err;
	memcpy(options.server_public_key, scene->server.public_key, KEY_BYTES);
	dealer_close(&scene->dealer);
	assert_int_equal(dealer_open(&scene->dealer, scene->zmq, scene->loop, &options, &err), 0);
	loop_timer_set(scene->limit, 20000);
	assert_int_equal(loop_run(scene->loop, &err), 0);
}

static void test_enrolled(void **state)
{
	struct scene *scene = *state;
	enrol(scene);
	dial(scene);
	assert_string_equal(scene->answered, "pong");
	assert_string_equal(scene->user_id, "42");
	assert_string_equal(scene->got, "ping");
	assert_true(secret_pool_served() > 5); /* libzmq asks the pool, not libsodium */
}

static void test_unknown_key(void **state)
{
	struct scene *scene = *state;
	dial(scene);
	assert_int_equal(scene->denied, 1);
	assert_int_equal(scene->up, 0);
	assert_int_equal(zap_refusals(scene->zap), 1);
	/* Enrolled while everything runs, a fresh socket gets in. */
	enrol(scene);
	dial(scene);
	assert_string_equal(scene->answered, "pong");
}

static void test_nobody_there(void **state)
{
	struct scene *scene = *state;
	char endpoint[256];
	enrol(scene);
	snprintf(endpoint, sizeof(endpoint), "%s", router_endpoint(scene->router));
	dial(scene);
	/* The collector goes away: the dealer says so, and a fresh one gets through when it is back. */
	memset(scene->answered, 0, sizeof(scene->answered));
	loop_unwatch(scene->loop, &scene->watch);
	router_close(&scene->router);
	loop_timer_set(scene->limit, 20000);
	loop_run(scene->loop, NULL);
	assert_true(scene->down > 0);
	open_router(scene, endpoint);
	dial(scene);
	assert_string_equal(scene->answered, "pong");
}

static void send_raw(struct scene *scene, int with_curve, size_t frames, size_t len)
{
	void *socket = zmq_socket(scene->zmq, ZMQ_DEALER);
	int linger = 2000, timeout = 2000;
	char *data = calloc(1, len);
	zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof(linger));
	zmq_setsockopt(socket, ZMQ_SNDTIMEO, &timeout, sizeof(timeout));
	if (with_curve) {
		zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, scene->server.public_key, KEY_BYTES);
		zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, scene->agent.public_key, KEY_BYTES);
		zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, scene->agent.secret_key, KEY_BYTES);
	}
	zmq_connect(socket, router_endpoint(scene->router));
	for (size_t i = 0; i < frames; i++)
		zmq_send(socket, data, len, i + 1 < frames ? ZMQ_SNDMORE : 0);
	free(data);
	zmq_close(socket);
}

/* Plain ZeroMQ, two payload frames and a message over the limit never reach a handler; an honest one after them
 * does, which also proves that they had been looked at. */
static void test_intruders(void **state)
{
	struct scene *scene = *state;
	enrol(scene);
	send_raw(scene, 0, 1, 4);
	send_raw(scene, 1, 2, 4);
	send_raw(scene, 1, 1, FRAME_MAX_BYTES + 1);
	dial(scene);
	assert_string_equal(scene->got, "ping");
	assert_string_equal(scene->answered, "pong");
	while (scene->dropped == 0) {
		loop_timer_set(scene->limit, 50);
		loop_run(scene->loop, NULL);
	}
	assert_int_equal(scene->dropped, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_enrolled, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unknown_key, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nobody_there, setup, teardown),
		cmocka_unit_test_setup_teardown(test_intruders, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
