/* SPDX-License-Identifier: Apache-2.0 */
#include "inbox.h"

#include <errno.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "backoff.h"
#include "buf.h"
#include "fsx.h"
#include "log.h"
#include "outbox_private.h"
#include "recall.h"

/* Few chunks at a time, as the centre keeps them until they have arrived. */
enum { FILE_ID_BYTES = 32, WANT_CHUNKS = 2, PACK_MAX_BYTES = 64 << 20, PACK_NAME_MAX = 63 };

/* The whole fleet is told of a new pack at once, and one that has a pack can wait. A refused question is asked again after what the
 * centre says and a pause that grows; one that nothing answers, late: what was sent over a slow line may still be coming. */
enum { FETCH_SPREAD_MS = 10000, PAUSE_BASE_MS = 1000, PAUSE_CAP_MS = 30000, FULL_MS = 1000, SILENT_MS = 120000 };

/* What is asked of the centre until it is all there. */
struct question {
	int64_t due_ms; /* when to ask (again); 0: there is nothing to ask */
	unsigned refusals; /* in a row */
};

struct inbox {
	struct inbox_options options;
	struct programme used;
	/* The pack being fetched. */
	bool is_fetching;
	uint8_t file_id[FILE_ID_BYTES];
	struct programme wanted;
	struct buf data;
	uint32_t next_chunk, expected;
	struct question fetch, recall;
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

void inbox_set_pack(struct inbox *inbox, const struct programme *programme)
{
	inbox->used = *programme;
}

static void stop_fetching(struct inbox *inbox)
{
	inbox->is_fetching = false;
	inbox->fetch = (struct question){0};
	buf_fini(&inbox->data);
	inbox->data = (struct buf){0};
}

static void asked(struct question *question, bool is_sent, int64_t now_ms)
{
	question->due_ms = now_ms + (is_sent ? SILENT_MS : FULL_MS);
}

static void want(struct inbox *inbox, int64_t now_ms)
{
	Zhibao__V1__Want message = ZHIBAO__V1__WANT__INIT;
	message.file_id = (ProtobufCBinaryData){FILE_ID_BYTES, inbox->file_id};
	message.first_chunk = inbox->next_chunk;
	message.count = inbox->expected = WANT_CHUNKS;
	asked(&inbox->fetch,
	      session_send(inbox->options.session, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_WANT, &message.base), now_ms);
}

static void ask_recall(struct inbox *inbox, int64_t now_ms)
{
	if (recall_is_due(inbox->options.outbox))
		asked(&inbox->recall, recall_ask(inbox->options.outbox, inbox->options.session), now_ms);
	else
		inbox->recall = (struct question){0};
}

/* A name that becomes part of a path: letters, digits, dot, dash and underscore, not beginning with a dot. */
static bool is_plain_name(const char *name)
{
	return name[0] && name[0] != '.' && strlen(name) <= PACK_NAME_MAX &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == strlen(name);
}

static struct programme announced(const Zhibao__V1__Downlink *message)
{
	struct programme programme = {.year = message->programme_year, .version = message->programme_version};
	snprintf(programme.id, sizeof(programme.id), "%s", message->programme);
	return programme;
}

static bool is_newer(const struct inbox *inbox, const Zhibao__V1__Downlink *message)
{
	if (message->kind != ZHIBAO__V1__DOWNLINK_KIND__DOWNLINK_KIND_PROGRAMME || message->file_id.len != FILE_ID_BYTES ||
	    !is_plain_name(message->programme))
		return false;
	struct programme programme = announced(message);
	return programme_follows(&programme, &inbox->used);
}

/* What is there of another pack is dropped. False when it is being fetched already. */
static bool begin_fetch(struct inbox *inbox, const Zhibao__V1__Downlink *message)
{
	if (inbox->is_fetching && memcmp(inbox->file_id, message->file_id.data, FILE_ID_BYTES) == 0)
		return false;
	stop_fetching(inbox);
	memcpy(inbox->file_id, message->file_id.data, FILE_ID_BYTES);
	inbox->wanted = announced(message);
	inbox->next_chunk = 0;
	return inbox->is_fetching = true;
}

/* With a pack in use, at some time that is not that of all others. */
static void plan_fetch(struct inbox *inbox, int64_t now_ms)
{
	int64_t wait_ms = inbox->used.id[0] ? (int64_t)random_below(inbox->options.random, FETCH_SPREAD_MS) : 0;
	inbox->fetch = (struct question){.due_ms = now_ms + wait_ms};
	if (wait_ms == 0)
		want(inbox, now_ms);
}

/* The newest pack that was announced: after a restart from its beginning, after a broken session from where it was. */
static void resume_fetch(struct inbox *inbox, int64_t now_ms)
{
	sqlite3_stmt *statement = NULL;
	bool is_done = false, is_any = false;
	if (sqlite3_prepare_v2(inbox->options.outbox->db, "SELECT body FROM inbox ORDER BY seq DESC", -1, &statement,
			       NULL) != SQLITE_OK)
		return;
	while (!is_done && sqlite3_step(statement) == SQLITE_ROW) {
		Zhibao__V1__Downlink *message = zhibao__v1__downlink__unpack(
			NULL, (size_t)sqlite3_column_bytes(statement, 0), sqlite3_column_blob(statement, 0));
		is_done = message && message->kind == ZHIBAO__V1__DOWNLINK_KIND__DOWNLINK_KIND_PROGRAMME;
		is_any = is_done && is_newer(inbox, message);
		if (is_any)
			begin_fetch(inbox, message);
		if (message)
			zhibao__v1__downlink__free_unpacked(message, NULL);
	}
	sqlite3_finalize(statement);
	if (is_any)
		plan_fetch(inbox, now_ms);
	else
		stop_fetching(inbox);
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

static void on_downlink(struct inbox *inbox, const Zhibao__V1__Downlink *message, int64_t now_ms)
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
		if (is_newer(inbox, message) && begin_fetch(inbox, message))
			plan_fetch(inbox, now_ms);
	}
	acknowledge(inbox);
}

static int write_pack(struct inbox *inbox, const Zhibao__V1__PackBundle *bundle, char *dir, size_t size,
		      struct err *err)
{
	char path[PATH_MAX];
	if (strcmp(bundle->programme, inbox->wanted.id) != 0 || bundle->version != inbox->wanted.version) {
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

/* All was sent, but not all came: from the beginning, and not soon, as it may be so again. */
static void restart_fetch(struct inbox *inbox, int64_t now_ms)
{
	log_error("inbox.pack", "cause=\"E_PACK_DAMAGED 活动包传输有误\"");
	buf_reset(&inbox->data);
	inbox->next_chunk = 0;
	inbox->fetch = (struct question){.due_ms = now_ms + SILENT_MS};
}

/* Whoever takes it in use may say what it is (inbox_set_pack): an older centre announced no year. */
static void use_pack(struct inbox *inbox, const char *dir)
{
	struct programme before = inbox->used;
	inbox->used = inbox->wanted;
	if (inbox->options.on_pack(inbox->options.context, dir) < 0)
		inbox->used = before;
}

static void finish_fetch(struct inbox *inbox, int64_t now_ms)
{
	char dir[PATH_MAX];
	struct err err = {0};
	uint8_t hash[FILE_ID_BYTES];
	int rc = -1;
	crypto_generichash(hash, FILE_ID_BYTES, (const uint8_t *)buf_string(&inbox->data), inbox->data.len, NULL, 0);
	if (memcmp(hash, inbox->file_id, FILE_ID_BYTES) != 0) {
		restart_fetch(inbox, now_ms);
		return;
	}
	Zhibao__V1__PackBundle *bundle =
		zhibao__v1__pack_bundle__unpack(NULL, inbox->data.len, (const uint8_t *)inbox->data.data);
	if (!bundle)
		err_set(&err, ERR_DATA, "E_PACK_DAMAGED 活动包无法解析");
	else
		rc = write_pack(inbox, bundle, dir, sizeof(dir), &err);
	if (bundle)
		zhibao__v1__pack_bundle__free_unpacked(bundle, NULL);
	stop_fetching(inbox);
	if (rc < 0)
		log_error("inbox.pack", "cause=\"%s\"", err.text); /* tried again in the next session */
	else
		use_pack(inbox, dir);
}

static void on_chunk(struct inbox *inbox, const Zhibao__V1__Chunk *chunk, int64_t now_ms)
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
	inbox->fetch = (struct question){.due_ms = now_ms + SILENT_MS};
	if (inbox->data.is_failed)
		stop_fetching(inbox);
	else if (--inbox->expected == 0)
		want(inbox, now_ms);
}

static bool on_done(struct inbox *inbox, const Zhibao__V1__FileDone *done, int64_t now_ms)
{
	if (!inbox->is_fetching || done->file_id.len != FILE_ID_BYTES ||
	    memcmp(done->file_id.data, inbox->file_id, FILE_ID_BYTES) != 0)
		return false;
	if (done->is_verified)
		finish_fetch(inbox, now_ms);
	else
		stop_fetching(inbox);
	return true;
}

static void on_recalled(struct inbox *inbox, const Zhibao__V1__Recalled *message, int64_t now_ms)
{
	inbox->recall = (struct question){0};
	if (recall_take(inbox->options.outbox, message))
		ask_recall(inbox, now_ms);
}

static void on_nack(struct inbox *inbox, const Zhibao__V1__Nack *nack, int64_t now_ms)
{
	struct question *question = nack->refused_type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_WANT     ? &inbox->fetch
				    : nack->refused_type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_RECALL ? &inbox->recall
													  : NULL;
	if (question && question->due_ms != 0)
		question->due_ms = now_ms + nack->retry_after_ms +
				   backoff_ms(inbox->options.random, ++question->refusals, PAUSE_BASE_MS, PAUSE_CAP_MS);
}

void inbox_opened(struct inbox *inbox, int64_t now_ms)
{
	resume_fetch(inbox, now_ms);
	inbox->recall = (struct question){0};
	ask_recall(inbox, now_ms);
}

void inbox_tick(struct inbox *inbox, int64_t now_ms)
{
	if (!session_is_open(inbox->options.session))
		return;
	if (inbox->fetch.due_ms != 0 && now_ms >= inbox->fetch.due_ms)
		want(inbox, now_ms);
	if (inbox->recall.due_ms != 0 && now_ms >= inbox->recall.due_ms)
		ask_recall(inbox, now_ms);
}

bool inbox_message(struct inbox *inbox, uint8_t type, const ProtobufCMessage *message, int64_t now_ms)
{
	switch (type) {
	case ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_DOWNLINK:
		on_downlink(inbox, (const Zhibao__V1__Downlink *)message, now_ms);
		return true;
	case ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_CHUNK:
		on_chunk(inbox, (const Zhibao__V1__Chunk *)message, now_ms);
		return true;
	case ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_RECALLED:
		on_recalled(inbox, (const Zhibao__V1__Recalled *)message, now_ms);
		return true;
	case ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK:
		on_nack(inbox, (const Zhibao__V1__Nack *)message, now_ms);
		return true;
	case ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_FILE_DONE:
		return on_done(inbox, (const Zhibao__V1__FileDone *)message, now_ms);
	default:
		return false;
	}
}
