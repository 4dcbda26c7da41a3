/* SPDX-License-Identifier: Apache-2.0 */
/* Frozen figures and differences as tables. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "commands.h"
#include "sql.h"

struct word {
	const char *name, *zh;
};

static const struct word steps[] = {{"on", "统计日变更"},
				    {"register", "名册变更"},
				    {"records", "记录变化"},
				    {"frozen", "冻结值不符"},
				    {NULL, NULL}};
static const struct word changes[] = {{"new", "新报"},
				      {"corrected", "更正"},
				      {"withdrawn", "撤回"},
				      {"reinstated", "恢复"},
				      {"returned", "退回"},
				      {"rejected", "不予采纳"},
				      {"cured", "整改后重报"},
				      {"reopened", "恢复待审"},
				      {"picked", "冲突裁定"},
				      {"joined", "并入联合活动"},
				      {"accepted", "审核通过"},
				      {"received", "收到不计数的版本"},
				      {"granted", "批准"},
				      {"taken_back", "收回"},
				      {"drawn", "抽取"},
				      {"on", "统计日内外"},
				      {"register", "名册"},
				      {NULL, NULL}};
/* Of another record that makes a lecture count or not: a twin of the same office, or the host's. */
static const struct word others[] = {
	{"twin_", "同一活动的另一条"}, {"host_", "联合活动主办方的记录"}, {NULL, NULL}};
static const struct word acts[] = {
	{"extension", "延期"}, {"exemption", "免报"}, {"draw", "抽查"}, {NULL, NULL}};

static const char *zh(const struct word *words, const char *name)
{
	for (; words->name; words++)
		if (strcmp(words->name, name) == 0)
			return words->zh;
	return name;
}

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));
	return text ? text : "";
}

static long long number_of(const json_t *object, const char *name)
{
	return (long long)json_integer_value(json_object_get(object, name));
}

/* 3/10 30.00%, 3/2 1.50 场/人, 3/0 不适用, or 3 场 for a count. */
static void print_figure(const json_t *figure, const json_t *described)
{
	const char *percent = text_of(figure, "percent"), *value = text_of(figure, "value");
	const char *unit = text_of(described, "unit");
	if (!json_is_object(figure) || json_is_null(json_object_get(figure, "numerator"))) {
		printf("\t—");
		return;
	}
	printf("\t%lld", number_of(figure, "numerator"));
	if (json_is_integer(json_object_get(figure, "denominator")))
		printf("/%lld", number_of(figure, "denominator"));
	if (strcmp(text_of(described, "style"), "count") == 0)
		printf(" %s", unit);
	else if (*percent)
		printf(" %s%%", percent);
	else if (*value)
		printf(" %s %s", value, unit);
	else
		printf(" 不适用");
}

static void print_joined(const json_t *list)
{
	size_t i;
	json_t *element;
	json_array_foreach(list, i, element)
		printf("%s%s", i ? "、" : "", json_string_value(element));
}

static void print_frozen(const json_t *answer)
{
	size_t i;
	json_t *entry;
	printf("节点日 %s，单位 %s，最新数据时点 %s\n", text_of(answer, "date"),
	       text_of(json_object_get(answer, "node"), "name_zh"), text_of(answer, "live_as_of"));
	puts("指标\t统计日\t数据时点\t规则版本\t个数\t摘要\t核对");
	json_array_foreach(json_object_get(answer, "sets"), i, entry)
		printf("%s %s\t%s\t%s\t%s\t%lld\t%.16s…\t%s\n", text_of(entry, "indicator"),
		       text_of(entry, "label_zh"), text_of(entry, "on"), text_of(entry, "as_of"),
		       text_of(entry, "rule_version"), number_of(entry, "figures"),
		       text_of(entry, "digest"),
		       json_is_true(json_object_get(entry, "is_intact")) ? "相符" : "不符");
	puts("指标\t口径\t冻结\t同一统计日现在所知\t最新");
	json_array_foreach(json_object_get(answer, "figures"), i, entry)
	{
		printf("%s\t%s", text_of(entry, "indicator"), text_of(entry, "part_zh"));
		print_figure(json_object_get(entry, "frozen"), entry);
		print_figure(json_object_get(entry, "later"), entry);
		print_figure(json_object_get(entry, "live"), entry);
		putchar('\n');
	}
}

static void print_record(const json_t *record)
{
	const json_t *fields = json_object_get(record, "fields");
	const struct catalog_kind *kind = catalog_kind_find(text_of(record, "kind"));
	const char *title = text_of(record, "title"), *key;
	const char *change = text_of(record, "change");
	const struct word *other = others;
	json_t *pair;
	while (other->name && strncmp(change, other->name, strlen(other->name)) != 0) other++;
	printf("\t%s%s\t%s\t%s\t%s\t第 %lld 版\t%s\t%s\t%s %s", other->name ? other->zh : "",
	       zh(changes, other->name ? change + strlen(other->name) : change),
	       kind ? kind->label_zh : zh(acts, text_of(record, "kind")),
	       text_of(record, "office_code"),
	       text_of(record, "item_id"), number_of(record, "depth"),
	       text_of(record, "received_at"), text_of(record, "author"),
	       text_of(record, "occurred_on"), title);
	json_object_foreach((json_t *)(uintptr_t)fields, key, pair)
	{
		char *before = json_dumps(json_array_get(pair, 0), JSON_ENCODE_ANY | JSON_COMPACT);
		char *after = json_dumps(json_array_get(pair, 1), JSON_ENCODE_ANY | JSON_COMPACT);
		printf("\t%s：%s → %s", key, before ? before : "空", after ? after : "空");
		free(before);
		free(after);
	}
	putchar('\n');
}

static void print_contribution(const json_t *entry)
{
	size_t i;
	json_t *record, *reason;
	printf("%s", zh(steps, text_of(entry, "step")));
	if (json_is_null(
		    json_object_get(entry, "numerator"))) /* a median: nobody has a share of it */
		printf("\t不能按单位相加");
	else
		printf("\t分子 %+lld\t分母 %+lld", number_of(entry, "numerator"),
		       number_of(entry, "denominator"));
	printf("\t%s\t口径 ", text_of(entry, "label_zh"));
	print_joined(json_object_get(entry, "parts_zh"));
	printf("\t计入 ");
	print_joined(json_object_get(entry, "nodes"));
	putchar('\n');
	json_array_foreach(json_object_get(entry, "reasons"), i, reason)
		printf("\t%s\t%s\n", text_of(reason, "text_zh"), text_of(reason, "code"));
	json_array_foreach(json_object_get(entry, "records"), i, record) print_record(record);
}

static void print_point(const char *name, const json_t *point)
{
	printf("%s：%s，统计日 %s，数据时点 %s，规则 %s\n", name, text_of(point, "word"),
	       text_of(point, "on"), text_of(point, "as_of"), text_of(point, "rule_version"));
}

static void print_diff(const json_t *answer)
{
	size_t i, k;
	json_t *indicator, *entry;
	size_t changed = 0;
	print_point("甲", json_object_get(answer, "a"));
	print_point("乙", json_object_get(answer, "b"));
	json_array_foreach(json_object_get(answer, "indicators"), i, indicator)
	{
		if (json_array_size(json_object_get(indicator, "figures")) == 0)
			continue;
		printf("\n== %s（%s）\n单位\t口径\t之前\t之后\n", text_of(indicator, "label_zh"),
		       text_of(indicator, "indicator"));
		json_array_foreach(json_object_get(indicator, "figures"), k, entry)
		{
			printf("%s %s\t%s", text_of(entry, "node_code"), text_of(entry, "name_zh"),
			       text_of(entry, "part_zh"));
			print_figure(json_object_get(entry, "before"), entry);
			print_figure(json_object_get(entry, "after"), entry);
			putchar('\n');
			changed++;
		}
		puts("原因：");
		json_array_foreach(json_object_get(indicator, "contributions"), k, entry)
			print_contribution(entry);
	}
	printf("%s%zu 个数据有变化\n", changed ? "\n" : "", changed);
}

static int answer(struct command_line *line, const char *sql, const struct pg_param *params,
		  size_t count, void (*print)(const json_t *answer), struct err *err)
{
	const char *format = command_option(line, "--format");
	struct pg_rows *rows = NULL;
	int rc = -1;
	if (format && strcmp(format, "table") != 0 && strcmp(format, "json") != 0) {
		err_set(err, ERR_USAGE, "E_USAGE --format 应为 table 或 json");
		return -1;
	}
	if (command_connect(line, err) < 0 || pg_exec(line->pg, sql, params, count, &rows, err) < 0)
		return -1;
	if (pg_rows_count(rows) == 0 || pg_is_null(rows, 0, 0)) {
		err_set(err, ERR_DATA, "E_NODE_UNKNOWN 没有这个单位，或尚未汇总");
	} else if (format && strcmp(format, "json") == 0) {
		puts(pg_get_text(rows, 0, 0));
		rc = pg_rows_check(rows, err);
	} else {
		json_t *root = json_loads(pg_get_text(rows, 0, 0), 0, NULL);
		if (root)
			print(root);
		else
			err_set(err, ERR_INTERNAL, "读不懂数据库的答复");
		rc = root ? 0 : -1;
		json_decref(root);
	}
	pg_rows_free(&rows);
	return rc;
}

int command_frozen(struct command_line *line, struct err *err)
{
	const char *node = command_option(line, "--node");
	struct pg_param date;
	if (line->word_count > 0) {
		err_set(err, ERR_USAGE, "E_USAGE 参数太多");
		return -1;
	}
	if (command_date(line, "--date", &date, err) < 0)
		return -1;
	struct pg_param params[] = {pg_text(node ? node : "420000"), date, pg_null_instant(),
				    pg_text(NULL)};
	return answer(line, SQL_frozen, params, 4, print_frozen, err);
}

int command_diff(struct command_line *line, struct err *err)
{
	const char *node = command_option(line, "--node"),
		   *version = command_option(line, "--register");
	struct pg_param on, version_param = pg_null_int4();
	char *end;
	if (line->word_count != 2) {
		err_set(err, ERR_USAGE, "E_USAGE diff 后应为两个时点");
		return -1;
	}
	if (command_date(line, "--on", &on, err) < 0)
		return -1;
	if (version) {
		errno = 0;
		long number = strtol(version, &end, 10);
		if (errno || *end || number < 1 || number > INT32_MAX) {
			err_set(err, ERR_USAGE, "E_USAGE --register 应为名册版本的序号");
			return -1;
		}
		version_param = pg_int4((int32_t)number);
	}
	struct pg_param params[] = {pg_text(line->words[0]),
				    pg_text(line->words[1]),
				    pg_text(node ? node : "420000"),
				    on,
				    version_param,
				    pg_text(command_option(line, "--indicator"))};
	return answer(line, SQL_diff, params, 6, print_diff, err);
}
