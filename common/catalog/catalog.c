/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog.h"

#include <string.h>

#include "catalog_data.h"

const struct catalog_kind *const catalog_kinds[CATALOG_KIND_COUNT] = {
	&catalog_office_profile, &catalog_submission, &catalog_plan_item, &catalog_publication,
	&catalog_lecture_event, &catalog_study_event, &catalog_media_product,
	&catalog_policy_document, &catalog_interpretation, &catalog_window_report,
	&catalog_speaker, &catalog_statistics_form, &catalog_inspection, &catalog_circular,
	&catalog_filing_receipt, &catalog_feedback_stat, &catalog_exchange, &catalog_news_item,
	&catalog_public_input, &catalog_claim,
};

const struct catalog_kind *catalog_kind_find(const char *name)
{
	for (size_t i = 0; i < CATALOG_KIND_COUNT; i++) {
		const struct catalog_kind *kind = catalog_kinds[i];
		if (strcmp(kind->name, name) == 0 || strcmp(kind->code, name) == 0 ||
		    strcmp(kind->label_zh, name) == 0)
			return kind;
	}
	return NULL;
}

const struct catalog_kind *catalog_kind_by_number(unsigned body_number)
{
	/* A number below the first is a large one then. */
	size_t i = (size_t)body_number - CATALOG_FIRST_BODY_NUMBER;
	return i < CATALOG_KIND_COUNT ? catalog_kinds[i] : NULL;
}

int catalog_field_find(const struct catalog_field *fields, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(fields[i].name, name) == 0 || strcmp(fields[i].label_zh, name) == 0)
			return (int)i;
	return -1;
}

const struct catalog_value *catalog_value_find(const struct catalog_field *field, const char *name)
{
	for (size_t i = 0; i < field->value_count; i++)
		if (strcmp(field->values[i].name, name) == 0 ||
		    strcmp(field->values[i].label_zh, name) == 0)
			return &field->values[i];
	return NULL;
}

const struct catalog_value *catalog_value_by_number(const struct catalog_field *field, int number)
{
	for (size_t i = 0; i < field->value_count; i++)
		if (field->values[i].number == number)
			return &field->values[i];
	return NULL;
}

static int64_t read_number(const void *member, ProtobufCType type)
{
	switch (type) {
	case PROTOBUF_C_TYPE_UINT32:
		return *(const uint32_t *)member;
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_ENUM:
		return *(const int32_t *)member;
	case PROTOBUF_C_TYPE_BOOL:
		return *(const protobuf_c_boolean *)member;
	case PROTOBUF_C_TYPE_UINT64: {
		uint64_t value = *(const uint64_t *)member;
		return value > INT64_MAX ? INT64_MAX : (int64_t)value; /* beyond every maximum */
	}
	default:
		return *(const int64_t *)member;
	}
}

void field_get(const ProtobufCMessage *message, const struct catalog_field *fields, size_t i,
	       struct field_value *out)
{
	const ProtobufCFieldDescriptor *wire = &message->descriptor->fields[i];
	const char *base = (const char *)message;
	const void *member = base + wire->offset;
	*out = (struct field_value){0};
	if (catalog_is_list(fields[i].type)) {
		out->count = *(const size_t *)(const void *)(base + wire->quantifier_offset);
		out->elements = *(const void *const *)member;
		out->is_set = out->count > 0;
	} else if (wire->type == PROTOBUF_C_TYPE_STRING) {
		const char *text = *(char *const *)member;
		out->data = text ? text : "";
		out->len = strlen(out->data);
		out->is_set = out->len > 0;
	} else if (wire->type == PROTOBUF_C_TYPE_BYTES) {
		const ProtobufCBinaryData *bytes = member;
		out->data = (const char *)bytes->data;
		out->len = bytes->len;
		out->is_set = out->len > 0;
	} else if (wire->type == PROTOBUF_C_TYPE_ENUM) {
		out->number = read_number(member, wire->type);
		out->is_set = out->number != 0;
	} else if (*(const uint32_t *)(const void *)(base + wire->quantifier_offset) == wire->id) {
		out->number = read_number(member, wire->type);
		out->is_set = true;
	}
}

void field_element(const struct field_value *list, enum field_type type, size_t e,
		   struct field_value *out)
{
	*out = (struct field_value){.is_set = true};
	switch (type) {
	case FIELD_TEXT_LIST:
	case FIELD_URL_LIST:
		out->data = ((char *const *)list->elements)[e];
		out->len = strlen(out->data);
		break;
	case FIELD_UUID_LIST: {
		const ProtobufCBinaryData *bytes = (const ProtobufCBinaryData *)list->elements + e;
		out->data = (const char *)bytes->data;
		out->len = bytes->len;
		break;
	}
	case FIELD_ENUM_LIST:
		out->number = ((const int32_t *)list->elements)[e];
		break;
	default:
		out->elements = ((ProtobufCMessage *const *)list->elements)[e];
		break;
	}
}
