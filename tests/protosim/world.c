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
	PACK_LIMIT_MS = 300000, /* and everybody must have the pack: what was lost without a word is asked for late */
	TICK_MS = 1000
};

static const char *const names[PATH_COUNT] = {
	"nack_unspecified", "nack_gap",      "nack_resync",   "nack_fenced",       "nack_fork",
	"nack_busy",        "nack_too_big",  "nack_bad",      "nack_version",      "nack_revoked",
	"nack_db_down",     "nack_quota",    "repeat",        "gap_record",        "fork",
	"set_back",         "quarantine",    "unknown_commit", "failover",         "restore",
	"crash_agent",      "crash_collector", "old_outbox",  "clone",             "damage",
	"cut",              "lost_message",  "duplicate_message", "reordered_message", "sleep",
	"drain",            "move",          "turn"};

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

static void count_answer(struct world *world, const struct event *event)
{
	struct frame frame;
	if (frame_decode(event->data, event->len, &frame) != FRAME_OK)
		return;
	const uint8_t *body = event->data + FRAME_BYTES;
	if (frame.type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK) {
		Zhibao__V1__Nack *nack = zhibao__v1__nack__unpack(NULL, event->len - FRAME_BYTES, body);
		if (nack && (int)nack->code >= 0 && (int)nack->code < 12)
			world->paths[PATH_NACK + (int)nack->code]++;
		zhibao__v1__nack__free_unpacked(nack, NULL);
	} else if (frame.type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PONG) {
		Zhibao__V1__Pong *pong = zhibao__v1__pong__unpack(NULL, event->len - FRAME_BYTES, body);
		world->paths[PATH_TURN] += pong && pong->token == 0; /* nobody asked just now */
		zhibao__v1__pong__free_unpacked(pong, NULL);
	}
}

static void to_agent(struct world *world, const struct event *event)
{
	struct line *line = world_line(world, event->line_no);
	if (!line->is_up)
		return;
	count_answer(world, event);
	if (line->agent == MISCHIEF) {
		mischief_message(world, event->line_no, event->data, event->len);
		return;
	}
	struct sim_agent *agent = &world->agents[line->agent];
	if (!agent->is_alive || agent->line_no != event->line_no)
		return;
	session_message(agent->session, event->data, event->len, world_agent_now(agent));
	if (world_dice(world, 2) == 0) /* or another message waits, or the power goes */
		session_settle(agent->session);
}

static void line_down(struct world *world, const struct event *event)
{
	struct line *line = world_line(world, event->line_no);
	if (line->agent == MISCHIEF)
		return;
	struct sim_agent *agent = &world->agents[line->agent];
	if (agent->is_alive && agent->line_no == event->line_no)
		session_down(agent->session, world_agent_now(agent));
}

static void tick(struct world *world)
{
	world_schedule(world, TICK_MS, EVENT_TICK);
	for (size_t i = 0; i < world->agent_count; i++)
		if (world->agents[i].is_alive) {
			session_tick(world->agents[i].session, world_agent_now(&world->agents[i]));
			inbox_tick(world->agents[i].inbox, world_agent_now(&world->agents[i]));
		}
	for (size_t i = 0; i < COLLECTORS; i++)
		if (world->collectors[i].is_alive)
			reception_tick(world->collectors[i].reception, world->now_ms);
	for (size_t i = 0; i < world->agent_count; i++)
		if (world_dice(world, 3) == 0 && world->now_ms < FAULTS_MS)
			world_produce(world, &world->agents[i]);
}

static void dispatch(struct world *world, struct event *event)
{
	switch (event->kind) {
	case EVENT_TICK:
		tick(world);
		break;
	case EVENT_CONNECT:
		world_connect_agent(world, event);
		break;
	case EVENT_TO_COLLECTOR:
		world_to_collector(world, event);
		break;
	case EVENT_TO_AGENT:
		to_agent(world, event);
		break;
	case EVENT_LINE_DOWN:
		line_down(world, event);
		break;
	case EVENT_COMMIT:
		world_commit(world, event);
		break;
	case EVENT_ANSWER:
		world_answer(world, event);
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

/* A clerk sees what the centre put aside, and nothing else so marked. */
static int check_verdict(void *context, const struct outbox_record *record)
{
	struct sim_agent *agent = context;
	struct payload payload;
	bool is_lost = record->code && strncmp(record->code, "E_LEDGER_", 9) == 0;
	if (is_lost || !payload_read(record->body, record->len, &payload))
		return 0; /* decayed: a gap stands for it */
	if (record->is_acked && payload_is_aside(payload) != (record->code != NULL))
		world_blame(agent->world, "agent %zu: %u/%u at %" PRIu64 " was %s at the centre, but the ledger says %s", agent->no, payload.tag,
			    payload.number, record->seq, payload_is_aside(payload) ? "put aside" : "accepted",
			    record->code ? record->code : "delivered");
	return 0;
}

/* Everything that was ever acknowledged and everything the ledgers show as delivered is stored, and the verdicts agree. */
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
		outbox_read(agent->outbox, 1, world_check_record, agent, NULL);
		outbox_list(agent->outbox, &(struct outbox_query){.limit = UINT64_MAX}, check_verdict, agent, NULL);
	}
}

static bool has_packs(const struct world *world)
{
	for (size_t i = 0; i < world->agent_count; i++)
		if (!world->agents[i].has_pack)
			return false;
	return true;
}

/* Until everything there is to be done is done, or, without is_done, to the end. */
static void run_until(struct world *world, int64_t end_ms, bool (*is_done)(const struct world *world))
{
	while (world->event_count > 0 && world->events[0]->at_ms <= end_ms && !world->fault[0]) {
		struct event *event = next_event(world);
		world->now_ms = event->at_ms;
		dispatch(world, event);
		free_event(event);
		if (world->model.fault[0])
			world_blame(world, "%s", world->model.fault);
		if (is_done && is_done(world))
			return;
	}
	if (!is_done)
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
	world->has_tight_credit = world_dice(world, 2) == 0;
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
	run_until(&world, FAULTS_MS, NULL);
	fault_end(&world);
	for (size_t i = 0; i < world.agent_count && !world.fault[0]; i++)
		world_produce(&world, &world.agents[i]); /* a fresh record each, which must get through */
	run_until(&world, FAULTS_MS + CALM_LIMIT_MS, is_settled);
	if (!world.fault[0] && !is_settled(&world))
		world_blame(&world, "not everything acknowledged %d s after the faults ended", CALM_LIMIT_MS / 1000);
	int64_t recovery_ms = world.now_ms - FAULTS_MS;
	/* A message that got lost without the line comes with the next session. */
	for (size_t i = 0; i < world.agent_count && !world.fault[0]; i++)
		if (outbox_inbox_seq(world.agents[i].outbox) == 0)
			world_cut(&world, world.agents[i].line_no);
	if (!world.fault[0] && !has_packs(&world))
		run_until(&world, FAULTS_MS + PACK_LIMIT_MS, has_packs);
	if (!world.fault[0] && !has_packs(&world))
		world_blame(&world, "not everybody had the pack %d s after the faults ended", PACK_LIMIT_MS / 1000);
	if (!world.fault[0])
		final_check(&world);
	*out = (struct world_result){.recovery_ms = recovery_ms, .stored = world.model.primary.row_count};
	for (unsigned tag = 0; tag < MODEL_TAGS; tag++)
		out->records += world.produced[tag];
	snprintf(out->fault, sizeof(out->fault), "%s", world.fault);
	paths[PATH_REPEAT] += world.model.repeats;
	paths[PATH_GAP] += world.model.gaps;
	paths[PATH_ASIDE] += world.model.aside;
	tear_down(&world);
}
