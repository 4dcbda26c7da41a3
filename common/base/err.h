/* SPDX-License-Identifier: Apache-2.0 */
/* err.h - one failure: a code for the program, a sentence for the human
 * Thread: any; a struct err belongs to its caller. */
#ifndef ZHIBAO_ERR_H
#define ZHIBAO_ERR_H

enum err_code {
	ERR_NONE,
	ERR_USAGE,     /* the command line is wrong */
	ERR_DATA,      /* data breaks a rule */
	ERR_CONFIG,    /* the configuration is wrong */
	ERR_IO,        /* a file, socket or the system refused */
	ERR_FULL,      /* a limit is reached */
	ERR_RETRY,     /* may work later */
	ERR_DENIED,    /* not allowed */
	ERR_NOT_FOUND, /* no such thing */
	ERR_CONFLICT,  /* clashes with what is there */
	ERR_NOMEM,     /* out of memory */
	ERR_UNKNOWN,   /* the outcome of a commit is not known */
	ERR_INTERNAL   /* a fault of ours */
};

struct err {
	enum err_code code;
	char text[512]; /* UTF-8, never cut inside a character */
};

/* Fills err; a NULL err is allowed. */
void err_set(struct err *err, enum err_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Puts words before the text that is there, as in "plan.csv: ...". */
void err_prefix(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Exit code for a supervisor: 0, 64 usage, 65 data, 70 internal, 75 retry, 78 configuration. */
int err_exit_code(enum err_code code);

/* Drops what is no UTF-8: characters that the end of a buffer or a precision such as %.40s cut, wherever they stand. */
void text_trim(char *text);

#endif
