/* SPDX-License-Identifier: Apache-2.0 */
#include "aside.h"

#include "log.h"
#include "recordwire.h"
#include "sql.h"

/* NULL where the sender left out or cut what should be an identifier. */
static const uint8_t *id_of(const ProtobufCBinaryData *id)
{
	return id->len == 16 ? id->data : NULL;
}

int aside_record(struct pg *pg, struct job *job, const struct row_head *head, const ProtobufCBinaryData *bytes,
		 const struct record_view *view, const struct problems *problems, struct err *err)
{
	const struct problem *problem = &problems->items[0];
	struct pg_param params[] = {pg_text(head->author_office_code),
				    pg_int8(job->stream_id),
				    pg_int8((int64_t)head->seq),
				    pg_int8(head->batch_id),
				    pg_instant(head->received_at_us),
				    pg_uuid(view ? id_of(&view->record->item_id) : NULL),
				    pg_uuid(view ? id_of(&view->record->revision_id) : NULL),
				    pg_uuid(view ? id_of(&view->record->base_revision_id) : NULL),
				    pg_text(view && view->kind ? view->kind->name : NULL),
				    pg_text(problem->code),
				    pg_text(problem->field),
				    pg_text(problem->text),
				    pg_bytea(bytes->data ? bytes->data : (const uint8_t *)"", bytes->len),
				    pg_text(head->office_code)};
	if (pg_exec(pg, SQL_quarantine_insert, params, 14, NULL, err) < 0)
		return -1;
	if (job_add_verdict(job, head->seq, problem->code, problem->field, problem->text) < 0) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	return 0;
}

int aside_gap(struct pg *pg, const struct job *job, const struct row_head *head, const ProtobufCBinaryData *bytes,
	      struct err *err)
{
	struct arena arena;
	struct problems problems = {0};
	arena_init(&arena, WIRE_FLOOR_BYTES + bytes->len * WIRE_EXPANSION);
	const Zhibao__V1__Gap *gap = (const Zhibao__V1__Gap *)wire_unpack(&zhibao__v1__gap__descriptor, &arena,
									  bytes->data, bytes->len, &problems);
	struct pg_param params[] = {pg_text(job->office_code),
				    pg_int8(job->stream_id),
				    pg_int8((int64_t)job->first_seq),
				    pg_int8((int64_t)job->last_seq),
				    pg_text(gap ? gap->reason : ""),
				    pg_int8(head->batch_id),
				    pg_instant(head->received_at_us)};
	int rc = pg_exec(pg, SQL_gap_insert, params, 7, NULL, err);
	log_warn("records.gap", "office=%s first_seq=%llu last_seq=%llu", job->office_code,
		 (unsigned long long)job->first_seq, (unsigned long long)job->last_seq);
	arena_fini(&arena);
	return rc;
}
