/* SPDX-License-Identifier: Apache-2.0 */
/* zap.h - who may connect: a table of public keys in memory (ZeroMQ RFC 27)
 * Answers 200 with the user id of the key, or 400; never 300, after which a client hangs. Only CURVE.
 * Thread: a thread of its own answers; zap_replace may be called from any. */
#ifndef ZHIBAO_ZAP_H
#define ZHIBAO_ZAP_H

#include <stddef.h>
#include <stdint.h>

#include "mqkeys.h"

struct zap;

struct zap_entry {
	uint8_t public_key[KEY_BYTES];
	char user_id[64];
};

/* Must run before any CURVE socket of the context is bound. */
int zap_start(struct zap **out, void *zmq_context, struct err *err);
void zap_stop(struct zap **zap); /* call after the sockets are closed, before the context ends */
/* Takes over the whole table; entries are copied. */
int zap_replace(struct zap *zap, const struct zap_entry *entries, size_t count, struct err *err);
uint64_t zap_refusals(const struct zap *zap); /* since the start */

#endif
