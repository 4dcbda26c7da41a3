/* SPDX-License-Identifier: Apache-2.0 */
/* figures.h - what the benchmark programs measure: time, CPU, latencies; and how they wait for the
 * driver Thread: any; samples have one owner. */
#ifndef ZHIBAO_BENCH_FIGURES_H
#define ZHIBAO_BENCH_FIGURES_H

#include <stddef.h>
#include <stdint.h>

struct samples {
	int64_t *values;
	size_t count, size;
};

int64_t figures_now_us(void);            /* monotonic */
int64_t figures_own_cpu_us(void);        /* user and system time of this process, all threads */
int64_t figures_process_cpu_us(int pid); /* of another one, from /proc; 0 when it is gone */
void samples_add(struct samples *samples, int64_t value);
/* Sorts; the value that the share (0 to 1) of the samples does not exceed, 0 when there are none.
 */
int64_t samples_quantile(struct samples *samples, double share);
void samples_free(struct samples *samples);
/* Says "ready" and waits for a line: the driver looks at the CPU of other processes in between. */
void figures_wait_for_start(void);
/* Waits for the end of standard input: the driver has seen the result and looked again. */
void figures_wait_for_end(void);
/* A number above 0 for an option; ends the program with 64 when it is none. */
size_t figures_option(const char *name, const char *text);

#endif
