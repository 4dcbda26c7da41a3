/* SPDX-License-Identifier: Apache-2.0 */
/* corrections.h - revisions of items that are known already: judged together, as their item may have ended (ruling R2)
 * A revision of a new item is never one of them and costs nothing. The others of a group wait until all of it was read; one
 * statement then tells whose item had ended. It holds rejections off until the commit, so the answer stays true.
 * Thread: one owner; corrections_judge blocks. */
#ifndef ZHIBAO_CORRECTIONS_H
#define ZHIBAO_CORRECTIONS_H

#include <stdbool.h>

#include "jobs.h"
#include "pg.h"
#include "registry.h"
#include "zhibao/v1/record.pb-c.h"

struct correction {
	struct job *job; /* borrowed, as what it holds */
	uint64_t seq;
	int64_t batch_id;
	ProtobufCBinaryData bytes; /* of the record */
	char office_code[CODE_SIZE];
	uint8_t item_id[16], revision_id[16];
	bool is_of_ended; /* set by corrections_judge */
};

struct corrections {
	struct correction *items; /* owned */
	size_t count, room;
};

/* Must the centre be asked whether the item of a checked record has ended? */
bool corrections_is_one(const Zhibao__V1__Record *record);
int corrections_add(struct corrections *corrections, const struct correction *correction, struct err *err);
/* Sets is_of_ended of all. Inside the transaction that stores them; nothing is asked when there are none. */
int corrections_judge(struct corrections *corrections, struct pg *pg, struct err *err);
void corrections_fini(struct corrections *corrections);

#endif
