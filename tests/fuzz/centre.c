/* SPDX-License-Identifier: Apache-2.0 */
#include "centre.h"

#include <stdlib.h>

#include "arena.h"
#include "frame.h"
#include "recordwire.h"
#include "registry.h"

enum {
	STEP_NOISE,
	STEP_BODY,
	STEP_WELCOME,
	STEP_ACK,
	STEP_NACK,
	STEP_TICK,
	STEP_UP,
	STEP_DOWN,
	STEP_DENIED,
	STEP_GROWN,
	STEP_PIPE,
	STEP_PING,
	STEP_BYE,
	STEP_DISK,
	STEP_RESTART,
	STEP_SEND,
	STEPS
};

static struct session_position position(struct centre *centre)
{
	struct session_position at;
	centre->ledger.position(centre->ledger.context, &at);
	return at;
}

/* What a frame that goes to the agent says about credit, also if it is noise that happens to be a message. */
static void note_credit(struct centre *centre, const uint8_t *data, size_t len)
{
	static const ProtobufCMessageDescriptor *const descriptors[] = {
		&zhibao__v1__welcome__descriptor, &zhibao__v1__ack__descriptor, &zhibao__v1__nack__descriptor,
		&zhibao__v1__pong__descriptor};
	struct frame frame;
	if (frame_decode(data, len, &frame) != FRAME_OK)
		return;
	for (size_t i = 0; i < 4; i++) {
		struct arena arena;
		struct problems problems = {0};
		uint64_t credit_bytes = 0;
		arena_init(&arena, WIRE_FLOOR_BYTES + len * WIRE_EXPANSION);
		const ProtobufCMessage *message =
			wire_unpack(descriptors[i], &arena, data + FRAME_BYTES, len - FRAME_BYTES, &problems);
		if (message && i == 0)
			credit_bytes = ((const Zhibao__V1__Welcome *)message)->credit_bytes;
		else if (message && i == 1)
			credit_bytes = ((const Zhibao__V1__Ack *)message)->credit_bytes;
		else if (message && i == 2)
			credit_bytes = ((const Zhibao__V1__Nack *)message)->credit_bytes;
		else if (message)
			credit_bytes = ((const Zhibao__V1__Pong *)message)->credit_bytes;
		if (credit_bytes > centre->credit_bytes)
			centre->credit_bytes = credit_bytes;
		arena_fini(&arena);
	}
}

static void say_bytes(struct centre *centre, const uint8_t *data, size_t len)
{
	note_credit(centre, data, len);
	session_message(centre->session, data, len, centre->now_ms);
}

static void say_body(struct centre *centre, uint8_t type, const uint8_t *body, size_t len)
{
	struct frame frame = {centre->protocol, type, centre->session_gen};
	uint8_t *data = malloc(FRAME_BYTES + len);
	must(data);
	frame_encode(&frame, data);
	if (len)
		memcpy(data + FRAME_BYTES, body, len);
	say_bytes(centre, data, FRAME_BYTES + len);
	free(data);
}

void centre_say(struct centre *centre, uint8_t type, const ProtobufCMessage *message)
{
	size_t len = protobuf_c_message_get_packed_size(message);
	uint8_t *body = malloc(len + 1);
	must(body);
	protobuf_c_message_pack(message, body);
	say_body(centre, type, body, len);
	free(body);
}

static void check_batch(struct centre *centre, const uint8_t *data, size_t len)
{
	struct session_position at = position(centre);
	struct arena arena;
	struct problems problems = {0};
	uint8_t chain[CHAIN_BYTES];
	arena_init(&arena, WIRE_FLOOR_BYTES + len * WIRE_EXPANSION);
	const Zhibao__V1__Batch *batch =
		(const void *)wire_unpack(&zhibao__v1__batch__descriptor, &arena, data, len, &problems);
	must(batch && batch->prev_chain.len == CHAIN_BYTES && batch->chain.len == CHAIN_BYTES);
	must(batch->first_seq >= 1 && batch->first_seq <= at.last_seq);
	must((batch->n_records > 0) != (batch->gap.len > 0));
	memcpy(chain, batch->prev_chain.data, CHAIN_BYTES);
	uint64_t last_seq = batch->first_seq + batch->n_records - 1;
	for (size_t i = 0; i < batch->n_records; i++)
		chain_step(chain, batch->first_seq + i, batch->records[i].data, batch->records[i].len);
	if (batch->gap.len) {
		Zhibao__V1__Gap *gap = zhibao__v1__gap__unpack(NULL, batch->gap.len, batch->gap.data);
		must(gap && gap->last_seq >= batch->first_seq);
		last_seq = gap->last_seq;
		chain_step(chain, last_seq, batch->gap.data, batch->gap.len);
		zhibao__v1__gap__free_unpacked(gap, NULL);
	}
	must(last_seq <= at.last_seq && memcmp(chain, batch->chain.data, CHAIN_BYTES) == 0);
	if (last_seq > centre->sent_to)
		centre->sent_to = last_seq;
	centre->run_last = last_seq;
	arena_fini(&arena);
	centre->batch_bytes += len;
	must(centre->batch_bytes <= centre->credit_bytes);
	centre->batches++;
}

static bool on_send(void *context, const uint8_t *data, size_t len)
{
	struct centre *centre = context;
	struct frame frame;
	if (centre->is_pipe_full)
		return false;
	must(frame_decode(data, len, &frame) == FRAME_OK);
	if (frame.type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_HELLO) {
		must(frame.session_gen == 0 && frame.version == FRAME_VERSION_MIN);
		centre->batch_bytes = centre->credit_bytes = 0;
		centre->sent_to = 0;
	} else if (frame.type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BATCH) {
		check_batch(centre, data + FRAME_BYTES, len - FRAME_BYTES);
	}
	return true;
}

static void on_reconnect(void *context, int64_t delay_ms, bool is_failure, const char *reason)
{
	struct centre *centre = context;
	(void)is_failure;
	must(delay_ms >= 0 && delay_ms <= 3600000 && *reason);
	centre->reconnects++;
}

static void on_opened(void *context, const Zhibao__V1__Welcome *welcome, bool is_v2)
{
	struct centre *centre = context;
	must(welcome->acked_seq <= position(centre).last_seq);
	centre->sent_to = welcome->acked_seq;
	if (centre->opened)
		centre->opened(centre->context, welcome, is_v2);
}

static void on_deliver(void *context, uint8_t type, const ProtobufCMessage *message)
{
	struct centre *centre = context;
	if (centre->deliver)
		centre->deliver(centre->context, type, message);
}

static void on_position(void *context, struct session_position *out)
{
	*out = position(context);
}

static int on_read(void *context, uint64_t first_seq, size_t max_bytes, size_t max_records,
		   struct session_slice *out)
{
	struct centre *centre = context;
	must(first_seq >= 1 && first_seq <= position(centre).last_seq && max_bytes > 0 && max_records > 0);
	return centre->is_disk_failing
		       ? -1
		       : centre->ledger.read(centre->ledger.context, first_seq, max_bytes, max_records, out);
}

static int on_chain_at(void *context, uint64_t seq, uint8_t out[CHAIN_BYTES])
{
	struct centre *centre = context;
	return centre->ledger.chain_at(centre->ledger.context, seq, out);
}

/* Nothing is freed that was not sent: the promise of the whole programme. */
static int on_acked(void *context, uint64_t seq, const Zhibao__V1__Ack *ack)
{
	struct centre *centre = context;
	struct session_position at = position(centre);
	must(seq <= at.last_seq && seq >= at.acked_seq && (seq == at.acked_seq || seq <= centre->sent_to));
	centre->acks++;
	int rc = centre->is_disk_failing ? -1 : centre->ledger.acked(centre->ledger.context, seq, ack);
	must(rc < 0 || position(centre).acked_seq == seq);
	return rc;
}

static int on_settle(void *context)
{
	struct centre *centre = context;
	return centre->is_disk_failing ? -1 : centre->ledger.settle(centre->ledger.context);
}

static int on_lost(void *context, uint64_t seq)
{
	struct centre *centre = context;
	must(seq < position(centre).acked_seq);
	int rc = centre->is_disk_failing ? -1 : centre->ledger.lost(centre->ledger.context, seq);
	must(rc < 0 || position(centre).acked_seq == seq);
	return rc;
}

static int on_drop(void *context, uint64_t seq)
{
	struct centre *centre = context;
	struct session_position at = position(centre);
	must(seq == at.acked_seq + 1 && seq <= at.last_seq && seq <= centre->sent_to);
	must(centre->run_last <= seq); /* a refusal must mean this record and no other under way */
	centre->drops++;
	return centre->is_disk_failing ? -1 : centre->ledger.drop(centre->ledger.context, seq);
}

static int on_fork(void *context, uint64_t shared_seq)
{
	struct centre *centre = context;
	must(shared_seq <= position(centre).last_seq);
	centre->forks++;
	return centre->is_disk_failing ? -1 : centre->ledger.fork(centre->ledger.context, shared_seq);
}

const struct programme centre_programme = {"p", 2024, 1};

struct session_options centre_options(struct centre *centre)
{
	centre->protocol = FRAME_VERSION;
	return (struct session_options){
		.office_code = "420102",
		.programme = &centre_programme,
		.max_inflight_batches = 4,
		.backoff_base_ms = 1000,
		.backoff_cap_ms = 300000,
		.ping_idle_ms = 30000,
		.random = fuzz_random(),
		.ledger = {centre, on_position, on_read, on_chain_at, on_acked, on_settle, on_lost, on_drop, on_fork},
		.link = {centre, on_send, on_reconnect, on_opened, on_deliver},
	};
}

/* A number of the stream: mostly one that makes sense. */
static uint64_t take_seq(struct centre *centre, struct fuzz_input *in)
{
	struct session_position at = position(centre);
	uint8_t choice = take_u8(in);
	switch (choice & 7) {
	case 0:
		return at.acked_seq;
	case 1:
		return centre->sent_to;
	case 2:
		return at.last_seq;
	case 3:
		return at.acked_seq + (choice >> 3);
	case 4:
		return at.last_seq + (choice >> 3);
	case 5:
		return take_u64(in);
	default:
		return choice >> 3;
	}
}

static void chain_of(struct centre *centre, uint64_t seq, bool is_right, uint8_t out[CHAIN_BYTES])
{
	memset(out, 0x55, CHAIN_BYTES);
	if (is_right && seq <= position(centre).last_seq)
		centre->ledger.chain_at(centre->ledger.context, seq, out);
}

static uint64_t take_credit(struct fuzz_input *in)
{
	uint8_t choice = take_u8(in);
	return choice < 240 ? (uint64_t)choice << 8 : choice < 250 ? 1 << 24 : take_u64(in);
}

struct probes {
	Zhibao__V1__ForkProbe probe[3], *pointers[3];
	uint8_t chains[3][CHAIN_BYTES];
};

static size_t make_probes(struct centre *centre, struct fuzz_input *in, struct probes *probes)
{
	size_t count = take_u8(in) % 4;
	for (size_t i = 0; i < count; i++) {
		zhibao__v1__fork_probe__init(&probes->probe[i]);
		probes->probe[i].seq = take_seq(centre, in);
		chain_of(centre, probes->probe[i].seq, i > 0, probes->chains[i]);
		probes->probe[i].chain = (ProtobufCBinaryData){CHAIN_BYTES, probes->chains[i]};
		probes->pointers[i] = &probes->probe[i];
	}
	return count;
}

static void welcome(struct centre *centre, struct fuzz_input *in)
{
	Zhibao__V1__Welcome message = ZHIBAO__V1__WELCOME__INIT;
	struct probes probes;
	uint8_t chain[CHAIN_BYTES], how = take_u8(in);
	message.session_gen = ++centre->session_gen;
	message.acked_seq = take_seq(centre, in);
	chain_of(centre, message.acked_seq, how & 7, chain);
	message.chain = (ProtobufCBinaryData){(how & 0x38) == 0 ? 31 : CHAIN_BYTES, chain};
	message.credit_bytes = take_credit(in);
	message.protocol = (how & 0xC0) == 0 ? how : 1 + (how >> 7);
	if (message.protocol == 1 || message.protocol == 2)
		centre->protocol = (uint8_t)message.protocol;
	message.office_code = (char *)(uintptr_t)((how & 0x0F) == 0x0F ? "420103" : "420102");
	message.n_fork_probes = make_probes(centre, in, &probes);
	message.fork_probes = probes.pointers;
	centre_say(centre, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_WELCOME, &message.base);
}

static void ack(struct centre *centre, struct fuzz_input *in)
{
	Zhibao__V1__Ack message = ZHIBAO__V1__ACK__INIT;
	Zhibao__V1__Quarantined verdicts[3], *pointers[3];
	uint8_t chain[CHAIN_BYTES];
	message.acked_seq = take_seq(centre, in);
	message.credit_bytes = take_credit(in);
	message.n_quarantined = take_u8(in) % 4;
	for (size_t i = 0; i < message.n_quarantined; i++) {
		zhibao__v1__quarantined__init(&verdicts[i]);
		verdicts[i].seq = take_seq(centre, in);
		verdicts[i].code = (char *)(uintptr_t) "E_TOWNSHIP_UNKNOWN";
		verdicts[i].field = verdicts[i].text = (char *)(uintptr_t) "说明";
		pointers[i] = &verdicts[i];
	}
	message.quarantined = pointers;
	chain_of(centre, message.acked_seq, true, chain);
	message.chain = (ProtobufCBinaryData){CHAIN_BYTES, chain};
	centre_say(centre, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ACK, &message.base);
}

static void nack(struct centre *centre, struct fuzz_input *in)
{
	Zhibao__V1__Nack message = ZHIBAO__V1__NACK__INIT;
	struct probes probes;
	uint8_t chain[CHAIN_BYTES], how = take_u8(in);
	message.code = (Zhibao__V1__NackCode)(how & 0x0F);
	message.acked_seq = take_seq(centre, in);
	chain_of(centre, message.acked_seq, !(how & 0x80), chain);
	message.chain = (ProtobufCBinaryData){CHAIN_BYTES, chain};
	message.retry_after_ms = how & 0x40 ? take_u16(in) : 0;
	message.n_fork_probes = make_probes(centre, in, &probes);
	message.fork_probes = probes.pointers;
	/* A point whose chain agrees is proof that the records are there, whoever brought them. */
	bool is_proof = (message.code == ZHIBAO__V1__NACK_CODE__NACK_CODE_GAP ||
			 message.code == ZHIBAO__V1__NACK_CODE__NACK_CODE_RESYNC) &&
			!(how & 0x80) && message.acked_seq <= position(centre).last_seq;
	if (is_proof && message.acked_seq > centre->sent_to)
		centre->sent_to = message.acked_seq;
	centre_say(centre, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK, &message.base);
}

static void other(struct centre *centre, uint8_t step, struct fuzz_input *in)
{
	Zhibao__V1__Ping ping = ZHIBAO__V1__PING__INIT;
	Zhibao__V1__Bye bye = ZHIBAO__V1__BYE__INIT;
	Zhibao__V1__Recall recall = ZHIBAO__V1__RECALL__INIT;
	switch (step) {
	case STEP_PIPE:
		centre->is_pipe_full = !centre->is_pipe_full;
		break;
	case STEP_PING:
		ping.token = take_u8(in);
		centre_say(centre,
			   ping.token & 1 ? ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PONG
					  : ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PING,
			   &ping.base);
		break;
	case STEP_BYE:
		bye.reconnect_after_ms = take_u16(in);
		centre_say(centre, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BYE, &bye.base);
		break;
	case STEP_DISK:
		centre->is_disk_failing = !centre->is_disk_failing;
		break;
	case STEP_RESTART:
		session_restart(centre->session, "test");
		break;
	default:
		session_send(centre->session, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_RECALL, &recall.base);
		session_is_caught_up(centre->session);
		session_settle(centre->session);
		must(!session_is_unsettled(centre->session));
	}
}

void centre_step(struct centre *centre, struct fuzz_input *in)
{
	uint8_t step = take_u8(in) % STEPS, type;
	const uint8_t *data;
	size_t len;
	switch (step) {
	case STEP_NOISE:
		data = take_bytes(in, &len);
		say_bytes(centre, data, len);
		break;
	case STEP_BODY:
		type = take_u8(in);
		data = take_bytes(in, &len);
		say_body(centre, type, data, len);
		break;
	case STEP_WELCOME:
		welcome(centre, in);
		break;
	case STEP_ACK:
		ack(centre, in);
		break;
	case STEP_NACK:
		nack(centre, in);
		break;
	case STEP_TICK:
		centre->now_ms += take_u16(in);
		session_tick(centre->session, centre->now_ms);
		break;
	case STEP_UP:
		session_up(centre->session, centre->now_ms);
		break;
	case STEP_DOWN:
		session_down(centre->session, centre->now_ms);
		break;
	case STEP_DENIED:
		session_denied(centre->session, centre->now_ms);
		break;
	case STEP_GROWN:
		session_grown(centre->session, centre->now_ms);
		break;
	default:
		other(centre, step, in);
	}
}

ptrdiff_t centre_seed(size_t index, uint8_t *out, size_t size)
{
	/* Up, Welcome (right, version 2) and what follows. */
#define OPEN STEP_UP, STEP_WELCOME, 0xF1, 0, 245, 0
	static const uint8_t well[] = {OPEN, STEP_ACK, 1, 245, 0, STEP_GROWN, STEP_ACK, 1, 245, 1, 11, STEP_PING, 2, STEP_BYE, 9, 0};
	static const uint8_t refusals[] = {OPEN, STEP_NACK, 0x49, 0, 10, 0, 0, STEP_TICK, 0, 9, STEP_NACK, 7, 0, 0, STEP_TICK, 200, 0,
					   STEP_NACK, 7, 0, 0, STEP_TICK, 200, 0, STEP_ACK, 11, 245, 0, STEP_NACK, 1, 0, 0,
					   STEP_NACK, 3, 0, 0, STEP_UP, STEP_NACK, 8, 0, 0};
	static const uint8_t forks[] = {STEP_UP, STEP_WELCOME, 0xF0, 4, 245, 3, 2, 1, 6 | 2 << 3, OPEN, STEP_NACK, 4, 0, 2, 0, 0};
	static const uint8_t silence[] = {OPEN, STEP_TICK, 0, 0x80, STEP_TICK, 0, 0xF0, STEP_TICK, 0, 0xF0, STEP_TICK, 0, 0xF0,
					  STEP_TICK, 0, 0xF0, STEP_DENIED, STEP_UP, STEP_TICK, 0, 0xF0, STEP_DOWN};
	static const uint8_t trouble[] = {OPEN, STEP_PIPE, STEP_GROWN, STEP_PIPE, STEP_DISK, STEP_ACK, 1, 245, 0, STEP_DISK, OPEN,
					  STEP_RESTART, STEP_SEND, STEP_UP, STEP_WELCOME, 0xF1, 6, 245, 0, STEP_NOISE, 4, 0,
					  'Z', 'B', 2, 4, STEP_BODY, 4, 2, 0, 8, 1};
	/* Refused until the records go one by one, and then one of them. */
#define REFUSED STEP_NACK, 7, 0, 0, STEP_TICK, 200, 0
	static const uint8_t halves[] = {OPEN, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, STEP_ACK, 1, 245, 0};
	static const struct {
		const uint8_t *data;
		size_t len;
	} seeds[] = {{well, sizeof(well)}, {refusals, sizeof(refusals)}, {forks, sizeof(forks)}, {silence, sizeof(silence)},
		     {trouble, sizeof(trouble)}, {halves, sizeof(halves)}};
	if (index >= sizeof(seeds) / sizeof(seeds[0]) || seeds[index].len > size)
		return -1;
	memcpy(out, seeds[index].data, seeds[index].len);
	return (ptrdiff_t)seeds[index].len;
}
