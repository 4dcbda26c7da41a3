/* SPDX-License-Identifier: Apache-2.0 */
/* The data of the catalogue: values, fields and kinds in the order of the .proto and of the tables.
 * The sentences that define each field stand in proto/zhibao/v1/bodies.proto. */

#include "catalog.h"

#include "zhibao/v1/record.pb-c.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

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

static const struct catalog_value submission_kind_values[] = {
	{ "work_plan", "工作方案", 1 },
	{ "lecture_plan", "宣讲计划", 2 },
	{ "progress_report", "进展情况", 3 },
	{ "summary_report", "总结报告", 4 },
	{ "materials", "宣传资料", 5 },
};

static const struct catalog_value period_values[] = {
	{ "mid_year", "上半年", 1 },
	{ "year_end", "全年", 2 },
	{ "whole_year", "年度", 3 },
};

static const struct catalog_value quota_kind_values[] = {
	{ "counted", "定量", 1 },
	{ "many", "多场次", 2 },
	{ "year_round", "全年", 3 },
};

static const struct catalog_value publication_object_values[] = {
	{ "arrangement", "活动安排", 1 },
	{ "province_arrangement", "全省活动安排", 2 },
	{ "policy", "政策文件", 3 },
	{ "column", "宣传栏目", 4 },
};

static const struct catalog_value channel_values[] = {
	{ "portal", "门户网站", 1 },
	{ "wechat", "微信公众号", 2 },
	{ "mini_program", "小程序", 3 },
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

static const struct catalog_value media_kind_values[] = {
	{ "micro_animation", "微动漫", 1 },
	{ "short_video", "短视频", 2 },
	{ "micro_film", "微电影", 3 },
	{ "micro_comic", "微漫画", 4 },
	{ "micro_lens", "微镜头", 5 },
	{ "chart_or_graphic", "图表图文", 6 },
	{ "other", "其他", 7 },
};

static const struct catalog_value document_kind_values[] = {
	{ "policy", "政策文件", 1 },
	{ "answer", "政策解答", 2 },
};

static const struct catalog_value document_status_values[] = {
	{ "in_force", "有效", 1 },
	{ "modified", "已修改", 2 },
	{ "expired", "已失效", 3 },
	{ "abolished", "已废止", 4 },
};

static const struct catalog_value disclosure_values[] = {
	{ "public", "主动公开", 1 },
	{ "on_request", "依申请公开", 2 },
	{ "exempt", "不予公开", 3 },
};

static const struct catalog_value interpretation_form_values[] = {
	{ "policy_original", "政策原文", 1 },
	{ "press_release", "新闻通稿", 2 },
	{ "article", "解读文章", 3 },
	{ "qa", "政策问答", 4 },
	{ "expert_interview", "专家访谈", 5 },
	{ "press_conference", "新闻发布会", 6 },
	{ "reporter_qa", "答记者问", 7 },
	{ "other", "其他", 8 },
};

static const struct catalog_value window_report_kind_values[] = {
	{ "board_or_poster", "宣传栏牌海报", 1 },
	{ "screen", "电子显示屏", 2 },
	{ "video_played", "播放视频", 3 },
	{ "brochure", "宣传册", 4 },
	{ "staff_training", "窗口人员培训", 5 },
};

static const struct catalog_value speaker_role_values[] = {
	{ "backbone", "宣讲骨干", 1 },
	{ "lecturer", "政策宣讲员", 2 },
	{ "know_all", "人社知识通", 3 },
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

static const struct catalog_value filing_status_values[] = {
	{ "received", "已收到", 1 },
	{ "accepted", "已备案", 2 },
	{ "returned", "已退回", 3 },
};

static const struct catalog_value feedback_source_values[] = {
	{ "hotline_12333", "12333热线", 1 },
	{ "reconsideration", "行政复议", 2 },
	{ "litigation", "行政应诉", 3 },
	{ "arbitration", "劳动仲裁", 4 },
	{ "petition", "信访", 5 },
	{ "online_survey", "网上调查", 6 },
};

static const struct catalog_value exchange_form_values[] = {
	{ "training_class", "培训班", 1 },
	{ "promotion_meeting", "推进会", 2 },
	{ "online", "线上交流", 3 },
	{ "other", "其他", 4 },
};

static const struct catalog_value news_kind_values[] = {
	{ "work_news", "工作动态", 1 },
	{ "lecture", "宣讲活动", 2 },
	{ "experience", "经验做法", 3 },
	{ "media_report", "媒体报道", 4 },
};

static const struct catalog_value medium_values[] = {
	{ "portal", "门户网站", 1 },
	{ "newspaper", "报纸", 2 },
	{ "tv", "电视", 3 },
	{ "wechat", "微信公众号", 4 },
	{ "other", "其他", 5 },
};

static const struct catalog_value input_channel_values[] = {
	{ "hotline", "电话", 1 },
	{ "letter", "来信", 2 },
	{ "visit", "来访", 3 },
	{ "online", "网络", 4 },
	{ "survey", "问卷", 5 },
	{ "other", "其他", 6 },
};

static const struct catalog_field hall_columns[] = {
	{ .name = "hall_id", .label_zh = "大厅编号", .type = FIELD_TEXT, .is_required = true,
	  .max_characters = 40 },
	{ .name = "name_zh", .label_zh = "大厅名称", .type = FIELD_TEXT, .is_required = true,
	  .max_characters = 100 },
};

static const struct catalog_field evidence_columns[] = {
	{ .name = "name", .label_zh = "名称", .type = FIELD_TEXT, .is_required = true,
	  .max_characters = 200 },
	{ .name = "url", .label_zh = "网址", .type = FIELD_URL, .max_characters = 2000 },
	{ .name = "digest", .label_zh = "摘要", .type = FIELD_HEX, .max_characters = 64 },
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

static const struct catalog_field finding_columns[] = {
	{ .name = "item", .label_zh = "事项", .type = FIELD_TEXT, .is_required = true,
	  .max_characters = 200 },
	{ .name = "is_found", .label_zh = "是否达到", .type = FIELD_BOOL },
	{ .name = "url", .label_zh = "网址", .type = FIELD_URL, .max_characters = 2000 },
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

static const struct catalog_field publication_fields[] = {
	{ .name = "object_kind", .label_zh = "公布内容", .type = FIELD_ENUM, .is_required = true,
	  .values = publication_object_values, .value_count = COUNT_OF(publication_object_values) },
	{ .name = "object_item_id", .label_zh = "对应记录", .type = FIELD_UUID,
	  .reference = REFERENCE_ITEM },
	{ .name = "channel", .label_zh = "公布渠道", .type = FIELD_ENUM, .is_required = true,
	  .values = channel_values, .value_count = COUNT_OF(channel_values) },
	{ .name = "title", .label_zh = "标题", .type = FIELD_TEXT, .is_required = true,
	  .max_characters = 200 },
	{ .name = "url", .label_zh = "网址", .type = FIELD_URL, .is_required = true,
	  .max_characters = 2000 },
	{ .name = "published_on", .label_zh = "公布日期", .type = FIELD_DATE, .is_required = true,
	  .is_never_future = true },
	{ .name = "included_office_codes", .label_zh = "包含单位", .type = FIELD_TEXT_LIST,
	  .max_characters = 20, .max_elements = 200, .reference = REFERENCE_OFFICE },
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

static const struct catalog_field media_product_fields[] = {
	{ .name = "media_kind", .label_zh = "作品类别", .type = FIELD_ENUM, .is_required = true,
	  .values = media_kind_values, .value_count = COUNT_OF(media_kind_values) },
	{ .name = "title", .label_zh = "标题", .type = FIELD_TEXT, .is_required = true,
	  .max_characters = 200 },
	{ .name = "made_on", .label_zh = "制作日期", .type = FIELD_DATE, .is_required = true,
	  .is_never_future = true },
	{ .name = "for_window", .label_zh = "用于窗口", .type = FIELD_BOOL },
	{ .name = "file_bytes", .label_zh = "文件大小", .type = FIELD_SIZE, .unit = "byte",
	  .min = 0, .max = 1000000000000 },
	{ .name = "file_digest", .label_zh = "文件摘要", .type = FIELD_DIGEST },
	{ .name = "url", .label_zh = "网址", .type = FIELD_URL, .max_characters = 2000 },
	{ .name = "policy_item_ids", .label_zh = "相关政策", .type = FIELD_UUID_LIST,
	  .max_elements = 50, .reference = REFERENCE_ITEM },
};

static const struct catalog_field policy_document_fields[] = {
	{ .name = "document_kind", .label_zh = "文件类别", .type = FIELD_ENUM, .is_required = true,
	  .values = document_kind_values, .value_count = COUNT_OF(document_kind_values) },
	{ .name = "doc_no", .label_zh = "文号", .type = FIELD_TEXT, .max_characters = 80 },
	{ .name = "title", .label_zh = "标题", .type = FIELD_TEXT, .is_required = true,
	  .max_characters = 300 },
	{ .name = "issuer", .label_zh = "发文单位", .type = FIELD_TEXT, .is_required = true,
	  .max_characters = 200 },
	{ .name = "issued_on", .label_zh = "发文日期", .type = FIELD_DATE, .is_required = true,
	  .is_never_future = true },
	{ .name = "effective_from", .label_zh = "生效日期", .type = FIELD_DATE },
	{ .name = "effective_to", .label_zh = "失效日期", .type = FIELD_DATE },
	{ .name = "status", .label_zh = "文件效力", .type = FIELD_ENUM, .is_required = true,
	  .values = document_status_values, .value_count = COUNT_OF(document_status_values) },
	{ .name = "status_changed_on", .label_zh = "效力变更日期", .type = FIELD_DATE,
	  .is_never_future = true },
	{ .name = "replaced_by_item_id", .label_zh = "替代文件", .type = FIELD_UUID,
	  .reference = REFERENCE_ITEM },
	{ .name = "disclosure", .label_zh = "公开属性", .type = FIELD_ENUM, .is_required = true,
	  .values = disclosure_values, .value_count = COUNT_OF(disclosure_values) },
	{ .name = "exempt_reason", .label_zh = "不公开理由", .type = FIELD_TEXT,
	  .max_characters = 500 },
	{ .name = "first_published_on", .label_zh = "首次公开日期", .type = FIELD_DATE,
	  .is_never_future = true },
	{ .name = "urls", .label_zh = "网址", .type = FIELD_URL_LIST, .max_characters = 2000,
	  .max_elements = 20 },
	{ .name = "last_reviewed_on", .label_zh = "最近清理日期", .type = FIELD_DATE,
	  .is_never_future = true },
};

static const struct catalog_field interpretation_fields[] = {
	{ .name = "policy_item_id", .label_zh = "对应政策", .type = FIELD_UUID,
	  .reference = REFERENCE_ITEM },
	{ .name = "form", .label_zh = "解读形式", .type = FIELD_ENUM, .is_required = true,
	  .values = interpretation_form_values, .value_count = COUNT_OF(interpretation_form_values) },
	{ .name = "title", .label_zh = "标题", .type = FIELD_TEXT, .is_required = true,
	  .max_characters = 300 },
	{ .name = "url", .label_zh = "网址", .type = FIELD_URL, .max_characters = 2000 },
	{ .name = "published_on", .label_zh = "发布日期", .type = FIELD_DATE, .is_required = true,
	  .is_never_future = true },
	{ .name = "channels", .label_zh = "发布渠道", .type = FIELD_ENUM_LIST, .max_elements = 3,
	  .values = channel_values, .value_count = COUNT_OF(channel_values) },
};

static const struct catalog_field window_report_fields[] = {
	{ .name = "hall_id", .label_zh = "大厅编号", .type = FIELD_TEXT, .is_required = true,
	  .max_characters = 40 },
	{ .name = "report_kind", .label_zh = "宣传类别", .type = FIELD_ENUM, .is_required = true,
	  .values = window_report_kind_values, .value_count = COUNT_OF(window_report_kind_values) },
	{ .name = "quantity", .label_zh = "数量", .type = FIELD_COUNT, .is_required = true,
	  .min = 0, .max = 100000000 },
	{ .name = "reported_on", .label_zh = "统计日期", .type = FIELD_DATE, .is_required = true,
	  .is_never_future = true },
	{ .name = "period_start", .label_zh = "起始日期", .type = FIELD_DATE },
	{ .name = "product_item_id", .label_zh = "作品", .type = FIELD_UUID,
	  .reference = REFERENCE_ITEM },
	{ .name = "edition", .label_zh = "版本", .type = FIELD_TEXT, .max_characters = 100 },
	{ .name = "staff_trained", .label_zh = "培训人数", .type = FIELD_COUNT, .unit = "人",
	  .min = 0, .max = 100000 },
	{ .name = "staff_total", .label_zh = "窗口人数", .type = FIELD_COUNT, .unit = "人",
	  .min = 0, .max = 100000 },
	{ .name = "policy_item_id", .label_zh = "相关政策", .type = FIELD_UUID,
	  .reference = REFERENCE_ITEM },
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
	  .values = channel_values, .value_count = COUNT_OF(channel_values) },
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

static const struct catalog_field news_item_fields[] = {
	{ .name = "news_kind", .label_zh = "信息类别", .type = FIELD_ENUM, .is_required = true,
	  .values = news_kind_values, .value_count = COUNT_OF(news_kind_values) },
	{ .name = "title", .label_zh = "标题", .type = FIELD_TEXT, .is_required = true,
	  .max_characters = 200 },
	{ .name = "happened_on", .label_zh = "发生日期", .type = FIELD_DATE, .is_required = true,
	  .is_never_future = true },
	{ .name = "reported_on", .label_zh = "报送日期", .type = FIELD_DATE,
	  .is_never_future = true },
	{ .name = "medium", .label_zh = "媒体", .type = FIELD_ENUM,
	  .values = medium_values, .value_count = COUNT_OF(medium_values) },
	{ .name = "outlet", .label_zh = "媒体名称", .type = FIELD_TEXT, .max_characters = 100 },
	{ .name = "url", .label_zh = "网址", .type = FIELD_URL, .max_characters = 2000 },
	{ .name = "content", .label_zh = "正文", .type = FIELD_TEXT, .max_characters = 4000 },
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

static const struct catalog_field claim_fields[] = {
	{ .name = "host_office_code", .label_zh = "主办单位", .type = FIELD_CODE,
	  .is_required = true, .max_characters = 20, .reference = REFERENCE_OFFICE },
	{ .name = "host_item_id", .label_zh = "主办记录", .type = FIELD_UUID, .is_required = true,
	  .reference = REFERENCE_HOST_ITEM },
	{ .name = "plan_item_id", .label_zh = "计划项", .type = FIELD_UUID,
	  .reference = REFERENCE_PLAN_ITEM },
};

const struct catalog_kind catalog_kinds[CATALOG_KIND_COUNT] = {
	{ "MK01", "office_profile", "单位概况", 21, &zhibao__v1__office_profile__descriptor,
	  office_profile_fields, COUNT_OF(office_profile_fields), "responsible_name" },
	{ "MK02", "submission", "报送材料", 22, &zhibao__v1__submission__descriptor,
	  submission_fields, COUNT_OF(submission_fields), "title" },
	{ "MK03", "plan_item", "计划项", 23, &zhibao__v1__plan_item__descriptor,
	  plan_item_fields, COUNT_OF(plan_item_fields), "theme" },
	{ "MK04", "publication", "公布", 24, &zhibao__v1__publication__descriptor,
	  publication_fields, COUNT_OF(publication_fields), "title" },
	{ "MK05", "lecture_event", "宣讲活动", 25, &zhibao__v1__lecture_event__descriptor,
	  lecture_event_fields, COUNT_OF(lecture_event_fields), "theme" },
	{ "MK06", "study_event", "学习活动", 26, &zhibao__v1__study_event__descriptor,
	  study_event_fields, COUNT_OF(study_event_fields), "topic" },
	{ "MK07", "media_product", "宣传作品", 27, &zhibao__v1__media_product__descriptor,
	  media_product_fields, COUNT_OF(media_product_fields), "title" },
	{ "MK08", "policy_document", "政策文件", 28, &zhibao__v1__policy_document__descriptor,
	  policy_document_fields, COUNT_OF(policy_document_fields), "title" },
	{ "MK09", "interpretation", "政策解读", 29, &zhibao__v1__interpretation__descriptor,
	  interpretation_fields, COUNT_OF(interpretation_fields), "title" },
	{ "MK10", "window_report", "窗口宣传", 30, &zhibao__v1__window_report__descriptor,
	  window_report_fields, COUNT_OF(window_report_fields), "report_kind" },
	{ "MK11", "speaker", "宣讲人员", 31, &zhibao__v1__speaker__descriptor,
	  speaker_fields, COUNT_OF(speaker_fields), "display_name" },
	{ "MK12", "statistics_form", "统计表", 32, &zhibao__v1__statistics_form__descriptor,
	  statistics_form_fields, COUNT_OF(statistics_form_fields), "period" },
	{ "MK13", "inspection", "检查", 33, &zhibao__v1__inspection__descriptor,
	  inspection_fields, COUNT_OF(inspection_fields), "scheme" },
	{ "MK14", "circular", "通报", 34, &zhibao__v1__circular__descriptor,
	  circular_fields, COUNT_OF(circular_fields), "title" },
	{ "MK15", "filing_receipt", "备案回执", 35, &zhibao__v1__filing_receipt__descriptor,
	  filing_receipt_fields, COUNT_OF(filing_receipt_fields), "county_office_code" },
	{ "MK16", "feedback_stat", "反馈统计", 36, &zhibao__v1__feedback_stat__descriptor,
	  feedback_stat_fields, COUNT_OF(feedback_stat_fields), "source" },
	{ "MK17", "exchange", "经验交流", 37, &zhibao__v1__exchange__descriptor,
	  exchange_fields, COUNT_OF(exchange_fields), "title" },
	{ "MK18", "news_item", "动态信息", 38, &zhibao__v1__news_item__descriptor,
	  news_item_fields, COUNT_OF(news_item_fields), "title" },
	{ "MK19", "public_input", "社会监督", 39, &zhibao__v1__public_input__descriptor,
	  public_input_fields, COUNT_OF(public_input_fields), "topic" },
	{ "MK20", "claim", "联合认领", 40, &zhibao__v1__claim__descriptor,
	  claim_fields, COUNT_OF(claim_fields), "host_office_code" },
};
