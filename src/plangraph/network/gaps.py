"""Gaps: what a plan leaves open, each list with the query behind it and what to do about it.

A gap is a saved question whose header says what to do (``# gap zh:`` and ``# gap en:``); a new file among the queries
is a new gap.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plangraph.listing import Column, Listing
from plangraph.query import Result
from plangraph.questions import Question, all_questions, column_headings

if TYPE_CHECKING:
    from plangraph.graph import PlanGraph


@dataclass(frozen=True, slots=True)
class Gap:
    """One list of what is missing.

    Args:
        question: The saved question that finds it.
        result: Its answer, with IRIs.
    """

    question: Question
    result: Result

    def __len__(self) -> int:
        return len(self.result)

    @property
    def name(self) -> str:
        """Name of the question: ``plangraph ask NAME`` gives the same list."""
        return self.question.name

    @property
    def sparql(self) -> str:
        """The query behind it."""
        return self.question.sparql

    def title(self, lang: str = "zh") -> str:
        """What it lists."""
        return self.question.title(lang)

    def advice(self, lang: str = "zh") -> str:
        """What to do about it."""
        return self.question.gap_zh if lang == "zh" else self.question.gap_en

    def listing(self, kg: PlanGraph, lang: str = "zh") -> Listing:
        """The list with names in ``lang``; the query stands on the how-to-read sheet."""
        headings = column_headings() if lang == "zh" else {}
        named = kg.named(self.result, lang)
        columns = tuple(Column(c, headings.get(c, c)) for c in named.columns)
        query = ("查询：" if lang == "zh" else "Query: ") + self.sparql.strip()
        return Listing(self.name, self.title(lang), columns, named.rows, (self.advice(lang), query))


def gaps(kg: PlanGraph) -> list[Gap]:
    """Every list of gaps of a build, empty ones too, sorted by name."""
    return [Gap(q, kg.query(q.sparql)) for q in all_questions() if q.gap_en]
