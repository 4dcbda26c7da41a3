/* SPDX-License-Identifier: Apache-2.0 */
/* commands_private.h - what the files of commands share */
#ifndef ZHIBAO_COMMANDS_PRIVATE_H
#define ZHIBAO_COMMANDS_PRIVATE_H

#include <jansson.h>
#include <stdbool.h>

#include "commands.h"
#include "conf.h"

enum { EXIT_USAGE = 64, EXIT_DATA = 65 };

struct options {
	const char *config, *command, *subject;
	const char *author, *on_behalf_of, *kind, *rejected, *item, *media_type, *label, *reason;
	int64_t limit, wait_ms;
	const char *bad_field; /* whose value is not UTF-8 */
	bool is_json, wants_help;
	json_t *fields;
	struct conf *conf;
};

extern const char command_usage[]; /* what the program can do */
int command_complain(int code, const char *text); /* prints text, returns code */
int command_load_conf(struct options *options);   /* 0 or the exit code */
/* Sends a request (takes it) to the daemon. The answer is a new reference or NULL; complaints are printed. */
json_t *command_ask(struct options *options, json_t *request, int *exit_code);
void command_print_json(const json_t *value);
void command_print_problems(const json_t *problems); /* to standard error */
const char *command_state_zh(const char *state);     /* of a record */

/* Enters options->fields: a new record of the kind in subject, or with an operation a revision of the item in subject. */
int command_enter(struct options *options, const char *operation);

int command_record(struct options *options);
int command_amend(struct options *options);
int command_withdraw(struct options *options);
int command_import(struct options *options);
int command_list(struct options *options);
int command_show(struct options *options);
int command_status(struct options *options);
int command_attach(struct options *options);
int command_files(struct options *options);
int command_inbox(struct options *options);
int command_receipt(struct options *options);
int command_enrol(struct options *options);
int command_rotate(struct options *options);
int command_form(struct options *options);

#endif
