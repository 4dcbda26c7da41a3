/* SPDX-License-Identifier: Apache-2.0 */
/* commandline.h - a command with its words and options, and what it needs to run
 * Thread: the main thread of a command. */
#ifndef ZHIBAO_COMMANDLINE_H
#define ZHIBAO_COMMANDLINE_H

#include "buf.h"
#include "conf.h"
#include "err.h"
#include "pg.h"

enum { COMMAND_WORDS_MAX = 8, COMMAND_OPTIONS_MAX = 16 };

struct command_line;

struct command {
	const char *name;           /* first word */
	const char *usage;          /* lines for the help, Chinese */
	const char *const *options; /* such as "--as-of", each takes a value; ended by NULL; or NULL for none */
	int (*run)(struct command_line *line, struct err *err); /* 0, or -1 with err filled */
};

struct command_line {
	const struct command *command;
	const char *config;                       /* file */
	const char *words[COMMAND_WORDS_MAX];     /* after the name */
	size_t word_count;
	const char *values[COMMAND_OPTIONS_MAX];  /* by place in command->options; NULL when absent */
	struct conf *conf;                        /* owned; set by command_load */
	struct pg *pg;                            /* owned; set by command_connect */
};

/* Fills line from the arguments of main and the table (ended by a NULL name). -1 with ERR_USAGE. */
int command_parse(struct command_line *line, const struct command *commands, int argc, char **argv, struct err *err);
/* Value of an option of the command, or NULL. */
const char *command_option(const struct command_line *line, const char *name);
/* The same; -1 with ERR_USAGE and a sentence when it is absent. */
int command_required(const struct command_line *line, const char *name, const char **value_out, struct err *err);
int command_load(struct command_line *line, struct err *err);    /* reads the configuration */
int command_connect(struct command_line *line, struct err *err); /* the same, and opens the database */
void command_fini(struct command_line *line);

/* Who acts: the user that the system knows, and beside him the one behind sudo, which is the word of an environment that anybody
 * sets. All of it is the word of the command, not of the database. */
void command_acting_user(struct buf *by);

/* Options as parameters: NULL when absent; -1 with ERR_USAGE and a sentence when the value is bad. */
int command_date(const struct command_line *line, const char *name, struct pg_param *out, struct err *err);
/* A date means the end of that day, Asia/Shanghai (ruling R2); otherwise an instant with its zone. */
int command_instant(const struct command_line *line, const char *name, struct pg_param *out, struct err *err);
/* A UUID; bytes must live as long as the parameter. */
int command_uuid(const struct command_line *line, const char *name, uint8_t bytes[16], struct pg_param *out,
		 struct err *err);

#endif
