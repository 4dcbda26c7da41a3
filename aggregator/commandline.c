/* SPDX-License-Identifier: Apache-2.0 */
#include "commandline.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "calendar.h"
#include "settings.h"
#include "uuid.h"

static int option_index(const struct command *command, const char *name)
{
	for (int i = 0; command->options && command->options[i]; i++)
		if (strcmp(command->options[i], name) == 0)
			return i;
	return -1;
}

static int take_argument(struct command_line *line, const struct command *commands, const char *word, struct err *err)
{
	if (line->command) {
		if (line->word_count < COMMAND_WORDS_MAX) {
			line->words[line->word_count++] = word;
			return 0;
		}
		err_set(err, ERR_USAGE, "E_USAGE 参数太多");
		return -1;
	}
	for (line->command = commands; line->command->name; line->command++)
		if (strcmp(line->command->name, word) == 0)
			return 0;
	line->command = NULL;
	err_set(err, ERR_USAGE, "E_COMMAND 没有“%s”这个命令", word);
	return -1;
}

static int take_option(struct command_line *line, const char *name, const char *value, struct err *err)
{
	int i = line->command ? option_index(line->command, name) : -1;
	if (!value) {
		err_set(err, ERR_USAGE, "E_USAGE 选项 %s 缺少取值", name);
		return -1;
	}
	if (strcmp(name, "--config") == 0 || strcmp(name, "-c") == 0) {
		line->config = value;
		return 0;
	}
	if (i < 0) {
		err_set(err, ERR_USAGE, "E_USAGE 没有选项 %s", name);
		return -1;
	}
	line->values[i] = value;
	return 0;
}

int command_parse(struct command_line *line, const struct command *commands, int argc, char **argv, struct err *err)
{
	for (int i = 1; i < argc; i++) {
		bool is_option = argv[i][0] == '-' && argv[i][1];
		int rc = is_option ? take_option(line, argv[i], argv[i + 1], err) : take_argument(line, commands, argv[i], err);
		if (rc < 0)
			return -1;
		i += is_option;
	}
	if (line->command)
		return 0;
	err_set(err, ERR_USAGE, "E_USAGE 缺少命令");
	return -1;
}

const char *command_option(const struct command_line *line, const char *name)
{
	int i = option_index(line->command, name);
	return i < 0 ? NULL : line->values[i];
}

int command_required(const struct command_line *line, const char *name, const char **value_out, struct err *err)
{
	*value_out = command_option(line, name);
	if (*value_out && **value_out)
		return 0;
	err_set(err, ERR_USAGE, "E_USAGE 缺少选项 %s", name);
	return -1;
}

int command_load(struct command_line *line, struct err *err)
{
	return conf_load(&line->conf, line->config, aggregator_settings, aggregator_setting_count, err);
}

int command_connect(struct command_line *line, struct err *err)
{
	if (command_load(line, err) < 0)
		return -1;
	return pg_open(&line->pg, conf_text(line->conf, "database.conninfo"), "zhibao-aggregator command", err);
}

void command_acting_user(struct buf *by)
{
	const struct passwd *user = getpwuid(getuid());
	const char *sudo = getenv("SUDO_USER");
	if (user)
		buf_text(by, user->pw_name);
	else
		buf_format(by, "%u", (unsigned)getuid());
	if (sudo && *sudo)
		buf_format(by, "（sudo：%s）", sudo);
}

void command_fini(struct command_line *line)
{
	pg_close(&line->pg);
	conf_free(&line->conf);
}

int command_date(const struct command_line *line, const char *name, struct pg_param *out, struct err *err)
{
	const char *text = command_option(line, name);
	int32_t day;
	*out = pg_null_date();
	if (!text)
		return 0;
	if (date_parse(text, strlen(text), &day) < 0) {
		err_set(err, ERR_USAGE, "E_DATE_BAD %s 应为 YYYY-MM-DD", name);
		return -1;
	}
	*out = pg_date(day);
	return 0;
}

int command_instant(const struct command_line *line, const char *name, struct pg_param *out, struct err *err)
{
	const char *text = command_option(line, name);
	int32_t day;
	int64_t instant_us;
	*out = pg_null_instant();
	if (!text)
		return 0;
	if (date_parse(text, strlen(text), &day) == 0)
		instant_us = shanghai_day_end_us(day) - 1; /* the end of the day is exclusive */
	else if (instant_parse(text, strlen(text), &instant_us) < 0) {
		err_set(err, ERR_USAGE, "E_DATE_BAD %s 应为 YYYY-MM-DD 或带时区的时间", name);
		return -1;
	}
	*out = pg_instant(instant_us);
	return 0;
}

int command_uuid(const struct command_line *line, const char *name, uint8_t bytes[16], struct pg_param *out,
		 struct err *err)
{
	const char *text = command_option(line, name);
	struct uuid uuid;
	*out = pg_uuid(NULL);
	if (!text)
		return 0;
	if (uuid_parse(text, strlen(text), &uuid) < 0) {
		err_set(err, ERR_USAGE, "E_ID_BAD %s 应为 UUID", name);
		return -1;
	}
	memcpy(bytes, uuid.bytes, 16);
	*out = pg_uuid(bytes);
	return 0;
}
