/* SPDX-License-Identifier: Apache-2.0 */
#include "copyrow.h"

#include <string.h>

#include "pg_private.h"

void copyrow_head(struct buf *out)
{
	buf_append(out, "PGCOPY\n\377\r\n\0", 11);
	buf_be32(out, 0); /* flags */
	buf_be32(out, 0); /* extension */
}

void copyrow_begin(struct buf *out, size_t columns)
{
	buf_be16(out, (uint16_t)columns);
}

void copyrow_null(struct buf *out)
{
	buf_be32(out, UINT32_MAX);
}

void copyrow_bytes(struct buf *out, const void *data, size_t len)
{
	char *at = buf_extend(out, 4 + len);
	uint32_t be_len = __builtin_bswap32((uint32_t)len);
	if (!at)
		return;
	memcpy(at, &be_len, 4);
	if (len > 0)
		memcpy(at + 4, data, len);
}

void copyrow_int4(struct buf *out, int32_t value)
{
	buf_be64(out, (uint64_t)4 << 32 | (uint32_t)value);
}

void copyrow_int8(struct buf *out, int64_t value)
{
	buf_be32(out, 8);
	buf_be64(out, (uint64_t)value);
}

void copyrow_bool(struct buf *out, bool value)
{
	buf_be32(out, 1);
	buf_append(out, value ? "\1" : "\0", 1);
}

void copyrow_date(struct buf *out, int32_t date_on)
{
	copyrow_int4(out, date_on - PG_EPOCH_DAYS);
}

void copyrow_instant(struct buf *out, int64_t instant_at_us)
{
	copyrow_int8(out, instant_at_us - pg_epoch_us);
}

void copyrow_set_instant(struct buf *out, size_t mark, int64_t instant_at_us)
{
	uint64_t value = __builtin_bswap64((uint64_t)(instant_at_us - pg_epoch_us));
	memcpy(out->data + mark + 4, &value, sizeof(value));
}

void copyrow_jsonb(struct buf *out, const char *json)
{
	size_t len = strlen(json);
	buf_be32(out, (uint32_t)len + 1);
	buf_append(out, "\1", 1); /* version of jsonb's wire form */
	buf_append(out, json, len);
}

size_t copyrow_array_begin(struct buf *out, enum copyrow_element element, size_t count)
{
	size_t mark = out->len;
	buf_be32(out, 0); /* length, set by the end */
	buf_be32(out, count > 0 ? 1 : 0);
	buf_be32(out, 0); /* no NULLs */
	buf_be32(out, (uint32_t)element);
	if (count > 0) {
		buf_be32(out, (uint32_t)count);
		buf_be32(out, 1); /* lower bound */
	}
	return mark;
}

void copyrow_array_end(struct buf *out, size_t mark)
{
	if (out->is_failed)
		return;
	uint32_t len = (uint32_t)(out->len - mark - 4);
	for (int i = 0; i < 4; i++)
		out->data[mark + (size_t)i] = (char)(len >> (24 - 8 * i));
}

void copyrow_tail(struct buf *out)
{
	buf_be16(out, UINT16_MAX);
}
