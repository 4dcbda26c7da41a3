/* SPDX-License-Identifier: Apache-2.0 */
#include "sessionworld.h"

static void test_nacks(void **state)
{
	struct world *world = *state;
	welcome(world, 0, 1 << 20, "420102");
	ack(world, 10, 1 << 20, 1);
	size_t before = world->sent_count;
	nack(world, ZHIBAO__V1__NACK_CODE__NACK_CODE_DB_DOWN, 2000, 100);
	session_tick(world->session, 2099);
	assert_int_equal(world->sent_count, before); /* held */
	session_tick(world->session, 4100);
	assert_int_equal(world->sent[before].first_seq, 11); /* from after the last acknowledgement */
	before = world->sent_count;
	nack_at(world, ZHIBAO__V1__NACK_CODE__NACK_CODE_GAP, 10, 4200);
	session_tick(world->session, 4210);
	assert_int_equal(world->sent[before].first_seq, 11);
	/* A batch that cannot be read is halved until the bad record is alone. */
	uint64_t last_count = 99;
	for (int64_t now = 5000; now < 100000 && last_count > 1; now += 2000) {
		before = world->sent_count;
		nack(world, ZHIBAO__V1__NACK_CODE__NACK_CODE_BAD, 0, now);
		session_tick(world->session, now + 1500);
		assert_int_equal(world->sent[before].first_seq, 11);
		last_count = world->sent[before].count;
		if (world->sent_count > 200)
			world->sent_count = 0;
	}
	assert_int_equal(last_count, 1);
	assert_int_equal(world->dropped_seq, 0); /* a refusal that names nothing drops nothing */
	Zhibao__V1__Nack named = ZHIBAO__V1__NACK__INIT;
	named.code = ZHIBAO__V1__NACK_CODE__NACK_CODE_BAD;
	named.first_seq = 12; /* another one */
	deliver(world, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK, 5, &named.base, 140000);
	assert_int_equal(world->dropped_seq, 0);
	named.first_seq = 11; /* refused alone: for ever */
	deliver(world, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK, 5, &named.base, 150000);
	assert_int_equal(world->dropped_seq, 11);
	nack(world, ZHIBAO__V1__NACK_CODE__NACK_CODE_FENCED, 0, 200000);
	assert_int_equal(world->reconnects, 1);
	assert_false(session_is_open(world->session));
}

static void test_fork(void **state)
{
	struct world *world = *state;
	/* The centre knows more than this outbox: it was restored from a backup. What it has beyond what the ledger knows to be there goes
	 * with the new stream, as only the old one would bring the verdicts on it. */
	world->acked_seq = 60;
	uint64_t real_last = world->last_seq;
	Zhibao__V1__Welcome message = ZHIBAO__V1__WELCOME__INIT;
	Zhibao__V1__ForkProbe probes[2], *pointers[2] = {&probes[0], &probes[1]};
	uint8_t chain[CHAIN_BYTES] = {1}, good[CHAIN_BYTES];
	chain_to(world, 80, good);
	zhibao__v1__fork_probe__init(&probes[0]);
	zhibao__v1__fork_probe__init(&probes[1]);
	probes[0].seq = 120;
	probes[0].chain = (ProtobufCBinaryData){CHAIN_BYTES, chain};
	probes[1].seq = 80;
	probes[1].chain = (ProtobufCBinaryData){CHAIN_BYTES, good};
	session_up(world->session, 0);
	message.session_gen = 5;
	message.acked_seq = real_last + 20;
	message.chain = (ProtobufCBinaryData){CHAIN_BYTES, chain};
	message.office_code = (char *)(uintptr_t) "420102";
	message.protocol = 2;
	message.fork_probes = pointers;
	message.n_fork_probes = 2;
	deliver(world, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_WELCOME, 5, &message.base, 0);
	assert_int_equal(world->forks, 1);
	assert_int_equal(world->shared_seq, 60);
	assert_int_equal(world->reconnects, 1);
}

/* RESYNC: the centre has more than it could tell. Going on from there would lose the verdicts on it: they come after Welcome. */
static void test_resync(void **state)
{
	struct world *world = *state;
	welcome(world, 0, 1 << 20, "420102");
	ack(world, 10, 1 << 20, 50);
	nack_at(world, ZHIBAO__V1__NACK_CODE__NACK_CODE_RESYNC, 25, 100);
	assert_int_equal(world->reconnects, 1);
	welcome(world, 25, 1 << 20, "420102");
	assert_int_equal(world->sent[world->sent_count - 1].gen, 5);
	size_t before = world->sent_count;
	ack(world, 25, 1 << 20, 200);
	nack_at(world, ZHIBAO__V1__NACK_CODE__NACK_CODE_RESYNC, 25, 300);
	session_tick(world->session, 310);
	assert_int_equal(world->sent[before].first_seq, 26);
	assert_int_equal(world->reconnects, 1);
	/* A place the ledger does not share: ask for everything anew. */
	Zhibao__V1__Nack message = ZHIBAO__V1__NACK__INIT;
	uint8_t other[CHAIN_BYTES] = {1};
	message.code = ZHIBAO__V1__NACK_CODE__NACK_CODE_GAP;
	message.acked_seq = 30;
	message.chain = (ProtobufCBinaryData){CHAIN_BYTES, other};
	deliver(world, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK, 5, &message.base, 200);
	assert_int_equal(world->reconnects, 2);
}

/* When the batch was sent again that was refused at 1000 s; for that is asked every ten milliseconds. */
static int64_t comes_back_at(struct world *world, Zhibao__V1__NackCode code)
{
	int64_t now = 1000000;
	nack(world, code, 1000, now);
	size_t before = world->sent_count;
	while (world->sent_count == before && now < 1010000)
		session_tick(world->session, now += 10);
	return now - 1000000;
}

/* All that were refused for want of room come back over a time, each of them by chance; a limit of the key is of this one alone. */
static void test_pause_is_spread(void **state)
{
	enum { TRIES = 40 };
	struct world *world = *state;
	int64_t least = INT64_MAX, most = 0;
	for (int i = 0; i < TRIES; i++) {
		world->sent_count = 0;
		welcome(world, world->acked_seq, 1 << 20, "420102");
		int64_t pause = comes_back_at(world, ZHIBAO__V1__NACK_CODE__NACK_CODE_BUSY);
		assert_in_range(pause, 1000, 2010);
		least = pause < least ? pause : least;
		most = pause > most ? pause : most;
	}
	assert_true(least < 1300 && most > 1700); /* all forty on one side: one in 10^6 and less */
	welcome(world, world->acked_seq, 1 << 20, "420102");
	assert_int_equal(comes_back_at(world, ZHIBAO__V1__NACK_CODE__NACK_CODE_QUOTA), 1000);
}

/* Batches that were refused are counted and granted again, so a refusal cannot starve a session. */
static void test_credit_after_refusal(void **state)
{
	struct world *world = *state;
	welcome(world, 0, 150, "420102");
	Zhibao__V1__Nack message = ZHIBAO__V1__NACK__INIT;
	message.code = ZHIBAO__V1__NACK_CODE__NACK_CODE_BUSY;
	message.retry_after_ms = 10;
	message.credit_bytes = 250;
	size_t before = world->sent_count;
	deliver(world, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK, 5, &message.base, 100);
	session_tick(world->session, 120);
	assert_int_equal(world->sent_count, before + 1);
	assert_int_equal(world->sent[before].first_seq, 1);
}

/* After one record was refused the others go in full batches again, not one by one for the rest of the session. */
static void test_batches_grow_again(void **state)
{
	struct world *world = *state;
	welcome(world, 0, 1 << 20, "420102");
	for (int64_t now = 1000; world->sent[world->sent_count - 1].count > 1 && now < 60000; now += 1000) {
		nack(world, ZHIBAO__V1__NACK_CODE__NACK_CODE_BAD, 0, now);
		session_tick(world->session, now + 500);
	}
	assert_int_equal(world->sent[world->sent_count - 1].count, 1);
	for (int64_t now = 60000; world->acked_seq < 20; now += 10)
		ack(world, world->acked_seq + 1, 1 << 20, now);
	assert_true(world->sent[world->sent_count - 1].count > 8);
}

static void test_refusals(void **state)
{
	struct world *world = *state;
	welcome(world, 0, 1 << 20, "420103"); /* the key file of another office */
	assert_int_equal(world->reconnects, 1);
	assert_int_equal(world->sent_count, 1);
	for (int i = 0; i < 3; i++) { /* soon at first: a collector may not know a new key yet */
		session_denied(world->session, 0);
		assert_in_range(world->delay_ms, 5000, 15000);
	}
	session_denied(world->session, 0);
	assert_in_range(world->delay_ms, 600000, 3600000);
	ack(world, 10, 1, 0); /* closed: nobody listens */
	assert_int_equal(world->acked_seq, 0);
	welcome(world, 0, 1 << 20, "420102");
	ack(world, 99, 1 << 20, 0); /* more than was sent: not believed */
	assert_int_equal(world->acked_seq, 0);
	assert_int_equal(world->reconnects, 6);
}

static void take_note(void *context, uint8_t type, const ProtobufCMessage *message)
{
	struct world *world = context;
	(void)message;
	world->delivered_type = type;
}

/* What is refused to another part of the agent holds up no record and sends none twice. */
static void test_other_question(void **state)
{
	struct world *world = *state;
	world->on_deliver = take_note;
	welcome(world, 0, 1 << 20, "420102");
	size_t before = world->sent_count;
	Zhibao__V1__Nack message = ZHIBAO__V1__NACK__INIT;
	message.code = ZHIBAO__V1__NACK_CODE__NACK_CODE_BUSY;
	message.retry_after_ms = 60000;
	message.refused_type = ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_WANT;
	deliver(world, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK, 5, &message.base, 100);
	assert_int_equal(world->delivered_type, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK);
	ack(world, 10, 1 << 20, 200);
	assert_int_equal(world->sent_count, before + 1);
	assert_int_equal(world->sent[before].first_seq, 41); /* after the four under way */
	/* A batch that is named, or a collector that does not say: as ever. */
	for (int type = 0; type <= ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BATCH; type += ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BATCH) {
		before = world->sent_count;
		message.retry_after_ms = 1000;
		message.refused_type = (Zhibao__V1__MessageType)type;
		deliver(world, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK, 5, &message.base, 1000 + 5000 * type);
		session_tick(world->session, 3100 + 5000 * type); /* twice the pause at most */
		assert_int_equal(world->sent[before].first_seq, 11);
	}
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		CASE(test_nacks), CASE(test_fork), CASE(test_resync),
		CASE(test_credit_after_refusal), CASE(test_batches_grow_again),
		CASE(test_refusals), CASE(test_pause_is_spread), CASE(test_other_question),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
