"""Entities, evidence and statements check themselves; names are compared folded."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from plangraph.model import Entity, Evidence, Plan, Section, Statement, decimal_text, fold

WORDS = st.text("甲乙丙𠀀abc \n“”（）", min_size=1, max_size=30)


@given(WORDS, st.integers(-5, 40), st.integers(-5, 40))
def test_evidence_takes_its_quote_from_the_text_or_refuses_the_span(text: str, start: int, end: int) -> None:
    if 0 <= start < end <= len(text):
        evidence = Evidence.from_text(text, start, end)
        assert evidence.quote == text[start:end]
        assert (evidence.start, evidence.end) == (start, end)
        assert len(evidence.quote) == end - start
    else:
        with pytest.raises(ValueError, match="not within a text"):
            Evidence.from_text(text, start, end)


def test_evidence_from_text_takes_details() -> None:
    evidence = Evidence.from_text(
        "青石谷聚焦新材料", 3, 5, section=("一",), paragraph=4, method="rule:focus", confidence=0.5
    )
    assert evidence == Evidence(3, 5, "聚焦", ("一",), 4, "rule:focus", 0.5)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"start": -1}, "span"),
        ({"start": 5}, "span"),
        ({"start": 6}, "span"),
        ({"quote": ""}, "quote"),
        ({"status": "maybe"}, "status"),
        ({"confidence": float("nan")}, "confidence"),
        ({"confidence": float("inf")}, "confidence"),
    ],
)
def test_evidence_refuses_what_cannot_be(changes: dict[str, Any], word: str) -> None:
    good = {"start": 3, "end": 5, "quote": "聚焦"}
    assert Evidence(**good).status == "accepted"
    with pytest.raises(ValueError, match=word):
        Evidence(**good | changes)


def test_values_are_frozen() -> None:
    values = [
        Entity("park/a", "Park", "甲"),
        Evidence(0, 1, "甲"),
        Statement("park/a", "locatedIn", "district/b", (Evidence(0, 1, "甲"),), "p"),
        Section(1, ("一", "二"), 0),
        Plan("p", "规划", "某地", "0" * 64, 1),
    ]
    for value in values:
        name = dataclasses.fields(value)[0].name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, name, "x")
        assert hash(value) == hash(dataclasses.replace(value))


@pytest.mark.parametrize(
    "id", ["", "park", "park/", "/a", "Park/a", "park/a b", "park/a--b", "park/谷", "park/a/b", "park/-a"]
)
def test_an_entity_needs_an_id_of_class_and_slug(id: str) -> None:
    with pytest.raises(ValueError, match="CLASS/SLUG"):
        Entity(id, "Park", "甲")


def test_an_entity_needs_a_chinese_name_and_tells_its_names() -> None:
    with pytest.raises(ValueError, match="no Chinese name"):
        Entity("park/a", "Park", "")
    entity = Entity("park/a", "Park", "甲谷", "A Valley", ("甲", "谷"))
    assert entity.names == ("甲谷", "甲", "谷", "A Valley")
    assert (entity.label("zh"), entity.label("en")) == ("甲谷", "A Valley")
    assert Entity("park/a", "Park", "甲谷").label("en") == "甲谷"
    assert entity.iri == "https://w3id.org/plangraph/id/park/a"


@pytest.mark.parametrize("id", ["", "Tianjin", "a_b", "a/b", "天津", "a--b"])
def test_a_plan_needs_a_slug(id: str) -> None:
    with pytest.raises(ValueError, match="slug"):
        Plan(id, "规划", "某地", "0" * 64, 1)


def evidence(status: str, confidence: float, start: int = 0) -> Evidence:
    """Evidence of a status and confidence."""
    return Evidence(start, start + 1, "甲", status=status, confidence=confidence)


def test_the_evidence_that_is_shown_is_accepted_then_surest_then_first() -> None:
    states = [("rejected", 1.0), ("proposed", 0.9), ("accepted", 0.5), ("accepted", 0.8), ("accepted", 0.8)]
    found = tuple(Evidence(n, n + 1, "甲", confidence=c, status=s) for n, (s, c) in enumerate(states))
    assert Statement("park/a", "locatedIn", "district/b", found, "p").surest == found[3]
    assert Statement("park/a", "locatedIn", "district/b", found[:2], "p").surest == found[1]


@pytest.mark.parametrize(
    ("given_evidence", "status", "confidence"),
    [
        ([("rejected", 1.0), ("proposed", 0.5), ("accepted", 0.4)], "accepted", 0.5),
        ([("rejected", 1.0), ("proposed", 0.5)], "proposed", 0.5),
        ([("rejected", 0.9)], "rejected", 0.0),
    ],
)
def test_a_statement_has_the_best_of_its_evidence(
    given_evidence: list[tuple[str, float]], status: str, confidence: float
) -> None:
    found = tuple(evidence(s, c, i) for i, (s, c) in enumerate(given_evidence))
    statement = Statement("park/a", "locatedIn", "district/b", found, "p")
    assert (statement.status, statement.confidence) == (status, confidence)


def test_a_statement_needs_evidence() -> None:
    with pytest.raises(ValueError, match="without evidence"):
        Statement("park/a", "locatedIn", "district/b", (), "p")


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["accepted", "proposed", "rejected"])), min_size=1))
def test_the_iri_of_a_statement_depends_on_what_is_claimed_alone(found: list[tuple[int, str]]) -> None:
    claim = ("park/a", "locatedIn", "district/b")
    plain = Statement(*claim, (Evidence(0, 1, "甲"),), "p").iri
    evidences = tuple(Evidence(s, s + 3, "三个字", status=status, reason="!") for s, status in found)
    assert Statement(*claim, evidences, "p").iri == plain
    for other in (("park/a", "locatedIn", "district/c"), ("park/a", "serves", "district/b"), ("park/b", *claim[1:])):
        assert Statement(*other, evidences, "p").iri != plain
    assert Statement(*claim, evidences, "q").iri != plain


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("滨海—中关村 科技园", "滨海中关村科技园"),
        ("“信创+”服务", "信创+服务"),
        ("「信创」《谷》【一】（二）[三]{四}〈五〉", "信创谷一二三四五"),
        ("慢病管理互联网＋", "慢病管理互联网+"),
        ("ＡＩ 芯片", "ai芯片"),
        ("Xi'an", "xian"),
        ("Xi´an Xi`an Xi’an", "xianxianxian"),
        ("卡尔·马克思・卡尔•马克思", "卡尔马克思卡尔马克思"),
        ("A.B．C。", "abc"),
        ("甲\u3000乙\t丙\n丁", "甲乙丙丁"),
        ("甲\u200b乙\ufeff丙", "甲乙丙"),
        ("甲-乙–丙—丁－戊―己", "甲乙丙丁戊己"),
        ("3Ｄ打印", "3d打印"),
    ],
)
def test_fold_makes_one_name_of_its_spellings(name: str, same: str) -> None:
    assert fold(name) == fold(same) == same


@pytest.mark.parametrize(
    ("one", "other"), [("甲、乙", "甲乙"), ("C++", "C"), ("5G", "6G"), ("甲/乙", "甲乙"), ("甲&乙", "甲乙")]
)
def test_fold_keeps_what_tells_names_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


NAMES = st.text("甲乙丙ＡａBb１2“”‘’「」《》（）()[]【】-–—－·•・．. \u3000\t+＋、", max_size=20)


@given(NAMES, NAMES)
def test_fold_of_a_folded_name_changes_nothing_and_joins(one: str, other: str) -> None:
    assert fold(fold(one)) == fold(one)
    assert fold(one + other) == fold(one) + fold(other)


@given(st.floats(0, 1))
def test_decimal_text_is_a_decimal_of_six_places(value: float) -> None:
    text = decimal_text(value)
    assert "e" not in text and not text.endswith(".")
    assert abs(Decimal(text) - Decimal(value)) <= Decimal("0.0000005")
    assert decimal_text(float(text)) == text


@given(st.integers(0, 1_000_000))
def test_decimal_text_keeps_six_places(millionths: int) -> None:
    value = millionths / 1_000_000
    assert float(decimal_text(value)) == value
    assume(millionths % 10)
    assert len(decimal_text(value).partition(".")[2]) == 6
