/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>
#include <zmq.h>

#include "messagememory.h"

enum { EVENTS = 256, OPEN_US = 60000000, STALLED_US = 30000000, SWEEP_US = 1000, IDLE_MS = 100 };

/* A small agent's record is there at a fixed time, whether or not the one before was acknowledged.
 */
static int64_t honest_due_at_us(const struct peer *peer, uint64_t number)
{
	const struct fleet *fleet = peer->fleet;
	return fleet->began_us + (int64_t)((double)(number + 1) * fleet->options.honest_s * 1e6);
}

static void add_peer(struct fleet *fleet, const struct load_key *key, bool is_honest)
{
	struct peer *peer = &fleet->peers[fleet->count++];
	size_t ahead = is_honest ? 0 : fleet->options.batches;
	*peer = (struct peer){.fleet = fleet,
			      .key = key,
			      .records = is_honest ? 1 : fleet->options.records,
			      .window = is_honest ? 16 : fleet->options.window,
			      .due_at_us = is_honest ? honest_due_at_us : NULL,
			      .latencies =
				      is_honest ? &fleet->honest_latencies : &fleet->latencies};
	peer->slot_count = ahead > peer->window ? ahead : peer->window;
	peer->slots = calloc(peer->slot_count, sizeof(*peer->slots));
	if (!peer->slots)
		exit(1);
	uint8_t public_key[KEY_BYTES];
	struct err err = {0};
	if (mq_key_parse(key->public_key, public_key) < 0 ||
	    route_init(&peer->route, fleet->options.endpoints, public_key, &err) < 0) {
		fprintf(stderr, "a key or an endpoint that is none: %s\n", err.text);
		exit(1);
	}
	load_stream_init(&peer->stream, key, &fleet->ids);
}

void fleet_open(struct fleet *fleet, const struct fleet_options *options,
		const struct load_key *keys)
{
	message_memory_use();
	*fleet = (struct fleet){
		.options = *options, .zmq_context = zmq_ctx_new(), .epoll = epoll_create1(0)};
	size_t count = options->agents + (options->honest_s > 0 ? 1 : 0), open = 0;
	zmq_ctx_set(fleet->zmq_context, ZMQ_MAX_SOCKETS, (int)count * 2 + 64);
	load_ids_init(&fleet->ids);
	fleet->peers = calloc(count, sizeof(*fleet->peers));
	if (!fleet->peers || fleet->epoll < 0)
		exit(1);
	while (fleet->count < count)
		add_peer(fleet, &keys[fleet->count], fleet->count == options->agents);
	for (size_t b = 0; b < options->batches; b++)
		for (size_t i = 0; i < options->agents; i++)
			peer_make(&fleet->peers[i]);
	for (size_t i = 0; i < count; i++) {
		peer_connect(&fleet->peers[i]);
		peer_serve(&fleet->peers[i]);
	}
	int64_t began_us = figures_now_us();
	while (open < count) {
		fleet_step(fleet);
		open = 0;
		for (size_t i = 0; i < count; i++)
			open += fleet->peers[i].state == PEER_OPEN;
		if (figures_now_us() - began_us > OPEN_US) {
			fprintf(stderr, "only %zu of %zu sessions are open\n", open, count);
			exit(1);
		}
	}
}

void fleet_start(struct fleet *fleet, int64_t seconds)
{
	fleet->began_us = figures_now_us();
	fleet->stop_us = seconds > 0 ? fleet->began_us + seconds * 1000000 : 0;
	fleet->is_running = true;
	for (size_t i = 0; i < fleet->count; i++) {
		struct peer *peer = &fleet->peers[i];
		if (!peer->due_at_us && fleet->options.batches > 0)
			peer->due = fleet->options.batches;
		peer->since_us = fleet->began_us;
		peer_serve(peer);
	}
}

/* How many batches the peer has had to send by now. */
static uint64_t due_by(const struct peer *peer, int64_t now_us)
{
	const struct fleet_options *options = &peer->fleet->options;
	double elapsed_s = (double)(now_us - peer->fleet->began_us) / 1e6;
	if (peer->due_at_us)
		return (uint64_t)(elapsed_s / options->honest_s);
	if (options->rate > 0)
		/* One after the other, not all at the same instant. */
		return (uint64_t)(elapsed_s * options->rate / (double)(options->agents * options->records) +
				  (double)(peer - peer->fleet->peers) / (double)options->agents);
	return UINT64_MAX;
}

static void connect_again(struct peer *peer)
{
	peer_connect(peer);
	peer_serve(peer);
}

/* Looks after what no message announces: new work, the end of a hold, a connection that is dead. */
static void sweep(struct fleet *fleet, int64_t now_us)
{
	for (size_t i = 0; i < fleet->count; i++) {
		struct peer *peer = &fleet->peers[i];
		bool is_over = fleet->stop_us > 0 && now_us >= fleet->stop_us;
		bool is_bulk = !peer->due_at_us;
		/* What a small agent had to send counts to the last record; bulk just ends. */
		if (fleet->is_running && is_over && is_bulk && peer->due > peer->made)
			peer->due = peer->made;
		else if (fleet->is_running && is_over && !is_bulk)
			peer->due = due_by(peer, fleet->stop_us);
		else if (fleet->is_running && !is_over && (!is_bulk || fleet->options.batches == 0))
			peer->due = due_by(peer, now_us);
		bool is_waiting = peer->state != PEER_OPEN || peer->sent > peer->acked;
		if (peer->state == PEER_DOWN) {
			if (now_us >= peer->hold_until_us)
				connect_again(peer);
		} else if (peer_is_leaving(peer, now_us) && peer->sent == peer->acked) {
			peer_move(peer);
			connect_again(peer);
		} else if (is_waiting && now_us - peer->since_us > STALLED_US) {
			fleet->reconnects++;
			peer_disconnect(peer);
			route_next(&peer->route);
			connect_again(peer);
		} else if (fleet->is_running && peer->sent < peer->due &&
			   now_us >= peer->hold_until_us && peer->asked_bytes <= peer->credit_bytes &&
			   peer->sent - peer->acked < peer->window) {
			peer_serve(peer);
		}
	}
}

static bool is_done(const struct fleet *fleet, int64_t now_us)
{
	if (fleet->stop_us > 0 && now_us < fleet->stop_us)
		return false;
	for (size_t i = 0; i < fleet->count; i++)
		if (fleet->peers[i].acked < fleet->peers[i].made ||
		    (fleet->peers[i].due_at_us && fleet->peers[i].acked < fleet->peers[i].due))
			return false;
	return true;
}

bool fleet_step(struct fleet *fleet)
{
	struct epoll_event events[EVENTS];
	bool is_timed = fleet->options.batches == 0 || fleet->options.honest_s > 0;
	int count = epoll_wait(fleet->epoll, events, EVENTS,
			       is_timed && fleet->is_running ? 1 : IDLE_MS);
	for (int i = 0; i < count; i++)
		peer_serve(events[i].data.ptr);
	int64_t now_us = figures_now_us();
	if (now_us - fleet->swept_at_us >= SWEEP_US) {
		fleet->swept_at_us = now_us;
		sweep(fleet, now_us);
	}
	return !(fleet->is_running && is_done(fleet, now_us));
}

void fleet_close(struct fleet *fleet)
{
	for (size_t i = 0; i < fleet->count; i++) {
		struct peer *peer = &fleet->peers[i];
		peer_disconnect(peer);
		for (size_t s = 0; s < peer->slot_count; s++)
			buf_fini(&peer->slots[s].frame);
		free(peer->slots);
		load_stream_fini(&peer->stream);
		route_fini(&peer->route);
	}
	zmq_ctx_term(fleet->zmq_context);
	close(fleet->epoll);
	samples_free(&fleet->latencies);
	samples_free(&fleet->honest_latencies);
	free(fleet->peers);
}
