/* SPDX-License-Identifier: Apache-2.0 */
/* ackbook.h - acknowledgements of the centre on their way into the ledger: those that came together are stored together
 * A commit costs three syncs, and while one runs the next acknowledgements arrive. What is taken but not settled is lost in a
 * crash, which is harmless: the ledger then knows less than the centre, whose Welcome and the Ack after it say it again.
 * Thread: the owner of the outbox. */
#ifndef ZHIBAO_ACKBOOK_H
#define ZHIBAO_ACKBOOK_H

#include "outbox.h"
#include "zhibao/v1/session.pb-c.h"

struct ackbook;

int ackbook_new(struct ackbook **out, struct outbox *outbox, const char *office_code, struct err *err); /* borrows both */
void ackbook_free(struct ackbook **book);
/* The key that signs the receipts of this session. */
void ackbook_set_signer(struct ackbook *book, const Zhibao__V1__Welcome *welcome);
/* Everything up to seq is durable at the centre, as ack says; copied. Settles when there is no room for more. -1: nothing that
 * was taken since the last settling is kept. */
int ackbook_take(struct ackbook *book, uint64_t seq, const Zhibao__V1__Ack *ack, struct err *err);
/* Stores what was taken, in one transaction. Returns how many acknowledgements, or -1 and drops them. */
int ackbook_settle(struct ackbook *book, struct err *err);
uint64_t ackbook_seq(const struct ackbook *book); /* newest taken or stored */

#endif
