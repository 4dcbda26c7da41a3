/* SPDX-License-Identifier: Apache-2.0 */
/* The queue of a store thread: order within an office, turns between offices, limits of a group. And the set of items, and
 * what may concern an item that has ended. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "clock.h"
#include "corrections.h"
#include "itemset.h"
#include "jobqueue.h"
#include "uuid.h"

enum { BATCH_BYTES = 60000, MANY = 1000 };
static const struct jobqueue_limits one = {1, MANY, SIZE_MAX}, all = {MANY, SIZE_MAX, SIZE_MAX};

static void push_of(struct jobqueue *queue, const char *office_code, uint8_t key, uint64_t first_seq, size_t len)
{
	struct job *job = calloc(1, sizeof(*job));
	assert_non_null(job);
	job->kind = JOB_BATCH;
	snprintf(job->office_code, sizeof(job->office_code), "%s", office_code);
	job->key_id = key;
	job->outbox_uuid[0] = (uint8_t)first_seq; /* makes no difference */
	job->first_seq = first_seq;
	job->last_seq = first_seq + 99;
	job->len = len;
	assert_int_equal(jobqueue_push(queue, job), 0);
}

static void push(struct jobqueue *queue, const char *office_code, uint64_t first_seq, size_t len)
{
	push_of(queue, office_code, 0, first_seq, len);
}

static size_t take_all(struct jobqueue *queue, const struct jobqueue_limits *limits, struct job **jobs)
{
	struct jobqueue_taken taken = {.jobs = jobs};
	jobqueue_take(queue, limits, &taken);
	return taken.count;
}

/* Takes one and says whose it was. */
static uint64_t take(struct jobqueue *queue, char office_code[CODE_SIZE])
{
	struct job *job;
	assert_int_equal(take_all(queue, &one, &job), 1);
	uint64_t first_seq = job->first_seq;
	strcpy(office_code, job->office_code);
	job_free(&job);
	return first_seq;
}

static void test_order_within_an_office(void **state)
{
	struct jobqueue *queue;
	struct job *jobs[MANY];
	(void)state;
	assert_int_equal(jobqueue_new(&queue), 0);
	for (uint64_t i = 0; i < 500; i++)
		push(queue, i % 3 ? "420102" : "420103", i, (size_t)(i * 7919 % BATCH_BYTES));
	assert_int_equal(take_all(queue, &all, jobs), 500);
	uint64_t newest[2] = {0};
	for (size_t i = 0; i < 500; i++) {
		uint64_t *last = &newest[strcmp(jobs[i]->office_code, "420102") == 0];
		assert_true(i < 2 || jobs[i]->first_seq >= *last);
		*last = jobs[i]->first_seq;
		job_free(&jobs[i]);
	}
	assert_int_equal(jobqueue_bytes(queue), 0);
	assert_int_equal(take_all(queue, &all, jobs), 0);
	jobqueue_free(&queue);
}

static void test_backlogs_take_turns(void **state)
{
	struct jobqueue *queue;
	char office_code[CODE_SIZE];
	size_t taken = 0;
	(void)state;
	assert_int_equal(jobqueue_new(&queue), 0);
	for (uint64_t i = 0; i < 100; i++)
		push(queue, "420102", i, BATCH_BYTES);
	for (uint64_t i = 0; i < 800; i++)
		push(queue, "420103", i, BATCH_BYTES / 8);
	for (size_t bytes = 0; bytes < 40 * (size_t)BATCH_BYTES; taken++) {
		take(queue, office_code);
		bytes += strcmp(office_code, "420102") == 0 ? BATCH_BYTES : BATCH_BYTES / 8;
	}
	/* Both had 100 batches' worth and arrived one after the other: each has given about the half of 40. */
	size_t left = jobqueue_office_bytes(queue, "420102") / BATCH_BYTES;
	assert_in_range(left, 77, 83);
	assert_true(taken > 150);
	jobqueue_free(&queue);
}

static void test_small_goes_before_a_backlog(void **state)
{
	struct jobqueue *queue;
	char office_code[CODE_SIZE];
	(void)state;
	assert_int_equal(jobqueue_new(&queue), 0);
	for (uint64_t i = 0; i < 200; i++) {
		char name[CODE_SIZE];
		snprintf(name, sizeof(name), "4201%02d", (int)(i % 20));
		push(queue, name, i, BATCH_BYTES);
	}
	for (int i = 0; i < 60; i++)
		take(queue, office_code); /* nobody is new any more */
	push(queue, "429004", 1, 300);
	take(queue, office_code);
	assert_string_equal(office_code, "429004");
	/* One that always has something is new for one turn only: then the others are served in between. */
	size_t others = 0;
	for (int i = 0; i < 30; i++) {
		push(queue, "429004", (uint64_t)i + 2, BATCH_BYTES);
		take(queue, office_code);
		others += strcmp(office_code, "429004") != 0;
	}
	assert_true(others >= 10);
	jobqueue_free(&queue);
}

/* An office gets one share, however many keys and outboxes it has; within it its keys take turns by bytes. */
static void test_an_office_has_one_share(void **state)
{
	struct jobqueue *queue;
	char office_code[CODE_SIZE];
	size_t own = 0, lone = 0;
	(void)state;
	assert_int_equal(jobqueue_new(&queue), 0);
	for (uint64_t i = 0; i < 40; i++)
		push(queue, "420102", i, BATCH_BYTES);
	for (uint64_t i = 0; i < 400; i++)
		push_of(queue, "420103", (uint8_t)(i % 10), i, BATCH_BYTES);
	push_of(queue, "420103", 77, 4711, 300); /* its eleventh machine, behind the backlogs of ten */
	for (size_t i = 0; i < 60; i++) {
		uint64_t first_seq = take(queue, office_code);
		own += strcmp(office_code, "420102") == 0;
		if (first_seq == 4711)
			lone = i;
	}
	assert_in_range(own, 27, 33);
	assert_in_range(lone, 1, 25); /* one round of its office's keys, the other office in between */
	jobqueue_free(&queue);
}

/* What a machine sends now and then goes in the next turn of its office, all of it, before the backlog of another machine there. */
static void test_a_small_machine_beside_a_backlog(void **state)
{
	enum { SMALL = 20 };
	struct jobqueue *queue;
	char office_code[CODE_SIZE];
	size_t small = 0, backlog = 0;
	(void)state;
	assert_int_equal(jobqueue_new(&queue), 0);
	for (uint64_t i = 0; i < 40; i++) {
		push_of(queue, "420102", 1, i, BATCH_BYTES);
		push(queue, "420103", i, BATCH_BYTES);
	}
	for (size_t i = 0; i < 10; i++)
		take(queue, office_code);
	for (uint64_t i = 0; i < SMALL; i++)
		push_of(queue, "420102", 2, 1000 + i, 300);
	while (small < SMALL) {
		uint64_t first_seq = take(queue, office_code);
		if (strcmp(office_code, "420102") == 0) {
			backlog += first_seq < 1000;
			small += first_seq >= 1000;
		}
	}
	assert_in_range(backlog, 0, 2); /* that of the turn it comes into, and one */
	jobqueue_free(&queue);
}

/* A record now and then never waits for a round of backlogs, however long that goes on; who sends as much as they do gets
 * about what they get. */
static void test_a_trickle_does_not_wait(void **state)
{
	enum { BACKLOGS = 20, TAKES = 4000 };
	struct jobqueue *queue;
	char office_code[CODE_SIZE];
	(void)state;
	for (int is_greedy = 0; is_greedy < 2; is_greedy++) {
		size_t own = 0;
		assert_int_equal(jobqueue_new(&queue), 0);
		for (uint64_t i = 0; i < 3 * BACKLOGS; i++) {
			char name[CODE_SIZE];
			snprintf(name, sizeof(name), "4201%02d", (int)(i % BACKLOGS));
			push(queue, name, i, BATCH_BYTES);
		}
		for (int i = 0; i < TAKES; i++) {
			bool is_due = is_greedy ? jobqueue_office_bytes(queue, "429004") == 0 : i % 4 == 0;
			if (is_due)
				push(queue, "429004", (uint64_t)i, is_greedy ? BATCH_BYTES : 300);
			take(queue, office_code);
			bool is_own = strcmp(office_code, "429004") == 0;
			own += is_own;
			assert_true(i < 4 * BACKLOGS || is_greedy || is_own == is_due); /* once nobody is new any more */
			if (!is_own)
				push(queue, office_code, (uint64_t)i, BATCH_BYTES);
		}
		if (is_greedy)
			assert_in_range(own, TAKES / (BACKLOGS + 1) - 5, 2 * TAKES / BACKLOGS);
		jobqueue_free(&queue);
	}
}

static void test_limits_of_a_group(void **state)
{
	struct jobqueue *queue;
	struct job *jobs[MANY];
	(void)state;
	assert_int_equal(jobqueue_new(&queue), 0);
	for (uint64_t i = 0; i < 40; i++)
		push(queue, "420102", i, 1000);
	const struct jobqueue_limits by_rows = {MANY, 1000, SIZE_MAX}, by_jobs = {3, SIZE_MAX, SIZE_MAX},
				     by_bytes = {MANY, SIZE_MAX, 4 * (1000 + sizeof(struct job))}, tiny = {MANY, 1, 1};
	const struct { const struct jobqueue_limits *limits; size_t count; } cases[] = {
		{&by_rows, 10}, {&by_jobs, 3}, {&by_bytes, 4}, {&tiny, 1}};
	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		size_t count = take_all(queue, cases[c].limits, jobs);
		assert_int_equal(count, cases[c].count);
		for (size_t i = 0; i < count; i++)
			job_free(&jobs[i]);
	}
	jobqueue_free(&queue); /* with jobs in it */
}

static void test_set_of_items(void **state)
{
	struct itemset set = {0};
	uint8_t item[16] = {0};
	(void)state;
	assert_false(itemset_has(&set, "420102", item));
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < MANY; i++) {
			memcpy(item, &i, sizeof(i));
			assert_int_equal(itemset_add(&set, i % 2 ? "420102" : "420103", item), 0);
		}
		assert_int_equal(set.count, MANY);
	}
	for (int i = 0; i < 2 * MANY; i++) {
		memcpy(item, &i, sizeof(i));
		assert_int_equal(itemset_has(&set, "420102", item), i < MANY && i % 2);
		assert_int_equal(itemset_has(&set, "420103", item), i < MANY && i % 2 == 0);
	}
	itemset_clear(&set);
	assert_false(itemset_has(&set, "420103", item));
	itemset_fini(&set);
}

static void set_made_at(struct uuid *id, int64_t ms)
{
	for (int i = 5; i >= 0; i--, ms >>= 8)
		id->bytes[i] = (uint8_t)ms;
}

/* The first revision of a new item asks the centre nothing; what may be an answer to a rejection does. */
static void test_which_are_corrections(void **state)
{
	static const struct {
		int later_ms;
		bool has_base, is_one;
	} cases[] = {{0, false, false},	  {1, false, false},	 {-1, false, false}, {1000, false, false},
		     {1001, false, true}, {-1001, false, true}, {0, true, true}, {86400000, true, true}};
	struct uuid_generator ids = {.clock = clock_system(), .random = random_system()};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		Zhibao__V1__Record record = ZHIBAO__V1__RECORD__INIT;
		struct uuid item = uuid_next(&ids), revision = uuid_next(&ids), base = uuid_next(&ids);
		set_made_at(&item, 1719800000123);
		set_made_at(&revision, 1719800000123 + cases[i].later_ms);
		record.item_id = (ProtobufCBinaryData){16, item.bytes};
		record.revision_id = (ProtobufCBinaryData){16, revision.bytes};
		if (cases[i].has_base)
			record.base_revision_id = (ProtobufCBinaryData){16, base.bytes};
		assert_int_equal(corrections_is_one(&record), cases[i].is_one);
	}
}

/* Verdicts that become known late stand where their numbers put them. */
static void test_verdicts_in_order(void **state)
{
	static const uint64_t seqs[] = {5, 9, 2, 7, 1, 8};
	struct job job = {.kind = JOB_BATCH};
	(void)state;
	for (size_t i = 0; i < sizeof(seqs) / sizeof(seqs[0]); i++) {
		char text[8];
		snprintf(text, sizeof(text), "%llu", (unsigned long long)seqs[i]);
		assert_int_equal(job_add_verdict(&job, seqs[i], "E_X", "", text), 0);
	}
	assert_int_equal(job.verdict_count, 6);
	for (size_t i = 0; i < job.verdict_count; i++) {
		assert_int_equal(strtoull(job.verdicts[i].text, NULL, 10), job.verdicts[i].seq);
		assert_true(i == 0 || job.verdicts[i].seq > job.verdicts[i - 1].seq);
	}
	job_clear_answer(&job);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order_within_an_office), cmocka_unit_test(test_backlogs_take_turns),
		cmocka_unit_test(test_small_goes_before_a_backlog), cmocka_unit_test(test_a_trickle_does_not_wait),
		cmocka_unit_test(test_limits_of_a_group), cmocka_unit_test(test_an_office_has_one_share),
		cmocka_unit_test(test_a_small_machine_beside_a_backlog),
		cmocka_unit_test(test_set_of_items), cmocka_unit_test(test_which_are_corrections),
		cmocka_unit_test(test_verdicts_in_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
