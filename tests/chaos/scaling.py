# SPDX-License-Identifier: Apache-2.0
"""Collectors over one database that are added and drained, and where an agent has to be then."""
import hashlib
import signal
import time

from pgcluster import COLLECTOR, Centre, free_port
from processes import Supervised, until


def order(public_key, endpoints):
    """Rendezvous hashing as docs/protocol.md says, computed by other means than the agent's."""
    return sorted(endpoints, key=lambda e: hashlib.blake2b(public_key + e.encode(), digest_size=32).digest(), reverse=True)


def port_of(endpoint):
    return int(endpoint.rpartition(":")[2])


def any_endpoint():
    return f"tcp://127.0.0.1:{free_port()}"


class Collectors:
    def __init__(self, cluster):
        self.began = time.monotonic()
        self.cluster = cluster
        self.cluster.create()
        self.centre = Centre(self.cluster)
        self.daemons, self.marks = {}, []

    def configure(self, endpoint, endpoints):
        etc = self.centre.etc
        conf = etc / f"collector-{port_of(endpoint)}.conf"
        conf.write_text(f'database {{ conninfo = "{self.cluster.conninfo("collector")}" }}\n'
                        f'collector {{ endpoint = "{endpoint}"\n key = "{etc}/collector.key"\n sign_key = "{etc}/collector.sign" }}\n'
                        f'session {{ endpoints = "{",".join(endpoints)}" }}\n', encoding="utf-8")
        return conf

    def log(self, endpoint):
        return self.daemons[endpoint].log.read_text(encoding="utf-8")

    async def start(self, endpoint, endpoints):
        conf = self.configure(endpoint, endpoints)
        log = self.centre.home / f"collector-{port_of(endpoint)}.log"
        log.touch()
        self.daemons[endpoint] = Supervised(log.stem, [COLLECTOR, "--config", conf, "run"], log)
        self.daemons[endpoint].start()
        await until(lambda: "collector.ready" in self.log(endpoint), 30, endpoint)

    async def open(self, endpoints):
        """The keys of the fleet must be enrolled: a collector learns of later ones after a second only, an agent that is refused
        meanwhile comes back after many."""
        for endpoint in endpoints:
            await self.start(endpoint, endpoints)

    def tell(self, endpoint, endpoints):
        self.configure(endpoint, endpoints)
        self.daemons[endpoint].hit(signal.SIGHUP)

    async def add(self, endpoints):
        """One more, which the others learn of. The new list, it at the end."""
        everywhere = [*endpoints, any_endpoint()]
        await self.start(everywhere[-1], everywhere)
        self.mark("adding a collector")
        for endpoint in endpoints:
            self.tell(endpoint, everywhere)
        return everywhere

    async def drain(self, endpoint):
        self.mark("draining a collector")
        assert await self.daemons[endpoint].down(signal.SIGTERM) == 0

    def say(self, text):
        print(f"{time.monotonic() - self.began:6.1f} s  {text}", flush=True)

    def mark(self, name):
        self.say(name)
        self.marks.append((name, time.time()))

    def parts(self):
        """The marks, each with its beginning and its end."""
        return [(name, began, ended) for (name, began), (_, ended) in zip(self.marks, [*self.marks[1:], ("", time.time())])]

    def repeats(self):
        """Batches that came again after they had been stored."""
        return int(self.cluster.psql("SELECT sum(duplicate_count) FROM zhibao.stream"))

    def tell_logs(self):
        for daemon in self.daemons.values():
            print(f"--- {daemon.name}", daemon.tail(), sep="\n")

    async def close(self):
        for daemon in self.daemons.values():
            await daemon.close()
        self.cluster.remove()
