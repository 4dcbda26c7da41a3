/* SPDX-License-Identifier: Apache-2.0 */
/* export.h - figures and records for other systems, a piece at a time (docs/exports.md)
 * sdmx: SDMX-CSV 2.0 of every figure; dhis2: dataValueSets JSON of the same; csv: the counting
 * records of one kind. The server keeps the rows; a piece is some hundred of them. Thread: one
 * owner; the connection is borrowed until the close. */
#ifndef ZHIBAO_EXPORT_H
#define ZHIBAO_EXPORT_H

#include "buf.h"
#include "catalog.h"
#include "err.h"
#include "pg.h"

struct export;
struct export_format;

struct export_options {
	const struct export_format *format;
	const struct catalog_kind *kind; /* csv only */
	const char *node;
	struct pg_param on;    /* date or NULL; not for csv */
	struct pg_param as_of; /* instant or NULL */
};

/* By name: sdmx, dhis2 or csv; NULL when there is none. */
const struct export_format *export_format_find(const char *name);
const char *export_content_type(const struct export_format *format);
const char *export_file_name(const struct export_format *format);
bool export_wants_kind(const struct export_format *format);

/* Begins a transaction on pg. ERR_DATA when the node is unknown, which may also show at the first
 * piece. */
int export_open(struct export **out, struct pg *pg, const struct export_options *options,
		struct err *err);
/* Appends the next piece to out: 1, 0 at the end, -1 when it failed. */
int export_next(struct export *export, struct buf *out, struct err *err);
void export_close(struct export **export);

/* One cell of a CSV file; is_text: from people, and so guarded against being taken for a formula.
 */
void export_cell(struct buf *out, const char *text, bool is_text);

#endif
