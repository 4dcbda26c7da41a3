/* SPDX-License-Identifier: Apache-2.0 */
/* pdfpage.h - pages of a PDF: type area, letters, page numbers; what the parts of the PDF writer share
 * A report is laid out twice, first without ink to learn the number of pages.
 * Thread: one owner; it has a font map of its own. */
#ifndef ZHIBAO_PDFPAGE_H
#define ZHIBAO_PDFPAGE_H

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include "reportwriter.h"

enum pdf_face { PDF_TITLE, PDF_BODY, PDF_TABLE };

struct pdf {
	struct report *report;            /* borrowed */
	const struct report_fonts *fonts; /* borrowed */
	cairo_surface_t *surface;
	cairo_t *cairo;
	PangoFontMap *map;
	PangoContext *context;
	double left, top, width, bottom; /* type area, points; bottom is its lower edge */
	double y;                        /* where the next thing goes */
	int page;
	int pages; /* 0 while counting */
	int64_t missing;
	int64_t rows;
	bool has_ink; /* something stands on this page below its top */
};

/* data NULL: counts only. */
int pdf_begin(struct pdf *pdf, struct report *report, const struct report_fonts *fonts, struct buf *data, int pages,
	      struct err *err);
/* Finishes the last page; 0 or -1 with ERR_IO. Frees everything in any case. */
int pdf_end(struct pdf *pdf, struct err *err);

void pdf_new_page(struct pdf *pdf);
/* Begins a page unless height points are left on this one. */
void pdf_need(struct pdf *pdf, double height);

/* A paragraph of text laid out, wrapped at width (below 0: not at all). Freed with g_object_unref. */
PangoLayout *pdf_layout(struct pdf *pdf, enum pdf_face face, double size, bool is_bold, double width, const char *text);
double pdf_layout_height(PangoLayout *layout);
double pdf_layout_width(PangoLayout *layout);
/* Draws in grey from 0 (black) to 1. */
void pdf_show(struct pdf *pdf, PangoLayout *layout, double x, double y, double grey);
void pdf_fill(struct pdf *pdf, double x, double y, double width, double height, double grey);
void pdf_frame(struct pdf *pdf, double x, double y, double width, double height);

/* pdftable.c, pdfform.c: from pdf->y on. */
void pdf_table(struct pdf *pdf, const struct report_table *table);
void pdf_form(struct pdf *pdf, const struct report_form *form);

#endif
