/* SPDX-License-Identifier: Apache-2.0 */
/* small_registry.h - a programme with a few offices and townships, for targets that judge records */
#ifndef ZHIBAO_SMALL_REGISTRY_H
#define ZHIBAO_SMALL_REGISTRY_H

#include <stdio.h>

#include "fuzz.h"
#include "registry.h"

static inline struct registry *small_registry(void)
{
	static const struct registry_office offices[] = {
		{"42", "", LEVEL_PROVINCE, "省"},         {"4201", "42", LEVEL_CITY, "市"},
		{"420101", "4201", LEVEL_COUNTY, "县一"}, {"420102", "4201", LEVEL_COUNTY, "县二"},
		{"42U1", "42", LEVEL_PROVINCE_UNIT, "处"},
	};
	static const struct registry_unit units[] = {
		{"u1", "101", "乡一", "420101", INT32_MIN, INT32_MAX},
		{"u2", "201", "乡二", "420102", INT32_MIN, INT32_MAX},
		{"u3", "103", "乡三", "420101", INT32_MIN, 19875}, /* until 2024-06-01 */
		{"u4", "104", "乡四", "420101", 19875, INT32_MAX},
	};
	static const struct registry_lineage merged = {"u3", "u4"};
	static const uint8_t line[16] = {9};
	struct registry *registry;
	must(registry_new(&registry, NULL) == 0);
	registry_set_programme(registry, &(struct programme){"p", 2024, 3});
	for (size_t i = 0; i < sizeof(offices) / sizeof(offices[0]); i++)
		must(registry_add_office(registry, &offices[i], NULL) == 0);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		must(registry_add_unit(registry, &units[i], NULL) == 0);
	must(registry_add_lineage(registry, &merged, NULL) == 0 && registry_add_plan_line(registry, line, NULL) == 0);
	registry_seal(registry);
	return registry;
}

#endif
