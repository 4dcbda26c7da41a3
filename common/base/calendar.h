/* SPDX-License-Identifier: Apache-2.0 */
/* calendar.h - dates as days since 1970-01-01 and instants as microseconds UTC
 * The one zone of the programme is Asia/Shanghai, UTC+8 without summer time since 1991.
 * Thread: any. */
#ifndef ZHIBAO_CALENDAR_H
#define ZHIBAO_CALENDAR_H

#include <stddef.h>
#include <stdint.h>

enum { DATE_TEXT_SIZE = 11, INSTANT_TEXT_SIZE = 28 };
/* 1900-01-01 and 2200-01-01, UTC. */
#define INSTANT_MIN_US INT64_C(-2208988800000000)
#define INSTANT_END_US INT64_C(7258118400000000)

/* Strict YYYY-MM-DD of a day that exists, years 1900 to 2199. Returns 0 or -1. */
int date_parse(const char *text, size_t len, int32_t *date_on_out);
void date_format(int32_t date_on, char text_out[DATE_TEXT_SIZE]);
/* RFC 3339 with Z or an offset, up to six decimals of a second. Returns 0 or -1. */
int instant_parse(const char *text, size_t len, int64_t *instant_at_us_out);
/* UTC with six decimals, as in 2024-11-30T16:00:00.000000Z. */
void instant_format(int64_t instant_at_us, char text_out[INSTANT_TEXT_SIZE]);
/* Calendar day in Asia/Shanghai at the instant. */
int32_t shanghai_date(int64_t instant_at_us);
/* 24:00 Asia/Shanghai of the day, the first instant that no longer belongs to it. */
int64_t shanghai_day_end_us(int32_t date_on);

#endif
