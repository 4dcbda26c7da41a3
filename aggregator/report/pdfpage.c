/* SPDX-License-Identifier: Apache-2.0 */
#include "pdfpage.h"

#include <stdio.h>
#include <string.h>

#include "calendar.h"

/* A4 and millimetres in points. */
static const double page_width = 595.276, page_height = 841.890, mm = 72 / 25.4;
/* First pages and letters of the footer. */
static const double footer_size = 8.5;

static cairo_status_t collect(void *closure, const unsigned char *data, unsigned len)
{
	struct buf *out = closure;
	buf_append(out, data, len);
	return out->is_failed ? CAIRO_STATUS_NO_MEMORY : CAIRO_STATUS_SUCCESS;
}

static cairo_status_t discard(void *closure, const unsigned char *data, unsigned len)
{
	(void)closure;
	(void)data;
	(void)len;
	return CAIRO_STATUS_SUCCESS;
}

static const char *family(const struct pdf *pdf, enum pdf_face face)
{
	return face == PDF_TITLE ? pdf->fonts->title : face == PDF_BODY ? pdf->fonts->body : pdf->fonts->table;
}

/* Fontconfig puts another font in the place of one that is missing; a report must not change its face unseen. */
static int check_font(struct pdf *pdf, enum pdf_face face, struct err *err)
{
	PangoFontDescription *wanted = pango_font_description_new();
	pango_font_description_set_family(wanted, family(pdf, face));
	pango_font_description_set_absolute_size(wanted, 10 * PANGO_SCALE);
	PangoFont *font = pango_font_map_load_font(pdf->map, pdf->context, wanted);
	PangoFontDescription *found = font ? pango_font_describe(font) : NULL;
	bool is_same = found && strcmp(pango_font_description_get_family(found), family(pdf, face)) == 0;
	if (found)
		pango_font_description_free(found);
	if (font)
		g_object_unref(font);
	pango_font_description_free(wanted);
	if (is_same)
		return 0;
	err_set(err, ERR_CONFIG, "E_FONT_MISSING 没有安装字体“%s”（软件包 fonts-noto-cjk，或在配置中另选）", family(pdf, face));
	return -1;
}

static void set_area(struct pdf *pdf)
{
	bool is_letter = pdf->report->style == REPORT_STYLE_LETTER;
	pdf->left = (is_letter ? 28 : 20) * mm;
	pdf->top = (is_letter ? 37 : 22) * mm;
	pdf->width = page_width - pdf->left - (is_letter ? 26 : 20) * mm;
	pdf->bottom = page_height - (is_letter ? 35 : 20) * mm;
}

/* Every date in the file is the report's, so that the same report is the same bytes. */
static void set_metadata(struct pdf *pdf)
{
	const struct report *report = pdf->report;
	char as_of[INSTANT_TEXT_SIZE];
	instant_format(report->as_of_us, as_of);
	snprintf(as_of + 19, sizeof(as_of) - 19, "Z");
	cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_TITLE, report->title);
	cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_AUTHOR, report->office_name);
	cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_SUBJECT, report->rule_version);
	cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_CREATOR, "zhibao");
	cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_CREATE_DATE, as_of);
	cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_MOD_DATE, as_of);
}

int pdf_begin(struct pdf *pdf, struct report *report, const struct report_fonts *fonts, struct buf *data, int pages,
	      struct err *err)
{
	*pdf = (struct pdf){.report = report, .fonts = fonts, .page = 1, .pages = pages};
	pdf->surface = cairo_pdf_surface_create_for_stream(data ? collect : discard, data, page_width, page_height);
	/* Later versions hide the bookmarks in compressed objects; the check of a report reads them. */
	cairo_pdf_surface_restrict_to_version(pdf->surface, CAIRO_PDF_VERSION_1_4);
	set_metadata(pdf);
	pdf->cairo = cairo_create(pdf->surface);
	pdf->map = pango_cairo_font_map_new();
	pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(pdf->map), 72);
	pdf->context = pango_font_map_create_context(pdf->map);
	pango_context_set_language(pdf->context, pango_language_from_string("zh-cn"));
	cairo_font_options_t *options = cairo_font_options_create();
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	pango_cairo_context_set_font_options(pdf->context, options);
	cairo_font_options_destroy(options);
	set_area(pdf);
	pdf->y = pdf->top;
	if (check_font(pdf, PDF_TITLE, err) < 0 || check_font(pdf, PDF_BODY, err) < 0 || check_font(pdf, PDF_TABLE, err) < 0) {
		pdf_end(pdf, NULL);
		return -1;
	}
	return 0;
}

PangoLayout *pdf_layout(struct pdf *pdf, enum pdf_face face, double size, bool is_bold, double width, const char *text)
{
	PangoLayout *layout = pango_layout_new(pdf->context);
	PangoFontDescription *font = pango_font_description_new();
	pango_font_description_set_family(font, family(pdf, face));
	pango_font_description_set_weight(font, is_bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
	pango_layout_set_font_description(layout, font);
	pango_font_description_free(font);
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	/* A seed, a code or an address is copied as it is: no hyphens where it is broken over lines, no two letters in one glyph. */
	PangoAttrList *plain = pango_attr_list_new();
	pango_attr_list_insert(plain, pango_attr_insert_hyphens_new(FALSE));
	pango_attr_list_insert(plain, pango_attr_font_features_new("liga=0"));
	pango_layout_set_attributes(layout, plain);
	pango_attr_list_unref(plain);
	pango_layout_set_width(layout, width < 0 ? -1 : (int)(width * PANGO_SCALE));
	pango_layout_set_text(layout, text, -1);
	pdf->missing += pango_layout_get_unknown_glyphs_count(layout);
	return layout;
}

double pdf_layout_height(PangoLayout *layout)
{
	PangoRectangle area;
	pango_layout_get_extents(layout, NULL, &area);
	return (double)area.height / PANGO_SCALE;
}

double pdf_layout_width(PangoLayout *layout)
{
	PangoRectangle area;
	pango_layout_get_extents(layout, NULL, &area);
	return (double)area.width / PANGO_SCALE;
}

void pdf_show(struct pdf *pdf, PangoLayout *layout, double x, double y, double grey)
{
	cairo_set_source_rgb(pdf->cairo, grey, grey, grey);
	cairo_move_to(pdf->cairo, x, y);
	pango_cairo_show_layout(pdf->cairo, layout);
	pdf->has_ink = true;
}

void pdf_fill(struct pdf *pdf, double x, double y, double width, double height, double grey)
{
	cairo_set_source_rgb(pdf->cairo, grey, grey, grey);
	cairo_rectangle(pdf->cairo, x, y, width, height);
	cairo_fill(pdf->cairo);
}

void pdf_frame(struct pdf *pdf, double x, double y, double width, double height)
{
	cairo_set_source_rgb(pdf->cairo, 0.45, 0.45, 0.45);
	cairo_set_line_width(pdf->cairo, 0.4);
	cairo_rectangle(pdf->cairo, x, y, width, height);
	cairo_stroke(pdf->cairo);
}

static void show_at(struct pdf *pdf, const char *text, double y, double place)
{
	PangoLayout *layout = pdf_layout(pdf, PDF_TABLE, footer_size, false, -1, text);
	pdf_show(pdf, layout, pdf->left + (pdf->width - pdf_layout_width(layout)) * place, y, 0.35);
	g_object_unref(layout);
}

/* Page number, and on every page what the figures are of. An official paper numbers its pages between dashes. */
static void show_footer(struct pdf *pdf)
{
	struct report *report = pdf->report;
	bool is_letter = report->style == REPORT_STYLE_LETTER;
	double y = pdf->bottom + (is_letter ? 7 : 4) * mm;
	pdf_fill(pdf, pdf->left, y - 4, pdf->width, 0.4, 0.6);
	show_at(pdf, report_format(report, "数据时点 %s　规则版本 %s", report_as_of_text(report), report->rule_version), y, 0);
	show_at(pdf, report_format(report, is_letter ? "— %d —（共 %d 页）" : "第 %d 页，共 %d 页", pdf->page, pdf->pages), y, 1);
	if (pdf->page > 1)
		show_at(pdf, report->title, pdf->top - 9 * mm, 0);
	if (pdf->page > 1)
		show_at(pdf, report->office_name, pdf->top - 9 * mm, 1);
	if (pdf->page == pdf->pages && pdf->missing > 0)
		show_at(pdf, "本件有字库未收的字符，印作方框；原文见同号的 XLSX、CSV 或 JSON 文件。", y + 12, 0);
}

void pdf_new_page(struct pdf *pdf)
{
	show_footer(pdf);
	cairo_show_page(pdf->cairo);
	pdf->page++;
	pdf->y = pdf->top;
	pdf->has_ink = false;
}

void pdf_need(struct pdf *pdf, double height)
{
	if (pdf->has_ink && pdf->y + height > pdf->bottom)
		pdf_new_page(pdf);
}

int pdf_end(struct pdf *pdf, struct err *err)
{
	if (err)
		show_footer(pdf);
	cairo_destroy(pdf->cairo);
	cairo_surface_finish(pdf->surface);
	cairo_status_t status = cairo_surface_status(pdf->surface);
	cairo_surface_destroy(pdf->surface);
	g_object_unref(pdf->context);
	g_object_unref(pdf->map);
	if (status == CAIRO_STATUS_SUCCESS)
		return 0;
	err_set(err, ERR_IO, "E_REPORT_PDF %s", cairo_status_to_string(status));
	return -1;
}
