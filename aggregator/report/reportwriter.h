/* SPDX-License-Identifier: Apache-2.0 */
/* reportwriter.h - a report as a file: PDF, XLSX, CSV, JSON
 * The same report gives the same bytes: no clock, no chance; every date in the files is the report's as_of.
 * Thread: any, one report at a time. */
#ifndef ZHIBAO_REPORTWRITER_H
#define ZHIBAO_REPORTWRITER_H

#include "buf.h"
#include "report.h"

enum report_format { REPORT_PDF, REPORT_XLSX, REPORT_CSV, REPORT_JSON, REPORT_FORMATS };

struct report_fonts {
	const char *title, *body, *table; /* names of families that must be installed */
};
#define REPORT_FONTS_DEFAULT {"Noto Serif CJK SC", "Noto Serif CJK SC", "Noto Sans CJK SC"}

struct report_file {
	struct buf data;          /* owned */
	int pages;                /* of a PDF */
	int64_t rows;             /* table rows written, total rows included */
	int64_t missing_glyphs;   /* characters no installed font could print; a note on the last page says so */
};

const char *report_format_name(enum report_format format);         /* pdf, xlsx, csv, json */
const char *report_format_content_type(enum report_format format); /* constant */
int report_format_find(const char *name);                          /* or -1 */

/* Fills out (empty before). ERR_CONFIG when a font is not installed, ERR_IO, ERR_NOMEM. fonts is for the PDF. */
int report_write(struct report *report, enum report_format format, const struct report_fonts *fonts,
		 struct report_file *out, struct err *err);
void report_file_fini(struct report_file *file);

/* The writers behind it. */
int report_write_pdf(struct report *report, const struct report_fonts *fonts, struct report_file *out, struct err *err);
int report_write_xlsx(struct report *report, struct report_file *out, struct err *err);
int report_write_csv(struct report *report, struct report_file *out, struct err *err);
int report_write_json(struct report *report, struct report_file *out, struct err *err);

/* Looks at the bytes of a PDF as its reader would: number of pages, and every section title among its bookmarks.
 * 0, or -1 with ERR_DATA. */
int report_check_pdf(const struct report *report, const void *data, size_t len, int *pages_out, struct err *err);
/* Reads a CSV made by the writer and compares the number of rows of each table. */
int report_check_csv(const struct report *report, const void *data, size_t len, struct err *err);

#endif
