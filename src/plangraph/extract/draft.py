"""A plan folder's tables while a decision changes them: what hangs on an entity follows it, what makes no sense goes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from plangraph.errors import InputError
from plangraph.extract.decisions import NameDecision
from plangraph.extract.queue import Key
from plangraph.model import STATUSES, Entity, Evidence
from plangraph.ontology import load_ontology


@dataclass(frozen=True, slots=True)
class State:
    """The tables at one moment."""

    entities: Mapping[str, Entity]
    rows: Mapping[Key, Evidence]
    decisions: Mapping[tuple[str, str], NameDecision]


@dataclass(slots=True)
class Draft:
    """A state that is being changed.

    Args:
        entities: Entities by id.
        rows: Evidence by row.
        decisions: Decisions about names by class and folded name.
        by: Who decides.
        on: ISO date.
        counted: Ids that stated counts name.
        dropped: Rows that made no sense any more.
    """

    entities: dict[str, Entity]
    rows: dict[Key, Evidence]
    decisions: dict[tuple[str, str], NameDecision]
    by: str
    on: str
    counted: Collection[str]
    dropped: int = field(default=0)

    def remember(self, old: Entity, names: Iterable[str], entity_id: str) -> None:
        """What is proposed under these names is that entity from now on."""
        kind = load_ontology().top_class(old.type) or ""
        for key, decision in self.decisions.items():
            if decision.entity == old.id:
                self.decisions[key] = replace(decision, entity=entity_id)
        for name in names:
            decision = NameDecision(kind, name, entity_id, self.by, self.on)
            self.decisions[decision.key] = decision

    def repoint(self, old: str, new: str) -> None:
        """Let rows and entities name ``new`` ("" for nothing) where they named ``old``; rows that make no sense then go.

        Raises:
            InputError: An accepted row or a stated count stands in the way.
        """
        if old != new and old in self.counted:
            raise InputError(
                f"a stated count in plan.toml names {old}; change it there first",
                f"plan.toml 中的所述数量用到了 {old}；请先在那里修改",
            )
        for key in [k for k in self.rows if old in (k[0], k[2])]:
            evidence = self.rows.pop(key)
            claim = self._claim(new if key[0] == old else key[0], key[1], new if key[2] == old else key[2])
            if claim is None and evidence.status == "accepted":
                raise InputError(
                    f"{key[0]} {key[1]} {key[2]} “{evidence.quote}” is accepted and would no longer hold; reject it first",
                    f"{key[0]} {key[1]} {key[2]}“{evidence.quote}”已接受，改后将不成立；请先拒绝它",
                )
            if claim is None:
                self.dropped += 1
                continue
            moved: Key = (*claim, key[3], key[4])
            there = self.rows.get(moved)
            if there is None or STATUSES.index(evidence.status) < STATUSES.index(there.status):
                self.rows[moved] = evidence
        for i, e in self.entities.items():
            if e.broader == old and old != new:
                self.entities[i] = replace(e, broader=new if new != i else "")

    def _claim(self, subject: str, relation: str, object: str) -> tuple[str, str, str] | None:
        """The claim as it is written, or None if it makes no sense."""
        ontology = load_ontology()
        if not subject or not object or subject == object:
            return None
        if subject.startswith("plan/"):
            return subject, relation, object
        if not ontology.allows(self.entities[subject].type, relation, self.entities[object].type):
            return None
        turned = ontology.relations[relation].symmetric and subject > object
        return (object, relation, subject) if turned else (subject, relation, object)
