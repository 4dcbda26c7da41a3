/* SPDX-License-Identifier: Apache-2.0 */
/* daemon.h - zhibao-agent run: one office until SIGTERM
 * Thread: the main thread; blocks. */
#ifndef ZHIBAO_DAEMON_H
#define ZHIBAO_DAEMON_H

#include "conf.h"

int daemon_run(const struct conf *conf, struct err *err);

#endif
