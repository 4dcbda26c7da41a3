/* SPDX-License-Identifier: Apache-2.0 */
/* storm - a fleet of agents that come back all at once
 * storm keys N FILE                 writes N lines "public secret" (Z85)
 * storm run FILE ENDPOINT SERVERKEY waits for words on standard input, one per line, and answers each with a line of JSON:
 *   handshake  connect everybody, do nothing more
 *   open       Hello, Welcome, one record, its Ack
 *   storm      everybody closes and comes back with full jitter, Hello to Ack of one more record
 * Fresh socket per attempt, no monitor (it would double the descriptors): an attempt that is not through in time is closed. */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zmq.h>

#include "backoff.h"
#include "chain.h"
#include "clock.h"
#include "frame.h"
#include "mqkeys.h"
#include "uuid.h"
#include "zhibao/v1/record.pb-c.h"
#include "zhibao/v1/session.pb-c.h"

enum { ATTEMPT_MS = 20000, BASE_MS = 500, CAP_MS = 8000, DAY_ON = 19849, PHASE_MS = 180000 };

enum state { WAITING, CONNECTING, GREETED, SENT, DONE };

struct peer {
	char public_key[KEY_TEXT_SIZE], secret_key[KEY_TEXT_SIZE];
	void *socket;
	enum state state;
	int64_t due_ms; /* WAITING: when to connect; otherwise: when the attempt is given up */
	unsigned attempts;
	uint8_t uuid[OUTBOX_UUID_BYTES], chain[CHAIN_BYTES];
	uint64_t seq; /* acknowledged */
	uint64_t session_gen;
	int64_t done_ms;
};

struct fleet {
	void *zmq_context;
	const char *endpoint, *server_key;
	struct peer *peers;
	zmq_pollitem_t *items;
	size_t *item_peer;
	size_t count;
	bool only_handshake;
	uint64_t attempts;
	struct uuid_generator ids;
};

static int64_t now_ms(void)
{
	return clock_monotonic_ms(clock_system());
}

static void hang_up(struct peer *peer)
{
	if (peer->socket)
		zmq_close(peer->socket);
	peer->socket = NULL;
}

static void connect_peer(struct fleet *fleet, struct peer *peer)
{
	static const struct {
		int option, value;
	} settings[] = {{ZMQ_LINGER, 0}, {ZMQ_IMMEDIATE, 1}, {ZMQ_RECONNECT_IVL, -1}, {ZMQ_HANDSHAKE_IVL, 30000}};
	peer->socket = zmq_socket(fleet->zmq_context, ZMQ_DEALER);
	if (!peer->socket) {
		fprintf(stderr, "socket: %s\n", zmq_strerror(errno));
		exit(1);
	}
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		zmq_setsockopt(peer->socket, settings[i].option, &settings[i].value, sizeof(int));
	zmq_setsockopt(peer->socket, ZMQ_CURVE_SERVERKEY, fleet->server_key, KEY_TEXT_SIZE);
	zmq_setsockopt(peer->socket, ZMQ_CURVE_PUBLICKEY, peer->public_key, KEY_TEXT_SIZE);
	zmq_setsockopt(peer->socket, ZMQ_CURVE_SECRETKEY, peer->secret_key, KEY_TEXT_SIZE);
	zmq_connect(peer->socket, fleet->endpoint);
	peer->state = CONNECTING;
	peer->due_ms = now_ms() + ATTEMPT_MS;
	fleet->attempts++;
}

static void give_up(struct peer *peer)
{
	hang_up(peer);
	peer->state = WAITING;
	peer->due_ms = now_ms() + backoff_ms(random_system(), peer->attempts++, BASE_MS, CAP_MS);
}

static void send_message(struct peer *peer, uint8_t type, const ProtobufCMessage *message)
{
	uint8_t data[2048];
	struct frame frame = {peer->session_gen ? FRAME_VERSION : FRAME_VERSION_MIN, type, peer->session_gen};
	frame_encode(&frame, data);
	size_t len = protobuf_c_message_pack(message, data + FRAME_BYTES);
	if (zmq_send(peer->socket, data, FRAME_BYTES + len, ZMQ_DONTWAIT) < 0)
		give_up(peer);
}

static void send_hello(struct peer *peer)
{
	Zhibao__V1__Hello hello = ZHIBAO__V1__HELLO__INIT;
	hello.protocol_min = FRAME_VERSION_MIN;
	hello.protocol_max = FRAME_VERSION;
	hello.outbox_uuid = (ProtobufCBinaryData){OUTBOX_UUID_BYTES, peer->uuid};
	hello.last_seq = hello.acked_seq = peer->seq;
	peer->session_gen = 0;
	peer->state = GREETED;
	send_message(peer, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_HELLO, &hello.base);
}

static void send_record(struct fleet *fleet, struct peer *peer)
{
	Zhibao__V1__Batch batch = ZHIBAO__V1__BATCH__INIT;
	Zhibao__V1__Record record = ZHIBAO__V1__RECORD__INIT;
	Zhibao__V1__LectureEvent lecture = ZHIBAO__V1__LECTURE_EVENT__INIT;
	struct uuid item = uuid_next(&fleet->ids), revision = uuid_next(&fleet->ids);
	uint8_t body[512], chain[CHAIN_BYTES];
	lecture.category = ZHIBAO__V1__LECTURE_CATEGORY__LECTURE_CATEGORY_VILLAGE;
	lecture.theme = (char *)(uintptr_t) "归来";
	lecture.place = (char *)(uintptr_t) "村";
	lecture.mode = ZHIBAO__V1__MODE__MODE_OFFLINE;
	lecture.status = ZHIBAO__V1__EVENT_STATUS__EVENT_STATUS_HELD;
	lecture.occurred_on = DAY_ON;
	lecture.occurred_on_answer_case = ZHIBAO__V1__LECTURE_EVENT__OCCURRED_ON_ANSWER_OCCURRED_ON;
	record.item_id = (ProtobufCBinaryData){16, item.bytes};
	record.revision_id = (ProtobufCBinaryData){16, revision.bytes};
	record.operation = ZHIBAO__V1__OPERATION__OPERATION_SUBMIT;
	record.recorded_at_us = clock_now_us(clock_system());
	record.author = (char *)(uintptr_t) "某";
	record.programme = (char *)(uintptr_t) "hubei-2024";
	record.programme_version = 1;
	record.body_case = ZHIBAO__V1__RECORD__BODY_LECTURE_EVENT;
	record.lecture_event = &lecture;
	ProtobufCBinaryData bytes = {zhibao__v1__record__pack(&record, body), body};
	memcpy(chain, peer->chain, CHAIN_BYTES);
	chain_step(chain, peer->seq + 1, bytes.data, bytes.len);
	batch.first_seq = peer->seq + 1;
	batch.prev_chain = (ProtobufCBinaryData){CHAIN_BYTES, peer->chain};
	batch.chain = (ProtobufCBinaryData){CHAIN_BYTES, chain};
	batch.records = &bytes;
	batch.n_records = 1;
	peer->state = SENT;
	send_message(peer, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BATCH, &batch.base);
}

static void on_welcome(struct fleet *fleet, struct peer *peer, const uint8_t *data, size_t len)
{
	Zhibao__V1__Welcome *welcome = zhibao__v1__welcome__unpack(NULL, len, data);
	/* What was acknowledged must still be there: none lost. */
	if (!welcome || welcome->acked_seq < peer->seq) {
		fprintf(stderr, "an acknowledged record is gone\n");
		exit(1);
	}
	peer->session_gen = welcome->session_gen;
	bool is_through = welcome->acked_seq > peer->seq; /* by an attempt that was given up too early */
	peer->seq = welcome->acked_seq;
	memcpy(peer->chain, welcome->chain.data, CHAIN_BYTES);
	zhibao__v1__welcome__free_unpacked(welcome, NULL);
	if (!is_through) {
		send_record(fleet, peer);
		return;
	}
	peer->state = DONE;
	peer->done_ms = now_ms();
}

static void on_ack(struct peer *peer, const uint8_t *data, size_t len)
{
	Zhibao__V1__Ack *ack = zhibao__v1__ack__unpack(NULL, len, data);
	if (ack && ack->acked_seq > peer->seq && peer->state == SENT) {
		if (ack->n_quarantined > 0) {
			fprintf(stderr, "put aside: %s\n", ack->quarantined[0]->code);
			exit(1);
		}
		peer->seq = ack->acked_seq;
		memcpy(peer->chain, ack->chain.data, CHAIN_BYTES);
		peer->state = DONE;
		peer->attempts = 0;
		peer->done_ms = now_ms();
	}
	if (ack)
		zhibao__v1__ack__free_unpacked(ack, NULL);
}

static void receive(struct fleet *fleet, struct peer *peer)
{
	uint8_t data[65536];
	struct frame frame;
	int len;
	while (peer->socket && (len = zmq_recv(peer->socket, data, sizeof(data), ZMQ_DONTWAIT)) >= 0) {
		if (frame_decode(data, (size_t)len, &frame) != FRAME_OK)
			continue;
		if (frame.type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_WELCOME && peer->state == GREETED)
			on_welcome(fleet, peer, data + FRAME_BYTES, (size_t)len - FRAME_BYTES);
		else if (frame.type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ACK)
			on_ack(peer, data + FRAME_BYTES, (size_t)len - FRAME_BYTES);
		else if (frame.type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK)
			give_up(peer);
	}
}

static void ready(struct fleet *fleet, struct peer *peer, short events)
{
	if (events & ZMQ_POLLIN)
		receive(fleet, peer);
	if (peer->state == CONNECTING && (events & ZMQ_POLLOUT)) {
		if (fleet->only_handshake) {
			peer->state = DONE;
			peer->done_ms = now_ms();
		} else {
			send_hello(peer);
		}
	}
}

static void step(struct fleet *fleet)
{
	size_t waiting = 0;
	int64_t now = now_ms();
	for (size_t i = 0; i < fleet->count; i++) {
		struct peer *peer = &fleet->peers[i];
		if (peer->state == WAITING && peer->due_ms <= now)
			connect_peer(fleet, peer);
		else if (peer->state != WAITING && peer->state != DONE && peer->due_ms <= now)
			give_up(peer);
		if (peer->state == WAITING || peer->state == DONE)
			continue;
		fleet->items[waiting] = (zmq_pollitem_t){
			peer->socket, 0, (short)(ZMQ_POLLIN | (peer->state == CONNECTING ? ZMQ_POLLOUT : 0)), 0};
		fleet->item_peer[waiting++] = i;
	}
	zmq_poll(fleet->items, (int)waiting, 10);
	for (size_t i = 0; i < waiting; i++)
		if (fleet->items[i].revents)
			ready(fleet, &fleet->peers[fleet->item_peer[i]], fleet->items[i].revents);
}

static int compare_times(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static size_t count_done(const struct fleet *fleet)
{
	size_t done = 0;
	for (size_t i = 0; i < fleet->count; i++)
		done += fleet->peers[i].state == DONE;
	return done;
}

static int run_phase(struct fleet *fleet, const char *name)
{
	int64_t began_ms = now_ms();
	bool is_storm = strcmp(name, "storm") == 0;
	int64_t *times = calloc(fleet->count, sizeof(*times));
	fleet->only_handshake = strcmp(name, "handshake") == 0;
	fleet->attempts = 0;
	for (size_t i = 0; i < fleet->count; i++) {
		struct peer *peer = &fleet->peers[i];
		if (is_storm)
			hang_up(peer);
		if (peer->socket)
			send_hello(peer); /* connected by the phase before */
		else
			peer->state = WAITING;
		peer->due_ms = peer->socket ? began_ms + ATTEMPT_MS
					    : began_ms + (is_storm ? backoff_ms(random_system(), 1, BASE_MS, CAP_MS) : 0);
	}
	while (count_done(fleet) < fleet->count && now_ms() - began_ms < PHASE_MS)
		step(fleet);
	size_t done = count_done(fleet);
	for (size_t i = 0; i < fleet->count; i++)
		times[i] = fleet->peers[i].state == DONE ? fleet->peers[i].done_ms - began_ms : PHASE_MS;
	qsort(times, fleet->count, sizeof(*times), compare_times);
	printf("{\"phase\": \"%s\", \"peers\": %zu, \"back\": %zu, \"attempts\": %llu, \"half_ms\": %lld, \"p99_ms\": %lld, \"all_ms\": %lld}\n",
	       name, fleet->count, done, (unsigned long long)fleet->attempts, (long long)times[fleet->count / 2],
	       (long long)times[fleet->count - 1 - fleet->count / 100], (long long)times[fleet->count - 1]);
	fflush(stdout);
	free(times);
	return done == fleet->count ? 0 : -1;
}

static int write_keys(size_t count, const char *path)
{
	FILE *file = fopen(path, "w");
	char public_key[KEY_TEXT_SIZE], secret_key[KEY_TEXT_SIZE];
	for (size_t i = 0; file && i < count; i++) {
		zmq_curve_keypair(public_key, secret_key);
		fprintf(file, "%s %s\n", public_key, secret_key);
	}
	return file && fclose(file) == 0 ? 0 : 1;
}

static size_t read_keys(struct fleet *fleet, const char *path)
{
	FILE *file = fopen(path, "r");
	struct peer peer = {.state = WAITING};
	while (file && fscanf(file, "%40s %40s", peer.public_key, peer.secret_key) == 2) {
		fleet->peers = realloc(fleet->peers, (fleet->count + 1) * sizeof(peer));
		random_fill(random_system(), peer.uuid, sizeof(peer.uuid));
		chain_start(peer.uuid, peer.chain);
		fleet->peers[fleet->count++] = peer;
	}
	if (file)
		fclose(file);
	fleet->items = calloc(fleet->count, sizeof(*fleet->items));
	fleet->item_peer = calloc(fleet->count, sizeof(*fleet->item_peer));
	return fleet->count;
}

int main(int argc, char **argv)
{
	struct rlimit files;
	char line[64];
	int rc = 0;
	if (argc == 4 && strcmp(argv[1], "keys") == 0)
		return write_keys(strtoul(argv[2], NULL, 10), argv[3]);
	if (argc != 5 || strcmp(argv[1], "run") != 0)
		return fputs("usage: storm keys N FILE | storm run FILE ENDPOINT SERVERKEY\n", stderr), 64;
	/* Two descriptors for each peer; root may go beyond the hard limit. */
	files = (struct rlimit){65536, 65536};
	if (setrlimit(RLIMIT_NOFILE, &files) < 0 && getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	struct fleet fleet = {.zmq_context = zmq_ctx_new(),
			      .endpoint = argv[3],
			      .server_key = argv[4],
			      .ids = {.clock = clock_system(), .random = random_system()}};
	zmq_ctx_set(fleet.zmq_context, ZMQ_MAX_SOCKETS, 65000);
	if (read_keys(&fleet, argv[2]) == 0)
		return fputs("no keys\n", stderr), 1;
	while (rc == 0 && fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		rc = run_phase(&fleet, line);
	}
	for (size_t i = 0; i < fleet.count; i++)
		hang_up(&fleet.peers[i]);
	zmq_ctx_term(fleet.zmq_context);
	free(fleet.peers);
	free(fleet.items);
	free(fleet.item_peer);
	return rc < 0;
}
