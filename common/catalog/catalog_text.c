/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "calendar.h"
#include "uuid.h"

ProtobufCMessage *catalog_body_new(const ProtobufCMessageDescriptor *descriptor)
{
	ProtobufCMessage *message = calloc(1, descriptor->sizeof_message);
	if (message)
		protobuf_c_message_init(descriptor, message);
	return message;
}

static void refuse(struct problems *problems, const struct catalog_field *field, const char *code,
		   const char *text, const char *expected)
{
	problems_add(problems, code, field->name, "%s“%.60s”无法识别，应为%s", field->label_zh, text,
		     expected);
}

static bool parse_bool(const char *text, int64_t *out)
{
	static const char *const yes[] = {"true", "1", "是", "yes"};
	static const char *const no[] = {"false", "0", "否", "no"};
	for (size_t i = 0; i < 4; i++) {
		if (strcasecmp(text, yes[i]) == 0 || strcasecmp(text, no[i]) == 0) {
			*out = strcasecmp(text, yes[i]) == 0;
			return true;
		}
	}
	return false;
}

static bool parse_integer(const char *text, int64_t *out)
{
	char *end;
	errno = 0;
	*out = strtoll(text, &end, 10);
	return end != text && *end == '\0' && errno == 0;
}

/* Reads a number-like field. False after a complaint. */
static bool parse_number(const struct catalog_field *field, const char *text, int64_t *out,
			 struct problems *problems)
{
	int32_t date_on;
	const struct catalog_value *value;
	switch (field->type) {
	case FIELD_BOOL:
		if (parse_bool(text, out))
			return true;
		refuse(problems, field, "E_BOOL_BAD", text, "是或否");
		return false;
	case FIELD_DATE:
		if (date_parse(text, strlen(text), &date_on) == 0) {
			*out = date_on;
			return true;
		}
		refuse(problems, field, "E_DATE_BAD", text, "真实存在的日期，如 2024-03-25");
		return false;
	case FIELD_INSTANT:
		if (instant_parse(text, strlen(text), out) == 0)
			return true;
		refuse(problems, field, "E_INSTANT_BAD", text, "带时区的时间，如 2024-03-25T09:00:00+08:00");
		return false;
	case FIELD_ENUM:
	case FIELD_ENUM_LIST:
		value = catalog_value_find(field, text);
		if (value) {
			*out = value->number;
			return true;
		}
		refuse(problems, field, "E_ENUM_UNKNOWN", text, field->values[0].label_zh);
		return false;
	default:
		if (parse_integer(text, out) && *out >= 0 &&
		    (field->type == FIELD_SIZE || *out <= UINT32_MAX))
			return true;
		refuse(problems, field, "E_NUMBER_BAD", text, "不带小数和单位的非负整数");
		return false;
	}
}

static bool parse_bytes(const struct catalog_field *field, const char *text,
			ProtobufCBinaryData *out, struct problems *problems)
{
	uint8_t bytes[32];
	struct uuid uuid;
	bool is_digest = field->type == FIELD_DIGEST;
	if (is_digest ? hex_parse(text, strlen(text), bytes, 32) < 0
		      : uuid_parse(text, strlen(text), &uuid) < 0) {
		refuse(problems, field, is_digest ? "E_DIGEST_BAD" : "E_ID_BAD", text,
		       is_digest ? "64 位十六进制摘要" : "记录编号（UUID）");
		return false;
	}
	out->len = is_digest ? 32 : 16;
	out->data = malloc(out->len);
	if (!out->data)
		return false;
	memcpy(out->data, is_digest ? bytes : uuid.bytes, out->len);
	return true;
}

static void store_number(void *member, ProtobufCType type, int64_t number)
{
	switch (type) {
	case PROTOBUF_C_TYPE_UINT32:
		*(uint32_t *)member = (uint32_t)number;
		break;
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_ENUM:
		*(int32_t *)member = (int32_t)number;
		break;
	case PROTOBUF_C_TYPE_BOOL:
		*(protobuf_c_boolean *)member = number != 0;
		break;
	case PROTOBUF_C_TYPE_UINT64:
		*(uint64_t *)member = (uint64_t)number;
		break;
	default:
		*(int64_t *)member = number;
		break;
	}
}

/* Makes room for one more element and returns it, cleared. */
static void *grow(ProtobufCMessage *message, const ProtobufCFieldDescriptor *wire, size_t size)
{
	char *base = (char *)message;
	size_t *count = (size_t *)(void *)(base + wire->quantifier_offset);
	void **array = (void **)(void *)(base + wire->offset);
	void *bigger = realloc(*array, (*count + 1) * size);
	if (!bigger)
		return NULL;
	*array = bigger;
	char *element = (char *)bigger + *count * size;
	memset(element, 0, size);
	(*count)++;
	return element;
}

static void shrink(ProtobufCMessage *message, const ProtobufCFieldDescriptor *wire)
{
	--*(size_t *)(void *)((char *)message + wire->quantifier_offset);
}

static void add_element(ProtobufCMessage *message, const struct catalog_field *field,
			const ProtobufCFieldDescriptor *wire, const char *text,
			struct problems *problems)
{
	int64_t number;
	if (field->type == FIELD_ENUM_LIST) {
		if (!parse_number(field, text, &number, problems))
			return;
		int32_t *element = grow(message, wire, sizeof(*element));
		if (element)
			*element = (int32_t)number;
	} else if (field->type == FIELD_UUID_LIST) {
		ProtobufCBinaryData *element = grow(message, wire, sizeof(*element));
		if (element && !parse_bytes(field, text, element, problems))
			shrink(message, wire);
	} else {
		char **element = grow(message, wire, sizeof(*element));
		if (element)
			*element = strdup(text);
	}
}

static const char *const separators[] = {";", "；", "、", NULL};

static void set_list(ProtobufCMessage *message, const struct catalog_field *field,
		     const ProtobufCFieldDescriptor *wire, const char *text, struct problems *problems)
{
	while (*text) {
		const char *end = text + strlen(text);
		size_t skip = 0;
		for (size_t s = 0; separators[s]; s++) {
			const char *hit = strstr(text, separators[s]);
			if (hit && hit < end) {
				end = hit;
				skip = strlen(separators[s]);
			}
		}
		while (*text == ' ')
			text++;
		size_t len = (size_t)(end - text);
		while (len > 0 && text[len - 1] == ' ')
			len--;
		char *one = strndup(text, len);
		if (one && *one)
			add_element(message, field, wire, one, problems);
		free(one);
		text = end + skip;
	}
}

static void set_rows(ProtobufCMessage *message, const struct catalog_field *field,
		     const ProtobufCFieldDescriptor *wire, const json_t *array,
		     struct problems *problems)
{
	size_t index;
	json_t *object, *value;
	const char *key;
	json_array_foreach(array, index, object)
	{
		const ProtobufCMessageDescriptor *descriptor = wire->descriptor;
		ProtobufCMessage *row = catalog_body_new(descriptor);
		ProtobufCMessage **element = row ? grow(message, wire, sizeof(*element)) : NULL;
		if (!element) {
			free(row);
			return;
		}
		*element = row;
		if (!json_is_object(object))
			refuse(problems, field, "E_ROWS_BAD", "", "JSON 对象的数组");
		json_object_foreach((json_t *)object, key, value)
		{
			int column = catalog_field_find(field->columns, field->column_count, key);
			if (column < 0)
				problems_add(problems, "E_FIELD_UNKNOWN", field->name, "%s中没有“%.40s”这一列",
					     field->label_zh, key);
			else
				catalog_set_json(row, field->columns, (size_t)column, value, problems);
		}
	}
}

void catalog_set_text(ProtobufCMessage *message, const struct catalog_field *fields, size_t i,
		      const char *text, struct problems *problems)
{
	const struct catalog_field *field = &fields[i];
	const ProtobufCFieldDescriptor *wire = &message->descriptor->fields[i];
	void *member = (char *)message + wire->offset;
	int64_t number;
	if (!*text)
		return;
	if (field->type == FIELD_ROWS) {
		json_t *array = json_loads(text, 0, NULL);
		if (json_is_array(array))
			set_rows(message, field, wire, array, problems);
		else
			refuse(problems, field, "E_ROWS_BAD", text, "JSON 对象的数组");
		json_decref(array);
	} else if (catalog_is_list(field->type)) {
		set_list(message, field, wire, text, problems);
	} else if (wire->type == PROTOBUF_C_TYPE_STRING) {
		*(char **)member = strdup(text);
	} else if (wire->type == PROTOBUF_C_TYPE_BYTES) {
		parse_bytes(field, text, member, problems);
	} else if (parse_number(field, text, &number, problems)) {
		store_number(member, wire->type, number);
		if (field->type != FIELD_ENUM)
			*(uint32_t *)(void *)((char *)message + wire->quantifier_offset) = wire->id;
	}
}

void catalog_set_json(ProtobufCMessage *message, const struct catalog_field *fields, size_t i,
		      const json_t *value, struct problems *problems)
{
	const ProtobufCFieldDescriptor *wire = &message->descriptor->fields[i];
	char text[40];
	if (json_is_string(value)) {
		catalog_set_text(message, fields, i, json_string_value(value), problems);
	} else if (json_is_integer(value)) {
		snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(value));
		catalog_set_text(message, fields, i, text, problems);
	} else if (json_is_boolean(value)) {
		catalog_set_text(message, fields, i, json_is_true(value) ? "1" : "0", problems);
	} else if (json_is_array(value) && fields[i].type == FIELD_ROWS) {
		set_rows(message, &fields[i], wire, value, problems);
	} else if (json_is_array(value) && catalog_is_list(fields[i].type)) {
		size_t index;
		json_t *element;
		json_array_foreach((json_t *)value, index, element)
		{
			if (json_is_string(element))
				add_element(message, &fields[i], wire, json_string_value(element), problems);
			else
				refuse(problems, &fields[i], "E_LIST_BAD", "", "文字的数组");
		}
	} else if (!json_is_null(value)) {
		refuse(problems, &fields[i], "E_VALUE_BAD", "", "合适类型的值");
	}
}
