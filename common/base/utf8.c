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

static bool is_control(unsigned char c)
{
	return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F;
}

/* Are the next eight bytes ASCII without a control character? No byte above 0x7F, none that gets there by one more, none that
 * falls below 0 without 0x20; a byte that borrows from the next has itself said no. */
static inline bool is_plain(const unsigned char *data)
{
	uint64_t word;
	memcpy(&word, data, sizeof(word));
	return ((word | (word + 0x0101010101010101) | (word - 0x2020202020202020)) & 0x8080808080808080) == 0;
}

struct text_measure text_measure(const char *data, size_t len)
{
	const unsigned char *at = (const unsigned char *)data, *end = at + len;
	struct text_measure measure = {.is_utf8 = true};
	while (at < end) {
		if (*at < 0x80 && end - at >= 8 && is_plain(at)) {
			measure.characters += 8;
			at += 8;
			continue;
		}
		size_t used = character(at, (size_t)(end - at));
		if (used == 0)
			return (struct text_measure){0};
		if (*at < 0x80 && is_control(*at))
			measure.has_control = true;
		measure.characters++;
		at += used;
	}
	return measure;
}

bool utf8_is_valid(const char *data, size_t len)
{
	return text_measure(data, len).is_utf8;
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

static uint32_t code_point(const unsigned char *at, size_t len)
{
	uint32_t code = len == 1 ? at[0] : at[0] & (0x7FU >> len);
	for (size_t i = 1; i < len; i++)
		code = code << 6 | (at[i] & 0x3FU);
	return code;
}

/* The white space of Unicode, what turns or joins letters but shows none, and letters without ink. The schema has the same
 * list (text_is_blank). */
static const struct {
	uint32_t first, last;
} blanks[] = {
	{0x09, 0x0D},	  {0x20, 0x20},	    {0x85, 0x85},     {0xA0, 0xA0},	{0xAD, 0xAD},	  {0x034F, 0x034F}, {0x061C, 0x061C},
	{0x115F, 0x1160}, {0x1680, 0x1680}, {0x180E, 0x180E}, {0x2000, 0x200F}, {0x2028, 0x202F}, {0x205F, 0x206F}, {0x2800, 0x2800},
	{0x3000, 0x3000}, {0x3164, 0x3164}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0},
};

size_t text_blank(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;
	if ((*at > 0x20 && *at < 0x7F) || (*at > 0xE3 && *at < 0xEF)) /* most of ASCII and of Chinese has ink */
		return 0;
	size_t len = character(at, strnlen(text, 4));
	uint32_t code = len > 0 ? code_point(at, len) : 0;
	for (size_t i = 0; i < sizeof(blanks) / sizeof(blanks[0]); i++)
		if (code >= blanks[i].first && code <= blanks[i].last)
			return len;
	return 0;
}

bool text_is_blank(const char *text)
{
	size_t len;
	while ((len = text_blank(text)) > 0)
		text += len;
	return *text == '\0';
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
