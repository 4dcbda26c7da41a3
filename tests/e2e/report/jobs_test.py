# SPDX-License-Identifier: Apache-2.0
"""Scheduled reports: once and whole through kills, handed out by page and folder, failed in the open."""
import hashlib
import json
import re
import signal
import subprocess
import urllib.error
import urllib.request

import pytest

from pgcluster import AGGREGATOR, wait_for
from reports import jobs


def test_calendar_once_through_kills(centre):
    """Two aggregators are killed while a report is being made: nothing half is left, and after a restart each report is there once."""
    cluster = centre.cluster
    # Nine due days in the pack; this centre began in the middle of October.
    calendar = "SELECT string_agg(to_char(as_of AT TIME ZONE 'Asia/Shanghai', 'MM-DD'), ' ' ORDER BY as_of) FROM" \
               " zhibao.report_calendar('2025-01-10+08', '{{}}', '{{}}', '62 d') WHERE report = '{}'"
    assert cluster.psql(calendar.format("audit")) == "03-25 03-31 06-30 09-30 10-31 11-30 12-10 12-20 12-31"
    assert cluster.psql(calendar.format("form_consolidated")) == "06-30 12-20 12-31"
    assert cluster.psql(calendar.format("circular")) == "03-25 03-31 06-30 11-30 12-20 12-31"
    assert cluster.psql("SELECT count(*), count(DISTINCT as_of) FROM zhibao.report_calendar('2024-12-01+08', '{integrity}', '{audit,form}', '31 d')"
                        " WHERE origin <> 'milestone'") == "6|6", "four Sundays, two forms; the two audits are those of the due days"
    cluster.psql("UPDATE zhibao.programme_version SET loaded_at = '2024-10-15+08'")
    reading = "SELECT count(DISTINCT a.pid) FROM pg_stat_activity a WHERE a.application_name = 'zhibao-aggregator report'" \
              " AND a.wait_event_type = 'Lock'"
    blocker = subprocess.Popen(["psql", "-qXAt", cluster.conninfo()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    blocker.stdin.write("BEGIN; LOCK TABLE zhibao.township_version IN ACCESS EXCLUSIVE MODE; SELECT 'locked';\n")
    blocker.stdin.flush()
    assert blocker.stdout.readline().strip() == "locked"
    centre.start("aggregator", AGGREGATOR, "--config", centre.etc / "aggregator.conf", "run")
    centre.start_second_aggregator()
    wait_for(lambda: int(cluster.psql(reading)) == 2, 60, "both in the middle of a report")
    centre.kill("aggregator", signal.SIGKILL)
    centre.kill("second", signal.SIGKILL)
    blocker.stdin.write("COMMIT;\n")
    blocker.stdin.close()
    blocker.wait(30)
    assert jobs(centre, "origin = 'milestone' AND state = 'queued'") == jobs(centre, "origin = 'milestone'") != "0"
    assert cluster.psql("SELECT count(*) FROM zhibao.report_artifact a JOIN zhibao.report_job j USING (job_id) WHERE j.origin = 'milestone'") == "0"
    handed_out = {re.search(r"-(\d+)\.\w+$", path.name)[1] for path in (centre.home / "reports").glob("*")}
    assert not handed_out & set(cluster.psql("SELECT job_id FROM zhibao.report_job WHERE origin = 'milestone'").split()), "nothing was handed out"
    centre.start_aggregator()
    centre.start_second_aggregator()
    wait_for(lambda: jobs(centre, "state NOT IN ('delivered', 'failed')") == "0", 600, "all reports")
    assert jobs(centre, "state = 'failed' AND report <> 'integrity' AND origin <> 'command'") == "0", cluster.psql("SELECT report, failure FROM zhibao.report_job WHERE state = 'failed'")
    days = cluster.psql("SELECT string_agg(to_char(as_of AT TIME ZONE 'Asia/Shanghai', 'MM-DD'), ' ' ORDER BY as_of) FROM zhibao.report_job"
                        " WHERE report = 'audit' AND parameters = '{}' AND node_code = '420000'")
    assert days == "10-31 11-30 12-10 12-20 12-31"
    assert jobs(centre, "origin = 'milestone'") == "9"
    assert cluster.psql("SELECT count(*) FROM zhibao.report_artifact a JOIN zhibao.report_job j USING (job_id) WHERE state = 'delivered'"
                        " GROUP BY j.job_id HAVING count(*) <> 4") == ""
    for path in (centre.home / "reports").glob("*-audit-*"):
        job, name = re.search(r"-(\d+)\.(\w+)$", path.name).groups()
        stored = cluster.psql(f"SELECT encode(sha256, 'hex') FROM zhibao.report_artifact WHERE job_id = {job} AND format = '{name}'")
        assert hashlib.sha256(path.read_bytes()).hexdigest() == stored
    assert len(list((centre.home / "reports").glob("420000-audit-*.pdf"))) == 5, "one of them by the command before"


def test_api(centre):
    answer = centre.get("reports?limit=5")
    assert len(answer["reports"]) == 5 and answer["next"] == "5"
    newest = answer["reports"][0]
    assert newest["state"] == "delivered"
    for file in newest["files"]:
        with urllib.request.urlopen(centre.api + file["url"]) as got:
            data = got.read()
            assert got.headers["Content-Type"].split(";")[0] in (
                "application/pdf", "text/csv", "application/json", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
        assert hashlib.sha256(data).hexdigest() == file["sha256"]
        sm3 = subprocess.run(["openssl", "dgst", "-sm3", "-r"], input=data, capture_output=True, check=True).stdout.split()[0].decode()
        assert sm3 == file["sm3"]
    altered = ("UPDATE zhibao.report_artifact SET content = set_byte(content, 20, get_byte(content, 20) # 1)"
               f" WHERE job_id = {newest['job']} AND format = 'csv'")
    centre.cluster.psql(altered)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{centre.api}/api/v1/reports/{newest['job']}/csv")
    assert refused.value.code == 500 and json.load(refused.value)["error"]["code"] == "E_REPORT_DIGEST"
    centre.cluster.psql(altered)


def test_a_report_that_fails_its_checks(centre):
    """Two statements that no longer agree on one figure: failed, visible, never handed out."""
    cluster = centre.cluster
    whole = cluster.psql("SELECT pg_get_functiondef('zhibao.coverage_by_county(date, timestamptz)'::regprocedure)")
    cluster.psql("""
        ALTER FUNCTION zhibao.coverage_by_county(date, timestamptz) RENAME TO coverage_whole;
        CREATE FUNCTION zhibao.coverage_by_county(p_on date, p_as_of timestamptz)
        RETURNS TABLE (county_code text, units_all bigint, units_rural bigint, broad_all bigint, broad_rural bigint,
            strict_all bigint, strict_rural bigint) LANGUAGE plpgsql STABLE AS $$
        BEGIN
            RETURN QUERY SELECT w.county_code, w.units_all + 1, w.units_rural, w.broad_all, w.broad_rural, w.strict_all, w.strict_rural
            FROM zhibao.coverage_whole(p_on, p_as_of) w;
        END $$;
        GRANT EXECUTE ON FUNCTION zhibao.coverage_by_county(date, timestamptz) TO zhibao_aggregator""")
    try:
        cluster.psql("SELECT zhibao.report_enqueue('audit', '420000', '{\"on\":\"2024-08-01\"}', '2024-12-02+08', 'command')", user="aggregator")
        wait_for(lambda: jobs(centre, "parameters = '{\"on\":\"2024-08-01\"}' AND state = 'failed'") == "1", 120, "failed report")
    finally:
        cluster.psql("DROP FUNCTION zhibao.coverage_by_county(date, timestamptz);"
                     "ALTER FUNCTION zhibao.coverage_whole(date, timestamptz) RENAME TO coverage_by_county")
    assert whole == cluster.psql("SELECT pg_get_functiondef('zhibao.coverage_by_county(date, timestamptz)'::regprocedure)")
    job, failure = cluster.psql("SELECT job_id, failure FROM zhibao.report_job WHERE parameters = '{\"on\":\"2024-08-01\"}'").split("|")
    assert failure.startswith("E_REPORT_AGREE")
    assert not list((centre.home / "reports").glob(f"*-{job}.*"))
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{centre.api}/api/v1/reports/{job}/pdf")
    assert refused.value.code == 404
    shown = [r for r in centre.get("reports?limit=500")["reports"] if str(r["job"]) == job][0]
    assert shown["state"] == "failed" and shown["failure"] == failure and shown["files"] is None
    with urllib.request.urlopen(f"{centre.api}/metrics") as metrics:
        assert re.search(r"^zhibao_reports_failed [1-9]", metrics.read().decode(), re.M)
    logs = "".join((centre.home / f"{name}.log").read_text() for name in ("aggregator", "second"))
    assert f"report.failed job={job}" in logs
