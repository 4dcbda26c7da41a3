/* SPDX-License-Identifier: Apache-2.0 */
/* reload.h - what SIGHUP does in every daemon
 * Thread: one owner. */
#ifndef ZHIBAO_RELOAD_H
#define ZHIBAO_RELOAD_H

#include "conf.h"

/* Reads the file of the daemon's settings anew and sets log.level by it. Owned, or NULL when it cannot be used: that is
 * logged and everything stays as it was. Changes that only a restart can make are named in the log. */
struct conf *reload_settings(const struct conf *started_with);

#endif
