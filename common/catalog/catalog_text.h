/* SPDX-License-Identifier: Apache-2.0 */
/* catalog_text.h - fields from the words people type (options, CSV cells) and from JSON, and back
 * Memory inside messages comes from malloc, as protobuf_c_message_free_unpacked(m, NULL) expects.
 * Thread: pure functions. */
#ifndef ZHIBAO_CATALOG_TEXT_H
#define ZHIBAO_CATALOG_TEXT_H

#include <jansson.h>

#include "catalog.h"
#include "problem.h"

/* An empty message of the kind. NULL when memory is out. */
ProtobufCMessage *catalog_body_new(const ProtobufCMessageDescriptor *descriptor);
/* Sets field i from text; an empty text leaves it unanswered. Lists are parted by ; ； or 、, rows are a JSON
 * array. Dates are YYYY-MM-DD, instants RFC 3339, yes/no 是/否/true/false/1/0, named values name or label.
 * What cannot be read is added to problems. */
void catalog_set_text(ProtobufCMessage *message, const struct catalog_field *fields, size_t i,
		      const char *text, struct problems *problems);
/* As above from a JSON value: text, number, boolean, array or null. */
void catalog_set_json(ProtobufCMessage *message, const struct catalog_field *fields, size_t i,
		      const json_t *value, struct problems *problems);
/* The answered fields as a JSON object; a new reference, NULL when memory is out. */
json_t *catalog_to_json(const ProtobufCMessage *message, const struct catalog_field *fields,
			size_t count);
/* One field as JSON; rows are arrays of objects. A new reference. */
json_t *catalog_field_to_json(const ProtobufCMessage *message, const struct catalog_field *fields,
			      size_t i);

#endif
