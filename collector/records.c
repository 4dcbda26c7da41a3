/* SPDX-License-Identifier: Apache-2.0 */
#include "records.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aside.h"
#include "calendar.h"
#include "check.h"
#include "corrections.h"
#include "itemset.h"
#include "log.h"
#include "project.h"
#include "recordwire.h"
#include "repeat.h"
#include "sql.h"

enum { MAX_STORED_PLAN_ITEMS = 65536 };

struct records {
	struct projection *projection; /* of the transaction */
	struct projection *ready;      /* made ready for the next one */
	int32_t ready_on;              /* the day for which it was judged */
	struct projection *repeats;    /* into pg_temp, to compare */
	struct corrections corrections;       /* of the transaction, not yet judged: in no projection */
	struct corrections ready_corrections; /* of the next one */
	struct itemset new_plan_items;    /* of this transaction, not yet visible to a query */
	struct itemset stored_plan_items; /* that a query saw; they never go away */
	struct pg *pg;                   /* of the transaction; NULL while records are made ready */
	const struct registry *registry; /* of the transaction */
	enum records_mode mode;
	struct arena arena; /* of the record in hand */
	struct record_view view;
};

int records_new(struct records **out, struct err *err)
{
	*out = calloc(1, sizeof(**out));
	if (!*out) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	if (projection_new(&(*out)->projection, "zhibao", err) < 0 || projection_new(&(*out)->ready, "zhibao", err) < 0 ||
	    projection_new(&(*out)->repeats, "pg_temp", err) < 0) {
		records_free(out);
		return -1;
	}
	return 0;
}

void records_free(struct records **records)
{
	if (!*records)
		return;
	projection_free(&(*records)->projection);
	projection_free(&(*records)->ready);
	projection_free(&(*records)->repeats);
	arena_fini(&(*records)->arena);
	corrections_fini(&(*records)->corrections);
	corrections_fini(&(*records)->ready_corrections);
	itemset_fini(&(*records)->new_plan_items);
	itemset_fini(&(*records)->stored_plan_items);
	free(*records);
	*records = NULL;
}

void records_begin(struct records *records, struct pg *pg, const struct registry *registry,
		   enum records_mode mode)
{
	records->pg = pg;
	records->registry = registry;
	records->mode = mode;
	itemset_clear(&records->new_plan_items);
	records->corrections.count = 0;
	projection_reset(records->projection);
}

size_t records_copies(struct records *records, struct pg_copy_data *copies)
{
	return projection_copies(records->projection, copies);
}

static bool has_plan_item(void *context, const char *office_code, const uint8_t item_id[16])
{
	struct records *records = context;
	struct pg_rows *rows;
	struct pg_param params[] = {pg_text(office_code), pg_uuid(item_id)};
	if (itemset_has(&records->new_plan_items, office_code, item_id) ||
	    itemset_has(&records->stored_plan_items, office_code, item_id))
		return true;
	if (!records->pg)
		return false;
	/* A failed query fails the transaction, so what is answered here is never kept. */
	if (pg_exec(records->pg, SQL_plan_item_exists, params, 2, &rows, NULL) < 0)
		return false;
	bool exists = pg_get_bool(rows, 0, 0);
	pg_rows_free(&rows);
	if (exists && records->stored_plan_items.count >= MAX_STORED_PLAN_ITEMS)
		itemset_clear(&records->stored_plan_items);
	if (exists)
		itemset_add(&records->stored_plan_items, office_code, item_id);
	return exists;
}

static bool is_plan_item(const struct record_view *view)
{
	return view->record->body_case == ZHIBAO__V1__RECORD__BODY_PLAN_ITEM;
}

/* Copies the one row that waits, under a savepoint; a refusal becomes a problem. */
static int store_single(struct records *records, struct problems *problems, struct err *err)
{
	struct err refusal = {0};
	if (pg_script(records->pg, "SAVEPOINT record", err) < 0)
		return -1;
	if (projection_flush(records->projection, records->pg, &refusal) == 0)
		return pg_script(records->pg, "RELEASE SAVEPOINT record", err);
	if (refusal.code == ERR_RETRY) {
		if (err)
			*err = refusal;
		return -1;
	}
	problems_add(problems, "E_STORE_REFUSED", "", "中心未能存储这条记录：%.200s", refusal.text);
	return pg_script(records->pg, "ROLLBACK TO SAVEPOINT record", err);
}

static struct correction correction_of(struct job *job, const struct row_head *head, const ProtobufCBinaryData *bytes,
				       const Zhibao__V1__Record *record)
{
	struct correction correction = {.job = job, .seq = head->seq, .batch_id = head->batch_id, .bytes = *bytes};
	snprintf(correction.office_code, sizeof(correction.office_code), "%s", head->office_code);
	memcpy(correction.item_id, record->item_id.data, 16);
	memcpy(correction.revision_id, record->revision_id.data, 16);
	return correction;
}

static void add_ended(struct problems *problems)
{
	problems_add(problems, "E_ITEM_ENDED", "item_id",
		     "首报未获采纳，这条记录已经终止，本次更正不计入：请作为新记录重新报送");
}

/* The same for a record alone. */
static int judge_single(struct records *records, struct correction *correction, struct problems *problems, struct err *err)
{
	struct corrections alone = {correction, 1, 1};
	if (corrections_judge(&alone, records->pg, err) < 0)
		return -1;
	if (correction->is_of_ended)
		add_ended(problems);
	return 0;
}

static int store_checked(struct records *records, struct job *job, const struct row_head *head, const ProtobufCBinaryData *bytes,
			 const struct record_view *view, struct problems *problems, struct err *err)
{
	if (records->mode != RECORDS_FAST) {
		enum repeat repeat = repeat_look_up(records->pg, records->repeats, head, view, bytes, err);
		if (repeat == REPEAT_FAILED)
			return -1;
		if (repeat == REPEAT_SAME)
			return 0; /* under another stream: harmless */
		if (repeat == REPEAT_OTHER) {
			problems_add(problems, "E_REVISION_CHANGED", "revision_id",
				     "同一版本编号已存有不同内容，保留先到的一份，请重新更正");
			return 0;
		}
	}
	bool is_correction = corrections_is_one(view->record), is_later = is_correction && records->mode == RECORDS_FAST;
	struct correction correction = {0};
	if (is_correction)
		correction = correction_of(job, head, bytes, view->record);
	if (is_correction && !is_later && judge_single(records, &correction, problems, err) < 0)
		return -1;
	if (problems->count > 0)
		return 0;
	if (!is_later)
		projection_add(records->projection, view, head);
	int rc = is_later			    ? corrections_add(&records->corrections, &correction, err)
		 : records->mode == RECORDS_CAREFUL ? store_single(records, problems, err)
						    : 0;
	/* Without memory for it, a record that credits it is put aside and can be sent again. */
	if (rc == 0 && problems->count == 0 && is_plan_item(view))
		itemset_add(&records->new_plan_items, head->office_code, view->record->item_id.data);
	return rc;
}

/* The record, fit to be stored, or NULL and why. It lives in the arena until the next one is read. */
static const struct record_view *read_record(struct records *records, const struct registry *registry, const struct job *job,
					     int32_t today_on, const ProtobufCBinaryData *bytes, struct problems *problems)
{
	struct check_context context = {
		.registry = registry,
		.author_office_code = job->office_code,
		.today_on = today_on,
		.has_plan_item = has_plan_item,
		.context = records,
	};
	problems->count = 0;
	arena_reset(&records->arena, WIRE_FLOOR_BYTES + bytes->len * WIRE_EXPANSION);
	const Zhibao__V1__Record *record = (const Zhibao__V1__Record *)wire_unpack(
		&zhibao__v1__record__descriptor, &records->arena, bytes->data, bytes->len, problems);
	if (!record)
		return NULL;
	record_view_init(&records->view, record);
	check_view(&records->view, &context, problems);
	return &records->view;
}

/* Whose record it is, NULL when it could not be read or its sender may not act for the office it names. */
static const char *office_of(const struct registry *registry, const struct record_view *view, const struct job *job)
{
	const char *office = view ? record_office(view->record, job->office_code) : NULL;
	return office && (office == job->office_code || registry_is_ancestor(registry, job->office_code, office)) ? office : NULL;
}

static int store_record(struct records *records, struct job *job, struct row_head *head, const ProtobufCBinaryData *bytes,
			struct err *err)
{
	struct problems problems; /* large, and almost never used: not cleared */
	int rc = 0;
	const struct record_view *view = read_record(records, records->registry, job, shanghai_date(head->received_at_us),
						     bytes, &problems);
	head->office_code = office_of(records->registry, view, job);
	if (view && problems.count == 0)
		rc = store_checked(records, job, head, bytes, view, &problems, err);
	if (rc == 0 && problems.count > 0)
		rc = aside_record(records->pg, job, head, bytes, view, &problems, err);
	return rc;
}

static int store_judged(struct records *records, const struct correction *correction, struct err *err)
{
	struct problems problems;
	struct job *job = correction->job;
	struct row_head head = {correction->office_code, job->office_code, job->received_at_us, correction->batch_id,
				correction->seq};
	const struct record_view *view = read_record(records, records->registry, job, shanghai_date(job->received_at_us),
						     &correction->bytes, &problems);
	if (correction->is_of_ended)
		add_ended(&problems);
	if (!view || problems.count > 0)
		return aside_record(records->pg, job, &head, &correction->bytes, view, &problems, err);
	projection_add(records->projection, view, &head);
	return 0;
}

int records_judge(struct records *records, struct err *err)
{
	int rc = corrections_judge(&records->corrections, records->pg, err);
	for (size_t i = 0; rc == 0 && i < records->corrections.count; i++)
		rc = store_judged(records, &records->corrections.items[i], err);
	records->corrections.count = 0;
	return rc;
}

int records_store(struct records *records, struct job *job, int64_t batch_id, struct err *err)
{
	struct arena arena;
	struct problems problems = {0};
	struct row_head head = {job->office_code, job->office_code, job->received_at_us, batch_id, 0};
	arena_init(&arena, WIRE_FLOOR_BYTES + job->len * WIRE_EXPANSION);
	const Zhibao__V1__Batch *batch = (const Zhibao__V1__Batch *)wire_unpack(
		&zhibao__v1__batch__descriptor, &arena, job->body, job->len, &problems);
	int rc = batch ? 0 : -1;
	if (!batch)
		err_set(err, ERR_INTERNAL, "batch unreadable behind the reception");
	else if (batch->gap.len > 0)
		rc = aside_gap(records->pg, job, &head, &batch->gap, err);
	for (size_t i = 0; rc == 0 && i < batch->n_records; i++) {
		head.seq = job->first_seq + i;
		rc = store_record(records, job, &head, &batch->records[i], err);
	}
	arena_fini(&arena);
	return rc;
}

static bool make_record_ready(struct records *records, const struct registry *registry, struct job *job,
			      struct row_head *head, const ProtobufCBinaryData *bytes)
{
	struct problems problems;
	const struct record_view *view = read_record(records, registry, job, records->ready_on, bytes, &problems);
	if (!view || problems.count > 0)
		return false;
	if (is_plan_item(view))
		return false; /* what credits it must not be judged by it before its stream is known to move on */
	head->office_code = record_office(view->record, job->office_code);
	if (corrections_is_one(view->record)) {
		struct correction correction = correction_of(job, head, bytes, view->record);
		return corrections_add(&records->ready_corrections, &correction, NULL) == 0;
	}
	projection_add(records->ready, view, head);
	return true;
}

bool records_make_ready(struct records *records, const struct registry *registry, struct job *job, int64_t batch_id,
			int64_t expected_at_us)
{
	struct arena arena;
	struct problems problems = {0};
	struct projection_mark mark;
	size_t corrections = records->ready_corrections.count;
	struct pg *pg = records->pg;
	struct row_head head = {.author_office_code = job->office_code, .batch_id = batch_id};
	projection_mark(records->ready, &mark);
	records->pg = NULL;
	records->ready_on = shanghai_date(expected_at_us);
	arena_init(&arena, WIRE_FLOOR_BYTES + job->len * WIRE_EXPANSION);
	const Zhibao__V1__Batch *batch = (const Zhibao__V1__Batch *)wire_unpack(
		&zhibao__v1__batch__descriptor, &arena, job->body, job->len, &problems);
	bool is_ready = batch && batch->gap.len == 0;
	for (size_t i = 0; is_ready && i < batch->n_records; i++) {
		head.seq = job->first_seq + i;
		is_ready = make_record_ready(records, registry, job, &head, &batch->records[i]);
	}
	arena_fini(&arena);
	if (!is_ready) {
		projection_cut(records->ready, &mark);
		records->ready_corrections.count = corrections;
	}
	records->pg = pg;
	return is_ready;
}

bool records_use_ready(struct records *records, int64_t received_at_us)
{
	struct projection *ready = records->ready;
	struct corrections corrections = records->ready_corrections;
	if (shanghai_date(received_at_us) != records->ready_on) {
		records_forget_ready(records);
		return false;
	}
	records->ready = records->projection;
	records->projection = ready;
	records->ready_corrections = records->corrections;
	records->corrections = corrections;
	records_forget_ready(records);
	projection_stamp(records->projection, received_at_us);
	return true;
}

void records_forget_ready(struct records *records)
{
	projection_reset(records->ready);
	records->ready_corrections.count = 0;
}

size_t records_ready_kind(const struct records *records, const struct buf **rows_out)
{
	return records->ready_corrections.count ? CATALOG_KIND_COUNT : projection_only_kind(records->ready, rows_out);
}
