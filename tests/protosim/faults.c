/* SPDX-License-Identifier: Apache-2.0 */
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fsx.h"
#include "world_private.h"

void fault_new_agent(struct world *world, size_t key, unsigned tag)
{
	size_t no = world->agent_count++;
	struct sim_agent *agent = &world->agents[no];
	*agent = (struct sim_agent){.world = world, .no = no, .tag = tag, .tag_key = key};
	snprintf(agent->office_code, sizeof(agent->office_code), "4201%02zu", key);
	snprintf(agent->path, sizeof(agent->path), "%s/outbox-%zu", world->dir, no);
	snprintf(agent->packs_dir, sizeof(agent->packs_dir), "%s/packs-%zu", world->dir, no);
	agent->at_collector = world_dice(world, COLLECTORS);
}

static void start_later(struct world *world, enum event_kind kind, size_t no)
{
	world_schedule(world, 1 + (int64_t)world_dice(world, 4000), kind)->agent = no;
}

static void crash_agent(struct world *world, struct sim_agent *agent)
{
	world->paths[PATH_CRASH_AGENT]++;
	world_stop_agent(world, agent->no);
	start_later(world, EVENT_START_AGENT, agent->no);
}

static void crash_collector(struct world *world, struct sim_agent *agent)
{
	size_t no = world_dice(world, COLLECTORS);
	(void)agent;
	if (!world->collectors[no].is_alive)
		return;
	world->paths[PATH_CRASH_COLLECTOR]++;
	world_stop_collector(world, no);
	start_later(world, EVENT_START_COLLECTOR, no);
}

static void drain_collector(struct world *world, struct sim_agent *agent)
{
	size_t no = world_dice(world, COLLECTORS);
	(void)agent;
	if (!world->collectors[no].is_alive)
		return;
	world->paths[PATH_DRAIN]++;
	reception_bye(world->collectors[no].reception, "drain", 2000);
}

/* A collector tells that there are others now. */
static void change_endpoints(struct world *world, struct sim_agent *agent)
{
	static const char *const endpoints[] = {"a", "b"};
	size_t no = world_dice(world, COLLECTORS);
	(void)agent;
	if (world->collectors[no].is_alive)
		reception_set_endpoints(world->collectors[no].reception, endpoints, 2, 2000);
}

static void cut_line(struct world *world, struct sim_agent *agent)
{
	world->paths[PATH_CUT]++;
	world_cut(world, agent->line_no);
}

static void toggle_database(struct world *world, struct sim_agent *agent)
{
	(void)agent;
	world->is_database_down = !world->is_database_down;
}

/* What collectors do when they meet a new timeline. */
static void end_sessions(struct world *world)
{
	for (size_t i = 0; i < COLLECTORS; i++)
		if (world->collectors[i].is_alive)
			reception_bye(world->collectors[i].reception, "failover", 500);
}

static void failover(struct world *world, struct sim_agent *agent)
{
	(void)agent;
	world->paths[PATH_FAILOVER]++;
	model_failover(&world->model);
	end_sessions(world);
}

/* The centre loses what it had acknowledged. A ledger that was itself restored cannot heal that: one or the other. */
static void restore(struct world *world, struct sim_agent *agent)
{
	(void)agent;
	if (!world->has_restore)
		return;
	if (world->model.backup.stream_count == 0 || world_dice(world, 2) == 0) {
		model_backup(&world->model);
		return;
	}
	world->paths[PATH_RESTORE]++;
	model_restore(&world->model);
	end_sessions(world);
}

static void copy_file(struct world *world, const char *from, const char *to)
{
	struct buf data = {0};
	struct err err = {0};
	if (file_read(from, 1 << 24, &data, &err) < 0 || file_write(to, data.data, data.len, 0600, &err) < 0)
		world_blame(world, "copy: %s", err.text);
	buf_fini(&data);
}

/* The disk of an agent is replaced by an old copy of itself: what it made meanwhile and had not sent is gone, with it. */
static void old_outbox(struct world *world, struct sim_agent *agent)
{
	char copy[160];
	snprintf(copy, sizeof(copy), "%s/backup-%zu", world->dir, agent->no);
	if (world->has_restore)
		return;
	world_stop_agent(world, agent->no);
	if (world_dice(world, 2) == 0 || access(copy, F_OK) != 0) {
		copy_file(world, agent->path, copy);
	} else {
		world->paths[PATH_OLD_OUTBOX]++;
		copy_file(world, copy, agent->path);
	}
	start_later(world, EVENT_START_AGENT, agent->no);
}

/* The machine of an agent is copied, and both run. */
static void clone(struct world *world, struct sim_agent *agent)
{
	if (world->agent_count == MAX_AGENTS || world->has_restore)
		return;
	world->paths[PATH_CLONE]++;
	world_stop_agent(world, agent->no);
	fault_new_agent(world, agent->tag_key, (unsigned)world->agent_count);
	struct sim_agent *copy = &world->agents[world->agent_count - 1];
	copy_file(world, agent->path, copy->path);
	start_later(world, EVENT_START_AGENT, agent->no);
	start_later(world, EVENT_START_AGENT, copy->no);
}

/* A record that waits decays on the disk. */
static void damage(struct world *world, struct sim_agent *agent)
{
	static const char *const sql[] = {
		"UPDATE record SET body = zeroblob(9) WHERE seq = (SELECT max(seq) FROM record) AND seq > (SELECT acked_seq FROM meta)",
		"UPDATE record SET chain = zeroblob(32) WHERE seq = (SELECT max(seq) FROM record) AND seq > (SELECT acked_seq FROM meta)",
	};
	sqlite3 *db;
	if (world->has_restore)
		return; /* both copies of a record gone: nothing heals that */
	world_stop_agent(world, agent->no);
	if (sqlite3_open(agent->path, &db) == SQLITE_OK) {
		sqlite3_exec(db, sql[world_dice(world, 2)], NULL, NULL, NULL);
		world->paths[PATH_DAMAGE] += (uint64_t)sqlite3_changes(db);
	}
	sqlite3_close(db);
	start_later(world, EVENT_START_AGENT, agent->no);
}

/* The machine sleeps: its clock jumps. */
static void sleep_agent(struct world *world, struct sim_agent *agent)
{
	world->paths[PATH_SLEEP]++;
	agent->skew_ms += (int64_t)world_dice(world, 3600000);
}

void fault_act(struct world *world)
{
	static void (*const faults[])(struct world *world, struct sim_agent *agent) = {
		crash_agent, crash_agent, crash_collector, crash_collector, drain_collector, cut_line, cut_line,
		cut_line,    toggle_database, failover,    restore,         old_outbox,      clone,    damage,
		damage,      sleep_agent, change_endpoints};
	struct sim_agent *agent = &world->agents[world_dice(world, world->agent_count)];
	size_t which = world_dice(world, sizeof(faults) / sizeof(faults[0]));
	world_schedule(world, 200 + (int64_t)world_dice(world, 4000), EVENT_FAULT);
	if (!world->is_bad_weather || !agent->is_alive)
		return;
	world_trace(world, "fault %zu agent %zu", which, agent->no);
	faults[which](world, agent);
}

void fault_end(struct world *world)
{
	world->is_bad_weather = false;
	world->is_database_down = false;
	for (size_t i = 0; i < COLLECTORS; i++)
		if (!world->collectors[i].is_alive)
			world_start_collector(world, i);
	for (size_t i = 0; i < world->agent_count; i++)
		if (!world->agents[i].is_alive)
			world_start_agent(world, i);
}
