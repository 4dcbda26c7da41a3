/* SPDX-License-Identifier: Apache-2.0 */
#include "files.h"

#include <sodium.h>
#include <string.h>

#include "log.h"
#include "proposals.h"
#include "recordwire.h"
#include "sql.h"
#include "utf8.h"

static int no_memory(struct err *err)
{
	err_set(err, ERR_NOMEM, "内存不足");
	return -1;
}

static int answer(struct job *job, uint8_t type, const ProtobufCMessage *message, struct err *err)
{
	return job_add_reply(job, type, message) < 0 ? no_memory(err) : 0;
}

static int answer_status(struct job *job, const ProtobufCBinaryData *file_id, const struct upload *upload,
			 struct err *err)
{
	Zhibao__V1__OfferStatus status = ZHIBAO__V1__OFFER_STATUS__INIT;
	status.file_id = *file_id;
	status.chunk_bytes = upload->chunk_bytes;
	status.next_chunk = upload->is_complete ? upload_chunk_count(upload) : upload->next_chunk;
	status.credit_chunk = upload->is_complete ? status.next_chunk : upload_credit(upload);
	status.is_complete = upload->is_complete;
	return answer(job, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_OFFER_STATUS, &status.base, err);
}

static int refuse(struct job *job, const ProtobufCBinaryData *file_id, const char *code, const char *text,
		  struct err *err)
{
	Zhibao__V1__OfferStatus status = ZHIBAO__V1__OFFER_STATUS__INIT;
	status.file_id = *file_id;
	status.refused_code = (char *)(uintptr_t)code;
	status.refused_text = (char *)(uintptr_t)text;
	return answer(job, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_OFFER_STATUS, &status.base, err);
}

static int answer_done(struct job *job, const ProtobufCBinaryData *file_id, bool is_verified, struct err *err)
{
	Zhibao__V1__FileDone done = ZHIBAO__V1__FILE_DONE__INIT;
	done.file_id = *file_id;
	done.is_verified = is_verified;
	return answer(job, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_FILE_DONE, &done.base, err);
}

static bool is_plain(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7F)
			return false;
	return true;
}

static const char *fault_of_offer(const Zhibao__V1__Offer *offer, const struct files_limits *limits,
				  const char **text_out)
{
	if (offer->size_bytes == 0) {
		*text_out = "文件是空的";
		return "E_FILE_EMPTY";
	}
	if (offer->size_bytes > limits->max_file_bytes) {
		*text_out = "文件超过中心允许的大小，请压缩后再传";
		return "E_FILE_TOO_BIG";
	}
	if (!is_plain(offer->name) || utf8_length(offer->name, strlen(offer->name)) > FILE_NAME_CHARACTERS ||
	    !is_plain(offer->media_type) || strlen(offer->media_type) > FILE_TYPE_BYTES) {
		*text_out = "文件名过长或含有控制字符，请改名后再传";
		return "E_FILE_NAME";
	}
	if (offer->file_id.len != FILE_ID_BYTES || offer->chunk_bytes < FILE_CHUNK_MIN ||
	    offer->chunk_bytes > FILE_CHUNK_MAX || (offer->item_id.len != 0 && offer->item_id.len != 16)) {
		*text_out = "分块大小或文件标识不符合协议";
		return "E_FILE_CHUNK";
	}
	return NULL;
}

static int run_offer(struct pg *pg, const struct files_limits *limits, struct job *job,
		     const Zhibao__V1__Offer *offer, struct err *err)
{
	const char *text = "", *code = fault_of_offer(offer, limits, &text);
	char office_code[CODE_SIZE];
	int64_t content_id;
	uint64_t used = 0, size = 0;
	struct upload upload;
	if (code)
		return refuse(job, &offer->file_id, code, text, err);
	if (upload_usage(pg, job->office_code, offer->file_id.data, &used, err) < 0)
		return -1;
	if (used + offer->size_bytes > limits->max_office_bytes)
		return refuse(job, &offer->file_id, "E_FILE_QUOTA", "本单位的附件已达中心允许的总量，请联系管理员", err);
	int known = upload_find_content(pg, offer->file_id.data, office_code, &content_id, &size, err);
	if (known < 0)
		return -1;
	struct upload_offer opened = {.file_id = offer->file_id.data,
				      .item_id = offer->item_id.len ? offer->item_id.data : NULL,
				      .size_bytes = offer->size_bytes,
				      .chunk_bytes = offer->chunk_bytes,
				      .name = offer->name,
				      .media_type = offer->media_type};
	if (upload_open(pg, job->office_code, &opened, &upload, err) < 0)
		return -1;
	if (known && size == offer->size_bytes) {
		if (upload_complete(pg, job->office_code, offer->file_id.data, err) < 0)
			return -1;
		upload.is_complete = true;
	} else if (upload.size_bytes != offer->size_bytes) {
		return refuse(job, &offer->file_id, "E_FILE_CHUNK", "同一文件标识先前报过另一个大小", err);
	}
	return answer_status(job, &offer->file_id, &upload, err);
}

static int run_chunk(struct pg *pg, struct job *job, const Zhibao__V1__Chunk *chunk, struct err *err)
{
	struct upload upload;
	int found = chunk->file_id.len == FILE_ID_BYTES
			    ? upload_find(pg, job->office_code, chunk->file_id.data, &upload, err)
			    : 0;
	if (found <= 0)
		return found < 0 ? -1 : refuse(job, &chunk->file_id, "E_FILE_UNKNOWN", "请先报送文件标识", err);
	uint64_t at = (uint64_t)upload.next_chunk * upload.chunk_bytes;
	uint64_t rest = upload.size_bytes > at ? upload.size_bytes - at : 0;
	uint64_t expected = rest < upload.chunk_bytes ? rest : upload.chunk_bytes;
	if (upload.is_complete || chunk->chunk_no != upload.next_chunk || chunk->data.len != expected || expected == 0)
		return answer_status(job, &chunk->file_id, &upload, err);
	if (upload_add_chunk(pg, job->office_code, &upload, chunk->data.data, chunk->data.len, err) < 0)
		return -1;
	Zhibao__V1__ChunkAck ack = ZHIBAO__V1__CHUNK_ACK__INIT;
	ack.file_id = chunk->file_id;
	ack.next_chunk = upload.next_chunk;
	ack.credit_chunk = upload_credit(&upload);
	return answer(job, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_CHUNK_ACK, &ack.base, err);
}

struct sending {
	struct job *job;
	const ProtobufCBinaryData *file_id;
};

static int send_chunk(void *context, uint32_t chunk_no, const uint8_t *data, size_t len)
{
	struct sending *sending = context;
	Zhibao__V1__Chunk chunk = ZHIBAO__V1__CHUNK__INIT;
	chunk.file_id = *sending->file_id;
	chunk.chunk_no = chunk_no;
	chunk.data = (ProtobufCBinaryData){len, (uint8_t *)(uintptr_t)data};
	return job_add_reply(sending->job, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_CHUNK, &chunk.base);
}

static int run_want(struct pg *pg, struct job *job, const Zhibao__V1__Want *want, struct err *err)
{
	char office_code[CODE_SIZE];
	int64_t upload_id;
	uint64_t size;
	uint32_t read;
	struct sending sending = {job, &want->file_id};
	int known = want->file_id.len == FILE_ID_BYTES
			    ? upload_find_content(pg, want->file_id.data, office_code, &upload_id, &size, err)
			    : 0;
	/* Offices may ask for what the centre itself published and for their own files, not for those of others. */
	bool is_allowed = known > 0 && (office_code[0] == '\0' || strcmp(office_code, job->office_code) == 0);
	if (known < 0)
		return -1;
	if (!is_allowed)
		return answer_done(job, &want->file_id, false, err);
	uint32_t count = want->count < 1 ? 1 : want->count > FILE_WINDOW_CHUNKS ? FILE_WINDOW_CHUNKS : want->count;
	if (want->first_chunk > INT32_MAX)
		return answer_done(job, &want->file_id, true, err);
	if (upload_read_chunks(pg, office_code, upload_id, want->first_chunk, count, send_chunk, &sending, &read, err) < 0)
		return -1;
	return read < count ? answer_done(job, &want->file_id, true, err) : 0; /* the end */
}

/* All chunks are committed: reads them again, hashes them and keeps or drops them. In the caller's transaction. */
static int finish(struct pg *pg, struct job *job, const ProtobufCBinaryData *file_id,
		  const struct upload *upload, struct err *err)
{
	struct pg_rows *rows;
	uint8_t hash[FILE_ID_BYTES];
	if (upload_hash(pg, job->office_code, upload, hash, err) < 0)
		return -1;
	bool is_verified = memcmp(hash, file_id->data, FILE_ID_BYTES) == 0;
	if (!is_verified) {
		log_warn("files.mismatch", "office=%s upload=%lld", job->office_code, (long long)upload->upload_id);
		if (upload_reset(pg, job->office_code, upload, err) < 0)
			return -1;
		return answer_done(job, file_id, false, err);
	}
	struct pg_param params[] = {pg_bytea(file_id->data, FILE_ID_BYTES), pg_text(job->office_code),
				    pg_int8(upload->upload_id), pg_int8((int64_t)upload->size_bytes)};
	if (pg_exec(pg, SQL_file_insert, params, 4, &rows, err) < 0)
		return -1;
	bool is_first = pg_rows_count(rows) > 0;
	pg_rows_free(&rows);
	/* Another office was quicker with the same content: its copy stays, ours goes. */
	if ((!is_first && upload_reset(pg, job->office_code, upload, err) < 0) ||
	    upload_complete(pg, job->office_code, file_id->data, err) < 0)
		return -1;
	return answer_done(job, file_id, true, err);
}

static const ProtobufCMessageDescriptor *descriptor_of(enum job_kind kind)
{
	return kind == JOB_OFFER   ? &zhibao__v1__offer__descriptor
	       : kind == JOB_CHUNK ? &zhibao__v1__chunk__descriptor
				   : &zhibao__v1__want__descriptor;
}

static int run_one(struct pg *pg, const struct files_limits *limits, struct job *job, struct err *err)
{
	struct arena arena;
	struct problems problems = {0};
	int rc = 0;
	arena_init(&arena, WIRE_FLOOR_BYTES + job->len * WIRE_EXPANSION);
	const ProtobufCMessage *message =
		wire_unpack(descriptor_of(job->kind), &arena, job->body, job->len, &problems);
	if (!message)
		job->nack = ZHIBAO__V1__NACK_CODE__NACK_CODE_BAD;
	else if (job->kind == JOB_OFFER)
		rc = run_offer(pg, limits, job, (const Zhibao__V1__Offer *)message, err);
	else if (job->kind == JOB_CHUNK)
		rc = run_chunk(pg, job, (const Zhibao__V1__Chunk *)message, err);
	else
		rc = run_want(pg, job, (const Zhibao__V1__Want *)message, err);
	arena_fini(&arena);
	return rc;
}

/* After the commit of a chunk or an offer: is the file whole but not yet checked? */
static int finish_if_whole(struct pg *pg, struct job *job, struct err *err)
{
	struct arena arena;
	struct problems problems = {0};
	struct upload upload;
	int rc = 0;
	if (job->kind == JOB_WANT || job->kind == JOB_PROPOSE || job->nack != ZHIBAO__V1__NACK_CODE__NACK_CODE_UNSPECIFIED)
		return 0;
	arena_init(&arena, WIRE_FLOOR_BYTES + job->len * WIRE_EXPANSION);
	const ProtobufCMessage *message =
		wire_unpack(descriptor_of(job->kind), &arena, job->body, job->len, &problems);
	const ProtobufCBinaryData *file_id = job->kind == JOB_OFFER ? &((const Zhibao__V1__Offer *)message)->file_id
								    : &((const Zhibao__V1__Chunk *)message)->file_id;
	if (!message || file_id->len != FILE_ID_BYTES || pg_begin(pg, err) < 0) {
		rc = message && file_id->len == FILE_ID_BYTES ? -1 : 0;
		goto out;
	}
	rc = upload_find(pg, job->office_code, file_id->data, &upload, err);
	if (rc > 0)
		rc = upload.is_complete || upload.next_chunk < upload_chunk_count(&upload)
			     ? 0
			     : finish(pg, job, file_id, &upload, err);
	if (rc == 0)
		rc = pg_commit(pg, err) == PG_STORED ? 0 : -1;
	else
		pg_rollback(pg);
out:
	arena_fini(&arena);
	return rc;
}

int files_run(struct pg *pg, const struct files_limits *limits, struct job **jobs, size_t count,
	      struct err *err)
{
	int rc = pg_begin(pg, err);
	for (size_t i = 0; i < count; i++)
		job_clear_answer(jobs[i]);
	for (size_t i = 0; i < count && rc == 0; i++)
		if (jobs[i]->kind != JOB_PROPOSE)
			rc = run_one(pg, limits, jobs[i], err);
	if (rc == 0)
		rc = pg_commit(pg, err) == PG_STORED ? 0 : -1;
	else
		pg_rollback(pg);
	for (size_t i = 0; i < count && rc == 0; i++)
		rc = jobs[i]->kind == JOB_PROPOSE ? proposals_run(pg, jobs[i], err) : finish_if_whole(pg, jobs[i], err);
	return rc;
}

int files_put(struct pg *pg, const char *name, const void *data, size_t len,
	      uint8_t file_id_out[FILE_ID_BYTES], struct err *err)
{
	struct job job = {.kind = JOB_CHUNK}; /* of office "", the centre */
	struct upload upload;
	ProtobufCBinaryData id = {FILE_ID_BYTES, file_id_out};
	int rc = 0;
	crypto_generichash(file_id_out, FILE_ID_BYTES, data, len, NULL, 0);
	struct upload_offer opened = {.file_id = file_id_out,
				      .size_bytes = len,
				      .chunk_bytes = FILE_CHUNK_BYTES,
				      .name = name,
				      .media_type = "application/octet-stream"};
	if (upload_open(pg, "", &opened, &upload, err) < 0)
		return -1;
	for (uint32_t i = upload.next_chunk; i < upload_chunk_count(&upload) && !upload.is_complete && rc == 0; i++) {
		size_t at = (size_t)i * FILE_CHUNK_BYTES;
		Zhibao__V1__Chunk chunk = ZHIBAO__V1__CHUNK__INIT;
		chunk.file_id = id;
		chunk.chunk_no = i;
		chunk.data = (ProtobufCBinaryData){len - at < FILE_CHUNK_BYTES ? len - at : FILE_CHUNK_BYTES,
						   (uint8_t *)(uintptr_t)data + at};
		rc = run_chunk(pg, &job, &chunk, err);
		job_clear_answer(&job);
	}
	if (rc == 0 && !upload.is_complete)
		rc = upload_find(pg, "", file_id_out, &upload, err) > 0 ? finish(pg, &job, &id, &upload, err) : -1;
	job_clear_answer(&job);
	return rc;
}

int files_sweep(struct pg *pg, int64_t age_ms, struct err *err)
{
	struct pg_param age = pg_int8(age_ms);
	return pg_exec(pg, SQL_upload_sweep, &age, 1, NULL, err);
}
