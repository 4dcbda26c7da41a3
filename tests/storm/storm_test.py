# SPDX-License-Identifier: Apache-2.0
"""A fleet comes back at once after the collector was killed. Prints time, memory per peer and the cost of a handshake.
The long form: ZHIBAO_STORM_PEERS=10000."""
import json
import os
import re
import signal
import subprocess

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


def figures(process):
    """CPU seconds and resident KiB of a process."""
    stat = open(f"/proc/{process.pid}/stat", encoding="ascii").read().rsplit(") ", 1)[1].split()
    rss = int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{process.pid}/status", encoding="ascii").read()).group(1))
    return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK"), rss


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
        before = figures(centre.processes["collector"])
        for part in fleet:
            part.stdin.write(name + "\n")
            part.stdin.flush()
        answers = [json.loads(part.stdout.readline()) for part in fleet]
        after = figures(centre.processes["collector"])
        answer = {"phase": name, "half_ms": max(a["half_ms"] for a in answers), "all_ms": max(a["all_ms"] for a in answers),
                  **{n: sum(a[n] for a in answers) for n in ("peers", "back", "attempts")}}
        assert answer["back"] == PEERS, answer
        print(json.dumps(answer))
        return answer, after[0] - before[0], after[1] - before[1]

    _, cpu, rss = phase("handshake")
    print(f"handshake: {cpu / PEERS * 1e6:.0f} us of CPU, {rss / PEERS:.1f} KiB per idle peer")
    _, cpu, rss = phase("open")
    print(f"Hello to Ack: {cpu / PEERS * 1e6:.0f} us of CPU, {rss / PEERS:.1f} KiB per peer more")
    centre.kill("collector", signal.SIGKILL)
    centre.start_collector()
    wait_for(lambda: log.read_text().count("collector.ready") == 2, 30, "collector")
    answer, cpu, rss = phase("storm")
    print(f"storm of {PEERS}: all back in {answer['all_ms'] / 1000:.1f} s, half in {answer['half_ms'] / 1000:.1f} s,"
          f" {answer['attempts']} attempts, {cpu / PEERS * 1e6:.0f} us of CPU and {rss / PEERS:.1f} KiB per peer")
    for part in fleet:
        part.stdin.close()
        assert part.wait(60) == 0
    assert centre.cluster.psql("SELECT count(*) FROM zhibao.lecture_event") == str(2 * PEERS)
