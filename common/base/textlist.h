/* SPDX-License-Identifier: Apache-2.0 */
/* textlist.h - words separated by commas
 * Thread: one owner. */
#ifndef ZHIBAO_TEXTLIST_H
#define ZHIBAO_TEXTLIST_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"

struct text_list {
	char **items; /* owned, in order */
	size_t count;
};

/* Spaces around a word are dropped, and so are empty words. 0 or -1 when memory is out (the list is empty then). */
int text_list_split(struct text_list *out, const char *text, struct err *err);
bool text_list_has(const struct text_list *list, const char *text);
void text_list_fini(struct text_list *list);

#endif
