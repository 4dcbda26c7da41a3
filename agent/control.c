/* SPDX-License-Identifier: Apache-2.0 */
#include "control.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "buf.h"
#include "controldesk.h"
#include "controlfiles.h"
#include "log.h"
#include "proposal.h"

enum { PROPOSAL_WAIT_MS = 60000 };

struct client {
	struct client *next;
	struct control *control;
	int fd;
	struct loop_watch *watch;
	struct loop_timer *deadline;
	struct buf in, out;
	json_t *waiting; /* answer kept until wait_seq is acknowledged */
	uint64_t wait_seq;
	uint64_t propose_token; /* of the proposal it waits for, 0 for none */
	bool is_dead;
};

struct control {
	struct control_options options;
	int fd;
	struct loop_watch *watch;
	struct client *clients;
	uint64_t last_token;
};

static void kill_client(struct client *client)
{
	if (client->is_dead)
		return;
	client->is_dead = true;
	loop_unwatch(client->control->options.loop, &client->watch);
	loop_timer_clear(client->deadline);
	close(client->fd);
	json_decref(client->waiting);
	client->waiting = NULL;
	buf_fini(&client->in);
	buf_fini(&client->out);
}

static void flush(struct client *client)
{
	while (client->out.len > 0) {
		ssize_t wrote = send(client->fd, client->out.data, client->out.len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0 && errno != EAGAIN) {
			kill_client(client);
			return;
		}
		if (wrote < 0)
			break;
		memmove(client->out.data, client->out.data + wrote, client->out.len - (size_t)wrote);
		client->out.len -= (size_t)wrote;
	}
	loop_watch_events(client->control->options.loop, client->watch,
			  client->out.len ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static void reply(struct client *client, json_t *answer)
{
	char *text = answer ? json_dumps(answer, JSON_COMPACT) : NULL;
	json_decref(answer);
	if (!text) {
		kill_client(client);
		return;
	}
	buf_text(&client->out, text);
	buf_text(&client->out, "\n");
	free(text);
	flush(client);
}

static void finish_waiting(struct client *client)
{
	json_t *answer = client->waiting;
	client->waiting = NULL;
	loop_timer_clear(client->deadline);
	control_desk_look(client->control->options.agent, answer);
	reply(client, answer);
}

static void finish_proposal(struct client *client, json_t *answer)
{
	client->propose_token = 0;
	loop_timer_clear(client->deadline);
	reply(client, answer);
}

static void on_deadline(void *context)
{
	struct client *client = context;
	if (client->is_dead)
		return;
	if (client->propose_token)
		finish_proposal(client, control_refuse("E_NO_ANSWER", "中心没有答复建议数，请稍后重试"));
	else if (client->waiting)
		finish_waiting(client);
}

/* A request that comes while another one waits: that one is answered as it stands. */
static void finish_earlier(struct client *client)
{
	if (client->propose_token)
		finish_proposal(client, control_refuse("E_REQUEST", "被下一个请求打断"));
	else if (client->waiting)
		finish_waiting(client);
}

static void propose(struct client *client, const json_t *request)
{
	struct control *control = client->control;
	struct err err = {0};
	uint64_t token = ++control->last_token;
	if (proposal_ask(agent_sender(control->options.agent), token, request, &err) < 0) {
		reply(client, control_refuse_err(&err));
		return;
	}
	client->propose_token = token;
	loop_timer_set(client->deadline, PROPOSAL_WAIT_MS);
}

static void handle(struct client *client, const char *line, size_t len)
{
	json_t *request = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
	const char *op = json_string_value(json_object_get(request, "op"));
	uint64_t last_seq = 0;
	json_t *answer;
	const struct control_options *options = &client->control->options;
	if (op && strcmp(op, "propose") == 0) {
		finish_earlier(client);
		if (!client->is_dead)
			propose(client, request);
		json_decref(request);
		return;
	}
	if (!op)
		answer = control_refuse("E_REQUEST", "请求无法解析");
	else if (strcmp(op, "enter") == 0)
		answer = control_desk_enter(options->agent, request, &last_seq);
	else
		answer = control_desk_do(options->agent, options->office_code, op, request);
	if (!answer && op)
		answer = control_files_do(options->agent, options->office_code, op, request);
	if (!answer)
		answer = control_refuse("E_REQUEST", "没有这个操作");
	json_int_t wait_ms = json_integer_value(json_object_get(request, "wait_ms"));
	json_decref(request);
	finish_earlier(client);
	if (client->is_dead) {
		json_decref(answer);
		return;
	}
	if (wait_ms > 0 && last_seq > 0) {
		client->waiting = answer;
		client->wait_seq = last_seq;
		loop_timer_set(client->deadline, wait_ms);
		control_acked(client->control);
	} else {
		reply(client, answer);
	}
}

static void on_client(void *context, uint32_t events)
{
	struct client *client = context;
	char chunk[65536];
	if (events & EPOLLOUT)
		flush(client);
	if (client->is_dead)
		return;
	ssize_t got = recv(client->fd, chunk, sizeof(chunk), MSG_DONTWAIT);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0 || client->in.len + (size_t)got > CONTROL_LINE_MAX) {
		kill_client(client);
		return;
	}
	buf_append(&client->in, chunk, (size_t)got);
	char *end;
	while (!client->is_dead && client->in.len > 0 &&
	       (end = memchr(client->in.data, '\n', client->in.len))) {
		size_t len = (size_t)(end - client->in.data) + 1;
		handle(client, client->in.data, len - 1);
		if (client->is_dead)
			return;
		memmove(client->in.data, client->in.data + len, client->in.len - len);
		client->in.len -= len;
	}
}

/* Clients that ended are freed here, when none of their callbacks can be running. */
static void bury(struct control *control)
{
	struct client **at = &control->clients;
	while (*at) {
		struct client *client = *at;
		if (client->is_dead) {
			*at = client->next;
			loop_timer_free(control->options.loop, &client->deadline);
			free(client);
		} else {
			at = &client->next;
		}
	}
}

static void on_accept(void *context, uint32_t events)
{
	struct control *control = context;
	(void)events;
	int fd = accept4(control->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		return;
	bury(control);
	struct client *client = calloc(1, sizeof(*client));
	if (!client) {
		close(fd);
		return;
	}
	client->control = control;
	client->fd = fd;
	if (loop_timer_new(control->options.loop, on_deadline, client, &client->deadline, NULL) < 0 ||
	    loop_watch(control->options.loop, fd, EPOLLIN, on_client, client, &client->watch, NULL) < 0) {
		close(fd);
		free(client);
		return;
	}
	client->next = control->clients;
	control->clients = client;
}

void control_acked(struct control *control)
{
	uint64_t acked_seq = outbox_acked_seq(agent_outbox(control->options.agent));
	for (struct client *client = control->clients; client; client = client->next)
		if (!client->is_dead && client->waiting && client->wait_seq <= acked_seq)
			finish_waiting(client);
}

void control_proposed(struct control *control, const Zhibao__V1__Proposal *proposal)
{
	for (struct client *client = control->clients; client; client = client->next)
		if (!client->is_dead && client->propose_token && client->propose_token == proposal->token)
			finish_proposal(client, proposal_json(proposal));
}

int control_start(struct control **out, const struct control_options *options, struct err *err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	*out = NULL;
	if (strlen(options->path) >= sizeof(address.sun_path)) {
		err_set(err, ERR_CONFIG, "CONF_BAD_VALUE agent.socket 路径过长：%s", options->path);
		return -1;
	}
	struct control *control = calloc(1, sizeof(*control));
	if (!control) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	strcpy(address.sun_path, options->path);
	control->options = *options;
	control->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	unlink(options->path); /* the outbox lock has proven that no other daemon runs */
	mode_t mask = umask(0177);
	int bound = control->fd < 0
			    ? -1
			    : bind(control->fd, (struct sockaddr *)&address, sizeof(address));
	umask(mask);
	if (bound < 0 || listen(control->fd, 16) < 0) {
		err_set(err, ERR_IO, "无法监听 %s：%s", options->path, strerror(errno));
		control_stop(&control);
		return -1;
	}
	if (loop_watch(options->loop, control->fd, EPOLLIN, on_accept, control, &control->watch, err) <
	    0) {
		control_stop(&control);
		return -1;
	}
	*out = control;
	return 0;
}

void control_stop(struct control **control)
{
	if (!*control)
		return;
	for (struct client *client = (*control)->clients; client; client = client->next)
		kill_client(client);
	bury(*control);
	loop_unwatch((*control)->options.loop, &(*control)->watch);
	if ((*control)->fd >= 0)
		close((*control)->fd);
	unlink((*control)->options.path);
	free(*control);
	*control = NULL;
}
