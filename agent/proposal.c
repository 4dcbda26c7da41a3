/* SPDX-License-Identifier: Apache-2.0 */
#include "proposal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "calendar.h"
#include "controlfiles.h"

static char *text_of(const json_t *request, const char *key)
{
	const char *text = json_string_value(json_object_get(request, key));
	return (char *)(uintptr_t)(text ? text : "");
}

int proposal_ask(struct sender *sender, uint64_t token, const json_t *request, struct err *err)
{
	Zhibao__V1__Propose propose = ZHIBAO__V1__PROPOSE__INIT;
	const char *filled_on = text_of(request, "filled_on");
	propose.token = token;
	propose.period = text_of(request, "period");
	propose.scope = text_of(request, "scope");
	if (date_parse(filled_on, strlen(filled_on), &propose.filled_on) < 0) {
		err_set(err, ERR_DATA, "E_DATE_BAD 填表日期“%.20s”应为 YYYY-MM-DD", filled_on);
		return -1;
	}
	return sender_propose(sender, &propose, err);
}

static json_t *cell_json(const Zhibao__V1__ProposalCell *cell)
{
	char number[24];
	bool has_count = cell->count_answer_case == ZHIBAO__V1__PROPOSAL_CELL__COUNT_ANSWER_COUNT;
	bool has_yes = cell->is_yes_answer_case == ZHIBAO__V1__PROPOSAL_CELL__IS_YES_ANSWER_IS_YES;
	const char *value = has_count ? number : has_yes ? (cell->is_yes ? "是" : "否") : cell->text[0] ? cell->text : NULL;
	snprintf(number, sizeof(number), "%" PRIu64, cell->count);
	json_t *out = json_pack("{s:i, s:s, s:s?, s:I}", "item_no", (int)cell->item_no, "sub_field", cell->sub_field, "value",
				value, "sources", (json_int_t)cell->sources);
	if (has_count)
		json_object_set_new(out, "count", json_integer((json_int_t)cell->count));
	return out;
}

json_t *proposal_json(const Zhibao__V1__Proposal *proposal)
{
	char as_of[INSTANT_TEXT_SIZE], first[DATE_TEXT_SIZE], last[DATE_TEXT_SIZE];
	if (proposal->refused_code[0])
		return control_refuse(proposal->refused_code, proposal->refused_text);
	json_t *cells = json_array(), *out;
	instant_format(proposal->as_of_us, as_of);
	date_format(proposal->period_start, first);
	date_format(proposal->period_end, last);
	out = json_pack("{s:b, s:s, s:s, s:s, s:o}", "ok", 1, "as_of", as_of, "period_start", first, "period_end", last,
			"cells", cells);
	for (size_t i = 0; i < proposal->n_cells; i++) {
		const Zhibao__V1__ProposalCell *cell = proposal->cells[i];
		json_array_append_new(cells, cell_json(cell));
		if (cell->item_no == 15 && cell->numerator_answer_case == ZHIBAO__V1__PROPOSAL_CELL__NUMERATOR_ANSWER_NUMERATOR)
			json_object_set_new(out, "participation_total", json_integer((json_int_t)cell->numerator));
	}
	return out;
}
