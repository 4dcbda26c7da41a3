/* SPDX-License-Identifier: Apache-2.0 */
#include "export.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "calendar.h"
#include "exportcode.h"
#include "pgcursor.h"
#include "sql.h"

enum { ROWS_AT_ONCE = 400 };

struct export_format {
	const char *name, *content_type, *file_name;
	bool wants_kind;
	const char *(*statement)(void);
	void (*head)(struct buf *out, const struct export *export);
	int (*row)(struct buf *out, struct export *export, struct pg_rows *rows, int row,
		   struct err *err);
	const char *tail;
};

struct export
{
	struct pg *pg;
	const struct export_format *format;
	const struct catalog_kind *kind;
	uint64_t values; /* written so far, of dhis2 */
	bool has_head, is_done;
};

void export_cell(struct buf *out, const char *text, bool is_text)
{
	/* What a spreadsheet would take for a formula, in the wide forms of a Chinese keyboard,
	 * too. */
	static const char *const openers[] = {"=",  "+",  "-",  "@",  "\t",
					      "\r", "＝", "＋", "－", "＠"};
	bool is_guarded = false;
	for (size_t i = 0; is_text && i < sizeof(openers) / sizeof(openers[0]); i++)
		is_guarded = is_guarded || strncmp(text, openers[i], strlen(openers[i])) == 0;
	if (!is_guarded && !strpbrk(text, ",\"\r\n") && text[0] != ' ' &&
	    (!text[0] || text[strlen(text) - 1] != ' ')) {
		buf_text(out, text);
		return;
	}
	buf_text(out, is_guarded ? "\"'" : "\"");
	for (const char *at = text; *at; at++) {
		if (*at == '"')
			buf_append(out, "\"", 1);
		buf_append(out, at, 1);
	}
	buf_text(out, "\"");
}

enum {
	FIGURE_NODE,
	FIGURE_INDICATOR,
	FIGURE_PART,
	FIGURE_NUMERATOR,
	FIGURE_DENOMINATOR,
	FIGURE_VALUE,
	FIGURE_ON,
	FIGURE_AS_OF,
	FIGURE_RULE,
	FIGURE_STYLE,
	FIGURE_UNIT,
	FIGURE_INDICATOR_ZH,
	FIGURE_PART_ZH
};

static const char *figures_statement(void)
{
	return SQL_export_figures;
}

static const char *shares_statement(void)
{
	return SQL_export_shares;
}

static const char *records_statement(void)
{
	return SQL_export_records;
}

static void sdmx_head(struct buf *out, const struct export *export)
{
	(void)export;
	buf_text(out, "STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA,INDICATOR,BREAKDOWN,TIME_PERIOD,OBS_"
		      "VALUE,UNIT_MEASURE,OBS_STATUS,"
		      "NUMERATOR,DENOMINATOR,AS_OF,RULE_VERSION,UNIT_NAME,INDICATOR_NAME,BREAKDOWN_"
		      "NAME\r\n");
}

static int sdmx_row(struct buf *out, struct export *export, struct pg_rows *rows, int row,
		    struct err *err)
{
	char day[DATE_TEXT_SIZE], instant[INSTANT_TEXT_SIZE];
	bool has_numerator = !pg_is_null(rows, row, FIGURE_NUMERATOR);
	bool has_denominator = !pg_is_null(rows, row, FIGURE_DENOMINATOR);
	bool is_hidden = !has_numerator && has_denominator &&
			 pg_get_int(rows, row, FIGURE_DENOMINATOR) > 0; /* too few to be told */
	bool is_missing = pg_is_null(rows, row, FIGURE_VALUE);
	const char *part = pg_get_text(rows, row, FIGURE_PART);
	const char *style = pg_get_text(rows, row, FIGURE_STYLE),
		   *unit = pg_get_text(rows, row, FIGURE_UNIT);
	(void)export;
	(void)err;
	date_format(pg_get_date(rows, row, FIGURE_ON), day);
	instant_format(pg_get_instant(rows, row, FIGURE_AS_OF), instant);
	buf_text(out, "dataflow,ZHIBAO:DF_INDICATORS(1.0.0),I,");
	export_code(out, pg_get_text(rows, row, FIGURE_NODE));
	buf_text(out, ",");
	export_code(out, pg_get_text(rows, row, FIGURE_INDICATOR));
	buf_text(out, ",");
	export_code(out, *part ? part : "_T");
	buf_format(out, ",%s,%s,%s,%s,", day,
		   is_missing ? "NaN" : pg_get_text(rows, row, FIGURE_VALUE),
		   export_unit(style, unit),
		   is_hidden    ? "Q"
		   : is_missing ? "M" /* 不适用: nothing to divide by, or nothing to count */
				: "A");
	if (has_numerator)
		buf_format(out, "%lld", (long long)pg_get_int(rows, row, FIGURE_NUMERATOR));
	buf_text(out, ",");
	if (has_denominator)
		buf_format(out, "%lld", (long long)pg_get_int(rows, row, FIGURE_DENOMINATOR));
	buf_format(out, ",%s,", instant);
	export_cell(out, pg_get_text(rows, row, FIGURE_RULE), true);
	buf_text(out, ",");
	export_cell(out, strcmp(style, "percent") == 0 ? "%" : unit, true);
	buf_text(out, ",");
	export_cell(out, pg_get_text(rows, row, FIGURE_INDICATOR_ZH), true);
	buf_text(out, ",");
	export_cell(out, pg_get_text(rows, row, FIGURE_PART_ZH), true);
	buf_text(out, "\r\n");
	return 0;
}

static void dhis2_head(struct buf *out, const struct export *export)
{
	(void)export;
	buf_text(out, "{\"dataValues\":[");
}

/* In words what the code stands for, and what the value was made from. */
static char *dhis2_comment(struct pg_rows *rows, int row, const char *word)
{
	char instant[INSTANT_TEXT_SIZE];
	const char *part = pg_get_text(rows, row, FIGURE_PART_ZH);
	struct buf text = {0};
	instant_format(pg_get_instant(rows, row, FIGURE_AS_OF), instant);
	buf_format(&text, "%s·%s %s，as_of %s，%s", pg_get_text(rows, row, FIGURE_INDICATOR_ZH),
		   part, word, instant, pg_get_text(rows, row, FIGURE_RULE));
	json_t *comment = text.is_failed ? NULL : json_string(buf_string(&text));
	char *written = comment ? json_dumps(comment, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
	json_decref(comment);
	buf_fini(&text);
	return written;
}

static void dhis2_value(struct buf *out, struct pg_rows *rows, int row, const char *suffix,
			const char *word, int64_t value, bool is_first)
{
	char day[DATE_TEXT_SIZE];
	char *comment = dhis2_comment(rows, row, word);
	date_format(pg_get_date(rows, row, FIGURE_ON), day);
	buf_text(out, is_first ? "\n{\"dataElement\":\"" : ",\n{\"dataElement\":\"");
	export_element(out, pg_get_text(rows, row, FIGURE_INDICATOR),
		       pg_get_text(rows, row, FIGURE_PART), suffix);
	buf_format(out, "\",\"period\":\"%.4s%.2s%.2s\",\"orgUnit\":\"", day, day + 5, day + 8);
	export_code(out, pg_get_text(rows, row, FIGURE_NODE));
	buf_format(out, "\",\"value\":\"%lld\",\"comment\":", (long long)value);
	buf_text(out, comment ? comment : "\"\"");
	buf_text(out, "}");
	out->is_failed = out->is_failed || !comment;
	free(comment);
}

static int dhis2_row(struct buf *out, struct export *export, struct pg_rows *rows, int row,
		     struct err *err)
{
	static const struct {
		int column;
		const char *suffix, *word;
	} parts[] = {{FIGURE_NUMERATOR, "NUM", "分子"}, {FIGURE_DENOMINATOR, "DEN", "分母"}};
	(void)err;
	for (size_t i = 0; i < 2; i++)
		if (!pg_is_null(rows, row, parts[i].column))
			dhis2_value(out, rows, row, parts[i].suffix, parts[i].word,
				    pg_get_int(rows, row, parts[i].column), export->values++ == 0);
	return 0;
}

/* Columns before the fields of the kind: heading, key in the record; those without a key come
 * beside it. */
static const struct {
	const char *label_zh, *key;
} record_head[] = {
	{"单位代码", "office_code"},
	{"单位名称", NULL},
	{"记录编号", "item_id"},
	{"版本编号", "revision_id"},
	{"版本号", NULL},
	{"有争议", NULL},
	{"操作", "operation"},
	{"接收时间", "received_at"},
	{"录入时间", "recorded_at"},
	{"经办人", "author"},
	{"报送单位", "author_office_code"},
	{"活动版本", "programme_version"},
};

static void csv_head(struct buf *out, const struct export *export)
{
	buf_text(out, "\xEF\xBB\xBF"); /* so that spreadsheets read UTF-8 */
	for (size_t i = 0; i < sizeof(record_head) / sizeof(record_head[0]); i++)
		buf_format(out, "%s%s", i ? "," : "", record_head[i].label_zh);
	for (size_t i = 0; i < export->kind->field_count; i++) {
		buf_text(out, ",");
		export_cell(out, export->kind->fields[i].label_zh, true);
	}
	buf_text(out, "\r\n");
}

static const char *label_of(const struct catalog_field *field, const char *name)
{
	const struct catalog_value *value = field ? catalog_value_find(field, name) : NULL;
	return value ? value->label_zh : name;
}

static void list_cell(struct buf *out, const struct catalog_field *field, const json_t *list)
{
	struct buf text = {0};
	size_t i;
	json_t *element;
	json_array_foreach(list, i, element) buf_format(
		&text, "%s%s", i ? "；" : "", label_of(field, json_string_value(element)));
	export_cell(out, buf_string(&text), true);
	out->is_failed = out->is_failed || text.is_failed;
	buf_fini(&text);
}

static void value_cell(struct buf *out, const struct catalog_field *field, const json_t *value)
{
	if (json_is_string(value)) {
		const char *text = json_string_value(value);
		if (field && field->type == FIELD_DIGEST && strncmp(text, "\\x", 2) == 0)
			text += 2;
		export_cell(out, label_of(field, text), true);
	} else if (json_is_integer(value)) {
		buf_format(out, "%lld", (long long)json_integer_value(value));
	} else if (json_is_boolean(value)) {
		buf_text(out, json_is_true(value) ? "是" : "否");
	} else if (json_is_array(value) && field && field->type != FIELD_ROWS) {
		list_cell(out, field, value);
	} else if (json_is_array(value) || json_is_object(value)) {
		char *text = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS);
		export_cell(out, text ? text : "", true);
		free(text);
	}
}

static int csv_row(struct buf *out, struct export *export, struct pg_rows *rows, int row,
		   struct err *err)
{
	json_t *record = json_loads(pg_get_text(rows, row, 3), JSON_DISABLE_EOF_CHECK, NULL);
	if (!record) {
		err_set(err, ERR_INTERNAL, "export: 记录无法读取");
		return -1;
	}
	for (size_t i = 0; i < sizeof(record_head) / sizeof(record_head[0]); i++) {
		if (i)
			buf_text(out, ",");
		if (record_head[i].key)
			value_cell(out, NULL, json_object_get(record, record_head[i].key));
		else if (i == 1)
			export_cell(out, pg_get_text(rows, row, 0), true);
		else if (i == 4)
			buf_format(out, "%lld", (long long)pg_get_int(rows, row, 1));
		else
			buf_text(out, pg_get_bool(rows, row, 2) ? "是" : "否");
	}
	for (size_t i = 0; i < export->kind->field_count; i++) {
		buf_text(out, ",");
		value_cell(out, &export->kind->fields[i],
			   json_object_get(record, export->kind->fields[i].name));
	}
	buf_text(out, "\r\n");
	json_decref(record);
	return 0;
}

static const struct export_format formats[] = {
	{"sdmx", "application/vnd.sdmx.data+csv; version=2.0.0", "zhibao-sdmx.csv", false,
	 figures_statement, sdmx_head, sdmx_row, ""},
	{"dhis2", "application/json", "zhibao-dhis2.json", false, shares_statement, dhis2_head,
	 dhis2_row, "\n]}\n"},
	{"csv", "text/csv; charset=utf-8", "zhibao-records.csv", true, records_statement, csv_head,
	 csv_row, ""},
};

const struct export_format *export_format_find(const char *name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	return NULL;
}

const char *export_content_type(const struct export_format *format)
{
	return format->content_type;
}

const char *export_file_name(const struct export_format *format)
{
	return format->file_name;
}

bool export_wants_kind(const struct export_format *format)
{
	return format->wants_kind;
}

int export_open(struct export **out, struct pg *pg, const struct export_options *options,
		struct err *err)
{
	struct pg_param second =
		options->format->wants_kind ? pg_text(options->kind->name) : options->on;
	struct pg_param params[] = {pg_text(options->node), second, options->as_of};
	*out = NULL;
	struct export *export = calloc(1, sizeof(*export));
	if (!export) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	export->pg = pg;
	export->format = options->format;
	export->kind = options->kind;
	if (pg_cursor_open(pg, options->format->statement(), params, 3, err) < 0) {
		free(export);
		return -1;
	}
	*out = export;
	return 0;
}

int export_next(struct export *export, struct buf *out, struct err *err)
{
	struct pg_rows *rows = NULL;
	int rc = -1;
	if (export->is_done)
		return 0;
	if (pg_cursor_fetch(export->pg, ROWS_AT_ONCE, &rows, err) < 0)
		return -1;
	if (!export->has_head)
		export->format->head(out, export);
	export->has_head = true;
	int count = pg_rows_count(rows);
	for (int row = 0; row < count; row++)
		if (export->format->row(out, export, rows, row, err) < 0)
			goto out;
	if (count == 0) {
		export->is_done = true;
		buf_text(out, export->format->tail);
	}
	if (pg_rows_check(rows, err) < 0)
		goto out;
	if (out->is_failed)
		err_set(err, ERR_NOMEM, "内存不足");
	else
		rc = 1;
out:
	pg_rows_free(&rows);
	return rc;
}

void export_close(struct export **export)
{
	if (!*export)
		return;
	pg_cursor_close((*export)->pg);
	free(*export);
	*export = NULL;
}
