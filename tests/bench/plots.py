# SPDX-License-Identifier: Apache-2.0
"""The plots of docs/performance.md, as SVG files that are the same for the same figures."""
import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402

matplotlib.rcParams.update({"svg.hashsalt": "zhibao", "svg.fonttype": "none", "font.size": 10, "axes.spines.top": False,
                            "axes.spines.right": False})
END = 3  # of the goal; what is better still is not drawn
PARTS = (("backends", "#4c78a8", "PostgreSQL"), ("collector", "#f58518", "collector"), ("client", "#bab0ac", "agents or client"))


def save(figure, file):
    figure.savefig(file, metadata={"Date": None}, bbox_inches="tight")
    plt.close(figure)


def cpu_of_a_row(bars, file):
    """bars: label and microseconds by part of PARTS, from the top."""
    figure, axes = plt.subplots(figsize=(8, 0.4 * len(bars) + 1))
    begin = [0.0] * len(bars)
    names = [label for label, _ in bars]
    for i, (_, colour, label) in enumerate(PARTS):
        widths = [values[i] for _, values in bars]
        axes.barh(names, widths, left=begin, color=colour, label=label)
        begin = [b + w for b, w in zip(begin, widths)]
    for name, end in zip(names, begin):
        axes.text(end, name, f" {end:.1f}", va="center")
    axes.invert_yaxis()
    axes.set_xlabel("processor time of a row, µs")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.12), ncol=3, frameon=False)
    save(figure, file)


def ratios(points, file):
    """points: label, median, least, most, goal and whether more is better. Drawn as parts of the goal, so that the line at 1 is
    the goal of each; right of it is better."""
    figure, axes = plt.subplots(figsize=(8, 0.45 * len(points) + 1))
    for place, (_, middle, least, most, goal, is_more_better) in enumerate(points):
        parts = [v / goal if is_more_better else goal / v for v in (middle, least, most)]
        axes.plot([min(p, END) for p in parts[1:]], [place, place], color="#4c78a8", linewidth=2)
        axes.plot(min(parts[0], END), place, "o", color="#4c78a8" if parts[0] >= 1 else "#e45756")
        axes.annotate(f"{middle:.2f}, goal {goal:g}", (min(max(parts), END), place), textcoords="offset points", xytext=(9, 0), va="center")
    axes.set_yticks(range(len(points)), [label for label, *_ in points])
    axes.axvline(1, color="#54a24b", linestyle="--")
    axes.invert_yaxis()
    axes.set_xlim(0, END * 1.3)
    axes.set_xlabel("part of the goal reached; right of the line is better")
    save(figure, file)


def flatness(sizes, lines, file):
    """Milliseconds of an answer by events stored; lines: label and a value for each size."""
    figure, axes = plt.subplots(figsize=(8, 3.2))
    for label, values in lines:
        axes.loglog(sizes, values, "o-", label=label)
        for size, value in zip(sizes, values):
            axes.annotate(f"{value:,.1f}", (size, value), textcoords="offset points", xytext=(0, 6), ha="center")
    axes.set_xlabel("events stored")
    axes.set_ylabel("time of the answer, ms")
    axes.legend(frameon=False)
    save(figure, file)
