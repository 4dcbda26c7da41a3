/* SPDX-License-Identifier: Apache-2.0 */
/* catalog_papers.c - what an office says of itself and hands in: values and fields in the order of the .proto and of the tables
 * The sentences that define each field stand in proto/zhibao/v1/bodies.proto. */

#include "catalog_data.h"
#include "zhibao/v1/record.pb-c.h"

static const struct catalog_value submission_kind_values[] = {
	{ "work_plan", "工作方案", 1 },
	{ "lecture_plan", "宣讲计划", 2 },
	{ "progress_report", "进展情况", 3 },
	{ "summary_report", "总结报告", 4 },
	{ "materials", "宣传资料", 5 },
};

static const struct catalog_value period_values[] = {
	{ "mid_year", "上半年", 1 },
	{ "year_end", "年度", 2 },
	{ "whole_year", "全年", 3 },
};

static const struct catalog_value form_scope_values[] = {
	{ "own", "本级", 1 },
	{ "with_subordinates", "含下级", 2 },
};

static const struct catalog_value figure_state_values[] = {
	{ "value", "已填", 1 },
	{ "not_applicable", "不适用", 2 },
	{ "not_answered", "未填", 3 },
};

static const struct catalog_value filing_status_values[] = {
	{ "received", "已收到", 1 },
	{ "accepted", "已备案", 2 },
	{ "returned", "已退回", 3 },
};

static const struct catalog_field hall_columns[] = {
	{ .name = "hall_id", .label_zh = "大厅编号", .type = FIELD_TEXT, .is_required = true,
	  .max_characters = 40 },
	{ .name = "name_zh", .label_zh = "大厅名称", .type = FIELD_TEXT, .is_required = true,
	  .max_characters = 100 },
};

static const struct catalog_field form_line_columns[] = {
	{ .name = "item_no", .label_zh = "项号", .type = FIELD_COUNT, .is_required = true,
	  .min = 1, .max = 22 },
	{ .name = "sub_field", .label_zh = "子项", .type = FIELD_TEXT, .max_characters = 40 },
	{ .name = "state", .label_zh = "数据状态", .type = FIELD_ENUM, .is_required = true,
	  .values = figure_state_values, .value_count = COUNT_OF(figure_state_values) },
	{ .name = "count", .label_zh = "数量", .type = FIELD_COUNT, .min = 0, .max = 2000000000 },
	{ .name = "is_yes", .label_zh = "是否", .type = FIELD_BOOL },
	{ .name = "text", .label_zh = "文字", .type = FIELD_TEXT, .max_characters = 1000 },
	{ .name = "rate_text", .label_zh = "比率", .type = FIELD_TEXT, .max_characters = 12 },
	{ .name = "reason", .label_zh = "说明", .type = FIELD_TEXT, .max_characters = 500 },
	{ .name = "proposed_count", .label_zh = "建议数", .type = FIELD_COUNT, .min = 0, .max = 2000000000 },
};

static const struct catalog_field form_entry_columns[] = {
	{ .name = "label", .label_zh = "名称", .type = FIELD_TEXT, .is_required = true,
	  .max_characters = 200 },
	{ .name = "count", .label_zh = "数量", .type = FIELD_COUNT, .min = 0, .max = 2000000000 },
	{ .name = "unit", .label_zh = "单位", .type = FIELD_TEXT, .max_characters = 20 },
	{ .name = "note", .label_zh = "备注", .type = FIELD_TEXT, .max_characters = 500 },
};

static const struct catalog_field office_profile_fields[] = {
	{ .name = "effective_from", .label_zh = "生效日期", .type = FIELD_DATE,
	  .is_required = true },
	{ .name = "mechanism_established_on", .label_zh = "工作机制建立日期", .type = FIELD_DATE,
	  .is_never_future = true },
	{ .name = "mechanism_note", .label_zh = "工作机制说明", .type = FIELD_TEXT,
	  .max_characters = 1000 },
	{ .name = "mechanism_digest", .label_zh = "工作机制文件摘要", .type = FIELD_DIGEST },
	{ .name = "ledger_established_on", .label_zh = "工作台账建立日期", .type = FIELD_DATE,
	  .is_never_future = true },
	{ .name = "ledger_note", .label_zh = "工作台账说明", .type = FIELD_TEXT,
	  .max_characters = 500 },
	{ .name = "responsible_name", .label_zh = "专人姓名", .type = FIELD_TEXT,
	  .is_required = true, .max_characters = 40 },
	{ .name = "responsible_post", .label_zh = "专人职务", .type = FIELD_TEXT,
	  .max_characters = 80 },
	{ .name = "responsible_contact", .label_zh = "专人联系方式", .type = FIELD_TEXT,
	  .max_characters = 80 },
	{ .name = "responsible_from", .label_zh = "专人任职起", .type = FIELD_DATE },
	{ .name = "responsible_to", .label_zh = "专人任职止", .type = FIELD_DATE },
	{ .name = "portal_host", .label_zh = "门户网站域名", .type = FIELD_TEXT,
	  .max_characters = 253 },
	{ .name = "halls", .label_zh = "服务大厅", .type = FIELD_ROWS, .max_elements = 200,
	  .columns = hall_columns, .column_count = COUNT_OF(hall_columns) },
};

const struct catalog_kind catalog_office_profile = {
	"MK01", "office_profile", "单位概况", 21, &zhibao__v1__office_profile__descriptor,
	office_profile_fields, COUNT_OF(office_profile_fields), "responsible_name",
};

static const struct catalog_field submission_fields[] = {
	{ .name = "submission_kind", .label_zh = "材料类别", .type = FIELD_ENUM,
	  .is_required = true,
	  .values = submission_kind_values, .value_count = COUNT_OF(submission_kind_values) },
	{ .name = "period", .label_zh = "报告期", .type = FIELD_ENUM,
	  .values = period_values, .value_count = COUNT_OF(period_values) },
	{ .name = "title", .label_zh = "标题", .type = FIELD_TEXT, .is_required = true,
	  .max_characters = 200 },
	{ .name = "doc_no", .label_zh = "文号", .type = FIELD_TEXT, .max_characters = 80 },
	{ .name = "issued_on", .label_zh = "印发日期", .type = FIELD_DATE,
	  .is_never_future = true },
	{ .name = "submitted_on", .label_zh = "提交日期", .type = FIELD_DATE,
	  .is_never_future = true },
	{ .name = "file_name", .label_zh = "文件名", .type = FIELD_TEXT, .max_characters = 255 },
	{ .name = "file_bytes", .label_zh = "文件大小", .type = FIELD_SIZE, .unit = "byte",
	  .min = 0, .max = 1000000000000 },
	{ .name = "file_digest", .label_zh = "文件摘要", .type = FIELD_DIGEST },
	{ .name = "is_stamped", .label_zh = "是否盖章", .type = FIELD_BOOL },
	{ .name = "approved_by", .label_zh = "审核人", .type = FIELD_TEXT, .max_characters = 40 },
};

const struct catalog_kind catalog_submission = {
	"MK02", "submission", "报送材料", 22, &zhibao__v1__submission__descriptor,
	submission_fields, COUNT_OF(submission_fields), "title",
};

static const struct catalog_field statistics_form_fields[] = {
	{ .name = "period", .label_zh = "报告期", .type = FIELD_ENUM, .is_required = true,
	  .values = period_values, .value_count = COUNT_OF(period_values) },
	{ .name = "period_start", .label_zh = "起始日期", .type = FIELD_DATE, .is_required = true },
	{ .name = "period_end", .label_zh = "截止日期", .type = FIELD_DATE, .is_required = true },
	{ .name = "scope", .label_zh = "填报范围", .type = FIELD_ENUM, .is_required = true,
	  .values = form_scope_values, .value_count = COUNT_OF(form_scope_values) },
	{ .name = "filled_on", .label_zh = "填表日期", .type = FIELD_DATE, .is_required = true,
	  .is_never_future = true },
	{ .name = "filled_by", .label_zh = "填表人", .type = FIELD_TEXT, .max_characters = 40 },
	{ .name = "is_stamped", .label_zh = "是否盖章", .type = FIELD_BOOL },
	{ .name = "participation_total", .label_zh = "参与宣讲人次", .type = FIELD_COUNT,
	  .unit = "人次", .min = 0, .max = 100000000 },
	{ .name = "lines", .label_zh = "统计项", .type = FIELD_ROWS, .is_required = true,
	  .max_elements = 60,
	  .columns = form_line_columns, .column_count = COUNT_OF(form_line_columns) },
	{ .name = "entries", .label_zh = "自行列项", .type = FIELD_ROWS, .max_elements = 50,
	  .columns = form_entry_columns, .column_count = COUNT_OF(form_entry_columns) },
	{ .name = "approved_by", .label_zh = "审核人", .type = FIELD_TEXT, .max_characters = 40 },
	{ .name = "scan_digest", .label_zh = "扫描件摘要", .type = FIELD_DIGEST },
};

const struct catalog_kind catalog_statistics_form = {
	"MK12", "statistics_form", "统计表", 32, &zhibao__v1__statistics_form__descriptor,
	statistics_form_fields, COUNT_OF(statistics_form_fields), "period",
};

static const struct catalog_field filing_receipt_fields[] = {
	{ .name = "county_office_code", .label_zh = "备案单位", .type = FIELD_CODE,
	  .is_required = true, .max_characters = 20, .reference = REFERENCE_OFFICE },
	{ .name = "submission_item_ids", .label_zh = "备案材料", .type = FIELD_UUID_LIST,
	  .is_required = true, .max_elements = 50, .reference = REFERENCE_ITEM },
	{ .name = "filing_no", .label_zh = "备案号", .type = FIELD_TEXT, .max_characters = 80 },
	{ .name = "filed_on", .label_zh = "备案日期", .type = FIELD_DATE, .is_required = true,
	  .is_never_future = true },
	{ .name = "filing_status", .label_zh = "备案状态", .type = FIELD_ENUM, .is_required = true,
	  .values = filing_status_values, .value_count = COUNT_OF(filing_status_values) },
	{ .name = "reason", .label_zh = "退回理由", .type = FIELD_TEXT, .max_characters = 500 },
};

const struct catalog_kind catalog_filing_receipt = {
	"MK15", "filing_receipt", "备案回执", 35, &zhibao__v1__filing_receipt__descriptor,
	filing_receipt_fields, COUNT_OF(filing_receipt_fields), "county_office_code",
};
