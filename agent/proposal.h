/* SPDX-License-Identifier: Apache-2.0 */
/* proposal.h - what the centre proposes for the statistics form: asked over the session, handed on as JSON
 * Thread: the loop's. */
#ifndef ZHIBAO_PROPOSAL_H
#define ZHIBAO_PROPOSAL_H

#include <jansson.h>

#include "sender.h"

/* Asks with period, scope and filled_on (YYYY-MM-DD) of the request. -1 with ERR_DATA or ERR_RETRY. */
int proposal_ask(struct sender *sender, uint64_t token, const json_t *request, struct err *err);
/* {"ok","as_of","period_start","period_end","participation_total","cells":[{"item_no","sub_field","value","count","sources"}]},
 * value being text as it is entered, null when there is none; or a refusal. A new reference. */
json_t *proposal_json(const Zhibao__V1__Proposal *proposal);

#endif
