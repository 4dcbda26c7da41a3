/* SPDX-License-Identifier: Apache-2.0 */
/* report.h - a report as values: title, point of the data, sections with paragraphs and typed tables, the official form
 * It knows no layout; the writers (reportwriter.h) do. All text is copied into the report's own memory. A failed
 * allocation marks the report and every later call is harmless; look at report_check once at the end.
 * Thread: one owner. */
#ifndef ZHIBAO_REPORT_H
#define ZHIBAO_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "err.h"

enum report_type {
	REPORT_TEXT,
	REPORT_COUNT,   /* whole number */
	REPORT_RATIO,   /* numerator and denominator; printed in percent with two decimals, half up (ruling R17) */
	REPORT_AVERAGE, /* numerator and denominator; printed as a number with two decimals, half up */
	REPORT_DATE,
	REPORT_INSTANT
};

struct report_column {
	const char *name;    /* key in JSON, ASCII */
	const char *heading; /* Chinese */
	enum report_type type;
	unsigned width; /* share of the page, about one per Chinese character */
	bool adds_up;   /* the total row is the sum of the rows above it; checked before delivery */
};

struct report_cell {
	bool is_null;
	const char *text;    /* REPORT_TEXT */
	int64_t number;      /* count, numerator, days since 1970-01-01 or microseconds UTC */
	int64_t denominator; /* zero: not applicable */
};

struct report_row {
	struct report_row *next;
	bool is_total;
	struct report_cell cells[]; /* one per column */
};

struct report_table {
	const char *name;    /* ASCII, unique in the report */
	const char *caption; /* Chinese */
	const char *source;  /* name of the statement it was read by, or NULL */
	const struct report_column *columns; /* borrowed, constant */
	size_t column_count;
	struct report_row *first, *last;
	size_t row_count;
};

/* A row of the official form: section and label as printed there, and the answer. */
struct report_form_row {
	struct report_form_row *next;
	const char *section, *label;
	const char *unit;   /* of a plain count, NULL otherwise */
	bool has_count;     /* a plain count that was answered */
	int64_t count;
	const char *answer; /* the cell in words, as printed */
};

struct report_form {
	const char *title, *year, *office_label, *office, *filled_label, *filled;
	const char *heads[3];
	const char *source; /* as of a table */
	struct report_form_row *first, *last;
};

enum report_block_kind { REPORT_SECTION, REPORT_PARAGRAPH, REPORT_TABLE, REPORT_NOTE, REPORT_BREAK, REPORT_FORM };

struct report_block {
	struct report_block *next;
	enum report_block_kind kind;
	const char *name; /* of a section, ASCII */
	const char *text; /* heading, paragraph or note */
	struct report_table *table;
	struct report_form *form;
};

enum report_style {
	REPORT_STYLE_TABLES, /* small type, many tables */
	REPORT_STYLE_LETTER  /* type area and letters of an official paper (GB/T 9704) */
};

struct report {
	struct arena arena;
	bool is_failed;
	enum report_style style;
	const char *kind;         /* such as audit */
	const char *title;
	const char *office_code, *office_name;
	const char *parameters;   /* JSON object, canonical */
	const char *rule_version; /* programme@version */
	int64_t register_version;
	int64_t as_of_us;
	int32_t on;
	const char *period; /* of the form, "" when none */
	struct report_block *first, *last;
};

void report_init(struct report *report, size_t max_bytes);
void report_fini(struct report *report);
/* 0, or -1 with ERR_NOMEM when something did not fit. */
int report_check(const struct report *report, struct err *err);

/* Copies; "" when the memory is spent. NULL stays NULL. */
const char *report_copy(struct report *report, const char *text);
const char *report_format(struct report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));

void report_section(struct report *report, const char *name, const char *heading);
void report_paragraph(struct report *report, const char *text);
void report_note(struct report *report, const char *text);
void report_break(struct report *report); /* the next block begins a page */
/* A table that has no place yet. columns must outlive the report. NULL when the memory is spent. */
struct report_table *report_table_new(struct report *report, const char *name, const char *caption,
				      const struct report_column *columns, size_t column_count);
void report_place(struct report *report, struct report_table *table); /* harmless on NULL */
/* Both at once. */
struct report_table *report_table(struct report *report, const char *name, const char *caption,
				  const struct report_column *columns, size_t column_count);
/* The cells of a new row, all null; NULL when the memory is spent or table is NULL. */
struct report_cell *report_row(struct report *report, struct report_table *table, bool is_total);
/* The form with its words as annex 3 prints them; the caller fills office and filled. NULL when the memory is spent. */
struct report_form *report_form(struct report *report, const char *programme_name, int year);
struct report_form_row *report_form_row(struct report *report, struct report_form *form);

/* Finds a table by name, or NULL. */
struct report_table *report_find(const struct report *report, const char *name);
/* Index of a column by name, or -1. */
int report_column_index(const struct report_table *table, const char *name);

/* Percent (or number, for an average) in hundredths, half up; INT64_MIN when the denominator is not above zero. Days between
 * two dates may be below zero. */
int64_t report_hundredths(enum report_type type, const struct report_cell *cell);
const char *report_decimal_text(struct report *report, int64_t hundredths); /* such as -3.50 */
/* A cell as people read it: 85.71%, 2.40, 2024-11-30, 2024-11-30 16:00:05; null and not applicable in words. */
const char *report_cell_text(struct report *report, const struct report_column *column, const struct report_cell *cell);
/* The day or instant of as_of in words: 2024年11月30日24时 when it is the last instant of a day. */
const char *report_as_of_text(struct report *report);
const char *report_date_text(struct report *report, int32_t on);
const char *report_instant_text(struct report *report, int64_t instant_us); /* UTC, as a parameter of a statement */
/* What an auditor needs to read the table again: the statement with its parameters $1 to $4. */
const char *report_source_text(struct report *report, const char *source);

/* Every total of a column that adds up is the sum of its rows, and no ratio exceeds its denominator where it adds up.
 * 0, or -1 with ERR_DATA and a sentence that names table, column and both numbers. */
int report_check_sums(const struct report *report, struct err *err);

#endif
