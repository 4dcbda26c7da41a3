/* SPDX-License-Identifier: Apache-2.0 */
/* What the centre sends down, into a real ledger: messages, packs in chunks, recalled records, answers to offers, next to
 * everything else it may say to the session.
 * Checked: downlink numbers go up by one, a pack is written nowhere but into its folder, and only when its bytes are those
 * that were announced. */
#include "fuzz.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "centre.h"
#include "fsx.h"
#include "inbox.h"
#include "outfiles.h"
#include "rotation.h"
#include "uplink.h"

enum { ID_BYTES = 32, CHUNK = 64, OFFERED_BYTES = 10000 };

struct agent_side {
	struct centre centre;
	struct outbox *outbox;
	struct uplink *uplink;
	struct inbox *inbox;
	struct outfiles *files;
	struct rotation rotation;
	uint64_t inbox_seq;
	unsigned packs;
};

static struct buf empty_ledger;
static char ledger_path[512], packs_dir[512], files_dir[512], key_path[512];
static const uint8_t content[OFFERED_BYTES];
static char content_path[600];
static uint8_t offered_id[ID_BYTES];

static struct outbox *open_box(void)
{
	struct err err = {0};
	struct outbox *box;
	struct outbox_options options = {ledger_path, 1 << 20, fuzz_random()};
	if (outbox_open(&box, &options, &err) < 0)
		fuzz_fail(__FILE__, __LINE__, err.text);
	return box;
}

static void append(struct outbox *box, size_t count)
{
	struct outbox_entry entries[8];
	uint8_t ids[8][16] = {{0}};
	struct err err;
	uint64_t seq;
	for (size_t i = 0; i < count; i++) {
		ids[i][0] = (uint8_t)(outbox_last_seq(box) + i);
		entries[i] = (struct outbox_entry){ids[i], ids[i], 25, 1, 1000, (const uint8_t *)"body", 4};
	}
	outbox_append(box, entries, count, &seq, &err);
}

void fuzz_setup(void)
{
	struct err err = {0};
	uint64_t size;
	snprintf(ledger_path, sizeof(ledger_path), "%s/outbox.db", fuzz_dir());
	snprintf(packs_dir, sizeof(packs_dir), "%s/packs", fuzz_dir());
	snprintf(files_dir, sizeof(files_dir), "%s/files", fuzz_dir());
	snprintf(key_path, sizeof(key_path), "%s/agent.key", fuzz_dir());
	must(outfiles_import(fuzz_file("a.pdf", content, sizeof(content)), files_dir, offered_id, &size, &err) == 0);
	int used = snprintf(content_path, sizeof(content_path), "files/");
	for (size_t i = 0; i < ID_BYTES; i++)
		used += snprintf(content_path + used, sizeof(content_path) - (size_t)used, "%02x", offered_id[i]);
	struct outbox *box = open_box();
	struct outfiles *files;
	struct outfiles_options options = {box, NULL, files_dir};
	struct outfiles_entry entry = {.size_bytes = size, .name = "a.pdf", .media_type = "x"};
	memcpy(entry.file_id, offered_id, ID_BYTES);
	must(outfiles_new(&files, &options, &err) == 0 && outfiles_add(files, &entry, &err) == 0);
	outfiles_free(&files);
	append(box, 4);
	outbox_close(&box);
	must(file_read(ledger_path, 1 << 20, &empty_ledger, &err) == 0);
}

/* The bundle that a choice stands for: programme, version and names of files, good and bad. */
static uint8_t *make_bundle(uint8_t choice, size_t *len_out, uint8_t id_out[ID_BYTES])
{
	static const char *const names[] = {"offices.csv", "../outside", ".hidden", "a/b", "", "x.csv", "/etc/x", "a\\b"};
	Zhibao__V1__PackBundle bundle = ZHIBAO__V1__PACK_BUNDLE__INIT;
	Zhibao__V1__PackFile files[2], *pointers[2] = {&files[0], &files[1]};
	for (size_t i = 0; i < 2; i++) {
		zhibao__v1__pack_file__init(&files[i]);
		files[i].name = (char *)(uintptr_t)names[i ? choice & 7 : 0];
		files[i].content = (ProtobufCBinaryData){100, (uint8_t *)(uintptr_t)empty_ledger.data};
	}
	bundle.programme = (char *)(uintptr_t)(choice & 8 ? "q" : "p");
	bundle.version = choice & 0x10 ? 1 : 2;
	bundle.n_files = 2;
	bundle.files = pointers;
	*len_out = zhibao__v1__pack_bundle__get_packed_size(&bundle);
	uint8_t *data = malloc(*len_out);
	must(data);
	zhibao__v1__pack_bundle__pack(&bundle, data);
	crypto_generichash(id_out, ID_BYTES, data, *len_out, NULL, 0);
	return data;
}

static void say_downlink(struct agent_side *side, struct fuzz_input *in)
{
	Zhibao__V1__Downlink message = ZHIBAO__V1__DOWNLINK__INIT;
	uint8_t how = take_u8(in), choice = take_u8(in), id[ID_BYTES];
	size_t len;
	free(make_bundle(choice, &len, id));
	message.seq = outbox_inbox_seq(side->outbox) + (how & 0x0C ? 1 : how & 3);
	message.kind = (Zhibao__V1__DownlinkKind)(how >> 4 & 7);
	message.title = (char *)(uintptr_t) "通知";
	message.file_id = (ProtobufCBinaryData){how >> 7 ? 31 : ID_BYTES, id};
	message.programme = (char *)(uintptr_t)(how & 0x40 ? "../p" : choice & 0x20 ? "q" : "p");
	message.programme_version = 2;
	message.programme_year = 2024 + (choice >> 6 & 1);
	centre_say(&side->centre, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_DOWNLINK, &message.base);
}

/* The chunks of a bundle, all, or up to one that is missing or twice, and the end of it. */
static void say_bundle(struct agent_side *side, struct fuzz_input *in)
{
	Zhibao__V1__Chunk chunk = ZHIBAO__V1__CHUNK__INIT;
	Zhibao__V1__FileDone done = ZHIBAO__V1__FILE_DONE__INIT;
	uint8_t choice = take_u8(in), how = take_u8(in), id[ID_BYTES];
	size_t len;
	uint8_t *data = make_bundle(choice, &len, id);
	chunk.file_id = done.file_id = (ProtobufCBinaryData){ID_BYTES, id};
	for (size_t at = 0; at < len; at += CHUNK, chunk.chunk_no++) {
		chunk.data = (ProtobufCBinaryData){len - at < CHUNK ? len - at : CHUNK, data + at};
		if (how != chunk.chunk_no + 1)
			centre_say(&side->centre, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_CHUNK, &chunk.base);
	}
	done.is_verified = how < 250;
	centre_say(&side->centre, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_FILE_DONE, &done.base);
	free(data);
}

static void say_recalled(struct agent_side *side, struct fuzz_input *in)
{
	Zhibao__V1__Recalled message = ZHIBAO__V1__RECALLED__INIT;
	ProtobufCBinaryData records[3];
	message.batch = take_u8(in);
	message.has_more = take_u8(in) & 1;
	for (message.n_records = 0; message.n_records < 3; message.n_records++) {
		records[message.n_records].data = (uint8_t *)(uintptr_t)take_bytes(in, &records[message.n_records].len);
		if (in->at == in->end)
			break;
	}
	message.records = records;
	centre_say(&side->centre, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_RECALLED, &message.base);
}

static void say_offer_answer(struct agent_side *side, struct fuzz_input *in)
{
	static const uint32_t sizes[] = {4096, 65536, 262144, 0, 4095, 5000, 262145, UINT32_MAX};
	Zhibao__V1__OfferStatus status = ZHIBAO__V1__OFFER_STATUS__INIT;
	Zhibao__V1__ChunkAck ack = ZHIBAO__V1__CHUNK_ACK__INIT;
	Zhibao__V1__FileDone done = ZHIBAO__V1__FILE_DONE__INIT;
	uint8_t how = take_u8(in);
	status.file_id = ack.file_id = done.file_id = (ProtobufCBinaryData){ID_BYTES, offered_id};
	status.next_chunk = ack.next_chunk = take_u8(in);
	status.credit_chunk = ack.credit_chunk = how & 8 ? UINT32_MAX : take_u8(in);
	status.chunk_bytes = sizes[take_u8(in) & 7];
	status.is_complete = (how & 0xE0) == 0xE0;
	status.refused_code = (char *)(uintptr_t)((how & 0xD0) == 0xD0 ? "E_FILE_QUOTA" : "");
	done.is_verified = how & 4;
	if ((how & 3) == 0)
		centre_say(&side->centre, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_FILE_DONE, &done.base);
	else if ((how & 3) == 1)
		centre_say(&side->centre, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_CHUNK_ACK, &ack.base);
	else
		centre_say(&side->centre, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_OFFER_STATUS, &status.base);
}

static void on_opened(void *context, const Zhibao__V1__Welcome *welcome, bool is_v2)
{
	struct agent_side *side = context;
	uplink_set_signer(side->uplink, welcome);
	if (!is_v2)
		return;
	inbox_opened(side->inbox, side->centre.now_ms);
	outfiles_opened(side->files);
	rotation_opened(&side->rotation);
}

static void on_deliver(void *context, uint8_t type, const ProtobufCMessage *message)
{
	struct agent_side *side = context;
	struct mq_keys keys;
	if (!inbox_message(side->inbox, type, message, side->centre.now_ms) &&
	    !outfiles_message(side->files, type, message, side->centre.now_ms) &&
	    type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ENROLLED)
		rotation_message(&side->rotation, (const Zhibao__V1__Enrolled *)message, &keys);
	uint64_t seq = outbox_inbox_seq(side->outbox);
	must(seq == side->inbox_seq || seq == side->inbox_seq + 1);
	side->inbox_seq = seq;
}

static int on_pack(void *context, const char *dir)
{
	struct agent_side *side = context;
	struct stat info;
	char path[600];
	must(strncmp(dir, packs_dir, strlen(packs_dir)) == 0 && !strstr(dir + strlen(packs_dir), ".."));
	snprintf(path, sizeof(path), "%s/offices.csv", dir);
	must(stat(path, &info) == 0 && info.st_size == 100);
	side->packs++;
	return side->packs & 1 ? 0 : -1;
}

static void step(struct agent_side *side, struct fuzz_input *in)
{
	switch (take_u8(in) & 15) {
	case 0:
		say_downlink(side, in);
		break;
	case 1:
		say_bundle(side, in);
		break;
	case 2:
		say_recalled(side, in);
		break;
	case 3:
		say_offer_answer(side, in);
		break;
	case 4:
		append(side->outbox, 2);
		session_grown(side->centre.session, side->centre.now_ms);
		break;
	case 5:
		outfiles_pump(side->files, side->centre.now_ms += take_u16(in));
		inbox_tick(side->inbox, side->centre.now_ms);
		break;
	case 6:
		outfiles_closed(side->files);
		break;
	default:
		centre_step(&side->centre, in);
	}
}

/* The seeds of the centre with a step code before each byte would not be the same; these open a session themselves. */
ptrdiff_t fuzz_seed(size_t index, uint8_t *out, size_t size)
{
#define OPEN 7, 6, 7, 2, 0xF1, 0, 245, 0, 7, 3, 2, 245, 0 /* up, Welcome, Ack of everything */
	static const uint8_t notice[] = {OPEN, 0, 0x14, 0, 0, 0x10, 0, 0, 0x13, 0, 0, 0x24, 0};
	static const uint8_t pack[] = {OPEN, 0, 0x34, 0, 1, 0, 0, 0, 0x34, 5, 1, 5, 0, 1, 5, 2};
	static const uint8_t evil[] = {OPEN, 0, 0x34, 1, 1, 1, 0, 0, 0x34, 3, 1, 3, 0, 0, 0x74, 0, 1, 8, 0};
	static const uint8_t file[] = {OPEN, 5, 0, 1, 3, 10, 0, 1, 0, 5, 0, 1, 3, 9, 1, 5, 0, 1, 3, 1, 2, 9, 0, 3, 4, 0, 0, 0};
	static const uint8_t recall[] = {OPEN, 2, 7, 1, 4, 0, 10, 2, 1, 2, 0, 0, 2, 8, 0};
	static const struct {
		const uint8_t *data;
		size_t len;
	} seeds[] = {{notice, sizeof(notice)}, {pack, sizeof(pack)}, {evil, sizeof(evil)}, {file, sizeof(file)}, {recall, sizeof(recall)}};
	if (index >= sizeof(seeds) / sizeof(seeds[0]) || seeds[index].len > size)
		return -1;
	memcpy(out, seeds[index].data, seeds[index].len);
	return (ptrdiff_t)seeds[index].len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct agent_side side = {0};
	struct fuzz_input in = {data, data + len};
	struct err err = {0};
	char outside[600];
	struct stat info;
	fuzz_random_reset();
	fuzz_file("outbox.db", empty_ledger.data, empty_ledger.len);
	fuzz_file(content_path, content, sizeof(content)); /* what is delivered is removed */
	side.outbox = open_box();
	must(uplink_new(&side.uplink, side.outbox, "420102") == 0);
	side.centre.ledger = uplink_ledger(side.uplink);
	side.centre.opened = on_opened;
	side.centre.deliver = on_deliver;
	side.centre.context = &side;
	struct session_options options = centre_options(&side.centre);
	must(session_new(&side.centre.session, &options) == 0);
	struct inbox_options inbox = {side.outbox, side.centre.session, packs_dir, fuzz_random(), on_pack, &side};
	struct outfiles_options files = {side.outbox, side.centre.session, files_dir};
	must(inbox_new(&side.inbox, &inbox, &err) == 0 && outfiles_new(&side.files, &files, &err) == 0);
	side.rotation = (struct rotation){key_path, "420102", side.centre.session};
	inbox_set_pack(side.inbox, &centre_programme);
	for (int steps = 0; in.at < in.end && steps < 500; steps++)
		step(&side, &in);
	json_decref(inbox_list(side.outbox, 10, &err));
	json_decref(outfiles_list(side.outbox, 10, &err));
	snprintf(outside, sizeof(outside), "%s/outside", fuzz_dir());
	must(stat(outside, &info) < 0);
	outfiles_free(&side.files);
	inbox_free(&side.inbox);
	session_free(&side.centre.session);
	uplink_free(&side.uplink);
	outbox_close(&side.outbox);
	return 0;
}
