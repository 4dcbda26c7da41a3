/* SPDX-License-Identifier: Apache-2.0 */
/* csvtable.h - a CSV file as people save it: with or without BOM, LF or CRLF, UTF-8 or GBK
 * Thread: one owner. */
#ifndef ZHIBAO_CSVTABLE_H
#define ZHIBAO_CSVTABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "err.h"

struct csv_row {
	size_t line;        /* where it starts in the file, from 1 */
	size_t first_cell;  /* index into cells */
	size_t cell_count;
};

struct csv_table {
	struct csv_row *rows; /* rows[0] is the heading */
	size_t row_count;
	size_t *cells; /* offsets into text */
	size_t cell_count;
	struct buf text; /* NUL-parted */
	bool was_gbk;    /* read as GBK, since it was not UTF-8 */
	size_t row_size, cell_size;
};

/* Reads at most max_bytes. ERR_DATA with a text that begins with E_CSV_ENCODING, E_CSV_SYNTAX, E_CSV_NUL or
 * E_CSV_EMPTY and names the line. Blank lines are passed over. */
int csv_table_read(const char *path, size_t max_bytes, struct csv_table *out, struct err *err);
/* The same from bytes that are there already. */
int csv_table_parse(const char *data, size_t len, struct csv_table *out, struct err *err);
void csv_table_fini(struct csv_table *table);
/* Cell without blanks around it; "" when the row has fewer. */
const char *csv_cell(const struct csv_table *table, size_t row, size_t column);
/* Column with this heading, or -1. */
int csv_column(const struct csv_table *table, const char *heading);

#endif
