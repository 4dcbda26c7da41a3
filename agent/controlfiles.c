/* SPDX-License-Identifier: Apache-2.0 */
#include "controlfiles.h"

#include <string.h>

#include "receiptbook.h"

json_t *control_refuse(const char *code, const char *message)
{
	return json_pack("{s:b, s:[{s:i, s:s, s:s, s:s}]}", "ok", 0, "problems", "row", 0, "code", code,
			 "field", "", "message", message);
}

json_t *control_refuse_err(const struct err *err)
{
	json_t *answer = control_refuse("E_AGENT", err->text);
	json_object_set_new(answer, "exit", json_integer(err_exit_code(err->code)));
	return answer;
}

struct call {
	struct agent *agent;
	const char *office_code;
	const json_t *request;
};

static const char *text_of(const struct call *call, const char *key)
{
	const char *text = json_string_value(json_object_get(call->request, key));
	return text ? text : "";
}

static uint64_t limit_of(const struct call *call)
{
	json_int_t limit = json_integer_value(json_object_get(call->request, "limit"));
	return limit > 0 ? (uint64_t)limit : 50;
}

static json_t *answer_list(const char *name, json_t *list, const struct err *err)
{
	return list ? json_pack("{s:b, s:o}", "ok", 1, name, list) : control_refuse_err(err);
}

static json_t *do_attach(const struct call *call)
{
	uint8_t digest[OUTFILES_ID_BYTES];
	struct uuid item;
	struct err err = {0};
	const char *item_text = text_of(call, "item_id"), *digest_text = text_of(call, "digest");
	struct outfiles_entry entry = {
		.size_bytes = (uint64_t)json_integer_value(json_object_get(call->request, "size")),
		.name = text_of(call, "name"),
		.media_type = text_of(call, "media_type"),
		.item_id = item_text[0] ? item.bytes : NULL,
	};
	if (hex_parse(digest_text, strlen(digest_text), digest, sizeof(digest)) < 0)
		return control_refuse("E_REQUEST", "附件摘要无效");
	if (item_text[0] && uuid_parse(item_text, strlen(item_text), &item) < 0)
		return control_refuse("E_ID_BAD", "记录编号应为 UUID");
	memcpy(entry.file_id, digest, sizeof(digest));
	if (sender_attach(agent_sender(call->agent), &entry, &err) < 0)
		return control_refuse_err(&err);
	return json_pack("{s:b, s:s}", "ok", 1, "digest", digest_text);
}

static json_t *do_files(const struct call *call)
{
	struct err err = {0};
	return answer_list("files", outfiles_list(agent_outbox(call->agent), limit_of(call), &err), &err);
}

static json_t *do_inbox(const struct call *call)
{
	struct err err = {0};
	return answer_list("messages", inbox_list(agent_outbox(call->agent), limit_of(call), &err), &err);
}

static json_t *do_receipt(const struct call *call)
{
	struct uuid item;
	struct err err = {0};
	const char *text = text_of(call, "item_id");
	if (uuid_parse(text, strlen(text), &item) < 0)
		return control_refuse("E_ID_BAD", "记录编号应为 UUID");
	return answer_list("receipt", receiptbook_proof(agent_outbox(call->agent), item.bytes, call->office_code, &err),
			   &err);
}

static json_t *do_rotate(const struct call *call)
{
	struct err err = {0};
	if (sender_rotate(agent_sender(call->agent), &err) < 0)
		return control_refuse_err(&err);
	return json_pack("{s:b}", "ok", 1);
}

json_t *control_files_do(struct agent *agent, const char *office_code, const char *op, const json_t *request)
{
	static const struct {
		const char *op;
		json_t *(*run)(const struct call *call);
	} calls[] = {{"attach", do_attach},
		     {"files", do_files},
		     {"inbox", do_inbox},
		     {"receipt", do_receipt},
		     {"rotate", do_rotate}};
	struct call call = {agent, office_code, request};
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (strcmp(calls[i].op, op) == 0)
			return calls[i].run(&call);
	return NULL;
}
