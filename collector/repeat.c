/* SPDX-License-Identifier: Apache-2.0 */
#include "repeat.h"

#include <stdio.h>

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

int repeat_is_same(struct pg *pg, struct projection *copy, const struct catalog_kind *kind, const Zhibao__V1__Record *record,
		   const ProtobufCMessage *body, const struct row_head *head, bool *is_same_out, struct err *err)
{
	if (make_table(pg, kind->name, err) < 0)
		return -1;
	projection_add(copy, kind, record, body, head);
	return projection_flush(copy, pg, err) < 0 ? -1 : compare(pg, kind->name, is_same_out, err);
}
