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
#include "calendar.h"
#include "controlfiles.h"
#include "log.h"

struct client {
	struct client *next;
	struct control *control;
	int fd;
	struct loop_watch *watch;
	struct loop_timer *deadline;
	struct buf in, out;
	json_t *waiting; /* answer kept until wait_seq is acknowledged */
	uint64_t wait_seq;
	bool is_dead;
};

struct control {
	struct control_options options;
	int fd;
	struct loop_watch *watch;
	struct client *clients;
};

/* Collects the answers of outbox_list. */
struct listing {
	json_t *array;
	bool with_body;
};

static int add_record(void *context, const struct outbox_record *record)
{
	struct listing *listing = context;
	json_array_append_new(listing->array, desk_describe(record, listing->with_body));
	return 0;
}

static json_t *do_list(struct control *control, const json_t *request)
{
	const char *name = json_string_value(json_object_get(request, "kind"));
	const char *item = json_string_value(json_object_get(request, "item_id"));
	json_int_t limit = json_integer_value(json_object_get(request, "limit"));
	const struct catalog_kind *kind = name ? catalog_kind_find(name) : NULL;
	struct uuid id;
	struct err err = {0};
	if (name && !kind)
		return control_refuse("E_KIND_UNKNOWN", "没有这种记录类别");
	if (item && uuid_parse(item, strlen(item), &id) < 0)
		return control_refuse("E_ID_BAD", "记录编号应为 UUID");
	struct listing listing = {json_array(), item != NULL};
	if (outbox_list(agent_outbox(control->options.agent), kind ? kind->body_number : 0,
			item ? id.bytes : NULL, limit > 0 ? (uint64_t)limit : 50, add_record, &listing,
			&err) < 0) {
		json_decref(listing.array);
		return control_refuse_err(&err);
	}
	if (item && json_array_size(listing.array) == 0) {
		json_decref(listing.array);
		return control_refuse("E_ITEM_UNKNOWN", "台账里没有这条记录");
	}
	return json_pack("{s:b, s:o}", "ok", 1, "records", listing.array);
}

static json_t *do_status(struct control *control)
{
	struct agent *agent = control->options.agent;
	struct outbox_summary summary;
	struct err err = {0};
	char uuid[33], acked_at[INSTANT_TEXT_SIZE] = "", oldest[INSTANT_TEXT_SIZE] = "";
	if (outbox_summary(agent_outbox(agent), &summary, &err) < 0)
		return control_refuse_err(&err);
	hex_format(outbox_uuid(agent_outbox(agent)), OUTBOX_UUID_BYTES, uuid);
	if (summary.centre_time_us)
		instant_format(summary.centre_time_us, acked_at);
	if (summary.oldest_pending_at_us)
		instant_format(summary.oldest_pending_at_us, oldest);
	return json_pack("{s:b, s:s, s:s, s:b, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:s, s:s}", "ok", 1,
			 "office_code", control->options.office_code, "endpoint",
			 sender_endpoint(agent_sender(agent)), "is_connected", sender_is_open(agent_sender(agent)),
			 "reason", sender_reason(agent_sender(agent)), "outbox_uuid", uuid, "last_seq",
			 (json_int_t)outbox_last_seq(agent_outbox(agent)), "acked_seq",
			 (json_int_t)outbox_acked_seq(agent_outbox(agent)), "records",
			 (json_int_t)summary.records, "pending", (json_int_t)summary.pending,
			 "pending_bytes", (json_int_t)summary.pending_bytes, "quarantined",
			 (json_int_t)summary.quarantined, "oldest_pending_at", oldest, "acked_at",
			 acked_at);
}

static int parse_entry(const json_t *request, const json_t *object, struct desk_entry *entry,
		       struct uuid *id, struct problems *problems)
{
	const char *item = json_string_value(json_object_get(object, "item_id"));
	const char *operation = json_string_value(json_object_get(object, "operation"));
	entry->kind = json_string_value(json_object_get(object, "kind"));
	entry->fields = json_object_get(object, "fields");
	entry->author = json_string_value(json_object_get(request, "author"));
	entry->on_behalf_of = json_string_value(json_object_get(request, "on_behalf_of"));
	entry->operation = !operation			 ? ZHIBAO__V1__OPERATION__OPERATION_SUBMIT
			   : strcmp(operation, "amend") == 0 ? ZHIBAO__V1__OPERATION__OPERATION_AMEND
			   : strcmp(operation, "withdraw") == 0
				   ? ZHIBAO__V1__OPERATION__OPERATION_WITHDRAW
				   : ZHIBAO__V1__OPERATION__OPERATION_SUBMIT;
	if (entry->operation == ZHIBAO__V1__OPERATION__OPERATION_SUBMIT)
		return 0;
	if (!item || uuid_parse(item, strlen(item), id) < 0) {
		problems_add(problems, "E_ID_BAD", "item_id", "记录编号应为 UUID");
		return -1;
	}
	entry->item_id = id->bytes;
	return 0;
}

static void add_problems(json_t *array, size_t row, const struct problems *problems)
{
	for (size_t i = 0; i < problems->count && i < PROBLEMS_MAX; i++)
		json_array_append_new(array, json_pack("{s:I, s:s, s:s, s:s}", "row", (json_int_t)row, "code",
						       problems->items[i].code, "field",
						       problems->items[i].field, "message",
						       problems->items[i].text));
}

static json_t *describe_results(const struct desk_result *results, const struct problems *problems,
				size_t count)
{
	json_t *stored = json_array(), *refused = json_array();
	bool is_ok = true;
	for (size_t i = 0; i < count; i++) {
		char item[UUID_TEXT_SIZE], revision[UUID_TEXT_SIZE];
		add_problems(refused, i, &problems[i]);
		if (!results[i].seq) {
			is_ok = false; /* whatever becomes of the words about it */
			continue;
		}
		uuid_format(results[i].item_id.bytes, item);
		uuid_format(results[i].revision_id.bytes, revision);
		json_array_append_new(stored,
				      json_pack("{s:I, s:s, s:s, s:s, s:I}", "row", (json_int_t)i, "item_id", item,
						"revision_id", revision, "kind", results[i].kind->name, "seq",
						(json_int_t)results[i].seq));
	}
	return json_pack("{s:b, s:o, s:o}", "ok", is_ok && json_array_size(refused) == 0, "stored", stored,
			 "problems", refused);
}

static json_t *do_enter(struct control *control, const json_t *request, uint64_t *last_seq_out)
{
	const json_t *array = json_object_get(request, "entries");
	size_t count = json_array_size(array);
	struct desk_entry *entries = calloc(count + 1, sizeof(*entries));
	struct uuid *ids = calloc(count + 1, sizeof(*ids));
	struct desk_result *results = calloc(count + 1, sizeof(*results));
	struct problems *problems = calloc(count + 1, sizeof(*problems));
	struct problems parsing = {0};
	struct err err = {0};
	json_t *answer = NULL;
	*last_seq_out = 0;
	if (!entries || !ids || !results || !problems)
		goto out;
	for (size_t i = 0; i < count; i++)
		if (parse_entry(request, json_array_get(array, i), &entries[i], &ids[i], &parsing) < 0) {
			answer = control_refuse(parsing.items[0].code, parsing.items[0].text);
			goto out;
		}
	if (agent_enter(control->options.agent, entries, count, results, problems, &err) < 0)
		answer = control_refuse_err(&err);
	else
		answer = describe_results(results, problems, count);
	for (size_t i = 0; i < count; i++)
		if (results[i].seq > *last_seq_out)
			*last_seq_out = results[i].seq;
out:
	free(entries);
	free(ids);
	free(results);
	free(problems);
	return answer ? answer : control_refuse("E_MEMORY", "内存不足");
}

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

/* Tells for each record that was stored whether it arrived or came back. */
static void finish_waiting(struct client *client)
{
	json_t *answer = client->waiting;
	json_t *stored = json_object_get(answer, "stored"), *one;
	struct outbox *outbox = agent_outbox(client->control->options.agent);
	size_t i;
	client->waiting = NULL;
	loop_timer_clear(client->deadline);
	json_array_foreach(stored, i, one)
	{
		struct uuid id;
		struct listing listing = {json_array(), false};
		const char *item = json_string_value(json_object_get(one, "item_id"));
		uuid_parse(item, strlen(item), &id);
		outbox_list(outbox, 0, id.bytes, 1, add_record, &listing, NULL);
		json_t *record = json_array_get(listing.array, 0);
		json_object_set(one, "state", json_object_get(record, "state"));
		if (json_object_get(record, "problem"))
			json_object_set(one, "problem", json_object_get(record, "problem"));
		json_decref(listing.array);
	}
	reply(client, answer);
}

static void on_deadline(void *context)
{
	struct client *client = context;
	if (!client->is_dead && client->waiting)
		finish_waiting(client);
}

static void handle(struct client *client, const char *line, size_t len)
{
	json_t *request = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
	const char *op = json_string_value(json_object_get(request, "op"));
	uint64_t last_seq = 0;
	json_t *answer;
	if (!op)
		answer = control_refuse("E_REQUEST", "请求无法解析");
	else if (strcmp(op, "enter") == 0)
		answer = do_enter(client->control, request, &last_seq);
	else if (strcmp(op, "list") == 0)
		answer = do_list(client->control, request);
	else if (strcmp(op, "status") == 0)
		answer = do_status(client->control);
	else
		answer = control_files_do(client->control->options.agent, client->control->options.office_code, op, request);
	if (!answer)
		answer = control_refuse("E_REQUEST", "没有这个操作");
	json_int_t wait_ms = json_integer_value(json_object_get(request, "wait_ms"));
	json_decref(request);
	if (client->waiting) /* a second request on the line: the first one is answered as it stands */
		finish_waiting(client);
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
