/* SPDX-License-Identifier: Apache-2.0 */
#include "loop.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "clock.h"

struct loop_watch {
	struct loop_watch *next;
	int fd;
	bool is_dead; /* freed after the round, as epoll may still name it */
	void (*callback)(void *context, uint32_t events);
	void *context;
};

struct loop_timer {
	struct loop_timer *next;
	int64_t due_ms; /* INT64_MAX when not set */
	bool is_dead;   /* freed after the round */
	void (*callback)(void *context);
	void *context;
};

struct post {
	struct post *next;
	void (*callback)(void *context);
	void *context;
};

struct loop {
	int epoll_fd;
	int post_fd;
	int signal_fd;
	bool is_stopping;
	struct loop_watch *watches;
	struct loop_timer *timers;
	struct loop_watch *post_watch;
	struct loop_watch *signal_watch;
	void (*on_signal)(void *context, int signal);
	void *signal_context;
	pthread_mutex_t lock; /* guards the posts */
	struct post *first_post, **last_post;
};

static void run_posts(void *context, uint32_t events)
{
	struct loop *loop = context;
	uint64_t count;
	(void)events;
	ssize_t got = read(loop->post_fd, &count, sizeof(count));
	(void)got;
	pthread_mutex_lock(&loop->lock);
	struct post *post = loop->first_post;
	loop->first_post = NULL;
	loop->last_post = &loop->first_post;
	pthread_mutex_unlock(&loop->lock);
	while (post) {
		struct post *next = post->next;
		post->callback(post->context);
		free(post);
		post = next;
	}
}

static void run_signal(void *context, uint32_t events)
{
	struct loop *loop = context;
	struct signalfd_siginfo info;
	(void)events;
	while (read(loop->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		loop->on_signal(loop->signal_context, (int)info.ssi_signo);
}

int loop_new(struct loop **out, struct err *err)
{
	struct loop *loop = calloc(1, sizeof(*loop));
	*out = NULL;
	if (!loop) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	loop->signal_fd = -1;
	loop->last_post = &loop->first_post;
	pthread_mutex_init(&loop->lock, NULL);
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	loop->post_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (loop->epoll_fd < 0 || loop->post_fd < 0) {
		err_set(err, ERR_IO, "loop: %s", strerror(errno));
		loop_free(&loop);
		return -1;
	}
	if (loop_watch(loop, loop->post_fd, EPOLLIN, run_posts, loop, &loop->post_watch, err) < 0) {
		loop_free(&loop);
		return -1;
	}
	*out = loop;
	return 0;
}

void loop_free(struct loop **loop_ref)
{
	struct loop *loop = *loop_ref;
	if (!loop)
		return;
	while (loop->watches) {
		struct loop_watch *next = loop->watches->next;
		free(loop->watches);
		loop->watches = next;
	}
	while (loop->timers) {
		struct loop_timer *next = loop->timers->next;
		free(loop->timers);
		loop->timers = next;
	}
	while (loop->first_post) {
		struct post *next = loop->first_post->next;
		free(loop->first_post);
		loop->first_post = next;
	}
	if (loop->signal_fd >= 0)
		close(loop->signal_fd);
	if (loop->post_fd >= 0)
		close(loop->post_fd);
	if (loop->epoll_fd >= 0)
		close(loop->epoll_fd);
	pthread_mutex_destroy(&loop->lock);
	free(loop);
	*loop_ref = NULL;
}

static int64_t wait_ms(const struct loop *loop, int64_t now_ms)
{
	int64_t due_ms = INT64_MAX;
	for (const struct loop_timer *timer = loop->timers; timer; timer = timer->next)
		if (timer->due_ms < due_ms)
			due_ms = timer->due_ms;
	if (due_ms == INT64_MAX)
		return -1;
	int64_t wait = due_ms - now_ms;
	return wait < 0 ? 0 : wait > 60000 ? 60000 : wait;
}

/* A callback may set, clear or add timers, so the search starts again after each. */
static void run_timers(struct loop *loop)
{
	int64_t now_ms = clock_monotonic_ms(clock_system());
	struct loop_timer *timer = loop->timers;
	while (timer && !loop->is_stopping) {
		if (timer->due_ms <= now_ms) {
			timer->due_ms = INT64_MAX;
			timer->callback(timer->context);
			timer = loop->timers;
		} else {
			timer = timer->next;
		}
	}
}

static void bury(struct loop *loop)
{
	struct loop_watch **at = &loop->watches;
	while (*at) {
		struct loop_watch *watch = *at;
		if (watch->is_dead) {
			*at = watch->next;
			free(watch);
		} else {
			at = &watch->next;
		}
	}
	for (struct loop_timer **timer = &loop->timers; *timer;) {
		struct loop_timer *one = *timer;
		if (one->is_dead) {
			*timer = one->next;
			free(one);
		} else {
			timer = &one->next;
		}
	}
}

int loop_run(struct loop *loop, struct err *err)
{
	struct epoll_event events[64];
	loop->is_stopping = false;
	while (!loop->is_stopping) {
		int64_t wait = wait_ms(loop, clock_monotonic_ms(clock_system()));
		int count = epoll_wait(loop->epoll_fd, events, 64, (int)wait);
		if (count < 0 && errno != EINTR) {
			err_set(err, ERR_IO, "loop: %s", strerror(errno));
			return -1;
		}
		for (int i = 0; i < count; i++) {
			struct loop_watch *watch = events[i].data.ptr;
			if (!watch->is_dead)
				watch->callback(watch->context, events[i].events);
		}
		run_timers(loop);
		bury(loop);
	}
	return 0;
}

void loop_stop(struct loop *loop)
{
	loop->is_stopping = true;
}

int loop_watch(struct loop *loop, int fd, uint32_t events,
	       void (*callback)(void *context, uint32_t events), void *context,
	       struct loop_watch **out, struct err *err)
{
	struct loop_watch *watch = calloc(1, sizeof(*watch));
	*out = NULL;
	if (!watch) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	watch->fd = fd;
	watch->callback = callback;
	watch->context = context;
	struct epoll_event event = {.events = events, .data.ptr = watch};
	if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0) {
		err_set(err, ERR_IO, "loop: %s", strerror(errno));
		free(watch);
		return -1;
	}
	watch->next = loop->watches;
	loop->watches = watch;
	*out = watch;
	return 0;
}

int loop_watch_events(struct loop *loop, struct loop_watch *watch, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.ptr = watch};
	return epoll_ctl(loop->epoll_fd, EPOLL_CTL_MOD, watch->fd, &event);
}

void loop_unwatch(struct loop *loop, struct loop_watch **watch)
{
	if (!*watch)
		return;
	epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, (*watch)->fd, NULL);
	(*watch)->is_dead = true;
	*watch = NULL;
}

int loop_timer_new(struct loop *loop, void (*callback)(void *context), void *context,
		   struct loop_timer **out, struct err *err)
{
	struct loop_timer *timer = calloc(1, sizeof(*timer));
	*out = timer;
	if (!timer) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	timer->due_ms = INT64_MAX;
	timer->callback = callback;
	timer->context = context;
	timer->next = loop->timers;
	loop->timers = timer;
	return 0;
}

void loop_timer_set(struct loop_timer *timer, int64_t delay_ms)
{
	timer->due_ms = clock_monotonic_ms(clock_system()) + delay_ms;
}

void loop_timer_clear(struct loop_timer *timer)
{
	timer->due_ms = INT64_MAX;
}

void loop_timer_free(struct loop *loop, struct loop_timer **timer)
{
	(void)loop; /* the round of the loop takes it out of the list */
	if (!*timer)
		return;
	(*timer)->due_ms = INT64_MAX;
	(*timer)->is_dead = true;
	*timer = NULL;
}

int loop_signals(struct loop *loop, void (*callback)(void *context, int signal), void *context,
		 struct err *err)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	loop->on_signal = callback;
	loop->signal_context = context;
	loop->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (loop->signal_fd < 0) {
		err_set(err, ERR_IO, "loop: %s", strerror(errno));
		return -1;
	}
	return loop_watch(loop, loop->signal_fd, EPOLLIN, run_signal, loop, &loop->signal_watch, err);
}

int loop_post(struct loop *loop, void (*callback)(void *context), void *context)
{
	struct post *post = calloc(1, sizeof(*post));
	if (!post)
		return -1;
	post->callback = callback;
	post->context = context;
	pthread_mutex_lock(&loop->lock);
	*loop->last_post = post;
	loop->last_post = &post->next;
	pthread_mutex_unlock(&loop->lock);
	uint64_t one = 1;
	ssize_t wrote = write(loop->post_fd, &one, sizeof(one));
	(void)wrote; /* a full counter still wakes the loop */
	return 0;
}

void loop_run_posts(struct loop *loop)
{
	run_posts(loop, 0);
}
