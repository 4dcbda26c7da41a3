/* SPDX-License-Identifier: Apache-2.0 */
#include "rebuild.h"

#include <pthread.h>
#include <stdio.h>

#include "log.h"
#include "sql.h"

enum { WORKERS_MAX = 16 };

struct part {
	const char *conninfo;
	struct cancel *cancel;
	struct pg_param as_of;
	int32_t place, count;
	int rc;
	struct err err;
};

static void *make_part(void *context)
{
	struct part *part = context;
	struct pg *pg = NULL;
	struct pg_param params[] = {part->as_of, pg_int4(part->place), pg_int4(part->count)};
	part->rc = pg_open(&pg, part->conninfo, "zhibao-aggregator rebuild", &part->err);
	if (part->rc == 0 && !cancel_begin(part->cancel, pg)) {
		err_set(&part->err, ERR_RETRY, "rebuild: stopped");
		part->rc = -1;
	}
	if (part->rc == 0)
		part->rc = pg_exec(pg, SQL_fold_anew_part, params, 3, NULL, &part->err);
	cancel_end(part->cancel, pg);
	pg_close(&pg);
	return NULL;
}

static int make_parts(const char *conninfo, unsigned workers, struct cancel *cancel, struct pg_param as_of, struct err *err)
{
	struct part parts[WORKERS_MAX];
	pthread_t threads[WORKERS_MAX];
	bool is_started[WORKERS_MAX];
	int rc = 0;
	for (unsigned i = 0; i < workers; i++) {
		parts[i] = (struct part){conninfo, cancel, as_of, (int32_t)i, (int32_t)workers, 0, {0}};
		is_started[i] = pthread_create(&threads[i], NULL, make_part, &parts[i]) == 0;
		if (!is_started[i])
			make_part(&parts[i]);
	}
	for (unsigned i = 0; i < workers; i++) {
		if (is_started[i])
			pthread_join(threads[i], NULL);
		if (parts[i].rc < 0 && rc == 0) {
			rc = -1;
			*err = parts[i].err;
		}
	}
	return rc;
}

static int rebuild_locked(struct pg *pg, const char *conninfo, unsigned workers, struct cancel *cancel, int64_t horizon_us,
			  struct err *err)
{
	struct pg_rows *rows = NULL;
	struct pg_param horizon = pg_instant(horizon_us);
	if (pg_exec(pg, SQL_fold_anew_begin, &horizon, 1, &rows, err) < 0)
		return -1;
	struct pg_param as_of = pg_instant(pg_get_instant(rows, 0, 0));
	char next_xid[32];
	snprintf(next_xid, sizeof(next_xid), "%s", pg_get_text(rows, 0, 1));
	struct pg_param end[] = {as_of, pg_text(next_xid),
				 pg_is_null(rows, 0, 2) ? pg_null_int4() : pg_int4((int32_t)pg_get_int(rows, 0, 2))};
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	if (rc < 0 || make_parts(conninfo, workers, cancel, as_of, err) < 0)
		return -1;
	return pg_exec(pg, SQL_fold_anew_end, end, 3, NULL, err);
}

int rebuild_run(struct pg *pg, const char *conninfo, unsigned workers, struct cancel *cancel, int64_t horizon_us,
		bool *is_done_out, struct err *err)
{
	struct pg_rows *rows = NULL;
	if (pg_exec(pg, SQL_fold_lock, NULL, 0, &rows, err) < 0)
		return -1;
	*is_done_out = pg_get_bool(rows, 0, 0);
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	if (rc < 0 || !*is_done_out)
		return rc;
	log_info("rebuild.begin", "workers=%u", workers);
	rc = rebuild_locked(pg, conninfo, workers, cancel, horizon_us, err);
	struct err unlock_err;
	if (pg_is_up(pg)) /* with the connection the lock goes, too */
		pg_exec(pg, SQL_fold_unlock, NULL, 0, NULL, &unlock_err);
	log_info("rebuild.end", "rc=%d", rc);
	return rc;
}
