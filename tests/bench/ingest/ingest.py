#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the durable way from agents to PostgreSQL costs, against bare libpq on the same cluster.

Base and subject alternate within one run; tables are emptied in between, keys and registers stay.
Every run checks that what was sent is stored, so a figure without its rows never appears.

    ingest.py                              all questions, five rounds
    ingest.py --questions ad --rounds 3    some of them
    ingest.py --overload-seconds 600       the long form of question e
    ingest.py --collector FILE             another build of the collector
    ingest.py --quick                      small counts, to see that everything works
"""
import argparse
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
import pgcluster  # noqa: E402
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


def rss_kib(pid):
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1))


class Bench:
    """One cluster, one collector, the keys of all agents."""

    def __init__(self, args):
        self.args = args
        self.cluster = BenchCluster()
        self.cluster.create()
        self.centre = Centre(self.cluster)
        with open(self.centre.etc / "collector.conf", "a", encoding="utf-8") as conf:
            conf.write("\n".join(args.conf) + "\n")
        self.conf = None
        self.keys = self.centre.home / "bench.keys"
        self.enrol(args.agents + 1)
        self.restart_collector()

    def close(self):
        self.centre.stop()
        self.cluster.remove()

    def enrol(self, count):
        """Keys straight into the table, round the offices of the pack."""
        pairs = subprocess.run([AGENTS, "keys", str(count)], text=True, check=True,
                               capture_output=True).stdout.splitlines()
        parents = dict(re.findall(r"^(\d{6}),(\d{6}),", (PACK / "offices.csv").read_text("utf-8-sig"), re.M))
        towns = {office: [] for office in parents}  # of the own area: only these it covers
        for town, county in re.findall(r"^\w+,(\w+),(\w+),", (PACK / "townships.csv").read_text("utf-8-sig"), re.M):
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
        self.keys.write_text("".join(lines), encoding="ascii")
        self.cluster.psql("INSERT INTO zhibao.agent_key (public_key, office_code, label) VALUES "
                          + ",".join(values))

    def configure(self, line):
        """Another line of configuration, until the next call; none leaves what was there first."""
        file = self.centre.etc / "collector.conf"
        self.conf = self.conf or file.read_text(encoding="utf-8")
        file.write_text(f"{self.conf}{line}\n", encoding="utf-8")
        self.restart_collector()

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
            limit = threading.Timer(600 + 2 * self.args.overload_seconds, program.kill)
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
                 " (SELECT coalesce(sum(octet_length(body)), 0) FROM zhibao.batch)")
        rows, in_batches, aside, row_bytes, batch_bytes = map(
            int, self.cluster.psql(query).split("|"))
        assert rows == result["rows"] == result.get("rows_made", rows), (rows, result)
        assert aside == 0, f"{aside} records were put aside"
        assert in_batches == (rows if "batch" in tables else 0), (rows, in_batches)
        result["bytes_per_row"] = {"row": row_bytes / rows, "batch": batch_bytes / rows}

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


def spread(values):
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def summary(runs, *names):
    """Medians and spread of the named figures of some runs, and of their CPU."""
    parts = {name: spread([r[name] for r in runs]) for name in names}
    parts["cpu_us_per_row"] = {k: spread([r["cpu_us_per_row"].get(k, 0) for r in runs])
                               for k in runs[0]["cpu_us_per_row"]}
    parts["bytes_per_row"] = runs[-1]["bytes_per_row"]
    return parts


def alternate(rounds, runners):
    """Runs each runner once a round, the order turned round every time."""
    runs = {name: [] for name in runners}
    for i in range(rounds):
        for name in list(runners) if i % 2 == 0 else reversed(list(runners)):
            runs[name].append(runners[name]())
            print(f"  round {i + 1} {name}: {runs[name][-1]['rows_per_s']:.0f} rows/s", flush=True)
    return runs


def ratios(over, under, name):
    return spread([o[name] / u[name] for o, u in zip(over, under)])


def same_bytes(base, subject):
    """Base and subject must have stored the same amount, or they cannot be compared."""
    for part in ("row", "batch"):
        one, other = base["bytes_per_row"][part], subject["bytes_per_row"][part]
        assert abs(one - other) <= 0.01 * max(one, other), (part, one, other)


def throughput(bench, title, agents, records, window, batches, per_copy, connections, plain=False,
               more=()):
    rows = agents * records * batches
    runners = {"base": lambda: bench.base(rows, per_copy, connections, agents, records, *more),
               "subject": lambda: bench.subject(agents, records, window, "--batches", batches)}
    if plain:
        runners["rows_only"] = lambda: bench.base(rows, per_copy, connections, agents, records,
                                                  "--no-batches")
    bench.subject(agents, records, window, "--batches", 1)  # warm
    runs = alternate(bench.args.rounds, runners)
    same_bytes(runs["base"][-1], runs["subject"][-1])
    answer = {"title": title, "rows": rows, "agents": agents, "records_per_batch": records,
              "window": window, "base_rows_per_copy": per_copy, "base_connections": connections,
              "ratio": ratios(runs["subject"], runs["base"], "rows_per_s"),
              "base": summary(runs["base"], "rows_per_s", "seconds"),
              "subject": summary(runs["subject"], "rows_per_s", "seconds", "p50_us", "p99_us",
                                 "nacks", "resent", "reconnects")}
    if plain:
        answer["rows_only"] = summary(runs["rows_only"], "rows_per_s", "seconds")
        answer["ratio_to_rows_only"] = ratios(runs["subject"], runs["rows_only"], "rows_per_s")
    return answer


def question_a(bench):
    args = bench.args
    batches = max(1, args.rows // (args.agents * args.records))
    per_copy = min(10000, args.agents * args.records * batches // 2)
    return throughput(bench, f"{args.agents} agents against bare COPY, raw bytes kept",
                      args.agents, args.records, 4, batches, per_copy, 2, plain=True)


def question_f(bench):
    args = bench.args
    batches = max(1, args.rows // (args.agents * args.records))
    per_copy = min(10000, args.agents * args.records * batches // 2)
    bench.configure('store { keep_batches = "false" }')
    answer = throughput(bench, f"{args.agents} agents against bare COPY, raw bytes not kept",
                        args.agents, args.records, 4, batches, per_copy, 2, more=("--no-bytes",))
    bench.configure("")
    return answer


def question_b(bench):
    batches = max(2, bench.args.rows // 2 // 250)
    return throughput(bench, "one agent drains its backlog against bare COPY", 1, 250, 16,
                      batches, min(2000, 250 * batches // 2), 1)


def question_c(bench):
    events = bench.args.events
    runs = alternate(bench.args.rounds, {
        "base": lambda: bench.base(1, 1, 1, 1, 1, "--insert", events),
        "subject": lambda: bench.subject(1, 1, 1, "--batches", events)})
    return {"title": "single events against a prepared INSERT", "rows": events,
            "base_rows_per_copy": None,
            "ratio": ratios(runs["subject"], runs["base"], "p50_us"),
            "ratio_p99": ratios(runs["subject"], runs["base"], "p99_us"),
            "base": summary(runs["base"], "p50_us", "p99_us"),
            "subject": summary(runs["subject"], "p50_us", "p99_us")}


def question_d(bench):
    if not SLOWSYNC.exists():
        return {"title": "slow disk", "skipped": "no slowsync in a build with sanitizers"}
    bench.slow_down()
    args = bench.args
    batches = max(1, args.rows // 2 // (args.agents * args.records))
    rows = args.agents * args.records * batches
    title = f"{args.agents} agents against bare COPY, every sync {SLOW_US} us longer"
    return throughput(bench, title, args.agents, args.records, 4, batches,
                      min(2000, rows // 2), 1)


class Watch:
    """Samples the resident memory of the collector."""

    def __init__(self, pid):
        self.samples, self.is_over = [], threading.Event()
        self.thread = threading.Thread(target=self.sample, args=(pid,))
        self.thread.start()

    def sample(self, pid):
        began = time.monotonic()
        while not self.is_over.is_set():
            self.samples.append((round(time.monotonic() - began, 1), rss_kib(pid)))
            self.is_over.wait(0.25)

    def __call__(self):
        self.is_over.set()
        self.thread.join()
        return self.samples


def question_e(bench):
    """The capacity is that of the same agents with a small window. All runs make their batches as they send them, so that the
    agents take the same share of the processors. Goodput is compared in turns, as everything is; memory and the small agent
    are watched over one long overload."""
    args = bench.args
    seconds = args.overload_seconds
    share = max(2, min(15, seconds // 4))

    def capacity(length=share):
        return bench.subject(args.agents, args.records, 4, "--seconds", length)

    rate = int(2 * capacity()["rows_per_s"])

    def overload(length, **more):
        return bench.subject(args.agents, args.records, 16, "--seconds", length, "--rate", rate, "--honest", args.honest_ms, **more)

    runs = alternate(args.rounds, {"capacity": capacity, "overload": lambda: overload(share)})
    own = spread([r["rows_per_s"] for r in runs["capacity"]])
    own_long = capacity(seconds)  # tables grow: a long run is compared with a long one
    over = overload(seconds, meanwhile=lambda: Watch(bench.collector_pid()))
    in_time = [kib for at, kib in over["meanwhile"] if seconds / 4 <= at <= seconds]
    rss = spread(in_time)
    half = [kib for at, kib in over["meanwhile"] if seconds / 4 <= at < seconds / 2]
    last = [kib for at, kib in over["meanwhile"] if seconds * 3 / 4 <= at <= seconds]
    return {"title": f"{seconds} s at twice the own capacity", "base_rows_per_copy": None,
            "agents": args.agents, "records_per_batch": args.records, "window": 16,
            "capacity_rows_per_s": own, "offered_rows_per_s": rate,
            "goodput_ratio": ratios(runs["overload"], runs["capacity"], "rows_per_s"),
            "goodput_rows_per_s": spread([r["rows_per_s"] for r in runs["overload"]]),
            "long_rows_per_s": over["rows_per_s"], "long_ratio": over["rows_per_s"] / own_long["rows_per_s"],
            "rss_kib": rss, "rss_at_start_kib": over["meanwhile"][0][1],
            "rss_spread_pct": 100 * (rss["max"] - rss["min"]) / rss["median"],
            "rss_drift_pct": 100 * (statistics.median(last) / statistics.median(half) - 1),
            "honest_rows": over["honest_rows"], "honest_p50_us": over["honest_p50_us"],
            "honest_p99_us": over["honest_p99_us"], "honest_max_us": over["honest_max_us"],
            "bulk_p50_us": over["p50_us"], "bulk_p99_us": over["p99_us"],
            "nacks": over["nacks"], "resent": over["resent"], "reconnects": over["reconnects"],
            "cpu_us_per_row": over["cpu_us_per_row"], "rss_samples": over["meanwhile"]}


# In this order: the slow disk stays slow.
QUESTIONS = {"a": question_a, "f": question_f, "b": question_b, "c": question_c, "e": question_e, "d": question_d}


def line_of(part, unit, digits=0):
    low, middle, high = (f"{part[n]:,.{digits}f}" for n in ("min", "median", "max"))
    return f"{middle} {unit} [{low}-{high}]"


def print_cpu(name, cpu):
    values = (f"{k} {(v['median'] if isinstance(v, dict) else v):.2f}" for k, v in cpu.items())
    print(f"  CPU us/row, {name}: " + ", ".join(values))


def print_overload(answer):
    def milliseconds(name):
        return f"{answer[name + '_us'] / 1000:,.1f} ms"

    print(f"  capacity {line_of(answer['capacity_rows_per_s'], 'rows/s')}, "
          f"offered {answer['offered_rows_per_s']:,}, goodput {line_of(answer['goodput_rows_per_s'], 'rows/s')}, "
          f"ratio {line_of(answer['goodput_ratio'], '', 2)}; over the whole time {answer['long_rows_per_s']:,.0f} rows/s, "
          f"ratio {answer['long_ratio']:.2f}")
    print(f"  RSS after the first quarter {line_of(answer['rss_kib'], 'KiB')}, "
          f"spread {answer['rss_spread_pct']:.1f} %, drift from the second to the last quarter "
          f"{answer['rss_drift_pct']:+.1f} %, at the start {answer['rss_at_start_kib']:,} KiB")
    print(f"  small agent: {answer['honest_rows']} records, p50 {milliseconds('honest_p50')}, "
          f"p99 {milliseconds('honest_p99')}, worst {milliseconds('honest_max')}; "
          f"bulk p50 {milliseconds('bulk_p50')}, p99 {milliseconds('bulk_p99')}")
    print(f"  refusals {answer['nacks']}, sent again {answer['resent']}, "
          f"reconnects {answer['reconnects']}")
    print_cpu("overload", answer["cpu_us_per_row"])


def print_answer(letter, answer):
    print(f"({letter}) {answer['title']}")
    if "skipped" in answer:
        print(f"  skipped: {answer['skipped']}")
        return
    if "goodput_ratio" in answer:
        print_overload(answer)
        return
    if answer["base_rows_per_copy"]:
        print(f"  {answer['rows']:,} rows; base: {answer['base_rows_per_copy']:,} rows per COPY"
              f" x {answer['base_connections']}")
    names = ("base", "rows_only", "subject")
    for name in (n for n in names if n in answer):
        part = answer[name]
        for figure, unit in (("rows_per_s", "rows/s"), ("p50_us", "us p50"), ("p99_us", "us p99")):
            if figure in part:
                print(f"  {name}: {line_of(part[figure], unit)}")
    for ratio in ("ratio", "ratio_p99", "ratio_to_rows_only"):
        if ratio in answer:
            print(f"  {ratio}: {line_of(answer[ratio], '', 2)}")
    for name in (n for n in names if n in answer):
        print_cpu(name, answer[name]["cpu_us_per_row"])


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--questions", default="abcdef", help="letters of those to ask")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--agents", type=int, default=200)
    parser.add_argument("--records", type=int, default=200, help="in a batch")
    parser.add_argument("--rows", type=int, default=400000, help="of a round")
    parser.add_argument("--events", type=int, default=2000, help="single ones of a round")
    parser.add_argument("--overload-seconds", type=int, default=20)
    parser.add_argument("--honest-ms", type=int, default=100,
                        help="between the records of the small agent")
    parser.add_argument("--collector", type=Path, help="another build of the collector")
    parser.add_argument("--conf", action="append", default=[],
                        help="a line for the collector's configuration, such as 'store { ... }'")
    parser.add_argument("--json", type=Path, help="file for all figures")
    parser.add_argument("--quick", action="store_true",
                        help="small counts: correctness, no figures")
    args = parser.parse_args()
    if args.quick:
        args.rounds, args.agents, args.records, args.rows = 2, 8, 50, 4000
        args.events, args.overload_seconds = 40, 4
    return args


def main():
    args = options()
    if args.collector:
        pgcluster.COLLECTOR = args.collector
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the cluster is taken away
    bench = Bench(args)
    answers = {}
    try:
        for letter in (q for q in QUESTIONS if q in args.questions):
            print(f"question {letter}", flush=True)
            answers[letter] = QUESTIONS[letter](bench)
    except BaseException:
        log = bench.centre.home / "collector.log"
        print(log.read_text(errors="replace")[-3000:] if log.exists() else "", file=sys.stderr)
        raise
    finally:
        bench.close()
    for letter in sorted(answers):
        print_answer(letter, answers[letter])
    if args.json:
        version = subprocess.run([pgcluster.PG_BIN / "postgres", "--version"], text=True,
                                 capture_output=True, check=True).stdout.strip()
        words = {k: v for k, v in vars(args).items() if k not in ("json", "collector")}
        report = {"options": words, "postgres": version, "settings": SETTINGS,
                  "processors": os.cpu_count(), "questions": answers}
        args.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
