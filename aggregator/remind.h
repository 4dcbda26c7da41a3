/* SPDX-License-Identifier: Apache-2.0 */
/* remind.h - makes the reminders (催报) whose instant has come, from a thread of its own
 * Several aggregators may run it: each reminder is made once (zhibao.reminder_run).
 * Thread: start and stop from the main thread. */
#ifndef ZHIBAO_REMIND_H
#define ZHIBAO_REMIND_H

#include <stdint.h>

#include "err.h"

struct remind;

/* conninfo is copied. The thread reconnects by itself. */
int remind_start(struct remind **out, const char *conninfo, int64_t interval_ms, struct err *err);
void remind_stop(struct remind **remind); /* waits for the run in progress; fine to call on NULL */

#endif
