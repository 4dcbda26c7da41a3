/* SPDX-License-Identifier: Apache-2.0 */
/* reportverify.h - files that were handed out against their digests, in the store and in the folder they were put in
 * Thread: one owner of the connection; reads files one by one. */
#ifndef ZHIBAO_REPORTVERIFY_H
#define ZHIBAO_REPORTVERIFY_H

#include "err.h"
#include "pg.h"

enum report_fault {
	REPORT_STORE_ALTERED,  /* what is stored is not what its digest says, or is gone */
	REPORT_FOLDER_ALTERED, /* what lies in the folder is not */
	REPORT_FOLDER_MISSING, /* it was put in this folder and is there no longer */
	REPORT_FAULTS
};

struct report_finding { /* borrowed during the call */
	int64_t job;
	const char *format, *path; /* path "" for the store */
	enum report_fault fault;
	const char *cause; /* sentence */
};

struct report_look {
	int64_t job;                     /* the newest that was looked at, 0 to begin with */
	int64_t files;                   /* looked at */
	int64_t findings[REPORT_FAULTS]; /* by fault */
	const char *dir;                 /* report.dir, "" for none */
	void (*on_finding)(void *context, const struct report_finding *finding);
	void *context;
};

/* Looks at the files of the next report. 1, 0 when there is none, -1. Only what was put in dir of this host can be missing there: another
 * aggregator may have a folder of its own. */
int reportverify_next(struct pg *pg, struct report_look *look, struct err *err);
/* Files that are not what their digests say, store and folder counted each. */
int64_t reportverify_altered(const struct report_look *look);

#endif
