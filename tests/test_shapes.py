"""Every rule of ontology/shapes.ttl fires on a seeded fault, and the rules on tables say the same as pyshacl."""

from __future__ import annotations

import logging
import random
from pathlib import Path

import pytest

from plangraph.constraints import IMPOSSIBLE, MAX_GOAL, MAX_HEADING, MAX_LABEL, RULES, violations
from plangraph.errors import TablesError
from plangraph.folder import read_folder
from plangraph.model import MAX_QUOTE, Evidence, Statement
from plangraph.rdf import ontology_triples, plan_triples
from plangraph.shapes import Shape, load_shapes, validate_with_pyshacl
from plangraph.vocab import PLAN, RDF, RDFS, entity_iri
from tests.faults.seeds import SHAPES, Seed
from tests.faults.small_plan import ONE, Draft

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
    """What pyshacl is given of a plan folder."""
    own, world = plan_triples(read_folder(folder))
    return [*own, *world, *ontology_triples()]


def both(folder: Path) -> list[tuple[str, str]]:
    """What the rules say of a plan folder, after a comparison with pyshacl.

    Of an entity of one of the graph's own classes (Statement) pyshacl says all that a statement lacks; the rules say
    that its class is wrong.
    """
    found = violations(read_folder(folder))
    assert [v for v in validate_with_pyshacl(triples_of(folder)) if v[0] not in IMPOSSIBLE] == found
    return found


@pytest.fixture(scope="module")
def valid(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Triples of the small plan as it is."""
    return triples_of(Draft().write(tmp_path_factory.mktemp("valid"))[0])


def test_the_small_plan_is_valid(tmp_path: Path) -> None:
    assert both(Draft().write(tmp_path)[0]) == []


def test_there_are_enough_seeds() -> None:
    assert len(SHAPES) + len(TRIPLES) >= 40
    assert len({seed.id for seed in SHAPES}) == len(SHAPES)


def test_no_shape_is_without_a_rule_and_a_seeded_fault() -> None:
    assert RULES.keys() == {seed.code for seed in SHAPES}
    assert TRIPLES.keys() == IMPOSSIBLE
    assert {shape.name for shape in load_shapes()} == RULES.keys() | IMPOSSIBLE


@pytest.mark.parametrize("seed", SHAPES, ids=lambda seed: seed.id)
def test_both_find_the_seeded_fault(seed: Seed, tmp_path: Path) -> None:
    draft = Draft()
    seed.edit(draft)
    found = both(draft.write(tmp_path)[0])
    assert {name for name, _ in found} == {seed.code} | seed.also
    assert sum(name == seed.code for name, _ in found) == len(seed.at)


@pytest.mark.parametrize("draw", range(12))
def test_both_find_the_same_of_several_faults_at_once(draw: int, tmp_path: Path) -> None:
    chosen = random.Random(draw).sample([s for s in SHAPES if "toml" not in s.code], 5)
    draft = Draft()
    for seed in chosen:
        try:
            seed.edit(draft)
        except (AssertionError, IndexError):  # what it would change, another has changed
            continue
    try:
        folder = draft.write(tmp_path)[0]
        read_folder(folder)
    except TablesError:
        pytest.skip("these faults together keep the tables from being read")
    assert both(folder) != []


@pytest.mark.parametrize("over", [0, 1])
def test_both_draw_each_line_at_the_same_place(over: int, tmp_path: Path) -> None:
    draft = Draft()
    draft.entities[0]["label_en"] = "a" * (MAX_LABEL + over)
    draft.entities[9]["label_zh"] = "绿" * (MAX_GOAL + over)
    draft.statements[0] |= {"quote": "青" * (MAX_QUOTE + over), "confidence": f"1.00000{over}4"}
    draft.statements[0]["end"] = str(int(draft.statements[0]["start"]) + MAX_QUOTE + over)
    draft.statements[1]["section"] = ONE[:4] + "总" * (MAX_HEADING - 4 + over)
    draft.statements[2]["confidence"] = f"-0.00000{over}4"
    draft.edit_toml('published = "2031-02-03"', f'published = "2031-02-{29 + over}"')
    found = {name for name, _ in both(draft.write(tmp_path)[0])}
    lines = {"entity-label-length", "goal-label-length", "quote-length", "section-heading-length", "plan-published"}
    assert found == (lines | {"evidence-confidence-high", "evidence-confidence-low"} if over else set())


@pytest.mark.parametrize("name", TRIPLES)
def test_pyshacl_finds_what_no_table_can_hold(name: str, valid: list[str]) -> None:
    added, taken, culprit = TRIPLES[name]
    claim = ("park/baisha-bay", "serves", "district/dongchuan")
    statement = Statement(*claim, (Evidence(0, 1, "白"),), "yunzhou-one").iri
    culprit = culprit or statement
    taken = [part.format(statement=statement.rpartition("/")[2]) for part in taken]
    triples = [t for t in valid if not any(part in t for part in taken)] + added
    assert len(triples) != len(valid)
    found = validate_with_pyshacl(triples)
    assert (name, culprit) in found
    assert {shape for shape, _ in found} <= {name, "entity-id-class"}


def test_both_agree_on_the_tianjin_graph(checkout: Path) -> None:
    assert both(checkout / "graph" / "tianjin-145") == []


def test_both_find_the_same_in_a_spoilt_tianjin_graph(checkout: Path, tmp_path: Path) -> None:
    for name in ("plan.toml", "entities.csv", "statements.csv"):
        text = (checkout / "graph" / "tianjin-145" / name).read_text("utf-8")
        text = text.replace("GB/T 2260", "GB 2260").replace(",subDomainOf,", ",reliesOn,")
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = {name for name, _ in both(tmp_path)}
    assert {"district-admin-code", "statement-object-type", "entity-broader-stated"} <= found


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
