/* SPDX-License-Identifier: Apache-2.0 */
/* enrolment.h - zhibao-agent enrol: presents the one-time key of an enrolment file with a new key of this machine
 * Thread: the command's; blocks for up to a minute. */
#ifndef ZHIBAO_ENROLMENT_H
#define ZHIBAO_ENROLMENT_H

#include "enrolfile.h"
#include "mqkeys.h"

/* Asks the collectors in turn, for 30 s, until one has enrolled keys and admits them. ERR_DENIED (used, expired or for another office),
 * ERR_RETRY (no collector answered). */
int enrolment_run(const struct enrol_file *file, const char *office_code, const char *label,
		  const struct mq_keys *keys, struct err *err);

#endif
