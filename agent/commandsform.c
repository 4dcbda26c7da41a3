/* SPDX-License-Identifier: Apache-2.0 */
/* The statistics form on the command line: a proposal as a sheet, and the sheet filled in. */
#include <stdio.h>
#include <string.h>

#include "calendar.h"
#include "clock.h"
#include "commands_private.h"
#include "formsheet.h"

enum { SHEET_MAX_BYTES = 1 << 20 };

static const char usage[] =
	"E_USAGE 用法：form propose --period mid_year|year_end [--scope own|with_subordinates] [--filled_on 日期] [--out 文件.csv]\n"
	"              form fill --from 文件.csv [--item 编号] [--字段 值 …]";

/* Takes an option that is no field of the form; NULL when it is absent. A new reference. */
static json_t *take_option(struct options *options, const char *name)
{
	json_t *value = json_object_get(options->fields, name);
	json_incref(value);
	json_object_del(options->fields, name);
	return value;
}

static void default_field(json_t *fields, const char *name, const char *value)
{
	if (!json_object_get(fields, name))
		json_object_set_new(fields, name, json_string(value));
}

static int write_sheet(const char *path, const struct buf *sheet)
{
	FILE *file = path ? fopen(path, "wb") : stdout;
	bool is_written = file && fwrite(sheet->data, 1, sheet->len, file) == sheet->len;
	if (file && path && fclose(file) != 0)
		is_written = false;
	if (is_written)
		return 0;
	fprintf(stderr, "E_IO 无法写入 %s\n", path ? path : "标准输出");
	return 74;
}

static int propose(struct options *options)
{
	char today[DATE_TEXT_SIZE];
	struct buf sheet = {0};
	int exit_code = command_load_conf(options);
	if (exit_code)
		return exit_code;
	date_format(shanghai_date(clock_now_us(clock_system())), today);
	json_t *out = take_option(options, "out"), *fields = options->fields;
	default_field(fields, "scope", "own");
	default_field(fields, "filled_on", today);
	default_field(fields, "filled_by", options->author ? options->author : conf_text(options->conf, "agent.author"));
	json_t *answer = command_ask(options,
				     json_pack("{s:s, s:O?, s:O, s:O}", "op", "propose", "period",
					       json_object_get(fields, "period"), "scope", json_object_get(fields, "scope"),
					       "filled_on", json_object_get(fields, "filled_on")),
				     &exit_code);
	if (exit_code == 0 && !options->is_json) {
		formsheet_write(&sheet, answer, fields);
		exit_code = write_sheet(json_string_value(out), &sheet);
		fprintf(stderr, "建议数截至 %s，按已送达中心的记录得出，请逐项核对\n",
			json_string_value(json_object_get(answer, "as_of")));
	}
	buf_fini(&sheet);
	json_decref(out);
	json_decref(answer);
	return exit_code;
}

static int fill(struct options *options)
{
	struct csv_table table;
	struct err err = {0};
	json_t *from = take_option(options, "from");
	const char *path = json_string_value(from);
	if (!path) {
		json_decref(from);
		return command_complain(EXIT_USAGE, usage);
	}
	if (csv_table_read(path, SHEET_MAX_BYTES, &table, &err) < 0) {
		json_decref(from);
		return command_complain(err_exit_code(err.code), err.text);
	}
	json_t *fields = formsheet_read(&table, &err);
	csv_table_fini(&table);
	json_decref(from);
	if (!fields)
		return command_complain(err_exit_code(err.code), err.text);
	json_object_update(fields, options->fields); /* what is said on the command line wins */
	json_decref(options->fields);
	options->fields = fields;
	int exit_code = command_load_conf(options);
	if (exit_code)
		return exit_code;
	options->subject = options->item ? options->item : "statistics_form";
	return command_enter(options, options->item ? "amend" : NULL);
}

int command_form(struct options *options)
{
	if (options->subject && strcmp(options->subject, "propose") == 0 && json_object_get(options->fields, "period"))
		return propose(options);
	if (options->subject && strcmp(options->subject, "fill") == 0)
		return fill(options);
	return command_complain(EXIT_USAGE, usage);
}
