# SPDX-License-Identifier: Apache-2.0
"""A cluster, a collector and many agents' keys, on which base and subject store the same rows, with the processor time of each.

Tables are emptied before each run, keys and registers stay. Every run checks that what was sent is stored, so a figure without
its rows never appears."""
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from pgcluster import BUILD, PACK, Centre, Cluster, wait_for  # noqa: E402
from zmq.utils import z85  # noqa: E402

HERE = BUILD / "tests/bench/ingest"
COPY, AGENTS, SLOWSYNC = (HERE / name for name in
                          ("zhibao-bench-copy", "zhibao-bench-agents", "slowsync.so"))
SLOW_US = 8000
TICK_US = 1_000_000 // os.sysconf("SC_CLK_TCK")
# A checkpoint or a vacuum in the middle of a round would be measured in place of what is asked.
SETTINGS = {"fsync": "on", "synchronous_commit": "on", "autovacuum": "off", "max_wal_size": "8GB",
            "checkpoint_timeout": "1h", "shared_buffers": "512MB"}
TABLES = ("lecture_event", "batch", "stream", "quarantine", "stream_gap")


class BenchCluster(Cluster):
    """A cluster with the settings above, on a disk that can be made slow."""

    def __init__(self):
        self.preload = None
        super().__init__()

    def start(self):
        conf = self.pg / "data/postgresql.conf"
        text = conf.read_text(encoding="utf-8")
        if "# bench" not in text:
            lines = "".join(f"{k} = {v}\n" for k, v in SETTINGS.items())
            conf.write_text(text + "# bench\n" + lines, encoding="utf-8")
        if self.preload:
            os.environ.update(LD_PRELOAD=str(self.preload), SLOWSYNC_US=str(SLOW_US))
        try:
            super().start()
        finally:
            os.environ.pop("LD_PRELOAD", None)
        maps = Path(f"/proc/{self.postmaster()}/maps").read_text(encoding="utf-8")
        assert bool(self.preload) == ("slowsync" in maps), "the slow disk is not in place"

    def postmaster(self):
        return int((self.pg / "data/postmaster.pid").read_text(encoding="utf-8").split()[0])

    def slow_down(self):
        self.preload = Path(shutil.copy(SLOWSYNC, self.home))
        self.preload.chmod(0o755)
        self.stop()
        self.start()


def stat_of(pid):
    """Parent and CPU microseconds of a process, None when it is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    words = text.rsplit(") ", 1)[1].split()
    return int(words[1]), (int(words[11]) + int(words[12])) * TICK_US


def enrol(cluster, pack, file, count):
    """Keys of so many agents into a file, and straight into the table, round the offices of the pack."""
    pairs = subprocess.run([AGENTS, "keys", str(count)], text=True, check=True, capture_output=True).stdout.splitlines()
    parents = dict(re.findall(r"^(\d{6}),(\d{6}),", (pack / "offices.csv").read_text("utf-8-sig"), re.M))
    towns = {office: [] for office in parents}  # of the own area: only these it covers
    for town, county in re.findall(r"^\w+,(\w+),(\w+),", (pack / "townships.csv").read_text("utf-8-sig"), re.M):
        for office in (county, parents.get(county)):
            towns.get(office, []).append(town)
    offices = [office for office in parents if towns[office]]
    lines, values = [], []
    for i, pair in enumerate(pairs):
        office = offices[i % len(offices)]
        town = towns[office][i // len(offices) % len(towns[office])]
        lines.append(f"{pair} {office} {town}\n")
        public = z85.decode(pair.split()[0].encode()).hex()
        values.append(f"('\\x{public}', '{office}', 'bench')")
    file.write_text("".join(lines), encoding="ascii")
    cluster.psql("INSERT INTO zhibao.agent_key (public_key, office_code, label) VALUES " + ",".join(values))


class Bench:
    """One cluster, one collector with these more lines of configuration, the keys of all agents. pack makes one in a folder, if it
    is not that of the province."""

    def __init__(self, agents, conf=(), pack=None):
        self.limit_seconds = 600  # of a run
        self.cluster = BenchCluster()
        self.cluster.create()
        self.pack = pack(self.cluster.home) if pack else PACK
        self.centre = Centre(self.cluster, pack=self.pack)
        with open(self.centre.etc / "collector.conf", "a", encoding="utf-8") as file:
            file.write("\n".join(conf) + "\n")
        self.keys = self.centre.home / "bench.keys"
        enrol(self.cluster, self.pack, self.keys, agents + 1)
        self.restart_collector()

    def close(self):
        self.centre.stop()
        self.cluster.remove()

    def restart_collector(self):
        if "collector" in self.centre.processes:
            self.centre.kill("collector")
        log = self.centre.home / "collector.log"
        seen = log.read_text().count("collector.ready") if log.exists() else 0
        self.centre.start_collector()
        wait_for(lambda: log.read_text().count("collector.ready") > seen, 30, "collector")

    def collector_pid(self):
        return self.centre.processes["collector"].pid

    def slow_down(self):
        self.centre.kill("collector")
        self.cluster.slow_down()
        self.restart_collector()

    def clean(self):
        tables = ", ".join(f"zhibao.{t}" for t in TABLES)
        self.cluster.psql(f"TRUNCATE {tables}")
        self.cluster.psql("CHECKPOINT")

    def cpu(self):
        """CPU microseconds by process; the backends are those of clients that store."""
        postmaster, found = self.cluster.postmaster(), {}
        for entry in os.listdir("/proc"):
            stat = stat_of(entry) if entry.isdigit() else None
            if stat and stat[0] == postmaster:
                try:
                    title = Path(f"/proc/{entry}/cmdline").read_bytes()
                except OSError:
                    continue
                kind = "backends" if b": collector " in title else "postgres_other"
                found[kind, entry] = stat[1]
        pid = self.collector_pid()
        found["collector", str(pid)] = stat_of(pid)[1]
        return found

    def run(self, command, stored, meanwhile=None):
        """Runs a program between two looks at the CPU; checks that its rows are stored."""
        self.clean()
        with subprocess.Popen([str(c) for c in command], text=True, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE) as program:
            limit = threading.Timer(self.limit_seconds, program.kill)
            limit.daemon = True
            limit.start()
            if program.stdout.readline() != "ready\n":
                raise RuntimeError(f"{command[0]} did not get ready")
            before = self.cpu()
            program.stdin.write("go\n")
            program.stdin.flush()
            watch = meanwhile() if meanwhile else None
            line = program.stdout.readline()
            after = self.cpu()
            seen = watch() if watch else None
            limit.cancel()
            program.stdin.close()
            if program.wait(60) != 0 or not line:
                raise RuntimeError(f"{command[0]}: {program.returncode}, {line}")
        result = json.loads(line)
        used = {"client": result["own_cpu_us"]}
        for key, value in after.items():
            used[key[0]] = used.get(key[0], 0) + value - before.get(key, 0)
        result["cpu_us_per_row"] = {k: v / result["rows"] for k, v in sorted(used.items())}
        result["meanwhile"] = seen
        self.check(result, stored)
        return result

    def check(self, result, tables):
        """Everything sent is stored once, nothing was put aside, and the batches hold all of it."""
        query = ("SELECT (SELECT count(*) FROM zhibao.lecture_event),"
                 " (SELECT coalesce(sum(last_seq - first_seq + 1), 0) FROM zhibao.batch),"
                 " (SELECT count(*) FROM zhibao.quarantine),"
                 " (SELECT coalesce(sum(pg_column_size(e.*)), 0) FROM zhibao.lecture_event e),"
                 " (SELECT coalesce(sum(octet_length(body)), 0) FROM zhibao.batch),"
                 " pg_total_relation_size('zhibao.lecture_event') + pg_total_relation_size('zhibao.batch'),"
                 " (SELECT count(DISTINCT received_at) FROM zhibao.batch)")
        rows, in_batches, aside, row_bytes, batch_bytes, disk_bytes, groups = map(
            int, self.cluster.psql(query).split("|"))
        assert rows == result["rows"] == result.get("rows_made", rows), (rows, result)
        assert aside == 0, f"{aside} records were put aside"
        assert in_batches == (rows if "batch" in tables else 0), (rows, in_batches)
        result["bytes_per_row"] = {"row": row_bytes / rows, "batch": batch_bytes / rows, "disk": disk_bytes / rows}
        # A group of the collector has one instant of receipt and one COPY; the base says itself what it did.
        result.setdefault("rows_per_copy", rows / max(1, groups))

    def base(self, rows, per_copy, connections, agents, records, *more):
        is_bare = "--no-batches" in more or "--insert" in more
        tables = ("lecture_event",) if is_bare else ("lecture_event", "batch")
        return self.run([COPY, "--conninfo", self.cluster.conninfo("collector"),
                         "--keys", self.keys, "--rows", rows, "--rows-per-copy", per_copy,
                         "--connections", connections, "--agents", agents, "--records", records,
                         *more], tables)

    def subject(self, agents, records, window, *more, meanwhile=None):
        public = (self.centre.etc / "collector.pub").read_text(encoding="ascii")
        server = re.search(r"public (\S+)", public).group(1)
        return self.run([AGENTS, "--keys", self.keys, "--endpoint", self.centre.endpoint,
                         "--server-key", server, "--agents", agents, "--records", records,
                         "--window", window, *more], ("lecture_event", "batch"), meanwhile)
