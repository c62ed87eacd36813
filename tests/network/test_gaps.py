"""Gaps: each list finds what was planted and nothing else, and comes with its query and with advice."""

from __future__ import annotations

from pathlib import Path

import pytest

import plangraph
from plangraph.builds import build
from plangraph.network import gaps
from plangraph.questions import all_questions, load_question
from tests.conftest import invent_plan

ENTITIES = [
    ("park/full", "Park", "满园"),
    ("park/bare", "Park", "空园"),
    ("institution/i", "University", "某大学"),
    ("domain/homed", "Domain", "有园领域"),
    ("domain/homeless", "Domain", "无园领域"),
    ("technology/made", "Technology", "有主技术"),
    ("technology/orphan", "Technology", "无主技术"),
    ("district/known", "Region", "已知区"),
    ("district/named", "Region", "点名区"),
]
CLAIMS = [
    ("park/full", "focusesOn", "domain/homed"),
    ("park/full", "reliesOn", "institution/i"),
    ("park/full", "locatedIn", "district/known"),
    ("park/bare", "locatedIn", "district/known"),
    ("institution/i", "develops", "technology/made"),
    ("domain/homeless", "develops", "technology/orphan"),
    ("institution/i", "focusesOn", "domain/homeless"),
]
PLANTED = {
    "districts-only-named": {"点名区"},
    "domains-without-park": {"无园领域"},
    "parks-without-institution": {"空园"},
    "single-evidence-entities": {"空园", "有园领域", "有主技术", "无主技术"},
    "stated-counts-unmet": {"某地demo规划"},
    "technologies-without-developer": {"无主技术"},
    "technologies-without-institution": {"无主技术"},
}


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> plangraph.PlanGraph:
    """A build in which one of each gap was planted."""
    root = tmp_path_factory.mktemp("gaps")
    plan = invent_plan(root / "plans", "demo", ENTITIES, CLAIMS)
    toml = plan.path / "plan.toml"
    text = toml.read_text("utf-8")
    for number, (what, named) in enumerate([("Park", '"park/full", "park/bare"'), ("University", '"institution/i"')]):
        text += f'\n[[stated_counts]]\nsubject = "plan/demo"\nclass = "{what}"\ncount = 2\nunnamed = {number}\n'
        text += f'named = [{named}]\nsection = ""\nparagraph = 1\nstart = 0\nend = 2\nquote = "满园"\n'
    toml.write_text(text, encoding="utf-8")
    build([plan.path], root / "build")
    return plangraph.open(root / "build")


def test_each_gap_finds_what_was_planted_and_nothing_else(planted: plangraph.PlanGraph) -> None:
    found = {gap.name: {row[0] for row in gap.listing(planted, "zh").rows} for gap in planted.gaps()}
    assert found == PLANTED


def test_every_gap_can_be_acted_on(kg: plangraph.PlanGraph) -> None:
    found = gaps(kg)
    assert [g.name for g in found] == sorted(PLANTED)
    for gap in found:
        question = load_question(gap.name)
        assert not question.parameters
        assert gap.sparql == question.sparql
        assert kg.query(gap.sparql).rows == gap.result.rows
        assert len(gap) == len(gap.result)
        for lang in ("zh", "en"):
            listing = gap.listing(kg, lang)
            assert listing.title == question.title(lang)
            assert listing.about[0] == gap.advice(lang) and len(gap.advice(lang)) > 15
            assert gap.sparql.strip() in listing.about[1]
        assert kg.ask(gap.name, lang="en").rows == gap.listing(kg, "en").rows


def test_a_gap_has_words_in_both_languages() -> None:
    for question in all_questions():
        assert bool(question.gap_zh) == bool(question.gap_en), question.name


def test_the_answer_of_tianjin(kg: plangraph.PlanGraph) -> None:
    (unmet,) = [g for g in kg.gaps() if g.name == "stated-counts-unmet"]
    (row,) = unmet.listing(kg, "zh").rows
    assert row[1:5] == ("领域", 8, 5, 3)  # paragraph 3: eight fields, five of them named


def test_an_empty_list_is_a_list(tmp_path: Path) -> None:
    plan = invent_plan(tmp_path / "plans", "demo", ENTITIES[:3], CLAIMS[1:2])
    build([plan.path], tmp_path / "build")
    found = {g.name: len(g) for g in plangraph.open(tmp_path / "build").gaps()}
    assert found["technologies-without-institution"] == 0
    assert found["parks-without-institution"] == 1
