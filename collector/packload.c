/* SPDX-License-Identifier: Apache-2.0 */
#include "packload.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "calendar.h"
#include "downlinks.h"
#include "files.h"
#include "fsx.h"
#include "pack.h"
#include "sql.h"

enum { MAX_FILE_BYTES = 64 << 20, DIGEST_BYTES = 32, MAX_COLUMNS = 15, MAX_FILES = 16 };

/* How the tables of a pack become rows: statement and headings in the order of its parameters. */
static const struct {
	enum pack_table table;
	const char *sql;
	const char *headings[MAX_COLUMNS + 1];
} loads[] = {
	{PACK_OFFICES, SQL_pack_office_insert,
	 {"code", "parent_code", "level", "name_zh", "short_name", "division_zh", "division_kind",
	  "is_county_level"}},
	{PACK_TOWNSHIPS, SQL_pack_township_insert,
	 {"unit_id", "code", "county_code", "name_zh", "kind", "valid_from", "valid_to"}},
	{PACK_LINEAGE, SQL_pack_lineage_insert, {"change", "changed_on", "from_unit_id", "to_unit_id"}},
	{PACK_PLAN_LINES, SQL_pack_plan_line_insert,
	 {"plan_item_id", "row_no", "category", "theme", "activity", "time_text", "window_start", "window_end",
	  "place", "audience", "sessions_text", "planned_min", "planned_max", "mode", "lead_office_code"}},
	{PACK_MILESTONES, SQL_pack_milestone_insert,
	 {"milestone_no", "due_on", "actor_level", "obligation_zh", "submission_kind", "applies_to", "source_line",
	  "judged_by", "evidence"}},
	{PACK_FORM, SQL_pack_form_item_insert,
	 {"item_no", "section", "code", "label_zh", "value_type", "unit", "sub_fields", "aggregation_rule"}},
	{PACK_CATEGORIES, SQL_pack_category_insert, {"name", "label_zh", "is_five"}},
	{PACK_RULES, SQL_pack_rule_insert, {"name", "value", "allowed", "source"}},
	{PACK_CALENDAR, SQL_pack_calendar_insert, {"day", "kind", "name_zh"}},
};

/* Has the office townships of its own? Counties do, and cities without counties. */
static const char *is_county_level(const struct pack *pack, const char *code)
{
	for (size_t row = 1; row <= pack_rows(pack, PACK_TOWNSHIPS); row++)
		if (strcmp(pack_cell(pack, PACK_TOWNSHIPS, row, "county_code"), code) == 0)
			return "yes";
	return "no";
}

static int insert_tables(struct pg *pg, const struct pack *pack, int32_t version, struct err *err)
{
	for (size_t l = 0; l < sizeof(loads) / sizeof(loads[0]); l++) {
		for (size_t row = 1; row <= pack_rows(pack, loads[l].table); row++) {
			struct pg_param params[MAX_COLUMNS + 1] = {pg_int4(version)};
			size_t count = 1;
			for (; loads[l].headings[count - 1]; count++)
				params[count] = pg_text(pack_cell(pack, loads[l].table, row,
								  loads[l].headings[count - 1]));
			if (loads[l].table == PACK_OFFICES)
				params[8] = pg_text(is_county_level(pack, params[1].data));
			if (pg_exec(pg, loads[l].sql, params, count, NULL, err) < 0) {
				err_prefix(err, "E_PACK_VALUE %s:%zu: ", pack_files[loads[l].table],
					   pack->tables[loads[l].table].rows[row].line);
				return -1;
			}
		}
	}
	struct pg_param only = pg_int4(version);
	if (pg_exec(pg, SQL_pack_tree_insert, &only, 1, NULL, err) < 0)
		return -1;
	return pg_exec(pg, SQL_pack_obligations, &only, 1, NULL, err);
}

/* Reads every file; digests are of the files and, over names and digests, of the whole. */
static int read_files(const char *dir, struct buf *files, uint8_t digests[][DIGEST_BYTES],
		      uint8_t whole[DIGEST_BYTES], struct err *err)
{
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, DIGEST_BYTES);
	for (size_t i = 0; i < pack_file_count; i++) {
		char path[4096];
		snprintf(path, sizeof(path), "%s/%s", dir, pack_files[i]);
		if (file_read(path, MAX_FILE_BYTES, &files[i], err) < 0) {
			if (err)
				err->code = ERR_DATA;
			return -1;
		}
		crypto_generichash(digests[i], DIGEST_BYTES, (const uint8_t *)buf_string(&files[i]),
				   files[i].len, NULL, 0);
		crypto_generichash_update(&state, (const uint8_t *)pack_files[i], strlen(pack_files[i]) + 1);
		crypto_generichash_update(&state, digests[i], DIGEST_BYTES);
	}
	crypto_generichash_final(&state, whole, DIGEST_BYTES);
	return 0;
}

/* 1: there with the same content, 0: new, -1: there with other content, or failed. */
static int compare_loaded(struct pg *pg, const struct pack *pack, const uint8_t *digest,
			  struct err *err)
{
	struct pg_rows *rows;
	size_t len;
	struct pg_param params[] = {pg_text(pack->programme.id), pg_int4((int32_t)pack->programme.version)};
	if (pg_exec(pg, SQL_programme_find, params, 2, &rows, err) < 0)
		return -1;
	int rc = pg_rows_count(rows) > 0;
	if (rc) {
		const uint8_t *known = pg_get_bytes(rows, 0, 1, &len);
		if (len != DIGEST_BYTES || memcmp(known, digest, DIGEST_BYTES) != 0) {
			err_set(err, ERR_DATA,
				"E_PACK_CHANGED 活动包 %s 第 %u 版已装载且内容不同，请在 programme.csv 中提高 version",
				pack->programme.id, pack->programme.version);
			rc = -1;
		}
	}
	pg_rows_free(&rows);
	return rc;
}

/* What is in force is what was loaded last, and agents take only what follows what they have: both must mean one pack. */
static int compare_newest(struct pg *pg, const struct pack *pack, struct err *err)
{
	struct pg_rows *rows;
	struct programme newest = {0};
	if (pg_exec(pg, SQL_programme_newest, NULL, 0, &rows, err) < 0)
		return -1;
	if (pg_rows_count(rows) > 0) {
		newest.version = (uint32_t)pg_get_int(rows, 0, 2);
		newest.year = (uint32_t)pg_get_int(rows, 0, 3);
		snprintf(newest.id, sizeof(newest.id), "%s", pg_get_text(rows, 0, 1));
	}
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	if (rc < 0 || programme_follows(&pack->programme, &newest))
		return rc;
	err_set(err, ERR_DATA, "E_PACK_ORDER 活动包 %s（%u 年，第 %u 版）不在现行的 %s（%u 年，第 %u 版）之后：同一活动须提高 version 且 year 不早，另一活动须为以后的年度",
		pack->programme.id, pack->programme.year, pack->programme.version, newest.id, newest.year, newest.version);
	return -1;
}

/* Puts the pack where agents can fetch it and tells every office. */
static int publish(struct pg *pg, const struct pack *pack, const struct buf *files, struct err *err)
{
	Zhibao__V1__PackBundle bundle = ZHIBAO__V1__PACK_BUNDLE__INIT;
	Zhibao__V1__PackFile items[MAX_FILES], *pointers[MAX_FILES];
	uint8_t file_id[FILE_ID_BYTES];
	char title[300];
	for (size_t i = 0; i < pack_file_count; i++) {
		zhibao__v1__pack_file__init(&items[i]);
		items[i].name = (char *)(uintptr_t)pack_files[i];
		items[i].content = (ProtobufCBinaryData){files[i].len, (uint8_t *)(uintptr_t)buf_string(&files[i])};
		pointers[i] = &items[i];
	}
	bundle.programme = (char *)(uintptr_t)pack->programme.id;
	bundle.version = pack->programme.version;
	bundle.files = pointers;
	bundle.n_files = pack_file_count;
	size_t len = zhibao__v1__pack_bundle__get_packed_size(&bundle);
	uint8_t *data = malloc(len + 1);
	if (!data) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	zhibao__v1__pack_bundle__pack(&bundle, data);
	snprintf(title, sizeof(title), "%s 第 %u 版活动包", pack->name_zh, pack->programme.version);
	struct downlink_post post = {
		.office_code = "all",
		.kind = ZHIBAO__V1__DOWNLINK_KIND__DOWNLINK_KIND_PROGRAMME,
		.author = "",
		.title = title,
		.text = "",
		.file_id = file_id,
		.programme = pack->programme.id,
		.programme_version = (int32_t)pack->programme.version,
	};
	int rc = files_put(pg, title, data, len, file_id, err);
	if (rc == 0)
		rc = downlinks_post(pg, &post, NULL, err);
	free(data);
	return rc;
}

static int insert_pack(struct pg *pg, const struct pack *pack, const struct buf *files,
		       uint8_t digests[][DIGEST_BYTES], const uint8_t *whole, struct err *err)
{
	struct pg_rows *rows = NULL;
	struct pg_param params[] = {pg_text(pack->programme.id), pg_int4((int32_t)pack->programme.version),
				    pg_text(pack->name_zh), pg_int4((int32_t)pack->programme.year),
				    pg_bytea(whole, DIGEST_BYTES)};
	if (pg_exec(pg, SQL_programme_insert, params, 5, &rows, err) < 0)
		return -1;
	int32_t version = (int32_t)pg_get_int(rows, 0, 0);
	pg_rows_free(&rows);
	if (insert_tables(pg, pack, version, err) < 0)
		return -1;
	for (size_t i = 0; i < pack_file_count; i++) {
		struct pg_param file[] = {pg_int4(version), pg_text(pack_files[i]),
					  pg_bytea(buf_string(&files[i]), files[i].len),
					  pg_bytea(digests[i], DIGEST_BYTES)};
		if (pg_exec(pg, SQL_pack_file_insert, file, 4, NULL, err) < 0)
			return -1;
	}
	return pg_exec(pg, SQL_pack_analyze, NULL, 0, NULL, err) < 0 ? -1 : publish(pg, pack, files, err);
}

int packload_run(struct pg *pg, const char *dir, FILE *out, struct err *err)
{
	struct pack pack;
	struct buf files[MAX_FILES] = {0};
	uint8_t digests[MAX_FILES][DIGEST_BYTES], whole[DIGEST_BYTES];
	int rc = -1;
	if (pack_read(dir, &pack, err) < 0)
		return -1;
	if (read_files(dir, files, digests, whole, err) < 0 || pg_begin(pg, err) < 0)
		goto out;
	if (pg_script(pg, "SELECT pg_advisory_xact_lock(7316021)", err) < 0)
		goto out;
	int known = compare_loaded(pg, &pack, whole, err);
	if (known < 0 || (known == 0 && (compare_newest(pg, &pack, err) < 0 || insert_pack(pg, &pack, files, digests, whole, err) < 0)))
		goto out;
	if (pg_commit(pg, err) != PG_STORED)
		goto out;
	if (known)
		fprintf(out, "活动包 %s 第 %u 版已装载，无变化\n", pack.programme.id, pack.programme.version);
	else
		fprintf(out, "已装载活动包 %s 第 %u 版：单位 %zu 个，乡镇 %zu 个，计划 %zu 行\n", pack.programme.id,
			pack.programme.version, pack_rows(&pack, PACK_OFFICES), pack_rows(&pack, PACK_TOWNSHIPS),
			pack_rows(&pack, PACK_PLAN_LINES));
	rc = 0;
out:
	pg_rollback(pg);
	for (size_t i = 0; i < pack_file_count; i++)
		buf_fini(&files[i]);
	pack_fini(&pack);
	return rc;
}

int packload_show(struct pg *pg, FILE *out, struct err *err)
{
	struct pg_rows *rows;
	if (pg_exec(pg, SQL_programme_show, NULL, 0, &rows, err) < 0)
		return -1;
	fputs("名册  活动            版本  单位  乡镇   计划行  定量场次  任务  统计项  装载时间\n", out);
	for (int row = 0; row < pg_rows_count(rows); row++) {
		char at[INSTANT_TEXT_SIZE];
		instant_format(pg_get_instant(rows, row, 4), at);
		fprintf(out, "%4lld  %-14s  %4lld  %4lld  %5lld  %6lld  %8lld  %4lld  %6lld  %s\n",
			(long long)pg_get_int(rows, row, 0), pg_get_text(rows, row, 1),
			(long long)pg_get_int(rows, row, 2), (long long)pg_get_int(rows, row, 5),
			(long long)pg_get_int(rows, row, 6), (long long)pg_get_int(rows, row, 7),
			(long long)pg_get_int(rows, row, 8), (long long)pg_get_int(rows, row, 9),
			(long long)pg_get_int(rows, row, 10), at);
	}
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}
