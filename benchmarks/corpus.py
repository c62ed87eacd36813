"""A corpus of many plans: a build from nothing, the same again, and after one plan changed, beside raw pyoxigraph.

    python benchmarks/corpus.py [--plans 60] [--statements 90] [--folder DIR]

The corpus is invented: institutions and domains are drawn with Zipf's law from names that all plans share, so that the
few big ones stand in most plans. A plan of the default size makes about 1,600 quads, as real ones do. Raw pyoxigraph
loads the N-Quads of the same build in bulk to disk, the merged facts included. The updated build is compared with one
made from nothing: the same TriG bytes. Resolution of the corpus is timed on names that differ by a legal form.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import random
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ENTITY_COLUMNS = ["id", "type", "label_zh", "label_en", "aliases", "broader", "note"]
STATEMENT_COLUMNS = [
    "subject", "predicate", "object", "status", "method", "confidence", "section", "paragraph", "start", "end",
    "quote", "decided_by", "decided_on", "reason",
]  # fmt: skip


def plan(root: Path, number: int, statements: int, draw: random.Random) -> None:
    """Write one plan folder."""
    claims = sorted({(zipf(draw, 5000), zipf(draw, 900)) for _ in range(statements)})
    names: dict[str, tuple[str, str]] = {}
    text, rows = "", []
    for line, (institution, domain) in enumerate(claims, 1):
        name = f"青禾{institution}研究院" + ("有限公司" if (institution + number) % 7 == 0 else "")
        subject = f"institution/i{institution}" + ("-co" if name.endswith("公司") else "")
        names[subject] = (name, "Institution")
        names[f"domain/d{domain}"] = (f"领域{domain}", "Domain")
        quote = f"{name}攻关领域{domain}"[:24]
        place = [line, len(text), len(text) + len(quote), quote]
        rows.append(
            [
                subject,
                "focusesOn",
                f"domain/d{domain}",
                "accepted",
                "curated",
                "1",
                "",
                *place,
                "bench",
                "2026-01-01",
                "",
            ]
        )
        text += quote + "。\n"
    folder = root / f"plan-{number}"
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    (folder / "plan.toml").write_text(
        f'id = "plan-{number}"\ntitle = "第{number}号规划"\njurisdiction = "某地"\nlanguage = "zh"\n'
        f'text_sha256 = "{digest}"\ntext_characters = {len(text)}\n',
        encoding="utf-8",
    )
    entities = [[i, kind, name, "", "", "", ""] for i, (name, kind) in sorted(names.items())]
    for file, header, lines in (
        ("entities.csv", ENTITY_COLUMNS, entities),
        ("statements.csv", STATEMENT_COLUMNS, rows),
    ):
        with (folder / file).open("w", encoding="utf-8", newline="") as out:
            csv.writer(out, lineterminator="\n").writerows([header, *lines])


def zipf(draw: random.Random, most: int) -> int:
    """A number from 1 to ``most``, the small ones far more often."""
    return min(int(draw.paretovariate(0.7)), most)


def timed(run: Callable[[], Any]) -> tuple[float, float, Any]:
    """Wall and processor seconds, and the result."""
    wall, processor = time.perf_counter(), time.process_time()
    result = run()
    return time.perf_counter() - wall, time.process_time() - processor, result


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--plans", type=int, default=60)
    options.add_argument("--statements", type=int, default=90)
    options.add_argument("--folder", type=Path, help="where to work; without it, a temporary folder")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        measure(Path(name), given.plans, given.statements)


def measure(work: Path, plans: int, statements: int) -> None:
    """Make the corpus in ``work`` and measure."""
    import pyoxigraph as ox

    from plangraph.builds import build
    from plangraph.folder import find_plan_folders, read_folders
    from plangraph.graph import PlanGraph
    from plangraph.rdf import build_nquads
    from plangraph.resolve import resolve

    draw = random.Random(5)
    for number in range(plans):
        plan(work / "plans", number, statements, draw)

    def line(what: str, took: tuple[float, float, Any], against: float | None = None) -> None:
        ratio = f"{took[1] / against:8.2f}" if against else ""
        print(f"{what:44} {took[0]:8.2f} s {took[1]:8.2f} s {ratio}")

    first = timed(lambda: build([work / "plans"], work / "out"))
    print(
        f"{plans} plans, {first[2].entities:,} entities, {first[2].statements:,} statements, {first[2].quads:,} quads"
    )
    print(f"{'':44} {'wall':>10} {'processor':>10}  of a build from nothing")
    line("build from nothing", first)
    line("the same again", timed(lambda: build([work / "plans"], work / "out")), first[1])
    plan(work / "plans", plans // 2, statements, draw)
    line("one plan changed", timed(lambda: build([work / "plans"], work / "out")), first[1])
    build([work / "plans"], work / "new")
    same = [(PlanGraph(work / n).folder / "graph.trig").read_bytes() for n in ("out", "new")]
    print(f"{'':44} the same bytes as from nothing: {same[0] == same[1]}")
    folders = read_folders(find_plan_folders([work / "plans"]))
    data = "".join(build_nquads(folders)).encode("utf-8")

    def load() -> None:
        store = ox.Store(str(work / "raw"))
        store.bulk_load(data, format=ox.RdfFormat.N_QUADS)
        store.flush()

    line("raw pyoxigraph: bulk load of the same quads", timed(load), first[1])
    found = timed(lambda: resolve(folders))
    line(f"resolve: {len(found[2]):,} candidates", found, first[1])
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
