"""``decisions.csv`` of a plan folder: what people decided about proposed names, so that extraction does not ask again.

A row says: what is proposed under this class and name is that entity (it was renamed, retyped or merged), or, with no
entity, nothing at all (it was deleted). Decisions about statements stand in ``statements.csv`` itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path

from plangraph.errors import TablesError
from plangraph.model import fold
from plangraph.tables import read_table, write_table

FILE = "decisions.csv"
COLUMNS = ("type", "name", "entity", "decided_by", "decided_on", "reason")


@dataclass(frozen=True, slots=True)
class NameDecision:
    """One row.

    Args:
        type: Top class under which the name is proposed.
        name: The proposed name.
        entity: Id of the entity that it is; "" for none.
        decided_by: Who decided.
        decided_on: ISO date.
        reason: Why.
    """

    type: str
    name: str
    entity: str
    decided_by: str = ""
    decided_on: str = ""
    reason: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Class and name as they are compared."""
        return self.type, fold(self.name)


def read_decisions(folder: Path) -> tuple[NameDecision, ...]:
    """The decisions of a plan folder; none where it has no such file.

    Raises:
        TablesError: The file is not such a table.
    """
    path = folder / FILE
    if not path.exists():
        return ()
    table = read_table(path, COLUMNS)
    if table.faults:
        raise TablesError(table.faults)
    return tuple(NameDecision(*(row[c].strip() for c in COLUMNS)) for row in table.rows)


def decisions_csv(decisions: Iterable[NameDecision]) -> bytes:
    """The file of ``decisions``, in their order."""
    return write_table(COLUMNS, (astuple(d) for d in decisions))
