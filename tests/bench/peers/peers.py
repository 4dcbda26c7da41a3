#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What could be picked instead: rsyslog into the same table on the same cluster, beside zhibao and bare COPY, in one run.

The rows are the same: they are made by the bare base, read back as lines and sent to a private rsyslogd. A figure is rows a
second from the first byte sent until the last row is visible; what was sent must be in the table. Order alternates.

    peers.py                       three rounds
    peers.py --quick               small counts, to see that everything works
"""
import json
import shutil
import signal
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path

import psycopg2

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench import Bench, stat_of  # noqa: E402
from question import alternate, ask, line_of, options, parser_of, print_cpu, ratios, same_bytes, summary  # noqa: E402
from pgcluster import BUILD, free_port, wait_for  # noqa: E402

SENDER = BUILD / "tests/bench/peers/zhibao-bench-peer"
MEMORY = 'queue.type="LinkedList" queue.size="1000000" queue.workerThreads="4" queue.workerThreadMinimumMessages="1000" queue.dequeueBatchSize="1000"'
DISK = ('queue.type="Disk" queue.filename="peer" queue.maxDiskSpace="1g" queue.checkpointInterval="1" queue.syncQueueFiles="on" '
        'queue.dequeueBatchSize="1000"')
RELP_WINDOW = 128
# name: words, input, queue, share of the rows, may it lose what it took
PEERS = {
    "memory": ("rsyslog imtcp, 4 workers, batch 1,000, memory queue", "imtcp", MEMORY, 0.15, True),
    "relp_direct": ("rsyslog imrelp, Direct queue", "imrelp", 'queue.type="Direct"', 0.012, False),
    "relp_disk": ("rsyslog imrelp, pure disk queue, synced", "imrelp", DISK, 0.007, False),
}
GOALS = {"memory": 9, "relp_direct": 200, "relp_disk": 200}


class PeerBench(Bench):
    """The bench of the ingest, and lines of the same rows for a peer."""

    def __init__(self, agents, conf):
        super().__init__(agents, conf)
        self.lines, self.columns = self.home() / "peer.lines", []

    def home(self):
        return self.centre.home

    def make_lines(self, args):
        """Rows of the base as text, the columns that are filled, behind a field that takes what a parser may put in front."""
        rows = max(int(args.rows * share) for _, _, _, share, _ in PEERS.values()) + 1
        self.base(rows, min(rows, 10000), 1, args.agents, args.records)
        table = "zhibao.lecture_event"
        filled = self.cluster.psql(f"SELECT key FROM (SELECT to_jsonb(e) AS row FROM {table} e LIMIT 1) r, jsonb_each(r.row) f "
                                   "WHERE f.value <> 'null'::jsonb").split("\n")
        self.columns = sorted(filled)
        text = self.cluster.psql(f"COPY (SELECT '-', {', '.join(self.columns)} FROM {table} LIMIT {rows}) TO STDOUT (DELIMITER '|')")
        assert all(line.count("|") == len(self.columns) and "\\" not in line for line in text.split("\n")[:100])
        self.lines.write_text(text + "\n", encoding="utf-8")

    def configure(self, kind, queue, port, work):
        values = ", ".join(f"'%msg:F,124:{n + 2}%'" for n in range(len(self.columns)))
        where = f"postgresql://collector@/zhibao?host={self.cluster.pg}&port=5432"
        conf = self.home() / "rsyslog.conf"
        conf.write_text(
            f'global(workDirectory="{work}" maxMessageSize="8k")\nmodule(load="{kind}")\nmodule(load="ompgsql")\n'
            'template(name="insert" type="string" option.stdsql="on" '
            f'string="INSERT INTO zhibao.lecture_event ({", ".join(self.columns)}) VALUES ({values})")\n'
            f'ruleset(name="store" {queue}) {{ action(type="ompgsql" template="insert" conninfo="{where}") }}\n'
            f'input(type="{kind}" port="{port}" address="127.0.0.1" ruleset="store")\n', encoding="utf-8")
        trial = subprocess.run(["rsyslogd", "-N1", "-f", conf], check=False, capture_output=True, text=True)
        assert trial.returncode == 0, trial.stderr
        return conf

    def peer(self, name, rows_of_all):
        """One run of a private rsyslogd."""
        _, kind, queue, share, _ = PEERS[name]
        rows, port, work = max(20, int(rows_of_all * share)), free_port(), self.home() / "rsyslog"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        conf = self.configure(kind, queue, port, work)
        self.clean()
        log = self.home() / "rsyslog.log"
        with open(log, "wb") as out, subprocess.Popen(["rsyslogd", "-n", "-f", conf, "-i", work / "pid"], stdout=out, stderr=out) as daemon:
            try:
                wait_for(lambda: self.listens(port), 30, "rsyslogd")
                result = self.drive(daemon.pid, port, rows, ["--relp", RELP_WINDOW] if kind == "imrelp" else [])
            except Exception:
                print(log.read_text(errors="replace")[-2000:], file=sys.stderr)
                raise
            finally:
                daemon.send_signal(signal.SIGTERM)
                daemon.wait(60)
        self.check_same(rows)
        return result

    @staticmethod
    def listens(port):
        wanted = f":{port:04X} "
        return any(wanted in line and line.split()[3] == "0A" for line in Path("/proc/net/tcp").read_text(encoding="ascii").split("\n")[1:-1])

    def drive(self, pid, port, rows, more):
        command = [SENDER, "--port", port, "--file", self.lines, "--rows", rows, *more]
        with psycopg2.connect(self.cluster.conninfo("postgres")) as watch, \
                subprocess.Popen([str(c) for c in command], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as sender:
            watch.autocommit = True
            cursor = watch.cursor()

            def are_there(at):
                """A look-up until the last row of the file is there, then a count: counting all the time would cost the peer."""
                cursor.execute("SELECT EXISTS (SELECT FROM zhibao.lecture_event WHERE office_code = %s AND item_id = %s)", at)
                if not cursor.fetchone()[0]:
                    return False
                cursor.execute("SELECT count(*) FROM zhibao.lecture_event")
                return cursor.fetchone()[0] == rows

            assert sender.stdout.readline() == "ready\n", "the sender did not get ready"
            last, before, began = self.key_of(rows), self.parts(pid), time.monotonic()
            sender.stdin.write("go\n")
            sender.stdin.flush()
            while not are_there(last):
                if time.monotonic() - began > 300:
                    raise TimeoutError(f"not all of {rows} rows came")
                time.sleep(0.02)
            seconds, after = time.monotonic() - began, self.parts(pid)
            own = json.loads(sender.stdout.readline())["own_cpu_us"]
            sender.stdin.close()
            assert sender.wait(60) == 0
        used = {"client": own, **{k: after[k] - before.get(k, 0) for k in after}}
        return {"rows": rows, "seconds": seconds, "rows_per_s": rows / seconds, "bytes_per_row": {},
                "cpu_us_per_row": {k: v / rows for k, v in sorted(used.items())}}

    def key_of(self, rows):
        """Office and item of the last of so many rows."""
        with open(self.lines, encoding="utf-8") as file:
            fields = next(islice(file, rows - 1, None)).split("|")
        return fields[1 + self.columns.index("office_code")], fields[1 + self.columns.index("item_id")]

    def parts(self, pid):
        """CPU microseconds: of the server's backends, and of rsyslogd in the place of our collector."""
        found = {"backends": 0, "collector": stat_of(pid)[1]}
        for (kind, _), value in self.cpu().items():
            if kind == "backends":
                found[kind] += value
        return found

    def check_same(self, rows):
        """Each line is one row, and says the same."""
        text = self.cluster.psql(f"COPY (SELECT '-', {', '.join(self.columns)} FROM zhibao.lecture_event) TO STDOUT (DELIMITER '|')")
        with open(self.lines, encoding="utf-8") as file:
            sent = [line.rstrip("\n") for _, line in zip(range(rows), file)]
        assert sorted(text.split("\n")) == sorted(sent), "the table holds something else than what was sent"


def measure(bench, args):
    """Every round: base, zhibao and each peer, in turns."""
    batches = max(1, args.rows // (args.agents * args.records))
    rows = args.agents * args.records * batches
    bench.make_lines(args)
    runners = {"base": lambda: bench.base(rows, min(10000, rows // 2), 2, args.agents, args.records),
               "zhibao": lambda: bench.subject(args.agents, args.records, 4, "--batches", batches),
               **{name: lambda n=name: bench.peer(n, args.rows) for name in PEERS}}
    bench.subject(args.agents, args.records, 4, "--batches", 1)  # warm
    runs = alternate(args.rounds, runners)
    same_bytes(runs["base"][-1], runs["zhibao"][-1])
    answer = {"rows": rows, "agents": args.agents, "base_rows_per_copy": min(10000, rows // 2), "base_connections": 2,
              "ratio": ratios(runs["zhibao"], runs["base"], "rows_per_s"),
              "base": summary(runs["base"], "rows_per_s"), "zhibao": summary(runs["zhibao"], "rows_per_s"), "peers": {}}
    for name, (words, _, _, _, may_lose) in PEERS.items():
        cpu = [{"cpu": sum(v for k, v in r["cpu_us_per_row"].items() if k != "postgres_other")} for r in runs[name]]
        own = [{"cpu": sum(v for k, v in r["cpu_us_per_row"].items() if k != "postgres_other")} for r in runs["zhibao"]]
        answer["peers"][name] = {"title": words, "may_lose": may_lose, "rows": runs[name][-1]["rows"], "goal": GOALS[name],
                                 **summary(runs[name], "rows_per_s"),
                                 "to_base": ratios(runs[name], runs["base"], "rows_per_s"),
                                 "zhibao_to_peer": ratios(runs["zhibao"], runs[name], "rows_per_s"),
                                 "cpu_peer_to_zhibao": ratios(cpu, own, "cpu")}
    return answer


def print_answer(answer):
    print(f"{answer['rows']:,} rows, {answer['agents']} agents; base: bare COPY {answer['base_rows_per_copy']:,} x {answer['base_connections']}, raw bytes kept")
    for name in ("base", "zhibao"):
        print(f"  {name}: {line_of(answer[name]['rows_per_s'], 'rows/s')}")
        print_cpu(name, answer[name]["cpu_us_per_row"])
    print(f"  zhibao / base: {line_of(answer['ratio'], '', 2)}")
    for peer in answer["peers"].values():
        print(f"{peer['title']}{' (may lose what it took)' if peer['may_lose'] else ''}, {peer['rows']:,} rows")
        print(f"  {line_of(peer['rows_per_s'], 'rows/s')}")
        print(f"  peer / base: {line_of(peer['to_base'], '', 4)}")
        print(f"  zhibao / peer: {line_of(peer['zhibao_to_peer'], '', 1)}, goal at least {peer['goal']}")
        print(f"  CPU of a row, peer / zhibao: {line_of(peer['cpu_peer_to_zhibao'], '', 1)}")
        print_cpu("peer", peer["cpu_us_per_row"])


def main():
    args = options(parser_of(__doc__, rounds=3, agents=200, records=350, rows=700000))
    if not shutil.which("rsyslogd", path="/usr/sbin:/sbin:/usr/bin"):
        print("skipped: rsyslogd is not installed; tests/bench/run.sh brings it")
        return 77
    ask(measure, args, show=print_answer, bench_type=PeerBench)
    return 0


if __name__ == "__main__":
    sys.exit(main())
