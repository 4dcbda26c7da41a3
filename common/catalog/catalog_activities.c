/* SPDX-License-Identifier: Apache-2.0 */
/* catalog_activities.c - what an office plans and holds, and who speaks: values and fields in the order of the .proto and of the tables
 * The sentences that define each field stand in proto/zhibao/v1/bodies.proto. */

#include "catalog_data.h"
#include "zhibao/v1/record.pb-c.h"

static const struct catalog_value lecture_category_values[] = {
	{ "general", "综合宣传", 1 },
	{ "enterprise", "进企业", 2 },
	{ "campus", "进校园", 3 },
	{ "village", "进村居", 4 },
	{ "site", "进工地", 5 },
	{ "system", "进系统", 6 },
};

static const struct catalog_value mode_values[] = {
	{ "offline", "线下", 1 },
	{ "online", "线上", 2 },
	{ "mixed", "线上线下", 3 },
};

static const struct catalog_value event_status_values[] = {
	{ "held", "已开展", 1 },
	{ "planned", "计划中", 2 },
	{ "cancelled", "已取消", 3 },
};

static const struct catalog_value audience_values[] = {
	{ "employer", "企事业单位", 1 },
	{ "employee", "企业职工", 2 },
	{ "graduate", "高校毕业生", 3 },
	{ "student", "在校学生", 4 },
	{ "villager", "村居居民", 5 },
	{ "migrant_worker", "农民工", 6 },
	{ "staff", "系统干部职工", 7 },
	{ "hr_agency", "人力资源服务机构", 8 },
	{ "public", "社会公众", 9 },
	{ "other", "其他", 10 },
};

static const struct catalog_value quota_kind_values[] = {
	{ "counted", "定量", 1 },
	{ "many", "多场次", 2 },
	{ "year_round", "全年", 3 },
};

static const struct catalog_value study_form_values[] = {
	{ "daily_study", "日常学习", 1 },
	{ "online_drill", "在线练兵", 2 },
	{ "mini_program_study", "小程序学习", 3 },
	{ "skill_contest", "技能比武", 4 },
	{ "law_quiz", "知识竞赛", 5 },
	{ "training", "培训", 6 },
};

static const struct catalog_value study_target_values[] = {
	{ "staff", "系统干部职工", 1 },
	{ "employer", "企事业单位", 2 },
	{ "hr_agency", "人力资源服务机构", 3 },
	{ "public", "社会公众", 4 },
};

static const struct catalog_value speaker_role_values[] = {
	{ "backbone", "宣讲骨干", 1 },
	{ "lecturer", "政策宣讲员", 2 },
	{ "know_all", "人社知识通", 3 },
};

static const struct catalog_field evidence_columns[] = {
	{ .name = "name", .label_zh = "名称", .type = FIELD_TEXT, .is_required = true,
	  .max_characters = 200 },
	{ .name = "url", .label_zh = "网址", .type = FIELD_URL, .max_characters = 2000 },
	{ .name = "digest", .label_zh = "摘要", .type = FIELD_HEX, .max_characters = 64 },
};

static const struct catalog_field plan_item_fields[] = {
	{ .name = "item_no", .label_zh = "序号", .type = FIELD_COUNT, .is_required = true,
	  .min = 1, .max = 9999 },
	{ .name = "category", .label_zh = "宣讲类别", .type = FIELD_ENUM, .is_required = true,
	  .values = lecture_category_values, .value_count = COUNT_OF(lecture_category_values) },
	{ .name = "theme", .label_zh = "主题", .type = FIELD_TEXT, .is_required = true,
	  .max_characters = 200 },
	{ .name = "activity", .label_zh = "活动内容", .type = FIELD_TEXT, .max_characters = 1000 },
	{ .name = "window_start", .label_zh = "开始日期", .type = FIELD_DATE, .is_required = true },
	{ .name = "window_end", .label_zh = "结束日期", .type = FIELD_DATE, .is_required = true },
	{ .name = "time_text", .label_zh = "时间原文", .type = FIELD_TEXT, .max_characters = 100 },
	{ .name = "place", .label_zh = "地点", .type = FIELD_TEXT, .max_characters = 200 },
	{ .name = "audience_text", .label_zh = "对象", .type = FIELD_TEXT, .max_characters = 500 },
	{ .name = "planned_min", .label_zh = "计划最少场次", .type = FIELD_COUNT, .unit = "场",
	  .min = 1, .max = 9999 },
	{ .name = "planned_max", .label_zh = "计划最多场次", .type = FIELD_COUNT, .unit = "场",
	  .min = 1, .max = 9999 },
	{ .name = "quota_kind", .label_zh = "场次口径", .type = FIELD_ENUM, .is_required = true,
	  .values = quota_kind_values, .value_count = COUNT_OF(quota_kind_values) },
	{ .name = "sessions_text", .label_zh = "场次原文", .type = FIELD_TEXT,
	  .max_characters = 100 },
	{ .name = "mode", .label_zh = "方式", .type = FIELD_ENUM,
	  .values = mode_values, .value_count = COUNT_OF(mode_values) },
	{ .name = "lead_unit", .label_zh = "牵头单位", .type = FIELD_TEXT, .max_characters = 100 },
};

const struct catalog_kind catalog_plan_item = {
	"MK03", "plan_item", "计划项", 23, &zhibao__v1__plan_item__descriptor,
	plan_item_fields, COUNT_OF(plan_item_fields), "theme",
};

static const struct catalog_field lecture_event_fields[] = {
	{ .name = "category", .label_zh = "宣讲类别", .type = FIELD_ENUM, .is_required = true,
	  .values = lecture_category_values, .value_count = COUNT_OF(lecture_category_values) },
	{ .name = "plan_item_id", .label_zh = "计划项", .type = FIELD_UUID,
	  .reference = REFERENCE_PLAN_ITEM },
	{ .name = "theme", .label_zh = "主题", .type = FIELD_TEXT, .is_required = true,
	  .max_characters = 200 },
	{ .name = "occurred_on", .label_zh = "开展日期", .type = FIELD_DATE, .is_required = true },
	{ .name = "started_at", .label_zh = "开始时间", .type = FIELD_INSTANT },
	{ .name = "ended_at", .label_zh = "结束时间", .type = FIELD_INSTANT },
	{ .name = "place", .label_zh = "地点", .type = FIELD_TEXT, .is_required = true,
	  .max_characters = 200 },
	{ .name = "township_codes", .label_zh = "乡镇代码", .type = FIELD_TEXT_LIST,
	  .max_characters = 20, .max_elements = 40, .reference = REFERENCE_TOWNSHIP },
	{ .name = "mode", .label_zh = "方式", .type = FIELD_ENUM, .is_required = true,
	  .values = mode_values, .value_count = COUNT_OF(mode_values) },
	{ .name = "audiences", .label_zh = "宣传对象", .type = FIELD_ENUM_LIST, .max_elements = 10,
	  .values = audience_values, .value_count = COUNT_OF(audience_values) },
	{ .name = "attendance", .label_zh = "参加人数", .type = FIELD_COUNT, .unit = "人",
	  .min = 0, .max = 10000000 },
	{ .name = "speaker_item_ids", .label_zh = "宣讲人", .type = FIELD_UUID_LIST,
	  .max_elements = 50, .reference = REFERENCE_SPEAKER },
	{ .name = "policy_item_ids", .label_zh = "宣讲政策", .type = FIELD_UUID_LIST,
	  .max_elements = 50, .reference = REFERENCE_ITEM },
	{ .name = "brochure_count", .label_zh = "发放资料份数", .type = FIELD_COUNT, .unit = "份",
	  .min = 0, .max = 100000000 },
	{ .name = "is_window_brochure", .label_zh = "资料是否窗口宣传", .type = FIELD_BOOL },
	{ .name = "evidence", .label_zh = "佐证材料", .type = FIELD_ROWS, .max_elements = 50,
	  .columns = evidence_columns, .column_count = COUNT_OF(evidence_columns) },
	{ .name = "cohost_office_codes", .label_zh = "联合单位", .type = FIELD_TEXT_LIST,
	  .max_characters = 20, .max_elements = 50, .reference = REFERENCE_OFFICE },
	{ .name = "status", .label_zh = "活动状态", .type = FIELD_ENUM, .is_required = true,
	  .values = event_status_values, .value_count = COUNT_OF(event_status_values) },
	{ .name = "area_explanation", .label_zh = "跨区说明", .type = FIELD_TEXT,
	  .max_characters = 500 },
	{ .name = "note", .label_zh = "备注", .type = FIELD_TEXT, .max_characters = 1000 },
};

const struct catalog_kind catalog_lecture_event = {
	"MK05", "lecture_event", "宣讲活动", 25, &zhibao__v1__lecture_event__descriptor,
	lecture_event_fields, COUNT_OF(lecture_event_fields), "theme",
};

static const struct catalog_field study_event_fields[] = {
	{ .name = "form", .label_zh = "学习形式", .type = FIELD_ENUM, .is_required = true,
	  .values = study_form_values, .value_count = COUNT_OF(study_form_values) },
	{ .name = "target", .label_zh = "学习对象", .type = FIELD_ENUM, .is_required = true,
	  .values = study_target_values, .value_count = COUNT_OF(study_target_values) },
	{ .name = "occurred_on", .label_zh = "开展日期", .type = FIELD_DATE, .is_required = true },
	{ .name = "ended_on", .label_zh = "结束日期", .type = FIELD_DATE },
	{ .name = "topic", .label_zh = "主题", .type = FIELD_TEXT, .is_required = true,
	  .max_characters = 200 },
	{ .name = "place", .label_zh = "地点", .type = FIELD_TEXT, .max_characters = 200 },
	{ .name = "mode", .label_zh = "方式", .type = FIELD_ENUM,
	  .values = mode_values, .value_count = COUNT_OF(mode_values) },
	{ .name = "participants", .label_zh = "参加人数", .type = FIELD_COUNT, .unit = "人",
	  .min = 0, .max = 10000000 },
	{ .name = "completions", .label_zh = "完成人数", .type = FIELD_COUNT, .unit = "人",
	  .min = 0, .max = 10000000 },
	{ .name = "average_score_hundredths", .label_zh = "平均分", .type = FIELD_COUNT,
	  .unit = "0.01分", .min = 0, .max = 1000000 },
	{ .name = "teams", .label_zh = "队伍数", .type = FIELD_COUNT, .unit = "支",
	  .min = 0, .max = 100000 },
	{ .name = "awards", .label_zh = "奖项数", .type = FIELD_COUNT, .unit = "个",
	  .min = 0, .max = 100000 },
	{ .name = "plan_item_id", .label_zh = "计划项", .type = FIELD_UUID,
	  .reference = REFERENCE_PLAN_ITEM },
	{ .name = "result_note", .label_zh = "结果说明", .type = FIELD_TEXT,
	  .max_characters = 1000 },
	{ .name = "status", .label_zh = "活动状态", .type = FIELD_ENUM, .is_required = true,
	  .values = event_status_values, .value_count = COUNT_OF(event_status_values) },
};

const struct catalog_kind catalog_study_event = {
	"MK06", "study_event", "学习活动", 26, &zhibao__v1__study_event__descriptor,
	study_event_fields, COUNT_OF(study_event_fields), "topic",
};

static const struct catalog_field speaker_fields[] = {
	{ .name = "role", .label_zh = "人员类别", .type = FIELD_ENUM, .is_required = true,
	  .values = speaker_role_values, .value_count = COUNT_OF(speaker_role_values) },
	{ .name = "display_name", .label_zh = "姓名", .type = FIELD_TEXT, .is_required = true,
	  .max_characters = 40 },
	{ .name = "trained_on", .label_zh = "培训日期", .type = FIELD_DATE, .is_required = true,
	  .is_never_future = true },
	{ .name = "is_active", .label_zh = "是否在岗", .type = FIELD_BOOL, .is_required = true },
};

const struct catalog_kind catalog_speaker = {
	"MK11", "speaker", "宣讲人员", 31, &zhibao__v1__speaker__descriptor,
	speaker_fields, COUNT_OF(speaker_fields), "display_name",
};

static const struct catalog_field claim_fields[] = {
	{ .name = "host_office_code", .label_zh = "主办单位", .type = FIELD_CODE,
	  .is_required = true, .max_characters = 20, .reference = REFERENCE_OFFICE },
	{ .name = "host_item_id", .label_zh = "主办记录", .type = FIELD_UUID, .is_required = true,
	  .reference = REFERENCE_HOST_ITEM },
	{ .name = "plan_item_id", .label_zh = "计划项", .type = FIELD_UUID,
	  .reference = REFERENCE_PLAN_ITEM },
};

const struct catalog_kind catalog_claim = {
	"MK20", "claim", "联合认领", 40, &zhibao__v1__claim__descriptor,
	claim_fields, COUNT_OF(claim_fields), "host_office_code",
};
