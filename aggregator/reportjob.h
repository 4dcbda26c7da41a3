/* SPDX-License-Identifier: Apache-2.0 */
/* reportjob.h - one report from its job to its files: rendered, checked, handed out
 * Every step is one transaction that moves the state, so a process that dies leaves a report that another goes on with, and
 * never half of one.
 * Thread: one owner of the connection. */
#ifndef ZHIBAO_REPORTJOB_H
#define ZHIBAO_REPORTJOB_H

#include "pg.h"
#include "reportbuild.h"
#include "reportwriter.h"

struct reportjob_options {
	struct report_fonts fonts;
	const char *dir; /* where files are put, "" for nowhere */
};

enum reportjob_outcome {
	REPORTJOB_NONE,      /* there was nothing to do */
	REPORTJOB_DELIVERED, /* checked and handed out */
	REPORTJOB_FAILED,    /* given up; the job says why and so does err */
	REPORTJOB_LATER      /* tried again later; err says why */
};

/* Takes a report (job 0: the oldest that is due) as far as it goes. *job_out: which one. On REPORTJOB_FAILED and
 * REPORTJOB_LATER err is filled; the connection may be down after REPORTJOB_LATER. */
enum reportjob_outcome reportjob_run(struct pg *pg, const struct reportjob_options *options, int64_t job, int64_t *job_out,
				     struct err *err);

/* Makes the report of a request anew, all four files. 0 or -1; files are empty on -1. Totals and row counts are checked. */
int reportjob_render(struct pg *pg, const struct report_request *request, const struct report_fonts *fonts, struct report *report,
		     struct report_file files[REPORT_FORMATS], struct err *err);
void reportjob_files_fini(struct report_file files[REPORT_FORMATS]);
/* The stored files of a report are what files holds, byte for byte, and their digests fit. 0, or -1 with ERR_DATA. */
int reportjob_compare(struct pg *pg, int64_t job, const struct report_file files[REPORT_FORMATS], struct err *err);
/* A stored file is what its digest says: 0, or -1 with ERR_DATA. Asked before it is handed out. */
int reportjob_check_stored(const char *format, const uint8_t *content, size_t len, const uint8_t *stored_sha256, size_t sha256_len,
			   struct err *err);
/* How a folder is told from those of other hosts: HOST:DIR. */
void reportjob_folder(const char *dir, struct buf *out);
/* Where a file lies in a folder: NODE-REPORT-DATE-JOB.FORMAT. */
void reportjob_path(const char *dir, const struct report_request *request, int64_t job, const char *format, struct buf *out);
/* Writes one file into a folder, in one step, readable by its owner only when the report is restricted; path_out may be NULL. */
int reportjob_export(const char *dir, const struct report_request *request, int64_t job, enum report_format format,
		     const struct buf *data, struct buf *path_out, struct err *err);

#endif
