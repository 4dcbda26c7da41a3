/* SPDX-License-Identifier: Apache-2.0 */
/* Every rule of the statistics form that needs the form alone, at the desk and at the collector. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "calendar.h"
#include "catalog_text.h"
#include "formcheck.h"

static struct registry *registry;

static int setup(void **state)
{
	static const struct registry_office office = {"42", "", LEVEL_PROVINCE, "省"};
	(void)state;
	registry_new(&registry, NULL);
	registry_set_programme(registry, &(struct programme){"p", 2024, 1});
	registry_add_office(registry, &office, NULL);
	registry_seal(registry);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	registry_free(&registry);
	return 0;
}

/* A sound form with some cells put otherwise: "10" or "12.sessions" and the rest of the line as JSON, or NULL to leave
 * the cell out; "+10" adds a second line. Other names are fields. The first code wanted, NULL for none. */
static const struct {
	const char *cells[6];
	const char *code;
	bool is_entry;
} cases[] = {
	{{NULL}, NULL, true},
	{{NULL}, NULL, false},
	/* states */
	{{"10", "{\"state\": \"value\", \"count\": 0}"}, NULL, true},
	{{"10", "{\"state\": \"not_applicable\", \"reason\": \"无企业\"}"}, NULL, true},
	{{"10", "{\"state\": \"not_applicable\"}"}, "E_FORM_REASON", false},
	{{"10", "{\"state\": \"not_applicable\", \"reason\": \"\\u3000 \"}"}, "E_TEXT_BLANK", false},
	{{"10", "{\"state\": \"not_answered\"}"}, NULL, true},
	{{"10", NULL}, "E_FORM_INCOMPLETE", true},
	{{"10", NULL}, NULL, false}, /* stored, incomplete: ruling R14 */
	{{"10", "{\"state\": \"value\"}"}, "E_FORM_VALUE", false},
	{{"10", "{\"state\": \"value\", \"is_yes\": true}"}, "E_FORM_VALUE", false},
	{{"10", "{\"state\": \"value\", \"count\": 1, \"text\": \"x\"}"}, "E_FORM_VALUE", false},
	{{"10", "{\"state\": \"not_applicable\", \"reason\": \"x\", \"count\": 1}"}, "E_FORM_VALUE", false},
	{{"10", "{\"state\": \"not_answered\", \"count\": 1}"}, "E_FORM_VALUE", false},
	{{"10", "{\"count\": 1}"}, "E_FIELD_MISSING", false},
	/* cells */
	{{"+10", "{\"state\": \"value\", \"count\": 1}"}, "E_FORM_CELL_TWICE", false},
	{{"12", "{\"state\": \"value\", \"count\": 1}"}, "E_FORM_CELL_UNKNOWN", false},
	{{"22", "{\"state\": \"value\", \"count\": 1}"}, "E_FORM_CELL_UNKNOWN", false},
	/* overrides of a proposed number */
	{{"10", "{\"state\": \"value\", \"count\": 2, \"proposed_count\": 2}"}, NULL, false},
	{{"10", "{\"state\": \"value\", \"count\": 3, \"proposed_count\": 2}"}, "E_FORM_REASON", false},
	{{"10", "{\"state\": \"value\", \"count\": 3, \"proposed_count\": 2, \"reason\": \"一场未录\"}"}, NULL, false},
	{{"21", "{\"state\": \"value\", \"count\": 96, \"proposed_count\": 100}"}, NULL, false},
	/* rates, ruling R17 */
	{{"12.coverage_rate", "{\"state\": \"value\", \"rate_text\": \"100\"}"}, NULL, false},
	{{"12.coverage_rate", "{\"state\": \"value\", \"rate_text\": \"100.01\"}"}, "E_FORM_RATE", false},
	{{"12.coverage_rate", "{\"state\": \"value\", \"rate_text\": \"-1\"}"}, "E_FORM_RATE", false},
	{{"12.coverage_rate", "{\"state\": \"value\", \"rate_text\": \"66.\"}"}, "E_FORM_RATE", false},
	{{"12.coverage_rate", "{\"state\": \"value\", \"rate_text\": \".5\"}"}, "E_FORM_RATE", false},
	{{"12.coverage_rate", "{\"state\": \"value\", \"rate_text\": \"66,7\"}"}, "E_FORM_RATE", false},
	{{"12.coverage_rate", "{\"state\": \"value\", \"rate_text\": \"66.66667\"}"}, "E_FORM_RATE", false},
	/* items 3 and 4 */
	{{"3", "{\"state\": \"value\", \"is_yes\": true}"}, "E_FORM_YES", false},
	{{"3", "{\"state\": \"value\", \"is_yes\": true}", "3.portal_published", "{\"state\": \"value\", \"is_yes\": true}",
	  "3.wechat_published", "{\"state\": \"value\", \"is_yes\": true}"}, NULL, false},
	{{"3", "{\"is_yes\": false, \"state\": \"value\"}", "3.portal_published", "{\"state\": \"value\", \"is_yes\": true}",
	  "3.wechat_published", "{\"state\": \"value\", \"is_yes\": true}"}, "E_FORM_YES", false},
	{{"3.portal_published", "{\"state\": \"value\", \"is_yes\": true}", "3.wechat_published",
	  "{\"state\": \"value\", \"is_yes\": true}"}, NULL, true}, /* the one yes follows from the channels */
	{{"3.portal_published", "{\"state\": \"value\", \"is_yes\": true}"}, NULL, false},
	{{"4.portal_has_column", "{\"state\": \"value\", \"is_yes\": true}"}, "E_FORM_COLUMNS", false},
	{{"4.portal_has_column", "{\"state\": \"value\", \"is_yes\": true}", "4.column_names",
	  "{\"state\": \"value\", \"text\": \"政策直通车\"}"}, NULL, false},
	{{"4.column_names", "{\"state\": \"value\", \"text\": \"政策直通车\"}"}, "E_FORM_COLUMNS", false},
	/* item 12: covered above sessions is legal, covered without sessions is not */
	{{"12.sessions", "{\"state\": \"value\", \"count\": 1}", "12.townships_covered", "{\"state\": \"value\", \"count\": 3}"}, NULL, false},
	{{"12.townships_covered", "{\"state\": \"value\", \"count\": 3}"}, "E_FORM_COVERED", false},
	{{"12.sessions", "{\"state\": \"not_applicable\", \"reason\": \"x\"}", "12.townships_covered", "{\"state\": \"value\", \"count\": 3}"},
	 "E_FORM_COVERED", false},
	{{"12.sessions", "{\"state\": \"not_applicable\", \"reason\": \"x\"}", "12.townships_covered", "{\"state\": \"value\", \"count\": 0}"}, NULL, true},
	{{"12.sessions", "{\"state\": \"not_answered\"}", "12.townships_covered", "{\"state\": \"value\", \"count\": 3}"}, NULL, true},
	{{"12.sessions", NULL, "12.townships_covered", "{\"state\": \"value\", \"count\": 3}"}, NULL, false},
	/* item 15 */
	{{"15.people", "{\"state\": \"value\", \"count\": 3}"}, "E_FORM_AVERAGE", false},
	{{"15.avg_sessions_per_person", "{\"state\": \"value\", \"rate_text\": \"1\"}"}, "E_FORM_AVERAGE", false},
	{{"15.people", "{\"state\": \"value\", \"count\": 3}", "15.avg_sessions_per_person", "{\"state\": \"value\", \"rate_text\": \"1.67\"}",
	  "participation_total", "5"}, NULL, false},
	{{"15.people", "{\"state\": \"value\", \"count\": 3}", "15.avg_sessions_per_person", "{\"state\": \"value\", \"rate_text\": \"1.68\"}",
	  "participation_total", "5"}, "E_FORM_AVERAGE", false},
	{{"15.people", "{\"state\": \"value\", \"count\": 3}", "15.avg_sessions_per_person", "{\"state\": \"value\", \"rate_text\": \"2\"}",
	  "participation_total", "5"}, NULL, false}, /* a whole number: within 0.5 */
	{{"15.people", "{\"state\": \"value\", \"count\": 3}", "15.avg_sessions_per_person", "{\"state\": \"value\", \"rate_text\": \"3\"}",
	  "participation_total", "5"}, "E_FORM_AVERAGE", false},
	/* item 16 */
	{{"16", "{\"state\": \"value\", \"text\": \"https://a.example/plan\"}"}, NULL, false},
	{{"16", "{\"state\": \"value\", \"text\": \"见门户网站\"}"}, "E_URL_BAD", false},
	/* item 22, the period, the people */
	{{"entries", "[{\"label\": \"义诊\", \"count\": 2, \"unit\": \"场\"}]"}, NULL, false},
	{{"entries", "[{\"label\": \"义诊\", \"count\": 2}]"}, "E_FORM_ENTRY", false},
	{{"entries", "[{\"count\": 2, \"unit\": \"场\"}]"}, "E_FIELD_MISSING", false},
	{{"period", "whole_year"}, "E_FORM_PERIOD", false},
	{{"filled_on", "2023-12-31"}, "E_DATE_ORDER", false},
	{{"approved_by", "李四"}, NULL, false},
	{{"approved_by", "张三"}, "E_SELF_APPROVED", false},
	{{"approved_by", "王 五"}, "E_SELF_APPROVED", false}, /* who filled it in, blanks aside */
	{{"approved_by", "\u00A0王\u2003五"}, "E_SELF_APPROVED", false},
	{{"approved_by", "王五六"}, NULL, false},
};

static void set(ProtobufCMessage *body, const struct catalog_kind *kind, const char *field, const char *text)
{
	struct problems problems = {0};
	int i = catalog_field_find(kind->fields, kind->field_count, field);
	assert_true(i >= 0);
	catalog_set_text(body, kind->fields, (size_t)i, text, &problems);
	assert_int_equal(problems.count, 0);
}

static void add_line(json_t *lines, const char *cell, const char *rest)
{
	char number[8] = "";
	const char *point = strchr(cell, '.');
	memcpy(number, cell, point ? (size_t)(point - cell) : strlen(cell));
	json_t *line = json_loads(rest, 0, NULL);
	assert_non_null(line);
	json_object_set_new(line, "item_no", json_integer(atoi(number)));
	json_object_set_new(line, "sub_field", json_string(point ? point + 1 : ""));
	json_array_append_new(lines, line);
}

static const char *sound_of(const struct form_cell *cell)
{
	return cell->type == FORM_COUNT	    ? "{\"state\": \"value\", \"count\": 0}"
	       : cell->type == FORM_BOOLEAN ? "{\"state\": \"value\", \"is_yes\": false}"
					    : "{\"state\": \"not_applicable\", \"reason\": \"无\"}";
}

static void fill(ProtobufCMessage *body, const struct catalog_kind *kind, const char *const *cells)
{
	json_t *lines = json_array();
	for (size_t i = 0; i < FORM_CELL_COUNT; i++) {
		char name[64];
		const char *rest = sound_of(&form_cells[i]);
		snprintf(name, sizeof(name), "%u%s%s", form_cells[i].item_no, form_cells[i].sub_field[0] ? "." : "",
			 form_cells[i].sub_field);
		for (size_t c = 0; c < 6 && cells[c]; c += 2)
			if (strcmp(cells[c], name) == 0)
				rest = cells[c + 1];
		if (rest && (form_cells[i].is_mandatory || rest != sound_of(&form_cells[i])))
			add_line(lines, name, rest);
	}
	for (size_t c = 0; c < 6 && cells[c]; c += 2) {
		const char *number = cells[c] + (cells[c][0] == '+');
		bool is_cell = strspn(number, "0123456789") > 0;
		if (!is_cell)
			set(body, kind, cells[c], cells[c + 1]);
		else if (number != cells[c] || form_cell_find((uint32_t)atoi(number), "") < 0)
			if (!strchr(number, '.'))
				add_line(lines, number, cells[c + 1]);
	}
	char *text = json_dumps(lines, 0);
	set(body, kind, "lines", text);
	free(text);
	json_decref(lines);
}

static bool is_named(const char *const *cells, const char *field)
{
	for (size_t c = 0; c < 6 && cells[c]; c += 2)
		if (strcmp(cells[c], field) == 0)
			return true;
	return false;
}

static void check(const struct catalog_kind *kind, ProtobufCMessage *body, bool is_entry, struct problems *problems)
{
	struct check_context context = {.registry = registry, .author_office_code = "42", .is_entry = is_entry};
	uint8_t id[16] = {[6] = 0x70, [8] = 0x80};
	Zhibao__V1__Record record;
	date_parse("2024-11-01", 10, &context.today_on);
	zhibao__v1__record__init(&record);
	record.item_id = record.revision_id = (ProtobufCBinaryData){16, id};
	record.operation = ZHIBAO__V1__OPERATION__OPERATION_SUBMIT;
	record.author = (char *)(uintptr_t) "张三";
	record.programme = (char *)(uintptr_t) "p";
	record.programme_version = 1;
	record.body_case = (Zhibao__V1__Record__BodyCase)kind->body_number;
	record.office_profile = (void *)body;
	check_record(&record, &context, problems);
}

static void test_forms(void **state)
{
	static const char *const head[][2] = {{"period", "mid_year"}, {"period_start", "2024-01-01"}, {"period_end", "2024-06-30"},
					      {"scope", "own"},	      {"filled_on", "2024-06-20"},    {"filled_by", "王五"}};
	const struct catalog_kind *kind = catalog_kind_find("statistics_form");
	(void)state;
	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		struct problems problems = {0};
		ProtobufCMessage *body = catalog_body_new(kind->descriptor);
		for (size_t h = 0; h < sizeof(head) / sizeof(head[0]); h++)
			if (!is_named(cases[c].cells, head[h][0]))
				set(body, kind, head[h][0], head[h][1]);
		fill(body, kind, cases[c].cells);
		check(kind, body, cases[c].is_entry, &problems);
		if (cases[c].code ? problems.count == 0 || strcmp(problems.items[0].code, cases[c].code) != 0 : problems.count > 0)
			fail_msg("case %zu %s: wanted %s, got %s %s", c, cases[c].cells[0] ? cases[c].cells[0] : "",
				 cases[c].code ? cases[c].code : "nothing", problems.count ? problems.items[0].code : "nothing",
				 problems.count ? problems.items[0].text : "");
		protobuf_c_message_free_unpacked(body, NULL);
	}
}

static void test_submission(void **state)
{
	const struct catalog_kind *kind = catalog_kind_find("submission");
	(void)state;
	for (int c = 0; c < 2; c++) {
		struct problems problems = {0};
		ProtobufCMessage *body = catalog_body_new(kind->descriptor);
		set(body, kind, "submission_kind", "work_plan");
		set(body, kind, "title", "工作方案");
		set(body, kind, "approved_by", c == 0 ? "李四" : "张三");
		check(kind, body, true, &problems);
		assert_int_equal(problems.count, c);
		if (c)
			assert_string_equal(problems.items[0].code, "E_SELF_APPROVED");
		protobuf_c_message_free_unpacked(body, NULL);
	}
}

/* The wire has no negative count; words that hold one are refused before there is a record. */
static void test_negative(void **state)
{
	const struct catalog_kind *kind = catalog_kind_find("statistics_form");
	struct problems problems = {0};
	ProtobufCMessage *body = catalog_body_new(kind->descriptor);
	int i = catalog_field_find(kind->fields, kind->field_count, "lines");
	(void)state;
	catalog_set_text(body, kind->fields, (size_t)i, "[{\"item_no\": 10, \"state\": \"value\", \"count\": -1}]", &problems);
	assert_int_equal(problems.count, 1);
	assert_string_equal(problems.items[0].code, "E_NUMBER_BAD");
	protobuf_c_message_free_unpacked(body, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_submission),
		cmocka_unit_test(test_negative),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
