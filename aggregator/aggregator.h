/* SPDX-License-Identifier: Apache-2.0 */
/* aggregator.h - the daemon that keeps the figures and shows them
 * Thread: one owner; aggregator_run blocks until SIGTERM or SIGINT. */
#ifndef ZHIBAO_AGGREGATOR_H
#define ZHIBAO_AGGREGATOR_H

#include "conf.h"

struct aggregator;

/* conf is borrowed for the life of the aggregator. */
int aggregator_new(struct aggregator **out, const struct conf *conf, struct err *err);
int aggregator_run(struct aggregator *aggregator, struct err *err);
void aggregator_free(struct aggregator **aggregator);

#endif
