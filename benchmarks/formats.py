"""The same text in other formats and in noisy copies: how far the facts drawn out of each agree with the plain text's.

    python benchmarks/formats.py [--texts N] [--list] [TEXT ...]

Without TEXT the plans in ``$PLANGRAPH_PLANS`` (or ``../shared/plans``) are read, ``--texts`` of them. Each is made into
every copy of `COPIES`, and what is extracted from a copy is held against what is extracted from the text itself:
agreement is 2 · both / (text + copy) over entities (class and names) and relations, names folded and traditional
characters too. ``--list`` shows the facts that differ. No name of a format is known to the extraction.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from plangraph.document import Document, fold_traditional, read_document
from plangraph.extract import propose
from plangraph.model import fold

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.document import copies  # noqa: E402

#: Agreement that the project promises.
BAR = 0.98
Fact = tuple[str, ...]


def main() -> int:
    """Print the table; exit code 1 where a copy agrees less than `BAR`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", nargs="*", type=Path)
    parser.add_argument("--texts", dest="most", type=int, default=6)
    parser.add_argument("--copy", action="append", choices=sorted(copies.COPIES))
    parser.add_argument("--list", action="store_true")
    given = parser.parse_args()
    sources = given.texts or plans(given.most)
    if not sources:
        print("skipped: no texts; name some, or their folder with PLANGRAPH_PLANS")
        return 0
    totals: dict[str, list[int]] = {}
    for source in sources:
        whole = read_document(source)
        title = source.stem
        wanted = facts(whole, title)
        for name in given.copy or copies.COPIES:
            found = facts(copy_of(whole, copies.COPIES[name]), title)
            row = totals.setdefault(name, [0, 0, 0, 0, 0, 0])
            for at, kind in ((0, 2), (3, 3)):
                a, b = ({f for f in side if len(f) == kind} for side in (wanted, found))
                row[at] += len(a)
                row[at + 1] += len(b)
                row[at + 2] += len(a & b)
            if given.list:
                for sign, rest in (("-", wanted - found), ("+", found - wanted)):
                    for fact in sorted(rest, key=str):
                        print(f"{sign} {name}\t{source.stem}\t{' '.join(fact)}")
    print(f"{'copy':<14}{'entities':>10}{'relations':>11}{'facts':>9}   ({len(sources)} texts)")
    worst = 1.0
    for name, (a, b, c, d, e, f) in totals.items():
        together = share(a + d, b + e, c + f)
        worst = min(worst, together)
        print(f"{name:<14}{share(a, b, c):>10.4f}{share(d, e, f):>11.4f}{together:>9.4f}")
    return int(worst < BAR)


def share(one: int, other: int, both: int) -> float:
    """Agreement of two sets of facts."""
    return 2 * both / (one + other) if one + other else 1.0


def plans(most: int) -> list[Path]:
    """The Tianjin plan and ``most - 1`` of the reports, evenly chosen."""
    folder = Path(os.environ.get("PLANGRAPH_PLANS") or ROOT.parent / "shared" / "plans")
    reports = sorted(folder.glob("reports-*/*.txt"))
    step = max(1, len(reports) // max(1, most - 1))
    return [p for p in (folder / "tianjin-145.txt",) if p.is_file()] + reports[::step][: most - 1]


def copy_of(whole: Document, make: Callable[[Document], tuple[str, bytes]]) -> Document:
    """The document that is read from a copy of ``whole``."""
    ending, data = make(whole)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"copy.{ending}"
        path.write_bytes(data)
        return read_document(path)


def facts(document: Document, title: str) -> set[Fact]:
    """Entities as (class, name) and statements as (subject, relation, object), names in one form."""
    found = propose(document, "copy", title)
    names = {e.id: min(fold(fold_traditional(n)) for n in (e.label_zh, *e.aliases)) for e in found.entities}
    entities: set[Fact] = {(e.type, names[e.id]) for e in found.entities}
    return entities | {(names[s.subject], s.predicate, names[s.object]) for s in found.statements}


if __name__ == "__main__":
    sys.exit(main())
