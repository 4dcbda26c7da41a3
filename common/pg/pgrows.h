/* SPDX-License-Identifier: Apache-2.0 */
/* pgrows.h - rows that came back, read in binary form
 * A column of another type or length than asked for marks the rows as bad and reads as zero or "";
 * look at pg_rows_check before believing what was read. NULL reads as zero or "" and is not bad.
 * Thread: one owner. */
#ifndef ZHIBAO_PGROWS_H
#define ZHIBAO_PGROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

struct pg_rows;

void pg_rows_free(struct pg_rows **rows);
int pg_rows_count(const struct pg_rows *rows);
bool pg_is_null(const struct pg_rows *rows, int row, int column);
const char *pg_get_text(struct pg_rows *rows, int row, int column); /* borrowed; text, varchar, json */
int64_t pg_get_int(struct pg_rows *rows, int row, int column);      /* int2, int4, int8 */
bool pg_get_bool(struct pg_rows *rows, int row, int column);
int32_t pg_get_date(struct pg_rows *rows, int row, int column); /* days since 1970-01-01 */
int64_t pg_get_instant(struct pg_rows *rows, int row, int column);
const uint8_t *pg_get_bytes(struct pg_rows *rows, int row, int column, size_t *len_out); /* bytea */
/* 16 bytes; all zero when NULL. */
void pg_get_uuid(struct pg_rows *rows, int row, int column, uint8_t out[16]);
/* 0 when every read fitted, or -1 with ERR_INTERNAL. */
int pg_rows_check(const struct pg_rows *rows, struct err *err);

#endif
