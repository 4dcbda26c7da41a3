# SPDX-License-Identifier: Apache-2.0
"""A fleet comes back at once after the collector was killed. Prints time, memory per peer and the cost of a handshake.
The long form: ZHIBAO_STORM_PEERS=10000."""
import json
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest
from zmq.utils import z85

from pgcluster import BUILD, PACK, Centre, Cluster, wait_for

PEERS = int(os.environ.get("ZHIBAO_STORM_PEERS", "2000"))
PER_PROCESS = 5000  # two descriptors for each peer
STORM = BUILD / "tests/storm/storm"


@pytest.fixture(scope="module")
def centre():
    cluster = Cluster()
    cluster.create()
    centre = Centre(cluster)
    yield centre
    centre.stop()
    cluster.remove()


def enrol_fleet(centre, file):
    """Keys straight into the table, round the offices of the pack: a command for each would take minutes."""
    offices = re.findall(r"^(\d{6}),", (PACK / "offices.csv").read_text(encoding="utf-8-sig"), re.M)
    values = []
    for i, line in enumerate(file.read_text().splitlines()):
        values.append(f"('\\x{z85.decode(line.split()[0].encode()).hex()}', '{offices[i % len(offices)]}', 'storm')")
    centre.cluster.psql("INSERT INTO zhibao.agent_key (public_key, office_code, label) VALUES " + ",".join(values))


def cpu_seconds(pid):
    """Of a process and of those of its children that ended."""
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(") ", 1)[1].split()
    return sum(map(int, stat[11:15])) / os.sysconf("SC_CLK_TCK")


def memory_kib(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(encoding="ascii")).group(1))


class Meter:
    """Where the processor's time of a phase went: the fleet itself, the collector, the database."""

    def __init__(self, centre, fleet):
        self.centre, self.fleet = centre, fleet
        self.before, self.rss = self._seconds(), self._rss()

    def _rss(self):
        return memory_kib(self.centre.processes["collector"].pid)

    def _seconds(self):
        postmaster = (self.centre.cluster.pg / "data/postmaster.pid").read_text().split("\n", 1)[0]
        server = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        return {"agents": sum(cpu_seconds(part.pid) for part in self.fleet),
                "collector": cpu_seconds(self.centre.processes["collector"].pid),
                "database": sum(map(cpu_seconds, [postmaster, *server]))}

    def text(self):
        """Microseconds of a peer, and KiB of the collector for it."""
        parts = {name: (seconds - self.before[name]) / PEERS * 1e6 for name, seconds in self._seconds().items()}
        whole = ", ".join(f"{name} {us:.0f}" for name, us in parts.items())
        return f"{sum(parts.values()):.0f} us of CPU a peer ({whole}), {(self._rss() - self.rss) / PEERS:.1f} KiB"


def test_storm(centre):
    files = [centre.home / f"storm-{at}.keys" for at in range(0, PEERS, PER_PROCESS)]
    for file in files:
        subprocess.run([STORM, "keys", str(min(PER_PROCESS, PEERS)), file], check=True)
        enrol_fleet(centre, file)
    centre.start_collector()
    log = centre.home / "collector.log"
    wait_for(lambda: "collector.ready" in log.read_text(), 30, "collector")
    server = re.search(r"public (\S+)", (centre.etc / "collector.pub").read_text()).group(1)
    fleet = [subprocess.Popen([STORM, "run", file, centre.endpoint, server], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
             for file in files]

    def phase(name):
        meter = Meter(centre, fleet)
        for part in fleet:
            part.stdin.write(name + "\n")
            part.stdin.flush()
        answers = [json.loads(part.stdout.readline()) for part in fleet]
        answer = {"phase": name, "half_ms": max(a["half_ms"] for a in answers), "all_ms": max(a["all_ms"] for a in answers),
                  **{n: sum(a[n] for a in answers) for n in ("peers", "back", "attempts")}}
        assert answer["back"] == PEERS, answer
        print(json.dumps(answer))
        return answer, meter.text()

    print(f"handshake: {phase('handshake')[1]}")
    print(f"Hello to Ack: {phase('open')[1]} more")
    centre.kill("collector", signal.SIGKILL)
    centre.start_collector()
    wait_for(lambda: log.read_text().count("collector.ready") == 2, 30, "collector")
    answer, cost = phase("storm")
    print(f"storm of {PEERS}: all back in {answer['all_ms'] / 1000:.1f} s, half in {answer['half_ms'] / 1000:.1f} s,"
          f" {answer['attempts']} attempts, {cost}")
    for part in fleet:
        part.stdin.close()
        assert part.wait(60) == 0
    assert centre.cluster.psql("SELECT count(*) FROM zhibao.lecture_event") == str(2 * PEERS)
