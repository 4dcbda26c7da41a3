/* SPDX-License-Identifier: Apache-2.0 */
/* agent.h - one office: its outbox, its desk and its link to the centre
 * Several may live on one loop (the simulator runs all offices of a province in one process).
 * Thread: the loop's. */
#ifndef ZHIBAO_AGENT_H
#define ZHIBAO_AGENT_H

#include "desk.h"
#include "loop.h"
#include "sender.h"

struct agent;

struct agent_options {
	struct loop *loop;
	void *zmq_context;
	const struct registry *registry; /* borrowed for the life of the agent, as the texts below */
	const char *office_code;
	const char *endpoints; /* of the collectors, separated by commas */
	const char *state_dir; /* for attachments and packs; NULL: neither */
	const char *key_path;  /* for rotation; NULL: none */
	const char *outbox_path;
	uint64_t outbox_max_bytes;
	struct mq_keys keys;
	uint8_t server_public_key[KEY_BYTES];
	unsigned max_inflight_batches;
	int64_t backoff_base_ms, backoff_cap_ms, ping_idle_ms;
	void (*on_acked)(void *context); /* may be NULL */
	void (*on_proposal)(void *context, const Zhibao__V1__Proposal *proposal); /* may be NULL */
	void *context;
};

int agent_open(struct agent **out, const struct agent_options *options, struct err *err);
void agent_close(struct agent **agent);
/* desk_enter and, when something was stored, off it goes. */
int agent_enter(struct agent *agent, const struct desk_entry *entries, size_t count,
		struct desk_result *results, struct problems *problems, struct err *err);
/* The registry in use: the one given, or that of a pack that came over the wire. */
const struct registry *agent_registry(const struct agent *agent);
/* Takes a pack folder into use. */
int agent_use_pack(struct agent *agent, const char *dir, struct err *err);
struct outbox *agent_outbox(struct agent *agent);
struct sender *agent_sender(struct agent *agent);

#endif
