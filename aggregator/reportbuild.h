/* SPDX-License-Identifier: Apache-2.0 */
/* reportbuild.h - fills a report from the database: kinds of reports as tables of sections, each table one statement
 * The same request gives the same report: everything is read in one snapshot, as known at as_of.
 * Thread: one owner of the connection. */
#ifndef ZHIBAO_REPORTBUILD_H
#define ZHIBAO_REPORTBUILD_H

#include "buf.h"
#include "pg.h"
#include "report.h"

struct report_request {
	const char *report;     /* kind */
	const char *node;       /* office code */
	const char *parameters; /* canonical JSON, see report_parameters */
	int64_t as_of_us;
};

/* What stands behind a table of a report. Every statement takes node, on, as_of, period; its first column says whether the row
 * is the total, the others fill the columns in turn, rates from two. */
struct report_source {
	const char *name, *caption;
	const char *sql, *statement; /* text, and the name of its file */
	const struct report_column *columns;
	size_t column_count;
	const char *words; /* sentence over the table, {column} stands for a cell of its total row; or NULL */
	const char *empty; /* said instead of a table without rows */
	const char *note;  /* under the table, or NULL */
};

struct report_part {
	const char *name, *heading; /* heading NULL: none */
	const struct report_source *const *sources; /* ended by NULL */
	enum report_form_kind { REPORT_NO_FORM, REPORT_FORM_OF_OFFICE, REPORT_FORM_OF_SUBTREE } form; /* the official form goes first */
};

struct report_kind {
	const char *name, *title; /* title with %s for the name of the programme */
	enum report_style style;
	const struct report_part *parts; /* ended by a NULL name */
	bool needs_period;
	bool is_restricted; /* names persons: made by command for those who may see them, never handed out otherwise */
};

/* reportkinds.c */
extern const struct report_kind report_kinds[]; /* ended by a NULL name */
const struct report_kind *report_kind_find(const char *name); /* or NULL */

bool report_is_restricted(const char *name);
void report_restricted_names(struct buf *out); /* with a comma between */
/* Text of a statement behind a table or form by its name, or NULL. */
const char *report_statement_find(const char *name);

/* Canonical parameters: the period when the kind needs one, the day when it is not the day of as_of. period and on may be NULL and
 * negative: the period is then the half of the year in which as_of lies. ERR_USAGE when the period is unknown. */
int report_parameters(const struct report_kind *kind, const char *period, int32_t on, int64_t as_of_us, struct buf *out,
		      struct err *err);

/* reportform.c: the official form of an office or of a subtree; params are node, on, as_of, period. */
int report_form_fill(struct pg *pg, const struct pg_param params[4], bool is_consolidated, const char *programme_name, int year,
		     struct report *report, struct err *err);

const char *report_form_statement(bool is_consolidated); /* name of the statement with its cells */

/* reportcheck.c: the same figure from different statements is the same. 0, or -1 with ERR_DATA. */
int report_check_agreements(const struct report *report, struct err *err);

/* Fills out, which is not initialised before. ERR_NOT_FOUND for a kind or office that is not there, ERR_DATA for bad parameters,
 * ERR_RETRY. On -1 out is released. */
int report_build(struct pg *pg, const struct report_request *request, struct report *out, struct err *err);

#endif
