# SPDX-License-Identifier: Apache-2.0
"""Clerks: one per agent, entering records through the daemon's socket and remembering what it answered. The title of
each entry is a mark of its own, so that a stored record can be told from one that was never entered, or entered twice."""
import asyncio
import collections
import contextlib
import json
import time
import uuid

WITHDRAWN = -1  # the mark of a revision without a title
ANSWER_SECONDS = 25  # longer than the longest freeze


class Clerk:
    def __init__(self, agent, rng, per_second):
        self.agent, self.rng, self.per_second = agent, rng, per_second
        self.number = 0
        self.accepted = {}                       # revision id -> number of its mark
        self.unknown = set()                     # numbers whose answer never came
        self.unknown_withdrawals = collections.Counter()  # item id -> how many
        self.refused = set()                     # numbers the agent said no to
        self.refusals = collections.Counter()    # code -> how many
        self.items = collections.deque(maxlen=100)
        self._reader = self._writer = None

    def mark(self, number):
        return f"{self.agent.office}-{number}"

    async def run(self, stop):
        while not stop.is_set():
            count = self.rng.choice((1, 1, 2, 3, 8))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self.rng.expovariate(self.per_second / count) if self.per_second else 1)
            if not stop.is_set() and await self._connected():
                await self._enter([self._entry() for _ in range(count)])
        self._hang_up()

    async def _connected(self):
        if self._writer:
            return True
        try:
            self._reader, self._writer = await asyncio.open_unix_connection(str(self.agent.socket), limit=1 << 24)
        except OSError:
            return False  # killed, and not back yet
        return True

    def _hang_up(self):
        if self._writer:
            self._writer.close()
        self._reader = self._writer = None

    def _entry(self):
        """(what to send, number of the mark, item when there was one)"""
        self.number += 1
        title = self.mark(self.number)
        dice = self.rng.random()
        if dice < 0.03 and self.items:
            item = self.items.popleft()[0]
            return {"operation": "withdraw", "item_id": item, "fields": {}}, WITHDRAWN, item
        if dice < 0.12 and self.items:
            item, name = self.rng.choice(self.items)
            return {"operation": "amend", "item_id": item, "fields": {name: title}}, self.number, item
        if dice < 0.30:
            return self._lecture(title, dice < 0.15), self.number, None
        content = "字" * self.rng.choice((0, 10, 100, 600) if not self.agent.disk else (0, 10))
        return {"kind": "news_item", "fields": {"news_kind": "work_news", "title": title, "happened_on": "2024-05-06",
                                                "content": content}}, self.number, None

    def _lecture(self, title, is_for_closed):
        """A lecture in a township that the centre's newer register may have closed: accepted here, put aside there."""
        return {"kind": "lecture_event", "fields": {
            "category": "village", "theme": title, "occurred_on": "2024-05-06", "place": "党群服务中心", "mode": "offline",
            "status": "held", "township_codes": self.agent.townships[is_for_closed]}}

    async def _enter(self, entries):
        line = json.dumps({"op": "enter", "author": "张三", "entries": [e for e, _, _ in entries]}, ensure_ascii=False).encode() + b"\n"
        try:
            began = time.monotonic()
            self._writer.write(line)
            self.agent.asked.set()
            answer = json.loads(await asyncio.wait_for(self._reader.readline(), ANSWER_SECONDS))
        except (OSError, TimeoutError, ValueError):
            self._hang_up()
            self._forget(entries)
        else:
            self.agent.answer_seconds = min(0.02, time.monotonic() - began)
            self._note(entries, answer)
        finally:
            self.agent.asked.clear()

    def _forget(self, entries):
        for _, number, item in entries:
            if number == WITHDRAWN:
                self.unknown_withdrawals[item] += 1
            else:
                self.unknown.add(number)

    def _note(self, entries, answer):
        stored = {one["row"]: one for one in answer.get("stored", ())}
        for problem in answer.get("problems", ()):
            is_ours = problem["code"] == "E_AGENT"  # its own code is the first word
            self.refusals[problem["message"].split(" ")[0] if is_ours else f'{problem["code"]} {problem["field"]}'] += 1
        for row, (entry, number, _) in enumerate(entries):
            if row in stored:
                self._note_stored(entry, number, stored[row])
            elif number != WITHDRAWN:
                self.refused.add(number)

    def _note_stored(self, entry, number, one):
        self.accepted[uuid.UUID(one["revision_id"]).bytes] = number
        if "operation" not in entry:
            self.items.append((one["item_id"], "title" if one["kind"] == "news_item" else "theme"))


class Attempts:
    """Sums over all clerks."""

    def __init__(self, clerks):
        self.clerks = clerks

    def figures(self):
        refusals = sum((c.refusals for c in self.clerks), collections.Counter())
        return {"accepted": sum(len(c.accepted) for c in self.clerks),
                "unknown": sum(len(c.unknown) + c.unknown_withdrawals.total() for c in self.clerks),
                "refused": sum(len(c.refused) for c in self.clerks), "refusals": dict(refusals)}
