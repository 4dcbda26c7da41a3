# SPDX-License-Identifier: Apache-2.0
"""Collectors over one database and agents behind the proxy: their configuration, their processes, their small disks."""
import asyncio
import contextlib
import csv
import errno
import json
import shutil
import subprocess

from pgcluster import AGENT, COLLECTOR, PACK, Centre, free_port
from processes import Supervised, until
from proxy import Port

TINY_BYTES = 3 << 20


def knows_many_endpoints():
    """Does this agent take a list of endpoints, and choose among them by itself?"""
    text = subprocess.run([AGENT, "print-config"], text=True, capture_output=True, check=False).stdout
    return "endpoints" in text


def endpoint_setting(endpoints, number):
    """The one place that knows how an agent is told where the collectors are."""
    if knows_many_endpoints():
        return f'endpoints = "{",".join(endpoints)}"'
    return f'endpoint = "{endpoints[number % len(endpoints)]}"'


def pack_rows(name):
    with open(PACK / name, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def choose_offices(count):
    """Offices of counties with a township to report for and one to close. {office: (open township, closed one)}"""
    by_county = {}
    for row in pack_rows("townships.csv"):
        by_county.setdefault(row["county_code"], []).append(row["code"])
    offices = [o["code"] for o in pack_rows("offices.csv") if o["level"] == "county" and len(by_county.get(o["code"], ())) >= 2]
    return {code: tuple(by_county[code][:2]) for code in offices[:count]}


def close_townships(pair, codes):
    """In the centre's register only, behind the back of the programme's distribution: what agents still accept for these
    townships is put aside there. Collectors read it when they start."""
    found = ", ".join(f"'{code}'" for code in sorted(codes))
    pair.psql(f"UPDATE zhibao.township_version SET valid_to = '2024-02-01' WHERE code IN ({found})")


class Disk:
    """A tmpfs of a few MiB, which a ballast file fills."""

    def __init__(self, path):
        self.path, self.ballast = path, path / "ballast"
        path.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={TINY_BYTES},mode=0700", "zhibao-chaos", path], check=True,
                       capture_output=True)

    def fill(self, leave=0):
        with contextlib.suppress(OSError), open(self.ballast, "wb", buffering=0) as file:
            while True:
                try:
                    file.write(bytes(65536))
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    break
            file.truncate(max(0, file.tell() - leave))

    def empty(self):
        self.ballast.unlink(missing_ok=True)

    def close(self, keep):
        for file in self.path.glob("outbox*"):
            shutil.copy(file, keep)
        subprocess.run(["umount", "-l", self.path], check=False, capture_output=True)


class Agent(Supervised):
    """An agent daemon; its ledger may be on a small disk of its own."""

    def __init__(self, fleet, number, office, townships):
        self.office, self.townships = office, townships
        self.home = fleet.home / f"agent-{office}"
        self.home.mkdir()
        self.socket, self.disk = self.home / "s", None
        super().__init__(f"agent-{office}", [AGENT, "--config", self.home / "agent.conf", "run"], fleet.home / f"agent-{office}.log")
        fleet.centre.run(AGENT, "keygen", self.home)
        fleet.centre.enrol(office, self.home / "agent.pub")
        self._setting = endpoint_setting([f"tcp://127.0.0.1:{p.port}" for p in fleet.ports], number)
        self._public_key = fleet.centre.etc / "collector.pub"

    def configure(self):
        state = self.disk.path if self.disk else self.home
        (self.home / "agent.conf").write_text(
            f'agent {{ office_code = "{self.office}"\n author = "张三"\n state_dir = "{state}"\n socket = "{self.socket}"\n'
            f' programme_dir = "{PACK}"\n key = "{self.home}/agent.key" }}\n'
            f'collector {{ {self._setting}\n public_key = "{self._public_key}" }}\n'
            'sender { backoff_base = "50 ms"\n backoff_cap = "500 ms"\n ping_idle = "2 s" }\n', encoding="utf-8")

    async def ask(self, request, seconds=60):
        """One question on a connection of its own."""
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_unix_connection(str(self.socket), limit=1 << 30)
            try:
                writer.write(json.dumps(request, ensure_ascii=False).encode() + b"\n")
                return json.loads(await reader.readline())
            finally:
                writer.close()

    async def status(self):
        try:
            answer = await self.ask({"op": "status"}, 5)
        except (OSError, TimeoutError, ValueError):
            return None
        return answer if answer.get("ok") else None


class Fleet:
    """Everything but the database."""

    def __init__(self, pair, rng):
        self.pair, self.home, self.rng = pair, pair.home, rng
        self.centre, self.collectors, self.ports, self.agents = None, [], [], []

    async def open(self, collectors, agents, tiny):
        self.centre = Centre(self.pair)
        offices = choose_offices(agents)
        close_townships(self.pair, {closed for _, closed in offices.values()})
        for number in range(collectors):
            await self._add_collector(number)
        self.agents = [Agent(self, n, office, townships) for n, (office, townships) in enumerate(offices.items())]
        self._give_small_disks(tiny)
        for agent in self.agents:
            agent.configure()
        for daemon in self.daemons():
            daemon.start()
        for agent in self.agents:
            await until(agent.status, 60, f"{agent.name} answers")

    async def _add_collector(self, number):
        port = free_port()
        conf = self.centre.etc / f"collector-{number}.conf"
        conf.write_text(f'database {{ conninfo = "{self.pair.conninfo("collector")}" }}\n'
                        f'collector {{ endpoint = "tcp://127.0.0.1:{port}"\n key = "{self.centre.etc}/collector.key" }}\n'
                        'session { heartbeat = "2 s" }\n', encoding="utf-8")
        log = self.home / f"collector-{number}.log"
        self.collectors.append(Supervised(f"collector-{number}", [COLLECTOR, "--config", conf, "run"], log))
        self.ports.append(Port(port, self.rng))
        await self.ports[-1].start()

    def _give_small_disks(self, count):
        for agent in self.agents[:count]:
            try:
                agent.disk = Disk(agent.home / "state")
            except (OSError, subprocess.CalledProcessError) as error:
                print(f"skipped: full disk, mount is not permitted ({error})", flush=True)
                return

    def daemons(self):
        return [*self.collectors, *self.agents]

    def calm(self):
        """The end of every fault that is not a process's."""
        for port in self.ports:
            port.set("off")
        for agent in self.agents:
            if agent.disk:
                agent.disk.empty()

    async def close(self):
        await asyncio.gather(*(d.close() for d in self.agents))
        await asyncio.gather(*(d.close() for d in self.collectors))
        for port in self.ports:
            await port.stop()
        for agent in self.agents:
            if agent.disk:
                agent.disk.close(agent.home)
