/* SPDX-License-Identifier: Apache-2.0 */
#include "ackbook.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "log.h"
#include "outbox_private.h"
#include "receiptbook.h"

/* As many acknowledgements as a session may have batches under way; then, or after so many verdicts, they are stored. */
enum { ACKS_MAX = 64, VERDICTS_SOON = 500, TEXTS_MAX_BYTES = 16 << 20 };

struct kept_receipt {
	struct receipt receipt;
	uint8_t signature[RECEIPT_SIGNATURE_BYTES];
};

struct ackbook {
	struct outbox *outbox;
	const char *office_code;
	bool has_signer;
	char signing_key[SIGN_NAME_SIZE];
	uint8_t signing_public_key[SIGN_PUBLIC_BYTES];
	/* Taken since the last settling. */
	size_t ack_count, receipt_count, verdict_count, verdict_size;
	uint64_t seq;
	int64_t centre_time_us;
	struct kept_receipt receipts[ACKS_MAX];
	struct outbox_verdict *verdicts; /* owned */
	struct arena texts;              /* of the verdicts */
};

static void forget(struct ackbook *book)
{
	book->ack_count = book->receipt_count = book->verdict_count = 0;
	arena_fini(&book->texts);
}

int ackbook_new(struct ackbook **out, struct outbox *outbox, const char *office_code, struct err *err)
{
	*out = calloc(1, sizeof(**out));
	if (!*out) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	(*out)->outbox = outbox;
	(*out)->office_code = office_code;
	arena_init(&(*out)->texts, TEXTS_MAX_BYTES);
	return 0;
}

void ackbook_free(struct ackbook **book)
{
	if (!*book)
		return;
	arena_fini(&(*book)->texts);
	free((*book)->verdicts);
	free(*book);
	*book = NULL;
}

void ackbook_set_signer(struct ackbook *book, const Zhibao__V1__Welcome *welcome)
{
	/* A receipt keeps the name of its key. */
	ackbook_settle(book, NULL);
	book->has_signer = welcome->signing_public_key.len == SIGN_PUBLIC_BYTES &&
			   strlen(welcome->signing_key) == SIGN_NAME_SIZE - 1;
	if (!book->has_signer)
		return;
	strcpy(book->signing_key, welcome->signing_key);
	memcpy(book->signing_public_key, welcome->signing_public_key.data, SIGN_PUBLIC_BYTES);
}

/* Keeps the receipt if it is what the key signed; a wrong one is no reason to doubt the acknowledgement. */
static void take_receipt(struct ackbook *book, const Zhibao__V1__Ack *ack)
{
	struct receipt receipt = {.office_code = book->office_code,
				  .first_seq = ack->first_seq,
				  .acked_seq = ack->acked_seq,
				  .received_at_us = ack->centre_time_us};
	if (!book->has_signer || ack->signature.len != RECEIPT_SIGNATURE_BYTES || ack->chain.len != CHAIN_BYTES ||
	    ack->first_seq == 0 || ack->first_seq > ack->acked_seq)
		return;
	memcpy(receipt.outbox_uuid, outbox_uuid(book->outbox), OUTBOX_UUID_BYTES);
	memcpy(receipt.chain, ack->chain.data, CHAIN_BYTES);
	if (!receipt_verify(&receipt, ack->signature.data, book->signing_public_key)) {
		log_warn("receipt.invalid", "office=%s acked_seq=%llu", book->office_code,
			 (unsigned long long)ack->acked_seq);
		return;
	}
	struct kept_receipt *kept = &book->receipts[book->receipt_count++];
	kept->receipt = receipt;
	memcpy(kept->signature, ack->signature.data, RECEIPT_SIGNATURE_BYTES);
}

static int take_verdicts(struct ackbook *book, const Zhibao__V1__Ack *ack)
{
	size_t wanted = book->verdict_count + ack->n_quarantined;
	if (wanted > book->verdict_size) {
		struct outbox_verdict *grown = realloc(book->verdicts, wanted * sizeof(*grown));
		if (!grown)
			return -1;
		book->verdicts = grown;
		book->verdict_size = wanted;
	}
	for (size_t i = 0; i < ack->n_quarantined; i++) {
		const Zhibao__V1__Quarantined *from = ack->quarantined[i];
		struct outbox_verdict verdict = {from->seq, arena_copy(&book->texts, from->code, strlen(from->code)),
						 arena_copy(&book->texts, from->field, strlen(from->field)),
						 arena_copy(&book->texts, from->text, strlen(from->text))};
		if (!verdict.code || !verdict.field || !verdict.text)
			return -1;
		book->verdicts[book->verdict_count++] = verdict;
	}
	return 0;
}

int ackbook_take(struct ackbook *book, uint64_t seq, const Zhibao__V1__Ack *ack, struct err *err)
{
	if ((book->ack_count == ACKS_MAX || book->verdict_count >= VERDICTS_SOON) && ackbook_settle(book, err) < 0)
		return -1;
	if (take_verdicts(book, ack) < 0) {
		forget(book);
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	take_receipt(book, ack);
	book->seq = seq;
	book->centre_time_us = ack->centre_time_us;
	book->ack_count++;
	return 0;
}

static int store(struct ackbook *book, struct outbox_mark *mark, struct err *err)
{
	if (outbox_run(book->outbox, "BEGIN IMMEDIATE", err) < 0)
		return -1;
	int rc = outbox_mark(book->outbox, mark, book->verdicts, book->verdict_count, err);
	for (size_t i = 0; i < book->receipt_count && rc == 0; i++)
		rc = receiptbook_add(book->outbox, &book->receipts[i].receipt, book->receipts[i].signature,
				     book->signing_key, err);
	if (rc == 0)
		rc = outbox_run(book->outbox, "COMMIT", err);
	if (rc < 0)
		outbox_undo(book->outbox);
	return rc;
}

int ackbook_settle(struct ackbook *book, struct err *err)
{
	struct outbox_mark mark = {.seq = ackbook_seq(book), .centre_time_us = book->centre_time_us};
	int count = (int)book->ack_count;
	if (count == 0)
		return 0;
	int rc = store(book, &mark, err);
	if (rc == 0)
		outbox_marked(book->outbox, &mark);
	forget(book);
	return rc < 0 ? -1 : count;
}

uint64_t ackbook_seq(const struct ackbook *book)
{
	uint64_t stored = outbox_acked_seq(book->outbox);
	return book->ack_count > 0 && book->seq > stored ? book->seq : stored;
}
