/* SPDX-License-Identifier: Apache-2.0 */
#include "project.h"

#include <stdlib.h>
#include <string.h>

#include "catalog_text.h"
#include "copyrow.h"

static const struct projection_column head_columns[] = {
	{"office_code", "text", false},
	{"item_id", "uuid", false},
	{"revision_id", "uuid", false},
	{"base_revision_id", "uuid", false},
	{"operation", "text", false},
	{"recorded_at", "timestamptz", false},
	{"author", "text", false},
	{"author_office_code", "text", false},
	{"received_at", "timestamptz", true},
	{"batch_id", "bigint", false},
	{"seq", "bigint", false},
	{"programme_version", "integer", false},
	{"correction_reason", "text", false},
};
enum { HEAD_COLUMNS = sizeof(head_columns) / sizeof(head_columns[0]) };

static const char *const types[] = {
	[FIELD_TEXT] = "text",        [FIELD_URL] = "text",        [FIELD_HEX] = "text",          [FIELD_CODE] = "text",
	[FIELD_COUNT] = "integer",    [FIELD_SIZE] = "bigint",     [FIELD_BOOL] = "boolean",      [FIELD_DATE] = "date",
	[FIELD_INSTANT] = "timestamptz", [FIELD_ENUM] = "text",    [FIELD_UUID] = "uuid",         [FIELD_DIGEST] = "bytea",
	[FIELD_TEXT_LIST] = "text[]", [FIELD_URL_LIST] = "text[]", [FIELD_UUID_LIST] = "uuid[]", [FIELD_ENUM_LIST] = "text[]",
	[FIELD_ROWS] = "jsonb",
};

bool projection_column(const struct catalog_kind *kind, size_t i, struct projection_column *out)
{
	if (i < HEAD_COLUMNS)
		*out = head_columns[i];
	else if (i < HEAD_COLUMNS + kind->field_count)
		*out = (struct projection_column){kind->fields[i - HEAD_COLUMNS].name, types[kind->fields[i - HEAD_COLUMNS].type],
						  false};
	return i < HEAD_COLUMNS + kind->field_count;
}

struct projection {
	struct buf rows[CATALOG_KIND_COUNT];       /* COPY data, empty when no row waits */
	struct buf statements[CATALOG_KIND_COUNT]; /* COPY statements */
	struct buf stamps[CATALOG_KIND_COUNT];     /* size_t: where in rows an instant of receipt is to be set */
};

int projection_new(struct projection **out, const char *schema, struct err *err)
{
	struct projection *projection = calloc(1, sizeof(*projection));
	*out = projection;
	bool is_failed = !projection;
	for (size_t k = 0; projection && k < CATALOG_KIND_COUNT; k++) {
		const struct catalog_kind *kind = catalog_kinds[k];
		struct buf *text = &projection->statements[k];
		struct projection_column column;
		buf_format(text, "COPY %s.%s (", schema, kind->name);
		for (size_t i = 0; projection_column(kind, i, &column); i++)
			buf_format(text, "%s%s", i ? ", " : "", column.name);
		buf_text(text, ") FROM STDIN (FORMAT binary)");
		is_failed = is_failed || text->is_failed;
	}
	if (!is_failed)
		return 0;
	err_set(err, ERR_NOMEM, "内存不足");
	projection_free(out);
	return -1;
}

void projection_free(struct projection **projection)
{
	if (!*projection)
		return;
	for (size_t k = 0; k < CATALOG_KIND_COUNT; k++) {
		buf_fini(&(*projection)->rows[k]);
		buf_fini(&(*projection)->statements[k]);
		buf_fini(&(*projection)->stamps[k]);
	}
	free(*projection);
	*projection = NULL;
}

void projection_reset(struct projection *projection)
{
	for (size_t k = 0; k < CATALOG_KIND_COUNT; k++) {
		buf_reset(&projection->rows[k]);
		buf_reset(&projection->stamps[k]);
	}
}

void projection_mark(const struct projection *projection, struct projection_mark *mark_out)
{
	for (size_t k = 0; k < CATALOG_KIND_COUNT; k++) {
		mark_out->rows[k] = projection->rows[k].len;
		mark_out->stamps[k] = projection->stamps[k].len;
	}
}

void projection_cut(struct projection *projection, const struct projection_mark *mark)
{
	for (size_t k = 0; k < CATALOG_KIND_COUNT; k++) {
		projection->rows[k].len = mark->rows[k];
		projection->stamps[k].len = mark->stamps[k];
	}
}

void projection_stamp(struct projection *projection, int64_t received_at_us)
{
	for (size_t k = 0; k < CATALOG_KIND_COUNT; k++) {
		struct buf *stamps = &projection->stamps[k], *rows = &projection->rows[k];
		rows->is_failed = rows->is_failed || stamps->is_failed;
		for (size_t i = 0; i < stamps->len && !rows->is_failed; i += sizeof(size_t)) {
			size_t at;
			memcpy(&at, stamps->data + i, sizeof(at));
			copyrow_set_instant(rows, at, received_at_us);
		}
		buf_reset(stamps);
	}
}

static void put_text(struct buf *out, const char *text)
{
	copyrow_bytes(out, text, strlen(text));
}

/* Records that were checked have a name for every number; those read back may have been tampered with. */
static const char *name_of(const struct catalog_field *field, int64_t number)
{
	const struct catalog_value *value = catalog_value_by_number(field, (int)number);
	return value ? value->name : "";
}

static void put_list(struct buf *out, const struct catalog_field *field,
		     const struct field_value *list)
{
	bool is_uuid = field->type == FIELD_UUID_LIST;
	size_t mark = copyrow_array_begin(out, is_uuid ? COPYROW_UUID : COPYROW_TEXT, list->count);
	for (size_t e = 0; e < list->count; e++) {
		struct field_value element;
		field_element(list, field->type, e, &element);
		if (field->type == FIELD_ENUM_LIST)
			put_text(out, name_of(field, element.number));
		else
			copyrow_bytes(out, element.data, element.len);
	}
	copyrow_array_end(out, mark);
}

static void put_rows(struct buf *out, const ProtobufCMessage *body,
		     const struct catalog_field *fields, size_t i)
{
	json_t *json = catalog_field_to_json(body, fields, i);
	char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
	if (text)
		copyrow_jsonb(out, text);
	else
		out->is_failed = true;
	free(text);
	json_decref(json);
}

static void put_field(struct buf *out, const struct record_view *view, size_t i)
{
	const struct catalog_field *field = &view->kind->fields[i];
	const struct field_value *value = &view->values[i];
	if (!value->is_set) {
		copyrow_null(out);
		return;
	}
	switch (field->type) {
	case FIELD_COUNT:
		copyrow_int4(out, (int32_t)value->number);
		break;
	case FIELD_SIZE:
		copyrow_int8(out, value->number);
		break;
	case FIELD_BOOL:
		copyrow_bool(out, value->number != 0);
		break;
	case FIELD_DATE:
		copyrow_date(out, (int32_t)value->number);
		break;
	case FIELD_INSTANT:
		copyrow_instant(out, value->number);
		break;
	case FIELD_ENUM:
		put_text(out, name_of(field, value->number));
		break;
	case FIELD_TEXT_LIST:
	case FIELD_URL_LIST:
	case FIELD_UUID_LIST:
	case FIELD_ENUM_LIST:
		put_list(out, field, value);
		break;
	case FIELD_ROWS:
		put_rows(out, view->body, view->kind->fields, i);
		break;
	default:
		copyrow_bytes(out, value->data, value->len);
		break;
	}
}

static void put_head(struct buf *out, struct buf *stamps, const Zhibao__V1__Record *record, const struct row_head *head)
{
	static const char *const operations[] = {"", "submit", "amend", "withdraw"};
	put_text(out, head->office_code);
	copyrow_bytes(out, record->item_id.data, 16);
	copyrow_bytes(out, record->revision_id.data, 16);
	if (record->base_revision_id.len == 16)
		copyrow_bytes(out, record->base_revision_id.data, 16);
	else
		copyrow_null(out);
	put_text(out, operations[record->operation]);
	copyrow_instant(out, record->recorded_at_us);
	put_text(out, record->author);
	put_text(out, head->author_office_code);
	if (head->received_at_us == 0)
		buf_append(stamps, &out->len, sizeof(out->len));
	copyrow_instant(out, head->received_at_us);
	copyrow_int8(out, head->batch_id);
	copyrow_int8(out, (int64_t)head->seq);
	copyrow_int4(out, (int32_t)record->programme_version);
	if (record->correction_reason[0])
		put_text(out, record->correction_reason);
	else
		copyrow_null(out);
}

void projection_add(struct projection *projection, const struct record_view *view, const struct row_head *head)
{
	size_t k = catalog_kind_index(view->kind);
	struct buf *out = &projection->rows[k];
	if (out->len == 0)
		copyrow_head(out);
	copyrow_begin(out, HEAD_COLUMNS + view->kind->field_count);
	put_head(out, &projection->stamps[k], view->record, head);
	for (size_t i = 0; i < view->kind->field_count; i++)
		put_field(out, view, i);
}

size_t projection_only_kind(const struct projection *projection, const struct buf **rows_out)
{
	size_t only = CATALOG_KIND_COUNT, kinds = 0;
	for (size_t k = 0; k < CATALOG_KIND_COUNT; k++)
		if (projection->rows[k].len > 0) {
			only = k;
			kinds++;
		}
	if (kinds != 1 || projection->rows[only].is_failed)
		return CATALOG_KIND_COUNT;
	*rows_out = &projection->rows[only];
	return only;
}

size_t projection_copies(struct projection *projection, struct pg_copy_data *copies)
{
	size_t count = 0;
	for (size_t k = 0; k < CATALOG_KIND_COUNT; k++) {
		struct buf *rows = &projection->rows[k];
		if (rows->len == 0)
			continue;
		copyrow_tail(rows);
		copies[count++] = (struct pg_copy_data){buf_string(&projection->statements[k]), rows};
	}
	return count;
}

int projection_flush(struct projection *projection, struct pg *pg, struct err *err)
{
	int rc = 0;
	for (size_t k = 0; k < CATALOG_KIND_COUNT && rc == 0; k++) {
		struct buf *rows = &projection->rows[k];
		if (rows->len == 0)
			continue;
		copyrow_tail(rows);
		rc = pg_copy(pg, buf_string(&projection->statements[k]), rows, err);
		buf_reset(rows);
	}
	return rc;
}
