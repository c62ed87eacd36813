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
        pairs: Ids of the ends of facts, each pair in both orders.
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
    old, new = ({id(g): g for g in gists} for gists in (before, after))
    both = [old[key] for key in old.keys() & new.keys()]
    only = [[ours[key] for key in ours.keys() - theirs.keys()] for ours, theirs in ((old, new), (new, old))]
    scope = _scope_of_change(both, *only)
    shared = _Premises(scope)
    for gist in both:
        shared.add(gist)
    sides = []
    for gists in only:
        side = _Premises(scope, shared)
        for gist in gists:
            side.add(gist)
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
        self._wider: dict[tuple[str, str], list[set[str]]] = {}
        ontology = load_ontology()
        self._chained = {name for name, r in ontology.relations.items() if r.transitive}

    def add(self, gist: Gist) -> None:
        """Add what one plan says."""
        scope, chained = self.scope, self._chained
        pairs, entities = (scope.pairs, scope.entities) if scope else (frozenset(), frozenset())
        claims: Iterable[tuple[str, str, str]] = gist.claims
        if scope is not None:
            claims = [c for c in claims if c[1] in chained or (c[0], c[2]) in pairs]
        for subject, relation, object in claims:
            fact = (entity_iri(subject), PLAN + relation, entity_iri(object))
            self._premises(self.stated, fact).add((gist.plan, subject, relation, object))
            self.asserted.add(fact)
        for id, _, _, _, broader in gist.entities:
            if broader:
                self.asserted.add((entity_iri(id), SKOS + "broader", entity_iri(broader)))
        kinds = [e[:2] for e in gist.entities if scope is None or e[0] in entities]
        for kind in kinds:
            for plans in self._wider.get(kind) or self._widen(*kind):
                plans.add(gist.plan)

    def _widen(self, id: str, kind: str) -> list[set[str]]:
        """Note that an entity is of a class; the plans that say so, for each wider class."""
        iri = entity_iri(id)
        self.asserted.add((iri, RDF + "type", PLAN + kind))
        wider = load_ontology().ancestors(kind)[1:]
        found = [self._premises(self.types, (iri, RDF + "type", PLAN + ancestor)) for ancestor in wider]
        self._wider[id, kind] = found
        return found

    def _premises(self, of: dict[Fact, set[Any]], fact: Fact) -> set[Any]:
        """What ``fact`` rests on, to be added to."""
        if fact not in self._own:  # a set that came from the base is copied before it grows
            self._own.add(fact)
            of[fact] = set(of.get(fact, ()))
        return of[fact]


def _scope_of_change(both: Sequence[Gist], before: Sequence[Gist], after: Sequence[Gist]) -> Scope:
    """What inference has to look at again where ``before`` became ``after``, beside ``both``, which stay.

    A fact follows from facts between the same two things, or from a chain; so the pairs are those of which a plan says
    more or less than before, and all that a chain joined or joins.
    """
    nothing = Gist("", (), ())
    pairs: set[tuple[str, str]] = set()
    entities: set[str] = set()
    old, new = ({g.plan: g for g in gists} for gists in (before, after))
    for plan in old.keys() | new.keys():
        one, other = old.get(plan, nothing), new.get(plan, nothing)
        pairs |= {(s, o) for s, _, o in set(one.claims) ^ set(other.claims)}
        kinds = [{(id, kind, broader) for id, kind, _, _, broader in g.entities} for g in (one, other)]
        changed = kinds[0] ^ kinds[1]
        pairs |= {(id, broader) for id, _, broader in changed if broader}
        entities |= {id for id, _, _ in changed}
    chained = {name for name, relation in load_ontology().relations.items() if relation.transitive}
    links = [[c for g in gists for c in g.claims if c[1] in chained] for gists in (both, before, after)]
    for side in links[1:]:
        for name in chained:
            pairs |= _transitive({(s, o): () for s, p, o in (*links[0], *side) if p == name}).keys()
    return Scope(frozenset(pairs | {(o, s) for s, o in pairs}), frozenset(entities))


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
