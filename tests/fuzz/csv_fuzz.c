/* SPDX-License-Identifier: Apache-2.0 */
/* A CSV file as people save it. */
#include "fuzz.h"

#include "csvtable.h"
#include "utf8.h"

void fuzz_setup(void)
{
}

ptrdiff_t fuzz_seed(size_t index, uint8_t *out, size_t size)
{
	static const char *const texts[] = {
		"a,b,c\n1,2,3\n",
		"\xEF\xBB\xBF宣讲类别,主题\r\n进企业,\"一,二\"\r\n\r\n进村居,\"行一\n行二 \"\"引\"\" \"\r\n",
		"\xD0\xFB\xBD\xB2,b\n\x81\x30\x81\x30,\xC0\xE0\n", /* GBK and four bytes of GB18030 */
		"a,b\n\"open\n",
		"\"a\"b,c\n",
		"  a , b\t\n , \n x\r y\r\n",
		"",
		"\n\n,,,\n",
	};
	return fuzz_text_seed(texts, sizeof(texts) / sizeof(texts[0]), index, out, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct csv_table table;
	struct err err = {0};
	if (csv_table_parse((const char *)data, len, &table, &err) < 0) {
		must(strncmp(err.text, "E_CSV_", 6) == 0 && utf8_is_valid(err.text, strlen(err.text)));
		return 0;
	}
	must(table.row_count > 0);
	size_t line = 0;
	for (size_t row = 0; row < table.row_count; row++) {
		must(table.rows[row].line > line); /* a message names the right line only if they go up */
		line = table.rows[row].line;
		for (size_t column = 0; column <= table.rows[row].cell_count; column++) {
			const char *cell = csv_cell(&table, row, column);
			must(utf8_is_valid(cell, strlen(cell)));
		}
	}
	csv_table_fini(&table);
	return 0;
}
