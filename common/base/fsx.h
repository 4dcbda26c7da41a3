/* SPDX-License-Identifier: Apache-2.0 */
/* fsx.h - whole files in, whole files out
 * Thread: any; may block on the disk. */
#ifndef ZHIBAO_FSX_H
#define ZHIBAO_FSX_H

#include <sys/types.h>

#include "buf.h"
#include "err.h"

/* Appends the file to out. ERR_IO when unreadable, ERR_DATA when larger than max_bytes. */
int file_read(const char *path, size_t max_bytes, struct buf *out, struct err *err);
/* Replaces the file in one step (temporary file, fsync, rename, fsync of the folder). */
int file_write(const char *path, const void *data, size_t len, mode_t mode, struct err *err);

#endif
