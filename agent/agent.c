/* SPDX-License-Identifier: Apache-2.0 */
#include "agent.h"

#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "pack.h"

struct agent {
	struct outbox *outbox;
	struct sender *sender;
	struct desk desk;
	struct registry *own_registry; /* of a pack that came over the wire */
	const char *office_code;
	void (*on_acked)(void *context);
	void (*on_proposal)(void *context, const Zhibao__V1__Proposal *proposal);
	void *context;
};

static void on_acked(void *context)
{
	struct agent *agent = context;
	if (agent->on_acked)
		agent->on_acked(agent->context);
}

static void on_proposal(void *context, const Zhibao__V1__Proposal *proposal)
{
	struct agent *agent = context;
	if (agent->on_proposal)
		agent->on_proposal(agent->context, proposal);
}

int agent_use_pack(struct agent *agent, const char *dir, struct err *err)
{
	struct pack pack;
	struct registry *registry = NULL;
	if (pack_read(dir, &pack, err) < 0)
		return -1;
	int rc = pack_registry(&pack, &registry, err);
	pack_fini(&pack);
	if (rc < 0)
		return -1;
	/* Everything that borrows from the old registry is told before it goes. */
	agent->desk.registry = registry;
	if (agent->sender)
		sender_set_programme(agent->sender, registry_programme(registry));
	registry_free(&agent->own_registry);
	agent->own_registry = registry;
	log_info("agent.pack", "office=%s programme=%s version=%u", agent->office_code, registry_programme(registry)->id,
		 registry_programme(registry)->version);
	return 0;
}

static int on_pack(void *context, const char *dir)
{
	struct err err = {0};
	if (agent_use_pack(context, dir, &err) == 0)
		return 0;
	log_error("agent.pack", "dir=\"%s\" cause=\"%s\"", dir, err.text);
	return -1;
}

const struct registry *agent_registry(const struct agent *agent)
{
	return agent->desk.registry;
}

int agent_open(struct agent **out, const struct agent_options *options, struct err *err)
{
	*out = NULL;
	struct agent *agent = calloc(1, sizeof(*agent));
	if (!agent) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	agent->office_code = options->office_code;
	agent->on_acked = options->on_acked;
	agent->on_proposal = options->on_proposal;
	agent->context = options->context;
	struct outbox_options outbox = {options->outbox_path, options->outbox_max_bytes,
					random_system()};
	if (outbox_open(&agent->outbox, &outbox, err) < 0)
		goto failed;
	desk_init(&agent->desk, agent->outbox, options->registry, options->office_code);
	struct sender_options sender = {
		.loop = options->loop,
		.zmq_context = options->zmq_context,
		.outbox = agent->outbox,
		.office_code = options->office_code,
		.programme = registry_programme(options->registry),
		.endpoints = options->endpoints,
		.state_dir = options->state_dir,
		.key_path = options->key_path,
		.keys = options->keys,
		.max_inflight_batches = options->max_inflight_batches,
		.backoff_base_ms = options->backoff_base_ms,
		.backoff_cap_ms = options->backoff_cap_ms,
		.ping_idle_ms = options->ping_idle_ms,
		.on_acked = on_acked,
		.on_pack = on_pack,
		.on_proposal = on_proposal,
		.context = agent,
	};
	memcpy(sender.server_public_key, options->server_public_key, KEY_BYTES);
	if (sender_start(&agent->sender, &sender, err) < 0)
		goto failed;
	*out = agent;
	return 0;
failed:
	agent_close(&agent);
	return -1;
}

void agent_close(struct agent **agent)
{
	if (!*agent)
		return;
	sender_stop(&(*agent)->sender);
	outbox_close(&(*agent)->outbox);
	registry_free(&(*agent)->own_registry);
	free(*agent);
	*agent = NULL;
}

int agent_enter(struct agent *agent, const struct desk_entry *entries, size_t count,
		struct desk_result *results, struct problems *problems, struct err *err)
{
	uint64_t before = outbox_last_seq(agent->outbox);
	int rc = desk_enter(&agent->desk, entries, count, results, problems, err);
	if (outbox_last_seq(agent->outbox) > before)
		sender_grown(agent->sender);
	return rc;
}

struct outbox *agent_outbox(struct agent *agent)
{
	return agent->outbox;
}

struct sender *agent_sender(struct agent *agent)
{
	return agent->sender;
}
