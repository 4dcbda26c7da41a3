/* SPDX-License-Identifier: Apache-2.0 */
/* rotation.h - the next key of this machine: made here, enrolled over the session of the old one, then taken into use
 * The new key waits in <key file>.next, so that a crash at any point goes on with the same key.
 * Thread: the loop's. Blocks on the disk. */
#ifndef ZHIBAO_ROTATION_H
#define ZHIBAO_ROTATION_H

#include "mqkeys.h"
#include "session.h"

struct rotation {
	const char *key_path;    /* borrowed */
	const char *office_code; /* borrowed */
	struct session *session; /* borrowed */
};

/* Makes the next key, or takes the one that waits, and asks for it to be enrolled when the session is open. */
int rotation_begin(const struct rotation *rotation, struct err *err);
void rotation_opened(const struct rotation *rotation); /* asks again for one that waits */
/* The centre's answer: 1 and the key now in use (also in the key file), 0 nothing changed. */
int rotation_message(const struct rotation *rotation, const Zhibao__V1__Enrolled *message, struct mq_keys *keys_out);

#endif
