/* SPDX-License-Identifier: Apache-2.0 */
/* packload.h - zhibao-collector programme load and show
 * Thread: the command's; blocks. */
#ifndef ZHIBAO_PACKLOAD_H
#define ZHIBAO_PACKLOAD_H

#include <stdio.h>

#include "pg.h"

/* Loads the pack of a folder in one transaction. The same content again changes nothing; other content under
 * the same version is ERR_DATA E_PACK_CHANGED. Says what it did. */
int packload_run(struct pg *pg, const char *dir, FILE *out, struct err *err);
int packload_show(struct pg *pg, FILE *out, struct err *err);

#endif
