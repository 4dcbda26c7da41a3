/* SPDX-License-Identifier: Apache-2.0 */
/* uuid.h - UUID version 7 (RFC 9562) and the text form of any UUID
 * Thread: a generator has one owner. */
#ifndef ZHIBAO_UUID_H
#define ZHIBAO_UUID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "clock.h"

enum { UUID_TEXT_SIZE = 37 };

struct uuid {
	uint8_t bytes[16];
};

struct uuid_generator {
	const struct clock *clock;          /* borrowed */
	const struct random_source *random; /* borrowed */
	int64_t last_ms;                    /* of the newest one made */
	uint32_t counter;                   /* 12 bits, so that order holds within a millisecond */
};

/* Strictly increasing within one generator, also when the clock steps back. */
struct uuid uuid_next(struct uuid_generator *generator);
int uuid_parse(const char *text, size_t len, struct uuid *out); /* 8-4-4-4-12; 0 or -1 */
void uuid_format(const uint8_t bytes[16], char text_out[UUID_TEXT_SIZE]);
bool uuid_is_v7(const uint8_t bytes[16]);
/* Lower-case hexadecimal; text_out holds 2 * len + 1. */
void hex_format(const uint8_t *data, size_t len, char *text_out);
int hex_parse(const char *text, size_t len, uint8_t *out, size_t out_len); /* 0 or -1 */

#endif
