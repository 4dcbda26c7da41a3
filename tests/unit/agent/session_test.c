/* SPDX-License-Identifier: Apache-2.0 */
#include "sessionworld.h"

static void test_window(void **state)
{
	struct world *world = *state;
	welcome(world, 0, 1 << 20, "420102");
	assert_true(session_is_open(world->session));
	assert_int_equal(world->sent_count, 1 + 4); /* no more than four batches in flight */
	assert_int_equal(world->sent[1].first_seq, 1);
	assert_int_equal(world->sent[4].first_seq, 31);
	assert_int_equal(world->sent[4].gen, 5);
	ack(world, 20, 1 << 20, 1); /* two batches at once: cumulative */
	assert_int_equal(world->acked_seq, 20);
	assert_int_equal(world->sent_count, 1 + 6);
	ack(world, 10, 1 << 20, 2); /* an older one, late: harmless */
	assert_int_equal(world->acked_seq, 20);
	while (world->acked_seq < 100)
		ack(world, world->acked_seq + 10, 1 << 20, 3);
	assert_int_equal(world->sent_count, 1 + 10); /* each record went once */
	world->last_seq = 101;
	session_grown(world->session, 4);
	assert_int_equal(world->sent[world->sent_count - 1].first_seq, 101);
}

/* A move ends the session when everything sent is acknowledged: nothing has to be sent twice, nothing is refused. */
static void test_move(void **state)
{
	struct world *world = *state;
	session_move(world->session, 0, 0);
	welcome(world, 0, 1 << 20, "420102");
	session_move(world->session, 500, 1);
	ack(world, 10, 1 << 20, 400);
	assert_int_equal(world->sent_count, 1 + 5); /* until then it goes on */
	ack(world, 20, 1 << 20, 501);
	ack(world, 40, 1 << 20, 502);
	assert_int_equal(world->sent_count, 1 + 5);
	assert_int_equal(world->reconnects, 0);
	ack(world, 50, 1 << 20, 503);
	assert_int_equal(world->sent[world->sent_count - 1].type, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BYE);
	assert_int_equal(world->reconnects, 1);
	assert_int_equal(world->delay_ms, 0);
	assert_false(world->was_failure);
	assert_false(session_is_open(world->session));
	welcome(world, 50, 1 << 20, "420102");
	assert_int_equal(world->sent[world->sent_count - 1].first_seq, 81);
	session_tick(world->session, 900); /* and it does not move again */
	assert_int_equal(world->reconnects, 1);
}

/* A second list of collectors that keeps the agent where it is calls off the move of the first. */
static void test_stay(void **state)
{
	struct world *world = *state;
	welcome(world, 0, 1 << 20, "420102");
	session_move(world->session, 500, 1);
	session_stay(world->session);
	for (int64_t now = 600; world->acked_seq < 100; now++)
		ack(world, world->acked_seq + 10, 1 << 20, now);
	session_tick(world->session, 1000);
	assert_int_equal(world->reconnects, 0);
}

static void test_resume(void **state)
{
	struct world *world = *state;
	world->acked_seq = 30;
	welcome(world, 50, 1 << 20, "420102"); /* acknowledgements were lost on the way */
	assert_int_equal(world->sent[1].first_seq, 51);
	ack(world, 50, 1 << 20, 1);
	assert_int_equal(world->acked_seq, 50);
}

/* One that says it does not follow the newest shows that another was lost, perhaps with a verdict: Welcome brings what it said. */
static void test_lost_acknowledgement(void **state)
{
	struct world *world = *state;
	welcome(world, 0, 1 << 20, "420102");
	Zhibao__V1__Ack message = ZHIBAO__V1__ACK__INIT;
	message.acked_seq = 10;
	message.first_seq = 1;
	deliver(world, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ACK, 5, &message.base, 1);
	message.acked_seq = 20;
	message.first_seq = 6; /* part of it was acknowledged before */
	deliver(world, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ACK, 5, &message.base, 2);
	assert_int_equal(world->acked_seq, 20);
	message.acked_seq = 40;
	message.first_seq = 31;
	deliver(world, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ACK, 5, &message.base, 3);
	assert_int_equal(world->acked_seq, 20);
	assert_int_equal(world->reconnects, 1);
}

/* Acknowledgements that came together are stored together, and before anything is said that builds on them. */
static void test_settle(void **state)
{
	struct world *world = *state;
	welcome(world, 0, 1 << 20, "420102");
	assert_false(session_is_unsettled(world->session));
	ack(world, 10, 1 << 20, 1);
	ack(world, 20, 1 << 20, 1);
	assert_true(session_is_unsettled(world->session));
	assert_int_equal(world->settled, 0);
	assert_int_equal(world->sent_count, 1 + 6); /* the next ones went all the same */
	session_settle(world->session);
	session_settle(world->session);
	assert_int_equal(world->settled, 1);
	assert_int_equal(world->stored_seq, 20);
	ack(world, 30, 1 << 20, 2);
	session_tick(world->session, 3);
	assert_int_equal(world->stored_seq, 30);
	ack(world, 40, 1 << 20, 4);
	session_down(world->session, 5);
	assert_int_equal(world->stored_seq, 40);
	assert_int_equal(world->reconnects, 1);
}

/* A ledger that cannot store is asked after longer and longer pauses, though each time the centre answers well. */
static void test_settle_fails(void **state)
{
	struct world *world = *state;
	int64_t longest_ms = 0;
	world->is_disk_full = true;
	for (int i = 0; i < 12; i++) {
		welcome(world, 0, 1 << 20, "420102");
		ack(world, 10, 1 << 20, 1);
		session_settle(world->session);
		assert_int_equal(world->reconnects, i + 1);
		assert_int_equal(world->acked_seq, 0);
		if (world->delay_ms > longest_ms)
			longest_ms = world->delay_ms;
	}
	assert_true(longest_ms > 10000);
	world->is_disk_full = false;
	welcome(world, 0, 1 << 20, "420102");
	ack(world, 10, 1 << 20, 1);
	session_settle(world->session);
	session_down(world->session, 2);
	assert_in_range(world->delay_ms, 0, 1000);
}

static void test_credit(void **state)
{
	struct world *world = *state;
	welcome(world, 0, 150, "420102"); /* room for one batch of ten records and its chain values */
	size_t first = world->sent_count;
	assert_true(first >= 2 && first < 5);
	session_tick(world->session, 10);
	assert_int_equal(world->sent_count, first);
	ack(world, 10, 1 << 20, 20);
	assert_true(world->sent_count > first);
}

/* A batch larger than the credit, and nothing under way whose answer could raise it: it is asked for, once. */
static void test_asking_for_credit(void **state)
{
	struct world *world = *state;
	Zhibao__V1__Pong pong = ZHIBAO__V1__PONG__INIT;
	welcome(world, 0, 50, "420102");
	assert_int_equal(world->sent_count, 2);
	assert_int_equal(world->sent[1].type, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PING);
	session_tick(world->session, 10);
	assert_int_equal(world->sent_count, 2);
	pong.credit_bytes = 150;
	deliver(world, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PONG, 5, &pong.base, 20);
	assert_int_equal(world->sent[2].type, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BATCH);
	assert_int_equal(world->sent[2].first_seq, 1);
}

static void test_full_pipe(void **state)
{
	struct world *world = *state;
	welcome(world, 0, 1 << 20, "420102");
	size_t before = world->sent_count;
	world->pipe_is_full = true;
	ack(world, 40, 1 << 20, 1);
	assert_int_equal(world->sent_count, before);
	world->pipe_is_full = false;
	session_tick(world->session, 1000);
	assert_int_equal(world->sent[before].first_seq, 41);
}

/* The centre was restored from a backup: what it lost is pending again and is sent again. */
static void test_set_back(void **state)
{
	struct world *world = *state;
	world->acked_seq = 60;
	welcome(world, 40, 1 << 20, "420102");
	assert_int_equal(world->acked_seq, 40);
	assert_int_equal(world->sent[1].first_seq, 41);
}

static void test_silence(void **state)
{
	struct world *world = *state;
	world->last_seq = 0;
	welcome(world, 0, 1 << 20, "420102");
	for (int64_t now = 0; now < 600000 && world->reconnects == 0; now += 1000)
		session_tick(world->session, now);
	size_t pings = 0;
	for (size_t i = 0; i < world->sent_count; i++)
		pings += world->sent[i].type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PING;
	assert_int_equal(pings, 3);
	assert_int_equal(world->reconnects, 1);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		CASE(test_window), CASE(test_move), CASE(test_stay), CASE(test_resume), CASE(test_lost_acknowledgement), CASE(test_settle),
		CASE(test_settle_fails), CASE(test_credit), CASE(test_asking_for_credit), CASE(test_full_pipe),
		CASE(test_set_back), CASE(test_silence),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
