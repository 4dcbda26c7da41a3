/* SPDX-License-Identifier: Apache-2.0 */
/* zhibao-bench-agents - the subject's load: agents with real sockets and real messages
 * zhibao-bench-agents keys N  prints N lines "public secret" (Z85)
 * Otherwise connects --agents agents, opens their sessions, prints "ready", waits for a line and
 * then runs one of
 *   --batches B           B batches of each agent, made before the clock starts; ends when all are
 *                         acknowledged
 *   --seconds S           batches made as they are sent, as fast as they are taken
 *   --seconds S --rate R  the same, R records a second due whether or not they are taken
 * Endpoints of several collectors are separated by commas; each agent goes to its own first choice, and elsewhere as
 * real ones do. SIGINT ends the S seconds at once.
 * --honest MS adds an agent, in a thread of its own, that has one record to send every MS milliseconds. Prints one line of
 * JSON, waits for the end of its input. Figures of the time are those of the S seconds; what is in
 * flight then is waited for. */
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <zmq.h>

#include "fleet.h"

enum { DRAIN_US = 120000000 };

struct options {
	struct fleet_options fleet;
	const char *keys_path;
	size_t seconds, rate, honest_ms;
};

static int write_keys(size_t count)
{
	char public_key[KEY_TEXT_SIZE], secret_key[KEY_TEXT_SIZE];
	for (size_t i = 0; i < count; i++) {
		zmq_curve_keypair(public_key, secret_key);
		printf("%s %s\n", public_key, secret_key);
	}
	return 0;
}

static void read_options(struct options *out, int argc, char **argv)
{
	static const struct option options[] = {{"keys", required_argument, NULL, 'k'},
						{"endpoint", required_argument, NULL, 'e'},
						{"server-key", required_argument, NULL, 's'},
						{"agents", required_argument, NULL, 'a'},
						{"batches", required_argument, NULL, 'b'},
						{"records", required_argument, NULL, 'm'},
						{"window", required_argument, NULL, 'w'},
						{"seconds", required_argument, NULL, 't'},
						{"rate", required_argument, NULL, 'r'},
						{"honest", required_argument, NULL, 'h'},
						{NULL, 0, NULL, 0}};
	struct {
		int letter;
		size_t *value;
	} numbers[] = {{'a', &out->fleet.agents},  {'b', &out->fleet.batches},
		       {'m', &out->fleet.records}, {'w', &out->fleet.window},
		       {'t', &out->seconds},       {'r', &out->rate},
		       {'h', &out->honest_ms}};
	int letter, at = 0;
	while ((letter = getopt_long(argc, argv, "", options, &at)) > 0) {
		if (letter == '?')
			exit(64);
		if (letter == 'k')
			out->keys_path = optarg;
		else if (letter == 'e')
			out->fleet.endpoints = optarg;
		else if (letter == 's')
			out->fleet.server_key = optarg;
		for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
			if (letter == numbers[i].letter)
				*numbers[i].value = figures_option(options[at].name, optarg);
	}
	out->fleet.rate = (double)out->rate;
	out->fleet.honest_s = (double)out->honest_ms / 1e3;
	if (out->keys_path && out->fleet.endpoints && out->fleet.server_key &&
	    (out->fleet.batches > 0) != (out->seconds > 0))
		return;
	fputs("usage: zhibao-bench-agents keys N\n"
	      "       zhibao-bench-agents --keys FILE --endpoint TCP[,TCP] --server-key Z85\n"
	      "       [--agents N] [--records M] [--window W]\n"
	      "       (--batches B | --seconds S [--rate R] [--honest MS])\n",
	      stderr);
	exit(64);
}

/* Two descriptors for each agent. */
static void raise_limits(void)
{
	struct rlimit files;
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
}

/* Fleets that run beside each other: the agents, and the small one if there is one. It has a thread and sockets of its own, as it has a
 * machine of its own where it is real: what it waits for is the collector, not those who load it. */
struct course {
	struct fleet fleet;
	size_t seconds;
	uint64_t rows_in_time;
	int64_t in_time_us;
	bool is_going; /* at the end: something was never acknowledged */
};

static void print_result(struct course *courses, size_t count, int64_t own_us)
{
	struct fleet sum = {0};
	struct samples *latencies = &courses[0].fleet.latencies, *honest = &courses[count - 1].fleet.honest_latencies;
	double seconds = (double)courses[0].in_time_us / 1e6;
	uint64_t made = 0;
	for (size_t c = 0; c < count; c++) {
		const struct fleet *fleet = &courses[c].fleet;
		for (size_t i = 0; i < fleet->count; i++)
			made += fleet->peers[i].made * fleet->peers[i].records;
		sum.rows_acked += fleet->rows_acked;
		sum.rows_honest += fleet->rows_honest;
		sum.nacks += fleet->nacks;
		sum.resent += fleet->resent;
		sum.reconnects += fleet->reconnects;
		sum.moves += fleet->moves;
		sum.quarantined += fleet->quarantined;
	}
	printf("{\"rows\": %llu, \"rows_made\": %llu, \"rows_in_time\": %llu, \"seconds\": %.6f, "
	       "\"rows_per_s\": %.1f, \"p50_us\": %lld, \"p99_us\": %lld, \"own_cpu_us\": %lld, "
	       "\"nacks\": %llu, \"resent\": %llu, \"reconnects\": %llu, \"moves\": %llu, \"quarantined\": %llu, "
	       "\"honest_rows\": %llu, \"honest_p50_us\": %lld, \"honest_p99_us\": %lld, "
	       "\"honest_max_us\": %lld}\n",
	       (unsigned long long)(sum.rows_acked + sum.rows_honest), (unsigned long long)made,
	       (unsigned long long)courses[0].rows_in_time, seconds, (double)courses[0].rows_in_time / seconds,
	       (long long)samples_quantile(latencies, 0.5), (long long)samples_quantile(latencies, 0.99), (long long)own_us,
	       (unsigned long long)sum.nacks, (unsigned long long)sum.resent, (unsigned long long)sum.reconnects,
	       (unsigned long long)sum.moves, (unsigned long long)sum.quarantined, (unsigned long long)sum.rows_honest,
	       (long long)samples_quantile(honest, 0.5), (long long)samples_quantile(honest, 0.99),
	       (long long)samples_quantile(honest, 1));
}

static volatile sig_atomic_t is_told_to_end;

static void on_interrupt(int number)
{
	(void)number;
	is_told_to_end = 1;
}

static void *follow(void *context)
{
	struct course *course = context;
	struct fleet *fleet = &course->fleet;
	course->is_going = true;
	fleet_start(fleet, (int64_t)course->seconds);
	while (course->is_going) {
		course->is_going = fleet_step(fleet);
		int64_t now_us = figures_now_us();
		if (is_told_to_end && now_us < fleet->stop_us)
			fleet->stop_us = now_us;
		if (fleet->stop_us > 0 && now_us >= fleet->stop_us && course->in_time_us == 0) {
			course->in_time_us = now_us - fleet->began_us;
			course->rows_in_time = fleet->rows_acked;
		}
		if (fleet->stop_us > 0 && now_us > fleet->stop_us + DRAIN_US)
			break;
	}
	if (course->in_time_us == 0) {
		course->in_time_us = figures_now_us() - fleet->began_us;
		course->rows_in_time = fleet->rows_acked;
	}
	return NULL;
}

/* Returns 0, or 1 when something was never acknowledged. */
static int run(struct course *courses, size_t count)
{
	pthread_t beside;
	int64_t own_us = figures_own_cpu_us();
	signal(SIGINT, on_interrupt);
	if (count > 1 && pthread_create(&beside, NULL, follow, &courses[1]) != 0) {
		fputs("no thread\n", stderr);
		exit(1);
	}
	follow(&courses[0]);
	if (count > 1)
		pthread_join(beside, NULL);
	own_us = figures_own_cpu_us() - own_us;
	print_result(courses, count, own_us);
	figures_wait_for_end();
	return courses[0].is_going || courses[count - 1].is_going ? 1 : 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "keys") == 0)
		return write_keys(figures_option("keys", argv[2]));
	struct options options = {.fleet = {.agents = 200, .records = 200, .window = 4}};
	struct load_key *keys;
	static struct course courses[2];
	read_options(&options, argc, argv);
	raise_limits();
	size_t count = options.honest_ms > 0 ? 2 : 1, wanted = options.fleet.agents + count - 1;
	struct fleet_options small = options.fleet;
	small.agents = 0;
	options.fleet.honest_s = 0;
	if (load_keys(options.keys_path, wanted, &keys) < wanted) {
		fprintf(stderr, "%s: fewer than %zu keys\n", options.keys_path, wanted);
		return 1;
	}
	for (size_t c = 0; c < count; c++) {
		fleet_open(&courses[c].fleet, c ? &small : &options.fleet, keys + (c ? options.fleet.agents : 0));
		courses[c].seconds = options.seconds;
	}
	figures_wait_for_start();
	int rc = run(courses, count);
	for (size_t c = 0; c < count; c++)
		fleet_close(&courses[c].fleet);
	free(keys);
	return rc;
}
