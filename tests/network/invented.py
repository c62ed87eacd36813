"""As much of a PlanGraph as a network needs, made of claims between invented things."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import networkx

from plangraph.model import Entity, Evidence, Statement


class Graph:
    """Entities and claims between them.

    Args:
        names: Ids; without a class word they are parks (``a`` is ``park/a``).
        claims: (subject, relation, object).
        evidence: Evidences of each claim.
        kinds: Class of each id that is not the class word with a capital.
    """

    def __init__(
        self,
        names: Sequence[str],
        claims: Sequence[tuple[str, str, str]],
        evidence: int = 1,
        kinds: Mapping[str, str] | None = None,
    ) -> None:
        self._entities = {}
        for name in sorted(names, key=full):
            i = full(name)
            kind = (kinds or {}).get(name) or i.partition("/")[0].capitalize()
            self._entities[i] = Entity(i, kind, f"{name}园区")
        quotes = tuple(Evidence(n, n + 1, "某", confidence=0.5) for n in range(evidence))
        self._statements = [Statement(full(s), r, full(o), quotes, "small") for s, r, o in claims]

    def entities(self) -> list[Entity]:
        """Sorted by id."""
        return list(self._entities.values())

    def statements(self, plan: str | None = None) -> list[Statement]:
        """In the order given."""
        return [s for s in self._statements if plan in (None, s.plan)]

    def entity(self, name: str) -> Entity:
        """By id, with or without the class word."""
        return self._entities[full(name)]


def full(name: str) -> str:
    """``name`` with its class word."""
    return name if "/" in name else f"park/{name}"


def as_kg(graph: networkx.Graph) -> Any:
    """The entity network of a networkx graph: partOf for each edge."""
    return Graph([f"n{n}" for n in graph], [(f"n{a}", "partOf", f"n{b}") for a, b in graph.edges()])
