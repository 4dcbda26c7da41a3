/* SPDX-License-Identifier: Apache-2.0 */
/* intake.h - drives the reception over a real ROUTER, the clock and the store threads
 * Thread: the loop's. */
#ifndef ZHIBAO_INTAKE_H
#define ZHIBAO_INTAKE_H

#include "lanes.h"
#include "loop.h"
#include "reception.h"

struct intake;

struct intake_options {
	struct loop *loop;
	struct router *router;            /* borrowed, as the next two */
	struct zap *zap;
	struct store *stores[LANE_COUNT][MAX_STORES]; /* borrowed; see rota.h */
	size_t writers[LANE_COUNT];                    /* how many there are */
	struct store *express;                         /* borrowed; of the records that do not wait behind a backlog */
	size_t lane_bytes[LANE_COUNT];                 /* that may wait */
	struct reception_options reception; /* io and clock are filled in */
};

int intake_new(struct intake **out, const struct intake_options *options, struct err *err);
void intake_free(struct intake **intake);
void intake_answer(struct intake *intake, struct job *job);   /* takes it */
void intake_news(struct intake *intake, struct news *news);   /* takes it */
/* Borrowed until the next call or intake_free. */
void intake_set_endpoints(struct intake *intake, const char *const *endpoints, size_t count);
/* Ends every session and every connection: agents come back at once, what was under way is stored and sent again by
 * them. The door stays shut until intake_reopen has returned 0; ERR_RETRY: the address is not free yet. */
void intake_shut(struct intake *intake);
int intake_reopen(struct intake *intake, struct err *err);
/* Takes in nothing new, answers what is under way, says farewell and then calls on_drained. */
void intake_drain(struct intake *intake, void (*on_drained)(void *context), void *context);

#endif
