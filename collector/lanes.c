/* SPDX-License-Identifier: Apache-2.0 */
#include "lanes.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "group.h"
#include "log.h"
#include "registrar.h"
#include "registryload.h"
#include "sql.h"

enum { SWEEP_EVERY_MS = 3600000 };

struct lane_work {
	struct lane_options options;
	struct group *group;
	struct registry *registry;
	int64_t register_version;
	uint64_t timeline; /* of the connection; while a new one is made, of the one before; 0: none */
	int64_t swept_at_ms;
	char mark[160]; /* of the news that were brought last */
};

void news_free(void *context)
{
	struct news *news = context;
	free(news->keyring);
	free(news->heads);
	free(news);
}

/* A failover makes a new timeline. A server on an older one than any writer has seen was left behind: what it says is not to be
 * believed, and what it stored may be gone with it. */
static int check_behind(const struct lane_work *work, struct pg *pg, uint64_t timeline, struct err *err)
{
	uint64_t newest = atomic_load(&work->options.shared->timeline);
	if (timeline >= newest)
		return 0;
	pg_leave(pg);
	err_set(err, ERR_RETRY, "pg: 数据库处于旧的时间线 %llu（已见 %llu），不予采信", (unsigned long long)timeline, (unsigned long long)newest);
	return -1;
}

static int check_timeline(struct lane_work *work, struct pg *pg, bool *is_failover_out, struct err *err)
{
	struct pg_rows *rows;
	*is_failover_out = false;
	if (pg_exec(pg, SQL_timeline, NULL, 0, &rows, err) < 0)
		return -1;
	uint64_t timeline = strtoull(pg_get_text(rows, 0, 0), NULL, 16);
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	if (rc < 0)
		return -1;
	uint64_t newest = atomic_load(&work->options.shared->timeline);
	while (timeline > newest && !atomic_compare_exchange_weak(&work->options.shared->timeline, &newest, timeline))
		;
	if (check_behind(work, pg, timeline, err) < 0)
		return -1;
	*is_failover_out = work->timeline != 0 && timeline > work->timeline;
	if (*is_failover_out)
		log_warn("store.failover", "timeline=%llu", (unsigned long long)timeline);
	work->timeline = timeline;
	return 0;
}

/* Statements are prepared once and their plans do not depend on the values: planning each time cost a third of a small
 * group. */
static int keep_plans(struct pg *pg, struct err *err)
{
	return pg_script(pg, "SET plan_cache_mode = force_generic_plan", err);
}

static int publish_signing_key(const struct lane_work *work, struct pg *pg, struct err *err)
{
	const struct sign_keys *keys = work->options.sign_keys;
	if (!keys)
		return 0;
	struct pg_param params[] = {pg_text(keys->name), pg_bytea(keys->public_key, SIGN_PUBLIC_BYTES)};
	return pg_exec(pg, SQL_signing_key_insert, params, 2, NULL, err);
}

static int refresh_registry(struct lane_work *work, struct pg *pg, struct err *err)
{
	int64_t before = work->register_version;
	int rc = registry_refresh(pg, &work->registry, &work->register_version, err);
	if (work->register_version != before)
		group_forget_ready(work->group); /* it was judged by other registers */
	int64_t newest = atomic_load(&work->options.shared->register_version);
	while (work->register_version > newest &&
	       !atomic_compare_exchange_weak(&work->options.shared->register_version, &newest, work->register_version))
		;
	return rc;
}

/* Keys and heads of thousands of offices are read when they are others than before, not each second. */
static int look_for_news(struct lane_work *work, struct pg *pg, bool *is_any_out, struct err *err)
{
	struct pg_rows *rows;
	if (pg_exec(pg, SQL_news_mark, NULL, 0, &rows, err) < 0)
		return -1;
	*is_any_out = strcmp(work->mark, pg_get_text(rows, 0, 0)) != 0;
	snprintf(work->mark, sizeof(work->mark), "%s", pg_get_text(rows, 0, 0));
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

static int refresh_records(void *context, struct pg *pg, bool is_new_connection, void **news_out,
			   struct err *err)
{
	struct lane_work *work = context;
	bool is_failover;
	if (!is_new_connection && check_behind(work, pg, work->timeline, err) < 0)
		return -1;
	if (!work->options.is_first) {
		*news_out = NULL;
		if (is_new_connection && (keep_plans(pg, err) < 0 || check_timeline(work, pg, &is_failover, err) < 0))
			return -1;
		return refresh_registry(work, pg, err);
	}
	bool is_any;
	*news_out = NULL;
	if (look_for_news(work, pg, &is_any, err) < 0)
		return -1;
	if (!is_any && !is_new_connection)
		return refresh_registry(work, pg, err);
	struct news *news = calloc(1, sizeof(*news));
	int rc = -1;
	if (!news) {
		err_set(err, ERR_NOMEM, "内存不足");
		goto out;
	}
	if (is_new_connection && (keep_plans(pg, err) < 0 || check_timeline(work, pg, &news->is_failover, err) < 0 ||
				  publish_signing_key(work, pg, err) < 0))
		goto out;
	if (refresh_registry(work, pg, err) < 0 ||
	    registrar_load(pg, &news->keyring, err) < 0 || downlinks_heads(pg, &news->heads, err) < 0)
		goto out;
	*news_out = news;
	news = NULL;
	rc = 0;
out:
	if (rc < 0)
		work->mark[0] = '\0';
	if (news)
		news_free(news);
	return rc;
}

static int run_records(void *context, struct pg *pg, struct job **jobs, size_t count,
		       const struct pg_meanwhile *meanwhile, bool *is_stale_out, struct err *err)
{
	struct lane_work *work = context;
	if (check_behind(work, pg, work->timeline, err) < 0)
		return -1;
	/* An agent that was told of registers by one writer may send by them to another. */
	if (work->register_version < atomic_load(&work->options.shared->register_version) && refresh_registry(work, pg, err) < 0)
		return -1;
	if (group_store(work->group, pg, work->registry, jobs, count, meanwhile, err) < 0)
		return -1;
	/* Seen while this was stored: it is not acknowledged. */
	if (check_behind(work, pg, work->timeline, err) < 0)
		return -1;
	/* An agent uses its new key as soon as it is told: by then this collector must admit it. */
	for (size_t i = 0; i < count; i++)
		*is_stale_out = *is_stale_out || jobs[i]->kind == JOB_ENROL || jobs[i]->kind == JOB_ROTATE;
	return 0;
}

static void prepare_records(void *context, struct job *job)
{
	struct lane_work *work = context;
	group_make_ready(work->group, work->registry, job);
}

static int refresh_files(void *context, struct pg *pg, bool is_new_connection, void **news_out,
			 struct err *err)
{
	struct lane_work *work = context;
	bool is_failover;
	int64_t now_ms = clock_monotonic_ms(clock_system());
	*news_out = NULL;
	if ((is_new_connection ? check_timeline(work, pg, &is_failover, err) : check_behind(work, pg, work->timeline, err)) < 0)
		return -1;
	if (work->swept_at_ms != 0 && now_ms - work->swept_at_ms < SWEEP_EVERY_MS)
		return 0;
	work->swept_at_ms = now_ms;
	return files_sweep(pg, work->options.sweep_age_ms, err);
}

static int run_files(void *context, struct pg *pg, struct job **jobs, size_t count, const struct pg_meanwhile *meanwhile,
		     bool *is_stale_out, struct err *err)
{
	struct lane_work *work = context;
	(void)meanwhile;
	(void)is_stale_out;
	if (check_behind(work, pg, work->timeline, err) < 0 || files_run(pg, &work->options.limits, jobs, count, err) < 0)
		return -1;
	return check_behind(work, pg, work->timeline, err);
}

int lane_work_new(struct lane_work **out, enum lane lane, const struct lane_options *options,
		  struct store_work *work_out, struct err *err)
{
	*out = calloc(1, sizeof(**out));
	if (!*out) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	(*out)->options = *options;
	*work_out = lane == LANE_RECORDS ? (struct store_work){*out, run_records, prepare_records, refresh_records}
					 : (struct store_work){*out, run_files, NULL, refresh_files};
	if (lane == LANE_RECORDS && group_new(&(*out)->group, options->key_overlap_ms, options->keeps_batches, err) < 0) {
		lane_work_free(out);
		return -1;
	}
	return 0;
}

void lane_work_free(struct lane_work **work)
{
	if (!*work)
		return;
	group_free(&(*work)->group);
	registry_free(&(*work)->registry);
	free(*work);
	*work = NULL;
}
