/* SPDX-License-Identifier: Apache-2.0 */
/* catalog.h - the one description of the record kinds and their fields
 * Everything that treats fields alike is driven by it: checks, COPY columns, JSON, CSV headings and entry
 * forms. A field has the same name in the .proto, in the table, as JSON key, CSV heading and option; fields
 * stand in the order of their numbers in the .proto. A test proves that proto, catalogue and schema agree.
 * Thread: constant data and pure functions. */
#ifndef ZHIBAO_CATALOG_H
#define ZHIBAO_CATALOG_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

enum { CATALOG_KIND_COUNT = 20, CATALOG_FIRST_BODY_NUMBER = 21, CATALOG_FIELDS_MAX = 32 /* of a kind; a test counts them */ };

enum field_type {
	FIELD_TEXT,      /* text */
	FIELD_URL,       /* absolute http or https address */
	FIELD_HEX,       /* hexadecimal digits */
	FIELD_CODE,      /* code of an office */
	FIELD_COUNT,     /* uint32 in a oneof; integer */
	FIELD_SIZE,      /* uint64 in a oneof; bigint */
	FIELD_BOOL,      /* bool in a oneof */
	FIELD_DATE,      /* sint32 in a oneof, days since 1970-01-01 */
	FIELD_INSTANT,   /* sint64 in a oneof, microseconds since 1970-01-01T00:00:00Z */
	FIELD_ENUM,      /* named value; its name as text */
	FIELD_UUID,      /* 16 bytes */
	FIELD_DIGEST,    /* 32 bytes */
	FIELD_TEXT_LIST, /* repeated text */
	FIELD_URL_LIST,
	FIELD_UUID_LIST,
	FIELD_ENUM_LIST,
	FIELD_ROWS       /* repeated message described by columns; jsonb */
};

/* What the value must name. */
enum reference {
	REFERENCE_NONE,
	REFERENCE_ITEM,      /* an item of the own office; not checked, it may come later */
	REFERENCE_HOST_ITEM, /* an item of the office in host_office_code; not checked */
	REFERENCE_SPEAKER,   /* a speaker of the own office; not checked */
	REFERENCE_PLAN_ITEM, /* a plan line of the own office; checked */
	REFERENCE_OFFICE,    /* code of the office register; checked */
	REFERENCE_TOWNSHIP   /* code of the township register; checked */
};

struct catalog_value {
	const char *name;
	const char *label_zh;
	int number; /* in the .proto; 0 is never one, it means not answered */
};

struct catalog_field {
	const char *name;
	const char *label_zh;
	enum field_type type;
	enum reference reference;
	const char *unit; /* NULL when it has none */
	bool is_required;
	bool is_never_future;   /* a date after today is refused */
	int64_t min, max;       /* COUNT and SIZE, inclusive */
	uint32_t max_characters; /* of a text, or of each in a list */
	uint32_t max_elements;  /* of a list */
	const struct catalog_value *values; /* ENUM and ENUM_LIST */
	size_t value_count;
	const struct catalog_field *columns; /* ROWS */
	size_t column_count;
};

struct catalog_kind {
	const char *code; /* MK01 */
	const char *name; /* of the table and in commands */
	const char *label_zh;
	unsigned body_number; /* in the oneof of Record */
	const ProtobufCMessageDescriptor *descriptor;
	const struct catalog_field *fields; /* fields[i] is descriptor->fields[i] */
	size_t field_count;
	const char *title_field; /* by which lists name an item: a required text, named value or office */
};

/* In the order of their body numbers, which have no gap. */
extern const struct catalog_kind *const catalog_kinds[CATALOG_KIND_COUNT];
static inline size_t catalog_kind_index(const struct catalog_kind *kind)
{
	return kind->body_number - CATALOG_FIRST_BODY_NUMBER;
}

/* By name, code or Chinese label; NULL when there is none. */
const struct catalog_kind *catalog_kind_find(const char *name);
const struct catalog_kind *catalog_kind_by_number(unsigned body_number);
/* By name or Chinese label; -1 when there is none. */
int catalog_field_find(const struct catalog_field *fields, size_t count, const char *name);
const struct catalog_value *catalog_value_find(const struct catalog_field *field, const char *name);
const struct catalog_value *catalog_value_by_number(const struct catalog_field *field, int number);
static inline bool catalog_is_list(enum field_type type)
{
	return type >= FIELD_TEXT_LIST;
}

/* One value inside a message; everything is borrowed from it. The type of the field tells which it has. */
struct field_value {
	bool is_set;
	union {
		int64_t number; /* COUNT, SIZE, BOOL, DATE, INSTANT, ENUM */
		struct {
			const char *data; /* text with NUL, or bytes of UUID and DIGEST */
			size_t len;
		};
		struct {
			const void *elements; /* of a list */
			size_t count;
		};
	};
};
/* Field i of a message of any kind, or of a row. */
void field_get(const ProtobufCMessage *message, const struct catalog_field *fields, size_t i,
	       struct field_value *out);
/* Element e of a list value. */
void field_element(const struct field_value *list, enum field_type type, size_t e,
		   struct field_value *out);

#endif
