/* SPDX-License-Identifier: Apache-2.0 */
/* uplink.h - an outbox as the ledger of a session
 * Cuts slices, looks for damage before anything leaves, stores acknowledgements with their verdicts and receipts (ackbook.h).
 * Thread: the owner of the outbox. */
#ifndef ZHIBAO_UPLINK_H
#define ZHIBAO_UPLINK_H

#include "outbox.h"
#include "session.h"
#include "signkeys.h"

struct uplink;

int uplink_new(struct uplink **out, struct outbox *outbox, const char *office_code); /* both borrowed */
void uplink_free(struct uplink **uplink);
/* Called after an acknowledgement is on the disk; may be NULL. */
void uplink_on_acked(struct uplink *uplink, void (*on_acked)(void *context), void *context);
/* The key that signs receipts in this session, from Welcome; without one no receipt is kept. */
void uplink_set_signer(struct uplink *uplink, const Zhibao__V1__Welcome *welcome);
struct session_ledger uplink_ledger(struct uplink *uplink);

#endif
