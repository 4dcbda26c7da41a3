# SPDX-License-Identifier: Apache-2.0
"""Two aggregators killed between any two steps of a report: afterwards it is there once, whole, and the same bytes."""
import hashlib
import re
import signal
import subprocess
import urllib.error
import urllib.request

import pytest

from pastyear import hand_out_reports, past_year
from pgcluster import AGGREGATOR, wait_for

NODE = "420500"
OFFICES = "420500,420502,420503"
FORMATS = ["csv", "json", "pdf", "xlsx"]
LOCK = 4711


@pytest.fixture(scope="module")
def centre():
    centre = past_year(OFFICES, "0.2", reports="")
    cluster = centre.cluster
    # The step of the job that test_held names waits, uncommitted, as long as the test holds the lock.
    cluster.psql(f"""
        CREATE TABLE zhibao.test_held (job_id bigint, state text);
        CREATE FUNCTION zhibao.test_hold() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN
            IF EXISTS (SELECT FROM zhibao.test_held h WHERE (h.job_id, h.state) = (NEW.job_id, NEW.state)) THEN
                PERFORM pg_advisory_xact_lock({LOCK});
            END IF;
            RETURN NULL;
        END $$;
        CREATE TRIGGER test_hold AFTER UPDATE ON zhibao.report_job FOR EACH ROW WHEN (NEW.state <> OLD.state) EXECUTE FUNCTION zhibao.test_hold()""")
    hand_out_reports(centre)
    yield centre
    centre.stop()
    cluster.remove()


def start_both(centre):
    centre.start_aggregator()
    centre.start_second_aggregator()


def job_row(centre, job, columns):
    return centre.cluster.psql(f"SELECT {columns} FROM zhibao.report_job WHERE job_id = {job}")


def stored(centre, job):
    """Digests of the stored files, made from their bytes."""
    return dict(line.split("|") for line in centre.cluster.psql(
        f"SELECT format, encode(sha256(content), 'hex') FROM zhibao.report_artifact WHERE job_id = {job} ORDER BY format").splitlines())


def handed_out(centre, job):
    return {path.name.rsplit(".", 1)[1]: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in (centre.home / "reports").iterdir() if re.search(rf"-{job}\.", path.name)}


def is_refused(centre, job):
    try:
        urllib.request.urlopen(f"{centre.api}/api/v1/reports/{job}/pdf").close()
    except urllib.error.HTTPError as refused:
        return refused.code == 404
    return False


def kill_both(centre):
    for name in ("aggregator", "second"):
        centre.kill(name, signal.SIGKILL)


# Step at which the report is held: what stands when both are killed, whether that step was committed, files handed out by then.
@pytest.mark.parametrize("step, found, is_committed, files", [
    ("rendered", "queued", False, 0), ("rendered", "rendered", True, 0), ("verified", "rendered", False, 0),
    ("verified", "verified", True, 0), ("delivered", "verified", False, 4), ("delivered", "delivered", True, 4)])
def test_kill_both_between_steps(centre, step, found, is_committed, files):
    cluster = centre.cluster
    holder = subprocess.Popen(["psql", "-qXAt", cluster.conninfo()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    holder.stdin.write(f"SELECT pg_advisory_lock({LOCK}); SELECT 'held';\n")
    holder.stdin.flush()
    assert [holder.stdout.readline().strip() for _ in range(2)] == ["", "held"]
    job = cluster.psql(f"INSERT INTO zhibao.test_held SELECT zhibao.report_enqueue('audit', '{NODE}', '{{\"on\":\"2024-12-31\"}}', clock_timestamp(),"
                       f" 'command'), '{step}' RETURNING job_id")
    start_both(centre)
    waiting = f"SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = {LOCK} AND NOT granted"
    backend = wait_for(lambda: cluster.psql(waiting), 120, f"report held at {step}")
    assert len(backend.split()) == 1, "one makes it"
    assert is_refused(centre, job), "not handed out before it is delivered"
    if is_committed:
        # Both stand still while the server finishes the step; then they die before the next.
        for name in ("aggregator", "second"):
            centre.processes[name].send_signal(signal.SIGSTOP)
        holder.communicate("")
        wait_for(lambda: job_row(centre, job, "state") == step, 30, step)
        kill_both(centre)
    else:
        kill_both(centre)
        cluster.psql(f"SELECT pg_terminate_backend({backend})")
        wait_for(lambda: cluster.psql(waiting) == "", 30, "the step is undone")
        holder.communicate("")
    assert job_row(centre, job, "state") == found
    before = stored(centre, job)
    assert sorted(before) == ([] if found == "queued" else FORMATS)
    assert len(handed_out(centre, job)) == files
    stamps = job_row(centre, job, "rendered_at, verified_at, delivered_at")

    start_both(centre)
    wait_for(lambda: job_row(centre, job, "state") == "delivered", 120, "delivered")
    after = stored(centre, job)
    assert sorted(after) == FORMATS and (not before or after == before), "whole, and what was stored first"
    assert handed_out(centre, job) == after
    for stamp, again in zip(stamps.split("|"), job_row(centre, job, "rendered_at, verified_at, delivered_at").split("|")):
        assert stamp in ("", again), "no step was done twice"
    assert job_row(centre, job, "count(*), max(attempts)") == ("1|1" if found == "delivered" else "1|2")
    with urllib.request.urlopen(f"{centre.api}/api/v1/reports/{job}/pdf") as answer:
        assert hashlib.sha256(answer.read()).hexdigest() == after["pdf"]
    as_of = job_row(centre, job, "to_char(as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
    again = centre.run(AGGREGATOR, "--config", centre.etc / "aggregator.conf", "report", "audit", "--node", NODE, "--on", "2024-12-31", "--as-of", as_of,
                       "--format", "pdf", "--out", centre.home)
    assert "重新生成，与存档逐字节一致" in again.stdout
    assert cluster.psql("SELECT count(*) - count(DISTINCT (report, node_code, parameters, as_of)) FROM zhibao.report_job") == "0"
    centre.kill("aggregator")
    centre.kill("second")
