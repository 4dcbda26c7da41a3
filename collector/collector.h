/* SPDX-License-Identifier: Apache-2.0 */
/* collector.h - the daemon that takes in what agents send
 * Thread: one owner; collector_run blocks until SIGTERM or SIGINT. */
#ifndef ZHIBAO_COLLECTOR_H
#define ZHIBAO_COLLECTOR_H

#include "conf.h"

int collector_run(const struct conf *conf, struct err *err);

#endif
