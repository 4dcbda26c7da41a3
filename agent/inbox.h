/* SPDX-License-Identifier: Apache-2.0 */
/* inbox.h - what comes down from the centre: messages in order, programme packs, the office's own older records
 * Everything is stored in the ledger file before it is acknowledged.
 * Thread: the loop's. Blocks on the disk. */
#ifndef ZHIBAO_INBOX_H
#define ZHIBAO_INBOX_H

#include <jansson.h>

#include "outbox.h"
#include "registry.h"
#include "session.h"

struct inbox;

struct inbox_options {
	struct outbox *outbox;   /* borrowed, as the texts */
	struct session *session; /* borrowed */
	const char *packs_dir;   /* fetched packs go to <packs_dir>/<programme>-<version>; made when needed */
	const struct random_source *random;
	/* A pack is whole on the disk; 0 when it is in force from now on. */
	int (*on_pack)(void *context, const char *dir);
	void *context;
};

int inbox_new(struct inbox **out, const struct inbox_options *options, struct err *err);
void inbox_free(struct inbox **inbox);
/* The pack in use: what follows it is fetched. Copied. */
void inbox_set_pack(struct inbox *inbox, const struct programme *programme);
void inbox_opened(struct inbox *inbox, int64_t now_ms);
/* True when the message was for the inbox. */
bool inbox_message(struct inbox *inbox, uint8_t type, const ProtobufCMessage *message, int64_t now_ms);
void inbox_tick(struct inbox *inbox, int64_t now_ms); /* about once a second: asks what is due */
/* Has the centre accepted a revision of the item, as far as its messages tell? The newest verdict on a revision holds. */
int inbox_is_accepted(struct outbox *outbox, const uint8_t item_id[16], bool *is_accepted_out, struct err *err);
/* Messages, newest first. A new reference; NULL with err. */
json_t *inbox_list(struct outbox *outbox, uint64_t limit, struct err *err);

#endif
