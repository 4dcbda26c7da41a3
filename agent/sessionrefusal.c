/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "session_private.h"

uint64_t session_shared_point(struct session *session, Zhibao__V1__ForkProbe **probes, size_t count,
			     uint64_t last_seq)
{
	uint8_t chain[CHAIN_BYTES];
	for (size_t i = 0; i < count; i++)
		if (probes[i]->seq <= last_seq && probes[i]->chain.len == CHAIN_BYTES &&
		    session->options.ledger.chain_at(session->options.ledger.context, probes[i]->seq, chain) == 0 &&
		    memcmp(chain, probes[i]->chain.data, CHAIN_BYTES) == 0)
			return probes[i]->seq;
	return 0;
}

void session_fork_from(struct session *session, uint64_t shared_seq)
{
	struct session_position at;
	session->options.ledger.position(session->options.ledger.context, &at);
	/* What the centre has but never told us may have a verdict, which only this stream would bring: it goes with the new one. */
	if (shared_seq > at.acked_seq)
		shared_seq = at.acked_seq;
	if (session->options.ledger.fork(session->options.ledger.context, shared_seq) < 0)
		session_start_over(session, "台账分叉处理失败");
	else
		session_start_over(session, "台账与中心不一致，已改用新的发件箱续传");
}

bool session_is_shared(struct session *session, uint64_t seq, const ProtobufCBinaryData *chain,
		      uint64_t last_seq)
{
	const struct session_ledger *ledger = &session->options.ledger;
	uint8_t own[CHAIN_BYTES];
	return chain->len == CHAIN_BYTES && seq <= last_seq && ledger->chain_at(ledger->context, seq, own) == 0 &&
	       memcmp(own, chain->data, CHAIN_BYTES) == 0;
}

/* The centre could not take a batch: half as much next time. A record that is refused alone will be refused for ever. */
static void halve(struct session *session, uint64_t acked_seq, uint64_t named_seq, int64_t now_ms)
{
	const struct session_ledger *ledger = &session->options.ledger;
	bool is_single = session->batch_records == 1;
	/* Refusals overtake acknowledgements: only the record the centre names is the one it means. */
	bool was_alone = is_single && named_seq == acked_seq + 1;
	session->batch_records = is_single ? 1 : session->batch_records / 2;
	if (session->batch_records > 64)
		session->batch_records = 64;
	session->batch_bytes = session->batch_bytes > 2048 ? session->batch_bytes / 2 : 1024;
	if (was_alone && ledger->drop(ledger->context, acked_seq + 1) < 0) {
		session_start_over(session, "台账写入失败");
		return;
	}
	session_rewind_to(session, acked_seq);
	session->hold_until_ms = now_ms + HALVE_WAIT_MS;
}

/* The centre says where the stream stands: go on from there if it is what we know. Of what it has beyond that we have not heard the
 * verdicts; they come after Welcome. */
static void resume(struct session *session, const Zhibao__V1__Nack *nack, int64_t now_ms)
{
	const struct session_ledger *ledger = &session->options.ledger;
	struct session_position at;
	ledger->position(ledger->context, &at);
	if (nack->acked_seq != at.acked_seq || !session_is_shared(session, nack->acked_seq, &nack->chain, at.last_seq)) {
		session_start_over(session, "中心与台账的进度不同");
		return;
	}
	session_rewind_to(session, nack->acked_seq);
	session->hold_until_ms = now_ms + (nack->retry_after_ms ? nack->retry_after_ms : 1000);
}

/* All that were refused because of the centre were so at about the same time: they do not come back all at once. A limit of the key
 * concerns this one alone. */
static int64_t pause_ms(const struct session *session, const Zhibao__V1__Nack *nack)
{
	int64_t told_ms = nack->retry_after_ms ? nack->retry_after_ms : 1000;
	if (nack->code == ZHIBAO__V1__NACK_CODE__NACK_CODE_QUOTA)
		return told_ms;
	return told_ms + (int64_t)random_below(session->options.random, (uint64_t)told_ms + 1);
}

/* A question of another part of the agent was refused, and nothing is wrong with the session: the records go on. */
static bool is_aside(const struct session *session, const Zhibao__V1__Nack *nack)
{
	return session->phase == PHASE_OPEN && nack->refused_type != ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_UNSPECIFIED &&
	       nack->refused_type != ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BATCH &&
	       (nack->code == ZHIBAO__V1__NACK_CODE__NACK_CODE_BUSY || nack->code == ZHIBAO__V1__NACK_CODE__NACK_CODE_DB_DOWN ||
		nack->code == ZHIBAO__V1__NACK_CODE__NACK_CODE_QUOTA);
}

void session_on_nack(struct session *session, const ProtobufCMessage *message, int64_t now_ms)
{
	const Zhibao__V1__Nack *nack = (const Zhibao__V1__Nack *)message;
	const struct session_link *link = &session->options.link;
	struct session_position at;
	session->options.ledger.position(session->options.ledger.context, &at);
	session_take_credit(session, nack->credit_bytes);
	session->refusals[(unsigned)nack->code < SESSION_NACK_CODES ? nack->code : 0]++;
	if (is_aside(session, nack)) {
		if (link->deliver)
			link->deliver(link->context, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK, message);
		return;
	}
	switch (nack->code) {
	case ZHIBAO__V1__NACK_CODE__NACK_CODE_GAP:
	case ZHIBAO__V1__NACK_CODE__NACK_CODE_RESYNC:
		resume(session, nack, now_ms);
		break;
	case ZHIBAO__V1__NACK_CODE__NACK_CODE_FORK:
		session_fork_from(session, session_shared_point(session, nack->fork_probes, nack->n_fork_probes, at.last_seq));
		break;
	case ZHIBAO__V1__NACK_CODE__NACK_CODE_TOO_BIG:
	case ZHIBAO__V1__NACK_CODE__NACK_CODE_BAD:
		if (session->phase == PHASE_OPEN)
			halve(session, at.acked_seq, nack->first_seq, now_ms);
		else
			session_start_over(session, "中心不能解析问候");
		break;
	case ZHIBAO__V1__NACK_CODE__NACK_CODE_REVOKED:
		session_denied(session, now_ms);
		break;
	case ZHIBAO__V1__NACK_CODE__NACK_CODE_FENCED:
		session_start_over(session, "会话被新的连接取代");
		break;
	case ZHIBAO__V1__NACK_CODE__NACK_CODE_VERSION:
		session->attempts = 8;
		session_start_over(session, "中心不支持本软件的协议版本，请升级");
		break;
	default: /* BUSY, DB_DOWN, QUOTA and what later versions add */
		if (session->phase == PHASE_HELLO) {
			session_start_over(session, "中心暂时不可用");
			break;
		}
		session_rewind_to(session, at.acked_seq);
		session->hold_until_ms = now_ms + pause_ms(session, nack);
	}
}
