"""Draw docs/scale.svg from what `python benchmarks/scale.py --plans 100 1000 6000 --json FILE` kept.

python docs/make_scale_figure.py FILE
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Four panels: time, memory, disk, questions, each against the number of plans, on logarithmic axes."""
    figures = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    plans = [f["plans"] for f in figures]
    plt.rcParams.update({"svg.hashsalt": "plangraph", "font.size": 9})
    drawing, panels = plt.subplots(2, 2, figsize=(9, 6.4), layout="constrained")
    build = [f["build"]["seconds"] for f in figures]
    draw(panels[0, 0], plans, "seconds", {
        "build, checked": build,
        "raw bulk load": [f["raw"]["seconds"] for f in figures],
        "after one plan changed": [f["change"]["seconds"] for f in figures],
    })  # fmt: skip
    draw(panels[0, 1], plans, "MiB, peak", {
        "build": [f["build"]["peak"] for f in figures], "raw bulk load": [f["raw"]["peak"] for f in figures],
        "network and measures": [f["network"]["peak"] for f in figures],
    })  # fmt: skip
    draw(panels[1, 0], plans, "MB on disk", {"store": [f["build"]["store"] / 1e6 for f in figures]})
    asked = figures[0]["questions"]
    draw(
        panels[1, 1], plans, "milliseconds a question", {q: [f["questions"][q]["ours"] for f in figures] for q in asked}
    )
    drawing.savefig(HERE / "scale.svg", metadata={"Date": None})


def draw(panel: plt.Axes, plans: list[int], what: str, lines: dict[str, list[float]]) -> None:
    """One panel; the dotted line grows as the corpus does."""
    for name, values in lines.items():
        panel.plot(plans, values, marker="o", markersize=3, linewidth=1.2, label=name)
    first = next(iter(lines.values()))[0]
    panel.plot(plans, [first * n / plans[0] for n in plans], ":", color="grey", label="linear")
    panel.set(xscale="log", yscale="log", xlabel="plans", ylabel=what)
    panel.grid(alpha=0.25)
    if len(lines) > 4:  # room for the legend above the lines
        panel.set_ylim(top=panel.get_ylim()[1] * 50)
    panel.legend(fontsize=7, loc="upper left", ncols=1 + (len(lines) > 4))


if __name__ == "__main__":
    main()
