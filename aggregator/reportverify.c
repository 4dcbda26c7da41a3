/* SPDX-License-Identifier: Apache-2.0 */
#include "reportverify.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "fsx.h"
#include "reportjob.h"
#include "sql.h"

enum { unknown_max_bytes = 512 << 20 }; /* when the store cannot say how large a file was */

static void tell(struct report_look *look, struct report_finding *finding, enum report_fault fault, const char *cause)
{
	finding->fault = fault;
	finding->cause = cause;
	look->findings[fault]++;
	look->on_finding(look->context, finding);
}

/* 0 when the file is what the digest says; a pipe or a folder in its place is not opened. */
static int check_file(const char *path, const char *format, size_t max_bytes, const uint8_t *sha256, size_t sha256_len, struct err *err)
{
	struct buf data = {0};
	struct stat found;
	int rc = -1;
	if (stat(path, &found) < 0)
		err_set(err, ERR_IO, "无法查看：%s", strerror(errno));
	else if (!S_ISREG(found.st_mode))
		err_set(err, ERR_DATA, "不是文件");
	else if (file_read(path, max_bytes, &data, err) == 0)
		rc = reportjob_check_stored(format, (const uint8_t *)data.data, data.len, sha256, sha256_len, err);
	buf_fini(&data);
	return rc;
}

static bool is_gone(const char *path)
{
	struct stat found;
	return lstat(path, &found) < 0 && (errno == ENOENT || errno == ENOTDIR);
}

static void look_in_folder(struct report_look *look, struct pg_rows *rows, int i, struct report_finding *finding)
{
	struct report_request request = {.report = pg_get_text(rows, i, 1), .node = pg_get_text(rows, i, 2), .as_of_us = pg_get_instant(rows, i, 3)};
	bool is_whole = pg_get_bool(rows, i, 6);
	struct buf path = {0}, folder = {0};
	struct err why = {0};
	size_t len;
	const uint8_t *sha256 = pg_get_bytes(rows, i, 5, &len);
	reportjob_path(look->dir, &request, finding->job, finding->format, &path);
	reportjob_folder(look->dir, &folder);
	finding->path = buf_string(&path);
	if (is_gone(finding->path)) {
		if (strcmp(pg_get_text(rows, i, 8), buf_string(&folder)) == 0)
			tell(look, finding, REPORT_FOLDER_MISSING, "放入后已不在发布目录");
	} else if (check_file(finding->path, finding->format, is_whole ? (size_t)pg_get_int(rows, i, 7) : unknown_max_bytes, sha256, len, &why) < 0) {
		tell(look, finding, REPORT_FOLDER_ALTERED, why.text);
	}
	buf_fini(&path);
	buf_fini(&folder);
}

int reportverify_next(struct pg *pg, struct report_look *look, struct err *err)
{
	struct pg_rows *rows = NULL;
	struct pg_param after = pg_int8(look->job);
	if (pg_exec(pg, SQL_reportjob_verify, &after, 1, &rows, err) < 0)
		return -1;
	int count = pg_rows_count(rows);
	for (int i = 0; i < count; i++) {
		struct report_finding finding = {.job = pg_get_int(rows, i, 0), .format = pg_get_text(rows, i, 4), .path = ""};
		look->job = finding.job;
		look->files++;
		if (!pg_get_bool(rows, i, 6))
			tell(look, &finding, REPORT_STORE_ALTERED, pg_is_null(rows, i, 5) ? "存档中已没有这个文件" : "存档的摘要与内容不符");
		if (*look->dir && !pg_is_null(rows, i, 5) && !report_is_restricted(pg_get_text(rows, i, 1)))
			look_in_folder(look, rows, i, &finding);
	}
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc < 0 ? -1 : count > 0;
}

int64_t reportverify_altered(const struct report_look *look)
{
	return look->findings[REPORT_STORE_ALTERED] + look->findings[REPORT_FOLDER_ALTERED];
}
