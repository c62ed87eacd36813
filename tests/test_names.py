"""From what a person types to the entity that is meant."""

from __future__ import annotations

import pytest

import plangraph
from plangraph.errors import NotFoundError
from plangraph.model import Entity
from plangraph.names import NameIndex

VALLEY = Entity("park/valley", "Park", "中国某某谷", "China So-and-so Valley", ("某某谷", "So Valley"))
ZONE = Entity("park/zone", "InnovationZone", "滨城高新区", "Bincheng Zone")
DISTRICT = Entity("district/zone", "District", "滨城（高新区）")
DOMAIN = Entity("domain/ai", "Domain", "人工智能", "artificial intelligence", ("AI",))


@pytest.fixture
def index() -> NameIndex:
    return NameIndex([VALLEY, ZONE, DISTRICT, DOMAIN])


@pytest.mark.parametrize(
    "name",
    [
        "park/valley",
        "https://w3id.org/plangraph/id/park/valley",
        "中国某某谷",
        "中国 某某谷",
        "“中国某某谷”",
        "某某谷",
        "China So-and-so Valley",
        "china so and so valley",
        "SO VALLEY",
        "ｓｏ　ｖａｌｌｅｙ",
    ],
)
def test_by_any_of_its_names(index: NameIndex, name: str) -> None:
    assert index.find(name) is VALLEY


def test_the_class_decides_between_two_of_one_name(index: NameIndex) -> None:
    assert index.find("滨城高新区", "Park") is ZONE
    assert index.find("滨城高新区", "District") is DISTRICT
    with pytest.raises(NotFoundError, match=r"may be park/zone .*, district/zone .*; give the id") as caught:
        index.find("滨城高新区")
    assert "请给出 id" in caught.value.zh


def test_a_subclass_will_do(index: NameIndex) -> None:
    assert index.find("滨城高新区", "InnovationZone") is ZONE


@pytest.mark.parametrize("name", ["人工智能", "domain/ai", "AI"])
def test_a_thing_of_another_class_is_told(index: NameIndex, name: str) -> None:
    with pytest.raises(NotFoundError, match=r"is a Domain \(domain/ai\), not a Park") as caught:
        index.find(name, "Park")
    assert "不是园区" in caught.value.zh


@pytest.mark.parametrize(
    ("typed", "near"),
    [("中国某谷", "中国某某谷"), ("人工智慧", "人工智能"), ("artificial inteligence", "artificial intelligence"),
     ("park/valey", "park/valley")],
)  # fmt: skip
def test_near_misses_are_suggested(index: NameIndex, typed: str, near: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        index.find(typed)
    assert caught.value.suggestions[0] == near
    assert f"did you mean {near}" in caught.value.en
    assert f"您是不是要找：{near}" in caught.value.zh


def test_suggestions_are_of_the_class_asked_for_and_one_a_thing(index: NameIndex) -> None:
    assert index.suggest("高新区", "District") == ["滨城（高新区）"]
    found = index.suggest("某某谷")
    assert found[0] == "某某谷"
    assert "中国某某谷" not in found


@pytest.mark.parametrize("name", ["", " ", "——", "？？？", "\x00", "\ud800", "x" * 10_000, "' OR 1=1", "<b>"])
def test_what_means_nothing_is_not_found(index: NameIndex, name: str) -> None:
    with pytest.raises(NotFoundError):
        index.find(name)


def test_every_entity_of_the_plan_is_found_by_its_id_and_name(kg: plangraph.PlanGraph) -> None:
    by_name: dict[str, int] = {}
    for entity in kg.entities():
        assert kg.entity(entity.id) == entity
        by_name[entity.label_zh] = by_name.get(entity.label_zh, 0) + 1
    for entity in kg.entities():
        if by_name[entity.label_zh] == 1:
            assert kg.entity(entity.label_zh).label_zh == entity.label_zh
