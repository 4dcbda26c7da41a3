/* SPDX-License-Identifier: Apache-2.0 */
#include "reportjob.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "calendar.h"
#include "digest.h"
#include "fsx.h"
#include "sql.h"

/* A fault of ours may lie in the moment; after so many times it does not. */
static const int64_t attempts_max = 6;

struct job {
	int64_t id, attempts;
	struct report_request request; /* points into text */
	struct buf text;
	enum { QUEUED, RENDERED, VERIFIED } state;
};

void reportjob_files_fini(struct report_file files[REPORT_FORMATS])
{
	for (int i = 0; i < REPORT_FORMATS; i++)
		report_file_fini(&files[i]);
}

static int write_files(struct report *report, const struct report_fonts *fonts, struct report_file files[REPORT_FORMATS],
		       struct err *err)
{
	for (int i = 0; i < REPORT_FORMATS; i++) {
		if (report_write(report, (enum report_format)i, fonts, &files[i], err) < 0)
			return -1;
		if (files[i].rows != files[0].rows) {
			err_set(err, ERR_DATA, "E_REPORT_ROWS %s 有 %" PRId64 " 行，%s 有 %" PRId64 " 行",
				report_format_name((enum report_format)i), files[i].rows, report_format_name((enum report_format)0),
				files[0].rows);
			return -1;
		}
	}
	return 0;
}

int reportjob_render(struct pg *pg, const struct report_request *request, const struct report_fonts *fonts, struct report *report,
		     struct report_file files[REPORT_FORMATS], struct err *err)
{
	memset(files, 0, REPORT_FORMATS * sizeof(*files));
	if (report_build(pg, request, report, err) < 0)
		return -1;
	if (report_check_sums(report, err) == 0 && report_check_agreements(report, err) == 0 &&
	    write_files(report, fonts, files, err) == 0)
		return 0;
	reportjob_files_fini(files);
	report_fini(report);
	return -1;
}

static int step(struct pg *pg, const char *sql, int64_t job, struct err *err)
{
	struct pg_param id = pg_int8(job);
	return pg_exec(pg, sql, &id, 1, NULL, err);
}

static int digests(const struct report_file *file, uint8_t *sha256, uint8_t *sm3, struct err *err)
{
	if (digest_sha256(file->data.data, file->data.len, sha256, err) < 0)
		return -1;
	return digest_sm3(file->data.data, file->data.len, sm3, err);
}

static int render(struct pg *pg, const struct reportjob_options *options, struct job *job, struct err *err)
{
	struct report report;
	struct report_file files[REPORT_FORMATS];
	uint8_t sha256[REPORT_FORMATS][DIGEST_BYTES], sm3[REPORT_FORMATS][DIGEST_BYTES];
	if (reportjob_render(pg, &job->request, &options->fonts, &report, files, err) < 0)
		return -1;
	int rc = 0;
	for (int i = 0; i < REPORT_FORMATS && rc == 0; i++)
		rc = digests(&files[i], sha256[i], sm3[i], err);
	struct pg_param params[] = {
		pg_int8(job->id),
		pg_bytea(files[REPORT_PDF].data.data, files[REPORT_PDF].data.len),
		pg_bytea(files[REPORT_XLSX].data.data, files[REPORT_XLSX].data.len),
		pg_bytea(files[REPORT_CSV].data.data, files[REPORT_CSV].data.len),
		pg_bytea(files[REPORT_JSON].data.data, files[REPORT_JSON].data.len),
		pg_bytea(sha256, sizeof(sha256)),
		pg_bytea(sm3, sizeof(sm3)),
		pg_text(report.title),
		pg_text(report.rule_version),
		pg_int4((int32_t)report.register_version),
		pg_int4(files[REPORT_PDF].pages),
		pg_int8(files[REPORT_PDF].rows),
	};
	if (rc == 0)
		rc = pg_exec(pg, SQL_reportjob_store, params, sizeof(params) / sizeof(params[0]), NULL, err);
	reportjob_files_fini(files);
	report_fini(&report);
	return rc;
}

static int compare_row(struct pg_rows *rows, int row, const struct report_file *file, enum report_format format, struct err *err)
{
	uint8_t sha256[DIGEST_BYTES], sm3[DIGEST_BYTES];
	size_t len, sha256_len, sm3_len;
	const uint8_t *content = pg_get_bytes(rows, row, 1, &len);
	const uint8_t *stored_sha256 = pg_get_bytes(rows, row, 2, &sha256_len);
	const uint8_t *stored_sm3 = pg_get_bytes(rows, row, 3, &sm3_len);
	if (digests(file, sha256, sm3, err) < 0)
		return -1;
	if (strcmp(pg_get_text(rows, row, 0), report_format_name(format)) != 0 || len != file->data.len ||
	    memcmp(content, file->data.data, len) != 0) {
		err_set(err, ERR_DATA, "E_REPORT_DIFFERS %s 与重新读取数据库后生成的不一致", report_format_name(format));
		return -1;
	}
	if (sha256_len != DIGEST_BYTES || memcmp(stored_sha256, sha256, DIGEST_BYTES) != 0 || sm3_len != DIGEST_BYTES ||
	    memcmp(stored_sm3, sm3, DIGEST_BYTES) != 0) {
		err_set(err, ERR_DATA, "E_REPORT_DIGEST %s 的摘要与内容不符", report_format_name(format));
		return -1;
	}
	return 0;
}

int reportjob_compare(struct pg *pg, int64_t job, const struct report_file files[REPORT_FORMATS], struct err *err)
{
	struct pg_rows *rows = NULL;
	struct pg_param params[] = {pg_int8(job), pg_text(NULL)};
	if (pg_exec(pg, SQL_reportjob_files, params, 2, &rows, err) < 0)
		return -1;
	int rc = 0;
	if (pg_rows_count(rows) != REPORT_FORMATS) {
		err_set(err, ERR_DATA, "E_REPORT_FILES 存有 %d 个文件，应为 %d 个", pg_rows_count(rows), REPORT_FORMATS);
		rc = -1;
	}
	for (int i = 0; i < REPORT_FORMATS && rc == 0; i++)
		rc = compare_row(rows, i, &files[i], (enum report_format)i, err);
	if (rc == 0)
		rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

/* The second reading: from the database in another snapshot, all four files, and PDF and CSV as their readers see them. */
static int verify(struct pg *pg, const struct reportjob_options *options, struct job *job, struct err *err)
{
	struct report report;
	struct report_file files[REPORT_FORMATS];
	int pages;
	if (reportjob_render(pg, &job->request, &options->fonts, &report, files, err) < 0)
		return -1;
	int rc = reportjob_compare(pg, job->id, files, err);
	if (rc == 0)
		rc = report_check_pdf(&report, files[REPORT_PDF].data.data, files[REPORT_PDF].data.len, &pages, err);
	if (rc == 0 && pages != files[REPORT_PDF].pages) {
		err_set(err, ERR_DATA, "E_REPORT_PDF PDF 有 %d 页，排版时为 %d 页", pages, files[REPORT_PDF].pages);
		rc = -1;
	}
	if (rc == 0)
		rc = report_check_csv(&report, files[REPORT_CSV].data.data, files[REPORT_CSV].data.len, err);
	if (rc == 0)
		rc = step(pg, SQL_reportjob_verified, job->id, err);
	reportjob_files_fini(files);
	report_fini(&report);
	return rc;
}

void reportjob_folder(const char *dir, struct buf *out)
{
	char host[HOST_NAME_MAX + 1] = "";
	gethostname(host, HOST_NAME_MAX);
	buf_format(out, "%s:%s", host, dir);
}

void reportjob_path(const char *dir, const struct report_request *request, int64_t job, const char *format, struct buf *out)
{
	char day[DATE_TEXT_SIZE];
	date_format(shanghai_date(request->as_of_us), day);
	buf_format(out, "%s/%s-%s-%s-%" PRId64 ".%s", dir, request->node, request->report, day, job, format);
}

int reportjob_export(const char *dir, const struct report_request *request, int64_t job, enum report_format format,
		     const struct buf *data, struct buf *path_out, struct err *err)
{
	struct buf path = {0};
	reportjob_path(dir, request, job, report_format_name(format), &path);
	int rc = file_write(buf_string(&path), data->data, data->len, report_is_restricted(request->report) ? 0600 : 0644, err);
	if (path_out)
		buf_append(path_out, path.data, path.len);
	buf_fini(&path);
	return rc;
}

int reportjob_check_stored(const char *format, const uint8_t *content, size_t len, const uint8_t *stored_sha256, size_t sha256_len,
			   struct err *err)
{
	uint8_t sha256[DIGEST_BYTES];
	if (digest_sha256(content, len, sha256, err) < 0)
		return -1;
	if (sha256_len == DIGEST_BYTES && memcmp(sha256, stored_sha256, DIGEST_BYTES) == 0)
		return 0;
	err_set(err, ERR_DATA, "E_REPORT_DIGEST %s 的摘要与内容不符", format);
	return -1;
}

static int export_files(struct pg *pg, const char *dir, const struct job *job, struct err *err)
{
	struct pg_rows *rows = NULL;
	struct pg_param params[] = {pg_int8(job->id), pg_text(NULL)};
	if (pg_exec(pg, SQL_reportjob_files, params, 2, &rows, err) < 0)
		return -1;
	int rc = 0;
	for (int i = 0; i < pg_rows_count(rows) && rc == 0; i++) {
		struct buf data = {0};
		size_t len, sha256_len;
		const uint8_t *content = pg_get_bytes(rows, i, 1, &len), *sha256 = pg_get_bytes(rows, i, 2, &sha256_len);
		buf_append(&data, content, len);
		rc = reportjob_check_stored(report_format_name((enum report_format)i), content, len, sha256, sha256_len, err);
		if (rc == 0)
			rc = reportjob_export(dir, &job->request, job->id, (enum report_format)i, &data, NULL, err);
		buf_fini(&data);
	}
	if (rc == 0)
		rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

static int deliver(struct pg *pg, const struct reportjob_options *options, struct job *job, struct err *err)
{
	bool is_put = *options->dir && !report_is_restricted(job->request.report);
	struct buf folder = {0};
	if (is_put && export_files(pg, options->dir, job, err) < 0)
		return -1;
	reportjob_folder(options->dir, &folder);
	struct pg_param params[] = {pg_int8(job->id), pg_text(is_put ? buf_string(&folder) : NULL)};
	int rc = pg_exec(pg, SQL_reportjob_delivered, params, 2, NULL, err);
	buf_fini(&folder);
	return rc;
}

/* 1 when one was taken, 0 when there is none, -1. */
static int claim(struct pg *pg, int64_t wanted, struct job *job, struct err *err)
{
	struct pg_rows *rows = NULL;
	struct pg_param id = wanted > 0 ? pg_int8(wanted) : pg_null_int8();
	*job = (struct job){0};
	if (pg_exec(pg, SQL_reportjob_claim, &id, 1, &rows, err) < 0)
		return -1;
	int found = pg_rows_count(rows);
	if (found > 0) {
		const char *state = pg_get_text(rows, 0, 5);
		job->id = pg_get_int(rows, 0, 0);
		job->state = strcmp(state, "queued") == 0 ? QUEUED : strcmp(state, "rendered") == 0 ? RENDERED : VERIFIED;
		job->attempts = pg_get_int(rows, 0, 6);
		job->request.as_of_us = pg_get_instant(rows, 0, 4);
		size_t at[3];
		for (int i = 0; i < 3; i++) {
			at[i] = job->text.len;
			buf_append(&job->text, pg_get_text(rows, 0, i + 1), strlen(pg_get_text(rows, 0, i + 1)) + 1);
		}
		const char *text = buf_string(&job->text);
		if (!job->text.is_failed) {
			job->request.report = text + at[0];
			job->request.node = text + at[1];
			job->request.parameters = text + at[2];
		}
	}
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	if (rc == 0 && job->text.is_failed) {
		err_set(err, ERR_NOMEM, "内存不足");
		rc = -1;
	}
	return rc < 0 ? -1 : found;
}

static int go_on(struct pg *pg, const struct reportjob_options *options, struct job *job, struct err *err)
{
	if (job->state == QUEUED && render(pg, options, job, err) < 0)
		return -1;
	if (job->state <= RENDERED && verify(pg, options, job, err) < 0)
		return -1;
	return deliver(pg, options, job, err);
}

/* What is wrong with the report itself is for good; what is wrong with the place or the moment is not. */
static bool is_final(const struct job *job, enum err_code code)
{
	return code == ERR_DATA || code == ERR_NOT_FOUND || (code == ERR_INTERNAL && job->attempts >= attempts_max);
}

enum reportjob_outcome reportjob_run(struct pg *pg, const struct reportjob_options *options, int64_t wanted, int64_t *job_out,
				     struct err *err)
{
	struct job job;
	enum reportjob_outcome outcome = REPORTJOB_DELIVERED;
	*job_out = 0;
	int taken = claim(pg, wanted, &job, err);
	if (taken <= 0) {
		buf_fini(&job.text);
		return taken < 0 ? REPORTJOB_LATER : REPORTJOB_NONE;
	}
	*job_out = job.id;
	if (go_on(pg, options, &job, err) < 0) {
		struct err again = {0};
		outcome = is_final(&job, err->code) ? REPORTJOB_FAILED : REPORTJOB_LATER;
		struct pg_param params[] = {pg_int8(job.id), pg_text(err->text), pg_bool(outcome == REPORTJOB_FAILED)};
		pg_rollback(pg);
		if (pg_is_up(pg) && pg_exec(pg, SQL_reportjob_failed, params, 3, NULL, &again) < 0)
			outcome = REPORTJOB_LATER;
	}
	/* On a broken connection the lock is gone with it. */
	struct err ignored;
	if (pg_is_up(pg))
		step(pg, SQL_reportjob_release, job.id, &ignored);
	buf_fini(&job.text);
	return outcome;
}
