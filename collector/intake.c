/* SPDX-License-Identifier: Apache-2.0 */
#include "intake.h"

#include <stdlib.h>
#include <sys/epoll.h>

#include "log.h"
#include "rota.h"

enum { TICK_MS = 1000, DRAIN_TURN_MS = 5, DRAIN_POLL_MS = 20, DRAIN_MAX_MS = 10000, SPREAD_MIN_MS = 1000, SPREAD_MAX_MS = 30000, FAILOVER_RECONNECT_MS = 2000,
       SHUT_RECONNECT_MS = 2000, SHUT_LINGER_MS = 100, SMALL_BYTES = 128 << 10,
       EXPRESS_BYTES = 4 << 10, BACKLOG_BYTES = 64 << 10 };

struct intake {
	struct intake_options options;
	struct reception *reception;
	struct rota *rotas[LANE_COUNT];
	struct loop_watch *watch;
	struct loop_timer *tick_timer, *drain_timer, *farewell_timer;
	void (*on_drained)(void *context);
	void *drained_context;
	int64_t drain_until_ms;
};

static int64_t now_ms(void)
{
	return clock_monotonic_ms(clock_system());
}

static int io_send(void *context, const struct peer *peer, const void *data, size_t len)
{
	struct intake *intake = context;
	int rc = router_send(intake->options.router, peer, data, len);
	loop_timer_set(intake->drain_timer, 0); /* a send may have eaten the edge of the descriptor */
	return rc;
}

/* The first writer reads the keys anew once these are stored. */
static bool is_for_keys(const struct job *job)
{
	return job->kind == JOB_ENROL || job->kind == JOB_ROTATE;
}

/* A little that waits for nothing of its own but such a little would wait for what others have under way: it goes to a writer that has
 * only such, which keeps the order of a key. Its stream is in no transaction of the other writers; should more of it come first by the
 * other way, that finds a gap and comes again. */
static bool is_for_express(const struct intake *intake, const struct job *job)
{
	return job->kind == JOB_BATCH && job->is_trickle && job_bytes(job) <= EXPRESS_BYTES &&
	       rota_bytes(intake->rotas[LANE_RECORDS], job->office_code) >= BACKLOG_BYTES;
}

static bool io_submit(void *context, struct job *job)
{
	struct intake *intake = context;
	enum lane lane = job_lane(job->kind);
	size_t writer = 0;
	job->is_express = is_for_express(intake, job);
	if (job->is_express) {
		store_submit(intake->options.express, job);
		return true;
	}
	if (is_for_keys(job) || rota_begin(intake->rotas[lane], job->office_code, job_bytes(job), &writer) == 0) {
		store_submit(intake->options.stores[lane][writer], job);
		return false;
	}
	job->nack = ZHIBAO__V1__NACK_CODE__NACK_CODE_BUSY; /* out of memory */
	reception_answer(intake->reception, job, now_ms());
	return false;
}

/* The last quarter of a queue is kept for offices that have little waiting: a backlog of others refuses nobody small. */
static bool io_has_room(void *context, const struct job *job, size_t bytes)
{
	struct intake *intake = context;
	enum lane lane = job_lane(job->kind);
	size_t waiting = bytes, limit = intake->options.lane_bytes[lane];
	for (size_t i = 0; i < intake->options.writers[lane]; i++)
		waiting += store_waiting_bytes(intake->options.stores[lane][i]);
	if (lane == LANE_RECORDS)
		waiting += store_waiting_bytes(intake->options.express);
	if (waiting <= limit / 4 * 3)
		return true;
	struct store *store = intake->options.stores[lane][rota_writer(intake->rotas[lane], job->office_code)];
	return waiting <= limit && store_office_bytes(store, job->office_code) + bytes <= SMALL_BYTES;
}

/* What waits, for a while: peers that send faster than this reads must not keep answers, ticks and signals waiting. */
static void drain(void *context)
{
	struct intake *intake = context;
	struct router_message message;
	int64_t began = now_ms(), now = began;
	for (int got; (got = router_receive(intake->options.router, &message)) != 0; now = now_ms()) {
		if (got > 0)
			reception_message(intake->reception, &message, now);
		if (now - began >= DRAIN_TURN_MS) {
			loop_timer_set(intake->drain_timer, 0); /* the edge is spent: go on after the others */
			return;
		}
	}
}

static void on_ready(void *context, uint32_t events)
{
	(void)events;
	drain(context);
}

static void on_tick(void *context)
{
	struct intake *intake = context;
	loop_timer_set(intake->tick_timer, TICK_MS);
	reception_tick(intake->reception, now_ms());
	drain(intake); /* should an edge ever be missed */
}

/* Those who leave for another collector do so over a time in which it can greet them: more than a thousand a second. */
static uint32_t spread_ms(const struct intake *intake)
{
	size_t count = reception_session_count(intake->reception);
	return count < SPREAD_MIN_MS ? SPREAD_MIN_MS : count > SPREAD_MAX_MS ? SPREAD_MAX_MS : (uint32_t)count;
}

static void on_farewell(void *context)
{
	struct intake *intake = context;
	if (!reception_is_idle(intake->reception) && now_ms() < intake->drain_until_ms) {
		loop_timer_set(intake->farewell_timer, DRAIN_POLL_MS);
		return;
	}
	/* Where there is no other collector, the time until this one is back. */
	reception_bye(intake->reception, "drain",
		      intake->options.reception.terms.endpoint_count > 1 ? spread_ms(intake) : SPREAD_MAX_MS);
	intake->on_drained(intake->drained_context);
}

int intake_new(struct intake **out, const struct intake_options *options, struct err *err)
{
	struct loop *loop = options->loop;
	*out = calloc(1, sizeof(**out));
	if (!*out) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	struct intake *intake = *out;
	intake->options = *options;
	struct reception_options reception = options->reception;
	reception.clock = clock_system();
	reception.io = (struct reception_io){intake, io_send, io_submit, io_has_room};
	for (size_t lane = 0; lane < LANE_COUNT; lane++)
		if (rota_new(&intake->rotas[lane], options->writers[lane]) < 0) {
			err_set(err, ERR_NOMEM, "内存不足");
			intake_free(out);
			return -1;
		}
	if (reception_new(&intake->reception, &reception, err) < 0 ||
	    loop_timer_new(loop, on_tick, intake, &intake->tick_timer, err) < 0 ||
	    loop_timer_new(loop, drain, intake, &intake->drain_timer, err) < 0 ||
	    loop_timer_new(loop, on_farewell, intake, &intake->farewell_timer, err) < 0 ||
	    loop_watch(loop, router_fd(options->router), EPOLLIN, on_ready, intake, &intake->watch, err) < 0) {
		intake_free(out);
		return -1;
	}
	loop_timer_set(intake->tick_timer, TICK_MS);
	loop_timer_set(intake->drain_timer, 0);
	return 0;
}

void intake_free(struct intake **intake)
{
	if (!*intake)
		return;
	struct loop *loop = (*intake)->options.loop;
	loop_unwatch(loop, &(*intake)->watch);
	loop_timer_free(loop, &(*intake)->tick_timer);
	loop_timer_free(loop, &(*intake)->drain_timer);
	loop_timer_free(loop, &(*intake)->farewell_timer);
	reception_free(&(*intake)->reception);
	for (size_t lane = 0; lane < LANE_COUNT; lane++)
		rota_free(&(*intake)->rotas[lane]);
	free(*intake);
	*intake = NULL;
}

void intake_answer(struct intake *intake, struct job *job)
{
	if (!is_for_keys(job) && !job->is_express)
		rota_end(intake->rotas[job_lane(job->kind)], job->office_code, job_bytes(job));
	reception_answer(intake->reception, job, now_ms());
}

void intake_news(struct intake *intake, struct news *news)
{
	struct err err;
	const struct keyring *old = reception_keyring(intake->reception);
	if (!old || !keyring_is_same(old, news->keyring)) {
		if (keyring_install(news->keyring, intake->options.zap, &err) < 0)
			log_error("keyring.install", "cause=\"%s\"", err.text);
		log_info("keyring.loaded", "keys=%zu", news->keyring->count);
		reception_set_keyring(intake->reception, news->keyring);
		news->keyring = NULL;
	}
	/* Another server may know less than was acknowledged: every agent compares anew. */
	if (news->is_failover)
		reception_bye(intake->reception, "failover", FAILOVER_RECONNECT_MS);
	reception_set_heads(intake->reception, news->heads->heads, news->heads->count);
	news_free(news);
}

void intake_set_endpoints(struct intake *intake, const char *const *endpoints, size_t count)
{
	intake->options.reception.terms.endpoint_count = count;
	reception_set_endpoints(intake->reception, endpoints, count, spread_ms(intake));
}

void intake_shut(struct intake *intake)
{
	reception_bye(intake->reception, "memory", SHUT_RECONNECT_MS);
	loop_unwatch(intake->options.loop, &intake->watch);
	router_shut(intake->options.router, SHUT_LINGER_MS);
}

int intake_reopen(struct intake *intake, struct err *err)
{
	struct router *router = intake->options.router;
	if (router_reopen(router, err) < 0 ||
	    loop_watch(intake->options.loop, router_fd(router), EPOLLIN, on_ready, intake, &intake->watch, err) < 0)
		return -1;
	loop_timer_set(intake->drain_timer, 0);
	return 0;
}

void intake_drain(struct intake *intake, void (*on_drained)(void *context), void *context)
{
	if (intake->on_drained)
		return;
	intake->on_drained = on_drained;
	intake->drained_context = context;
	intake->drain_until_ms = now_ms() + DRAIN_MAX_MS;
	reception_drain(intake->reception);
	loop_timer_set(intake->farewell_timer, 0);
}
