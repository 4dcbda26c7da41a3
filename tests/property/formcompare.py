# SPDX-License-Identifier: Apache-2.0
"""Statistics forms: the product's answers beside the recomputed ones. Evidence is slow to ask for, so each question is asked once
for all forms of a point."""
from filings import PERIODS, Filings, line_key
from sheet import CELLS, OPTIONAL, Proof, shown
from world import label_id


class FormComparison:
    """A part of Comparison."""

    def forms(self, known, on, as_of, where):
        filings = self.filings_at(known)
        self.standing_forms(filings, as_of, where)
        self.form_cells(filings, as_of, where)
        self.form_findings(filings, as_of, where)
        self.form_revisions(filings, as_of, where)
        self.turn += 1
        for node in ("P", list(known.register.offices)[1 + self.turn % (len(known.register.offices) - 1)]):
            self.form_totals(filings, node, list(PERIODS)[self.turn % 2], as_of, where)
        self.indicator("I-17", filings.i_17(on), known, on, as_of, where)
        if as_of is None:
            self.proposal(list(known.register.offices)[self.turn % len(known.register.offices)], where)

    def filings_at(self, known):
        if known.as_of not in self.filings:
            self.filings[known.as_of] = Filings(self.history, known.as_of, self.knower)
        return self.filings[known.as_of]

    def standing_forms(self, filings, as_of, where):
        ours = {(f.office, label_id(f.item)): (f.period, f.stands and label_id(f.stands.label), label_id(f.newest.label), f.is_proxy, f.verdict, f.state, f.is_current)
                for f in filings.filings if f.period}
        theirs = {row[:2]: row[2:] for period in PERIODS for row in self.store.rows(
            "SELECT office_code, item_id::text, %s, revision_id::text, newest_revision_id::text, is_proxy, verdict, state, is_current FROM form_filing(%s, %s)",
            period, period, as_of)}
        self.check_each(f"forms {where}", ours, theirs)

    def judged(self, filings):
        return [f.judged for f in filings.filings if f.judged.body]

    def asked(self, filings):
        """The revisions as a table f of SQL."""
        keys = [line_key(form) for form in self.judged(filings)]
        return "unnest(%s::text[], %s::uuid[], %s::uuid[]) AS f (office_code, item_id, revision_id)", [list(column) for column in zip(*keys)] or [[], [], []]

    def form_cells(self, filings, as_of, where):
        table, keys = self.asked(filings)
        theirs = {}
        for office, item, revision, row, part, *rest in self.store.rows(
                "SELECT f.office_code, f.item_id::text, f.revision_id::text, s.item_no, s.sub_field, s.state, s.filled, s.evidence, s.support, "
                f"s.verification_factor, s.live_evidence, s.live_support, s.label_zh, s.unit, s.filled_count, s.reason FROM {table} "
                "CROSS JOIN LATERAL form_support_of(f.office_code, f.item_id, f.revision_id, facts_as_of(%s)) s", *keys, as_of):
            is_open = rest[0] == "not_answered" and (row, part) in OPTIONAL
            if not is_open:
                theirs[office, item, revision, row, part] = tuple(rest[:7]) if row < 22 else (rest[0], rest[3], *rest[8:])
        ours = {}
        for form in self.judged(filings):
            ours.update({(*line_key(form), *cell): told for cell, told in filings.support(form).items()})
            ours.update({(*line_key(form), 22, e["label"]): ("zero" if e["count"] == 0 else "value", "not_derivable", e["unit"], e["count"], e["note"])
                         for e in form.body.get("entries") or []})
        self.check_each(f"form cells {where}", ours, theirs)

    def form_findings(self, filings, as_of, where):
        table, keys = self.asked(filings)
        theirs = {}
        for row in self.store.rows(f"SELECT f.revision_id::text, n.code, n.severity, n.item_no, n.sub_field FROM {table} "
                                   "CROSS JOIN LATERAL form_findings(f.office_code, f.item_id, f.revision_id, %s) n", *keys, as_of):
            theirs.setdefault(row[0], set()).add(row[1:])
        ours = {label_id(form.label): filings.findings(form) for form in self.judged(filings)}
        self.check_each(f"form findings {where}", {k: sorted(v, key=str) for k, v in ours.items() if v}, {k: sorted(v, key=str) for k, v in theirs.items()})

    def form_revisions(self, filings, as_of, where):
        keys = [(office, label_id(item)) for office, item in filings.items]
        theirs = {row[:4]: row[4:] for row in self.store.rows(
            "SELECT f.office_code, f.item_id::text, r.item_no, r.sub_field, r.first_count, r.accepted_count, r.revision_rate::text "
            "FROM unnest(%s::text[], %s::uuid[]) AS f (office_code, item_id) CROSS JOIN LATERAL form_revision(f.office_code, f.item_id, %s) r",
            [k[0] for k in keys], [k[1] for k in keys], as_of)}
        ours = {(key[0], label_id(key[1]), *cell): moved for key, item in filings.items.items() for cell, moved in filings.revised(item).items()}
        self.check_each(f"form revisions {where}", ours, theirs)

    def form_totals(self, filings, node, period, as_of, where):
        where = f"{node} {period} {where}"
        ours = {office: (role, f and label_id(f.item)) for office, role, f in filings.members(node, period)}
        theirs = {row[0]: row[1:] for row in self.store.rows("SELECT office_code, role, item_id::text FROM form_member(%s, %s, %s)", node, period, as_of)}
        self.check_each(f"form members {where}", ours, theirs)
        rows = self.store.rows(
            "SELECT item_no, sub_field, declared_count, numerator, denominator, percent, true_count, reporting_count, accepted_count, derived_count, "
            "derived_numerator, derived_denominator, derived_percent, note FROM form_consolidated(%s, %s, %s)", node, period, as_of)
        self.check_each(f"form totals {where}", filings.consolidated(node, period), {row[:2]: row[2:13] for row in rows if row[0] < 22})
        free = [(e["label"], e["count"], f.verdict == "accepted", f.office + (f"：{e['note']}" if e["note"] else ""))
                for _, role, f in filings.members(node, period) if role in ("own", "with_subordinates") for e in f.stands.body.get("entries") or []]
        self.check(f"form lines of their own {where}", sorted(free, key=str),
                   sorted(((row[1], row[2], bool(row[8]), row[13]) for row in rows if row[0] == 22), key=str))

    def proposal(self, office, where):
        """What the centre proposes now, which is after everything."""
        known = self.knower(self.store.now())
        last = PERIODS["year_end"][1]
        for scope in ("own", "with_subordinates"):
            found = Proof(known, office, scope, PERIODS["year_end"][0], last).evidence()
            ours = {cell: (shown(CELLS[cell], value), *(value if isinstance(value, tuple) else (None, None))) for cell, value in found.items()}
            theirs = {row[:2]: row[2:] for row in self.store.rows(
                "SELECT item_no, sub_field, coalesce(evidence_count::text, CASE WHEN evidence_yes THEN '是' WHEN NOT evidence_yes THEN '否' END, "
                "evidence_text), numerator, denominator FROM form_proposal(%s, 'year_end', %s, %s)", office, scope, last)}
            self.check_each(f"form proposal {office} {scope} {where}", ours, theirs)
