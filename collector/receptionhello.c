/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "reception_private.h"

void reception_on_hello(struct incoming *in)
{
	const Zhibao__V1__Hello *hello = (const Zhibao__V1__Hello *)in->body;
	struct reception *reception = in->reception;
	if (hello->outbox_uuid.len != OUTBOX_UUID_BYTES) {
		reception_strike(in, "outbox_uuid");
		return;
	}
	if (hello->protocol_min > FRAME_VERSION || hello->protocol_max < FRAME_VERSION_MIN ||
	    hello->protocol_min > hello->protocol_max) {
		reception_refuse(in, ZHIBAO__V1__NACK_CODE__NACK_CODE_VERSION, 0, "no common version");
		return;
	}
	int64_t wait_ms = in->account->is_greeting ? BUSY_MS : account_greet(in->account, in->now_ms);
	if (wait_ms > 0) {
		reception_refuse(in, ZHIBAO__V1__NACK_CODE__NACK_CODE_QUOTA, wait_ms, "greetings of the key");
		return;
	}
	in->session = NULL;
	struct job *job = reception_make_job(in, JOB_HELLO);
	if (!job)
		return;
	struct session *session = sessions_begin(reception->sessions, &in->message->peer, in->account,
						 hello->outbox_uuid.data,
						 reception->options.limits.max_sessions);
	if (!session) {
		job_free(&job);
		return; /* out of memory: the agent asks again */
	}
	strcpy(session->office_code, in->key->office_code);
	session->heard_at_ms = in->now_ms;
	session->protocol = hello->protocol_max < FRAME_VERSION ? hello->protocol_max : FRAME_VERSION;
	session->downlink_acked = session->downlink_sent = hello->downlink_seq;
	job->protocol = session->protocol;
	job->session_no = session->session_no;
	memcpy(job->outbox_uuid, session->outbox_uuid, OUTBOX_UUID_BYTES);
	in->account->is_greeting = true;
	reception_submit(reception, job);
}
