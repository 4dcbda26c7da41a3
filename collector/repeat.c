/* SPDX-License-Identifier: Apache-2.0 */
#include "repeat.h"

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "check.h"
#include "recordwire.h"
#include "sql.h"
#include "zhibao/v1/session.pb-c.h"

static int make_table(struct pg *pg, const char *kind, struct err *err)
{
	char sql[256];
	snprintf(sql, sizeof(sql), "CREATE TEMP TABLE IF NOT EXISTS %s (LIKE zhibao.%s) ON COMMIT DROP; DELETE FROM pg_temp.%s", kind,
		 kind, kind);
	return pg_script(pg, sql, err);
}

static int compare(struct pg *pg, const char *kind, bool *is_same_out, struct err *err)
{
	static const char form[] = "DECLARE repeat NO SCROLL CURSOR FOR SELECT to_jsonb(n) - '{received_at,batch_id,seq}'::text[]"
				   " = to_jsonb(s) - '{received_at,batch_id,seq}'::text[] FROM pg_temp.%s n JOIN zhibao.%s s"
				   " USING (office_code, item_id, revision_id)";
	char sql[sizeof(form) + 2 * 64];
	struct pg_rows *rows;
	snprintf(sql, sizeof(sql), form, kind, kind);
	if (pg_script(pg, sql, err) < 0 || pg_exec(pg, "FETCH 1 FROM repeat", NULL, 0, &rows, err) < 0)
		return -1;
	*is_same_out = pg_rows_count(rows) == 1 && pg_get_bool(rows, 0, 0);
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc < 0 ? -1 : pg_script(pg, "CLOSE repeat", err);
}

/* Its batch was stored without its bytes: by its values. */
static enum repeat look_closer(struct pg *pg, struct projection *copy, const struct row_head *head,
			       const struct record_view *view, struct err *err)
{
	const char *kind = view->kind->name;
	bool is_same;
	if (make_table(pg, kind, err) < 0)
		return REPEAT_FAILED;
	projection_add(copy, view, head);
	if (projection_flush(copy, pg, err) < 0 || compare(pg, kind, &is_same, err) < 0)
		return REPEAT_FAILED;
	return is_same ? REPEAT_SAME : REPEAT_OTHER;
}

enum repeat repeat_look_up(struct pg *pg, struct projection *copy, const struct row_head *head,
			   const struct record_view *view, const ProtobufCBinaryData *bytes, struct err *err)
{
	struct pg_rows *rows;
	struct arena arena;
	struct problems problems = {0};
	struct pg_param params[] = {pg_text(head->office_code), pg_uuid(view->record->item_id.data),
				    pg_uuid(view->record->revision_id.data)};
	if (pg_exec(pg, SQL_revision_source, params, 3, &rows, err) < 0)
		return REPEAT_FAILED;
	if (pg_rows_count(rows) == 0) {
		pg_rows_free(&rows);
		return REPEAT_NONE;
	}
	if (pg_is_null(rows, 0, 2)) {
		pg_rows_free(&rows);
		return look_closer(pg, copy, head, view, err);
	}
	size_t len;
	uint64_t place = (uint64_t)(pg_get_int(rows, 0, 0) - pg_get_int(rows, 0, 1));
	const uint8_t *body = pg_get_bytes(rows, 0, 2, &len);
	arena_init(&arena, WIRE_FLOOR_BYTES + len * WIRE_EXPANSION);
	const Zhibao__V1__Batch *batch = (const Zhibao__V1__Batch *)wire_unpack(
		&zhibao__v1__batch__descriptor, &arena, body, len, &problems);
	bool is_same = batch && place < batch->n_records && batch->records[place].len == bytes->len &&
		       memcmp(batch->records[place].data, bytes->data, bytes->len) == 0;
	arena_fini(&arena);
	pg_rows_free(&rows);
	return is_same ? REPEAT_SAME : REPEAT_OTHER;
}
