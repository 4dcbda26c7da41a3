/* SPDX-License-Identifier: Apache-2.0 */
/* formcheck.h - what of the annex-3 form (统计表) can be judged from the form alone
 * Codes: E_FORM_PERIOD, E_FORM_CELL_UNKNOWN, E_FORM_CELL_TWICE, E_FORM_VALUE, E_FORM_REASON, E_FORM_RATE,
 * E_FORM_YES, E_FORM_COLUMNS, E_FORM_COVERED, E_FORM_AVERAGE, E_FORM_ENTRY, E_URL_BAD, E_SELF_APPROVED and, at entry
 * only, E_FORM_INCOMPLETE. What needs the registers or other records is a finding at the centre (form_findings).
 * A negative count cannot be written on the wire; text that holds one is refused as E_NUMBER_BAD.
 * Thread: pure functions. */
#ifndef ZHIBAO_FORMCHECK_H
#define ZHIBAO_FORMCHECK_H

#include "check.h"

enum form_value { FORM_COUNT, FORM_BOOLEAN, FORM_TEXT, FORM_URL, FORM_PERCENT, FORM_RATIO };

struct form_cell {
	uint32_t item_no;
	const char *sub_field; /* "" for the item itself */
	enum form_value type;
	const char *label_zh;
	const char *unit; /* "" when it has none */
	bool is_mandatory; /* without an answer the form is incomplete, ruling R14; the one yes follows from its channels */
};

enum { FORM_CELL_COUNT = 29 };

/* In the order of the form; a test compares them with the table zhibao.form_cell. */
extern const struct form_cell form_cells[FORM_CELL_COUNT];

/* -1 when there is none. */
int form_cell_find(uint32_t item_no, const char *sub_field);
void form_check(const Zhibao__V1__StatisticsForm *form, const struct check_context *context, struct problems *problems);
/* Whoever approved a form or a submission is neither its author nor who filled it in. */
void form_check_approver(const struct record_view *view, struct problems *problems);

#endif
