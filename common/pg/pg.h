/* SPDX-License-Identifier: Apache-2.0 */
/* pg.h - one PostgreSQL connection: prepared statements, transactions with three outcomes
 * Every call blocks until the server has answered. libpq's types stay inside this folder.
 * Thread: a connection has one user at a time. */
#ifndef ZHIBAO_PG_H
#define ZHIBAO_PG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "pgparam.h"
#include "pgrows.h"

struct pg;

/* Connects (UTC, PostgreSQL 15 or later). conninfo is copied; application shows in pg_stat_activity.
 * Returns 0 and an owned connection, or -1 with ERR_RETRY (not reachable) or ERR_CONFIG. */
int pg_open(struct pg **out, const char *conninfo, const char *application, struct err *err);
void pg_close(struct pg **pg);
bool pg_is_up(const struct pg *pg);
/* The same of a connection that was idle, after a look at whether the server has ended it meanwhile. */
bool pg_is_still_up(struct pg *pg);
/* The connection is no good any more, though the server may not have ended it: it is not up from now on. */
void pg_leave(struct pg *pg);
/* Connects again after the link was lost or left; statements are prepared again when used. */
int pg_reconnect(struct pg *pg, struct err *err);

/* Runs one statement, prepared at its first use; sql must be a constant that outlives the connection.
 * rows_out may be NULL. On -1 pg_sqlstate tells why: ERR_DATA (refused), ERR_RETRY (try again),
 * ERR_INTERNAL (our statement is wrong). */
int pg_exec(struct pg *pg, const char *sql, const struct pg_param *params, size_t count,
	    struct pg_rows **rows_out, struct err *err);
/* Prepares without running, for the test that checks every statement against the schema. */
int pg_prepare(struct pg *pg, const char *sql, struct err *err);
/* Runs text without parameters, such as SAVEPOINT. */
int pg_script(struct pg *pg, const char *sql, struct err *err);

enum pg_outcome {
	PG_STORED,  /* committed and, where asked for, replicated */
	PG_REFUSED, /* certainly not stored */
	PG_UNKNOWN  /* link lost or a WARNING came with the COMMIT: ask again, keys make repeats harmless */
};
int pg_begin(struct pg *pg, struct err *err);
/* BEGIN and one statement as pg_exec, sent together: one wait less. On -1 a transaction may be open; roll back. */
int pg_begin_exec(struct pg *pg, const char *sql, const struct pg_param *params, size_t count,
		  struct pg_rows **rows_out, struct err *err);
void pg_rollback(struct pg *pg);
enum pg_outcome pg_commit(struct pg *pg, struct err *err);

/* One statement as a transaction of its own. Rows come with PG_STORED only. */
enum pg_outcome pg_exec_commit(struct pg *pg, const char *sql, const struct pg_param *params, size_t count,
			       struct pg_rows **rows_out, struct err *err);

/* Five characters of the last failure, "" when the link broke or nothing failed. */
const char *pg_sqlstate(const struct pg *pg);
bool pg_is_unique_violation(const struct pg *pg);

/* Waits up to timeout_ms for a NOTIFY on any channel listened to; returns 1, 0 on timeout, -1 when lost. */
int pg_wait_notify(struct pg *pg, int timeout_ms);

#endif
