/* SPDX-License-Identifier: Apache-2.0 */
/* year.h - what an office does in an invented year; every theme says that it is invented
 * Volumes: 4 to 30 lectures per category and county at scale 1, some 9,000 in the province; 150 to 2,000 brochures
 * a session. No such figures were ever published: they are an assumption.
 * Papers and forms name who filled them in and another who approved them (审核人); about one office in twenty forgets the
 * approver, so that its paper and its form are flagged (F_UNAPPROVED) and cannot be accepted.
 * Thread: the loop's. */
#ifndef ZHIBAO_SIM_YEAR_H
#define ZHIBAO_SIM_YEAR_H

#include "office.h"

enum { YEAR_STEPS = 7 };

struct year {
	const struct pack *pack;
	double scale;
	struct office *offices;
	size_t office_count;
};

/* Steps 0 .. YEAR_STEPS - 1 in order, each for all offices before the next. */
int year_step(const struct year *year, struct office *office, int step, struct err *err);

#endif
