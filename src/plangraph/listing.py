"""What every table of results is before it becomes text, CSV, Parquet or a spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from plangraph.query import Result


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Args:
        name: What programs call it.
        heading: What a reader sees.
        meaning: What stands in it, for the how-to-read sheet.
    """

    name: str
    heading: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A table of results in one language, with what a reader has to know.

    Args:
        name: What programs call it; also the name of its sheet.
        title: What a reader calls it.
        columns: The columns.
        rows: Texts, numbers, truth values or None, one a column.
        about: Sentences: on which network, with which parameters and versions, with which cautions.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    about: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def result(self, headings: bool = False) -> Result:
        """The rows under the names that programs know, or under their ``headings``."""
        return Result(tuple(c.heading if headings else c.name for c in self.columns), self.rows)

    def to_dataframe(self) -> Any:
        """The rows as a pandas DataFrame."""
        return self.result().to_dataframe()
