/* SPDX-License-Identifier: Apache-2.0 */
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
#include "check.h"

static struct registry *registry;

static void add_unit(const char *id, const char *code, const char *county, const char *from, const char *to)
{
	struct registry_unit unit = {.valid_from_on = INT32_MIN, .valid_to_on = INT32_MAX};
	strcpy(unit.unit_id, id);
	strcpy(unit.code, code);
	strcpy(unit.county_code, county);
	snprintf(unit.name_zh, sizeof(unit.name_zh), "乡镇%s", code);
	if (from)
		date_parse(from, 10, &unit.valid_from_on);
	if (to)
		date_parse(to, 10, &unit.valid_to_on);
	registry_add_unit(registry, &unit, NULL);
}

static int setup(void **state)
{
	static const struct registry_office offices[] = {
		{"42", "", LEVEL_PROVINCE, "省"},	  {"4201", "42", LEVEL_CITY, "市"},
		{"420101", "4201", LEVEL_COUNTY, "县一"}, {"420102", "4201", LEVEL_COUNTY, "县二"},
		{"4290", "42", LEVEL_CITY, "直管市"},	  {"42U1", "42", LEVEL_PROVINCE_UNIT, "处"},
	};
	static const uint8_t line[16] = {9};
	struct registry_lineage merged = {"u3", "u4"};
	(void)state;
	registry_new(&registry, NULL);
	registry_set_programme(registry, &(struct programme){"p", 2024, 3});
	registry_add_former(registry, &(struct programme){"before", 2023, 2}, NULL);
	for (size_t i = 0; i < sizeof(offices) / sizeof(offices[0]); i++)
		registry_add_office(registry, &offices[i], NULL);
	add_unit("u1", "101", "420101", NULL, NULL);
	add_unit("u2", "201", "420102", NULL, NULL);
	add_unit("u3", "103", "420101", NULL, "2024-06-01"); /* merged into u4 */
	add_unit("u4", "104", "420101", "2024-06-01", NULL);
	add_unit("u5", "105", "420101", NULL, "2024-03-01"); /* renamed: new code, same unit */
	add_unit("u5", "106", "420101", "2024-03-01", NULL);
	add_unit("u6", "901", "4290", NULL, NULL);
	registry_add_lineage(registry, &merged, NULL);
	registry_add_plan_line(registry, line, NULL);
	registry_seal(registry);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	registry_free(&registry);
	return 0;
}

static void test_townships(void **state)
{
	static const struct {
		const char *office, *code, *day, *successor;
		enum township_result result;
	} cases[] = {
		{"420101", "101", "2024-05-01", NULL, TOWNSHIP_OWN},
		{"4201", "101", "2024-05-01", NULL, TOWNSHIP_OWN},
		{"420102", "101", "2024-05-01", NULL, TOWNSHIP_OUTSIDE},
		{"4290", "901", "2024-05-01", NULL, TOWNSHIP_OWN},
		{"4201", "901", "2024-05-01", NULL, TOWNSHIP_OUTSIDE},
		{"42U1", "901", "2024-05-01", NULL, TOWNSHIP_OWN},
		{"42", "101", "2024-05-01", NULL, TOWNSHIP_OWN},
		{"420101", "103", "2024-05-31", NULL, TOWNSHIP_OWN},
		{"420101", "103", "2024-06-01", "104", TOWNSHIP_CLOSED},
		{"420101", "104", "2024-05-31", NULL, TOWNSHIP_CLOSED},
		{"420101", "105", "2024-03-01", "106", TOWNSHIP_CLOSED},
		{"420101", "999", "2024-05-01", NULL, TOWNSHIP_UNKNOWN},
		{"420101", "", "2024-05-01", NULL, TOWNSHIP_UNKNOWN},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct registry_unit *unit, *successor;
		int32_t day;
		date_parse(cases[i].day, 10, &day);
		assert_int_equal(registry_township(registry, cases[i].office, cases[i].code, day, &unit, &successor),
				 cases[i].result);
		if (cases[i].successor)
			assert_string_equal(successor->code, cases[i].successor);
		else
			assert_null(successor);
	}
	assert_true(registry_is_ancestor(registry, "42", "420101"));
	assert_false(registry_is_ancestor(registry, "420101", "420101"));
	assert_false(registry_is_ancestor(registry, "4201", "42"));
}

static bool has_plan_item(void *context, const char *office_code, const uint8_t item_id[16])
{
	(void)context;
	return strcmp(office_code, "420101") == 0 && item_id[0] == 7;
}

/* One change to a sound record, and the first code it must bring; NULL: none. */
static const struct {
	const char *kind, *office, *on_behalf_of, *field, *text, *code;
	bool is_entry;
} cases[] = {
	{"lecture_event", "420101", "", NULL, NULL, NULL, true},
	{"lecture_event", "420101", "", "theme", "", "E_FIELD_MISSING", false},
	{"lecture_event", "420101", "", "theme", " \t", "E_TEXT_BLANK", false},
	{"lecture_event", "420101", "", "theme", "\u3000\u00A0", "E_TEXT_BLANK", true},
	{"lecture_event", "420101", "", "theme", "\u3000社保", NULL, true},
	{"lecture_event", "420101", "", "area_explanation", "\u3000", "E_TEXT_BLANK", true}, /* wanted or not */
	{"lecture_event", "420101", "", "cohost_office_codes", "420102;\u3000", "E_TEXT_BLANK", false},
	{"lecture_event", "420101", "", "attendance", "10000001", "E_NUMBER_RANGE", false},
	{"lecture_event", "420101", "", "township_codes", "999", "E_TOWNSHIP_UNKNOWN", false},
	{"lecture_event", "420101", "", "township_codes", "104", "E_TOWNSHIP_CLOSED", false},
	{"lecture_event", "420101", "", "township_codes", "201", "E_AREA_EXPLANATION", true},
	{"lecture_event", "420101", "", "township_codes", "201", NULL, false}, /* stored, covers nothing */
	{"lecture_event", "420101", "", "township_codes", "101;103;106;101", "E_AREA_EXPLANATION", true},
	{"lecture_event", "42U1", "", "township_codes", "201", NULL, true},
	{"lecture_event", "420101", "", "occurred_on", "2024-11-02", "E_DATE_FUTURE", false},
	{"lecture_event", "420101", "", "occurred_on", "2024-11-01", NULL, false},
	{"lecture_event", "420101", "", "plan_item_id", "07000000-0000-7000-8000-000000000000", NULL, false},
	{"lecture_event", "420101", "", "plan_item_id", "08000000-0000-7000-8000-000000000000", "E_PLAN_ITEM_UNKNOWN", false},
	{"lecture_event", "420101", "", "plan_item_id", "09000000-0000-0000-0000-000000000000", "E_PLAN_ITEM_UNKNOWN", false},
	{"lecture_event", "42U1", "", "plan_item_id", "09000000-0000-0000-0000-000000000000", NULL, false},
	{"lecture_event", "420101", "", "cohost_office_codes", "777", "E_OFFICE_UNKNOWN", false},
	{"lecture_event", "4201", "420101", NULL, NULL, NULL, false},
	{"lecture_event", "420102", "420101", NULL, NULL, "E_PROXY_DENIED", false},
	{"lecture_event", "420101", "4201", NULL, NULL, "E_PROXY_DENIED", false},
	{"lecture_event", "555", "", NULL, NULL, "E_OFFICE_UNKNOWN", false},
	{"plan_item", "420101", "", NULL, NULL, NULL, true},
	{"plan_item", "420101", "", "window_end", "2024-01-01", "E_DATE_ORDER", false},
	{"plan_item", "420101", "", "planned_max", "1", "E_NUMBER_ORDER", false},
	{"plan_item", "420101", "", "quota_kind", "many", "E_QUOTA_MISSING", false},
	{"publication", "420101", "", NULL, NULL, NULL, true},
	{"publication", "420101", "", "url", "ftp://x", "E_URL_BAD", false},
	{"publication", "420101", "", "published_on", "2024-11-02", "E_DATE_FUTURE", false},
	{"feedback_stat", "420101", "", NULL, NULL, NULL, true}, /* more closed than came in: of earlier periods */
	{"feedback_stat", "420101", "", "satisfied_count", "31", "E_NUMBER_ORDER", false},
	{"feedback_stat", "420101", "", "response_count", "29", "E_NUMBER_ORDER", false},
	{"feedback_stat", "420101", "", "response_count", "", NULL, false}, /* no whole to hold it against */
	{"feedback_stat", "420101", "", "policy_related_count", "101", "E_NUMBER_ORDER", false},
	{"window_report", "420101", "", NULL, NULL, NULL, true},
	{"window_report", "420101", "", "staff_trained", "13", "E_NUMBER_ORDER", false},
	{"public_input", "420101", "", NULL, NULL, NULL, true}, /* on the same day */
	{"public_input", "420101", "", "handled_on", "2024-04-30", "E_DATE_ORDER", false},
	{"news_item", "420101", "", NULL, NULL, NULL, true},
	{"news_item", "420101", "", "reported_on", "2024-04-30", "E_DATE_ORDER", false},
	{"inspection", "420101", "", NULL, NULL, NULL, true},
	{"inspection", "420101", "", "rectification_closed_on", "2024-04-30", "E_DATE_ORDER", false},
	{"policy_document", "420101", "", NULL, NULL, NULL, true}, /* published as a draft before it was issued */
	{"policy_document", "420101", "", "status_changed_on", "2024-04-30", "E_DATE_ORDER", false},
};

static const char *const sound[][20] = {
	{"lecture_event", "category", "village", "theme", "社保", "occurred_on", "2024-05-01", "place", "村", "mode", "offline", NULL},
	{"plan_item", "item_no", "1", "category", "village", "theme", "社保", "window_start", "2024-03-01", "planned_min", "2", NULL},
	{"publication", "object_kind", "arrangement", "channel", "portal", "title", "安排", "url", "https://a.example/", NULL},
	{"feedback_stat", "source", "hotline_12333", "period_start", "2024-04-01", "period_end", "2024-06-30", "total_count", "100",
	 "policy_related_count", "100", "closed_count", "120", "response_count", "30", "satisfied_count", "30", NULL},
	{"window_report", "hall_id", "h1", "report_kind", "staff_training", "quantity", "1", "reported_on", "2024-05-01", "staff_trained", "12",
	 "staff_total", "12", NULL},
	{"public_input", "received_on", "2024-05-01", "channel", "hotline", "topic", "咨询", "handled_on", "2024-05-01", NULL},
	{"news_item", "news_kind", "work_news", "title", "动态", "happened_on", "2024-05-01", "reported_on", "2024-05-01", NULL},
	{"inspection", "scheme", "filing_spot_check", "checked_on", "2024-05-01", "rectification_closed_on", "2024-05-01", NULL},
	{"policy_document", "document_kind", "policy", "title", "文件", "issuer", "省厅", "issued_on", "2024-05-01", "status", "abolished",
	 "status_changed_on", "2024-05-01", "disclosure", "public", "first_published_on", "2024-04-20", NULL},
};

static void set(ProtobufCMessage *body, const struct catalog_kind *kind, const char *field, const char *text)
{
	struct problems problems = {0};
	int i = catalog_field_find(kind->fields, kind->field_count, field);
	assert_true(i >= 0);
	catalog_set_text(body, kind->fields, (size_t)i, text, &problems);
	assert_int_equal(problems.count, 0);
}

static ProtobufCMessage *make(const struct catalog_kind *kind, const char *left_out, const char *instead)
{
	ProtobufCMessage *body = catalog_body_new(kind->descriptor);
	for (size_t s = 0; s < sizeof(sound) / sizeof(sound[0]); s++)
		for (size_t i = 1; strcmp(sound[s][0], kind->name) == 0 && sound[s][i]; i += 2)
			if (!left_out || strcmp(sound[s][i], left_out) != 0)
				set(body, kind, sound[s][i], sound[s][i + 1]);
	static const char *const more[][3] = {{"lecture_event", "status", "held"}, {"plan_item", "window_end", "2024-10-31"},
					      {"plan_item", "quota_kind", "counted"}, {"publication", "published_on", "2024-03-01"}};
	for (size_t m = 0; m < 4; m++)
		if (strcmp(more[m][0], kind->name) == 0 && (!left_out || strcmp(more[m][1], left_out) != 0))
			set(body, kind, more[m][1], more[m][2]);
	if (left_out && *instead)
		set(body, kind, left_out, instead);
	return body;
}

static void init_record(Zhibao__V1__Record *record, uint8_t id[16])
{
	zhibao__v1__record__init(record);
	id[6] = 0x70;
	id[8] = 0x80;
	record->item_id = record->revision_id = (ProtobufCBinaryData){16, id};
	record->operation = ZHIBAO__V1__OPERATION__OPERATION_SUBMIT;
	record->author = (char *)(uintptr_t) "张三";
	record->programme = (char *)(uintptr_t) "p";
	record->programme_version = 2;
}

static struct check_context context_of(const char *office, bool is_entry)
{
	struct check_context context = {.registry = registry, .author_office_code = office, .is_entry = is_entry,
					.has_plan_item = has_plan_item};
	date_parse("2024-11-01", 10, &context.today_on);
	return context;
}

static void test_records(void **state)
{
	(void)state;
	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		const struct catalog_kind *kind = catalog_kind_find(cases[c].kind);
		struct check_context context = context_of(cases[c].office, cases[c].is_entry);
		struct problems problems = {0};
		uint8_t id[16] = {0};
		Zhibao__V1__Record record;
		init_record(&record, id);
		record.on_behalf_of = (char *)(uintptr_t)cases[c].on_behalf_of;
		record.body_case = (Zhibao__V1__Record__BodyCase)kind->body_number;
		ProtobufCMessage *body = make(kind, cases[c].field, cases[c].text);
		record.office_profile = (void *)body;
		check_record(&record, &context, &problems);
		if (cases[c].code ? problems.count == 0 || strcmp(problems.items[0].code, cases[c].code) != 0
				  : problems.count > 0)
			fail_msg("case %zu: wanted %s, got %s %s", c, cases[c].code ? cases[c].code : "nothing",
				 problems.count ? problems.items[0].code : "nothing",
				 problems.count ? problems.items[0].text : "");
		protobuf_c_message_free_unpacked(body, NULL);
	}
}

/* The first code a sound lecture brings, the switches being as they are. */
static const char *first_code(const char *office, const char *on_behalf_of, const char *townships, char code[32])
{
	const struct catalog_kind *kind = catalog_kind_find("lecture_event");
	struct check_context context = context_of(office, true);
	struct problems problems = {0};
	uint8_t id[16] = {0};
	Zhibao__V1__Record record;
	init_record(&record, id);
	record.on_behalf_of = (char *)(uintptr_t)on_behalf_of;
	record.body_case = (Zhibao__V1__Record__BodyCase)kind->body_number;
	ProtobufCMessage *body = make(kind, "township_codes", townships);
	record.office_profile = (void *)body;
	check_record(&record, &context, &problems);
	snprintf(code, 32, "%s", problems.count ? problems.items[0].code : "");
	protobuf_c_message_free_unpacked(body, NULL);
	return code;
}

/* The switches of the pack that checks read: proxy.allowed (R3) and coverage.max_townships (R7). */
static void test_switches(void **state)
{
	char code[32];
	(void)state;
	assert_string_equal(first_code("4201", "420101", "101", code), "");
	registry_set_rule(registry, "proxy.allowed", "nobody");
	assert_string_equal(first_code("4201", "420101", "101", code), "E_PROXY_DENIED");
	assert_string_equal(first_code("420101", "", "101", code), "");
	registry_set_rule(registry, "proxy.allowed", "ancestor");
	assert_string_equal(first_code("4201", "420101", "101", code), "");
	registry_set_rule(registry, "coverage.max_townships", "1");
	assert_string_equal(first_code("420101", "", "101;103", code), "E_AREA_EXPLANATION");
	assert_string_equal(first_code("420101", "", "101", code), "");
	registry_set_rule(registry, "coverage.max_townships", "4");
	assert_string_equal(first_code("420101", "", "101;103;106;101", code), "");
	registry_set_rule(registry, "coverage.max_townships", "many"); /* no number: as before */
	assert_int_equal(registry_max_townships(registry), 4);
	registry_set_rule(registry, "coverage.max_townships", "3");
}

static void test_heads(void **state)
{
	const struct catalog_kind *kind = catalog_kind_find("lecture_event");
	struct check_context context = context_of("420101", false);
	ProtobufCMessage *body = make(kind, NULL, NULL);
	(void)state;
	for (int c = 0; c < 9; c++) {
		static const char *const codes[] = {"E_ID_BAD", "E_OPERATION", "E_BASE_MISSING", "E_BASE_MISSING",
						    "E_BASE_SELF", "E_FIELD_MISSING", "E_PROGRAMME_VERSION",
						    "E_PROGRAMME_VERSION", "E_KIND_UNKNOWN"};
		uint8_t id[16] = {0}, short_id[3] = {1, 2, 3};
		struct problems problems = {0};
		Zhibao__V1__Record record;
		init_record(&record, id);
		record.body_case = (Zhibao__V1__Record__BodyCase)kind->body_number;
		record.office_profile = (void *)body;
		switch (c) {
		case 0:
			record.item_id = (ProtobufCBinaryData){3, short_id};
			break;
		case 1:
			record.operation = (Zhibao__V1__Operation)99;
			break;
		case 2:
			record.operation = ZHIBAO__V1__OPERATION__OPERATION_AMEND;
			break;
		case 3:
			record.base_revision_id = record.item_id;
			break;
		case 4:
			record.operation = ZHIBAO__V1__OPERATION__OPERATION_AMEND;
			record.base_revision_id = record.revision_id;
			break;
		case 5:
			record.author = (char *)(uintptr_t) "";
			break;
		case 6:
			record.programme_version = 4; /* not loaded yet */
			break;
		case 7:
			record.programme = (char *)(uintptr_t) "q";
			break;
		default:
			record.body_case = (Zhibao__V1__Record__BodyCase)99;
		}
		check_record(&record, &context, &problems);
		assert_true(problems.count > 0);
		assert_string_equal(problems.items[0].code, codes[c]);
	}
	protobuf_c_message_free_unpacked(body, NULL);
}

/* Why a record is corrected: nothing, or words within bounds. */
static void test_reason(void **state)
{
	const struct catalog_kind *kind = catalog_kind_find("lecture_event");
	struct check_context context = context_of("420101", false);
	ProtobufCMessage *body = make(kind, NULL, NULL);
	char longest[3 * 501 + 1] = "";
	(void)state;
	for (int i = 0; i < 500; i++)
		strcat(longest, "字");
	struct {
		const char *reason, *code;
	} reasons[] = {
		{"", NULL},		{"场次统计有误", NULL}, {longest, NULL},
		{" ", "E_REASON_BLANK"}, {" \t\r\n\u3000\u00A0", "E_REASON_BLANK"},
		{"a\x01", "E_TEXT_CONTROL"}, {"\xff", "E_TEXT_ENCODING"}, {NULL, "E_TEXT_LONG"},
	};
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		uint8_t id[16] = {0};
		struct problems problems = {0};
		Zhibao__V1__Record record;
		init_record(&record, id);
		record.body_case = (Zhibao__V1__Record__BodyCase)kind->body_number;
		record.office_profile = (void *)body;
		if (!reasons[i].reason)
			strcat(longest, "字");
		record.correction_reason = (char *)(uintptr_t)(reasons[i].reason ? reasons[i].reason : longest);
		check_record(&record, &context, &problems);
		assert_int_equal(problems.count, reasons[i].code ? 1 : 0);
		if (reasons[i].code) {
			assert_string_equal(problems.items[0].code, reasons[i].code);
			assert_string_equal(problems.items[0].field, "correction_reason");
		}
	}
	protobuf_c_message_free_unpacked(body, NULL);
}

/* An enum number of a later version, text too long and a control character, as a peer could send them. */
static void test_peer_values(void **state)
{
	const struct catalog_kind *kind = catalog_kind_find("lecture_event");
	struct check_context context = context_of("420101", false);
	char *longer = malloc(202);
	static const char *const codes[] = {"E_ENUM_UNKNOWN", "E_TEXT_LONG", "E_TEXT_CONTROL"};
	(void)state;
	memset(longer, 'x', 201);
	longer[201] = '\0';
	for (int c = 0; c < 3; c++) {
		uint8_t id[16] = {0};
		struct problems problems = {0};
		Zhibao__V1__Record record;
		ProtobufCMessage *body = make(kind, NULL, NULL);
		Zhibao__V1__LectureEvent *lecture = (Zhibao__V1__LectureEvent *)body;
		init_record(&record, id);
		record.body_case = (Zhibao__V1__Record__BodyCase)kind->body_number;
		record.office_profile = (void *)body;
		if (c == 0)
			lecture->category = (Zhibao__V1__LectureCategory)77;
		else {
			free(lecture->theme);
			lecture->theme = strdup(c == 1 ? longer : "a\x01");
		}
		check_record(&record, &context, &problems);
		assert_true(problems.count > 0);
		assert_string_equal(problems.items[0].code, codes[c]);
		protobuf_c_message_free_unpacked(body, NULL);
	}
	free(longer);
}

/* The order of packs is one: whatever follows is later, so no folder of packs has two newest. */
static void test_programmes(void **state)
{
	static const struct {
		struct programme next, used;
		bool follows;
	} pairs[] = {
		{{"p", 2024, 1}, {"", 0, 0}, true},      {{"p", 2024, 2}, {"p", 2024, 1}, true},
		{{"p", 2024, 1}, {"p", 2024, 1}, false}, {{"p", 2025, 2}, {"p", 2024, 1}, true},
		{{"p", 2023, 2}, {"p", 2024, 1}, false}, {{"p", 2025, 1}, {"p", 2024, 2}, false},
		{{"p", 0, 2}, {"p", 2024, 1}, true},     {{"q", 2025, 1}, {"p", 2024, 9}, true},
		{{"q", 2024, 9}, {"p", 2024, 1}, false}, {{"q", 0, 9}, {"p", 2024, 1}, false},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		assert_int_equal(programme_follows(&pairs[i].next, &pairs[i].used), pairs[i].follows);
	assert_true(registry_knows(registry, "p", 3) && registry_knows(registry, "p", 1) && registry_knows(registry, "before", 2));
	assert_false(registry_knows(registry, "p", 0) || registry_knows(registry, "p", 4) || registry_knows(registry, "before", 3) ||
		     registry_knows(registry, "after", 1) || registry_knows(registry, "", 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_townships), cmocka_unit_test(test_records),
					   cmocka_unit_test(test_switches), cmocka_unit_test(test_heads), cmocka_unit_test(test_reason), cmocka_unit_test(test_peer_values),
					   cmocka_unit_test(test_programmes)};
	return cmocka_run_group_tests(tests, setup, teardown);
}
