/* SPDX-License-Identifier: Apache-2.0 */
/* Rules that need more than one field, or the registers. */
#include "check.h"

#include <pthread.h>
#include <string.h>

#include "calendar.h"

/* Fields that rules speak of, by name; a kind has some of them. */
enum rule_field {
	WINDOW_START, WINDOW_END, STARTED_AT, ENDED_AT, PERIOD_START, PERIOD_END, REPORTED_ON, EFFECTIVE_FROM, EFFECTIVE_TO,
	RESPONSIBLE_FROM, RESPONSIBLE_TO, OCCURRED_ON, ENDED_ON, PLANNED_MIN, PLANNED_MAX, STATUS, TOWNSHIP_CODES,
	AREA_EXPLANATION, PLAN_ITEM_ID, QUOTA_KIND, FILLED_ON, SATISFIED_COUNT, RESPONSE_COUNT, POLICY_RELATED_COUNT, TOTAL_COUNT,
	STAFF_TRAINED, STAFF_TOTAL, RECEIVED_ON, HANDLED_ON, HAPPENED_ON, CHECKED_ON, RECTIFICATION_CLOSED_ON, ISSUED_ON,
	STATUS_CHANGED_ON, RULE_FIELD_COUNT
};
static const char *const names[RULE_FIELD_COUNT] = {
	"window_start", "window_end", "started_at", "ended_at", "period_start", "period_end", "reported_on",
	"effective_from", "effective_to", "responsible_from", "responsible_to", "occurred_on", "ended_on",
	"planned_min", "planned_max", "status", "township_codes", "area_explanation", "plan_item_id", "quota_kind",
	"filled_on", "satisfied_count", "response_count", "policy_related_count", "total_count", "staff_trained", "staff_total",
	"received_on", "handled_on", "happened_on", "checked_on", "rectification_closed_on", "issued_on", "status_changed_on",
};

/* Pairs that must not run backwards, wherever a kind has both: days in order, a part and its whole. Not among them, as either may
 * be so: cases of earlier periods closed (办结) beside a total of this one, a draft published before the document was issued. */
static const struct {
	enum rule_field first, last;
	const char *code, *text;
} ordered[] = {
	{WINDOW_START, WINDOW_END, "E_DATE_ORDER", "结束日期早于开始日期"},
	{STARTED_AT, ENDED_AT, "E_DATE_ORDER", "结束时间早于开始时间"},
	{PERIOD_START, PERIOD_END, "E_DATE_ORDER", "截止日期早于起始日期"},
	{PERIOD_START, FILLED_ON, "E_DATE_ORDER", "填表日期早于起始日期"},
	{PERIOD_START, REPORTED_ON, "E_DATE_ORDER", "统计日期早于起始日期"},
	{EFFECTIVE_FROM, EFFECTIVE_TO, "E_DATE_ORDER", "失效日期早于生效日期"},
	{RESPONSIBLE_FROM, RESPONSIBLE_TO, "E_DATE_ORDER", "任职止早于任职起"},
	{OCCURRED_ON, ENDED_ON, "E_DATE_ORDER", "结束日期早于开展日期"},
	{PLANNED_MIN, PLANNED_MAX, "E_NUMBER_ORDER", "计划最多场次少于最少场次"},
	{RECEIVED_ON, HANDLED_ON, "E_DATE_ORDER", "办理日期早于收到日期"},
	{HAPPENED_ON, REPORTED_ON, "E_DATE_ORDER", "报送日期早于发生日期"},
	{CHECKED_ON, RECTIFICATION_CLOSED_ON, "E_DATE_ORDER", "整改完成日期早于检查日期"},
	{ISSUED_ON, STATUS_CHANGED_ON, "E_DATE_ORDER", "效力变更日期早于发文日期"},
	{SATISFIED_COUNT, RESPONSE_COUNT, "E_NUMBER_ORDER", "满意份数多于有效答复份数"},
	{POLICY_RELATED_COUNT, TOTAL_COUNT, "E_NUMBER_ORDER", "政策类件数多于总数"},
	{STAFF_TRAINED, STAFF_TOTAL, "E_NUMBER_ORDER", "培训人数多于窗口人数"},
};
enum { ORDERED_COUNT = sizeof(ordered) / sizeof(ordered[0]) };

/* Where each kind has them, -1 where it has not, and the pairs of which it has both: looked up once, as names are compared slowly. */
static int places[CATALOG_KIND_COUNT][RULE_FIELD_COUNT];
static size_t pairs[CATALOG_KIND_COUNT][ORDERED_COUNT], pair_counts[CATALOG_KIND_COUNT];
static pthread_once_t places_once = PTHREAD_ONCE_INIT;

static void find_places(void)
{
	for (size_t k = 0; k < CATALOG_KIND_COUNT; k++) {
		for (size_t f = 0; f < RULE_FIELD_COUNT; f++)
			places[k][f] = catalog_field_find(catalog_kinds[k]->fields, catalog_kinds[k]->field_count, names[f]);
		for (size_t i = 0; i < ORDERED_COUNT; i++)
			if (places[k][ordered[i].first] >= 0 && places[k][ordered[i].last] >= 0)
				pairs[k][pair_counts[k]++] = i;
	}
}

static int place(const struct catalog_kind *kind, enum rule_field field)
{
	return places[catalog_kind_index(kind)][field];
}

/* NULL when the kind has it not, or it is not answered. */
static const struct field_value *get(const struct record_view *view, enum rule_field field)
{
	int i = place(view->kind, field);
	return i >= 0 && view->values[i].is_set ? &view->values[i] : NULL;
}

/* The name of a value that is set; NULL when it is none of the catalogue. */
static const char *name_of(const struct record_view *view, enum rule_field field)
{
	const struct catalog_value *value =
		catalog_value_by_number(&view->kind->fields[place(view->kind, field)], (int)get(view, field)->number);
	return value ? value->name : NULL;
}

static void check_order(const struct record_view *view, struct problems *problems)
{
	size_t k = catalog_kind_index(view->kind);
	for (size_t p = 0; p < pair_counts[k]; p++) {
		size_t i = pairs[k][p];
		const struct field_value *first = get(view, ordered[i].first), *last = get(view, ordered[i].last);
		if (first && last && last->number < first->number)
			problems_add(problems, ordered[i].code, names[ordered[i].last], "%s，请核对", ordered[i].text);
	}
}

/* A held event lies in the past; a planned one may lie ahead. */
static void check_held(const struct record_view *view, const struct check_context *context, struct problems *problems)
{
	const struct field_value *status = get(view, STATUS), *day = get(view, OCCURRED_ON);
	char text[DATE_TEXT_SIZE];
	if (!status || !day || day->number <= context->today_on)
		return;
	const char *name = name_of(view, STATUS);
	if (name && strcmp(name, "held") == 0) {
		date_format((int32_t)day->number, text);
		problems_add(problems, "E_DATE_FUTURE", "occurred_on",
			     "开展日期 %s 晚于今天，尚未开展的活动请把状态填为“计划中”", text);
	}
}

static void refuse_township(enum township_result result, const char *code,
			    const struct registry_unit *unit, const struct registry_unit *successor,
			    struct problems *problems)
{
	if (result == TOWNSHIP_UNKNOWN)
		problems_add(problems, "E_TOWNSHIP_UNKNOWN", "township_codes",
			     "乡镇代码 %.20s 不在名册中，请在名册中查找后重填", code);
	else if (successor)
		problems_add(problems, "E_TOWNSHIP_CLOSED", "township_codes",
			     "乡镇 %s（%s）在开展当日无效，可改为 %s（%s）", unit->name_zh, unit->code,
			     successor->name_zh, successor->code);
	else
		problems_add(problems, "E_TOWNSHIP_CLOSED", "township_codes",
			     "乡镇 %s（%s）在开展当日无效，请核对日期和代码", unit->name_zh, unit->code);
}

/* Ruling R7. Unknown and closed codes are refused whole. More than coverage.max_townships or outside without an explanation
 * is stored and covers nothing, so only the desk, where it can still be mended, asks for the words. */
static void check_townships(const struct record_view *view, const char *office_code, const struct check_context *context,
			    struct problems *problems)
{
	const struct field_value *codes = get(view, TOWNSHIP_CODES), *day = get(view, OCCURRED_ON);
	struct field_value code;
	const struct registry_unit *unit, *successor;
	const struct registry_unit *outside = NULL;
	if (!codes || !day)
		return;
	for (size_t e = 0; e < codes->count; e++) {
		field_element(codes, FIELD_TEXT_LIST, e, &code);
		enum township_result result =
			registry_township(context->registry, office_code, code.data,
					  (int32_t)day->number, &unit, &successor);
		if (result == TOWNSHIP_UNKNOWN || result == TOWNSHIP_CLOSED)
			refuse_township(result, code.data, unit, successor, problems);
		else if (result == TOWNSHIP_OUTSIDE)
			outside = unit;
	}
	if (!context->is_entry || get(view, AREA_EXPLANATION))
		return;
	if (outside)
		problems_add(problems, "E_AREA_EXPLANATION", "area_explanation",
			     "%s（%s）不在本单位辖区，请填写跨区说明，否则不计入覆盖", outside->name_zh,
			     outside->code);
	else if (codes->count > registry_max_townships(context->registry))
		problems_add(problems, "E_AREA_EXPLANATION", "area_explanation",
			     "一场活动填了 %zu 个乡镇，超过 %zu 个须填写跨区说明，否则不计入覆盖", codes->count,
			     registry_max_townships(context->registry));
}

/* Ruling R8: the line credited is the office's own; annex-2 lines belong to the province and its units. */
static void check_plan_item(const struct record_view *view, const char *office_code, const struct check_context *context,
			    struct problems *problems)
{
	const struct field_value *id = get(view, PLAN_ITEM_ID);
	if (!id)
		return;
	const uint8_t *bytes = (const uint8_t *)id->data;
	const struct registry_office *office = registry_office(context->registry, office_code);
	bool is_provincial = office && (office->level == LEVEL_PROVINCE ||
					office->level == LEVEL_PROVINCE_UNIT);
	if (is_provincial && registry_has_plan_line(context->registry, bytes))
		return;
	if (context->has_plan_item && context->has_plan_item(context->context, office_code, bytes))
		return;
	if (context->has_plan_item)
		problems_add(problems, "E_PLAN_ITEM_UNKNOWN", "plan_item_id",
			     "计划项不存在或不属于 %.20s，请先报送计划项", office_code);
}

static void check_quota(const struct record_view *view, struct problems *problems)
{
	if (!get(view, QUOTA_KIND))
		return;
	const char *name = name_of(view, QUOTA_KIND);
	bool is_counted = name && strcmp(name, "counted") == 0, has_minimum = get(view, PLANNED_MIN);
	if (is_counted != has_minimum)
		problems_add(problems, "E_QUOTA_MISSING", "planned_min",
			     is_counted ? "定量的计划项须填写计划最少场次"
					: "多场次或全年的计划项不填计划最少场次");
}

void rules_check(const struct record_view *view, const struct check_context *context, struct problems *problems)
{
	const char *office_code = record_office(view->record, context->author_office_code);
	pthread_once(&places_once, find_places);
	check_order(view, problems);
	check_held(view, context, problems);
	check_townships(view, office_code, context, problems);
	check_plan_item(view, office_code, context, problems);
	check_quota(view, problems);
}
