/* SPDX-License-Identifier: Apache-2.0 */
/* receiptcheck.h - zhibao-collector verify-receipt: settles what an office can prove
 * Thread: the command's; blocks. */
#ifndef ZHIBAO_RECEIPTCHECK_H
#define ZHIBAO_RECEIPTCHECK_H

#include <stdio.h>

#include "pg.h"

/* Reads what `zhibao-agent receipt` printed. 0: the receipt is ours and the store holds the record. ERR_DATA: E_RECEIPT_BAD
 * (not readable), E_RECEIPT_FORGED (not signed by us, or not of this record), E_RECEIPT_LOST (ours, but the store does not
 * hold the record: the centre is at fault). */
int receipt_check_run(struct pg *pg, const char *path, FILE *out, struct err *err);

#endif
