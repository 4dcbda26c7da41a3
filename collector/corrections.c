/* SPDX-License-Identifier: Apache-2.0 */
#include "corrections.h"

#include <stdlib.h>
#include <string.h>

#include "copyrow.h"
#include "sql.h"

/* An item ends when somebody has read its first revision and rejected it. What its author makes within a second of the item
 * is no answer to that: it is the first revision itself. */
enum { NEW_ITEM_MS = 1000 };

/* Milliseconds since 1970 in a UUID of version 7. */
static int64_t made_at_ms(const ProtobufCBinaryData *id)
{
	int64_t ms = 0;
	for (size_t i = 0; i < 6; i++)
		ms = ms << 8 | id->data[i];
	return ms;
}

bool corrections_is_one(const Zhibao__V1__Record *record)
{
	if (record->base_revision_id.len > 0)
		return true;
	int64_t later_ms = made_at_ms(&record->revision_id) - made_at_ms(&record->item_id);
	return later_ms > NEW_ITEM_MS || later_ms < -NEW_ITEM_MS;
}

int corrections_add(struct corrections *corrections, const struct correction *correction, struct err *err)
{
	if (corrections->count == corrections->room) {
		size_t room = corrections->room ? corrections->room * 2 : 16;
		struct correction *items = realloc(corrections->items, room * sizeof(*items));
		if (!items) {
			err_set(err, ERR_NOMEM, "内存不足");
			return -1;
		}
		corrections->items = items;
		corrections->room = room;
	}
	corrections->items[corrections->count++] = *correction;
	return 0;
}

void corrections_fini(struct corrections *corrections)
{
	free(corrections->items);
	*corrections = (struct corrections){0};
}

enum { OFFICE, AUTHOR_OFFICE, ITEM, REVISION, COLUMNS };
static const enum copyrow_element types[COLUMNS] = {COPYROW_TEXT, COPYROW_TEXT, COPYROW_UUID, COPYROW_UUID};

static bool fill(const struct corrections *corrections, struct buf columns[COLUMNS])
{
	bool is_filled = true;
	for (int c = 0; c < COLUMNS; c++)
		copyrow_array_begin(&columns[c], types[c], corrections->count);
	for (size_t i = 0; i < corrections->count; i++) {
		const struct correction *one = &corrections->items[i];
		copyrow_bytes(&columns[OFFICE], one->office_code, strlen(one->office_code));
		copyrow_bytes(&columns[AUTHOR_OFFICE], one->job->office_code, strlen(one->job->office_code));
		copyrow_bytes(&columns[ITEM], one->item_id, 16);
		copyrow_bytes(&columns[REVISION], one->revision_id, 16);
	}
	for (int c = 0; c < COLUMNS; c++) {
		copyrow_array_end(&columns[c], 0);
		is_filled = is_filled && !columns[c].is_failed;
	}
	return is_filled;
}

static int ask(struct corrections *corrections, struct pg *pg, const struct buf columns[COLUMNS], struct err *err)
{
	struct pg_param params[COLUMNS];
	struct pg_rows *rows;
	for (int c = 0; c < COLUMNS; c++)
		params[c] = pg_array(types[c], &columns[c]);
	if (pg_exec(pg, SQL_ended_revisions, params, COLUMNS, &rows, err) < 0)
		return -1;
	for (int row = 0; row < pg_rows_count(rows); row++) {
		int64_t place = pg_get_int(rows, row, 0);
		if (place >= 1 && (size_t)place <= corrections->count)
			corrections->items[place - 1].is_of_ended = true;
	}
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

int corrections_judge(struct corrections *corrections, struct pg *pg, struct err *err)
{
	struct buf columns[COLUMNS] = {{0}};
	int rc = 0;
	if (corrections->count == 0)
		return 0;
	if (fill(corrections, columns)) {
		rc = ask(corrections, pg, columns, err);
	} else {
		err_set(err, ERR_NOMEM, "内存不足");
		rc = -1;
	}
	for (int c = 0; c < COLUMNS; c++)
		buf_fini(&columns[c]);
	return rc;
}
