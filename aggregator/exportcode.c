/* SPDX-License-Identifier: Apache-2.0 */
/* Parts hold free text, such as the topic of a petition, so what an alphabet lacks is escaped and
 * not dropped: what differs in the text differs in the code. */
#include "exportcode.h"

#include <ctype.h>
#include <sodium.h>
#include <string.h>

enum { ELEMENT_MAX = 50, HASH_BYTES = 8 };

void export_code(struct buf *out, const char *text)
{
	for (const unsigned char *at = (const unsigned char *)text; *at; at++)
		if (*at < 0x80 && (isalnum(*at) || *at == '-' || *at == '_'))
			buf_append(out, at, 1);
		else
			buf_format(out, "$%02X", *at);
}

/* Capitals are taken by the small letters, so those of the text are escaped. */
static void capitals(struct buf *out, const char *text)
{
	for (const unsigned char *at = (const unsigned char *)text; *at; at++)
		if (*at < 0x80 && (islower(*at) || isdigit(*at) || *at == '_'))
			buf_format(out, "%c", toupper(*at));
		else
			buf_format(out, "$%02X", *at);
}

/* The column of DHIS2 ends after 50 characters: a longer code is cut and told apart by a hash of
 * the whole; $$ is in no escape. */
static void shorten(struct buf *out, const struct buf *code, const char *suffix)
{
	uint8_t digest[crypto_hash_sha256_BYTES];
	char hex[2 * HASH_BYTES + 1];
	crypto_hash_sha256(digest, (const uint8_t *)buf_string(code), code->len);
	sodium_bin2hex(hex, sizeof(hex), digest, HASH_BYTES);
	size_t kept = ELEMENT_MAX - strlen("$$") - strlen(hex) - strlen("_") - strlen(suffix);
	buf_append(out, buf_string(code), kept);
	buf_format(out, "$$%s_%s", hex, suffix);
}

void export_element(struct buf *out, const char *indicator, const char *part, const char *suffix)
{
	struct buf code = {0};
	buf_text(&code, "ZB_");
	for (const char *at = indicator; *at; at++) /* I-01: no two differ by case or sign alone */
		buf_format(&code, "%c", *at == '-' ? '_' : toupper((unsigned char)*at));
	if (*part)
		buf_text(&code, "_");
	capitals(&code, part);
	buf_format(&code, "_%s", suffix);
	if (code.is_failed)
		out->is_failed = true;
	else if (code.len > ELEMENT_MAX)
		shorten(out, &code, suffix);
	else
		buf_append(out, buf_string(&code), code.len);
	buf_fini(&code);
}

const char *export_unit(const char *style, const char *unit)
{
	static const struct {
		const char *unit, *code;
	} units[] = {{"天", "DAYS"}, {"B", "BYTES"}, {"场/人", "SESSIONS_PER_PERSON"}};
	if (strcmp(style, "percent") == 0)
		return "PT";
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(unit, units[i].unit) == 0)
			return units[i].code;
	return "NUMBER";
}
