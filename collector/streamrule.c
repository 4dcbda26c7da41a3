/* SPDX-License-Identifier: Apache-2.0 */
#include "streamrule.h"

#include <string.h>

enum stream_rule stream_judge(const struct stream_state *state, const struct stream_claim *claim)
{
	if (claim->session_gen != state->session_gen)
		return STREAM_FENCED;
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
