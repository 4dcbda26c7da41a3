# SPDX-License-Identifier: Apache-2.0
"""Enrolment to revocation, receipts, verification, files and the way down, with the real daemons and commands."""
import asyncio
import hashlib
import http.client
import json
import os
import re
import shutil
import sqlite3
import threading
import time
import urllib.error
import urllib.request

import pytest

from chaos.proxy import Port
from pgcluster import BUILD, COLLECTOR, PACK, Agent, free_port, running_centre, wait_for

LECTURE = ["--category", "village", "--occurred_on", "2024-05-06", "--place", "村", "--mode", "offline", "--status", "held"]
FILE_MB = int(os.environ.get("ZHIBAO_FILE_MB", "40"))  # the long form: 300
CUTS = 15  # a key may greet twenty times at once, then once a second


class Proxy:
    """A fault proxy in a thread of its own; calls are made in its event loop."""

    def __init__(self, target_port):
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.port = Port(target_port)
        asyncio.run_coroutine_threadsafe(self.port.start(), self.loop).result(10)

    @property
    def number(self):
        return self.port.port

    def call(self, function, *arguments):
        done = threading.Event()
        self.loop.call_soon_threadsafe(lambda: (function(*arguments), done.set()))
        assert done.wait(10)


class Office(Agent):
    """An agent that enrols with a file, as a new machine does."""

    def __init__(self, centre, office, name, endpoints=None):
        self.centre, self.office, self.name = centre, office, name
        self.home = centre.home / name
        self.home.mkdir()
        self.conf = self.home / "agent.conf"
        self.conf.write_text(
            f'agent {{ office_code = "{office}"\n author = "张三"\n state_dir = "{self.home}"\n socket = "{self.home}/s"\n'
            f' key = "{self.home}/agent.key" }}\n'
            f'collector {{ endpoints = "{endpoints or centre.endpoint}"\n public_key = "{self.home}/collector.pub" }}\n'
            'sender { backoff_base = "50 ms"\n backoff_cap = "500 ms" }\n', encoding="utf-8")

    def enrol(self):
        file = self.home / "enrol.txt"
        self.centre.collector_command("enrol", "--office", self.office, "--out", file)
        return self.command("enrol", file)

    def up(self):
        run = self.enrol()
        assert run.returncode == 0, run.stderr
        self.start()
        wait_for(lambda: "agent.pack" in self.log(), 20, "the programme pack")
        return self

    def log(self):
        return (self.centre.home / f"{self.name}.log").read_text()

    def record(self, theme, wait="20"):
        run = self.command("record", "lecture_event", "--theme", theme, *LECTURE, "--wait", wait)
        return run.stdout.split()[0] if run.stdout else "", run

    def messages(self):
        return json.loads(self.command("inbox", "--limit", "1000", "--json").stdout)["messages"]

    def files(self):
        return json.loads(self.command("files", "--json").stdout)["files"]


@pytest.fixture(scope="module")
def centre():
    with running_centre() as centre:
        yield centre


@pytest.fixture(scope="module")
def office(centre):
    """One office, enrolled by a file, without a pack of its own: it comes over the wire."""
    return Office(centre, "420102", "first").up()


def keys(centre):
    return [line.split("  ") for line in centre.collector_command("keys").stdout.splitlines()]


def test_enrolment_file_works_once(centre, office):
    stranger = Office(centre, "420103", "stranger")
    file = stranger.home / "enrol.txt"
    centre.collector_command("enrol", "--office", "420103", "--out", file)
    assert file.stat().st_mode & 0o777 == 0o600
    copy = stranger.home / "copy.txt"
    copy.write_bytes(file.read_bytes())
    copy.chmod(0o600)
    assert stranger.command("enrol", file).returncode == 0
    assert not file.exists(), "a spent secret does not lie about"
    thief = Office(centre, "420103", "thief")
    run = thief.command("enrol", copy)
    assert run.returncode == 65 and "E_ENROL_REFUSED" in run.stderr
    copy.chmod(0o644)
    assert "KEY_FILE_OPEN" in thief.command("enrol", copy).stderr
    other = Office(centre, "420104", "other")
    copy.chmod(0o600)
    assert "E_ENROL_OFFICE" in other.command("enrol", copy).stderr
    assert "E_OFFICE_UNKNOWN" in centre.collector_command("enrol", "--office", "999999", "--out", other.home / "x", check=False).stderr


def test_secrets_stay_in_their_files(centre, office):
    secret = re.search(r"secret (\S+)", (office.home / "agent.key").read_text()).group(1)
    assert (office.home / "agent.key").stat().st_mode & 0o777 == 0o600
    for name, process in centre.processes.items():
        assert secret.encode() not in open(f"/proc/{process.pid}/cmdline", "rb").read()
        limits = open(f"/proc/{process.pid}/limits", encoding="ascii").read()
        assert re.search(r"Max core file size\s+0\s+0\s", limits), name
        assert secret not in (centre.home / f"{name}.log").read_text()


def test_receipt_settles_a_dispute(centre, office):
    item, run = office.record("甲")
    assert "已送达" in run.stdout, run.stderr
    for theme in "乙丙":
        office.record(theme)
    proof = json.loads(office.command("receipt", item).stdout)
    file = office.home / "receipt.json"

    def check(change=None):
        changed = json.loads(json.dumps(proof))
        if change:
            change(changed)
        file.write_text(json.dumps(changed), encoding="utf-8")
        return centre.collector_command("verify-receipt", file, check=False)

    assert check().returncode == 0 and "回执有效" in check().stdout
    assert "E_RECEIPT_FORGED" in check(lambda p: p.update(received_at_us=p["received_at_us"] - 1)).stderr
    assert "E_RECEIPT_FORGED" in check(lambda p: p.update(office_code="420103")).stderr
    assert "E_RECEIPT_FORGED" in check(lambda p: p["records"].__setitem__(0, p["records"][0][:-2] + "ff")).stderr
    assert "E_RECEIPT_BAD" in check(lambda p: p.pop("chain")).stderr
    assert office.command("receipt", "01900000-0000-7000-8000-000000000000").returncode != 0
    # A centre that lost the batch is told so by its own signature.
    centre.cluster.psql("CREATE TABLE public.kept AS SELECT * FROM zhibao.batch WHERE office_code = '420102' AND first_seq = 1;"
                        " DELETE FROM zhibao.batch WHERE office_code = '420102' AND first_seq = 1")
    lost = check()
    centre.cluster.psql("INSERT INTO zhibao.batch SELECT * FROM public.kept; DROP TABLE public.kept")
    assert lost.returncode == 65 and "E_RECEIPT_LOST" in lost.stderr


def test_receipts_around_a_gap(centre):
    """The disk lost a record of a backlog: those before and behind it are proven all the same, the first one behind it too."""
    proxy = Proxy(centre.port)
    sender = Office(centre, "420115", "scratched", f"tcp://127.0.0.1:{proxy.number}").up()
    proxy.call(proxy.port.set, "cut")
    items = [sender.record(theme, "0")[0] for theme in "子丑寅卯辰"]
    sender.kill()
    with sqlite3.connect(sender.home / "outbox.sqlite") as ledger:
        assert ledger.execute("UPDATE record SET body = zeroblob(length(body)) WHERE seq = 3").rowcount == 1
    proxy.call(proxy.port.set, "off")
    sender.start()
    stored = "SELECT count(*) FROM zhibao.lecture_event WHERE office_code = '420115'"
    wait_for(lambda: centre.cluster.psql(stored) == "4", 60, "the records around the gap")
    for at in (0, 1, 3, 4):
        wait_for(lambda: sender.command("receipt", items[at]).returncode == 0, 20, f"the receipt of record {at + 1}")
        file = sender.home / "receipt.json"
        file.write_text(sender.command("receipt", items[at]).stdout, encoding="utf-8")
        checked = centre.collector_command("verify-receipt", file, check=False)
        assert checked.returncode == 0 and "回执有效" in checked.stdout, (at + 1, checked.stderr)


DAMAGES = [
    ("UPDATE zhibao.lecture_event SET theme = '改' WHERE theme = '乙'", "V_ROW_ALTERED"),
    ("DELETE FROM zhibao.lecture_event WHERE theme = '乙'", "V_ROW_MISSING"),
    ("INSERT INTO zhibao.lecture_event SELECT (jsonb_populate_record(l, jsonb_build_object('revision_id', gen_random_uuid()))).*"
     " FROM zhibao.lecture_event l WHERE theme = '乙'", "V_ROW_ADDED"),
    ("UPDATE zhibao.batch SET body = body || '\\x00' WHERE first_seq = 2 AND office_code = '420102'", "V_BATCH_ALTERED"),
    ("UPDATE zhibao.batch SET prev_chain = chain WHERE first_seq = 2 AND office_code = '420102'", "V_CHAIN"),
    ("DELETE FROM zhibao.batch WHERE first_seq = 2 AND office_code = '420102'", "V_BATCH_MISSING"),
    ("UPDATE zhibao.stream SET acked_seq = acked_seq + 1 WHERE office_code = '420102'", "V_STREAM_ALTERED"),
    ("UPDATE zhibao.quarantine SET body = '\\x01'", "V_QUARANTINE_ALTERED"),
    ("INSERT INTO zhibao.quarantine SELECT (jsonb_populate_record(q, '{\"seq\": 999}')).* FROM zhibao.quarantine q", "V_QUARANTINE_ADDED"),
]


def test_verify_names_every_damage(centre, office):
    """A record put aside comes from a pack that knows a township the centre has closed meanwhile."""
    centre.cluster.psql("UPDATE zhibao.township_version SET valid_to = '2024-01-01' WHERE code = '420102003'")
    centre.kill("collector")
    centre.start_collector()
    run = office.command("record", "lecture_event", "--theme", "关闭的乡镇", *LECTURE, "--township_codes", "420102003", "--wait", "20")
    assert "E_TOWNSHIP" in run.stderr, run.stdout + run.stderr
    sound = centre.collector_command("verify", check=False)
    assert sound.returncode == 0, sound.stdout
    print(sound.stdout)
    for damage, code in DAMAGES:
        tables = "batch lecture_event quarantine stream".split()
        centre.cluster.psql(";".join(f"CREATE TABLE public.k_{t} AS SELECT * FROM zhibao.{t}" for t in tables) + ";" + damage)
        found = centre.collector_command("verify", check=False)
        columns = {t: centre.cluster.psql(f"SELECT string_agg(quote_ident(attname), ',') FROM pg_attribute WHERE attrelid ="
                                          f" 'zhibao.{t}'::regclass AND attnum > 0 AND NOT attisdropped") for t in tables}
        centre.cluster.psql("BEGIN;" + ";".join(
            f"DELETE FROM zhibao.{t}; INSERT INTO zhibao.{t} ({columns[t]}) OVERRIDING SYSTEM VALUE SELECT {columns[t]} FROM public.k_{t};"
            f" DROP TABLE public.k_{t}" for t in tables) + "; COMMIT")
        assert found.returncode == 65 and code in found.stdout, (damage, found.stdout)
    assert centre.collector_command("verify", check=False).returncode == 0


def test_a_file_over_a_line_that_breaks(centre):
    """The line is cut again and again; the file arrives whole, is hashed and is stored once for two offices."""
    proxy = Proxy(centre.port)
    sender = Office(centre, "420106", "video", f"tcp://127.0.0.1:{proxy.number}").up()
    content = os.urandom(FILE_MB << 20)
    digest = hashlib.blake2b(content, digest_size=32).hexdigest()
    file = sender.home / "录像.mp4"
    file.write_bytes(content)
    began = time.monotonic()
    assert sender.command("attach", file).returncode == 0
    cuts = 0
    every = 5 if FILE_MB >= 300 else 0.5

    def is_done():
        nonlocal cuts
        if cuts < CUTS and time.monotonic() - began > (cuts + 1) * every:
            proxy.call(proxy.port.set, "cut")
            proxy.call(proxy.port.set, "off")
            cuts += 1
        return sender.files()[0]["state"] == "done"

    wait_for(is_done, 600, "the file")
    seconds = time.monotonic() - began
    print(f"{FILE_MB} MiB in {seconds:.1f} s, line cut {cuts} times")
    assert cuts >= 1
    stored = centre.cluster.psql(f"""SELECT f.size_bytes, count(*), sum(length(data)) FROM zhibao.file f JOIN zhibao.file_chunk c USING (upload_id)
        WHERE f.file_id = '\\x{digest}' GROUP BY 1""")
    assert stored.split("|")[0] == stored.split("|")[2] == str(len(content))
    assert not (sender.home / "files" / digest).exists(), "the copy goes when the centre has it"
    other = Office(centre, "420107", "same").up()
    assert other.command("attach", file).returncode == 0
    wait_for(lambda: other.files()[0]["state"] == "done", 20, "the same file")
    assert centre.cluster.psql(f"SELECT count(*) FROM zhibao.file WHERE file_id = '\\x{digest}'") == "1"
    assert centre.cluster.psql(f"SELECT count(DISTINCT upload_id) FROM zhibao.file_chunk JOIN zhibao.upload USING (upload_id) WHERE file_id = '\\x{digest}'") == "1"


    check_download(centre, digest, content)


def check_download(centre, digest, content):
    """Whoever sent it, the centre hands it out under the name it was sent with, a chunk at a time; never what is incomplete or altered."""
    def fetch(office, name=digest):
        return urllib.request.urlopen(f"{centre.api}/api/v1/files/{office}/{name}")

    def refusal(office, name=digest):
        with pytest.raises(urllib.error.HTTPError) as refused:
            fetch(office, name)
        error = json.load(refused.value)["error"]
        assert refused.value.headers["Content-Disposition"] is None
        return refused.value.code, error["code"], error["message"]

    def peak_kib():
        status = open(f"/proc/{centre.processes['aggregator'].pid}/status", encoding="ascii").read()
        return int(re.search(r"VmHWM:\s+(\d+)", status).group(1))

    centre.start_aggregator()
    before = peak_kib()
    for office in ("420106", "420107"):
        with fetch(office) as answer:
            assert answer.headers["Content-Type"] == "application/octet-stream"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Content-Disposition"].endswith("; filename*=UTF-8''%E5%BD%95%E5%83%8F.mp4")
            assert answer.read() == content
    if BUILD.name != "asan-ubsan":  # the sanitizer keeps what was freed
        assert peak_kib() - before < len(content) / 2048, "not held whole"
    unknown = (404, "E_FILE_UNKNOWN", "没有这个文件，或尚未收全")
    assert [refusal("420108"), refusal("420106", "0" * 64), refusal("420106", "x")] == [unknown] * 3
    mine = f"file_id = '\\x{digest}' AND office_code = '420107'"
    centre.cluster.psql(f"UPDATE zhibao.upload SET completed_at = NULL WHERE {mine}")
    assert refusal("420107") == unknown
    turned = ("UPDATE zhibao.file_chunk SET data = set_byte(data, 0, 255 - get_byte(data, 0)) WHERE chunk_no = 1 AND upload_id ="
              f" (SELECT upload_id FROM zhibao.file WHERE file_id = '\\x{digest}')")
    centre.cluster.psql(f"UPDATE zhibao.upload SET completed_at = now() WHERE {mine}; {turned}")
    with fetch("420106") as answer, pytest.raises(http.client.IncompleteRead):
        answer.read()
    centre.cluster.psql(turned)
    centre.kill("aggregator")


def test_files_are_refused_with_a_reason(centre, office):
    empty = office.home / "empty.pdf"
    empty.write_bytes(b"")
    assert "E_FILE_EMPTY" in office.command("attach", empty).stderr
    assert office.command("attach", office.home / "absent.pdf").returncode != 0
    conf = centre.etc / "collector.conf"
    text = conf.read_text()
    conf.write_text(text + 'limit { office_file_bytes = "8 KiB"\n file_bytes = "20 KiB" }\n')
    centre.kill("collector")
    centre.start_collector()
    for size, code in ((30000, "E_FILE_TOO_BIG"), (10000, "E_FILE_QUOTA")):
        file = office.home / f"{size}.pdf"
        file.write_bytes(os.urandom(size))
        assert office.command("attach", file).returncode == 0
        wait_for(lambda f=file: [x for x in office.files() if x["name"] == f.name and x["state"] == "refused"], 20, code)
        assert any(code in x["detail"] for x in office.files())
    conf.write_text(text)
    centre.kill("collector")
    centre.start_collector()


def test_messages_come_in_order_after_a_month(centre, office):
    before = len(office.messages())
    office.kill()
    for i in range(50):
        centre.collector_command("notice", "--office", "420102", "--title", f"第 {i} 号", "--text", "正文", "--author", "省厅")
    centre.cluster.psql("UPDATE zhibao.downlink SET created_at = created_at - interval '31 days' WHERE office_code = '420102'")
    centre.cluster.psql(f"SELECT zhibao.downlink_post('420102', 2, '市局', '请补充参加人数', '退回', gen_random_uuid(), gen_random_uuid(), 3)")
    office.start()
    wait_for(lambda: len(office.messages()) == before + 51, 20, "51 messages")
    messages = office.messages()[::-1]
    assert [m["seq"] for m in messages] == list(range(1, before + 52))
    assert [m["title"] for m in messages[before:before + 50]] == [f"第 {i} 号" for i in range(50)]
    assert messages[-1]["verdict"] == "returned"
    wait_for(lambda: centre.cluster.psql("SELECT max(downlink_acked_seq) FROM zhibao.stream WHERE office_code = '420102'") == str(before + 51), 10, "acknowledged")
    centre.collector_command("notice", "--office", "all", "--title", "即时", "--text", "x")
    wait_for(lambda: office.messages()[0]["title"] == "即时", 10, "at once while connected")


def test_rotation_with_two_keys(centre, office):
    old = [k for k in keys(centre) if k[1] == "420102"]
    assert office.command("rotate").returncode == 0
    wait_for(lambda: "rotation.done" in office.log(), 20, "rotation")
    now = [k for k in keys(centre) if k[1] == "420102"]
    assert len(now) == len(old) + 1 and "有效至" in now[-2][4] and now[-1][4] == "有效"
    assert not (office.home / "agent.key.next").exists()
    _, run = office.record("新钥")
    assert "已送达" in run.stdout, run.stderr


def test_replaced_machine_keeps_the_history(centre, office):
    sent = office.command("list", "--limit", "1000").stdout.count("宣讲活动")
    item, _ = office.record("旧机所录")
    office.kill()
    new = Office(centre, "420102", "second").up()
    wait_for(lambda: new.command("list", "--limit", "1000").stdout.count("宣讲活动") == sent + 1, 20, "history")
    run = new.command("amend", item, "--theme", "新机更正", "--wait", "20")
    assert "已送达" in run.stdout, run.stderr
    assert centre.cluster.psql(f"SELECT count(*) FROM zhibao.lecture_event WHERE item_id = '{item}' AND base_revision_id IS NOT NULL") == "1"
    assert len(new.messages()) > 50, "and its messages"
    new.kill()
    office.start()


def test_revoked_at_the_next_message(centre, office):
    sender = Office(centre, "420112", "revoked").up()
    item, run = sender.record("先")
    assert "已送达" in run.stdout
    number = [k for k in keys(centre) if k[1] == "420112"][0][0]
    centre.collector_command("revoke", "--key-id", number)
    _, run = sender.record("后", wait="2")
    assert run.returncode == 75 and "待送达" in run.stdout
    assert centre.cluster.psql("SELECT count(*) FROM zhibao.lecture_event WHERE theme = '后'") == "0"
    assert "中心拒绝了本机密钥" in sender.command("status").stdout
    (sender.home / "agent.key").rename(sender.home / "revoked.key")
    sender.kill()
    assert sender.enrol().returncode == 0
    sender.start()
    wait_for(lambda: centre.cluster.psql("SELECT count(*) FROM zhibao.lecture_event WHERE theme = '后'") == "1", 20, "what waited")


def test_drain_moves_agents_to_the_other_collector(centre, office):
    """Two collectors on one database; the one an agent is at ends in good order and nothing is lost."""
    port = free_port()
    conf = centre.home / "second.conf"
    conf.write_text((centre.etc / "collector.conf").read_text().replace(str(centre.port), str(port)))
    centre.start("collector-2", COLLECTOR, "--config", conf, "run")
    agent = Office(centre, "420113", "mover", f"{centre.endpoint},tcp://127.0.0.1:{port}").up()
    for turn in range(4):
        _, run = agent.record(f"轮 {turn}")
        assert "已送达" in run.stdout, run.stderr
        at = re.search(r"中心  (\S+)", agent.command("status").stdout).group(1)
        name, command = ("collector", None) if at == centre.endpoint else ("collector-2", conf)
        centre.kill(name)
        _, run = agent.record(f"轮 {turn} 之后")
        assert "已送达" in run.stdout, run.stderr
        if command:
            centre.start(name, COLLECTOR, "--config", conf, "run")
        else:
            centre.start_collector()
    assert centre.cluster.psql("SELECT count(*) FROM zhibao.lecture_event WHERE office_code = '420113'") == "8"
    centre.kill("collector-2")


def test_pack_of_a_next_year_under_another_name(centre, office):
    """The programme of a next year is another one, from version 1 on: connected or not, an agent goes over to it, and stays there after a restart."""
    away = Office(centre, "420114", "away").up()
    centre.kill("collector")
    assert away.record("换届前所录", wait="1")[1].returncode == 75, "it waits"
    away.kill()
    centre.start_collector()
    pack = centre.home / "next"
    shutil.copytree(PACK, pack)
    text = (pack / "programme.csv").read_text(encoding="utf-8")
    changed = text.replace("id,hubei-2024", "id,hubei-2025").replace("year,2024", "year,2025")
    assert changed.count("2025") == 2
    (pack / "programme.csv").write_text(changed.replace("year,2025", "year,2024"), encoding="utf-8")
    refused = centre.collector_command("programme", "load", pack, check=False)
    assert refused.returncode == 65 and "E_PACK_ORDER" in refused.stderr, "which of two packs of a year is newer, nothing says"
    (pack / "programme.csv").write_text(changed, encoding="utf-8")
    centre.collector_command("programme", "load", pack)
    now = "programme=hubei-2025 version=1"
    wait_for(lambda: now in office.log(), 30, "the next programme")
    _, run = office.record("次年所录")
    assert "已送达" in run.stdout, run.stderr
    office.kill()
    office.start()
    _, run = office.record("重启后所录")
    assert "已送达" in run.stdout, run.stderr
    assert office.log().rstrip().count(now) >= 2, "after a restart, too"
    away.start()
    wait_for(lambda: now in away.log(), 30, "the next programme at one that was away")
    waiting = "SELECT count(*) FROM zhibao.lecture_event WHERE office_code = '420114'"
    wait_for(lambda: centre.cluster.psql(waiting) == "1", 30, "what was recorded before, under the old name")
    assert centre.cluster.psql("SELECT count(*) FROM zhibao.quarantine WHERE code = 'E_PROGRAMME_VERSION'") == "0"
    away.kill()
