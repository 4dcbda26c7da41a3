/* SPDX-License-Identifier: Apache-2.0 */
#include "pgrows.h"

#include <stdlib.h>
#include <string.h>

#include "pg_private.h"

struct pg_rows {
	PGresult *result;
	bool is_bad;
	char complaint[160];
};

struct pg_rows *pg_rows_wrap(PGresult *result)
{
	struct pg_rows *rows = calloc(1, sizeof(*rows));
	if (rows)
		rows->result = result;
	return rows;
}

void pg_rows_free(struct pg_rows **rows)
{
	if (!*rows)
		return;
	PQclear((*rows)->result);
	free(*rows);
	*rows = NULL;
}

int pg_rows_count(const struct pg_rows *rows)
{
	return PQntuples(rows->result);
}

bool pg_is_null(const struct pg_rows *rows, int row, int column)
{
	return PQgetisnull(rows->result, row, column) != 0;
}

static const unsigned char *cell(struct pg_rows *rows, int row, int column, unsigned type, int len)
{
	static const unsigned char zeros[16];
	if (row >= PQntuples(rows->result) || column >= PQnfields(rows->result) ||
	    PQftype(rows->result, column) != type) {
		if (!rows->is_bad)
			snprintf(rows->complaint, sizeof(rows->complaint),
				 "row %d column %d is not of type %u", row, column, type);
		rows->is_bad = true;
		return zeros;
	}
	if (PQgetisnull(rows->result, row, column))
		return zeros;
	if (len >= 0 && PQgetlength(rows->result, row, column) != len) {
		snprintf(rows->complaint, sizeof(rows->complaint), "row %d column %d has %d bytes", row,
			 column, PQgetlength(rows->result, row, column));
		rows->is_bad = true;
		return zeros;
	}
	return (const unsigned char *)PQgetvalue(rows->result, row, column);
}

static uint64_t read_be(const unsigned char *at, int len)
{
	uint64_t value = 0;
	for (int i = 0; i < len; i++)
		value = value << 8 | at[i];
	return value;
}

const char *pg_get_text(struct pg_rows *rows, int row, int column)
{
	unsigned type = column < PQnfields(rows->result) ? PQftype(rows->result, column) : 0;
	if (type != TYPE_VARCHAR && type != TYPE_JSON)
		type = TYPE_TEXT;
	return (const char *)cell(rows, row, column, type, -1);
}

int64_t pg_get_int(struct pg_rows *rows, int row, int column)
{
	switch (column < PQnfields(rows->result) ? PQftype(rows->result, column) : 0) {
	case TYPE_INT2:
		return (int16_t)read_be(cell(rows, row, column, TYPE_INT2, 2), 2);
	case TYPE_INT4:
		return (int32_t)read_be(cell(rows, row, column, TYPE_INT4, 4), 4);
	default:
		return (int64_t)read_be(cell(rows, row, column, TYPE_INT8, 8), 8);
	}
}

bool pg_get_bool(struct pg_rows *rows, int row, int column)
{
	return cell(rows, row, column, TYPE_BOOL, 1)[0] != 0;
}

int32_t pg_get_date(struct pg_rows *rows, int row, int column)
{
	return (int32_t)read_be(cell(rows, row, column, TYPE_DATE, 4), 4) + PG_EPOCH_DAYS;
}

int64_t pg_get_instant(struct pg_rows *rows, int row, int column)
{
	return (int64_t)read_be(cell(rows, row, column, TYPE_INSTANT, 8), 8) + pg_epoch_us;
}

const uint8_t *pg_get_bytes(struct pg_rows *rows, int row, int column, size_t *len_out)
{
	const unsigned char *data = cell(rows, row, column, TYPE_BYTEA, -1);
	bool has_value = !rows->is_bad && !PQgetisnull(rows->result, row, column);
	*len_out = has_value ? (size_t)PQgetlength(rows->result, row, column) : 0;
	return data;
}

void pg_get_uuid(struct pg_rows *rows, int row, int column, uint8_t out[16])
{
	memcpy(out, cell(rows, row, column, TYPE_UUID, 16), 16);
}

int pg_rows_check(const struct pg_rows *rows, struct err *err)
{
	if (!rows->is_bad)
		return 0;
	err_set(err, ERR_INTERNAL, "pg: unexpected result: %s", rows->complaint);
	return -1;
}
