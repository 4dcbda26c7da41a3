/* SPDX-License-Identifier: Apache-2.0 */
/* Commands of those who judge: accounts. */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "sql.h"

static int list_accounts(struct command_line *line, struct err *err)
{
	struct pg_rows *rows = NULL;
	if (pg_exec(line->pg, SQL_account_list, NULL, 0, &rows, err) < 0)
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
	struct pg_param params[] = {pg_text(login), pg_text(name), pg_text(office), pg_text(roles),
				    pg_bool(!open || strcmp(open, "yes") == 0)};
	return pg_exec(line->pg, SQL_account_set, params, 5, NULL, err);
}

int command_account(struct command_line *line, struct err *err)
{
	bool is_list = line->word_count == 1 && strcmp(line->words[0], "list") == 0;
	bool is_set = line->word_count == 1 && strcmp(line->words[0], "set") == 0;
	if (!is_list && !is_set) {
		err_set(err, ERR_USAGE, "E_USAGE account 后应为 list 或 set");
		return -1;
	}
	if (command_connect(line, err) < 0)
		return -1;
	return is_list ? list_accounts(line, err) : set_account(line, err);
}
