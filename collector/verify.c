/* SPDX-License-Identifier: Apache-2.0 */
#include "verify.h"

#include <inttypes.h>
#include <string.h>

#include "buf.h"
#include "chain.h"
#include "check.h"
#include "project.h"
#include "recordwire.h"
#include "sql.h"
#include "zhibao/v1/session.pb-c.h"

enum { FLUSH_RECORDS = 20000 };

struct verify {
	struct pg *pg;
	FILE *out;
	struct projection *projection;
	uint64_t findings, batches, records, waiting;
	uint64_t bare_batches, bare_records; /* whose bytes were not kept */
	/* The stream in hand. */
	int64_t stream_id; /* 0: none */
	uint64_t last_seq, acked_seq;
	uint8_t chain[CHAIN_BYTES], stream_chain[CHAIN_BYTES];
	char office_code[CODE_SIZE];
};

struct batch_row {
	int64_t batch_id, stream_id, received_at_us;
	uint64_t first_seq, last_seq;
	const char *office_code;
	const uint8_t *body;
	size_t len;
};

static void find(struct verify *verify, const char *code, const char *what, int64_t number, uint64_t seq,
		 const char *text)
{
	verify->findings++;
	fprintf(verify->out, "%s %s %" PRId64 " 序号 %" PRIu64 "：%s\n", code, what, number, seq, text);
}

static bool is_chain(struct pg_rows *rows, int row, int column, const uint8_t *expected)
{
	size_t len;
	const uint8_t *chain = pg_get_bytes(rows, row, column, &len);
	return len == CHAIN_BYTES && memcmp(chain, expected, CHAIN_BYTES) == 0;
}

static void end_stream(struct verify *verify)
{
	if (verify->stream_id == 0)
		return;
	if (verify->acked_seq != verify->last_seq ||
	    memcmp(verify->chain, verify->stream_chain, CHAIN_BYTES) != 0)
		find(verify, "V_STREAM_ALTERED", "流", verify->stream_id, verify->last_seq,
		     "流的已确认序号或链值与批次不符");
}

static void begin_stream(struct verify *verify, struct pg_rows *rows, int row)
{
	size_t len;
	end_stream(verify);
	verify->stream_id = pg_get_int(rows, row, 2);
	verify->last_seq = 0;
	verify->acked_seq = (uint64_t)pg_get_int(rows, row, 10);
	const uint8_t *uuid = pg_get_bytes(rows, row, 9, &len);
	if (len == OUTBOX_UUID_BYTES)
		chain_start(uuid, verify->chain);
	else
		find(verify, "V_STREAM_MISSING", "流", verify->stream_id, 0, "批次所属的流不存在");
	const uint8_t *chain = pg_get_bytes(rows, row, 11, &len);
	memset(verify->stream_chain, 0, CHAIN_BYTES);
	if (len == CHAIN_BYTES)
		memcpy(verify->stream_chain, chain, CHAIN_BYTES);
}

/* Does the batch begin where the one before it ended? */
static void check_start(struct verify *verify, struct pg_rows *rows, int row, const struct batch_row *batch)
{
	if (batch->first_seq != verify->last_seq + 1)
		find(verify, "V_BATCH_MISSING", "批次", batch->batch_id, batch->first_seq, "之前的批次缺失");
	else if (!is_chain(rows, row, 5, verify->chain))
		find(verify, "V_CHAIN", "批次", batch->batch_id, batch->first_seq, "前链值与上一批次不符");
}

/* The next batch must begin where this one says that it ends. */
static void end_batch(struct verify *verify, struct pg_rows *rows, int row, const struct batch_row *batch)
{
	size_t len;
	const uint8_t *chain = pg_get_bytes(rows, row, 6, &len);
	verify->last_seq = batch->last_seq;
	if (len == CHAIN_BYTES)
		memcpy(verify->chain, chain, CHAIN_BYTES);
}

static void check_chain(struct verify *verify, struct pg_rows *rows, int row, const struct batch_row *batch,
			const Zhibao__V1__Batch *message)
{
	uint64_t expected_last = batch->first_seq + message->n_records - 1;
	check_start(verify, rows, row, batch);
	if (message->prev_chain.len == CHAIN_BYTES)
		memcpy(verify->chain, message->prev_chain.data, CHAIN_BYTES);
	if (message->gap.len > 0) {
		expected_last = batch->last_seq;
		chain_step(verify->chain, batch->last_seq, message->gap.data, message->gap.len);
	}
	for (size_t i = 0; i < message->n_records; i++)
		chain_step(verify->chain, batch->first_seq + i, message->records[i].data, message->records[i].len);
	if (!is_chain(rows, row, 6, verify->chain) || message->first_seq != batch->first_seq ||
	    batch->last_seq != expected_last)
		find(verify, "V_BATCH_ALTERED", "批次", batch->batch_id, batch->first_seq, "内容与链值不符");
	end_batch(verify, rows, row, batch);
}

/* Only what has the shape of a row can be one; the rest must have been put aside. */
static bool is_projectable(const struct record_view *view)
{
	const Zhibao__V1__Record *record = view->record;
	return view->body && record->item_id.len == 16 && record->revision_id.len == 16 && record->operation >= 1 &&
	       record->operation <= 3;
}

static void project_record(struct verify *verify, const struct batch_row *batch, uint64_t seq,
			   const ProtobufCBinaryData *bytes)
{
	struct arena arena;
	struct problems problems = {0};
	struct record_view view;
	arena_init(&arena, WIRE_FLOOR_BYTES + bytes->len * WIRE_EXPANSION);
	const Zhibao__V1__Record *record = (const Zhibao__V1__Record *)wire_unpack(
		&zhibao__v1__record__descriptor, &arena, bytes->data, bytes->len, &problems);
	if (record)
		record_view_init(&view, record);
	if (record && is_projectable(&view)) {
		struct row_head head = {record_office(record, batch->office_code), batch->office_code,
					batch->received_at_us, batch->batch_id, seq};
		projection_add(verify->projection, &view, &head);
		verify->waiting++;
	} else {
		find(verify, "V_QUARANTINE_MISSING", "批次", batch->batch_id, seq, "无法入库的记录不在退回记录中");
	}
	arena_fini(&arena);
}

/* Records that were put aside must be there byte for byte; all others are projected. */
static int check_records(struct verify *verify, const struct batch_row *batch,
			 const Zhibao__V1__Batch *message, struct err *err)
{
	struct pg_rows *aside;
	struct pg_param params[] = {pg_text(batch->office_code), pg_int8(batch->stream_id),
				    pg_int8((int64_t)batch->first_seq), pg_int8((int64_t)batch->last_seq)};
	int at = 0;
	if (pg_exec(verify->pg, SQL_verify_quarantine, params, 4, &aside, err) < 0)
		return -1;
	for (size_t i = 0; i < message->n_records; i++) {
		uint64_t seq = batch->first_seq + i;
		const ProtobufCBinaryData *bytes = &message->records[i];
		verify->records++;
		if (at < pg_rows_count(aside) && (uint64_t)pg_get_int(aside, at, 0) == seq) {
			size_t len;
			const uint8_t *body = pg_get_bytes(aside, at++, 1, &len);
			if (len != bytes->len || memcmp(body, bytes->data, len) != 0)
				find(verify, "V_QUARANTINE_ALTERED", "批次", batch->batch_id, seq,
				     "退回记录与批次原文不符");
			continue;
		}
		project_record(verify, batch, seq, bytes);
	}
	int rc = pg_rows_check(aside, err);
	pg_rows_free(&aside);
	if (rc == 0 && verify->waiting >= FLUSH_RECORDS) {
		verify->waiting = 0;
		rc = projection_flush(verify->projection, verify->pg, err);
	}
	return rc;
}

static int check_batch(struct verify *verify, struct pg_rows *rows, int row, struct err *err)
{
	struct arena arena;
	struct problems problems = {0};
	struct batch_row batch = {
		.batch_id = pg_get_int(rows, row, 0),
		.office_code = pg_get_text(rows, row, 1),
		.stream_id = pg_get_int(rows, row, 2),
		.first_seq = (uint64_t)pg_get_int(rows, row, 3),
		.last_seq = (uint64_t)pg_get_int(rows, row, 4),
		.received_at_us = pg_get_instant(rows, row, 8),
	};
	int rc = 0;
	batch.body = pg_get_bytes(rows, row, 7, &batch.len);
	if (batch.stream_id != verify->stream_id)
		begin_stream(verify, rows, row);
	verify->batches++;
	if (pg_is_null(rows, row, 7)) {
		verify->bare_batches++;
		verify->bare_records += batch.last_seq - batch.first_seq + 1;
		check_start(verify, rows, row, &batch);
		end_batch(verify, rows, row, &batch);
		return 0;
	}
	arena_init(&arena, WIRE_FLOOR_BYTES + batch.len * WIRE_EXPANSION);
	const Zhibao__V1__Batch *message = (const Zhibao__V1__Batch *)wire_unpack(
		&zhibao__v1__batch__descriptor, &arena, batch.body, batch.len, &problems);
	if (message) {
		check_chain(verify, rows, row, &batch, message);
		rc = check_records(verify, &batch, message, err);
	} else {
		find(verify, "V_BATCH_ALTERED", "批次", batch.batch_id, batch.first_seq, "原文无法解析");
		verify->last_seq = batch.last_seq;
	}
	arena_fini(&arena);
	return rc;
}

static int check_batches(struct verify *verify, struct err *err)
{
	struct pg_rows *rows;
	struct buf declare = {0};
	int count;
	buf_format(&declare, "DECLARE batches NO SCROLL CURSOR FOR\n%s", SQL_verify_batches);
	int declared = pg_script(verify->pg, buf_string(&declare), err);
	buf_fini(&declare);
	if (declared < 0)
		return -1;
	do {
		int rc = 0;
		if (pg_exec(verify->pg, "FETCH 100 FROM batches", NULL, 0, &rows, err) < 0)
			return -1;
		count = pg_rows_count(rows);
		for (int row = 0; row < count && rc == 0; row++)
			rc = check_batch(verify, rows, row, err);
		if (rc == 0)
			rc = pg_rows_check(rows, err);
		pg_rows_free(&rows);
		if (rc < 0)
			return -1;
	} while (count > 0);
	end_stream(verify);
	return projection_flush(verify->projection, verify->pg, err);
}

static int check_strays(struct verify *verify, struct err *err)
{
	struct pg_rows *rows;
	if (pg_exec(verify->pg, SQL_verify_strays, NULL, 0, &rows, err) < 0)
		return -1;
	for (int row = 0; row < pg_rows_count(rows); row++)
		find(verify, strcmp(pg_get_text(rows, row, 0), "stream") == 0 ? "V_BATCH_MISSING" : "V_QUARANTINE_ADDED",
		     "流", pg_get_int(rows, row, 2), (uint64_t)pg_get_int(rows, row, 3), "没有对应的批次");
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

static int make_tables(struct verify *verify, struct err *err)
{
	for (size_t k = 0; k < CATALOG_KIND_COUNT; k++) {
		char sql[256];
		snprintf(sql, sizeof(sql), "CREATE TEMP TABLE %s (LIKE zhibao.%s) ON COMMIT DROP",
			 catalog_kinds[k]->name, catalog_kinds[k]->name);
		if (pg_script(verify->pg, sql, err) < 0)
			return -1;
	}
	return 0;
}

/* Puts the name of a table of the catalogue where the form has an @. */
static int expand(const char *form, const char *name, char *out, size_t size)
{
	size_t at = 0;
	for (; *form; form++) {
		const char *piece = *form == '@' ? name : form;
		size_t len = *form == '@' ? strlen(name) : 1;
		if (at + len >= size)
			return -1;
		memcpy(out + at, piece, len);
		at += len;
	}
	out[at] = '\0';
	return 0;
}

/* The stored rows of a kind against those projected anew, where the bytes of their batch were kept. A revision that came in several batches may be any of them. */
static int compare_kind(struct verify *verify, const char *kind, struct err *err)
{
	static const char form[] =
		"CREATE INDEX ON pg_temp.@ (office_code, item_id, revision_id); ANALYZE pg_temp.@;"
		" DECLARE differences NO SCROLL CURSOR FOR"
		" SELECT CASE WHEN s.item_id IS NULL THEN 'V_ROW_MISSING' WHEN e.item_id IS NULL THEN 'V_ROW_ADDED'"
		"  ELSE 'V_ROW_ALTERED' END AS code, coalesce(s.batch_id, e.batch_id) AS batch_id, coalesce(s.seq, e.seq) AS seq,"
		"  '@ ' || coalesce(s.item_id, e.item_id) || ' ' || coalesce(s.revision_id, e.revision_id) || ' '"
		"  || coalesce((SELECT string_agg(n.key, ' ' ORDER BY n.key) FROM jsonb_each(to_jsonb(s)) n"
		"   JOIN jsonb_each(to_jsonb(e)) o USING (key) WHERE n.value <> o.value), '') AS text"
		" FROM zhibao.@ s FULL JOIN (SELECT DISTINCT ON (office_code, item_id, revision_id) * FROM pg_temp.@"
		"  ORDER BY office_code, item_id, revision_id, batch_id) e USING (office_code, item_id, revision_id)"
		" WHERE (s.item_id IS NULL OR e.item_id IS NULL OR NOT EXISTS (SELECT FROM pg_temp.@ a"
		"  WHERE a.office_code = s.office_code AND a.item_id = s.item_id AND a.revision_id = s.revision_id"
		"  AND to_jsonb(a) = to_jsonb(s)))"
		" AND NOT EXISTS (SELECT FROM zhibao.batch b WHERE b.office_code = s.author_office_code AND b.batch_id = s.batch_id"
		"  AND s.seq BETWEEN b.first_seq AND b.last_seq AND b.body IS NULL)";
	char sql[3000];
	struct pg_rows *rows;
	int count;
	if (expand(form, kind, sql, sizeof(sql)) < 0) {
		err_set(err, ERR_INTERNAL, "verify: statement too long");
		return -1;
	}
	if (pg_script(verify->pg, sql, err) < 0)
		return -1;
	do {
		if (pg_exec(verify->pg, "FETCH 100 FROM differences", NULL, 0, &rows, err) < 0)
			return -1;
		count = pg_rows_count(rows);
		for (int row = 0; row < count; row++)
			find(verify, pg_get_text(rows, row, 0), "批次", pg_get_int(rows, row, 1),
			     (uint64_t)pg_get_int(rows, row, 2), pg_get_text(rows, row, 3));
		int rc = pg_rows_check(rows, err);
		pg_rows_free(&rows);
		if (rc < 0)
			return -1;
	} while (count > 0);
	return pg_script(verify->pg, "CLOSE differences", err);
}

static int run(struct verify *verify, struct err *err)
{
	if (pg_script(verify->pg, "BEGIN ISOLATION LEVEL REPEATABLE READ", err) < 0 || make_tables(verify, err) < 0 ||
	    check_batches(verify, err) < 0 || check_strays(verify, err) < 0)
		return -1;
	for (size_t k = 0; k < CATALOG_KIND_COUNT; k++)
		if (compare_kind(verify, catalog_kinds[k]->name, err) < 0)
			return -1;
	return 0;
}

int verify_run(struct pg *pg, FILE *out, struct err *err)
{
	struct verify verify = {.pg = pg, .out = out};
	if (projection_new(&verify.projection, "pg_temp", err) < 0)
		return -1;
	int rc = run(&verify, err);
	pg_rollback(pg);
	projection_free(&verify.projection);
	if (rc < 0)
		return -1;
	fprintf(out, "已核对批次 %" PRIu64 " 个、记录 %" PRIu64 " 条，不符 %" PRIu64 " 处\n", verify.batches, verify.records,
		verify.findings);
	if (verify.bare_batches > 0)
		fprintf(out,
			"另有记录 %" PRIu64 " 条，其批次 %" PRIu64 " 个未保留原文（store.keep_batches）：只核对了序号与链值的衔接，"
			"记录内容无从核对，也不能据以重新入库\n",
			verify.bare_records, verify.bare_batches);
	if (verify.findings == 0)
		return 0;
	err_set(err, ERR_DATA, "E_VERIFY 发现 %" PRIu64 " 处不符", verify.findings);
	return -1;
}
