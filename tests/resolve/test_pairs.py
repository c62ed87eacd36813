"""The labelled pairs: what is found, and what is wrongly found, on the part that no rule was made for."""

from __future__ import annotations

import pytest

from plangraph.model import Entity
from plangraph.resolve import candidates
from plangraph.resolve.candidates import candidate_pairs
from plangraph.resolve.scoring import CALIBRATION, THRESHOLD, Named, judge
from tests.resolve.calibration import calibration
from tests.resolve.labelled import Pair, labelled_pairs


def found(pair: Pair) -> bool:
    """Whether the pair is proposed as one thing."""
    verdict = judge(pair.one, pair.other)
    return verdict is not None and verdict.confidence >= THRESHOLD and verdict.predicate != "skos:closeMatch"


def measured(held_out: bool) -> tuple[float, float]:
    """Precision and recall."""
    pairs = labelled_pairs(held_out)
    right = sum(p.same for p in pairs if found(p))
    return right / sum(map(found, pairs)), right / sum(p.same for p in pairs)


@pytest.mark.parametrize("held_out", [False, True])
def test_precision_and_recall(held_out: bool) -> None:
    precision, recall = measured(held_out)
    assert precision >= 0.99
    assert recall >= 0.90


def test_there_are_enough_pairs_and_most_are_hard_negatives() -> None:
    pairs = labelled_pairs(held_out=True)
    assert len(pairs) >= 400
    assert 100 <= sum(p.same for p in pairs) <= len(pairs) / 2


def test_the_parts_share_no_name() -> None:
    names = [
        {(n.top, n.entity.label_zh, n.jurisdictions) for p in labelled_pairs(part) for n in (p.one, p.other) if p.same}
        for part in (False, True)
    ]
    assert len(names[0] & names[1]) <= 3, sorted(names[0] & names[1])


def test_the_curve_is_that_of_the_tuning_part() -> None:
    assert calibration() == CALIBRATION


def named(name: str, kind: str, place: str = "", *aliases: str) -> Named:
    """An entity of a plan for ``place``."""
    return Named(Entity("thing/x", kind, name, "", aliases), frozenset([place]) if place else frozenset())


@pytest.mark.parametrize(
    ("one", "other", "kind", "words"),
    [
        ("天津市科学技术局", "市科技局", "GovernmentBody", "该地即另一方规划所属地区"),
        ("某某国家重点实验室", "某某全国重点实验室", "Laboratory", "更名"),
        ("青禾精密机械有限公司", "青禾精密机械", "Enterprise", "公司组织形式从略"),
        ("合成生物", "合成生物学", "Domain", "词尾从略"),
        ("中科院青禾研究所", "中国科学院青禾研究所", "ResearchInstitute", "简称还原为全称"),
    ],
)
def test_the_reason_is_said_in_words(one: str, other: str, kind: str, words: str) -> None:
    verdict = judge(named(one, kind), named(other, kind, "天津市"))
    assert verdict is not None
    assert verdict.confidence >= THRESHOLD
    assert words in verdict.zh
    assert verdict.en


def test_a_generic_name_means_another_body_in_each_place() -> None:
    verdict = judge(named("高新区", "DevelopmentZone", "天津市"), named("高新区", "DevelopmentZone", "郑州市"))
    assert verdict is not None
    assert verdict.confidence < 0.1
    assert "各地所指不同" in verdict.zh


def test_classes_are_never_mixed() -> None:
    assert judge(named("滨海新区", "Park"), named("滨海新区", "District")) is None
    close = judge(named("合成生物学", "Domain"), named("合成生物技术", "Technology"))
    assert close is not None
    assert close.predicate == "skos:closeMatch"
    same = judge(named("合成生物学", "Domain"), named("合成生物", "Domain"))
    assert same is not None
    assert same.predicate == "skos:exactMatch"


def test_a_name_that_is_everywhere_is_compared_within_a_place_only(monkeypatch: pytest.MonkeyPatch) -> None:
    places = ["天津市", "郑州市", "西宁市", "天津市"]
    zones = [
        Named(Entity(f"park/{n}", "DevelopmentZone", "高新区" if n else "天津高新区"), frozenset([place]))
        for n, place in enumerate(places)
    ]
    assert len(list(candidate_pairs(zones))) == 6
    monkeypatch.setattr(candidates, "MANY", 3)
    assert [(a.entity.id, b.entity.id) for a, b in candidate_pairs(zones)] == [("park/0", "park/3")]


def test_what_a_bracket_says_is_a_name() -> None:
    verdict = judge(named("青禾技术研究院（简称：青禾院）", "ResearchInstitute"), named("青禾院", "ResearchInstitute"))
    assert verdict is not None
    assert verdict.confidence >= THRESHOLD
