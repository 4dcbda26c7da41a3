/* SPDX-License-Identifier: Apache-2.0 */
#include "registryload.h"

#include <stdio.h>
#include <string.h>

#include "sql.h"

static void copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from);
}

static int load_offices(struct pg *pg, const struct pg_param *version, struct registry *registry,
			struct err *err)
{
	static const char *const levels[] = {"province", "city", "county", "province_unit"};
	struct pg_rows *rows;
	if (pg_exec(pg, SQL_registry_offices, version, 1, &rows, err) < 0)
		return -1;
	int rc = 0;
	for (int row = 0; row < pg_rows_count(rows) && rc == 0; row++) {
		struct registry_office office = {0};
		copy(office.code, CODE_SIZE, pg_get_text(rows, row, 0));
		copy(office.parent_code, CODE_SIZE, pg_get_text(rows, row, 1));
		for (int level = 0; level < 4; level++)
			if (strcmp(pg_get_text(rows, row, 2), levels[level]) == 0)
				office.level = (enum office_level)level;
		copy(office.name_zh, NAME_SIZE, pg_get_text(rows, row, 3));
		rc = registry_add_office(registry, &office, err);
	}
	if (rc == 0)
		rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

static int load_units(struct pg *pg, const struct pg_param *version, struct registry *registry,
		      struct err *err)
{
	struct pg_rows *rows;
	if (pg_exec(pg, SQL_registry_units, version, 1, &rows, err) < 0)
		return -1;
	int rc = 0;
	for (int row = 0; row < pg_rows_count(rows) && rc == 0; row++) {
		struct registry_unit unit = {0};
		copy(unit.unit_id, CODE_SIZE, pg_get_text(rows, row, 0));
		copy(unit.code, CODE_SIZE, pg_get_text(rows, row, 1));
		copy(unit.name_zh, NAME_SIZE, pg_get_text(rows, row, 2));
		copy(unit.county_code, CODE_SIZE, pg_get_text(rows, row, 3));
		unit.valid_from_on = pg_is_null(rows, row, 4) ? INT32_MIN : pg_get_date(rows, row, 4);
		unit.valid_to_on = pg_is_null(rows, row, 5) ? INT32_MAX : pg_get_date(rows, row, 5);
		rc = registry_add_unit(registry, &unit, err);
	}
	if (rc == 0)
		rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

static void read_programme(struct pg_rows *rows, int row, int column, struct programme *out)
{
	*out = (struct programme){.version = (uint32_t)pg_get_int(rows, row, column + 1), .year = (uint32_t)pg_get_int(rows, row, column + 2)};
	snprintf(out->id, sizeof(out->id), "%s", pg_get_text(rows, row, column));
}

static int load_former(struct pg *pg, const struct pg_param *version, struct registry *registry, struct err *err)
{
	struct pg_rows *rows;
	if (pg_exec(pg, SQL_registry_former, version, 1, &rows, err) < 0)
		return -1;
	int rc = 0;
	for (int row = 0; row < pg_rows_count(rows) && rc == 0; row++) {
		struct programme programme;
		read_programme(rows, row, 0, &programme);
		rc = registry_add_former(registry, &programme, err);
	}
	if (rc == 0)
		rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

static int load_rest(struct pg *pg, const struct pg_param *version, struct registry *registry,
		     struct err *err)
{
	struct pg_rows *rows;
	if (pg_exec(pg, SQL_registry_lineage, version, 1, &rows, err) < 0)
		return -1;
	int rc = 0;
	for (int row = 0; row < pg_rows_count(rows) && rc == 0; row++) {
		struct registry_lineage lineage = {0};
		copy(lineage.from_unit_id, CODE_SIZE, pg_get_text(rows, row, 0));
		copy(lineage.to_unit_id, CODE_SIZE, pg_get_text(rows, row, 1));
		rc = registry_add_lineage(registry, &lineage, err);
	}
	pg_rows_free(&rows);
	if (rc < 0 || pg_exec(pg, SQL_registry_plan_lines, version, 1, &rows, err) < 0)
		return -1;
	for (int row = 0; row < pg_rows_count(rows) && rc == 0; row++) {
		uint8_t id[16];
		pg_get_uuid(rows, row, 0, id);
		rc = registry_add_plan_line(registry, id, err);
	}
	if (rc == 0)
		rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	if (rc < 0 || pg_exec(pg, SQL_registry_rules, version, 1, &rows, err) < 0)
		return -1;
	for (int row = 0; row < pg_rows_count(rows); row++)
		registry_set_rule(registry, pg_get_text(rows, row, 0), pg_get_text(rows, row, 1));
	rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

int registry_refresh(struct pg *pg, struct registry **registry, int64_t *register_version,
		     struct err *err)
{
	struct pg_rows *rows = NULL;
	struct registry *fresh = NULL;
	if (pg_exec(pg, SQL_programme_newest, NULL, 0, &rows, err) < 0)
		return -1;
	bool is_loaded = pg_rows_count(rows) == 1;
	int64_t newest = is_loaded ? pg_get_int(rows, 0, 0) : 0;
	int rc = 0;
	if (*registry && newest == *register_version)
		goto out;
	struct pg_param version = pg_int4((int32_t)newest);
	rc = registry_new(&fresh, err);
	if (rc == 0 && is_loaded) {
		struct programme programme;
		read_programme(rows, 0, 1, &programme);
		registry_set_programme(fresh, &programme);
		rc = load_offices(pg, &version, fresh, err);
	}
	if (rc == 0 && is_loaded)
		rc = load_units(pg, &version, fresh, err);
	if (rc == 0 && is_loaded)
		rc = load_rest(pg, &version, fresh, err);
	if (rc == 0 && is_loaded)
		rc = load_former(pg, &version, fresh, err);
	if (rc == 0) {
		registry_seal(fresh);
		registry_free(registry);
		*registry = fresh;
		*register_version = newest;
		fresh = NULL;
	}
out:
	registry_free(&fresh);
	pg_rows_free(&rows);
	return rc;
}
