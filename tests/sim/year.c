/* SPDX-License-Identifier: Apache-2.0 */
#include "year.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "calendar.h"
#include "formcheck.h"

static const char *const categories[] = {"village", "enterprise", "campus", "site", "system", "general"};
static const char *const themes[] = {
	"【虚构】社保经办服务", "【虚构】就业创业政策", "【虚构】技能人才政策", "【虚构】根治欠薪",
	"【虚构】劳动关系与维权", "【虚构】高校毕业生就业", "【虚构】城乡居民养老保险"};
static const char *const places[] = {"党群服务中心", "会议室", "文化广场", "培训教室", "项目部", "便民大厅"};

static json_t *text(const char *format, ...) __attribute__((format(printf, 1, 2)));
static json_t *text(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	json_t *out = json_vsprintf(format, args);
	va_end(args);
	return out;
}

static json_t *id_text(struct uuid id)
{
	char out[UUID_TEXT_SIZE];
	uuid_format(id.bytes, out);
	return json_string(out);
}

static json_t *day(const struct year *year, uint32_t day_of_year)
{
	char first[32], out[DATE_TEXT_SIZE];
	int32_t january;
	snprintf(first, sizeof(first), "%04d-01-01", (int)year->pack->programme.year);
	date_parse(first, 10, &january);
	date_format(january + (int32_t)day_of_year, out);
	return json_string(out);
}

static uint32_t scaled(const struct year *year, uint32_t count)
{
	double value = count * year->scale;
	return value < 1 ? 1 : (uint32_t)value;
}

static bool is_provincial(const struct office *office)
{
	return office->info->level == LEVEL_PROVINCE || office->info->level == LEVEL_PROVINCE_UNIT;
}

static const char *pick(struct office *office, const char *const *list, uint32_t count)
{
	return list[dice_roll(&office->dice, 0, count - 1)];
}

/* Enters one record and gives its item. */
static int enter_one(struct office *office, const char *kind, json_t *fields, struct uuid *id_out,
		     struct err *err)
{
	struct entry entry = {.kind = kind, .fields = fields};
	struct desk_result result;
	int rc = office_enter(office, &entry, 1, &result, err);
	if (id_out)
		*id_out = result.item_id;
	return rc;
}

static int found_office(const struct year *year, struct office *office, struct err *err)
{
	struct dice aside = {office->dice.state ^ 0xa99}; /* so that no other number of the year moves */
	office->approver = dice_chance(&aside, 50) ? NULL : "虚构审核人";
	uint32_t d = dice_roll(&office->dice, 50, 95);
	if (enter_one(office, "office_profile",
		      json_pack("{s:o, s:o, s:o, s:s, s:s, s:[{s:s, s:s}]}", "effective_from", day(year, 60),
				"mechanism_established_on", day(year, d), "ledger_established_on",
				day(year, d + 2), "responsible_name", "虚构专人", "portal_host",
				"rsj.example.gov.cn", "halls", "hall_id", "h1", "name_zh", "【虚构】服务大厅"),
		      NULL, err) < 0 ||
	    enter_one(office, "speaker",
		      json_pack("{s:s, s:s, s:o, s:b}", "role", "backbone", "display_name", "虚构宣讲员",
				"trained_on", day(year, d), "is_active", 1),
		      &office->speaker, err) < 0 ||
	    enter_one(office, "submission",
		      json_pack("{s:s, s:s, s:o, s:s, s:i, s:s*}", "submission_kind", "work_plan", "title",
				"【虚构】活动工作方案", "issued_on", day(year, d), "file_name", "方案.pdf", "file_bytes",
				(int)dice_roll(&office->dice, 20000, 900000), "approved_by", office->approver),
		      &office->submission, err) < 0)
		return -1;
	office->has_submission = true;
	return 0;
}

/* Plan items: some quantified, some not; the province and its units work on annex 2 instead. */
static int plan(const struct year *year, struct office *office, struct err *err)
{
	if (is_provincial(office)) {
		for (size_t row = 1; row <= pack_rows(year->pack, PACK_PLAN_LINES) && office->plan_count < MAX_PLANS; row++) {
			const char *id = pack_cell(year->pack, PACK_PLAN_LINES, row, "plan_item_id");
			const char *lead = pack_cell(year->pack, PACK_PLAN_LINES, row, "lead_office_code");
			if (strcmp(lead, office->info->code) == 0 || office->info->level == LEVEL_PROVINCE)
				uuid_parse(id, strlen(id), &office->plans[office->plan_count++]);
		}
		return 0;
	}
	uint32_t count = dice_roll(&office->dice, 6, 14);
	for (uint32_t i = 0; i < count; i++) {
		bool is_counted = dice_chance(&office->dice, 700);
		uint32_t start = dice_roll(&office->dice, 60, 200);
		uint32_t least = dice_roll(&office->dice, 1, 12);
		json_t *fields = json_pack(
			"{s:i, s:s, s:s, s:o, s:o, s:s}", "item_no", (int)i + 1, "category", categories[i % 6],
			"theme", pick(office, themes, 7), "window_start", day(year, start), "window_end",
			day(year, start + dice_roll(&office->dice, 30, 150)), "quota_kind",
			is_counted ? "counted" : i % 2 ? "many" : "year_round");
		if (is_counted) {
			json_object_set_new(fields, "planned_min", json_integer(least));
			json_object_set_new(fields, "planned_max",
					    json_integer(least + dice_roll(&office->dice, 0, 3)));
		}
		if (enter_one(office, "plan_item", fields, &office->plans[office->plan_count++], err) < 0)
			return -1;
	}
	return 0;
}

static void add_townships(struct office *office, json_t *fields, bool is_village)
{
	json_t *codes = json_array();
	uint32_t count = is_village ? dice_roll(&office->dice, 1, 2)
			 : dice_chance(&office->dice, 500) ? 1
							    : 0;
	if (dice_chance(&office->dice, 15))
		count = 4; /* more than three need words */
	/* The last tenth of the list is left out, so that coverage is not complete. */
	uint32_t reach = (uint32_t)(office->unit_count - office->unit_count / 10);
	for (uint32_t i = 0; i < count && reach > 0; i++)
		json_array_append_new(codes,
				      json_string(office->units[dice_roll(&office->dice, 0, reach - 1)]));
	if (json_array_size(codes) > 3)
		json_object_set_new(fields, "area_explanation", json_string("【虚构】片区联合举办"));
	json_object_set_new(fields, "township_codes", codes);
}

static json_t *lecture(const struct year *year, struct office *office, const char *category)
{
	static const char *const audiences[] = {"employer", "employee", "graduate", "villager", "migrant_worker",
						"public"};
	uint32_t kind = dice_roll(&office->dice, 1, 100);
	bool is_village = strcmp(category, "village") == 0;
	json_t *fields = json_pack(
		"{s:s, s:s, s:o, s:o, s:s, s:s, s:[s], s:i, s:i}", "category", category, "theme",
		pick(office, themes, 7), "occurred_on", day(year, dice_roll(&office->dice, 62, 354)), "place",
		text("%s%u号", pick(office, places, 6), dice_roll(&office->dice, 1, 400)), "mode",
		kind <= 88 ? "offline" : kind <= 94 ? "mixed" : "online", "status",
		dice_chance(&office->dice, 950) ? "held" : kind % 2 ? "cancelled" : "planned", "audiences",
		pick(office, audiences, 6), "attendance", (int)dice_roll(&office->dice, 15, 260),
		"brochure_count", (int)dice_roll(&office->dice, 150, 2000));
	if (office->plan_count && dice_chance(&office->dice, 720))
		json_object_set_new(fields, "plan_item_id",
				    id_text(office->plans[dice_roll(&office->dice, 0, (uint32_t)office->plan_count - 1)]));
	add_townships(office, fields, is_village);
	return fields;
}

static int hold_lectures(const struct year *year, struct office *office, struct err *err)
{
	bool is_county = office->info->level == LEVEL_COUNTY || office->unit_count > 0;
	for (size_t c = 0; c < 6; c++) {
		uint32_t count = scaled(year, is_county && c < 5 ? dice_roll(&office->dice, 4, 30)
								  : dice_roll(&office->dice, 1, 6));
		struct entry entries[64];
		struct desk_result results[64];
		bool joint[64];
		for (uint32_t done = 0; done < count;) {
			uint32_t n = 0;
			for (; n < 60 && done < count; n++, done++) {
				json_t *fields = lecture(year, office, categories[c]);
				joint[n] = office->parent && office->parent->info->level == LEVEL_CITY &&
					   dice_chance(&office->dice, 60);
				if (joint[n])
					json_object_set_new(fields, "cohost_office_codes",
							    json_pack("[s]", office->parent->info->code));
				entries[n] = (struct entry){.kind = "lecture_event", .fields = fields};
				if (n < 59 && dice_chance(&office->dice, 12)) { /* entered twice by mistake */
					entries[n + 1] = (struct entry){.kind = "lecture_event",
									.fields = json_deep_copy(fields)};
					joint[++n] = false;
				}
			}
			if (office_enter(office, entries, n, results, err) < 0)
				return -1;
			for (uint32_t i = 0; i < n; i++)
				if (results[i].seq && office_remember_lecture(office, results[i].item_id, joint[i]) < 0)
					return -1;
		}
	}
	return 0;
}

/* A complete form: invented counts, no yes, nothing that needs another figure. */
static json_t *form_lines(struct dice *dice)
{
	json_t *lines = json_array();
	for (size_t i = 0; i < FORM_CELL_COUNT; i++) {
		const struct form_cell *cell = &form_cells[i];
		bool is_free = cell->item_no != 15 && strcmp(cell->sub_field, "townships_covered") != 0;
		json_t *line = json_pack("{s:i, s:s}", "item_no", (int)cell->item_no, "sub_field", cell->sub_field);
		json_object_set_new(line, "state", json_string(cell->type <= FORM_BOOLEAN ? "value" : "not_applicable"));
		if (cell->type == FORM_COUNT)
			json_object_set_new(line, "count", json_integer(is_free ? dice_roll(dice, 0, 40) : 0));
		else if (cell->type == FORM_BOOLEAN)
			json_object_set_new(line, "is_yes", json_false());
		else
			json_object_set_new(line, "reason", json_string("【虚构】没有"));
		if (cell->is_mandatory)
			json_array_append(lines, line);
		json_decref(line);
	}
	return lines;
}

static int tell_the_rest(const struct year *year, struct office *office, struct err *err)
{
	struct dice *dice = &office->dice;
	uint32_t d = dice_roll(dice, 70, 300);
	struct entry entries[] = {
		{.kind = "publication",
		 .fields = json_pack("{s:s, s:s, s:s, s:s, s:o}", "object_kind", "arrangement", "channel", "portal",
				     "title", "【虚构】活动安排", "url", "https://rsj.example.gov.cn/arrangement",
				     "published_on", day(year, dice_roll(dice, 75, 95)))},
		{.kind = "study_event",
		 .fields = json_pack("{s:s, s:s, s:o, s:s, s:i, s:s}", "form", "daily_study", "target", "staff",
				     "occurred_on", day(year, d), "topic", "【虚构】政策法规学习", "participants",
				     (int)dice_roll(dice, 8, 60), "status", "held")},
		{.kind = "media_product",
		 .fields = json_pack("{s:s, s:s, s:o, s:b}", "media_kind", "short_video", "title", "【虚构】短视频",
				     "made_on", day(year, d), "for_window", 1)},
		{.kind = "policy_document",
		 .fields = json_pack("{s:s, s:s, s:s, s:o, s:s, s:s}", "document_kind", "policy", "title",
				     "【虚构】政策文件", "issuer", "虚构单位", "issued_on", day(year, d), "status",
				     "in_force", "disclosure", "public")},
		{.kind = "interpretation",
		 .fields = json_pack("{s:s, s:s, s:o}", "form", "article", "title", "【虚构】解读文章", "published_on",
				     day(year, d + 5))},
		{.kind = "window_report",
		 .fields = json_pack("{s:s, s:s, s:i, s:o}", "hall_id", "h1", "report_kind", "brochure", "quantity",
				     (int)dice_roll(dice, 50, 5000), "reported_on", day(year, d))},
		{.kind = "news_item",
		 .fields = json_pack("{s:s, s:s, s:o}", "news_kind", "work_news", "title", "【虚构】工作动态",
				     "happened_on", day(year, d))},
		{.kind = "public_input",
		 .fields = json_pack("{s:o, s:s, s:s}", "received_on", day(year, d), "channel", "hotline", "topic",
				     "【虚构】咨询")},
		{.kind = "statistics_form",
		 .fields = json_pack("{s:s, s:o, s:o, s:s, s:o, s:o, s:s, s:s*}", "period", "mid_year", "period_start",
				     day(year, 0), "period_end", day(year, 181), "scope", "own", "filled_on", day(year, 180),
				     "lines", form_lines(dice), "filled_by", office_author, "approved_by", office->approver)},
	};
	return office_enter(office, entries, sizeof(entries) / sizeof(entries[0]), NULL, err);
}

/* What only the levels above the counties do. */
static int oversee(const struct year *year, struct office *office, struct err *err)
{
	uint32_t d = dice_roll(&office->dice, 200, 320);
	if (office->info->level != LEVEL_CITY && office->info->level != LEVEL_PROVINCE)
		return 0;
	struct entry entries[] = {
		{.kind = "inspection",
		 .fields = json_pack("{s:s, s:o, s:s, s:s}", "scheme", "city_supervision", "checked_on", day(year, d),
				     "result", "passed", "result_note", "【虚构】检查")},
		{.kind = "circular",
		 .fields = json_pack("{s:s, s:o, s:s}", "title", "【虚构】通报", "issued_on", day(year, d + 3),
				     "circular_kind", "spot_check")},
		{.kind = "feedback_stat",
		 .fields = json_pack("{s:s, s:o, s:o, s:i}", "source", "hotline_12333", "period_start", day(year, 0),
				     "period_end", day(year, 300), "total_count",
				     (int)dice_roll(&office->dice, 500, 20000))},
		{.kind = "exchange",
		 .fields = json_pack("{s:s, s:o, s:s}", "form", "promotion_meeting", "held_on", day(year, d), "title",
				     "【虚构】推进会")},
	};
	if (office_enter(office, entries, sizeof(entries) / sizeof(entries[0]), NULL, err) < 0)
		return -1;
	for (size_t i = 0; i < year->office_count; i++) {
		const struct office *county = &year->offices[i];
		if (county->parent == office && county->has_submission &&
		    enter_one(office, "filing_receipt",
			      json_pack("{s:s, s:[o], s:o, s:s}", "county_office_code", county->info->code,
					"submission_item_ids", id_text(county->submission), "filed_on", day(year, 90),
					"filing_status", "accepted"),
			      NULL, err) < 0)
			return -1;
	}
	return 0;
}

/* Cities credit joint lectures of their counties to a line of their own. */
static int claim(const struct year *year, struct office *office, struct err *err)
{
	for (size_t i = 0; i < year->office_count; i++) {
		const struct office *county = &year->offices[i];
		for (size_t l = 0; county->parent == office && l < county->lecture_count; l++) {
			if (!county->lectures[l].is_joint || office->plan_count == 0)
				continue;
			uint32_t line = dice_roll(&office->dice, 0, (uint32_t)office->plan_count - 1);
			if (enter_one(office, "claim",
				      json_pack("{s:s, s:o, s:o}", "host_office_code", county->info->code,
						"host_item_id", id_text(county->lectures[l].id), "plan_item_id",
						id_text(office->plans[line])),
				      NULL, err) < 0)
				return -1;
		}
	}
	return 0;
}

static int change(struct office *office, struct uuid item, Zhibao__V1__Operation operation,
		  json_t *fields, struct err *err)
{
	struct entry entry = {.operation = operation, .item = item, .fields = fields};
	return office_enter(office, &entry, 1, NULL, err);
}

/* Amendments, withdrawals and a few withdrawals taken back. */
static int correct(struct office *office, struct err *err)
{
	for (size_t l = 0; l < office->lecture_count; l++) {
		struct uuid id = office->lectures[l].id;
		if (dice_chance(&office->dice, 50) &&
		    change(office, id, ZHIBAO__V1__OPERATION__OPERATION_AMEND,
			   json_pack("{s:i, s:s}", "attendance", (int)dice_roll(&office->dice, 10, 300), "place",
				     "【虚构】更正后的地点"),
			   err) < 0)
			return -1;
		if (!dice_chance(&office->dice, 25))
			continue;
		if (change(office, id, ZHIBAO__V1__OPERATION__OPERATION_WITHDRAW, json_object(), err) < 0)
			return -1;
		/* The body of a withdrawal is empty, so what is taken back is entered whole. */
		if (dice_chance(&office->dice, 200) &&
		    change(office, id, ZHIBAO__V1__OPERATION__OPERATION_AMEND,
			   json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "category", "enterprise", "theme",
				     "【虚构】撤回后恢复", "occurred_on", "2024-09-09", "place", "厂区", "mode", "offline",
				     "status", "held"),
			   err) < 0)
			return -1;
	}
	return 0;
}

int year_step(const struct year *year, struct office *office, int step, struct err *err)
{
	switch (step) {
	case 0:
		return found_office(year, office, err);
	case 1:
		return plan(year, office, err);
	case 2:
		return hold_lectures(year, office, err);
	case 3:
		return tell_the_rest(year, office, err);
	case 4:
		return oversee(year, office, err);
	case 5:
		return claim(year, office, err);
	case 6:
		return correct(office, err);
	default:
		return 0;
	}
}
