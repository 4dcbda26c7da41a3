/* SPDX-License-Identifier: Apache-2.0 */
/* utf8.h - text from outside: is it UTF-8, how long is it, and what if it was GBK
 * Thread: any. */
#ifndef ZHIBAO_UTF8_H
#define ZHIBAO_UTF8_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

/* True when all bytes are well-formed UTF-8 (no overlong form, surrogate or value above U+10FFFF). */
bool utf8_is_valid(const char *data, size_t len);
struct text_measure {
	bool is_utf8;     /* as utf8_is_valid; otherwise the rest means nothing */
	bool has_control; /* as text_has_control */
	size_t characters;
};
/* All three in one pass. */
struct text_measure text_measure(const char *data, size_t len);
/* Characters in well-formed text. */
size_t utf8_length(const char *data, size_t len);
/* True when a NUL or another control character except tab, CR and LF is inside. */
bool text_has_control(const char *data, size_t len);
/* Bytes of the character at text when nothing of it is seen (a space of any width, a tab, the end of a line), else 0. */
size_t text_blank(const char *text);
/* True when there is nothing but such characters, or nothing at all. */
bool text_is_blank(const char *text);
/* Appends data, read as GB18030 (which contains GBK), as UTF-8. Returns 0, or -1 when it is neither. */
int text_from_gbk(const char *data, size_t len, struct buf *out);

#endif
