/* SPDX-License-Identifier: Apache-2.0 */
#include "commands_private.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "client.h"
#include "conf.h"
#include "daemon.h"
#include "mqkeys.h"
#include "settings.h"

const char command_usage[] =
	"用法：zhibao-agent [--config 文件] 命令 …\n"
	"  run                              运行后台程序\n"
	"  record 类别 --字段 值 …          记一条，record 类别 --help 列出字段\n"
	"  import 文件.csv --kind 类别      成批导入，--rejected 文件 指定退回行写到哪里\n"
	"  list [--kind 类别] [--limit 数]  台账，最新在前\n"
	"  show 编号                        一条记录的全部版本\n"
	"  amend 编号 --字段 值 …           更正，没写的字段不变\n"
	"  withdraw 编号                    撤回\n"
	"                                   审核通过后的更正和撤回须写明 --reason 原因\n"
	"  status                           连接与待送情况\n"
	"  attach 文件 [--item 编号] [--media-type 类型]  报送附件，打印摘要\n"
	"  files | inbox                    附件的去向 | 中心下发的消息\n"
	"  form propose --period 报告期 | form fill --from 文件.csv   统计表：取建议数 | 填报\n"
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

/* In record and amend only the first five are options: the others may be names of fields. The reason of an amendment is no
 * field; the one kind with a field of this name is amended by its label. */
static bool is_field_of_record(const struct options *options, const char *const *texts, size_t text)
{
	if (text <= 4 || !options->command)
		return false;
	return strcmp(options->command, "record") == 0 ||
	       (strcmp(options->command, "amend") == 0 && strcmp(texts[text], "--reason") != 0);
}

static int parse(int argc, char **argv, struct options *options)
{
	static const char *const texts[] = {"--config",   "--author", "--on-behalf-of", "--kind",
					    "--rejected", "--item",   "--media-type",   "--label",
					    "--reason"};
	enum { TEXTS = sizeof(texts) / sizeof(texts[0]) };
	const char **targets[] = {&options->config,   &options->author, &options->on_behalf_of, &options->kind,
				  &options->rejected, &options->item,   &options->media_type,   &options->label,
				  &options->reason};
	for (int i = 1; i < argc; i++) {
		const char *word = argv[i];
		bool has_value = i + 1 < argc;
		size_t t = 0;
		while (t < TEXTS && (strcmp(word, texts[t]) != 0 || is_field_of_record(options, texts, t)))
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

void command_print_problems(const json_t *problems)
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
			command_print_problems(json_object_get(answer, "problems"));
	}
	return answer;
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
		return command_complain(EXIT_USAGE, command_usage);
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
	{"run", do_run},
	{"record", command_record},
	{"import", command_import},
	{"list", command_list},
	{"show", command_show},
	{"amend", command_amend},
	{"withdraw", command_withdraw},
	{"status", command_status},
	{"attach", command_attach},
	{"files", command_files},
	{"inbox", command_inbox},
	{"receipt", command_receipt},
	{"enrol", command_enrol},
	{"rotate", command_rotate},
	{"form", command_form},
	{"keygen", do_keygen},
	{"check-config", do_check_config},
	{"print-config", do_print_config},
	{"version", do_version},
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
			fputs(command_usage, stdout);
		else
			rc = command_complain(EXIT_USAGE, command_usage);
	}
	json_decref(options.fields);
	conf_free(&options.conf);
	return rc;
}
