/* SPDX-License-Identifier: Apache-2.0 */
/* Figures that stand in a report twice, read by different statements: in two sections, or in a
 * section and among the indicators. */
#include <inttypes.h>
#include <string.h>

#include "reportbuild.h"

enum { TOTAL = -1 };

struct place {
	const char *table, *column;
	int row; /* from 0, or TOTAL */
};

static const struct {
	struct place one, other;
} agreements[] = {
	{{"key_figures", "value", 0}, {"completion", "completion", TOTAL}},
	{{"key_figures", "value", 1}, {"completion", "ended", TOTAL}},
	{{"key_figures", "value", 2}, {"completion", "raw", TOTAL}},
	{{"key_figures", "value", 5}, {"coverage", "broad_all", TOTAL}},
	{{"key_figures", "value", 6}, {"coverage", "broad_rural", TOTAL}},
	{{"key_figures", "value", 7}, {"coverage", "strict_all", TOTAL}},
	{{"key_figures", "value", 8}, {"coverage", "strict_rural", TOTAL}},
	{{"sessions", "sessions", TOTAL}, {"months", "sessions", TOTAL}},
	{{"sessions", "village", TOTAL}, {"months", "village", TOTAL}},
	{{"timeliness", "on_time", TOTAL}, {"submissions", "on_time", TOTAL}},
	{{"timeliness", "late", TOTAL}, {"submissions", "late", TOTAL}},
	{{"timeliness", "missing", TOTAL}, {"submissions", "missing", TOTAL}},
	{{"timeliness", "accepted", TOTAL}, {"submissions", "accepted", TOTAL}},
	{{"baseline", "current", TOTAL}, {"completion", "completion", TOTAL}},
	{{"plan_totals", "quantified", TOTAL}, {"completion", "lines", TOTAL}},
	{{"plan_totals", "lines", TOTAL}, {"plan_categories", "lines", TOTAL}},
	{{"plan_totals", "sessions", TOTAL}, {"plan_categories", "sessions", TOTAL}},
	{{"provincial_plan", "held", TOTAL}, {"plan_line_sessions", "held", TOTAL}},
	{{"links", "records", TOTAL}, {"chain", "records", TOTAL}},
	{{"links", "refused", TOTAL}, {"quarantine", "records", TOTAL}},
};

/* Sections against the appendix of all indicators. */
static const struct {
	struct place one;
	const char *id, *part;
} figures[] = {
	{{"coverage", "broad_all", TOTAL}, "I-03", "broad.all"},
	{{"coverage", "broad_rural", TOTAL}, "I-03", "broad.rural"},
	{{"coverage", "strict_all", TOTAL}, "I-03", "strict.all"},
	{{"coverage", "strict_rural", TOTAL}, "I-03", "strict.rural"},
	{{"uncovered", "coverage", TOTAL}, "I-03", ""},
	{{"filings", "accepted", TOTAL}, "I-13", ""},
	{{"filings", "returned", TOTAL}, "I-13", "returned"},
	{{"arrangements", "timely", TOTAL}, "I-06", ""},
	{{"library", "libraries", TOTAL}, "I-07", "library"},
	{{"library", "disclosure", TOTAL}, "I-07", ""},
	{{"library", "exempt", TOTAL}, "I-07", "exempt"},
	{{"library", "unexplained", TOTAL}, "I-07", "exempt_without_reason"},
	{{"library", "modified", TOTAL}, "I-08", "modified"},
	{{"library", "expired", TOTAL}, "I-08", "expired"},
	{{"library", "abolished", TOTAL}, "I-08", "abolished"},
	{{"library", "stale", TOTAL}, "I-08", "overdue"},
	{{"columns", "both", TOTAL}, "I-10", ""},
	{{"columns", "portal", TOTAL}, "I-10", "portal"},
	{{"columns", "wechat", TOTAL}, "I-10", "wechat"},
	{{"interpretation", "complete", TOTAL}, "I-09", ""},
	{{"interpretation", "x", TOTAL}, "I-09", "x"},
	{{"interpretation", "days", TOTAL}, "I-09", "days.median"},
	{{"interpretation", "longest", TOTAL}, "I-09", "days.longest"},
	{{"interpretation", "unpublished", TOTAL}, "I-09", "unpublished"},
	{{"interpreted", "original", TOTAL}, "I-09", "policy_original"},
	{{"interpreted", "press_release", TOTAL}, "I-09", "press_release"},
	{{"interpreted", "article", TOTAL}, "I-09", "article"},
	{{"study", "events", TOTAL}, "I-15", ""},
	{{"study", "people", TOTAL}, "I-15", "participants"},
#define TARGET(column, target)                                                                     \
	{{"study", column, TOTAL}, "I-15", "target:" target},                                      \
	{                                                                                          \
		{"study", column "_people", TOTAL}, "I-15", "target:" target ".participants"       \
	}
	TARGET("staff", "staff"),
	TARGET("employer", "employer"),
	TARGET("agency", "hr_agency"),
	TARGET("public", "public"),
#undef TARGET
#define FORM(row, form)                                                                            \
	{{"study_forms", "events", row}, "I-15", "form:" form},                                    \
	{                                                                                          \
		{"study_forms", "people", row}, "I-15", "form:" form ".participants"               \
	}
	FORM(0, "daily_study"),
	FORM(1, "online_drill"),
	FORM(2, "skill_contest"),
	FORM(3, "law_quiz"),
	FORM(4, "training"),
	FORM(5, "mini_program_study"),
#undef FORM
	{{"media", "works", TOTAL}, "I-18", ""},
	{{"media", "without_file", TOTAL}, "I-18", "without_file"},
	{{"media", "bytes", TOTAL}, "I-18", "bytes"},
	{{"media", "animation", TOTAL}, "I-18", "kind:micro_animation"},
	{{"media", "video", TOTAL}, "I-18", "kind:short_video"},
	{{"media", "film", TOTAL}, "I-18", "kind:micro_film"},
	{{"media", "comic", TOTAL}, "I-18", "kind:micro_comic"},
	{{"media", "lens", TOTAL}, "I-18", "kind:micro_lens"},
	{{"media", "chart", TOTAL}, "I-18", "kind:chart_or_graphic"},
	{{"media", "other", TOTAL}, "I-18", "kind:other"},
	{{"media", "handbook", TOTAL}, "I-18", "kind:handbook"},
	{{"media", "poster_template", TOTAL}, "I-18", "kind:poster_template"},
	{{"media", "materials", TOTAL}, "I-18", "submission"},
	{{"media", "form", TOTAL}, "I-18", "form"},
#define FEEDBACK(row, source)                                                                      \
	{{"feedback", "reports", row}, "I-14", source ".records"},                                 \
		{{"feedback", "total", row}, "I-14", source},                                      \
		{{"feedback", "policy", row}, "I-14", source ".policy"},                           \
		{{"feedback", "closed", row}, "I-14", source ".closed"},                           \
	{                                                                                          \
		{"feedback", "satisfied", row}, "I-14", source ".satisfied"                        \
	}
	FEEDBACK(0, "hotline_12333"),
	FEEDBACK(1, "reconsideration"),
	FEEDBACK(2, "litigation"),
	FEEDBACK(3, "arbitration"),
	FEEDBACK(4, "petition"),
	FEEDBACK(5, "online_survey"),
#undef FEEDBACK
	{{"public_inputs", "handled", TOTAL}, "I-14", "public_input"},
	{{"speakers", "average", TOTAL}, "I-05", ""},
	{{"speakers", "backbone", TOTAL}, "I-05", "backbone"},
	{{"speakers", "lecturer", TOTAL}, "I-05", "lecturer"},
	{{"speakers", "know_all", TOTAL}, "I-05", "know_all"},
	{{"windows", "halls", TOTAL}, "I-11", "halls"},
	{{"windows", "boards", TOTAL}, "I-11", "17"},
	{{"windows", "screens", TOTAL}, "I-11", "18"},
	{{"windows", "made", TOTAL}, "I-11", "19"},
	{{"windows", "shown", TOTAL}, "I-11", "20"},
	{{"windows", "copies", TOTAL}, "I-11", "21"},
	{{"windows", "staff", TOTAL}, "I-11", "staff"},
	{{"window_records", "boards", TOTAL}, "I-11", "17"},
	{{"window_records", "screens", TOTAL}, "I-11", "18"},
	{{"window_records", "made", TOTAL}, "I-11", "19"},
	{{"window_records", "shown", TOTAL}, "I-11", "20"},
	{{"window_records", "copies", TOTAL}, "I-11", "21"},
	{{"window_records", "staff", TOTAL}, "I-11", "staff"},
	{{"news", "items", TOTAL}, "I-16", ""},
	{{"news", "work", TOTAL}, "I-16", "kind:work_news"},
	{{"news", "lectures", TOTAL}, "I-16", "kind:lecture"},
	{{"news", "experience", TOTAL}, "I-16", "kind:experience"},
	{{"news", "media", TOTAL}, "I-16", "kind:media_report"},
	{{"news", "days", TOTAL}, "I-16", "days.median"},
	{{"news", "longest", TOTAL}, "I-16", "days.longest"},
	{{"news", "silent", TOTAL}, "I-16", "silent"},
};

/* Lists of records against the appendix: as many rows as the figure counts records. */
static const struct {
	const char *table, *id, *part;
	enum {
		COUNTED,
		NOT_COUNTED,
		ALL
	} rows; /* numerator, denominator without it, denominator */
} lists[] = {
	{"offline", "I-07", "", NOT_COUNTED},
	{"withheld", "I-07", "exempt", COUNTED},
	{"interpreted", "I-09", "", ALL},
	{"works", "I-18", "", COUNTED},
	{"materials", "I-18", "submission", COUNTED},
	{"halls", "I-11", "halls", ALL},
};

static const struct report_cell *cell_at(const struct report *report, const struct place *place)
{
	const struct report_table *table = report_find(report, place->table);
	int column = table ? report_column_index(table, place->column) : -1;
	const struct report_row *row = table ? table->first : NULL;
	if (column < 0)
		return NULL;
	if (place->row == TOTAL)
		row = table->last && table->last->is_total ? table->last : NULL;
	for (int i = 0; row && i < place->row; i++)
		row = row->next;
	return row ? &row->cells[column] : NULL;
}

/* NULL when the report has no such figure. */
static const struct report_cell *find(const struct report *report, const struct place *place)
{
	const struct report_cell *cell = cell_at(report, place);
	return cell && !cell->is_null ? cell : NULL;
}

/* A figure of the appendix; a part that nothing counts for is none of its rows: null, 0/0. */
static struct report_cell find_indicator(const struct report_table *table, const char *id,
					 const char *part)
{
	struct report_cell figure = {.is_null = true};
	int id_at = report_column_index(table, "id"), part_at = report_column_index(table, "key");
	int numerator_at = report_column_index(table, "numerator"),
	    denominator_at = report_column_index(table, "denominator");
	for (const struct report_row *row = table->first; row; row = row->next) {
		if (strcmp(row->cells[id_at].text, id) != 0 ||
		    strcmp(row->cells[part_at].text, part) != 0)
			continue;
		figure = row->cells[numerator_at]; /* null: too few to be shown */
		figure.denominator = row->cells[denominator_at].number;
	}
	return figure;
}

static bool is_same(const struct report_cell *one, const struct report_cell *other)
{
	if (one->is_null || other->is_null) {
		const struct report_cell *shown = one->is_null ? other : one;
		return shown->is_null || (shown->number == 0 && shown->denominator == 0);
	}
	return one->number == other->number && one->denominator == other->denominator;
}

static int check_indicators(const struct report *report, struct err *err)
{
	static const struct report_cell nothing = {.is_null = true};
	const struct report_table *table = report_find(report, "indicators");
	for (size_t i = 0; table && i < sizeof(figures) / sizeof(figures[0]); i++) {
		const struct report_cell *one = cell_at(report, &figures[i].one);
		struct report_cell other = find_indicator(table, figures[i].id, figures[i].part);
		one = one ? one : &nothing; /* an empty table is said in words */
		if (is_same(one, &other))
			continue;
		err_set(err, ERR_DATA,
			"E_REPORT_AGREE 同一数字两处不同：%s.%s 为 %" PRId64 "/%" PRId64
			"%s，指标 %s %s 为 %" PRId64 "/%" PRId64 "%s",
			figures[i].one.table, figures[i].one.column, one->number, one->denominator,
			one->is_null ? "（不公布）" : "", figures[i].id, figures[i].part,
			other.number, other.denominator, other.is_null ? "（不公布）" : "");
		return -1;
	}
	return 0;
}

static int64_t count_rows(const struct report *report, const char *name)
{
	const struct report_table *table = report_find(report, name);
	int64_t count = 0; /* an empty table is said in words */
	for (const struct report_row *row = table ? table->first : NULL; row; row = row->next)
		count += !row->is_total;
	return count;
}

static int check_lists(const struct report *report, struct err *err)
{
	const struct report_table *table = report_find(report, "indicators");
	for (size_t i = 0; table && i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct report_cell figure = find_indicator(table, lists[i].id, lists[i].part);
		int64_t told = count_rows(report, lists[i].table);
		int64_t wanted = lists[i].rows == COUNTED       ? figure.number
				 : lists[i].rows == NOT_COUNTED ? figure.denominator - figure.number
								: figure.denominator;
		if (told == wanted)
			continue;
		err_set(err, ERR_DATA,
			"E_REPORT_LIST 清单与指标不符：%s 有 %" PRId64
			" 行，按指标 %s %s 应为 %" PRId64 " 行",
			lists[i].table, told, lists[i].id, lists[i].part, wanted);
		return -1;
	}
	return 0;
}

int report_check_agreements(const struct report *report, struct err *err)
{
	for (size_t i = 0; i < sizeof(agreements) / sizeof(agreements[0]); i++) {
		const struct report_cell *one = find(report, &agreements[i].one),
					 *other = find(report, &agreements[i].other);
		if (!one || !other ||
		    (one->number == other->number && one->denominator == other->denominator))
			continue;
		err_set(err, ERR_DATA,
			"E_REPORT_AGREE 同一数字两处不同：%s.%s 为 %" PRId64 "/%" PRId64
			"，%s.%s 为 %" PRId64 "/%" PRId64,
			agreements[i].one.table, agreements[i].one.column, one->number,
			one->denominator, agreements[i].other.table, agreements[i].other.column,
			other->number, other->denominator);
		return -1;
	}
	return check_indicators(report, err) < 0 ? -1 : check_lists(report, err);
}
