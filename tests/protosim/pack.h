/* SPDX-License-Identifier: Apache-2.0 */
/* pack.h - a programme pack that the centre of the simulation announces to every office, and what else it is asked beside records
 * Thread: one owner. */
#ifndef ZHIBAO_PACK_H
#define ZHIBAO_PACK_H

#include "jobs.h"

#define PACK_NAME "p"
enum { PACK_YEAR = 2024, PACK_VERSION = 2, PACK_MESSAGE = 1 };

/* Fills the answer of a Downlink, Want or Recall. */
void pack_answer(struct job *job);

#endif
