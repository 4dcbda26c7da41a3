/* SPDX-License-Identifier: Apache-2.0 */
#include "intake.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "clock.h"
#include "frame.h"
#include "log.h"
#include "recordwire.h"

enum { BUCKETS = 4096, SWEEP_MS = 1000, MAX_RECORDS = 4096, MAX_STRIKES = 3, STRIKE_PENALTY_MS = 600000,
       VERDICTS_PER_ACK = 500, BUSY_MS = 1000, DB_DOWN_MS = 2000 };

struct session {
	struct session *next;
	struct peer peer;
	uint64_t session_no; /* never used twice */
	int64_t key_id, stream_id;
	char office_code[CODE_SIZE];
	bool is_open;
	uint64_t session_gen;
	uint64_t received_bytes; /* of batches answered in this session */
	int64_t heard_at_ms;
	unsigned strikes;
	int64_t barred_until_ms;
};

struct intake {
	struct intake_options options;
	struct store *store;
	struct keyring *keyring;
	struct loop_watch *watch;
	struct loop_timer *sweep_timer;
	struct loop_timer *drain_timer;
	struct session *buckets[BUCKETS];
	uint64_t last_session_no;
};

static int64_t now_ms(void)
{
	return clock_monotonic_ms(clock_system());
}

static size_t bucket_of(const struct peer *peer)
{
	uint32_t hash = 2166136261u;
	for (size_t i = 0; i < peer->len; i++)
		hash = (hash ^ peer->id[i]) * 16777619u;
	return hash % BUCKETS;
}

static struct session **find(struct intake *intake, const struct peer *peer)
{
	struct session **at = &intake->buckets[bucket_of(peer)];
	while (*at && ((*at)->peer.len != peer->len || memcmp((*at)->peer.id, peer->id, peer->len) != 0))
		at = &(*at)->next;
	return at;
}

static void forget(struct session **at)
{
	struct session *session = *at;
	*at = session->next;
	free(session);
}

static int send_to(struct intake *intake, const struct peer *peer, uint64_t session_gen, uint8_t type,
		   const ProtobufCMessage *message)
{
	struct frame frame = {FRAME_VERSION, type, session_gen};
	size_t len = FRAME_BYTES + protobuf_c_message_get_packed_size(message);
	uint8_t *data = malloc(len);
	if (!data)
		return -1;
	frame_encode(&frame, data);
	protobuf_c_message_pack(message, data + FRAME_BYTES);
	int rc = router_send(intake->options.router, peer, data, len);
	free(data);
	loop_timer_set(intake->drain_timer, 0); /* a send may have eaten the edge of the descriptor */
	return rc;
}

static void nack(struct intake *intake, const struct peer *peer, uint64_t session_gen,
		 Zhibao__V1__NackCode code, uint64_t acked_seq, uint32_t retry_ms, const char *detail)
{
	Zhibao__V1__Nack message = ZHIBAO__V1__NACK__INIT;
	message.code = code;
	message.acked_seq = acked_seq;
	message.retry_after_ms = retry_ms;
	message.detail = (char *)(uintptr_t)detail;
	send_to(intake, peer, session_gen, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK, &message.base);
}

/* Three unreadable messages bar the session for a while; its records stay in its outbox. */
static void strike(struct intake *intake, struct session *session, const struct peer *peer,
		   const char *detail)
{
	nack(intake, peer, session ? session->session_gen : 0, ZHIBAO__V1__NACK_CODE__NACK_CODE_BAD, 0, 0,
	     detail);
	if (session && ++session->strikes >= MAX_STRIKES) {
		log_warn("intake.barred", "office=%s detail=\"%s\"", session->office_code, detail);
		session->barred_until_ms = now_ms() + STRIKE_PENALTY_MS;
		session->strikes = 0;
	}
}

static void on_hello(struct intake *intake, const struct router_message *message,
		     const struct keyring_entry *key, const Zhibao__V1__Hello *hello)
{
	struct session **at = find(intake, &message->peer);
	struct job *job = calloc(1, sizeof(*job));
	struct session *session = *at ? *at : calloc(1, sizeof(*session));
	if (!job || !session || hello->outbox_uuid.len != OUTBOX_UUID_BYTES ||
	    hello->protocol_min > FRAME_VERSION || hello->protocol_max < FRAME_VERSION) {
		bool is_version = hello->outbox_uuid.len == OUTBOX_UUID_BYTES;
		nack(intake, &message->peer, 0,
		     is_version ? ZHIBAO__V1__NACK_CODE__NACK_CODE_VERSION
				: ZHIBAO__V1__NACK_CODE__NACK_CODE_BAD,
		     0, 0, "hello");
		free(job);
		if (!*at)
			free(session);
		return;
	}
	session->peer = message->peer;
	session->session_no = ++intake->last_session_no;
	session->key_id = key->key_id;
	strcpy(session->office_code, key->office_code);
	session->is_open = false;
	session->received_bytes = 0;
	session->heard_at_ms = now_ms();
	*at = session;
	job->kind = JOB_HELLO;
	job->peer = message->peer;
	job->session_no = session->session_no;
	job->key_id = key->key_id;
	strcpy(job->office_code, key->office_code);
	memcpy(job->outbox_uuid, hello->outbox_uuid.data, OUTBOX_UUID_BYTES);
	job->known_seq = hello->acked_seq;
	store_submit(intake->store, job);
}

/* Does the batch hang together by itself? */
static const char *check_batch(const Zhibao__V1__Batch *batch)
{
	uint8_t chain[CHAIN_BYTES];
	if (batch->n_records == 0 || batch->n_records > MAX_RECORDS)
		return "record count";
	if (batch->first_seq == 0 || batch->first_seq > INT64_MAX - MAX_RECORDS)
		return "first_seq";
	if (batch->prev_chain.len != CHAIN_BYTES || batch->chain.len != CHAIN_BYTES)
		return "chain length";
	memcpy(chain, batch->prev_chain.data, CHAIN_BYTES);
	for (size_t i = 0; i < batch->n_records; i++)
		chain_step(chain, batch->first_seq + i, batch->records[i].data, batch->records[i].len);
	return memcmp(chain, batch->chain.data, CHAIN_BYTES) == 0 ? NULL : "chain";
}

static void on_batch(struct intake *intake, struct session *session,
		     const struct router_message *message, const struct frame *frame,
		     const Zhibao__V1__Batch *batch)
{
	const char *fault = check_batch(batch);
	if (fault) {
		strike(intake, session, &message->peer, fault);
		return;
	}
	size_t len = message->len - FRAME_BYTES;
	if (store_waiting_bytes(intake->store) + len > intake->options.queue_bytes) {
		nack(intake, &message->peer, frame->session_gen, ZHIBAO__V1__NACK_CODE__NACK_CODE_BUSY, 0,
		     BUSY_MS, "queue");
		return;
	}
	struct job *job = calloc(1, sizeof(*job));
	uint8_t *body = malloc(len + 1);
	if (!job || !body) {
		free(job);
		free(body);
		nack(intake, &message->peer, frame->session_gen, ZHIBAO__V1__NACK_CODE__NACK_CODE_BUSY, 0,
		     BUSY_MS, "memory");
		return;
	}
	memcpy(body, message->data + FRAME_BYTES, len);
	job->kind = JOB_BATCH;
	job->peer = message->peer;
	job->session_no = session->session_no;
	job->key_id = session->key_id;
	strcpy(job->office_code, session->office_code);
	job->stream_id = session->stream_id;
	job->session_gen = session->session_gen;
	job->first_seq = batch->first_seq;
	job->last_seq = batch->first_seq + batch->n_records - 1;
	memcpy(job->prev_chain, batch->prev_chain.data, CHAIN_BYTES);
	memcpy(job->chain, batch->chain.data, CHAIN_BYTES);
	job->body = body;
	job->len = len;
	store_submit(intake->store, job);
}

static void on_ping(struct intake *intake, const struct peer *peer, const struct session *session,
		    const Zhibao__V1__Ping *ping)
{
	Zhibao__V1__Pong pong = ZHIBAO__V1__PONG__INIT;
	pong.token = ping->token;
	pong.sent_at_us = ping->sent_at_us;
	pong.answered_at_us = clock_now_us(clock_system());
	pong.credit_bytes = session->received_bytes + intake->options.credit_bytes;
	send_to(intake, peer, session->session_gen, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PONG, &pong.base);
}

static const ProtobufCMessageDescriptor *descriptor_of(uint8_t type)
{
	switch (type) {
	case ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_HELLO:
		return &zhibao__v1__hello__descriptor;
	case ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BATCH:
		return &zhibao__v1__batch__descriptor;
	case ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PING:
		return &zhibao__v1__ping__descriptor;
	case ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BYE:
		return &zhibao__v1__bye__descriptor;
	default:
		return NULL;
	}
}

/* A message of known type, its sender's key in force. */
static void handle_known(struct intake *intake, const struct router_message *message,
			 const struct keyring_entry *key, const struct frame *frame,
			 const ProtobufCMessage *body)
{
	struct session **at = find(intake, &message->peer);
	if (body->descriptor == &zhibao__v1__hello__descriptor) {
		on_hello(intake, message, key, (const Zhibao__V1__Hello *)body);
		return;
	}
	struct session *session = *at;
	if (!session || !session->is_open || session->session_gen != frame->session_gen ||
	    session->key_id != key->key_id) {
		nack(intake, &message->peer, frame->session_gen, ZHIBAO__V1__NACK_CODE__NACK_CODE_FENCED, 0,
		     0, "no such session");
		return;
	}
	session->heard_at_ms = now_ms();
	if (session->barred_until_ms > session->heard_at_ms)
		nack(intake, &message->peer, frame->session_gen, ZHIBAO__V1__NACK_CODE__NACK_CODE_QUOTA, 0,
		     (uint32_t)(session->barred_until_ms - session->heard_at_ms), "barred");
	else if (body->descriptor == &zhibao__v1__batch__descriptor)
		on_batch(intake, session, message, frame, (const Zhibao__V1__Batch *)body);
	else if (body->descriptor == &zhibao__v1__ping__descriptor)
		on_ping(intake, &message->peer, session, (const Zhibao__V1__Ping *)body);
	else
		forget(at); /* bye */
}

static void handle(struct intake *intake, const struct router_message *message)
{
	struct frame frame = {0};
	struct arena arena;
	struct problems problems = {0};
	const struct keyring_entry *key = keyring_find(intake->keyring, message->user_id);
	enum frame_result result = frame_decode(message->data, message->len, &frame);
	if (!key) {
		nack(intake, &message->peer, frame.session_gen, ZHIBAO__V1__NACK_CODE__NACK_CODE_REVOKED, 0, 0,
		     "key");
		return;
	}
	if (result == FRAME_BAD) {
		strike(intake, *find(intake, &message->peer), &message->peer, "envelope");
		return;
	}
	const ProtobufCMessageDescriptor *descriptor =
		result == FRAME_OK ? descriptor_of(frame.type) : NULL;
	if (!descriptor) {
		nack(intake, &message->peer, frame.session_gen, ZHIBAO__V1__NACK_CODE__NACK_CODE_VERSION, 0, 0,
		     "type or version");
		return;
	}
	size_t len = message->len - FRAME_BYTES;
	if (len > FRAME_HARD_BYTES + 4096) {
		nack(intake, &message->peer, frame.session_gen, ZHIBAO__V1__NACK_CODE__NACK_CODE_TOO_BIG, 0, 0,
		     "bytes");
		return;
	}
	arena_init(&arena, WIRE_FLOOR_BYTES + len * WIRE_EXPANSION);
	const ProtobufCMessage *body =
		wire_unpack(descriptor, &arena, message->data + FRAME_BYTES, len, &problems);
	if (body)
		handle_known(intake, message, key, &frame, body);
	else
		strike(intake, *find(intake, &message->peer), &message->peer, problems.items[0].code);
	arena_fini(&arena);
}

static void drain(void *context)
{
	struct intake *intake = context;
	struct router_message message;
	while (router_receive(intake->options.router, &message))
		handle(intake, &message);
}

static void on_ready(void *context, uint32_t events)
{
	(void)events;
	drain(context);
}

static void sweep(void *context)
{
	struct intake *intake = context;
	int64_t now = now_ms();
	loop_timer_set(intake->sweep_timer, SWEEP_MS);
	for (size_t b = 0; b < BUCKETS; b++)
		for (struct session **at = &intake->buckets[b]; *at;)
			if (now - (*at)->heard_at_ms > intake->options.idle_ms)
				forget(at);
			else
				at = &(*at)->next;
	drain(intake); /* should an edge ever be missed */
}

int intake_new(struct intake **out, const struct intake_options *options, struct err *err)
{
	*out = calloc(1, sizeof(**out));
	if (!*out) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	(*out)->options = *options;
	if (loop_timer_new(options->loop, sweep, *out, &(*out)->sweep_timer, err) < 0 ||
	    loop_timer_new(options->loop, drain, *out, &(*out)->drain_timer, err) < 0) {
		intake_free(out);
		return -1;
	}
	return 0;
}

void intake_free(struct intake **intake)
{
	if (!*intake)
		return;
	for (size_t b = 0; b < BUCKETS; b++)
		while ((*intake)->buckets[b])
			forget(&(*intake)->buckets[b]);
	loop_unwatch((*intake)->options.loop, &(*intake)->watch);
	loop_timer_free((*intake)->options.loop, &(*intake)->sweep_timer);
	loop_timer_free((*intake)->options.loop, &(*intake)->drain_timer);
	free((*intake)->keyring);
	free(*intake);
	*intake = NULL;
}

void intake_set_store(struct intake *intake, struct store *store)
{
	intake->store = store;
}

void intake_set_keyring(struct intake *intake, struct keyring *keyring)
{
	struct err err;
	bool is_same = intake->keyring && intake->keyring->count == keyring->count &&
		       memcmp(intake->keyring->entries, keyring->entries,
			      keyring->count * sizeof(keyring->entries[0])) == 0;
	if (is_same) {
		free(keyring);
		return;
	}
	if (keyring_install(keyring, intake->options.zap, &err) < 0)
		log_error("keyring.install", "cause=\"%s\"", err.text);
	free(intake->keyring);
	intake->keyring = keyring;
	log_info("keyring.loaded", "keys=%zu", keyring->count);
}

static int send_welcome(struct intake *intake, struct session *session, const struct job *job)
{
	Zhibao__V1__Welcome welcome = ZHIBAO__V1__WELCOME__INIT;
	Zhibao__V1__ForkProbe probes[MAX_PROBES], *pointers[MAX_PROBES];
	for (size_t i = 0; i < job->probe_count; i++) {
		zhibao__v1__fork_probe__init(&probes[i]);
		probes[i].seq = job->probes[i].seq;
		probes[i].chain = (ProtobufCBinaryData){CHAIN_BYTES, job->probes[i].chain};
		pointers[i] = &probes[i];
	}
	welcome.session_gen = job->session_gen;
	welcome.acked_seq = job->acked_seq;
	welcome.chain = (ProtobufCBinaryData){CHAIN_BYTES, (uint8_t *)(uintptr_t)job->chain};
	welcome.fork_probes = pointers;
	welcome.n_fork_probes = job->probe_count;
	welcome.credit_bytes = intake->options.credit_bytes;
	welcome.heartbeat_ms = intake->options.heartbeat_ms;
	welcome.max_batch_bytes = FRAME_HARD_BYTES;
	welcome.centre_time_us = clock_now_us(clock_system());
	welcome.programme = (char *)(uintptr_t)job->programme;
	welcome.programme_version = job->programme_version;
	welcome.office_code = session->office_code;
	welcome.protocol = FRAME_VERSION;
	return send_to(intake, &session->peer, job->session_gen,
		       ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_WELCOME, &welcome.base);
}

static int send_ack(struct intake *intake, struct session *session, const struct job *job,
		    uint64_t acked_seq, size_t first_verdict, size_t verdict_count)
{
	Zhibao__V1__Ack ack = ZHIBAO__V1__ACK__INIT;
	Zhibao__V1__Quarantined *list = calloc(verdict_count + 1, sizeof(*list));
	Zhibao__V1__Quarantined **pointers = calloc(verdict_count + 1, sizeof(*pointers));
	int rc = -1;
	if (list && pointers) {
		for (size_t i = 0; i < verdict_count; i++) {
			struct verdict *verdict = &job->verdicts[first_verdict + i];
			zhibao__v1__quarantined__init(&list[i]);
			list[i].seq = verdict->seq;
			list[i].code = verdict->code;
			list[i].field = verdict->field;
			list[i].text = verdict->text;
			pointers[i] = &list[i];
		}
		ack.acked_seq = acked_seq;
		ack.quarantined = pointers;
		ack.n_quarantined = verdict_count;
		ack.credit_bytes = session->received_bytes + intake->options.credit_bytes;
		ack.centre_time_us = job->received_at_us;
		if (job->acked_seq == job->last_seq || job->kind == JOB_HELLO)
			ack.chain = (ProtobufCBinaryData){CHAIN_BYTES, (uint8_t *)(uintptr_t)job->chain};
		rc = send_to(intake, &session->peer, session->session_gen,
			     ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ACK, &ack.base);
	}
	free(list);
	free(pointers);
	return rc;
}

/* Verdicts travel with the acknowledgement that covers them and no further, so that a lost one comes again. */
static int send_acks(struct intake *intake, struct session *session, const struct job *job)
{
	size_t sent = 0;
	while (job->verdict_count - sent > VERDICTS_PER_ACK) {
		uint64_t up_to = job->verdicts[sent + VERDICTS_PER_ACK - 1].seq;
		if (send_ack(intake, session, job, up_to, sent, VERDICTS_PER_ACK) < 0)
			return -1;
		sent += VERDICTS_PER_ACK;
	}
	return send_ack(intake, session, job, job->acked_seq, sent, job->verdict_count - sent);
}

static void send_nack(struct intake *intake, struct session *session, const struct job *job)
{
	Zhibao__V1__Nack message = ZHIBAO__V1__NACK__INIT;
	Zhibao__V1__ForkProbe probes[MAX_PROBES], *pointers[MAX_PROBES];
	for (size_t i = 0; i < job->probe_count; i++) {
		zhibao__v1__fork_probe__init(&probes[i]);
		probes[i].seq = job->probes[i].seq;
		probes[i].chain = (ProtobufCBinaryData){CHAIN_BYTES, job->probes[i].chain};
		pointers[i] = &probes[i];
	}
	message.code = job->nack;
	message.acked_seq = job->acked_seq;
	message.retry_after_ms = job->nack == ZHIBAO__V1__NACK_CODE__NACK_CODE_DB_DOWN ? DB_DOWN_MS : 200;
	message.fork_probes = pointers;
	message.n_fork_probes = job->probe_count;
	send_to(intake, &session->peer, session->session_gen, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK,
		&message.base);
}

void intake_answer(struct intake *intake, struct job *job)
{
	struct session **at = find(intake, &job->peer);
	struct session *session = *at;
	int rc = 0;
	if (!session || session->session_no != job->session_no) {
		job_free(&job); /* the agent has gone on; it asks again */
		return;
	}
	session->received_bytes += job->len;
	if (job->nack != ZHIBAO__V1__NACK_CODE__NACK_CODE_UNSPECIFIED) {
		send_nack(intake, session, job);
	} else if (job->kind == JOB_HELLO) {
		session->stream_id = job->stream_id;
		session->session_gen = job->session_gen;
		session->is_open = true;
		rc = send_welcome(intake, session, job);
		if (rc == 0)
			rc = send_acks(intake, session, job);
	} else {
		rc = send_acks(intake, session, job);
	}
	/* An answer that cannot be handed over is not queued: without the session the agent starts over and learns
	 * everything from the welcome. */
	if (rc < 0)
		forget(at);
	job_free(&job);
}

void intake_say_bye(struct intake *intake, const char *reason, uint32_t reconnect_ms)
{
	Zhibao__V1__Bye bye = ZHIBAO__V1__BYE__INIT;
	bye.reason = (char *)(uintptr_t)reason;
	bye.reconnect_after_ms = reconnect_ms;
	for (size_t b = 0; b < BUCKETS; b++)
		for (struct session *session = intake->buckets[b]; session; session = session->next)
			send_to(intake, &session->peer, session->session_gen,
				ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BYE, &bye.base);
}

int intake_start(struct intake *intake, struct err *err)
{
	loop_timer_set(intake->sweep_timer, SWEEP_MS);
	loop_timer_set(intake->drain_timer, 0);
	return loop_watch(intake->options.loop, router_fd(intake->options.router), EPOLLIN, on_ready, intake,
			  &intake->watch, err);
}
