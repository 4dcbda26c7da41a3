/* SPDX-License-Identifier: Apache-2.0 */
/* loop.h - one thread that waits for descriptors, timers, signals and posts
 * Thread: everything runs in the thread that calls loop_run, except loop_post, which any may call.
 * A callback must not block. */
#ifndef ZHIBAO_LOOP_H
#define ZHIBAO_LOOP_H

#include <stdint.h>

#include "err.h"

struct loop;
struct loop_watch;
struct loop_timer;

int loop_new(struct loop **out, struct err *err);
void loop_free(struct loop **loop); /* also frees watches and timers that are left */
/* Runs until loop_stop. */
int loop_run(struct loop *loop, struct err *err);
void loop_stop(struct loop *loop);

/* Calls callback with epoll's event bits while fd shows any of events. fd stays the caller's. */
int loop_watch(struct loop *loop, int fd, uint32_t events,
	       void (*callback)(void *context, uint32_t events), void *context,
	       struct loop_watch **out, struct err *err);
int loop_watch_events(struct loop *loop, struct loop_watch *watch, uint32_t events);
void loop_unwatch(struct loop *loop, struct loop_watch **watch); /* safe inside callbacks */

/* A timer that is not running until it is set. */
int loop_timer_new(struct loop *loop, void (*callback)(void *context), void *context,
		   struct loop_timer **out, struct err *err);
void loop_timer_set(struct loop_timer *timer, int64_t delay_ms); /* once; replaces what was set */
void loop_timer_clear(struct loop_timer *timer);
void loop_timer_free(struct loop *loop, struct loop_timer **timer); /* safe inside callbacks */

/* Turns SIGTERM, SIGINT and SIGHUP into a call; blocks them for this thread and later ones. */
int loop_signals(struct loop *loop, void (*callback)(void *context, int signal), void *context,
		 struct err *err);

/* Runs callback in the loop thread, in the order of the posts. Returns -1 when memory is out. */
int loop_post(struct loop *loop, void (*callback)(void *context), void *context);
/* Runs what was posted and has not run, without waiting: for the end, when the loop no longer runs. */
void loop_run_posts(struct loop *loop);

#endif
