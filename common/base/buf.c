/* SPDX-License-Identifier: Apache-2.0 */
#include "buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

bool buf_grow(struct buf *buf, size_t more)
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
	char *at = buf_extend(buf, len);
	if (at && len > 0)
		memcpy(at, data, len);
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
	else if (buf_grow(buf, (size_t)need)) {
		vsnprintf(buf->data + buf->len, (size_t)need + 1, format, again);
		buf->len += (size_t)need;
	}
	va_end(again);
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
