/* SPDX-License-Identifier: Apache-2.0 */
/* Attachments over HTTP: a chunk at a time on a connection of the exports. The content is hashed on its way; when it is not what
 * its digest says, the answer is broken off before its end. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "log.h"
#include "pgcursor.h"
#include "sql.h"
#include "uuid.h"

enum { DIGEST_BYTES = 32 };

struct job {
	struct pgpool *pool;     /* borrowed */
	struct pg *pg;           /* lent */
	struct pg_rows *rows;    /* the chunk that is being sent, or NULL */
	size_t sent;             /* of the chunk */
	uint8_t digest[DIGEST_BYTES];
	crypto_generichash_state hash;
};

/* Fetches the next chunk: 1, 0 at the end, -1. */
static int advance(struct job *job, struct err *err)
{
	uint8_t digest[DIGEST_BYTES];
	size_t len;
	pg_rows_free(&job->rows);
	job->sent = 0;
	if (pg_cursor_fetch(job->pg, 1, &job->rows, err) < 0)
		return -1;
	if (pg_rows_count(job->rows) > 0) {
		const uint8_t *data = pg_get_bytes(job->rows, 0, 0, &len);
		crypto_generichash_update(&job->hash, data, len);
		return pg_rows_check(job->rows, err) < 0 ? -1 : 1;
	}
	crypto_generichash_final(&job->hash, digest, sizeof(digest));
	if (memcmp(digest, job->digest, sizeof(digest)) == 0)
		return 0;
	err_set(err, ERR_DATA, "stored content differs from its digest");
	return -1;
}

static ssize_t job_read(void *context, char *to, size_t size)
{
	struct job *job = context;
	struct err err = {0};
	const uint8_t *data = NULL;
	size_t len = 0;
	if (job->rows)
		data = pg_get_bytes(job->rows, 0, 0, &len);
	while (job->sent == len) {
		int rc = advance(job, &err);
		if (rc < 0)
			log_warn("file.failed", "cause=\"%s\"", err.text);
		if (rc <= 0)
			return rc;
		data = pg_get_bytes(job->rows, 0, 0, &len);
	}
	size_t count = len - job->sent < size ? len - job->sent : size;
	memcpy(to, data + job->sent, count);
	job->sent += count;
	return (ssize_t)count;
}

static void job_cancel(void *context)
{
	pg_cancel(((struct job *)context)->pg);
}

static void job_close(void *context)
{
	struct job *job = context;
	pg_rows_free(&job->rows);
	if (job->pg)
		pgpool_return(job->pool, job->pg);
	free(job);
}

/* Opens the cursor over the content: 1, 0 when there is no such file, -1. */
static int open_content(struct job *job, const char *office, struct buf *name_out, struct err *err)
{
	struct pg_rows *found = NULL;
	struct pg_param asked[] = {pg_text(office), pg_bytea(job->digest, sizeof(job->digest))};
	if (pgpool_try_borrow(job->pool, &job->pg, err) < 0 ||
	    pg_exec(job->pg, SQL_upload_find, asked, 2, &found, err) < 0)
		return -1;
	int rc = pg_rows_count(found) > 0;
	if (rc > 0) {
		struct pg_param content[] = {pg_text(pg_get_text(found, 0, 1)), pg_int8(pg_get_int(found, 0, 2))};
		buf_text(name_out, pg_get_text(found, 0, 0));
		if (pg_rows_check(found, err) < 0 ||
		    pg_cursor_open(job->pg, SQL_upload_chunks, content, 2, err) < 0)
			rc = -1;
	}
	pg_rows_free(&found);
	return rc;
}

static void answer_failure(const struct err *err, struct http_response *response)
{
	if (err->code == ERR_FULL) {
		http_fail(response, 503, "E_EXPORT_BUSY", "其他下载正在进行，请稍后重试");
		return;
	}
	log_warn("file.failed", "cause=\"%s\"", err->text);
	if (err->code == ERR_RETRY)
		http_fail(response, 503, "E_DB_DOWN", "数据库暂时不可用，请稍后重试");
	else
		http_fail(response, 500, "E_INTERNAL", "内部错误，详见服务日志");
}

void apifile(void *context, struct http_request *request, struct http_response *response)
{
	static const char *const known[] = {NULL};
	struct api *api = context;
	struct err err = {0};
	const char *digest = http_path(request, "digest");
	if (params_known(request, known, response) < 0)
		return;
	struct job *job = calloc(1, sizeof(*job));
	if (!job) {
		http_fail(response, 500, "E_MEMORY", "内存不足");
		return;
	}
	job->pool = api->exports;
	crypto_generichash_init(&job->hash, NULL, 0, DIGEST_BYTES);
	int rc = hex_parse(digest, strlen(digest), job->digest, DIGEST_BYTES) < 0
			 ? 0
			 : open_content(job, http_path(request, "office"), &response->file_name, &err);
	if (rc > 0) {
		response->stream = (struct http_stream){job_read, job_cancel, job_close, job};
		response->content_type = "application/octet-stream";
		return;
	}
	buf_fini(&response->file_name); /* a failure is shown, not saved */
	if (rc == 0)
		http_fail(response, 404, "E_FILE_UNKNOWN", "没有这个文件，或尚未收全");
	else
		answer_failure(&err, response);
	job_close(job);
}
