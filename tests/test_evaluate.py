"""Scoring by hand-computed cases, the reader of gold files, and the gold files themselves."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from plangraph.cli import cli
from plangraph.document import Document, read_document
from plangraph.errors import InputError
from plangraph.evaluate import LEVELS, GoldDocument, GoldEntity, GoldRelation, read_gold, score
from plangraph.evaluate.comparing import compare, reliability

GOLD = Path(__file__).resolve().parents[1] / "gold"
FILES = sorted(GOLD.glob("*.json"))


def document(
    entities: list[tuple[str, ...]], relations: Sequence[tuple[str, str, str]] = (), doc: str = "d"
) -> GoldDocument:
    """A document of (type, name, *aliases) and (s, r, o)."""
    return GoldDocument(
        doc,
        tuple(GoldEntity(name, kind, tuple(aliases)) for kind, name, *aliases in entities),
        tuple(GoldRelation(*r) for r in relations),
    )


def counts(gold: GoldDocument, proposed: GoldDocument, level: str, kind: str = "entities") -> tuple[int, int, int]:
    tally = score([gold], [proposed], level).total(kind)
    return tally.gold, tally.proposed, tally.found


def test_names_are_folded_and_aliases_count_at_the_alias_level() -> None:
    gold = document([("Park", "滨海—中关村科技园"), ("District", "静海区", "静海"), ("Domain", "氢能")])
    proposed = document([("Park", "滨海中关村科技园"), ("District", "静海"), ("Domain", "氢能")])
    assert counts(gold, proposed, "strict") == (3, 3, 1)
    assert counts(gold, proposed, "alias") == (3, 3, 3)


def test_the_class_must_agree_but_at_the_loose_level() -> None:
    gold, proposed = document([("Domain", "人工智能产业")]), document([("Technology", "人工智能")])
    assert [counts(gold, proposed, level)[2] for level in LEVELS] == [0, 0, 1]


def test_one_gold_entity_is_found_once() -> None:
    gold = document([("Park", "滨海高新区", "天津滨海高新区")])
    proposed = document([("Park", "滨海高新区"), ("Park", "天津滨海高新区")])
    assert counts(gold, proposed, "alias") == (1, 2, 1)


def test_a_relation_needs_both_ends_and_its_name() -> None:
    entities = [("Park", "甲园"), ("District", "乙区", "乙"), ("Institution", "丙大学")]
    gold = document(entities, [("甲园", "locatedIn", "乙区"), ("甲园", "collaboratesWith", "丙大学")])
    same = document(
        [("Park", "甲园"), ("District", "乙"), ("Institution", "丙大学")],
        [("甲园", "locatedIn", "乙"), ("丙大学", "collaboratesWith", "甲园"), ("甲园", "reliesOn", "丙大学")],
    )
    assert counts(gold, same, "alias", "relations") == (2, 3, 2)
    assert counts(gold, same, "strict", "relations") == (2, 3, 1)
    scores = score([gold], [same])
    assert scores.misses == [] and [what for _, what in scores.extras] == ["甲园 —reliesOn→ 丙大学"]


def test_precision_recall_f1_and_interval() -> None:
    gold = [document([("Domain", "氢能"), ("Domain", "储能")], doc=str(n)) for n in range(4)]
    proposed = [document([("Domain", "氢能")] + [("Domain", "风能")] * (n % 2), doc=str(n)) for n in range(3)]
    scores = score(gold, proposed)
    tally = scores.total("entities")
    assert (tally.gold, tally.proposed, tally.found) == (8, 4, 3)
    assert tally.precision == 3 / 4 and tally.recall == 3 / 8 and tally.f1 == pytest.approx(6 / 12)
    low, high = scores.interval("entities")
    assert low <= tally.f1 <= high and scores.interval("entities") == (low, high)
    assert scores.total("Domain") == tally and scores.kinds() == ["entities", "Domain"]


def test_every_kind_has_an_interval_and_no_documents_have_none() -> None:
    gold = [document([("Domain", "氢能"), ("Park", "甲园")], doc=str(n)) for n in range(6)]
    proposed = [document([("Domain", "氢能")] * (n % 2), doc=str(n)) for n in range(6)]
    scores = score(gold, proposed)
    assert scores.interval("Park") == (0.0, 0.0) and scores.interval("Domain")[0] < 2 / 3 < scores.interval("Domain")[1]
    assert score([], []).interval("entities") == (0.0, 0.0)


def test_two_runs_are_compared_on_the_same_samples() -> None:
    gold = [document([("Domain", "氢能"), ("Domain", "储能")], doc=str(n)) for n in range(20)]
    worse = [document([("Domain", "氢能")], doc=str(n)) for n in range(20)]
    better = [document([("Domain", "氢能"), ("Domain", "储能")][: 1 + n % 2], doc=str(n)) for n in range(20)]
    (entities, domain) = compare(score(gold, worse), score(gold, better))
    assert (entities.kind, domain.kind) == ("entities", "Domain")
    assert entities.one == pytest.approx(40 / 60) and entities.other == pytest.approx(60 / 70)
    assert 0 < entities.low < entities.other - entities.one < entities.high and entities.certain
    assert entities.better == 1.0
    (same, _) = compare(score(gold, worse), score(gold, worse))
    assert (same.low, same.high, same.better, same.certain) == (0.0, 0.0, 0.5, False)


def test_reliability_by_hand() -> None:
    bins, error = reliability([(0.95, True), (0.91, False), (1.0, True), (0.15, False), (0.0, True)])
    assert [(b.low, b.count) for b in bins] == [(0.0, 1), (0.1, 1), (0.9, 3)]
    assert bins[2].precision == pytest.approx(2 / 3) and bins[2].confidence == pytest.approx(2.86 / 3)
    assert error == pytest.approx((1 + 0.15 + 3 * (2.86 - 2) / 3) / 5)
    assert reliability([]) == ([], 0.0)


def test_confidences_are_read_and_counted_once_a_relation(tmp_path: Path) -> None:
    entities = [{"name": "甲园", "type": "Park"}, {"name": "乙区", "type": "District"}]
    told = {"s": "甲园", "r": "locatedIn", "o": "乙区"}
    path = tmp_path / "gold.json"

    def read(*confidences: object) -> list[GoldDocument]:
        relations = [told | {"confidence": c} for c in confidences]
        path.write_text(json.dumps({"doc": "d", "entities": entities, "relations": relations}), encoding="utf-8")
        return read_gold(path)

    gold = read(None)
    assert score(gold, read(0.3, 0.8)).sure == [(0.8, True)] and score(gold, gold).sure == []
    for wrong in (2, -1, "0.5", True, float("nan")):
        with pytest.raises(InputError, match="confidence"):
            read(wrong)


def test_the_command_compares_and_shows_reliability(tmp_path: Path) -> None:
    entities = [{"name": "甲园", "type": "Park"}, {"name": "乙区", "type": "District"}]
    relations = [{"s": "甲园", "r": "locatedIn", "o": "乙区", "confidence": 0.75}]
    paths = []
    for name, kept in (("gold", 2), ("a", 1), ("b", 2)):
        data = [
            {"doc": str(n), "entities": entities[:kept], "relations": relations if kept == 2 else []} for n in range(4)
        ]
        paths.append(tmp_path / f"{name}.json")
        paths[-1].write_text(json.dumps(data), encoding="utf-8")
    gold, a, b = map(str, paths)
    for lang, words in (
        ("en", ("second F1", "+0.333", "no confidences here")),
        ("zh", ("第二次 F1", "+0.333", "没有置信度")),
    ):
        done = CliRunner().invoke(cli, ["evaluate", gold, "--against", a, "--compare", b, "--level", "alias", "--reliability", "--lang", lang])  # fmt: skip
        assert done.exit_code == 0 and all(w in done.stdout for w in words), done.output
    done = CliRunner().invoke(
        cli, ["evaluate", gold, "--against", b, "--level", "alias", "--reliability", "--lang", "en"]
    )
    assert "0.7–0.8" in done.stdout and "expected calibration error: 0.250" in done.stdout


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", ":1:2: not JSON"),
        ('{"doc": "d"}', "document 1: expected"),
        (
            '[{"doc": "d", "entities": [], "relations": [{"s": "甲", "r": "develops", "o": "乙"}]}]',
            "乙, 甲 stands in a relation",
        ),
    ],
)
def test_what_is_no_gold_file_is_told(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "gold.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_gold(path)
    assert words in caught.value.en and str(path) in caught.value.zh


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_gold_names_stand_in_the_annotated_text(path: Path, plans_dir: Path) -> None:
    """Each document resolves to the text that was annotated, and holds its names (but for an implied province)."""
    texts: dict[str, Document] = {}
    for d in read_gold(path):
        whole = texts.setdefault(d.source, read_document(plans_dir / d.source))
        part = whole.text[d.start : d.end]
        assert Document.from_text(part).sha256 == d.sha256, d.doc
        province = Path(d.source).stem
        for e in d.entities:
            assert any(n in part for n in e.names) or province in e.names or province.startswith(e.name), (
                d.doc,
                e.name,
            )


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_gold_holds_no_text_of_a_plan(path: Path) -> None:
    for d in json.loads(path.read_text(encoding="utf-8")):
        assert set(d) == {"doc", "source", "start", "end", "sha256", "entities", "relations"}
        assert all(len(r["cue"]) <= 24 for r in d["relations"])


def test_the_splits_share_no_province() -> None:
    provinces = [
        {d.doc.partition("#")[0] for d in read_gold(GOLD / f"{name}.json")} for name in ("train-first", "dev", "test")
    ]
    first, second = (read_gold(GOLD / f"train-{name}.json") for name in ("first", "second"))
    assert [(d.doc, d.sha256) for d in first] == [(d.doc, d.sha256) for d in second]
    assert not (provinces[0] & provinces[1] or provinces[0] & provinces[2] or provinces[1] & provinces[2])
    assert len(provinces[2]) >= 5 and len(set.union(*provinces)) == 21
