"""The vocabulary, read from ``ontology/plangraph.ttl`` on demand. Python holds no list of its own."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from plangraph.resources import resource_dir
from plangraph.vocab import ID, OWL, PLAN, PREFIXES, RDF, RDFS, SKOS


@dataclass(frozen=True, slots=True)
class Term:
    """A class or relation of the ontology with its words in both languages."""

    name: str
    label_zh: str
    label_en: str
    definition_zh: str
    definition_en: str

    def label(self, lang: str) -> str:
        """The label in ``lang`` ("zh" or "en")."""
        return self.label_zh if lang == "zh" else self.label_en


@dataclass(frozen=True, slots=True)
class Relation(Term):
    """A relation that a plan can state.

    ``domain`` and ``range`` are the local names of the classes that its ends may have.
    """

    domain: tuple[str, ...]
    range: tuple[str, ...]
    inverse: str | None
    symmetric: bool
    transitive: bool
    same_kind: bool
    super_properties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ontology:
    """Classes and relations.

    Args:
        classes: Every class by local name.
        parents: Local name of a class to that of its superclass among ours.
        coded: Local names of the classes whose districts have an administrative code.
        relations: The relations that a statement can have, by local name, in the file's order.
        terms: Every labelled term (classes, relations, inverses, other properties) by local name.
    """

    classes: dict[str, Term]
    parents: dict[str, str]
    coded: frozenset[str]
    relations: dict[str, Relation]
    terms: dict[str, Term]
    _ancestors: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)

    def ancestors(self, name: str) -> tuple[str, ...]:
        """``name`` and its superclasses, the nearest first."""
        known = self._ancestors.get(name)
        if known is None:
            up = self.parents.get(name)
            known = self._ancestors[name] = (name, *(self.ancestors(up) if up else ()))
        return known

    def is_a(self, name: str, ancestor: str) -> bool:
        """Whether class ``name`` is ``ancestor`` or lies below it."""
        return ancestor in self.ancestors(name)

    @property
    def top_classes(self) -> tuple[str, ...]:
        """The direct subclasses of Entity."""
        return tuple(name for name, up in self.parents.items() if up == "Entity")

    def top_class(self, name: str) -> str | None:
        """The direct subclass of Entity that ``name`` is or lies below."""
        line = self.ancestors(name)
        return line[-2] if len(line) > 1 and line[-1] == "Entity" else None

    def descendants(self, name: str) -> tuple[str, ...]:
        """``name`` and every class below it."""
        return tuple(c for c in self.classes if self.is_a(c, name))

    def allows(self, subject: str, predicate: str, object: str) -> bool:
        """Whether classes ``subject`` and ``object`` may be the ends of relation ``predicate``."""
        relation = self.relations.get(predicate)
        if relation is None:
            return False
        fits = any(self.is_a(subject, c) for c in relation.domain) and any(self.is_a(object, c) for c in relation.range)
        return fits and not (relation.same_kind and self.top_class(subject) != self.top_class(object))


@functools.cache
def load_ontology(path: Path | None = None) -> Ontology:
    """Read the ontology from ``path`` or from the installed copy."""
    import pyoxigraph as ox

    source = path or resource_dir("ontology") / "plangraph.ttl"
    facts: dict[str, dict[str, list[ox.NamedNode | ox.BlankNode | ox.Literal]]] = {}
    for quad in ox.parse(path=str(source)):
        key = quad.subject.value
        facts.setdefault(key, {}).setdefault(quad.predicate.value, []).append(quad.object)

    def values(subject: str, predicate: str) -> list[str]:
        return [o.value for o in facts.get(subject, {}).get(predicate, [])]

    def members(node: str) -> Iterable[str]:
        while node != RDF + "nil":
            yield from values(node, RDF + "first")
            node = values(node, RDF + "rest")[0]

    def named_classes(node: str) -> list[str]:
        unions = values(node, OWL + "unionOf")
        return [_local(m) for u in unions for m in members(u)] if unions else [_local(node)]

    def words(subject: str) -> dict[str, str]:
        found = {}
        for prop, key in ((RDFS + "label", "label"), (SKOS + "definition", "definition")):
            for o in facts[subject].get(prop, []):
                found[f"{key}_{getattr(o, 'language', '')}"] = o.value
        return {k: found.get(k, "") for k in ("label_zh", "label_en", "definition_zh", "definition_en")}

    ours = [iri for iri in facts if iri.startswith(PLAN)]
    terms = {_local(iri): Term(_local(iri), **words(iri)) for iri in ours}
    classes = {n: t for n, t in terms.items() if OWL + "Class" in values(PLAN + n, RDF + "type")}
    parents = {n: _local(up) for n in classes for up in values(PLAN + n, RDFS + "subClassOf") if up.startswith(PLAN)}
    inverse_of = {_local(inv): n for n in terms for inv in values(PLAN + n, OWL + "inverseOf")}
    supers = {n: values(PLAN + n, RDFS + "subPropertyOf") for n in terms}
    relations = {
        n: Relation(
            n,
            **words(PLAN + n),
            domain=tuple(c for d in values(PLAN + n, RDFS + "domain") for c in named_classes(d)),
            range=tuple(c for r in values(PLAN + n, RDFS + "range") for c in named_classes(r)),
            inverse=inverse_of.get(n),
            symmetric=OWL + "SymmetricProperty" in values(PLAN + n, RDF + "type"),
            transitive=OWL + "TransitiveProperty" in values(PLAN + n, RDF + "type"),
            same_kind="true" in values(PLAN + n, PLAN + "sameKind"),
            super_properties=tuple(supers[n]),
        )
        for n in terms
        if PLAN + "relatedTo" in supers[n]
    }
    coded = frozenset(n for n in classes if "true" in values(PLAN + n, PLAN + "coded"))
    return Ontology(classes, parents, coded, relations, terms)


@functools.cache
def prefixes() -> dict[str, str]:
    """Prefixes known in every query: those of `plangraph.vocab` and one a top class (``park:``, ``domain:`` …).

    An entity's id has a slash, which a prefixed name cannot hold as it is; so ``park:china-xinchuang-valley`` is
    written where ``id:park/…`` would be a syntax error.
    """
    words = [name.lower() for name in load_ontology().top_classes]
    # The class prefixes come first: writers that try them in order then never fall back to id:.
    return {**{word: f"{ID}{word}/" for word in words}, **PREFIXES}


def _local(iri: str) -> str:
    return iri.removeprefix(PLAN)
