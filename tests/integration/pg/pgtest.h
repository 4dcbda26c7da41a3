/* SPDX-License-Identifier: Apache-2.0 */
/* pgtest.h - connections to the PostgreSQL of ZHIBAO_CONNINFO (a superuser's) for the tests of common/pg
 * Each program of tests has a server of its own. What cannot be done fails the test. */
#ifndef PGTEST_H
#define PGTEST_H

#include "pg.h"

/* An owned connection, named pg_test unless told otherwise. */
struct pg *pgtest_open(void);
struct pg *pgtest_open_named(const char *name);
void pgtest_script(struct pg *pg, const char *sql);
/* The one value of a query. */
int64_t pgtest_number(struct pg *pg, const char *sql);
/* Ends a backend and waits for its end. */
void pgtest_terminate(int64_t pid);
void pgtest_pause_ms(long ms);
/* A thread that does to the one named pg_test whose COMMIT waits for a standby what the function of the server does that
 * context names: pg_cancel_backend or pg_terminate_backend. cmocka's assertions are not for it. */
void *pgtest_break_off(void *context);

#endif
