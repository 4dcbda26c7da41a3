/* SPDX-License-Identifier: Apache-2.0 */
/* office.h - one simulated office: a real agent and what it has entered so far
 * Thread: the loop's. */
#ifndef ZHIBAO_SIM_OFFICE_H
#define ZHIBAO_SIM_OFFICE_H

#include <stdio.h>

#include "agent.h"
#include "dice.h"
#include "pack.h"

enum { MAX_UNITS = 64, MAX_PLANS = 64 };

struct sim_item { /* something entered, to be amended, withdrawn or claimed later */
	struct uuid id;
	bool is_joint; /* a city may claim it */
};

struct office {
	const struct registry_office *info;
	struct office *parent; /* NULL above the province or when it is not simulated */
	struct agent *agent;
	struct dice dice;
	const char *units[MAX_UNITS]; /* codes of townships of its own area */
	size_t unit_count;
	struct uuid plans[MAX_PLANS];
	size_t plan_count;
	struct sim_item *lectures;
	size_t lecture_count, lecture_size;
	struct uuid submission, speaker, policy, product;
	const char *approver; /* of its papers, NULL when it forgets to name one */
	bool has_submission;
	size_t entered, refused;
	FILE *log; /* shared */
};

/* An entry under way: kind and JSON fields, or a change of an item. */
struct entry {
	const char *kind; /* NULL for a change */
	Zhibao__V1__Operation operation;
	struct uuid item;
	json_t *fields; /* owned */
};

extern const char *const office_author; /* who enters everything */

/* Enters and logs; frees the fields. results may be NULL. -1 when the outbox failed. */
int office_enter(struct office *office, struct entry *entries, size_t count,
		 struct desk_result *results, struct err *err);
int office_remember_lecture(struct office *office, struct uuid id, bool is_joint);
void office_fini(struct office *office);

#endif
