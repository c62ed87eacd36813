"""Which entities and relations the words of a path question mean."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plangraph.errors import InputError, NotFoundError
from plangraph.model import fold
from plangraph.ontology import load_ontology

if TYPE_CHECKING:
    from plangraph.graph import PlanGraph
    from plangraph.network.network import Network

ANY = "any:"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Entities that were meant: their ids, and what the question called them."""

    ids: frozenset[str]
    label: str

    def within(self, network: Network) -> set[int]:
        """Their numbers in ``network``.

        Raises:
            NotFoundError: None of them is in it.
        """
        found = {network.number(i) for i in self.ids if i in network.numbers}
        if not found:
            raise NotFoundError(f"{self.label} has no relation in this network", f"{self.label}在该网络中没有任何关系")
        return found


@dataclass(frozen=True, slots=True)
class Wanted:
    """What paths must pass and what they must not.

    Args:
        passed: Sets of node numbers; a path has one at least of each.
        passed_relations: Relations that a path has.
        avoided: Node numbers that it has not.
        avoided_relations: Relations that it has not.
    """

    passed: tuple[frozenset[int], ...]
    passed_relations: tuple[str, ...]
    avoided: frozenset[int]
    avoided_relations: frozenset[str]


def choose(kg: PlanGraph, given: str | Sequence[str]) -> Chosen:
    """The entities that ``given`` means: a name, an id, ``any:CLASS``, ``any:CLASS@PLACE``, or several of these.

    Raises:
        NotFoundError: A name, class or place that means nothing here, or a set without members.
    """
    if not isinstance(given, str):
        parts = [choose(kg, one) for one in given]
        if not parts:
            raise InputError("name at least one entity for each end", "每一端请至少给出一个实体")
        return Chosen(frozenset().union(*(p.ids for p in parts)), " / ".join(p.label for p in parts))
    if not given.startswith(ANY):
        entity = kg.entity(given)
        return Chosen(frozenset([entity.id]), f"{entity.label_zh} ({entity.id})")
    kind, at, place = given[len(ANY) :].partition("@")
    members = {e.id for e in kg.entities() if load_ontology().is_a(e.type, _class(kind))}
    if at:
        members &= _inside(kg, kg.entity(place).id)
    if not members:
        raise NotFoundError(f"{given}: there is none in this build", f"{given}：图谱中没有符合的实体")
    return Chosen(frozenset(members), given)


def wanted(network: Network, through: Sequence[str], avoiding: Sequence[str]) -> Wanted:
    """What ``through`` and ``avoiding`` mean: relations by name or label, anything else as entities."""
    through = [through] if isinstance(through, str) else through
    avoiding = [avoiding] if isinstance(avoiding, str) else avoiding
    kg, names = network.kg, _relation_names()
    must = [choose(kg, one).within(network) for one in through if fold(one) not in names]
    ids = {i for one in avoiding if fold(one) not in names for i in choose(kg, one).ids}
    return Wanted(
        tuple(map(frozenset, must)),
        tuple(names[fold(one)] for one in through if fold(one) in names),
        frozenset(network.number(i) for i in ids if i in network.numbers),
        frozenset(names[fold(one)] for one in avoiding if fold(one) in names),
    )


def _relation_names() -> dict[str, str]:
    relations = load_ontology().relations.values()
    return {fold(name): r.name for r in relations for name in (r.name, r.label_zh, r.label_en)}


def _class(word: str) -> str:
    classes = load_ontology().classes.values()
    names = {fold(name): c.name for c in classes for name in (c.name, c.label_zh, c.label_en)}
    if fold(word) not in names:
        listed = [c.name for c in classes]
        raise NotFoundError(
            f"no class {word!r} after any:; expected one of {', '.join(listed)}",
            f"any: 之后没有名为“{word}”的类；可用：{'、'.join(listed)}",
        )
    return names[fold(word)]


def _inside(kg: PlanGraph, place: str) -> set[str]:
    """Ids of what is inside ``place``: through the transitive relations of the ontology, one after another."""
    inward = {r.name for r in load_ontology().relations.values() if r.transitive}
    holds: dict[str, list[str]] = defaultdict(list)
    for s in kg.statements():
        if s.predicate in inward:
            holds[s.object].append(s.subject)
    found = {place}
    queue = [place]
    for one in queue:
        new = [i for i in holds[one] if i not in found]
        found.update(new)
        queue += new
    return found - {place}
