/* SPDX-License-Identifier: Apache-2.0 */
#include "registrar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recordwire.h"
#include "sql.h"

int registrar_load(struct pg *pg, struct keyring **out, struct err *err)
{
	struct pg_rows *rows = NULL;
	*out = NULL;
	if (pg_exec(pg, SQL_keys_current, NULL, 0, &rows, err) < 0)
		return -1;
	int rc = keyring_new(out, (size_t)pg_rows_count(rows), err);
	for (int row = 0; rc == 0 && row < pg_rows_count(rows); row++) {
		struct keyring_entry *entry = &(*out)->entries[(*out)->count];
		size_t len;
		const uint8_t *key = pg_get_bytes(rows, row, 1, &len);
		if (len != KEY_BYTES)
			continue;
		memcpy(entry->public_key, key, KEY_BYTES);
		entry->number = pg_get_int(rows, row, 0);
		entry->is_one_time = pg_get_bool(rows, row, 3);
		snprintf(entry->office_code, sizeof(entry->office_code), "%s", pg_get_text(rows, row, 2));
		(*out)->count++;
	}
	if (rc == 0)
		rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	if (rc < 0) {
		free(*out);
		*out = NULL;
		return -1;
	}
	keyring_seal(*out);
	return 0;
}

int registrar_issue(struct pg *pg, struct enrol_file *file, const char *label, int64_t valid_ms,
		    struct err *err)
{
	struct pg_rows *rows;
	if (mq_keys_generate(&file->one_time, err) < 0)
		return -1;
	struct pg_param params[] = {pg_bytea(file->one_time.public_key, KEY_BYTES),
				    pg_text(file->office_code), pg_text(label), pg_int8(valid_ms)};
	if (pg_exec(pg, SQL_enrolment_insert, params, 4, &rows, err) < 0)
		return -1;
	file->expires_at_us = pg_get_instant(rows, 0, 0);
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

static int run(struct pg *pg, struct job *job, const Zhibao__V1__Enrol *enrol, int64_t overlap_ms,
	       struct pg_rows **rows, struct err *err)
{
	if (job->kind == JOB_ROTATE) {
		struct pg_param params[] = {pg_int8(job->key_id), pg_bytea(enrol->public_key.data, KEY_BYTES),
					    pg_text(enrol->label), pg_int8(overlap_ms)};
		return pg_exec(pg, SQL_key_rotate, params, 4, rows, err);
	}
	struct pg_param params[] = {pg_int8(job->key_id), pg_text(enrol->office_code),
				    pg_bytea(enrol->public_key.data, KEY_BYTES), pg_text(enrol->label)};
	return pg_exec(pg, SQL_enrolment_use, params, 4, rows, err);
}

int registrar_enrol(struct pg *pg, struct job *job, int64_t overlap_ms, struct err *err)
{
	struct arena arena;
	struct problems problems = {0};
	struct pg_rows *rows = NULL;
	int rc = -1;
	arena_init(&arena, WIRE_FLOOR_BYTES + job->len * WIRE_EXPANSION);
	const Zhibao__V1__Enrol *enrol = (const Zhibao__V1__Enrol *)wire_unpack(
		&zhibao__v1__enrol__descriptor, &arena, job->body, job->len, &problems);
	if (!enrol || enrol->public_key.len != KEY_BYTES || strcmp(enrol->office_code, job->office_code) != 0) {
		job->nack = ZHIBAO__V1__NACK_CODE__NACK_CODE_REVOKED;
		rc = 0;
		goto out;
	}
	if (run(pg, job, enrol, overlap_ms, &rows, err) < 0)
		goto out;
	Zhibao__V1__Enrolled answer = ZHIBAO__V1__ENROLLED__INIT;
	answer.office_code = job->office_code;
	if (pg_rows_count(rows) == 0) {
		/* The key of the session itself stays in force when a second new one is refused. */
		if (job->kind == JOB_ENROL)
			job->nack = ZHIBAO__V1__NACK_CODE__NACK_CODE_REVOKED;
		else
			job_add_reply(job, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ENROLLED, &answer.base);
		rc = 0;
		goto out;
	}
	answer.public_key = enrol->public_key;
	answer.valid_from_us = pg_get_instant(rows, 0, 1);
	answer.old_valid_to_us = job->kind == JOB_ROTATE ? pg_get_instant(rows, 0, 2) : 0;
	rc = pg_rows_check(rows, err);
	if (rc == 0 &&
	    job_add_reply(job, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ENROLLED, &answer.base) < 0) {
		err_set(err, ERR_NOMEM, "内存不足");
		rc = -1;
	}
out:
	pg_rows_free(&rows);
	arena_fini(&arena);
	return rc;
}
