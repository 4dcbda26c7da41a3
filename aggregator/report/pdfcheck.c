/* SPDX-License-Identifier: Apache-2.0 */
/* Looks at a finished PDF without the writer's help: its pages, and its bookmarks, which cairo writes as UTF-16 in hex
 * when they are not ASCII. */
#include "reportwriter.h"

#include <string.h>


static const char *find(const char *data, size_t len, const char *text, size_t text_len)
{
	return text_len <= len ? memmem(data, len, text, text_len) : NULL;
}

static int count_pages(const char *data, size_t len)
{
	static const char mark[] = "/Type /Page";
	int pages = 0;
	const char *at = data;
	while ((at = find(at, len - (size_t)(at - data), mark, sizeof(mark) - 1))) {
		at += sizeof(mark) - 1;
		pages += at < data + len && *at != 's'; /* not the tree of pages */
	}
	return pages;
}

/* One character of checked UTF-8. */
static uint32_t next_character(const unsigned char **at)
{
	const unsigned char *c = *at;
	unsigned more = *c >= 0xF0 ? 3 : *c >= 0xE0 ? 2 : *c >= 0xC0 ? 1 : 0;
	uint32_t out = more == 3 ? *c & 7u : more == 2 ? *c & 15u : more == 1 ? *c & 31u : *c;
	for (*at = c + 1; more && (**at & 0xC0) == 0x80; more--, ++*at)
		out = out << 6 | (**at & 63u);
	return out;
}

static void title_pattern(const char *text, struct buf *out)
{
	const unsigned char *at = (const unsigned char *)text;
	buf_text(out, "<FEFF");
	while (*at) {
		uint32_t c = next_character(&at);
		if (c >= 0x10000)
			buf_format(out, "%04X%04X", 0xD7C0 + (c >> 10), 0xDC00 + (c & 0x3FF));
		else
			buf_format(out, "%04X", c);
	}
	buf_text(out, ">");
}

int report_check_pdf(const struct report *report, const void *data, size_t len, int *pages_out, struct err *err)
{
	int rc = 0;
	*pages_out = count_pages(data, len);
	if (len < 5 || memcmp(data, "%PDF-", 5) != 0 || *pages_out < 1 || !find(data, len, "%%EOF", 5)) {
		err_set(err, ERR_DATA, "E_REPORT_PDF PDF 不完整：%d 页，%zu 字节", *pages_out, len);
		return -1;
	}
	for (const struct report_block *block = report->first; block && rc == 0; block = block->next) {
		if (block->kind != REPORT_SECTION)
			continue;
		struct buf pattern = {0};
		title_pattern(block->text, &pattern);
		if (!find(data, len, buf_string(&pattern), pattern.len)) {
			err_set(err, ERR_DATA, "E_REPORT_PDF PDF 中没有章节“%s”", block->text);
			rc = -1;
		}
		buf_fini(&pattern);
	}
	return rc;
}
