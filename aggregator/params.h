/* SPDX-License-Identifier: Apache-2.0 */
/* params.h - query parameters of the API, checked before they reach a statement
 * Thread: pure functions over one request. */
#ifndef ZHIBAO_PARAMS_H
#define ZHIBAO_PARAMS_H

#include <stdbool.h>
#include <stdint.h>

#include "http.h"
#include "pg.h"

struct point {
	struct pg_param on;    /* date or NULL: the day of as_of */
	struct pg_param as_of; /* instant or NULL: what is folded */
};

/* Each answers the request and returns -1 when the value is bad. */

/* on and as_of; an as_of at or after folded_us is what is folded. */
int params_point(const struct http_request *request, int64_t folded_us, struct point *out,
		 struct http_response *response);
/* Refuses parameters that are not in the list (ended by NULL), so that a slip is not read as "no filter". */
int params_known(const struct http_request *request, const char *const *names,
		 struct http_response *response);
/* One of the words (ended by NULL); the first is the default. */
int params_choice(const struct http_request *request, const char *name, const char *const *words,
		  const char *code, const char **out, struct http_response *response);
int params_number(const struct http_request *request, const char *name, int64_t min, int64_t max,
		  int64_t default_value, int64_t *out, struct http_response *response);
/* NULL parameter when absent. bytes must live as long as the parameter. */
int params_uuid(const struct http_request *request, const char *name, uint8_t bytes[16],
		struct pg_param *out, struct http_response *response);

#endif
