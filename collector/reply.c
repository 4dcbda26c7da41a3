/* SPDX-License-Identifier: Apache-2.0 */
#include "reply.h"

#include <stdlib.h>
#include <string.h>

enum { DB_DOWN_MS = 2000, AGAIN_MS = 200 };

void reply_message(struct buf *out, const struct frame *frame, const ProtobufCMessage *message)
{
	uint8_t head[FRAME_BYTES];
	size_t len = protobuf_c_message_get_packed_size(message);
	uint8_t *body = malloc(len + 1);
	buf_reset(out);
	if (!body) {
		out->is_failed = true;
		return;
	}
	frame_encode(frame, head);
	protobuf_c_message_pack(message, body);
	buf_append(out, head, sizeof(head));
	buf_append(out, body, len);
	free(body);
}

static struct frame typed(const struct frame *session, uint8_t type)
{
	return (struct frame){session->version, type, session->session_gen};
}

static ProtobufCBinaryData bytes(const void *data, size_t len)
{
	return (ProtobufCBinaryData){len, (uint8_t *)(uintptr_t)data};
}

/* protobuf-c is not const here, but it only reads. */
static char **texts(const char *const *list)
{
	return (char **)(uintptr_t)list;
}

void reply_bye(struct buf *out, const struct frame *session, const struct reply_terms *terms, const char *reason,
	       uint32_t reconnect_ms)
{
	Zhibao__V1__Bye bye = ZHIBAO__V1__BYE__INIT;
	struct frame frame = typed(session, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BYE);
	bye.reason = (char *)(uintptr_t)reason;
	bye.reconnect_after_ms = reconnect_ms;
	bye.endpoints = texts(terms->endpoints);
	bye.n_endpoints = terms->endpoint_count;
	reply_message(out, &frame, &bye.base);
}

void reply_endpoints(struct buf *out, const struct frame *session, const struct reply_terms *terms, uint32_t spread_ms)
{
	Zhibao__V1__Endpoints message = ZHIBAO__V1__ENDPOINTS__INIT;
	struct frame frame = typed(session, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ENDPOINTS);
	message.endpoints = texts(terms->endpoints);
	message.n_endpoints = terms->endpoint_count;
	message.spread_ms = spread_ms;
	reply_message(out, &frame, &message.base);
}

void reply_nack(struct buf *out, const struct frame *session, const struct reply_nack *nack)
{
	Zhibao__V1__Nack message = ZHIBAO__V1__NACK__INIT;
	struct frame frame = typed(session, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK);
	message.code = nack->code;
	message.retry_after_ms = nack->retry_ms;
	message.credit_bytes = nack->credit_bytes;
	message.first_seq = nack->first_seq;
	message.refused_type = (Zhibao__V1__MessageType)session->type;
	message.detail = (char *)(uintptr_t)nack->detail;
	reply_message(out, &frame, &message.base);
}

struct probe_list {
	Zhibao__V1__ForkProbe probes[MAX_PROBES], *pointers[MAX_PROBES];
};

static void list_probes(struct probe_list *list, const struct job *job)
{
	for (size_t i = 0; i < job->probe_count; i++) {
		zhibao__v1__fork_probe__init(&list->probes[i]);
		list->probes[i].seq = job->probes[i].seq;
		list->probes[i].chain = bytes(job->probes[i].chain, CHAIN_BYTES);
		list->pointers[i] = &list->probes[i];
	}
}

void reply_refusal(struct buf *out, const struct frame *session, const struct job *job, uint64_t credit_bytes)
{
	Zhibao__V1__Nack message = ZHIBAO__V1__NACK__INIT;
	struct frame frame = typed(session, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK);
	struct probe_list list;
	bool knows_stream = job->nack >= ZHIBAO__V1__NACK_CODE__NACK_CODE_GAP &&
			    job->nack <= ZHIBAO__V1__NACK_CODE__NACK_CODE_FORK;
	list_probes(&list, job);
	message.code = job->nack;
	message.refused_type = (Zhibao__V1__MessageType)job->type;
	message.credit_bytes = credit_bytes;
	message.retry_after_ms = job->nack == ZHIBAO__V1__NACK_CODE__NACK_CODE_DB_DOWN ? DB_DOWN_MS : AGAIN_MS;
	if (knows_stream) {
		message.acked_seq = job->acked_seq;
		message.chain = bytes(job->at_chain, CHAIN_BYTES);
	}
	message.fork_probes = list.pointers;
	message.n_fork_probes = job->probe_count;
	reply_message(out, &frame, &message.base);
}

void reply_welcome(struct buf *out, const struct frame *session, const struct job *job,
		   const struct reply_terms *terms, uint64_t credit_bytes, int64_t now_us)
{
	Zhibao__V1__Welcome welcome = ZHIBAO__V1__WELCOME__INIT;
	struct frame frame = typed(session, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_WELCOME);
	struct probe_list list;
	list_probes(&list, job);
	welcome.session_gen = job->session_gen;
	welcome.acked_seq = job->acked_seq;
	welcome.chain = bytes(job->chain, CHAIN_BYTES);
	welcome.fork_probes = list.pointers;
	welcome.n_fork_probes = job->probe_count;
	welcome.credit_bytes = credit_bytes;
	welcome.heartbeat_ms = terms->heartbeat_ms;
	welcome.max_batch_bytes = FRAME_HARD_BYTES;
	welcome.centre_time_us = now_us;
	welcome.endpoints = texts(terms->endpoints);
	welcome.n_endpoints = terms->endpoint_count;
	welcome.programme = (char *)(uintptr_t)job->programme;
	welcome.programme_version = job->programme_version;
	welcome.office_code = (char *)(uintptr_t)job->office_code;
	welcome.protocol = session->version;
	if (terms->sign_keys && session->version >= 2) {
		welcome.signing_key = (char *)(uintptr_t)terms->sign_keys->name;
		welcome.signing_public_key = bytes(terms->sign_keys->public_key, SIGN_PUBLIC_BYTES);
	}
	reply_message(out, &frame, &welcome.base);
}

/* What the acknowledgement of a job answers begins here: with its batch, those joined to it, or, after a hello, the whole stream. */
static uint64_t first_answered(const struct job *job)
{
	if (job->kind != JOB_BATCH)
		return 1;
	return job->receipt_first_seq ? job->receipt_first_seq : job->first_seq;
}

/* Signs what the job proves. */
static void sign(Zhibao__V1__Ack *ack, const struct job *job, const struct sign_keys *keys,
		 uint8_t signature[RECEIPT_SIGNATURE_BYTES])
{
	struct receipt receipt = {
		.office_code = job->office_code,
		.first_seq = first_answered(job),
		.acked_seq = job->acked_seq,
		.received_at_us = job->received_at_us,
	};
	memcpy(receipt.outbox_uuid, job->outbox_uuid, OUTBOX_UUID_BYTES);
	memcpy(receipt.chain, job->chain, CHAIN_BYTES);
	receipt_sign(&receipt, keys, signature);
	ack->signature = bytes(signature, RECEIPT_SIGNATURE_BYTES);
	ack->signing_key = (char *)(uintptr_t)keys->name;
}

void reply_ack(struct buf *out, const struct frame *session, const struct job *job,
	       const struct reply_ack *what)
{
	Zhibao__V1__Ack ack = ZHIBAO__V1__ACK__INIT;
	struct frame frame = typed(session, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ACK);
	Zhibao__V1__Quarantined *list = calloc(what->verdict_count + 1, sizeof(*list));
	Zhibao__V1__Quarantined **pointers = calloc(what->verdict_count + 1, sizeof(*pointers));
	uint8_t signature[RECEIPT_SIGNATURE_BYTES];
	/* The chain is known at the end of the batch only. */
	bool is_last = what->acked_seq == job->acked_seq, is_whole = is_last && !job->is_behind;
	buf_reset(out);
	if (!list || !pointers) {
		out->is_failed = true;
		goto out;
	}
	for (size_t i = 0; i < what->verdict_count; i++) {
		struct verdict *verdict = &job->verdicts[what->first_verdict + i];
		zhibao__v1__quarantined__init(&list[i]);
		list[i].seq = verdict->seq;
		list[i].code = verdict->code;
		list[i].field = verdict->field;
		list[i].text = verdict->text;
		pointers[i] = &list[i];
	}
	ack.acked_seq = what->acked_seq;
	ack.quarantined = pointers;
	ack.n_quarantined = what->verdict_count;
	ack.credit_bytes = what->credit_bytes;
	ack.centre_time_us = job->received_at_us;
	if (is_whole)
		ack.chain = bytes(job->chain, CHAIN_BYTES);
	if (is_last && session->version >= 2 && job->acked_seq > 0)
		ack.first_seq = first_answered(job);
	if (is_whole && what->sign_keys && session->version >= 2 && job->acked_seq > 0 && job->received_at_us > 0)
		sign(&ack, job, what->sign_keys, signature);
	reply_message(out, &frame, &ack.base);
out:
	free(list);
	free(pointers);
}
