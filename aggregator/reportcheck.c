/* SPDX-License-Identifier: Apache-2.0 */
/* Figures that stand in a report twice, read by different statements. */
#include <inttypes.h>
#include <string.h>

#include "reportbuild.h"

enum { TOTAL = -1 };

struct place {
	const char *table, *column;
	int row; /* from 0, or TOTAL */
};

static const struct {
	struct place one, other;
} agreements[] = {
	{{"key_figures", "value", 0}, {"completion", "completion", TOTAL}},
	{{"key_figures", "value", 1}, {"completion", "ended", TOTAL}},
	{{"key_figures", "value", 2}, {"completion", "raw", TOTAL}},
	{{"key_figures", "value", 5}, {"coverage", "broad_all", TOTAL}},
	{{"key_figures", "value", 6}, {"coverage", "broad_rural", TOTAL}},
	{{"key_figures", "value", 7}, {"coverage", "strict_all", TOTAL}},
	{{"key_figures", "value", 8}, {"coverage", "strict_rural", TOTAL}},
	{{"coverage", "broad_all", TOTAL}, {"uncovered", "coverage", TOTAL}},
	{{"sessions", "sessions", TOTAL}, {"months", "sessions", TOTAL}},
	{{"sessions", "village", TOTAL}, {"months", "village", TOTAL}},
	{{"timeliness", "on_time", TOTAL}, {"submissions", "on_time", TOTAL}},
	{{"timeliness", "late", TOTAL}, {"submissions", "late", TOTAL}},
	{{"timeliness", "missing", TOTAL}, {"submissions", "missing", TOTAL}},
	{{"baseline", "current", TOTAL}, {"completion", "completion", TOTAL}},
	{{"links", "records", TOTAL}, {"chain", "records", TOTAL}},
	{{"links", "refused", TOTAL}, {"quarantine", "records", TOTAL}},
};

/* NULL when the report has no such figure. */
static const struct report_cell *find(const struct report *report, const struct place *place)
{
	const struct report_table *table = report_find(report, place->table);
	int column = table ? report_column_index(table, place->column) : -1;
	const struct report_row *row = table ? table->first : NULL;
	if (column < 0)
		return NULL;
	if (place->row == TOTAL)
		row = table->last && table->last->is_total ? table->last : NULL;
	for (int i = 0; row && i < place->row; i++)
		row = row->next;
	return row && !row->cells[column].is_null ? &row->cells[column] : NULL;
}

int report_check_agreements(const struct report *report, struct err *err)
{
	for (size_t i = 0; i < sizeof(agreements) / sizeof(agreements[0]); i++) {
		const struct report_cell *one = find(report, &agreements[i].one), *other = find(report, &agreements[i].other);
		if (!one || !other || (one->number == other->number && one->denominator == other->denominator))
			continue;
		err_set(err, ERR_DATA,
			"E_REPORT_AGREE 同一数字两处不同：%s.%s 为 %" PRId64 "/%" PRId64 "，%s.%s 为 %" PRId64 "/%" PRId64,
			agreements[i].one.table, agreements[i].one.column, one->number, one->denominator, agreements[i].other.table,
			agreements[i].other.column, other->number, other->denominator);
		return -1;
	}
	return 0;
}
