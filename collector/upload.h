/* SPDX-License-Identifier: Apache-2.0 */
/* upload.h - files of an office on their way into the database, chunk by chunk, and their content
 * Thread: the owner of the connection; blocks, in the caller's transaction. What can fail returns -1. */
#ifndef ZHIBAO_UPLOAD_H
#define ZHIBAO_UPLOAD_H

#include "jobs.h"
#include "pg.h"

enum { FILE_ID_BYTES = 32, FILE_CHUNK_MIN = 4096, FILE_CHUNK_MAX = 262144,
       FILE_NAME_CHARACTERS = 255, FILE_TYPE_BYTES = 127 };

struct upload {
	int64_t upload_id;
	uint32_t chunk_bytes, next_chunk;
	uint64_t size_bytes;
	bool is_complete;
};

struct upload_offer {
	const uint8_t *file_id, *item_id; /* item_id NULL where it belongs to no item */
	uint64_t size_bytes;
	uint32_t chunk_bytes;
	const char *name, *media_type;
};

uint32_t upload_chunk_count(const struct upload *upload);
/* Chunks before this number may be sent. */
uint32_t upload_credit(const struct upload *upload);
/* Begins one or goes on with it: 1 with the upload, 0 when there is none. */
int upload_open(struct pg *pg, const char *office_code, const struct upload_offer *offer, struct upload *out, struct err *err);
/* 1 with the upload, 0 when there is none. */
int upload_find(struct pg *pg, const char *office_code, const uint8_t *file_id, struct upload *out, struct err *err);
/* Bytes that an office has stored already, beside this file. */
int upload_usage(struct pg *pg, const char *office_code, const uint8_t *file_id, uint64_t *out, struct err *err);
/* 1 and where the content is, 0 when nobody has sent it yet. */
int upload_find_content(struct pg *pg, const uint8_t *file_id, char office_code[CODE_SIZE], int64_t *upload_id_out,
			uint64_t *size_out, struct err *err);
/* Stores the next chunk and counts it. */
int upload_add_chunk(struct pg *pg, const char *office_code, struct upload *upload, const uint8_t *data, size_t len,
		     struct err *err);

/* Returns 0, or another number when memory is short. */
typedef int upload_visit(void *context, uint32_t chunk_no, const uint8_t *data, size_t len);
/* Calls visit with the chunks from first_chunk, at most count of them. */
int upload_read_chunks(struct pg *pg, const char *office_code, int64_t upload_id, uint32_t first_chunk, uint32_t count,
		       upload_visit *visit, void *context, uint32_t *read_out, struct err *err);
/* The name that all stored chunks together have. */
int upload_hash(struct pg *pg, const char *office_code, const struct upload *upload, uint8_t hash_out[FILE_ID_BYTES],
		struct err *err);
int upload_complete(struct pg *pg, const char *office_code, const uint8_t *file_id, struct err *err);
/* Drops the chunks; the upload begins anew. */
int upload_reset(struct pg *pg, const char *office_code, const struct upload *upload, struct err *err);

#endif
