# SPDX-License-Identifier: Apache-2.0
"""Writes a history into the product's tables inside one transaction, as the collector and the reviewers would have, and
lets the product's own functions fold it and answer. The transactions of the history are told apart by the numbers that are
written beside their rows, so that the fold sees what had committed and when, without a commit."""
import datetime as dt
import json
import re

import psycopg2
from book import Revision
from pgcluster import ROOT
from sheet import CELLS
from world import FIRST, LAST, MILESTONES, label_id

ROLLUPS = ["counted_lecture", "covering_day", "covering_unit", "session_day", "session_month", "session_sum", "counted_study", "current_plan_item", "current_claim"]


def form_rows():
    """(row, sort, parts with their sorts) of annex 3."""
    rows = {row: [(part, kind) for (r, part), kind in CELLS.items() if r == row] for row, _ in CELLS}
    return [(row, parts[0][1], parts) for row, parts in rows.items()] + [(22, "text", [])]


def plain(value):
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, dt.date):
        return "-infinity" if value == FIRST else "infinity" if value == LAST else value.isoformat()
    raise TypeError(value)


class Store:
    def __init__(self, conninfo):
        self.link = psycopg2.connect(conninfo)
        self.cursor = self.link.cursor()
        self.run("SET search_path TO zhibao; SET timezone TO 'Asia/Shanghai'; SET jit TO off; SET plan_cache_mode TO force_generic_plan")
        # Numbers of transactions below this one are free to stand for those of a history.
        self.run("SELECT pg_current_xact_id()::text::bigint")
        assert self.cursor.fetchone()[0] > 400
        for name in ("coverage", "completion", "indicator"):
            text = (ROOT / f"aggregator/sql/{name}.sql").read_text(encoding="utf-8")
            self.run(f"PREPARE {name} AS " + re.sub(r"(?m)^--.*$", "", text))
        self.run((ROOT / "tests/integration/explained.sql").read_text(encoding="utf-8"))
        self.link.commit()

    def run(self, text, *values):
        self.cursor.execute(text, values or None)

    def rows(self, text, *values):
        self.run(text, *values)
        return self.cursor.fetchall()

    def answer(self, name, *values):
        self.run(f"EXECUTE {name} (" + ", ".join(["%s"] * len(values)) + ")", *values)
        row = self.cursor.fetchone()
        return row and row[0]

    def now(self):
        return self.rows("SELECT clock_timestamp()")[0][0]

    def rollback(self):
        self.link.rollback()

    def put(self, table, rows):
        if rows:
            self.run(f"INSERT INTO {table} SELECT * FROM jsonb_populate_recordset(NULL::{table}, %s)", json.dumps(rows, default=plain))

    def insert(self, table, rows):
        """Rows without the columns that have a default."""
        if rows:
            names = ", ".join(rows[0])
            self.run(f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE SELECT {names} FROM jsonb_populate_recordset(NULL::{table}, %s)",
                     json.dumps(rows, default=plain))

    def registers(self, history):
        for register in history.registers:
            v = register.version
            self.put("programme_version", [{"register_version": v, "programme": "test", "version": v, "name_zh": "x", "year": 2024,
                                            "digest": "\\x" + "00" * 32, "loaded_at": register.loaded_at}])
            self.put("office", [{"register_version": v, "code": o.code, "parent_code": o.parent, "level": o.level, "name_zh": o.code, "short_name": o.code,
                                 "division_zh": o.code, "division_kind": "x", "is_county_level": o.is_county_level} for o in register.offices.values()])
            self.put("office_tree", [{"register_version": v, "ancestor_code": a, "code": c} for a in register.offices for c in register.under(a)])
            self.put("township_version", [{"register_version": v, "unit_id": u.unit_id, "code": u.code, "name_zh": u.unit_id, "kind": u.kind,
                                           "county_code": u.county, "valid_from": u.valid_from, "valid_to": u.valid_to} for u in register.units])
            self.put("township_lineage", [{"register_version": v, "change": change, "changed_on": day, "from_unit_id": before, "to_unit_id": after}
                                          for change, day, before, after in register.lineage])
            self.put("plan_line", [{"register_version": v, "plan_item_id": x.item_id, "row_no": n + 1, "category": x.category, "theme": "x", "activity": "x",
                                    "time_text": "x", "window_start": "2024-01-01", "window_end": x.window_end, "planned_min": x.planned_min,
                                    "lead_office_code": x.lead} for n, x in enumerate(register.lines)])
            self.put("lecture_category", [{"register_version": v, "name": c, "label_zh": c, "is_five": c != "general"}
                                          for c in ("general", "enterprise", "campus", "village", "site", "system")])
            self.put("rule_switch", [{"register_version": v, "name": n, "value": x, "allowed": "x", "source": "x"} for n, x in register.rules.items()])
            self.put("milestone", [{"register_version": v, "milestone_no": m.number, "due_on": m.due_on, "actor_level": ";".join(m.actors), "obligation_zh": "x",
                                    "submission_kind": m.submission_kind, "applies_to": m.applies_to, "judged_by": "receipt" if m.evidence else "records",
                                    "evidence": m.evidence or m.scheme and f"inspection:{m.scheme}"} for m in MILESTONES])
            self.put("form_item", [{"register_version": v, "item_no": row, "section": "x", "code": str(row), "label_zh": f"第{row}项", "value_type": kind,
                                    "sub_fields": ";".join(f"{part}:{sort}" for part, sort in parts if part) or None} for row, kind, parts in form_rows()])
            self.run("SELECT obligations_generate(%s)", v)

    def grants(self, history):
        for what in ("extension", "exemption"):
            rows = [{"programme": "test", "office_code": g.office, "milestone_no": g.milestone, "reason": "x", "granted_by": "x", "granter_office_code": "P",
                     "granted_at": g.at, "withdrawn_by": g.withdrawn_at and "x", "withdrawer_office_code": g.withdrawn_at and "P",
                     "withdrawn_at": g.withdrawn_at, "withdraw_reason": g.withdrawn_at and "x", **({"until_at": g.until} if what == "extension" else {})}
                    for g in history.grants if g.what == what]
            self.insert(what, rows)

    @staticmethod
    def row(revision: Revision):
        return {"office_code": revision.office, "item_id": label_id(revision.item), "revision_id": label_id(revision.label),
                "base_revision_id": revision.base and label_id(revision.base), "operation": revision.op, "recorded_at": revision.received_at, "author": "x",
                "author_office_code": revision.author_office, "received_at": revision.received_at, "batch_id": revision.batch, "seq": revision.seq,
                "programme_version": 1, **revision.body}

    def sources(self, history, indexes, first_xid):
        """Sources in the order in which they committed, each with the number of its transaction."""
        batches, kinds, quarantine, reviews, picks = [], {}, [], [], []
        zero = "\\x" + "00" * 32
        for place, index in enumerate(indexes):
            source, xid = history.sources[index], str(first_xid + place)
            if source[0] == "batch":
                first = source[2][0]
                batches.append({"office_code": source[1], "batch_id": first.batch, "stream_id": 1, "key_id": 1, "first_seq": first.batch * 100,
                                "last_seq": first.batch * 100 + len(source[2]) - 1, "prev_chain": zero, "chain": zero, "received_at": first.received_at,
                                "xid": xid, "body": "\\x"})
                for revision in source[2]:
                    if revision.is_quarantined:
                        quarantine.append({"office_code": revision.author_office, "stream_id": 1, "seq": revision.batch * 100 + revision.seq, "batch_id": revision.batch,
                                           "received_at": revision.received_at, "item_office_code": revision.office, "item_id": label_id(revision.item), "revision_id": label_id(revision.label),
                                           "base_revision_id": revision.base and label_id(revision.base), "kind": revision.kind, "code": "E_X", "field": "",
                                           "text": "", "body": "\\x"})
                    else:
                        kinds.setdefault(revision.kind, []).append(self.row(revision))
            else:
                what = source[1]
                row = {"office_code": what.office, "item_id": label_id(what.item), "revision_id": label_id(what.revision), "reason": "x", "xid": xid}
                if source[0] == "review":
                    reviews.append({**row, "review_no": index + 1, "verdict": what.verdict, "reviewer": "r", "reviewer_office_code": "P", "reviewed_at": what.at})
                else:
                    picks.append({**row, "pick_no": index + 1, "picked_by": "r", "picked_at": what.at})
        self.put("batch", batches)
        for kind, rows in kinds.items():
            self.put(kind, rows)
        self.put("quarantine", quarantine)
        self.insert("review", reviews)
        self.insert("branch_pick", picks)

    def write_and_fold(self, history):
        """Before each fold everything is there that was received by then, and what committed before it."""
        self.registers(history)
        self.grants(history)
        done = 0
        for limit in history.folds:
            due = [place for place, index in enumerate(history.commit_order) if history.source_time(history.sources[index]) <= limit]
            until = max(due, default=-1) + 1
            if until > done:
                self.sources(history, history.commit_order[done:until], 10 + done)
                done = until
            self.run("SELECT fold(%s)", limit)
            # To the fold every number below its own transaction's had committed; those not given out yet are to come.
            self.run("UPDATE fold_state SET next_xid = least(next_xid, %s::text::xid8)", 10 + done)
        assert done == len(history.sources)

    def rollups(self):
        return {table: sorted(row[0] for row in self.rows(f"SELECT t::text FROM {table} t")) for table in ROLLUPS}

    def fold_anew(self, parts):
        now = self.rows("SELECT as_of FROM fold_state")[0][0]
        as_of, xid, register = self.rows("SELECT * FROM fold_anew_begin(%s)", now)[0]
        for part in range(parts):
            self.run("SELECT fold_anew_part(%s, %s, %s)", as_of, part, parts)
        self.run("SELECT fold_anew_end(%s, %s, %s)", as_of, xid, register)

    def indicator(self, name, on, as_of):
        return self.rows("SELECT node_code, part, numerator, denominator, percent_text(numerator, denominator) FROM indicator(%s, %s, %s)", name, on, as_of)
