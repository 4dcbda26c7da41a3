/* SPDX-License-Identifier: Apache-2.0 */
#include "pgparam.h"

#include <string.h>

#include "pg_private.h"

static struct pg_param fixed(unsigned type, uint64_t value, int len)
{
	struct pg_param param = {.type = type, .len = len, .is_inline = true};
	for (int i = 0; i < len; i++)
		param.inline_data[i] = (uint8_t)(value >> (8 * (len - 1 - i)));
	return param;
}

struct pg_param pg_text(const char *text)
{
	return (struct pg_param){.type = TYPE_TEXT, .data = text, .len = text ? (int)strlen(text) : -1};
}

struct pg_param pg_int4(int32_t value)
{
	return fixed(TYPE_INT4, (uint32_t)value, 4);
}

struct pg_param pg_int8(int64_t value)
{
	return fixed(TYPE_INT8, (uint64_t)value, 8);
}

struct pg_param pg_bool(bool value)
{
	return fixed(TYPE_BOOL, value, 1);
}

struct pg_param pg_bytea(const void *data, size_t len)
{
	return (struct pg_param){.type = TYPE_BYTEA, .data = data, .len = data ? (int)len : -1};
}

struct pg_param pg_uuid(const uint8_t *bytes)
{
	return (struct pg_param){.type = TYPE_UUID, .data = bytes, .len = bytes ? 16 : -1};
}

struct pg_param pg_date(int32_t date_on)
{
	return fixed(TYPE_DATE, (uint32_t)(date_on - PG_EPOCH_DAYS), 4);
}

struct pg_param pg_instant(int64_t instant_at_us)
{
	return fixed(TYPE_INSTANT, (uint64_t)(instant_at_us - pg_epoch_us), 8);
}

struct pg_param pg_array(enum copyrow_element element, const struct buf *array)
{
	unsigned type = element == COPYROW_INT8	   ? TYPE_INT8_ARRAY
			: element == COPYROW_TEXT  ? TYPE_TEXT_ARRAY
			: element == COPYROW_BYTEA ? TYPE_BYTEA_ARRAY
						   : TYPE_UUID_ARRAY;
	return (struct pg_param){.type = type, .data = array->data + 4, .len = (int)array->len - 4};
}

struct pg_param pg_null_int8(void)
{
	return (struct pg_param){.type = TYPE_INT8, .len = -1};
}

struct pg_param pg_null_int4(void)
{
	return (struct pg_param){.type = TYPE_INT4, .len = -1};
}

struct pg_param pg_null_date(void)
{
	return (struct pg_param){.type = TYPE_DATE, .len = -1};
}

struct pg_param pg_null_instant(void)
{
	return (struct pg_param){.type = TYPE_INSTANT, .len = -1};
}
