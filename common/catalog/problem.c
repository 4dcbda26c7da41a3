/* SPDX-License-Identifier: Apache-2.0 */
#include "problem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "err.h"

void problems_add(struct problems *problems, const char *code, const char *field,
		  const char *format, ...)
{
	if (problems->count++ >= PROBLEMS_MAX)
		return;
	struct problem *problem = &problems->items[problems->count - 1];
	va_list args;
	va_start(args, format);
	vsnprintf(problem->text, sizeof(problem->text), format, args);
	va_end(args);
	text_trim(problem->text);
	snprintf(problem->code, sizeof(problem->code), "%s", code);
	snprintf(problem->field, sizeof(problem->field), "%s", field);
	text_trim(problem->field);
}
