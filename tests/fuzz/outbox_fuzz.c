/* SPDX-License-Identifier: Apache-2.0 */
/* A ledger file that was damaged: patches (place, length, bytes) on a sound one, or, with a first byte of 255, any bytes at
 * all. Whatever the file holds, opening, reading, mending and going on end with an answer. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "desk.h"
#include "fsx.h"
#include "inbox.h"
#include "outfiles.h"
#include "receiptbook.h"
#include "uplink.h"

enum { RECORDS = 12, ROUNDS = 64 };

static struct buf sound;
static char path[512];

static struct outbox *open_box(struct err *err)
{
	struct outbox *box;
	struct outbox_options options = {path, 1 << 20, fuzz_random()};
	return outbox_open(&box, &options, err) < 0 ? NULL : box;
}

static int append(struct outbox *box, uint8_t first, size_t count)
{
	struct outbox_entry entries[RECORDS];
	uint8_t ids[RECORDS][16] = {{0}}, body[64];
	struct err err;
	uint64_t seq;
	memset(body, 'x', sizeof(body));
	for (size_t i = 0; i < count; i++) {
		ids[i][0] = (uint8_t)(first + i);
		entries[i] = (struct outbox_entry){ids[i], ids[i], 25, 1, 1000, body, 20 + i};
	}
	return outbox_append(box, entries, count, &seq, &err);
}

void fuzz_setup(void)
{
	static const uint8_t signature[RECEIPT_SIGNATURE_BYTES] = {1};
	struct err err = {0};
	struct outbox_verdict verdict = {2, "E_TOWNSHIP_UNKNOWN", "township_codes", "说明"};
	struct receipt receipt = {.office_code = "420102", .first_seq = 1, .acked_seq = 4, .received_at_us = 5};
	snprintf(path, sizeof(path), "%s/outbox.db", fuzz_dir());
	struct outbox *box = open_box(&err);
	must(box && append(box, 1, RECORDS) == 0 && outbox_ack(box, 4, 77, &verdict, 1, &err) == 0);
	must(receiptbook_add(box, &receipt, signature, "0123456789abcdef", &err) == 0);
	must(outbox_mend(box, 7, OUTBOX_REFUSED, &err) == 0);
	outbox_close(&box);
	must(file_read(path, 1 << 20, &sound, &err) == 0);
}

static size_t put_patch(uint8_t *out, size_t place, const char *bytes, size_t len)
{
	out[0] = (uint8_t)place;
	out[1] = (uint8_t)(place >> 8);
	out[2] = (uint8_t)(place >> 16);
	out[3] = (uint8_t)len;
	memcpy(out + 4, bytes, len);
	return 4 + len;
}

ptrdiff_t fuzz_seed(size_t index, uint8_t *out, size_t size)
{
	size_t len = 1, pages = sound.len / 4096;
	out[0] = 0;
	if (index > pages + 4)
		return -1;
	if (index < pages) { /* a page each: its head and some of its cells */
		len += put_patch(out + len, index * 4096 + 8, "\x00\x01\x02", 3);
		len += put_patch(out + len, index * 4096 + 4000, "damage", 6);
	} else if (index == pages) { /* as it was */
		len += put_patch(out + len, 96, "", 0);
	} else if (index == pages + 1) { /* other version, other application */
		len += put_patch(out + len, 60, "\0\0\0\x63", 4);
	} else if (index == pages + 2) {
		len += put_patch(out + len, 28, "\0\0\0\x02", 4);
	} else if (index == pages + 3) {
		out[0] = 255;
		memcpy(out + 1, sound.data, sound.len < 8192 ? sound.len : 8192);
		len = 1 + (sound.len < 8192 ? sound.len : 8192);
	} else {
		out[0] = 255;
	}
	must(len <= size);
	return (ptrdiff_t)len;
}

static void make_file(const uint8_t *data, size_t len)
{
	char journal[600];
	struct fuzz_input in = {data + 1, data + len};
	snprintf(journal, sizeof(journal), "%s-journal", path);
	unlink(journal);
	if (len > 0 && data[0] == 255) {
		fuzz_file("outbox.db", data + 1, len - 1);
		return;
	}
	char *bytes = malloc(sound.len);
	must(bytes);
	memcpy(bytes, sound.data, sound.len);
	while (len > 0 && in.at < in.end) {
		size_t place = take_u16(&in);
		place = (place | (size_t)take_u8(&in) << 16) % sound.len;
		for (size_t count = take_u8(&in); count > 0 && in.at < in.end; count--, place++)
			bytes[place % sound.len] = (char)take_u8(&in);
	}
	fuzz_file("outbox.db", bytes, sound.len);
	free(bytes);
}

static int visit(void *context, const struct outbox_record *record)
{
	int *left = context;
	json_t *text = desk_describe(record, true);
	json_decref(text);
	return --*left <= 0;
}

/* Sends everything as the daemon does: what cannot be read is mended, what is sent is acknowledged. */
static void drain(struct outbox *box)
{
	struct uplink *uplink;
	Zhibao__V1__Ack ack = ZHIBAO__V1__ACK__INIT;
	must(uplink_new(&uplink, box, "420102") == 0);
	struct session_ledger ledger = uplink_ledger(uplink);
	for (int round = 0; round < ROUNDS && outbox_acked_seq(box) < outbox_last_seq(box); round++) {
		struct session_slice slice;
		uint64_t acked_seq = outbox_acked_seq(box);
		if (ledger.read(ledger.context, acked_seq + 1, 4096, 3, &slice) < 0)
			break;
		must(slice.first_seq == acked_seq + 1 && slice.last_seq > acked_seq && slice.count <= 3);
		must((slice.count > 0) != (slice.gap_len > 0));
		ack.acked_seq = slice.last_seq;
		if (ledger.acked(ledger.context, slice.last_seq, &ack) < 0 || ledger.settle(ledger.context) < 0)
			break;
		must(outbox_acked_seq(box) == slice.last_seq);
	}
	uplink_free(&uplink);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct err err = {0};
	struct outbox_summary summary;
	static const uint8_t item_id[16] = {3};
	int left = 50;
	fuzz_random_reset();
	make_file(data, len);
	struct outbox *box = open_box(&err);
	if (!box) {
		must(err.code == ERR_DATA || err.code == ERR_IO || err.code == ERR_FULL || err.code == ERR_NOT_FOUND);
		return 0;
	}
	outbox_summary(box, &summary, &err);
	outbox_list(box, &(struct outbox_query){0, NULL, 0, 50}, visit, &left, &err);
	json_decref(receiptbook_proof(box, item_id, "420102", &err));
	json_decref(inbox_list(box, 10, &err));
	json_decref(outfiles_list(box, 10, &err));
	drain(box);
	append(box, 100, 2);
	outbox_fork(box, outbox_last_seq(box) / 2, &err);
	outbox_set_back(box, 0, &err);
	drain(box);
	outbox_close(&box);
	box = open_box(&err); /* it opened once: what we did to it must not have made it worse */
	outbox_close(&box);
	return 0;
}
