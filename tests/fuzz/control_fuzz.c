/* SPDX-License-Identifier: Apache-2.0 */
/* Lines on the control socket of a real agent without a centre: JSON of any kind. Every line gets one answer, which is
 * JSON, and says of each entry either that it was stored or what is wrong with it. */
#include "fuzz.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include "small_registry.h"

/* The line handler is not part of control.h; the sockets around it are libc's. */
#include "control.c"

enum { RECORDS_MAX = 300 };

static struct registry *registry;
static struct loop *loop;
static void *zmq_context;
static struct agent *agent;
static struct control *control;
static char outbox_path[512], key_path[512], socket_path[100];

static void open_agent(void)
{
	struct err err = {0};
	struct agent_options options = {
		.loop = loop,
		.zmq_context = zmq_context,
		.registry = registry,
		.office_code = "4201",
		.endpoints = "tcp://127.0.0.1:1",
		.state_dir = fuzz_dir(),
		.key_path = key_path,
		.outbox_path = outbox_path,
		.outbox_max_bytes = 1 << 24,
		.max_inflight_batches = 4,
		.backoff_base_ms = 1000,
		.backoff_cap_ms = 1000,
		.ping_idle_ms = 1000,
	};
	must(mq_keys_from_secret("JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6", &options.keys) == 0);
	memcpy(options.server_public_key, options.keys.public_key, KEY_BYTES);
	if (agent_open(&agent, &options, &err) < 0)
		fuzz_fail(__FILE__, __LINE__, err.text);
	struct control_options control_options = {
		.loop = loop, .agent = agent, .path = socket_path, .office_code = "4201", .state_dir = fuzz_dir()};
	if (control_start(&control, &control_options, &err) < 0)
		fuzz_fail(__FILE__, __LINE__, err.text);
}

static void close_agent(void)
{
	control_stop(&control);
	agent_close(&agent);
	unlink(outbox_path);
}

static void tear_down(void)
{
	close_agent();
	loop_free(&loop);
	zmq_ctx_term(zmq_context);
	registry_free(&registry);
}

void fuzz_setup(void)
{
	struct err err;
	snprintf(outbox_path, sizeof(outbox_path), "%s/outbox.db", fuzz_dir());
	snprintf(key_path, sizeof(key_path), "%s/agent.key", fuzz_dir());
	snprintf(socket_path, sizeof(socket_path), "%s/s", fuzz_dir());
	registry = small_registry();
	zmq_context = zmq_ctx_new();
	must(loop_new(&loop, &err) == 0);
	open_agent();
	atexit(tear_down);
}

ptrdiff_t fuzz_seed(size_t index, uint8_t *out, size_t size)
{
#define EVENT                                                                                                     \
	"\"kind\":\"lecture_event\",\"fields\":{\"category\":\"village\",\"theme\":\"主题\",\"occurred_on\":"         \
	"\"2024-05-06\",\"place\":\"村\",\"mode\":\"offline\",\"status\":\"held\",\"township_codes\":[\"101\",\"201\"]," \
	"\"attendance\":30,\"is_window_brochure\":true}"
	static const char *const texts[] = {
		"{\"op\":\"enter\",\"author\":\"张三\",\"entries\":[{" EVENT "}]}\n",
		"{\"op\":\"enter\",\"author\":\"张三\",\"wait_ms\":1,\"entries\":[{" EVENT "},{\"kind\":\"x\"},{" EVENT "}]}\n",
		"{\"op\":\"enter\",\"author\":\"张三\",\"on_behalf_of\":\"420101\",\"entries\":[{\"kind\":\"宣讲人员\","
		"\"fields\":{\"姓名\":\"李四\",\"name\":null}}]}\n",
		"{\"op\":\"enter\",\"author\":\"a\",\"entries\":[{\"operation\":\"amend\",\"item_id\":"
		"\"01900000-0000-7000-8000-000000000001\",\"fields\":{\"theme\":\"\"}}]}\n",
		"{\"op\":\"enter\",\"author\":\"a\",\"entries\":[{\"operation\":\"withdraw\",\"item_id\":\"x\"}]}\n",
		"{\"op\":\"enter\",\"entries\":[{\"kind\":\"statistics_form\",\"fields\":{\"rows\":[{\"a\":1}],\"year\":2024}}]}\n",
		"{\"op\":\"list\",\"kind\":\"lecture_event\",\"limit\":5}\n{\"op\":\"status\"}\n",
		"{\"op\":\"list\",\"item_id\":\"01900000-0000-7000-8000-000000000001\"}\n",
		"{\"op\":\"files\"}\n{\"op\":\"inbox\",\"limit\":-1}\n{\"op\":\"rotate\"}\n",
		"{\"op\":\"receipt\",\"item_id\":\"01900000-0000-7000-8000-000000000001\"}\n",
		"{\"op\":\"attach\",\"name\":\"a.pdf\",\"media_type\":\"x\",\"size\":1,\"item_id\":\"\",\"digest\":"
		"\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"}\n",
		"{}\n[]\nnull\n{\"op\":1}\n\"\\ud800\"\n",
		"{\"op\":\"enter\",\"entries\":{}}\n{\"op\":\"enter\",\"entries\":[1,[],null]}\n",
		/* What is said of these would be cut in the middle of a character: once, the answer said ok though nothing was stored. */
		"{\"op\":\"enter\",\"entries\":[{\"kind\":\"宣宣宣宣宣宣宣宣宣宣宣宣宣宣宣宣\"}]}\n",
		"{\"op\":\"enter\",\"author\":\"a\",\"entries\":[{\"kind\":\"lecture_event\",\"fields\":{\"宣宣宣宣宣宣宣宣宣宣宣宣宣宣宣宣\":1}}]}\n",
		"{\"op\":\"enter\",\"author\":\"a\",\"entries\":[{\"kind\":\"lecture_event\",\"fields\":{\"attendance\":"
		"\"a很很很很很很很很很很很很很很很很很很很很很很很很\"}}]}\n",
		/* A field by its name and by its label: the first value is never freed. */
		"{\"op\":\"enter\",\"author\":\"a\",\"entries\":[{\"kind\":\"lecture_event\",\"fields\":{\"theme\":\"一\",\"主题\":\"二\"}}]}\n",
	};
	return fuzz_text_seed(texts, sizeof(texts) / sizeof(texts[0]), index, out, size);
}

/* Says ok only when nothing was refused, and accounts for every entry. */
static void check_enter(const json_t *request, const json_t *answer)
{
	const json_t *stored = json_object_get(answer, "stored"), *problems = json_object_get(answer, "problems");
	const char *op = json_string_value(json_object_get(request, "op"));
	if (!op || strcmp(op, "enter") != 0 || !stored)
		return;
	size_t entries = json_array_size(json_object_get(request, "entries")), refused = 0;
	for (size_t row = 0; row < entries; row++) {
		size_t i;
		json_t *problem;
		json_array_foreach(problems, i, problem)
		{
			if (json_integer_value(json_object_get(problem, "row")) == (json_int_t)row) {
				refused++;
				break;
			}
		}
	}
	must(json_array_size(stored) + refused == entries);
	must(json_is_true(json_object_get(answer, "ok")) == (refused == 0));
}

static void ask(const uint8_t *line, size_t len)
{
	int fds[2];
	static char answer[1 << 20];
	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) == 0);
	struct client *client = calloc(1, sizeof(*client));
	must(client);
	client->control = control;
	client->fd = fds[0];
	must(loop_timer_new(loop, on_deadline, client, &client->deadline, NULL) == 0);
	must(loop_watch(loop, client->fd, EPOLLIN, on_client, client, &client->watch, NULL) == 0);
	client->next = control->clients;
	control->clients = client;
	handle(client, (const char *)line, len);
	/* A second request while the first one waits: the first is answered, none is lost. */
	if (!client->is_dead && client->waiting)
		handle(client, (const char *)line, len);
	if (!client->is_dead && client->waiting)
		on_deadline(client);
	size_t used = 0;
	ssize_t got;
	while (used + 1 < sizeof(answer) && (got = read(fds[1], answer + used, sizeof(answer) - used - 1)) > 0) {
		used += (size_t)got;
		if (!client->is_dead)
			flush(client);
	}
	json_error_t error;
	json_t *request = json_loadb((const char *)line, len, JSON_REJECT_DUPLICATES, NULL);
	json_t *told = json_loadb(answer, used, JSON_DISABLE_EOF_CHECK, &error); /* the first line of them */
	must(told && json_object_get(told, "ok"));
	check_enter(request, told);
	json_decref(told);
	json_decref(request);
	kill_client(client);
	bury(control);
	close(fds[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (outbox_last_seq(agent_outbox(agent)) > RECORDS_MAX) {
		close_agent();
		open_agent();
	}
	while (len > 0) {
		const uint8_t *end = memchr(data, '\n', len);
		size_t line_len = end ? (size_t)(end - data) : len;
		ask(data, line_len);
		data += line_len + (end ? 1 : 0);
		len -= line_len + (end ? 1 : 0);
	}
	return 0;
}
