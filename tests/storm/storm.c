/* SPDX-License-Identifier: Apache-2.0 */
/* storm - a fleet of agents that come back all at once
 * storm keys N FILE                 writes N lines "public secret" (Z85)
 * storm run FILE ENDPOINT SERVERKEY waits for words on standard input, one per line, and answers each with a line of JSON:
 *   handshake  connect everybody, do nothing more
 *   open       Hello, Welcome, one record, its Ack
 *   storm      everybody closes and comes back with full jitter, Hello to Ack of one more record
 * Fresh socket per attempt, no monitor (it would double the descriptors): an attempt that is not through in time is closed.
 * One epoll watches all sockets: zmq_poll would ask each of thousands at every turn and cost more than the collector. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zmq.h>

#include "backoff.h"
#include "chain.h"
#include "clock.h"
#include "frame.h"
#include "messagememory.h"
#include "mqkeys.h"
#include "uuid.h"
#include "zhibao/v1/record.pb-c.h"
#include "zhibao/v1/session.pb-c.h"

enum { EVENTS = 256, TURN_MS = 10, ATTEMPT_MS = 20000, BASE_MS = 500, CAP_MS = 8000, DAY_ON = 19849, PHASE_MS = 180000 };

enum state { WAITING, CONNECTING, GREETED, SENT, DONE };

struct peer {
	char public_key[KEY_TEXT_SIZE], secret_key[KEY_TEXT_SIZE];
	void *socket;
	int fd; /* edge-triggered, of the socket */
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
	size_t count, done;
	int epoll;
	int64_t looked_at_ms; /* at whose time is over */
	bool only_handshake;
	uint64_t attempts;
	struct uuid_generator ids;
};

static int64_t now_ms(void)
{
	return clock_monotonic_ms(clock_system());
}

static void hang_up(struct fleet *fleet, struct peer *peer)
{
	if (peer->socket) {
		epoll_ctl(fleet->epoll, EPOLL_CTL_DEL, peer->fd, NULL);
		zmq_close(peer->socket);
	}
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
	size_t size = sizeof(peer->fd);
	struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data = {.ptr = peer}};
	zmq_getsockopt(peer->socket, ZMQ_FD, &peer->fd, &size);
	epoll_ctl(fleet->epoll, EPOLL_CTL_ADD, peer->fd, &event);
	peer->state = CONNECTING;
	peer->due_ms = now_ms() + ATTEMPT_MS;
	fleet->attempts++;
}

static void give_up(struct fleet *fleet, struct peer *peer)
{
	hang_up(fleet, peer);
	peer->state = WAITING;
	peer->due_ms = now_ms() + backoff_ms(random_system(), peer->attempts++, BASE_MS, CAP_MS);
}

static void be_done(struct fleet *fleet, struct peer *peer)
{
	peer->state = DONE;
	peer->done_ms = now_ms();
	fleet->done++;
}

static void send_message(struct fleet *fleet, struct peer *peer, uint8_t type, const ProtobufCMessage *message)
{
	uint8_t data[2048];
	struct frame frame = {peer->session_gen ? FRAME_VERSION : FRAME_VERSION_MIN, type, peer->session_gen};
	frame_encode(&frame, data);
	size_t len = protobuf_c_message_pack(message, data + FRAME_BYTES);
	if (zmq_send(peer->socket, data, FRAME_BYTES + len, ZMQ_DONTWAIT) < 0)
		give_up(fleet, peer);
}

static void send_hello(struct fleet *fleet, struct peer *peer)
{
	Zhibao__V1__Hello hello = ZHIBAO__V1__HELLO__INIT;
	hello.protocol_min = FRAME_VERSION_MIN;
	hello.protocol_max = FRAME_VERSION;
	hello.outbox_uuid = (ProtobufCBinaryData){OUTBOX_UUID_BYTES, peer->uuid};
	hello.last_seq = hello.acked_seq = peer->seq;
	peer->session_gen = 0;
	peer->state = GREETED;
	send_message(fleet, peer, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_HELLO, &hello.base);
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
	send_message(fleet, peer, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BATCH, &batch.base);
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
	if (is_through)
		be_done(fleet, peer);
	else
		send_record(fleet, peer);
}

static void on_ack(struct fleet *fleet, struct peer *peer, const uint8_t *data, size_t len)
{
	Zhibao__V1__Ack *ack = zhibao__v1__ack__unpack(NULL, len, data);
	if (ack && ack->acked_seq > peer->seq && peer->state == SENT) {
		if (ack->n_quarantined > 0) {
			fprintf(stderr, "put aside: %s\n", ack->quarantined[0]->code);
			exit(1);
		}
		peer->seq = ack->acked_seq;
		memcpy(peer->chain, ack->chain.data, CHAIN_BYTES);
		peer->attempts = 0;
		be_done(fleet, peer);
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
			on_ack(fleet, peer, data + FRAME_BYTES, (size_t)len - FRAME_BYTES);
		else if (frame.type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK)
			give_up(fleet, peer);
	}
}

/* The descriptor is edge-triggered: goes on until the socket has nothing to say. */
static void ready(struct fleet *fleet, struct peer *peer)
{
	int events = 0;
	size_t size = sizeof(events);
	while (peer->socket && zmq_getsockopt(peer->socket, ZMQ_EVENTS, &events, &size) == 0) {
		bool is_up = peer->state == CONNECTING && (events & ZMQ_POLLOUT);
		if (events & ZMQ_POLLIN)
			receive(fleet, peer);
		else if (is_up && fleet->only_handshake)
			be_done(fleet, peer);
		else if (is_up)
			send_hello(fleet, peer);
		else
			return;
	}
}

static void look_at_times(struct fleet *fleet)
{
	int64_t now = now_ms();
	if (now - fleet->looked_at_ms < TURN_MS)
		return;
	fleet->looked_at_ms = now;
	for (size_t i = 0; i < fleet->count; i++) {
		struct peer *peer = &fleet->peers[i];
		if (peer->state == DONE || peer->due_ms > now)
			continue;
		if (peer->state == WAITING) {
			connect_peer(fleet, peer);
			ready(fleet, peer); /* the edge may have come before the watch */
		} else {
			give_up(fleet, peer);
		}
	}
}

static void step(struct fleet *fleet)
{
	struct epoll_event events[EVENTS];
	look_at_times(fleet);
	int count = epoll_wait(fleet->epoll, events, EVENTS, TURN_MS);
	for (int i = 0; i < count; i++)
		ready(fleet, events[i].data.ptr);
}

static int compare_times(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static int run_phase(struct fleet *fleet, const char *name)
{
	int64_t began_ms = now_ms();
	bool is_storm = strcmp(name, "storm") == 0;
	int64_t *times = calloc(fleet->count, sizeof(*times));
	fleet->only_handshake = strcmp(name, "handshake") == 0;
	fleet->attempts = 0;
	fleet->done = 0;
	for (size_t i = 0; i < fleet->count; i++) {
		struct peer *peer = &fleet->peers[i];
		if (is_storm)
			hang_up(fleet, peer);
		peer->due_ms = peer->socket ? began_ms + ATTEMPT_MS
					    : began_ms + (is_storm ? backoff_ms(random_system(), 1, BASE_MS, CAP_MS) : 0);
		peer->state = WAITING;
		if (!peer->socket)
			continue;
		send_hello(fleet, peer); /* connected by the phase before */
		ready(fleet, peer);
	}
	while (fleet->done < fleet->count && now_ms() - began_ms < PHASE_MS)
		step(fleet);
	size_t done = fleet->done;
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
			      .epoll = epoll_create1(EPOLL_CLOEXEC),
			      .ids = {.clock = clock_system(), .random = random_system()}};
	zmq_ctx_set(fleet.zmq_context, ZMQ_MAX_SOCKETS, 65000);
	message_memory_use(); /* so that it costs the machine what thousands of agents elsewhere would not */
	if (read_keys(&fleet, argv[2]) == 0)
		return fputs("no keys\n", stderr), 1;
	while (rc == 0 && fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		rc = run_phase(&fleet, line);
	}
	for (size_t i = 0; i < fleet.count; i++)
		hang_up(&fleet, &fleet.peers[i]);
	zmq_ctx_term(fleet.zmq_context);
	free(fleet.peers);
	return rc < 0;
}
