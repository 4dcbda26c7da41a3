/* SPDX-License-Identifier: Apache-2.0 */
#include "commands_private.h"

#include <stdio.h>
#include <string.h>

const char *command_state_zh(const char *state)
{
	if (!state || strcmp(state, "pending") == 0)
		return "待送达";
	return strcmp(state, "delivered") == 0 ? "已送达" : "被退回";
}

static void print_record(const json_t *record)
{
	const json_t *problem = json_object_get(record, "problem");
	const char *title = json_string_value(json_object_get(record, "title"));
	printf("%s  %s  %-8s %s %s %s\n", json_string_value(json_object_get(record, "item_id")),
	       json_string_value(json_object_get(record, "recorded_at")),
	       json_string_value(json_object_get(record, "operation")),
	       command_state_zh(json_string_value(json_object_get(record, "state"))),
	       json_string_value(json_object_get(record, "label")), title ? title : "");
	if (problem)
		printf("    %s %s：%s\n", json_string_value(json_object_get(problem, "code")),
		       json_string_value(json_object_get(problem, "field")),
		       json_string_value(json_object_get(problem, "message")));
	const char *reason = json_string_value(json_object_get(record, "correction_reason"));
	if (reason)
		printf("    更正原因：%s\n", reason);
	const json_t *fields = json_object_get(record, "fields");
	if (fields) {
		json_dumpf(fields, stdout, JSON_INDENT(4));
		putchar('\n');
	}
}

/* Takes request. Asks page by page until limit records are there or no more come; a new reference, as command_ask. */
static json_t *ask_pages(struct options *options, json_t *request, json_int_t limit, int *exit_code)
{
	json_t *whole = command_ask(options, json_incref(request), exit_code), *page = whole, *next;
	json_t *records = json_object_get(whole, "records");
	while ((next = json_object_get(page, "next")) && (json_int_t)json_array_size(records) < limit) {
		json_object_set(request, "before", next);
		json_object_set_new(request, "limit", json_integer(limit - (json_int_t)json_array_size(records)));
		if (page != whole)
			json_decref(page);
		page = command_ask(options, json_incref(request), exit_code);
		json_array_extend(records, json_object_get(page, "records"));
	}
	if (page != whole)
		json_decref(page);
	json_decref(request);
	return whole;
}

static int list(struct options *options, json_t *request)
{
	int exit_code;
	size_t i;
	json_t *record;
	bool is_json = options->is_json;
	json_int_t limit = request ? json_integer_value(json_object_get(request, "limit")) : 0;
	options->is_json = false; /* one text, however many pages */
	json_t *answer = ask_pages(options, request, limit, &exit_code);
	options->is_json = is_json;
	json_object_del(answer, "next");
	if (is_json && answer)
		command_print_json(answer);
	else
		json_array_foreach(json_object_get(answer, "records"), i, record)
			print_record(record);
	json_decref(answer);
	return exit_code;
}

int command_list(struct options *options)
{
	int rc = command_load_conf(options);
	return rc ? rc : list(options, json_pack("{s:s, s:s?, s:I}", "op", "list", "kind", options->kind, "limit",
						 (json_int_t)options->limit));
}

int command_show(struct options *options)
{
	if (!options->subject)
		return command_complain(EXIT_USAGE, command_usage);
	int rc = command_load_conf(options);
	return rc ? rc : list(options, json_pack("{s:s, s:s, s:I}", "op", "list", "item_id", options->subject,
						 "limit", (json_int_t)1000));
}

int command_status(struct options *options)
{
	int rc = command_load_conf(options), exit_code;
	if (rc)
		return rc;
	json_t *answer = command_ask(options, json_pack("{s:s}", "op", "status"), &exit_code);
	if (answer && !options->is_json && exit_code == 0) {
		const char *texts[] = {"office_code", "单位", "endpoint", "中心", "outbox_uuid", "发件箱",
				       "oldest_pending_at", "最早待送", "acked_at", "最近确认"};
		const char *numbers[] = {"last_seq", "最新序号", "acked_seq", "已确认", "pending", "待送条数",
					 "pending_bytes", "待送字节", "quarantined", "被退回"};
		printf("连接  %s %s\n",
		       json_is_true(json_object_get(answer, "is_connected")) ? "已连接" : "未连接",
		       json_string_value(json_object_get(answer, "reason")));
		for (size_t i = 0; i < 10; i += 2)
			printf("%s  %s\n", texts[i + 1], json_string_value(json_object_get(answer, texts[i])));
		for (size_t i = 0; i < 10; i += 2)
			printf("%s  %lld\n", numbers[i + 1],
			       (long long)json_integer_value(json_object_get(answer, numbers[i])));
	}
	json_decref(answer);
	return exit_code;
}
