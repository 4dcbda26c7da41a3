/* SPDX-License-Identifier: Apache-2.0 */
/* The statistics form on the command line: the consolidated table of a node. */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "sql.h"

static int print_members(struct command_line *line, const struct pg_param *params, struct err *err)
{
	struct pg_rows *rows = NULL;
	if (pg_exec(line->pg, SQL_form_members, params, 3, &rows, err) < 0)
		return -1;
	int count = pg_rows_count(rows);
	for (int i = 0; i < count; i++)
		printf("%s\t%s\t%s\t%s\n", pg_get_text(rows, i, 0), pg_get_text(rows, i, 1), pg_get_text(rows, i, 2),
		       pg_get_text(rows, i, 3));
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	if (rc == 0 && count == 0) {
		err_set(err, ERR_DATA, "E_NODE_UNKNOWN 没有这个单位");
		return -1;
	}
	return rc;
}

static int print_table(struct command_line *line, const struct pg_param *params, struct err *err)
{
	struct pg_rows *rows = NULL;
	if (pg_exec(line->pg, SQL_form_show, params, 3, &rows, err) < 0)
		return -1;
	puts("\n类别\t项号\t项目\t填报\t记录得出\t填报单位数\t明细");
	for (int i = 0; i < pg_rows_count(rows); i++) {
		for (int column = 0; column < 7; column++)
			printf("%s%s", column ? "\t" : "", pg_get_text(rows, i, column));
		putchar('\n');
	}
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

int command_form(struct command_line *line, struct err *err)
{
	const char *node, *period;
	struct pg_param as_of;
	if (line->word_count != 1 || strcmp(line->words[0], "show") != 0) {
		err_set(err, ERR_USAGE, "E_USAGE form 后应为 show");
		return -1;
	}
	if (command_required(line, "--node", &node, err) < 0 || command_required(line, "--period", &period, err) < 0 ||
	    command_instant(line, "--as-of", &as_of, err) < 0)
		return -1;
	if (strcmp(period, "mid_year") != 0 && strcmp(period, "year_end") != 0) {
		err_set(err, ERR_USAGE, "E_PERIOD_BAD --period 应为 mid_year（上半年）或 year_end（年终）");
		return -1;
	}
	if (command_connect(line, err) < 0)
		return -1;
	struct pg_param params[] = {pg_text(node), pg_text(period), as_of};
	return print_members(line, params, err) < 0 ? -1 : print_table(line, params, err);
}
