/* SPDX-License-Identifier: Apache-2.0 */
#include "commands_private.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "client.h"
#include "conf.h"
#include "daemon.h"
#include "importer.h"
#include "mqkeys.h"
#include "settings.h"

static const char usage[] =
	"用法：zhibao-agent [--config 文件] 命令 …\n"
	"  run                              运行后台程序\n"
	"  record 类别 --字段 值 …          记一条，record 类别 --help 列出字段\n"
	"  import 文件.csv --kind 类别      成批导入，--rejected 文件 指定退回行写到哪里\n"
	"  list [--kind 类别] [--limit 数]  台账，最新在前\n"
	"  show 编号                        一条记录的全部版本\n"
	"  amend 编号 --字段 值 …           更正，没写的字段不变\n"
	"  withdraw 编号                    撤回\n"
	"  status                           连接与待送情况\n"
	"  attach 文件 [--item 编号] [--media-type 类型]  报送附件，打印摘要\n"
	"  files | inbox                    附件的去向 | 中心下发的消息\n"
	"  receipt 编号                     打印中心签名的回执\n"
	"  enrol 登记文件 [--label 说明]    用一次性登记文件登记本机\n"
	"  rotate                           更换本机密钥\n"
	"  keygen 目录                      生成本机密钥\n"
	"  check-config | print-config      检查配置 | 打印配置样例\n"
	"通用选项：--author 姓名 --on-behalf-of 单位代码 --wait 秒 --json\n";

int command_complain(int code, const char *text)
{
	fprintf(stderr, "%s\n", text);
	return code;
}

int command_load_conf(struct options *options)
{
	struct err err = {0};
	if (conf_load(&options->conf, options->config, agent_settings, agent_setting_count, &err) == 0)
		return 0;
	return command_complain(err_exit_code(err.code), err.text);
}

/* --field value, with dashes or underscores, or --字段 值. */
static void take_field(struct options *options, const char *name, const char *value)
{
	char key[128];
	snprintf(key, sizeof(key), "%s", name);
	for (char *at = key; *at; at++)
		if (*at == '-')
			*at = '_';
	if (json_object_set_new(options->fields, key, json_string(value)) < 0 && !options->bad_field)
		options->bad_field = name; /* json_string takes UTF-8 only */
}

/* In record and amend only the first three are options: the others may be names of fields. */
static bool is_field_of_record(const struct options *options, size_t text)
{
	return text > 4 && options->command &&
	       (strcmp(options->command, "record") == 0 || strcmp(options->command, "amend") == 0);
}

static int parse(int argc, char **argv, struct options *options)
{
	static const char *const texts[] = {"--config",   "--author", "--on-behalf-of", "--kind",
					    "--rejected", "--item",   "--media-type",   "--label"};
	enum { TEXTS = sizeof(texts) / sizeof(texts[0]) };
	const char **targets[] = {&options->config,   &options->author, &options->on_behalf_of, &options->kind,
				  &options->rejected, &options->item,   &options->media_type,   &options->label};
	for (int i = 1; i < argc; i++) {
		const char *word = argv[i];
		bool has_value = i + 1 < argc;
		size_t t = 0;
		while (t < TEXTS && (strcmp(word, texts[t]) != 0 || is_field_of_record(options, t)))
			t++;
		if (strcmp(word, "--json") == 0) {
			options->is_json = true;
		} else if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
			options->wants_help = true;
		} else if (strcmp(word, "--version") == 0) {
			options->command = "version";
		} else if (strncmp(word, "--", 2) != 0) {
			if (!options->command)
				options->command = word;
			else if (!options->subject)
				options->subject = word;
			else
				return command_complain(EXIT_USAGE, "E_USAGE 多余的参数，字段要写成 --字段 值");
		} else if (!has_value) {
			fprintf(stderr, "E_USAGE %s 后面缺少值\n", word);
			return EXIT_USAGE;
		} else if (t < TEXTS) {
			*targets[t] = argv[++i];
		} else if (strcmp(word, "--wait") == 0) {
			options->wait_ms = strtoll(argv[++i], NULL, 10) * 1000;
		} else if (strcmp(word, "--limit") == 0) {
			options->limit = strtoll(argv[++i], NULL, 10);
		} else {
			take_field(options, word + 2, argv[i + 1]);
			i++;
		}
	}
	return 0;
}

static int print_kinds(void)
{
	puts("记录类别：");
	for (size_t i = 0; i < CATALOG_KIND_COUNT; i++)
		printf("  %-18s %s\n", catalog_kinds[i].name, catalog_kinds[i].label_zh);
	return 0;
}

static int print_fields(const struct catalog_kind *kind)
{
	static const char *const types[] = {"文字", "网址", "十六进制", "单位代码", "整数", "整数", "是/否",
					    "日期 2024-03-25", "时间 2024-03-25T09:00:00+08:00", "选项", "记录编号",
					    "摘要", "多个，用；分隔", "多个网址，用；分隔", "多个记录编号，用；分隔",
					    "多个选项，用；分隔", "JSON 数组"};
	printf("%s（%s）的字段，* 为必填：\n", kind->label_zh, kind->name);
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

static void print_problems(const json_t *problems)
{
	size_t i;
	json_t *problem;
	json_array_foreach((json_t *)(uintptr_t)problems, i, problem)
	{
		json_int_t line = json_integer_value(json_object_get(problem, "line"));
		const char *field = json_string_value(json_object_get(problem, "field"));
		const char *code = json_string_value(json_object_get(problem, "code"));
		if (line)
			fprintf(stderr, "第 %lld 行 ", (long long)line);
		/* An error of the daemon has its code in the words. */
		fprintf(stderr, "%s%s%s%s%s\n", code && strcmp(code, "E_AGENT") ? code : "",
			code && strcmp(code, "E_AGENT") ? " " : "", field && *field ? field : "",
			field && *field ? "：" : "",
			json_string_value(json_object_get(problem, "message")));
	}
}

void command_print_json(const json_t *value)
{
	json_dumpf(value, stdout, JSON_INDENT(2));
	putchar('\n');
}

json_t *command_ask(struct options *options, json_t *request, int *exit_code)
{
	struct err err = {0};
	if (!request) { /* JSON takes UTF-8 only */
		*exit_code = command_complain(EXIT_DATA, "E_TEXT_ENCODING 参数或文件名不是有效的 UTF-8");
		return NULL;
	}
	json_t *answer = client_ask(conf_text(options->conf, "agent.socket"), request, &err);
	json_decref(request);
	*exit_code = 0;
	if (!answer) {
		*exit_code = command_complain(err_exit_code(err.code), err.text);
	} else if (options->is_json) {
		command_print_json(answer);
	}
	if (answer && !json_is_true(json_object_get(answer, "ok"))) {
		json_t *code = json_object_get(answer, "exit");
		*exit_code = code ? (int)json_integer_value(code) : EXIT_DATA;
		if (!options->is_json)
			print_problems(json_object_get(answer, "problems"));
	}
	return answer;
}

static const char *author(const struct options *options)
{
	return options->author ? options->author : conf_text(options->conf, "agent.author");
}

static const char *state_zh(const char *state)
{
	if (!state || strcmp(state, "pending") == 0)
		return "待送达";
	return strcmp(state, "delivered") == 0 ? "已送达" : "被退回";
}

static int enter(struct options *options, const char *operation)
{
	int exit_code;
	json_t *entry = json_pack("{s:O}", "fields", options->fields);
	if (operation) {
		json_object_set_new(entry, "operation", json_string(operation));
		json_object_set_new(entry, "item_id", json_string(options->subject));
	} else {
		json_object_set_new(entry, "kind", json_string(options->subject));
	}
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
			       state_zh(state));
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

static int do_record(struct options *options)
{
	if (!options->subject)
		return options->wants_help ? print_kinds() : command_complain(EXIT_USAGE, usage);
	const struct catalog_kind *kind = catalog_kind_find(options->subject);
	if (options->wants_help && kind)
		return print_fields(kind);
	if (!kind) {
		fprintf(stderr, "E_KIND_UNKNOWN 没有“%s”这种记录，可用的类别见 record --help\n", options->subject);
		return EXIT_DATA;
	}
	int rc = command_load_conf(options);
	return rc ? rc : enter(options, NULL);
}

static int do_change(struct options *options, const char *operation)
{
	if (!options->subject)
		return command_complain(EXIT_USAGE, usage);
	int rc = command_load_conf(options);
	return rc ? rc : enter(options, operation);
}

static int do_amend(struct options *options)
{
	return do_change(options, "amend");
}

static int do_withdraw(struct options *options)
{
	return do_change(options, "withdraw");
}

static int do_import(struct options *options)
{
	const struct catalog_kind *kind = options->kind ? catalog_kind_find(options->kind) : NULL;
	struct import_result result;
	struct err err = {0};
	if (!options->subject || !options->kind)
		return command_complain(EXIT_USAGE, usage);
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
		print_problems(result.problems);
		printf("存入 %zu 行，退回 %zu 行%s%s\n", result.stored, result.refused,
		       result.rejected_path[0] ? "，退回的行见 " : "", result.rejected_path);
	}
	json_decref(result.problems);
	if (rc < 0)
		return err_exit_code(err.code);
	return result.refused ? EXIT_DATA : 0;
}

static void print_record(const json_t *record)
{
	const json_t *problem = json_object_get(record, "problem");
	const char *title = json_string_value(json_object_get(record, "title"));
	printf("%s  %s  %-8s %s %s %s\n", json_string_value(json_object_get(record, "item_id")),
	       json_string_value(json_object_get(record, "recorded_at")),
	       json_string_value(json_object_get(record, "operation")),
	       state_zh(json_string_value(json_object_get(record, "state"))),
	       json_string_value(json_object_get(record, "label")), title ? title : "");
	if (problem)
		printf("    %s %s：%s\n", json_string_value(json_object_get(problem, "code")),
		       json_string_value(json_object_get(problem, "field")),
		       json_string_value(json_object_get(problem, "message")));
	const json_t *fields = json_object_get(record, "fields");
	if (fields) {
		json_dumpf(fields, stdout, JSON_INDENT(4));
		putchar('\n');
	}
}

static int list(struct options *options, json_t *request)
{
	int exit_code;
	size_t i;
	json_t *record;
	json_t *answer = command_ask(options, request, &exit_code);
	if (!options->is_json)
		json_array_foreach(json_object_get(answer, "records"), i, record)
			print_record(record);
	json_decref(answer);
	return exit_code;
}

static int do_list(struct options *options)
{
	int rc = command_load_conf(options);
	return rc ? rc : list(options, json_pack("{s:s, s:s?, s:I}", "op", "list", "kind", options->kind, "limit",
						 (json_int_t)options->limit));
}

static int do_show(struct options *options)
{
	if (!options->subject)
		return command_complain(EXIT_USAGE, usage);
	int rc = command_load_conf(options);
	return rc ? rc : list(options, json_pack("{s:s, s:s, s:I}", "op", "list", "item_id", options->subject,
						 "limit", (json_int_t)1000));
}

static int do_status(struct options *options)
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

static int do_run(struct options *options)
{
	struct err err = {0};
	int rc = command_load_conf(options);
	if (rc)
		return rc;
	if (daemon_run(options->conf, &err) == 0)
		return 0;
	return command_complain(err_exit_code(err.code), err.text);
}

static int do_keygen(struct options *options)
{
	struct mq_keys keys;
	struct err err = {0};
	char path[PATH_MAX], text[KEY_TEXT_SIZE];
	if (!options->subject)
		return command_complain(EXIT_USAGE, usage);
	snprintf(path, sizeof(path), "%s/agent.key", options->subject);
	struct stat info;
	if (stat(path, &info) == 0) {
		fprintf(stderr, "E_KEY_EXISTS %s 已存在，不覆盖\n", path);
		return EXIT_DATA;
	}
	if (mq_keys_generate(&keys, &err) < 0 || mq_keys_write(path, &keys, true, &err) < 0)
		return command_complain(err_exit_code(err.code), err.text);
	snprintf(path, sizeof(path), "%s/agent.pub", options->subject);
	if (mq_keys_write(path, &keys, false, &err) < 0)
		return command_complain(err_exit_code(err.code), err.text);
	mq_key_text(keys.public_key, text);
	printf("公钥 %s 已写入 %s，请交给管理员登记\n", text, path);
	return 0;
}

static int do_check_config(struct options *options)
{
	int rc = command_load_conf(options);
	if (rc == 0)
		puts("配置正确");
	return rc;
}

static int do_print_config(struct options *options)
{
	(void)options;
	conf_print(NULL, agent_settings, agent_setting_count, stdout);
	return 0;
}

static int do_version(struct options *options)
{
	(void)options;
	puts("zhibao-agent " ZHIBAO_VERSION);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct options *options);
} commands[] = {
	{"run", do_run},           {"record", do_record},
	{"import", do_import},     {"list", do_list},
	{"show", do_show},         {"amend", do_amend},
	{"withdraw", do_withdraw}, {"status", do_status},
	{"attach", command_attach}, {"files", command_files},
	{"inbox", command_inbox},   {"receipt", command_receipt},
	{"enrol", command_enrol},   {"rotate", command_rotate},
	{"keygen", do_keygen},     {"check-config", do_check_config},
	{"print-config", do_print_config}, {"version", do_version},
};

int commands_main(int argc, char **argv)
{
	const char *env = getenv("ZHIBAO_AGENT_CONF");
	struct options options = {.config = env ? env : "/etc/zhibao/agent.conf",
				  .fields = json_object()};
	int rc = parse(argc, argv, &options);
	if (rc == 0 && options.bad_field) {
		fprintf(stderr, "E_TEXT_ENCODING %s：文字不是有效的 UTF-8\n", options.bad_field);
		rc = EXIT_DATA;
	}
	if (rc == 0) {
		size_t i = 0;
		while (i < sizeof(commands) / sizeof(commands[0]) &&
		       (!options.command || strcmp(commands[i].name, options.command) != 0))
			i++;
		if (i < sizeof(commands) / sizeof(commands[0]))
			rc = commands[i].run(&options);
		else if (options.wants_help)
			fputs(usage, stdout);
		else
			rc = command_complain(EXIT_USAGE, usage);
	}
	json_decref(options.fields);
	conf_free(&options.conf);
	return rc;
}
