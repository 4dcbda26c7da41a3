/* SPDX-License-Identifier: Apache-2.0 */
/* world_private.h - the inside of a world, for those who disturb it */
#ifndef ZHIBAO_WORLD_PRIVATE_H
#define ZHIBAO_WORLD_PRIVATE_H

#include "inbox.h"
#include "outbox.h"
#include "reception.h"
#include "session.h"
#include "uplink.h"
#include "world.h"

enum { PING_IDLE_MS = 10000 };
enum { AGENTS = 3, MAX_AGENTS = 6, COLLECTORS = 2, MAX_LINES = 4096, MISCHIEF = 1000 };

enum event_kind {
	EVENT_TICK,
	EVENT_CONNECT,
	EVENT_TO_COLLECTOR,
	EVENT_TO_AGENT,
	EVENT_LINE_DOWN,
	EVENT_COMMIT,
	EVENT_ANSWER,
	EVENT_START_AGENT,
	EVENT_START_COLLECTOR,
	EVENT_MISCHIEF,
	EVENT_FAULT
};

struct event {
	int64_t at_ms;
	uint64_t no;
	enum event_kind kind;
	size_t agent; /* or collector */
	uint64_t life, line_no;
	uint8_t *data; /* owned, as job */
	size_t len;
	struct job *job;
};

struct line { /* a connection */
	size_t agent, collector;
	bool is_up;
	int64_t last_up_ms, last_down_ms;
};

struct sim_agent {
	struct world *world;
	size_t no;
	unsigned tag;    /* of what it produces; a clone has its own */
	size_t tag_key;  /* its key and office, shared with a clone */
	char office_code[CODE_SIZE];
	char path[128], packs_dir[128];
	bool is_alive, has_pack; /* the pack is on its disk */
	struct outbox *outbox;
	struct uplink *uplink;
	struct session_ledger ledger;
	struct session *session;
	struct inbox *inbox;
	uint64_t line_no, connect_no;
	size_t at_collector;
	bool is_moving;
	int64_t skew_ms;
	uint64_t checking_to;
};

struct sim_collector {
	struct world *world;
	size_t no;
	bool is_alive;
	uint64_t life;
	struct reception *reception;
	size_t waiting_bytes;
};

struct world {
	uint64_t random;
	int64_t now_ms;
	bool trace, is_bad_weather, is_database_down, has_restore, has_tight_credit, is_mischief_revoked;
	const char *dir;
	uint64_t *paths;
	struct random_source random_source;
	struct clock clock;
	struct event **events;
	size_t event_count, event_size;
	uint64_t last_event;
	struct line lines[MAX_LINES];
	uint64_t line_count;
	struct sim_agent agents[MAX_AGENTS];
	size_t agent_count;
	struct sim_collector collectors[COLLECTORS];
	unsigned produced[MODEL_TAGS];
	char fault[300];
	/* Of the peer that does not keep to the protocol. */
	struct {
		uint64_t line_no, session_gen, acked_seq;
		uint8_t uuid[OUTBOX_UUID_BYTES], chain[CHAIN_BYTES];
		unsigned tag, next_number;
	} mischief;
	struct model model; /* the rest is cleared by its own means */
	bool is_acked[MODEL_TAGS][MODEL_RECORDS];
};

uint64_t world_dice(struct world *world, uint64_t limit); /* 0 .. limit - 1 */
void world_trace(struct world *world, const char *format, ...) __attribute__((format(printf, 2, 3)));
void world_blame(struct world *world, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct event *world_schedule(struct world *world, int64_t delay_ms, enum event_kind kind);
struct line *world_line(struct world *world, uint64_t line_no);
uint64_t world_connect(struct world *world, size_t agent, size_t collector);
void world_send_up(struct world *world, uint64_t line_no, const void *data, size_t len);
void world_cut(struct world *world, uint64_t line_no);
void world_start_agent(struct world *world, size_t no);
void world_stop_agent(struct world *world, size_t no);
void world_start_collector(struct world *world, size_t no);
void world_stop_collector(struct world *world, size_t no);
void world_refresh_keys(struct world *world);

/* network.c */
void world_transmit(struct world *world, enum event_kind kind, uint64_t line_no, const void *data, size_t len);

/* agents.c */
int64_t world_agent_now(const struct sim_agent *agent);
void world_produce(struct world *world, struct sim_agent *agent);
void world_connect_agent(struct world *world, const struct event *event);
/* The rule of rules: what is acknowledged is durable, byte for byte and once. For outbox_read, with a sim_agent. */
int world_check_record(void *context, const struct outbox_body *body);

/* collectors.c */
void world_commit(struct world *world, struct event *event);
void world_answer(struct world *world, struct event *event);
void world_to_collector(struct world *world, const struct event *event);

/* faults.c */
void fault_new_agent(struct world *world, size_t key, unsigned tag);
void fault_act(struct world *world); /* does one thing and plans the next */
void fault_end(struct world *world); /* everything is whole from now on */

#endif
