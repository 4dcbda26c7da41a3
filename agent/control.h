/* SPDX-License-Identifier: Apache-2.0 */
/* control.h - the Unix socket on which commands reach the daemon: one JSON object per line each way
 * {"op":"enter","entries":[{"kind","operation","item_id","fields"}],"author","on_behalf_of","wait_ms"},
 * {"op":"list","kind","item_id","limit","before"}, {"op":"status"},
 * {"op":"propose","period","scope","filled_on"}, answered when the centre has answered, and those of controlfiles.h. A list has 1,000 records at most; when there
 * may be more, its "next" is the "before" of the next request. With wait_ms the answer to enter
 * comes when the centre has answered for what was stored, or when the time is over.
 * Thread: the loop's. A client that does not read is dropped, never waited for. */
#ifndef ZHIBAO_CONTROL_H
#define ZHIBAO_CONTROL_H

#include "agent.h"

enum { CONTROL_LINE_MAX = 16 << 20 };

struct control;

struct control_options {
	struct loop *loop;
	struct agent *agent; /* borrowed */
	const char *path;    /* of the socket; mode 0600 */
	const char *office_code, *state_dir;
};

int control_start(struct control **out, const struct control_options *options, struct err *err);
void control_stop(struct control **control);
/* A proposal came: to the one who asked. */
void control_proposed(struct control *control, const Zhibao__V1__Proposal *proposal);
void control_acked(struct control *control); /* something was acknowledged: answer those who wait */

#endif
