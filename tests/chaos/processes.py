# SPDX-License-Identifier: Apache-2.0
"""Processes of the chaos test: started from the event loop's thread, dead when the test dies, killed by pid only."""
import asyncio
import collections
import contextlib
import os
import shutil
import signal
import time
from pathlib import Path

RESTART_PAUSE = 0.3  # as a service manager would


async def until(condition, seconds, what):
    """Awaits a condition that only asking can tell; condition may be a function or a coroutine function."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if asyncio.iscoroutine(value):
            value = await value
        if value:
            return value
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        await asyncio.sleep(0.05)


def as_user(user):
    """The prefix that ties a process to the test's life and, when root runs the test, gives it another user."""
    words = ["setpriv", "--pdeathsig", "KILL"]
    if user and os.getuid() == 0:
        words += ["--reuid", user, "--regid", user, "--init-groups"]
    return [*words, "--"]


def own(path, user):
    if os.getuid() == 0:
        shutil.chown(path, user)


async def tool(*words, user=None):
    """Runs a command to its end. (exit code, what it printed)"""
    process = await asyncio.create_subprocess_exec(
        *as_user(user), *[str(w) for w in words], cwd="/", stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
    out, _ = await process.communicate()
    return process.returncode, out.decode("utf-8", "replace")


def is_gone(pid):
    """A zombie is gone: it holds nothing any more."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(") ")[2][0] == "Z"
    except OSError:
        return True


def children(parent):
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            fields = (entry / "stat").read_text(encoding="ascii", errors="replace").rpartition(") ")[2].split()
            if int(fields[1]) == parent:
                found.append(int(entry.name))
    return found


def send(pids, number):
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


class Daemon:
    """One process and its log."""

    def __init__(self, name, command, log, user=None):
        self.name, self.command, self.log, self.user = name, [str(w) for w in command], log, user
        self.process = None

    async def spawn(self):
        with open(self.log, "ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *as_user(self.user), *self.command, cwd="/", stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log)

    @property
    def pid(self):
        return self.process.pid

    def is_running(self):
        return self.process is not None and self.process.returncode is None

    def hit(self, number):
        if self.is_running():
            self.process.send_signal(number)

    async def kill(self, number=signal.SIGKILL):
        self.hit(number)
        return await self.process.wait()


class Supervised(Daemon):
    """A daemon that is started again when it ends, as a service manager does. Ends that nobody asked for are kept:
    an exit code is a daemon that could not do its work, a signal is a crash."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.exits, self.crashes, self.starts = collections.Counter(), [], 0
        self.asked = asyncio.Event()  # set while somebody waits for an answer of its
        self.answer_seconds = 0.0    # how long that took last time
        self._may_run, self._is_up, self._asked, self._task = asyncio.Event(), asyncio.Event(), False, None

    def start(self):
        self._may_run.set()
        self._task = asyncio.ensure_future(self._live())

    async def _live(self):
        while True:
            await self._may_run.wait()
            await self.spawn()
            self.starts += 1
            self._is_up.set()
            code = await self.process.wait()
            self._is_up.clear()
            if self._asked:
                self._asked = False
            else:
                self._note(code)
                await asyncio.sleep(RESTART_PAUSE)

    def _note(self, code):
        if code < 0:
            self.crashes.append(f"{self.name} ended by {signal.Signals(-code).name}")
        self.exits[code] += 1

    async def down(self, number=signal.SIGKILL):
        """Ends it and keeps it down until up(). The exit code, or None when it had ended by itself."""
        self._may_run.clear()
        if not self._is_up.is_set() or not self.is_running():
            return None
        self._asked = True
        code = await self.kill(number)
        if number == signal.SIGTERM and code != 0:
            self.crashes.append(f"{self.name} asked to end, ended with {code}")
        return code

    def up(self):
        self._may_run.set()

    async def close(self):
        if self._task is None:
            return
        self.hit(signal.SIGCONT)
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self.down(signal.SIGTERM), 20)
        self._task.cancel()
        if self.is_running():
            await self.kill()

    def tail(self, lines=30):
        with contextlib.suppress(OSError):
            return "\n".join(Path(self.log).read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
        return ""
