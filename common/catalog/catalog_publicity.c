/* SPDX-License-Identifier: Apache-2.0 */
/* catalog_publicity.c - what an office publishes and shows: values and fields in the order of the .proto and of the tables
 * The sentences that define each field stand in proto/zhibao/v1/bodies.proto. */

#include "catalog_data.h"
#include "zhibao/v1/record.pb-c.h"

static const struct catalog_value publication_object_values[] = {
	{ "arrangement", "活动安排", 1 },
	{ "province_arrangement", "全省活动安排", 2 },
	{ "policy", "政策文件", 3 },
	{ "column", "宣传栏目", 4 },
};

const struct catalog_value catalog_channels[CATALOG_CHANNEL_COUNT] = {
	{ "portal", "门户网站", 1 },
	{ "wechat", "微信公众号", 2 },
	{ "mini_program", "小程序", 3 },
};

static const struct catalog_value media_kind_values[] = {
	{ "micro_animation", "微动漫", 1 },
	{ "short_video", "短视频", 2 },
	{ "micro_film", "微电影", 3 },
	{ "micro_comic", "微漫画", 4 },
	{ "micro_lens", "微镜头", 5 },
	{ "chart_or_graphic", "图表图文", 6 },
	{ "other", "其他", 7 },
	{ "handbook", "宣传手册", 8 },
	{ "poster_template", "海报模版", 9 },
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

static const struct catalog_field publication_fields[] = {
	{ .name = "object_kind", .label_zh = "公布内容", .type = FIELD_ENUM, .is_required = true,
	  .values = publication_object_values, .value_count = COUNT_OF(publication_object_values) },
	{ .name = "object_item_id", .label_zh = "对应记录", .type = FIELD_UUID,
	  .reference = REFERENCE_ITEM },
	{ .name = "channel", .label_zh = "公布渠道", .type = FIELD_ENUM, .is_required = true,
	  .values = catalog_channels, .value_count = CATALOG_CHANNEL_COUNT },
	{ .name = "title", .label_zh = "标题", .type = FIELD_TEXT, .is_required = true,
	  .max_characters = 200 },
	{ .name = "url", .label_zh = "网址", .type = FIELD_URL, .is_required = true,
	  .max_characters = 2000 },
	{ .name = "published_on", .label_zh = "公布日期", .type = FIELD_DATE, .is_required = true,
	  .is_never_future = true },
	{ .name = "included_office_codes", .label_zh = "包含单位", .type = FIELD_TEXT_LIST,
	  .max_characters = 20, .max_elements = 200, .reference = REFERENCE_OFFICE },
	{ .name = "plan_item_id", .label_zh = "计划项", .type = FIELD_UUID,
	  .reference = REFERENCE_PLAN_ITEM },
};

const struct catalog_kind catalog_publication = {
	"MK04", "publication", "公布", 24, &zhibao__v1__publication__descriptor,
	publication_fields, COUNT_OF(publication_fields), "title",
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
	{ .name = "plan_item_id", .label_zh = "计划项", .type = FIELD_UUID,
	  .reference = REFERENCE_PLAN_ITEM },
	{ .name = "edition", .label_zh = "版本", .type = FIELD_TEXT, .max_characters = 100 },
	{ .name = "printed_copies", .label_zh = "印数", .type = FIELD_COUNT, .unit = "份",
	  .min = 0, .max = 100000000 },
	{ .name = "is_loose_leaf", .label_zh = "活页", .type = FIELD_BOOL },
};

const struct catalog_kind catalog_media_product = {
	"MK07", "media_product", "宣传作品", 27, &zhibao__v1__media_product__descriptor,
	media_product_fields, COUNT_OF(media_product_fields), "title",
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

const struct catalog_kind catalog_policy_document = {
	"MK08", "policy_document", "政策文件", 28, &zhibao__v1__policy_document__descriptor,
	policy_document_fields, COUNT_OF(policy_document_fields), "title",
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
	  .values = catalog_channels, .value_count = CATALOG_CHANNEL_COUNT },
};

const struct catalog_kind catalog_interpretation = {
	"MK09", "interpretation", "政策解读", 29, &zhibao__v1__interpretation__descriptor,
	interpretation_fields, COUNT_OF(interpretation_fields), "title",
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

const struct catalog_kind catalog_window_report = {
	"MK10", "window_report", "窗口宣传", 30, &zhibao__v1__window_report__descriptor,
	window_report_fields, COUNT_OF(window_report_fields), "report_kind",
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

const struct catalog_kind catalog_news_item = {
	"MK18", "news_item", "动态信息", 38, &zhibao__v1__news_item__descriptor,
	news_item_fields, COUNT_OF(news_item_fields), "title",
};
