/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "api.h"
#include "log.h"
#include "loop.h"
#include "notify.h"
#include "reload.h"
#include "remind.h"
#include "reportworker.h"

struct aggregator {
	const struct conf *conf;
	struct loop *loop;
	struct pgpool *pool, *exports;
	struct fold *fold;
	struct remind *remind;
	struct freezer *freezer;
	struct reportworker *reports;
	struct http_server *server;
	struct api api;
};

static void on_signal(void *context, int signal)
{
	struct aggregator *aggregator = context;
	if (signal == SIGHUP) {
		struct conf *fresh = reload_settings(aggregator->conf);
		conf_free(&fresh);
		return;
	}
	notify_stopping();
	loop_stop(aggregator->loop);
}

int aggregator_new(struct aggregator **out, const struct conf *conf, struct err *err)
{
	*out = NULL;
	struct aggregator *aggregator = calloc(1, sizeof(*aggregator));
	if (!aggregator) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	aggregator->conf = conf;
	log_set_level_name(conf_text(conf, "log.level"));
	const char *conninfo = conf_text(conf, "database.conninfo");
	unsigned threads = (unsigned)conf_number(conf, "web.threads");
	/* Signals are blocked before any thread starts, so that only the loop sees them. */
	if (loop_new(&aggregator->loop, err) < 0 ||
	    loop_signals(aggregator->loop, on_signal, aggregator, err) < 0 ||
	    pgpool_open(&aggregator->pool, conninfo, "zhibao-aggregator", threads, err) < 0 ||
	    pgpool_open(&aggregator->exports, conninfo, "zhibao-aggregator export",
			(size_t)conf_number(conf, "web.exports"), err) < 0 ||
	    fold_start(&aggregator->fold, conninfo, conf_number(conf, "fold.interval"),
		       (unsigned)conf_number(conf, "fold.workers"), err) < 0 ||
	    remind_start(&aggregator->remind, conninfo, conf_number(conf, "remind.interval"), err) < 0 ||
	    freezer_start(&aggregator->freezer, conninfo, conf_number(conf, "freeze.interval"), err) < 0 ||
	    (conf_number(conf, "report.workers") > 0 && reportworker_start(&aggregator->reports, conf, err) < 0))
		goto failed;
	aggregator->api.pool = aggregator->pool;
	aggregator->api.exports = aggregator->exports;
	aggregator->api.fold = aggregator->fold;
	aggregator->api.freezer = aggregator->freezer;
	aggregator->api.reports = aggregator->reports;
	struct http_options options = {
		.address = conf_text(conf, "web.address"),
		.port = (uint16_t)conf_number(conf, "web.port"),
		.threads = threads,
		.host_name = conf_text(conf, "web.host_name"),
		.static_dir = conf_text(conf, "web.static_dir"),
		.routes = api_routes,
		.route_count = api_route_count,
		.context = &aggregator->api,
	};
	if (http_start(&aggregator->server, &options, err) < 0)
		goto failed;
	aggregator->api.server = aggregator->server;
	*out = aggregator;
	return 0;
failed:
	aggregator_free(&aggregator);
	return -1;
}

int aggregator_run(struct aggregator *aggregator, struct err *err)
{
	char status[64];
	snprintf(status, sizeof(status), "http port %u", http_port(aggregator->server));
	log_info("aggregator.ready", "port=%u", http_port(aggregator->server));
	notify_ready(status);
	int rc = loop_run(aggregator->loop, err);
	log_info("aggregator.stopped", "rc=%d", rc);
	return rc;
}

void aggregator_free(struct aggregator **aggregator)
{
	if (!*aggregator)
		return;
	http_stop(&(*aggregator)->server);
	remind_stop(&(*aggregator)->remind);
	freezer_stop(&(*aggregator)->freezer);
	reportworker_stop(&(*aggregator)->reports);
	fold_stop(&(*aggregator)->fold);
	pgpool_close(&(*aggregator)->exports);
	pgpool_close(&(*aggregator)->pool);
	loop_free(&(*aggregator)->loop);
	free(*aggregator);
	*aggregator = NULL;
}
