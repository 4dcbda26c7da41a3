/* SPDX-License-Identifier: Apache-2.0 */
/* verify.h - zhibao-collector verify: is the store what the batches say?
 * Reads every batch again, recomputes the chains, projects every record anew into temporary tables and compares them with
 * the item tables. Each batch, stream or row that was altered, is missing or was added is named.
 * Thread: the command's; blocks. Takes temporary space of the size of the item tables. */
#ifndef ZHIBAO_VERIFY_H
#define ZHIBAO_VERIFY_H

#include <stdio.h>

#include "pg.h"

/* 0 when everything agrees; ERR_DATA E_VERIFY when something does not (each finding was printed). */
int verify_run(struct pg *pg, FILE *out, struct err *err);

#endif
