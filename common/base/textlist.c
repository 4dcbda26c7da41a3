/* SPDX-License-Identifier: Apache-2.0 */
#include "textlist.h"

#include <stdlib.h>
#include <string.h>

static int add(struct text_list *list, const char *text, size_t len)
{
	char **items = realloc(list->items, (list->count + 1) * sizeof(*items));
	if (!items)
		return -1;
	list->items = items;
	items[list->count] = strndup(text, len);
	if (!items[list->count])
		return -1;
	list->count++;
	return 0;
}

int text_list_split(struct text_list *out, const char *text, struct err *err)
{
	*out = (struct text_list){0};
	while (*text) {
		size_t len = strcspn(text, ",");
		size_t from = strspn(text, " \t"), to = len;
		while (to > from && (text[to - 1] == ' ' || text[to - 1] == '\t'))
			to--;
		if (to > from && add(out, text + from, to - from) < 0) {
			text_list_fini(out);
			err_set(err, ERR_NOMEM, "内存不足");
			return -1;
		}
		text += len + (text[len] == ',');
	}
	return 0;
}

bool text_list_has(const struct text_list *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i], text) == 0)
			return true;
	return false;
}

void text_list_fini(struct text_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i]);
	free(list->items);
	*list = (struct text_list){0};
}
