/* SPDX-License-Identifier: Apache-2.0 */
/* problem.h - what is wrong with a record, for the person who can mend it
 * Thread: one owner. */
#ifndef ZHIBAO_PROBLEM_H
#define ZHIBAO_PROBLEM_H

#include <stddef.h>

enum { PROBLEMS_MAX = 16 };

struct problem {
	char code[32];  /* stable, ASCII, such as E_TOWNSHIP_UNKNOWN */
	char field[48]; /* name of the field, "" when the whole record is meant */
	char text[360]; /* Chinese: what is wrong and what to do */
};

struct problems {
	size_t count; /* those beyond PROBLEMS_MAX are counted, not kept */
	struct problem items[PROBLEMS_MAX];
};

void problems_add(struct problems *problems, const char *code, const char *field,
		  const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
