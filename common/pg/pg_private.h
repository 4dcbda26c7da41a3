/* SPDX-License-Identifier: Apache-2.0 */
/* pg_private.h - what the files of a connection share; not for other folders */
#ifndef ZHIBAO_PG_PRIVATE_H
#define ZHIBAO_PG_PRIVATE_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pg.h"

enum pg_type {
	TYPE_BOOL = 16,
	TYPE_BYTEA = 17,
	TYPE_INT8 = 20,
	TYPE_BYTEA_ARRAY = 1001,
	TYPE_TEXT_ARRAY = 1009,
	TYPE_INT8_ARRAY = 1016,
	TYPE_UUID_ARRAY = 2951,
	TYPE_INT2 = 21,
	TYPE_INT4 = 23,
	TYPE_TEXT = 25,
	TYPE_JSON = 114,
	TYPE_VARCHAR = 1043,
	TYPE_DATE = 1082,
	TYPE_INSTANT = 1184,
	TYPE_UUID = 2950
};

/* PostgreSQL counts from 2000-01-01. */
enum { PG_EPOCH_DAYS = 10957 };
static const int64_t pg_epoch_us = 946684800LL * 1000000;

enum { PG_STATEMENTS_MAX = 128 };

struct pg {
	PGconn *conn;
	const char *statements[PG_STATEMENTS_MAX]; /* prepared, by address; name is s<index> */
	size_t statement_count;
	bool had_warning; /* since the flag was last cleared */
	bool is_left;     /* the connection is not to be used any more */
	char sqlstate[6];
};

/* Fills err and the state of the connection from a failed result; returns -1. */
int pg_fail(struct pg *pg, const PGresult *result, struct err *err);
/* What the answer to COMMIT means. An error from a living server rolled back; a lost link proves nothing. had_warning tells
 * of the time since the transaction was sent to its end. */
enum pg_outcome pg_judge_commit(struct pg *pg, PGresult *result, struct err *err);
struct pg_rows *pg_rows_wrap(PGresult *result); /* takes the result; NULL when memory is out */

#endif
