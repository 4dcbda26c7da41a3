/* SPDX-License-Identifier: Apache-2.0 */
/* pgparam.h - a value for a statement, in binary form
 * Thread: pure functions. */
#ifndef ZHIBAO_PGPARAM_H
#define ZHIBAO_PGPARAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "copyrow.h"

/* A value for $n, sent in binary form. What it points to is borrowed for the call. */
struct pg_param {
	unsigned type; /* object identifier of the type */
	const void *data;
	int len; /* bytes; -1 means NULL */
	uint8_t inline_data[8];
	bool is_inline;
};
struct pg_param pg_text(const char *text); /* NULL makes NULL */
struct pg_param pg_int4(int32_t value);
struct pg_param pg_int8(int64_t value);
struct pg_param pg_bool(bool value);
struct pg_param pg_bytea(const void *data, size_t len);
struct pg_param pg_uuid(const uint8_t *bytes); /* NULL makes NULL */
struct pg_param pg_date(int32_t date_on);      /* days since 1970-01-01 */
struct pg_param pg_instant(int64_t instant_at_us);
/* An array made by copyrow_array_begin at the start of an empty buf, ended. Borrowed for the call. */
struct pg_param pg_array(enum copyrow_element element, const struct buf *array);
struct pg_param pg_null_int8(void);
struct pg_param pg_null_int4(void);
struct pg_param pg_null_date(void);
struct pg_param pg_null_instant(void);

#endif
