/* SPDX-License-Identifier: Apache-2.0 */
#include "sender.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "clock.h"
#include "dealer.h"
#include "log.h"
#include "session.h"

enum { TICK_MS = 1000, SLICE_MAX = 4096, SLICE_ARENA_BYTES = 512 * 1024 };

struct sender {
	struct sender_options options;
	struct session *session;
	struct dealer *dealer;
	struct loop_timer *tick_timer, *connect_timer;
	char reason[160];
	/* The slice being sent: copies, as the statement that read them is reset. */
	struct arena arena;
	const uint8_t *bodies[SLICE_MAX];
	size_t lengths[SLICE_MAX];
	struct session_slice slice;
	size_t slice_bytes, max_bytes, max_records;
};

static int64_t now_ms(void)
{
	return clock_monotonic_ms(clock_system());
}

static bool io_send(void *context, const uint8_t *data, size_t len)
{
	struct sender *sender = context;
	return sender->dealer && dealer_send(sender->dealer, data, len) == DEALER_SENT;
}

static void io_position(void *context, struct session_position *out)
{
	struct sender *sender = context;
	struct outbox *outbox = sender->options.outbox;
	*out = (struct session_position){
		.outbox_uuid = outbox_uuid(outbox),
		.last_seq = outbox_last_seq(outbox),
		.acked_seq = outbox_acked_seq(outbox),
		.boot_no = outbox_boot_no(outbox),
	};
}

static int take_record(void *context, uint64_t seq, const uint8_t *body, size_t len)
{
	struct sender *sender = context;
	struct session_slice *slice = &sender->slice;
	if (slice->count == sender->max_records || seq != slice->first_seq + slice->count ||
	    (slice->count > 0 && sender->slice_bytes + len > sender->max_bytes))
		return 1;
	const char *copy = arena_copy(&sender->arena, body, len);
	if (!copy)
		return 1;
	sender->bodies[slice->count] = (const uint8_t *)copy;
	sender->lengths[slice->count++] = len;
	sender->slice_bytes += len;
	chain_step(slice->chain, seq, body, len);
	return 0;
}

static int io_read(void *context, uint64_t first_seq, size_t max_bytes, size_t max_records,
		   struct session_slice *out)
{
	struct sender *sender = context;
	struct err err = {0};
	arena_fini(&sender->arena);
	sender->slice = (struct session_slice){
		.first_seq = first_seq, .bodies = sender->bodies, .lengths = sender->lengths};
	sender->slice_bytes = 0;
	sender->max_bytes = max_bytes;
	sender->max_records = max_records < SLICE_MAX ? max_records : SLICE_MAX;
	if (outbox_chain(sender->options.outbox, first_seq - 1, sender->slice.prev_chain, &err) < 0)
		goto failed;
	memcpy(sender->slice.chain, sender->slice.prev_chain, CHAIN_BYTES);
	if (outbox_read(sender->options.outbox, first_seq, take_record, sender, &err) < 0)
		goto failed;
	*out = sender->slice;
	return 0;
failed:
	log_error("outbox.read", "seq=%llu cause=\"%s\"", (unsigned long long)first_seq, err.text);
	return -1;
}

static int io_chain_at(void *context, uint64_t seq, uint8_t out[CHAIN_BYTES])
{
	struct sender *sender = context;
	return outbox_chain(sender->options.outbox, seq, out, NULL);
}

static int io_acked(void *context, uint64_t seq, const Zhibao__V1__Ack *ack)
{
	struct sender *sender = context;
	struct err err = {0};
	struct outbox_verdict *verdicts = calloc(ack->n_quarantined + 1, sizeof(*verdicts));
	if (!verdicts)
		return -1;
	for (size_t i = 0; i < ack->n_quarantined; i++)
		verdicts[i] = (struct outbox_verdict){ack->quarantined[i]->seq, ack->quarantined[i]->code,
						      ack->quarantined[i]->field,
						      ack->quarantined[i]->text};
	int rc = outbox_ack(sender->options.outbox, seq, ack->centre_time_us, verdicts,
			    ack->n_quarantined, &err);
	free(verdicts);
	if (rc < 0)
		log_error("outbox.ack", "seq=%llu cause=\"%s\"", (unsigned long long)seq, err.text);
	else if (sender->options.on_acked)
		sender->options.on_acked(sender->options.context);
	return rc;
}

static int io_fork(void *context, uint64_t shared_seq)
{
	struct sender *sender = context;
	struct err err = {0};
	int rc = outbox_fork(sender->options.outbox, shared_seq, &err);
	log_warn("outbox.fork", "office=%s shared_seq=%llu rc=%d cause=\"%s\"",
		 sender->options.office_code, (unsigned long long)shared_seq, rc, err.text);
	return rc;
}

static void io_reconnect(void *context, int64_t delay_ms, const char *reason)
{
	struct sender *sender = context;
	dealer_close(&sender->dealer);
	if (strcmp(sender->reason, reason) != 0)
		log_info("sender.down", "office=%s wait_ms=%lld reason=\"%s\"",
			 sender->options.office_code, (long long)delay_ms, reason);
	strncpy(sender->reason, reason, sizeof(sender->reason) - 1);
	loop_timer_set(sender->connect_timer, delay_ms);
}

static void on_event(void *context, enum dealer_event event)
{
	struct sender *sender = context;
	if (event == DEALER_UP)
		session_up(sender->session, now_ms());
	else if (event == DEALER_DENIED)
		session_denied(sender->session, now_ms());
	else
		session_down(sender->session, now_ms());
}

static void on_message(void *context, const uint8_t *data, size_t len)
{
	struct sender *sender = context;
	session_message(sender->session, data, len, now_ms());
}

static void connect_now(void *context)
{
	struct sender *sender = context;
	struct err err = {0};
	struct dealer_options options = {
		.endpoint = sender->options.endpoint,
		.keys = &sender->options.keys,
		.on_event = on_event,
		.on_message = on_message,
		.context = sender,
	};
	memcpy(options.server_public_key, sender->options.server_public_key, KEY_BYTES);
	if (dealer_open(&sender->dealer, sender->options.zmq_context, sender->options.loop, &options,
			&err) < 0) {
		log_warn("sender.connect", "cause=\"%s\"", err.text);
		session_down(sender->session, now_ms());
	}
}

static void on_tick(void *context)
{
	struct sender *sender = context;
	loop_timer_set(sender->tick_timer, TICK_MS);
	session_tick(sender->session, now_ms());
}

int sender_start(struct sender **out, const struct sender_options *options, struct err *err)
{
	*out = NULL;
	struct sender *sender = calloc(1, sizeof(*sender));
	if (!sender) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	sender->options = *options;
	strcpy(sender->reason, "尚未连接");
	arena_init(&sender->arena, SLICE_ARENA_BYTES);
	struct session_options session = {
		.office_code = options->office_code,
		.programme = options->programme,
		.programme_version = options->programme_version,
		.max_inflight_batches = options->max_inflight_batches,
		.backoff_base_ms = options->backoff_base_ms,
		.backoff_cap_ms = options->backoff_cap_ms,
		.ping_idle_ms = options->ping_idle_ms,
		.random = random_system(),
		.io = {sender, io_send, io_position, io_read, io_chain_at, io_acked, io_fork, io_reconnect},
	};
	if (session_new(&sender->session, &session) < 0 ||
	    loop_timer_new(options->loop, on_tick, sender, &sender->tick_timer, err) < 0 ||
	    loop_timer_new(options->loop, connect_now, sender, &sender->connect_timer, err) < 0) {
		sender_stop(&sender);
		return -1;
	}
	loop_timer_set(sender->tick_timer, TICK_MS);
	loop_timer_set(sender->connect_timer, 0);
	*out = sender;
	return 0;
}

void sender_stop(struct sender **sender)
{
	if (!*sender)
		return;
	loop_timer_free((*sender)->options.loop, &(*sender)->tick_timer);
	loop_timer_free((*sender)->options.loop, &(*sender)->connect_timer);
	dealer_close(&(*sender)->dealer);
	session_free(&(*sender)->session);
	arena_fini(&(*sender)->arena);
	free(*sender);
	*sender = NULL;
}

void sender_grown(struct sender *sender)
{
	session_grown(sender->session, now_ms());
}

bool sender_is_open(const struct sender *sender)
{
	return session_is_open(sender->session);
}

const char *sender_reason(const struct sender *sender)
{
	return session_is_open(sender->session) ? "" : sender->reason;
}
