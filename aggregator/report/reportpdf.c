/* SPDX-License-Identifier: Apache-2.0 */
/* The flow of a report over the pages of a PDF. */
#include "reportwriter.h"

#include "pdfpage.h"

struct sizes {
	double title, heading, body, note, spacing;
};

static struct sizes sizes_of(const struct report *report)
{
	if (report->style == REPORT_STYLE_LETTER)
		return (struct sizes){22, 16, 16, 10.5, 1.22};
	return (struct sizes){20, 13, 10.5, 8.5, 1.12};
}

static void show_centred(struct pdf *pdf, enum pdf_face face, double size, bool is_bold, const char *text, double gap)
{
	PangoLayout *layout = pdf_layout(pdf, face, size, is_bold, pdf->width, text);
	pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER);
	pdf_show(pdf, layout, pdf->left, pdf->y, 0);
	pdf->y += pdf_layout_height(layout) + gap;
	g_object_unref(layout);
}

/* What the figures are of stands under the title, before any figure. */
static void show_title(struct pdf *pdf)
{
	struct report *report = pdf->report;
	struct sizes sizes = sizes_of(report);
	bool is_letter = report->style == REPORT_STYLE_LETTER;
	show_centred(pdf, PDF_TITLE, sizes.title, true, report->title, is_letter ? 10 : 6);
	if (!is_letter)
		show_centred(pdf, PDF_BODY, 13, false, report->office_name, 6);
	show_centred(pdf, PDF_TABLE, 9, false,
		     report_format(report, "统计截止日 %s　·　数据时点 %s　·　规则版本 %s（名册第 %lld 版）",
				   report_date_text(report, report->on), report_as_of_text(report), report->rule_version,
				   (long long)report->register_version),
		     6);
	pdf_fill(pdf, pdf->left, pdf->y, pdf->width, 1.2, 0.2);
	pdf->y += is_letter ? 18 : 12;
}

/* Room for the caption of a table, its headings and two rows. */
static const double table_head = 115;

static void show_section(struct pdf *pdf, const char *heading)
{
	struct sizes sizes = sizes_of(pdf->report);
	bool is_letter = pdf->report->style == REPORT_STYLE_LETTER;
	pdf_need(pdf, 130);
	pdf->y += pdf->has_ink ? 6 : 0;
	PangoLayout *layout = pdf_layout(pdf, is_letter ? PDF_TABLE : PDF_TITLE, sizes.heading, true, pdf->width, heading);
	cairo_pdf_surface_add_outline(pdf->surface, CAIRO_PDF_OUTLINE_ROOT, heading,
				      report_format(pdf->report, "page=%d pos=[%d %d]", pdf->page, (int)pdf->left, (int)pdf->y),
				      CAIRO_PDF_OUTLINE_FLAG_OPEN);
	pdf_show(pdf, layout, pdf->left + (is_letter ? 2 * sizes.body : 0), pdf->y, 0);
	pdf->y += pdf_layout_height(layout) + 5;
	g_object_unref(layout);
}

/* Line by line, so that a long paragraph goes on on the next page; a short one stays whole, with the room below that it asks for. */
static void show_words(struct pdf *pdf, enum pdf_face face, double size, double indent, double grey, const char *text, double below)
{
	PangoLayout *layout = pdf_layout(pdf, face, size, false, pdf->width, text);
	pango_layout_set_indent(layout, (int)(indent * PANGO_SCALE));
	double step = size * 1.45 * sizes_of(pdf->report).spacing;
	int lines = pango_layout_get_line_count(layout);
	if (lines <= 6)
		pdf_need(pdf, lines * step + below);
	PangoLayoutIter *iter = pango_layout_get_iter(layout);
	do {
		PangoRectangle area;
		pango_layout_iter_get_line_extents(iter, NULL, &area);
		int baseline = pango_layout_iter_get_baseline(iter);
		pdf_need(pdf, step);
		cairo_set_source_rgb(pdf->cairo, grey, grey, grey);
		cairo_move_to(pdf->cairo, pdf->left + (double)area.x / PANGO_SCALE,
			      pdf->y + (double)(baseline - area.y) / PANGO_SCALE);
		pango_cairo_show_layout_line(pdf->cairo, pango_layout_iter_get_line_readonly(iter));
		pdf->has_ink = true;
		pdf->y += step;
	} while (pango_layout_iter_next_line(iter));
	pango_layout_iter_free(iter);
	g_object_unref(layout);
	pdf->y += 3;
}

static void show_block(struct pdf *pdf, const struct report_block *block)
{
	struct sizes sizes = sizes_of(pdf->report);
	switch (block->kind) {
	case REPORT_SECTION:
		show_section(pdf, block->text);
		break;
	case REPORT_PARAGRAPH:
		show_words(pdf, PDF_BODY, sizes.body, 2 * sizes.body, 0, block->text,
			   block->next && block->next->kind == REPORT_TABLE ? table_head : 0);
		break;
	case REPORT_NOTE:
		show_words(pdf, PDF_TABLE, sizes.note, 0, 0.3, report_format(pdf->report, "注：%s", block->text), 0);
		break;
	case REPORT_TABLE:
		pdf_table(pdf, block->table);
		break;
	case REPORT_FORM:
		pdf_form(pdf, block->form);
		break;
	case REPORT_BREAK:
		if (pdf->has_ink)
			pdf_new_page(pdf);
		break;
	}
}

/* The official form has a title of its own; nothing stands above it. */
static bool begins_with_form(const struct report *report)
{
	return report->first && report->first->kind == REPORT_FORM;
}

static int write_once(struct report *report, const struct report_fonts *fonts, struct buf *data, int pages, struct pdf *pdf,
		      struct err *err)
{
	if (pdf_begin(pdf, report, fonts, data, pages, err) < 0)
		return -1;
	if (!begins_with_form(report))
		show_title(pdf);
	for (const struct report_block *block = report->first; block; block = block->next)
		show_block(pdf, block);
	return pdf_end(pdf, err);
}

int report_write_pdf(struct report *report, const struct report_fonts *fonts, struct report_file *out, struct err *err)
{
	struct pdf pdf;
	if (write_once(report, fonts, NULL, 0, &pdf, err) < 0)
		return -1;
	int pages = pdf.page;
	if (write_once(report, fonts, &out->data, pages, &pdf, err) < 0)
		return -1;
	out->pages = pages;
	out->rows = pdf.rows;
	out->missing_glyphs = pdf.missing;
	return 0;
}
