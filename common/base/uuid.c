/* SPDX-License-Identifier: Apache-2.0 */
#include "uuid.h"

#include <string.h>

enum { COUNTER_LIMIT = 4096, COUNTER_START = 2048 };

struct uuid uuid_next(struct uuid_generator *generator)
{
	struct uuid uuid;
	random_fill(generator->random, uuid.bytes, sizeof(uuid.bytes));
	int64_t now_ms = clock_now_us(generator->clock) / 1000;
	if (now_ms > generator->last_ms) {
		generator->last_ms = now_ms;
		/* Half of the range is left for this millisecond. */
		generator->counter = (uint32_t)(uuid.bytes[6] << 8 | uuid.bytes[7]) % COUNTER_START;
	} else if (++generator->counter == COUNTER_LIMIT) {
		generator->last_ms++; /* borrow from the future rather than repeat */
		generator->counter = 0;
	}
	uint64_t ms = (uint64_t)generator->last_ms;
	for (int i = 0; i < 6; i++)
		uuid.bytes[i] = (uint8_t)(ms >> (8 * (5 - i)));
	uuid.bytes[6] = (uint8_t)(0x70 | generator->counter >> 8);
	uuid.bytes[7] = (uint8_t)generator->counter;
	uuid.bytes[8] = (uint8_t)(0x80 | (uuid.bytes[8] & 0x3F));
	return uuid;
}

static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int hex_parse(const char *text, size_t len, uint8_t *out, size_t out_len)
{
	if (len != out_len * 2)
		return -1;
	for (size_t i = 0; i < out_len; i++) {
		int high = nibble(text[2 * i]), low = nibble(text[2 * i + 1]);
		if (high < 0 || low < 0)
			return -1;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return 0;
}

void hex_format(const uint8_t *data, size_t len, char *text_out)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < len; i++) {
		text_out[2 * i] = digits[data[i] >> 4];
		text_out[2 * i + 1] = digits[data[i] & 15];
	}
	text_out[2 * len] = '\0';
}

int uuid_parse(const char *text, size_t len, struct uuid *out)
{
	char packed[32];
	size_t used = 0;
	if (len != UUID_TEXT_SIZE - 1)
		return -1;
	for (size_t i = 0; i < len; i++) {
		bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
		if (is_dash != (text[i] == '-'))
			return -1;
		if (!is_dash)
			packed[used++] = text[i];
	}
	return hex_parse(packed, sizeof(packed), out->bytes, sizeof(out->bytes));
}

void uuid_format(const uint8_t bytes[16], char text_out[UUID_TEXT_SIZE])
{
	static const size_t group_bytes[] = {4, 2, 2, 2, 6};
	char *at = text_out;
	for (size_t g = 0; g < 5; g++) {
		hex_format(bytes, group_bytes[g], at);
		bytes += group_bytes[g];
		at += 2 * group_bytes[g];
		*at++ = '-';
	}
	at[-1] = '\0';
}

bool uuid_is_v7(const uint8_t bytes[16])
{
	return (bytes[6] >> 4) == 7 && (bytes[8] >> 6) == 2;
}
