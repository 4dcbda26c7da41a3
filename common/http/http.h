/* SPDX-License-Identifier: Apache-2.0 */
/* http.h - a small HTTP server for the loopback address: routes, query parameters, static files
 * Thread: handlers run in threads of the server's pool, several at once; what they share must be safe.
 * The host name asked for must be a loopback name or the one configured, so that a page of another site
 * cannot reach it through a name of its own. */
#ifndef ZHIBAO_HTTP_H
#define ZHIBAO_HTTP_H

#include <stdint.h>
#include <sys/types.h>

#include "buf.h"
#include "err.h"

struct http_server;
struct http_request;

/* A body that is made while it is sent, for answers of any length. The reader runs in a thread of its own and may block; a slow
 * client slows only its own reader. No limit of time, other than a minute without a byte taken. */
struct http_stream {
	/* Writes up to size bytes; 0 at the end, -1 to break the connection off so that the client sees it is incomplete. */
	ssize_t (*read)(void *context, char *to, size_t size);
	void (*cancel)(void *context); /* NULL, or makes a read that blocks return soon; from another thread */
	void (*close)(void *context);  /* once, after the last read; also when there was none */
	void *context;
};

struct http_response {
	int status;
	const char *content_type;  /* constant */
	struct buf body;	   /* taken by the server */
	struct http_stream stream; /* instead of the body when read is set; taken by the server */
	struct buf file_name;	   /* UTF-8, taken by the server: unless empty the client saves the answer under it */
};

struct http_route {
	const char *pattern; /* GET path; a {name} part matches one segment */
	void (*handler)(void *context, struct http_request *request, struct http_response *response);
};

struct http_options {
	const char *address;    /* numeric, such as 127.0.0.1; borrowed during the start */
	uint16_t port;          /* 0: any free one */
	unsigned threads;       /* 1 to 64 */
	const char *host_name;  /* extra name allowed in the Host header, or "" */
	const char *static_dir; /* built page, or ""; borrowed for the life of the server */
	const struct http_route *routes; /* borrowed for the life of the server */
	size_t route_count;
	void *context; /* passed to handlers */
};

struct http_stats {
	uint64_t requests[6]; /* by first digit of the status; [0] unused */
};

int http_start(struct http_server **out, const struct http_options *options, struct err *err);
void http_stop(struct http_server **server); /* waits for running handlers */
uint16_t http_port(const struct http_server *server);
struct http_stats http_stats(const struct http_server *server);

/* Decoded value, or NULL when absent. Borrowed until the handler returns. */
const char *http_query(const struct http_request *request, const char *name);
const char *http_path(const struct http_request *request, const char *name);
/* Calls visit for each query parameter until it returns non-zero, and returns that. */
int http_each_query(const struct http_request *request, int (*visit)(void *context, const char *name),
		    void *context);
/* {"error":{"code":...,"message":...}}; message is Chinese without quotes or backslashes. */
void http_fail(struct http_response *response, int status, const char *code, const char *message);

#endif
