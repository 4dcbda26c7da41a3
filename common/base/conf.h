/* SPDX-License-Identifier: Apache-2.0 */
/* conf.h - settings from a file, checked against one table
 * The file holds sections: `outbox { max_bytes = "64 MiB" }` is the key outbox.max_bytes.
 * An unknown key, a missing unit or a value out of range is refused with file, line, key and what was
 * expected; ERR_CONFIG, and the text begins with CONF_SYNTAX, CONF_UNKNOWN_KEY, CONF_BAD_VALUE or
 * CONF_MISSING_KEY.
 * Thread: one owner; a loaded conf does not change and may be read by many. */
#ifndef ZHIBAO_CONF_H
#define ZHIBAO_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "err.h"

enum conf_type {
	CONF_TEXT,     /* any text; min and max are its length in bytes */
	CONF_PATH,     /* absolute path */
	CONF_SECRET,   /* absolute path of a file that holds the secret; printed as *** */
	CONF_INTEGER,  /* whole number */
	CONF_BYTES,    /* number with B, KiB, MiB or GiB */
	CONF_DURATION, /* number with ms, s, min, h or d; kept in milliseconds */
	CONF_BOOL      /* true or false */
};

struct conf_key {
	const char *key; /* section.name */
	enum conf_type type;
	int64_t min, max;         /* inclusive, in the base unit */
	const char *default_text; /* as written in a file; NULL: must be given */
	bool is_reloadable;       /* takes effect on SIGHUP */
	const char *help_zh;
};

struct conf;

/* Reads file against table (borrowed for the life of the conf). 0 and an owned conf, or -1. */
int conf_load(struct conf **out, const char *file, const struct conf_key *table, size_t count,
	      struct err *err);
void conf_free(struct conf **conf);
/* Reads the same file against the same table anew. 0 and an owned conf, or -1 with *out NULL: the old one stays good. */
int conf_reload(struct conf **out, const struct conf *old, struct err *err);
/* Is this key, which only a restart can change, written differently? For each in turn: *at starts at 0; NULL at the end. */
const char *conf_next_fixed(const struct conf *old, const struct conf *fresh, size_t *at);
/* The key must be in the table and of the right type; anything else is a fault of ours. */
const char *conf_text(const struct conf *conf, const char *key); /* borrowed; TEXT, PATH, SECRET */
int64_t conf_number(const struct conf *conf, const char *key);  /* INTEGER, BYTES, DURATION, BOOL */
/* Writes the settings in force (or the defaults when conf is NULL) as a file that can be loaded. */
void conf_print(const struct conf *conf, const struct conf_key *table, size_t count, FILE *to);

#endif
