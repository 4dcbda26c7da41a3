/* SPDX-License-Identifier: Apache-2.0 */
/* harden.h - keeps the secrets of a daemon inside it
 * Thread: once, before secrets are read. */
#ifndef ZHIBAO_HARDEN_H
#define ZHIBAO_HARDEN_H

/* No core dumps, and no other process of the same user may attach or read the memory. */
void harden_process(void);

#endif
