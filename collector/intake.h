/* SPDX-License-Identifier: Apache-2.0 */
/* intake.h - sessions of agents: reads the ROUTER, checks, hands to the store, answers
 * Thread: the loop's. */
#ifndef ZHIBAO_INTAKE_H
#define ZHIBAO_INTAKE_H

#include "keyring.h"
#include "loop.h"
#include "store.h"

struct intake;

struct intake_options {
	struct loop *loop;
	struct router *router; /* borrowed */
	struct zap *zap;       /* borrowed */
	uint64_t credit_bytes, queue_bytes;
	int64_t idle_ms;
	uint32_t heartbeat_ms;
};

int intake_new(struct intake **out, const struct intake_options *options, struct err *err);
void intake_free(struct intake **intake);
void intake_set_store(struct intake *intake, struct store *store); /* borrowed, before messages come */
void intake_set_keyring(struct intake *intake, struct keyring *keyring); /* takes it */
void intake_answer(struct intake *intake, struct job *job);              /* takes it */
/* Tells every agent to come back within reconnect_ms. */
void intake_say_bye(struct intake *intake, const char *reason, uint32_t reconnect_ms);
/* Starts reading. */
int intake_start(struct intake *intake, struct err *err);

#endif
