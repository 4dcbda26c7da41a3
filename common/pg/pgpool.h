/* SPDX-License-Identifier: Apache-2.0 */
/* pgpool.h - a few connections shared by worker threads
 * Thread: any. */
#ifndef ZHIBAO_PGPOOL_H
#define ZHIBAO_PGPOOL_H

#include "pg.h"

struct pgpool;

/* Connections are opened when first needed. conninfo and application are copied. */
int pgpool_open(struct pgpool **out, const char *conninfo, const char *application, size_t size,
		struct err *err);
void pgpool_close(struct pgpool **pool); /* every connection must have been given back */
/* Waits for a free connection; ERR_RETRY when the database cannot be reached. */
int pgpool_borrow(struct pgpool *pool, struct pg **out, struct err *err);
/* The same without waiting: ERR_FULL when every connection is lent. */
int pgpool_try_borrow(struct pgpool *pool, struct pg **out, struct err *err);
void pgpool_return(struct pgpool *pool, struct pg *pg); /* rolls back what was left open */

#endif
