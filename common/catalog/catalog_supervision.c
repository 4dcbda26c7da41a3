/* SPDX-License-Identifier: Apache-2.0 */
/* catalog_supervision.c - what is inspected, fed back and exchanged: values and fields in the order of the .proto and of the tables
 * The sentences that define each field stand in proto/zhibao/v1/bodies.proto. */

#include "catalog_data.h"
#include "zhibao/v1/record.pb-c.h"

static const struct catalog_value inspection_scheme_values[] = {
	{ "filing_spot_check", "备案抽查", 1 },
	{ "field_visit", "调研检查", 2 },
	{ "online_check", "线上抽查", 3 },
	{ "work_style_check", "行风检查", 4 },
	{ "city_supervision", "市州督导", 5 },
	{ "coverage_spot_check", "覆盖抽查", 6 },
	{ "mid_year_check", "年中检查", 7 },
	{ "year_end_visit", "年底检查", 8 },
};

static const struct catalog_value inspection_result_values[] = {
	{ "passed", "合格", 1 },
	{ "partly", "部分合格", 2 },
	{ "failed", "不合格", 3 },
};

static const struct catalog_value circular_kind_values[] = {
	{ "spot_check", "抽查通报", 1 },
	{ "mid_year", "年中通报", 2 },
	{ "year_end", "年终通报", 3 },
	{ "other", "其他", 4 },
};

static const struct catalog_value feedback_source_values[] = {
	{ "hotline_12333", "12333咨询", 1 },
	{ "reconsideration", "行政复议", 2 },
	{ "litigation", "行政应诉", 3 },
	{ "arbitration", "仲裁案件", 4 },
	{ "petition", "信访诉求", 5 },
	{ "online_survey", "网上调查评价", 6 },
};

static const struct catalog_value exchange_form_values[] = {
	{ "training_class", "培训班", 1 },
	{ "promotion_meeting", "推进会", 2 },
	{ "online", "线上交流", 3 },
	{ "other", "其他", 4 },
};

static const struct catalog_value input_channel_values[] = {
	{ "hotline", "电话", 1 },
	{ "letter", "来信", 2 },
	{ "visit", "来访", 3 },
	{ "online", "网络", 4 },
	{ "survey", "问卷", 5 },
	{ "other", "其他", 6 },
};

static const struct catalog_field finding_columns[] = {
	{ .name = "item", .label_zh = "事项", .type = FIELD_TEXT, .is_required = true,
	  .max_characters = 200 },
	{ .name = "is_found", .label_zh = "是否达到", .type = FIELD_BOOL },
	{ .name = "url", .label_zh = "网址", .type = FIELD_URL, .max_characters = 2000 },
	{ .name = "note", .label_zh = "备注", .type = FIELD_TEXT, .max_characters = 500 },
};

static const struct catalog_field inspection_fields[] = {
	{ .name = "scheme", .label_zh = "检查类别", .type = FIELD_ENUM, .is_required = true,
	  .values = inspection_scheme_values, .value_count = COUNT_OF(inspection_scheme_values) },
	{ .name = "occasion", .label_zh = "检查契机", .type = FIELD_TEXT, .max_characters = 200 },
	{ .name = "population_office_codes", .label_zh = "抽查范围", .type = FIELD_TEXT_LIST,
	  .max_characters = 20, .max_elements = 200, .reference = REFERENCE_OFFICE },
	{ .name = "seed", .label_zh = "随机种子", .type = FIELD_TEXT, .max_characters = 100 },
	{ .name = "sample_size", .label_zh = "抽查数量", .type = FIELD_COUNT, .unit = "个",
	  .min = 0, .max = 200 },
	{ .name = "drawn_at", .label_zh = "抽取时间", .type = FIELD_INSTANT },
	{ .name = "sample_office_codes", .label_zh = "抽中单位", .type = FIELD_TEXT_LIST,
	  .max_characters = 20, .max_elements = 200, .reference = REFERENCE_OFFICE },
	{ .name = "inspected_office_code", .label_zh = "被检查单位", .type = FIELD_CODE,
	  .max_characters = 20, .reference = REFERENCE_OFFICE },
	{ .name = "checked_on", .label_zh = "检查日期", .type = FIELD_DATE,
	  .is_never_future = true },
	{ .name = "channel", .label_zh = "检查渠道", .type = FIELD_ENUM,
	  .values = catalog_channels, .value_count = CATALOG_CHANNEL_COUNT },
	{ .name = "inspectors", .label_zh = "检查人数", .type = FIELD_COUNT, .unit = "人",
	  .min = 0, .max = 1000 },
	{ .name = "findings", .label_zh = "检查事项", .type = FIELD_ROWS, .max_elements = 100,
	  .columns = finding_columns, .column_count = COUNT_OF(finding_columns) },
	{ .name = "verified_item_ids", .label_zh = "核实活动", .type = FIELD_UUID_LIST,
	  .max_elements = 500, .reference = REFERENCE_ITEM },
	{ .name = "result", .label_zh = "检查结果", .type = FIELD_ENUM,
	  .values = inspection_result_values, .value_count = COUNT_OF(inspection_result_values) },
	{ .name = "result_note", .label_zh = "结果说明", .type = FIELD_TEXT,
	  .max_characters = 2000 },
	{ .name = "rectification_due_on", .label_zh = "整改期限", .type = FIELD_DATE },
	{ .name = "rectification_closed_on", .label_zh = "整改完成日期", .type = FIELD_DATE,
	  .is_never_future = true },
};

const struct catalog_kind catalog_inspection = {
	"MK13", "inspection", "检查", 33, &zhibao__v1__inspection__descriptor,
	inspection_fields, COUNT_OF(inspection_fields), "scheme",
};

static const struct catalog_field circular_fields[] = {
	{ .name = "circular_no", .label_zh = "通报文号", .type = FIELD_TEXT, .max_characters = 80 },
	{ .name = "title", .label_zh = "标题", .type = FIELD_TEXT, .is_required = true,
	  .max_characters = 200 },
	{ .name = "issued_on", .label_zh = "印发日期", .type = FIELD_DATE, .is_required = true,
	  .is_never_future = true },
	{ .name = "circular_kind", .label_zh = "通报类别", .type = FIELD_ENUM, .is_required = true,
	  .values = circular_kind_values, .value_count = COUNT_OF(circular_kind_values) },
	{ .name = "scope_text", .label_zh = "通报范围", .type = FIELD_TEXT, .max_characters = 500 },
	{ .name = "inspection_item_ids", .label_zh = "依据检查", .type = FIELD_UUID_LIST,
	  .max_elements = 200, .reference = REFERENCE_ITEM },
	{ .name = "praised_office_codes", .label_zh = "表扬单位", .type = FIELD_TEXT_LIST,
	  .max_characters = 20, .max_elements = 200, .reference = REFERENCE_OFFICE },
	{ .name = "criticised_office_codes", .label_zh = "批评单位", .type = FIELD_TEXT_LIST,
	  .max_characters = 20, .max_elements = 200, .reference = REFERENCE_OFFICE },
	{ .name = "url", .label_zh = "网址", .type = FIELD_URL, .max_characters = 2000 },
	{ .name = "file_digest", .label_zh = "文件摘要", .type = FIELD_DIGEST },
};

const struct catalog_kind catalog_circular = {
	"MK14", "circular", "通报", 34, &zhibao__v1__circular__descriptor,
	circular_fields, COUNT_OF(circular_fields), "title",
};

static const struct catalog_field feedback_stat_fields[] = {
	{ .name = "source", .label_zh = "数据来源", .type = FIELD_ENUM, .is_required = true,
	  .values = feedback_source_values, .value_count = COUNT_OF(feedback_source_values) },
	{ .name = "about_office_code", .label_zh = "涉及单位", .type = FIELD_CODE,
	  .max_characters = 20, .reference = REFERENCE_OFFICE },
	{ .name = "period_start", .label_zh = "起始日期", .type = FIELD_DATE, .is_required = true },
	{ .name = "period_end", .label_zh = "截止日期", .type = FIELD_DATE, .is_required = true,
	  .is_never_future = true },
	{ .name = "topic", .label_zh = "主题", .type = FIELD_TEXT, .max_characters = 200 },
	{ .name = "total_count", .label_zh = "总数", .type = FIELD_COUNT, .unit = "件",
	  .is_required = true, .min = 0, .max = 1000000000 },
	{ .name = "policy_related_count", .label_zh = "政策类", .type = FIELD_COUNT, .unit = "件",
	  .min = 0, .max = 1000000000 },
	{ .name = "closed_count", .label_zh = "办结", .type = FIELD_COUNT, .unit = "件",
	  .min = 0, .max = 1000000000 },
	{ .name = "satisfied_count", .label_zh = "满意", .type = FIELD_COUNT, .unit = "份",
	  .min = 0, .max = 1000000000 },
	{ .name = "response_count", .label_zh = "有效答复", .type = FIELD_COUNT, .unit = "份",
	  .min = 0, .max = 1000000000 },
	{ .name = "won_count", .label_zh = "胜诉或维持", .type = FIELD_COUNT, .unit = "件",
	  .min = 0, .max = 1000000000 },
	{ .name = "lost_count", .label_zh = "败诉或变更", .type = FIELD_COUNT, .unit = "件",
	  .min = 0, .max = 1000000000 },
	{ .name = "mediated_count", .label_zh = "调解", .type = FIELD_COUNT, .unit = "件",
	  .min = 0, .max = 1000000000 },
	{ .name = "average_score_hundredths", .label_zh = "平均分", .type = FIELD_COUNT,
	  .unit = "0.01分", .min = 0, .max = 1000000 },
};

const struct catalog_kind catalog_feedback_stat = {
	"MK16", "feedback_stat", "反馈统计", 36, &zhibao__v1__feedback_stat__descriptor,
	feedback_stat_fields, COUNT_OF(feedback_stat_fields), "source",
};

static const struct catalog_field exchange_fields[] = {
	{ .name = "form", .label_zh = "交流形式", .type = FIELD_ENUM, .is_required = true,
	  .values = exchange_form_values, .value_count = COUNT_OF(exchange_form_values) },
	{ .name = "held_on", .label_zh = "交流日期", .type = FIELD_DATE, .is_required = true,
	  .is_never_future = true },
	{ .name = "title", .label_zh = "名称", .type = FIELD_TEXT, .is_required = true,
	  .max_characters = 200 },
	{ .name = "host", .label_zh = "主办单位", .type = FIELD_TEXT, .max_characters = 200 },
	{ .name = "participants", .label_zh = "参加人数", .type = FIELD_COUNT, .unit = "人",
	  .min = 0, .max = 1000000 },
	{ .name = "case_titles", .label_zh = "交流案例", .type = FIELD_TEXT_LIST,
	  .max_characters = 200, .max_elements = 50 },
};

const struct catalog_kind catalog_exchange = {
	"MK17", "exchange", "经验交流", 37, &zhibao__v1__exchange__descriptor,
	exchange_fields, COUNT_OF(exchange_fields), "title",
};

static const struct catalog_field public_input_fields[] = {
	{ .name = "received_on", .label_zh = "收到日期", .type = FIELD_DATE, .is_required = true,
	  .is_never_future = true },
	{ .name = "channel", .label_zh = "来源渠道", .type = FIELD_ENUM, .is_required = true,
	  .values = input_channel_values, .value_count = COUNT_OF(input_channel_values) },
	{ .name = "topic", .label_zh = "类别", .type = FIELD_TEXT, .is_required = true,
	  .max_characters = 200 },
	{ .name = "handled_on", .label_zh = "办理日期", .type = FIELD_DATE,
	  .is_never_future = true },
	{ .name = "result", .label_zh = "办理结果", .type = FIELD_TEXT, .max_characters = 1000 },
};

const struct catalog_kind catalog_public_input = {
	"MK19", "public_input", "社会监督", 39, &zhibao__v1__public_input__descriptor,
	public_input_fields, COUNT_OF(public_input_fields), "topic",
};
