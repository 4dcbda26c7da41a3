/* SPDX-License-Identifier: Apache-2.0 */
#include "collector.h"

#include <signal.h>
#include <stdlib.h>
#include <zmq.h>

#include "intake.h"
#include "log.h"
#include "notify.h"
#include "router.h"
#include "zap.h"

enum { DRAIN_RECONNECT_MS = 30000 };

struct collector {
	struct loop *loop;
	void *zmq_context;
	struct zap *zap;
	struct router *router;
	struct store *store;
	struct intake *intake;
};

static void on_signal(void *context, int signal)
{
	struct collector *collector = context;
	if (signal == SIGHUP)
		return;
	notify_stopping();
	loop_stop(collector->loop);
}

static void on_answer(void *context, struct job *job)
{
	struct collector *collector = context;
	intake_answer(collector->intake, job);
}

static void on_keyring(void *context, struct keyring *keyring)
{
	struct collector *collector = context;
	intake_set_keyring(collector->intake, keyring);
}

static int open_all(struct collector *collector, const struct conf *conf, struct err *err)
{
	struct mq_keys keys;
	struct keyring *keyring;
	collector->zmq_context = zmq_ctx_new();
	if (!collector->zmq_context) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	zmq_ctx_set(collector->zmq_context, ZMQ_MAX_SOCKETS, 65535);
	/* Signals are blocked before any thread starts, so that only the loop sees them. */
	if (loop_new(&collector->loop, err) < 0 ||
	    loop_signals(collector->loop, on_signal, collector, err) < 0 ||
	    mq_keys_read(conf_text(conf, "collector.key"), true, &keys, err) < 0 ||
	    zap_start(&collector->zap, collector->zmq_context, err) < 0)
		return -1;
	struct store_options store = {
		.conninfo = conf_text(conf, "database.conninfo"),
		.loop = collector->loop,
		.group_max = (size_t)conf_number(conf, "store.group_max_batches"),
		.on_answer = on_answer,
		.on_keyring = on_keyring,
		.context = collector,
	};
	if (store_start(&collector->store, &store, &keyring, err) < 0)
		return -1;
	/* Keys first: an agent refused at the handshake does not come back for a long time. */
	if (keyring_install(keyring, collector->zap, err) < 0 ||
	    router_open(&collector->router, collector->zmq_context, conf_text(conf, "collector.endpoint"),
			&keys, err) < 0) {
		free(keyring);
		return -1;
	}
	struct intake_options intake = {
		.loop = collector->loop,
		.router = collector->router,
		.zap = collector->zap,
		.credit_bytes = (uint64_t)conf_number(conf, "session.credit"),
		.queue_bytes = (uint64_t)conf_number(conf, "store.queue_bytes"),
		.idle_ms = conf_number(conf, "session.idle"),
		.heartbeat_ms = (uint32_t)conf_number(conf, "session.heartbeat"),
	};
	if (intake_new(&collector->intake, &intake, err) < 0) {
		free(keyring);
		return -1;
	}
	intake_set_keyring(collector->intake, keyring);
	intake_set_store(collector->intake, collector->store);
	return intake_start(collector->intake, err);
}

int collector_run(const struct conf *conf, struct err *err)
{
	struct collector collector = {0};
	log_set_level_name(conf_text(conf, "log.level"));
	int rc = open_all(&collector, conf, err);
	if (rc == 0) {
		log_info("collector.ready", "endpoint=%s", router_endpoint(collector.router));
		notify_ready(router_endpoint(collector.router));
		rc = loop_run(collector.loop, err);
		intake_say_bye(collector.intake, "shutdown", DRAIN_RECONNECT_MS);
		log_info("collector.stopped", "rc=%d", rc);
	}
	store_stop(&collector.store);
	intake_free(&collector.intake);
	router_close(&collector.router);
	zap_stop(&collector.zap);
	loop_free(&collector.loop);
	if (collector.zmq_context)
		zmq_ctx_term(collector.zmq_context);
	return rc;
}
