/* SPDX-License-Identifier: Apache-2.0 */
/* pg_private.h - what pg.c and pgrows.c share; not for other folders */
#ifndef ZHIBAO_PG_PRIVATE_H
#define ZHIBAO_PG_PRIVATE_H

#include <libpq-fe.h>
#include <stdint.h>

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

struct pg;
struct err;

PGconn *pg_connection(struct pg *pg);
/* Fills err and the state of the connection from a failed result; returns -1. */
int pg_fail(struct pg *pg, const PGresult *result, struct err *err);
struct pg_rows *pg_rows_wrap(PGresult *result); /* takes the result; NULL when memory is out */

#endif
