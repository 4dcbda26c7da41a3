/* SPDX-License-Identifier: Apache-2.0 */
/* reportworker.h - puts down and makes the reports the calendar asks for, from a thread of its own
 * Thread: start and stop from the main thread; reportworker_status from any. */
#ifndef ZHIBAO_REPORTWORKER_H
#define ZHIBAO_REPORTWORKER_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "conf.h"
#include "reportjob.h"

struct reportworker;

struct reportworker_status {
	bool is_up;         /* the last look at the jobs succeeded */
	uint64_t delivered; /* by this process */
	uint64_t failed;    /* given up by this process */
	uint64_t retries;   /* tried again later */
	int64_t open_count; /* jobs not yet handed out, of all processes */
	int64_t failed_count;
	int64_t altered_count; /* files found altered at the last look at what was handed out, store and folder counted each */
	int64_t missing_count; /* files put in the folder and gone from it */
	int64_t verified_at_us; /* end of that look, 0 before the first */
};

/* Reads what it needs from conf, borrowed for its life. ERR_CONFIG for an unknown report in report.weekly or report.monthly. */
int reportworker_start(struct reportworker **out, const struct conf *conf, struct err *err);
void reportworker_stop(struct reportworker **worker); /* waits for the report that is being made */
struct reportworker_status reportworker_status(struct reportworker *worker);
/* Appends what the last look found, at most 1,000: a JSON array of job, format, fault (store_altered, folder_altered, folder_missing). */
void reportworker_findings(struct reportworker *worker, struct buf *out);

/* The options of jobs as conf has them. */
struct reportjob_options reportworker_job_options(const struct conf *conf);

#endif
