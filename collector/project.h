/* SPDX-License-Identifier: Apache-2.0 */
/* project.h - records as rows: COPY data per kind, driven by the catalogue
 * Thread: the store thread's. */
#ifndef ZHIBAO_PROJECT_H
#define ZHIBAO_PROJECT_H

#include "catalog.h"
#include "check.h"
#include "pgcopy.h"
#include "zhibao/v1/record.pb-c.h"

struct projection; /* rows that wait for their COPY */

struct row_head {
	const char *office_code, *author_office_code;
	int64_t received_at_us, batch_id; /* received_at_us 0: not known yet, projection_stamp tells it */
	uint64_t seq;
};

/* How far a projection has come. */
struct projection_mark {
	size_t rows[CATALOG_KIND_COUNT], stamps[CATALOG_KIND_COUNT];
};

int projection_new(struct projection **out, const char *schema, struct err *err); /* of the tables */
void projection_free(struct projection **projection);
void projection_reset(struct projection *projection);
/* Appends the row of a checked record. */
void projection_add(struct projection *projection, const struct record_view *view, const struct row_head *head);
void projection_mark(const struct projection *projection, struct projection_mark *mark_out);
void projection_cut(struct projection *projection, const struct projection_mark *mark); /* forgets what came after */
/* The instant of receipt of all rows that were added without one. */
void projection_stamp(struct projection *projection, int64_t received_at_us);
/* The kind of which rows wait, when there is one kind only; CATALOG_KIND_COUNT otherwise. Its rows so far. */
size_t projection_only_kind(const struct projection *projection, const struct buf **rows_out);

/* Column i of the table of a kind, in the order of its rows; false beyond the last one. */
struct projection_column {
	const char *name, *type;
	bool is_received_at;
};
bool projection_column(const struct catalog_kind *kind, size_t i, struct projection_column *out);
/* Lists the rows that wait as COPYs, at most CATALOG_KIND_COUNT; they stay until the projection is reset. */
size_t projection_copies(struct projection *projection, struct pg_copy_data *copies);
/* Copies all rows that wait into their tables, inside the caller's transaction. */
int projection_flush(struct projection *projection, struct pg *pg, struct err *err);

#endif
