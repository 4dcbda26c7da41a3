# SPDX-License-Identifier: Apache-2.0
"""The figures of the questions, each with its goal: what report.py prints and plots."""
import statistics
from dataclasses import dataclass

# What the tables and plots call the questions that compare rows a second.
LABELS = {"fleet": "200 agents", "fleet-drop-bytes": "200 agents, no raw bytes", "country": "2,845 offices, 113 records each", "drain": "one agent drains its backlog",
          "slowdisk": "200 agents, +8 ms a sync"}


def span(part, digits=2):
    return f"{part['median']:,.{digits}f} ({part['min']:,.{digits}f} to {part['max']:,.{digits}f})"


def cpu(part, name):
    value = part["cpu_us_per_row"].get(name, 0)
    return value["median"] if isinstance(value, dict) else value


def spread(values):
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def off_median_pct(part):
    """The largest distance from the median, up or down."""
    return 100 * max(part["max"] - part["median"], part["median"] - part["min"]) / part["median"]


@dataclass
class Row:
    """One figure. limit is its goal, none where there is no goal; parts, median, least and most, are given where it is plotted."""
    question: str
    base: str
    measured: str
    value: float
    limit: float
    is_more_better: bool
    unit: str
    more: str
    parts: tuple = ()
    command: str = ""
    rounds: int = 0

    @property
    def goal(self):
        if self.limit is None:
            return "none"
        return f"{'≥' if self.is_more_better else '≤'} {self.limit:,g}{self.unit}"

    @property
    def verdict(self):
        if self.limit is None:
            return ""
        return "met" if (self.value >= self.limit if self.is_more_better else self.value <= self.limit) else "**missed**"


def ratio_row(question, base, part, limit, more, is_more_better=True, digits=2):
    return Row(question, base, span(part, digits), part["median"], limit, is_more_better, "", more, (part["median"], part["min"], part["max"]))


def copies(answers):
    for name, base, limit in (("fleet", "bare COPY 10,000 × 2, raw bytes kept", 0.90),
                              ("fleet-drop-bytes", "bare COPY 10,000 × 2, neither keeps raw bytes", 0.82),
                              ("country", "bare COPY 10,000 × 2, raw bytes kept", None),
                              ("drain", "bare COPY 2,000 × 1", 1.0), ("slowdisk", "bare COPY 2,000 × 1, +8 ms a sync", 2.5)):
        if name in answers:
            a = answers[name]
            more = f"{a['subject']['rows_per_s']['median']:,.0f} rows/s, base {a['base']['rows_per_s']['median']:,.0f}"
            if "nacks" in a["subject"] and a["subject"]["nacks"]["max"] > 0:
                more += f"; {a['subject']['nacks']['median']:,.0f} batches asked to come later"
            row = ratio_row(LABELS[name], base, a["ratio"], limit, more)
            row.parts = row.parts if limit else ()
            yield name, row


def single(answer):
    for name, key in (("p50", "ratio"), ("p99", "ratio_p99")):
        yield ratio_row(f"single event, acknowledgement {name}", "prepared INSERT", answer[key], 3.5,
                        f"{answer['subject'][name + '_us']['median']:,.0f} µs, base {answer['base'][name + '_us']['median']:,.0f}", False)


def long_overload(e):
    from_idle = f"; a new process, idle {e['idle_kib'] / 1024:.0f}, peak {e['peak_kib'] / 1024:.0f} MiB" if "idle_kib" in e else ""
    yield Row(f"{e['title']}: goodput", "own capacity for as long", f"{e['long_ratio']:.2f}", e["long_ratio"], 0.9, True, "",
              f"{e['long_rows_per_s']:,.0f} rows/s of {e['offered_rows_per_s']:,} offered", (e["long_ratio"],) * 3)
    off = off_median_pct(e["rss_kib"])
    yield Row(f"{e['title']}: memory", "its median", f"{off:.1f} % off at most, drift {e['rss_drift_pct']:+.1f} %", off, 5, False, " %",
              f"{e['rss_kib']['median'] / 1024:.0f} MiB{from_idle}")
    yield Row(f"{e['title']}: a small agent, p99", "none", f"{e['honest_p99_us'] / 1e6:.2f} s", e["honest_p99_us"] / 1e6, 1, False, " s",
              f"p50 {e['honest_p50_us'] / 1e6:.2f} s; {e['nacks']} refusals")


def overload(e):
    yield from long_overload(e)
    yield Row("short overloads in turns: goodput", "own capacity in turns", span(e["goodput_ratio"]), e["goodput_ratio"]["median"], 0.9, True, "",
              f"{e['goodput_rows_per_s']['median']:,.0f} of {e['capacity_rows_per_s']['median']:,.0f} rows/s")


def figures_by_size(found):
    """The file and the runs of each count of events, from the least."""
    sizes = {}
    for name, file in found.items():
        for run in file["answer"]["runs"] if name.startswith("figures") else ():
            sizes.setdefault(run["rows"], (name, []))[1].append(run)
    return dict(sorted(sizes.items()))


def figures(size, runs):
    mid = {k: statistics.median(f[k] for f in runs) for k, value in runs[0].items() if not isinstance(value, dict)}
    http = {path: statistics.median(f["api_ms"][path] for f in runs) for path in runs[0]["api_ms"]}
    yield ratio_row(f"fold, an event of {size:,}", "COPY's CPU an event", spread([f["fold_cpu_us"] / f["copy_cpu_us"] for f in runs]), 0.5,
                    f"{mid['fold_cpu_us']:.2f} µs, COPY {mid['copy_cpu_us']:.2f}; wall {mid['fold_wall_us']:.2f} and {mid['copy_wall_us']:.2f} µs; "
                    f"made anew {mid['anew_wall_us']:.2f} µs of wall", False)
    gain = mid["plain_ms"] / mid["rollup_ms"]
    yield Row(f"provincial coverage of {size:,} events", "the best plain query", f"1/{gain:,.0f}", gain, 50, True, " times quicker",
              f"{span(spread([f['rollup_ms'] for f in runs]), 1)} ms, plain {mid['plain_ms']:,.0f} ms; completion {mid['completion_ms']:.1f} ms; over HTTP "
              f"{http['coverage']:.1f} and {http['completion']:.1f} ms; as of a past instant, from the records, {mid['past_ms']:,.0f} ms")


def mib(part):
    peak = part["peak_kib"]
    return (peak["max"] if isinstance(peak, dict) else peak) / 1024


def ledger(found):
    size = f"{found['items']:,} items"
    opening, times, own = found["opening"], found["commands_ms"], found["command_without_daemon_ms"]
    peak = max(mib(found[name]) for name in found if name.startswith("drain"))
    yield Row(f"ledger of {size}: memory of the agent", "none", f"{peak:.1f} MiB draining", peak, 32, False, " MiB",
              f"opening {mib(opening['cold']):.1f}, idle {mib(found['idle']):.1f}, after commands {mib(found['asked']):.1f} MiB")
    for name, label in (("drain", "peer that only acknowledges"), ("drain_slow_store", "peer that takes 8 ms to commit"),
                        ("drain_end_to_end", "collector and PostgreSQL, connecting included")):
        if name in found:
            rate, used = found[name]["items_per_s"], found[name]["agent_cpu_us"]["median"]
            copy = f"; {found[name]['ratio']['median']:.2f} of bare COPY 2,000 × 1" if "ratio" in found[name] else ""
            yield Row(f"drain of {found['backlog']:,} of {size}", label, f"{span(rate, 0)} items/s", rate["median"], 50000, True, "/s",
                      f"agent {used:.1f} µs of CPU an item{copy}")
    yield Row(f"start with {size}", "none", f"{opening['warm']['ms']:.0f} ms", 0, None, False, "", f"{opening['cold']['ms']:.0f} ms from a cold disk")
    yield Row(f"commands with {size}", f"process of a command, {own:.0f} ms", ", ".join(f"{n} {times[n]:.0f}" for n in ("record", "list", "status")) + " ms",
              0, None, False, "", f"list of a kind that is not there {times['list of a kind not there']:.0f} ms")
    yield Row(f"disk of {size}", "none", f"{found['bytes_per_item']:.0f} bytes an item", 0, None, False, "", "")


def storm(found):
    base = f"none; {found['peers']:,} agents of {found['offices']:,} offices"
    back = {k: v / 1000 for k, v in found["all_ms"].items()}
    yield Row(f"{found['peers']:,} agents back after a kill", base, f"{span(back, 1)} s", back["median"], 6 if found["peers"] == 10000 else None, False,
              " s", f"half after {found['half_ms']['median'] / 1000:.1f} s; none lost; {found['cpu_us']['collector']['median']:,.0f} µs of the collector for each, "
              f"{found['cpu_us']['database']['median']:,.0f} of the database, {found['cpu_us']['agents']['median']:,.0f} of the agents")
    yield Row("memory for each at the collector", base, f"{found['session_kib']:.1f} KiB with a session", found["session_kib"], 45, False, " KiB",
              f"{found['handshake_kib']:.1f} KiB connected only; a handshake {found['handshake_cpu_us']['collector']:,.0f} µs of the collector")


def peers(found):
    for peer in found["peers"].values():
        yield Row("200 agents, times the rows of rsyslog over one connection", peer["title"] + (" (may lose what it took)" if peer["may_lose"] else ""),
                  span(peer["zhibao_to_peer"], 1), peer["zhibao_to_peer"]["median"], peer["goal"], True, "",
                  f"peer {peer['rows_per_s']['median']:,.0f} rows/s, {peer['to_base']['median']:.4f} of bare COPY 10,000 × 2; "
                  f"{peer['cpu_peer_to_zhibao']['median']:.0f} times the CPU of a row")


def all_of(found):
    """Every row of every question that was asked."""
    answers = {name: file["answer"] for name, file in found.items()}
    asked = list(copies(answers))
    for name, rows_of in (("single", single), ("overload", overload), ("overload-600", long_overload)):
        if name in answers:
            asked += [(name, row) for row in rows_of(answers[name])]
    for size, (name, runs) in figures_by_size(found).items():
        asked += [(name, row) for row in figures(size, runs)]
    for name, rows_of in (("ledger", ledger), ("storm-2845", storm), ("storm-10000", storm), ("peers", peers)):
        if name in answers:
            asked += [(name, row) for row in rows_of(answers[name])]
    for name, row in asked:
        row.command, row.rounds = found[name]["command"], found[name]["rounds"]
        yield row
