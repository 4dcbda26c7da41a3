/* SPDX-License-Identifier: Apache-2.0 */
/* buf.h - bytes that grow; always one NUL behind the content, so that text can be read as a C string
 * A failed allocation marks the buffer and every later call is a no-op; look at is_failed once at the end.
 * Thread: one owner. */
#ifndef ZHIBAO_BUF_H
#define ZHIBAO_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buf {
	char *data; /* NULL while empty */
	size_t len; /* bytes, without the NUL */
	size_t size;
	bool is_failed;
};

/* Room for len more bytes behind the content; false marks the failure. */
bool buf_grow(struct buf *buf, size_t len);
/* Where the next len bytes go; they belong to the content from now on. NULL when the buffer has failed. */
static inline char *buf_extend(struct buf *buf, size_t len)
{
	if ((buf->is_failed || len >= buf->size - buf->len) && !buf_grow(buf, len))
		return NULL;
	char *at = buf->data + buf->len;
	buf->len += len;
	buf->data[buf->len] = '\0';
	return at;
}
void buf_append(struct buf *buf, const void *data, size_t len);
void buf_text(struct buf *buf, const char *text);
void buf_format(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Big-endian integers, as PostgreSQL's binary formats want them; the hosts are little-endian (Debian amd64, arm64). */
static inline void buf_be16(struct buf *buf, uint16_t value)
{
	char *at = buf_extend(buf, sizeof(value));
	value = __builtin_bswap16(value);
	if (at)
		memcpy(at, &value, sizeof(value));
}
static inline void buf_be32(struct buf *buf, uint32_t value)
{
	char *at = buf_extend(buf, sizeof(value));
	value = __builtin_bswap32(value);
	if (at)
		memcpy(at, &value, sizeof(value));
}
static inline void buf_be64(struct buf *buf, uint64_t value)
{
	char *at = buf_extend(buf, sizeof(value));
	value = __builtin_bswap64(value);
	if (at)
		memcpy(at, &value, sizeof(value));
}
/* The content as text, "" while empty. */
const char *buf_string(const struct buf *buf);
void buf_reset(struct buf *buf); /* empties, keeps the memory */
void buf_fini(struct buf *buf);

#endif
