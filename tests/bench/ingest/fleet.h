/* SPDX-License-Identifier: Apache-2.0 */
/* fleet.h - simulated agents that share one thread: sockets with CURVE, protocol 2, windows, credit, and each its own
 * way from one collector to another
 * Thread: one owner. */
#ifndef ZHIBAO_BENCH_FLEET_H
#define ZHIBAO_BENCH_FLEET_H

#include <stdbool.h>

#include "figures.h"
#include "load.h"
#include "route.h"

enum peer_state { PEER_DOWN, PEER_CONNECTING, PEER_GREETED, PEER_OPEN };
enum { ENDPOINT_SIZE = 256 };

/* A batch between its making and its acknowledgement: room for the envelope, then the message. */
struct slot {
	struct buf frame;
	uint64_t first_seq, last_seq;
	int64_t due_us;  /* when an agent had it to send */
	int64_t sent_us; /* first time, 0 before */
};

struct peer {
	struct fleet *fleet; /* borrowed */
	const struct load_key *key;
	struct load_stream stream;
	struct route route;
	char connected_to[ENDPOINT_SIZE];
	int64_t move_at_us; /* nothing new is sent after it, then it goes to its first choice; 0: it stays */
	void *socket;
	int fd; /* ZeroMQ's, watched */
	enum peer_state state;
	int64_t since_us; /* connecting: the attempt; open: the newest sign of progress */
	size_t records, window;
	struct slot *slots; /* ring: batch number modulo slot_count */
	size_t slot_count;
	uint64_t due, made, sent, acked; /* numbers of batches, each up to the one before */
	uint64_t session_gen, credit_bytes, spent_bytes;
	uint64_t asked_bytes; /* credit that was asked for; above credit_bytes: it waits for it */
	int64_t hold_until_us; /* nothing is sent before; down: when it connects */
	int64_t (*due_at_us)(const struct peer *peer, uint64_t number); /* NULL: all at the start */
	struct samples *latencies;
};

struct fleet_options {
	const char *endpoints, *server_key; /* those separated by commas */
	size_t agents, records, window;
	size_t batches;  /* per agent, made before the clock starts; 0: made as they are sent */
	double rate;     /* records per second of all agents, 0: as fast as they are taken */
	double honest_s; /* an agent more, which sends one record in so many seconds; 0: none */
};

struct fleet {
	struct fleet_options options;
	void *zmq_context;
	int epoll;
	struct load_ids ids;
	struct peer *peers;
	size_t count;
	int64_t began_us, stop_us; /* nothing is due after stop_us; 0: no end */
	int64_t swept_at_us;
	bool is_running;
	uint64_t rows_acked; /* without those of the honest agent */
	uint64_t rows_honest;
	uint64_t nacks, reconnects, quarantined, resent;
	uint64_t moves; /* in good order; who was sent away is among reconnects */
	struct samples latencies, honest_latencies;
};

/* Connects options.agents peers (and the honest one) and waits until all sessions are open. Ends
 * the program when that fails. */
void fleet_open(struct fleet *fleet, const struct fleet_options *options,
		const struct load_key *keys);
void fleet_start(struct fleet *fleet,
		 int64_t seconds); /* 0: until everything made is acknowledged */
/* Serves the sockets for a moment. False when everything due is acknowledged. */
bool fleet_step(struct fleet *fleet);
void fleet_close(struct fleet *fleet);

/* The parts of one peer (fleetpeer.c, fleetmove.c). */
void peer_connect(struct peer *peer); /* to the current one of its route */
void peer_disconnect(struct peer *peer);
/* Receives what came and sends what may be sent. */
void peer_serve(struct peer *peer);
/* Makes the next batch; there must be a free slot. */
void peer_make(struct peer *peer);
void peer_on_endpoints(struct peer *peer, const uint8_t *data, size_t len);
void peer_on_bye(struct peer *peer, const uint8_t *data, size_t len); /* the peer is down then */
bool peer_is_leaving(const struct peer *peer, int64_t now_us);
/* Once everything it had sent is acknowledged: the peer is down then, on its way to its first choice. */
void peer_move(struct peer *peer);

#endif
