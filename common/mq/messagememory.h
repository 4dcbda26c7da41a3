/* SPDX-License-Identifier: Apache-2.0 */
/* messagememory.h - cheap memory for messages under CURVE, in place of libsodium's guarded pages
 * Thread: any. */
#ifndef ZHIBAO_MESSAGEMEMORY_H
#define ZHIBAO_MESSAGEMEMORY_H

/* What is linked in takes effect by itself; to call this is what links it in. */
void message_memory_use(void);

#endif
