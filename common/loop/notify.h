/* SPDX-License-Identifier: Apache-2.0 */
/* notify.h - tells the supervisor how the daemon is; does nothing without one
 * Thread: any. */
#ifndef ZHIBAO_NOTIFY_H
#define ZHIBAO_NOTIFY_H

void notify_ready(const char *status); /* status: one line for the operator */
void notify_stopping(void);

#endif
