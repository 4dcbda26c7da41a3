#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the figures of a run into docs/performance.md, between its marks, and their plot beside it.

    report.py INGEST.json [FIGURES.json [LEDGER.json [PEERS.json]]]     as tests/bench/run.sh does
"""
import html
import json
import statistics
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE, PLOT = DOCS / "performance.md", DOCS / "images" / "performance.svg"
BEGIN, END = "<!-- figures: made by tests/bench/run.sh -->\n", "<!-- end of figures -->\n"
COMMAND = "tests/bench/ingest/ingest.py --questions {}"


def ratio(part, digits=2):
    return f"{part['median']:.{digits}f} ({part['min']:.{digits}f} to {part['max']:.{digits}f})"


def cpu(part, name):
    value = part["cpu_us_per_row"].get(name, 0)
    return value["median"] if isinstance(value, dict) else value


def ingest_rows(answers):
    """Question, base, figure, goal, command."""
    for letter, base, goal in (("a", "bare COPY 10,000 × 2, raw bytes kept", "≥ 0.90"),
                               ("f", "bare COPY 10,000 × 2, neither keeps raw bytes", "≥ 0.82"), ("b", "bare COPY 2,000 × 1", "≥ 1.0"),
                               ("d", "bare COPY 2,000 × 1, +8 ms a sync", "≥ 2.5")):
        if "ratio" in answers.get(letter, {}):
            a = answers[letter]
            yield (a["title"].split(" against")[0].split(", every")[0], base, ratio(a["ratio"]), goal, letter,
                   f"{a['subject']['rows_per_s']['median']:,.0f} rows/s, base {a['base']['rows_per_s']['median']:,.0f}")
    if "c" in answers:
        c = answers["c"]
        for name, key in (("p50", "ratio"), ("p99", "ratio_p99")):
            yield (f"single event, acknowledgement {name}", "prepared INSERT", ratio(c[key]), "≤ 3.5", "c",
                   f"{c['subject'][name + '_us']['median']:,.0f} µs, base {c['base'][name + '_us']['median']:,.0f}")
    if "e" in answers:
        e = answers["e"]
        yield (f"{e['title']}: goodput", "own capacity", ratio(e["goodput_ratio"]), "≥ 0.9", "e",
               f"{e['goodput_rows_per_s']['median']:,.0f} of {e['capacity_rows_per_s']['median']:,.0f} rows/s in turns; over the whole time {e['long_ratio']:.2f}")
        yield ("the same: memory", "its median", f"spread {e['rss_spread_pct']:.1f} %, drift {e['rss_drift_pct']:+.1f} %", "±5 %", "e",
               f"{e['rss_kib']['median'] / 1024:.0f} MiB")
        yield ("the same: a small agent, p99", "none", f"{e['honest_p99_us'] / 1e6:.2f} s", "≤ 1 s", "e",
               f"p50 {e['honest_p50_us'] / 1e6:.2f} s; {e['nacks']} refusals")


def figure_rows(found):
    for size in sorted({f["rows"] for f in found}):
        mid = {k: statistics.median(f[k] for f in found if f["rows"] == size) for k in found[0]}
        yield (f"fold, an event of {size:,}", "COPY's CPU an event", f"{mid['fold_cpu_us'] / mid['copy_cpu_us']:.2f}", "≤ 0.5", "",
               f"{mid['fold_cpu_us']:.2f} µs, COPY {mid['copy_cpu_us']:.2f}")
        yield (f"provincial coverage of {size:,} events", "the best plain query", f"1/{mid['plain_ms'] / mid['rollup_ms']:.0f}", "≤ 1/50, flat", "",
               f"{mid['rollup_ms']:.1f} ms, plain {mid['plain_ms']:,.0f} ms")


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
    for title, base, measured, goal, letter, more in rows:
        command = COMMAND.format(letter) if len(letter) == 1 else letter or "tests/bench/figures/figures.py"
        out.append(f"| {title} | {base} | {measured} | {goal} | {more} | `{command}` |")
    return "\n".join(out) + "\n"


def plot(answers):
    """Processor time of a row by process, base beside subject."""
    bars, parts = [], (("backends", "#4c78a8", "PostgreSQL"), ("collector", "#f58518", "collector"), ("client", "#bab0ac", "agents or client"))
    for letter in "afbd":
        if "ratio" in answers.get(letter, {}):
            for side in ("base", "subject"):
                bars.append((f"({letter}) {side}", [cpu(answers[letter][side], name) for name, _, _ in parts]))
    scale = 480 / max(sum(values) for _, values in bars)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="720" height="{60 + 26 * len(bars)}" font-family="sans-serif" font-size="13">',
           '<rect width="100%" height="100%" fill="white"/>']
    for i, (_, colour, label) in enumerate(parts):
        out.append(f'<rect x="{120 + 170 * i}" y="10" width="12" height="12" fill="{colour}"/><text x="{138 + 170 * i}" y="21">{html.escape(label)}</text>')
    for i, (label, values) in enumerate(bars):
        x, y = 120.0, 36 + 26 * i
        out.append(f'<text x="112" y="{y + 14}" text-anchor="end">{label}</text>')
        for (_, colour, _), value in zip(parts, values):
            out.append(f'<rect x="{x:.1f}" y="{y}" width="{value * scale:.1f}" height="20" fill="{colour}"/>')
            x += value * scale
        out.append(f'<text x="{x + 6:.1f}" y="{y + 14}">{sum(values):.1f} µs a row</text>')
    PLOT.write_text("\n".join(out) + "\n</svg>\n", encoding="utf-8")


def main():
    report = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    answers = report["questions"]
    rows = list(ingest_rows(answers))
    if len(sys.argv) > 2:
        rows += figure_rows(json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))
    if len(sys.argv) > 3:
        rows += ledger_rows(json.loads(Path(sys.argv[3]).read_text(encoding="utf-8")))
    if len(sys.argv) > 4:
        rows += peer_rows(json.loads(Path(sys.argv[4]).read_text(encoding="utf-8")))
    plot(answers)
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    words = (f"{report['processors']} processors, PostgreSQL {report['postgres'].split()[2]}, {report['options']['rounds']} rounds, medians and the range between them; "
             "settings of the server: " + ", ".join(f"{k} {v}" for k, v in report["settings"].items()) + ".\n\n")
    PAGE.write_text(before + BEGIN + "\n" + words + table(rows) + "\n![processor time of a row](images/performance.svg)\n\n" + END + after, encoding="utf-8")


if __name__ == "__main__":
    main()
