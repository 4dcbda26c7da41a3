/* SPDX-License-Identifier: Apache-2.0 */
/* pgcursor.h - the rows of one statement, a few at a time: the server keeps the rest
 * A connection has one cursor at most; it holds a transaction from open to close.
 * Thread: as the connection; pg_cancel from any. */
#ifndef ZHIBAO_PGCURSOR_H
#define ZHIBAO_PGCURSOR_H

#include "pg.h"

/* Begins a transaction and declares the cursor; sql is one SELECT. On -1 nothing is left open.
 * Errors as pg_exec, though a statement that fails while it runs shows at a fetch. */
int pg_cursor_open(struct pg *pg, const char *sql, const struct pg_param *params, size_t count,
		   struct err *err);
/* At most max_rows rows; none at the end. On -1 close. */
int pg_cursor_fetch(struct pg *pg, unsigned max_rows, struct pg_rows **rows_out, struct err *err);
void pg_cursor_close(struct pg *pg);

/* Asks the server to give up what runs on the connection, which must stay alive meanwhile; the call
 * that waits for it fails with ERR_RETRY. */
void pg_cancel(struct pg *pg);

#endif
