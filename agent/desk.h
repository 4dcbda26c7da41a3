/* SPDX-License-Identifier: Apache-2.0 */
/* desk.h - turns what a clerk enters into revisions in the outbox
 * Thread: the loop's. Blocks on the disk. */
#ifndef ZHIBAO_DESK_H
#define ZHIBAO_DESK_H

#include <jansson.h>

#include "check.h"
#include "clock.h"
#include "outbox.h"
#include "uuid.h"

struct desk {
	struct outbox *outbox;           /* borrowed */
	const struct registry *registry; /* borrowed */
	const char *office_code;         /* borrowed */
	const struct clock *clock;
	struct uuid_generator ids;
};

struct desk_entry {
	const char *kind;         /* name, code or Chinese label; NULL for amend and withdraw */
	Zhibao__V1__Operation operation;
	const uint8_t *item_id;   /* 16 bytes for amend and withdraw, NULL for submit */
	const char *author;
	const char *on_behalf_of; /* "" or NULL: own */
	const char *correction_reason; /* "" or NULL: none given */
	const json_t *fields;     /* object: name or label to text, number, boolean or array; "" empties */
};

struct desk_result {
	struct uuid item_id, revision_id;
	uint64_t seq; /* 0 when refused */
	const struct catalog_kind *kind;
};

void desk_init(struct desk *desk, struct outbox *outbox, const struct registry *registry,
	       const char *office_code);
/* Checks every entry and stores the good ones in one transaction, in order. results[i].seq is 0 for a refused
 * one and problems[i] says why. Returns 0, or -1 when the outbox failed (nothing stored then). */
int desk_enter(struct desk *desk, const struct desk_entry *entries, size_t count,
	       struct desk_result *results, struct problems *problems, struct err *err);
/* One ledger record as JSON for lists; with_body adds the fields. A new reference. */
json_t *desk_describe(const struct outbox_record *record, bool with_body);

#endif
