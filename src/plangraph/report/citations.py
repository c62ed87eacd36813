"""Footnotes of a report: each quote once, numbered in the order of its first mention, in the form of GB/T 7714-2015."""

from __future__ import annotations

import html
from typing import Any

from plangraph.model import Evidence


class Footnotes:
    """Collects the quotes that one language version of a report mentions.

    Args:
        plans: Each plan's titles and facts, by id (`plangraph.view.data.plan_facts`).
        lang: "zh" or "en".
    """

    def __init__(self, plans: dict[str, dict[str, Any]], lang: str) -> None:
        self._plans, self._lang = plans, lang
        self._numbers: dict[tuple[str, int, int], int] = {}
        self._notes: list[str] = []

    def mark(self, plan: str, evidence: Evidence) -> str:
        """Markup of the raised number that leads to the footnote of ``evidence``."""
        key = (plan, evidence.start, evidence.end)
        number = self._numbers.setdefault(key, len(self._notes) + 1)
        if number > len(self._notes):
            self._notes.append(footnote(self._plans.get(plan, {"zh": plan}), evidence, self._lang))
        return f'<sup><a href="#{self._lang}-note-{number}">[{number}]</a></sup>'

    def marks(self, cited: list[tuple[str, Evidence]]) -> str:
        """Markup of several, each once."""
        return "".join(dict.fromkeys(self.mark(plan, e) for plan, e in cited))

    def listing(self) -> str:
        """Markup of the footnotes."""
        notes = (
            f'<li id="{self._lang}-note-{n}"><span class="number">[{n}]</span> {html.escape(note)}</li>'
            for n, note in enumerate(self._notes, 1)
        )
        return f'<ol class="notes">{"".join(notes)}</ol>'

    def __len__(self) -> int:
        return len(self._notes)


def footnote(plan: dict[str, Any], e: Evidence, lang: str) -> str:
    """One footnote as plain text: issuer, title, number, kind, date, source, place and quote."""
    title = f"{plan['zh']}：{plan['number']}" if plan.get("number") else plan["zh"]
    kind = "[EB/OL]" if plan.get("url") else "[Z]"
    head = ". ".join(str(p) for p in (plan.get("issuer"), title + kind, plan.get("published"), plan.get("url")) if p)
    section = "“" + " > ".join(e.section) + "”" if e.section else ""
    if lang == "zh":
        place = "，".join(p for p in (section, f"第 {e.paragraph} 段，“{e.quote}”") if p)
        return f"{head}：{place}（第 {e.start}–{e.end} 字）."
    place = ", ".join(p for p in (section, f"para. {e.paragraph}, “{e.quote}”") if p)
    return f"{head}: {place} (characters {e.start}–{e.end})."
