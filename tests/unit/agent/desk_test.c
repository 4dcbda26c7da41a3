/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

#include "desk.h"
#include "inbox.h"
#include "outbox_private.h"
#include "zhibao/v1/session.pb-c.h"

static char path[64];
static struct outbox *outbox;
static struct registry *registry;
static struct desk desk;

static int setup(void **state)
{
	static const struct registry_office office = {"420101", "", LEVEL_COUNTY, "县"};
	struct outbox_options options = {path, 1 << 20, random_system()};
	(void)state;
	strcpy(path, "/tmp/zhibao-desk-XXXXXX");
	int fd = mkstemp(path);
	close(fd);
	remove(path);
	assert_int_equal(outbox_open(&outbox, &options, NULL), 0);
	assert_int_equal(registry_new(&registry, NULL), 0);
	registry_set_programme(registry, &(struct programme){"p", 2024, 1});
	registry_add_office(registry, &office, NULL);
	registry_seal(registry);
	desk_init(&desk, outbox, registry, "420101");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	outbox_close(&outbox);
	registry_free(&registry);
	remove(path);
	return 0;
}

static struct desk_result result;

/* Enters one revision; the code of the first problem, "" when it is stored. */
static const char *enter(Zhibao__V1__Operation operation, const uint8_t *item_id, const char *reason)
{
	static struct problems problems;
	json_t *fields = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "category", "village", "theme", "主题", "occurred_on",
				   "2024-05-06", "place", "村", "mode", "offline", "status", "held");
	struct desk_entry entry = {.kind = item_id ? NULL : "lecture_event",
				   .operation = operation,
				   .item_id = item_id,
				   .author = "甲",
				   .fields = fields,
				   .correction_reason = reason};
	assert_int_equal(desk_enter(&desk, &entry, 1, &result, &problems, NULL), 0);
	json_decref(fields);
	assert_int_equal(problems.count > 0, result.seq == 0);
	return problems.count ? problems.items[0].code : "";
}

static const char *amend(const struct uuid *item, const char *reason)
{
	return enter(ZHIBAO__V1__OPERATION__OPERATION_AMEND, item->bytes, reason);
}

/* A message of the centre about a revision, as the inbox keeps it. */
static void hear(uint64_t seq, const struct uuid *item, const struct uuid *revision, Zhibao__V1__Verdict verdict)
{
	Zhibao__V1__Downlink message = ZHIBAO__V1__DOWNLINK__INIT;
	uint8_t body[256];
	sqlite3_stmt *statement;
	message.seq = seq;
	message.kind = ZHIBAO__V1__DOWNLINK_KIND__DOWNLINK_KIND_REVIEW;
	message.item_id = (ProtobufCBinaryData){16, (uint8_t *)(uintptr_t)item->bytes};
	message.revision_id = (ProtobufCBinaryData){16, (uint8_t *)(uintptr_t)revision->bytes};
	message.verdict = verdict;
	size_t len = zhibao__v1__downlink__pack(&message, body);
	assert_int_equal(sqlite3_prepare_v2(outbox->db, "INSERT INTO inbox VALUES (?1, ?2, 0)", -1, &statement, NULL), SQLITE_OK);
	sqlite3_bind_int64(statement, 1, (int64_t)seq);
	sqlite3_bind_blob(statement, 2, body, (int)len, SQLITE_STATIC);
	assert_int_equal(outbox_finish(outbox, statement, NULL), 0);
	sqlite3_finalize(statement);
}

static int take_reason(void *context, const struct outbox_record *record)
{
	Zhibao__V1__Record *unpacked = zhibao__v1__record__unpack(NULL, record->len, record->body);
	assert_non_null(unpacked);
	snprintf(context, 64, "%s", unpacked->correction_reason);
	zhibao__v1__record__free_unpacked(unpacked, NULL);
	return 1;
}

static const char *newest_reason(const struct uuid *item)
{
	static char reason[64];
	struct outbox_query query = {0, item->bytes, 0, 1};
	assert_int_equal(outbox_list(outbox, &query, take_reason, reason, NULL), 0);
	return reason;
}

/* What was accepted is not changed without words, as far as the office has heard of it. */
static void test_reason_after_acceptance(void **state)
{
	(void)state;
	assert_string_equal(enter(ZHIBAO__V1__OPERATION__OPERATION_SUBMIT, NULL, NULL), "");
	struct uuid item = result.item_id, first = result.revision_id;
	assert_string_equal(enter(ZHIBAO__V1__OPERATION__OPERATION_SUBMIT, NULL, NULL), "");
	struct uuid other = result.item_id, other_first = result.revision_id;

	assert_string_equal(amend(&item, NULL), ""); /* nothing was heard */
	struct uuid second = result.revision_id;
	hear(1, &other, &other_first, ZHIBAO__V1__VERDICT__VERDICT_RETURNED);
	hear(2, &item, &second, ZHIBAO__V1__VERDICT__VERDICT_ACCEPTED);
	assert_string_equal(amend(&item, NULL), "E_REASON_MISSING");
	assert_string_equal(amend(&item, ""), "E_REASON_MISSING");
	assert_string_equal(amend(&item, " \u3000"), "E_REASON_BLANK");
	assert_string_equal(enter(ZHIBAO__V1__OPERATION__OPERATION_WITHDRAW, item.bytes, NULL), "E_REASON_MISSING");
	assert_string_equal(amend(&item, "人数有误"), "");
	assert_string_equal(newest_reason(&item), "人数有误");
	struct uuid third = result.revision_id;
	assert_string_equal(amend(&other, NULL), ""); /* of which nothing was accepted */
	assert_string_equal(newest_reason(&other), "");

	/* A returned correction leaves what was accepted in force. */
	hear(3, &item, &third, ZHIBAO__V1__VERDICT__VERDICT_RETURNED);
	assert_string_equal(amend(&item, NULL), "E_REASON_MISSING");
	/* The newest verdict on a revision holds. */
	hear(4, &item, &second, ZHIBAO__V1__VERDICT__VERDICT_PENDING);
	assert_string_equal(amend(&item, NULL), "");
	hear(5, &item, &first, ZHIBAO__V1__VERDICT__VERDICT_UNSPECIFIED);
	assert_string_equal(enter(ZHIBAO__V1__OPERATION__OPERATION_WITHDRAW, item.bytes, NULL), "");
	hear(6, &item, &result.revision_id, ZHIBAO__V1__VERDICT__VERDICT_ACCEPTED);
	assert_string_equal(amend(&item, NULL), "E_REASON_MISSING");
	assert_string_equal(amend(&item, "活动如期开展"), ""); /* reinstates */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_reason_after_acceptance, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
