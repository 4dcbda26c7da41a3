/* SPDX-License-Identifier: Apache-2.0 */
#include "utf8.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

static bool is_tail(unsigned char c)
{
	return (c & 0xC0) == 0x80;
}

/* The general case of the function below. */
static size_t rare_character(const unsigned char *data, size_t len)
{
	unsigned char c = data[0];
	size_t need = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
	if (c < 0xC2 || c > 0xF4 || len < need)
		return 0;
	for (size_t i = 1; i < need; i++)
		if (!is_tail(data[i]))
			return 0;
	bool is_overlong = (c == 0xE0 && data[1] < 0xA0) || (c == 0xF0 && data[1] < 0x90);
	bool is_surrogate = c == 0xED && data[1] > 0x9F;
	bool is_beyond = c == 0xF4 && data[1] > 0x8F;
	return is_overlong || is_surrogate || is_beyond ? 0 : need;
}

/* Length of the well-formed character at data, 0 when there is none. Letters and Chinese go the short way. */
static inline size_t character(const unsigned char *data, size_t len)
{
	unsigned char c = data[0];
	if (c < 0x80)
		return 1;
	if (c > 0xE0 && c < 0xED && len >= 3)
		return is_tail(data[1]) && is_tail(data[2]) ? 3 : 0;
	return rare_character(data, len);
}

bool utf8_is_valid(const char *data, size_t len)
{
	const unsigned char *at = (const unsigned char *)data;
	while (len > 0) {
		size_t used = character(at, len);
		if (used == 0)
			return false;
		at += used;
		len -= used;
	}
	return true;
}

static bool is_control(unsigned char c)
{
	return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F;
}

struct text_measure text_measure(const char *data, size_t len)
{
	const unsigned char *at = (const unsigned char *)data, *end = at + len;
	struct text_measure measure = {.is_utf8 = true};
	while (at < end) {
		size_t used = character(at, (size_t)(end - at));
		if (used == 0)
			return (struct text_measure){0};
		measure.has_control = measure.has_control || is_control(*at);
		measure.characters++;
		at += used;
	}
	return measure;
}

size_t utf8_length(const char *data, size_t len)
{
	size_t count = 0;
	for (size_t i = 0; i < len; i++)
		count += ((unsigned char)data[i] & 0xC0) != 0x80;
	return count;
}

bool text_has_control(const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (is_control((unsigned char)data[i]))
			return true;
	return false;
}

bool text_is_blank(const char *text)
{
	static const char *const wide[] = {"\u3000", "\u00A0"};
	while (*text) {
		size_t len = strchr(" \t\r\n", *text) ? 1 : 0;
		for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
			if (strncmp(text, wide[i], strlen(wide[i])) == 0)
				len = strlen(wide[i]);
		if (len == 0)
			return false;
		text += len;
	}
	return true;
}

int text_from_gbk(const char *data, size_t len, struct buf *out)
{
	iconv_t converter = iconv_open("UTF-8", "GB18030");
	if (converter == (iconv_t)-1)
		return -1;
	char *in = (char *)data; /* iconv's signature; the input is not written */
	int rc = 0;
	while (len > 0 && rc == 0) {
		char chunk[4096];
		char *to = chunk;
		size_t room = sizeof(chunk);
		size_t got = iconv(converter, &in, &len, &to, &room);
		buf_append(out, chunk, sizeof(chunk) - room);
		if (got == (size_t)-1 && errno != E2BIG)
			rc = -1;
	}
	iconv_close(converter);
	return out->is_failed ? -1 : rc;
}
