/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const int64_t us_per_second = 1000000;
static const int64_t us_per_day = 86400LL * 1000000;
static const int64_t shanghai_offset_us = 8LL * 3600 * 1000000;

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Days since 1970-01-01 by counting eras of 400 years from 0000-03-01. */
static int32_t days_from_civil(int year, int month, int day)
{
	int y = month <= 2 ? year - 1 : year;
	int era = (y >= 0 ? y : y - 399) / 400;
	int year_of_era = y - era * 400;
	int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return (int32_t)(era * 146097 + day_of_era - 719468);
}

static bool read_digits(const char *text, int count, int *value_out)
{
	*value_out = 0;
	for (int i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		*value_out = *value_out * 10 + (text[i] - '0');
	}
	return true;
}

int date_parse(const char *text, size_t len, int32_t *date_on_out)
{
	int year, month, day;
	if (len != 10 || text[4] != '-' || text[7] != '-' || !read_digits(text, 4, &year) ||
	    !read_digits(text + 5, 2, &month) || !read_digits(text + 8, 2, &day))
		return -1;
	if (year < 1900 || year > 2199 || month < 1 || month > 12 || day < 1 ||
	    day > days_in_month(year, month))
		return -1;
	*date_on_out = days_from_civil(year, month, day);
	return 0;
}

void date_format(int32_t date_on, char text_out[DATE_TEXT_SIZE])
{
	int64_t z = (int64_t)date_on + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	int64_t day = doy - (153 * mp + 2) / 5 + 1;
	int64_t month = mp < 10 ? mp + 3 : mp - 9;
	int64_t year = yoe + era * 400 + (month <= 2 ? 1 : 0);
	char text[64];
	snprintf(text, sizeof(text), "%04d-%02d-%02d", (int)year, (int)month, (int)day);
	memcpy(text_out, text, DATE_TEXT_SIZE - 1);
	text_out[DATE_TEXT_SIZE - 1] = '\0';
}

/* Z or +hh:mm at the end; seconds to subtract. */
static int parse_offset(const char *text, size_t len, int *offset_s_out)
{
	int hours, minutes;
	if (len == 1 && (text[0] == 'Z' || text[0] == 'z')) {
		*offset_s_out = 0;
		return 0;
	}
	if (len != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':' ||
	    !read_digits(text + 1, 2, &hours) || !read_digits(text + 4, 2, &minutes) ||
	    hours > 23 || minutes > 59)
		return -1;
	*offset_s_out = (hours * 3600 + minutes * 60) * (text[0] == '-' ? -1 : 1);
	return 0;
}

int instant_parse(const char *text, size_t len, int64_t *instant_at_us_out)
{
	int32_t date_on;
	int hour, minute, second, offset_s;
	if (len < 20 || date_parse(text, 10, &date_on) < 0 || (text[10] != 'T' && text[10] != ' ') ||
	    text[13] != ':' || text[16] != ':' || !read_digits(text + 11, 2, &hour) ||
	    !read_digits(text + 14, 2, &minute) || !read_digits(text + 17, 2, &second) || hour > 23 ||
	    minute > 59 || second > 59)
		return -1;
	size_t at = 19;
	int64_t fraction_us = 0;
	if (text[at] == '.') {
		int64_t scale = 100000;
		size_t first = ++at;
		for (; at < len && text[at] >= '0' && text[at] <= '9'; at++, scale /= 10)
			fraction_us += (text[at] - '0') * scale;
		if (at == first || at - first > 6)
			return -1;
	}
	if (at >= len || parse_offset(text + at, len - at, &offset_s) < 0)
		return -1;
	int64_t seconds = hour * 3600 + minute * 60 + second - offset_s;
	*instant_at_us_out = date_on * us_per_day + seconds * us_per_second + fraction_us;
	return 0;
}

static int64_t floor_divide(int64_t a, int64_t b)
{
	return a / b - (a % b < 0 ? 1 : 0);
}

void instant_format(int64_t instant_at_us, char text_out[INSTANT_TEXT_SIZE])
{
	int64_t day = floor_divide(instant_at_us, us_per_day);
	int64_t rest = instant_at_us - day * us_per_day;
	char date[DATE_TEXT_SIZE];
	date_format((int32_t)day, date);
	int64_t second = rest / us_per_second;
	char text[96];
	snprintf(text, sizeof(text), "%sT%02d:%02d:%02d.%06dZ", date, (int)(second / 3600),
		 (int)(second / 60 % 60), (int)(second % 60), (int)(rest % us_per_second));
	memcpy(text_out, text, INSTANT_TEXT_SIZE - 1);
	text_out[INSTANT_TEXT_SIZE - 1] = '\0';
}

int32_t shanghai_date(int64_t instant_at_us)
{
	return (int32_t)floor_divide(instant_at_us + shanghai_offset_us, us_per_day);
}

int64_t shanghai_day_end_us(int32_t date_on)
{
	return ((int64_t)date_on + 1) * us_per_day - shanghai_offset_us;
}
