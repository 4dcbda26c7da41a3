# SPDX-License-Identifier: Apache-2.0
"""Ten honest agents that go on while peers attack: around every test each of them gets something acknowledged, and in the end all of it
is there. A file of tests imports the fixtures; figures are printed as `FIGURE ...`."""
import csv
import json
import os
import re
import socket
import threading
import time
from pathlib import Path

import pytest
import zmq

from foreign.office import enrolled
from pgcluster import BUILD, PACK, running_centre, wait_for

MIB = 1 << 20
HONEST = 10
# What connections, sessions and the queues of the store need; a sanitizer keeps freed memory and its own maps.
IS_SANITIZED = bool(re.search(r"^ZHIBAO_SANITIZE:STRING=.+", (BUILD / "CMakeCache.txt").read_text(encoding="utf-8"), re.M))
MEMORY_BOUND = (1536 if IS_SANITIZED else 320) * MIB
# What the collector may take altogether.
MEMORY_LIMIT = 160 * MIB


class Clerk(threading.Thread):
    """Enters one record after the other at one agent and waits until the centre has each."""

    def __init__(self, agent):
        super().__init__(daemon=True)
        self.agent = agent
        self.delivered, self.slowest, self.faults = 0, 0.0, []
        self.is_over = threading.Event()

    def run(self):
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(self.agent.home / "s"))
            answers = line.makefile("r", encoding="utf-8")
            while not self.is_over.wait(0.05):
                fields = {"category": "village", "theme": f"主题{self.delivered}", "occurred_on": "2024-05-06", "place": "村",
                          "mode": "offline", "status": "held"}
                request = {"op": "enter", "author": "张三", "entries": [{"kind": "lecture_event", "fields": fields}], "wait_ms": 60000}
                started = time.monotonic()
                line.sendall((json.dumps(request) + "\n").encode())
                text = answers.readline()
                if not text:
                    return  # the agent was ended
                answer = json.loads(text)
                if not answer["ok"] or answer["stored"][0].get("state") != "delivered":
                    self.faults.append(answer)
                self.delivered += 1
                self.slowest = max(self.slowest, time.monotonic() - started)


class Watch(threading.Thread):
    """The collector's memory and descriptors, twenty times a second."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.peak, self.now, self.descriptors = pid, 0, 0, 0
        self.is_over = threading.Event()

    def run(self):
        while not self.is_over.wait(0.05):
            try:
                status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
                self.now = int(re.search(r"VmRSS:\s+(\d+)", status)[1]) * 1024
                self.descriptors = max(self.descriptors, len(os.listdir(f"/proc/{self.pid}/fd")))
            except (OSError, TypeError):
                return
            self.peak = max(self.peak, self.now)


def everything_arrived(centre):
    """The last word: what the agents were told is durable is in the database, each once."""
    for clerk in centre.clerks:
        clerk.is_over.set()
    for clerk in centre.clerks:
        clerk.join(60)
    offices = ",".join(f"'{o}'" for o in centre.honest)
    stored, aside = (int(centre.cluster.psql(f"SELECT count(*) FROM zhibao.{table} WHERE office_code IN ({offices})"))
                     for table in ("item_revision", "quarantine"))
    delivered = sum(c.delivered for c in centre.clerks)
    print(f"\nFIGURE honest records: {delivered} delivered, {stored} stored, {aside} put aside")
    assert stored == delivered and aside == 0


@pytest.fixture(scope="module", name="centre")
def start_centre():
    with running_centre(settings="" if IS_SANITIZED else f'process {{ max_memory = "{MEMORY_LIMIT // MIB} MiB" }}\n') as centre:
        centre.process = centre.processes["collector"]
        centre.zmq = zmq.Context()
        centre.server = (centre.etc / "collector.pub").read_text(encoding="ascii").split()[-1].encode()
        with open(PACK / "offices.csv", encoding="utf-8-sig") as file:
            offices = [row["code"] for row in csv.DictReader(file) if row["level"] == "county"]
        centre.honest, centre.hostile = offices[:HONEST], offices[HONEST:]
        centre.clerks = [Clerk(centre.agent(office)) for office in centre.honest]
        centre.watch = Watch(centre.process.pid)
        centre.watch.start()
        for clerk in centre.clerks:
            clerk.start()
        wait_for(lambda: all(c.delivered for c in centre.clerks), 60, "first records")
        yield centre
        try:
            everything_arrived(centre)
        finally:
            centre.watch.is_over.set()
            centre.zmq.destroy(0)


@pytest.fixture(autouse=True)
def honest_go_on(centre, request):
    watch, before = centre.watch, [c.delivered for c in centre.clerks]
    for clerk in centre.clerks:
        clerk.slowest = 0
    started, memory, watch.peak = time.monotonic(), watch.now, watch.now
    yield
    took, total = time.monotonic() - started, sum(c.delivered for c in centre.clerks) - sum(before)
    wait_for(lambda: all(c.delivered > b + 1 for c, b in zip(centre.clerks, before)), 60, "honest records")
    assert centre.process.poll() is None, (centre.home / "collector.log").read_text(encoding="utf-8")[-3000:]
    assert not [f for c in centre.clerks for f in c.faults]
    print(f"\nFIGURE {request.node.name}: {took:.1f} s, {total} honest records delivered, slowest {max(c.slowest for c in centre.clerks):.2f} s, "
          f"memory {memory / MIB:.0f} MiB, at most {watch.peak / MIB:.0f} MiB, descriptors at most {watch.descriptors}")
    assert watch.peak < MEMORY_BOUND


def new_keys(centre):
    """Of an office of its own: what one attack earns, no other one pays."""
    return enrolled(centre, centre.hostile.pop())
