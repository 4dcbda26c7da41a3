/* SPDX-License-Identifier: Apache-2.0 */
#include "buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool reserve(struct buf *buf, size_t more)
{
	if (buf->is_failed || more > SIZE_MAX / 4 || buf->len > SIZE_MAX / 4) {
		buf->is_failed = true;
		return false;
	}
	if (buf->len + more + 1 <= buf->size)
		return true;
	size_t size = buf->size ? buf->size : 128;
	while (size < buf->len + more + 1)
		size *= 2;
	char *data = realloc(buf->data, size);
	if (!data) {
		buf->is_failed = true;
		return false;
	}
	buf->data = data;
	buf->size = size;
	return true;
}

void buf_append(struct buf *buf, const void *data, size_t len)
{
	if (!reserve(buf, len))
		return;
	if (len > 0)
		memcpy(buf->data + buf->len, data, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void buf_text(struct buf *buf, const char *text)
{
	buf_append(buf, text, strlen(text));
}

void buf_format(struct buf *buf, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int need = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (need < 0)
		buf->is_failed = true;
	else if (reserve(buf, (size_t)need)) {
		vsnprintf(buf->data + buf->len, (size_t)need + 1, format, again);
		buf->len += (size_t)need;
	}
	va_end(again);
}

static void append_be(struct buf *buf, uint64_t value, size_t bytes)
{
	unsigned char out[8];
	for (size_t i = 0; i < bytes; i++)
		out[i] = (unsigned char)(value >> (8 * (bytes - 1 - i)));
	buf_append(buf, out, bytes);
}

void buf_be16(struct buf *buf, uint16_t value)
{
	append_be(buf, value, 2);
}

void buf_be32(struct buf *buf, uint32_t value)
{
	append_be(buf, value, 4);
}

void buf_be64(struct buf *buf, uint64_t value)
{
	append_be(buf, value, 8);
}

const char *buf_string(const struct buf *buf)
{
	return buf->data ? buf->data : "";
}

void buf_reset(struct buf *buf)
{
	buf->len = 0;
	buf->is_failed = false;
	if (buf->data)
		buf->data[0] = '\0';
}

void buf_fini(struct buf *buf)
{
	free(buf->data);
	*buf = (struct buf){0};
}
