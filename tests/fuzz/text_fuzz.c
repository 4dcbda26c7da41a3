/* SPDX-License-Identifier: Apache-2.0 */
/* The words people type, field by field: byte 0 the kind, byte 1 the field, the rest its text. */
#include "fuzz.h"

#include <stdlib.h>

#include "catalog_text.h"
#include "utf8.h"

void fuzz_setup(void)
{
}

ptrdiff_t fuzz_seed(size_t index, uint8_t *out, size_t size)
{
	static const char *const texts[] = {
		"2024-02-29", "2024-03-25T09:00:00.123456+08:00", "01900000-0000-7000-8000-000000000001;x、y；z",
		"4294967296", "-1", "是", "village", "进村居", "https://example.cn/a b", "[{\"name\": \"x\", \"count\": 3}]",
		"[[],{},null,1e400,\"\\u0000\"]",
		"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", "、；;", " ",
	};
	enum { TEXTS = sizeof(texts) / sizeof(texts[0]) };
	/* Every text for a field of every type: each kind has some of them. */
	size_t kind = index / TEXTS % CATALOG_KIND_COUNT, field = index / TEXTS / CATALOG_KIND_COUNT;
	if (size < 2 || field > 0)
		return -1;
	out[0] = (uint8_t)kind;
	out[1] = (uint8_t)(index * 7);
	return 2 + fuzz_text_seed(texts, TEXTS, index % TEXTS, out + 2, size - 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct problems problems = {0};
	if (len < 2)
		return 0;
	const struct catalog_kind *kind = catalog_kinds[data[0] % CATALOG_KIND_COUNT];
	size_t i = data[1] % kind->field_count;
	char *text = malloc(len - 1);
	ProtobufCMessage *body = catalog_body_new(kind->descriptor);
	must(text && body);
	memcpy(text, data + 2, len - 2);
	text[len - 2] = '\0';
	catalog_set_text(body, kind->fields, i, text, &problems);
	for (size_t p = 0; p < problems.count && p < PROBLEMS_MAX; p++)
		must(problems.items[p].code[0] == 'E');
	/* The desk checks what it read before it stores it; JSON takes only sound text. */
	if (utf8_is_valid(text, strlen(text))) {
		json_t *value = catalog_field_to_json(body, kind->fields, i);
		must(value);
		json_decref(value);
	}
	protobuf_c_message_free_unpacked(body, NULL);
	free(text);
	return 0;
}
