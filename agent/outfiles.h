/* SPDX-License-Identifier: Apache-2.0 */
/* outfiles.h - attachments on their way to the centre: kept beside the ledger until the centre has hashed the whole
 * Content lies in <dir>/<BLAKE2b-256 in hexadecimal>. One file at a time, after the records, never more under way than the
 * line carries in about a second.
 * Thread: the loop's, except outfiles_import (the command's). Blocks on the disk. */
#ifndef ZHIBAO_OUTFILES_H
#define ZHIBAO_OUTFILES_H

#include <jansson.h>

#include "outbox.h"
#include "session.h"

enum { OUTFILES_ID_BYTES = 32, OUTFILES_CHUNK_BYTES = 65536 };

struct outfiles;

struct outfiles_options {
	struct outbox *outbox;   /* borrowed, as the others */
	struct session *session;
	const char *dir;
};

struct outfiles_entry {
	uint8_t file_id[OUTFILES_ID_BYTES];
	uint64_t size_bytes;
	const char *name, *media_type; /* borrowed */
	const uint8_t *item_id;        /* 16 bytes or NULL */
};

/* Copies a file into dir under its digest. ERR_IO, ERR_DATA (empty). */
int outfiles_import(const char *path, const char *dir, uint8_t file_id_out[OUTFILES_ID_BYTES],
		    uint64_t *size_out, struct err *err);

int outfiles_new(struct outfiles **out, const struct outfiles_options *options, struct err *err);
void outfiles_free(struct outfiles **files);
/* Takes note of a file that is in dir. ERR_DATA when it is not. */
int outfiles_add(struct outfiles *files, const struct outfiles_entry *entry, struct err *err);
json_t *outfiles_list(struct outbox *outbox, uint64_t limit, struct err *err); /* newest first; a new reference */

void outfiles_opened(struct outfiles *files);
void outfiles_closed(struct outfiles *files);
bool outfiles_message(struct outfiles *files, uint8_t type, const ProtobufCMessage *message, int64_t now_ms);
void outfiles_pump(struct outfiles *files, int64_t now_ms); /* once a second and when the records are through */

#endif
