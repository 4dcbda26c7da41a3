/* SPDX-License-Identifier: Apache-2.0 */
#include "figures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int64_t read_us(clockid_t which)
{
	struct timespec now;
	clock_gettime(which, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t figures_now_us(void)
{
	return read_us(CLOCK_MONOTONIC);
}

int64_t figures_own_cpu_us(void)
{
	return read_us(CLOCK_PROCESS_CPUTIME_ID);
}

int64_t figures_process_cpu_us(int pid)
{
	char path[64], line[1024];
	long long user = 0, system = 0;
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	FILE *file = fopen(path, "r");
	if (!file)
		return 0;
	const char *rest = fgets(line, sizeof(line), file) ? strrchr(line, ')') : NULL;
	fclose(file);
	if (!rest || sscanf(rest, ") %*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %lld %lld", &user,
			    &system) != 2)
		return 0;
	return (user + system) * 1000000 / sysconf(_SC_CLK_TCK);
}

void samples_add(struct samples *samples, int64_t value)
{
	if (samples->count == samples->size) {
		samples->size = samples->size ? samples->size * 2 : 4096;
		samples->values =
			realloc(samples->values, samples->size * sizeof(*samples->values));
		if (!samples->values) {
			fputs("out of memory\n", stderr);
			exit(1);
		}
	}
	samples->values[samples->count++] = value;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

int64_t samples_quantile(struct samples *samples, double share)
{
	if (samples->count == 0)
		return 0;
	qsort(samples->values, samples->count, sizeof(*samples->values), compare);
	size_t at = (size_t)((double)samples->count * share);
	return samples->values[at < samples->count ? at : samples->count - 1];
}

void samples_free(struct samples *samples)
{
	free(samples->values);
	*samples = (struct samples){0};
}

void figures_wait_for_start(void)
{
	char line[64];
	puts("ready");
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		exit(1);
}

void figures_wait_for_end(void)
{
	char line[64];
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin))
		;
}

size_t figures_option(const char *name, const char *text)
{
	char *end;
	unsigned long long value = strtoull(text, &end, 10);
	if (*text && !*end && value > 0)
		return (size_t)value;
	fprintf(stderr, "--%s wants a number above 0, not \"%s\"\n", name, text);
	exit(64);
}
