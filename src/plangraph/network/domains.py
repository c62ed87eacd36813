"""The domain that each entity belongs to: what participation counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from plangraph.model import Entity, Statement
from plangraph.ontology import load_ontology

if TYPE_CHECKING:
    from plangraph.network.arrays import Integers

_FIELD = "Domain"
_ABOVE = "subDomainOf"
NONE = -1


def main_domains(
    nodes: Sequence[Entity], entities: Mapping[str, Entity], statements: Iterable[Statement]
) -> tuple[Integers, tuple[Entity, ...]]:
    """The widest domain that each node belongs to.

    A domain belongs to the widest domain above it; any other entity to the one that most of its own statements link it
    to (by way of narrower ones). Where that is not one domain but several alike, or none, the node belongs to none.

    Returns:
        The number of each node's domain or `NONE`, and the domains that are numbered, sorted by id.
    """
    import numpy as np

    ontology = load_ontology()
    fields = {i for i, e in entities.items() if ontology.is_a(e.type, _FIELD)}
    above: dict[str, set[str]] = defaultdict(set)
    linked: dict[str, list[str]] = defaultdict(list)
    for s in statements:
        if s.subject in fields and s.object in fields:
            if s.predicate == _ABOVE:
                above[s.subject].add(s.object)
        elif s.object in fields:
            linked[s.subject].append(s.object)
        elif s.subject in fields:
            linked[s.object].append(s.subject)
    widest = {field: _widest(field, above) for field in fields}
    found = [_main([node.id] if node.id in fields else linked[node.id], widest) for node in nodes]
    tops = sorted({top for top in found if top})
    number = {top: n for n, top in enumerate(tops)}
    return np.array([number.get(top, NONE) for top in found], dtype=np.int64), tuple(entities[top] for top in tops)


def _main(fields: Iterable[str], widest: Mapping[str, list[str]]) -> str:
    """The one widest domain with the most of ``fields`` below it, or nothing."""
    counted: dict[str, float] = defaultdict(float)
    for field in fields:
        for top in widest[field]:
            counted[top] += 1 / len(widest[field])
    most = max(counted.values(), default=0.0)
    leading = [top for top, count in counted.items() if count > most - 1e-9]
    return leading[0] if len(leading) == 1 else ""


def _widest(field: str, above: Mapping[str, set[str]]) -> list[str]:
    """The domains above ``field`` that have none above themselves; ``field`` itself where there are none."""
    seen, queue = {field}, [field]
    for one in queue:
        new = sorted(above.get(one, set()) - seen)
        seen.update(new)
        queue += new
    return sorted(f for f in seen if not above.get(f)) or [field]
