/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar.h"
#include "catalog_text.h"
#include "uuid.h"

static json_t *scalar(const struct catalog_field *field, const struct field_value *value);

static json_t *rows(const struct catalog_field *field, const struct field_value *list)
{
	json_t *array = json_array();
	for (size_t e = 0; e < list->count; e++) {
		struct field_value row;
		field_element(list, FIELD_ROWS, e, &row);
		json_array_append_new(array, catalog_to_json(row.elements, field->columns,
							     field->column_count));
	}
	return array;
}

static json_t *named(const struct catalog_field *field, int64_t number)
{
	const struct catalog_value *value = catalog_value_by_number(field, (int)number);
	return value ? json_string(value->name) : json_integer(number);
}

static json_t *list(const struct catalog_field *field, const struct field_value *values)
{
	json_t *array = json_array();
	for (size_t e = 0; e < values->count; e++) {
		struct field_value element;
		field_element(values, field->type, e, &element);
		json_array_append_new(array, scalar(field, &element));
	}
	return array;
}

static json_t *scalar(const struct catalog_field *field, const struct field_value *value)
{
	char text[80];
	switch (field->type) {
	case FIELD_COUNT:
	case FIELD_SIZE:
		return json_integer(value->number);
	case FIELD_BOOL:
		return json_boolean(value->number);
	case FIELD_DATE:
		date_format((int32_t)value->number, text);
		return json_string(text);
	case FIELD_INSTANT:
		instant_format(value->number, text);
		return json_string(text);
	case FIELD_ENUM:
	case FIELD_ENUM_LIST:
		return named(field, value->number);
	case FIELD_UUID:
	case FIELD_UUID_LIST:
		if (value->len != 16)
			return json_null();
		uuid_format((const uint8_t *)value->data, text);
		return json_string(text);
	case FIELD_DIGEST:
		if (value->len != 32)
			return json_null();
		hex_format((const uint8_t *)value->data, value->len, text);
		return json_string(text);
	default:
		return json_stringn(value->data, value->len);
	}
}

json_t *catalog_field_to_json(const ProtobufCMessage *message, const struct catalog_field *fields,
			      size_t i)
{
	struct field_value value;
	field_get(message, fields, i, &value);
	if (!value.is_set)
		return json_null();
	if (fields[i].type == FIELD_ROWS)
		return rows(&fields[i], &value);
	return catalog_is_list(fields[i].type) ? list(&fields[i], &value)
					       : scalar(&fields[i], &value);
}

json_t *catalog_to_json(const ProtobufCMessage *message, const struct catalog_field *fields,
			size_t count)
{
	json_t *object = json_object();
	for (size_t i = 0; i < count; i++) {
		json_t *value = catalog_field_to_json(message, fields, i);
		if (json_is_null(value))
			json_decref(value);
		else
			json_object_set_new(object, fields[i].name, value);
	}
	return object;
}
