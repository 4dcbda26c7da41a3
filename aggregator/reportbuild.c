/* SPDX-License-Identifier: Apache-2.0 */
#include "reportbuild.h"

#include <jansson.h>
#include <string.h>

#include "calendar.h"
#include "sql.h"

enum { REPORT_MAX_BYTES = 512 << 20 };

struct build {
	struct pg *pg;
	struct report *report;
	const struct report_request *request;
	struct pg_param params[4]; /* node, on, as_of, period */
	const char *programme_name;
	int year;
	const char *period; /* "" when none */
};

int report_parameters(const struct report_kind *kind, const char *period, int32_t on, int64_t as_of_us, struct buf *out,
		      struct err *err)
{
	int32_t day = shanghai_date(as_of_us);
	char text[DATE_TEXT_SIZE];
	const char *comma = "";
	date_format(day, text);
	if (!period)
		period = strcmp(text + 5, "10") < 0 ? "mid_year" : "year_end";
	if (strcmp(period, "mid_year") != 0 && strcmp(period, "year_end") != 0 && strcmp(period, "whole_year") != 0) {
		err_set(err, ERR_USAGE, "E_PERIOD 期间应为 mid_year、year_end 或 whole_year");
		return -1;
	}
	buf_text(out, "{");
	if (on >= 0 && on != day) {
		date_format(on, text);
		buf_format(out, "\"on\":\"%s\"", text);
		comma = ",";
	}
	if (kind->needs_period)
		buf_format(out, "%s\"period\":\"%s\"", comma, period);
	buf_text(out, "}");
	return 0;
}

static int read_parameters(struct build *build, struct err *err)
{
	json_error_t why;
	json_t *root = json_loads(build->request->parameters, 0, &why);
	const char *on = json_string_value(json_object_get(root, "on"));
	int32_t day;
	int rc = json_is_object(root) ? 0 : -1;
	build->period = report_copy(build->report, json_string_value(json_object_get(root, "period")));
	build->report->period = build->period = build->period ? build->period : "";
	build->params[1] = pg_null_date();
	if (rc == 0 && on && (rc = date_parse(on, strlen(on), &day)) == 0)
		build->params[1] = pg_date(day);
	json_decref(root);
	if (rc < 0)
		err_set(err, ERR_DATA, "E_REPORT_PARAMETERS 报告参数无法读取");
	return rc;
}

static int read_head(struct build *build, const struct report_kind *kind, struct err *err)
{
	struct report *report = build->report;
	struct pg_rows *rows = NULL;
	if (pg_exec(build->pg, SQL_report_head, build->params, 3, &rows, err) < 0)
		return -1;
	int rc = -1;
	if (pg_rows_count(rows) == 1) {
		report->office_name = report_copy(report, pg_get_text(rows, 0, 0));
		report->rule_version = report_copy(report, pg_get_text(rows, 0, 1));
		report->register_version = pg_get_int(rows, 0, 2);
		report->on = pg_get_date(rows, 0, 3);
		build->programme_name = report_copy(report, pg_get_text(rows, 0, 4));
		build->year = (int)pg_get_int(rows, 0, 5);
		rc = pg_rows_check(rows, err);
	} else {
		err_set(err, ERR_NOT_FOUND, "E_NODE_UNKNOWN 在该数据时点，名册中没有单位 %s", build->request->node);
	}
	pg_rows_free(&rows);
	/* The titles are ours, constant, with one %s. */
	const char *at = strstr(kind->title, "%s");
	report->title = report_format(report, "%.*s%s%s", (int)(at - kind->title), kind->title, build->programme_name, at + 2);
	report->kind = kind->name;
	report->style = kind->style;
	build->params[1] = pg_date(report->on);
	build->params[3] = pg_text(build->period);
	return rc;
}

static void read_cell(struct report *report, struct pg_rows *rows, int row, int at, enum report_type type, struct report_cell *cell)
{
	cell->is_null = pg_is_null(rows, row, at);
	if (cell->is_null)
		return;
	switch (type) {
	case REPORT_TEXT:
		cell->text = report_copy(report, pg_get_text(rows, row, at));
		break;
	case REPORT_COUNT:
		cell->number = pg_get_int(rows, row, at);
		break;
	case REPORT_RATIO:
	case REPORT_AVERAGE:
		/* Without a denominator it is no rate. */
		cell->is_null = pg_is_null(rows, row, at + 1);
		cell->number = pg_get_int(rows, row, at);
		cell->denominator = pg_get_int(rows, row, at + 1);
		break;
	case REPORT_DATE:
		cell->number = pg_get_date(rows, row, at);
		break;
	case REPORT_INSTANT:
		cell->number = pg_get_instant(rows, row, at);
		break;
	}
}

static int columns_of(const struct report_source *source)
{
	int count = 1;
	for (size_t i = 0; i < source->column_count; i++)
		count += source->columns[i].type == REPORT_RATIO || source->columns[i].type == REPORT_AVERAGE ? 2 : 1;
	return count;
}

static void read_rows(struct report *report, struct pg_rows *rows, const struct report_source *source, struct report_table *table)
{
	for (int row = 0; row < pg_rows_count(rows); row++) {
		struct report_cell *cells = report_row(report, table, pg_get_bool(rows, row, 0));
		int at = 1;
		for (size_t i = 0; cells && i < source->column_count; i++) {
			enum report_type type = source->columns[i].type;
			read_cell(report, rows, row, at, type, &cells[i]);
			at += type == REPORT_RATIO || type == REPORT_AVERAGE ? 2 : 1;
		}
	}
}

/* A figure in a sentence: rates with their parts. */
static void put_figure(struct report *report, struct buf *out, const struct report_column *column, const struct report_cell *cell)
{
	buf_text(out, report_cell_text(report, column, cell));
	if (!cell->is_null && column->type == REPORT_RATIO)
		buf_format(out, "（%lld/%lld）", (long long)cell->number, (long long)cell->denominator);
}

/* The sentence over a table: {column} stands for that cell of the total row. */
static void put_words(struct report *report, const struct report_source *source, const struct report_cell *total)
{
	struct buf words = {0};
	for (const char *at = source->words; *at;) {
		const char *open = strchr(at, '{'), *close = open ? strchr(open, '}') : NULL;
		if (!close) {
			buf_text(&words, at);
			break;
		}
		buf_append(&words, at, (size_t)(open - at));
		for (size_t i = 0; i < source->column_count; i++)
			if (strlen(source->columns[i].name) == (size_t)(close - open - 1) &&
			    memcmp(source->columns[i].name, open + 1, (size_t)(close - open - 1)) == 0)
				put_figure(report, &words, &source->columns[i], &total[i]);
		at = close + 1;
	}
	if (words.is_failed)
		report->is_failed = true;
	else
		report_paragraph(report, buf_string(&words));
	buf_fini(&words);
}

/* Rows that are not the total. */
static bool has_rows(struct pg_rows *rows)
{
	for (int row = 0; row < pg_rows_count(rows); row++)
		if (!pg_get_bool(rows, row, 0))
			return true;
	return false;
}

static int put_source(struct build *build, const struct report_source *source, struct err *err)
{
	struct report *report = build->report;
	struct pg_rows *rows = NULL;
	if (pg_exec(build->pg, source->sql, build->params, 4, &rows, err) < 0) {
		err_prefix(err, "%s: ", source->name);
		return -1;
	}
	if (!has_rows(rows) && source->empty) {
		report_paragraph(report, report_format(report, "%s：%s", source->caption, source->empty));
	} else {
		struct report_table *table =
			report_table_new(report, source->name, source->caption, source->columns, source->column_count);
		if (table)
			table->source = source->statement;
		read_rows(report, rows, source, table);
		if (source->words && table && table->last && table->last->is_total)
			put_words(report, source, table->last->cells);
		report_place(report, table);
		if (source->note)
			report_note(report, source->note);
	}
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	if (rc < 0)
		err_prefix(err, "%s（应有 %d 列）: ", source->name, columns_of(source));
	return rc;
}

static int put_part(struct build *build, const struct report_part *part, struct err *err)
{
	if (part->form != REPORT_NO_FORM &&
	    report_form_fill(build->pg, build->params, part->form == REPORT_FORM_OF_SUBTREE, build->programme_name, build->year,
			     build->report, err) < 0)
		return -1;
	if (part->heading)
		report_section(build->report, part->name, part->heading);
	for (const struct report_source *const *source = part->sources; source && *source; source++)
		if (put_source(build, *source, err) < 0)
			return -1;
	return 0;
}

/* How an auditor reads every table again. */
static const char *sources_note(struct report *report)
{
	const char *form = report->first && report->first->form ? report->first->form->source : NULL;
	return report_format(report, "来源：%s%s%s各表由表题右侧所写的语句查得，参数均为%s。zhibao-aggregator report sql 语句名 打印语句全文。",
			     form ? "统计表由语句 " : "", form ? form : "", form ? " 查得；" : "", report_source_text(report, ""));
}

static int build_in_snapshot(struct build *build, const struct report_kind *kind, struct err *err)
{
	if (read_parameters(build, err) < 0 || read_head(build, kind, err) < 0)
		return -1;
	for (const struct report_part *part = kind->parts; part->name; part++) {
		if (put_part(build, part, err) < 0)
			return -1;
		/* Under the first part: at the end it may stand alone on a page. */
		if (part == kind->parts && kind->style != REPORT_STYLE_LETTER)
			report_note(build->report, sources_note(build->report));
	}
	return report_check(build->report, err);
}

int report_build(struct pg *pg, const struct report_request *request, struct report *out, struct err *err)
{
	const struct report_kind *kind = report_kind_find(request->report);
	report_init(out, REPORT_MAX_BYTES);
	if (!kind) {
		err_set(err, ERR_NOT_FOUND, "E_REPORT_UNKNOWN 没有“%s”这种报告", request->report);
		return -1;
	}
	out->as_of_us = request->as_of_us;
	out->office_code = report_copy(out, request->node);
	out->parameters = report_copy(out, request->parameters);
	struct build build = {.pg = pg, .report = out, .request = request, .params = {pg_text(request->node), {0}, pg_instant(request->as_of_us)}};
	int rc = pg_script(pg, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL jit = off", err);
	if (rc == 0)
		rc = build_in_snapshot(&build, kind, err);
	pg_rollback(pg);
	if (rc < 0)
		report_fini(out);
	return rc;
}
