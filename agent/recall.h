/* SPDX-License-Identifier: Apache-2.0 */
/* recall.h - the office's own records from other outboxes, so that a replaced machine shows its history
 * A fresh ledger asks for them batch by batch; they come into the ledger as delivered, outside its stream.
 * Thread: the loop's. Blocks on the disk. */
#ifndef ZHIBAO_RECALL_H
#define ZHIBAO_RECALL_H

#include "outbox.h"
#include "session.h"

bool recall_is_due(struct outbox *outbox); /* not all is there yet */
bool recall_ask(struct outbox *outbox, struct session *session); /* false when nothing was sent */
bool recall_take(struct outbox *outbox, const Zhibao__V1__Recalled *message); /* true: stored, and there is more */

#endif
