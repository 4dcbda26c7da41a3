/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#include <inttypes.h>
#include <string.h>

#include "calendar.h"
#include "formcheck.h"
#include "utf8.h"
#include "uuid.h"

/* 1900-01-01 and 2199-12-31 in days since 1970-01-01, the dates that date_parse takes. */
enum { FIRST_DATE = -25567, LAST_DATE = 84005 };

const ProtobufCMessage *record_body(const Zhibao__V1__Record *record,
				    const struct catalog_kind **kind_out)
{
	*kind_out = catalog_kind_by_number((unsigned)record->body_case);
	/* Every member of the oneof is a pointer to a message. */
	return *kind_out && record->office_profile ? &record->office_profile->base : NULL;
}

void record_view_init(struct record_view *view, const Zhibao__V1__Record *record)
{
	view->record = record;
	view->body = record_body(record, &view->kind);
	for (size_t i = 0; view->body && i < view->kind->field_count; i++)
		field_get(view->body, view->kind->fields, i, &view->values[i]);
}

const char *record_office(const Zhibao__V1__Record *record, const char *author_office_code)
{
	return record->on_behalf_of[0] ? record->on_behalf_of : author_office_code;
}

static void check_text(const struct catalog_field *field, const struct field_value *value,
		       uint32_t max_characters, struct problems *problems)
{
	struct text_measure measure = text_measure(value->data, value->len);
	if (!measure.is_utf8)
		problems_add(problems, "E_TEXT_ENCODING", field->name, "%s不是有效的 UTF-8 文字",
			     field->label_zh);
	else if (measure.has_control)
		problems_add(problems, "E_TEXT_CONTROL", field->name, "%s含有控制字符，请删除后重新填写",
			     field->label_zh);
	else if (measure.characters > max_characters)
		problems_add(problems, "E_TEXT_LONG", field->name, "%s过长：%zu 字，最多 %u 字",
			     field->label_zh, measure.characters, max_characters);
	else if (text_is_blank(value->data))
		problems_add(problems, "E_TEXT_BLANK", field->name, "%s只有空白，请写明内容，没有内容请留空不填", field->label_zh);
}

bool check_is_url(const char *text)
{
	const char *host = strncmp(text, "https://", 8) == 0  ? text + 8
			   : strncmp(text, "http://", 7) == 0 ? text + 7
							       : NULL;
	return host && *host && *host != '/' && !strpbrk(text, " \t\r\n\"<>");
}

static void check_date(const struct catalog_field *field, int64_t date_on,
		       const struct check_context *context, struct problems *problems)
{
	char text[DATE_TEXT_SIZE];
	if (date_on < FIRST_DATE || date_on > LAST_DATE) {
		problems_add(problems, "E_DATE_BAD", field->name, "%s不在 1900 年至 2199 年之间",
			     field->label_zh);
	} else if (field->is_never_future && date_on > context->today_on) {
		date_format((int32_t)date_on, text);
		problems_add(problems, "E_DATE_FUTURE", field->name, "%s %s 晚于今天，请核对日期",
			     field->label_zh, text);
	}
}

static void check_office(const struct catalog_field *field, const char *code,
			 const struct check_context *context, struct problems *problems)
{
	if (!registry_office(context->registry, code))
		problems_add(problems, "E_OFFICE_UNKNOWN", field->name, "%s“%.20s”不在单位名册中",
			     field->label_zh, code);
}

/* Years 1900 to 2199, as at entry: beyond them PostgreSQL means infinity, or nothing. */
static void check_instant(const char *name, const char *label_zh, int64_t instant_at_us, struct problems *problems)
{
	if (instant_at_us < INSTANT_MIN_US || instant_at_us >= INSTANT_END_US)
		problems_add(problems, "E_INSTANT_BAD", name, "%s超出 1900 至 2199 年", label_zh);
}

/* One value that is there, alone or as an element of a list. */
static void check_value(const struct catalog_field *field, const struct field_value *value,
			const struct check_context *context, struct problems *problems)
{
	switch (field->type) {
	case FIELD_COUNT:
	case FIELD_SIZE:
		if (value->number < field->min || value->number > field->max)
			problems_add(problems, "E_NUMBER_RANGE", field->name,
				     "%s %" PRId64 " 超出范围，应在 %" PRId64 " 至 %" PRId64 "%s之间",
				     field->label_zh, value->number, field->min, field->max,
				     field->unit ? field->unit : "");
		break;
	case FIELD_DATE:
		check_date(field, value->number, context, problems);
		break;
	case FIELD_ENUM:
	case FIELD_ENUM_LIST:
		if (!catalog_value_by_number(field, (int)value->number))
			problems_add(problems, "E_ENUM_UNKNOWN", field->name, "%s的取值 %" PRId64 " 不在目录中",
				     field->label_zh, value->number);
		break;
	case FIELD_UUID:
	case FIELD_UUID_LIST:
		if (value->len != 16)
			problems_add(problems, "E_ID_BAD", field->name, "%s不是有效的记录编号",
				     field->label_zh);
		break;
	case FIELD_DIGEST:
		if (value->len != 32)
			problems_add(problems, "E_DIGEST_BAD", field->name, "%s不是 32 字节的摘要",
				     field->label_zh);
		break;
	case FIELD_INSTANT:
		check_instant(field->name, field->label_zh, value->number, problems);
		break;
	case FIELD_BOOL:
	case FIELD_ROWS:
		break;
	default:
		check_text(field, value, field->max_characters, problems);
		if ((field->type == FIELD_URL || field->type == FIELD_URL_LIST) && !check_is_url(value->data))
			problems_add(problems, "E_URL_BAD", field->name,
				     "%s应为以 http:// 或 https:// 开头的完整网址", field->label_zh);
		if (field->type == FIELD_HEX &&
		    (value->len != 64 || strspn(value->data, "0123456789abcdefABCDEF") != 64))
			problems_add(problems, "E_HEX_BAD", field->name, "%s应为 64 位十六进制数字",
				     field->label_zh);
		if (field->reference == REFERENCE_OFFICE)
			check_office(field, value->data, context, problems);
	}
}

static void check_field(const struct catalog_field *field, const struct field_value *value,
			const struct check_context *context, struct problems *problems);

static void check_row(const ProtobufCMessage *row, const struct catalog_field *rows, const struct check_context *context,
		      struct problems *problems)
{
	struct field_value value;
	for (size_t i = 0; i < rows->column_count; i++) {
		field_get(row, rows->columns, i, &value);
		check_field(&rows->columns[i], &value, context, problems);
	}
}

static void check_list(const struct catalog_field *field, const struct field_value *list,
		       const struct check_context *context, struct problems *problems)
{
	struct field_value element;
	if (list->count > field->max_elements)
		problems_add(problems, "E_LIST_LONG", field->name, "%s过多：%zu 项，最多 %u 项",
			     field->label_zh, list->count, field->max_elements);
	for (size_t e = 0; e < list->count && e < field->max_elements; e++) {
		field_element(list, field->type, e, &element);
		if (field->type == FIELD_ROWS)
			check_row(element.elements, field, context, problems);
		else
			check_value(field, &element, context, problems);
	}
}

static void check_field(const struct catalog_field *field, const struct field_value *value,
			const struct check_context *context, struct problems *problems)
{
	if (!value->is_set && field->is_required)
		problems_add(problems, "E_FIELD_MISSING", field->name, "缺少必填项：%s（%s）", field->label_zh, field->name);
	else if (value->is_set && catalog_is_list(field->type))
		check_list(field, value, context, problems);
	else if (value->is_set)
		check_value(field, value, context, problems);
}

static void check_id(const ProtobufCBinaryData *id, const char *field, const char *label_zh,
		     struct problems *problems)
{
	if (id->len != 16 || !uuid_is_v7(id->data))
		problems_add(problems, "E_ID_BAD", field, "%s不是代理生成的编号", label_zh);
}

/* Whether a reason is due depends on verdicts, which are not known here. */
static void check_reason(const char *reason, struct problems *problems)
{
	static const struct catalog_field field = {
		.name = "correction_reason", .label_zh = "更正原因", .type = FIELD_TEXT, .max_characters = 500};
	struct field_value text = {.is_set = true, .data = reason, .len = strlen(reason)};
	if (text.len == 0)
		return;
	if (text_is_blank(reason))
		problems_add(problems, "E_REASON_BLANK", field.name, "更正原因只有空白，请写明原因");
	else
		check_text(&field, &text, field.max_characters, problems);
}

static void check_head(const Zhibao__V1__Record *record, const struct check_context *context,
		       struct problems *problems)
{
	static const struct catalog_field author = {
		.name = "author", .label_zh = "经办人", .type = FIELD_TEXT, .max_characters = 40};
	struct field_value text = {.is_set = true, .data = record->author, .len = strlen(record->author)};
	check_id(&record->item_id, "item_id", "记录编号", problems);
	check_id(&record->revision_id, "revision_id", "版本编号", problems);
	bool is_first = record->operation == ZHIBAO__V1__OPERATION__OPERATION_SUBMIT;
	check_instant("recorded_at", "录入时间", record->recorded_at_us, problems);
	if (record->operation < ZHIBAO__V1__OPERATION__OPERATION_SUBMIT ||
	    record->operation > ZHIBAO__V1__OPERATION__OPERATION_WITHDRAW)
		problems_add(problems, "E_OPERATION", "operation", "操作应为报送、更正或撤回");
	else if (is_first ? record->base_revision_id.len != 0 : record->base_revision_id.len != 16)
		problems_add(problems, "E_BASE_MISSING", "base_revision_id",
			     is_first ? "首次报送不应带依据版本" : "更正或撤回须指明依据版本");
	else if (!is_first && record->revision_id.len == 16 && memcmp(record->base_revision_id.data, record->revision_id.data, 16) == 0)
		problems_add(problems, "E_BASE_SELF", "base_revision_id", "更正或撤回不能以自身为依据版本");
	if (text.len == 0)
		problems_add(problems, "E_FIELD_MISSING", "author", "缺少必填项：经办人（author）");
	else
		check_text(&author, &text, author.max_characters, problems);
	check_reason(record->correction_reason, problems);
	const struct programme *programme = registry_programme(context->registry);
	if (!registry_knows(context->registry, record->programme, record->programme_version))
		problems_add(problems, "E_PROGRAMME_VERSION", "programme_version",
			     "活动 %.40s 第 %u 版未在中心装载（当前为 %s 第 %u 版），请更新活动包",
			     record->programme, record->programme_version, programme->id, programme->version);
	if (!registry_office(context->registry, context->author_office_code))
		problems_add(problems, "E_OFFICE_UNKNOWN", "", "报送单位 %.20s 不在单位名册中",
			     context->author_office_code);
	if (record->on_behalf_of[0] && !registry_allows_proxy(context->registry))
		problems_add(problems, "E_PROXY_DENIED", "on_behalf_of", "本活动不允许代报，%.20s 的记录须由其自行报送", record->on_behalf_of);
	else if (record->on_behalf_of[0] &&
	    !registry_is_ancestor(context->registry, context->author_office_code,
				  record->on_behalf_of))
		problems_add(problems, "E_PROXY_DENIED", "on_behalf_of",
			     "只有上级单位可以代报，%.20s 不是 %.20s 的上级", context->author_office_code,
			     record->on_behalf_of);
}

void check_view(const struct record_view *view, const struct check_context *context, struct problems *problems)
{
	const Zhibao__V1__Record *record = view->record;
	check_head(record, context, problems);
	if (!view->body) {
		problems_add(problems, "E_KIND_UNKNOWN", "", "记录类别不在目录中，请升级软件");
		return;
	}
	if (record->operation == ZHIBAO__V1__OPERATION__OPERATION_WITHDRAW)
		return; /* a withdrawal carries no figures */
	for (size_t i = 0; i < view->kind->field_count; i++)
		check_field(&view->kind->fields[i], &view->values[i], context, problems);
	if (problems->count == 0) {
		rules_check(view, context, problems);
		form_check_approver(view, problems);
	}
	if (problems->count == 0 && record->body_case == ZHIBAO__V1__RECORD__BODY_STATISTICS_FORM)
		form_check(record->statistics_form, context, problems);
}

void check_record(const Zhibao__V1__Record *record, const struct check_context *context,
		  struct problems *problems)
{
	struct record_view view;
	record_view_init(&view, record);
	check_view(&view, context, problems);
}
