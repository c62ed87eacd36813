"""Every rule of ontology/shapes.ttl fires on a seeded fault, and both validators say the same."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from plangraph.folder import read_folder
from plangraph.model import Evidence, Statement
from plangraph.rdf import ontology_triples, plan_triples
from plangraph.shapes import Shape, load_shapes, validate, validate_with_pyshacl
from plangraph.vocab import PLAN, RDF, RDFS, SKOS, entity_iri
from tests.faults.seeds import SHAPES, Seed
from tests.faults.small_plan import Draft

# rdflib warns of its own older classes.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib", "ignore::DeprecationWarning:pyshacl")

DCTERMS = "http://purl.org/dc/terms/"
BAISHA = entity_iri("park/baisha-bay")
YUNZHOU_ONE = entity_iri("plan/yunzhou-one")

#: Faults that no table can hold, since a table has one cell for each thing: what is added, what is taken away
#: (the part of a line), the shape that says so, and of whom.
TRIPLES = {
    "entity-one-kind": ([f"<{BAISHA}> <{RDF}type> <{PLAN}District>"], [], BAISHA),
    "entity-label-unique-lang": ([f'<{BAISHA}> <{RDFS}label> "白色的湾"@zh'], [], BAISHA),
    "statement-evidence": ([], [f"/statement/{{statement}}> <{PLAN}evidence>"], None),
    "count-evidence": ([], [f"count/1> <{PLAN}evidence>"], f"{YUNZHOU_ONE}/count/1"),
    "plan-title": ([], [f"<{DCTERMS}title>"], YUNZHOU_ONE),
}


def triples_of(folder: Path) -> list[str]:
    """What a validator is given of a plan folder."""
    own, world = plan_triples(read_folder(folder))
    return [*own, *world, *ontology_triples()]


@pytest.fixture(scope="module")
def valid(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Triples of the small plan as it is."""
    return triples_of(Draft().write(tmp_path_factory.mktemp("valid"))[0])


def test_the_small_plan_is_valid(valid: list[str]) -> None:
    assert validate(valid) == []
    assert validate_with_pyshacl(valid) == []


def test_there_are_enough_seeds() -> None:
    assert len(SHAPES) + len(TRIPLES) >= 40
    assert len({seed.id for seed in SHAPES}) == len(SHAPES)


def test_no_shape_is_without_a_seeded_fault() -> None:
    assert {shape.name for shape in load_shapes()} == {seed.code for seed in SHAPES} | TRIPLES.keys()


@pytest.mark.parametrize("seed", SHAPES, ids=lambda seed: seed.id)
def test_both_validators_find_the_seeded_fault(seed: Seed, tmp_path: Path) -> None:
    draft = Draft()
    seed.edit(draft)
    triples = triples_of(draft.write(tmp_path)[0])
    found = validate(triples)
    assert {name for name, _ in found} == {seed.code} | seed.also
    assert sum(name == seed.code for name, _ in found) == len(seed.at)
    assert validate_with_pyshacl(triples) == found


@pytest.mark.parametrize("name", TRIPLES)
def test_both_validators_find_the_fault_in_triples(name: str, valid: list[str]) -> None:
    added, taken, culprit = TRIPLES[name]
    claim = ("park/baisha-bay", "serves", "district/dongchuan")
    statement = Statement(*claim, (Evidence(0, 1, "白"),), "yunzhou-one").iri
    culprit = culprit or statement
    taken = [part.format(statement=statement.rpartition("/")[2]) for part in taken]
    triples = [t for t in valid if not any(part in t for part in taken)] + added
    assert len(triples) != len(valid)
    found = validate(triples)
    assert (name, culprit) in found
    assert {shape for shape, _ in found} <= {name, "entity-id-class"}
    assert validate_with_pyshacl(triples) == found


def test_both_validators_agree_on_the_tianjin_graph(checkout: Path) -> None:
    triples = triples_of(checkout / "graph" / "tianjin-145")
    assert validate(triples) == validate_with_pyshacl(triples) == []


def test_both_validators_find_the_same_in_a_spoilt_tianjin_graph(checkout: Path) -> None:
    triples = triples_of(checkout / "graph" / "tianjin-145")
    spoilt = [t for t in triples if "adminCode" not in t or "ontology" in t.split(" ")[0]]
    spoilt = [t.replace(f"<{PLAN}subDomainOf>", f"<{PLAN}reliesOn>") for t in spoilt]
    found = validate(spoilt)
    assert {"district-admin-code", "statement-object-type", "entity-broader-stated"} <= {name for name, _ in found}
    assert validate_with_pyshacl(spoilt) == found


def test_pyshacl_is_silent_about_values_of_the_wrong_form(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    draft = Draft()
    draft.statements[0]["decided_on"] = "yesterday"
    triples = triples_of(draft.write(tmp_path)[0])
    with caplog.at_level(logging.DEBUG):
        assert [name for name, _ in validate_with_pyshacl(triples)] == ["evidence-decided-on-form"]
    assert [r for r in caplog.records if r.levelno >= logging.WARNING] == []
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("shape", load_shapes(), ids=lambda shape: shape.name)
def test_each_shape_has_words_in_both_languages(shape: Shape) -> None:
    assert shape.severity in ("error", "warning")
    assert shape.column
    for words in (shape.message, shape.remedy):
        assert words.keys() == {"zh", "en"}
        assert any("\u4e00" <= c <= "\u9fff" for c in words["zh"])
        assert len(words["en"]) > 5 and not any("\u4e00" <= c <= "\u9fff" for c in words["en"])


def test_a_constraint_that_is_not_known_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shapes.ttl").write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix shape: <https://w3id.org/plangraph/shapes#> .\n"
        f"shape:new a sh:PropertyShape ; sh:targetClass <{PLAN}Plan> ; sh:path <{SKOS}note> ; sh:minLength 3 ;\n"
        ' sh:severity sh:Warning ; sh:message "x"@en ; shape:remedy "y"@en ; shape:column "z" .',
        encoding="utf-8",
    )
    monkeypatch.setattr("plangraph.shapes.resource_dir", lambda name: tmp_path)
    load_shapes.cache_clear()
    try:
        with pytest.raises(ValueError, match=r"shape new: constraint .*minLength is not known"):
            load_shapes()
    finally:
        load_shapes.cache_clear()
