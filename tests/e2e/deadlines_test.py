# SPDX-License-Identifier: Apache-2.0
"""The deadlines of March 2024 with the real daemons: every process, PostgreSQL included, runs under libfaketime with one
offset, which the test moves. Of three counties one files in the last minute, one late, one never."""
import json
import os
import shutil
import tempfile
import time
import urllib.error
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from pgcluster import AGGREGATOR, PACK, Cluster, running_centre, wait_for

SHANGHAI = timezone(timedelta(hours=8))
CITY, ON_TIME, LATE, NEVER = "420100", "420102", "420103", "420104"
WORK_PLAN = 9  # the milestone of annex 1 L10, due on 2024-03-31, a Sunday


class Time:
    """The clock of all processes but this one; it never goes back. The daemons read the offset from a file at every call.
    PostgreSQL gets it when it starts and is restarted by a move: its signal handlers must not open files."""

    def __init__(self):
        self.sweep()
        self.dir = Path(tempfile.mkdtemp(prefix="zhibao-time-"))
        self.dir.chmod(0o755)
        self.file = self.dir / "offset"
        self.offset = None
        self.centre = None
        libraries = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
        assert libraries, "the package faketime is missing"
        os.environ.update(LD_PRELOAD=str(libraries[0]), FAKETIME_TIMESTAMP_FILE=str(self.file), FAKETIME_NO_CACHE="1",
                          FAKETIME_DONT_FAKE_MONOTONIC="1")

    @staticmethod
    def sweep():
        """Each process under the library leaves files named by its number; a later process of another user that is given the
        same number fails on them."""
        for file in Path("/dev/shm").glob("*faketime*_*"):
            if not Path("/proc", file.name.rsplit("_", 1)[1]).exists():
                file.unlink(missing_ok=True)

    def move(self, text):
        offset = int(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).timestamp() - time.time())
        assert self.offset is None or offset > self.offset
        self.offset = offset
        if self.centre:
            self.centre.cluster.stop()
        draft = self.dir / "draft"
        draft.write_text(f"{offset:+d}\n", encoding="ascii")
        draft.chmod(0o644)
        draft.rename(self.file)
        if self.centre:
            self.centre.cluster.start()
            wait_for(self.answers, 60, "the aggregator after the move")

    def answers(self):
        """Once every thread of the server has a connection again and the fold has passed the move."""
        try:
            return all(standing(self.centre)[0]["as_of"] >= self.now() for _ in range(8))
        except urllib.error.HTTPError:
            return False

    def now(self):
        return datetime.fromtimestamp(time.time() + self.offset - 1, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")

    def end(self):
        for name in ("LD_PRELOAD", "FAKETIME_TIMESTAMP_FILE", "FAKETIME_NO_CACHE", "FAKETIME_DONT_FAKE_MONOTONIC"):
            os.environ.pop(name)
        self.sweep()


class FakedCluster(Cluster):
    """PostgreSQL under the offset of its start."""

    def __init__(self, clock):
        self.clock = clock
        super().__init__()

    def _pg(self, tool, *arguments):
        os.environ["FAKETIME"] = f"{self.clock.offset:+d}"
        try:
            super()._pg(tool, *arguments)
        finally:
            del os.environ["FAKETIME"]


@pytest.fixture(scope="module")
def clock():
    clock = Time()
    clock.move("2024-03-05 09:00:00")
    yield clock
    clock.end()


@pytest.fixture(scope="module")
def centre(clock):
    with running_centre(FakedCluster(clock)) as centre:
        conf = centre.etc / "aggregator.conf"
        conf.write_text(conf.read_text() + 'remind { interval = "200 ms" }\n', encoding="utf-8")
        centre.start_aggregator()
        centre.start_second_aggregator()
        clock.centre = centre
        yield centre


@pytest.fixture(scope="module")
def agents(centre):
    return {office: centre.agent(office) for office in (ON_TIME, LATE, NEVER)}


def aggregator(centre, *words):
    return centre.run(AGGREGATOR, "--config", centre.etc / "aggregator.conf", *words, check=False)


def act(centre, login, *words):
    return aggregator(centre, *words, "--login", login, "--milestone", str(WORK_PLAN))


def record(agent, *words):
    run = agent.command("record", *words, "--wait", "30")
    assert run.returncode == 0 and "已送达" in run.stdout, run.stdout + run.stderr


def file_plan(agent):
    record(agent, "submission", "--submission_kind", "work_plan", "--title", "工作方案", "--file_name", "方案.pdf", "--issued_on", "2024-03-20")


def inbox(agent, title):
    messages = json.loads(agent.command("inbox", "--limit", "1000", "--json").stdout)["messages"]
    return [m for m in messages if m["title"] == title]


def wait_both_looked(centre):
    """Until each aggregator has begun a look at the reminders after one that it began after the call."""
    query = ("SELECT string_agg(pid || ' ' || query_start, ',' ORDER BY pid) FROM pg_stat_activity"
             " WHERE application_name = 'zhibao-aggregator remind'")
    seen = {}

    def both():
        now = dict(pair.split(" ", 1) for pair in centre.cluster.psql(query).split(",") if pair)
        for pid, start in now.items():
            seen.setdefault(pid, set()).add(start)
        return len(now) == 2 and all(len(seen[pid]) >= 3 for pid in now)
    wait_for(both, 60, "both aggregators")


def standing(centre, as_of=None):
    answer = centre.get(f"deadlines?node={CITY}&milestone={WORK_PLAN}" + (f"&as_of={as_of}" if as_of else ""))
    return answer, {line["office_code"]: line for line in answer["obligations"]}


def test_everything_is_owed_from_the_start(centre):
    answer, lines = standing(centre)
    assert len(lines) == 13 and {line["state"] for line in lines.values()} == {"not_due"}
    assert answer["total"]["due"] == 0 and answer["total"]["timeliness"]["percent"] is None
    assert lines[ON_TIME]["deadline"] == "2024-03-31 24:00"


def test_a_reminder_is_made_once_by_two_aggregators(clock, centre, agents):
    record(agents[NEVER], "office_profile", "--effective_from", "2024-03-01", "--responsible_name", "李四", "--responsible_contact", "027-12345678")
    wait_both_looked(centre)
    count = "SELECT count(*) FROM zhibao.reminder"
    assert centre.cluster.psql(count) == "0", "the steps of the cities lie before the load, those of the counties ahead"
    clock.move("2024-03-11 00:00:30")
    wait_for(lambda: int(centre.cluster.psql(count)) > 0, 60, "reminders")
    wait_both_looked(centre)
    # 99 counties by 7 milestones and one of the province, less what the one profile has met: the responsible person.
    assert centre.cluster.psql("SELECT count(*), count(DISTINCT (office_code, milestone_no)) FROM zhibao.reminder WHERE step = 'due-21'") == "693|693"
    assert centre.cluster.psql(f"SELECT count(*) FROM zhibao.reminder WHERE office_code = '{NEVER}'") == "6"
    assert centre.cluster.psql("SELECT count(*) FROM zhibao.downlink WHERE title LIKE '催报%'") == "693"
    messages = wait_for(lambda: inbox(agents[NEVER], "催报：制定活动工作方案"), 30, "the reminder at the agent")
    assert len(messages) == 1 and "请李四同志尽快报送" in messages[0]["text"] and "还有 21 天" in messages[0]["text"]
    delivered = f"SELECT is_delivered FROM zhibao.reminder_standing(now()) WHERE office_code = '{NEVER}' AND milestone_no = {WORK_PLAN}"
    wait_for(lambda: centre.cluster.psql(delivered) == "t", 30, "the acknowledgement")
    assert centre.cluster.psql("SELECT bool_or(is_delivered) FROM zhibao.reminder_standing(now()) WHERE office_code = '420105'") == "f"


def test_on_time_late_never(clock, centre, agents):
    clock.move("2024-03-31 23:50:00")
    file_plan(agents[ON_TIME])
    last_day = f"SELECT count(*) FROM zhibao.reminder WHERE office_code = '{NEVER}' AND milestone_no = {WORK_PLAN} AND step = 'due-1'"
    wait_for(lambda: centre.cluster.psql(last_day) == "1", 60, "the reminder of the last day")
    clock.move("2024-04-02 10:00:00")
    file_plan(agents[LATE])
    centre.wait_folded()
    answer, lines = standing(centre)
    assert (lines[ON_TIME]["state"], lines[LATE]["state"], lines[LATE]["days_late"], lines[NEVER]["state"]) == ("on_time", "late", 2, "missing")
    assert {k: answer["total"][k] for k in ("due", "on_time", "late", "missing")} == {"due": 13, "on_time": 1, "late": 1, "missing": 11}
    assert answer["total"]["timeliness"] == {"numerator": 1, "denominator": 13, "percent": "7.69"}
    assert lines[NEVER]["call"] == {"name": "李四", "contact": "027-12345678"}
    _, then = standing(centre, "2024-03-31")
    assert (then[ON_TIME]["state"], then[LATE]["state"]) == ("on_time", "missing"), "a report as of the due day"
    assert standing(centre, "2024-03-30")[1][ON_TIME]["state"] == "not_due"
    table = aggregator(centre, "deadlines", "--node", CITY, "--milestone", str(WORK_PLAN), "--state", "late").stdout.splitlines()
    assert len(table) == 2 and table[1].split("\t")[:3] == [LATE, "江汉区", "9"] and "迟报\t2\t2024-04-02 10:0" in table[1]


def test_extension_reaches_the_agent_and_the_wrong_role_is_refused(clock, centre, agents):
    for login, office, roles in (("wuhan", CITY, "city_operator"), ("clerk", CITY, "filler,approver,auditor"), ("county", NEVER, "city_operator"),
                                 ("sheng", "420000", "provincial_operator")):
        assert aggregator(centre, "account", "set", "--login", login, "--name", login, "--office", office, "--roles", roles).returncode == 0
    words = ("extend", "--office", NEVER, "--until", "2024-04-05", "--reason", "汛情")
    for login, code in (("clerk", "E_ROLE"), ("county", "E_OWN_OFFICE"), ("sheng", "E_NOT_PARENT"), ("nobody", "E_ACCOUNT_UNKNOWN")):
        run = act(centre, login, *words)
        assert run.returncode == 65 and run.stderr.startswith(code + " "), run.stderr
    past = act(centre, "wuhan", "extend", "--office", NEVER, "--until", "2024-04-01", "--reason", "x")
    assert past.returncode == 65 and "E_UNTIL_PAST" in past.stderr
    assert inbox(agents[NEVER], "延期：制定活动工作方案") == []
    run = act(centre, "wuhan", *words)
    assert run.returncode == 0, run.stderr
    message = wait_for(lambda: inbox(agents[NEVER], "延期：制定活动工作方案"), 30, "the extension at the agent")[0]
    assert "2024-04-05 24:00" in message["text"] and "汛情" in message["text"] and message["kind"] == "extension"
    clock.move("2024-04-02 11:00:00")
    answer, lines = standing(centre)
    assert lines[NEVER]["state"] == "not_due" and lines[NEVER]["is_extended_after_due"]
    assert (answer["total"]["due"], answer["total"]["missing"], answer["total"]["not_due"]) == (12, 10, 1)
    assert "迟报" in aggregator(centre, "deadlines", "--office", LATE, "--milestone", str(WORK_PLAN)).stdout


def test_overdue_and_by_hand(clock, centre, agents):
    clock.move("2024-04-06 00:00:30")
    step = f"SELECT count(*) FROM zhibao.reminder WHERE office_code = '{NEVER}' AND milestone_no = {WORK_PLAN} AND step = 'overdue'"
    wait_for(lambda: centre.cluster.psql(step) == "1", 60, "the overdue reminder")
    wait_for(lambda: any("已逾期 1 天" in m["text"] for m in inbox(agents[NEVER], "催报：制定活动工作方案")), 30, "the reminder at the agent")
    steps = f"SELECT string_agg(step, ',' ORDER BY made_at) FROM zhibao.reminder WHERE office_code = '{NEVER}' AND milestone_no = {WORK_PLAN}"
    assert centre.cluster.psql(steps) == "due-21,due-1,overdue", "steps passed while nobody looked are not made later"
    run = act(centre, "wuhan", "remind", "--office", NEVER, "--text", "请今天报送。")
    assert run.returncode == 0, run.stderr
    refused = act(centre, "wuhan", "remind", "--office", ON_TIME)
    assert refused.returncode == 65 and "E_NOTHING_OWED" in refused.stderr
    wait_for(lambda: any("请今天报送" in m["text"] for m in inbox(agents[NEVER], "催报：制定活动工作方案")), 30, "the reminder by hand")
    listed = wait_for(lambda: [line for line in aggregator(centre, "remind", "list", "--office", NEVER).stdout.splitlines()
                               if "\t9\t人工\twuhan\t已送达" in line], 30, "the log")
    assert len(listed) == 1
    # The late filing of an extended office is late against the extension.
    file_plan(agents[NEVER])
    centre.wait_folded()
    line = standing(centre)[1][NEVER]
    assert (line["state"], line["days_late"], line["is_extended_after_due"]) == ("late", 1, True)


def test_filing_matrix(centre, agents):
    matrix = centre.get(f"deadlines/matrix?node={CITY}")["cities"]
    assert [city["code"] for city in matrix] == [CITY] and matrix[0]["counties"] == 13
    line = next(o for o in matrix[0]["offices"] if o["code"] == ON_TIME)
    assert (line["state"], line["confirmation"], line["states"]["9"]) == ("missing", "none", "on_time"), "the plan of lectures is not there"


def test_reminders_stay_when_a_newer_pack_is_loaded(centre, agents):
    """A township renamed is a new version of the registers: who was reminded was reminded."""
    before = {office: line["reminder"] for office, line in standing(centre)[1].items()}
    assert before[NEVER]["step"] == "hand-1" and before[ON_TIME]["step"] == "due-1"
    pack = centre.home / "pack2"
    shutil.copytree(PACK, pack)
    for name, old, new in (("programme.csv", "version,1", "version,2"), ("townships.csv", "大智街道", "大智新街道")):
        text = (pack / name).read_text(encoding="utf-8")
        assert old in text
        (pack / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    centre.collector_command("programme", "load", pack)
    wait_for(lambda: centre.cluster.psql("SELECT register_version FROM zhibao.fold_state") == "2", 60, "the new registers")
    assert {office: line["reminder"] for office, line in standing(centre)[1].items()} == before
    drawer = centre.get(f"deadlines/{NEVER}/{WORK_PLAN}")
    assert [r["step"] for r in drawer["reminders"]] == ["due-21", "due-1", "overdue", "hand-1"]
