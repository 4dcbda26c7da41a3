/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "account.h"
#include "receipt.h"
#include "sessions.h"
#include "streamrule.h"

static void test_bytes_per_second(void **state)
{
	struct account account = {0};
	struct account_limits limits = {.bytes_per_second = 1000};
	(void)state;
	assert_int_equal(account_charge(&account, &limits, 10000, 0, 5000), 0); /* ten seconds' worth at once */
	assert_in_range(account_charge(&account, &limits, 1000, 0, 5000), 900, 1100);
	assert_int_equal(account_charge(&account, &limits, 1000, 0, 6100), 0);
	/* What is larger than the bucket passes when the bucket is full, or it would never pass. */
	assert_int_equal(account_charge(&account, &limits, 50000, 0, 60000), 0);
	assert_true(account_charge(&account, &limits, 1, 0, 60000) > 0);
	assert_int_equal(account_charge(&account, &(struct account_limits){0}, 1 << 30, 1 << 20, 60000), 0);
}

static void test_records_per_day(void **state)
{
	struct account account = {0};
	struct account_limits limits = {.records_per_day = 100};
	(void)state;
	assert_int_equal(account_charge(&account, &limits, 1, 90, 1000), 0);
	assert_int_equal(account_charge(&account, &limits, 1, 11, 2000), 86400000 - 1000);
	assert_int_equal(account_charge(&account, &limits, 1, 10, 3000), 0);
	assert_int_equal(account_charge(&account, &limits, 1, 100, 1000 + 86400000), 0);
	/* One batch may hold more than a day's limit: it passes alone. */
	assert_int_equal(account_charge(&account, &limits, 1, 4096, 1000 + 2 * 86400000LL), 0);
}

static void test_strikes(void **state)
{
	struct account account = {0};
	struct account_limits limits = {0};
	(void)state;
	assert_false(account_strike(&account, 0));
	assert_false(account_strike(&account, 30000));
	assert_false(account_strike(&account, 61000)); /* the first one is forgotten */
	assert_false(account_strike(&account, 62000));
	assert_true(account_strike(&account, 63000));
	assert_int_equal(account_charge(&account, &limits, 1, 1, 63000), ACCOUNT_BARRED_MS);
	assert_int_equal(account_charge(&account, &limits, 1, 1, 63000 + ACCOUNT_BARRED_MS), 0);
}

static void test_greetings(void **state)
{
	struct account account = {0};
	(void)state;
	for (int i = 0; i < ACCOUNT_GREETINGS; i++)
		assert_int_equal(account_greet(&account, 5000 + i), 0);
	assert_int_equal(account_greet(&account, 5500), 500);
	assert_int_equal(account_greet(&account, 6000), 0); /* one a second from then on */
	assert_int_equal(account_greet(&account, 6001), 999);
	assert_int_equal(account_greet(&account, 8000), 0);
	assert_int_equal(account_greet(&account, 8000), 0);
	assert_true(account_greet(&account, 8000) > 0);
	for (int i = 0; i < ACCOUNT_GREETINGS; i++)
		assert_int_equal(account_greet(&account, 100000), 0); /* all is forgotten after a while */
}

static void test_takeovers(void **state)
{
	struct account account = {0};
	unsigned alarms = 0;
	(void)state;
	for (int i = 0; i < 50; i++)
		alarms += account_takeover(&account, i * 1000);
	assert_int_equal(alarms, 1); /* once per window, not once per takeover */
	for (int i = 0; i < 5; i++)
		alarms += account_takeover(&account, 10000000 + i);
	assert_int_equal(alarms, 1);
}

static struct peer peer_of(uint8_t number)
{
	return (struct peer){.len = 2, .id = {7, number}};
}

static void test_sessions(void **state)
{
	struct accounts *accounts;
	struct sessions *sessions;
	uint8_t uuid[8][OUTBOX_UUID_BYTES] = {{0}};
	(void)state;
	assert_int_equal(accounts_new(&accounts), 0);
	assert_int_equal(sessions_new(&sessions), 0);
	struct account *one = accounts_get(accounts, 1), *two = accounts_get(accounts, 2);
	for (int64_t key = 3; key < 2000; key++) /* the table grows, accounts stay where they are */
		assert_non_null(accounts_get(accounts, key));
	assert_ptr_equal(accounts_get(accounts, 1), one);
	for (uint8_t i = 0; i < 8; i++) {
		struct peer peer = peer_of(i);
		uuid[i][0] = i + 1;
		assert_non_null(sessions_begin(sessions, &peer, i < 6 ? one : two, uuid[i], 4));
	}
	assert_int_equal(one->session_count, 4); /* the two oldest went */
	struct peer first = peer_of(0), last = peer_of(5), other = peer_of(9);
	assert_null(sessions_find(sessions, &first));
	struct session *old = sessions_find(sessions, &last);
	uint64_t no = old->session_no;
	/* The same outbox from another connection takes the place of its session. */
	struct session *fresh = sessions_begin(sessions, &other, one, uuid[5], 4);
	assert_true(fresh->session_no > no);
	assert_null(sessions_find(sessions, &last));
	assert_int_equal(one->session_count, 4);
	assert_int_equal(sessions_count(sessions), 6);
	fresh->heard_at_ms = 1000;
	sessions_sweep(sessions, 500);
	assert_int_equal(sessions_count(sessions), 1);
	sessions_free(&sessions);
	assert_int_equal(one->session_count, 0);
	accounts_free(&accounts);
}

static void test_stream_rule(void **state)
{
	static const uint8_t chain[CHAIN_BYTES] = {1}, other[CHAIN_BYTES] = {2};
	static const struct {
		uint64_t gen, first, last;
		const uint8_t *prev, *end;
		enum stream_rule rule;
		Zhibao__V1__NackCode code;
	} cases[] = {
		{5, 11, 20, chain, other, STREAM_NEXT, ZHIBAO__V1__NACK_CODE__NACK_CODE_UNSPECIFIED},
		{5, 11, 20, other, chain, STREAM_FORK, ZHIBAO__V1__NACK_CODE__NACK_CODE_FORK},
		{5, 12, 20, chain, other, STREAM_GAP, ZHIBAO__V1__NACK_CODE__NACK_CODE_GAP},
		{5, 10, 20, chain, other, STREAM_RESYNC, ZHIBAO__V1__NACK_CODE__NACK_CODE_RESYNC},
		{5, 1, 10, other, chain, STREAM_REPEAT, ZHIBAO__V1__NACK_CODE__NACK_CODE_UNSPECIFIED},
		{5, 10, 10, other, chain, STREAM_REPEAT, ZHIBAO__V1__NACK_CODE__NACK_CODE_UNSPECIFIED},
		{5, 10, 10, chain, other, STREAM_FORK, ZHIBAO__V1__NACK_CODE__NACK_CODE_FORK},
		{5, 9, 9, chain, other, STREAM_REPEAT, ZHIBAO__V1__NACK_CODE__NACK_CODE_UNSPECIFIED},
		{4, 11, 20, chain, other, STREAM_FENCED, ZHIBAO__V1__NACK_CODE__NACK_CODE_FENCED},
		{6, 1, 2, chain, other, STREAM_FENCED, ZHIBAO__V1__NACK_CODE__NACK_CODE_FENCED},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct stream_state at = {.session_gen = 5, .acked_seq = 10};
		struct stream_claim claim = {cases[i].gen, cases[i].first, cases[i].last, cases[i].prev, cases[i].end};
		memcpy(at.chain, chain, CHAIN_BYTES);
		assert_int_equal(stream_judge(&at, &claim), cases[i].rule);
		assert_int_equal(stream_nack(cases[i].rule), cases[i].code);
	}
}

static void test_receipt(void **state)
{
	struct sign_keys keys;
	uint8_t signature[RECEIPT_SIGNATURE_BYTES];
	struct receipt receipt = {.office_code = "420102", .first_seq = 1, .acked_seq = 3, .received_at_us = 4};
	(void)state;
	sign_keys_generate(&keys);
	receipt_sign(&receipt, &keys, signature);
	assert_true(receipt_verify(&receipt, signature, keys.public_key));
	struct receipt changed[6] = {receipt, receipt, receipt, receipt, receipt, receipt};
	changed[0].office_code = "420103";
	changed[1].first_seq = 2;
	changed[2].acked_seq = 4;
	changed[3].received_at_us = -4;
	changed[4].chain[31] = 1;
	changed[5].outbox_uuid[0] = 1;
	for (size_t i = 0; i < 6; i++)
		assert_false(receipt_verify(&changed[i], signature, keys.public_key));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes_per_second), cmocka_unit_test(test_records_per_day),
		cmocka_unit_test(test_strikes), cmocka_unit_test(test_greetings),
	         cmocka_unit_test(test_takeovers),
		cmocka_unit_test(test_sessions),         cmocka_unit_test(test_stream_rule),
		cmocka_unit_test(test_receipt),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
