/* SPDX-License-Identifier: Apache-2.0 */
#include "outfiles.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "calendar.h"
#include "log.h"
#include "outbox_private.h"
#include "uuid.h"

enum { STALL_MS = 15000, FAST_MS = 500, SLOW_MS = 2000, MAX_WINDOW = 8, MAX_OFFERS_AFTER_MISMATCH = 1 };

struct outfiles {
	struct outfiles_options options;
	bool is_open;
	/* The file under way. */
	bool is_active, is_offered;
	uint8_t file_id[OUTFILES_ID_BYTES];
	uint64_t size_bytes;
	int fd;
	uint32_t chunk_bytes, chunk_count, acked, sent, credit;
	uint32_t window; /* chunks under way at once: grows while acknowledgements are quick */
	int64_t sent_at_ms, heard_at_ms;
	unsigned mismatches;
};

static void path_of(const char *dir, const uint8_t *file_id, char out[PATH_MAX])
{
	char hex[2 * OUTFILES_ID_BYTES + 1];
	hex_format(file_id, OUTFILES_ID_BYTES, hex);
	snprintf(out, PATH_MAX, "%s/%s", dir, hex);
}

/* Copies in to out and hashes on the way; the number of bytes, or -1. */
static int64_t copy(int in, int out, uint8_t file_id_out[OUTFILES_ID_BYTES])
{
	static const size_t step = 1 << 20;
	crypto_generichash_state state;
	uint8_t *chunk = malloc(step);
	int64_t total = 0;
	ssize_t got = -1;
	if (!chunk)
		return -1;
	crypto_generichash_init(&state, NULL, 0, OUTFILES_ID_BYTES);
	while ((got = read(in, chunk, step)) > 0) {
		crypto_generichash_update(&state, chunk, (size_t)got);
		for (ssize_t at = 0; at < got;) {
			ssize_t wrote = write(out, chunk + at, (size_t)(got - at));
			if (wrote < 0) {
				free(chunk);
				return -1;
			}
			at += wrote;
		}
		total += got;
	}
	free(chunk);
	crypto_generichash_final(&state, file_id_out, OUTFILES_ID_BYTES);
	return got < 0 || fsync(out) < 0 ? -1 : total;
}

int outfiles_import(const char *path, const char *dir, uint8_t file_id_out[OUTFILES_ID_BYTES],
		    uint64_t *size_out, struct err *err)
{
	char temporary[PATH_MAX], final[PATH_MAX];
	int64_t size = -1;
	if (mkdir(dir, 0700) < 0 && errno != EEXIST) {
		err_set(err, ERR_IO, "无法建立目录 %s：%s", dir, strerror(errno));
		return -1;
	}
	snprintf(temporary, sizeof(temporary), "%s/import-XXXXXX", dir);
	int in = open(path, O_RDONLY | O_CLOEXEC), out = in < 0 ? -1 : mkstemp(temporary);
	if (out >= 0)
		size = copy(in, out, file_id_out);
	int why = errno;
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	if (size > 0) {
		path_of(dir, file_id_out, final);
		if (rename(temporary, final) == 0) {
			*size_out = (uint64_t)size;
			return 0;
		}
		why = errno;
	}
	if (out >= 0)
		unlink(temporary);
	if (size == 0)
		err_set(err, ERR_DATA, "E_FILE_EMPTY 文件 %s 是空的", path);
	else
		err_set(err, ERR_IO, "E_FILE_IO 无法读取或复制 %s：%s", path, strerror(why));
	return -1;
}

int outfiles_new(struct outfiles **out, const struct outfiles_options *options, struct err *err)
{
	*out = calloc(1, sizeof(**out));
	if (!*out) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	(*out)->options = *options;
	(*out)->fd = -1;
	return 0;
}

static void put_down(struct outfiles *files)
{
	if (files->fd >= 0)
		close(files->fd);
	files->fd = -1;
	files->is_active = files->is_offered = false;
}

void outfiles_free(struct outfiles **files)
{
	if (!*files)
		return;
	put_down(*files);
	free(*files);
	*files = NULL;
}

int outfiles_add(struct outfiles *files, const struct outfiles_entry *entry, struct err *err)
{
	static const char sql[] =
		"INSERT INTO file VALUES (?1, ?2, ?3, ?4, ?5, 'waiting', '', ?6)"
		" ON CONFLICT (file_id) DO UPDATE SET state = CASE state WHEN 'done' THEN 'done' ELSE 'waiting' END, detail = ''";
	struct outbox *outbox = files->options.outbox;
	struct stat info;
	char path[PATH_MAX];
	sqlite3_stmt *statement = NULL;
	path_of(files->options.dir, entry->file_id, path);
	if (stat(path, &info) < 0 || (uint64_t)info.st_size != entry->size_bytes) {
		err_set(err, ERR_DATA, "E_FILE_MISSING 附件内容不在 %s", path);
		return -1;
	}
	if (sqlite3_prepare_v2(outbox->db, sql, -1, &statement, NULL) != SQLITE_OK)
		return outbox_fail(outbox, err);
	sqlite3_bind_blob(statement, 1, entry->file_id, OUTFILES_ID_BYTES, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, (int64_t)entry->size_bytes);
	sqlite3_bind_text(statement, 3, entry->name, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 4, entry->media_type, -1, SQLITE_STATIC);
	if (entry->item_id)
		sqlite3_bind_blob(statement, 5, entry->item_id, 16, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 6, clock_now_us(clock_system()));
	int rc = outbox_finish(outbox, statement, err);
	sqlite3_finalize(statement);
	return rc;
}

json_t *outfiles_list(struct outbox *outbox, uint64_t limit, struct err *err)
{
	static const char sql[] = "SELECT file_id, size_bytes, name, media_type, item_id, state, detail, added_at_us FROM file"
				  " ORDER BY added_at_us DESC LIMIT ?1";
	sqlite3_stmt *statement = NULL;
	if (sqlite3_prepare_v2(outbox->db, sql, -1, &statement, NULL) != SQLITE_OK) {
		outbox_fail(outbox, err);
		return NULL;
	}
	json_t *list = json_array();
	sqlite3_bind_int64(statement, 1, (int64_t)limit);
	while (sqlite3_step(statement) == SQLITE_ROW) {
		char hex[2 * OUTFILES_ID_BYTES + 1] = "", item[UUID_TEXT_SIZE] = "", at[INSTANT_TEXT_SIZE];
		if (sqlite3_column_bytes(statement, 0) == OUTFILES_ID_BYTES)
			hex_format(sqlite3_column_blob(statement, 0), OUTFILES_ID_BYTES, hex);
		if (sqlite3_column_bytes(statement, 4) == 16)
			uuid_format(sqlite3_column_blob(statement, 4), item);
		instant_format(sqlite3_column_int64(statement, 7), at);
		json_array_append_new(list, json_pack("{s:s, s:I, s:s, s:s, s:s, s:s, s:s, s:s}", "digest", hex, "size",
						      (json_int_t)sqlite3_column_int64(statement, 1), "name",
						      (const char *)sqlite3_column_text(statement, 2), "media_type",
						      (const char *)sqlite3_column_text(statement, 3), "item_id", item,
						      "state", (const char *)sqlite3_column_text(statement, 5), "detail",
						      (const char *)sqlite3_column_text(statement, 6), "added_at", at));
	}
	sqlite3_finalize(statement);
	return list;
}

static void set_state(struct outfiles *files, const char *state, const char *detail)
{
	struct outbox *outbox = files->options.outbox;
	struct err err = {0};
	sqlite3_stmt *statement = NULL;
	char path[PATH_MAX];
	int rc = -1;
	if (sqlite3_prepare_v2(outbox->db, "UPDATE file SET state = ?2, detail = ?3 WHERE file_id = ?1", -1, &statement,
			       NULL) == SQLITE_OK) {
		sqlite3_bind_blob(statement, 1, files->file_id, OUTFILES_ID_BYTES, SQLITE_STATIC);
		sqlite3_bind_text(statement, 2, state, -1, SQLITE_STATIC);
		sqlite3_bind_text(statement, 3, detail, -1, SQLITE_STATIC);
		rc = outbox_finish(outbox, statement, &err);
	}
	sqlite3_finalize(statement);
	log_info("outfiles.state", "state=%s detail=\"%s\" rc=%d", state, detail, rc);
	if (rc == 0 && strcmp(state, "done") == 0) { /* the centre has it */
		path_of(files->options.dir, files->file_id, path);
		unlink(path);
	}
	put_down(files);
}

/* The oldest file that waits becomes the one under way. */
static bool pick(struct outfiles *files)
{
	char path[PATH_MAX];
	sqlite3_stmt *statement = NULL;
	bool is_found = false;
	if (sqlite3_prepare_v2(files->options.outbox->db,
			       "SELECT file_id, size_bytes FROM file WHERE state = 'waiting' ORDER BY added_at_us LIMIT 1", -1,
			       &statement, NULL) != SQLITE_OK)
		return false;
	if (sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_bytes(statement, 0) == OUTFILES_ID_BYTES) {
		memcpy(files->file_id, sqlite3_column_blob(statement, 0), OUTFILES_ID_BYTES);
		files->size_bytes = (uint64_t)sqlite3_column_int64(statement, 1);
		is_found = true;
	}
	sqlite3_finalize(statement);
	if (!is_found)
		return false;
	path_of(files->options.dir, files->file_id, path);
	files->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (files->fd < 0) {
		set_state(files, "failed", "E_FILE_MISSING 附件内容已不在本机");
		return false;
	}
	files->is_active = true;
	files->window = 1;
	files->mismatches = 0;
	return true;
}

static void offer(struct outfiles *files, int64_t now_ms)
{
	static const char sql[] = "SELECT name, media_type, item_id FROM file WHERE file_id = ?1";
	Zhibao__V1__Offer message = ZHIBAO__V1__OFFER__INIT;
	sqlite3_stmt *statement = NULL;
	if (sqlite3_prepare_v2(files->options.outbox->db, sql, -1, &statement, NULL) != SQLITE_OK)
		return;
	sqlite3_bind_blob(statement, 1, files->file_id, OUTFILES_ID_BYTES, SQLITE_STATIC);
	if (sqlite3_step(statement) == SQLITE_ROW) {
		message.file_id = (ProtobufCBinaryData){OUTFILES_ID_BYTES, files->file_id};
		message.size_bytes = files->size_bytes;
		message.chunk_bytes = OUTFILES_CHUNK_BYTES;
		message.name = (char *)(uintptr_t)sqlite3_column_text(statement, 0);
		message.media_type = (char *)(uintptr_t)sqlite3_column_text(statement, 1);
		if (sqlite3_column_bytes(statement, 2) == 16)
			message.item_id = (ProtobufCBinaryData){16, (uint8_t *)(uintptr_t)sqlite3_column_blob(statement, 2)};
		files->is_offered = session_send(files->options.session, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_OFFER,
						 &message.base);
		files->heard_at_ms = now_ms;
		files->credit = files->sent = files->acked = 0;
	}
	sqlite3_finalize(statement);
}

static void send_chunks(struct outfiles *files, int64_t now_ms)
{
	uint8_t *data = malloc(files->chunk_bytes);
	while (data && files->sent < files->credit && files->sent < files->acked + files->window) {
		Zhibao__V1__Chunk chunk = ZHIBAO__V1__CHUNK__INIT;
		ssize_t got = pread(files->fd, data, files->chunk_bytes, (off_t)files->sent * files->chunk_bytes);
		if (got <= 0) {
			set_state(files, "failed", "E_FILE_IO 附件内容无法读取");
			break;
		}
		chunk.file_id = (ProtobufCBinaryData){OUTFILES_ID_BYTES, files->file_id};
		chunk.chunk_no = files->sent;
		chunk.data = (ProtobufCBinaryData){(size_t)got, data};
		if (!session_send(files->options.session, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_CHUNK, &chunk.base))
			break; /* a full pipe: the next tick goes on */
		if (files->sent == files->acked)
			files->sent_at_ms = now_ms;
		files->sent++;
	}
	free(data);
}

static void on_status(struct outfiles *files, const Zhibao__V1__OfferStatus *status, int64_t now_ms)
{
	char detail[400];
	if (status->refused_code[0]) {
		snprintf(detail, sizeof(detail), "%s %s", status->refused_code, status->refused_text);
		set_state(files, "refused", detail);
	} else if (status->is_complete) {
		set_state(files, "done", "");
	} else if (status->chunk_bytes < 4096 || status->chunk_bytes > 262144) {
		set_state(files, "failed", "E_FILE_CHUNK 中心给出的分块大小无效");
	} else {
		files->chunk_bytes = status->chunk_bytes;
		files->chunk_count = (uint32_t)((files->size_bytes + files->chunk_bytes - 1) / files->chunk_bytes);
		files->acked = files->sent = status->next_chunk;
		files->credit = status->credit_chunk < files->chunk_count ? status->credit_chunk : files->chunk_count;
		send_chunks(files, now_ms);
	}
}

static void on_chunk_ack(struct outfiles *files, const Zhibao__V1__ChunkAck *ack, int64_t now_ms)
{
	if (ack->next_chunk <= files->acked || ack->next_chunk > files->sent)
		return;
	int64_t took_ms = now_ms - files->sent_at_ms;
	if (took_ms > SLOW_MS)
		files->window = 1;
	else if (took_ms < FAST_MS && files->window < MAX_WINDOW)
		files->window++;
	files->acked = ack->next_chunk;
	files->sent_at_ms = now_ms;
	files->credit = ack->credit_chunk < files->chunk_count ? ack->credit_chunk : files->chunk_count;
	send_chunks(files, now_ms);
}

static void on_done(struct outfiles *files, const Zhibao__V1__FileDone *done, int64_t now_ms)
{
	if (done->is_verified)
		set_state(files, "done", "");
	else if (files->mismatches++ < MAX_OFFERS_AFTER_MISMATCH)
		offer(files, now_ms);
	else
		set_state(files, "failed", "E_FILE_DIGEST 附件在本机被改动，与登记的摘要不符");
}

static bool is_ours(const struct outfiles *files, const ProtobufCBinaryData *file_id)
{
	return files->is_active && file_id->len == OUTFILES_ID_BYTES &&
	       memcmp(file_id->data, files->file_id, OUTFILES_ID_BYTES) == 0;
}

bool outfiles_message(struct outfiles *files, uint8_t type, const ProtobufCMessage *message, int64_t now_ms)
{
	/* file_id is the first field of all three. */
	const Zhibao__V1__OfferStatus *status = (const Zhibao__V1__OfferStatus *)message;
	const Zhibao__V1__ChunkAck *ack = (const Zhibao__V1__ChunkAck *)message;
	const Zhibao__V1__FileDone *done = (const Zhibao__V1__FileDone *)message;
	files->heard_at_ms = now_ms;
	if (type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_OFFER_STATUS && is_ours(files, &status->file_id))
		on_status(files, status, now_ms);
	else if (type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_CHUNK_ACK && is_ours(files, &ack->file_id))
		on_chunk_ack(files, ack, now_ms);
	else if (type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_FILE_DONE && is_ours(files, &done->file_id))
		on_done(files, done, now_ms);
	else
		return false;
	if (!files->is_active)
		outfiles_pump(files, now_ms);
	return true;
}

void outfiles_opened(struct outfiles *files)
{
	put_down(files);
	files->is_open = true;
}

void outfiles_closed(struct outfiles *files)
{
	put_down(files);
	files->is_open = false;
}

void outfiles_pump(struct outfiles *files, int64_t now_ms)
{
	if (!files->is_open)
		return;
	if (!files->is_active && (!session_is_caught_up(files->options.session) || !pick(files)))
		return;
	if (!files->is_offered || now_ms - files->heard_at_ms > STALL_MS)
		offer(files, now_ms);
	else
		send_chunks(files, now_ms);
}
