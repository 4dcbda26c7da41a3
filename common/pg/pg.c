/* SPDX-License-Identifier: Apache-2.0 */
#include "pg.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "pg_private.h"

enum { MAX_STATEMENTS = 128, MAX_PARAMS = 64, COPY_CHUNK_BYTES = 64 << 10 };

struct pg {
	PGconn *conn;
	const char *statements[MAX_STATEMENTS]; /* prepared, by address; name is s<index> */
	size_t statement_count;
	bool had_warning; /* since the flag was last cleared */
	char sqlstate[6];
};

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

static int fail(struct pg *pg, const PGresult *result, struct err *err)
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

PGconn *pg_connection(struct pg *pg)
{
	return pg->conn;
}

int pg_fail(struct pg *pg, const PGresult *result, struct err *err)
{
	return fail(pg, result, err);
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
	return PQstatus(pg->conn) == CONNECTION_OK;
}

bool pg_is_still_up(struct pg *pg)
{
	/* First come the words the server may have said, then the end of the connection. */
	return PQconsumeInput(pg->conn) && PQconsumeInput(pg->conn) && pg_is_up(pg);
}

int pg_reconnect(struct pg *pg, struct err *err)
{
	PQreset(pg->conn);
	if (PQstatus(pg->conn) != CONNECTION_OK) {
		err_set(err, ERR_RETRY, "pg: 无法连接数据库：%s", PQerrorMessage(pg->conn));
		return -1;
	}
	return prepare_session(pg, err);
}

static struct pg_param fixed(unsigned type, uint64_t value, int len)
{
	struct pg_param param = {.type = type, .len = len, .is_inline = true};
	for (int i = 0; i < len; i++)
		param.inline_data[i] = (uint8_t)(value >> (8 * (len - 1 - i)));
	return param;
}

struct pg_param pg_text(const char *text)
{
	return (struct pg_param){.type = TYPE_TEXT, .data = text, .len = text ? (int)strlen(text) : -1};
}

struct pg_param pg_int4(int32_t value)
{
	return fixed(TYPE_INT4, (uint32_t)value, 4);
}

struct pg_param pg_int8(int64_t value)
{
	return fixed(TYPE_INT8, (uint64_t)value, 8);
}

struct pg_param pg_bool(bool value)
{
	return fixed(TYPE_BOOL, value, 1);
}

struct pg_param pg_bytea(const void *data, size_t len)
{
	return (struct pg_param){.type = TYPE_BYTEA, .data = data, .len = data ? (int)len : -1};
}

struct pg_param pg_uuid(const uint8_t *bytes)
{
	return (struct pg_param){.type = TYPE_UUID, .data = bytes, .len = bytes ? 16 : -1};
}

struct pg_param pg_date(int32_t date_on)
{
	return fixed(TYPE_DATE, (uint32_t)(date_on - PG_EPOCH_DAYS), 4);
}

struct pg_param pg_instant(int64_t instant_at_us)
{
	return fixed(TYPE_INSTANT, (uint64_t)(instant_at_us - pg_epoch_us), 8);
}

struct pg_param pg_array(enum copyrow_element element, const struct buf *array)
{
	unsigned type = element == COPYROW_INT8	   ? TYPE_INT8_ARRAY
			: element == COPYROW_TEXT  ? TYPE_TEXT_ARRAY
			: element == COPYROW_BYTEA ? TYPE_BYTEA_ARRAY
						   : TYPE_UUID_ARRAY;
	return (struct pg_param){.type = type, .data = array->data + 4, .len = (int)array->len - 4};
}

struct pg_param pg_null_int8(void)
{
	return (struct pg_param){.type = TYPE_INT8, .len = -1};
}

struct pg_param pg_null_int4(void)
{
	return (struct pg_param){.type = TYPE_INT4, .len = -1};
}

struct pg_param pg_null_date(void)
{
	return (struct pg_param){.type = TYPE_DATE, .len = -1};
}

struct pg_param pg_null_instant(void)
{
	return (struct pg_param){.type = TYPE_INSTANT, .len = -1};
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
	if (i == MAX_STATEMENTS) {
		err_set(err, ERR_INTERNAL, "pg: too many statements");
		return -1;
	}
	PGresult *result = PQprepare(pg->conn, name, sql, count, types);
	int rc = PQresultStatus(result) == PGRES_COMMAND_OK ? 0 : fail(pg, result, err);
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
		fail(pg, result, err);
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
		return fail(pg, NULL, err);
	if (PQsendQueryParams(pg->conn, "BEGIN", 0, NULL, NULL, NULL, NULL, 0) &&
	    PQsendQueryPrepared(pg->conn, call.name, call.count, call.values, call.lengths, call.formats, 1) &&
	    PQpipelineSync(pg->conn))
		return read_pipeline(pg, rows_out, err);
	fail(pg, NULL, err);
	PQexitPipelineMode(pg->conn);
	return -1;
}

int pg_script(struct pg *pg, const char *sql, struct err *err)
{
	PGresult *result = PQexec(pg->conn, sql);
	ExecStatusType status = PQresultStatus(result);
	int rc = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ? 0 : fail(pg, result, err);
	PQclear(result);
	return rc;
}

int pg_begin(struct pg *pg, struct err *err)
{
	return pg_script(pg, "BEGIN", err);
}

void pg_rollback(struct pg *pg)
{
	if (PQstatus(pg->conn) == CONNECTION_OK && PQtransactionStatus(pg->conn) != PQTRANS_IDLE)
		pg_script(pg, "ROLLBACK", NULL);
}

/* After fail: did a living server roll back? */
static enum pg_outcome judge_failure(const struct pg *pg)
{
	bool is_rolled_back = PQstatus(pg->conn) == CONNECTION_OK && pg->sqlstate[0] &&
			      strncmp(pg->sqlstate, "57", 2) != 0 && strncmp(pg->sqlstate, "08", 2) != 0;
	return is_rolled_back ? PG_REFUSED : PG_UNKNOWN;
}

/* What the answer to COMMIT means. An error from a living server rolled back; a lost link proves nothing. */
static enum pg_outcome judge_commit(struct pg *pg, PGresult *result, struct err *err)
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
	fail(pg, result, err);
	return judge_failure(pg);
}

enum pg_outcome pg_commit(struct pg *pg, struct err *err)
{
	pg->had_warning = false;
	PGresult *result = PQexec(pg->conn, "COMMIT");
	enum pg_outcome outcome = judge_commit(pg, result, err);
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

int pg_copy_begin(struct pg *pg, const char *sql, struct err *err)
{
	PGresult *result = PQexec(pg->conn, sql);
	int rc = PQresultStatus(result) == PGRES_COPY_IN ? 0 : fail(pg, result, err);
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
	return fail(pg, NULL, err);
}

int pg_copy_end(struct pg *pg, struct err *err)
{
	int rc = 0;
	if (PQputCopyEnd(pg->conn, NULL) != 1)
		return fail(pg, NULL, err);
	for (PGresult *result; (result = PQgetResult(pg->conn));) {
		if (PQresultStatus(result) != PGRES_COMMAND_OK && rc == 0)
			rc = fail(pg, result, err);
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
		rc = fail(pg, NULL, err);
	}
	buf_fini(&text);
	return rc;
}

/* The answers to the query: rows go out when they are asked for. Returns the answer to COMMIT, or the first error. */
static PGresult *run_copies(struct pg *pg, const struct pg_copy_data *copies, size_t count,
			    const struct pg_meanwhile *meanwhile)
{
	size_t started = 0;
	PGresult *last = NULL;
	flush(pg, meanwhile);
	for (PGresult *result; (result = next_result(pg, meanwhile));) {
		ExecStatusType status = PQresultStatus(result);
		if (status == PGRES_COPY_IN && started < count) {
			/* What goes wrong here is told by the next result. */
			if (put_copy(pg, copies[started++].rows, meanwhile) && PQputCopyEnd(pg->conn, NULL) == 1)
				flush(pg, meanwhile);
			PQclear(result);
		} else if (last && PQresultStatus(last) != PGRES_COMMAND_OK) {
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
	enum pg_outcome outcome = is_sent ? judge_commit(pg, last, err) : PG_REFUSED;
	PQclear(last);
	return outcome;
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
