/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "world.h"

static const char usage[] = "usage: zhibao-protosim [--seeds N] [--first SEED] [--trace]\n"
			    "Runs N seeds from SEED on; one seed with --trace shows every event. Exit 1 when a rule broke.\n";

struct totals {
	uint64_t paths[PATH_COUNT], records, stored;
	int64_t worst_recovery_ms;
};

static int run_all(uint64_t first, uint64_t count, bool trace, const char *dir, struct totals *totals)
{
	for (uint64_t seed = first; seed < first + count; seed++) {
		struct world_result result;
		world_run(seed, dir, trace, totals->paths, &result);
		totals->records += result.records;
		totals->stored += result.stored;
		if (result.recovery_ms > totals->worst_recovery_ms)
			totals->worst_recovery_ms = result.recovery_ms;
		if (result.fault[0]) {
			printf("seed %" PRIu64 ": %s\nreplay: zhibao-protosim --first %" PRIu64 " --seeds 1 --trace\n", seed,
			       result.fault, seed);
			return -1;
		}
	}
	return 0;
}

/* A run that never met a fault proves nothing about it. */
static int report_paths(const struct totals *totals, bool must_be_complete)
{
	int missing = 0;
	for (int path = PATH_NACK + 1; path < PATH_COUNT; path++) {
		printf("%-18s %" PRIu64 "\n", path_name(path), totals->paths[path]);
		missing += totals->paths[path] == 0;
	}
	if (missing && must_be_complete)
		printf("%d paths were never reached\n", missing);
	return must_be_complete ? missing : 0;
}

int main(int argc, char **argv)
{
	static struct totals totals;
	uint64_t first = 1, count = 2000;
	bool trace = false;
	struct timespec start, end;
	/* In memory where there is such a file system: every record is synced. */
	char memory[] = "/dev/shm/zhibao-protosim-XXXXXX", disk[] = "/tmp/zhibao-protosim-XXXXXX", *dir;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--seeds") == 0 && i + 1 < argc)
			count = strtoull(argv[++i], NULL, 10);
		else if (strcmp(argv[i], "--first") == 0 && i + 1 < argc)
			first = strtoull(argv[++i], NULL, 10);
		else if (strcmp(argv[i], "--trace") == 0)
			trace = true;
		else
			return fputs(usage, stderr), 64;
	}
	log_set_level(0); /* damage is ordered here, not news */
	dir = mkdtemp(memory);
	if (!dir)
		dir = mkdtemp(disk);
	if (!dir) {
		perror(disk);
		return 75;
	}
	clock_gettime(CLOCK_MONOTONIC, &start);
	int rc = run_all(first, count, trace, dir, &totals);
	clock_gettime(CLOCK_MONOTONIC, &end);
	int missing = report_paths(&totals, rc == 0 && count >= 1000);
	char command[64];
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	if (system(command) != 0)
		fprintf(stderr, "%s is left\n", dir);
	double seconds = (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
	if (rc == 0)
		printf("%" PRIu64 " seeds, %" PRIu64 " records, %" PRIu64
		       " rows, 0 lost, 0 twice; slowest recovery %.1f s (simulated); %.0f seeds/s\n",
		       count, totals.records, totals.stored, (double)totals.worst_recovery_ms / 1000,
		       seconds > 0 ? (double)count / seconds : 0);
	return rc < 0 || missing ? 1 : 0;
}
