/* SPDX-License-Identifier: Apache-2.0 */
/* route.h - which collector to try next
 * Every agent has its own order of the collectors, by BLAKE2b-256(public key || endpoint), greatest first (rendezvous
 * hashing): the fleet spreads evenly, and when one collector goes, only its agents move.
 * Thread: one owner. */
#ifndef ZHIBAO_ROUTE_H
#define ZHIBAO_ROUTE_H

#include "mqkeys.h"
#include "textlist.h"

struct route {
	struct text_list endpoints; /* in the agent's order */
	size_t at;
	uint8_t public_key[KEY_BYTES];
};

/* Copies; at least one endpoint, or ERR_CONFIG. */
int route_init(struct route *route, const char *endpoints, const uint8_t public_key[KEY_BYTES], struct err *err);
void route_fini(struct route *route);
const char *route_current(const struct route *route);
void route_next(struct route *route); /* after a failure */
const char *route_home(const struct route *route); /* the agent's first choice */
void route_go_home(struct route *route);           /* makes it the current one */
/* The agent has another key and so another order; the current one stays current. */
void route_set_key(struct route *route, const uint8_t public_key[KEY_BYTES]);
/* Takes over what the centre says, if it is any and differs; the current one stays current while it is among them.
 * 1 when it differed, 0 when not. */
int route_replace(struct route *route, char *const *endpoints, size_t count, struct err *err);

#endif
