/* SPDX-License-Identifier: Apache-2.0 */
#include "inbox.h"

#include <errno.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "buf.h"
#include "calendar.h"
#include "fsx.h"
#include "log.h"
#include "outbox_private.h"
#include "recall.h"
#include "uuid.h"

enum { FILE_ID_BYTES = 32, WANT_CHUNKS = 8, PACK_MAX_BYTES = 64 << 20, PACK_NAME_MAX = 64 };

struct inbox {
	struct inbox_options options;
	char programme[64];
	uint32_t version;
	/* The pack being fetched. */
	bool is_fetching;
	uint8_t file_id[FILE_ID_BYTES];
	char wanted_programme[64];
	uint32_t wanted_version;
	struct buf data;
	uint32_t next_chunk, expected;
};

int inbox_new(struct inbox **out, const struct inbox_options *options, struct err *err)
{
	*out = calloc(1, sizeof(**out));
	if (!*out) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	(*out)->options = *options;
	return 0;
}

void inbox_free(struct inbox **inbox)
{
	if (!*inbox)
		return;
	buf_fini(&(*inbox)->data);
	free(*inbox);
	*inbox = NULL;
}

void inbox_set_pack(struct inbox *inbox, const char *programme, uint32_t version)
{
	snprintf(inbox->programme, sizeof(inbox->programme), "%s", programme);
	inbox->version = version;
}

static void stop_fetching(struct inbox *inbox)
{
	inbox->is_fetching = false;
	buf_fini(&inbox->data);
	inbox->data = (struct buf){0};
}

static void want(struct inbox *inbox)
{
	Zhibao__V1__Want message = ZHIBAO__V1__WANT__INIT;
	message.file_id = (ProtobufCBinaryData){FILE_ID_BYTES, inbox->file_id};
	message.first_chunk = inbox->next_chunk;
	message.count = inbox->expected = WANT_CHUNKS;
	session_send(inbox->options.session, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_WANT, &message.base);
}

/* A name that becomes part of a path: letters, digits, dot, dash and underscore, not beginning with a dot. */
static bool is_plain_name(const char *name)
{
	return name[0] && name[0] != '.' && strlen(name) <= PACK_NAME_MAX &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == strlen(name);
}

static bool is_newer(const struct inbox *inbox, const Zhibao__V1__Downlink *message)
{
	return message->kind == ZHIBAO__V1__DOWNLINK_KIND__DOWNLINK_KIND_PROGRAMME &&
	       message->file_id.len == FILE_ID_BYTES && is_plain_name(message->programme) &&
	       (!inbox->programme[0] ||
		(strcmp(inbox->programme, message->programme) == 0 && message->programme_version > inbox->version));
}

static void fetch(struct inbox *inbox, const Zhibao__V1__Downlink *message)
{
	if (inbox->is_fetching && memcmp(inbox->file_id, message->file_id.data, FILE_ID_BYTES) == 0)
		return;
	stop_fetching(inbox);
	memcpy(inbox->file_id, message->file_id.data, FILE_ID_BYTES);
	snprintf(inbox->wanted_programme, sizeof(inbox->wanted_programme), "%s", message->programme);
	inbox->wanted_version = message->programme_version;
	inbox->next_chunk = 0;
	inbox->is_fetching = true;
	want(inbox);
}

/* The newest pack that was announced, after a restart or a broken fetch. */
static void resume_fetch(struct inbox *inbox)
{
	sqlite3_stmt *statement = NULL;
	bool is_done = false;
	stop_fetching(inbox);
	if (sqlite3_prepare_v2(inbox->options.outbox->db, "SELECT body FROM inbox ORDER BY seq DESC", -1, &statement,
			       NULL) != SQLITE_OK)
		return;
	while (!is_done && sqlite3_step(statement) == SQLITE_ROW) {
		Zhibao__V1__Downlink *message = zhibao__v1__downlink__unpack(
			NULL, (size_t)sqlite3_column_bytes(statement, 0), sqlite3_column_blob(statement, 0));
		is_done = message && message->kind == ZHIBAO__V1__DOWNLINK_KIND__DOWNLINK_KIND_PROGRAMME;
		if (is_done && is_newer(inbox, message))
			fetch(inbox, message);
		if (message)
			zhibao__v1__downlink__free_unpacked(message, NULL);
	}
	sqlite3_finalize(statement);
}

static int store(struct inbox *inbox, const Zhibao__V1__Downlink *message, struct err *err)
{
	struct outbox *outbox = inbox->options.outbox;
	sqlite3_stmt *statement = NULL;
	size_t len = zhibao__v1__downlink__get_packed_size(message);
	uint8_t *body = malloc(len + 1);
	int rc = -1;
	if (!body) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	zhibao__v1__downlink__pack(message, body);
	if (sqlite3_prepare_v2(outbox->db, "INSERT INTO inbox VALUES (?1, ?2, ?3)", -1, &statement, NULL) == SQLITE_OK) {
		sqlite3_bind_int64(statement, 1, (int64_t)message->seq);
		sqlite3_bind_blob64(statement, 2, body, len, SQLITE_STATIC);
		sqlite3_bind_int64(statement, 3, clock_now_us(clock_system()));
		rc = outbox_finish(outbox, statement, err);
	} else {
		outbox_fail(outbox, err);
	}
	sqlite3_finalize(statement);
	free(body);
	if (rc == 0)
		outbox->inbox_seq = message->seq;
	return rc;
}

static void acknowledge(struct inbox *inbox)
{
	Zhibao__V1__DownlinkAck ack = ZHIBAO__V1__DOWNLINK_ACK__INIT;
	ack.seq = outbox_inbox_seq(inbox->options.outbox);
	session_send(inbox->options.session, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_DOWNLINK_ACK, &ack.base);
}

static void on_downlink(struct inbox *inbox, const Zhibao__V1__Downlink *message)
{
	struct err err = {0};
	uint64_t known = outbox_inbox_seq(inbox->options.outbox);
	if (message->seq > known + 1)
		return; /* the one between comes again after the next Hello */
	if (message->seq == known + 1) {
		if (store(inbox, message, &err) < 0) {
			log_error("inbox.store", "cause=\"%s\"", err.text);
			return; /* not acknowledged: it comes again */
		}
		log_info("inbox.received", "seq=%llu kind=%d", (unsigned long long)message->seq, (int)message->kind);
		if (is_newer(inbox, message))
			fetch(inbox, message);
	}
	acknowledge(inbox);
}

static int write_pack(struct inbox *inbox, const Zhibao__V1__PackBundle *bundle, char *dir, size_t size,
		      struct err *err)
{
	char path[PATH_MAX];
	if (strcmp(bundle->programme, inbox->wanted_programme) != 0 || bundle->version != inbox->wanted_version) {
		err_set(err, ERR_DATA, "E_PACK_CHANGED 活动包内容与通知不符");
		return -1;
	}
	snprintf(dir, size, "%s/%s-%u", inbox->options.packs_dir, bundle->programme, bundle->version);
	if ((mkdir(inbox->options.packs_dir, 0700) < 0 && errno != EEXIST) ||
	    (mkdir(dir, 0700) < 0 && errno != EEXIST)) {
		err_set(err, ERR_IO, "无法建立目录 %s：%s", dir, strerror(errno));
		return -1;
	}
	for (size_t i = 0; i < bundle->n_files; i++) {
		const Zhibao__V1__PackFile *file = bundle->files[i];
		if (!is_plain_name(file->name)) {
			err_set(err, ERR_DATA, "E_PACK_NAME 活动包含有不合规的文件名");
			return -1;
		}
		if ((size_t)snprintf(path, sizeof(path), "%s/%s", dir, file->name) >= sizeof(path) ||
		    file_write(path, file->content.data, file->content.len, 0600, err) < 0)
			return -1;
	}
	return 0;
}

static void finish_fetch(struct inbox *inbox)
{
	char dir[PATH_MAX];
	struct err err = {0};
	uint8_t hash[FILE_ID_BYTES];
	int rc = -1;
	crypto_generichash(hash, FILE_ID_BYTES, (const uint8_t *)buf_string(&inbox->data), inbox->data.len, NULL, 0);
	Zhibao__V1__PackBundle *bundle =
		memcmp(hash, inbox->file_id, FILE_ID_BYTES) == 0
			? zhibao__v1__pack_bundle__unpack(NULL, inbox->data.len, (const uint8_t *)inbox->data.data)
			: NULL;
	if (!bundle)
		err_set(&err, ERR_DATA, "E_PACK_DAMAGED 活动包传输有误");
	else
		rc = write_pack(inbox, bundle, dir, sizeof(dir), &err);
	if (bundle)
		zhibao__v1__pack_bundle__free_unpacked(bundle, NULL);
	stop_fetching(inbox);
	if (rc < 0)
		log_error("inbox.pack", "cause=\"%s\"", err.text); /* tried again in the next session */
	else if (inbox->options.on_pack(inbox->options.context, dir) == 0)
		inbox_set_pack(inbox, inbox->wanted_programme, inbox->wanted_version);
}

static void on_chunk(struct inbox *inbox, const Zhibao__V1__Chunk *chunk)
{
	if (!inbox->is_fetching || chunk->file_id.len != FILE_ID_BYTES ||
	    memcmp(chunk->file_id.data, inbox->file_id, FILE_ID_BYTES) != 0 || chunk->chunk_no != inbox->next_chunk)
		return;
	if (inbox->data.len + chunk->data.len > PACK_MAX_BYTES) {
		stop_fetching(inbox);
		return;
	}
	buf_append(&inbox->data, chunk->data.data, chunk->data.len);
	inbox->next_chunk++;
	if (inbox->data.is_failed)
		stop_fetching(inbox);
	else if (--inbox->expected == 0)
		want(inbox);
}

static bool on_done(struct inbox *inbox, const Zhibao__V1__FileDone *done)
{
	if (!inbox->is_fetching || done->file_id.len != FILE_ID_BYTES ||
	    memcmp(done->file_id.data, inbox->file_id, FILE_ID_BYTES) != 0)
		return false;
	if (done->is_verified)
		finish_fetch(inbox);
	else
		stop_fetching(inbox);
	return true;
}

void inbox_opened(struct inbox *inbox)
{
	resume_fetch(inbox);
	recall_ask(inbox->options.outbox, inbox->options.session);
}

bool inbox_message(struct inbox *inbox, uint8_t type, const ProtobufCMessage *message)
{
	switch (type) {
	case ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_DOWNLINK:
		on_downlink(inbox, (const Zhibao__V1__Downlink *)message);
		return true;
	case ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_CHUNK:
		on_chunk(inbox, (const Zhibao__V1__Chunk *)message);
		return true;
	case ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_RECALLED:
		recall_take(inbox->options.outbox, inbox->options.session, (const Zhibao__V1__Recalled *)message);
		return true;
	case ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_FILE_DONE:
		return on_done(inbox, (const Zhibao__V1__FileDone *)message);
	default:
		return false;
	}
}

/* Notes what a message says about a revision of the item: whether the verdict that holds now is an acceptance. */
static void note_verdict(json_t *accepted, const uint8_t item_id[16], const Zhibao__V1__Downlink *message)
{
	char revision[UUID_TEXT_SIZE];
	if (message->kind != ZHIBAO__V1__DOWNLINK_KIND__DOWNLINK_KIND_REVIEW ||
	    message->verdict == ZHIBAO__V1__VERDICT__VERDICT_UNSPECIFIED || message->revision_id.len != 16 ||
	    message->item_id.len != 16 || memcmp(message->item_id.data, item_id, 16) != 0)
		return;
	uuid_format(message->revision_id.data, revision);
	if (message->verdict == ZHIBAO__V1__VERDICT__VERDICT_ACCEPTED)
		json_object_set_new(accepted, revision, json_true());
	else
		json_object_del(accepted, revision);
}

int inbox_is_accepted(struct outbox *outbox, const uint8_t item_id[16], bool *is_accepted_out, struct err *err)
{
	/* Messages are few, and SQLite searches their bytes much faster than they are unpacked. */
	static const char sql[] = "SELECT body FROM inbox WHERE instr(body, ?1) > 0 ORDER BY seq";
	sqlite3_stmt *statement = NULL;
	int got;
	json_t *accepted = json_object();
	*is_accepted_out = false;
	if (sqlite3_prepare_v2(outbox->db, sql, -1, &statement, NULL) != SQLITE_OK) {
		json_decref(accepted);
		return outbox_fail(outbox, err);
	}
	sqlite3_bind_blob(statement, 1, item_id, 16, SQLITE_STATIC);
	while ((got = sqlite3_step(statement)) == SQLITE_ROW) {
		Zhibao__V1__Downlink *message = zhibao__v1__downlink__unpack(
			NULL, (size_t)sqlite3_column_bytes(statement, 0), sqlite3_column_blob(statement, 0));
		if (!message)
			continue;
		note_verdict(accepted, item_id, message);
		zhibao__v1__downlink__free_unpacked(message, NULL);
	}
	*is_accepted_out = json_object_size(accepted) > 0;
	json_decref(accepted);
	int rc = got == SQLITE_DONE ? 0 : outbox_fail(outbox, err);
	sqlite3_finalize(statement);
	return rc;
}

static json_t *describe(const Zhibao__V1__Downlink *message)
{
	static const char *const kinds[] = {"other", "notice", "review", "programme", "extension"};
	static const char *const verdicts[] = {"", "pending", "accepted", "returned", "rejected"};
	char at[INSTANT_TEXT_SIZE], item[UUID_TEXT_SIZE] = "";
	size_t kind = (size_t)message->kind < 5 ? (size_t)message->kind : 0;
	size_t verdict = (size_t)message->verdict < 5 ? (size_t)message->verdict : 0;
	instant_format(message->created_at_us, at);
	if (message->item_id.len == 16)
		uuid_format(message->item_id.data, item);
	return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i}", "seq", (json_int_t)message->seq, "kind",
			 kinds[kind], "created_at", at, "author", message->author, "title", message->title, "text",
			 message->text, "item_id", item, "verdict", verdicts[verdict], "programme", message->programme,
			 "programme_version", (int)message->programme_version);
}

json_t *inbox_list(struct outbox *outbox, uint64_t limit, struct err *err)
{
	sqlite3_stmt *statement = NULL;
	if (sqlite3_prepare_v2(outbox->db, "SELECT body FROM inbox ORDER BY seq DESC LIMIT ?1", -1, &statement, NULL) !=
	    SQLITE_OK) {
		outbox_fail(outbox, err);
		return NULL;
	}
	json_t *list = json_array();
	sqlite3_bind_int64(statement, 1, (int64_t)limit);
	while (sqlite3_step(statement) == SQLITE_ROW) {
		Zhibao__V1__Downlink *message = zhibao__v1__downlink__unpack(
			NULL, (size_t)sqlite3_column_bytes(statement, 0), sqlite3_column_blob(statement, 0));
		if (!message)
			continue;
		json_array_append_new(list, describe(message));
		zhibao__v1__downlink__free_unpacked(message, NULL);
	}
	sqlite3_finalize(statement);
	return list;
}
