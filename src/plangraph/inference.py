"""What follows from the statements of all plans together, by the ontology.

Inference looks at a `Gist` of each plan, which leaves its evidence out. A fact that some plan states itself is not
among the inferred ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from plangraph.folder import PlanFolder
from plangraph.ontology import Ontology, Relation, load_ontology
from plangraph.rdf import literal
from plangraph.vocab import PLAN, RDF, SKOS, entity_iri, inferred_iri, plan_iri, statement_iri

Fact = tuple[str, str, str]
#: A plan's id, and subject, relation and object of a statement of it.
Claim = tuple[str, str, str, str]
#: The rule of an inference and its premises.
Why = tuple[str, tuple[Claim, ...]]
_TYPE = f"<{RDF}type>"


@dataclass(frozen=True, slots=True)
class Gist:
    """What inference and merging need of one plan, without its evidence.

    Args:
        plan: Its id.
        entities: Id, class, Chinese name, English name and broader concept of each.
        claims: Subject, relation and object of each statement that is not rejected.
    """

    plan: str
    entities: tuple[tuple[str, str, str, str, str], ...]
    claims: tuple[tuple[str, str, str], ...]


def gist_of(folder: PlanFolder) -> Gist:
    """The gist of a plan."""
    return Gist(
        folder.plan.id,
        tuple((e.id, e.type, e.label_zh, e.label_en, e.broader) for e in folder.entities),
        tuple((s.subject, s.predicate, s.object) for s in folder.statements if s.status != "rejected"),
    )


@dataclass(frozen=True, slots=True)
class Scope:
    """What an inference is to look at; what lies outside is left out of its result.

    Args:
        pairs: Ids of the ends of facts, in either order.
        entities: Ids of entities whose wider classes are wanted.
    """

    pairs: frozenset[tuple[str, str]]
    entities: frozenset[str]


def infer(gists: Sequence[Gist]) -> Iterator[tuple[str, list[str]]]:
    """Each inferred fact with the triples that say why it holds."""
    for fact, (rule, premises) in derive(gists).items():
        yield inference(fact, rule, premises)


def derive(gists: Iterable[Gist]) -> dict[Fact, Why]:
    """Rule and premises of each inferred fact.

    The premises are statements, or plans (with the rest of the claim empty) where an entity is of a wider class.
    """
    premises = _Premises()
    for gist in gists:
        premises.add(gist)
    return _derive(premises)


def derive_change(before: Sequence[Gist], after: Sequence[Gist]) -> tuple[dict[Fact, Why], dict[Fact, Why]]:
    """What `derive` gives of ``before`` and of ``after``, in the scope of the change; what they share is read once."""
    scope = _scope_of_change(before, after)
    shared = _Premises(scope)
    old, new = ({id(g): g for g in gists} for gists in (before, after))
    for key in old.keys() & new.keys():
        shared.add(old[key])
    sides = []
    for ours, theirs in ((old, new), (new, old)):
        side = _Premises(scope, shared)
        for key in ours.keys() - theirs.keys():
            side.add(ours[key])
        sides.append(_derive(side))
    return sides[0], sides[1]


def _derive(premises: _Premises) -> dict[Fact, Why]:
    facts: dict[Fact, Why] = {}
    for fact, rule, why in _entailments(premises.stated, load_ontology()):
        facts.setdefault(fact, (rule, why))
    for fact, plans in premises.types.items():
        facts[fact] = ("subclass", tuple((plan, "", "", "") for plan in sorted(plans)))
    return {fact: why for fact, why in facts.items() if fact not in premises.asserted}


def inference(fact: Fact, rule: str, premises: tuple[Claim, ...]) -> tuple[str, list[str]]:
    """The triple of an inferred fact, and those that say why it holds."""
    s, p, o = fact
    rests = dict.fromkeys(statement_iri(*c) if c[1] else plan_iri(c[0]) for c in premises)
    return f"<{s}> <{p}> <{o}>", list(_inference(inferred_iri(s, p, o), s, p, o, rule, rests))


class _Premises:
    """Statements by fact, plans by an entity's being of a wider class, and all that some plan says itself.

    Args:
        scope: What to look at; without it everything.
        base: Premises to start from; they stay as they are.
    """

    def __init__(self, scope: Scope | None = None, base: _Premises | None = None) -> None:
        self.scope = scope
        self.stated: dict[Fact, set[Claim]] = dict(base.stated) if base else {}
        self.types: dict[Fact, set[str]] = dict(base.types) if base else {}
        self.asserted: set[Fact] = set(base.asserted) if base else set()
        self._own: set[Fact] = set()
        ontology = load_ontology()
        self._chained = {name for name, r in ontology.relations.items() if r.transitive}

    def add(self, gist: Gist) -> None:
        """Add what one plan says."""
        scope, chained = self.scope, self._chained
        pairs, entities = (scope.pairs, scope.entities) if scope else (frozenset(), frozenset())
        for subject, relation, object in gist.claims:
            if scope is None or relation in chained or (subject, object) in pairs or (object, subject) in pairs:
                fact = (entity_iri(subject), PLAN + relation, entity_iri(object))
                self._put(self.stated, fact, (gist.plan, subject, relation, object))
                self.asserted.add(fact)
        for id, kind, _, _, broader in gist.entities:
            if broader:
                self.asserted.add((entity_iri(id), SKOS + "broader", entity_iri(broader)))
            if scope is None or id in entities:
                iri = entity_iri(id)
                self.asserted.add((iri, RDF + "type", PLAN + kind))
                for ancestor in load_ontology().ancestors(kind)[1:]:
                    self._put(self.types, (iri, RDF + "type", PLAN + ancestor), gist.plan)

    def _put(self, into: dict[Fact, set[Any]], fact: Fact, premise: Any) -> None:
        if fact not in self._own:  # a set that came from the base is copied before it grows
            self._own.add(fact)
            into[fact] = set(into.get(fact, ()))
        into[fact].add(premise)


def _scope_of_change(before: Sequence[Gist], after: Sequence[Gist]) -> Scope:
    """What inference has to look at again where ``before`` became ``after``.

    A fact follows from facts between the same two things, or from a chain; so the pairs are those of the claims that
    changed, and all that a chain joined or joins.
    """
    old, new = ({g.plan: g for g in gists} for gists in (before, after))
    changed = [
        g
        for plan in old.keys() | new.keys()
        if old.get(plan) != new.get(plan)
        for g in (old.get(plan), new.get(plan))
        if g
    ]
    pairs = {(s, o) for g in changed for s, _, o in g.claims}
    entities = {e[0] for g in changed for e in g.entities}
    chained = {name for name, relation in load_ontology().relations.items() if relation.transitive}
    for gists in (before, after):
        ends: dict[str, dict[tuple[str, str], tuple[Claim, ...]]] = {name: {} for name in chained}
        for gist in gists:
            for s, p, o in gist.claims:
                if p in chained:
                    ends[p][s, o] = ()
        for edges in ends.values():
            pairs |= _transitive(edges).keys()
    return Scope(frozenset(pairs), frozenset(entities))


def _inference(node: str, s: str, p: str, o: str, rule: str, premises: Iterable[str]) -> Iterator[str]:
    yield f"<{node}> {_TYPE} <{PLAN}InferredStatement>"
    yield f"<{node}> <{RDF}subject> <{s}>"
    yield f"<{node}> <{RDF}predicate> <{p}>"
    yield f"<{node}> <{RDF}object> <{o}>"
    yield f"<{node}> <{PLAN}rule> {literal(rule)}"
    for premise in premises:
        yield f"<{node}> <{PLAN}restsOn> <{premise}>"


def _entailments(stated: dict[Fact, set[Claim]], ontology: Ontology) -> Iterator[tuple[Fact, str, tuple[Claim, ...]]]:
    """Every entailed fact with its rule and premises, maybe more than once; those nearest to the text come first."""
    closed = {fact: tuple(sorted(premises)) for fact, premises in sorted(stated.items())}
    far: list[tuple[Fact, str, tuple[Claim, ...]]] = []
    for name, relation in ontology.relations.items():
        edges = {(s, o): why for (s, p, o), why in closed.items() if p == PLAN + name}
        derived: dict[tuple[str, str], tuple[str, tuple[Claim, ...]]] = {}
        if relation.symmetric:
            derived = {(o, s): ("symmetric", why) for (s, o), why in edges.items() if (o, s) not in edges}
        if relation.transitive:
            derived |= {pair: ("transitive", why) for pair, why in _transitive(edges).items()}
        for (s, o), why in edges.items():
            yield from _readings(s, relation, o, why)
        for (s, o), (rule, why) in derived.items():
            yield (s, PLAN + name, o), rule, why
            far += _readings(s, relation, o, why)
    yield from far


def _readings(
    s: str, relation: Relation, o: str, why: tuple[Claim, ...]
) -> Iterator[tuple[Fact, str, tuple[Claim, ...]]]:
    """The fact that ``s`` has ``relation`` to ``o``, read by the inverse and by the wider relations."""
    if relation.inverse:
        yield (o, PLAN + relation.inverse, s), "inverse", why
    for up in relation.super_properties:
        yield (s, up, o), "subproperty", why


def _transitive(edges: dict[tuple[str, str], tuple[Claim, ...]]) -> dict[tuple[str, str], tuple[Claim, ...]]:
    """Pairs reached in two steps or more, each with the statements along a shortest chain."""
    after: dict[str, list[str]] = defaultdict(list)
    for s, o in sorted(edges):
        after[s].append(o)
    found: dict[tuple[str, str], tuple[Claim, ...]] = {}
    for start in sorted(after):
        chains: dict[str, tuple[Claim, ...]] = {o: edges[start, o] for o in after[start]}
        queue = list(after[start])
        for node in queue:
            for o in after.get(node, ()):
                if o not in chains and o != start:
                    chains[o] = (*chains[node], *edges[node, o])
                    queue.append(o)
        found |= {(start, o): why for o, why in chains.items() if (start, o) not in edges}
    return found
