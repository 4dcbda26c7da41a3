/* SPDX-License-Identifier: Apache-2.0 */
/* drawcheck.h - proves a published draw from its file alone: no database, no secret (docs/draws.md)
 * Thread: pure function. */
#ifndef ZHIBAO_DRAWCHECK_H
#define ZHIBAO_DRAWCHECK_H

#include <jansson.h>

#include "err.h"

/* The seed answers to the commitment, the population to its digest, and the sample is what the seed
 * draws. -1 with ERR_DATA and what does not fit: E_DRAW_FORMAT, E_DRAW_COMMITMENT, E_DRAW_DIGEST or
 * E_DRAW_SAMPLE. */
int draw_check(const json_t *draw, struct err *err);

#endif
