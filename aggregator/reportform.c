/* SPDX-License-Identifier: Apache-2.0 */
/* The official form (annex 3) of one office or of a subtree: the cells of the store put into the words of the form. */
#include <inttypes.h>
#include <string.h>

#include "calendar.h"
#include "reportbuild.h"
#include "sql.h"

enum { SUB_FIELDS_MAX = 4 };

/* What one row of annex 3 was answered. */
struct answer {
	int64_t item_no;
	const char *section, *label, *unit;
	struct part {
		const char *sub_field, *state, *words;
		bool has_count, has_yes, is_yes;
		int64_t count;
	} parts[SUB_FIELDS_MAX];
	size_t count;
};

static const struct part *find(const struct answer *answer, const char *sub_field)
{
	static const struct part none = {.sub_field = "", .state = "not_answered", .words = ""};
	for (size_t i = 0; i < answer->count; i++)
		if (strcmp(answer->parts[i].sub_field, sub_field) == 0)
			return &answer->parts[i];
	return &none;
}

static bool is_not_applicable(const struct part *part)
{
	return strcmp(part->state, "not_applicable") == 0;
}

/* A figure as it stands on the form; what was not answered stays blank. */
static const char *figure(struct report *report, const struct part *part)
{
	if (is_not_applicable(part))
		return "不适用";
	if (strcmp(part->state, "value") != 0)
		return "　　";
	return part->has_count ? report_format(report, "%" PRId64, part->count) : part->words;
}

static const char *rate(struct report *report, const struct part *part, const char *unit)
{
	const char *words = figure(report, part);
	return strcmp(words, "不适用") == 0 ? words : report_format(report, "%s %s", words, unit);
}

/* Items 3 and 4: yes only when both channels are; otherwise the channel that is there is named. */
static const char *channels(struct report *report, const struct answer *answer, const char *portal, const char *wechat, const char *names)
{
	const struct part *both = find(answer, ""), *one = find(answer, portal), *other = find(answer, wechat);
	const char *columns = names ? find(answer, names)->words : "";
	const char *word = both->is_yes ? "是" : one->is_yes ? "否，仅门户网站" : other->is_yes ? "否，仅微信公众号" : "否";
	if (*both->words)
		return both->words;
	if (!both->has_yes && !one->has_yes && !other->has_yes)
		return is_not_applicable(one) || is_not_applicable(other) ? "不适用" : figure(report, both);
	return *columns ? report_format(report, "%s：%s", word, columns) : word;
}

static const char *words_of(struct report *report, const struct answer *answer)
{
	const struct part *whole = find(answer, "");
	switch (answer->item_no) {
	case 3:
		return channels(report, answer, "portal_published", "wechat_published", NULL);
	case 4:
		return channels(report, answer, "portal_has_column", "wechat_has_column", "column_names");
	case 12:
		return report_format(report, "%s 场，覆盖乡镇 %s 个， 覆盖率 %s", figure(report, find(answer, "sessions")),
				     figure(report, find(answer, "townships_covered")), rate(report, find(answer, "coverage_rate"), "%"));
	case 15:
		return report_format(report, "%s 人； %s", figure(report, find(answer, "people")),
				     rate(report, find(answer, "avg_sessions_per_person"), "场/人"));
	default:
		if (*answer->unit && !is_not_applicable(whole))
			return report_format(report, "%s %s", figure(report, whole), answer->unit);
		return figure(report, whole);
	}
}

static void put_row(struct report *report, struct report_form *form, const struct answer *answer)
{
	struct report_form_row *row = answer->item_no ? report_form_row(report, form) : NULL;
	const struct part *whole = find(answer, "");
	if (!row)
		return;
	row->section = answer->section;
	row->label = answer->label;
	row->answer = words_of(report, answer);
	row->has_count = answer->count == 1 && whole->has_count && *answer->unit;
	row->count = row->has_count ? whole->count : 0;
	row->unit = row->has_count ? answer->unit : NULL;
}

static void read_part(struct report *report, struct pg_rows *rows, int at, struct part *part)
{
	part->sub_field = report_copy(report, pg_get_text(rows, at, 4));
	part->state = report_copy(report, pg_get_text(rows, at, 5));
	part->has_count = !pg_is_null(rows, at, 6);
	part->count = pg_get_int(rows, at, 6);
	part->has_yes = !pg_is_null(rows, at, 7);
	part->is_yes = pg_get_bool(rows, at, 7);
	part->words = report_copy(report, pg_get_text(rows, at, 8));
}

static int read_cells(struct pg *pg, const char *sql, const struct pg_param *params, struct report *report, struct report_form *form,
		      struct err *err)
{
	struct pg_rows *rows = NULL;
	struct answer answer = {0};
	if (pg_exec(pg, sql, params, 5, &rows, err) < 0)
		return -1;
	for (int i = 0; i < pg_rows_count(rows); i++) {
		int64_t item_no = pg_get_int(rows, i, 0);
		if (item_no != answer.item_no) {
			put_row(report, form, &answer);
			answer = (struct answer){.item_no = item_no,
						 .section = report_copy(report, pg_get_text(rows, i, 1)),
						 .label = report_copy(report, pg_get_text(rows, i, 2)),
						 .unit = report_copy(report, pg_get_text(rows, i, 3))};
		}
		if (answer.count < SUB_FIELDS_MAX)
			read_part(report, rows, i, &answer.parts[answer.count++]);
	}
	put_row(report, form, &answer);
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

static const char *date_zh(struct report *report, int32_t on)
{
	char text[DATE_TEXT_SIZE];
	date_format(on, text);
	return report_format(report, "%.4s 年 %d 月 %d 日", text, (text[5] - '0') * 10 + text[6] - '0',
			     (text[8] - '0') * 10 + text[9] - '0');
}

const char *report_form_statement(bool is_consolidated)
{
	return is_consolidated ? "report_form_sum_cells" : "report_form_cells";
}

int report_form_fill(struct pg *pg, const struct pg_param params[4], bool is_consolidated, const char *programme_name, int year,
		     struct report *report, struct err *err)
{
	struct pg_rows *rows = NULL;
	struct pg_param more[5] = {params[0], params[1], params[2], params[3], pg_bool(is_consolidated)};
	if (pg_exec(pg, SQL_report_form_head, more, 5, &rows, err) < 0)
		return -1;
	if (pg_rows_count(rows) != 1) {
		pg_rows_free(&rows);
		err_set(err, ERR_NOT_FOUND, "E_NODE_UNKNOWN 没有这个单位");
		return -1;
	}
	struct report_form *form = report_form(report, programme_name, year);
	if (form) {
		form->source = report_form_statement(is_consolidated);
		form->office = report_copy(report, pg_get_text(rows, 0, 0));
		form->filled = pg_is_null(rows, 0, 1) ? "" : date_zh(report, pg_get_date(rows, 0, 1));
	}
	const char *note = report_copy(report, pg_get_text(rows, 0, 2));
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	if (rc == 0)
		rc = read_cells(pg, is_consolidated ? SQL_report_form_sum_cells : SQL_report_form_cells, more, report, form, err);
	report_note(report, note);
	return rc;
}
