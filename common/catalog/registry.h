/* SPDX-License-Identifier: Apache-2.0 */
/* registry.h - the registers of a programme in memory: offices, township units, lineage, provincial plan
 * Filled once (from a pack or from the database), then sealed and only read. Rulings R5 to R8.
 * Thread: one owner while it is filled; any after registry_seal. */
#ifndef ZHIBAO_REGISTRY_H
#define ZHIBAO_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

enum { CODE_SIZE = 24, NAME_SIZE = 128 };

enum office_level { LEVEL_PROVINCE, LEVEL_CITY, LEVEL_COUNTY, LEVEL_PROVINCE_UNIT };

struct registry_office {
	char code[CODE_SIZE];
	char parent_code[CODE_SIZE]; /* "" for the province */
	enum office_level level;
	char name_zh[NAME_SIZE];
};

/* One dated version of a township unit (ruling R5). */
struct registry_unit {
	char unit_id[CODE_SIZE]; /* stays through renaming and reclassification */
	char code[CODE_SIZE];
	char name_zh[NAME_SIZE];
	char county_code[CODE_SIZE];
	int32_t valid_from_on; /* INT32_MIN: since ever */
	int32_t valid_to_on;   /* exclusive; INT32_MAX: still valid */
};

struct registry_lineage {
	char from_unit_id[CODE_SIZE];
	char to_unit_id[CODE_SIZE];
};

struct registry;

/* Which pack: programme (活动标识), its year and the version of the pack. id is "" when there is none. */
struct programme {
	char id[64];
	uint32_t year, version;
};

/* Does a pack follow the one in use? Of the same programme a higher version, not of an earlier year; of another one that of a later
 * year. Any follows none. Year 0: an older centre did not say. */
bool programme_follows(const struct programme *next, const struct programme *used);

int registry_new(struct registry **out, struct err *err);
void registry_free(struct registry **registry);
/* Each copies its argument. -1 with ERR_NOMEM. */
int registry_add_office(struct registry *registry, const struct registry_office *office,
			struct err *err);
int registry_add_unit(struct registry *registry, const struct registry_unit *unit, struct err *err);
int registry_add_lineage(struct registry *registry, const struct registry_lineage *lineage,
			 struct err *err);
/* A line of the provincial plan, which the province and its lead units may credit. */
int registry_add_plan_line(struct registry *registry, const uint8_t plan_item_id[16],
			   struct err *err);
void registry_set_programme(struct registry *registry, const struct programme *programme);
/* One that was in force before, with its newest version: what was recorded under it may still come. */
int registry_add_former(struct registry *registry, const struct programme *programme, struct err *err);
/* Sorts; the lookups below work from here on. */
/* A rule switch of the programme; those that no check reads are passed over, as is a value that is none. */
void registry_set_rule(struct registry *registry, const char *name, const char *value);
void registry_seal(struct registry *registry);

const struct programme *registry_programme(const struct registry *registry); /* in force */
bool registry_knows(const struct registry *registry, const char *programme, uint32_t version);
const struct registry_office *registry_office(const struct registry *registry, const char *code);
bool registry_allows_proxy(const struct registry *registry); /* proxy.allowed, ruling R3 */
size_t registry_max_townships(const struct registry *registry); /* coverage.max_townships, ruling R7 */
size_t registry_office_count(const struct registry *registry);
size_t registry_unit_count(const struct registry *registry);
/* True when ancestor stands above code in the office tree (not when they are the same). */
bool registry_is_ancestor(const struct registry *registry, const char *ancestor, const char *code);
bool registry_has_plan_line(const struct registry *registry, const uint8_t plan_item_id[16]);

enum township_result {
	TOWNSHIP_OWN,     /* valid, in the area of the office */
	TOWNSHIP_OUTSIDE, /* valid, elsewhere */
	TOWNSHIP_CLOSED,  /* known, not valid on the day */
	TOWNSHIP_UNKNOWN
};
/* How the code stands for the office on the day. unit_out is the version found (the newest one when it is
 * closed), successor_out what lineage names after it; both may be NULL or set to NULL. */
enum township_result registry_township(const struct registry *registry, const char *office_code,
				       const char *code, int32_t date_on,
				       const struct registry_unit **unit_out,
				       const struct registry_unit **successor_out);

#endif
