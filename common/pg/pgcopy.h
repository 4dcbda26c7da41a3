/* SPDX-License-Identifier: Apache-2.0 */
/* pgcopy.h - rows in binary form into a table, alone or as a transaction of many tables
 * Thread: as the connection. */
#ifndef ZHIBAO_PGCOPY_H
#define ZHIBAO_PGCOPY_H

#include "copyrow.h"
#include "pg.h"

/* COPY ... FROM STDIN (FORMAT binary): begin, put rows made with copyrow.h, end. */
int pg_copy_begin(struct pg *pg, const char *sql, struct err *err);
int pg_copy_put(struct pg *pg, const void *data, size_t len, struct err *err);
int pg_copy_end(struct pg *pg, struct err *err);
/* All three for rows that are complete, copyrow_tail included; ERR_NOMEM when the buf had failed. */
int pg_copy(struct pg *pg, const char *sql, const struct buf *rows, struct err *err);

struct pg_copy_data {
	const char *sql;        /* COPY ... FROM STDIN (FORMAT binary) */
	const struct buf *rows; /* complete, copyrow_tail included */
};
/* What the caller does while the server works: step does a little of it, false when there is nothing for now; the descriptor
 * becomes readable when there is something again. It must not use the connection. */
struct pg_meanwhile {
	bool (*step)(void *context);
	void *context;
	int fd;
};
/* Up to PG_COPIES_MAX of them and then COMMIT, in one query: each statement alone would be one more wait.
 * meanwhile may be NULL. */
enum { PG_COPIES_MAX = 32 };
enum pg_outcome pg_copy_commit(struct pg *pg, const struct pg_copy_data *copies, size_t count,
			       const struct pg_meanwhile *meanwhile, struct err *err);

#endif
