/* SPDX-License-Identifier: Apache-2.0 */
/* Inspection draws: commit, run, show, verify. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "drawcheck.h"
#include "fsx.h"
#include "sql.h"

static int number_option(struct command_line *line, const char *name, int64_t min,
			 int64_t default_value, int64_t *out, struct err *err)
{
	const char *text = command_option(line, name);
	char *end;
	*out = default_value;
	if (!text && default_value >= 0)
		return 0;
	errno = 0;
	*out = text ? strtoll(text, &end, 10) : 0;
	if (text && *text && !*end && !errno && *out >= min && *out <= INT32_MAX)
		return 0;
	err_set(err, ERR_USAGE, "E_USAGE %s 应为不小于 %lld 的整数", name, (long long)min);
	return -1;
}

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));
	return text ? text : "";
}

static json_t *fetch(struct command_line *line, int64_t id, struct err *err)
{
	struct pg_rows *rows = NULL;
	struct pg_param params[] = {pg_int8(id), pg_null_instant()};
	json_t *draw = NULL;
	if (pg_exec(line->pg, SQL_draw_show, params, 2, &rows, err) < 0)
		return NULL;
	if (pg_rows_count(rows) == 0 || pg_is_null(rows, 0, 0))
		err_set(err, ERR_DATA, "E_DRAW_UNKNOWN 没有第 %lld 号抽查", (long long)id);
	else if (!(draw = json_loads(pg_get_text(rows, 0, 0), 0, NULL)))
		err_set(err, ERR_INTERNAL, "draw: 读不懂数据库的答复");
	pg_rows_free(&rows);
	return draw;
}

static void print_codes(const char *field, const json_t *list)
{
	size_t i;
	json_t *entry;
	printf(" --%s '", field);
	json_array_foreach(list, i, entry) printf("%s%s", i ? ";" : "", text_of(entry, "code"));
	putchar('\'');
}

/* What the province types at its agent, so that the draw becomes a record of its own. */
static void print_record_command(const json_t *draw)
{
	printf("在省厅的代理端登记本次抽查：\nzhibao-agent record inspection --scheme %s --seed %s "
	       "--sample_size %lld --drawn_at %s",
	       text_of(draw, "scheme"), text_of(draw, "seed"),
	       (long long)json_integer_value(json_object_get(draw, "sample_size")),
	       text_of(draw, "run_at"));
	print_codes("population_office_codes", json_object_get(draw, "population"));
	print_codes("sample_office_codes", json_object_get(draw, "sample"));
	puts("\n各单位的检查结果另记一条，写上同一个 --seed 和 --inspected_office_code。");
}

static void print_draw(const json_t *draw)
{
	const json_t *sample = json_object_get(draw, "sample");
	size_t i;
	json_t *entry;
	printf("抽查编号\t%lld\n检查类别\t%s\n名单单位\t%zu "
	       "个\n数据时点\t%s\n承诺值\t%s\n名单摘要\t%s\n",
	       (long long)json_integer_value(json_object_get(draw, "draw_id")),
	       text_of(draw, "scheme_zh"), json_array_size(json_object_get(draw, "population")),
	       text_of(draw, "as_of"), text_of(draw, "commitment"),
	       text_of(draw, "population_digest"));
	if (!json_is_array(sample)) {
		puts("尚未抽取");
		return;
	}
	printf("随机种子\t%s\n抽取时间\t%s\n抽中单位\t%zu 个\n", text_of(draw, "seed"),
	       text_of(draw, "run_at"), json_array_size(sample));
	json_array_foreach(sample, i, entry)
		printf("%zu\t%s\t%s\n", i + 1, text_of(entry, "code"), text_of(entry, "name_zh"));
	print_record_command(draw);
}

static int show(struct command_line *line, int64_t id, struct err *err)
{
	const char *path = command_option(line, "--out");
	json_t *draw = fetch(line, id, err);
	int rc = draw ? 0 : -1;
	if (draw)
		print_draw(draw);
	if (draw && path) {
		char *text = json_dumps(draw, JSON_INDENT(1) | JSON_SORT_KEYS);
		rc = text ? file_write(path, text, strlen(text), 0644, err) : -1;
		free(text);
	}
	json_decref(draw);
	return rc;
}

static int commit(struct command_line *line, struct err *err)
{
	const char *login, *scheme;
	struct pg_rows *rows = NULL;
	if (command_required(line, "--login", &login, err) < 0 ||
	    command_required(line, "--scheme", &scheme, err) < 0 || command_connect(line, err) < 0)
		return -1;
	struct pg_param params[] = {pg_text(login), pg_text(scheme),
				    pg_text(command_option(line, "--occasion"))};
	if (pg_exec(line->pg, SQL_draw_commit, params, 3, &rows, err) < 0)
		return -1;
	int64_t id = pg_get_int(rows, 0, 0);
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc < 0 ? rc : show(line, id, err);
}

static int run(struct command_line *line, struct err *err)
{
	const char *login;
	int64_t id, size, per_city, cities;
	if (command_required(line, "--login", &login, err) < 0 ||
	    number_option(line, "--id", 1, -1, &id, err) < 0 ||
	    number_option(line, "--size", 1, -1, &size, err) < 0 ||
	    number_option(line, "--per-city", 0, 1, &per_city, err) < 0 ||
	    number_option(line, "--cities", 1, 0, &cities, err) < 0 ||
	    command_connect(line, err) < 0)
		return -1;
	struct pg_param params[] = {pg_text(login), pg_int8(id), pg_int4((int32_t)size),
				    pg_int4((int32_t)per_city),
				    cities ? pg_int4((int32_t)cities) : pg_null_int4()};
	if (pg_exec(line->pg, SQL_draw_run, params, 5, NULL, err) < 0)
		return -1;
	return show(line, id, err);
}

static int show_one(struct command_line *line, struct err *err)
{
	int64_t id;
	if (number_option(line, "--id", 1, -1, &id, err) < 0 || command_connect(line, err) < 0)
		return -1;
	return show(line, id, err);
}

static int verify(struct command_line *line, struct err *err)
{
	struct buf text = {0};
	json_t *draw = NULL;
	int rc = -1;
	if (line->word_count != 2) {
		err_set(err, ERR_USAGE, "E_USAGE draw verify 后应为一个文件");
		return -1;
	}
	if (file_read(line->words[1], 16 * 1024 * 1024, &text, err) == 0) {
		draw = json_loads(buf_string(&text), 0, NULL);
		rc = draw_check(draw, err);
	}
	if (rc == 0)
		puts("验证通过：种子与承诺值相符，名单与摘要相符，抽中单位由种子和名单决定");
	json_decref(draw);
	buf_fini(&text);
	return rc;
}

int command_draw(struct command_line *line, struct err *err)
{
	static const struct {
		const char *name;
		int (*run)(struct command_line *line, struct err *err);
	} actions[] = {{"commit", commit}, {"run", run}, {"show", show_one}, {"verify", verify}};
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (line->word_count > 0 && strcmp(line->words[0], actions[i].name) == 0)
			return actions[i].run(line, err);
	err_set(err, ERR_USAGE, "E_USAGE draw 后应为 commit、run、show 或 verify");
	return -1;
}
