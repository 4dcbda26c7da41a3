#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The agent with a large ledger: a real zhibao-agent over a ledger of a million items, a tenth of them not yet sent.

What it takes to open it, to answer the clerk's commands, and to send what waits: to a peer that only checks, acknowledges and
signs (the agent's own ceiling) and to the real collector over PostgreSQL (end to end). Memory is the high-water mark of the
kernel (VmHWM), begun anew before each phase.

    ledger.py                              1,000,000 items, 100,000 of them waiting, five rounds
    ledger.py --items 100000 --backlog 50000 --rounds 1
    ledger.py --agent FILE                 another build of the agent
    ledger.py --no-centre                  without PostgreSQL: the agent's own figures only
    ledger.py --quick                      small: correctness, no figures
"""
import argparse
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[1])]
import pgcluster  # noqa: E402
from bench import Bench, stat_of  # noqa: E402
from question import save, spread  # noqa: E402
from pgcluster import BUILD, COLLECTOR, PACK, Agent, Centre, free_port, wait_for  # noqa: E402

HERE = BUILD / "tests/bench/ledger"
MAKE, ACKS = HERE / "zhibao-bench-ledger", HERE / "zhibao-bench-acks"
OFFICE, MIB = "420102", 1024
COMMANDS = {
    "status": ["status"], "list": ["list"], "list of a kind": ["list", "--kind", "lecture_event"],
    "list of a kind not there": ["list", "--kind", "plan_item"],
    "record": ["record", "lecture_event", "--theme", "社保", "--category", "village", "--occurred_on", "2024-05-06", "--place", "村",
               "--mode", "offline", "--status", "held"]}


class Peer(Centre):
    """Where the agent looks for its centre: nothing, or zhibao-bench-acks."""

    def __init__(self):  # pylint: disable=super-init-not-called
        self.home = Path(tempfile.mkdtemp(prefix="zhibao-ledger-"))
        self.etc, self.processes = self.home / "etc", {}
        self.endpoint = f"tcp://127.0.0.1:{free_port()}"
        self.etc.mkdir()
        self.run(COLLECTOR, "keygen", self.etc)

    def take(self, agent, made, hold_ms):
        """The peer's own figures of taking what waits."""
        words = [ACKS, "--endpoint", self.endpoint, "--keys", self.etc, "--agent-key", public_key(agent), "--office", OFFICE,
                 "--acked-seq", made["acked_seq"], "--chain", made["chain"], "--last-seq", last_seq(agent)]
        if hold_ms:
            words += ["--hold-ms", hold_ms]
        with subprocess.Popen([str(w) for w in words], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as peer:
            assert peer.stdout.readline() == "ready\n"
            line = peer.stdout.readline()
            assert line, (self.home / f"{agent.name}.log").read_text()[-2000:]
            wait_for(lambda: status(agent)["pending"] == 0, 30, "the last acknowledgement")
            peer.stdin.close()
        return json.loads(line)


def public_key(agent):
    return re.search(r"public (\S+)", (agent.home / "agent.pub").read_text(encoding="ascii")).group(1)


def ask(agent, request):
    """One request to the daemon, without the process of a command."""
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(agent.home / "s"))
        line.sendall(json.dumps(request).encode() + b"\n")
        with line.makefile("rb") as answer:
            return json.loads(answer.readline())


def status(agent):
    return ask(agent, {"op": "status"})


def last_seq(agent):
    return status(agent)["last_seq"]


def memory_kib(pid, name="VmHWM"):
    return int(re.search(rf"{name}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(encoding="ascii")).group(1))


def forget_peak(pid):
    Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")


def forget_cache(path):
    """The pages of a file out of the page cache, so that the next reader needs the disk."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def cpu_us(pid):
    return stat_of(pid)[1]


class LedgerBench:
    def __init__(self, args):
        self.args, self.found = args, {"items": args.items, "backlog": args.backlog}
        self.peer = Peer()
        self.ledger = self.peer.home / "ledger.sqlite"
        town = re.search(rf"^\w+,(\w+),{OFFICE},", (PACK / "townships.csv").read_text("utf-8-sig"), re.M).group(1)
        out = subprocess.run([MAKE, self.ledger, "--office", OFFICE, "--township", town, "--items", str(args.items), "--acked",
                              str(args.items - args.backlog)], text=True, check=True, capture_output=True).stdout
        self.made = json.loads(out)
        self.found["bytes_per_item"] = self.ledger.stat().st_size / args.items
        self.found["append_us_per_item"] = self.made["seconds"] * 1e6 / args.items

    def close(self):
        shutil.rmtree(self.peer.home)

    def agent(self, centre):
        """A new agent over its own copy of the ledger."""
        shutil.rmtree(centre.home / f"agent-{OFFICE}", ignore_errors=True)
        agent = Agent(centre, OFFICE)
        shutil.copyfile(self.ledger, agent.home / "outbox.sqlite")
        return agent

    @staticmethod
    def start(agent):
        """Starts the daemon; milliseconds until it says that it is ready, and its number."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.bind(str(agent.home / "notify"))
            notify.settimeout(120)
            os.environ["NOTIFY_SOCKET"] = str(agent.home / "notify")
            began = time.monotonic()
            try:
                agent.centre.start(agent.name, pgcluster.AGENT, "--config", agent.conf, "run")
                while not notify.recv(4096).startswith(b"READY=1"):
                    pass
            finally:
                del os.environ["NOTIFY_SOCKET"]
        (agent.home / "notify").unlink()
        return (time.monotonic() - began) * 1000, agent.centre.processes[agent.name].pid

    def standing(self):
        """Opening, idle and the commands, with nobody to send to."""
        agent, opened, times = self.agent(self.peer), {}, {}
        for name in ("cold", "warm"):
            if name == "cold":
                forget_cache(agent.home / "outbox.sqlite")
            millis, pid = self.start(agent)
            opened[name] = {"ms": millis, "peak_kib": memory_kib(pid)}
            if name == "cold":
                agent.kill()
        forget_peak(pid)
        time.sleep(2)  # a few attempts to connect and ticks: that is what idle means here
        self.found["idle"] = {"peak_kib": memory_kib(pid)}
        assert status(agent)["records"] == self.args.items
        for name, words in COMMANDS.items():
            taken = []
            for _ in range(self.args.repeats):
                began = time.monotonic()
                run = agent.command(*words)
                taken.append((time.monotonic() - began) * 1000)
                assert run.returncode == 0, run.stderr
            times[name] = statistics.median(taken)
        listed = json.loads(agent.command("list", "--limit", "2500", "--json").stdout)["records"]
        newest = self.args.items + self.args.repeats
        assert [r["seq"] for r in listed] == list(range(newest, newest - 2500, -1)), "a list of several pages"
        baseline = []
        for _ in range(self.args.repeats):
            began = time.monotonic()
            agent.command("check-config")
            baseline.append((time.monotonic() - began) * 1000)
        self.found.update(opening=opened, commands_ms=times, command_without_daemon_ms=statistics.median(baseline),
                          asked={"peak_kib": memory_kib(pid)})
        assert status(agent)["pending"] == self.args.backlog + self.args.repeats
        agent.kill()

    def drain(self, hold_ms):
        """One drain against the peer: the agent's own ceiling."""
        agent = self.agent(self.peer)
        pid = self.start(agent)[1]
        forget_peak(pid)
        before = cpu_us(pid)
        taken = self.peer.take(agent, self.made, hold_ms)
        result = {"items_per_s": taken["records_per_s"], "agent_cpu_us": (cpu_us(pid) - before) / taken["records"],
                  "peer_cpu_us": taken["own_cpu_us"] / taken["records"], "peak_kib": memory_kib(pid), "batches": taken["batches"],
                  "acks": taken["acks"]}
        assert taken["records"] == self.args.backlog, taken
        agent.kill()
        with sqlite3.connect(agent.home / "outbox.sqlite") as file:
            assert file.execute("PRAGMA quick_check").fetchone() == ("ok",)
            assert file.execute("SELECT acked_seq FROM meta").fetchone() == (self.args.items,)
            covered = file.execute("SELECT sum(acked_seq - first_seq + 1) FROM receipt WHERE first_seq > 1").fetchone()
            assert covered == (self.args.backlog,), "each record has its receipt"
        return result

    def end_to_end(self, bench):
        """One drain into the real collector and PostgreSQL, which hold the items before the backlog already, from the agent's start
        until it knows that nothing waits; beside it a bare COPY of as many rows and bytes on the same cluster."""
        copied = bench.base(self.args.backlog, min(2000, self.args.backlog // 2), 1, 1, 250)["rows_per_s"]
        bench.clean()
        agent = self.agent(bench.centre)
        key = bench.centre.collector_command("enrol", "--office", OFFICE, "--public-key", agent.home / "agent.pub")
        assert key.returncode == 0, key.stderr
        bench.cluster.psql(
            "INSERT INTO zhibao.stream (office_code, outbox_uuid, key_id, session_gen, acked_seq, chain)"
            f" SELECT '{OFFICE}', '\\x{self.made['uuid']}', max(key_id), 0, {self.made['acked_seq']}, '\\x{self.made['chain']}'"
            f" FROM zhibao.agent_key WHERE office_code = '{OFFICE}'")
        time.sleep(1.5)  # until the collector has read the new key
        pid, before = self.start(agent)[1], bench.cpu()
        forget_peak(pid)
        used, began = cpu_us(pid), time.monotonic()
        wait_for(lambda: status(agent)["pending"] == 0, 300, "the backlog")
        seconds = time.monotonic() - began
        stored = bench.cluster.psql("SELECT (SELECT count(*) FROM zhibao.lecture_event), (SELECT count(*) FROM zhibao.quarantine)")
        assert stored == f"{self.args.backlog}|0", stored
        spent, after = {}, bench.cpu()
        for key, value in after.items():
            spent[key[0]] = spent.get(key[0], 0) + (value - before.get(key, 0)) / self.args.backlog
        result = {"items_per_s": self.args.backlog / seconds, "agent_cpu_us": (cpu_us(pid) - used) / self.args.backlog, "peak_kib": memory_kib(pid), "cpu_us_per_item": spent, "copy_rows_per_s": copied}
        result["ratio"] = result["items_per_s"] / copied
        agent.kill()
        return result


def summary(runs):
    return {k: spread([r[k] for r in runs]) for k in runs[0] if not isinstance(runs[0][k], dict)}


def print_found(found):
    def mib(part):
        value = part["peak_kib"]
        return f"{(value['max'] if isinstance(value, dict) else value) / MIB:.1f} MiB"

    print(f"a ledger of {found['items']:,} items, {found['backlog']:,} of them waiting: {found['bytes_per_item']:.0f} bytes an item on disk, "
          f"{found['append_us_per_item']:.1f} us to append one of 4,000")
    for name, part in found["opening"].items():
        print(f"  open, {name}: {part['ms']:.0f} ms, peak {mib(part)}")
    print(f"  idle: peak {mib(found['idle'])}; after the commands: peak {mib(found['asked'])}")
    for name, millis in found["commands_ms"].items():
        print(f"  {name}: {millis:.1f} ms (a command that asks nobody: {found['command_without_daemon_ms']:.1f} ms)")
    for name in (n for n in found if n.startswith("drain")):
        part = found[name]
        rate = part["items_per_s"]
        print(f"  {name.replace('_', ' ')}: {rate['median']:,.0f} items/s [{rate['min']:,.0f}-{rate['max']:,.0f}], peak {mib(part)}, "
              f"agent {part['agent_cpu_us']['median']:.2f} us of CPU an item"
              + (f"; bare COPY {part['copy_rows_per_s']['median']:,.0f} rows/s, ratio {part['ratio']['median']:.2f}" if "ratio" in part else ""))


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--items", type=int, default=1000000)
    parser.add_argument("--backlog", type=int, default=100000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=9, help="of each command")
    parser.add_argument("--hold-ms", type=int, default=8, help="of the peer whose store is slow")
    parser.add_argument("--agent", type=Path, help="another build of the agent")
    parser.add_argument("--no-centre", action="store_true")
    parser.add_argument("--json", type=Path, help="file for all figures")
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    if args.quick:
        args.items, args.backlog, args.rounds, args.repeats = 6000, 3000, 1, 2
    return args


def main():
    args = options()
    if args.agent:
        pgcluster.AGENT = args.agent
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    bench = LedgerBench(args)
    found = bench.found
    try:
        bench.standing()
        found["drain"] = summary([bench.drain(0) for _ in range(args.rounds)])
        found["drain_slow_store"] = summary([bench.drain(args.hold_ms) for _ in range(args.rounds)])
        if not args.no_centre:
            centre = Bench(1)
            try:
                bench.end_to_end(centre)  # warm: a new cluster makes its files of WAL first
                runs = [bench.end_to_end(centre) for _ in range(args.rounds)]
            finally:
                centre.close()
            found["drain_end_to_end"] = summary(runs)
            found["drain_end_to_end"]["cpu_us_per_item"] = runs[-1]["cpu_us_per_item"]
    finally:
        bench.peer.stop()
        bench.close()
    print_found(found)
    save(args, found)


if __name__ == "__main__":
    main()
