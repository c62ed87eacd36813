"""A comparison as one page that opens offline: summary, differences with filters, matrices, leads, quotes everywhere."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plangraph.compare.rows import Cell, Citation, Side
from plangraph.compare.tables import WAYS, WORDS, about
from plangraph.offline import offline_page
from plangraph.ontology import load_ontology

if TYPE_CHECKING:
    from plangraph.compare import Comparison


def page_html(comparison: Comparison, lang: str) -> str:
    """The page of ``comparison``, opening in ``lang``."""
    names = [_label(comparison, side) for side in comparison.sides]
    shown = names if len(names) <= 4 else [*names[:3], {"zh": "……", "en": "…"}]
    title = {
        "zh": f"规划比较：{'、'.join(n['zh'] for n in shown)}",
        "en": f"Plans compared: {', '.join(n['en'] for n in shown)}",
    }
    cites = _Cites(comparison)
    ontology = load_ontology()
    data = {
        "lang": lang,
        "title": title,
        "sides": [{"name": s.name, "plans": list(s.plans), **_label(comparison, s)} for s in comparison.sides],
        "plans": [
            {
                "name": p.name,
                "zh": p.title_zh,
                "en": p.title_en,
                "period": p.period,
                "entities": len(p.entities),
                "statements": len(p.statements),
            }
            for p in comparison.plans
        ],
        "rows": [
            [r.part, r.kind, r.zh, r.en, r.status, list(r.differs), r.how, [cites.cell(c) for c in r.cells]]
            for r in comparison.rows
        ],
        "similarity": [{"of": m.of, "measure": m.measure, "values": m.values} for m in comparison.similarity],
        "leads": [
            [
                *(x.kind, x.zh, x.en, x.leader, x.firm, x.evidence, x.shares, x.actors),
                [cites.numbers(c) for c in x.citations],
            ]
            for x in comparison.leads
        ],
        "words": WORDS | {n: (w.label_zh, w.label_en) for n, w in {**ontology.classes, **ontology.relations}.items()},
        "ways": WAYS,
        "about": {k: about(comparison, k) for k in ("zh", "en")},
    }
    data |= {"cites": cites.rows, "sections": [list(path) for path in cites.sections]}
    return offline_page(Path(__file__).resolve().parent, title[lang], lang, data)


def _label(comparison: Comparison, side: Side) -> dict[str, str]:
    """What the page calls a side: its place where the places are enough to tell the sides apart, else its name."""
    places = [comparison.plans[s.plans[0]].jurisdiction for s in comparison.sides if len(s.plans) == 1]
    if all(places) and len(set(places)) == len(comparison.sides):
        plan = comparison.plans[side.plans[0]]
        own = plan.own_place()
        return {"zh": plan.jurisdiction, "en": own.label("en") if own else plan.jurisdiction}
    return {"zh": side.name, "en": side.name}


class _Cites:
    """Numbers the citations, each once, so that the page holds a quote once however many cells show it."""

    def __init__(self, comparison: Comparison) -> None:
        self.rows: list[list[Any]] = []
        self.sections: dict[tuple[str, ...], int] = {}
        self._plans = {p.name: n for n, p in enumerate(comparison.plans)}
        self._known: dict[tuple[Any, ...], int] = {}

    def numbers(self, cited: Iterable[Citation]) -> list[int]:
        """The number of each citation, in order."""
        found = []
        for c in cited:
            e = c.evidence
            section = self.sections.setdefault(e.section, len(self.sections))
            row = (self._plans[c.plan], e.start, e.end, e.paragraph, section, e.quote, c.zh, c.en)
            number = self._known.setdefault(row, len(self.rows))
            if number == len(self.rows):
                self.rows.append(list(row))
            found.append(number)
        return found

    def cell(self, cell: Cell) -> list[Any] | int:
        """A cell as the page's script reads it; 0 for nothing."""
        return [cell.zh, cell.en, cell.evidence, self.numbers(cell.citations)] if cell.present else 0
