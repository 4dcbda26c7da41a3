/* SPDX-License-Identifier: Apache-2.0 */
/* controlfiles.h - requests of the control socket about attachments, messages, receipts and keys
 * {"op":"attach","digest","size","name","media_type","item_id"}, {"op":"files","limit"}, {"op":"inbox","limit"},
 * {"op":"receipt","item_id"}, {"op":"rotate"}.
 * Thread: the loop's. */
#ifndef ZHIBAO_CONTROLFILES_H
#define ZHIBAO_CONTROLFILES_H

#include "agent.h"

/* The answer, a new reference; NULL when op is none of these. */
json_t *control_files_do(struct agent *agent, const char *office_code, const char *op, const json_t *request);

/* An answer that refuses; problems[0] says why. */
json_t *control_refuse(const char *code, const char *message);
json_t *control_refuse_err(const struct err *err);

#endif
