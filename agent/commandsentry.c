/* SPDX-License-Identifier: Apache-2.0 */
#include "commands_private.h"

#include <stdio.h>
#include <string.h>

#include "importer.h"

static int print_kinds(void)
{
	puts("记录类别：");
	for (size_t i = 0; i < CATALOG_KIND_COUNT; i++)
		printf("  %-18s %s\n", catalog_kinds[i]->name, catalog_kinds[i]->label_zh);
	return 0;
}

static int print_fields(const struct catalog_kind *kind)
{
	static const char *const types[] = {"文字", "网址", "十六进制", "单位代码", "整数", "整数", "是/否",
					    "日期 2024-03-25", "时间 2024-03-25T09:00:00+08:00", "选项", "记录编号",
					    "摘要", "多个，用；分隔", "多个网址，用；分隔", "多个记录编号，用；分隔",
					    "多个选项，用；分隔", "JSON 数组"};
	printf("%s（%s）的字段，* 为必填：\n", kind->label_zh, kind->name);
	puts("    --correction_reason  更正原因（不是内容；更正、撤回时写作 --reason）");
	for (size_t i = 0; i < kind->field_count; i++) {
		const struct catalog_field *field = &kind->fields[i];
		printf("  %s --%s  %s（%s%s%s）", field->is_required ? "*" : " ", field->name,
		       field->label_zh, types[field->type], field->unit ? "，" : "",
		       field->unit ? field->unit : "");
		for (size_t v = 0; v < field->value_count; v++)
			printf("%s%s %s", v ? " | " : "  ", field->values[v].name, field->values[v].label_zh);
		putchar('\n');
	}
	return 0;
}

static const char *author(const struct options *options)
{
	return options->author ? options->author : conf_text(options->conf, "agent.author");
}

/* The reason of a correction: --reason, or written as a field, which it is not. */
static json_t *take_reason(struct options *options)
{
	static const char *const names[] = {"correction_reason", "更正原因"};
	json_t *reason = options->reason ? json_string(options->reason) : NULL;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!reason)
			reason = json_incref(json_object_get(options->fields, names[i]));
		json_object_del(options->fields, names[i]);
	}
	return reason;
}

int command_enter(struct options *options, const char *operation)
{
	int exit_code;
	json_t *reason = take_reason(options);
	if (!reason && options->reason)
		return command_complain(EXIT_DATA, "E_TEXT_ENCODING --reason：文字不是有效的 UTF-8");
	json_t *entry = json_pack("{s:O}", "fields", options->fields);
	if (operation) {
		json_object_set_new(entry, "operation", json_string(operation));
		json_object_set_new(entry, "item_id", json_string(options->subject));
	} else {
		json_object_set_new(entry, "kind", json_string(options->subject));
	}
	if (reason)
		json_object_set_new(entry, "correction_reason", reason);
	json_t *answer = command_ask(options,
			     json_pack("{s:s, s:[o], s:s, s:s, s:I}", "op", "enter", "entries", entry, "author",
				       author(options), "on_behalf_of",
				       options->on_behalf_of ? options->on_behalf_of : "", "wait_ms",
				       (json_int_t)options->wait_ms),
			     &exit_code);
	json_t *stored = json_array_get(json_object_get(answer, "stored"), 0);
	if (stored) {
		const char *state = json_string_value(json_object_get(stored, "state"));
		json_t *problem = json_object_get(stored, "problem");
		if (!options->is_json)
			printf("%s 已存入台账，%s\n", json_string_value(json_object_get(stored, "item_id")),
			       command_state_zh(state));
		if (problem) {
			fprintf(stderr, "%s %s：%s\n", json_string_value(json_object_get(problem, "code")),
				json_string_value(json_object_get(problem, "field")),
				json_string_value(json_object_get(problem, "message")));
			exit_code = EXIT_DATA;
		} else if (options->wait_ms && (!state || strcmp(state, "pending") == 0)) {
			exit_code = 75;
		}
	}
	json_decref(answer);
	return exit_code;
}

int command_record(struct options *options)
{
	if (!options->subject)
		return options->wants_help ? print_kinds() : command_complain(EXIT_USAGE, command_usage);
	const struct catalog_kind *kind = catalog_kind_find(options->subject);
	if (options->wants_help && kind)
		return print_fields(kind);
	if (!kind) {
		fprintf(stderr, "E_KIND_UNKNOWN 没有“%s”这种记录，可用的类别见 record --help\n", options->subject);
		return EXIT_DATA;
	}
	int rc = command_load_conf(options);
	return rc ? rc : command_enter(options, NULL);
}

static int do_change(struct options *options, const char *operation)
{
	if (!options->subject)
		return command_complain(EXIT_USAGE, command_usage);
	int rc = command_load_conf(options);
	return rc ? rc : command_enter(options, operation);
}

int command_amend(struct options *options)
{
	return do_change(options, "amend");
}

int command_withdraw(struct options *options)
{
	return do_change(options, "withdraw");
}

int command_import(struct options *options)
{
	const struct catalog_kind *kind = options->kind ? catalog_kind_find(options->kind) : NULL;
	struct import_result result;
	struct err err = {0};
	if (!options->subject || !options->kind)
		return command_complain(EXIT_USAGE, command_usage);
	if (!kind) {
		fprintf(stderr, "E_KIND_UNKNOWN 没有“%s”这种记录，可用的类别见 record --help\n", options->kind);
		return EXIT_DATA;
	}
	int rc = command_load_conf(options);
	if (rc)
		return rc;
	struct import_options import = {
		.file = options->subject,
		.socket_path = conf_text(options->conf, "agent.socket"),
		.kind = kind,
		.author = author(options),
		.on_behalf_of = options->on_behalf_of ? options->on_behalf_of : "",
		.correction_reason = options->reason,
		.rejected_path = options->rejected,
		.wait_ms = options->wait_ms,
	};
	rc = import_run(&import, &result, &err);
	if (result.was_gbk)
		fputs("提示：文件不是 UTF-8，已按 GBK 编码读取\n", stderr);
	if (rc < 0)
		command_complain(0, err.text);
	if (options->is_json) {
		json_t *answer = json_pack("{s:b, s:I, s:I, s:O?, s:s}", "ok", rc == 0 && !result.refused,
					   "stored", (json_int_t)result.stored, "refused",
					   (json_int_t)result.refused, "problems", result.problems,
					   "rejected", result.rejected_path);
		command_print_json(answer);
		json_decref(answer);
	} else if (result.problems) {
		command_print_problems(result.problems);
		printf("存入 %zu 行，退回 %zu 行%s%s\n", result.stored, result.refused,
		       result.rejected_path[0] ? "，退回的行见 " : "", result.rejected_path);
	}
	json_decref(result.problems);
	if (rc < 0)
		return err_exit_code(err.code);
	return result.refused ? EXIT_DATA : 0;
}
