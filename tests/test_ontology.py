"""The vocabulary: every term has its words, every relation its ends, and the whole stays within OWL 2 DL.

The structural checks here follow OWL 2's typing constraints and its mapping to RDF; the file has also been put to
the OWL API's profile checker, which finds no violation of OWL 2 DL.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pyoxigraph as ox
import pytest

from plangraph.ontology import Ontology, Relation, Term, load_ontology
from plangraph.resources import resource_dir
from plangraph.vocab import DCTERMS, OWL, PLAN, RDF, RDFS, ROOT, SKOS, XSD

# rdflib warns of its own older classes.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")

RESERVED = (RDF, RDFS, OWL, XSD)
#: What a term can be declared as; one term may be one of these.
KINDS = {
    OWL + "Class": "class",
    OWL + "ObjectProperty": "object property",
    OWL + "DatatypeProperty": "datatype property",
    OWL + "AnnotationProperty": "annotation property",
    OWL + "NamedIndividual": "individual",
    RDFS + "Datatype": "datatype",
}
#: Datatypes of OWL 2 (Structural Specification, section 4) that a range here may be; xsd:date is none of OWL 2's.
DATATYPES = {RDFS + "Literal", RDF + "PlainLiteral"} | {
    XSD + name for name in ("string", "boolean", "integer", "nonNegativeInteger", "decimal", "anyURI", "dateTime")
}
#: Axioms that take only simple properties: none that is transitive or has a transitive sub-property.
ONLY_SIMPLE = ("FunctionalProperty", "InverseFunctionalProperty", "IrreflexiveProperty", "AsymmetricProperty")

SUBCLASSES = {
    "Domain": {"ResearchDirection", "Industry"},
    "Technology": set(),
    "Institution": {
        "University",
        "ResearchInstitute",
        "Laboratory",
        "Hospital",
        "InnovationCentre",
        "Enterprise",
        "Alliance",
        "Platform",
        "Facility",
        "GovernmentBody",
    },
    "Park": {"InnovationZone", "CollaborationCentre", "DevelopmentZone", "SciencePark", "ScienceCity", "Corridor"},
    "District": {"Municipality", "Province", "City", "County", "Region", "NewArea"},
    "Goal": set(),
}
ALIGNED = {
    "Domain": SKOS + "Concept",
    "Institution": "http://www.w3.org/ns/org#Organization",
    "Park": "http://www.opengis.net/ont/geosparql#Feature",
    "District": "http://www.opengis.net/ont/geosparql#Feature",
    "Plan": "http://www.w3.org/ns/prov#Entity",
    "Statement": "http://www.w3.org/ns/prov#Entity",
    "Evidence": "http://www.w3.org/ns/oa#TextQuoteSelector",
}
#: Relation: from, to, inverse.
RELATIONS = {
    "subDomainOf": ({"Domain"}, {"Domain"}, "hasSubDomain"),
    "develops": ({"Domain", "Park", "Institution", "District"}, {"Technology"}, "developedBy"),
    "focusesOn": ({"Park", "Institution", "District"}, {"Domain"}, "focusOf"),
    "reliesOn": ({"Park", "Institution", "Domain"}, {"Institution", "Park", "District"}, "reliedOnBy"),
    "collaboratesWith": ({"Institution", "Park", "District"}, {"Institution", "Park", "District"}, None),
    "locatedIn": ({"Park", "Institution"}, {"District", "Park"}, "locationOf"),
    "partOf": ({"District", "Park", "Institution"}, {"District", "Park", "Institution"}, "hasPart"),
    "serves": ({"Park", "District"}, {"District"}, "servedBy"),
    "benchmarkedAgainst": ({"Institution", "Park"}, {"Institution", "Park"}, "benchmarkFor"),
    "aimsAt": ({"Plan", "Park", "Institution", "Domain", "District"}, {"Goal"}, "aimOf"),
}

Facts = dict[str, dict[str, list[ox.NamedNode | ox.BlankNode | ox.Literal]]]


@pytest.fixture(scope="module")
def path(checkout: Path) -> Path:
    """The ontology's file."""
    return checkout / "ontology" / "plangraph.ttl"


@pytest.fixture(scope="module")
def facts(path: Path) -> Facts:
    """Subject → predicate → objects; blank nodes as ``_:name``."""
    found: Facts = defaultdict(lambda: defaultdict(list))
    for quad in ox.parse(path=str(path)):
        subject = quad.subject.value if isinstance(quad.subject, ox.NamedNode) else str(quad.subject)
        found[subject][quad.predicate.value].append(quad.object)
    return found


@pytest.fixture(scope="module")
def ontology() -> Ontology:
    """The ontology as Python reads it."""
    return load_ontology()


def names(objects: list[ox.NamedNode | ox.BlankNode | ox.Literal]) -> set[str]:
    """IRIs among ``objects``, blank nodes as ``_:name``."""
    return {o.value if isinstance(o, ox.NamedNode) else str(o) for o in objects if not isinstance(o, ox.Literal)}


def kinds_of(facts: Facts, subject: str) -> set[str]:
    """What a subject is declared as."""
    return {KINDS[t] for t in names(facts[subject][RDF + "type"]) if t in KINDS}


def members(facts: Facts, node: str) -> list[str]:
    """Members of a well-formed list."""
    found = []
    while node != RDF + "nil":
        (first,), (rest,) = facts[node][RDF + "first"], facts[node][RDF + "rest"]
        assert isinstance(first, ox.NamedNode)
        found.append(first.value)
        node = rest.value if isinstance(rest, ox.NamedNode) else str(rest)
    return found


# -- the file -------------------------------------------------------------------------------------------------


def test_two_parsers_read_the_same_graph(path: Path) -> None:
    import rdflib
    from rdflib.compare import isomorphic

    by_rdflib = rdflib.Graph().parse(path, format="turtle")
    lines = "".join(f"{q.subject} {q.predicate} {q.object} .\n" for q in ox.parse(path=str(path)))
    assert len(by_rdflib) > 700
    assert isomorphic(by_rdflib, rdflib.Graph().parse(data=lines, format="nt"))


def test_it_says_what_it_is(facts: Facts) -> None:
    head = facts[ROOT + "ontology"]
    assert names(head[RDF + "type"]) == {OWL + "Ontology"}
    (version,) = names(head[OWL + "versionIRI"])
    (info,) = head[OWL + "versionInfo"]
    assert isinstance(info, ox.Literal)
    assert re.fullmatch(r"\d+\.\d+\.\d+", info.value) and version == f"{ROOT}ontology/{info.value}"
    assert names(head[DCTERMS + "license"])
    assert len(head[DCTERMS + "creator"]) == len(head[DCTERMS + "issued"]) == 1
    for prop in ("title", "description"):
        assert {o.language for o in head[DCTERMS + prop] if isinstance(o, ox.Literal)} == {"zh", "en"}
    assert not head[OWL + "imports"]


# -- OWL 2 DL -------------------------------------------------------------------------------------------------


def test_no_term_is_two_things(facts: Facts) -> None:
    assert {s: kinds for s in facts if len(kinds := kinds_of(facts, s)) > 1} == {}


def test_nothing_of_the_reserved_vocabulary_is_declared_anew(facts: Facts) -> None:
    assert [s for s in facts if s.startswith(RESERVED)] == []


def test_every_term_that_is_used_is_declared(facts: Facts) -> None:
    uses: dict[str, set[str]] = defaultdict(set)
    ends = (RDFS + "domain", RDFS + "range")
    class_places = (RDFS + "subClassOf", OWL + "equivalentClass", OWL + "disjointWith", OWL + "complementOf")
    for subject, properties in list(facts.items()):
        kinds = kinds_of(facts, subject)
        for predicate, objects in properties.items():
            for used in names(objects):
                if predicate in class_places:
                    uses["class"].add(used)
                elif predicate in (RDFS + "subPropertyOf", OWL + "inverseOf"):
                    uses["object property"].add(used)
                elif predicate in {"object property": ends, "datatype property": ends[:1]}.get(
                    min(kinds, default=""), ()
                ):
                    uses["class"].add(used)
                elif predicate in (OWL + "unionOf", OWL + "members"):
                    uses["class"].update(members(facts, used))
            if not predicate.startswith((RDF, RDFS, OWL)):
                uses["annotation property"].add(predicate)
    for kind, terms in uses.items():
        assert {t for t in terms if kind not in kinds_of(facts, t)} == set(), kind
    assert {k: len(v) > 5 for k, v in uses.items()} == dict.fromkeys(uses, True)
    assert uses.keys() == {"class", "object property", "annotation property"}


def test_only_the_words_of_owl_that_are_meant_are_used(facts: Facts) -> None:
    """A slip such as owl:inversOf would otherwise be an undeclared annotation that says nothing."""
    used = {p for ps in facts.values() for p, objects in ps.items() if objects and p.startswith((RDF, RDFS, OWL))}
    assert used == {
        *(RDF + n for n in ("type", "first", "rest")),
        *(RDFS + n for n in ("subClassOf", "subPropertyOf", "domain", "range", "label", "seeAlso")),
        *(OWL + n for n in ("unionOf", "members", "inverseOf", "versionIRI", "versionInfo")),
    }
    types = {t for properties in facts.values() for t in names(properties[RDF + "type"])}
    extra = {"Ontology", "AllDisjointClasses", "TransitiveProperty", "SymmetricProperty"}
    assert types <= {OWL + n for n in extra} | set(KINDS)


def test_blank_nodes_are_unions_and_disjointness_used_once(facts: Facts) -> None:
    uses = [str(o) for ps in facts.values() for os in ps.values() for o in os if isinstance(o, ox.BlankNode)]
    assert len(uses) == len(set(uses))
    for subject, properties in facts.items():
        if subject.startswith("_:") and not properties[RDF + "first"]:
            types = names(properties[RDF + "type"])
            if types == {OWL + "Class"}:
                assert set(properties) - {RDF + "type", RDF + "first"} == {OWL + "unionOf"}
                assert subject in uses
            else:
                assert types == {OWL + "AllDisjointClasses"}
                (group,) = names(properties[OWL + "members"])
                assert len(set(members(facts, group))) > 1


def test_ranges_of_data_are_datatypes_of_owl_2(facts: Facts) -> None:
    for subject in [s for s in facts if "datatype property" in kinds_of(facts, s) and s.startswith(PLAN)]:
        assert names(facts[subject][RDFS + "range"]) <= DATATYPES, subject


def test_object_properties_hang_under_object_properties_and_have_no_data(facts: Facts) -> None:
    for subject in list(facts):
        for up in names(facts[subject][RDFS + "subPropertyOf"]):
            assert kinds_of(facts, subject) == kinds_of(facts, up) == {"object property"}


def test_transitive_properties_are_in_no_axiom_that_takes_only_simple_ones(facts: Facts) -> None:
    types = {s: names(facts[s][RDF + "type"]) for s in list(facts)}
    composite = {s for s, t in types.items() if OWL + "TransitiveProperty" in t}
    assert composite == {PLAN + "partOf", PLAN + "locatedIn"}
    while True:  # and what lies above them, and their inverses
        more = {up for s in composite for up in names(facts[s][RDFS + "subPropertyOf"])}
        more |= {s for s in types if names(facts[s][OWL + "inverseOf"]) & composite}
        if more <= composite:
            break
        composite |= more
    assert PLAN + "relatedTo" in composite
    for name in composite:
        assert not types[name] & {OWL + kind for kind in ONLY_SIMPLE}
    restricted = {o for s in facts for o in names(facts[s][OWL + "onProperty"])}
    assert not restricted & composite


def test_classes_make_a_tree_and_what_is_disjoint_shares_no_class(facts: Facts, ontology: Ontology) -> None:
    groups = [members(facts, n) for s in list(facts) for n in names(facts[s][OWL + "members"])]
    assert {frozenset(g) for g in groups} >= {frozenset(PLAN + c for c in SUBCLASSES)}
    for group in groups:
        local = [name.removeprefix(PLAN) for name in group]
        below = [set(ontology.descendants(name)) for name in local]
        assert sum(map(len, below)) == len(set().union(*below))


# -- words ----------------------------------------------------------------------------------------------------


def test_every_term_of_ours_has_one_label_and_one_definition_in_each_language(facts: Facts) -> None:
    ours = [s for s in facts if s.startswith(PLAN)]
    assert len(ours) > 80
    for subject in ours:
        for prop in (RDFS + "label", SKOS + "definition"):
            found = {o.language: o.value for o in facts[subject][prop] if isinstance(o, ox.Literal)}
            assert found.keys() == {"zh", "en"} and len(facts[subject][prop]) == 2, subject
            assert re.search("[\u4e00-\u9fff]", found["zh"]) and not re.search("[\u4e00-\u9fff]", found["en"]), subject


def test_every_property_of_ours_has_domain_and_range(facts: Facts) -> None:
    properties = [s for s in facts if s.startswith(PLAN) and any("property" in k for k in kinds_of(facts, s))]
    assert len(properties) > 40
    for subject in properties:
        assert len(facts[subject][RDFS + "domain"]) == 1, subject
        assert len(facts[subject][RDFS + "range"]) == 1, subject


def test_no_two_classes_or_relations_share_a_label(ontology: Ontology) -> None:
    for lang in ("zh", "en"):
        for terms in (ontology.classes, ontology.relations):
            labels = [t.label(lang) for t in terms.values()]
            assert sorted(labels) == sorted(set(labels))


# -- classes and relations ------------------------------------------------------------------------------------


def test_the_classes_are_those_of_the_brief(ontology: Ontology) -> None:
    assert set(ontology.top_classes) == set(SUBCLASSES)
    for top, below in SUBCLASSES.items():
        assert set(ontology.descendants(top)) == {top, *below}
        assert all(ontology.parents[name] == top for name in below)
    assert {"Plan", "Section", "Statement", "Evidence"} <= set(ontology.classes)


@pytest.mark.parametrize("name", ALIGNED)
def test_classes_are_aligned_to_those_of_others(name: str, facts: Facts) -> None:
    assert ALIGNED[name] in names(facts[PLAN + name][RDFS + "subClassOf"])


def test_the_relations_are_those_of_the_brief(ontology: Ontology) -> None:
    assert set(ontology.relations) == set(RELATIONS)
    assert {n for n, r in ontology.relations.items() if r.transitive} == {"partOf", "locatedIn"}
    assert {n for n, r in ontology.relations.items() if r.symmetric} == {"collaboratesWith"}
    assert {n for n, r in ontology.relations.items() if r.same_kind} == {"partOf"}
    assert {"statedCount", "adminCode"} <= set(ontology.terms)


@pytest.mark.parametrize("name", RELATIONS)
def test_a_relation_has_its_ends_its_inverse_and_its_wider_relation(name: str, ontology: Ontology) -> None:
    domain, range, inverse = RELATIONS[name]
    relation = ontology.relations[name]
    assert set(relation.domain) == domain and len(relation.domain) == len(domain)
    assert set(relation.range) == range and len(relation.range) == len(range)
    assert relation.inverse == inverse
    above = {PLAN + "relatedTo"} | ({SKOS + "broader"} if name == "subDomainOf" else set())
    assert set(relation.super_properties) == above


@pytest.mark.parametrize("name", [n for n, r in RELATIONS.items() if r[2]])
def test_an_inverse_has_the_ends_the_other_way_round(name: str, facts: Facts) -> None:
    def ends(subject: str, prop: str) -> set[str]:
        (node,) = names(facts[subject][prop])
        unions = names(facts[node][OWL + "unionOf"])
        return {m for u in unions for m in members(facts, u)} or {node}

    inverse = PLAN + str(RELATIONS[name][2])
    assert names(facts[inverse][OWL + "inverseOf"]) == {PLAN + name}
    assert ends(inverse, RDFS + "domain") == ends(PLAN + name, RDFS + "range")
    assert ends(inverse, RDFS + "range") == ends(PLAN + name, RDFS + "domain")


# -- as Python reads it ---------------------------------------------------------------------------------------


def test_ancestors_and_kinds(ontology: Ontology) -> None:
    assert ontology.ancestors("InnovationZone") == ("InnovationZone", "Park", "Entity")
    assert ontology.is_a("InnovationZone", "Park") and not ontology.is_a("Park", "InnovationZone")
    assert ontology.top_class("University") == "Institution"
    assert ontology.top_class("Park") == "Park"
    assert ontology.top_class("Entity") is None and ontology.top_class("Plan") is None
    assert ontology.top_class("NoSuchClass") is None


@pytest.mark.parametrize(
    ("subject", "predicate", "object", "allowed"),
    [
        ("InnovationZone", "locatedIn", "County", True),
        ("County", "locatedIn", "Municipality", False),
        ("County", "partOf", "Municipality", True),
        ("Park", "partOf", "County", False),
        ("University", "collaboratesWith", "County", True),
        ("Plan", "aimsAt", "Goal", True),
        ("Plan", "develops", "Technology", False),
        ("Technology", "develops", "Technology", False),
        ("Park", "hasPart", "Park", False),
        ("Park", "noSuchRelation", "Park", False),
    ],
)
def test_what_a_relation_allows(subject: str, predicate: str, object: str, allowed: bool, ontology: Ontology) -> None:
    assert ontology.allows(subject, predicate, object) is allowed


def test_words_in_both_languages(ontology: Ontology) -> None:
    assert ontology.relations["locatedIn"].label("zh") == "位于"
    assert ontology.relations["locatedIn"].label("en") == "located in"
    assert isinstance(ontology.relations["locatedIn"], Relation)
    assert ontology.classes["Park"] == ontology.terms["Park"]
    assert isinstance(ontology.classes["Park"], Term)


def test_another_file_is_read_as_it_stands(tmp_path: Path) -> None:
    """No class or relation is known but from the file."""
    source = tmp_path / "other.ttl"
    source.write_text(
        f"@prefix plan: <{PLAN}> . @prefix owl: <{OWL}> . @prefix rdfs: <{RDFS}> .\n"
        "plan:Entity a owl:Class . plan:Ship a owl:Class ; rdfs:subClassOf plan:Entity ; rdfs:label '船'@zh, 'ship'@en .\n"
        "plan:tows a owl:ObjectProperty, owl:TransitiveProperty ; rdfs:subPropertyOf plan:relatedTo ;\n"
        " rdfs:domain plan:Ship ; rdfs:range [ a owl:Class ; owl:unionOf ( plan:Ship plan:Raft ) ] .\n"
        "plan:towedBy a owl:ObjectProperty ; owl:inverseOf plan:tows .",
        encoding="utf-8",
    )
    found = load_ontology(source)
    assert set(found.classes) == {"Entity", "Ship"} and set(found.relations) == {"tows"}
    tows = found.relations["tows"]
    assert (tows.domain, tows.range, tows.inverse) == (("Ship",), ("Ship", "Raft"), "towedBy")
    assert (tows.transitive, tows.symmetric, tows.same_kind) == (True, False, False)
    assert found.classes["Ship"].label("zh") == "船"


def test_shapes_and_ontology_agree_on_their_words(ontology: Ontology) -> None:
    """A shape that names a term which is not there could never fire."""
    for shape in (resource_dir("ontology") / "shapes.ttl").read_text("utf-8").split("\nshape:")[1:]:
        assert set(re.findall(r"plan:(\w+)", shape)) <= set(ontology.terms), shape.split()[0]
