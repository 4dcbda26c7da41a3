/* SPDX-License-Identifier: Apache-2.0 */
#include "httpstream.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { BUFFER_BYTES = 128 * 1024, PIECE_BYTES = 32 * 1024 };

struct http_streams {
	pthread_mutex_t lock; /* guards what follows; taken before the lock of a body */
	pthread_cond_t is_idle;
	struct body *first; /* with a running thread */
	size_t running;     /* threads that have not closed their source yet */
	bool is_stopping;
};

/* Held by the response and, while it runs, by the thread. */
struct body {
	struct http_streams *streams;
	struct MHD_Connection *connection;
	struct http_stream stream;
	struct body *next;    /* guarded by streams->lock */
	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t has_room;
	int holders;
	bool is_started, is_suspended;
	bool is_dropped; /* nobody reads any more */
	bool is_ended, is_failed;
	size_t len;
	char data[BUFFER_BYTES];
};

static void let_go(struct body *body)
{
	pthread_mutex_lock(&body->lock);
	bool is_last = --body->holders == 0;
	pthread_mutex_unlock(&body->lock);
	if (!is_last)
		return;
	body->stream.close(body->stream.context);
	pthread_cond_destroy(&body->has_room);
	pthread_mutex_destroy(&body->lock);
	free(body);
}

/* The end of a thread. */
static void leave(struct body *body)
{
	struct http_streams *streams = body->streams;
	pthread_mutex_lock(&streams->lock);
	struct body **at = &streams->first;
	while (*at != body)
		at = &(*at)->next;
	*at = body->next;
	pthread_mutex_unlock(&streams->lock);
	let_go(body);
	pthread_mutex_lock(&streams->lock);
	streams->running--;
	pthread_cond_broadcast(&streams->is_idle);
	pthread_mutex_unlock(&streams->lock);
}

static void wake_connection(struct body *body)
{
	if (!body->is_suspended)
		return;
	body->is_suspended = false;
	MHD_resume_connection(body->connection);
}

/* False when there will be no more. */
static bool put(struct body *body, const char *piece, ssize_t got)
{
	pthread_mutex_lock(&body->lock);
	while (got > 0 && !body->is_dropped && body->len + (size_t)got > BUFFER_BYTES)
		pthread_cond_wait(&body->has_room, &body->lock);
	if (got > 0 && !body->is_dropped) {
		memcpy(body->data + body->len, piece, (size_t)got);
		body->len += (size_t)got;
	} else {
		body->is_failed = got < 0 || body->is_dropped;
		body->is_ended = true;
	}
	bool goes_on = !body->is_ended;
	wake_connection(body);
	pthread_mutex_unlock(&body->lock);
	return goes_on;
}

static void *serve(void *context)
{
	struct body *body = context;
	char piece[PIECE_BYTES];
	while (put(body, piece, body->stream.read(body->stream.context, piece, sizeof(piece))))
		;
	leave(body);
	return NULL;
}

/* With no lock held; false when there is no thread. */
static bool start(struct body *body)
{
	struct http_streams *streams = body->streams;
	pthread_t thread;
	pthread_attr_t attributes;
	pthread_mutex_lock(&streams->lock);
	bool is_running = !streams->is_stopping;
	if (is_running) {
		body->holders++; /* no other holder can be there yet but the response */
		body->next = streams->first;
		streams->first = body;
		streams->running++;
	}
	pthread_mutex_unlock(&streams->lock);
	if (!is_running)
		return false;
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	is_running = pthread_create(&thread, &attributes, serve, body) == 0;
	pthread_attr_destroy(&attributes);
	if (!is_running)
		leave(body);
	return is_running;
}

static ssize_t on_read(void *context, uint64_t position, char *to, size_t size)
{
	struct body *body = context;
	ssize_t rc = 0;
	(void)position;
	pthread_mutex_lock(&body->lock);
	if (!body->is_started) {
		body->is_started = true;
		pthread_mutex_unlock(&body->lock);
		bool is_running = start(body);
		pthread_mutex_lock(&body->lock);
		if (!is_running) /* else the thread says when it ends, and may have said so by now */
			body->is_failed = body->is_ended = true;
	}
	if (body->len > 0) {
		size_t count = body->len < size ? body->len : size;
		memcpy(to, body->data, count);
		memmove(body->data, body->data + count, body->len - count);
		body->len -= count;
		pthread_cond_signal(&body->has_room);
		rc = (ssize_t)count;
	} else if (body->is_ended) {
		rc = body->is_failed ? MHD_CONTENT_READER_END_WITH_ERROR
				     : MHD_CONTENT_READER_END_OF_STREAM;
	} else if (!body->is_suspended) {
		body->is_suspended = true;
		MHD_suspend_connection(body->connection);
	}
	pthread_mutex_unlock(&body->lock);
	return rc;
}

static void drop(struct body *body)
{
	pthread_mutex_lock(&body->lock);
	bool is_reading = body->is_started && !body->is_ended;
	body->is_dropped = true;
	pthread_cond_signal(&body->has_room);
	pthread_mutex_unlock(&body->lock);
	if (is_reading && body->stream.cancel)
		body->stream.cancel(body->stream.context);
}

static void on_free(void *context)
{
	drop(context);
	let_go(context);
}

struct http_streams *http_streams_new(void)
{
	struct http_streams *streams = calloc(1, sizeof(*streams));
	if (streams) {
		pthread_mutex_init(&streams->lock, NULL);
		pthread_cond_init(&streams->is_idle, NULL);
	}
	return streams;
}

void http_streams_stop(struct http_streams *streams)
{
	pthread_mutex_lock(&streams->lock);
	streams->is_stopping = true;
	for (struct body *body = streams->first; body; body = body->next)
		drop(body);
	while (streams->running > 0)
		pthread_cond_wait(&streams->is_idle, &streams->lock);
	pthread_mutex_unlock(&streams->lock);
}

void http_streams_free(struct http_streams **streams)
{
	if (!*streams)
		return;
	pthread_cond_destroy(&(*streams)->is_idle);
	pthread_mutex_destroy(&(*streams)->lock);
	free(*streams);
	*streams = NULL;
}

struct MHD_Response *http_stream_response(struct http_streams *streams,
					  struct MHD_Connection *connection,
					  const struct http_stream *stream)
{
	struct MHD_Response *response = NULL;
	struct body *body = calloc(1, sizeof(*body));
	if (body) {
		body->streams = streams;
		body->connection = connection;
		body->stream = *stream;
		body->holders = 1;
		pthread_mutex_init(&body->lock, NULL);
		pthread_cond_init(&body->has_room, NULL);
		response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE_BYTES, on_read,
							     body, on_free);
		if (!response)
			let_go(body);
	} else {
		stream->close(stream->context);
	}
	return response;
}
