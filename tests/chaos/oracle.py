# SPDX-License-Identifier: Apache-2.0
"""What must hold after any chaos, read from the database, from the agents' ledgers and from what the clerks were told:
nothing lost, nothing twice, nothing invented, every chain whole."""
import asyncio
import collections
import csv
import hashlib
import io
import uuid

from processes import until
from workload import WITHDRAWN

BROKEN = """
SELECT count(*) FROM (SELECT b.*, lag(last_seq) OVER w AS before, lag(chain) OVER w AS chain_before
    FROM zhibao.batch b WINDOW w AS (PARTITION BY office_code, stream_id ORDER BY first_seq)) b
WHERE first_seq <> coalesce(before, 0) + 1 OR (chain_before IS NOT NULL AND prev_chain <> chain_before)"""
ENDS = """
SELECT count(*) FROM zhibao.stream s LEFT JOIN LATERAL (SELECT last_seq, chain FROM zhibao.batch b
    WHERE b.office_code = s.office_code AND b.stream_id = s.stream_id ORDER BY first_seq DESC LIMIT 1) b ON true
WHERE acked_seq > 0 AND (s.acked_seq, s.chain) IS DISTINCT FROM (b.last_seq, b.chain)"""
TITLES = """
SELECT revision_id, title FROM zhibao.news_item WHERE office_code = '{0}' AND operation <> 'withdraw'
UNION ALL SELECT revision_id, theme FROM zhibao.lecture_event WHERE office_code = '{0}' AND operation <> 'withdraw'"""
FINGERPRINT = """
SELECT md5(string_agg(revision_id::text, '' ORDER BY revision_id)) FROM zhibao.item_revision"""

csv.field_size_limit(1 << 30)  # batches come in one field


def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if data[at - 1] < 0x80:
            return value, at


def records_of(batch):
    """The records of an encoded Batch: field 4, length-delimited, in order."""
    at, found = 0, []
    while at < len(batch):
        key, at = varint(batch, at)
        value, at = varint(batch, at)
        if key & 7 == 2:
            if key >> 3 == 4:
                found.append(batch[at:at + value])
            at += value
    return found


class Findings:
    """Violations, counted by kind; a few of each are kept to be shown."""

    def __init__(self):
        self.counts, self.shown = collections.Counter(), collections.defaultdict(list)

    def add(self, kind, text):
        self.counts[kind] += 1
        if len(self.shown[kind]) < 10:
            self.shown[kind].append(text)

    def print(self):
        for kind, texts in self.shown.items():
            for text in texts:
                print(f"VIOLATION {kind}: {text}")
            if self.counts[kind] > len(texts):
                print(f"VIOLATION {kind}: and {self.counts[kind] - len(texts)} more")


class Office:
    """The comparison of one office: what its clerk was told, what its agent's ledger holds, what is stored."""

    def __init__(self, oracle, clerk, ledger):
        self.clerk, self.office, self.findings = clerk, clerk.agent.office, oracle.findings
        self.rows, self.ledger = oracle.rows, ledger
        here = f"WHERE office_code = '{self.office}'"
        self.stored = self._ids(f"SELECT revision_id, item_id, operation, seq FROM zhibao.item_revision {here}")
        self.aside = self._ids(f"SELECT revision_id, item_id, code, seq FROM zhibao.quarantine {here}")

    def _ids(self, query):
        return [(uuid.UUID(r[0]).bytes, *r[1:]) for r in self.rows(query)]

    def check(self):
        self.once = collections.Counter(r[0] for r in self.stored + self.aside)
        self._duplicates()
        self._accepted()
        self._origin()
        self._ledger()
        self._quarantine()
        return len(self.stored), len(self.aside)

    def _add(self, kind, revision, text=""):
        self.findings.add(kind, f"office {self.office} revision {uuid.UUID(bytes=revision)} {text}")

    def _duplicates(self):
        for revision, count in self.once.items():
            if count > 1:
                self._add("duplicated", revision, f"stored {count} times")

    def _accepted(self):
        held = {uuid.UUID(r["revision_id"]).bytes for r in self.ledger}
        for revision in self.clerk.accepted:
            if revision not in self.once:
                self._add("lost", revision, "accepted, not stored")
            if revision not in held:
                self._add("lost by the agent", revision, "accepted, not in the ledger")

    def _origin(self):
        """Every title belongs to one revision, and that to an entry whose outcome allows it."""
        titles, seen = {}, {}
        for revision, title in self._ids(TITLES.format(self.office)):
            titles[revision] = title
            if title in seen:
                self._add("duplicated", revision, f"{title} was stored as {uuid.UUID(bytes=seen[title])}, too")
            seen[title] = revision
        withdrawals = collections.Counter(self.clerk.unknown_withdrawals)
        for revision, item, operation, _ in self.stored:
            self._origin_of(revision, item, operation, titles.get(revision), withdrawals)

    def _origin_of(self, revision, item, operation, title, withdrawals):
        number = self.clerk.accepted.get(revision)
        if number is None and operation == "withdraw":
            withdrawals[item] -= 1
            if withdrawals[item] < 0:
                self._add("invented", revision, "a withdrawal nobody made")
        elif number is None:
            number = int(title.rpartition("-")[2])
            if number in self.clerk.refused:
                self._add("refused yet stored", revision, title)
            elif number not in self.clerk.unknown:
                self._add("invented", revision, title)
        elif (title is None) != (number == WITHDRAWN) or (title is not None and title != self.clerk.mark(number)):
            self._add("changed", revision, f"{title} instead of {number}")

    def _ledger(self):
        """The ledger and the store hold the same revisions at the same places, and the ledger knows how each ended."""
        seqs = {r[0]: int(r[3]) for r in self.stored + self.aside}
        aside = {r[0] for r in self.aside}
        for record in self.ledger:
            revision = uuid.UUID(record["revision_id"]).bytes
            state = "quarantined" if revision in aside else "delivered"
            if revision not in seqs and revision not in self.clerk.accepted:
                self._add("lost", revision, f"in the ledger as {record['state']}, not stored")
            elif seqs.pop(revision, record["seq"]) != record["seq"]:
                self._add("chain", revision, f"place {record['seq']} in the ledger")
            if record["state"] != state:
                self._add("undelivered", revision, f"{record['state']}, not {state}")
        for revision in seqs:
            self._add("lost by the agent", revision, "stored, not in the ledger")

    def _quarantine(self):
        """Only what was meant to be put aside may be."""
        for revision, _, code, _ in self.aside:
            if code != "E_TOWNSHIP_CLOSED":
                self._add("put aside", revision, code)


class Oracle:
    def __init__(self, pair, clerks):
        self.pair, self.clerks, self.findings = pair, clerks, Findings()
        self.stored = self.aside = self.batches = self.repeated = self.unsaid = 0

    def rows(self, query):
        return list(csv.reader(io.StringIO(self.pair.psql(f"COPY ({query}) TO STDOUT (FORMAT csv)"))))

    async def check(self):
        for clerk in self.clerks:
            records, before = [], 0
            while before is not None:
                page = await clerk.agent.ask({"op": "list", "limit": 1 << 40, "before": before}, 120)
                records, before = records + page["records"], page.get("next")
            status = await clerk.agent.status()
            await asyncio.to_thread(self._check_office, clerk, records, status)
        await asyncio.to_thread(self._check_sql)
        await self._check_standby()

    def _check_office(self, clerk, ledger, status):
        stored, aside = Office(self, clerk, ledger).check()
        self.stored, self.aside = self.stored + stored, self.aside + aside
        self.unsaid += sum(uuid.UUID(r["revision_id"]).bytes not in clerk.accepted for r in ledger)
        self._check_chain(clerk.agent.office, status)

    def _check_chain(self, office, status):
        """Computes the chain again from the bytes that are stored, the way docs/protocol.md says."""
        streams = self.rows("SELECT stream_id, encode(outbox_uuid, 'hex'), acked_seq, encode(chain, 'hex') FROM zhibao.stream "
                            f"WHERE office_code = '{office}'")
        if [s[1] for s in streams] != [status["outbox_uuid"]]:
            self.findings.add("chain", f"office {office} has streams {[s[1] for s in streams]}, its outbox is {status['outbox_uuid']}")
            return
        number, outbox, acked, chain = streams[0]
        state, seq = bytes.fromhex(outbox) + bytes(16), 0
        query = (f"SELECT first_seq, last_seq, encode(chain, 'hex'), encode(body, 'hex') FROM zhibao.batch WHERE office_code = '{office}' "
                 f"AND stream_id = {number} ORDER BY first_seq")
        for first, last, stored_chain, body in self.rows(query):
            self.batches += 1
            if int(first) != seq + 1:
                self.findings.add("chain", f"office {office}: batch {first} follows {seq}")
            for record in records_of(bytes.fromhex(body)):
                seq += 1
                state = hashlib.blake2b(state + seq.to_bytes(8, "little") + record, digest_size=32).digest()
            if seq != int(last) or state.hex() != stored_chain:
                self.findings.add("chain", f"office {office}: batch {first}-{last} does not continue the chain")
                return
        if not seq == int(acked) == status["acked_seq"] == status["last_seq"] or (seq and state.hex() != chain):
            self.findings.add("chain", f"office {office}: stored to {seq}, stream says {acked}, "
                                       f"agent {status['acked_seq']} of {status['last_seq']}")

    def _check_sql(self):
        self.repeated = int(self.pair.psql("SELECT sum(duplicate_count) FROM zhibao.stream"))
        for name, query in (("between batches", BROKEN), ("at the end of a stream", ENDS)):
            if (count := self.pair.psql(query)) != "0":
                self.findings.add("chain", f"{count} broken {name}")

    async def _check_standby(self):
        """It replays a little later; in the end it holds the same."""
        def are_same():
            return len({node.psql(FINGERPRINT, database="zhibao") for node in self.pair.nodes}) == 1
        try:
            await until(lambda: asyncio.to_thread(are_same), 20, "replay")
        except TimeoutError:
            self.findings.add("standby", "the standby holds something else")
