"""One tree of errors, each with its words in English and in Chinese.

    PlangraphError
    ├── InputError        a file that cannot be read as what it should be
    ├── TablesError       faults in a plan folder, all of them at once
    ├── BuildError        a build that is missing, locked or damaged
    ├── NotFoundError     a name that stands for nothing; carries suggestions
    ├── QuerySyntaxError  SPARQL that does not parse; carries line and column
    ├── QueryRefusedError SPARQL that would leave the build or change it
    ├── QueryFailedError  SPARQL that failed while it ran
    ├── ServerError       a SPARQL server that is not reached, refuses, or answers with something else
    └── QueryTimeoutError a query that was stopped because its time was over

Only the command line turns these into words on a terminal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class PlangraphError(Exception):
    """Base of all errors that plangraph raises on purpose.

    Args:
        en: What is wrong and how to mend it, in English.
        zh: The same in Chinese.
    """

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh

    def words(self, lang: str) -> str:
        """The message in ``lang`` ("zh" or "en")."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in one place of one file.

    Args:
        path: The file, as the user named it.
        line: Line, counted from 1; 0 if the fault is the whole file's.
        column: Character column in that line, counted from 1.
        code: Short stable name of the kind of fault.
        en: What is wrong, what was expected, how to mend it; English.
        zh: The same in Chinese.
        severity: "error" (refused) or "warning" (worth a look).
    """

    path: str
    line: int
    column: int
    code: str
    en: str
    zh: str
    severity: str = "error"

    def words(self, lang: str) -> str:
        """``path:line:column: severity [code]: message`` in ``lang``."""
        kind = {"error": "错误", "warning": "警告"}[self.severity] if lang == "zh" else self.severity
        return f"{self.path}:{self.line}:{self.column}: {kind} [{self.code}]: {self.zh if lang == 'zh' else self.en}"


class InputError(PlangraphError):
    """A file that cannot be read as what it should be."""


class TablesError(PlangraphError):
    """Faults in a plan folder; ``faults`` holds all of them in file order."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        head_en = f"{len(self.faults)} fault(s) in the tables; nothing was written"
        head_zh = f"表中有 {len(self.faults)} 处错误，未写入任何内容"
        super().__init__(
            "\n".join([*(f.words("en") for f in self.faults), head_en]),
            "\n".join([*(f.words("zh") for f in self.faults), head_zh]),
        )


class BuildError(PlangraphError):
    """A build that is missing, locked or damaged."""


class NotFoundError(PlangraphError):
    """A name that stands for nothing here; ``suggestions`` are near misses."""

    def __init__(self, en: str, zh: str, suggestions: Sequence[str] = ()) -> None:
        self.suggestions = tuple(suggestions)
        if self.suggestions:
            listed = "、".join(self.suggestions)
            en += f"; did you mean {', '.join(self.suggestions)}?"
            zh += f"；您是不是要找：{listed}？"
        super().__init__(en, zh)


class QuerySyntaxError(PlangraphError):
    """SPARQL that does not parse, with the place."""

    def __init__(self, en: str, zh: str, line: int, column: int) -> None:
        super().__init__(en, zh)
        self.line = line
        self.column = column


class QueryRefusedError(PlangraphError):
    """SPARQL that would leave the build or change it."""


class QueryFailedError(PlangraphError):
    """SPARQL that failed while it ran."""


class QueryTimeoutError(PlangraphError):
    """A query that was stopped because its time was over."""


class ServerError(PlangraphError):
    """A SPARQL server that is not reached, refuses, or answers with something else.

    Args:
        en: What is wrong, in English.
        zh: The same in Chinese.
        status: HTTP status; 0 if there was no answer.
    """

    def __init__(self, en: str, zh: str, status: int = 0) -> None:
        super().__init__(en, zh)
        self.status = status
