/* SPDX-License-Identifier: Apache-2.0 */
#include "streamrule.h"

#include <stdbool.h>
#include <string.h>

enum { MAX_RECORDS = 4096 };

enum stream_rule stream_judge(const struct stream_state *state, const struct stream_claim *claim)
{
	if (claim->session_gen != state->session_gen)
		return STREAM_FENCED;
	/* Only what was stored may be called a repeat where a receipt would say so. */
	if (state->acked_seq == claim->last_seq && memcmp(state->chain, claim->chain, CHAIN_BYTES) != 0)
		return STREAM_FORK;
	if (state->acked_seq >= claim->last_seq)
		return STREAM_REPEAT;
	if (state->acked_seq + 1 < claim->first_seq)
		return STREAM_GAP;
	if (state->acked_seq + 1 > claim->first_seq)
		return STREAM_RESYNC;
	return memcmp(state->chain, claim->prev_chain, CHAIN_BYTES) == 0 ? STREAM_NEXT : STREAM_FORK;
}

Zhibao__V1__NackCode stream_nack(enum stream_rule rule)
{
	static const Zhibao__V1__NackCode codes[] = {
		[STREAM_NEXT] = ZHIBAO__V1__NACK_CODE__NACK_CODE_UNSPECIFIED,
		[STREAM_REPEAT] = ZHIBAO__V1__NACK_CODE__NACK_CODE_UNSPECIFIED,
		[STREAM_FENCED] = ZHIBAO__V1__NACK_CODE__NACK_CODE_FENCED,
		[STREAM_GAP] = ZHIBAO__V1__NACK_CODE__NACK_CODE_GAP,
		[STREAM_RESYNC] = ZHIBAO__V1__NACK_CODE__NACK_CODE_RESYNC,
		[STREAM_FORK] = ZHIBAO__V1__NACK_CODE__NACK_CODE_FORK,
	};
	return codes[rule];
}

const char *stream_batch_fault(const Zhibao__V1__Batch *batch, uint32_t protocol, uint64_t *last_seq_out)
{
	uint8_t chain[CHAIN_BYTES];
	bool is_gap = batch->gap.len > 0;
	if (batch->first_seq == 0 || batch->first_seq > INT64_MAX - MAX_RECORDS)
		return "first_seq";
	if (batch->prev_chain.len != CHAIN_BYTES || batch->chain.len != CHAIN_BYTES)
		return "chain length";
	if (is_gap ? batch->n_records != 0 || protocol < 2
		   : batch->n_records == 0 || batch->n_records > MAX_RECORDS)
		return "record count";
	*last_seq_out = batch->first_seq + batch->n_records - 1;
	memcpy(chain, batch->prev_chain.data, CHAIN_BYTES);
	if (is_gap) {
		Zhibao__V1__Gap *gap = zhibao__v1__gap__unpack(NULL, batch->gap.len, batch->gap.data);
		*last_seq_out = gap ? gap->last_seq : 0;
		if (gap)
			zhibao__v1__gap__free_unpacked(gap, NULL);
		if (*last_seq_out < batch->first_seq || *last_seq_out > INT64_MAX - MAX_RECORDS)
			return "gap";
		chain_step(chain, *last_seq_out, batch->gap.data, batch->gap.len);
	}
	for (size_t i = 0; i < batch->n_records; i++)
		chain_step(chain, batch->first_seq + i, batch->records[i].data, batch->records[i].len);
	return memcmp(chain, batch->chain.data, CHAIN_BYTES) == 0 ? NULL : "chain";
}
