/* SPDX-License-Identifier: Apache-2.0 */
/* sender.h - drives the agent's parts of the protocol over a real connection and a real outbox
 * Thread: the loop's. */
#ifndef ZHIBAO_SENDER_H
#define ZHIBAO_SENDER_H

#include <stdbool.h>

#include "inbox.h"
#include "loop.h"
#include "mqkeys.h"
#include "outbox.h"
#include "outfiles.h"

struct sender;

struct sender_options {
	struct loop *loop;
	void *zmq_context;
	struct outbox *outbox;
	const char *office_code; /* borrowed for the life of the sender, as the other texts */
	const struct programme *programme; /* borrowed until sender_set_programme */
	const char *endpoints;             /* separated by commas */
	const char *state_dir;             /* for files and packs; NULL: neither */
	const char *key_path;              /* for rotation; NULL: none */
	uint8_t server_public_key[KEY_BYTES];
	struct mq_keys keys;
	unsigned max_inflight_batches;
	int64_t backoff_base_ms, backoff_cap_ms, ping_idle_ms;
	void (*on_acked)(void *context); /* after an acknowledgement is on the disk; may be NULL */
	int (*on_pack)(void *context, const char *dir); /* a pack arrived; may be NULL */
	void (*on_proposal)(void *context, const Zhibao__V1__Proposal *proposal); /* may be NULL */
	void *context;
};

int sender_start(struct sender **out, const struct sender_options *options, struct err *err);
void sender_stop(struct sender **sender);
void sender_grown(struct sender *sender); /* after outbox_append */
void sender_set_programme(struct sender *sender, const struct programme *programme); /* borrowed */
bool sender_is_open(const struct sender *sender);
const char *sender_reason(const struct sender *sender); /* why it is not open, Chinese; borrowed */
const char *sender_endpoint(const struct sender *sender); /* in use or tried next; borrowed */
uint64_t sender_refusals(const struct sender *sender, unsigned code); /* as session_refusals */
int sender_attach(struct sender *sender, const struct outfiles_entry *entry, struct err *err);
/* Asks the centre for a proposal; the answer comes to on_proposal. -1 with ERR_RETRY when there is no session for it. */
int sender_propose(struct sender *sender, const Zhibao__V1__Propose *propose, struct err *err);
int sender_rotate(struct sender *sender, struct err *err);

#endif
