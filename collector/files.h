/* SPDX-License-Identifier: Apache-2.0 */
/* files.h - content-addressed files in the database, in chunks
 * Thread: the owner of the connection; blocks. */
#ifndef ZHIBAO_FILES_H
#define ZHIBAO_FILES_H

#include "jobs.h"
#include "upload.h"

struct files_limits {
	uint64_t max_file_bytes, max_office_bytes; /* of one file; of all files of an office */
};

/* JOB_OFFER, JOB_CHUNK and JOB_WANT (and JOB_PROPOSE, after them), each group in one transaction; what is whole then is hashed. 0, or -1 with ERR_RETRY or
 * ERR_UNKNOWN when nothing may be answered. */
int files_run(struct pg *pg, const struct files_limits *limits, struct job **jobs, size_t count,
	      struct err *err);
/* Stores a file of the centre itself; file_id_out is its name. */
int files_put(struct pg *pg, const char *name, const void *data, size_t len,
	      uint8_t file_id_out[FILE_ID_BYTES], struct err *err);
/* Drops uploads that nobody went on with for so long. */
int files_sweep(struct pg *pg, int64_t age_ms, struct err *err);

#endif
