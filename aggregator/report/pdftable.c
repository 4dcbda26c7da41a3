/* SPDX-License-Identifier: Apache-2.0 */
/* Tables: a caption, a header row repeated on every page, rows that are never cut, rates as figures over a thin bar. */
#include "pdfpage.h"

static const double letter = 9, pad_x = 3.5, pad_y = 1.8, bar_height = 1.6, least_part = 26;
/* The parts of a rate end so far from its right edge, or so far before a longer figure. */
static const double parts_at = 40, parts_gap = 3;
enum { COLUMNS_MAX = 24, LINES_MAX = 14 };

struct grid {
	const struct report_table *table;
	double x[COLUMNS_MAX + 1]; /* edges */
	double header_height;
};

static bool is_rate(enum report_type type)
{
	return type == REPORT_RATIO || type == REPORT_AVERAGE;
}

static const char *parts_text(struct pdf *pdf, const struct report_cell *cell)
{
	return report_format(pdf->report, "%lld/%lld", (long long)cell->number, (long long)cell->denominator);
}

static double text_width(struct pdf *pdf, double size, const char *text)
{
	PangoLayout *layout = pdf_layout(pdf, PDF_TABLE, size, true, -1, text);
	double width = pdf_layout_width(layout);
	g_object_unref(layout);
	return width;
}

static const char *longer(const char *one, const char *other)
{
	return g_utf8_strlen(other, -1) > g_utf8_strlen(one, -1) ? other : one;
}

/* What a column cannot do without: its heading in the lines it has, figures and days in one line, a rate beside its parts, the
 * names of the rows when they are short. */
static double least_width(struct pdf *pdf, const struct report_table *table, size_t i)
{
	const struct report_column *column = &table->columns[i];
	const char *figure = column->type == REPORT_INSTANT ? "2000-01-01" : "", *parts = "";
	bool is_name = i == 0 && column->type == REPORT_TEXT;
	bool is_whole = (column->type != REPORT_TEXT || is_name) && column->type != REPORT_INSTANT;
	for (const struct report_row *row = table->first; row && is_whole; row = row->next) {
		figure = longer(figure, report_cell_text(pdf->report, column, &row->cells[i]));
		if (is_rate(column->type) && !row->cells[i].is_null)
			parts = longer(parts, parts_text(pdf, &row->cells[i]));
	}
	double heading = text_width(pdf, letter, column->heading), own = text_width(pdf, letter, figure);
	if (is_name && own > 7 * letter)
		own = 7 * letter;
	if (*parts)
		own = (own + parts_gap > parts_at ? own + parts_gap : parts_at) + text_width(pdf, letter - 1.5, parts);
	return (heading > own ? heading : own) + 2 * pad_x + 0.5;
}

/* Shares of the width, but no column below its least one; when they do not fit together, all of them are less by the same part. */
static void place_columns(struct pdf *pdf, struct grid *grid)
{
	const struct report_table *table = grid->table;
	double width[COLUMNS_MAX], least[COLUMNS_MAX], all = 0;
	bool is_least[COLUMNS_MAX] = {false}, has_changed = true;
	for (size_t i = 0; i < table->column_count; i++)
		all += least[i] = least_width(pdf, table, i);
	for (size_t i = 0; i < table->column_count && all > pdf->width; i++)
		least[i] *= pdf->width / all;
	while (has_changed) {
		double room = pdf->width, shares = 0;
		has_changed = false;
		for (size_t i = 0; i < table->column_count; i++) {
			room -= is_least[i] ? width[i] : 0;
			shares += is_least[i] ? 0 : table->columns[i].width;
		}
		for (size_t i = 0; i < table->column_count; i++) {
			if (is_least[i])
				continue;
			width[i] = room * table->columns[i].width / shares;
			if (width[i] < least[i]) {
				width[i] = least[i];
				is_least[i] = has_changed = true;
			}
		}
	}
	grid->x[0] = pdf->left;
	for (size_t i = 0; i < table->column_count; i++)
		grid->x[i + 1] = grid->x[i] + width[i];
}

static double header_cell(struct pdf *pdf, const struct grid *grid, size_t i, double y, bool is_drawn)
{
	double width = grid->x[i + 1] - grid->x[i] - 2 * pad_x;
	PangoLayout *layout = pdf_layout(pdf, PDF_TABLE, letter, true, width, grid->table->columns[i].heading);
	pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER);
	double height = pdf_layout_height(layout);
	if (is_drawn)
		pdf_show(pdf, layout, grid->x[i] + pad_x, y + (grid->header_height - height) / 2, 0);
	g_object_unref(layout);
	return height;
}

static void show_header(struct pdf *pdf, struct grid *grid)
{
	size_t count = grid->table->column_count;
	pdf_fill(pdf, grid->x[0], pdf->y, pdf->width, grid->header_height, 0.9);
	for (size_t i = 0; i < count; i++) {
		pdf_frame(pdf, grid->x[i], pdf->y, grid->x[i + 1] - grid->x[i], grid->header_height);
		header_cell(pdf, grid, i, pdf->y, true);
	}
	pdf->y += grid->header_height;
}

static PangoAlignment alignment(enum report_type type)
{
	if (type == REPORT_TEXT)
		return PANGO_ALIGN_LEFT;
	return type == REPORT_DATE || type == REPORT_INSTANT ? PANGO_ALIGN_CENTER : PANGO_ALIGN_RIGHT;
}

static PangoLayout *cell_layout(struct pdf *pdf, const struct grid *grid, const struct report_row *row, size_t i)
{
	const struct report_column *column = &grid->table->columns[i];
	double width = grid->x[i + 1] - grid->x[i] - 2 * pad_x;
	const char *text = report_cell_text(pdf->report, column, &row->cells[i]);
	PangoLayout *layout = pdf_layout(pdf, PDF_TABLE, letter, row->is_total, width, text);
	pango_layout_set_alignment(layout, alignment(column->type));
	/* A row must fit a page; the whole text is in the other files. */
	if (column->type == REPORT_TEXT) {
		pango_layout_set_height(layout, -LINES_MAX);
		pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
	}
	return layout;
}

/* The two parts of a rate in grey, left of its figure or, in a narrow column, above it. */
static void show_parts(struct pdf *pdf, const struct report_row *row, const struct grid *grid, size_t i, PangoLayout *figure,
		       double height)
{
	const struct report_cell *cell = &row->cells[i];
	double right = grid->x[i + 1] - pad_x, left = grid->x[i] + pad_x;
	if (cell->is_null)
		return;
	PangoLayout *parts = pdf_layout(pdf, PDF_TABLE, letter - 1.5, false, -1, parts_text(pdf, cell));
	double figure_right = right - pdf_layout_width(figure);
	double x = figure_right - parts_gap - pdf_layout_width(parts);
	/* Figures of one column end in line, and so do their parts. */
	if (x > right - parts_at - pdf_layout_width(parts))
		x = right - parts_at - pdf_layout_width(parts);
	if (x < left)
		x = left;
	pdf_show(pdf, parts, x, pdf->y + (height - pdf_layout_height(parts)) / 2, 0.4);
	g_object_unref(parts);
	if (grid->table->columns[i].type != REPORT_RATIO || cell->denominator <= 0)
		return;
	double share = (double)cell->number / (double)cell->denominator;
	double width = grid->x[i + 1] - grid->x[i] - 1;
	pdf_fill(pdf, grid->x[i] + 0.5, pdf->y + height - bar_height - 0.9, width * (share > 1 ? 1 : share), bar_height, 0.55);
}

static void show_row(struct pdf *pdf, const struct grid *grid, const struct report_row *row, PangoLayout **layouts, double height)
{
	if (row->is_total)
		pdf_fill(pdf, grid->x[0], pdf->y, pdf->width, height, 0.95);
	for (size_t i = 0; i < grid->table->column_count; i++) {
		double y = pdf->y + (height - pdf_layout_height(layouts[i])) / 2;
		pdf_frame(pdf, grid->x[i], pdf->y, grid->x[i + 1] - grid->x[i], height);
		if (is_rate(grid->table->columns[i].type))
			show_parts(pdf, row, grid, i, layouts[i], height);
		pdf_show(pdf, layouts[i], grid->x[i] + pad_x, y, 0);
	}
	pdf->y += height;
	pdf->rows++;
}

static double row_height(const struct grid *grid, PangoLayout **layouts)
{
	double height = 0;
	for (size_t i = 0; i < grid->table->column_count; i++) {
		double own = pdf_layout_height(layouts[i]) + 2 * pad_y;
		height = own > height ? own : height;
	}
	return height;
}

static void put_row(struct pdf *pdf, struct grid *grid, const struct report_row *row)
{
	PangoLayout *layouts[COLUMNS_MAX];
	for (size_t i = 0; i < grid->table->column_count; i++)
		layouts[i] = cell_layout(pdf, grid, row, i);
	double height = row_height(grid, layouts);
	if (pdf->y + height > pdf->bottom) {
		pdf_new_page(pdf);
		show_header(pdf, grid);
	}
	show_row(pdf, grid, row, layouts, height);
	for (size_t i = 0; i < grid->table->column_count; i++)
		g_object_unref(layouts[i]);
}

/* The statement behind the table, small, at the right of its caption; an official paper does without. */
static void show_source(struct pdf *pdf, const char *source, double caption_height)
{
	if (!source || pdf->report->style == REPORT_STYLE_LETTER)
		return;
	PangoLayout *layout = pdf_layout(pdf, PDF_TABLE, letter - 2.5, false, pdf->width, source);
	pango_layout_set_alignment(layout, PANGO_ALIGN_RIGHT);
	pdf_show(pdf, layout, pdf->left, pdf->y + caption_height - pdf_layout_height(layout), 0.45);
	g_object_unref(layout);
}

void pdf_table(struct pdf *pdf, const struct report_table *table)
{
	struct grid grid = {.table = table};
	if (table->column_count > COLUMNS_MAX)
		return;
	place_columns(pdf, &grid);
	for (size_t i = 0; i < table->column_count; i++) {
		double height = header_cell(pdf, &grid, i, 0, false) + 2 * pad_y;
		grid.header_height = height > grid.header_height ? height : grid.header_height;
	}
	PangoLayout *caption = pdf_layout(pdf, PDF_TABLE, letter + 1, true, pdf->width, table->caption);
	pango_layout_set_alignment(caption, PANGO_ALIGN_CENTER);
	double caption_height = pdf_layout_height(caption);
	/* The caption, the headings and two rows stay together. */
	pdf_need(pdf, 6 + caption_height + 4 + grid.header_height + 2 * least_part);
	pdf->y += pdf->has_ink ? 6 : 0;
	pdf_show(pdf, caption, pdf->left, pdf->y, 0);
	g_object_unref(caption);
	show_source(pdf, table->source, caption_height);
	pdf->y += caption_height + 4;
	show_header(pdf, &grid);
	for (const struct report_row *row = table->first; row; row = row->next)
		put_row(pdf, &grid, row);
	pdf->y += 9;
}
