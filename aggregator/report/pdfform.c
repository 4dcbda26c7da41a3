/* SPDX-License-Identifier: Apache-2.0 */
/* The statistics form as annex 3 prints it: title, year, office with room for the seal, date, three columns, sections as
 * merged cells. A form that does not fit a page goes on, with its headings, and each part of a section has its name. */
#include "pdfpage.h"

#include <string.h>

static const double letter = 11, pad_x = 5, pad_y = 2.6, least_height = 23.5;
static const double shares[3] = {0.13, 0.43, 0.44};

static void show_line(struct pdf *pdf, const char *text, double size, bool is_bold, PangoAlignment alignment, double gap)
{
	PangoLayout *layout = pdf_layout(pdf, is_bold ? PDF_TITLE : PDF_BODY, size, is_bold, pdf->width, text);
	pango_layout_set_alignment(layout, alignment);
	pdf_show(pdf, layout, pdf->left, pdf->y, 0);
	pdf->y += pdf_layout_height(layout) + gap;
	g_object_unref(layout);
}

static double edge(const struct pdf *pdf, int i)
{
	double x = pdf->left;
	for (int k = 0; k < i; k++)
		x += pdf->width * shares[k];
	return x;
}

static PangoLayout *sized(struct pdf *pdf, int i, double size, const char *text, bool is_bold, bool is_centred)
{
	PangoLayout *layout = pdf_layout(pdf, PDF_BODY, size, is_bold, pdf->width * shares[i] - 2 * pad_x, text);
	pango_layout_set_alignment(layout, is_centred ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT);
	return layout;
}

/* An answer that is hardly too wide, by the sign of its rate, is set a little smaller instead of in two lines. */
static PangoLayout *cell(struct pdf *pdf, int i, const char *text, bool is_bold, bool is_centred)
{
	PangoLayout *layout = sized(pdf, i, letter, text, is_bold, is_centred);
	if (i != 2 || pango_layout_get_line_count(layout) != 2)
		return layout;
	PangoLayout *smaller = sized(pdf, i, letter - 1, text, is_bold, is_centred);
	bool fits = pango_layout_get_line_count(smaller) == 1;
	g_object_unref(fits ? layout : smaller);
	return fits ? smaller : layout;
}

static void show_cell(struct pdf *pdf, int i, const char *text, bool is_bold, bool is_centred, double y, double height)
{
	PangoLayout *layout = cell(pdf, i, text, is_bold, is_centred);
	pdf_frame(pdf, edge(pdf, i), y, pdf->width * shares[i], height);
	pdf_show(pdf, layout, edge(pdf, i) + pad_x, y + (height - pdf_layout_height(layout)) / 2, 0);
	g_object_unref(layout);
}

static double row_height(struct pdf *pdf, const struct report_form_row *row)
{
	double height = least_height;
	for (int i = 1; i < 3; i++) {
		PangoLayout *layout = cell(pdf, i, i == 1 ? row->label : row->answer, false, false);
		double own = pdf_layout_height(layout) + 2 * pad_y;
		height = own > height ? own : height;
		g_object_unref(layout);
	}
	return height;
}

static void show_heads(struct pdf *pdf, const struct report_form *form)
{
	for (int i = 0; i < 3; i++)
		show_cell(pdf, i, form->heads[i], true, true, pdf->y, least_height);
	pdf->y += least_height;
}

void pdf_form(struct pdf *pdf, const struct report_form *form)
{
	if (pdf->has_ink)
		pdf_new_page(pdf);
	show_line(pdf, form->title, 19, true, PANGO_ALIGN_CENTER, 0);
	show_line(pdf, form->year, 13, false, PANGO_ALIGN_CENTER, 2);
	show_line(pdf, report_format(pdf->report, "%s%s", form->office_label, form->office), 12, false, PANGO_ALIGN_LEFT, 2);
	show_line(pdf, report_format(pdf->report, "%s%s", form->filled_label, form->filled), 12, false, PANGO_ALIGN_LEFT, 5);
	show_heads(pdf, form);
	double section_y = pdf->y;
	for (const struct report_form_row *row = form->first; row; row = row->next) {
		double height = row_height(pdf, row);
		if (pdf->y + height > pdf->bottom) {
			if (pdf->y > section_y)
				show_cell(pdf, 0, row->section, false, true, section_y, pdf->y - section_y);
			pdf_new_page(pdf);
			show_heads(pdf, form);
			section_y = pdf->y;
		}
		show_cell(pdf, 1, row->label, false, false, pdf->y, height);
		show_cell(pdf, 2, row->answer, false, true, pdf->y, height);
		pdf->y += height;
		if (!row->next || strcmp(row->next->section, row->section) != 0) {
			show_cell(pdf, 0, row->section, false, true, section_y, pdf->y - section_y);
			section_y = pdf->y;
		}
	}
	pdf->y += 6;
}
