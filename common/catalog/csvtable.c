/* SPDX-License-Identifier: Apache-2.0 */
#include "csvtable.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>

#include "fsx.h"
#include "utf8.h"

struct parse {
	struct csv_table *table;
	size_t line;       /* where the next row starts */
	size_t line_feeds; /* inside the cells of this row */
	size_t first_cell;
	bool has_content;
	bool is_failed;
};

static void on_cell(void *data, size_t len, void *context)
{
	struct parse *parse = context;
	struct csv_table *table = parse->table;
	const char *text = data;
	if (table->cell_count == table->cell_size) {
		size_t size = table->cell_size ? table->cell_size * 2 : 256;
		size_t *cells = realloc(table->cells, size * sizeof(*cells));
		if (!cells) {
			parse->is_failed = true;
			return;
		}
		table->cells = cells;
		table->cell_size = size;
	}
	for (size_t i = 0; i < len; i++)
		parse->line_feeds += text[i] == '\n';
	while (len > 0 && strchr(" \t\r\n", text[len - 1]))
		len--;
	while (len > 0 && strchr(" \t\r\n", *text)) {
		text++;
		len--;
	}
	parse->has_content |= len > 0;
	table->cells[table->cell_count++] = table->text.len;
	buf_append(&table->text, text, len);
	buf_append(&table->text, "", 1);
}

static void on_row(int end, void *context)
{
	struct parse *parse = context;
	struct csv_table *table = parse->table;
	(void)end;
	if (!parse->has_content) {
		table->cell_count = parse->first_cell;
	} else if (!parse->is_failed) {
		if (table->row_count == table->row_size) {
			size_t size = table->row_size ? table->row_size * 2 : 64;
			struct csv_row *rows = realloc(table->rows, size * sizeof(*rows));
			if (!rows) {
				parse->is_failed = true;
				return;
			}
			table->rows = rows;
			table->row_size = size;
		}
		table->rows[table->row_count++] = (struct csv_row){
			parse->line, parse->first_cell, table->cell_count - parse->first_cell};
	}
	parse->line += 1 + parse->line_feeds;
	parse->line_feeds = 0;
	parse->first_cell = table->cell_count;
	parse->has_content = false;
}

/* UTF-8 as it is, anything else as GBK; the byte order mark goes. */
static int decode(const char *data, size_t len, struct buf *out, bool *was_gbk, struct err *err)
{
	if (len >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0) {
		data += 3;
		len -= 3;
	}
	*was_gbk = !utf8_is_valid(data, len);
	if (!*was_gbk) {
		buf_append(out, data, len);
	} else if (text_from_gbk(data, len, out) < 0) {
		err_set(err, ERR_DATA, "E_CSV_ENCODING 文件既不是 UTF-8 也不是 GBK 编码，请另存为“CSV UTF-8”");
		return -1;
	}
	const char *nul = out->len ? memchr(out->data, 0, out->len) : NULL;
	if (nul) {
		size_t line = 1;
		for (const char *at = out->data; at < nul; at++)
			line += *at == '\n';
		err_set(err, ERR_DATA, "E_CSV_NUL 第 %zu 行含有空字符（NUL），文件可能已损坏", line);
		return -1;
	}
	return 0;
}

int csv_table_parse(const char *data, size_t len, struct csv_table *out, struct err *err)
{
	struct csv_parser parser;
	struct buf text = {0};
	struct parse parse = {.table = out, .line = 1};
	int rc = -1;
	*out = (struct csv_table){0};
	if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	/* Blank rows are reported as empty, so that lines can be counted. */
	parser.options |= CSV_REPALL_NL;
	if (decode(data, len, &text, &out->was_gbk, err) < 0)
		goto out;
	/* With REPALL_NL a CR LF would count as two rows. */
	size_t kept = 0;
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] != '\r' || (i + 1 < text.len && text.data[i + 1] != '\n'))
			text.data[kept++] = text.data[i] == '\r' ? '\n' : text.data[i];
	if (csv_parse(&parser, text.data, kept, on_cell, on_row, &parse) != kept ||
	    csv_fini(&parser, on_cell, on_row, &parse) != 0) {
		err_set(err, ERR_DATA, "E_CSV_SYNTAX 第 %zu 行引号不成对，请用表格软件重新保存", parse.line);
		goto out;
	}
	if (parse.is_failed || out->text.is_failed || text.is_failed) {
		err_set(err, ERR_NOMEM, "内存不足");
		goto out;
	}
	if (out->row_count == 0) {
		err_set(err, ERR_DATA, "E_CSV_EMPTY 文件是空的，第一行应为列名");
		goto out;
	}
	rc = 0;
out:
	csv_free(&parser);
	buf_fini(&text);
	if (rc < 0)
		csv_table_fini(out);
	return rc;
}

int csv_table_read(const char *path, size_t max_bytes, struct csv_table *out, struct err *err)
{
	struct buf data = {0};
	int rc = file_read(path, max_bytes, &data, err);
	*out = (struct csv_table){0};
	if (rc == 0)
		rc = csv_table_parse(buf_string(&data), data.len, out, err);
	buf_fini(&data);
	return rc;
}

void csv_table_fini(struct csv_table *table)
{
	free(table->rows);
	free(table->cells);
	buf_fini(&table->text);
	*table = (struct csv_table){0};
}

const char *csv_cell(const struct csv_table *table, size_t row, size_t column)
{
	const struct csv_row *at = &table->rows[row];
	return column < at->cell_count ? table->text.data + table->cells[at->first_cell + column] : "";
}

int csv_column(const struct csv_table *table, const char *heading)
{
	for (size_t i = 0; i < table->rows[0].cell_count; i++)
		if (strcmp(csv_cell(table, 0, i), heading) == 0)
			return (int)i;
	return -1;
}
