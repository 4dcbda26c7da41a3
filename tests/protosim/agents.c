/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pack.h"
#include "world_private.h"

enum { BACKOFF_BASE_MS = 500, BACKOFF_CAP_MS = 10000 };

static bool link_send(void *context, const uint8_t *data, size_t len)
{
	struct sim_agent *agent = context;
	if (agent->line_no == 0)
		return false;
	world_send_up(agent->world, agent->line_no, data, len);
	return true;
}

static void link_reconnect(void *context, int64_t delay_ms, bool is_failure, const char *reason)
{
	struct sim_agent *agent = context;
	struct world *world = agent->world;
	struct line *line = world_line(world, agent->line_no);
	if (line)
		line->is_up = false;
	agent->line_no = 0;
	world->paths[PATH_MOVE] += agent->is_moving && !is_failure;
	agent->at_collector = (agent->at_collector + (is_failure || agent->is_moving)) % COLLECTORS;
	agent->is_moving = false;
	world_trace(world, "agent %zu reconnects in %" PRId64 " ms: %s", agent->no, delay_ms, reason);
	struct event *event = world_schedule(world, delay_ms, EVENT_CONNECT);
	event->agent = agent->no;
	event->life = ++agent->connect_no;
}

/* What the sender does when its first choice is another collector now. */
static void link_deliver(void *context, uint8_t type, const ProtobufCMessage *message)
{
	struct sim_agent *agent = context;
	if (type != ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ENDPOINTS) {
		inbox_message(agent->inbox, type, message, world_agent_now(agent));
		return;
	}
	uint64_t spread_ms = ((const Zhibao__V1__Endpoints *)message)->spread_ms;
	agent->is_moving = true;
	session_move(agent->session, (int64_t)world_dice(agent->world, spread_ms), world_agent_now(agent));
}

static void link_opened(void *context, const Zhibao__V1__Welcome *welcome, bool is_v2)
{
	struct sim_agent *agent = context;
	(void)welcome;
	if (is_v2)
		inbox_opened(agent->inbox, world_agent_now(agent));
}

static int on_pack(void *context, const char *dir)
{
	struct sim_agent *agent = context;
	(void)dir; /* it had the name it was announced by */
	agent->has_pack = true;
	return 0;
}

int64_t world_agent_now(const struct sim_agent *agent)
{
	return agent->world->now_ms + agent->skew_ms;
}

int world_check_record(void *context, const struct outbox_body *body)
{
	struct sim_agent *agent = context;
	struct payload payload;
	if (body->seq > agent->checking_to)
		return 1;
	if (!payload_read(body->data, body->len, &payload))
		return 0; /* decayed here after it had left; the model looks at what arrived */
	/* Where the centre is set back, that may happen while the acknowledgement travels; the end counts then. */
	if (!agent->world->has_restore && !model_is_durable(&agent->world->model, payload))
		world_blame(agent->world, "agent %zu: acknowledged but not durable: %u/%u at %" PRIu64, agent->no,
			    payload.tag, payload.number, body->seq);
	agent->world->is_acked[payload.tag][payload.number] = true;
	return 0;
}

static int ledger_acked(void *context, uint64_t seq, const Zhibao__V1__Ack *ack)
{
	struct sim_agent *agent = context;
	struct session_position before;
	agent->ledger.position(agent->ledger.context, &before);
	if (agent->ledger.acked(agent->ledger.context, seq, ack) < 0)
		return -1;
	agent->checking_to = seq;
	if (seq > before.acked_seq)
		outbox_read(agent->outbox, before.acked_seq + 1, world_check_record, agent, NULL);
	return 0;
}

static int ledger_settle(void *context)
{
	struct sim_agent *agent = context;
	return agent->ledger.settle(agent->ledger.context);
}

static int ledger_fork(void *context, uint64_t shared_seq)
{
	struct sim_agent *agent = context;
	agent->world->paths[PATH_FORK]++;
	return agent->ledger.fork(agent->ledger.context, shared_seq);
}

static int ledger_lost(void *context, uint64_t seq)
{
	struct sim_agent *agent = context;
	agent->world->paths[PATH_SET_BACK]++;
	return agent->ledger.lost(agent->ledger.context, seq);
}

static void ledger_position(void *context, struct session_position *out)
{
	struct sim_agent *agent = context;
	agent->ledger.position(agent->ledger.context, out);
}

static int ledger_read(void *context, uint64_t first_seq, size_t max_bytes, size_t max_records,
		       struct session_slice *out)
{
	struct sim_agent *agent = context;
	/* Small batches, so that many are under way and cut differently each time. */
	if (max_records > 1 + first_seq % 7)
		max_records = 1 + first_seq % 7;
	return agent->ledger.read(agent->ledger.context, first_seq, max_bytes, max_records, out);
}

static int ledger_chain_at(void *context, uint64_t seq, uint8_t out[CHAIN_BYTES])
{
	struct sim_agent *agent = context;
	return agent->ledger.chain_at(agent->ledger.context, seq, out);
}

static int ledger_drop(void *context, uint64_t seq)
{
	struct sim_agent *agent = context;
	return agent->ledger.drop(agent->ledger.context, seq);
}

static const struct programme pack_none = {.id = ""}, pack_first = {PACK_NAME, PACK_YEAR, PACK_VERSION};

void world_start_agent(struct world *world, size_t no)
{
	struct sim_agent *agent = &world->agents[no];
	struct err err = {0};
	struct outbox_options outbox = {agent->path, 1 << 24, &world->random_source};
	if (outbox_open(&agent->outbox, &outbox, &err) < 0 ||
	    uplink_new(&agent->uplink, agent->outbox, agent->office_code) < 0) {
		world_blame(world, "agent %zu does not start: %s", no, err.text);
		return;
	}
	agent->ledger = uplink_ledger(agent->uplink);
	struct session_options options = {
		.office_code = agent->office_code,
		.programme = &pack_none,
		.max_inflight_batches = 8,
		.backoff_base_ms = BACKOFF_BASE_MS,
		.backoff_cap_ms = BACKOFF_CAP_MS,
		.ping_idle_ms = PING_IDLE_MS,
		.random = &world->random_source,
		.ledger = {agent, ledger_position, ledger_read, ledger_chain_at, ledger_acked, ledger_settle, ledger_lost,
			   ledger_drop, ledger_fork},
		.link = {.context = agent, .send = link_send, .reconnect = link_reconnect, .opened = link_opened, .deliver = link_deliver},
	};
	session_new(&agent->session, &options);
	struct inbox_options inbox = {agent->outbox, agent->session, agent->packs_dir, &world->random_source, on_pack, agent};
	if (inbox_new(&agent->inbox, &inbox, &err) < 0)
		abort();
	inbox_set_pack(agent->inbox, agent->has_pack ? &pack_first : &pack_none);
	agent->is_alive = true;
	struct event *event = world_schedule(world, (int64_t)world_dice(world, 500), EVENT_CONNECT);
	event->agent = no;
	event->life = ++agent->connect_no;
}

void world_stop_agent(struct world *world, size_t no)
{
	struct sim_agent *agent = &world->agents[no];
	struct line *line = world_line(world, agent->line_no);
	if (line)
		line->is_up = false;
	agent->line_no = 0;
	agent->is_alive = false;
	agent->connect_no++;
	inbox_free(&agent->inbox);
	session_free(&agent->session);
	uplink_free(&agent->uplink);
	outbox_close(&agent->outbox);
}

void world_produce(struct world *world, struct sim_agent *agent)
{
	uint8_t body[PAYLOAD_BYTES], ids[2][16] = {{0}};
	struct err err;
	uint64_t seq;
	if (!agent->is_alive || world->produced[agent->tag] >= MODEL_RECORDS)
		return;
	struct payload payload = {agent->tag, world->produced[agent->tag]};
	struct outbox_entry entry = {ids[0], ids[1], 25, 1, 1, body, payload_make(payload, body)};
	random_fill(&world->random_source, ids, sizeof(ids));
	if (outbox_append(agent->outbox, &entry, 1, &seq, &err) < 0) {
		world_blame(world, "agent %zu cannot append: %s", agent->no, err.text);
		return;
	}
	world->produced[agent->tag]++;
	session_grown(agent->session, world_agent_now(agent));
}

void world_connect_agent(struct world *world, const struct event *event)
{
	struct sim_agent *agent = &world->agents[event->agent];
	if (!agent->is_alive || event->life != agent->connect_no)
		return;
	if (!world->collectors[agent->at_collector].is_alive) {
		session_down(agent->session, world_agent_now(agent));
		return;
	}
	agent->line_no = world_connect(world, agent->no, agent->at_collector);
	session_up(agent->session, world_agent_now(agent));
}
