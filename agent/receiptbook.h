/* SPDX-License-Identifier: Apache-2.0 */
/* receiptbook.h - signed receipts of the centre, kept in the ledger file
 * Thread: the owner of the outbox; blocks on the disk. */
#ifndef ZHIBAO_RECEIPTBOOK_H
#define ZHIBAO_RECEIPTBOOK_H

#include <jansson.h>

#include "outbox.h"
#include "receipt.h"

int receiptbook_add(struct outbox *outbox, const struct receipt *receipt,
		    const uint8_t signature[RECEIPT_SIGNATURE_BYTES], const char *signing_key, struct err *err);
/* The proof for the newest revision of an item, as `zhibao-agent receipt` prints it: the receipt that covers it, the chain
 * before it and the records from it on. A new reference; NULL with ERR_NOT_FOUND. */
json_t *receiptbook_proof(struct outbox *outbox, const uint8_t item_id[16], const char *office_code,
			  struct err *err);

#endif
