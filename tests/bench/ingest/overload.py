#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What happens when agents send twice as much as can be stored: goodput, memory, and a small agent beside them.

    overload.py                 20 s
    overload.py --seconds 600   the long form
    overload.py --agents 2845   all counties of the country (an invented pack), more than may have a batch on the way at a time
    overload.py --quick         small counts, to see that everything works
"""
import re
import statistics
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench import Bench  # noqa: E402
from country import CountryBench  # noqa: E402
from countrypack import COUNTY_OFFICES  # noqa: E402
from rows import off_median_pct  # noqa: E402
from question import alternate, ask, line_of, options, parser_of, print_cpu, ratios, spread  # noqa: E402


def memory_kib(pid, which="VmRSS"):
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    return int(re.search(rf"{which}:\s+(\d+)", status).group(1))


class Watch:
    """Samples the resident memory of the collector."""

    def __init__(self, pid):
        self.samples, self.is_over = [], threading.Event()
        self.thread = threading.Thread(target=self.sample, args=(pid,))
        self.thread.start()

    def sample(self, pid):
        began = time.monotonic()
        while not self.is_over.is_set():
            self.samples.append((round(time.monotonic() - began, 1), memory_kib(pid)))
            self.is_over.wait(0.25)

    def __call__(self):
        self.is_over.set()
        self.thread.join()
        return self.samples


def overload(bench, args):
    """The capacity is that of the same agents with a small window. All runs make their batches as they send them, so that the
    agents take the same share of the processors. Goodput is compared in turns, as everything is; memory and the small agent
    are watched over one long overload; its collector is a new process, since one that was overloaded before keeps the memory."""
    seconds = args.seconds
    share = max(2, min(15, seconds // 4))
    bench.limit_seconds += 2 * seconds

    def own(length=share):
        return bench.subject(args.agents, args.records, 4, "--seconds", length)

    rate = int(2 * own()["rows_per_s"])

    def twice(length=share, **more):
        return bench.subject(args.agents, args.records, 16, "--seconds", length, "--rate", rate, "--honest", args.honest_ms, **more)

    runs = alternate(args.rounds, {"capacity": own, "overload": twice})
    own_long = own(seconds)  # tables grow: a long run is compared with a long one
    bench.restart_collector()
    idle_kib = memory_kib(bench.collector_pid())
    over = twice(seconds, meanwhile=lambda: Watch(bench.collector_pid()))
    peak_kib = memory_kib(bench.collector_pid(), "VmHWM")
    in_time = [kib for at, kib in over["meanwhile"] if seconds / 4 <= at <= seconds]
    rss = spread(in_time)
    half = [kib for at, kib in over["meanwhile"] if seconds / 4 <= at < seconds / 2]
    last = [kib for at, kib in over["meanwhile"] if seconds * 3 / 4 <= at <= seconds]
    return {"title": f"{seconds} s at twice the own capacity",
            "agents": args.agents, "records_per_batch": args.records, "window": 16,
            "capacity_rows_per_s": spread([r["rows_per_s"] for r in runs["capacity"]]), "offered_rows_per_s": rate,
            "goodput_ratio": ratios(runs["overload"], runs["capacity"], "rows_per_s"),
            "goodput_rows_per_s": spread([r["rows_per_s"] for r in runs["overload"]]),
            "long_rows_per_s": over["rows_per_s"], "long_ratio": over["rows_per_s"] / own_long["rows_per_s"],
            "rss_kib": rss, "idle_kib": idle_kib, "peak_kib": peak_kib,
            "rss_off_pct": off_median_pct(rss),
            "rss_drift_pct": 100 * (statistics.median(last) / statistics.median(half) - 1),
            "honest_rows": over["honest_rows"], "honest_p50_us": over["honest_p50_us"],
            "honest_p99_us": over["honest_p99_us"], "honest_max_us": over["honest_max_us"],
            "bulk_p50_us": over["p50_us"], "bulk_p99_us": over["p99_us"],
            "nacks": over["nacks"], "resent": over["resent"], "reconnects": over["reconnects"],
            "cpu_us_per_row": over["cpu_us_per_row"], "rows_per_copy": over["rows_per_copy"], "rss_samples": over["meanwhile"][::40]}


def print_overload(answer):
    def milliseconds(name):
        return f"{answer[name + '_us'] / 1000:,.1f} ms"

    print(answer["title"])
    print(f"  capacity {line_of(answer['capacity_rows_per_s'], 'rows/s')}, "
          f"offered {answer['offered_rows_per_s']:,}, goodput {line_of(answer['goodput_rows_per_s'], 'rows/s')}, "
          f"ratio {line_of(answer['goodput_ratio'], '', 2)}; over the whole time {answer['long_rows_per_s']:,.0f} rows/s, "
          f"ratio {answer['long_ratio']:.2f}")
    print(f"  RSS after the first quarter {line_of(answer['rss_kib'], 'KiB')}, "
          f"at most {answer['rss_off_pct']:.1f} % off, drift from the second to the last quarter "
          f"{answer['rss_drift_pct']:+.1f} %; idle {answer['idle_kib']:,} KiB, peak {answer['peak_kib']:,} KiB")
    print(f"  small agent: {answer['honest_rows']} records, p50 {milliseconds('honest_p50')}, "
          f"p99 {milliseconds('honest_p99')}, worst {milliseconds('honest_max')}; "
          f"bulk p50 {milliseconds('bulk_p50')}, p99 {milliseconds('bulk_p99')}")
    print(f"  refusals {answer['nacks']}, sent again {answer['resent']}, "
          f"reconnects {answer['reconnects']}; {answer['rows_per_copy']:,.0f} rows per COPY")
    print_cpu("overload", answer["cpu_us_per_row"])


def main():
    parser = parser_of(__doc__, agents=200, records=200, seconds=20)
    parser.add_argument("--honest-ms", type=int, default=100, help="between the records of the small agent")
    args = options(parser)
    ask(overload, args, show=print_overload, bench_type=CountryBench if args.agents >= COUNTY_OFFICES else Bench)


if __name__ == "__main__":
    main()
