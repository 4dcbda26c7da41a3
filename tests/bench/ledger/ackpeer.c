/* SPDX-License-Identifier: Apache-2.0 */
/* zhibao-bench-acks - the least a centre can do: it admits one agent, checks that its batches go on
 * and their chain, and acknowledges and signs them, but stores nothing. Against it the agent shows
 * what it can do itself. zhibao-bench-acks --endpoint TCP --keys DIR --agent-key Z85 --office CODE
 * --acked-seq A --chain HEX --last-seq N [--hold-ms H] DIR holds collector.key and collector.sign.
 * With --hold-ms what came within H milliseconds is acknowledged together, as a store that takes as
 * long to commit would. Prints "ready"; then, when N is acknowledged, one line of JSON; serves on
 * until its input ends. */
#include <getopt.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "figures.h"
#include "frame.h"
#include "receipt.h"
#include "router.h"
#include "uuid.h"
#include "zap.h"
#include "zhibao/v1/session.pb-c.h"

enum { CREDIT_BYTES = 8 << 20, SESSION_GEN = 1 };

struct centre {
	struct router *router;
	struct sign_keys sign_keys;
	const char *office_code;
	uint8_t outbox_uuid[OUTBOX_UUID_BYTES], chain[CHAIN_BYTES];
	uint64_t acked_seq, taken_seq, last_seq; /* acknowledged, received, wanted */
	uint64_t taken_bytes, batches, records, bytes, acks;
	struct peer peer;
	int64_t hold_us, opened_us, waiting_since_us, done_us;
};

static void give_up(const char *what)
{
	fprintf(stderr, "zhibao-bench-acks: %s\n", what);
	exit(1);
}

static void send_message(struct centre *centre, uint8_t type, const ProtobufCMessage *message)
{
	static uint8_t data[4096];
	struct frame frame = {FRAME_VERSION, type, SESSION_GEN};
	size_t len = protobuf_c_message_get_packed_size(message);
	if (FRAME_BYTES + len > sizeof(data))
		give_up("an answer too long");
	frame_encode(&frame, data);
	protobuf_c_message_pack(message, data + FRAME_BYTES);
	if (router_send(centre->router, &centre->peer, data, FRAME_BYTES + len) < 0)
		give_up("the agent takes no answer");
}

static int64_t utc_us(void)
{
	return clock_now_us(clock_system());
}

static void send_ack(struct centre *centre, uint64_t first_seq)
{
	Zhibao__V1__Ack ack = ZHIBAO__V1__ACK__INIT;
	uint8_t signature[RECEIPT_SIGNATURE_BYTES];
	struct receipt receipt = {.office_code = centre->office_code,
				  .first_seq = first_seq,
				  .acked_seq = centre->taken_seq,
				  .received_at_us = utc_us()};
	memcpy(receipt.outbox_uuid, centre->outbox_uuid, OUTBOX_UUID_BYTES);
	memcpy(receipt.chain, centre->chain, CHAIN_BYTES);
	receipt_sign(&receipt, &centre->sign_keys, signature);
	ack.acked_seq = centre->acked_seq = centre->taken_seq;
	ack.first_seq = first_seq;
	ack.credit_bytes = centre->taken_bytes + CREDIT_BYTES;
	ack.centre_time_us = receipt.received_at_us;
	ack.chain = (ProtobufCBinaryData){CHAIN_BYTES, centre->chain};
	ack.signature = (ProtobufCBinaryData){RECEIPT_SIGNATURE_BYTES, signature};
	ack.signing_key = centre->sign_keys.name;
	send_message(centre, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ACK, &ack.base);
	centre->acks++;
	if (centre->acked_seq >= centre->last_seq && centre->done_us == 0)
		centre->done_us = figures_now_us();
}

static void on_hello(struct centre *centre, const Zhibao__V1__Hello *hello)
{
	Zhibao__V1__Welcome welcome = ZHIBAO__V1__WELCOME__INIT;
	if (hello->outbox_uuid.len != OUTBOX_UUID_BYTES)
		give_up("a Hello without an outbox");
	memcpy(centre->outbox_uuid, hello->outbox_uuid.data, OUTBOX_UUID_BYTES);
	welcome.session_gen = SESSION_GEN;
	welcome.acked_seq = centre->acked_seq;
	welcome.chain = (ProtobufCBinaryData){CHAIN_BYTES, centre->chain};
	welcome.credit_bytes = CREDIT_BYTES;
	welcome.heartbeat_ms = 30000;
	welcome.max_batch_bytes = FRAME_HARD_BYTES;
	welcome.centre_time_us = utc_us();
	welcome.office_code = (char *)(uintptr_t)centre->office_code;
	welcome.protocol = FRAME_VERSION;
	welcome.signing_key = centre->sign_keys.name;
	welcome.signing_public_key =
		(ProtobufCBinaryData){SIGN_PUBLIC_BYTES, centre->sign_keys.public_key};
	centre->opened_us = figures_now_us();
	send_message(centre, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_WELCOME, &welcome.base);
	send_ack(centre, 1);
}

static void on_batch(struct centre *centre, const Zhibao__V1__Batch *batch, size_t len)
{
	if (batch->first_seq != centre->taken_seq + 1 || batch->n_records == 0 ||
	    batch->prev_chain.len != CHAIN_BYTES || batch->chain.len != CHAIN_BYTES ||
	    memcmp(batch->prev_chain.data, centre->chain, CHAIN_BYTES) != 0)
		give_up("a batch that does not go on");
	for (size_t i = 0; i < batch->n_records; i++) {
		chain_step(centre->chain, ++centre->taken_seq, batch->records[i].data,
			   batch->records[i].len);
		centre->bytes += batch->records[i].len;
	}
	if (memcmp(batch->chain.data, centre->chain, CHAIN_BYTES) != 0)
		give_up("a chain that differs");
	centre->batches++;
	centre->records += batch->n_records;
	centre->taken_bytes += len;
	if (centre->hold_us == 0)
		send_ack(centre, batch->first_seq);
	else if (centre->waiting_since_us == 0)
		centre->waiting_since_us = figures_now_us();
}

static void on_ping(struct centre *centre, const Zhibao__V1__Ping *ping)
{
	Zhibao__V1__Pong pong = ZHIBAO__V1__PONG__INIT;
	pong.token = ping->token;
	pong.sent_at_us = ping->sent_at_us;
	pong.credit_bytes = centre->taken_bytes + CREDIT_BYTES;
	send_message(centre, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PONG, &pong.base);
}

static void receive(struct centre *centre, const struct router_message *message)
{
	static const struct {
		uint8_t type;
		const ProtobufCMessageDescriptor *descriptor;
	} kinds[] = {{ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_HELLO, &zhibao__v1__hello__descriptor},
		     {ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BATCH, &zhibao__v1__batch__descriptor},
		     {ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PING, &zhibao__v1__ping__descriptor}};
	struct frame frame;
	ProtobufCMessage *body = NULL;
	if (frame_decode(message->data, message->len, &frame) != FRAME_OK)
		give_up("a frame that cannot be read");
	centre->peer = message->peer;
	size_t len = message->len - FRAME_BYTES;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].type == frame.type) {
			body = protobuf_c_message_unpack(kinds[i].descriptor, NULL, len,
							 message->data + FRAME_BYTES);
			if (!body)
				give_up("a message that cannot be read");
		}
	if (!body)
		return;
	if (frame.type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_HELLO)
		on_hello(centre, (const Zhibao__V1__Hello *)body);
	else if (frame.type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BATCH)
		on_batch(centre, (const Zhibao__V1__Batch *)body, len);
	else
		on_ping(centre, (const Zhibao__V1__Ping *)body);
	protobuf_c_message_free_unpacked(body, NULL);
}

static void report(const struct centre *centre)
{
	double seconds = (double)(centre->done_us - centre->opened_us) / 1e6;
	printf("{\"records\": %llu, \"bytes\": %llu, \"batches\": %llu, \"acks\": %llu, "
	       "\"seconds\": %.6f, "
	       "\"records_per_s\": %.1f, \"own_cpu_us\": %lld}\n",
	       (unsigned long long)centre->records, (unsigned long long)centre->bytes,
	       (unsigned long long)centre->batches, (unsigned long long)centre->acks, seconds,
	       (double)centre->records / seconds, (long long)figures_own_cpu_us());
	fflush(stdout);
}

/* Milliseconds until the acknowledgement that waits is due. */
static int wait_ms(const struct centre *centre)
{
	if (centre->waiting_since_us == 0)
		return -1;
	int64_t left_us = centre->waiting_since_us + centre->hold_us - figures_now_us();
	return left_us > 0 ? (int)(left_us / 1000) + 1 : 0;
}

static void serve(struct centre *centre)
{
	struct pollfd fds[] = {{router_fd(centre->router), POLLIN, 0}, {0, POLLIN, 0}};
	struct router_message message;
	bool is_reported = false;
	while (!fds[1].revents) {
		for (int got; (got = router_receive(centre->router, &message)) != 0;)
			if (got > 0)
				receive(centre, &message);
		if (centre->waiting_since_us > 0 && wait_ms(centre) == 0) {
			centre->waiting_since_us = 0;
			send_ack(centre, centre->acked_seq + 1);
			continue; /* sending may have consumed the edge */
		}
		if (centre->done_us > 0 && !is_reported) {
			report(centre);
			is_reported = true;
		}
		poll(fds, 2, wait_ms(centre));
	}
}

static void open_centre(struct centre *centre, void *zmq_context, struct zap **zap,
			const char *endpoint, const char *keys_dir, const char *agent_key)
{
	char path[PATH_MAX];
	struct mq_keys keys;
	struct zap_entry entry = {.user_id = "agent"};
	struct err err = {0};
	if (mq_key_parse(agent_key, entry.public_key) < 0)
		give_up("--agent-key is no key");
	snprintf(path, sizeof(path), "%s/collector.key", keys_dir);
	if (mq_keys_read(path, true, &keys, &err) < 0)
		give_up(err.text);
	snprintf(path, sizeof(path), "%s/collector.sign", keys_dir);
	if (sign_keys_read(path, true, &centre->sign_keys, &err) < 0 ||
	    zap_start(zap, zmq_context, &err) < 0 || zap_replace(*zap, &entry, 1, &err) < 0 ||
	    router_open(&centre->router, zmq_context, endpoint, &keys, &err) < 0)
		give_up(err.text);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"endpoint", required_argument, NULL, 'e'},
						{"keys", required_argument, NULL, 'k'},
						{"agent-key", required_argument, NULL, 'g'},
						{"office", required_argument, NULL, 'o'},
						{"acked-seq", required_argument, NULL, 'a'},
						{"chain", required_argument, NULL, 'c'},
						{"last-seq", required_argument, NULL, 'n'},
						{"hold-ms", required_argument, NULL, 'h'},
						{NULL, 0, NULL, 0}};
	struct centre centre = {0};
	struct zap *zap;
	const char *endpoint = NULL, *keys_dir = NULL, *agent_key = NULL, *chain = NULL;
	int letter;
	while ((letter = getopt_long(argc, argv, "", options, NULL)) > 0) {
		if (letter == 'e')
			endpoint = optarg;
		else if (letter == 'k')
			keys_dir = optarg;
		else if (letter == 'g')
			agent_key = optarg;
		else if (letter == 'o')
			centre.office_code = optarg;
		else if (letter == 'c')
			chain = optarg;
		else if (letter == 'a')
			centre.acked_seq = centre.taken_seq = figures_option("acked-seq", optarg);
		else if (letter == 'n')
			centre.last_seq = figures_option("last-seq", optarg);
		else if (letter == 'h')
			centre.hold_us = (int64_t)figures_option("hold-ms", optarg) * 1000;
		else
			return 64;
	}
	if (!endpoint || !keys_dir || !agent_key || !chain || !centre.office_code ||
	    !centre.last_seq || hex_parse(chain, strlen(chain), centre.chain, CHAIN_BYTES) < 0) {
		fputs("usage: see the head of ackpeer.c\n", stderr);
		return 64;
	}
	void *zmq_context = zmq_ctx_new();
	open_centre(&centre, zmq_context, &zap, endpoint, keys_dir, agent_key);
	puts("ready");
	fflush(stdout);
	serve(&centre);
	router_close(&centre.router);
	zap_stop(&zap);
	zmq_ctx_term(zmq_context);
	return 0;
}
