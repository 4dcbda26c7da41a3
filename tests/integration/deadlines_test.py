# SPDX-License-Identifier: Apache-2.0
"""Runs deadlines.sql (pgTAP) in a fresh database: one named test per rule and edge of the deadlines."""
import subprocess
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from pgcluster import Cluster


def test_deadlines():
    cluster = Cluster()
    try:
        cluster.create()
        cluster.psql("CREATE EXTENSION pgtap")
        run = subprocess.run(
            ["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", cluster.conninfo(), "-f", Path(__file__).with_name("deadlines.sql")],
            text=True, capture_output=True, check=False)
        print(run.stdout, run.stderr)
        lines = run.stdout.splitlines()
        assert run.returncode == 0
        assert not [line for line in lines if line.startswith("not ok")]
        assert len([line for line in lines if line.startswith("ok")]) == 198
    finally:
        cluster.remove()


# What operators do that a figure, a standing or a report as of an instant sees: the function, and when it was done.
ACTS = {
    "extension": ("extension_grant('city', 'A1', 1, '2999-01-01', 'x')", "SELECT max(granted_at) FROM zhibao.extension"),
    "extension withdrawn": ("extension_withdraw('city', 'A1', 1, 'x')", "SELECT max(withdrawn_at) FROM zhibao.extension"),
    "exemption": ("exemption_grant('city', 'A1', 1, 'x')", "SELECT max(granted_at) FROM zhibao.exemption"),
    "exemption withdrawn": ("exemption_withdraw('city', 'A1', 1, 'x')", "SELECT max(withdrawn_at) FROM zhibao.exemption"),
    "reminder": ("reminder_post('city', 'A1', 1, 'x')", "SELECT max(made_at) FROM zhibao.reminder"),
    "draw": ("draw_commit('boss', 'coverage_spot_check', 'x')", "SELECT max(committed_at) FROM zhibao.draw"),
    "account": ("account_set('city', '市' || clock_timestamp(), 'A', '{city_operator}', true)", "SELECT max(changed_at) FROM zhibao.account_change"),
    "restricted copy": ("report_disclose('city', 1, '{csv}', 'x')", "SELECT max(drawn_at) FROM zhibao.report_disclosure"),
    "draw run": ("draw_run_post('boss', (SELECT max(draw_id) FROM zhibao.draw), 1, 1, NULL)", "SELECT max(run_at) FROM zhibao.draw_run"),
}


@pytest.fixture(scope="module")
def acted():
    """A centre with one county that owes a paper, and a city and a province that act."""
    cluster = Cluster()
    cluster.create()
    cluster.psql("""
        SET search_path TO zhibao;
        INSERT INTO programme_version VALUES (1, 'test', 1, 'test', 2024, decode(repeat('00', 32), 'hex'), '2024-01-01');
        INSERT INTO office VALUES (1, 'P', NULL, 'province', 'P', 'P', 'P', '省', false), (1, 'A', 'P', 'city', 'A', 'A', 'A', '市', false),
            (1, 'A1', 'A', 'county', 'A1', 'A1', 'A1', '县', true);
        INSERT INTO office_tree VALUES (1, 'P', 'P'), (1, 'P', 'A'), (1, 'P', 'A1'), (1, 'A', 'A'), (1, 'A', 'A1'), (1, 'A1', 'A1');
        INSERT INTO township_version VALUES (1, 't1', '101', '甲镇', '镇', 'A1', '-infinity', 'infinity');
        INSERT INTO milestone (register_version, milestone_no, due_on, actor_level, obligation_zh, judged_by, evidence)
            VALUES (1, 1, '2024-06-10', 'county', '工作方案', 'receipt', 'work_plan');
        SELECT obligations_generate(1);
        INSERT INTO fold_state VALUES (true, '0', clock_timestamp(), 1, 0);
        INSERT INTO report_job (report, node_code, parameters, as_of, origin, state, not_before, rendered_at, verified_at, delivered_at)
            VALUES ('persons', 'A1', '{}', '2024-06-01', 'command', 'delivered', '2024-06-01', '2024-06-01', '2024-06-01', '2024-06-01');
        INSERT INTO report_artifact VALUES (1, 'csv', 'x', sha256('x'), sha256('x'));
        SELECT account_set('city', '市', 'A', '{city_operator}', true), account_set('boss', '省', 'P', '{provincial_operator}', true)""")
    yield cluster
    cluster.remove()


def test_the_horizon_waits_for_who_acts(acted):
    """An act that is not yet committed lies after the horizon, so that no report as of an instant before it can miss it.
    Both act as the aggregator does: a superuser is held for a collector, whom the horizon awaits anyway."""
    with closing(psycopg2.connect(acted.conninfo("aggregator"))) as one, closing(psycopg2.connect(acted.conninfo("aggregator"))) as other:
        other.autocommit = True
        missed, stuck = [], []
        for act, (call, when) in ACTS.items():
            with one, one.cursor() as doer, other.cursor() as reader:
                doer.execute(f"SELECT zhibao.{call}")
                doer.execute(when)
                done_at = doer.fetchone()[0]
                reader.execute("SELECT zhibao.fold_horizon() < %s", (done_at,))
                missed += [act] * (not reader.fetchone()[0])
            with other.cursor() as reader:
                reader.execute("SELECT zhibao.fold_horizon() >= %s", (done_at,))
                stuck += [act] * (not reader.fetchone()[0])
        assert missed == []
        assert stuck == [], "once it is committed, the horizon goes on"


def test_a_grant_and_an_acceptance_at_once(acted):
    """By one account, neither yet committed: the second waits for the first and is refused by what it did."""
    item, revision = "00000000-0000-0000-0000-00000000000a", "00000000-0000-0000-0000-00000000000b"
    acted.psql(f"""
        INSERT INTO zhibao.submission SELECT * FROM jsonb_populate_record(NULL::zhibao.submission, '{{"office_code": "A1", "item_id": "{item}",
            "revision_id": "{revision}", "operation": "submit", "recorded_at": "2024-06-11", "received_at": "2024-06-11", "author": "x", "author_office_code": "A1",
            "batch_id": 1, "seq": 1, "programme_version": 1, "submission_kind": "work_plan", "title": "x", "approved_by": "y", "file_name": "a.pdf"}}')""")
    accept = f"SELECT zhibao.review_post('city', 'A1', '{item}', '{revision}', 'accepted', NULL, NULL, NULL)"
    undo = f"SELECT zhibao.review_post('city', 'A1', '{item}', '{revision}', 'pending', NULL, NULL, NULL)"
    grant = "SELECT zhibao.extension_grant('city', 'A1', 1, '2999-01-01', 'x')"
    with closing(psycopg2.connect(acted.conninfo("aggregator"))) as one, closing(psycopg2.connect(acted.conninfo("aggregator"))) as other:
        other.autocommit = True
        for first, second, code in ((accept, grant, "E_EXTEND_ACCEPTED"), (grant, accept, "E_REVIEW_EXTENDED")):
            with one, one.cursor() as doer, other.cursor() as waiter:
                doer.execute(first)
                waiter.execute("SET lock_timeout = '100ms'")
                with pytest.raises(psycopg2.errors.LockNotAvailable):
                    waiter.execute(second)
            with other.cursor() as waiter:
                with pytest.raises(psycopg2.Error, match=code):
                    waiter.execute(second)
                if first is accept:
                    waiter.execute(undo)
