/* SPDX-License-Identifier: Apache-2.0 */
/* formsheet.h - the statistics form as a CSV sheet: made from a proposal, filled in by the clerk, read back
 * Columns 项号, 子项, 项目, 单位, 建议值, 依据记录数, 改填, 说明. A row is a field of the form (项号 holds its name), a cell of
 * items 1 to 21, or a free line (项号 22: 项目 is its name). An empty 改填 confirms what is proposed; 不适用 and 未填 say so; another
 * value than the one proposed wants words in 说明.
 * Thread: pure functions. */
#ifndef ZHIBAO_FORMSHEET_H
#define ZHIBAO_FORMSHEET_H

#include <jansson.h>

#include "buf.h"
#include "csvtable.h"

/* Appends the sheet, with a BOM. fields: what is known of the form (period, scope, filled_on, …) as texts. */
void formsheet_write(struct buf *out, const json_t *proposal, const json_t *fields);
/* Fields of the form; a new reference, or NULL with ERR_DATA. */
json_t *formsheet_read(const struct csv_table *table, struct err *err);

#endif
