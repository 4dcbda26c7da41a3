/* SPDX-License-Identifier: Apache-2.0 */
/* mischief.h - an enrolled peer that breaks the protocol in every way, beside the honest ones */
#ifndef ZHIBAO_MISCHIEF_H
#define ZHIBAO_MISCHIEF_H

#include "world_private.h"

void mischief_act(struct world *world); /* does one thing and plans the next */
void mischief_message(struct world *world, uint64_t line_no, const uint8_t *data, size_t len);

#endif
