/* SPDX-License-Identifier: Apache-2.0 */
#include "upload.h"

#include <sodium.h>
#include <stdio.h>

#include "sql.h"

enum { HASH_STEP_CHUNKS = 16 };

uint32_t upload_chunk_count(const struct upload *upload)
{
	return (uint32_t)((upload->size_bytes + upload->chunk_bytes - 1) / upload->chunk_bytes);
}

uint32_t upload_credit(const struct upload *upload)
{
	uint32_t count = upload_chunk_count(upload), credit = upload->next_chunk + FILE_WINDOW_CHUNKS;
	return credit < count ? credit : count;
}

static int take(struct pg *pg, const char *sql, const struct pg_param *params, size_t count, struct upload *out,
		struct err *err)
{
	struct pg_rows *rows;
	if (pg_exec(pg, sql, params, count, &rows, err) < 0)
		return -1;
	int rc = pg_rows_count(rows) > 0;
	if (rc)
		*out = (struct upload){.upload_id = pg_get_int(rows, 0, 0),
				       .chunk_bytes = (uint32_t)pg_get_int(rows, 0, 1),
				       .next_chunk = (uint32_t)pg_get_int(rows, 0, 2),
				       .size_bytes = (uint64_t)pg_get_int(rows, 0, 3),
				       .is_complete = pg_get_bool(rows, 0, 4)};
	if (pg_rows_check(rows, err) < 0 || (rc && out->chunk_bytes == 0))
		rc = -1;
	pg_rows_free(&rows);
	return rc;
}

int upload_open(struct pg *pg, const char *office_code, const struct upload_offer *offer, struct upload *out, struct err *err)
{
	struct pg_param params[] = {pg_text(office_code),
				    pg_bytea(offer->file_id, FILE_ID_BYTES),
				    pg_int8((int64_t)offer->size_bytes),
				    pg_int4((int32_t)offer->chunk_bytes),
				    pg_text(offer->name),
				    pg_text(offer->media_type),
				    pg_uuid(offer->item_id)};
	return take(pg, SQL_upload_open, params, 7, out, err);
}

int upload_find(struct pg *pg, const char *office_code, const uint8_t *file_id, struct upload *out, struct err *err)
{
	struct pg_param params[] = {pg_text(office_code), pg_bytea(file_id, FILE_ID_BYTES)};
	return take(pg, SQL_upload_read, params, 2, out, err);
}

int upload_usage(struct pg *pg, const char *office_code, const uint8_t *file_id, uint64_t *out, struct err *err)
{
	struct pg_rows *rows;
	struct pg_param params[] = {pg_text(office_code), pg_bytea(file_id, FILE_ID_BYTES)};
	if (pg_exec(pg, SQL_upload_usage, params, 2, &rows, err) < 0)
		return -1;
	*out = (uint64_t)pg_get_int(rows, 0, 0);
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

int upload_find_content(struct pg *pg, const uint8_t *file_id, char office_code[CODE_SIZE], int64_t *upload_id_out,
			uint64_t *size_out, struct err *err)
{
	struct pg_rows *rows;
	struct pg_param id = pg_bytea(file_id, FILE_ID_BYTES);
	if (pg_exec(pg, SQL_file_find, &id, 1, &rows, err) < 0)
		return -1;
	int rc = pg_rows_count(rows) > 0;
	if (rc) {
		snprintf(office_code, CODE_SIZE, "%s", pg_get_text(rows, 0, 0));
		*upload_id_out = pg_get_int(rows, 0, 1);
		*size_out = (uint64_t)pg_get_int(rows, 0, 2);
	}
	if (pg_rows_check(rows, err) < 0)
		rc = -1;
	pg_rows_free(&rows);
	return rc;
}

int upload_add_chunk(struct pg *pg, const char *office_code, struct upload *upload, const uint8_t *data, size_t len,
		     struct err *err)
{
	struct pg_param params[] = {pg_text(office_code), pg_int8(upload->upload_id),
				    pg_int4((int32_t)upload->next_chunk), pg_bytea(data, len)};
	if (pg_exec(pg, SQL_chunk_insert, params, 4, NULL, err) < 0)
		return -1;
	params[2] = pg_int4((int32_t)++upload->next_chunk);
	return pg_exec(pg, SQL_upload_advance, params, 3, NULL, err);
}

int upload_read_chunks(struct pg *pg, const char *office_code, int64_t upload_id, uint32_t first_chunk, uint32_t count,
		       upload_visit *visit, void *context, uint32_t *read_out, struct err *err)
{
	struct pg_rows *rows;
	struct pg_param params[] = {pg_text(office_code), pg_int8(upload_id), pg_int4((int32_t)first_chunk),
				    pg_int4((int32_t)count)};
	if (pg_exec(pg, SQL_chunk_read, params, 4, &rows, err) < 0)
		return -1;
	int rc = 0;
	for (int row = 0; row < pg_rows_count(rows) && rc == 0; row++) {
		size_t len;
		const uint8_t *data = pg_get_bytes(rows, row, 1, &len);
		rc = visit(context, (uint32_t)pg_get_int(rows, row, 0), data, len);
	}
	*read_out = (uint32_t)pg_rows_count(rows);
	if (rc == 0)
		rc = pg_rows_check(rows, err);
	else
		err_set(err, ERR_NOMEM, "内存不足");
	pg_rows_free(&rows);
	return rc;
}

static int hash_chunk(void *context, uint32_t chunk_no, const uint8_t *data, size_t len)
{
	(void)chunk_no;
	return crypto_generichash_update(context, data, len);
}

int upload_hash(struct pg *pg, const char *office_code, const struct upload *upload, uint8_t hash_out[FILE_ID_BYTES],
		struct err *err)
{
	crypto_generichash_state state;
	uint32_t read;
	crypto_generichash_init(&state, NULL, 0, FILE_ID_BYTES);
	for (uint32_t at = 0; at < upload_chunk_count(upload); at += HASH_STEP_CHUNKS)
		if (upload_read_chunks(pg, office_code, upload->upload_id, at, HASH_STEP_CHUNKS, hash_chunk, &state,
				&read, err) < 0)
			return -1;
	crypto_generichash_final(&state, hash_out, FILE_ID_BYTES);
	return 0;
}

int upload_complete(struct pg *pg, const char *office_code, const uint8_t *file_id, struct err *err)
{
	struct pg_param params[] = {pg_text(office_code), pg_bytea(file_id, FILE_ID_BYTES)};
	return pg_exec(pg, SQL_upload_complete, params, 2, NULL, err);
}

int upload_reset(struct pg *pg, const char *office_code, const struct upload *upload, struct err *err)
{
	struct pg_param params[] = {pg_text(office_code), pg_int8(upload->upload_id)};
	return pg_exec(pg, SQL_upload_reset, params, 2, NULL, err);
}
