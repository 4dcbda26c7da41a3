# SPDX-License-Identifier: Apache-2.0
"""Scheduled reports: once and whole through kills, handed out by page and folder, failed in the open."""
import hashlib
import json
import os
import pathlib
import pwd
import re
import signal
import subprocess
import urllib.error
import urllib.request

import pytest

from pgcluster import AGGREGATOR, wait_for
from reports import check_all, files_of, jobs, report, tables


def jobs_of(centre, where):
    return centre.cluster.psql(f"SELECT job_id FROM zhibao.report_job WHERE {where} ORDER BY job_id").split()


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


def fetched(centre, job, name):
    with urllib.request.urlopen(f"{centre.api}/api/v1/reports/{job}/{name}") as answer:
        return hashlib.sha256(answer.read()).hexdigest()


def test_altered_file_in_the_folder(centre):
    """A file altered in the folder is told by the check of all, by number and format; what is asked for at the page is the stored one. One
    that was removed is told and is no fault."""
    path = sorted((centre.home / "reports").glob("420000-circular-*.csv"))[0]
    job = re.search(r"-(\d+)\.csv$", path.name)[1]
    whole = path.read_bytes()
    run = check_all(centre)
    assert run.returncode == 0 and re.search(r"核对 [1-9]\d* 个文件，0 个不符", run.stdout), run.stdout
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    run = check_all(centre)
    assert run.returncode == 65 and run.stderr.startswith("E_REPORT_DIGEST 1 个文件")
    assert f"E_REPORT_DIGEST 报告 {job} 的 csv：发布目录中的文件与登记的摘要不符" in run.stdout
    assert fetched(centre, job, "csv") == hashlib.sha256(whole).hexdigest()
    path.unlink()
    run = check_all(centre)
    assert run.returncode == 0 and f"报告 {job} 的 csv：已不在发布目录" in run.stdout and "，1 个已不在发布目录" in run.stdout
    path.write_bytes(whole)


def test_altered_before_it_is_put_in_the_folder(centre):
    """A file that changed in the store between its check and the folder: the report fails with the code, nothing of it is handed out anywhere."""
    job = jobs_of(centre, "report = 'circular' AND parameters = '{}' AND state = 'delivered'")[0]
    for path in (centre.home / "reports").glob(f"*-{job}.*"):
        path.unlink()
    centre.cluster.psql("SET session_replication_role = replica; UPDATE zhibao.report_artifact SET content = set_byte(content, 30, get_byte(content, 30) # 1)"
                        f" WHERE job_id = {job} AND format = 'pdf'; UPDATE zhibao.report_job SET state = 'verified', delivered_at = NULL WHERE job_id = {job}")
    wait_for(lambda: jobs(centre, f"job_id = {job} AND state = 'failed'") == "1", 60, "failed report")
    assert centre.cluster.psql(f"SELECT failure FROM zhibao.report_job WHERE job_id = {job}").startswith("E_REPORT_DIGEST pdf")
    assert not list((centre.home / "reports").glob(f"*-{job}.*"))
    with pytest.raises(urllib.error.HTTPError) as refused:
        fetched(centre, job, "pdf")
    assert refused.value.code == 404
    as_of = centre.cluster.psql(f"SELECT to_char(as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') FROM zhibao.report_job WHERE job_id = {job}")
    run = report(centre, "circular", check=False, as_of=as_of)
    assert run.returncode == 65 and run.stderr.startswith("E_REPORT_DIGEST")


def test_persons_are_for_those_who_may_see_them(centre):
    """The restricted copy: an operator or auditor of the office or above gets it, readable by its owner only; page and folder never do."""
    account = ("account", "set", "--name", "核", "--open", "yes")
    for login, office, role in (("aud", "420000", "auditor"), ("city", "420100", "city_operator"), ("fill", "420000", "filler")):
        centre.run(AGGREGATOR, "--config", centre.etc / "aggregator.conf", *account, "--login", login, "--office", office, "--roles", role)
    for words, code, text in ((("--node", "420100"), 64, "E_USAGE"), (("--login", "nobody"), 65, "E_ACCOUNT_UNKNOWN"), (("--login", "fill"), 65, "E_ROLE"),
                              (("--login", "city"), 65, "E_ROLE"), (("--login", "city", "--node", "420200"), 65, "E_ROLE")):
        run = report(centre, "persons", *words, check=False)
        assert (run.returncode, run.stderr.split()[0]) == (code, text), (words, run.stderr)
    assert jobs(centre, "report = 'persons'") == "0" and disclosures(centre) == []
    report(centre, "persons", "--login", "city", "--node", "420100", "--out", centre.home / "out")
    files = files_of(centre, report(centre, "persons", "--login", "aud", "--out", centre.home / "out"))
    assert sorted(files) == ["csv", "json", "pdf", "xlsx"] and all(os.stat(path).st_mode & 0o777 == 0o600 for path in files.values())
    with open(files["json"], encoding="utf-8") as file:
        rows = tables(json.load(file))["persons"]["rows"]
    stored = dict(line.split("|") for line in centre.cluster.psql(
        "SELECT DISTINCT ON (office_code) o.short_name, p.responsible_name FROM zhibao.office_profile p JOIN zhibao.office o ON o.register_version = 1 AND"
        " o.code = p.office_code WHERE p.operation <> 'withdraw' ORDER BY office_code, p.effective_from DESC, p.received_at DESC").splitlines())
    assert {row["office"]: row["name"] for row in rows[:-1] if row["name"] != "未明确"} == stored
    assert rows[-1]["named"] == {"numerator": len(stored), "denominator": 123, "percent": rows[-1]["named"]["percent"]}
    contacts = centre.cluster.psql("SELECT DISTINCT responsible_contact FROM zhibao.office_profile WHERE responsible_contact <> ''").splitlines()
    for path in (centre.home / "out").glob("*-audit-*.json"):
        assert not [contact for contact in contacts if contact in path.read_text(encoding="utf-8")]
    job = jobs_of(centre, "report = 'persons' AND node_code = '420000'")[0]
    assert not list((centre.home / "reports").glob("*-persons-*"))
    with pytest.raises(urllib.error.HTTPError) as refused:
        fetched(centre, job, "csv")
    assert refused.value.code == 403 and json.load(refused.value)["error"]["code"] == "E_REPORT_RESTRICTED"
    shown = [r for r in centre.get("reports?limit=500")["reports"] if str(r["job"]) == job][0]
    assert shown["state"] == "delivered" and shown["files"] is None
    conf = centre.etc / "restricted.conf"
    conf.write_text((centre.etc / "aggregator.conf").read_text(encoding="utf-8").replace('weekly = ""', 'weekly = "persons"'), encoding="utf-8")
    run = centre.run(AGGREGATOR, "--config", conf, "run", check=False)
    assert run.returncode == 78 and "限制分发" in run.stderr


def disclosures(centre, *words):
    run = centre.run(AGGREGATOR, "--config", centre.etc / "aggregator.conf", "report", "disclosures", *words)
    head, *lines = [line.split("\t") for line in run.stdout.splitlines()]
    assert head == ["时间", "登录名", "姓名", "单位", "报告编号", "报告", "对象", "数据时点", "格式", "SHA-256", "操作人", "数据库用户"]
    return lines


def test_who_drew_the_restricted_copy(centre, monkeypatch):
    """Every file of a restricted copy that is handed out is recorded with who drew it, before it is there; the record stays as it was, is in the audit
    from its instant on, and without it there is no file."""
    cluster, out = centre.cluster, centre.home / "drawn"
    out.mkdir()
    before = disclosures(centre)
    drawn = ("persons", "--login", "city", "--node", "420100")
    instant = "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
    earlier = cluster.psql(instant)
    report(centre, *drawn)
    assert disclosures(centre) == before, "nothing was handed out"
    monkeypatch.setenv("SUDO_USER", "王五")
    path = files_of(centre, report(centre, *drawn, "--format", "csv", "--out", out))["csv"]
    digest = hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()
    user = f"{pwd.getpwuid(os.getuid()).pw_name}（sudo：王五）"
    job = jobs_of(centre, "report = 'persons' AND node_code = '420100'")[0]
    assert [line[1:] for line in disclosures(centre)[len(before):]] == [
        ["city", "核", "420100", job, "persons", "420100", "2024-12-31 23:59:59", "csv", digest, user, "aggregator"]]
    # The earlier ones are all four files each, of the city and of the province; the account's new name does not change them.
    assert [(line[1], line[6], line[8]) for line in before] == [(login, node, name) for login, node in (("city", "420100"), ("aud", "420000"))
                                                               for name in ("csv", "json", "pdf", "xlsx")]
    centre.run(AGGREGATOR, "--config", centre.etc / "aggregator.conf", "account", "set", "--login", "city", "--name", "新名", "--office", "420100", "--roles", "city_operator")
    now = disclosures(centre)
    assert [line[2] for line in now] == ["核"] * 9 and disclosures(centre, "--login", "aud") == before[4:]
    assert disclosures(centre, "--as-of", "2024-12-31") == []
    for control in ("\n", "\u202e"):
        monkeypatch.setenv("SUDO_USER", f"王{control}五")
        run = report(centre, *drawn, "--out", out, check=False)
        assert run.returncode == 65 and run.stderr.startswith("E_CONTROL_CHARACTER 操作人不得含"), run.stderr
    monkeypatch.delenv("SUDO_USER")
    # When the record cannot be written there are no files: another holds the table until the statement gives up.
    for path in out.iterdir():
        path.unlink()
    blocker = subprocess.Popen(["psql", "-qXAt", cluster.conninfo()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    blocker.stdin.write("BEGIN; LOCK TABLE zhibao.report_disclosure IN SHARE MODE; SELECT 'locked';\n")
    blocker.stdin.flush()
    assert blocker.stdout.readline().strip() == "locked"
    monkeypatch.setenv("PGOPTIONS", "-c lock_timeout=200ms")
    run = report(centre, *drawn, "--out", out, check=False)
    monkeypatch.delenv("PGOPTIONS")
    blocker.stdin.close()
    blocker.wait(30)
    assert run.returncode != 0 and not list(out.iterdir()) and disclosures(centre) == now, run.stderr
    # In audits as of an instant after it, of every node whose names are in the copy, and in no other.
    as_of, rows = cluster.psql(instant), {}
    for node in ("420000", "420100", "420102", "420200"):
        run = report(centre, "audit", "--node", node, "--format", "json", "--out", out, as_of=as_of)
        with open(files_of(centre, run)["json"], encoding="utf-8") as file:
            rows[node] = tables(json.load(file))["drawn"]["rows"]
    told = [("city", "核", "武汉", "武汉", "CSV、JSON、PDF、XLSX"), ("aud", "核", "湖北", "湖北", "CSV、JSON、PDF、XLSX"), ("city", "核", "武汉", "武汉", "CSV")]
    assert {node: [(r["login"], r["name"], r["office"], r["about"], r["files"].split()[-1]) for r in found] for node, found in rows.items()} == {
        "420000": told, "420100": told, "420102": told, "420200": told[1:2]}
    assert rows["420000"][2]["files"] == f"第 {job} 号 CSV" and rows["420000"][2]["drawn_by"] == f"{user}（数据库用户 aggregator）"
    with open(files_of(centre, report(centre, "audit", "--format", "json", "--out", out, as_of=earlier))["json"], encoding="utf-8") as file:
        assert tables(json.load(file))["drawn"]["rows"] == rows["420000"][:2], "as of before the last"


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
