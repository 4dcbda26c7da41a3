/* SPDX-License-Identifier: Apache-2.0 */
/* Commands about deadlines: how obligations stand, extensions, exemptions, reminders. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calendar.h"
#include "commands.h"
#include "sql.h"

/* --milestone as a parameter, NULL when absent. */
static int take_milestone(const struct command_line *line, struct pg_param *out, struct err *err)
{
	const char *text = command_option(line, "--milestone");
	char *end;
	*out = pg_null_int4();
	if (!text)
		return 0;
	errno = 0;
	long number = strtol(text, &end, 10);
	if (errno || *end || end == text || number < 1 || number > 9999) {
		err_set(err, ERR_USAGE, "E_MILESTONE_BAD --milestone 应为任务编号");
		return -1;
	}
	*out = pg_int4((int32_t)number);
	return 0;
}

static void print_rows(struct pg_rows *rows, int columns)
{
	for (int row = 0; row < pg_rows_count(rows); row++)
		for (int column = 0; column < columns; column++)
			printf("%s%c", pg_get_text(rows, row, column), column + 1 < columns ? '\t' : '\n');
}

int command_deadlines(struct command_line *line, struct err *err)
{
	static const char *const states[] = {"exempt", "not_due", "on_time", "late", "missing", NULL};
	const char *office = command_option(line, "--office"), *node = command_option(line, "--node");
	const char *state = command_option(line, "--state");
	struct pg_param as_of, milestone;
	struct pg_rows *rows = NULL;
	size_t known = 0;
	while (state && states[known] && strcmp(states[known], state) != 0)
		known++;
	if ((office && node) || (state && !states[known])) {
		err_set(err, ERR_USAGE, office && node ? "E_USAGE --office 与 --node 只能用一个"
						      : "E_STATE_BAD --state 应为 exempt、not_due、on_time、late 或 missing");
		return -1;
	}
	if (command_instant(line, "--as-of", &as_of, err) < 0 || take_milestone(line, &milestone, err) < 0 ||
	    command_connect(line, err) < 0)
		return -1;
	struct pg_param params[] = {pg_text(office ? office : node), pg_bool(!office), as_of, milestone, pg_text(state)};
	if (pg_exec(line->pg, SQL_deadline_list, params, 5, &rows, err) < 0)
		return -1;
	puts("单位\t名称\t任务\t内容\t期限\t状态\t天数\t接收时间\t审核\t备注\t联系人");
	print_rows(rows, 11);
	if (pg_rows_count(rows) == 0)
		fputs("没有符合条件的报送任务，或该时点尚未装载活动包\n", stderr);
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

/* Login, office, milestone and reason: what every change of a deadline needs, in this order. */
static int take_act(struct command_line *line, struct pg_param params[4], struct err *err)
{
	const char *login, *office, *milestone, *reason;
	if (command_required(line, "--login", &login, err) < 0 || command_required(line, "--office", &office, err) < 0 ||
	    command_required(line, "--milestone", &milestone, err) < 0 ||
	    command_required(line, "--reason", &reason, err) < 0)
		return -1;
	params[0] = pg_text(login);
	params[1] = pg_text(office);
	params[3] = pg_text(reason);
	return take_milestone(line, &params[2], err);
}

/* grant, the default, or withdraw; -1 when it is neither. */
static int take_word(const struct command_line *line, bool *is_grant_out, struct err *err)
{
	*is_grant_out = line->word_count == 0 || (line->word_count == 1 && strcmp(line->words[0], "grant") == 0);
	if (*is_grant_out || (line->word_count == 1 && strcmp(line->words[0], "withdraw") == 0))
		return 0;
	err_set(err, ERR_USAGE, "E_USAGE %s 后应为 grant 或 withdraw", line->command->name);
	return -1;
}

/* A day means its end, 24:00 Asia/Shanghai: what arrives on that day is in time (ruling R12). */
static int take_until(struct command_line *line, struct pg_param *out, struct err *err)
{
	const char *text;
	int32_t day;
	if (command_required(line, "--until", &text, err) < 0)
		return -1;
	if (date_parse(text, strlen(text), &day) < 0)
		return command_instant(line, "--until", out, err);
	*out = pg_instant(shanghai_day_end_us(day));
	return 0;
}

static int run_act(struct command_line *line, const char *sql, const struct pg_param *params, size_t count,
		   const char *done, struct err *err)
{
	struct pg_rows *rows = NULL;
	if (command_connect(line, err) < 0 || pg_exec(line->pg, sql, params, count, &rows, err) < 0)
		return -1;
	printf("%s %lld\n", done, (long long)pg_get_int(rows, 0, 0));
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

int command_extend(struct command_line *line, struct err *err)
{
	struct pg_param params[5];
	bool is_grant;
	if (take_word(line, &is_grant, err) < 0 || take_act(line, params, err) < 0 ||
	    (is_grant && take_until(line, &params[4], err) < 0))
		return -1;
	return is_grant ? run_act(line, SQL_extension_grant, params, 5, "已批准延期", err)
			: run_act(line, SQL_extension_withdraw, params, 4, "已撤回延期", err);
}

int command_exempt(struct command_line *line, struct err *err)
{
	struct pg_param params[5];
	bool is_grant;
	if (take_word(line, &is_grant, err) < 0 || take_act(line, params, err) < 0)
		return -1;
	params[4] = pg_null_instant();
	if (is_grant && command_option(line, "--until") && take_until(line, &params[4], err) < 0)
		return -1;
	return is_grant ? run_act(line, SQL_exemption_grant, params, 5, "已批准免报", err)
			: run_act(line, SQL_exemption_withdraw, params, 4, "已撤回免报", err);
}

static int list_reminders(struct command_line *line, struct err *err)
{
	struct pg_param office = pg_text(command_option(line, "--office"));
	struct pg_rows *rows = NULL;
	if (command_connect(line, err) < 0 || pg_exec(line->pg, SQL_reminder_list, &office, 1, &rows, err) < 0)
		return -1;
	puts("时间\t单位\t名称\t任务\t节点\t发出人\t送达\t内容");
	print_rows(rows, 8);
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

int command_remind(struct command_line *line, struct err *err)
{
	const char *login, *milestone_text;
	struct pg_param milestone;
	if (line->word_count == 1 && strcmp(line->words[0], "list") == 0)
		return list_reminders(line, err);
	if (line->word_count > 0) {
		err_set(err, ERR_USAGE, "E_USAGE remind 后应为 list 或选项");
		return -1;
	}
	if (command_required(line, "--login", &login, err) < 0 ||
	    command_required(line, "--milestone", &milestone_text, err) < 0 || take_milestone(line, &milestone, err) < 0)
		return -1;
	struct pg_param params[] = {pg_text(login), pg_text(command_option(line, "--office")), milestone,
				    pg_text(command_option(line, "--text"))};
	return run_act(line, SQL_reminder_post, params, 4, "已催报单位数", err);
}
