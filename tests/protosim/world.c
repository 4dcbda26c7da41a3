/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mischief.h"
#include "outbox.h"
#include "reception.h"
#include "session.h"
#include "uplink.h"
#include "world_private.h"

enum {
	FAULTS_MS = 90000,
	CALM_LIMIT_MS = 60000, /* within which everything must be acknowledged once the faults are over */
	TICK_MS = 1000,
	BACKOFF_BASE_MS = 500,
	BACKOFF_CAP_MS = 10000,
	PING_IDLE_MS = 10000
};

static const char *const names[PATH_COUNT] = {
	"nack_unspecified", "nack_gap",      "nack_resync",   "nack_fenced",       "nack_fork",
	"nack_busy",        "nack_too_big",  "nack_bad",      "nack_version",      "nack_revoked",
	"nack_db_down",     "nack_quota",    "repeat",        "gap_record",        "fork",
	"set_back",         "quarantine",    "unknown_commit", "failover",         "restore",
	"crash_agent",      "crash_collector", "old_outbox",  "clone",             "damage",
	"cut",              "lost_message",  "duplicate_message", "reordered_message", "sleep",
	"drain"};

const char *path_name(int path)
{
	return names[path];
}

uint64_t world_dice(struct world *world, uint64_t limit)
{
	/* splitmix64: small, and the same everywhere */
	world->random += 0x9E3779B97F4A7C15u;
	uint64_t z = world->random;
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return limit ? (z ^ (z >> 31)) % limit : 0;
}

void world_trace(struct world *world, const char *format, ...)
{
	va_list args;
	if (!world->trace)
		return;
	fprintf(stderr, "%8" PRId64 " ", world->now_ms);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

void world_blame(struct world *world, const char *format, ...)
{
	va_list args;
	if (world->fault[0])
		return;
	va_start(args, format);
	vsnprintf(world->fault, sizeof(world->fault), format, args);
	va_end(args);
	world_trace(world, "FAULT %s", world->fault);
}

static void fill_random(void *context, void *out, size_t len)
{
	uint8_t *bytes = out;
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)world_dice(context, 256);
}

static int64_t clock_us(void *context)
{
	return ((struct world *)context)->now_ms * 1000;
}

static int64_t clock_ms(void *context)
{
	return ((struct world *)context)->now_ms;
}

/* A binary heap by time, then by the order of scheduling. */
static bool is_before(const struct event *a, const struct event *b)
{
	return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->no < b->no;
}

struct event *world_schedule(struct world *world, int64_t delay_ms, enum event_kind kind)
{
	struct event event = {.at_ms = world->now_ms + delay_ms, .no = ++world->last_event, .kind = kind};
	if (world->event_count == world->event_size) {
		world->event_size = world->event_size ? world->event_size * 2 : 256;
		world->events = realloc(world->events, world->event_size * sizeof(struct event *));
	}
	struct event *copy = malloc(sizeof(*copy));
	*copy = event;
	size_t at = world->event_count++;
	while (at > 0 && is_before(copy, world->events[(at - 1) / 2])) {
		world->events[at] = world->events[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	world->events[at] = copy;
	return copy;
}

static struct event *next_event(struct world *world)
{
	if (world->event_count == 0)
		return NULL;
	struct event *first = world->events[0], *last = world->events[--world->event_count];
	size_t at = 0;
	for (;;) {
		size_t child = at * 2 + 1;
		if (child >= world->event_count)
			break;
		if (child + 1 < world->event_count && is_before(world->events[child + 1], world->events[child]))
			child++;
		if (!is_before(world->events[child], last))
			break;
		world->events[at] = world->events[child];
		at = child;
	}
	if (world->event_count > 0)
		world->events[at] = last;
	return first;
}

static void free_event(struct event *event)
{
	free(event->data);
	job_free(&event->job);
	free(event);
}

/* --- network --- */

struct line *world_line(struct world *world, uint64_t line_no)
{
	return line_no > 0 && line_no <= world->line_count ? &world->lines[line_no - 1] : NULL;
}

static void transmit(struct world *world, enum event_kind kind, uint64_t line_no, const void *data, size_t len)
{
	struct line *line = world_line(world, line_no);
	int64_t delay_ms = 1 + (int64_t)world_dice(world, 20);
	int copies = 1;
	/* In order, as TCP is, unless the weather is bad. */
	int64_t *last = kind == EVENT_TO_COLLECTOR ? &line->last_up_ms : &line->last_down_ms;
	if (world->now_ms + delay_ms < *last)
		delay_ms = *last - world->now_ms;
	*last = world->now_ms + delay_ms;
	if (world->is_bad_weather && world_dice(world, 100) < 2) {
		world->paths[PATH_LOST_MESSAGE]++;
		return;
	}
	if (world->is_bad_weather && world_dice(world, 100) < 2) {
		world->paths[PATH_DUPLICATE_MESSAGE]++;
		copies = 2;
	}
	if (world->is_bad_weather && world_dice(world, 100) < 2) {
		world->paths[PATH_REORDERED_MESSAGE]++;
		delay_ms += (int64_t)world_dice(world, 200);
	}
	for (int i = 0; i < copies; i++) {
		struct event *event = world_schedule(world, delay_ms, kind);
		event->line_no = line_no;
		event->data = malloc(len + 1);
		memcpy(event->data, data, len);
		event->len = len;
	}
}

uint64_t world_connect(struct world *world, size_t agent, size_t collector)
{
	if (world->line_count == MAX_LINES)
		return 0;
	struct line *line = &world->lines[world->line_count++];
	*line = (struct line){.agent = agent, .collector = collector, .is_up = true};
	return world->line_count;
}

void world_send_up(struct world *world, uint64_t line_no, const void *data, size_t len)
{
	transmit(world, EVENT_TO_COLLECTOR, line_no, data, len);
}

/* The collector learns nothing; the agent perhaps after a while (its pings tell it otherwise). */
void world_cut(struct world *world, uint64_t line_no)
{
	struct line *line = world_line(world, line_no);
	if (!line || !line->is_up)
		return;
	line->is_up = false;
	if (world_dice(world, 3) > 0) {
		struct event *event = world_schedule(world, (int64_t)world_dice(world, 3000), EVENT_LINE_DOWN);
		event->line_no = line_no;
	}
}

/* --- agents --- */

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
	agent->at_collector = (agent->at_collector + is_failure) % COLLECTORS;
	world_trace(world, "agent %zu reconnects in %" PRId64 " ms: %s", agent->no, delay_ms, reason);
	struct event *event = world_schedule(world, delay_ms, EVENT_CONNECT);
	event->agent = agent->no;
	event->life = ++agent->connect_no;
}

static int64_t agent_now(const struct sim_agent *agent)
{
	return agent->world->now_ms + agent->skew_ms;
}

/* The rule of rules: what is acknowledged is durable, byte for byte and once. */
static int check_record(void *context, const struct outbox_body *body)
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
	uint64_t before = outbox_acked_seq(agent->outbox);
	if (agent->ledger.acked(agent->ledger.context, seq, ack) < 0)
		return -1;
	agent->checking_to = seq;
	if (seq > before)
		outbox_read(agent->outbox, before + 1, check_record, agent, NULL);
	return 0;
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
		.programme = "",
		.max_inflight_batches = 8,
		.backoff_base_ms = BACKOFF_BASE_MS,
		.backoff_cap_ms = BACKOFF_CAP_MS,
		.ping_idle_ms = PING_IDLE_MS,
		.random = &world->random_source,
		.ledger = {agent, ledger_position, ledger_read, ledger_chain_at, ledger_acked, ledger_lost, ledger_drop,
			   ledger_fork},
		.link = {.context = agent, .send = link_send, .reconnect = link_reconnect},
	};
	session_new(&agent->session, &options);
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
	session_free(&agent->session);
	uplink_free(&agent->uplink);
	outbox_close(&agent->outbox);
}

static void produce(struct world *world, struct sim_agent *agent)
{
	uint8_t body[PAYLOAD_BYTES], ids[2][16] = {{0}};
	struct err err;
	uint64_t seq;
	if (!agent->is_alive || world->produced[agent->tag] >= MODEL_RECORDS)
		return;
	struct payload payload = {agent->tag, world->produced[agent->tag]};
	struct outbox_entry entry = {ids[0], ids[1], 25, 1, 1, body, payload_make(payload, body)};
	fill_random(world, ids, sizeof(ids));
	if (outbox_append(agent->outbox, &entry, 1, &seq, &err) < 0) {
		world_blame(world, "agent %zu cannot append: %s", agent->no, err.text);
		return;
	}
	world->produced[agent->tag]++;
	session_grown(agent->session, agent_now(agent));
}

static void connect_agent(struct world *world, const struct event *event)
{
	struct sim_agent *agent = &world->agents[event->agent];
	if (!agent->is_alive || event->life != agent->connect_no)
		return;
	if (!world->collectors[agent->at_collector].is_alive) {
		session_down(agent->session, agent_now(agent));
		return;
	}
	agent->line_no = world_connect(world, agent->no, agent->at_collector);
	session_up(agent->session, agent_now(agent));
}

/* --- collectors --- */

static int io_send(void *context, const struct peer *peer, const void *data, size_t len)
{
	struct sim_collector *collector = context;
	uint64_t line_no;
	memcpy(&line_no, peer->id, sizeof(line_no));
	struct line *line = world_line(collector->world, line_no);
	if (!line || !line->is_up)
		return -1;
	transmit(collector->world, EVENT_TO_AGENT, line_no, data, len);
	return 0;
}

static void io_submit(void *context, struct job *job)
{
	struct sim_collector *collector = context;
	struct world *world = collector->world;
	collector->waiting_bytes += job_bytes(job);
	struct event *event = world_schedule(world, 1 + (int64_t)world_dice(world, 10), EVENT_COMMIT);
	event->agent = collector->no;
	event->life = collector->life;
	event->job = job;
}

static size_t io_waiting_bytes(void *context, enum lane lane)
{
	struct sim_collector *collector = context;
	(void)lane;
	return collector->waiting_bytes;
}

static struct keyring *make_keyring(struct world *world)
{
	struct keyring *keyring;
	struct err err;
	if (keyring_new(&keyring, AGENTS + 1, &err) < 0)
		abort();
	for (size_t i = 0; i <= AGENTS; i++) {
		if (i == AGENTS && world->is_mischief_revoked)
			continue;
		struct keyring_entry *entry = &keyring->entries[keyring->count++];
		entry->number = (int64_t)i + 1;
		snprintf(entry->office_code, sizeof(entry->office_code), "4201%02zu", i);
	}
	keyring_seal(keyring);
	return keyring;
}

void world_start_collector(struct world *world, size_t no)
{
	struct sim_collector *collector = &world->collectors[no];
	struct err err;
	struct reception_options options = {
		.terms = {.credit_bytes = 4096, .heartbeat_ms = PING_IDLE_MS},
		.lane_bytes = {6000, 6000},
		.idle_ms = 300000,
		.limits = {.max_sessions = 4},
		.clock = &world->clock,
		.io = {collector, io_send, io_submit, io_waiting_bytes},
	};
	if (reception_new(&collector->reception, &options, &err) < 0)
		abort();
	reception_set_keyring(collector->reception, make_keyring(world));
	collector->is_alive = true;
	collector->waiting_bytes = 0;
	collector->life++;
}

void world_stop_collector(struct world *world, size_t no)
{
	struct sim_collector *collector = &world->collectors[no];
	reception_free(&collector->reception);
	collector->is_alive = false;
	collector->life++;
	for (uint64_t i = 1; i <= world->line_count; i++)
		if (world->lines[i - 1].collector == no)
			world_cut(world, i);
}

void world_refresh_keys(struct world *world)
{
	for (size_t i = 0; i < COLLECTORS; i++)
		if (world->collectors[i].is_alive)
			reception_set_keyring(world->collectors[i].reception, make_keyring(world));
}

/* Runs the job against the database. The answer may never come: the collector may die in between. */
static void commit(struct world *world, struct event *event)
{
	struct sim_collector *collector = &world->collectors[event->agent];
	struct job *job = event->job;
	bool is_current = collector->is_alive && event->life == collector->life;
	if (!is_current && world_dice(world, 2) == 0)
		return; /* died before the commit */
	if (world->is_database_down) {
		job_clear_answer(job);
		job->nack = ZHIBAO__V1__NACK_CODE__NACK_CODE_DB_DOWN;
	} else {
		model_run(&world->model, job);
		world_trace(world, "job %d office %s stream %" PRId64 " gen %" PRIu64 " %" PRIu64 "..%" PRIu64 ": nack %d acked %" PRIu64, job->kind,
			    job->office_code, job->stream_id, job->session_gen, job->first_seq, job->last_seq, (int)job->nack,
			    job->acked_seq);
		/* The commit was made here, but the link broke before anyone could say that the standby has it. */
		bool is_unknown = world->is_bad_weather && world_dice(world, 100) < 5;
		if (is_unknown) {
			world->paths[PATH_UNKNOWN_COMMIT]++;
			job_clear_answer(job);
			job->nack = ZHIBAO__V1__NACK_CODE__NACK_CODE_DB_DOWN;
		} else {
			model_replicate(&world->model);
		}
	}
	struct event *answer = world_schedule(world, 1 + (int64_t)world_dice(world, 5), EVENT_ANSWER);
	answer->agent = event->agent;
	answer->life = event->life;
	answer->job = job;
	event->job = NULL;
}

static void answer(struct world *world, struct event *event)
{
	struct sim_collector *collector = &world->collectors[event->agent];
	if (!collector->is_alive || event->life != collector->life)
		return;
	collector->waiting_bytes -= job_bytes(event->job);
	reception_answer(collector->reception, event->job, world->now_ms);
	event->job = NULL;
}

static void to_collector(struct world *world, const struct event *event)
{
	struct line *line = world_line(world, event->line_no);
	struct sim_collector *collector = &world->collectors[line->collector];
	struct router_message message = {.peer = {.len = sizeof(event->line_no)}, .data = event->data, .len = event->len};
	if (!line->is_up || !collector->is_alive)
		return;
	memcpy(message.peer.id, &event->line_no, sizeof(event->line_no));
	size_t key = line->agent == MISCHIEF ? AGENTS : world->agents[line->agent].tag_key;
	snprintf(message.user_id, sizeof(message.user_id), "k%zu", key + 1);
	reception_message(collector->reception, &message, world->now_ms);
}

static void count_nack(struct world *world, const struct event *event)
{
	struct frame frame;
	if (frame_decode(event->data, event->len, &frame) != FRAME_OK ||
	    frame.type != ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK)
		return;
	Zhibao__V1__Nack *nack = zhibao__v1__nack__unpack(NULL, event->len - FRAME_BYTES, event->data + FRAME_BYTES);
	if (nack && (int)nack->code >= 0 && (int)nack->code < 12)
		world->paths[PATH_NACK + (int)nack->code]++;
	if (nack)
		zhibao__v1__nack__free_unpacked(nack, NULL);
}

static void to_agent(struct world *world, const struct event *event)
{
	struct line *line = world_line(world, event->line_no);
	if (!line->is_up)
		return;
	count_nack(world, event);
	if (line->agent == MISCHIEF) {
		mischief_message(world, event->line_no, event->data, event->len);
		return;
	}
	struct sim_agent *agent = &world->agents[line->agent];
	if (agent->is_alive && agent->line_no == event->line_no)
		session_message(agent->session, event->data, event->len, agent_now(agent));
}

static void line_down(struct world *world, const struct event *event)
{
	struct line *line = world_line(world, event->line_no);
	if (line->agent == MISCHIEF)
		return;
	struct sim_agent *agent = &world->agents[line->agent];
	if (agent->is_alive && agent->line_no == event->line_no)
		session_down(agent->session, agent_now(agent));
}

static void tick(struct world *world)
{
	world_schedule(world, TICK_MS, EVENT_TICK);
	for (size_t i = 0; i < world->agent_count; i++)
		if (world->agents[i].is_alive)
			session_tick(world->agents[i].session, agent_now(&world->agents[i]));
	for (size_t i = 0; i < COLLECTORS; i++)
		if (world->collectors[i].is_alive)
			reception_tick(world->collectors[i].reception, world->now_ms);
	for (size_t i = 0; i < world->agent_count; i++)
		if (world_dice(world, 3) == 0 && world->now_ms < FAULTS_MS)
			produce(world, &world->agents[i]);
}

static void dispatch(struct world *world, struct event *event)
{
	switch (event->kind) {
	case EVENT_TICK:
		tick(world);
		break;
	case EVENT_CONNECT:
		connect_agent(world, event);
		break;
	case EVENT_TO_COLLECTOR:
		to_collector(world, event);
		break;
	case EVENT_TO_AGENT:
		to_agent(world, event);
		break;
	case EVENT_LINE_DOWN:
		line_down(world, event);
		break;
	case EVENT_COMMIT:
		commit(world, event);
		break;
	case EVENT_ANSWER:
		answer(world, event);
		break;
	case EVENT_START_AGENT:
		if (!world->agents[event->agent].is_alive)
			world_start_agent(world, event->agent);
		break;
	case EVENT_START_COLLECTOR:
		if (!world->collectors[event->agent].is_alive)
			world_start_collector(world, event->agent);
		break;
	case EVENT_MISCHIEF:
		mischief_act(world);
		break;
	case EVENT_FAULT:
		fault_act(world);
		break;
	}
}

static bool is_settled(const struct world *world)
{
	for (size_t i = 0; i < world->agent_count; i++) {
		const struct sim_agent *agent = &world->agents[i];
		if (!agent->is_alive || outbox_acked_seq(agent->outbox) < outbox_last_seq(agent->outbox))
			return false;
	}
	return true;
}

/* Everything that was ever acknowledged and everything the ledgers show as delivered is stored. */
static void final_check(struct world *world)
{
	model_check(&world->model);
	if (world->model.fault[0])
		world_blame(world, "%s", world->model.fault);
	for (unsigned tag = 0; tag < MODEL_TAGS; tag++)
		for (unsigned number = 0; number < MODEL_RECORDS; number++) {
			struct payload payload = {tag, number};
			if (world->is_acked[tag][number] && !model_is_durable(&world->model, payload))
				world_blame(world, "acknowledged once, gone at the end: %u/%u", tag, number);
		}
	for (size_t i = 0; i < world->agent_count; i++) {
		struct sim_agent *agent = &world->agents[i];
		agent->checking_to = outbox_last_seq(agent->outbox);
		outbox_read(agent->outbox, 1, check_record, agent, NULL);
	}
}

static void run_until(struct world *world, int64_t end_ms, bool stops_when_settled)
{
	while (world->event_count > 0 && world->events[0]->at_ms <= end_ms && !world->fault[0]) {
		struct event *event = next_event(world);
		world->now_ms = event->at_ms;
		dispatch(world, event);
		free_event(event);
		if (world->model.fault[0])
			world_blame(world, "%s", world->model.fault);
		if (stops_when_settled && is_settled(world))
			return;
	}
	if (!stops_when_settled)
		world->now_ms = end_ms;
}

static void set_up(struct world *world, uint64_t seed, const char *dir, bool trace, uint64_t *paths)
{
	memset(world, 0, offsetof(struct world, model));
	model_init(&world->model);
	memset(world->is_acked, 0, sizeof(world->is_acked));
	world->random = seed * 0x9E3779B97F4A7C15u + 1;
	world->trace = trace;
	world->paths = paths;
	world->dir = dir;
	world->random_source = (struct random_source){fill_random, world};
	world->clock = (struct clock){clock_us, clock_ms, world};
	world->now_ms = 1;
	world->is_bad_weather = true;
	world->has_restore = world_dice(world, 4) == 0;
	for (size_t i = 0; i < COLLECTORS; i++) {
		world->collectors[i] = (struct sim_collector){.world = world, .no = i};
		world_start_collector(world, i);
	}
	for (size_t i = 0; i < AGENTS; i++) {
		fault_new_agent(world, i, (unsigned)i);
		world_start_agent(world, i);
	}
	world_schedule(world, 0, EVENT_TICK);
	world_schedule(world, 2000, EVENT_FAULT);
	world_schedule(world, 1000, EVENT_MISCHIEF);
}

static void tear_down(struct world *world)
{
	for (size_t i = 0; i < world->agent_count; i++) {
		if (world->agents[i].is_alive)
			world_stop_agent(world, i);
		unlink(world->agents[i].path);
	}
	for (size_t i = 0; i < COLLECTORS; i++)
		reception_free(&world->collectors[i].reception);
	while (world->event_count > 0)
		free_event(next_event(world));
	free(world->events);
}

void world_run(uint64_t seed, const char *dir, bool trace, uint64_t paths[PATH_COUNT], struct world_result *out)
{
	static struct world world; /* large: one at a time */
	set_up(&world, seed, dir, trace, paths);
	run_until(&world, FAULTS_MS, false);
	fault_end(&world);
	for (size_t i = 0; i < world.agent_count && !world.fault[0]; i++)
		produce(&world, &world.agents[i]); /* a fresh record each, which must get through */
	run_until(&world, FAULTS_MS + CALM_LIMIT_MS, true);
	if (!world.fault[0] && !is_settled(&world))
		world_blame(&world, "not everything acknowledged %d s after the faults ended", CALM_LIMIT_MS / 1000);
	if (!world.fault[0])
		final_check(&world);
	*out = (struct world_result){.recovery_ms = world.now_ms - FAULTS_MS, .stored = world.model.primary.row_count};
	for (unsigned tag = 0; tag < MODEL_TAGS; tag++)
		out->records += world.produced[tag];
	snprintf(out->fault, sizeof(out->fault), "%s", world.fault);
	paths[PATH_REPEAT] += world.model.repeats;
	paths[PATH_GAP] += world.model.gaps;
	paths[PATH_ASIDE] += world.model.aside;
	tear_down(&world);
}
