/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zmq.h>

#include "agent.h"
#include "control.h"
#include "harden.h"
#include "log.h"
#include "notify.h"
#include "pack.h"
#include "reload.h"

struct daemon {
	const struct conf *conf;
	struct loop *loop;
	void *zmq_context;
	struct registry *registry;
	struct agent *agent;
	struct control *control;
};

static void on_signal(void *context, int signal)
{
	struct daemon *daemon = context;
	if (signal == SIGHUP) {
		struct conf *fresh = reload_settings(daemon->conf);
		conf_free(&fresh);
		return;
	}
	notify_stopping();
	loop_stop(daemon->loop);
}

static void on_acked(void *context)
{
	struct daemon *daemon = context;
	if (daemon->control)
		control_acked(daemon->control);
}

static void on_proposal(void *context, const Zhibao__V1__Proposal *proposal)
{
	struct daemon *daemon = context;
	if (daemon->control)
		control_proposed(daemon->control, proposal);
}

/* A pack that came over the wire and follows the one of the configuration. */
static void use_newest_pack(struct daemon *daemon, const char *packs_dir)
{
	struct err err = {0};
	char path[PATH_MAX], best[PATH_MAX] = "";
	struct programme newest = *registry_programme(agent_registry(daemon->agent));
	DIR *dir = opendir(packs_dir);
	for (struct dirent *entry = dir ? readdir(dir) : NULL; entry; entry = readdir(dir)) {
		struct pack pack;
		if (entry->d_name[0] == '.' || (size_t)snprintf(path, sizeof(path), "%s/%s", packs_dir, entry->d_name) >= sizeof(path))
			continue;
		if (pack_read(path, &pack, &err) < 0) { /* one that did not arrive whole */
			log_warn("agent.pack", "dir=\"%s\" cause=\"%s\"", path, err.text);
			continue;
		}
		if (programme_follows(&pack.programme, &newest)) {
			newest = pack.programme;
			snprintf(best, sizeof(best), "%s", path);
		}
		pack_fini(&pack);
	}
	if (dir)
		closedir(dir);
	if (best[0] && agent_use_pack(daemon->agent, best, &err) < 0)
		log_error("agent.pack", "dir=\"%s\" cause=\"%s\"", best, err.text);
}

static int load_registry(struct daemon *daemon, const struct conf *conf, struct err *err)
{
	struct pack pack;
	const char *code = conf_text(conf, "agent.office_code");
	if (!conf_text(conf, "agent.programme_dir")[0]) { /* it comes from the centre */
		if (registry_new(&daemon->registry, err) < 0)
			return -1;
		registry_seal(daemon->registry);
		return 0;
	}
	if (pack_read(conf_text(conf, "agent.programme_dir"), &pack, err) < 0) {
		if (err)
			err->code = ERR_CONFIG;
		return -1;
	}
	int rc = pack_registry(&pack, &daemon->registry, err);
	pack_fini(&pack);
	if (rc == 0 && !registry_office(daemon->registry, code)) {
		err_set(err, ERR_CONFIG, "CONF_BAD_VALUE agent.office_code：%s 不在活动包的单位名册中", code);
		rc = -1;
	}
	return rc;
}

static int open_agent(struct daemon *daemon, const struct conf *conf, struct err *err)
{
	char path[PATH_MAX];
	struct mq_keys server;
	struct agent_options options = {
		.loop = daemon->loop,
		.zmq_context = daemon->zmq_context,
		.registry = daemon->registry,
		.office_code = conf_text(conf, "agent.office_code"),
		.endpoints = conf_text(conf, "collector.endpoints"),
		.state_dir = conf_text(conf, "agent.state_dir"),
		.key_path = conf_text(conf, "agent.key"),
		.outbox_path = path,
		.outbox_max_bytes = (uint64_t)conf_number(conf, "outbox.max_bytes"),
		.max_inflight_batches = (unsigned)conf_number(conf, "sender.max_inflight_batches"),
		.backoff_base_ms = conf_number(conf, "sender.backoff_base"),
		.backoff_cap_ms = conf_number(conf, "sender.backoff_cap"),
		.ping_idle_ms = conf_number(conf, "sender.ping_idle"),
		.on_acked = on_acked,
		.on_proposal = on_proposal,
		.context = daemon,
	};
	snprintf(path, sizeof(path), "%s/outbox.sqlite", conf_text(conf, "agent.state_dir"));
	if (mkdir(conf_text(conf, "agent.state_dir"), 0700) < 0 && errno != EEXIST) {
		err_set(err, ERR_IO, "无法建立目录 %s：%s", conf_text(conf, "agent.state_dir"),
			strerror(errno));
		return -1;
	}
	if (mq_keys_read(conf_text(conf, "agent.key"), true, &options.keys, err) < 0 ||
	    mq_keys_read(conf_text(conf, "collector.public_key"), false, &server, err) < 0)
		return -1;
	memcpy(options.server_public_key, server.public_key, KEY_BYTES);
	if (agent_open(&daemon->agent, &options, err) < 0)
		return -1;
	snprintf(path, sizeof(path), "%s/packs", conf_text(conf, "agent.state_dir"));
	use_newest_pack(daemon, path);
	return 0;
}

static int open_all(struct daemon *daemon, const struct conf *conf, struct err *err)
{
	daemon->zmq_context = zmq_ctx_new();
	if (!daemon->zmq_context) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	if (loop_new(&daemon->loop, err) < 0 || loop_signals(daemon->loop, on_signal, daemon, err) < 0 ||
	    load_registry(daemon, conf, err) < 0 || open_agent(daemon, conf, err) < 0)
		return -1;
	struct control_options control = {
		.loop = daemon->loop,
		.agent = daemon->agent,
		.path = conf_text(conf, "agent.socket"),
		.office_code = conf_text(conf, "agent.office_code"),
		.state_dir = conf_text(conf, "agent.state_dir"),
	};
	return control_start(&daemon->control, &control, err);
}

int daemon_run(const struct conf *conf, struct err *err)
{
	struct daemon daemon = {.conf = conf};
	log_set_level_name(conf_text(conf, "log.level"));
	harden_process();
	int rc = open_all(&daemon, conf, err);
	if (rc == 0) {
		log_info("agent.ready", "office=%s socket=%s", conf_text(conf, "agent.office_code"),
			 conf_text(conf, "agent.socket"));
		notify_ready("ready");
		rc = loop_run(daemon.loop, err);
		log_info("agent.stopped", "rc=%d", rc);
	}
	control_stop(&daemon.control);
	agent_close(&daemon.agent);
	registry_free(&daemon.registry);
	loop_free(&daemon.loop);
	if (daemon.zmq_context)
		zmq_ctx_term(daemon.zmq_context);
	return rc;
}
