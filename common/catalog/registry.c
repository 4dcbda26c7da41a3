/* SPDX-License-Identifier: Apache-2.0 */
#include "registry.h"

#include <stdlib.h>
#include <string.h>

/* A growing array of equal things. */
struct list {
	char *data;
	size_t count, size, width;
};

/* Where a code stands first in a sorted list: position + 1, 0 for an empty slot. Without memory for it the list is searched. */
struct code_index {
	uint32_t *slots;
	size_t mask;
};

struct registry {
	struct programme programme;
	bool is_proxy_denied;
	size_t max_townships;
	struct list offices;    /* by code */
	struct list units;      /* by code, then valid_from_on */
	struct list lineage;
	struct list plan_lines; /* by bytes */
	struct list former;     /* programmes */
	struct code_index office_index, unit_index;
};

static int list_add(struct list *list, const void *item, struct err *err)
{
	if (list->count == list->size) {
		size_t size = list->size ? list->size * 2 : 64;
		char *data = realloc(list->data, size * list->width);
		if (!data) {
			err_set(err, ERR_NOMEM, "内存不足");
			return -1;
		}
		list->data = data;
		list->size = size;
	}
	memcpy(list->data + list->count * list->width, item, list->width);
	list->count++;
	return 0;
}

int registry_new(struct registry **out, struct err *err)
{
	struct registry *registry = calloc(1, sizeof(*registry));
	*out = registry;
	if (!registry) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	registry->offices.width = sizeof(struct registry_office);
	registry->units.width = sizeof(struct registry_unit);
	registry->lineage.width = sizeof(struct registry_lineage);
	registry->plan_lines.width = 16;
	registry->former.width = sizeof(struct programme);
	registry->max_townships = 3;
	return 0;
}

void registry_free(struct registry **registry)
{
	if (!*registry)
		return;
	free((*registry)->offices.data);
	free((*registry)->units.data);
	free((*registry)->lineage.data);
	free((*registry)->plan_lines.data);
	free((*registry)->former.data);
	free((*registry)->office_index.slots);
	free((*registry)->unit_index.slots);
	free(*registry);
	*registry = NULL;
}

int registry_add_office(struct registry *registry, const struct registry_office *office,
			struct err *err)
{
	return list_add(&registry->offices, office, err);
}

int registry_add_unit(struct registry *registry, const struct registry_unit *unit, struct err *err)
{
	return list_add(&registry->units, unit, err);
}

int registry_add_lineage(struct registry *registry, const struct registry_lineage *lineage,
			 struct err *err)
{
	return list_add(&registry->lineage, lineage, err);
}

int registry_add_plan_line(struct registry *registry, const uint8_t plan_item_id[16],
			   struct err *err)
{
	return list_add(&registry->plan_lines, plan_item_id, err);
}

void registry_set_programme(struct registry *registry, const struct programme *programme)
{
	registry->programme = *programme;
}

bool programme_follows(const struct programme *next, const struct programme *used)
{
	if (!used->id[0])
		return true;
	if (strcmp(next->id, used->id) != 0)
		return next->year > used->year;
	return next->version > used->version && (next->year == 0 || next->year >= used->year);
}

int registry_add_former(struct registry *registry, const struct programme *programme, struct err *err)
{
	return list_add(&registry->former, programme, err);
}

static bool covers(const struct programme *programme, const char *id, uint32_t version)
{
	return strcmp(programme->id, id) == 0 && version >= 1 && version <= programme->version;
}

bool registry_knows(const struct registry *registry, const char *programme, uint32_t version)
{
	const struct programme *former = (const void *)registry->former.data;
	bool is_known = covers(&registry->programme, programme, version);
	for (size_t i = 0; i < registry->former.count && !is_known; i++)
		is_known = covers(&former[i], programme, version);
	return is_known;
}

void registry_set_rule(struct registry *registry, const char *name, const char *value)
{
	char *end;
	unsigned long number = strtoul(value, &end, 10);
	if (strcmp(name, "proxy.allowed") == 0)
		registry->is_proxy_denied = strcmp(value, "nobody") == 0;
	else if (strcmp(name, "coverage.max_townships") == 0 && end != value && *end == '\0' && number > 0)
		registry->max_townships = number;
}

bool registry_allows_proxy(const struct registry *registry)
{
	return !registry->is_proxy_denied;
}

size_t registry_max_townships(const struct registry *registry)
{
	return registry->max_townships;
}

static int compare_offices(const void *a, const void *b)
{
	return strcmp(((const struct registry_office *)a)->code,
		      ((const struct registry_office *)b)->code);
}

static int compare_units(const void *a, const void *b)
{
	const struct registry_unit *x = a, *y = b;
	int order = strcmp(x->code, y->code);
	if (order)
		return order;
	return (x->valid_from_on > y->valid_from_on) - (x->valid_from_on < y->valid_from_on);
}

static int compare_lines(const void *a, const void *b)
{
	return memcmp(a, b, 16);
}

static void sort(struct list *list, int (*compare)(const void *, const void *))
{
	if (list->count > 1)
		qsort(list->data, list->count, list->width, compare);
}

static size_t hash(const char *code)
{
	uint64_t hash = 14695981039346656037u; /* FNV-1a */
	for (; *code; code++)
		hash = (hash ^ (uint8_t)*code) * 1099511628211u;
	return (size_t)(hash ^ hash >> 32);
}

static const char *code_at(const struct list *list, size_t code_offset, size_t i)
{
	return list->data + i * list->width + code_offset;
}

static void make_index(struct code_index *index, const struct list *list, size_t code_offset)
{
	size_t size = 16;
	while (size < list->count * 2)
		size *= 2;
	free(index->slots);
	index->slots = calloc(size, sizeof(*index->slots));
	index->mask = size - 1;
	for (size_t i = 0; index->slots && i < list->count; i++) {
		const char *code = code_at(list, code_offset, i);
		if (i > 0 && strcmp(code_at(list, code_offset, i - 1), code) == 0)
			continue;
		size_t at = hash(code) & index->mask;
		while (index->slots[at])
			at = (at + 1) & index->mask;
		index->slots[at] = (uint32_t)i + 1;
	}
}

/* The first place of the code; count when it has none. */
static size_t find_code(const struct code_index *index, const struct list *list, size_t code_offset, const char *code)
{
	size_t low = 0, high = list->count;
	if (index->slots) {
		size_t at = hash(code) & index->mask;
		while (index->slots[at] && strcmp(code_at(list, code_offset, index->slots[at] - 1), code) != 0)
			at = (at + 1) & index->mask;
		return index->slots[at] ? index->slots[at] - 1 : list->count;
	}
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(code_at(list, code_offset, middle), code) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < list->count && strcmp(code_at(list, code_offset, low), code) == 0 ? low : list->count;
}

void registry_seal(struct registry *registry)
{
	sort(&registry->offices, compare_offices);
	sort(&registry->units, compare_units);
	sort(&registry->plan_lines, compare_lines);
	make_index(&registry->office_index, &registry->offices, offsetof(struct registry_office, code));
	make_index(&registry->unit_index, &registry->units, offsetof(struct registry_unit, code));
}

const struct programme *registry_programme(const struct registry *registry)
{
	return &registry->programme;
}

const struct registry_office *registry_office(const struct registry *registry, const char *code)
{
	const struct registry_office *offices = (const void *)registry->offices.data;
	size_t place = find_code(&registry->office_index, &registry->offices, offsetof(struct registry_office, code), code);
	return place < registry->offices.count ? &offices[place] : NULL;
}

size_t registry_office_count(const struct registry *registry)
{
	return registry->offices.count;
}

size_t registry_unit_count(const struct registry *registry)
{
	return registry->units.count;
}

bool registry_is_ancestor(const struct registry *registry, const char *ancestor, const char *code)
{
	const struct registry_office *office = registry_office(registry, code);
	for (int depth = 0; office && office->parent_code[0] && depth < 8; depth++) {
		if (strcmp(office->parent_code, ancestor) == 0)
			return true;
		office = registry_office(registry, office->parent_code);
	}
	return false;
}

bool registry_has_plan_line(const struct registry *registry, const uint8_t plan_item_id[16])
{
	return registry->plan_lines.count > 0 &&
	       bsearch(plan_item_id, registry->plan_lines.data, registry->plan_lines.count, 16,
		       compare_lines) != NULL;
}

static const struct registry_unit *newest_of(const struct registry *registry, const char *unit_id)
{
	const struct registry_unit *units = (const void *)registry->units.data;
	const struct registry_unit *newest = NULL;
	for (size_t i = 0; i < registry->units.count; i++)
		if (strcmp(units[i].unit_id, unit_id) == 0 &&
		    (!newest || units[i].valid_to_on > newest->valid_to_on))
			newest = &units[i];
	return newest;
}

/* What people should name instead: the unit's newest version, or what it went into. */
static const struct registry_unit *successor_of(const struct registry *registry,
						const struct registry_unit *unit)
{
	const struct registry_lineage *lineage = (const void *)registry->lineage.data;
	const struct registry_unit *newest = newest_of(registry, unit->unit_id);
	if (newest && newest != unit && newest->valid_to_on == INT32_MAX)
		return newest;
	for (size_t i = 0; i < registry->lineage.count; i++)
		if (strcmp(lineage[i].from_unit_id, unit->unit_id) == 0)
			return newest_of(registry, lineage[i].to_unit_id);
	return NULL;
}

static bool is_own(const struct registry *registry, const char *office_code,
		   const struct registry_unit *unit)
{
	if (strcmp(unit->county_code, office_code) == 0)
		return true;
	const struct registry_office *office = registry_office(registry, office_code);
	if (!office)
		return false;
	if (office->level == LEVEL_PROVINCE || office->level == LEVEL_PROVINCE_UNIT)
		return true; /* provincial units are free of the area rule (R7) */
	return registry_is_ancestor(registry, office_code, unit->county_code);
}

enum township_result registry_township(const struct registry *registry, const char *office_code,
				       const char *code, int32_t date_on,
				       const struct registry_unit **unit_out,
				       const struct registry_unit **successor_out)
{
	const struct registry_unit *units = (const void *)registry->units.data;
	const struct registry_unit *found = NULL;
	bool is_valid = false;
	size_t place = find_code(&registry->unit_index, &registry->units, offsetof(struct registry_unit, code), code);
	for (; place < registry->units.count && strcmp(units[place].code, code) == 0 && !is_valid; place++) {
		found = &units[place];
		is_valid = found->valid_from_on <= date_on && date_on < found->valid_to_on;
	}
	if (unit_out)
		*unit_out = found;
	if (successor_out)
		*successor_out = found && !is_valid ? successor_of(registry, found) : NULL;
	if (!found)
		return TOWNSHIP_UNKNOWN;
	if (!is_valid)
		return TOWNSHIP_CLOSED;
	return is_own(registry, office_code, found) ? TOWNSHIP_OWN : TOWNSHIP_OUTSIDE;
}
