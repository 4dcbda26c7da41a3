/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "calendar.h"
#include "collector.h"
#include "downlinks.h"
#include "packload.h"
#include "receiptcheck.h"
#include "registrar.h"
#include "registryload.h"
#include "settings.h"
#include "signkeys.h"
#include "sql.h"
#include "uuid.h"
#include "verify.h"

enum { DAY_MS = 86400000, ENROL_DAYS = 7 };

static const char usage[] =
	"用法：zhibao-collector [--config 文件] 命令 …\n"
	"  run                                             运行中心接收程序\n"
	"  programme load 目录 | programme show            装载活动包并下发 | 查看已装载版本\n"
	"  enrol --office 代码 --out 文件 [--days 天数] [--label 说明]\n"
	"                                                  签发一次性登记文件，默认 7 天有效\n"
	"  enrol --office 代码 --public-key 文件 [--label 说明]  直接登记代理的公钥\n"
	"  keys | revoke --key-id 编号                     查看密钥 | 吊销密钥，即刻生效\n"
	"  notice --office 代码|all --title 标题 --text 正文 [--author 发出人] [--digest 文件摘要]\n"
	"                                                  下发通知，可指明所说的作品（如海报模版）的文件\n"
	"  verify                                          核对全部批次、链值与入库记录\n"
	"  verify-receipt 文件                             核对代理出示的回执\n"
	"  keygen 目录                                     生成中心密钥与签名密钥\n"
	"  check-config | print-config                     检查配置 | 打印配置样例\n";

struct options {
	const char *config;
	const char *words[3];
	int word_count;
	const char *office, *public_key, *label, *key_id, *out, *days, *title, *text, *author, *digest;
	struct conf *conf;
	struct pg *pg;
};

static int parse(int argc, char **argv, struct options *options)
{
	static const char *const names[] = {"--config", "--office", "--public-key", "--label", "--key-id",
					    "--out",    "--days",   "--title",      "--text",  "--author",
					    "--digest"};
	const char **targets[] = {&options->config, &options->office, &options->public_key, &options->label,
				  &options->key_id, &options->out,    &options->days,       &options->title,
				  &options->text,   &options->author, &options->digest};
	size_t count = sizeof(names) / sizeof(names[0]);
	for (int i = 1; i < argc; i++) {
		size_t n = 0;
		while (n < count && strcmp(argv[i], names[n]) != 0)
			n++;
		if (n < count && i + 1 < argc)
			*targets[n] = argv[++i];
		else if (strncmp(argv[i], "--", 2) != 0 && options->word_count < 3)
			options->words[options->word_count++] = argv[i];
		else
			return -1;
	}
	return options->word_count > 0 ? 0 : -1;
}

static int misuse(struct err *err)
{
	err_set(err, ERR_USAGE, "E_USAGE");
	return -1;
}

static int load_conf(struct options *options, struct err *err)
{
	return conf_load(&options->conf, options->config, collector_settings, collector_setting_count, err);
}

static int connect_database(struct options *options, struct err *err)
{
	if (load_conf(options, err) < 0)
		return -1;
	return pg_open(&options->pg, conf_text(options->conf, "database.conninfo"),
		       "zhibao-collector command", err);
}

static int do_run(struct options *options, struct err *err)
{
	return load_conf(options, err) < 0 ? -1 : collector_run(options->conf, err);
}

static int do_programme(struct options *options, struct err *err)
{
	const char *what = options->words[1];
	bool is_load = what && strcmp(what, "load") == 0 && options->words[2];
	if (!is_load && (!what || strcmp(what, "show") != 0))
		return misuse(err);
	if (connect_database(options, err) < 0)
		return -1;
	return is_load ? packload_run(options->pg, options->words[2], stdout, err)
		       : packload_show(options->pg, stdout, err);
}

static int check_office(struct options *options, struct err *err)
{
	struct registry *registry = NULL;
	int64_t version = 0;
	int rc = registry_refresh(options->pg, &registry, &version, err);
	if (rc == 0 && !registry_office(registry, options->office)) {
		err_set(err, ERR_DATA, "E_OFFICE_UNKNOWN 单位 %s 不在名册中，请先装载活动包或核对代码",
			options->office);
		rc = -1;
	}
	registry_free(&registry);
	return rc;
}

static int enrol_public_key(struct options *options, struct err *err)
{
	struct mq_keys keys;
	struct pg_rows *rows;
	if (mq_keys_read(options->public_key, false, &keys, err) < 0) {
		err->code = ERR_DATA;
		return -1;
	}
	if (connect_database(options, err) < 0 || check_office(options, err) < 0)
		return -1;
	struct pg_param params[] = {pg_bytea(keys.public_key, KEY_BYTES), pg_text(options->office),
				    pg_text(options->label ? options->label : "")};
	if (pg_exec(options->pg, SQL_key_enrol, params, 3, &rows, err) < 0)
		return -1;
	int rc = pg_rows_count(rows) == 1 ? 0 : -1;
	if (rc == 0)
		printf("已登记：单位 %s，密钥编号 %lld\n", options->office, (long long)pg_get_int(rows, 0, 0));
	else
		err_set(err, ERR_CONFLICT, "E_KEY_TAKEN 这把密钥已属于另一个单位，每台机器须用自己的密钥");
	pg_rows_free(&rows);
	return rc;
}

/* The addresses agents are told; without them, the one this collector listens on. */
static void copy_endpoints(const struct conf *conf, char *out, size_t size)
{
	const char *endpoints = conf_text(conf, "session.endpoints");
	snprintf(out, size, "%s", endpoints[0] ? endpoints : conf_text(conf, "collector.endpoint"));
	char *to = out;
	for (const char *from = out; *from; from++) /* the file holds words without spaces */
		if (*from != ' ' && *from != '\t')
			*to++ = *from;
	*to = '\0';
}

static int issue_enrolment(struct options *options, struct err *err)
{
	struct enrol_file file = {0};
	struct mq_keys server;
	char at[INSTANT_TEXT_SIZE];
	long days = options->days ? strtol(options->days, NULL, 10) : ENROL_DAYS;
	if (days < 1 || days > 365) {
		err_set(err, ERR_DATA, "E_DAYS_BAD --days 应为 1 至 365");
		return -1;
	}
	if (access(options->out, F_OK) == 0) {
		err_set(err, ERR_CONFLICT, "E_FILE_EXISTS %s 已存在，不覆盖", options->out);
		return -1;
	}
	if (connect_database(options, err) < 0 || check_office(options, err) < 0 ||
	    mq_keys_read(conf_text(options->conf, "collector.key"), true, &server, err) < 0)
		return -1;
	snprintf(file.office_code, sizeof(file.office_code), "%s", options->office);
	copy_endpoints(options->conf, file.endpoints, sizeof(file.endpoints));
	memcpy(file.server_public_key, server.public_key, KEY_BYTES);
	if (registrar_issue(options->pg, &file, options->label ? options->label : "", (int64_t)days * DAY_MS, err) < 0 ||
	    enrol_file_write(options->out, &file, err) < 0)
		return -1;
	instant_format(file.expires_at_us, at);
	printf("已签发：单位 %s，%s 前有效，登记文件 %s（须保密，只能用一次）\n", options->office, at, options->out);
	return 0;
}

static int do_enrol(struct options *options, struct err *err)
{
	if (!options->office || !options->public_key == !options->out)
		return misuse(err);
	return options->out ? issue_enrolment(options, err) : enrol_public_key(options, err);
}

static int do_keys(struct options *options, struct err *err)
{
	struct pg_rows *rows;
	if (connect_database(options, err) < 0 ||
	    pg_exec(options->pg, SQL_keys_list, NULL, 0, &rows, err) < 0)
		return -1;
	for (int row = 0; row < pg_rows_count(rows); row++) {
		char at[INSTANT_TEXT_SIZE], until[INSTANT_TEXT_SIZE] = "", text[KEY_TEXT_SIZE] = "";
		size_t len;
		const uint8_t *key = pg_get_bytes(rows, row, 2, &len);
		if (len == KEY_BYTES)
			mq_key_text(key, text);
		instant_format(pg_get_instant(rows, row, 4), at);
		if (!pg_is_null(rows, row, 5))
			instant_format(pg_get_instant(rows, row, 5), until);
		printf("%lld  %s  %s  %s  %s%s  %s\n", (long long)pg_get_int(rows, row, 0),
		       pg_get_text(rows, row, 1), text, at,
		       !pg_is_null(rows, row, 6) ? "已吊销" : until[0] ? "有效至 " : "有效",
		       pg_is_null(rows, row, 6) ? until : "", pg_get_text(rows, row, 3));
	}
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

static int do_revoke(struct options *options, struct err *err)
{
	struct pg_rows *rows;
	if (!options->key_id)
		return misuse(err);
	struct pg_param id = pg_int8(strtoll(options->key_id, NULL, 10));
	if (connect_database(options, err) < 0 ||
	    pg_exec(options->pg, SQL_key_revoke, &id, 1, &rows, err) < 0)
		return -1;
	int rc = pg_rows_count(rows) == 1 ? 0 : -1;
	pg_rows_free(&rows);
	if (rc == 0)
		printf("已吊销密钥 %s\n", options->key_id);
	else
		err_set(err, ERR_NOT_FOUND, "E_KEY_UNKNOWN 没有编号为 %s 的密钥", options->key_id);
	return rc;
}

static int do_notice(struct options *options, struct err *err)
{
	uint8_t file_id[32];
	struct downlink_post post = {
		.office_code = options->office,
		.kind = ZHIBAO__V1__DOWNLINK_KIND__DOWNLINK_KIND_NOTICE,
		.author = options->author ? options->author : "",
		.title = options->title,
		.text = options->text,
		.file_id = options->digest ? file_id : NULL,
	};
	int64_t offices;
	if (!options->office || !options->title || !options->text)
		return misuse(err);
	if (options->digest && hex_parse(options->digest, strlen(options->digest), file_id, sizeof(file_id)) < 0) {
		err_set(err, ERR_DATA, "E_DIGEST_BAD 文件摘要应为 64 位十六进制数字");
		return -1;
	}
	if (connect_database(options, err) < 0 ||
	    (strcmp(options->office, "all") != 0 && check_office(options, err) < 0) ||
	    downlinks_post(options->pg, &post, &offices, err) < 0)
		return -1;
	printf("已下发给 %lld 个单位\n", (long long)offices);
	return 0;
}

static int do_verify(struct options *options, struct err *err)
{
	if (connect_database(options, err) < 0)
		return -1;
	return verify_run(options->pg, stdout, err);
}

static int do_verify_receipt(struct options *options, struct err *err)
{
	if (!options->words[1])
		return misuse(err);
	if (connect_database(options, err) < 0)
		return -1;
	return receipt_check_run(options->pg, options->words[1], stdout, err);
}

static int write_sign_keys(const char *dir, struct err *err)
{
	struct sign_keys keys;
	char path[PATH_MAX];
	sign_keys_generate(&keys);
	snprintf(path, sizeof(path), "%s/collector.sign", dir);
	if (sign_keys_write(path, &keys, true, err) < 0)
		return -1;
	snprintf(path, sizeof(path), "%s/collector.sign.pub", dir);
	return sign_keys_write(path, &keys, false, err);
}

static int do_keygen(struct options *options, struct err *err)
{
	struct mq_keys keys;
	char path[PATH_MAX];
	struct stat info;
	if (!options->words[1])
		return misuse(err);
	snprintf(path, sizeof(path), "%s/collector.key", options->words[1]);
	if (stat(path, &info) == 0) {
		err_set(err, ERR_CONFLICT, "E_KEY_EXISTS %s 已存在，不覆盖", path);
		return -1;
	}
	if (mq_keys_generate(&keys, err) < 0 || mq_keys_write(path, &keys, true, err) < 0)
		return -1;
	snprintf(path, sizeof(path), "%s/collector.pub", options->words[1]);
	if (mq_keys_write(path, &keys, false, err) < 0 || write_sign_keys(options->words[1], err) < 0)
		return -1;
	printf("中心公钥已写入 %s，请分发给各代理；签名密钥为同一目录下的 collector.sign\n", path);
	return 0;
}

static int do_check_config(struct options *options, struct err *err)
{
	int rc = load_conf(options, err);
	if (rc == 0)
		puts("配置正确");
	return rc;
}

static int do_print_config(struct options *options, struct err *err)
{
	(void)options;
	(void)err;
	conf_print(NULL, collector_settings, collector_setting_count, stdout);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct options *options, struct err *err);
} commands[] = {
	{"run", do_run},
	{"programme", do_programme},
	{"enrol", do_enrol},
	{"keys", do_keys},
	{"revoke", do_revoke},
	{"notice", do_notice},
	{"verify", do_verify},
	{"verify-receipt", do_verify_receipt},
	{"keygen", do_keygen},
	{"check-config", do_check_config},
	{"print-config", do_print_config},
};

int commands_main(int argc, char **argv)
{
	struct options options = {.config = "/etc/zhibao/collector.conf"};
	struct err err = {0};
	int rc = -1;
	size_t i = 0, count = sizeof(commands) / sizeof(commands[0]);
	if (parse(argc, argv, &options) < 0)
		i = count;
	while (i < count && strcmp(commands[i].name, options.words[0]) != 0)
		i++;
	if (i < count)
		rc = commands[i].run(&options, &err);
	else
		misuse(&err);
	if (rc < 0)
		fprintf(stderr, "%s\n", err.code == ERR_USAGE ? usage : err.text);
	pg_close(&options.pg);
	conf_free(&options.conf);
	return rc < 0 ? err_exit_code(err.code) : 0;
}
