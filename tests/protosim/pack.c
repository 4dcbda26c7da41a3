/* SPDX-License-Identifier: Apache-2.0 */
#include "pack.h"

#include <sodium.h>
#include <string.h>

#include "upload.h"

enum { CONTENT_BYTES = 20000, CHUNK_BYTES = 3000 };

static uint8_t packed[CONTENT_BYTES + 100], file_id[FILE_ID_BYTES];
static size_t packed_len;

static void make(void)
{
	static uint8_t content[CONTENT_BYTES];
	Zhibao__V1__PackFile file = ZHIBAO__V1__PACK_FILE__INIT, *files = &file;
	Zhibao__V1__PackBundle bundle = ZHIBAO__V1__PACK_BUNDLE__INIT;
	for (size_t i = 0; i < sizeof(content); i++)
		content[i] = (uint8_t)(i * 31 >> 3);
	file.name = (char *)(uintptr_t) "content";
	file.content = (ProtobufCBinaryData){sizeof(content), content};
	bundle.programme = (char *)(uintptr_t)PACK_NAME;
	bundle.version = PACK_VERSION;
	bundle.files = &files;
	bundle.n_files = 1;
	packed_len = zhibao__v1__pack_bundle__pack(&bundle, packed);
	crypto_generichash(file_id, sizeof(file_id), packed, packed_len, NULL, 0);
}

static void tell(struct job *job)
{
	Zhibao__V1__Downlink message = ZHIBAO__V1__DOWNLINK__INIT;
	job->acked_seq = job->first_seq - 1;
	if (job->first_seq != PACK_MESSAGE)
		return;
	message.seq = job->acked_seq = PACK_MESSAGE;
	message.kind = ZHIBAO__V1__DOWNLINK_KIND__DOWNLINK_KIND_PROGRAMME;
	message.file_id = (ProtobufCBinaryData){sizeof(file_id), file_id};
	message.programme = (char *)(uintptr_t)PACK_NAME;
	message.programme_version = PACK_VERSION;
	message.programme_year = PACK_YEAR;
	job_add_reply(job, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_DOWNLINK, &message.base);
}

static void send_chunks(struct job *job)
{
	Zhibao__V1__Want *want = zhibao__v1__want__unpack(NULL, job->len, job->body);
	uint64_t end = want ? (uint64_t)want->first_chunk + want->count : 0;
	for (uint64_t no = want ? want->first_chunk : 0; no < end; no++) {
		size_t at = (size_t)no * CHUNK_BYTES;
		if (at >= packed_len) {
			Zhibao__V1__FileDone done = ZHIBAO__V1__FILE_DONE__INIT;
			done.file_id = want->file_id;
			done.is_verified = true;
			job_add_reply(job, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_FILE_DONE, &done.base);
			break;
		}
		Zhibao__V1__Chunk chunk = ZHIBAO__V1__CHUNK__INIT;
		chunk.file_id = want->file_id;
		chunk.chunk_no = (uint32_t)no;
		chunk.data = (ProtobufCBinaryData){packed_len - at < CHUNK_BYTES ? packed_len - at : CHUNK_BYTES, packed + at};
		job_add_reply(job, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_CHUNK, &chunk.base);
	}
	if (want)
		zhibao__v1__want__free_unpacked(want, NULL);
}

void pack_answer(struct job *job)
{
	if (packed_len == 0)
		make();
	if (job->kind == JOB_DOWNLINK)
		tell(job);
	else if (job->kind == JOB_WANT)
		send_chunks(job);
	else if (job->kind == JOB_RECALL) {
		Zhibao__V1__Recalled none = ZHIBAO__V1__RECALLED__INIT;
		job_add_reply(job, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_RECALLED, &none.base);
	}
}
