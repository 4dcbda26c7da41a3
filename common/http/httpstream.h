/* SPDX-License-Identifier: Apache-2.0 */
/* httpstream.h - bodies that are made while they are sent; for http.c
 * Each has a thread that reads into a small buffer; while it is empty the connection rests, so a
 * slow source holds no thread of the server, and while it is full the source rests, so a slow
 * reader holds nothing but its own source. */
#ifndef ZHIBAO_HTTPSTREAM_H
#define ZHIBAO_HTTPSTREAM_H

#include <microhttpd.h>

#include "http.h"

struct http_streams;

struct http_streams *http_streams_new(void); /* NULL when memory is out */
/* Breaks off every body and waits for its thread; call before the daemon is stopped. */
void http_streams_stop(struct http_streams *streams);
void http_streams_free(struct http_streams **streams); /* after the daemon was stopped */

/* Takes the stream; NULL when memory is out (the stream is closed). */
struct MHD_Response *http_stream_response(struct http_streams *streams,
					  struct MHD_Connection *connection,
					  const struct http_stream *stream);

#endif
