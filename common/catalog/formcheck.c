/* SPDX-License-Identifier: Apache-2.0 */
#include "formcheck.h"

#include <pthread.h>
#include <string.h>

#include "utf8.h"

__extension__ typedef __int128 wide;

const struct form_cell form_cells[FORM_CELL_COUNT] = {
	{1, "", FORM_COUNT, "政策文件公开数量", "个", true},
	{2, "", FORM_COUNT, "政策解答文件数量", "个", true},
	{3, "", FORM_BOOLEAN, "在门户网站及微信公众号公布", "", false},
	{3, "portal_published", FORM_BOOLEAN, "门户网站公布", "", true},
	{3, "wechat_published", FORM_BOOLEAN, "微信公众号公布", "", true},
	{4, "", FORM_BOOLEAN, "在门户网站及微信公众号设立宣传栏目", "", false},
	{4, "portal_has_column", FORM_BOOLEAN, "门户网站设立栏目", "", true},
	{4, "wechat_has_column", FORM_BOOLEAN, "微信公众号设立栏目", "", true},
	{4, "column_names", FORM_TEXT, "栏目名称", "", false},
	{5, "", FORM_COUNT, "制作微动漫、短视频、图表（文）等", "个", true},
	{6, "", FORM_COUNT, "政策原文、新闻通稿、解读文章、政策问答等", "个", true},
	{7, "", FORM_COUNT, "专家访谈", "次", true},
	{8, "", FORM_COUNT, "新闻发布会", "场", true},
	{9, "", FORM_COUNT, "答记者问", "次", true},
	{10, "", FORM_COUNT, "进企业活动", "场", true},
	{11, "", FORM_COUNT, "进校园活动", "场", true},
	{12, "sessions", FORM_COUNT, "进村居活动", "场", true},
	{12, "townships_covered", FORM_COUNT, "进村居覆盖乡镇", "个", true},
	{12, "coverage_rate", FORM_PERCENT, "进村居乡镇覆盖率", "%", true},
	{13, "", FORM_COUNT, "进工地活动", "场", true},
	{14, "", FORM_COUNT, "进系统学习活动", "场", true},
	{15, "people", FORM_COUNT, "宣讲骨干", "人", true},
	{15, "avg_sessions_per_person", FORM_RATIO, "人均开展或者参与宣讲", "场/人", true},
	{16, "", FORM_URL, "活动安排公布网址", "", true},
	{17, "", FORM_COUNT, "宣传栏、宣传牌、宣传海报等", "个", true},
	{18, "", FORM_COUNT, "宣传电子显示屏", "个", true},
	{19, "", FORM_COUNT, "制作宣传视频、微动画", "个", true},
	{20, "", FORM_COUNT, "发布、播放宣传视频、微动画", "个", true},
	{21, "", FORM_COUNT, "发放宣传册（宣传活页等资料）", "份", true},
};

/* Copies (份) have a tolerance of the pack, so a different number is judged at the centre. */
enum { ITEM_COPIES = 21 };

/* Lines of a form by cell, NULL where there is none. */
struct sheet {
	const Zhibao__V1__FormLine *lines[FORM_CELL_COUNT];
	const Zhibao__V1__StatisticsForm *form;
	struct problems *problems;
};

/* A number of at most six digits before and four after the point. */
struct decimal {
	int64_t digits, unit; /* value is digits / unit */
	bool has_point;
};

int form_cell_find(uint32_t item_no, const char *sub_field)
{
	for (int i = 0; i < FORM_CELL_COUNT; i++)
		if (form_cells[i].item_no == item_no && strcmp(form_cells[i].sub_field, sub_field) == 0)
			return i;
	return -1;
}

static bool parse_decimal(const char *text, struct decimal *out)
{
	size_t before = strspn(text, "0123456789"), after = 0;
	*out = (struct decimal){.unit = 1};
	if (text[before] == '.')
		after = strspn(text + before + 1, "0123456789");
	out->has_point = text[before] == '.';
	if (before == 0 || before > 6 || after > 4 || (out->has_point && after == 0) ||
	    text[before + after + (out->has_point ? 1 : 0)] != '\0')
		return false;
	for (const char *at = text; *at; at++)
		if (*at != '.')
			out->digits = out->digits * 10 + (*at - '0');
	for (size_t i = 0; i < after; i++)
		out->unit *= 10;
	return true;
}

/* Ruling R17: within 0.01 of the exact n / d, or 0.5 when entered without a point. */
static bool agrees(const struct decimal *rate, int64_t n, int64_t d)
{
	wide gap = (wide)rate->digits * d - (wide)n * rate->unit;
	wide room = (wide)rate->unit * d;
	return (gap < 0 ? -gap : gap) * 100 <= room * (rate->has_point ? 1 : 50);
}

static const Zhibao__V1__FormLine *line_of(const struct sheet *sheet, uint32_t item_no, const char *sub_field)
{
	return sheet->lines[form_cell_find(item_no, sub_field)];
}

static bool has_value(const Zhibao__V1__FormLine *line)
{
	return line && line->state == ZHIBAO__V1__FIGURE_STATE__FIGURE_STATE_VALUE;
}

/* -1 when it is not a value. */
static int64_t count_of(const struct sheet *sheet, uint32_t item_no, const char *sub_field)
{
	const Zhibao__V1__FormLine *line = line_of(sheet, item_no, sub_field);
	return has_value(line) ? (int64_t)line->count : -1;
}

/* 1, 0, or -1 when it is not a value. */
static int yes_of(const struct sheet *sheet, uint32_t item_no, const char *sub_field)
{
	const Zhibao__V1__FormLine *line = line_of(sheet, item_no, sub_field);
	return has_value(line) ? line->is_yes != 0 : -1;
}

static void complain(const struct sheet *sheet, const char *code, int cell, const char *text)
{
	problems_add(sheet->problems, code, "lines", "第 %u 项“%s”%s", form_cells[cell].item_no,
		     form_cells[cell].label_zh, text);
}

static void check_rate(const struct sheet *sheet, int cell, const Zhibao__V1__FormLine *line)
{
	struct decimal rate;
	if (!parse_decimal(line->rate_text, &rate))
		complain(sheet, "E_FORM_RATE", cell, "应为数字，小数点后至多四位，如 66.67");
	else if (form_cells[cell].type == FORM_PERCENT && rate.digits > 100 * rate.unit)
		complain(sheet, "E_FORM_RATE", cell, "超过 100%，请核对");
}

/* Exactly the sort of answer the cell takes, and none where it says there is none. */
static void check_line(const struct sheet *sheet, int cell, const Zhibao__V1__FormLine *line)
{
	bool given[] = {
		[FORM_COUNT] = line->count_answer_case == ZHIBAO__V1__FORM_LINE__COUNT_ANSWER_COUNT,
		[FORM_BOOLEAN] = line->is_yes_answer_case == ZHIBAO__V1__FORM_LINE__IS_YES_ANSWER_IS_YES,
		[FORM_TEXT] = line->text[0] != '\0',
		[FORM_PERCENT] = line->rate_text[0] != '\0',
	};
	enum form_value type = form_cells[cell].type == FORM_URL     ? FORM_TEXT
			       : form_cells[cell].type == FORM_RATIO ? FORM_PERCENT
								     : form_cells[cell].type;
	int answers = given[FORM_COUNT] + given[FORM_BOOLEAN] + given[FORM_TEXT] + given[FORM_PERCENT];
	bool is_value = has_value(line);
	if (is_value ? !given[type] || answers != 1 : answers != 0)
		complain(sheet, "E_FORM_VALUE", cell, is_value ? "缺少数据，或数据类型不符" : "标为不适用或未填，却填了数据");
	else if (is_value && type == FORM_PERCENT)
		check_rate(sheet, cell, line);
	else if (is_value && form_cells[cell].type == FORM_URL && !check_is_url(line->text))
		complain(sheet, "E_URL_BAD", cell, "应为以 http:// 或 https:// 开头的完整网址");
	if (line->state == ZHIBAO__V1__FIGURE_STATE__FIGURE_STATE_NOT_APPLICABLE && line->reason[0] == '\0')
		complain(sheet, "E_FORM_REASON", cell, "填了不适用，须说明原因");
	else if (is_value && line->proposed_count_answer_case == ZHIBAO__V1__FORM_LINE__PROPOSED_COUNT_ANSWER_PROPOSED_COUNT &&
		 line->proposed_count != line->count && line->reason[0] == '\0' && line->item_no != ITEM_COPIES)
		complain(sheet, "E_FORM_REASON", cell, "与记录得出的建议数不同，须说明原因");
}

static void place_lines(struct sheet *sheet)
{
	for (size_t i = 0; i < sheet->form->n_lines; i++) {
		const Zhibao__V1__FormLine *line = sheet->form->lines[i];
		int cell = form_cell_find(line->item_no, line->sub_field);
		if (cell < 0) {
			problems_add(sheet->problems, "E_FORM_CELL_UNKNOWN", "lines", "统计表没有第 %u 项“%.40s”", line->item_no,
				     line->sub_field);
		} else if (sheet->lines[cell]) {
			complain(sheet, "E_FORM_CELL_TWICE", cell, "填了两次，请只留一个");
		} else {
			sheet->lines[cell] = line;
			check_line(sheet, cell, line);
		}
	}
}

/* Items 3 and 4 (requirement Q-21): yes means portal and wechat; names are given when there is a column. */
static void check_channels(const struct sheet *sheet)
{
	static const struct {
		uint32_t item_no;
		const char *portal, *wechat;
	} pairs[] = {{3, "portal_published", "wechat_published"}, {4, "portal_has_column", "wechat_has_column"}};
	for (size_t i = 0; i < 2; i++) {
		int both = yes_of(sheet, pairs[i].item_no, ""), portal = yes_of(sheet, pairs[i].item_no, pairs[i].portal);
		int wechat = yes_of(sheet, pairs[i].item_no, pairs[i].wechat);
		if (both >= 0 && portal >= 0 && wechat >= 0 && both != (portal && wechat))
			complain(sheet, "E_FORM_YES", form_cell_find(pairs[i].item_no, ""),
				 "填“是”须门户网站和微信公众号都为“是”，否则应填“否”");
	}
	int portal = yes_of(sheet, 4, "portal_has_column"), wechat = yes_of(sheet, 4, "wechat_has_column");
	bool has_names = has_value(line_of(sheet, 4, "column_names"));
	int cell = form_cell_find(4, "column_names");
	if ((portal == 1 || wechat == 1) && !has_names)
		complain(sheet, "E_FORM_COLUMNS", cell, "未填，设立了栏目须写明是什么栏目");
	else if (portal == 0 && wechat == 0 && has_names)
		complain(sheet, "E_FORM_COLUMNS", cell, "已填，但两个渠道都填未设立");
}

static void check_coverage(const struct sheet *sheet)
{
	const Zhibao__V1__FormLine *sessions = line_of(sheet, 12, "sessions");
	if (!sessions || sessions->state == ZHIBAO__V1__FIGURE_STATE__FIGURE_STATE_NOT_ANSWERED)
		return;
	if (count_of(sheet, 12, "townships_covered") > 0 && count_of(sheet, 12, "sessions") <= 0)
		complain(sheet, "E_FORM_COVERED", form_cell_find(12, "townships_covered"),
			 has_value(sessions) ? "大于 0，但进村居活动为 0 场" : "大于 0，但进村居活动填了不适用");
}

static void check_average(const struct sheet *sheet)
{
	const Zhibao__V1__FormLine *line = line_of(sheet, 15, "avg_sessions_per_person");
	int64_t people = count_of(sheet, 15, "people");
	int cell = form_cell_find(15, "avg_sessions_per_person");
	struct decimal average;
	bool has_total = sheet->form->participation_total_answer_case ==
			 ZHIBAO__V1__STATISTICS_FORM__PARTICIPATION_TOTAL_ANSWER_PARTICIPATION_TOTAL;
	if (!line || people < 0)
		return;
	if (people == 0 && has_value(line))
		complain(sheet, "E_FORM_AVERAGE", cell, "已填，但宣讲骨干为 0 人，应填不适用");
	else if (people > 0 && line->state == ZHIBAO__V1__FIGURE_STATE__FIGURE_STATE_NOT_APPLICABLE)
		complain(sheet, "E_FORM_AVERAGE", cell, "填了不适用，但宣讲骨干不为 0 人");
	else if (people > 0 && has_value(line) && has_total && parse_decimal(line->rate_text, &average) &&
		 !agrees(&average, sheet->form->participation_total, people))
		problems_add(sheet->problems, "E_FORM_AVERAGE", "lines",
			     "第 15 项人均 %.12s 与参与人次 %u 除以骨干 %lld 人不符", line->rate_text,
			     sheet->form->participation_total, (long long)people);
}

static void check_entries(const struct sheet *sheet)
{
	for (size_t i = 0; i < sheet->form->n_entries; i++) {
		const Zhibao__V1__FormEntry *entry = sheet->form->entries[i];
		if (entry->count_answer_case == ZHIBAO__V1__FORM_ENTRY__COUNT_ANSWER_COUNT && entry->unit[0] == '\0')
			problems_add(sheet->problems, "E_FORM_ENTRY", "entries", "自行列项“%.60s”填了数量，须填写单位", entry->label);
	}
}

/* At the desk an omitted cell is an oversight; who cannot answer says so with the state not_answered. */
static void check_omitted(const struct sheet *sheet)
{
	for (int i = 0; i < FORM_CELL_COUNT; i++)
		if (form_cells[i].is_mandatory && !sheet->lines[i])
			complain(sheet, "E_FORM_INCOMPLETE", i, "没有填");
}

void form_check(const Zhibao__V1__StatisticsForm *form, const struct check_context *context, struct problems *problems)
{
	struct sheet sheet = {.form = form, .problems = problems};
	if (form->period == ZHIBAO__V1__PERIOD__PERIOD_WHOLE_YEAR)
		problems_add(problems, "E_FORM_PERIOD", "period", "统计表的报告期应为上半年或年终");
	place_lines(&sheet);
	if (problems->count > 0)
		return; /* figures that cannot be read are not compared */
	check_channels(&sheet);
	check_coverage(&sheet);
	check_average(&sheet);
	check_entries(&sheet);
	if (context->is_entry)
		check_omitted(&sheet);
}

static const char *next_of(const char *text)
{
	size_t len;
	while ((len = text_blank(text)) > 0)
		text += len;
	return text;
}

/* The same name, blanks aside. */
static bool is_same_person(const char *one, const char *other)
{
	for (;; one++, other++) {
		one = next_of(one);
		other = next_of(other);
		if (*one != *other)
			return false;
		if (*one == '\0')
			return true;
	}
}

/* Where each kind has the two names, -1 where it has not: looked up once, as names are compared slowly. */
static int approver_places[CATALOG_KIND_COUNT], filler_places[CATALOG_KIND_COUNT];
static pthread_once_t places_once = PTHREAD_ONCE_INIT;

static void find_places(void)
{
	for (size_t k = 0; k < CATALOG_KIND_COUNT; k++) {
		approver_places[k] = catalog_field_find(catalog_kinds[k]->fields, catalog_kinds[k]->field_count, "approved_by");
		filler_places[k] = catalog_field_find(catalog_kinds[k]->fields, catalog_kinds[k]->field_count, "filled_by");
	}
}

void form_check_approver(const struct record_view *view, struct problems *problems)
{
	pthread_once(&places_once, find_places);
	size_t kind = catalog_kind_index(view->kind);
	const struct field_value *approver = approver_places[kind] < 0 ? NULL : &view->values[approver_places[kind]];
	const struct field_value *filler = filler_places[kind] < 0 ? NULL : &view->values[filler_places[kind]];
	if (!approver || !approver->is_set)
		return;
	if (is_same_person(approver->data, view->record->author) ||
	    (filler && filler->is_set && is_same_person(approver->data, filler->data)))
		problems_add(problems, "E_SELF_APPROVED", "approved_by", "审核人“%.40s”就是填报人，须由另一人审核", approver->data);
}
