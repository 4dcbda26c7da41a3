/* SPDX-License-Identifier: Apache-2.0 */
/* The records differ as real ones do (themes, places, counts), because PostgreSQL compresses the
 * bytes of a batch; each theme has a number of its own, so that no two lectures are twins. */
#include "load.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "copyrow.h"
#include "zhibao/v1/record.pb-c.h"

enum { DAY_ON = 19849, ITEM_AT = 2, REVISION_AT = 20, ID_BYTES = 16, NUMBER_DIGITS = 10, THEME_SIZE = 200 };

static const char number_mark[] = "之";

static const int64_t day_at_us = (int64_t)DAY_ON * 86400 * 1000000;
static const char author[] = "张三";

const char load_lecture_columns[] =
	"office_code, item_id, revision_id, base_revision_id, operation, recorded_at, author, "
	"author_office_code, received_at, batch_id, seq, programme_version, correction_reason, category, "
	"plan_item_id, theme, occurred_on, started_at, ended_at, place, township_codes, mode, "
	"audiences, attendance, speaker_item_ids, policy_item_ids, brochure_count, "
	"is_window_brochure, evidence, cohost_office_codes, status, area_explanation, note";

/* What differs between the templates. */
static const struct {
	const char *theme, *place, *category, *audience;
	Zhibao__V1__LectureCategory category_number;
	Zhibao__V1__Audience audience_number;
} kinds[] = {
	{"工伤保险条例进工地", "项目部会议室", "site", "migrant_worker",
	 ZHIBAO__V1__LECTURE_CATEGORY__LECTURE_CATEGORY_SITE,
	 ZHIBAO__V1__AUDIENCE__AUDIENCE_MIGRANT_WORKER},
	{"城乡居民养老保险政策解读", "村委会广场", "village", "villager",
	 ZHIBAO__V1__LECTURE_CATEGORY__LECTURE_CATEGORY_VILLAGE,
	 ZHIBAO__V1__AUDIENCE__AUDIENCE_VILLAGER},
	{"就业创业扶持政策", "大学生活动中心", "campus", "graduate",
	 ZHIBAO__V1__LECTURE_CATEGORY__LECTURE_CATEGORY_CAMPUS,
	 ZHIBAO__V1__AUDIENCE__AUDIENCE_GRADUATE},
	{"劳动合同法与用工风险防范", "工业园区服务大厅", "enterprise", "employer",
	 ZHIBAO__V1__LECTURE_CATEGORY__LECTURE_CATEGORY_ENTERPRISE,
	 ZHIBAO__V1__AUDIENCE__AUDIENCE_EMPLOYER},
};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static void make_theme(size_t t, uint64_t number, char *out, size_t size)
{
	snprintf(out, size, "%s第%zu讲%s%0*" PRIu64, kinds[t % KINDS].theme, t * 7 % 40 + 1, number_mark, NUMBER_DIGITS,
		 number);
}

static int64_t template_started_at(size_t t)
{
	return day_at_us + (int64_t)(t % 9) * 3600 * 1000000;
}

static int64_t template_recorded_at(size_t t)
{
	return day_at_us + (int64_t)(t * 977 % 86400) * 1000000 + (int64_t)t * 137;
}

static uint32_t template_attendance(size_t t)
{
	return (uint32_t)(t * 53 % 400 + 20);
}

size_t load_keys(const char *path, size_t limit, struct load_key **out)
{
	FILE *file = fopen(path, "r");
	size_t count = 0;
	*out = calloc(limit, sizeof(**out));
	while (file && *out && count < limit) {
		struct load_key *key = &(*out)[count];
		if (fscanf(file, "%40s %40s %23s %23s", key->public_key, key->secret_key,
			   key->office_code, key->township_code) != 4)
			break;
		count++;
	}
	if (file)
		fclose(file);
	if (count == 0) {
		fprintf(stderr, "%s: no keys\n", path);
		exit(1);
	}
	return count;
}

/* splitmix64: uniqueness is wanted, not secrecy, and a call to the kernel for each record would
 * show. */
static void fill(void *context, void *out, size_t len)
{
	uint64_t *state = context;
	uint8_t *at = out;
	while (len > 0) {
		uint64_t word = *state += 0x9E3779B97F4A7C15;
		word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9;
		word = (word ^ word >> 27) * 0x94D049BB133111EB;
		word ^= word >> 31;
		size_t part = len < sizeof(word) ? len : sizeof(word);
		memcpy(at, &word, part);
		at += part;
		len -= part;
	}
}

void load_ids_init(struct load_ids *ids)
{
	*ids = (struct load_ids){.random = {fill, &ids->state}};
	ids->uuids.clock = clock_system();
	ids->uuids.random = &ids->random;
	random_fill(random_system(), &ids->state, sizeof(ids->state));
}

static void make_template(struct load_stream *stream, size_t t)
{
	Zhibao__V1__Record record = ZHIBAO__V1__RECORD__INIT;
	Zhibao__V1__LectureEvent lecture = ZHIBAO__V1__LECTURE_EVENT__INIT;
	Zhibao__V1__Audience audience = kinds[t % KINDS].audience_number;
	uint8_t zeros[ID_BYTES] = {0}, packed[1024];
	char theme[THEME_SIZE], *township = stream->township_code;
	make_theme(t, 0, theme, sizeof(theme));
	lecture.category = kinds[t % KINDS].category_number;
	lecture.theme = theme;
	lecture.place = (char *)(uintptr_t)kinds[t % KINDS].place;
	lecture.mode = ZHIBAO__V1__MODE__MODE_OFFLINE;
	lecture.status = ZHIBAO__V1__EVENT_STATUS__EVENT_STATUS_HELD;
	lecture.occurred_on = DAY_ON;
	lecture.occurred_on_answer_case = ZHIBAO__V1__LECTURE_EVENT__OCCURRED_ON_ANSWER_OCCURRED_ON;
	lecture.started_at = template_started_at(t);
	lecture.started_at_answer_case = ZHIBAO__V1__LECTURE_EVENT__STARTED_AT_ANSWER_STARTED_AT;
	lecture.attendance = template_attendance(t);
	lecture.attendance_answer_case = ZHIBAO__V1__LECTURE_EVENT__ATTENDANCE_ANSWER_ATTENDANCE;
	lecture.township_codes = &township;
	lecture.n_township_codes = 1;
	lecture.audiences = &audience;
	lecture.n_audiences = 1;
	record.item_id = record.revision_id = (ProtobufCBinaryData){ID_BYTES, zeros};
	record.operation = ZHIBAO__V1__OPERATION__OPERATION_SUBMIT;
	record.recorded_at_us = template_recorded_at(t);
	record.author = (char *)(uintptr_t)author;
	record.programme = (char *)(uintptr_t) "hubei-2024";
	record.programme_version = 1;
	record.body_case = ZHIBAO__V1__RECORD__BODY_LECTURE_EVENT;
	record.lecture_event = &lecture;
	size_t len = zhibao__v1__record__pack(&record, packed);
	const uint8_t *mark = memmem(packed, len, number_mark, strlen(number_mark));
	stream->number_at[t] = (size_t)(mark - packed) + strlen(number_mark);
	buf_append(&stream->templates[t], packed, len);
}

void load_stream_init(struct load_stream *stream, const struct load_key *key, struct load_ids *ids)
{
	*stream = (struct load_stream){0};
	memcpy(stream->office_code, key->office_code, LOAD_CODE_SIZE);
	memcpy(stream->township_code, key->township_code, LOAD_CODE_SIZE);
	random_fill(&ids->random, stream->outbox_uuid, OUTBOX_UUID_BYTES);
	chain_start(stream->outbox_uuid, stream->chain);
	for (size_t t = 0; t < LOAD_TEMPLATES; t++)
		make_template(stream, t);
}

void load_stream_fini(struct load_stream *stream)
{
	for (size_t t = 0; t < LOAD_TEMPLATES; t++)
		buf_fini(&stream->templates[t]);
}

static void put_text(struct buf *out, const char *text)
{
	copyrow_bytes(out, text, strlen(text));
}

static void put_list_of_one(struct buf *out, const char *text)
{
	size_t mark = copyrow_array_begin(out, COPYROW_TEXT, 1);
	put_text(out, text);
	copyrow_array_end(out, mark);
}

/* The row the collector makes of the record; a list without elements is "not answered", hence NULL.
 */
static void put_row(const struct load_stream *stream, size_t t, const uint8_t *item,
		    const uint8_t *revision, const struct load_rows *rows)
{
	struct buf *out = rows->out;
	char theme[THEME_SIZE];
	copyrow_begin(out, LOAD_LECTURE_COLUMNS);
	put_text(out, stream->office_code);
	copyrow_bytes(out, item, ID_BYTES);
	copyrow_bytes(out, revision, ID_BYTES);
	copyrow_null(out); /* base_revision_id */
	put_text(out, "submit");
	copyrow_instant(out, template_recorded_at(t));
	put_text(out, author);
	put_text(out, stream->office_code);
	copyrow_instant(out, rows->received_at_us);
	copyrow_int8(out, rows->batch_id);
	copyrow_int8(out, (int64_t)stream->seq);
	copyrow_int4(out, 1);
	copyrow_null(out); /* correction_reason */
	put_text(out, kinds[t % KINDS].category);
	copyrow_null(out); /* plan_item_id */
	make_theme(t, stream->seq, theme, sizeof(theme));
	put_text(out, theme);
	copyrow_date(out, DAY_ON);
	copyrow_instant(out, template_started_at(t));
	copyrow_null(out); /* ended_at */
	put_text(out, kinds[t % KINDS].place);
	put_list_of_one(out, stream->township_code);
	put_text(out, "offline");
	put_list_of_one(out, kinds[t % KINDS].audience);
	copyrow_int4(out, (int32_t)template_attendance(t));
	for (int column = 0; column < 6; column++)
		copyrow_null(out); /* speakers, policies, brochures, window, evidence, co-hosts */
	put_text(out, "held");
	copyrow_null(out); /* area_explanation */
	copyrow_null(out); /* note */
}

static void put_varint(struct buf *out, uint64_t value)
{
	uint8_t bytes[10];
	size_t len = 0;
	do {
		bytes[len++] = (uint8_t)((value & 127) | (value > 127 ? 128 : 0));
		value >>= 7;
	} while (value > 0);
	buf_append(out, bytes, len);
}

/* Tag and length of a field of bytes, numbers below 16. */
static void put_bytes_head(struct buf *out, unsigned number, size_t len)
{
	put_varint(out, number << 3 | 2);
	put_varint(out, len);
}

void load_make(struct load_stream *stream, struct load_ids *ids, size_t records, struct buf *out,
	       const struct load_rows *rows, struct load_batch *batch_out)
{
	uint8_t record[1024];
	char number[NUMBER_DIGITS + 1];
	batch_out->first_seq = stream->seq + 1;
	memcpy(batch_out->prev_chain, stream->chain, CHAIN_BYTES);
	put_varint(out, 1 << 3);
	put_varint(out, stream->seq + 1);
	put_bytes_head(out, 2, CHAIN_BYTES);
	buf_append(out, stream->chain, CHAIN_BYTES);
	put_bytes_head(out, 3, CHAIN_BYTES);
	size_t chain_mark = out->len;
	buf_append(out, stream->chain, CHAIN_BYTES); /* set below */
	for (size_t i = 0; i < records; i++) {
		size_t t = (size_t)(stream->seq++ % LOAD_TEMPLATES);
		const struct buf *from = &stream->templates[t];
		struct uuid item = uuid_next(&ids->uuids), revision = uuid_next(&ids->uuids);
		memcpy(record, from->data, from->len);
		memcpy(record + ITEM_AT, item.bytes, ID_BYTES);
		memcpy(record + REVISION_AT, revision.bytes, ID_BYTES);
		snprintf(number, sizeof(number), "%0*" PRIu64, NUMBER_DIGITS, stream->seq);
		memcpy(record + stream->number_at[t], number, NUMBER_DIGITS);
		put_bytes_head(out, 4, from->len);
		buf_append(out, record, from->len);
		chain_step(stream->chain, stream->seq, record, from->len);
		if (rows)
			put_row(stream, t, item.bytes, revision.bytes, rows);
	}
	if (out->is_failed || (rows && rows->out->is_failed)) {
		fputs("out of memory\n", stderr);
		exit(1);
	}
	memcpy(out->data + chain_mark, stream->chain, CHAIN_BYTES);
	batch_out->last_seq = stream->seq;
	memcpy(batch_out->chain, stream->chain, CHAIN_BYTES);
}
