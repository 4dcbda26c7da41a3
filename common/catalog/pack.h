/* SPDX-License-Identifier: Apache-2.0 */
/* pack.h - a programme pack: a folder of CSV files and maps that is the programme
 * programme.csv (name,value: id, version, name_zh, year), offices.csv, townships.csv, lineage.csv,
 * plan-lines.csv, milestones.csv, form.csv, categories.csv, rules.csv, calendar.csv, cities.geojson, counties.geojson.
 * Thread: one owner. */
#ifndef ZHIBAO_PACK_H
#define ZHIBAO_PACK_H

#include "csvtable.h"
#include "registry.h"

enum pack_table {
	PACK_PROGRAMME,
	PACK_OFFICES,
	PACK_TOWNSHIPS,
	PACK_LINEAGE,
	PACK_PLAN_LINES,
	PACK_MILESTONES,
	PACK_FORM,
	PACK_CATEGORIES,
	PACK_RULES,
	PACK_CALENDAR,
	PACK_TABLE_COUNT
};

struct pack {
	struct csv_table tables[PACK_TABLE_COUNT];
	struct programme programme; /* year from 1900, version from 1 */
	char name_zh[NAME_SIZE];
};

/* Files of a pack in the order they enter its digest: the tables, then the maps. */
extern const char *const pack_files[];
extern const size_t pack_file_count;

/* Reads and checks the whole folder. ERR_DATA with file, line and code when it does not hold together. */
int pack_read(const char *dir, struct pack *out, struct err *err);
void pack_fini(struct pack *pack);
/* Cell by heading, "" when empty; the heading was checked by pack_read. row counts from 1. */
const char *pack_cell(const struct pack *pack, enum pack_table table, size_t row,
		      const char *heading);
size_t pack_rows(const struct pack *pack, enum pack_table table); /* without the heading */
/* The registers of the pack, sealed; owned by the caller. */
int pack_registry(const struct pack *pack, struct registry **out, struct err *err);

#endif
