/* SPDX-License-Identifier: Apache-2.0 */
/* What the agent asks of the centre, a pack and its older records, it asks until it has it, whatever is refused in between. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sodium.h>
#include <sqlite3.h>
#include <unistd.h>

#include "frame.h"
#include "inbox.h"
#include "uplink.h"

enum { CHUNK_BYTES = 65536, PACK_BYTES = 300000, MAX_WANTS = 64 };

static const struct programme pack_in_use = {"p", 2024, 1};

struct world {
	char dir[64], box_path[80], packs_dir[80];
	struct outbox *outbox;
	struct uplink *uplink;
	struct session *session;
	struct inbox *inbox;
	int64_t now_ms;
	uint64_t gen;
	uint32_t wants[MAX_WANTS]; /* first chunk of each */
	int64_t want_ms[MAX_WANTS];
	uint32_t want_count;       /* of the newest */
	size_t asked, recalls;
	int packs;
	uint8_t *pack, file_id[32];
	size_t pack_len;
};

static bool link_send(void *context, const uint8_t *data, size_t len)
{
	struct world *world = context;
	struct frame frame;
	assert_int_equal(frame_decode(data, len, &frame), FRAME_OK);
	world->recalls += frame.type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_RECALL;
	if (frame.type != ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_WANT)
		return true;
	Zhibao__V1__Want *want = zhibao__v1__want__unpack(NULL, len - FRAME_BYTES, data + FRAME_BYTES);
	assert_true(world->asked < MAX_WANTS);
	world->want_ms[world->asked] = world->now_ms;
	world->wants[world->asked++] = want->first_chunk;
	world->want_count = want->count;
	zhibao__v1__want__free_unpacked(want, NULL);
	return true;
}

static void link_reconnect(void *context, int64_t delay_ms, bool is_failure, const char *reason)
{
	(void)context;
	(void)delay_ms;
	(void)is_failure;
	(void)reason;
}

static void link_opened(void *context, const Zhibao__V1__Welcome *welcome, bool is_v2)
{
	struct world *world = context;
	(void)welcome;
	assert_true(is_v2);
	inbox_opened(world->inbox, world->now_ms);
}

static void link_deliver(void *context, uint8_t type, const ProtobufCMessage *message)
{
	struct world *world = context;
	assert_true(inbox_message(world->inbox, type, message, world->now_ms));
}

static int on_pack(void *context, const char *dir)
{
	struct world *world = context;
	char path[200];
	world->packs++;
	snprintf(path, sizeof(path), "%s/offices.csv", dir);
	assert_int_equal(remove(path), 0);
	return rmdir(dir);
}

static void hear(struct world *world, uint8_t type, const ProtobufCMessage *message)
{
	size_t len = FRAME_BYTES + protobuf_c_message_get_packed_size(message);
	uint8_t *data = malloc(len);
	struct frame frame = {FRAME_VERSION, type, world->gen};
	frame_encode(&frame, data);
	protobuf_c_message_pack(message, data + FRAME_BYTES);
	session_message(world->session, data, len, world->now_ms);
	free(data);
}

static void open_session(struct world *world)
{
	Zhibao__V1__Welcome welcome = ZHIBAO__V1__WELCOME__INIT;
	uint8_t chain[CHAIN_BYTES];
	chain_start(outbox_uuid(world->outbox), chain);
	session_up(world->session, world->now_ms);
	welcome.session_gen = ++world->gen;
	welcome.chain = (ProtobufCBinaryData){CHAIN_BYTES, chain};
	welcome.office_code = (char *)(uintptr_t) "420102";
	welcome.protocol = 2;
	hear(world, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_WELCOME, &welcome.base);
	assert_true(session_is_open(world->session));
}

static int setup(void **state)
{
	struct world *world = calloc(1, sizeof(*world));
	struct err err;
	strcpy(world->dir, "/tmp/zhibao-inbox-XXXXXX");
	assert_non_null(mkdtemp(world->dir));
	snprintf(world->box_path, sizeof(world->box_path), "%s/outbox.db", world->dir);
	snprintf(world->packs_dir, sizeof(world->packs_dir), "%s/packs", world->dir);
	struct outbox_options outbox = {world->box_path, 1 << 20, random_system()};
	assert_int_equal(outbox_open(&world->outbox, &outbox, &err), 0);
	assert_int_equal(uplink_new(&world->uplink, world->outbox, "420102"), 0);
	struct session_options session = {
		.office_code = "420102", .programme = &pack_in_use, .max_inflight_batches = 4, .backoff_base_ms = 1000,
		.backoff_cap_ms = 300000, .ping_idle_ms = 30000, .random = random_system(), .ledger = uplink_ledger(world->uplink),
		.link = {world, link_send, link_reconnect, link_opened, link_deliver}};
	assert_int_equal(session_new(&world->session, &session), 0);
	struct inbox_options inbox = {world->outbox, world->session, world->packs_dir, random_system(), on_pack, world};
	assert_int_equal(inbox_new(&world->inbox, &inbox, &err), 0);
	/* A pack that takes five chunks. */
	static uint8_t content[PACK_BYTES];
	Zhibao__V1__PackFile file = ZHIBAO__V1__PACK_FILE__INIT, *files = &file;
	Zhibao__V1__PackBundle bundle = ZHIBAO__V1__PACK_BUNDLE__INIT;
	file.name = (char *)(uintptr_t) "offices.csv";
	file.content = (ProtobufCBinaryData){sizeof(content), content};
	bundle.programme = (char *)(uintptr_t) "p";
	bundle.version = 2;
	bundle.files = &files;
	bundle.n_files = 1;
	world->pack_len = zhibao__v1__pack_bundle__get_packed_size(&bundle);
	world->pack = malloc(world->pack_len);
	zhibao__v1__pack_bundle__pack(&bundle, world->pack);
	crypto_generichash(world->file_id, sizeof(world->file_id), world->pack, world->pack_len, NULL, 0);
	world->now_ms = 1000;
	inbox_set_pack(world->inbox, &pack_in_use);
	*state = world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;
	inbox_free(&world->inbox);
	session_free(&world->session);
	uplink_free(&world->uplink);
	outbox_close(&world->outbox);
	char journal[100];
	snprintf(journal, sizeof(journal), "%s-journal", world->box_path);
	remove(world->box_path);
	remove(journal);
	rmdir(world->packs_dir);
	assert_int_equal(rmdir(world->dir), 0);
	free(world->pack);
	free(world);
	return 0;
}

static void announce(struct world *world)
{
	Zhibao__V1__Downlink message = ZHIBAO__V1__DOWNLINK__INIT;
	message.seq = 1;
	message.kind = ZHIBAO__V1__DOWNLINK_KIND__DOWNLINK_KIND_PROGRAMME;
	message.file_id = (ProtobufCBinaryData){sizeof(world->file_id), world->file_id};
	message.programme = (char *)(uintptr_t) "p";
	message.programme_version = 2;
	hear(world, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_DOWNLINK, &message.base);
}

static void refuse(struct world *world, Zhibao__V1__NackCode code, uint8_t type)
{
	Zhibao__V1__Nack nack = ZHIBAO__V1__NACK__INIT;
	nack.code = code;
	nack.retry_after_ms = 2000;
	nack.refused_type = (Zhibao__V1__MessageType)type;
	hear(world, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK, &nack.base);
}

/* Ticks until something more was asked, or the time is over. */
static bool wait_asked(struct world *world, const size_t *what, int64_t limit_ms)
{
	size_t before = *what;
	for (int64_t end_ms = world->now_ms + limit_ms; world->now_ms < end_ms && *what == before; world->now_ms += 500)
		inbox_tick(world->inbox, world->now_ms);
	return *what > before;
}

/* The centre answers the newest Want, or at most so many chunks of it. */
static void serve(struct world *world, uint32_t at_most)
{
	uint32_t first = world->wants[world->asked - 1], count = world->want_count;
	for (uint32_t no = first; no < first + count && no < first + at_most; no++) {
		size_t at = (size_t)no * CHUNK_BYTES;
		ProtobufCBinaryData id = {sizeof(world->file_id), world->file_id};
		if (at >= world->pack_len) {
			Zhibao__V1__FileDone done = ZHIBAO__V1__FILE_DONE__INIT;
			done.file_id = id;
			done.is_verified = true;
			hear(world, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_FILE_DONE, &done.base);
			return;
		}
		Zhibao__V1__Chunk chunk = ZHIBAO__V1__CHUNK__INIT;
		chunk.file_id = id;
		chunk.chunk_no = no;
		chunk.data = (ProtobufCBinaryData){world->pack_len - at < CHUNK_BYTES ? world->pack_len - at : CHUNK_BYTES, world->pack + at};
		hear(world, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_CHUNK, &chunk.base);
	}
}

static void test_refused(void **state)
{
	static const Zhibao__V1__NackCode codes[] = {ZHIBAO__V1__NACK_CODE__NACK_CODE_BUSY, ZHIBAO__V1__NACK_CODE__NACK_CODE_DB_DOWN,
						     ZHIBAO__V1__NACK_CODE__NACK_CODE_QUOTA};
	struct world *world = *state;
	open_session(world);
	announce(world);
	assert_true(wait_asked(world, &world->asked, 15000));
	assert_int_equal(world->wants[0], 0);
	for (int i = 0; i < 12; i++) { /* an hour of a centre that is away */
		int64_t refused_ms = world->now_ms;
		refuse(world, codes[i % 3], ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_WANT);
		assert_true(wait_asked(world, &world->asked, 40000));
		assert_true(world->want_ms[world->asked - 1] >= refused_ms + 2000); /* as the centre said, at least */
	}
	serve(world, 2);
	assert_int_equal(world->wants[world->asked - 1], 2); /* goes on at once */
	refuse(world, ZHIBAO__V1__NACK_CODE__NACK_CODE_BUSY, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_WANT);
	assert_true(wait_asked(world, &world->asked, 10000)); /* the pauses begin anew */
	assert_int_equal(world->wants[world->asked - 1], 2);  /* where it was */
	while (world->packs == 0)
		serve(world, 2);
	assert_false(wait_asked(world, &world->asked, 1000000));
}

/* An answer that never comes is asked for again, one that was cut in the middle from where it was, in the next session as well. */
static void test_broken(void **state)
{
	struct world *world = *state;
	open_session(world);
	announce(world);
	assert_true(wait_asked(world, &world->asked, 15000));
	assert_true(wait_asked(world, &world->asked, 150000));
	assert_int_equal(world->wants[1], 0);
	serve(world, 1);
	assert_true(wait_asked(world, &world->asked, 150000));
	assert_int_equal(world->wants[2], 1);
	session_down(world->session, world->now_ms);
	assert_false(wait_asked(world, &world->asked, 300000)); /* nobody is there */
	open_session(world);
	assert_true(wait_asked(world, &world->asked, 15000));
	assert_int_equal(world->wants[3], 1);
	while (world->packs == 0)
		serve(world, 2);
	assert_int_equal(world->packs, 1);
}

/* What came is not what was announced: all of it is asked for again, but not at once. */
static void test_damaged(void **state)
{
	struct world *world = *state;
	open_session(world);
	announce(world);
	assert_true(wait_asked(world, &world->asked, 15000));
	world->pack[100] ^= 1;
	for (int i = 0; i < 3; i++)
		serve(world, 2);
	assert_int_equal(world->packs, 0);
	assert_false(wait_asked(world, &world->asked, 100000));
	world->pack[100] ^= 1;
	assert_true(wait_asked(world, &world->asked, 30000));
	assert_int_equal(world->wants[world->asked - 1], 0);
	while (world->packs == 0)
		serve(world, 2);
}

/* The fleet does not ask all at once; an agent without a pack, whose clerk waits, asks at once. */
static void test_spread(void **state)
{
	struct world *world = *state;
	int64_t first_ms = INT64_MAX, last_ms = 0;
	open_session(world);
	announce(world);
	for (int i = 0; i < 40; i++) {
		int64_t began_ms = world->now_ms;
		assert_true(wait_asked(world, &world->asked, 15000));
		int64_t waited_ms = world->want_ms[world->asked - 1] - began_ms;
		first_ms = waited_ms < first_ms ? waited_ms : first_ms;
		last_ms = waited_ms > last_ms ? waited_ms : last_ms;
		session_down(world->session, world->now_ms);
		open_session(world);
	}
	assert_true(last_ms - first_ms > 4000 && last_ms <= 10500);
	inbox_set_pack(world->inbox, &(struct programme){.id = ""});
	session_down(world->session, world->now_ms);
	size_t before = world->asked;
	open_session(world);
	assert_int_equal(world->asked, before + 1);
}

/* Another programme is that of a later year, or it is not for this agent. */
static void test_next_year(void **state)
{
	struct world *world = *state;
	struct {
		const char *id;
		uint32_t year, version;
		bool is_wanted;
	} const packs[] = {{"q", 2024, 9, false}, {"p", 2025, 1, false}, {"q", 0, 9, false}, {"q", 2025, 1, true}};
	open_session(world);
	for (size_t i = 0; i < sizeof(packs) / sizeof(packs[0]); i++) {
		Zhibao__V1__Downlink message = ZHIBAO__V1__DOWNLINK__INIT;
		size_t before = world->asked;
		message.seq = i + 1;
		message.kind = ZHIBAO__V1__DOWNLINK_KIND__DOWNLINK_KIND_PROGRAMME;
		message.file_id = (ProtobufCBinaryData){sizeof(world->file_id), world->file_id};
		message.programme = (char *)(uintptr_t)packs[i].id;
		message.programme_year = packs[i].year;
		message.programme_version = packs[i].version;
		hear(world, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_DOWNLINK, &message.base);
		assert_int_equal(wait_asked(world, &world->asked, 15000), packs[i].is_wanted);
		assert_int_equal(world->asked, before + packs[i].is_wanted);
	}
}

static void test_recall(void **state)
{
	struct world *world = *state;
	Zhibao__V1__Recalled recalled = ZHIBAO__V1__RECALLED__INIT;
	open_session(world);
	assert_int_equal(world->recalls, 1); /* a fresh ledger */
	for (int i = 0; i < 12; i++) {
		refuse(world, ZHIBAO__V1__NACK_CODE__NACK_CODE_BUSY, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_RECALL);
		assert_true(wait_asked(world, &world->recalls, 40000));
	}
	refuse(world, ZHIBAO__V1__NACK_CODE__NACK_CODE_BUSY, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_CHUNK); /* not its own */
	assert_false(wait_asked(world, &world->recalls, 60000));
	recalled.batch = 7;
	recalled.has_more = true;
	hear(world, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_RECALLED, &recalled.base);
	assert_int_equal(world->recalls, 14);
	recalled.has_more = false;
	hear(world, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_RECALLED, &recalled.base);
	refuse(world, ZHIBAO__V1__NACK_CODE__NACK_CODE_BUSY, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_RECALL); /* all is there */
	assert_false(wait_asked(world, &world->recalls, 1000000));
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {CASE(test_refused), CASE(test_broken), CASE(test_damaged), CASE(test_spread), CASE(test_next_year), CASE(test_recall)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
