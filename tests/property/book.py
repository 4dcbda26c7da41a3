# SPDX-License-Identifier: Apache-2.0
"""Which revision of an item counts at an instant (rulings R1, R2), in plain Python from everything that was received."""
from collections import defaultdict
from dataclasses import dataclass, field


@dataclass
class Revision:
    kind: str
    office: str
    item: str
    label: str
    base: str  # label of the revision its author saw, None for a first one
    op: str
    body: dict
    author_office: str
    received_at: object
    batch: int = 0
    seq: int = 0
    is_quarantined: bool = False

    @property
    def key(self):
        return (self.office, self.item)

    @property
    def order(self):
        return (self.received_at, self.batch, self.seq)


@dataclass
class Review:
    office: str
    item: str
    revision: str
    verdict: str
    at: object

    @property
    def key(self):
        return (self.office, self.item)


@dataclass
class Pick:
    office: str
    item: str
    revision: str
    at: object


@dataclass
class Standing:
    tip: Revision = None  # the revision that counts; None when none does
    last: Revision = None  # end of the branch that counts, a withdrawal too
    is_ended: bool = False
    is_disputed: bool = False
    is_picked: bool = False
    branches: list = field(default_factory=list)  # labels a reviewer may pick among, when disputed


class Item:
    """The revisions, verdicts and picks of one item as known at an instant."""

    def __init__(self, revisions, reviews, picks):
        self.revisions = sorted((r for r in revisions if not r.is_quarantined), key=lambda r: r.order)
        self.bases = {r.label: r.base for r in revisions}
        self.verdicts = {}
        for review in reviews:
            self.verdicts[review.revision] = review.verdict
        self.out = {label for label, verdict in self.verdicts.items() if verdict in ("returned", "rejected")}
        self.picks = picks
        self.stored = {r.label for r in self.revisions}
        # What was quarantined, returned or rejected is no branch: what was built on it stands on its base.
        self.parent = {r.label: self.below(r, lambda base: base not in self.stored or base in self.out) for r in self.revisions}
        self.children = defaultdict(list)
        for revision in self.revisions:
            if revision.label not in self.out:
                self.children[self.parent[revision.label]].append(revision)

    def below(self, revision, is_skipped):
        base = revision.base
        while base is not None and is_skipped(base):
            base = self.bases.get(base)
        return base

    @staticmethod
    def is_first(revision):
        """It names no base. What was built on another is an amendment (R2), also where that one lies in quarantine or is not here yet."""
        return revision.base is None

    def is_ended(self):
        return any(self.verdicts.get(r.label) == "rejected" and self.is_first(r) for r in self.revisions)

    def subtree(self, revision):
        found = [revision]
        for child in self.children[revision.label]:
            found += self.subtree(child)
        return found

    def left_in_force(self, label):
        """What was picked and then returned leaves its base in force."""
        while label in self.out:
            label = self.parent[label]
        return label

    def standing(self):
        if self.is_ended():
            return Standing(is_ended=True)
        result = Standing()
        node = None
        while self.children[node]:
            branches = sorted(self.children[node], key=lambda r: r.order)
            chosen = branches[0]
            if len(branches) > 1:
                # The newest pick among these branches decides; without one the branch received first.
                within = {r.label: b for b in branches for r in self.subtree(b)}
                pick = next((p for p in reversed(self.picks) if self.left_in_force(p.revision) in within), None)
                if pick:
                    chosen = within[self.left_in_force(pick.revision)]
                    result.is_picked = True
                others = [r for b in branches if b is not chosen for r in self.subtree(b)]
                if pick is None or any(r.received_at > pick.at for r in others):
                    result.is_disputed = True
                    result.branches += [r.label for b in branches for r in self.subtree(b)]
            result.last, node = chosen, chosen.label
        if result.last and result.last.op != "withdraw":
            result.tip = result.last
        return result

    def may_judge(self, revision, verdict):
        """R2: a verdict on an outdated revision is refused, and so is one on a later revision of an ended item."""
        label = revision.label
        if self.is_ended() and not self.is_first(revision):
            return False
        if verdict == "pending" and label not in self.verdicts:
            return False
        later = {label}
        for other in self.revisions:
            if self.below(other, lambda base: base not in self.stored) in later or (label in self.out and other.order > revision.order):
                later.add(other.label)
        return all(other in self.out for other in later - {label})


class Book:
    """Everything received, asked as of an instant."""

    def __init__(self, revisions, reviews, picks):
        self.revisions, self.reviews, self.picks = revisions, reviews, picks

    def item(self, key, as_of):
        def known(things, when):
            return [x for x in things if (x.office, x.item) == key and when(x) <= as_of]
        return Item(known(self.revisions, lambda r: r.received_at), known(self.reviews, lambda v: v.at), known(self.picks, lambda p: p.at))

    def items(self, as_of):
        groups = defaultdict(lambda: ([], [], []))
        for place, things, when in ((0, self.revisions, "received_at"), (1, self.reviews, "at"), (2, self.picks, "at")):
            for thing in things:
                if getattr(thing, when) <= as_of:
                    groups[(thing.office, thing.item)][place].append(thing)
        return {key: Item(*group) for key, group in groups.items() if group[0]}


@dataclass
class Record:
    """A revision that counts."""
    kind: str
    office: str
    item: str
    revision: Revision
    first_received_at: object

    @property
    def key(self):
        return (self.office, self.item)

    @property
    def body(self):
        return self.revision.body

    @property
    def is_own(self):
        return self.revision.author_office == self.office


def counting(book, as_of):
    """{kind: [Record]} of what counts at as_of."""
    result = defaultdict(list)
    for key, item in book.items(as_of).items():
        tip = item.standing().tip
        if tip:
            result[tip.kind].append(Record(tip.kind, *key, tip, min(r.received_at for r in item.revisions)))
    return result
