/* SPDX-License-Identifier: Apache-2.0 */
/* The agent's session against a centre that says anything, over a ledger in memory. */
#include "fuzz.h"

#include <stdlib.h>

#include "centre.h"

enum { RECORDS_MAX = 512, START_RECORDS = 60 };

struct memory {
	uint8_t uuid[16], forked_from[16];
	uint64_t last_seq, acked_seq, fork_seq;
	bool is_forked;
	uint8_t is_gap[RECORDS_MAX + 1];
	uint8_t chains[RECORDS_MAX + 1][CHAIN_BYTES];
	const uint8_t *bodies[RECORDS_MAX];
	size_t lengths[RECORDS_MAX];
	uint8_t gap[16];
};

static const uint8_t record[200] = "record";

static size_t make_gap(uint64_t seq, uint8_t out[16])
{
	Zhibao__V1__Gap gap = ZHIBAO__V1__GAP__INIT;
	gap.last_seq = seq;
	return zhibao__v1__gap__pack(&gap, out);
}

static void chain_from(struct memory *memory, uint64_t seq)
{
	uint8_t gap[16];
	if (seq == 0)
		chain_start(memory->uuid, memory->chains[0]);
	for (seq = seq ? seq : 1; seq <= memory->last_seq; seq++) {
		memcpy(memory->chains[seq], memory->chains[seq - 1], CHAIN_BYTES);
		if (memory->is_gap[seq])
			chain_step(memory->chains[seq], seq, gap, make_gap(seq, gap));
		else
			chain_step(memory->chains[seq], seq, record, 20 + seq % 180);
	}
}

static void grow(struct memory *memory, uint64_t count)
{
	uint64_t first = memory->last_seq + 1;
	memory->last_seq += count;
	if (memory->last_seq > RECORDS_MAX)
		memory->last_seq = RECORDS_MAX;
	chain_from(memory, first);
}

static void position(void *context, struct session_position *out)
{
	struct memory *memory = context;
	*out = (struct session_position){memory->uuid, memory->last_seq, memory->acked_seq, 1, 0, 0, NULL, 0};
	if (memory->is_forked)
		out->forked_from = memory->forked_from;
	out->fork_seq = memory->fork_seq;
}

static int read_slice(void *context, uint64_t first_seq, size_t max_bytes, size_t max_records,
		      struct session_slice *out)
{
	struct memory *memory = context;
	size_t count = 0, bytes = 0;
	*out = (struct session_slice){.first_seq = first_seq, .last_seq = first_seq};
	if (memory->is_gap[first_seq]) {
		out->gap = memory->gap;
		out->gap_len = make_gap(first_seq, memory->gap);
	} else {
		while (count < max_records && count < 16 && first_seq + count <= memory->last_seq &&
		       !memory->is_gap[first_seq + count] && (count == 0 || bytes < max_bytes)) {
			memory->bodies[count] = record;
			memory->lengths[count] = 20 + (first_seq + count) % 180;
			bytes += memory->lengths[count++];
		}
		out->count = count;
		out->last_seq = first_seq + count - 1;
		out->bodies = memory->bodies;
		out->lengths = memory->lengths;
	}
	memcpy(out->prev_chain, memory->chains[first_seq - 1], CHAIN_BYTES);
	memcpy(out->chain, memory->chains[out->last_seq], CHAIN_BYTES);
	return 0;
}

static int chain_at(void *context, uint64_t seq, uint8_t out[CHAIN_BYTES])
{
	struct memory *memory = context;
	if (seq > memory->last_seq)
		return -1;
	memcpy(out, memory->chains[seq], CHAIN_BYTES);
	return 0;
}

static int acked(void *context, uint64_t seq, const Zhibao__V1__Ack *ack)
{
	struct memory *memory = context;
	(void)ack;
	memory->acked_seq = seq;
	return 0;
}

static int settle(void *context)
{
	(void)context;
	return 1;
}

static int lost(void *context, uint64_t seq)
{
	struct memory *memory = context;
	memory->acked_seq = seq;
	return 0;
}

static int drop(void *context, uint64_t seq)
{
	struct memory *memory = context;
	memory->is_gap[seq] = 1;
	chain_from(memory, seq);
	return 0;
}

static int fork_stream(void *context, uint64_t shared_seq)
{
	struct memory *memory = context;
	memcpy(memory->forked_from, memory->uuid, 16);
	memory->is_forked = true;
	memory->fork_seq = shared_seq;
	memory->uuid[0]++;
	memmove(memory->is_gap + 1, memory->is_gap + 1 + shared_seq, memory->last_seq - shared_seq);
	memory->last_seq -= shared_seq;
	memset(memory->is_gap + 1 + memory->last_seq, 0, RECORDS_MAX - memory->last_seq);
	memory->acked_seq = 0;
	chain_from(memory, 0);
	return 0;
}

void fuzz_setup(void)
{
}

ptrdiff_t fuzz_seed(size_t index, uint8_t *out, size_t size)
{
	return centre_seed(index, out, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct memory memory;
	struct centre centre = {0};
	struct fuzz_input in = {data, data + len};
	fuzz_random_reset();
	memory = (struct memory){.last_seq = START_RECORDS};
	chain_from(&memory, 0);
	centre.ledger =
		(struct session_ledger){&memory, position, read_slice, chain_at, acked, settle, lost, drop, fork_stream};
	struct session_options options = centre_options(&centre);
	must(session_new(&centre.session, &options) == 0);
	for (int steps = 0; in.at < in.end && steps < 2000; steps++) {
		centre_step(&centre, &in);
		if (steps % 16 == 15)
			grow(&memory, 3);
	}
	session_free(&centre.session);
	return 0;
}
