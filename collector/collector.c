/* SPDX-License-Identifier: Apache-2.0 */
#include "collector.h"

#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <zmq.h>

#include "harden.h"
#include "intake.h"
#include "log.h"
#include "memguard.h"
#include "notify.h"
#include "reload.h"
#include "router.h"
#include "textlist.h"
#include "zap.h"

enum { FAREWELL_LINGER_MS = 1000, GROUP_JOBS = 16384, LEAST_BYTES = 16 << 10,
       TRIM_BYTES = 16 << 20, MAP_BYTES = 1 << 20 };

/* Answers leave with their group: content of files goes in small ones, so that the first who asks does not wait for the last. */
static const size_t group_bytes[LANE_COUNT] = {[LANE_RECORDS] = 16 << 20, [LANE_FILES] = 1 << 20};

struct collector {
	const struct conf *conf;
	struct loop *loop;
	void *zmq_context;
	struct zap *zap;
	struct router *router;
	struct lane_shared shared;
	struct lane_work *works[LANE_COUNT][MAX_STORES];
	struct store *stores[LANE_COUNT][MAX_STORES];
	size_t writers[LANE_COUNT];
	struct intake *intake;
	struct memguard *memguard;
	struct err fault; /* why the loop was stopped, if not by a signal */
	struct sign_keys sign_keys;
	struct text_list endpoints;
};

static void on_drained(void *context)
{
	struct collector *collector = context;
	loop_stop(collector->loop);
}

/* The list is told to the open sessions even if it is the same: agents away from their first choice come home. */
static void reload(struct collector *collector)
{
	struct text_list fresh, old = collector->endpoints;
	struct err err = {0};
	struct conf *conf = reload_settings(collector->conf);
	if (!conf || !collector->intake) {
		conf_free(&conf);
		return;
	}
	if (text_list_split(&fresh, conf_text(conf, "session.endpoints"), &err) == 0) {
		collector->endpoints = fresh;
		intake_set_endpoints(collector->intake, (const char *const *)fresh.items, fresh.count);
		text_list_fini(&old);
		log_info("collector.endpoints", "count=%zu", fresh.count);
	} else {
		log_error("collector.endpoints", "cause=\"%s\"", err.text);
	}
	conf_free(&conf);
}

static void on_signal(void *context, int signal)
{
	struct collector *collector = context;
	if (signal == SIGHUP) {
		reload(collector);
		return;
	}
	notify_stopping();
	if (collector->intake)
		intake_drain(collector->intake, on_drained, collector);
	else
		loop_stop(collector->loop);
}

static void on_memory_stuck(void *context, const struct err *err)
{
	struct collector *collector = context;
	collector->fault = *err;
	loop_stop(collector->loop);
}

static void on_answer(void *context, struct job *job)
{
	struct collector *collector = context;
	if (collector->intake)
		intake_answer(collector->intake, job);
	else
		job_free(&job);
}

static void on_news(void *context, void *news)
{
	struct collector *collector = context;
	if (collector->intake)
		intake_news(collector->intake, news);
	else
		news_free(news);
}

static int start_store(struct collector *collector, enum lane lane, size_t writer, void **news_out, struct err *err)
{
	const struct conf *conf = collector->conf;
	struct lane_options lane_options = {
		.is_first = writer == 0,
		.shared = &collector->shared,
		.key_overlap_ms = conf_number(conf, "key.overlap"),
		.keeps_batches = conf_number(conf, "store.keep_batches") != 0,
		.limits = {(uint64_t)conf_number(conf, "limit.file_bytes"),
			   (uint64_t)conf_number(conf, "limit.office_file_bytes")},
		.sweep_age_ms = conf_number(conf, "file.unfinished_age"),
		.sign_keys = collector->sign_keys.has_secret ? &collector->sign_keys : NULL,
	};
	struct store_options options = {
		.conninfo = conf_text(conf, "database.conninfo"),
		.loop = collector->loop,
		.group = {GROUP_JOBS, (size_t)conf_number(conf, "store.group_rows"), group_bytes[lane]},
		.on_answer = on_answer,
		.on_news = on_news,
		.free_news = news_free,
		.context = collector,
	};
	if (lane_work_new(&collector->works[lane][writer], lane, &lane_options, &options.work, err) < 0)
		return -1;
	return store_start(&collector->stores[lane][writer], &options, news_out, err);
}

/* All but the very first, which brings the keys; those have no news to tell. Behind the writers of records comes that of small traffic. */
static int start_other_stores(struct collector *collector, struct err *err)
{
	void *none;
	for (size_t writer = 1; writer <= collector->writers[LANE_RECORDS]; writer++)
		if (start_store(collector, LANE_RECORDS, writer, &none, err) < 0)
			return -1;
	return start_store(collector, LANE_FILES, 0, &none, err);
}

static int start_intake(struct collector *collector, struct err *err)
{
	const struct conf *conf = collector->conf;
	struct intake_options options = {
		.loop = collector->loop,
		.router = collector->router,
		.zap = collector->zap,
		.writers = {collector->writers[LANE_RECORDS], collector->writers[LANE_FILES]},
		.lane_bytes = {(size_t)conf_number(conf, "store.queue_bytes"),
			       (size_t)conf_number(conf, "store.file_queue_bytes")},
		.reception = {
			.terms = {
				.heartbeat_ms = (uint32_t)conf_number(conf, "session.heartbeat"),
				.endpoints = (const char *const *)collector->endpoints.items,
				.endpoint_count = collector->endpoints.count,
				.sign_keys = collector->sign_keys.has_secret ? &collector->sign_keys : NULL,
			},
			.window_bytes = (uint64_t)conf_number(conf, "session.credit"),
			.in_flight_bytes = (uint64_t)conf_number(conf, "store.queue_bytes") / 2,
			.least_bytes = LEAST_BYTES,
			.answer_bytes = (uint64_t)conf_number(conf, "session.answers"),
			.idle_ms = conf_number(conf, "session.idle"),
			.limits = {
				.bytes_per_second = (uint64_t)conf_number(conf, "limit.bytes_per_second"),
				.records_per_day = (uint64_t)conf_number(conf, "limit.records_per_day"),
				.max_sessions = (unsigned)conf_number(conf, "limit.sessions"),
			},
		},
	};
	memcpy(options.stores, collector->stores, sizeof(options.stores));
	options.express = collector->stores[LANE_RECORDS][collector->writers[LANE_RECORDS]];
	return intake_new(&collector->intake, &options, err);
}

static int read_keys(struct collector *collector, struct mq_keys *keys, struct err *err)
{
	const char *sign_path = conf_text(collector->conf, "collector.sign_key");
	if (mq_keys_read(conf_text(collector->conf, "collector.key"), true, keys, err) < 0)
		return -1;
	return sign_path[0] ? sign_keys_read(sign_path, true, &collector->sign_keys, err) : 0;
}

/* Each agent takes a descriptor; the soft limit of a shell would end at a thousand. */
static void raise_descriptors(void)
{
	struct rlimit files;
	if (getrlimit(RLIMIT_NOFILE, &files) < 0)
		return;
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	log_info("collector.descriptors", "limit=%llu", (unsigned long long)files.rlim_cur);
}

/* Messages come and go by the megabyte; given back to the system each time, their pages cost more than their copying. */
static void keep_pages(void)
{
	mallopt(M_TRIM_THRESHOLD, TRIM_BYTES);
	mallopt(M_MMAP_THRESHOLD, MAP_BYTES);
}

static int open_all(struct collector *collector, struct err *err)
{
	struct mq_keys keys;
	void *news = NULL;
	collector->zmq_context = zmq_ctx_new();
	if (!collector->zmq_context) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	zmq_ctx_set(collector->zmq_context, ZMQ_MAX_SOCKETS, 65535);
	collector->writers[LANE_RECORDS] = (size_t)conf_number(collector->conf, "store.writers");
	collector->writers[LANE_FILES] = 1;
	/* Signals are blocked before any thread starts, so that only the loop sees them. */
	if (loop_new(&collector->loop, err) < 0 ||
	    loop_signals(collector->loop, on_signal, collector, err) < 0 ||
	    text_list_split(&collector->endpoints, conf_text(collector->conf, "session.endpoints"), err) < 0 ||
	    read_keys(collector, &keys, err) < 0 || zap_start(&collector->zap, collector->zmq_context, err) < 0 ||
	    start_store(collector, LANE_RECORDS, 0, &news, err) < 0)
		return -1;
	/* Keys first: an agent refused at the handshake does not come back for a long time. */
	if (start_other_stores(collector, err) < 0 ||
	    keyring_install(((struct news *)news)->keyring, collector->zap, err) < 0 ||
	    router_open(&collector->router, collector->zmq_context,
			conf_text(collector->conf, "collector.endpoint"), &keys, err) < 0 ||
	    start_intake(collector, err) < 0 ||
	    memguard_new(&collector->memguard, collector->loop, collector->intake,
			 conf_number(collector->conf, "process.max_memory"), on_memory_stuck, collector, err) < 0) {
		news_free(news);
		return -1;
	}
	intake_news(collector->intake, news);
	return 0;
}

int collector_run(const struct conf *conf, struct err *err)
{
	struct collector collector = {.conf = conf};
	log_set_level_name(conf_text(conf, "log.level"));
	harden_process();
	keep_pages();
	raise_descriptors();
	int rc = open_all(&collector, err);
	if (rc == 0) {
		log_info("collector.ready", "endpoint=%s", router_endpoint(collector.router));
		notify_ready(router_endpoint(collector.router));
		rc = loop_run(collector.loop, err);
		if (rc == 0 && collector.fault.code != ERR_NONE) {
			*err = collector.fault;
			rc = -1;
		}
		log_info("collector.stopped", "rc=%d", rc);
	}
	for (int i = 0; i < LANE_COUNT * MAX_STORES; i++)
		store_stop(&collector.stores[i / MAX_STORES][i % MAX_STORES]);
	if (collector.router)
		router_linger(collector.router, FAREWELL_LINGER_MS);
	memguard_free(&collector.memguard);
	intake_free(&collector.intake);
	router_close(&collector.router);
	zap_stop(&collector.zap);
	for (int i = 0; i < LANE_COUNT * MAX_STORES; i++)
		lane_work_free(&collector.works[i / MAX_STORES][i % MAX_STORES]);
	loop_free(&collector.loop);
	if (collector.zmq_context)
		zmq_ctx_term(collector.zmq_context);
	text_list_fini(&collector.endpoints);
	return rc;
}
