/* SPDX-License-Identifier: Apache-2.0 */
#include "err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "utf8.h"

/* vsnprintf cuts bytes; step back so that no character is halved. */
void text_trim(char *text)
{
	char *to = text;
	for (const char *from = text; *from;) {
		unsigned char lead = (unsigned char)*from;
		size_t need = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
		size_t have = strnlen(from, need);
		if (have == need && utf8_is_valid(from, need)) {
			memmove(to, from, need);
			to += need;
			from += need;
		} else {
			from++;
		}
	}
	*to = '\0';
}

void err_set(struct err *err, enum err_code code, const char *format, ...)
{
	if (!err)
		return;
	char text[sizeof(err->text)];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	text_trim(text);
	err->code = code;
	memcpy(err->text, text, sizeof(text));
}

void err_prefix(struct err *err, const char *format, ...)
{
	if (!err)
		return;
	char text[sizeof(err->text) * 2];
	va_list args;
	va_start(args, format);
	int used = vsnprintf(text, sizeof(err->text), format, args);
	va_end(args);
	size_t at = used < 0 ? 0 : (size_t)used;
	if (at >= sizeof(err->text))
		at = sizeof(err->text) - 1;
	memcpy(text + at, err->text, strlen(err->text) + 1);
	text[sizeof(err->text) - 1] = '\0';
	text_trim(text);
	memcpy(err->text, text, strlen(text) + 1);
}

int err_exit_code(enum err_code code)
{
	switch (code) {
	case ERR_NONE:
		return 0;
	case ERR_USAGE:
		return 64;
	case ERR_DATA:
	case ERR_CONFLICT:
	case ERR_NOT_FOUND:
	case ERR_DENIED:
		return 65;
	case ERR_CONFIG:
		return 78;
	case ERR_INTERNAL:
		return 70;
	default:
		return 75;
	}
}
