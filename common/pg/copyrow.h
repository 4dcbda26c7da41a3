/* SPDX-License-Identifier: Apache-2.0 */
/* copyrow.h - rows of COPY (FORMAT binary), built in a buf
 * Order: copyrow_head, then per row copyrow_begin and one call per column, then copyrow_tail.
 * Thread: any. */
#ifndef ZHIBAO_COPYROW_H
#define ZHIBAO_COPYROW_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"

enum { COPYROW_HEAD_BYTES = 19 };
void copyrow_head(struct buf *out);
void copyrow_begin(struct buf *out, size_t columns);
void copyrow_null(struct buf *out);
void copyrow_bytes(struct buf *out, const void *data, size_t len); /* text, bytea, uuid */
void copyrow_int4(struct buf *out, int32_t value);
void copyrow_int8(struct buf *out, int64_t value);
void copyrow_bool(struct buf *out, bool value);
void copyrow_date(struct buf *out, int32_t date_on);
void copyrow_instant(struct buf *out, int64_t instant_at_us);
/* Another instant in place of the one whose column begins at mark, the length of out when copyrow_instant was called. */
void copyrow_set_instant(struct buf *out, size_t mark, int64_t instant_at_us);
void copyrow_jsonb(struct buf *out, const char *json);
/* A one-dimensional array without NULLs: begin with the type, then one call per element, then end. */
enum copyrow_element { COPYROW_BYTEA = 17, COPYROW_INT8 = 20, COPYROW_TEXT = 25, COPYROW_UUID = 2950 };
size_t copyrow_array_begin(struct buf *out, enum copyrow_element element, size_t count);
void copyrow_array_end(struct buf *out, size_t mark); /* mark: what begin returned */
void copyrow_tail(struct buf *out);

#endif
