/* SPDX-License-Identifier: Apache-2.0 */
#include "proposals.h"

#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "recordwire.h"
#include "sql.h"

enum { CELLS_MAX = 64 };
/* 1900-01-01 and 2199-12-31 in days since 1970-01-01. */
enum { FIRST_DATE = -25567, LAST_DATE = 84005 };

static int answer(struct job *job, const Zhibao__V1__Proposal *proposal, struct err *err)
{
	if (job_add_reply(job, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PROPOSAL, &proposal->base) == 0)
		return 0;
	err_set(err, ERR_RETRY, "内存不足");
	return -1;
}

static int refuse(struct job *job, uint64_t token, const char *code, const char *text, struct err *err)
{
	Zhibao__V1__Proposal proposal = ZHIBAO__V1__PROPOSAL__INIT;
	proposal.token = token;
	proposal.refused_code = (char *)(uintptr_t)code;
	proposal.refused_text = (char *)(uintptr_t)text;
	return answer(job, &proposal, err);
}

static void read_cell(struct pg_rows *rows, int row, Zhibao__V1__ProposalCell *cell)
{
	zhibao__v1__proposal_cell__init(cell);
	cell->item_no = (uint32_t)pg_get_int(rows, row, 0);
	cell->sub_field = (char *)(uintptr_t)pg_get_text(rows, row, 1);
	if (!pg_is_null(rows, row, 2)) {
		cell->count_answer_case = ZHIBAO__V1__PROPOSAL_CELL__COUNT_ANSWER_COUNT;
		cell->count = (uint64_t)pg_get_int(rows, row, 2);
	}
	if (!pg_is_null(rows, row, 3)) {
		cell->is_yes_answer_case = ZHIBAO__V1__PROPOSAL_CELL__IS_YES_ANSWER_IS_YES;
		cell->is_yes = pg_get_bool(rows, row, 3);
	}
	cell->text = (char *)(uintptr_t)pg_get_text(rows, row, 4);
	if (!pg_is_null(rows, row, 5)) {
		cell->numerator_answer_case = ZHIBAO__V1__PROPOSAL_CELL__NUMERATOR_ANSWER_NUMERATOR;
		cell->numerator = (uint64_t)pg_get_int(rows, row, 5);
	}
	cell->sources = (uint64_t)pg_get_int(rows, row, 6);
}

static int answer_rows(struct job *job, uint64_t token, struct pg_rows *rows, struct err *err)
{
	Zhibao__V1__Proposal proposal = ZHIBAO__V1__PROPOSAL__INIT;
	Zhibao__V1__ProposalCell cells[CELLS_MAX];
	Zhibao__V1__ProposalCell *pointers[CELLS_MAX];
	int count = pg_rows_count(rows);
	if (count < 1 || count > CELLS_MAX)
		return refuse(job, token, "E_PROPOSAL", "中心尚未装载活动包，无法给出建议数", err);
	for (int i = 0; i < count; i++) {
		read_cell(rows, i, &cells[i]);
		pointers[i] = &cells[i];
	}
	proposal.token = token;
	proposal.period_start = (int32_t)pg_get_int(rows, 0, 7);
	proposal.period_end = (int32_t)pg_get_int(rows, 0, 8);
	proposal.as_of_us = pg_get_instant(rows, 0, 9);
	proposal.n_cells = (size_t)count;
	proposal.cells = pointers;
	/* Asked before the answer is packed: a value that could not be read must not travel as 0. */
	return pg_rows_check(rows, err) < 0 ? -1 : answer(job, &proposal, err);
}

static bool is_sound(const Zhibao__V1__Propose *propose)
{
	bool is_period = strcmp(propose->period, "mid_year") == 0 || strcmp(propose->period, "year_end") == 0;
	bool is_scope = strcmp(propose->scope, "own") == 0 || strcmp(propose->scope, "with_subordinates") == 0;
	return is_period && is_scope && propose->filled_on >= FIRST_DATE && propose->filled_on <= LAST_DATE;
}

static int ask(struct pg *pg, struct job *job, const Zhibao__V1__Propose *propose, struct err *err)
{
	struct pg_rows *rows = NULL;
	struct pg_param params[] = {pg_text(job->office_code), pg_text(propose->period), pg_text(propose->scope),
				    pg_date(propose->filled_on)};
	if (!is_sound(propose))
		return refuse(job, propose->token, "E_PROPOSAL", "报告期应为 mid_year 或 year_end，范围应为 own 或 with_subordinates", err);
	int rc = pg_exec(pg, SQL_form_proposal, params, 4, &rows, err);
	if (rc == 0)
		rc = answer_rows(job, propose->token, rows, err);
	pg_rows_free(&rows);
	if (rc == 0 || err->code == ERR_RETRY || err->code == ERR_UNKNOWN)
		return rc;
	log_error("proposals.failed", "office=%s cause=\"%s\"", job->office_code, err->text);
	return refuse(job, propose->token, "E_PROPOSAL", "中心无法得出建议数，请联系管理员", err);
}

int proposals_run(struct pg *pg, struct job *job, struct err *err)
{
	struct arena arena;
	struct problems problems = {0};
	int rc = 0;
	job_clear_answer(job);
	arena_init(&arena, WIRE_FLOOR_BYTES + job->len * WIRE_EXPANSION);
	const Zhibao__V1__Propose *propose = (const Zhibao__V1__Propose *)wire_unpack(&zhibao__v1__propose__descriptor, &arena,
										       job->body, job->len, &problems);
	if (!propose)
		job->nack = ZHIBAO__V1__NACK_CODE__NACK_CODE_BAD;
	else
		rc = ask(pg, job, propose, err);
	arena_fini(&arena);
	return rc;
}
