/* SPDX-License-Identifier: Apache-2.0 */
#include "pg.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "pg_private.h"

enum { MAX_PARAMS = 64 };

static void on_notice(void *context, const PGresult *result)
{
	struct pg *pg = context;
	const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
	const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	if (severity && strcmp(severity, "WARNING") == 0) {
		pg->had_warning = true;
		log_warn("pg.notice", "text=\"%s\"", text ? text : "");
	}
}

int pg_fail(struct pg *pg, const PGresult *result, struct err *err)
{
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	snprintf(pg->sqlstate, sizeof(pg->sqlstate), "%.5s", state ? state : "");
	bool is_lost = PQstatus(pg->conn) != CONNECTION_OK || !pg->sqlstate[0];
	const char *class = pg->sqlstate;
	enum err_code code = ERR_DATA;
	if (is_lost || strncmp(class, "40", 2) == 0 || strncmp(class, "53", 2) == 0 ||
	    strncmp(class, "57", 2) == 0 || strncmp(class, "08", 2) == 0 ||
	    strncmp(class, "25006", 5) == 0 || strcmp(class, "55P03") == 0)
		code = ERR_RETRY;
	else if (strncmp(class, "42", 2) == 0)
		code = ERR_INTERNAL;
	const char *text = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	if (strcmp(class, "ZB001") == 0) {
		/* zhibao.refuse(): a rule of ours, already in words for the person. */
		err_set(err, ERR_DATA, "%s", text ? text : "");
		return -1;
	}
	err_set(err, code, "pg: %s%s%s", pg->sqlstate, pg->sqlstate[0] ? " " : "",
		text ? text : PQerrorMessage(pg->conn));
	return -1;
}

static int prepare_session(struct pg *pg, struct err *err)
{
	PQsetNoticeReceiver(pg->conn, on_notice, pg);
	pg->statement_count = 0;
	if (PQserverVersion(pg->conn) < 150000) {
		err_set(err, ERR_CONFIG, "pg: 需要 PostgreSQL 15 或更高版本");
		return -1;
	}
	/* Statements here take milliseconds; compiling them would take longer. */
	return pg_script(pg, "SET TimeZone TO 'UTC'; SET search_path TO zhibao, public; SET jit TO off", err);
}

int pg_open(struct pg **out, const char *conninfo, const char *application, struct err *err)
{
	*out = NULL;
	struct pg *pg = calloc(1, sizeof(*pg));
	if (!pg) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	const char *keys[] = {"dbname", "fallback_application_name", "connect_timeout", NULL};
	const char *values[] = {conninfo, application, "10", NULL};
	pg->conn = PQconnectdbParams(keys, values, 1);
	if (PQstatus(pg->conn) != CONNECTION_OK) {
		err_set(err, ERR_RETRY, "pg: 无法连接数据库：%s",
			pg->conn ? PQerrorMessage(pg->conn) : "out of memory");
		pg_close(&pg);
		return -1;
	}
	if (prepare_session(pg, err) < 0) {
		pg_close(&pg);
		return -1;
	}
	*out = pg;
	return 0;
}

void pg_close(struct pg **pg)
{
	if (!*pg)
		return;
	PQfinish((*pg)->conn);
	free(*pg);
	*pg = NULL;
}

bool pg_is_up(const struct pg *pg)
{
	return !pg->is_left && PQstatus(pg->conn) == CONNECTION_OK;
}

void pg_leave(struct pg *pg)
{
	pg->is_left = true;
}

bool pg_is_still_up(struct pg *pg)
{
	/* First come the words the server may have said, then the end of the connection. */
	return PQconsumeInput(pg->conn) && PQconsumeInput(pg->conn) && pg_is_up(pg);
}

int pg_reconnect(struct pg *pg, struct err *err)
{
	PQreset(pg->conn);
	pg->is_left = false;
	if (PQstatus(pg->conn) != CONNECTION_OK) {
		err_set(err, ERR_RETRY, "pg: 无法连接数据库：%s", PQerrorMessage(pg->conn));
		return -1;
	}
	return prepare_session(pg, err);
}

static int prepared_name(struct pg *pg, const char *sql, const Oid *types, int count, char *name,
			 size_t size, struct err *err)
{
	size_t i = 0;
	while (i < pg->statement_count && pg->statements[i] != sql)
		i++;
	snprintf(name, size, "s%zu", i);
	if (i < pg->statement_count)
		return 0;
	if (i == PG_STATEMENTS_MAX) {
		err_set(err, ERR_INTERNAL, "pg: too many statements");
		return -1;
	}
	PGresult *result = PQprepare(pg->conn, name, sql, count, types);
	int rc = PQresultStatus(result) == PGRES_COMMAND_OK ? 0 : pg_fail(pg, result, err);
	PQclear(result);
	if (rc == 0)
		pg->statements[pg->statement_count++] = sql;
	return rc;
}

int pg_prepare(struct pg *pg, const char *sql, struct err *err)
{
	char name[16];
	return prepared_name(pg, sql, NULL, 0, name, sizeof(name), err);
}

/* A statement with its parameters as libpq wants them. */
struct call {
	char name[16];
	Oid types[MAX_PARAMS];
	const char *values[MAX_PARAMS];
	int lengths[MAX_PARAMS], formats[MAX_PARAMS];
	int count;
};

static int make_call(struct pg *pg, const char *sql, const struct pg_param *params, size_t count, struct call *call,
		     struct err *err)
{
	if (count > MAX_PARAMS) {
		err_set(err, ERR_INTERNAL, "pg: too many parameters");
		return -1;
	}
	call->count = (int)count;
	for (size_t i = 0; i < count; i++) {
		call->types[i] = params[i].type;
		call->values[i] = params[i].len < 0	  ? NULL
				  : params[i].is_inline ? (const char *)params[i].inline_data
							: params[i].data;
		call->lengths[i] = params[i].len;
		call->formats[i] = 1;
	}
	return prepared_name(pg, sql, call->types, call->count, call->name, sizeof(call->name), err);
}

/* Takes the result. */
static int take_rows(struct pg *pg, PGresult *result, struct pg_rows **rows_out, struct err *err)
{
	ExecStatusType status = PQresultStatus(result);
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
		pg_fail(pg, result, err);
		PQclear(result);
		return -1;
	}
	if (!rows_out) {
		PQclear(result);
		return 0;
	}
	*rows_out = pg_rows_wrap(result);
	if (*rows_out)
		return 0;
	PQclear(result);
	err_set(err, ERR_NOMEM, "内存不足");
	return -1;
}

int pg_exec(struct pg *pg, const char *sql, const struct pg_param *params, size_t count,
	    struct pg_rows **rows_out, struct err *err)
{
	struct call call;
	if (rows_out)
		*rows_out = NULL;
	if (make_call(pg, sql, params, count, &call, err) < 0)
		return -1;
	return take_rows(pg, PQexecPrepared(pg->conn, call.name, call.count, call.values, call.lengths, call.formats, 1),
			 rows_out, err);
}

/* The results of a pipeline that holds BEGIN and one statement: the first one is not looked at, as the other fails with it. */
static int read_pipeline(struct pg *pg, struct pg_rows **rows_out, struct err *err)
{
	PGresult *answer = NULL;
	int order = 0;
	for (bool is_synced = false; !is_synced && PQstatus(pg->conn) == CONNECTION_OK;) {
		PGresult *result = PQgetResult(pg->conn);
		is_synced = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
		if (result && !is_synced && order++ == 1)
			answer = result;
		else
			PQclear(result);
	}
	PQexitPipelineMode(pg->conn);
	return take_rows(pg, answer, rows_out, err);
}

int pg_begin_exec(struct pg *pg, const char *sql, const struct pg_param *params, size_t count,
		  struct pg_rows **rows_out, struct err *err)
{
	struct call call;
	*rows_out = NULL;
	if (make_call(pg, sql, params, count, &call, err) < 0)
		return -1;
	if (!PQenterPipelineMode(pg->conn))
		return pg_fail(pg, NULL, err);
	if (PQsendQueryParams(pg->conn, "BEGIN", 0, NULL, NULL, NULL, NULL, 0) &&
	    PQsendQueryPrepared(pg->conn, call.name, call.count, call.values, call.lengths, call.formats, 1) &&
	    PQpipelineSync(pg->conn))
		return read_pipeline(pg, rows_out, err);
	pg_fail(pg, NULL, err);
	PQexitPipelineMode(pg->conn);
	return -1;
}

int pg_script(struct pg *pg, const char *sql, struct err *err)
{
	PGresult *result = PQexec(pg->conn, sql);
	ExecStatusType status = PQresultStatus(result);
	int rc = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ? 0 : pg_fail(pg, result, err);
	PQclear(result);
	return rc;
}

int pg_begin(struct pg *pg, struct err *err)
{
	return pg_script(pg, "BEGIN", err);
}

void pg_rollback(struct pg *pg)
{
	if (pg_is_up(pg) && PQtransactionStatus(pg->conn) != PQTRANS_IDLE)
		pg_script(pg, "ROLLBACK", NULL);
}

/* After fail: did a living server roll back? */
static enum pg_outcome judge_failure(const struct pg *pg)
{
	bool is_rolled_back = PQstatus(pg->conn) == CONNECTION_OK && pg->sqlstate[0] &&
			      strncmp(pg->sqlstate, "57", 2) != 0 && strncmp(pg->sqlstate, "08", 2) != 0;
	return is_rolled_back ? PG_REFUSED : PG_UNKNOWN;
}

enum pg_outcome pg_judge_commit(struct pg *pg, PGresult *result, struct err *err)
{
	if (PQresultStatus(result) == PGRES_COMMAND_OK) {
		/* COMMIT of a failed transaction answers ROLLBACK. A WARNING means that the wait for
		 * the standby was cancelled: stored here, perhaps not there. */
		enum pg_outcome outcome = strcmp(PQcmdStatus(result), "COMMIT") != 0 ? PG_REFUSED
					  : pg->had_warning			      ? PG_UNKNOWN
										      : PG_STORED;
		err_set(err, outcome == PG_REFUSED ? ERR_DATA : ERR_UNKNOWN, "pg: commit: %s",
			PQcmdStatus(result));
		return outcome;
	}
	pg_fail(pg, result, err);
	return judge_failure(pg);
}

enum pg_outcome pg_commit(struct pg *pg, struct err *err)
{
	pg->had_warning = false;
	PGresult *result = PQexec(pg->conn, "COMMIT");
	enum pg_outcome outcome = pg_judge_commit(pg, result, err);
	PQclear(result);
	return outcome;
}

enum pg_outcome pg_exec_commit(struct pg *pg, const char *sql, const struct pg_param *params, size_t count,
			       struct pg_rows **rows_out, struct err *err)
{
	struct call call;
	*rows_out = NULL;
	if (make_call(pg, sql, params, count, &call, err) < 0)
		return PG_REFUSED;
	pg->had_warning = false;
	/* The last answer: what goes wrong at the end of the transaction comes after the rows and takes their place. */
	PGresult *result = PQexecPrepared(pg->conn, call.name, call.count, call.values, call.lengths, call.formats, 1);
	if (take_rows(pg, result, rows_out, err) < 0)
		return *rows_out || PQstatus(pg->conn) != CONNECTION_OK ? PG_UNKNOWN : judge_failure(pg);
	if (!pg->had_warning)
		return PG_STORED;
	pg_rows_free(rows_out);
	err_set(err, ERR_UNKNOWN, "pg: commit with a warning");
	return PG_UNKNOWN;
}

const char *pg_sqlstate(const struct pg *pg)
{
	return pg->sqlstate;
}

bool pg_is_unique_violation(const struct pg *pg)
{
	return strcmp(pg->sqlstate, "23505") == 0;
}

int pg_wait_notify(struct pg *pg, int timeout_ms)
{
	PGnotify *notify = PQnotifies(pg->conn);
	if (!notify) {
		struct pollfd wait = {.fd = PQsocket(pg->conn), .events = POLLIN};
		int ready = poll(&wait, 1, timeout_ms);
		if (ready < 0 && errno != EINTR)
			return -1;
		if (ready > 0 && !PQconsumeInput(pg->conn))
			return -1;
		notify = PQnotifies(pg->conn);
	}
	if (!notify)
		return PQstatus(pg->conn) == CONNECTION_OK ? 0 : -1;
	while (notify) {
		PQfreemem(notify);
		notify = PQnotifies(pg->conn);
	}
	return 1;
}
