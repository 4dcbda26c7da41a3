# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL primary with one synchronous standby, on Unix sockets only, made to be killed, frozen and failed over.
What differs between the two is on their command lines: pg_rewind copies the configuration files with the rest."""
import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from pgcluster import PG_BIN, Cluster
from processes import Daemon, children, is_gone, own, send, tool, until

USER = "postgres"
# The standby has a name, and only that name counts: with '*' a running pg_basebackup would confirm commits, too.
STANDBY = "zhibao_standby"
SETTINGS = {
    "listen_addresses": "", "shared_buffers": "32MB", "max_connections": "40", "wal_level": "replica", "hot_standby": "on",
    "synchronous_commit": "on", "synchronous_standby_names": f"ANY 1 ({STANDBY})", "wal_keep_size": "512MB", "max_wal_size": "256MB",
    "wal_sender_timeout": "4s", "wal_receiver_timeout": "4s", "wal_retrieve_retry_interval": "200ms", "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] %q%a ",
}


class Node:
    """One server with its own folder, which is its socket's folder, too."""

    def __init__(self, pair, name):
        self.pair, self.name = pair, name
        self.home = pair.home / name
        self.home.mkdir()
        own(self.home, USER)
        self.data = self.home / "data"
        self.daemon = None

    def other(self):
        return next(n for n in self.pair.nodes if n is not self)

    def conninfo(self, database="postgres"):
        return f"host={self.home} port=5432 user=postgres dbname={database} connect_timeout=3"

    def psql(self, text, database="postgres"):
        run = subprocess.run(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", self.conninfo(database)], input=text, text=True,
                             capture_output=True, check=False, timeout=60)
        return run.stdout.strip() if run.returncode == 0 else None

    async def start(self):
        upstream = f"{self.other().conninfo()} application_name={STANDBY}"
        words = [PG_BIN / "postgres", "-D", self.data, "-k", self.home, "-c", f"primary_conninfo={upstream}"]
        self.daemon = Daemon(self.name, words, self.pair.home / f"{self.name}.log", USER)
        await self.daemon.spawn()
        await until(self._is_ready, 60, f"{self.name} accepts connections")

    async def _is_ready(self):
        if not self.daemon.is_running():
            raise RuntimeError(f"{self.name} did not start, see {self.daemon.log}")
        return await asyncio.to_thread(self.psql, "SELECT 1") == "1"

    def is_running(self):
        return self.daemon is not None and self.daemon.is_running()

    def everyone(self):
        return [self.daemon.pid, *children(self.daemon.pid)]

    def freeze(self):
        """All of them, the postmaster first: as a machine that hangs. What to thaw later."""
        send([self.daemon.pid], signal.SIGSTOP)
        pids = self.everyone()
        send(pids, signal.SIGSTOP)
        return pids

    @staticmethod
    def thaw(pids):
        send(pids, signal.SIGCONT)

    async def kill(self, only_postmaster=False):
        """kill -9. The others of a dead postmaster notice by themselves; what is left after a while is killed as well, since
        a restart waits for the shared memory."""
        pids = self.everyone()
        send(pids[:1] if only_postmaster else pids, signal.SIGKILL)
        await self.daemon.process.wait()
        try:
            await until(lambda: all(is_gone(p) for p in pids), 5, "backends")
        except TimeoutError:
            send([p for p in pids if not is_gone(p)], signal.SIGKILL)
            await until(lambda: all(is_gone(p) for p in pids), 10, "killed backends")

    def be_standby(self):
        (self.data / "standby.signal").touch()
        own(self.data / "standby.signal", USER)


class Pair(Cluster):
    """Cluster's database commands over two nodes: connections go to whichever takes writes."""

    def __init__(self, **settings):  # pylint: disable=super-init-not-called
        self.settings = {**SETTINGS, **settings}
        self.home = Path(tempfile.mkdtemp(prefix="zhibao-chaos-"))
        self.home.chmod(0o755)
        self.nodes = [Node(self, "pg-a"), Node(self, "pg-b")]
        self.primary, self.standby = self.nodes
        self.rewound, self.copied = 0, 0

    @property
    def pg(self):
        return self.primary.home

    def conninfo(self, user="postgres", database="zhibao"):
        hosts = ",".join(str(n.home) for n in self.nodes)
        return f"host={hosts} port=5432,5432 user={user} dbname={database} target_session_attrs=read-write connect_timeout=3"

    async def open(self):
        await self._must("initdb", "-D", self.primary.data, "-E", "UTF8", "--locale=C.UTF-8", "--lc-collate=C", "-A", "trust", "-U", USER, "-k", "-N")
        self._configure(self.primary)
        await self.primary.start()
        await self._copy(self.standby)
        await self.attach()

    def _configure(self, node):
        """In the file, not on the command line: pg_rewind runs a server of its own, which must keep the old WAL as well."""
        with open(node.data / "postgresql.conf", "a", encoding="utf-8") as conf:
            for name, value in self.settings.items():
                conf.write(f"{name} = '{value}'\n")

    async def _must(self, name, *words):
        code, out = await tool(PG_BIN / name, *words, user=USER)
        if code:
            raise RuntimeError(f"{name}: {out[-2000:]}")

    async def _copy(self, node):
        shutil.rmtree(node.data, ignore_errors=True)
        await self._must("pg_basebackup", "-D", node.data, "-d", node.other().conninfo(), "-c", "fast", "-X", "stream", "-N")
        self.copied += 1

    async def attach(self):
        """Starts the standby and waits until commits wait for it."""
        self.standby.be_standby()
        await self.standby.start()
        await self.in_sync()

    async def in_sync(self, seconds=90):
        query = ("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND sync_state IN ('sync', 'quorum') "
                 f"AND application_name = '{STANDBY}'")
        await until(lambda: self._asked(query), seconds, f"{self.standby.name} follows {self.primary.name}")

    async def _asked(self, query):
        return await asyncio.to_thread(self.primary.psql, query) == "1"

    async def promote(self):
        """The standby becomes the primary; the old one is to be fenced and rebuilt by the caller."""
        if await asyncio.to_thread(self.standby.psql, "SELECT pg_promote(true, 60)") != "t":
            raise RuntimeError(f"{self.standby.name} was not promoted")
        self.primary, self.standby = self.standby, self.primary

    async def rebuild(self, by_rewind):
        """Makes the dead former primary the standby of the new one."""
        if not (by_rewind and await self._rewind()):
            await self._copy(self.standby)
        await self.attach()

    async def _rewind(self):
        # The source names its new timeline only after a checkpoint.
        await asyncio.to_thread(self.primary.psql, "CHECKPOINT")
        code, out = await tool(PG_BIN / "pg_rewind", "-D", self.standby.data, "-N", f"--source-server={self.primary.conninfo()}", user=USER)
        if code:
            with open(self.home / f"{self.standby.name}.log", "a", encoding="utf-8") as log:
                log.write(f"pg_rewind: {out}\n")
            return False
        self.rewound += 1
        return True

    async def close(self):
        for node in self.nodes:
            if node.is_running():
                await node.kill()

    def discard(self):
        shutil.rmtree(self.home, ignore_errors=os.getuid() == 0)
