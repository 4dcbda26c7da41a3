# SPDX-License-Identifier: Apache-2.0
"""A running aggregator tells of files that are no longer what it handed out: log, metrics and list, for its own folder and the store."""
import hashlib
import os
import re
import urllib.request

import pytest

from pgcluster import AGGREGATOR, wait_for
from reports import check_all


@pytest.fixture(scope="module")
def looker(centre):
    """The only aggregator that runs, with a folder of its own; what others handed out lies in theirs."""
    for name in {"aggregator", "second"} & set(centre.processes):
        centre.kill(name)
    conf = centre.etc / "looker.conf"
    text = (centre.etc / "aggregator.conf").read_text(encoding="utf-8")
    conf.write_text(text.replace(f'"{centre.home}/reports"\n', f'"{centre.home}/looked"\n verify_interval = "100 ms"\n'), encoding="utf-8")
    (centre.home / "looked").mkdir()
    centre.start("looker", AGGREGATOR, "--config", conf, "run")
    wait_for(centre.is_ready, 60, "looker")
    yield conf
    centre.kill("looker")


@pytest.fixture(scope="module")
def handed_out(centre, looker):
    """A report in that folder: its number, and each file by its format."""
    wait_for(lambda: centre.cluster.psql("SELECT count(*) FROM zhibao.report_job WHERE state NOT IN ('delivered', 'failed')") == "0", 600, "all reports")
    run = made(centre, looker)
    job = re.search(r"报告 (\d+)：已生成", run.stdout)[1]
    files = {path.suffix[1:]: path for path in (centre.home / "looked").glob(f"420100-integrity-2024-12-05-{job}.*")}
    assert sorted(files) == ["csv", "json", "pdf", "xlsx"]
    return job, files


def made(centre, conf):
    return centre.run(AGGREGATOR, "--config", conf, "report", "integrity", "--node", "420100", "--as-of", "2024-12-05")


def metrics(centre):
    with urllib.request.urlopen(f"{centre.api}/metrics") as answer:
        return dict(re.findall(r"^(zhibao_report_\S+) (\S+)$", answer.read().decode(), re.M))


def counted(centre):
    found = metrics(centre)
    return int(found["zhibao_report_files_altered"]), int(found["zhibao_report_files_missing"])


def findings(centre, job):
    found = [one for one in centre.get("reports?node=420100&limit=500")["reports"] if str(one["job"]) == job][0]["findings"]
    return sorted((one["format"], one["fault"]) for one in found)


def look(centre):
    """The lines of the last whole look."""
    return (centre.home / "looker.log").read_text(encoding="utf-8").split("report.verified ")[-2]


def look_ended(centre):
    before = float(metrics(centre)["zhibao_report_verified_timestamp_seconds"])
    wait_for(lambda: float(metrics(centre)["zhibao_report_verified_timestamp_seconds"]) > before, 60, "a look")


def test_nothing_to_tell(centre, handed_out):
    """Nothing was altered, and what another aggregator put in its own folder is not missing from this one."""
    look_ended(centre)
    look_ended(centre)
    assert counted(centre) == (0, 0) and findings(centre, handed_out[0]) == []
    assert centre.get("reports?limit=1")["verified_at"] > "2024"
    stored = centre.cluster.psql("SELECT count(*) FROM zhibao.report_artifact a JOIN zhibao.report_job j USING (job_id) WHERE j.state = 'delivered'")
    files = re.findall(r"report.verified files=(\d+) altered=0 missing=0", (centre.home / "looker.log").read_text(encoding="utf-8"))
    assert files[-1] == stored and int(stored) > 4


def test_altered_and_missing_in_the_folder(centre, looker, handed_out):
    """A byte changed, a byte more, something that is no file in its place, a file removed: each told once in every look, until mended."""
    job, files = handed_out
    whole = {name: path.read_bytes() for name, path in files.items()}
    files["csv"].write_bytes(whole["csv"][:-1] + bytes([whole["csv"][-1] ^ 1]))
    files["pdf"].write_bytes(whole["pdf"] + b"\n")
    files["json"].unlink()
    os.mkfifo(files["json"])
    files["xlsx"].unlink()
    try:
        wait_for(lambda: counted(centre) == (3, 1), 60, "what was altered")
        assert findings(centre, job) == [("csv", "folder_altered"), ("json", "folder_altered"), ("pdf", "folder_altered"), ("xlsx", "folder_missing")]
        lines = look(centre)
        for name, event, cause in [("csv", "altered", "E_REPORT_DIGEST csv 的摘要与内容不符"), ("pdf", "altered", f"文件 {files['pdf']} 超过 {len(whole['pdf'])} 字节"),
                                   ("json", "altered", "不是文件"), ("xlsx", "missing", "放入后已不在发布目录")]:
            line = f'report.{event} job={job} format={name} path="{files[name]}" cause="{cause}'
            assert lines.count(line) == 1, (line, lines)
        assert len(re.findall(r"report\.(altered|missing) ", lines)) == 4
        run = centre.run(AGGREGATOR, "--config", looker, "report", "verify", check=False)
        assert run.returncode == 65 and "，3 个不符，1 个已不在发布目录" in run.stdout and run.stdout.count("E_REPORT_DIGEST 报告") == 3
        assert f"\n报告 {job} 的 xlsx：已不在发布目录\n" in f"\n{run.stdout}"
        assert check_all(centre).returncode == 0, "the other folder is whole"
        # The page hands out what is stored, and the integrity report does not depend on the folder.
        with urllib.request.urlopen(f"{centre.api}/api/v1/reports/{job}/csv") as answer:
            assert answer.read() == whole["csv"]
        assert "重新生成，与存档逐字节一致" in made(centre, looker).stdout
    finally:
        files["json"].unlink()
        for name, path in files.items():
            path.write_bytes(whole[name])
    wait_for(lambda: counted(centre) == (0, 0), 60, "mended")
    assert findings(centre, job) == []


def test_altered_in_the_store(centre, handed_out):
    """A file altered in the store and one that is no longer stored; those in the folder are whole."""
    job, files = handed_out
    where = f"job_id = {job} AND format"
    altered = f"UPDATE zhibao.report_artifact SET content = set_byte(content, 20, get_byte(content, 20) # 1) WHERE {where} = 'csv'"
    centre.cluster.psql(f"{altered}; CREATE TABLE kept AS SELECT * FROM zhibao.report_artifact WHERE {where} = 'pdf'; DELETE FROM zhibao.report_artifact WHERE {where} = 'pdf'")
    try:
        wait_for(lambda: counted(centre) == (2, 0), 60, "what was altered")
        assert findings(centre, job) == [("csv", "store_altered"), ("pdf", "store_altered")]
        lines = look(centre)
        assert lines.count(f'report.altered job={job} format=csv path="" cause="存档的摘要与内容不符"') == 1
        assert lines.count(f'report.altered job={job} format=pdf path="" cause="存档中已没有这个文件"') == 1
    finally:
        centre.cluster.psql(f"{altered}; INSERT INTO zhibao.report_artifact SELECT * FROM kept; DROP TABLE kept")
    wait_for(lambda: counted(centre) == (0, 0), 60, "mended")
    assert hashlib.sha256(files["csv"].read_bytes()).hexdigest() == centre.cluster.psql(
        f"SELECT encode(sha256, 'hex') FROM zhibao.report_artifact WHERE {where} = 'csv'")
