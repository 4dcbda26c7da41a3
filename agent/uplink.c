/* SPDX-License-Identifier: Apache-2.0 */
#include "uplink.h"

#include <stdlib.h>
#include <string.h>

#include "ackbook.h"
#include "arena.h"
#include "log.h"
#include "recordwire.h"

enum { SLICE_MAX = 4096, SLICE_ARENA_BYTES = 512 * 1024, MAX_MENDS = 3 };

struct uplink {
	struct outbox *outbox;
	const char *office_code;
	void (*on_acked)(void *context);
	void *on_acked_context;
	struct ackbook *acks;
	/* The slice being sent: copies, as the statement that read them is reset. */
	struct arena arena;
	const uint8_t *bodies[SLICE_MAX];
	size_t lengths[SLICE_MAX];
	struct session_slice slice;
	struct outbox_gap gap;
	size_t slice_bytes, max_bytes, max_records;
	bool is_damaged; /* the slice cannot begin with what is there */
	enum outbox_loss loss; /* why */
	bool is_starved;       /* memory ran out before the first record */
};

int uplink_new(struct uplink **out, struct outbox *outbox, const char *office_code)
{
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return -1;
	if (ackbook_new(&(*out)->acks, outbox, office_code, NULL) < 0) {
		uplink_free(out);
		return -1;
	}
	(*out)->outbox = outbox;
	(*out)->office_code = office_code;
	arena_init(&(*out)->arena, SLICE_ARENA_BYTES);
	return 0;
}

void uplink_free(struct uplink **uplink)
{
	if (!*uplink)
		return;
	arena_fini(&(*uplink)->arena);
	ackbook_free(&(*uplink)->acks);
	free(*uplink);
	*uplink = NULL;
}

void uplink_on_acked(struct uplink *uplink, void (*on_acked)(void *context), void *context)
{
	uplink->on_acked = on_acked;
	uplink->on_acked_context = context;
}

void uplink_set_signer(struct uplink *uplink, const Zhibao__V1__Welcome *welcome)
{
	ackbook_set_signer(uplink->acks, welcome);
}

static void position(void *context, struct session_position *out)
{
	struct uplink *uplink = context;
	struct outbox *outbox = uplink->outbox;
	*out = (struct session_position){
		.outbox_uuid = outbox_uuid(outbox),
		.last_seq = outbox_last_seq(outbox),
		.acked_seq = ackbook_seq(uplink->acks),
		.boot_no = outbox_boot_no(outbox),
		.pending_bytes = outbox_pending_bytes(outbox),
		.downlink_seq = outbox_inbox_seq(outbox),
	};
	out->forked_from = outbox_forked_from(outbox, &out->fork_seq);
}

static int take_record(void *context, const struct outbox_body *body)
{
	struct uplink *uplink = context;
	struct session_slice *slice = &uplink->slice;
	uint64_t expected = slice->first_seq + slice->count;
	uint8_t chain[CHAIN_BYTES];
	if (slice->count == uplink->max_records ||
	    (slice->count > 0 && uplink->slice_bytes + body->len > uplink->max_bytes))
		return 1;
	memcpy(chain, slice->chain, CHAIN_BYTES);
	if (body->seq == expected)
		chain_step(chain, body->seq, body->data, body->len);
	if (body->seq != expected || !body->chain || memcmp(chain, body->chain, CHAIN_BYTES) != 0) {
		uplink->is_damaged = slice->count == 0;
		return 1;
	}
	if (body->len > RECORD_MAX_BYTES) { /* no frame carries it: entered before there was a limit */
		uplink->is_damaged = slice->count == 0;
		uplink->loss = OUTBOX_REFUSED;
		return 1;
	}
	const char *copy = arena_copy(&uplink->arena, body->data, body->len);
	if (!copy) { /* memory: no fault of the record */
		uplink->is_starved = slice->count == 0;
		return 1;
	}
	uplink->bodies[slice->count] = (const uint8_t *)copy;
	uplink->lengths[slice->count++] = body->len;
	uplink->slice_bytes += body->len;
	memcpy(slice->chain, chain, CHAIN_BYTES);
	return 0;
}

/* One try: a slice, a gap, or is_damaged set. */
static int cut(struct uplink *uplink, uint64_t first_seq, struct err *err)
{
	struct session_slice *slice = &uplink->slice;
	arena_fini(&uplink->arena);
	*slice = (struct session_slice){.first_seq = first_seq, .bodies = uplink->bodies, .lengths = uplink->lengths};
	uplink->slice_bytes = 0;
	uplink->is_damaged = false;
	uplink->is_starved = false;
	uplink->loss = OUTBOX_DAMAGED;
	if (outbox_chain(uplink->outbox, first_seq - 1, slice->prev_chain, err) < 0 ||
	    outbox_gap(uplink->outbox, first_seq, &uplink->gap, err) < 0)
		return -1;
	memcpy(slice->chain, slice->prev_chain, CHAIN_BYTES);
	if (uplink->gap.is_found) {
		slice->last_seq = uplink->gap.last_seq;
		slice->gap = uplink->gap.body;
		slice->gap_len = uplink->gap.len;
		memcpy(slice->chain, uplink->gap.chain, CHAIN_BYTES);
		return 0;
	}
	if (outbox_read(uplink->outbox, first_seq, take_record, uplink, err) < 0)
		return -1;
	slice->last_seq = first_seq + slice->count - 1;
	if (uplink->is_starved) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	if (slice->count == 0)
		uplink->is_damaged = true;
	return 0;
}

/* What was taken must be stored before the numbers change. */
static int settle(void *context)
{
	struct uplink *uplink = context;
	struct err err = {0};
	int stored = ackbook_settle(uplink->acks, &err);
	if (stored < 0)
		log_error("outbox.ack", "cause=\"%s\"", err.text);
	else if (stored > 0 && uplink->on_acked)
		uplink->on_acked(uplink->on_acked_context);
	return stored < 0 ? -1 : stored > 0;
}

static int read_slice(void *context, uint64_t first_seq, size_t max_bytes, size_t max_records,
		      struct session_slice *out)
{
	struct uplink *uplink = context;
	struct err err = {0};
	uplink->max_bytes = max_bytes;
	uplink->max_records = max_records < SLICE_MAX ? max_records : SLICE_MAX;
	for (int mends = 0; mends < MAX_MENDS; mends++) {
		if (cut(uplink, first_seq, &err) < 0)
			break;
		if (!uplink->is_damaged) {
			*out = uplink->slice;
			return 0;
		}
		log_error("outbox.damaged", "office=%s seq=%llu", uplink->office_code, (unsigned long long)first_seq);
		if (settle(uplink) < 0 || outbox_mend(uplink->outbox, first_seq, uplink->loss, &err) < 0)
			break;
	}
	log_error("outbox.read", "seq=%llu cause=\"%s\"", (unsigned long long)first_seq, err.text);
	return -1;
}

static int chain_at(void *context, uint64_t seq, uint8_t out[CHAIN_BYTES])
{
	struct uplink *uplink = context;
	return outbox_chain(uplink->outbox, seq, out, NULL);
}

static int acked(void *context, uint64_t seq, const Zhibao__V1__Ack *ack)
{
	struct uplink *uplink = context;
	struct err err = {0};
	if (ackbook_take(uplink->acks, seq, ack, &err) == 0)
		return 0;
	log_error("outbox.ack", "seq=%llu cause=\"%s\"", (unsigned long long)seq, err.text);
	return -1;
}

static int lost(void *context, uint64_t seq)
{
	struct uplink *uplink = context;
	struct err err = {0};
	log_error("outbox.set_back", "office=%s acked_seq=%llu centre=%llu 中心曾被恢复到较早的状态，将重新报送",
		  uplink->office_code, (unsigned long long)outbox_acked_seq(uplink->outbox),
		  (unsigned long long)seq);
	return settle(uplink) < 0 ? -1 : outbox_set_back(uplink->outbox, seq, &err);
}

static int drop(void *context, uint64_t seq)
{
	struct uplink *uplink = context;
	struct err err = {0};
	log_error("outbox.refused", "office=%s seq=%llu", uplink->office_code, (unsigned long long)seq);
	return settle(uplink) < 0 ? -1 : outbox_mend(uplink->outbox, seq, OUTBOX_REFUSED, &err);
}

static int fork_stream(void *context, uint64_t shared_seq)
{
	struct uplink *uplink = context;
	struct err err = {0};
	int rc = settle(uplink) < 0 ? -1 : outbox_fork(uplink->outbox, shared_seq, &err);
	log_warn("outbox.fork", "office=%s shared_seq=%llu rc=%d cause=\"%s\"", uplink->office_code,
		 (unsigned long long)shared_seq, rc, err.text);
	return rc;
}

struct session_ledger uplink_ledger(struct uplink *uplink)
{
	return (struct session_ledger){uplink, position, read_slice, chain_at, acked, settle, lost, drop, fork_stream};
}
