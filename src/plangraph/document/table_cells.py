"""Which lines of tables are cells: of a table that holds data, not of one that lays out a page or frames a text."""

from __future__ import annotations

import itertools

from plangraph.document.marks import BOLD, CELL, MAX_LINES, PLAIN, Line

#: A cell with more lines than this, one of them as long as a paragraph, lays out a page, and so does one of very many.
_LINES, _PARAGRAPH, _MANY = 3, 60, 50


class TableCells:
    """Marks cells when their row ends, among the lines of a reader, which reports where tables, rows and cells begin.

    A cell alone in its row is none: it frames a text.

    Args:
        lines: The reader's lines, which `take` takes.
    """

    def __init__(self, lines: list[Line]) -> None:
        self._lines = lines
        self._starts: list[list[int]] = []

    def begin_table(self) -> None:
        """A table begins, maybe inside a cell of another."""
        self._starts.append([])

    def begin_cell(self) -> None:
        """A cell begins, and the one before it ends."""
        if self._starts:
            self._starts[-1].append(len(self._lines))

    def end_row(self) -> None:
        """The row ends: its lines are marked."""
        if not self._starts:
            return
        starts = self._starts[-1]
        cells = [(a, b) for a, b in itertools.pairwise([*starts, len(self._lines)]) if a < b]
        for start, end in cells if len(cells) > 1 else ():
            if end - start > _MANY:
                continue
            inside = self._lines[start:end]
            if len(inside) > _LINES and any(len(line.text) >= _PARAGRAPH for line in inside):
                continue
            self._lines[start:end] = [
                line._replace(mark=CELL) if line.mark in (PLAIN, BOLD) else line for line in inside
            ]
        starts.clear()

    def end_table(self) -> None:
        """The innermost table ends."""
        self.end_row()
        if self._starts:
            self._starts.pop()

    def end_all(self) -> None:
        """The text ends, and with it what was left open."""
        while self._starts:
            self.end_table()

    def take(self) -> list[Line]:
        """The lines since the last call; none while a table is open, unless there are more than any plan has."""
        if self._starts and len(self._lines) <= MAX_LINES:
            return []
        taken = self._lines.copy()
        self._lines.clear()
        return taken
