/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world_private.h"

struct line *world_line(struct world *world, uint64_t line_no)
{
	return line_no > 0 && line_no <= world->line_count ? &world->lines[line_no - 1] : NULL;
}

void world_transmit(struct world *world, enum event_kind kind, uint64_t line_no, const void *data, size_t len)
{
	struct line *line = world_line(world, line_no);
	int64_t delay_ms = 1 + (int64_t)world_dice(world, 20);
	int copies = 1;
	/* In order, as TCP is, unless the weather is bad. */
	int64_t *last = kind == EVENT_TO_COLLECTOR ? &line->last_up_ms : &line->last_down_ms;
	if (world->now_ms + delay_ms < *last)
		delay_ms = *last - world->now_ms;
	*last = world->now_ms + delay_ms;
	if (world->is_bad_weather && world_dice(world, 100) < 2) {
		world->paths[PATH_LOST_MESSAGE]++;
		return;
	}
	/* What comes twice counts twice against the credit; where that is tight it would bar the key. */
	bool may_repeat = kind == EVENT_TO_AGENT || !world->has_tight_credit;
	if (world->is_bad_weather && may_repeat && world_dice(world, 100) < 2) {
		world->paths[PATH_DUPLICATE_MESSAGE]++;
		copies = 2;
	}
	if (world->is_bad_weather && world_dice(world, 100) < 2) {
		world->paths[PATH_REORDERED_MESSAGE]++;
		delay_ms += (int64_t)world_dice(world, 200);
	}
	for (int i = 0; i < copies; i++) {
		struct event *event = world_schedule(world, delay_ms, kind);
		event->line_no = line_no;
		event->data = malloc(len + 1);
		memcpy(event->data, data, len);
		event->len = len;
	}
}

uint64_t world_connect(struct world *world, size_t agent, size_t collector)
{
	if (world->line_count == MAX_LINES)
		return 0;
	struct line *line = &world->lines[world->line_count++];
	*line = (struct line){.agent = agent, .collector = collector, .is_up = true};
	return world->line_count;
}

void world_send_up(struct world *world, uint64_t line_no, const void *data, size_t len)
{
	world_transmit(world, EVENT_TO_COLLECTOR, line_no, data, len);
}

/* The collector learns nothing; the agent perhaps after a while (its pings tell it otherwise). */
void world_cut(struct world *world, uint64_t line_no)
{
	struct line *line = world_line(world, line_no);
	if (!line || !line->is_up)
		return;
	line->is_up = false;
	if (world_dice(world, 3) > 0) {
		struct event *event = world_schedule(world, (int64_t)world_dice(world, 3000), EVENT_LINE_DOWN);
		event->line_no = line_no;
	}
}
