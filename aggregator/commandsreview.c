/* SPDX-License-Identifier: Apache-2.0 */
/* Commands of those who judge: accounts, verdicts, picks among branches. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "catalog.h"
#include "commands.h"
#include "sql.h"

static int list_accounts(struct command_line *line, struct err *err)
{
	struct pg_rows *rows = NULL;
	if (command_connect(line, err) < 0 || pg_exec(line->pg, SQL_account_list, NULL, 0, &rows, err) < 0)
		return -1;
	for (int i = 0; i < pg_rows_count(rows); i++)
		printf("%s\t%s\t%s\t%s\t%s\n", pg_get_text(rows, i, 0), pg_get_text(rows, i, 1), pg_get_text(rows, i, 2),
		       pg_get_text(rows, i, 3), pg_get_bool(rows, i, 4) ? "启用" : "停用");
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

static int set_account(struct command_line *line, struct err *err)
{
	const char *login, *name, *office, *roles;
	const char *open = command_option(line, "--open");
	if (command_required(line, "--login", &login, err) < 0 || command_required(line, "--name", &name, err) < 0 ||
	    command_required(line, "--office", &office, err) < 0 || command_required(line, "--roles", &roles, err) < 0)
		return -1;
	struct buf by = {0};
	command_acting_user(&by);
	struct pg_param params[] = {pg_text(login), pg_text(name), pg_text(office), pg_text(roles),
				    pg_bool(!open || strcmp(open, "yes") == 0), pg_text(buf_string(&by))};
	int rc = -1;
	if (by.is_failed)
		err_set(err, ERR_NOMEM, "E_MEMORY 内存不足");
	else if (command_connect(line, err) == 0)
		rc = pg_exec(line->pg, SQL_account_set, params, 6, NULL, err);
	buf_fini(&by);
	return rc;
}

static int account_history(struct command_line *line, struct err *err)
{
	struct pg_rows *rows = NULL;
	struct pg_param params[2];
	params[0] = pg_text(command_option(line, "--login"));
	if (command_instant(line, "--as-of", &params[1], err) < 0 || command_connect(line, err) < 0 ||
	    pg_exec(line->pg, SQL_account_history, params, 2, &rows, err) < 0)
		return -1;
	puts("时间\t登录名\t变更\t内容\t操作人\t数据库用户");
	for (int row = 0; row < pg_rows_count(rows); row++)
		for (int column = 0; column < 6; column++)
			printf("%s%c", pg_get_text(rows, row, column), column < 5 ? '\t' : '\n');
	if (pg_rows_count(rows) == 0)
		fputs("没有账号变更，或没有这个账号\n", stderr);
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

int command_account(struct command_line *line, struct err *err)
{
	const char *word = line->word_count == 1 ? line->words[0] : "";
	if (strcmp(word, "history") == 0)
		return account_history(line, err);
	if (command_option(line, "--as-of")) {
		err_set(err, ERR_USAGE, "E_USAGE --as-of 只用于 account history");
		return -1;
	}
	if (strcmp(word, "list") == 0)
		return list_accounts(line, err);
	if (strcmp(word, "set") == 0)
		return set_account(line, err);
	err_set(err, ERR_USAGE, "E_USAGE account 后应为 list、set 或 history");
	return -1;
}

/* What every verdict and pick names; params are login, office, item, revision. */
static int judged_revision(struct command_line *line, uint8_t item[16], uint8_t revision[16], struct pg_param params[4],
			   struct err *err)
{
	const char *login, *office, *needed;
	if (command_required(line, "--login", &login, err) < 0 || command_required(line, "--office", &office, err) < 0 ||
	    command_required(line, "--item", &needed, err) < 0 || command_required(line, "--revision", &needed, err) < 0 ||
	    command_uuid(line, "--item", item, &params[2], err) < 0 ||
	    command_uuid(line, "--revision", revision, &params[3], err) < 0)
		return -1;
	params[0] = pg_text(login);
	params[1] = pg_text(office);
	return 0;
}

static int post_pick(struct command_line *line, struct err *err)
{
	uint8_t item[16], revision[16];
	struct pg_param params[5];
	if (judged_revision(line, item, revision, params, err) < 0 || command_connect(line, err) < 0)
		return -1;
	params[4] = pg_text(command_option(line, "--reason"));
	if (pg_exec(line->pg, SQL_pick_post, params, 5, NULL, err) < 0)
		return -1;
	puts("已裁定，并已下发通知");
	return 0;
}

/* The machine name and the Chinese name of what a remark is about: a field of the kind or a cell of
 * the form. */
static int name_remark(struct command_line *line, const struct pg_param revision[3],
		       const char *field, struct buf *names, struct buf *labels, struct err *err)
{
	struct pg_rows *rows = NULL;
	struct pg_param params[] = {revision[0], revision[1], revision[2], pg_text(field)};
	const char *name = field, *label = NULL;
	if (pg_exec(line->pg, SQL_review_remark, params, 4, &rows, err) < 0)
		return -1;
	if (pg_rows_count(rows) == 0) {
		label = field; /* the verdict is refused for the revision */
	} else {
		const struct catalog_kind *kind = catalog_kind_find(pg_get_text(rows, 0, 0));
		int place = kind ? catalog_field_find(kind->fields, kind->field_count, field) : -1;
		if (place >= 0) {
			name = kind->fields[place].name;
			label = kind->fields[place].label_zh;
		} else if (!pg_is_null(rows, 0, 1)) {
			label = pg_get_text(rows, 0, 1);
		}
		if (!label)
			err_set(err, ERR_DATA, "E_REVIEW_FIELD %s没有“%.60s”这一项，请用字段名%s",
				kind ? kind->label_zh : "这类记录", field,
				kind && strcmp(kind->name, "statistics_form") == 0
					? "或项号，如 12.sessions"
					: "");
	}
	if (label) {
		buf_text(names, name);
		buf_text(labels, label);
	}
	int rc = !label || pg_rows_check(rows, err) < 0 ? -1 : 0;
	pg_rows_free(&rows);
	return rc;
}

/* Remarks as field=text;field=text with the machine names of their fields, and beside them the
 * Chinese ones. */
static int take_remarks(struct command_line *line, const struct pg_param revision[3],
			const char *given, struct buf *remarks, struct buf *labels, struct err *err)
{
	for (const char *at = given, *end; at; at = *end ? end + 1 : NULL) {
		end = at + strcspn(at, ";");
		size_t length = strcspn(at, "=;");
		char field[128];
		if (at[length] != '=' || length == 0 || length >= sizeof(field) ||
		    at + length + 1 == end) {
			err_set(err, ERR_DATA,
				"E_REVIEW_REMARKS 逐项意见应写明字段和意见，如 place=请写明村");
			return -1;
		}
		memcpy(field, at, length);
		field[length] = '\0';
		if (at != given) {
			buf_text(remarks, ";");
			buf_text(labels, ";");
		}
		if (name_remark(line, revision, field, remarks, labels, err) < 0)
			return -1;
		buf_append(remarks, at + length, (size_t)(end - at) - length);
	}
	if (!remarks->is_failed && !labels->is_failed)
		return 0;
	err_set(err, ERR_NOMEM, "E_MEMORY 内存不足");
	return -1;
}

static int post_verdict(struct command_line *line, const char *verdict, struct err *err)
{
	uint8_t item[16], revision[16];
	struct pg_param params[9];
	struct buf remarks = {0}, labels = {0};
	if (judged_revision(line, item, revision, params, err) < 0 ||
	    command_date(line, "--cure", &params[7], err) < 0 || command_connect(line, err) < 0)
		return -1;
	params[4] = pg_text(verdict);
	params[5] = pg_text(command_option(line, "--reason"));
	int rc = take_remarks(line, &params[1], command_option(line, "--remarks"), &remarks,
			      &labels, err);
	params[6] = pg_text(remarks.data);
	params[8] = pg_text(labels.data);
	if (rc == 0)
		rc = pg_exec(line->pg, SQL_review_post, params, 9, NULL, err) < 0 ? -1 : 0;
	if (rc == 0)
		puts("已记录审核结论，并已下发单位");
	buf_fini(&remarks);
	buf_fini(&labels);
	return rc;
}

/* The kind, state and limit of a list, or a sentence. */
static int take_filter(const struct command_line *line, struct pg_param params[3], struct err *err)
{
	static const char *const states[] = {"pending", "accepted", "returned", "rejected", "disputed", "flagged", "any", NULL};
	const char *name = command_option(line, "--kind"), *state = command_option(line, "--state");
	const char *limit = command_option(line, "--limit");
	const struct catalog_kind *kind = catalog_kind_find(name ? name : "submission");
	char *end = NULL;
	long count = limit ? strtol(limit, &end, 10) : 100;
	size_t known = 0;
	while (state && states[known] && strcmp(states[known], state) != 0)
		known++;
	if (!kind)
		err_set(err, ERR_USAGE, "E_KIND_UNKNOWN 没有“%.40s”这种记录类别", name);
	else if (!states[known])
		err_set(err, ERR_USAGE,
			"E_STATE_BAD --state 应为 pending、accepted、returned、rejected、disputed、flagged 或 any");
	else if ((limit && (*end || end == limit)) || count < 1 || count > 10000)
		err_set(err, ERR_USAGE, "E_LIMIT_BAD --limit 应在 1 至 10000 之间");
	else {
		params[0] = pg_text(kind->name);
		params[1] = pg_text(state ? state : states[0]);
		params[2] = pg_int8(count);
		return 0;
	}
	return -1;
}

static int list_reviews(struct command_line *line, struct err *err)
{
	const char *node;
	struct pg_rows *rows = NULL;
	struct pg_param params[5];
	if (command_required(line, "--node", &node, err) < 0 || command_instant(line, "--as-of", &params[1], err) < 0 ||
	    take_filter(line, &params[2], err) < 0 || command_connect(line, err) < 0)
		return -1;
	params[0] = pg_text(node);
	if (pg_exec(line->pg, SQL_review_table, params, 5, &rows, err) < 0)
		return -1;
	puts("单位\t记录编号\t版本编号\t操作\t记录状态\t审核\t接收时间\t经办人\t更正原因\t提示");
	for (int row = 0; row < pg_rows_count(rows); row++)
		for (int column = 0; column < 10; column++)
			printf("%s%c", pg_get_text(rows, row, column), column < 9 ? '\t' : '\n');
	if (pg_rows_count(rows) == 0)
		fputs("没有符合条件的记录，或没有这个单位\n", stderr);
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

int command_review(struct command_line *line, struct err *err)
{
	static const char *const words[][2] = {
		{"accept", "accepted"}, {"return", "returned"}, {"reject", "rejected"}, {"reopen", "pending"}};
	const char *word = line->word_count == 1 ? line->words[0] : "";
	if (strcmp(word, "pick") == 0)
		return post_pick(line, err);
	if (strcmp(word, "list") == 0)
		return list_reviews(line, err);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(word, words[i][0]) == 0)
			return post_verdict(line, words[i][1], err);
	err_set(err, ERR_USAGE, "E_USAGE review 后应为 accept、return、reject、reopen、pick 或 list");
	return -1;
}
