"""Which entities of several plans are one thing: the one place where plans are matched.

Two entities are taken for one thing if, in this order,

1. they have one id and one top class,
2. people accepted a mapping that says so (`plangraph resolve`),
3. they have one top class and their Chinese names are the same once folded (`plangraph.model.fold`),
4. they have one top class and any printed name of one (Chinese name or alias) is a printed name of the other,
5. their Chinese names are the same once folded and their top classes differ: the plans then differ over the class,
   and the match says so.

Never two entities of one plan: a plan that names two things holds them apart. A name that could mean two things of
one plan joins nothing and is reported. English names are ours, not the plans', and do not count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

from plangraph.model import Entity, fold
from plangraph.ontology import load_ontology

#: How two entities were found to be one thing, the surest first.
WAYS = ("id", "mapping", "name", "alias", "class")


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that some of the plans name.

    Args:
        members: (number of the plan, entity) in the order of the plans; a plan has at most one.
        how: The least sure of the ways (see `WAYS`) by which its members were joined; "" for a single one.
    """

    members: tuple[tuple[int, Entity], ...]
    how: str

    @property
    def first(self) -> Entity:
        """The entity of the first plan that names it."""
        return self.members[0][1]


@dataclass(frozen=True, slots=True)
class Matching:
    """What `match_entities` found.

    Args:
        things: By top class in the order of the ontology, then by id.
        unclear: Names that could mean two things of one plan, each with the ids in question.
    """

    things: tuple[Thing, ...]
    unclear: tuple[tuple[str, tuple[str, ...]], ...]

    def numbers(self) -> dict[tuple[int, str], int]:
        """(number of a plan, entity id) to the number of the thing."""
        return {(plan, e.id): n for n, thing in enumerate(self.things) for plan, e in thing.members}


def match_entities(
    plans: Sequence[Iterable[Entity]], same: Iterable[Sequence[str]] = (), different: Iterable[Sequence[str]] = ()
) -> Matching:
    """Match the entities of several plans; see this module's words for the rule.

    Args:
        plans: The entities of each plan.
        same: Groups of ids that people said are one thing.
        different: Pairs of ids that people said are two things; no name joins them.
    """
    top = load_ontology().top_class
    entities = [(number, e) for number, plan in enumerate(plans) for e in plan]
    groups = _Groups(entities, different)
    one = {i: group[0] for group in same for i in group}
    groups.join("id", lambda e: [(top(e.type), e.id)])
    groups.join("mapping", lambda e: [(top(e.type), one[e.id])] if e.id in one else [])
    groups.join("name", lambda e: [(top(e.type), fold(e.label_zh))])
    groups.join("alias", lambda e: [(top(e.type), fold(n)) for n in (e.label_zh, *e.aliases)])
    groups.join("class", lambda e: [fold(e.label_zh)])
    order = {name: n for n, name in enumerate(load_ontology().top_classes)}
    things = sorted(groups.things(), key=lambda t: (order.get(top(t.first.type) or "", len(order)), t.first.id))
    return Matching(tuple(things), tuple(sorted(groups.unclear.items())))


class _Groups:
    """Entities joined step by step; ``unclear`` collects the names that could not join."""

    def __init__(self, entities: Sequence[tuple[int, Entity]], different: Iterable[Sequence[str]] = ()) -> None:
        self._entities = entities
        self._apart: dict[str, set[str]] = defaultdict(set)
        for one, other in different:
            self._apart[one].add(other)
            self._apart[other].add(one)
        self._group = list(range(len(entities)))
        self._members = [[n] for n in range(len(entities))]
        self._plans = [{plan} for plan, _ in entities]
        self._how = ["" for _ in entities]
        self.unclear: dict[str, tuple[str, ...]] = {}

    def join(self, how: str, keys: Callable[[Entity], Iterable[Hashable]]) -> None:
        """Join entities that share a key, unless that would make two entities of one plan one."""
        found: dict[Hashable, list[int]] = defaultdict(list)
        for n, (_, e) in enumerate(self._entities):
            for key in dict.fromkeys(keys(e)):
                found[key].append(n)
        for members in found.values():
            groups = list(dict.fromkeys(self._group[n] for n in members))
            if len(groups) < 2:
                continue
            if len(set().union(*(self._plans[g] for g in groups))) < sum(len(self._plans[g]) for g in groups):
                self._refuse(how, members)
                continue
            if self._apart and self._are_apart(groups):
                continue
            for g in groups[1:]:
                self._merge(groups[0], g, how)

    def _are_apart(self, groups: Sequence[int]) -> bool:
        """Whether somebody said of two entities of ``groups`` that they are two things."""
        ids = {self._entities[n][1].id for g in groups for n in self._members[g]}
        return any(not ids.isdisjoint(self._apart.get(i, ())) for i in ids)

    def _merge(self, into: int, other: int, how: str) -> None:
        for n in self._members[other]:
            self._group[n] = into
        self._members[into] += self._members[other]
        self._plans[into] |= self._plans[other]
        self._how[into] = max(self._how[into], self._how[other], how, key=(("", *WAYS)).index)

    def _refuse(self, how: str, members: Sequence[int]) -> None:
        # One name for a domain and a technology of one plan is not unclear: they are two things.
        if how != "class":
            first = self._entities[members[0]][1]
            ids = tuple(sorted({self._entities[n][1].id for n in members}))
            self.unclear.setdefault(first.label_zh, ids)

    def things(self) -> list[Thing]:
        """Every group as a thing."""
        found = []
        for group, members in enumerate(self._members):
            if self._group[group] == group:
                own = sorted((self._entities[n] for n in members), key=lambda m: m[0])
                found.append(Thing(tuple(own), self._how[group]))
        return found
