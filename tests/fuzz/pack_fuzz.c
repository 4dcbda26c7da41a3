/* SPDX-License-Identifier: Apache-2.0 */
/* A programme pack of which one table is anything: byte 0 says which, the rest is the file. */
#include "fuzz.h"

#include <stdio.h>

#include "pack.h"
#include "utf8.h"

static const char *const sound[PACK_TABLE_COUNT] = {
	[PACK_PROGRAMME] = "name,value\nid,p-1\nversion,1\nname_zh,试\nyear,2024\n",
	[PACK_OFFICES] = "code,parent_code,level,name_zh,short_name,division_zh,division_kind\n42,,province,省,省,,\n"
			 "4201,42,city,市,市,,\n420101,4201,county,县,县,,\n42U1,42,province_unit,处,处,,\n",
	[PACK_TOWNSHIPS] = "unit_id,code,county_code,name_zh,kind,valid_from,valid_to\nu1,101,420101,乡,乡,,2024-06-01\n"
			   "u1,102,420101,镇,镇,2024-06-01,\n",
	[PACK_LINEAGE] = "change,changed_on,from_unit_id,to_unit_id\nmerge,2024-06-01,u1,u1\n",
	[PACK_PLAN_LINES] = "plan_item_id,row_no,category,theme,activity,time_text,window_start,window_end,place,audience,"
			    "sessions_text,planned_min,planned_max,mode,lead_office_code\n"
			    "01900000-0000-7000-8000-000000000001,1,village,主题,活动,三月,2024-03-01,2024-03-31,村,群众,2,2,3,"
			    "offline,42U1\n",
	[PACK_MILESTONES] = "milestone_no,due_on,actor_level,obligation_zh,submission_kind,applies_to,judged_by,evidence\n"
			    "1,2024-03-01,city,报,plan,all,receipt,work_plan\n",
	[PACK_FORM] = "item_no,section,code,label_zh,value_type,unit,sub_fields,aggregation_rule\n1,甲,a,数,count,场,,sum\n",
	[PACK_CATEGORIES] = "name,label_zh,is_five\nvillage,进村居,true\n",
	[PACK_RULES] = "name,value,allowed,source\nx,1,1;2,文\n",
	[PACK_CALENDAR] = "day,kind,name_zh\n2024-06-10,holiday,端午节\n",
};

static void write_table(enum pack_table table, const void *data, size_t len)
{
	fuzz_file(pack_files[table], data, len);
}

void fuzz_setup(void)
{
	struct pack pack;
	struct err err;
	for (int table = 0; table < PACK_TABLE_COUNT; table++)
		write_table((enum pack_table)table, sound[table], strlen(sound[table]));
	if (pack_read(fuzz_dir(), &pack, &err) < 0)
		fuzz_fail(__FILE__, __LINE__, err.text);
	pack_fini(&pack);
}

ptrdiff_t fuzz_seed(size_t index, uint8_t *out, size_t size)
{
	if (index >= PACK_TABLE_COUNT || size < 1)
		return -1;
	out[0] = (uint8_t)index;
	return 1 + fuzz_text_seed(sound, PACK_TABLE_COUNT, index, out + 1, size - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct pack pack;
	struct registry *registry = NULL;
	struct err err = {0};
	if (len < 1)
		return 0;
	enum pack_table table = (enum pack_table)(data[0] % PACK_TABLE_COUNT);
	write_table(table, data + 1, len - 1);
	if (pack_read(fuzz_dir(), &pack, &err) < 0) {
		must(err.code == ERR_DATA && strstr(err.text, "E_") && utf8_is_valid(err.text, strlen(err.text)));
	} else {
		must(pack_registry(&pack, &registry, &err) == 0 && registry_programme(registry)->version == pack.programme.version);
		must(registry_office_count(registry) == pack_rows(&pack, PACK_OFFICES));
		/* What can be asked of the registers, with whatever codes are in them. */
		for (size_t row = 1; row <= pack_rows(&pack, PACK_OFFICES); row++) {
			const char *code = pack_cell(&pack, PACK_OFFICES, row, "code");
			must(registry_office(registry, code));
			registry_is_ancestor(registry, "42", code);
			for (size_t unit = 1; unit <= pack_rows(&pack, PACK_TOWNSHIPS) && unit < 8; unit++)
				registry_township(registry, code, pack_cell(&pack, PACK_TOWNSHIPS, unit, "code"), 19800, NULL,
						  NULL);
		}
		registry_free(&registry);
		pack_fini(&pack);
	}
	write_table(table, sound[table], strlen(sound[table]));
	return 0;
}
