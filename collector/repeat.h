/* SPDX-License-Identifier: Apache-2.0 */
/* repeat.h - is a record that came again the one that is stored?
 * Thread: the owner of the connection; blocks. Inside the caller's transaction. */
#ifndef ZHIBAO_REPEAT_H
#define ZHIBAO_REPEAT_H

#include "project.h"

enum repeat { REPEAT_NONE, REPEAT_SAME, REPEAT_OTHER, REPEAT_FAILED };

/* Was this revision stored before, and with the same bytes? Where they were not kept, with the same values, wherever it came
 * from; PostgreSQL compares those, so that both sides are typed alike. copy: a projection into pg_temp, empty. */
enum repeat repeat_look_up(struct pg *pg, struct projection *copy, const struct row_head *head,
			   const struct record_view *view, const ProtobufCBinaryData *bytes, struct err *err);

#endif
