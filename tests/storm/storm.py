#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A fleet comes back at once after the collector was killed: what each agent costs, and how long it takes. The agents are those of
2,845 county offices (an invented pack), round and round; keys, sockets, CURVE, sessions, and records are real.

    storm.py                    2,000 agents, once
    storm.py --agents 10000 --rounds 3
    storm.py --most-kib 45 --most-handshake-us 700    fails when an agent costs the collector more
"""
import json
import math
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests/bench")]
import countrypack  # noqa: E402
from question import parser_of, save, spread  # noqa: E402
from pgcluster import BUILD, Centre, Cluster, wait_for  # noqa: E402
from zmq.utils import z85  # noqa: E402

PER_PROCESS = 5000  # two descriptors for each agent
STORM = BUILD / "tests/storm/storm"


def cpu_us(pid):
    """Of a process and of those of its children that ended."""
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(") ", 1)[1].split()
    return sum(map(int, stat[11:15])) * 1_000_000 / os.sysconf("SC_CLK_TCK")


def memory_kib(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(encoding="ascii")).group(1))


class Storm:
    """A centre and a fleet whose keys it knows."""

    def __init__(self, agents):
        self.agents, self.fleet = agents, []
        self.cluster = Cluster()
        self.cluster.create()
        pack = countrypack.make(self.cluster.home / "country")
        self.offices = countrypack.counties_of(pack)
        self.centre = Centre(self.cluster, pack=pack)
        self.log = self.centre.home / "collector.log"

    def close(self):
        for part in self.fleet:
            part.kill()
            part.wait()
        self.centre.stop()
        self.cluster.remove()

    def start_collector(self, times):
        self.centre.start_collector()
        wait_for(lambda: self.log.read_text().count("collector.ready") == times, 30, "collector")

    def make_keys(self):
        """Straight into the table: a command for each would take minutes."""
        for at in range(0, self.agents, PER_PROCESS):
            file = self.centre.home / f"storm-{at}.keys"
            subprocess.run([STORM, "keys", str(min(PER_PROCESS, self.agents - at)), file], check=True)
            values = []
            for i, line in enumerate(file.read_text().splitlines(), at):
                values.append(f"('\\x{z85.decode(line.split()[0].encode()).hex()}', '{self.offices[i % len(self.offices)]}', 'storm')")
            self.cluster.psql("INSERT INTO zhibao.agent_key (public_key, office_code, label) VALUES " + ",".join(values))

    def start(self):
        self.make_keys()
        self.start_collector(1)
        server = re.search(r"public (\S+)", (self.centre.etc / "collector.pub").read_text()).group(1)
        for file in sorted(self.centre.home.glob("storm-*.keys")):
            self.fleet.append(subprocess.Popen([STORM, "run", file, self.centre.endpoint, server], stdin=subprocess.PIPE,
                                               stdout=subprocess.PIPE, text=True))

    def collector(self):
        return self.centre.processes["collector"].pid

    def cpu(self):
        postmaster = (self.cluster.pg / "data/postmaster.pid").read_text().split("\n", 1)[0]
        server = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        return {"agents": sum(cpu_us(part.pid) for part in self.fleet), "collector": cpu_us(self.collector()),
                "database": sum(map(cpu_us, [postmaster, *server]))}

    def phase(self, name):
        """What everybody did at once, and what each cost."""
        before, rss = self.cpu(), memory_kib(self.collector())
        for part in self.fleet:
            part.stdin.write(name + "\n")
            part.stdin.flush()
        answers = [json.loads(part.stdout.readline()) for part in self.fleet]
        answer = {"phase": name, "half_ms": max(a["half_ms"] for a in answers), "all_ms": max(a["all_ms"] for a in answers),
                  **{n: sum(a[n] for a in answers) for n in ("peers", "back", "attempts")}}
        assert answer["back"] == answer["peers"] == self.agents, answer
        answer["cpu_us"] = {k: (v - before[k]) / self.agents for k, v in self.cpu().items()}
        answer["kib"] = (memory_kib(self.collector()) - rss) / self.agents
        print(json.dumps(answer), flush=True)
        return answer

    def end(self, records):
        for part in self.fleet:
            part.stdin.close()
            assert part.wait(60) == 0
        assert self.cluster.psql("SELECT count(*), count(DISTINCT office_code) FROM zhibao.lecture_event") == \
            f"{records * self.agents}|{min(self.agents, len(self.offices))}"


def measure(agents, rounds):
    storm = Storm(agents)
    try:
        storm.start()
        handshake, first = storm.phase("handshake"), storm.phase("open")
        storms = []
        for at in range(rounds):
            storm.centre.kill("collector", signal.SIGKILL)
            storm.start_collector(at + 2)
            storms.append(storm.phase("storm"))
        storm.end(1 + rounds)
        return {"peers": agents, "offices": min(agents, len(storm.offices)), "handshake_kib": handshake["kib"],
                "session_kib": handshake["kib"] + first["kib"], "handshake_cpu_us": handshake["cpu_us"], "session_cpu_us": first["cpu_us"],
                **{name: spread([s[name] for s in storms]) for name in ("all_ms", "half_ms", "attempts")},
                "cpu_us": {part: spread([s["cpu_us"][part] for s in storms]) for part in storms[0]["cpu_us"]}}
    finally:
        storm.close()


def main():
    parser = parser_of(__doc__, agents=2000, rounds=1)
    parser.add_argument("--most-kib", type=float, default=math.inf, help="memory of the collector for each agent with a session")
    parser.add_argument("--most-handshake-us", type=float, default=math.inf, help="processor time of the collector for each handshake")
    args = parser.parse_args()
    answer = measure(args.agents, args.rounds)
    handshake_us = answer["handshake_cpu_us"]["collector"]
    print(f"{args.agents:,} agents of {answer['offices']:,} offices back in {answer['all_ms']['median'] / 1000:.1f} s, half in "
          f"{answer['half_ms']['median'] / 1000:.1f} s; {answer['session_kib']:.1f} KiB each, a handshake {handshake_us:.0f} µs of the collector")
    save(args, answer, settings={})
    assert answer["session_kib"] <= args.most_kib, f"{answer['session_kib']:.1f} KiB for each agent, {args.most_kib} at most"
    assert handshake_us <= args.most_handshake_us, f"{handshake_us:.0f} µs for each handshake, {args.most_handshake_us} at most"


if __name__ == "__main__":
    main()
