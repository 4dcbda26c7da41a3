/* SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands_private.h"
#include "enrolment.h"
#include "outfiles.h"
#include "uuid.h"

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text ? text : "";
}

static const char *media_type_of(const char *path)
{
	static const struct {
		const char *ending, *type;
	} types[] = {{".pdf", "application/pdf"}, {".jpg", "image/jpeg"},  {".jpeg", "image/jpeg"},
		     {".png", "image/png"},       {".mp4", "video/mp4"},   {".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		     {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
		     {".zip", "application/zip"}, {".txt", "text/plain"}};
	size_t len = strlen(path);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (len > strlen(types[i].ending) &&
		    strcasecmp(path + len - strlen(types[i].ending), types[i].ending) == 0)
			return types[i].type;
	return "application/octet-stream";
}

int command_attach(struct options *options)
{
	char dir[PATH_MAX], digest[2 * OUTFILES_ID_BYTES + 1];
	uint8_t file_id[OUTFILES_ID_BYTES];
	uint64_t size;
	struct err err = {0};
	if (!options->subject)
		return command_complain(EXIT_USAGE, "E_USAGE 用法：attach 文件 [--item 编号]");
	int exit_code = command_load_conf(options);
	if (exit_code)
		return exit_code;
	snprintf(dir, sizeof(dir), "%s/files", conf_text(options->conf, "agent.state_dir"));
	if (outfiles_import(options->subject, dir, file_id, &size, &err) < 0)
		return command_complain(err_exit_code(err.code), err.text);
	hex_format(file_id, sizeof(file_id), digest);
	const char *slash = strrchr(options->subject, '/');
	json_t *answer = command_ask(
		options,
		json_pack("{s:s, s:s, s:I, s:s, s:s, s:s}", "op", "attach", "digest", digest, "size", (json_int_t)size,
			  "name", slash ? slash + 1 : options->subject, "media_type",
			  options->media_type ? options->media_type : media_type_of(options->subject), "item_id",
			  options->item ? options->item : ""),
		&exit_code);
	if (exit_code == 0 && !options->is_json)
		printf("%s 已存入待送附件\n", digest);
	json_decref(answer);
	return exit_code;
}

static int print_list(struct options *options, const char *op, const char *key,
		      void (*print)(const json_t *entry))
{
	size_t i;
	json_t *entry;
	int exit_code = command_load_conf(options);
	if (exit_code)
		return exit_code;
	json_t *answer = command_ask(options, json_pack("{s:s, s:I}", "op", op, "limit", (json_int_t)options->limit),
				     &exit_code);
	if (exit_code == 0 && !options->is_json)
		json_array_foreach(json_object_get(answer, key), i, entry)
			print(entry);
	json_decref(answer);
	return exit_code;
}

static void print_file(const json_t *file)
{
	const char *state = text_of(file, "state");
	const char *zh = strcmp(state, "done") == 0      ? "已送达"
			 : strcmp(state, "waiting") == 0 ? "待送达"
			 : strcmp(state, "refused") == 0 ? "被拒绝"
							 : "失败";
	printf("%s  %12lld  %s  %s %s\n", text_of(file, "digest"),
	       (long long)json_integer_value(json_object_get(file, "size")), zh, text_of(file, "name"),
	       text_of(file, "detail"));
}

int command_files(struct options *options)
{
	return print_list(options, "files", "files", print_file);
}

static void print_message(const json_t *message)
{
	static const struct {
		const char *name, *zh;
	} words[] = {{"notice", "通知"},   {"review", "审核"},   {"programme", "活动包"}, {"extension", "延期"},
		     {"accepted", "审核通过"}, {"returned", "已退回"}, {"rejected", "不予采纳"}, {"pending", "待审"}};
	const char *kind = text_of(message, "kind"), *verdict = text_of(message, "verdict");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i].name, kind) == 0)
			kind = words[i].zh;
		if (strcmp(words[i].name, verdict) == 0)
			verdict = words[i].zh;
	}
	printf("%lld  %s  %s%s%s  %s  %s\n", (long long)json_integer_value(json_object_get(message, "seq")),
	       text_of(message, "created_at"), kind, *verdict ? "：" : "", verdict, text_of(message, "title"),
	       text_of(message, "author"));
	if (*text_of(message, "text"))
		printf("    %s\n", text_of(message, "text"));
	if (*text_of(message, "item_id"))
		printf("    记录 %s\n", text_of(message, "item_id"));
}

int command_inbox(struct options *options)
{
	return print_list(options, "inbox", "messages", print_message);
}

int command_receipt(struct options *options)
{
	if (!options->subject)
		return command_complain(EXIT_USAGE, "E_USAGE 用法：receipt 编号");
	int exit_code = command_load_conf(options);
	if (exit_code)
		return exit_code;
	bool wants_json = options->is_json;
	options->is_json = false;
	json_t *answer = command_ask(options, json_pack("{s:s, s:s}", "op", "receipt", "item_id", options->subject),
				     &exit_code);
	options->is_json = wants_json;
	if (exit_code == 0)
		command_print_json(json_object_get(answer, "receipt"));
	json_decref(answer);
	return exit_code;
}

int command_rotate(struct options *options)
{
	int exit_code = command_load_conf(options);
	if (exit_code)
		return exit_code;
	json_t *answer = command_ask(options, json_pack("{s:s}", "op", "rotate"), &exit_code);
	if (exit_code == 0 && !options->is_json)
		puts("新密钥已生成，中心登记后自动换用");
	json_decref(answer);
	return exit_code;
}

/* The key of this machine: the one that is there, or a new one. */
static int ready_keys(const char *path, struct mq_keys *keys, struct err *err)
{
	if (access(path, F_OK) == 0)
		return mq_keys_read(path, true, keys, err);
	if (mq_keys_generate(keys, err) < 0)
		return -1;
	return mq_keys_write(path, keys, true, err);
}

int command_enrol(struct options *options)
{
	struct enrol_file file;
	struct mq_keys keys, server = {0};
	struct err err = {0};
	if (!options->subject)
		return command_complain(EXIT_USAGE, "E_USAGE 用法：enrol 登记文件");
	int exit_code = command_load_conf(options);
	if (exit_code)
		return exit_code;
	const struct conf *conf = options->conf;
	if (enrol_file_read(options->subject, &file, &err) < 0 ||
	    ready_keys(conf_text(conf, "agent.key"), &keys, &err) < 0 ||
	    enrolment_run(&file, conf_text(conf, "agent.office_code"), options->label ? options->label : "", &keys, &err) < 0)
		return command_complain(err_exit_code(err.code), err.text);
	memcpy(server.public_key, file.server_public_key, KEY_BYTES);
	if (mq_keys_write(conf_text(conf, "collector.public_key"), &server, false, &err) < 0)
		return command_complain(err_exit_code(err.code), err.text);
	unlink(options->subject); /* spent */
	printf("单位 %s 已登记本机\n", file.office_code);
	if (strcmp(conf_text(conf, "collector.endpoints"), file.endpoints) != 0)
		printf("提示：中心的接入地址为 %s，配置为 %s\n", file.endpoints, conf_text(conf, "collector.endpoints"));
	return 0;
}
