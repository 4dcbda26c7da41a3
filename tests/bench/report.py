#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the figures of a run into docs/performance.md, between its marks, and their plots beside it.

    report.py FOLDER     the answers, one file for each question, as tests/bench/run.sh leaves them
"""
import json
import statistics
import sys
from pathlib import Path

import plots

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE, IMAGES = DOCS / "performance.md", DOCS / "images"
BEGIN, END = "<!-- figures: made by tests/bench/run.sh -->\n", "<!-- end of figures -->\n"
# The questions of tests/bench/ingest, and what the plots call those that compare rows a second.
INGEST = ("fleet", "fleet-drop-bytes", "drain", "slowdisk", "single", "overload")
LABELS = {"fleet": "200 agents", "fleet-drop-bytes": "200 agents, no raw bytes", "drain": "one agent", "slowdisk": "+8 ms a sync"}


def ratio(part, digits=2):
    return f"{part['median']:.{digits}f} ({part['min']:.{digits}f} to {part['max']:.{digits}f})"


def cpu(part, name):
    value = part["cpu_us_per_row"].get(name, 0)
    return value["median"] if isinstance(value, dict) else value


def command_of(name):
    program, _, option = name.partition("-")
    return f"tests/bench/ingest/{program}.py" + (f" --{option}" if option else "")


def ingest_rows(answers):
    """Question, base, figure, goal, command, more."""
    for name, base, goal in (("fleet", "bare COPY 10,000 × 2, raw bytes kept", "≥ 0.90"),
                             ("fleet-drop-bytes", "bare COPY 10,000 × 2, neither keeps raw bytes", "≥ 0.82"),
                             ("drain", "bare COPY 2,000 × 1", "≥ 1.0"), ("slowdisk", "bare COPY 2,000 × 1, +8 ms a sync", "≥ 2.5")):
        if name in answers:
            a = answers[name]
            yield (a["title"].split(" against")[0], base, ratio(a["ratio"]), goal, command_of(name),
                   f"{a['subject']['rows_per_s']['median']:,.0f} rows/s, base {a['base']['rows_per_s']['median']:,.0f}")
    if "single" in answers:
        c = answers["single"]
        for name, key in (("p50", "ratio"), ("p99", "ratio_p99")):
            yield (f"single event, acknowledgement {name}", "prepared INSERT", ratio(c[key]), "≤ 3.5", command_of("single"),
                   f"{c['subject'][name + '_us']['median']:,.0f} µs, base {c['base'][name + '_us']['median']:,.0f}")
    if "overload" in answers:
        e, command = answers["overload"], command_of("overload")
        yield (f"{e['title']}: goodput", "own capacity", ratio(e["goodput_ratio"]), "≥ 0.9", command,
               f"{e['goodput_rows_per_s']['median']:,.0f} of {e['capacity_rows_per_s']['median']:,.0f} rows/s in turns; over the whole time {e['long_ratio']:.2f}")
        yield ("the same: memory", "its median", f"spread {e['rss_spread_pct']:.1f} %, drift {e['rss_drift_pct']:+.1f} %", "±5 %", command,
               f"{e['rss_kib']['median'] / 1024:.0f} MiB")
        yield ("the same: a small agent, p99", "none", f"{e['honest_p99_us'] / 1e6:.2f} s", "≤ 1 s", command,
               f"p50 {e['honest_p50_us'] / 1e6:.2f} s; {e['nacks']} refusals")


def figure_rows(found):
    command = "tests/bench/figures/figures.py"
    for size in sorted({f["rows"] for f in found}):
        mid = {k: statistics.median(f[k] for f in found if f["rows"] == size) for k in found[0]}
        yield (f"fold, an event of {size:,}", "COPY's CPU an event", f"{mid['fold_cpu_us'] / mid['copy_cpu_us']:.2f}", "≤ 0.5", command,
               f"{mid['fold_cpu_us']:.2f} µs, COPY {mid['copy_cpu_us']:.2f}")
        yield (f"provincial coverage of {size:,} events", "the best plain query", f"1/{mid['plain_ms'] / mid['rollup_ms']:.0f}", "≤ 1/50, flat", command,
               f"{mid['rollup_ms']:.1f} ms, plain {mid['plain_ms']:,.0f} ms; completion {mid['completion_ms']:.1f} ms; made anew in {mid['anew_wall_us']:.0f} µs of wall an event")


def ledger_rows(found):
    command, size = "tests/bench/ledger/ledger.py", f"{found['items']:,} items"
    waiting = f"{found['backlog']:,} of {size}"

    def mib(part):
        peak = part["peak_kib"]
        return (peak["max"] if isinstance(peak, dict) else peak) / 1024

    opening, times = found["opening"], found["commands_ms"]
    drains = [found[name] for name in found if name.startswith("drain")]
    yield (f"ledger of {size}: memory of the agent", "none", f"{max(mib(p) for p in drains):.1f} MiB draining", "≤ 32 MiB", command,
           f"opening {mib(opening['cold']):.1f}, idle {mib(found['idle']):.1f}, after commands {mib(found['asked']):.1f} MiB")
    for name, label in (("drain", "peer that only acknowledges"), ("drain_slow_store", "peer that takes 8 ms to commit"),
                        ("drain_end_to_end", "collector and PostgreSQL")):
        if name in found:
            rate, cpu = found[name]["items_per_s"], found[name]["agent_cpu_us"]["median"]
            yield (f"drain of {waiting}", label, f"{rate['median']:,.0f} items/s ({rate['min']:,.0f} to {rate['max']:,.0f})", "≥ 50,000/s",
                   command, f"agent {cpu:.1f} µs of CPU an item"
                   + (f"; bare COPY {found[name]['copy_rows_per_s']['median']:,.0f} rows/s" if "ratio" in found[name] else ""))
    yield (f"start with {size}", "none", f"{opening['warm']['ms']:.0f} ms", "none", command, f"{opening['cold']['ms']:.0f} ms from a cold disk")
    own = found["command_without_daemon_ms"]
    yield (f"commands with {size}", f"process of a command, {own:.0f} ms", ", ".join(f"{n} {times[n]:.0f}" for n in ("record", "list", "status"))
           + " ms", "none", command, f"list of a kind that is not there {times['list of a kind not there']:.0f} ms")
    yield (f"disk of {size}", "none", f"{found['bytes_per_item']:.0f} bytes an item", "none", command, "")


def peer_rows(found):
    for peer in found["peers"].values():
        cpu = peer["cpu_peer_to_zhibao"]["median"]
        yield (f"{found['agents']} agents, times the rows of a peer", peer["title"] + (" (may lose what it took)" if peer["may_lose"] else ""),
               ratio(peer["zhibao_to_peer"], 1), f"≥ {peer['goal']}", "tests/bench/peers/peers.py",
               f"peer {peer['rows_per_s']['median']:,.0f} rows/s, {peer['to_base']['median']:.4f} of bare COPY 10,000 × 2; {cpu:.0f} times the CPU of a row")


def table(rows):
    out = ["| question | base in the same run | measured | goal | more | command |", "|---|---|---|---|---|---|"]
    for title, base, measured, goal, command, more in rows:
        out.append(f"| {title} | {base} | {measured} | {goal} | {more} | `{command}` |")
    return "\n".join(out) + "\n"


def cpu_bars(answers):
    for name in LABELS:
        if name in answers:
            for side in ("base", "subject"):
                yield f"{LABELS[name]}: {side}", [cpu(answers[name][side], part) for part, _, _ in plots.PARTS]


def goal_points(answers):
    def point(label, part, goal, is_more_better=True):
        return label, part["median"], part["min"], part["max"], goal, is_more_better

    for name, goal in (("fleet", 0.9), ("fleet-drop-bytes", 0.82), ("drain", 1), ("slowdisk", 2.5)):
        if name in answers:
            yield point(LABELS[name], answers[name]["ratio"], goal)
    if "single" in answers:
        yield point("single event, p50", answers["single"]["ratio"], 3.5, False)
        yield point("single event, p99", answers["single"]["ratio_p99"], 3.5, False)
    if "overload" in answers:
        yield point("goodput under overload", answers["overload"]["goodput_ratio"], 0.9)


def draw(answers, figures):
    """The plots; the lines that show them."""
    plots.cpu_of_a_row(list(cpu_bars(answers)), IMAGES / "performance.svg")
    plots.ratios(list(goal_points(answers)), IMAGES / "performance-goals.svg")
    yield "![goals](images/performance-goals.svg)"
    yield "![processor time of a row](images/performance.svg)"
    sizes = sorted({f["rows"] for f in figures})
    if sizes:
        lines = [(label, [statistics.median(f[key] for f in figures if f["rows"] == size) for size in sizes])
                 for label, key in (("best plain query", "plain_ms"), ("coverage of the province", "rollup_ms"),
                                    ("completion of the province", "completion_ms"))]
        plots.flatness(sizes, lines, IMAGES / "performance-flat.svg")
        yield "![answers by events stored](images/performance-flat.svg)"


def main():
    found = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in Path(sys.argv[1]).glob("*.json")}
    answers = {name: found[name]["answer"] for name in INGEST if name in found}
    figures = found.get("figures", [])
    rows = [*ingest_rows(answers), *figure_rows(figures)]
    if "ledger" in found:
        rows += ledger_rows(found["ledger"])
    if "peers" in found:
        rows += peer_rows(found["peers"]["answer"])
    images = "\n\n".join(draw(answers, figures))
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    run = found["fleet"]
    words = (f"{run['processors']} processors, PostgreSQL {run['postgres'].split()[2]}, {run['options']['rounds']} rounds, medians and the range between them; "
             "settings of the server: " + ", ".join(f"{k} {v}" for k, v in run["settings"].items()) + ".\n\n")
    PAGE.write_text(before + BEGIN + "\n" + words + table(rows) + "\n" + images + "\n\n" + END + after, encoding="utf-8")


if __name__ == "__main__":
    main()
