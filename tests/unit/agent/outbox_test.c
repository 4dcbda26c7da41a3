/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

#include <sqlite3.h>

#include "outbox.h"
#include "uplink.h"

static char path[64];

static int setup(void **state)
{
	(void)state;
	strcpy(path, "/tmp/zhibao-outbox-XXXXXX");
	int fd = mkstemp(path);
	close(fd);
	remove(path);
	return 0;
}

static int teardown(void **state)
{
	char journal[80];
	(void)state;
	remove(path);
	snprintf(journal, sizeof(journal), "%s-journal", path);
	remove(journal);
	return 0;
}

static struct outbox *open_box(uint64_t max_bytes)
{
	struct outbox *box;
	struct err err;
	struct outbox_options options = {path, max_bytes, random_system()};
	if (outbox_open(&box, &options, &err) < 0)
		fail_msg("%s", err.text);
	return box;
}

static int append(struct outbox *box, uint8_t first, size_t count, struct err *err)
{
	struct outbox_entry entries[16];
	uint8_t ids[16][16] = {{0}};
	uint64_t seq;
	for (size_t i = 0; i < count; i++) {
		ids[i][0] = (uint8_t)(first + i);
		entries[i] = (struct outbox_entry){ids[i], ids[i], 25, 1, 1000, (const uint8_t *)"body", 4};
	}
	return outbox_append(box, entries, count, &seq, err);
}

struct walk {
	uint8_t chain[CHAIN_BYTES];
	uint64_t seq;
};

static int step(void *context, const struct outbox_body *body)
{
	struct walk *walk = context;
	assert_int_equal(body->seq, walk->seq + 1); /* no gap, ever */
	walk->seq = body->seq;
	chain_step(walk->chain, body->seq, body->data, body->len);
	assert_memory_equal(body->chain, walk->chain, CHAIN_BYTES);
	return 0;
}

static void verify(struct outbox *box)
{
	struct walk walk = {.seq = 0};
	uint8_t chain[CHAIN_BYTES];
	chain_start(outbox_uuid(box), walk.chain);
	assert_int_equal(outbox_read(box, 1, step, &walk, NULL), 0);
	assert_int_equal(walk.seq, outbox_last_seq(box));
	assert_int_equal(outbox_chain(box, walk.seq, chain, NULL), 0);
	assert_memory_equal(chain, walk.chain, CHAIN_BYTES);
}

static void test_reopen(void **state)
{
	struct outbox *box = open_box(1 << 20), *other;
	struct err err;
	uint8_t uuid[16];
	struct outbox_summary summary;
	(void)state;
	assert_int_equal(append(box, 1, 3, &err), 0);
	struct outbox_verdict verdict = {2, "E_TOWNSHIP_UNKNOWN", "township_codes", "说明"};
	assert_int_equal(outbox_ack(box, 2, 77, &verdict, 1, &err), 0);
	memcpy(uuid, outbox_uuid(box), 16);
	struct outbox_options options = {path, 1 << 20, random_system()};
	assert_int_equal(outbox_open(&other, &options, &err), -1); /* a second process is kept out */
	assert_non_null(strstr(err.text, "E_OUTBOX_LOCKED"));
	outbox_close(&box);
	box = open_box(1 << 20);
	assert_memory_equal(uuid, outbox_uuid(box), 16);
	assert_int_equal(outbox_last_seq(box), 3);
	assert_int_equal(outbox_acked_seq(box), 2);
	assert_int_equal(outbox_boot_no(box), 2);
	assert_int_equal(outbox_summary(box, &summary, &err), 0);
	assert_int_equal(summary.pending, 1);
	assert_int_equal(summary.quarantined, 1);
	assert_int_equal(outbox_ack(box, 9, 0, NULL, 0, &err), -1); /* beyond what was sent */
	verify(box);
	outbox_close(&box);
}

static void test_full(void **state)
{
	struct outbox *box = open_box(20);
	struct err err;
	(void)state;
	assert_int_equal(append(box, 1, 4, &err), 0);
	assert_int_equal(append(box, 5, 2, &err), -1);
	assert_int_equal(err.code, ERR_FULL);
	assert_int_equal(outbox_last_seq(box), 4); /* all or nothing */
	assert_int_equal(outbox_ack(box, 4, 1, NULL, 0, &err), 0);
	assert_int_equal(append(box, 5, 2, &err), 0); /* room again */
	verify(box);
	outbox_close(&box);
}

static void test_fork(void **state)
{
	struct outbox *box = open_box(1 << 20);
	struct err err;
	uint8_t uuid[16];
	(void)state;
	memcpy(uuid, outbox_uuid(box), 16);
	assert_int_equal(append(box, 1, 5, &err), 0);
	assert_int_equal(outbox_ack(box, 3, 1, NULL, 0, &err), 0);
	assert_int_equal(outbox_fork(box, 2, &err), 0);
	assert_memory_not_equal(uuid, outbox_uuid(box), 16);
	assert_int_equal(outbox_last_seq(box), 3); /* records 3, 4, 5 under new numbers */
	assert_int_equal(outbox_acked_seq(box), 0);
	verify(box);
	assert_int_equal(append(box, 6, 1, &err), 0);
	assert_int_equal(outbox_last_seq(box), 4);
	outbox_close(&box);
}

/* Killed without warning while it appends: what was accepted is there, in order, and the chain holds. */
static void test_kill(void **state)
{
	(void)state;
	for (int round = 0; round < 5; round++) {
		int fds[2];
		assert_int_equal(pipe(fds), 0);
		pid_t child = fork();
		if (child == 0) {
			struct outbox *box = open_box(1 << 20);
			for (uint8_t n = 0;; n++) {
				if (append(box, n, 3, NULL) < 0)
					_exit(1);
				uint64_t last = outbox_last_seq(box);
				if (write(fds[1], &last, sizeof(last)) < 0)
					_exit(1);
			}
		}
		close(fds[1]);
		uint64_t accepted = 0, value;
		for (int n = 0; n < 5 + round * 3; n++) {
			assert_int_equal(read(fds[0], &value, sizeof(value)), (ssize_t)sizeof(value));
			accepted = value;
		}
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		while (read(fds[0], &value, sizeof(value)) == (ssize_t)sizeof(value))
			accepted = value;
		close(fds[0]);
		struct outbox *box = open_box(1 << 20);
		assert_true(outbox_last_seq(box) >= accepted);
		assert_int_equal(outbox_last_seq(box) % 3, 0); /* no half transaction */
		verify(box);
		outbox_close(&box);
	}
}

/* Runs one statement on the file behind the outbox's back, as decay would. */
static void decay(const char *sql)
{
	sqlite3 *db;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static struct session_slice cut(struct uplink *uplink, uint64_t first_seq)
{
	struct session_ledger ledger = uplink_ledger(uplink);
	struct session_slice slice;
	assert_int_equal(ledger.read(ledger.context, first_seq, 65536, 4096, &slice), 0);
	return slice;
}

/* Damage is found before anything leaves, costs the damaged record alone and is told as a gap. */
static void test_damage(void **state)
{
	static const struct {
		const char *sql;
		bool is_gap;
	} cases[] = {
		{"UPDATE record SET body = X'00' WHERE seq = 4", true},
		{"UPDATE record SET chain = X'00' WHERE seq = 4", false},
		{"UPDATE record SET chain = zeroblob(32) WHERE seq = 4", false},
		{"DELETE FROM record WHERE seq = 4", true},
		{"UPDATE record SET body = X'00' WHERE seq = 10", true},
		{"UPDATE record SET body = X'00' WHERE seq = 1", true},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct uplink *uplink;
		remove(path);
		struct outbox *box = open_box(1 << 20);
		assert_int_equal(append(box, 1, 10, NULL), 0);
		outbox_close(&box);
		decay(cases[i].sql);
		box = open_box(1 << 20);
		assert_int_equal(outbox_last_seq(box), 10);
		assert_int_equal(uplink_new(&uplink, box, "420102"), 0);
		uint64_t seq = 1;
		uint8_t chain[CHAIN_BYTES];
		size_t gaps = 0, records = 0;
		chain_start(outbox_uuid(box), chain);
		while (seq <= 10) { /* as the collector would check it */
			struct session_slice slice = cut(uplink, seq);
			assert_memory_equal(slice.prev_chain, chain, CHAIN_BYTES);
			if (slice.gap_len > 0)
				chain_step(chain, slice.last_seq, slice.gap, slice.gap_len);
			for (size_t r = 0; r < slice.count; r++)
				chain_step(chain, seq + r, slice.bodies[r], slice.lengths[r]);
			assert_memory_equal(slice.chain, chain, CHAIN_BYTES);
			gaps += slice.gap_len > 0;
			records += slice.count;
			seq = slice.last_seq + 1;
		}
		assert_int_equal(gaps, cases[i].is_gap);
		assert_int_equal(records, cases[i].is_gap ? 9 : 10);
		uplink_free(&uplink);
		outbox_close(&box);
	}
}

/* A record no frame can carry, entered before there was a limit, is told as a gap; what came after it goes on. */
static void test_oversize_record_does_not_block(void **state)
{
	enum { BIG = 700 * 1024 };
	struct uplink *uplink;
	uint8_t id[16] = {77}, *big = calloc(1, BIG);
	uint64_t seq;
	(void)state;
	struct outbox *box = open_box(1 << 24);
	struct outbox_entry entry = {id, id, 25, 1, 1000, big, BIG};
	assert_int_equal(append(box, 1, 2, NULL), 0);
	assert_int_equal(outbox_append(box, &entry, 1, &seq, NULL), 0);
	assert_int_equal(append(box, 4, 2, NULL), 0);
	assert_int_equal(uplink_new(&uplink, box, "420102"), 0);
	assert_int_equal(cut(uplink, 1).count, 2);
	struct session_slice gap = cut(uplink, 3);
	assert_true(gap.gap_len > 0);
	assert_int_equal(gap.last_seq, 3);
	assert_int_equal(cut(uplink, 4).count, 2);
	uplink_free(&uplink);
	outbox_close(&box);
	free(big);
}

static void test_set_back(void **state)
{
	(void)state;
	struct outbox *box = open_box(1 << 20);
	struct outbox_summary summary;
	assert_int_equal(append(box, 1, 10, NULL), 0);
	assert_int_equal(outbox_ack(box, 8, 1000, NULL, 0, NULL), 0);
	assert_int_equal(outbox_set_back(box, 3, NULL), 0);
	assert_int_equal(outbox_summary(box, &summary, NULL), 0);
	assert_int_equal(summary.pending, 7);
	outbox_close(&box);
}

/* A ledger of a version before is taken over as it is. */
static void test_upgrade(void **state)
{
#define FROM_3_TO_2 "DROP INDEX record_by_kind; DROP INDEX record_by_sent; PRAGMA user_version = 2;"
	static const char *const ways_back[] = {
		FROM_3_TO_2,
		FROM_3_TO_2
		"ALTER TABLE meta DROP COLUMN forked_from; ALTER TABLE meta DROP COLUMN fork_seq;"
		"ALTER TABLE meta DROP COLUMN recalled_batch; ALTER TABLE record DROP COLUMN sent_uuid;"
		"ALTER TABLE record DROP COLUMN sent_seq; DROP TABLE gap; DROP TABLE receipt; DROP TABLE inbox; DROP TABLE file;"
		"PRAGMA user_version = 1",
	};
#undef FROM_3_TO_2
	(void)state;
	for (size_t i = 0; i < sizeof(ways_back) / sizeof(ways_back[0]); i++) {
		remove(path);
		struct outbox *box = open_box(1 << 20);
		assert_int_equal(append(box, 1, 5, NULL), 0);
		outbox_close(&box);
		decay(ways_back[i]);
		box = open_box(1 << 20);
		assert_int_equal(outbox_last_seq(box), 5);
		verify(box);
		assert_int_equal(append(box, 6, 5, NULL), 0);
		verify(box);
		outbox_close(&box);
		decay("SELECT sent_seq FROM record INDEXED BY record_by_kind WHERE kind = 1"); /* fails without it */
	}
}

static int count_kind(void *context, const struct outbox_record *record)
{
	size_t *counts = context;
	counts[record->kind]++;
	return 0;
}

/* The summary and the list by kind say what the ledger holds, whatever was acknowledged or put aside meanwhile. */
static void test_summary(void **state)
{
	static const struct outbox_verdict verdict = {2, "E_TEST", "field", "text"};
	struct outbox_summary summary;
	uint8_t id[16] = {99};
	struct outbox_entry other = {id, id, 26, 1, 777, (const uint8_t *)"longer body", 11};
	size_t counts[32] = {0};
	uint64_t seq;
	(void)state;
	struct outbox *box = open_box(1 << 20);
	assert_int_equal(append(box, 1, 5, NULL), 0);
	assert_int_equal(outbox_append(box, &other, 1, &seq, NULL), 0);
	for (int round = 0; round < 3; round++) { /* as acknowledged, acknowledged again, and read anew */
		if (round < 2)
			assert_int_equal(outbox_ack(box, 5, 1000, &verdict, 1, NULL), 0);
		assert_int_equal(outbox_summary(box, &summary, NULL), 0);
		assert_int_equal(summary.records, 6);
		assert_int_equal(summary.pending, 1);
		assert_int_equal(summary.pending_bytes, 11);
		assert_int_equal(summary.quarantined, 1);
		assert_int_equal(summary.oldest_pending_at_us, 777);
		if (round == 1) {
			outbox_close(&box);
			box = open_box(1 << 20);
		}
	}
	assert_int_equal(outbox_list(box, &(struct outbox_query){26, NULL, 0, 10}, count_kind, counts, NULL), 0);
	assert_int_equal(outbox_list(box, &(struct outbox_query){25, NULL, 0, 3}, count_kind, counts, NULL), 0);
	assert_int_equal(counts[26], 1);
	assert_int_equal(counts[25], 3);
	assert_int_equal(outbox_list(box, &(struct outbox_query){27, NULL, 0, 10}, count_kind, counts, NULL), 0);
	assert_int_equal(counts[27], 0);
	assert_int_equal(outbox_list(box, &(struct outbox_query){25, NULL, 3, 10}, count_kind, counts, NULL), 0);
	assert_int_equal(counts[25], 3 + 2); /* those before the third place */
	outbox_close(&box);
}

static void test_foreign_file(void **state)
{
	struct outbox *box;
	struct err err;
	struct outbox_options options = {path, 100, random_system()};
	FILE *out = fopen(path, "w");
	(void)state;
	fputs("this is not a ledger, it is a text that is long enough to be looked at as one.....................", out);
	fclose(out);
	assert_int_equal(outbox_open(&box, &options, &err), -1);
	assert_int_equal(err.code, ERR_DATA);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_reopen, setup, teardown),
		cmocka_unit_test_setup_teardown(test_full, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fork, setup, teardown),
		cmocka_unit_test_setup_teardown(test_kill, setup, teardown),
		cmocka_unit_test_setup_teardown(test_damage, setup, teardown),
		cmocka_unit_test_setup_teardown(test_oversize_record_does_not_block, setup, teardown),
		cmocka_unit_test_setup_teardown(test_set_back, setup, teardown),
		cmocka_unit_test_setup_teardown(test_upgrade, setup, teardown),
		cmocka_unit_test_setup_teardown(test_summary, setup, teardown),
		cmocka_unit_test_setup_teardown(test_foreign_file, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
