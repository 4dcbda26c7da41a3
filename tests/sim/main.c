/* SPDX-License-Identifier: Apache-2.0 */
/* zhibao-sim: an invented year of all offices, through real agents and sockets. Nothing it says is true. */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zmq.h>

#include "log.h"
#include "year.h"

static const char usage[] =
	"usage: zhibao-sim keys --pack DIR --keys DIR\n"
	"       zhibao-sim run --pack DIR --keys DIR --state DIR --endpoint tcp://HOST:PORT --server-key FILE\n"
	"                      [--log FILE] [--seed N] [--scale X] [--offices CODE,CODE] [--speed max|STEPS_PER_S]\n";

struct options {
	const char *command, *pack, *keys, *state, *endpoint, *server_key, *log, *offices, *speed;
	const char *seed, *scale;
};

struct sim {
	struct options options;
	struct pack pack;
	struct registry *registry;
	struct loop *loop;
	struct loop_timer *timer;
	void *zmq_context;
	struct year year;
	FILE *log;
	size_t next_office;
	int step;
	int64_t pause_ms;
	bool is_failed;
};

static int parse(int argc, char **argv, struct options *options)
{
	static const char *const names[] = {"--pack", "--keys", "--state", "--endpoint", "--server-key", "--log",
					    "--offices", "--speed", "--seed", "--scale"};
	const char **targets[] = {&options->pack, &options->keys, &options->state, &options->endpoint,
				  &options->server_key, &options->log, &options->offices, &options->speed,
				  &options->seed, &options->scale};
	for (int i = 1; i < argc; i++) {
		size_t n = 0;
		while (n < 10 && strcmp(argv[i], names[n]) != 0)
			n++;
		if (n < 10 && i + 1 < argc)
			*targets[n] = argv[++i];
		else if (argv[i][0] != '-' && !options->command)
			options->command = argv[i];
		else
			return -1;
	}
	return options->command && options->pack && options->keys ? 0 : -1;
}

static bool is_chosen(const struct options *options, const char *code)
{
	const char *hit = options->offices;
	size_t len = strlen(code);
	if (!hit || strcmp(hit, "all") == 0)
		return true;
	while ((hit = strstr(hit, code))) {
		if ((hit == options->offices || hit[-1] == ',') && (hit[len] == ',' || !hit[len]))
			return true;
		hit += len;
	}
	return false;
}

/* Makes a key pair for every office that has none and prints the codes. */
static int make_keys(struct sim *sim, struct err *err)
{
	for (size_t row = 1; row <= pack_rows(&sim->pack, PACK_OFFICES); row++) {
		const char *code = pack_cell(&sim->pack, PACK_OFFICES, row, "code");
		char path[PATH_MAX];
		struct mq_keys keys;
		struct stat info;
		if (!is_chosen(&sim->options, code))
			continue;
		snprintf(path, sizeof(path), "%s/%s.key", sim->options.keys, code);
		if (stat(path, &info) < 0) {
			if (mq_keys_generate(&keys, err) < 0 || mq_keys_write(path, &keys, true, err) < 0)
				return -1;
			snprintf(path, sizeof(path), "%s/%s.pub", sim->options.keys, code);
			if (mq_keys_write(path, &keys, false, err) < 0)
				return -1;
		}
		puts(code);
	}
	return 0;
}

static bool is_done(const struct sim *sim)
{
	if (sim->step < YEAR_STEPS)
		return false;
	for (size_t i = 0; i < sim->year.office_count; i++) {
		const struct outbox *outbox = agent_outbox(sim->year.offices[i].agent);
		if (outbox_acked_seq(outbox) < outbox_last_seq(outbox))
			return false;
	}
	return true;
}

static void on_acked(void *context)
{
	struct sim *sim = context;
	if (is_done(sim))
		loop_stop(sim->loop);
}

/* One office does one step of its year; the loop sends meanwhile. */
static void on_timer(void *context)
{
	struct sim *sim = context;
	struct err err = {0};
	if (sim->step == YEAR_STEPS) {
		on_acked(sim);
		return;
	}
	if (year_step(&sim->year, &sim->year.offices[sim->next_office], sim->step, &err) < 0) {
		log_error("sim.failed", "cause=\"%s\"", err.text);
		sim->is_failed = true;
		loop_stop(sim->loop);
		return;
	}
	if (++sim->next_office == sim->year.office_count) {
		sim->next_office = 0;
		sim->step++;
	}
	loop_timer_set(sim->timer, sim->pause_ms);
}

static void on_signal(void *context, int signal)
{
	struct sim *sim = context;
	(void)signal;
	sim->is_failed = true;
	loop_stop(sim->loop);
}

static void find_area(struct sim *sim, struct office *office)
{
	for (size_t row = 1; row <= pack_rows(&sim->pack, PACK_TOWNSHIPS); row++) {
		const char *county = pack_cell(&sim->pack, PACK_TOWNSHIPS, row, "county_code");
		bool is_own = strcmp(county, office->info->code) == 0;
		if (is_own && office->unit_count < MAX_UNITS)
			office->units[office->unit_count++] = pack_cell(&sim->pack, PACK_TOWNSHIPS, row, "code");
	}
}

static int open_office(struct sim *sim, struct office *office, const char *code, struct err *err)
{
	char path[PATH_MAX], outbox[PATH_MAX];
	struct mq_keys server;
	struct agent_options options = {
		.loop = sim->loop,
		.zmq_context = sim->zmq_context,
		.registry = sim->registry,
		.endpoints = sim->options.endpoint,
		.outbox_path = outbox,
		.outbox_max_bytes = 1 << 30,
		.max_inflight_batches = 32,
		.backoff_base_ms = 200,
		.backoff_cap_ms = 5000,
		.ping_idle_ms = 30000,
		.on_acked = on_acked,
		.context = sim,
	};
	office->info = registry_office(sim->registry, code);
	options.office_code = office->info->code;
	office->log = sim->log;
	dice_seed(&office->dice, strtoull(sim->options.seed, NULL, 10), code);
	find_area(sim, office);
	snprintf(path, sizeof(path), "%s/%s.key", sim->options.keys, code);
	snprintf(outbox, sizeof(outbox), "%s/%s.sqlite", sim->options.state, code);
	if (mq_keys_read(path, true, &options.keys, err) < 0 ||
	    mq_keys_read(sim->options.server_key, false, &server, err) < 0)
		return -1;
	memcpy(options.server_public_key, server.public_key, KEY_BYTES);
	return agent_open(&office->agent, &options, err);
}

static int open_offices(struct sim *sim, struct err *err)
{
	size_t rows = pack_rows(&sim->pack, PACK_OFFICES);
	sim->year.offices = calloc(rows, sizeof(*sim->year.offices));
	if (!sim->year.offices)
		return -1;
	for (size_t row = 1; row <= rows; row++) {
		const char *code = pack_cell(&sim->pack, PACK_OFFICES, row, "code");
		if (is_chosen(&sim->options, code) &&
		    open_office(sim, &sim->year.offices[sim->year.office_count++], code, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < sim->year.office_count; i++)
		for (size_t p = 0; p < sim->year.office_count; p++)
			if (strcmp(sim->year.offices[p].info->code, sim->year.offices[i].info->parent_code) == 0)
				sim->year.offices[i].parent = &sim->year.offices[p];
	return 0;
}

static void report(const struct sim *sim, int64_t elapsed_ms)
{
	size_t entered = 0, refused = 0, lectures = 0;
	for (size_t i = 0; i < sim->year.office_count; i++) {
		entered += sim->year.offices[i].entered;
		refused += sim->year.offices[i].refused;
		lectures += sim->year.offices[i].lecture_count;
	}
	printf("   虚构数据：%zu 个单位，%zu 条记录（宣讲 %zu 场），全部送达，%.1f 秒，%.0f 条/秒，录入退回 %zu\n",
	       sim->year.office_count, entered, lectures, (double)elapsed_ms / 1000,
	       elapsed_ms ? (double)entered * 1000 / (double)elapsed_ms : 0.0, refused);
}

static int run(struct sim *sim, struct err *err)
{
	struct options *options = &sim->options;
	int64_t started_ms = clock_monotonic_ms(clock_system());
	if (!options->state || !options->endpoint || !options->server_key) {
		err_set(err, ERR_USAGE, "%s", usage);
		return -1;
	}
	if (options->log && !(sim->log = fopen(options->log, "w"))) {
		err_set(err, ERR_IO, "%s: %s", options->log, strerror(errno));
		return -1;
	}
	long speed = options->speed && strcmp(options->speed, "max") != 0 ? strtol(options->speed, NULL, 10) : 0;
	sim->pause_ms = speed > 0 ? 1000 / speed : 0;
	sim->year.pack = &sim->pack;
	sim->year.scale = options->scale ? strtod(options->scale, NULL) : 1;
	sim->zmq_context = zmq_ctx_new();
	zmq_ctx_set(sim->zmq_context, ZMQ_MAX_SOCKETS, 8192);
	if (loop_new(&sim->loop, err) < 0 || loop_signals(sim->loop, on_signal, sim, err) < 0 ||
	    loop_timer_new(sim->loop, on_timer, sim, &sim->timer, err) < 0 || open_offices(sim, err) < 0)
		return -1;
	loop_timer_set(sim->timer, 0);
	if (loop_run(sim->loop, err) < 0)
		return -1;
	if (sim->is_failed) {
		err_set(err, ERR_RETRY, "stopped before everything was delivered");
		return -1;
	}
	report(sim, clock_monotonic_ms(clock_system()) - started_ms);
	return 0;
}

int main(int argc, char **argv)
{
	struct sim sim = {.options = {.seed = "2024"}};
	struct err err = {0};
	if (parse(argc, argv, &sim.options) < 0) {
		fputs(usage, stderr);
		return 64;
	}
	log_set_level(LOG_LEVEL_WARN);
	int rc = pack_read(sim.options.pack, &sim.pack, &err);
	if (rc == 0)
		rc = pack_registry(&sim.pack, &sim.registry, &err);
	if (rc == 0)
		rc = strcmp(sim.options.command, "keys") == 0 ? make_keys(&sim, &err) : run(&sim, &err);
	if (rc < 0)
		fprintf(stderr, "zhibao-sim: %s\n", err.text);
	for (size_t i = 0; i < sim.year.office_count; i++)
		office_fini(&sim.year.offices[i]);
	free(sim.year.offices);
	if (sim.log)
		fclose(sim.log);
	loop_free(&sim.loop);
	if (sim.zmq_context)
		zmq_ctx_term(sim.zmq_context);
	registry_free(&sim.registry);
	pack_fini(&sim.pack);
	return rc < 0 ? err_exit_code(err.code) : 0;
}
