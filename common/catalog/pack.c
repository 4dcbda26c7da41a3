/* SPDX-License-Identifier: Apache-2.0 */
#include "pack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calendar.h"
#include "uuid.h"

const char *const pack_files[] = {
	"programme.csv", "offices.csv",    "townships.csv",   "lineage.csv",
	"plan-lines.csv", "milestones.csv", "form.csv",        "categories.csv",
	"rules.csv",      "calendar.csv",   "cities.geojson",  "counties.geojson"};
const size_t pack_file_count = sizeof(pack_files) / sizeof(pack_files[0]);

enum { MAX_TABLE_BYTES = 16 << 20 };

static const char *const headings[PACK_TABLE_COUNT][16] = {
	[PACK_PROGRAMME] = {"name", "value"},
	[PACK_OFFICES] = {"code", "parent_code", "level", "name_zh", "short_name", "division_zh",
			  "division_kind"},
	[PACK_TOWNSHIPS] = {"unit_id", "code", "county_code", "name_zh", "kind", "valid_from",
			    "valid_to"},
	[PACK_LINEAGE] = {"change", "changed_on", "from_unit_id", "to_unit_id"},
	[PACK_PLAN_LINES] = {"plan_item_id", "row_no", "category", "theme", "activity", "time_text",
			     "window_start", "window_end", "place", "audience", "sessions_text",
			     "planned_min", "planned_max", "mode", "lead_office_code"},
	[PACK_MILESTONES] = {"milestone_no", "due_on", "actor_level", "obligation_zh",
			     "submission_kind", "applies_to", "judged_by", "evidence"},
	[PACK_FORM] = {"item_no", "section", "code", "label_zh", "value_type", "unit", "sub_fields",
		       "aggregation_rule"},
	[PACK_CATEGORIES] = {"name", "label_zh", "is_five"},
	[PACK_RULES] = {"name", "value", "allowed", "source"},
	[PACK_CALENDAR] = {"day", "kind", "name_zh"},
};

static int complain(const char *file, size_t line, struct err *err, const char *code,
		    const char *words)
{
	err_set(err, ERR_DATA, "%s %s:%zu: %s", code, file, line, words);
	return -1;
}

const char *pack_cell(const struct pack *pack, enum pack_table table, size_t row,
		      const char *heading)
{
	int column = csv_column(&pack->tables[table], heading);
	return column < 0 ? "" : csv_cell(&pack->tables[table], row, (size_t)column);
}

size_t pack_rows(const struct pack *pack, enum pack_table table)
{
	return pack->tables[table].row_count - 1;
}

static int read_table(const char *dir, enum pack_table table, struct pack *pack, struct err *err)
{
	char path[4096];
	snprintf(path, sizeof(path), "%s/%s", dir, pack_files[table]);
	if (csv_table_read(path, MAX_TABLE_BYTES, &pack->tables[table], err) < 0) {
		err_prefix(err, "%s：", pack_files[table]);
		if (err)
			err->code = ERR_DATA;
		return -1;
	}
	for (size_t i = 0; i < 16 && headings[table][i]; i++) {
		if (csv_column(&pack->tables[table], headings[table][i]) < 0) {
			err_set(err, ERR_DATA, "E_PACK_COLUMN %s:1: 缺少列 %s", pack_files[table],
				headings[table][i]);
			return -1;
		}
	}
	return 0;
}

static int take_programme(struct pack *pack, struct err *err)
{
	for (size_t row = 1; row <= pack_rows(pack, PACK_PROGRAMME); row++) {
		const char *name = pack_cell(pack, PACK_PROGRAMME, row, "name");
		const char *value = pack_cell(pack, PACK_PROGRAMME, row, "value");
		if (strcmp(name, "id") == 0)
			snprintf(pack->programme.id, sizeof(pack->programme.id), "%s", value);
		else if (strcmp(name, "version") == 0)
			pack->programme.version = (uint32_t)strtoul(value, NULL, 10);
		else if (strcmp(name, "name_zh") == 0)
			snprintf(pack->name_zh, sizeof(pack->name_zh), "%s", value);
		else if (strcmp(name, "year") == 0)
			pack->programme.year = (uint32_t)strtoul(value, NULL, 10);
	}
	const struct programme *programme = &pack->programme;
	if (!programme->id[0] || programme->version < 1 || programme->version > 1000000 || programme->year < 1900 || programme->year > 9999)
		return complain("programme.csv", 1, err, "E_PACK_VALUE", "须有 id、version（从 1 起）和 year");
	return 0;
}

int pack_read(const char *dir, struct pack *out, struct err *err)
{
	struct registry *registry = NULL;
	int rc = 0;
	*out = (struct pack){0};
	for (int table = 0; table < PACK_TABLE_COUNT && rc == 0; table++)
		rc = read_table(dir, (enum pack_table)table, out, err);
	if (rc == 0)
		rc = take_programme(out, err);
	if (rc == 0)
		rc = pack_registry(out, &registry, err); /* proves that the rows can be read */
	registry_free(&registry);
	if (rc < 0)
		pack_fini(out);
	return rc;
}

void pack_fini(struct pack *pack)
{
	for (int table = 0; table < PACK_TABLE_COUNT; table++)
		csv_table_fini(&pack->tables[table]);
}

static int level_of(const char *text)
{
	static const char *const names[] = {"province", "city", "county", "province_unit"};
	for (int i = 0; i < 4; i++)
		if (strcmp(text, names[i]) == 0)
			return i;
	return -1;
}

/* An empty date is the open end. */
static int parse_bound(const char *text, int32_t open_end, int32_t *out)
{
	*out = open_end;
	return *text ? date_parse(text, strlen(text), out) : 0;
}

static int add_offices(const struct pack *pack, struct registry *registry, struct err *err)
{
	for (size_t row = 1; row <= pack_rows(pack, PACK_OFFICES); row++) {
		struct registry_office office = {0};
		size_t line = pack->tables[PACK_OFFICES].rows[row].line;
		int level = level_of(pack_cell(pack, PACK_OFFICES, row, "level"));
		const char *code = pack_cell(pack, PACK_OFFICES, row, "code");
		if (level < 0 || !*code || strlen(code) >= CODE_SIZE)
			return complain("offices.csv", line, err, "E_PACK_VALUE", "level 或 code 不对");
		office.level = (enum office_level)level;
		snprintf(office.code, CODE_SIZE, "%s", code);
		snprintf(office.parent_code, CODE_SIZE, "%s",
			 pack_cell(pack, PACK_OFFICES, row, "parent_code"));
		snprintf(office.name_zh, NAME_SIZE, "%s", pack_cell(pack, PACK_OFFICES, row, "name_zh"));
		if (registry_add_office(registry, &office, err) < 0)
			return -1;
	}
	return 0;
}

static int add_units(const struct pack *pack, struct registry *registry, struct err *err)
{
	for (size_t row = 1; row <= pack_rows(pack, PACK_TOWNSHIPS); row++) {
		struct registry_unit unit = {0};
		size_t line = pack->tables[PACK_TOWNSHIPS].rows[row].line;
		const char *from = pack_cell(pack, PACK_TOWNSHIPS, row, "valid_from");
		const char *to = pack_cell(pack, PACK_TOWNSHIPS, row, "valid_to");
		if (parse_bound(from, INT32_MIN, &unit.valid_from_on) < 0 ||
		    parse_bound(to, INT32_MAX, &unit.valid_to_on) < 0)
			return complain("townships.csv", line, err, "E_PACK_VALUE", "有效期不是日期");
		snprintf(unit.unit_id, CODE_SIZE, "%s", pack_cell(pack, PACK_TOWNSHIPS, row, "unit_id"));
		snprintf(unit.code, CODE_SIZE, "%s", pack_cell(pack, PACK_TOWNSHIPS, row, "code"));
		snprintf(unit.name_zh, NAME_SIZE, "%s", pack_cell(pack, PACK_TOWNSHIPS, row, "name_zh"));
		snprintf(unit.county_code, CODE_SIZE, "%s",
			 pack_cell(pack, PACK_TOWNSHIPS, row, "county_code"));
		if (!unit.unit_id[0] || !unit.code[0])
			return complain("townships.csv", line, err, "E_PACK_VALUE", "缺少 unit_id 或 code");
		if (registry_add_unit(registry, &unit, err) < 0)
			return -1;
	}
	return 0;
}

static int add_rest(const struct pack *pack, struct registry *registry, struct err *err)
{
	for (size_t row = 1; row <= pack_rows(pack, PACK_LINEAGE); row++) {
		struct registry_lineage lineage = {0};
		snprintf(lineage.from_unit_id, CODE_SIZE, "%s",
			 pack_cell(pack, PACK_LINEAGE, row, "from_unit_id"));
		snprintf(lineage.to_unit_id, CODE_SIZE, "%s",
			 pack_cell(pack, PACK_LINEAGE, row, "to_unit_id"));
		if (registry_add_lineage(registry, &lineage, err) < 0)
			return -1;
	}
	for (size_t row = 1; row <= pack_rows(pack, PACK_PLAN_LINES); row++) {
		struct uuid id;
		const char *text = pack_cell(pack, PACK_PLAN_LINES, row, "plan_item_id");
		if (uuid_parse(text, strlen(text), &id) < 0)
			return complain("plan-lines.csv", pack->tables[PACK_PLAN_LINES].rows[row].line, err,
					"E_PACK_VALUE", "plan_item_id 不是 UUID");
		if (registry_add_plan_line(registry, id.bytes, err) < 0)
			return -1;
	}
	for (size_t row = 1; row <= pack_rows(pack, PACK_RULES); row++)
		registry_set_rule(registry, pack_cell(pack, PACK_RULES, row, "name"), pack_cell(pack, PACK_RULES, row, "value"));
	return 0;
}

int pack_registry(const struct pack *pack, struct registry **out, struct err *err)
{
	if (registry_new(out, err) < 0)
		return -1;
	registry_set_programme(*out, &pack->programme);
	if (add_offices(pack, *out, err) < 0 || add_units(pack, *out, err) < 0 ||
	    add_rest(pack, *out, err) < 0) {
		registry_free(out);
		return -1;
	}
	registry_seal(*out);
	for (size_t row = 1; row <= pack_rows(pack, PACK_OFFICES); row++) {
		const char *parent = pack_cell(pack, PACK_OFFICES, row, "parent_code");
		if (*parent && !registry_office(*out, parent)) {
			registry_free(out);
			return complain("offices.csv", pack->tables[PACK_OFFICES].rows[row].line, err,
					"E_PACK_VALUE", "上级单位不在名册中");
		}
	}
	for (size_t row = 1; row <= pack_rows(pack, PACK_TOWNSHIPS); row++) {
		if (!registry_office(*out, pack_cell(pack, PACK_TOWNSHIPS, row, "county_code"))) {
			registry_free(out);
			return complain("townships.csv", pack->tables[PACK_TOWNSHIPS].rows[row].line, err,
					"E_PACK_VALUE", "county_code 不在单位名册中");
		}
	}
	return 0;
}
