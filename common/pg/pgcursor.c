/* SPDX-License-Identifier: Apache-2.0 */
#include "pgcursor.h"

#include <stdio.h>

#include "pg_private.h"

enum { MAX_PARAMS = 16 };

static int declare(struct pg *pg, const char *text, const struct pg_param *params, size_t count,
		   struct err *err)
{
	Oid types[MAX_PARAMS];
	const char *values[MAX_PARAMS];
	int lengths[MAX_PARAMS], formats[MAX_PARAMS];
	for (size_t i = 0; i < count; i++) {
		types[i] = params[i].type;
		values[i] = params[i].len < 0     ? NULL
			    : params[i].is_inline ? (const char *)params[i].inline_data
						  : params[i].data;
		lengths[i] = params[i].len;
		formats[i] = 1;
	}
	PGresult *result = PQexecParams(pg->conn, text, (int)count, types, values, lengths,
					formats, 1);
	int rc = PQresultStatus(result) == PGRES_COMMAND_OK ? 0 : pg_fail(pg, result, err);
	PQclear(result);
	return rc;
}

int pg_cursor_open(struct pg *pg, const char *sql, const struct pg_param *params, size_t count,
		   struct err *err)
{
	struct buf text = {0};
	int rc = -1;
	if (count > MAX_PARAMS) {
		err_set(err, ERR_INTERNAL, "pg: too many parameters");
		return -1;
	}
	/* Everything will be read, so the plan must not favour the first rows. */
	if (pg_begin(pg, err) < 0 || pg_script(pg, "SET LOCAL cursor_tuple_fraction TO 1", err) < 0)
		goto out;
	buf_text(&text, "DECLARE zb_cursor NO SCROLL CURSOR FOR ");
	buf_text(&text, sql);
	if (text.is_failed)
		err_set(err, ERR_NOMEM, "内存不足");
	else
		rc = declare(pg, buf_string(&text), params, count, err);
out:
	buf_fini(&text);
	if (rc < 0)
		pg_rollback(pg);
	return rc;
}

int pg_cursor_fetch(struct pg *pg, unsigned max_rows, struct pg_rows **rows_out, struct err *err)
{
	char text[64];
	snprintf(text, sizeof(text), "FETCH FORWARD %u FROM zb_cursor", max_rows);
	*rows_out = NULL;
	PGresult *result = PQexecParams(pg->conn, text, 0, NULL, NULL, NULL, NULL, 1);
	if (PQresultStatus(result) != PGRES_TUPLES_OK) {
		pg_fail(pg, result, err);
		PQclear(result);
		return -1;
	}
	*rows_out = pg_rows_wrap(result);
	if (*rows_out)
		return 0;
	PQclear(result);
	err_set(err, ERR_NOMEM, "内存不足");
	return -1;
}

void pg_cursor_close(struct pg *pg)
{
	pg_rollback(pg);
}

void pg_cancel(struct pg *pg)
{
	char cause[256];
	PGcancel *cancel = PQgetCancel(pg->conn);
	if (cancel)
		PQcancel(cancel, cause, sizeof(cause));
	PQfreeCancel(cancel);
}
