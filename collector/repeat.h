/* SPDX-License-Identifier: Apache-2.0 */
/* repeat.h - is a record that came again the one that is stored? For those whose bytes were not kept
 * Thread: the owner of the connection; blocks. Inside the caller's transaction. */
#ifndef ZHIBAO_REPEAT_H
#define ZHIBAO_REPEAT_H

#include "project.h"

/* Compares all values of the record with the stored row of its revision; where it came from does not matter. PostgreSQL
 * compares, so that both sides are typed alike. copy: a projection into pg_temp, empty. */
int repeat_is_same(struct pg *pg, struct projection *copy, const struct catalog_kind *kind, const Zhibao__V1__Record *record,
		   const ProtobufCMessage *body, const struct row_head *head, bool *is_same_out, struct err *err);

#endif
