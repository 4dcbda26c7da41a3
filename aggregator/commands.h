/* SPDX-License-Identifier: Apache-2.0 */
/* commands.h - the command line of the aggregator: run, and what operators and administrators do
 * A command lives in the file of its subject and is named in the table of commands.c. */
#ifndef ZHIBAO_COMMANDS_H
#define ZHIBAO_COMMANDS_H

#include "commandline.h"

/* Whole program; returns the exit code. */
int commands_main(int argc, char **argv);

/* commandsreview.c */
int command_account(struct command_line *line, struct err *err);
int command_review(struct command_line *line, struct err *err);

/* commandsdeadline.c */
int command_deadlines(struct command_line *line, struct err *err);
int command_extend(struct command_line *line, struct err *err);
int command_exempt(struct command_line *line, struct err *err);
int command_remind(struct command_line *line, struct err *err);
/* commandsform.c */
int command_form(struct command_line *line, struct err *err);
/* commandsfreezes.c */
int command_frozen(struct command_line *line, struct err *err);
int command_diff(struct command_line *line, struct err *err);

/* commandsdraw.c */
int command_draw(struct command_line *line, struct err *err);

/* commandsexport.c */
int command_export(struct command_line *line, struct err *err);
/* commandsreport.c */
int command_report(struct command_line *line, struct err *err);

#endif
