/* SPDX-License-Identifier: Apache-2.0 */
/* controldesk.h - requests of the control socket about the records of the ledger: {"op":"enter"}, {"op":"list"}, {"op":"status"}
 * Thread: the loop's. */
#ifndef ZHIBAO_CONTROLDESK_H
#define ZHIBAO_CONTROLDESK_H

#include "agent.h"

/* The answer, a new reference. last_seq_out: number of the newest record stored, 0 when there is none. */
json_t *control_desk_enter(struct agent *agent, const json_t *request, uint64_t *last_seq_out);
/* Adds to an answer of control_desk_enter whether each record that was stored arrived or came back. */
void control_desk_look(struct agent *agent, json_t *answer);
/* The answer, a new reference; NULL when op is neither list nor status. */
json_t *control_desk_do(struct agent *agent, const char *office_code, const char *op, const json_t *request);

#endif
