# SPDX-License-Identifier: Apache-2.0
"""A private PostgreSQL cluster for one test run, and the daemons on top of it. Real binaries, free ports, waiting on
conditions; logs are shown when something does not come up."""
import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("ZHIBAO_BUILD_DIR", ROOT / "build/release"))
PACK = ROOT / "deploy/programmes/hubei-2024"
PG_BIN = Path("/usr/lib/postgresql/15/bin")
AGENT = BUILD / "agent/zhibao-agent"
COLLECTOR = BUILD / "collector/zhibao-collector"
AGGREGATOR = BUILD / "aggregator/zhibao-aggregator"
SIM = BUILD / "tests/sim/zhibao-sim"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition, seconds=60, what="condition"):
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.05)


def template():
    """A stopped cluster with the schema in the database template_zhibao, made once for each state of deploy/sql: initdb and
    the deployment take longer than many a test. Tests running at the same time wait for the one that makes it."""
    digest = hashlib.sha256()
    for file in sorted(p for p in (ROOT / "deploy/sql").rglob("*") if p.is_file()):
        digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    home = Path(tempfile.gettempdir()) / f"zhibao-template-{os.getuid()}-{digest.hexdigest()[:16]}"
    with open(f"{home}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.exists():
            cluster = Cluster(made_of=None)
            cluster.psql("CREATE DATABASE template_zhibao", database="postgres")
            cluster.sqitch("deploy", database="template_zhibao")
            cluster.stop()
            cluster.pg.rename(home)
            cluster.home.rmdir()
            for old in Path(tempfile.gettempdir()).glob(f"zhibao-template-{os.getuid()}-*.lock"):
                if old.stat().st_mtime < time.time() - 86400:
                    shutil.rmtree(old.with_suffix(""), ignore_errors=True)
                    old.unlink()
    return home


class Cluster:
    """PostgreSQL 15 in a temporary folder, reachable through a socket there only."""

    has_template = False

    def __init__(self, made_of=template):
        self.has_template = made_of is not None
        self.home = Path(tempfile.mkdtemp(prefix="zhibao-test-"))
        self.home.chmod(0o755)
        self.pg = self.home / "pg"
        if made_of:
            subprocess.run(["cp", "-a", made_of(), self.pg], check=True)
        else:
            self.pg.mkdir()
            if os.getuid() == 0:
                shutil.chown(self.pg, "postgres")
            self._pg("initdb", "-D", self.pg / "data", "-E", "UTF8", "--locale=C.UTF-8", "--lc-collate=C", "-A", "trust", "-U", "postgres")
        with open(self.pg / "data/postgresql.conf", "a", encoding="utf-8") as conf:
            conf.write(f"listen_addresses = ''\nunix_socket_directories = '{self.pg}'\n")
        self.start()

    def _pg(self, tool, *arguments):
        prefix = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        subprocess.run([*prefix, PG_BIN / tool, *arguments], check=True, cwd="/", stdout=subprocess.DEVNULL)

    def start(self):
        self._pg("pg_ctl", "-D", self.pg / "data", "-l", self.pg / "log", "-w", "start")

    def stop(self, mode="fast"):
        self._pg("pg_ctl", "-D", self.pg / "data", "-m", mode, "-w", "stop")

    def remove(self):
        self.stop("immediate")
        shutil.rmtree(self.home)

    def conninfo(self, user="postgres", database="zhibao"):
        return f"host={self.pg} port=5432 user={user} dbname={database}"

    def psql(self, text, user="postgres", database="zhibao"):
        run = subprocess.run(
            ["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", self.conninfo(user, database)],
            input=text, text=True, capture_output=True, check=False)
        if run.returncode:
            raise RuntimeError(run.stderr)
        return run.stdout.strip()

    def sqitch(self, *words, database="zhibao"):
        return subprocess.run(
            ["sqitch", *words, f"db:pg://postgres@/{database}?host={self.pg}"],
            cwd=ROOT / "deploy/sql", text=True, capture_output=True, check=True).stdout

    def create(self, database="zhibao"):
        if self.has_template:
            self.psql(f"CREATE DATABASE {database} TEMPLATE template_zhibao", database="postgres")
        else:
            self.psql(f"CREATE DATABASE {database}", database="postgres")
            self.sqitch("deploy", database=database)
        for role in ("collector", "aggregator"):
            self.psql(f"DO $$ BEGIN CREATE ROLE {role} LOGIN IN ROLE zhibao_{role}; EXCEPTION WHEN duplicate_object THEN NULL; END $$")


def backdate(cluster):
    """Receipt of every batch and of all it brought moves to the year of the programme, in the order it had: as far into it
    as the share of the records that came before, so that a slow machine moves nothing."""
    kinds = cluster.psql("SELECT DISTINCT kind FROM zhibao.item_revision").split()
    cluster.psql("""CREATE TABLE moved AS SELECT received_at, '2024-03-01+08'::timestamptz + interval '280 days'
        * ((sum(records) OVER (ORDER BY received_at) - records) / sum(records) OVER ())::float AS moved_at
        FROM (SELECT received_at, sum(last_seq - first_seq + 1) AS records FROM zhibao.batch GROUP BY 1) b;
        SET session_replication_role = replica;""" + "".join(
        f"UPDATE zhibao.{table} t SET received_at = m.moved_at FROM moved m WHERE m.received_at = t.received_at;"
        for table in [*kinds, "batch", "quarantine"]) + "DROP TABLE moved; DELETE FROM zhibao.fold_state")


class Centre:
    """A collector and an aggregator over a cluster, and what agents need to reach them."""

    def __init__(self, cluster, static_dir="", reports='report { workers = "0" }\n', pack=PACK):
        self.cluster, self.home = cluster, cluster.home
        self.port, self.web_port = free_port(), free_port()
        self.endpoint = f"tcp://127.0.0.1:{self.port}"
        self.api = f"http://127.0.0.1:{self.web_port}"
        self.processes = {}
        self.etc = self.home / "etc"
        self.etc.mkdir()
        self.run(COLLECTOR, "keygen", self.etc)
        (self.etc / "collector.conf").write_text(
            f'database {{ conninfo = "{cluster.conninfo("collector")}" }}\n'
            f'collector {{ endpoint = "{self.endpoint}"\n key = "{self.etc}/collector.key"\n sign_key = "{self.etc}/collector.sign" }}\n', encoding="utf-8")
        (self.etc / "aggregator.conf").write_text(
            f'database {{ conninfo = "{cluster.conninfo("aggregator")}" }}\n'
            f'web {{ port = "{self.web_port}"\n static_dir = "{static_dir}" }}\nfold {{ interval = "50 ms" }}\n{reports}', encoding="utf-8")
        self.collector_command("programme", "load", pack)

    @staticmethod
    def run(*command, check=True):
        return subprocess.run([str(c) for c in command], text=True, capture_output=True, check=check)

    def collector_command(self, *words, check=True):
        return self.run(COLLECTOR, "--config", self.etc / "collector.conf", *words, check=check)

    def start(self, name, *command):
        log = open(self.home / f"{name}.log", "ab")
        self.processes[name] = subprocess.Popen([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()

    def start_collector(self):
        self.start("collector", COLLECTOR, "--config", self.etc / "collector.conf", "run")

    def start_aggregator(self):
        self.start("aggregator", AGGREGATOR, "--config", self.etc / "aggregator.conf", "run")
        try:
            wait_for(self.is_ready, 60, "aggregator")
        except TimeoutError:
            raise RuntimeError((self.home / "aggregator.log").read_text()) from None

    def start_second_aggregator(self):
        """Another of the same configuration, with a port of its own."""
        self.second_port = free_port()
        conf = self.etc / "second.conf"
        text = (self.etc / "aggregator.conf").read_text(encoding="utf-8")
        conf.write_text(text.replace(f'port = "{self.web_port}"', f'port = "{self.second_port}"'), encoding="utf-8")
        self.start("second", AGGREGATOR, "--config", conf, "run")

    def is_ready(self):
        try:
            with urllib.request.urlopen(f"{self.api}/readyz") as answer:
                return answer.status == 200
        except (urllib.error.URLError, ConnectionError):
            return False

    def kill(self, name, how=signal.SIGTERM):
        process = self.processes.pop(name)
        process.send_signal(how)
        code = process.wait(30)
        # A daemon asked to end ends well; a sanitizer's complaint shows here.
        assert how != signal.SIGTERM or code == 0, f"{name} {code}\n" + (self.home / f"{name}.log").read_text()[-3000:]
        return code

    def stop(self):
        for name in list(self.processes):
            self.kill(name)

    def enrol(self, office, public_key):
        return self.collector_command("enrol", "--office", office, "--public-key", public_key)

    def agent(self, office):
        """The agent of an office, enrolled and running."""
        agent = Agent(self, office)
        self.enrol(office, agent.home / "agent.pub")
        agent.start()
        return agent

    def get(self, path):
        with urllib.request.urlopen(f"{self.api}/api/v1/{path}") as answer:
            return json.load(answer)

    def wait_folded(self):
        """Until every stored batch is in the roll-ups."""
        query = "SELECT NOT EXISTS (SELECT FROM zhibao.batch b, zhibao.fold_state f WHERE b.received_at > f.as_of)"
        wait_for(lambda: self.cluster.psql(query) == "t", 60, "fold")

    def sim_keys(self, offices="all"):
        keys = self.home / "keys"
        keys.mkdir(exist_ok=True)
        codes = self.run(SIM, "keys", "--pack", PACK, "--keys", keys, "--offices", offices).stdout.split()
        for code in codes:
            self.enrol(code, keys / f"{code}.pub")
        return keys

    def sim(self, keys, name, **options):
        """The command line of one simulated year; its state and log live under name."""
        state = self.home / name
        state.mkdir()
        words = [SIM, "run", "--pack", PACK, "--keys", keys, "--state", state, "--endpoint", self.endpoint,
                 "--server-key", self.etc / "collector.pub", "--log", self.home / f"{name}.jsonl"]
        for option, value in options.items():
            words += [f"--{option}", value]
        return [str(w) for w in words]


@contextlib.contextmanager
def running_centre(cluster=None, settings="", **options):
    """A centre whose collector runs, with more SETTINGS for it, over a cluster of its own; everything is gone afterwards."""
    cluster = cluster or Cluster()
    try:
        cluster.create()
        centre = Centre(cluster, **options)
        with open(centre.etc / "collector.conf", "a", encoding="utf-8") as conf:
            conf.write(settings)
        try:
            centre.start_collector()
            yield centre
        finally:
            centre.stop()
    finally:
        cluster.remove()


class Agent:
    """A real agent daemon of one office with its own folder."""

    def __init__(self, centre, office):
        self.centre, self.name = centre, f"agent-{office}"
        self.home = centre.home / self.name
        self.home.mkdir()
        self.conf = self.home / "agent.conf"
        centre.run(AGENT, "keygen", self.home)
        self.conf.write_text(
            f'agent {{ office_code = "{office}"\n author = "张三"\n state_dir = "{self.home}"\n socket = "{self.home}/s"\n'
            f' programme_dir = "{PACK}"\n key = "{self.home}/agent.key" }}\n'
            f'collector {{ endpoints = "{centre.endpoint}"\n public_key = "{centre.etc}/collector.pub" }}\n'
            'sender { backoff_base = "50 ms"\n backoff_cap = "500 ms" }\n', encoding="utf-8")

    def start(self):
        self.centre.start(self.name, AGENT, "--config", self.conf, "run")
        wait_for(lambda: self.command("status").returncode == 0, 30, self.name)

    def kill(self, how=signal.SIGTERM):
        return self.centre.kill(self.name, how)

    def command(self, *words):
        return self.centre.run(AGENT, "--config", self.conf, *words, check=False)
