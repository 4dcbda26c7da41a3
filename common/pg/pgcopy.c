/* SPDX-License-Identifier: Apache-2.0 */
#include "pgcopy.h"

#include <poll.h>

#include "pg_private.h"

enum { COPY_CHUNK_BYTES = 64 << 10 };

int pg_copy_begin(struct pg *pg, const char *sql, struct err *err)
{
	PGresult *result = PQexec(pg->conn, sql);
	int rc = PQresultStatus(result) == PGRES_COPY_IN ? 0 : pg_fail(pg, result, err);
	PQclear(result);
	return rc;
}

/* Waits for the link and does something else until then. */
static void wait_for_link(struct pg *pg, short events, const struct pg_meanwhile *meanwhile)
{
	struct pollfd waits[] = {{.fd = PQsocket(pg->conn), .events = events},
				 {.fd = meanwhile ? meanwhile->fd : -1, .events = POLLIN}};
	for (;;) {
		while (meanwhile && poll(waits, 1, 0) == 0 && meanwhile->step(meanwhile->context))
			;
		if (waits[0].revents != 0 || poll(waits, 2, -1) < 0 || waits[0].revents != 0)
			return;
	}
}

/* Until everything is with the system; what the server says in between is taken in. */
static bool flush(struct pg *pg, const struct pg_meanwhile *meanwhile)
{
	int rc;
	while ((rc = PQflush(pg->conn)) == 1) {
		wait_for_link(pg, POLLIN | POLLOUT, meanwhile);
		if (!PQconsumeInput(pg->conn))
			return false;
	}
	return rc == 0;
}

/* In pieces: a piece is one message to the server, which reads it whole into memory that it takes for it. */
static bool put_copy(struct pg *pg, const struct buf *rows, const struct pg_meanwhile *meanwhile)
{
	for (size_t at = 0; at < rows->len; at += COPY_CHUNK_BYTES) {
		size_t len = rows->len - at < COPY_CHUNK_BYTES ? rows->len - at : COPY_CHUNK_BYTES;
		if (PQputCopyData(pg->conn, rows->data + at, (int)len) != 1 || !flush(pg, meanwhile))
			return false;
	}
	return true;
}

static PGresult *next_result(struct pg *pg, const struct pg_meanwhile *meanwhile)
{
	while (PQisBusy(pg->conn)) {
		wait_for_link(pg, POLLIN, meanwhile);
		if (!PQconsumeInput(pg->conn))
			break;
	}
	return PQgetResult(pg->conn);
}

int pg_copy_put(struct pg *pg, const void *data, size_t len, struct err *err)
{
	if (PQputCopyData(pg->conn, data, (int)len) == 1)
		return 0;
	return pg_fail(pg, NULL, err);
}

int pg_copy_end(struct pg *pg, struct err *err)
{
	int rc = 0;
	if (PQputCopyEnd(pg->conn, NULL) != 1)
		return pg_fail(pg, NULL, err);
	for (PGresult *result; (result = PQgetResult(pg->conn));) {
		if (PQresultStatus(result) != PGRES_COMMAND_OK && rc == 0)
			rc = pg_fail(pg, result, err);
		PQclear(result);
		if (PQstatus(pg->conn) != CONNECTION_OK)
			break;
	}
	return rc;
}

int pg_copy(struct pg *pg, const char *sql, const struct buf *rows, struct err *err)
{
	if (rows->is_failed) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	if (pg_copy_begin(pg, sql, err) < 0)
		return -1;
	int rc = pg_copy_put(pg, rows->data, rows->len, err);
	int end = pg_copy_end(pg, rc == 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

static int send_copies(struct pg *pg, const struct pg_copy_data *copies, size_t count, struct err *err)
{
	struct buf text = {0};
	for (size_t i = 0; i < count; i++) {
		if (copies[i].rows->is_failed)
			text.is_failed = true;
		buf_text(&text, copies[i].sql);
		buf_text(&text, ";");
	}
	buf_text(&text, "COMMIT");
	int rc = 0;
	if (text.is_failed) {
		err_set(err, ERR_NOMEM, "内存不足");
		rc = -1;
	} else if (!PQsendQuery(pg->conn, buf_string(&text))) {
		rc = pg_fail(pg, NULL, err);
	}
	buf_fini(&text);
	return rc;
}

/* What the server asks for now, the rows of the next table. False when they could not be put, which only a lost link or memory
 * can cause: the server goes on asking for them, and the next table's would end up there. */
static bool feed(struct pg *pg, const struct pg_copy_data *copies, size_t count, size_t *started,
		 const struct pg_meanwhile *meanwhile)
{
	return *started < count && put_copy(pg, copies[(*started)++].rows, meanwhile) && PQputCopyEnd(pg->conn, NULL) == 1 &&
	       flush(pg, meanwhile);
}

/* The answers to the query: rows go out when they are asked for. Returns the answer to COMMIT, or the first error; NULL when the
 * connection had to be left, long before a COMMIT. */
static PGresult *run_copies(struct pg *pg, const struct pg_copy_data *copies, size_t count,
			    const struct pg_meanwhile *meanwhile)
{
	size_t started = 0;
	PGresult *last = NULL;
	flush(pg, meanwhile);
	for (PGresult *result; (result = next_result(pg, meanwhile));) {
		if (PQresultStatus(result) == PGRES_COPY_IN) {
			PQclear(result);
			if (feed(pg, copies, count, &started, meanwhile))
				continue;
			pg_leave(pg);
			PQclear(last);
			return NULL;
		}
		if (last && PQresultStatus(last) != PGRES_COMMAND_OK) {
			PQclear(result);
		} else {
			PQclear(last);
			last = result;
		}
		if (PQstatus(pg->conn) != CONNECTION_OK)
			break;
	}
	return last;
}

enum pg_outcome pg_copy_commit(struct pg *pg, const struct pg_copy_data *copies, size_t count,
			       const struct pg_meanwhile *meanwhile, struct err *err)
{
	pg->had_warning = false;
	PQsetnonblocking(pg->conn, 1);
	/* On failure nothing was sent, or the link is gone before a COMMIT could have been. */
	bool is_sent = send_copies(pg, copies, count, err) == 0;
	PGresult *last = is_sent ? run_copies(pg, copies, count, meanwhile) : NULL;
	PQsetnonblocking(pg->conn, 0);
	enum pg_outcome outcome = is_sent ? pg_judge_commit(pg, last, err) : PG_REFUSED;
	PQclear(last);
	return outcome;
}
