/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world_private.h"

/* Where credit is tight, so little may be on the way that records wait for their turn. */
enum { QUEUE_BYTES = 6000, WINDOW_BYTES = 4096, TIGHT_BYTES = 600, TIGHT_LEAST_BYTES = 60, ANSWER_BYTES = 300 << 10 };

/* Answers are as small here as everything else. */
static size_t weight(const struct job *job, size_t bytes)
{
	return bytes - job->answer_bytes + job->answer_bytes / 1024;
}

static int io_send(void *context, const struct peer *peer, const void *data, size_t len)
{
	struct sim_collector *collector = context;
	uint64_t line_no;
	memcpy(&line_no, peer->id, sizeof(line_no));
	struct line *line = world_line(collector->world, line_no);
	if (!line || !line->is_up)
		return -1;
	world_transmit(collector->world, EVENT_TO_AGENT, line_no, data, len);
	return 0;
}

static bool io_submit(void *context, struct job *job)
{
	struct sim_collector *collector = context;
	struct world *world = collector->world;
	collector->waiting_bytes += weight(job, job_bytes(job));
	struct event *event = world_schedule(world, 1 + (int64_t)world_dice(world, 10), EVENT_COMMIT);
	event->agent = collector->no;
	event->life = collector->life;
	event->job = job;
	return false;
}

static bool io_has_room(void *context, const struct job *job, size_t bytes)
{
	struct sim_collector *collector = context;
	return collector->waiting_bytes + weight(job, bytes) <= QUEUE_BYTES;
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
		.terms = {.heartbeat_ms = PING_IDLE_MS},
		.window_bytes = WINDOW_BYTES,
		.in_flight_bytes = world->has_tight_credit ? TIGHT_BYTES : QUEUE_BYTES,
		.least_bytes = world->has_tight_credit ? TIGHT_LEAST_BYTES : WINDOW_BYTES,
		.answer_bytes = ANSWER_BYTES,
		.idle_ms = 300000,
		.limits = {.max_sessions = 4},
		.clock = &world->clock,
		.io = {collector, io_send, io_submit, io_has_room},
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
void world_commit(struct world *world, struct event *event)
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

void world_answer(struct world *world, struct event *event)
{
	struct sim_collector *collector = &world->collectors[event->agent];
	if (!collector->is_alive || event->life != collector->life)
		return;
	collector->waiting_bytes -= weight(event->job, job_bytes(event->job));
	reception_answer(collector->reception, event->job, world->now_ms);
	event->job = NULL;
}

void world_to_collector(struct world *world, const struct event *event)
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
