/* SPDX-License-Identifier: Apache-2.0 */
#include "zap.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

enum { MAX_FRAMES = 8, FRAME_SIZE = 256 };

struct zap {
	void *socket;  /* REP on the well-known address */
	void *control; /* the thread's end of a pair, closed to stop it */
	void *stopper;
	pthread_t thread;
	pthread_mutex_t lock; /* guards the table */
	struct zap_entry *entries;
	size_t count;
	_Atomic uint64_t refusals;
};

struct request {
	char frames[MAX_FRAMES][FRAME_SIZE];
	size_t lengths[MAX_FRAMES];
	size_t count;
};

static int compare(const void *a, const void *b)
{
	return memcmp(((const struct zap_entry *)a)->public_key,
		      ((const struct zap_entry *)b)->public_key, KEY_BYTES);
}

static bool find_user(struct zap *zap, const void *key, char user_id[64])
{
	struct zap_entry wanted;
	memcpy(wanted.public_key, key, KEY_BYTES);
	pthread_mutex_lock(&zap->lock);
	const struct zap_entry *entry =
		zap->count ? bsearch(&wanted, zap->entries, zap->count, sizeof(wanted), compare) : NULL;
	if (entry)
		memcpy(user_id, entry->user_id, sizeof(entry->user_id));
	pthread_mutex_unlock(&zap->lock);
	return entry != NULL;
}

/* False when the request is gone or not readable as one. */
static bool receive(struct zap *zap, struct request *request)
{
	int more = 1;
	size_t size = sizeof(more);
	request->count = 0;
	while (more) {
		size_t i = request->count < MAX_FRAMES ? request->count : MAX_FRAMES - 1;
		int len = zmq_recv(zap->socket, request->frames[i], FRAME_SIZE, 0);
		if (len < 0)
			return false;
		request->lengths[i] = (size_t)len;
		request->count++;
		zmq_getsockopt(zap->socket, ZMQ_RCVMORE, &more, &size);
	}
	return true;
}

static bool is_text(const struct request *request, size_t frame, const char *text)
{
	return request->lengths[frame] == strlen(text) &&
	       memcmp(request->frames[frame], text, strlen(text)) == 0;
}

static void answer(struct zap *zap, struct request *request)
{
	char user_id[64] = "";
	const char *status = "400", *text = "not enrolled";
	bool is_request = request->count == 7 && is_text(request, 0, "1.0");
	bool is_curve = is_request && is_text(request, 5, "CURVE") && request->lengths[6] == KEY_BYTES;
	if (!is_request) {
		status = "500";
		text = "malformed request";
	} else if (is_curve && find_user(zap, request->frames[6], user_id)) {
		status = "200";
		text = "OK";
	}
	if (status[0] != '2')
		atomic_fetch_add(&zap->refusals, 1);
	size_t id_len = request->count > 1 ? request->lengths[1] : 0;
	zmq_send(zap->socket, "1.0", 3, ZMQ_SNDMORE);
	zmq_send(zap->socket, request->frames[1], id_len, ZMQ_SNDMORE);
	zmq_send(zap->socket, status, 3, ZMQ_SNDMORE);
	zmq_send(zap->socket, text, strlen(text), ZMQ_SNDMORE);
	zmq_send(zap->socket, user_id, strlen(user_id), ZMQ_SNDMORE);
	zmq_send(zap->socket, "", 0, 0);
}

static void *serve(void *context)
{
	struct zap *zap = context;
	struct request request;
	zmq_pollitem_t items[] = {{zap->socket, 0, ZMQ_POLLIN, 0}, {zap->control, 0, ZMQ_POLLIN, 0}};
	for (;;) {
		if (zmq_poll(items, 2, -1) < 0 && errno != EINTR)
			break;
		if (items[1].revents)
			break;
		if (items[0].revents && receive(zap, &request))
			answer(zap, &request);
	}
	return NULL;
}

int zap_start(struct zap **out, void *zmq_context, struct err *err)
{
	int linger = 0;
	*out = NULL;
	struct zap *zap = calloc(1, sizeof(*zap));
	if (!zap) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	pthread_mutex_init(&zap->lock, NULL);
	zap->socket = zmq_socket(zmq_context, ZMQ_REP);
	zap->control = zmq_socket(zmq_context, ZMQ_PAIR);
	zap->stopper = zmq_socket(zmq_context, ZMQ_PAIR);
	if (!zap->socket || !zap->control || !zap->stopper ||
	    zmq_setsockopt(zap->socket, ZMQ_LINGER, &linger, sizeof(linger)) < 0 ||
	    zmq_bind(zap->socket, "inproc://zeromq.zap.01") < 0 ||
	    zmq_bind(zap->control, "inproc://zhibao.zap.control") < 0 ||
	    zmq_connect(zap->stopper, "inproc://zhibao.zap.control") < 0 ||
	    pthread_create(&zap->thread, NULL, serve, zap) != 0) {
		err_set(err, ERR_IO, "zap: %s", zmq_strerror(errno));
		if (zap->socket)
			zmq_close(zap->socket);
		if (zap->control)
			zmq_close(zap->control);
		if (zap->stopper)
			zmq_close(zap->stopper);
		free(zap);
		return -1;
	}
	*out = zap;
	return 0;
}

void zap_stop(struct zap **zap_ref)
{
	struct zap *zap = *zap_ref;
	if (!zap)
		return;
	zmq_send(zap->stopper, "", 0, 0);
	pthread_join(zap->thread, NULL);
	zmq_close(zap->socket);
	zmq_close(zap->control);
	zmq_close(zap->stopper);
	pthread_mutex_destroy(&zap->lock);
	free(zap->entries);
	free(zap);
	*zap_ref = NULL;
}

int zap_replace(struct zap *zap, const struct zap_entry *entries, size_t count, struct err *err)
{
	struct zap_entry *copy = calloc(count ? count : 1, sizeof(*copy));
	if (!copy) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	if (count)
		memcpy(copy, entries, count * sizeof(*copy));
	qsort(copy, count, sizeof(*copy), compare);
	pthread_mutex_lock(&zap->lock);
	struct zap_entry *old = zap->entries;
	zap->entries = copy;
	zap->count = count;
	pthread_mutex_unlock(&zap->lock);
	free(old);
	return 0;
}

uint64_t zap_refusals(const struct zap *zap)
{
	return atomic_load(&zap->refusals);
}
