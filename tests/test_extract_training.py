"""Training on a few invented lines: it learns them, and the same data give the same weights."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from plangraph.evaluate import GoldDocument, GoldEntity, GoldRelation
from plangraph.extract.candidates import find_candidates
from plangraph.extract.crf_training import FORBIDDEN, Parameters
from plangraph.extract.name_model import load_name_model
from plangraph.extract.pair_model import load_pair_model
from plangraph.extract.pairs import Mention, candidate_pairs
from plangraph.extract.tagger import load_tagger
from plangraph.extract.train import (
    Example,
    cross_read,
    label_spans,
    labelled_pairs,
    train_names,
    train_pairs,
    train_tagger,
)
from plangraph.extract.train import (
    examples as read_examples,
)

PLACE = "云汀市"
FIELDS = ("氢能", "低空经济", "合成生物", "海洋装备", "智能传感", "绿色石化")


def examples() -> list[Example]:
    found = []
    for verb in ("重点发展", "加快培育", "大力推进"):
        for one, two in itertools.pairwise(FIELDS):
            text = f"{PLACE}{verb}{one}、{two}，持续优化营商环境。"
            entities = (GoldEntity(PLACE, "District"), *(GoldEntity(n, "Domain") for n in (one, two)))
            relations = tuple(GoldRelation(PLACE, "focusesOn", n) for n in (one, two))
            relations += (GoldRelation(one, "subDomainOf", two),)
            gold = GoldDocument(text, entities, relations)
            found.append(Example(text, tuple(label_spans(text, entities)), PLACE, gold))
    return found


@pytest.mark.parametrize("wide", [False, True])
def test_the_tagger_learns_and_the_same_data_give_the_same_weights(wide: bool, tmp_path: Path) -> None:
    data = examples()
    for name in ("one.npz", "two.npz"):
        train_tagger(data, tmp_path / name, wide, Parameters(epochs=4, seeds=(0,)))
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    tagger = load_tagger(tmp_path / "one.npz")
    for example in data:
        sure = [(s.start, s.end, s.type) for s in tagger.spans(example.text) if s.probability > 0.5]
        assert sure == list(example.spans)
    inside = tagger.labels.index("I-Domain")
    assert tagger.transitions[tagger.labels.index("O"), inside] == FORBIDDEN


def test_the_classifier_over_candidates_learns_which_are_names(tmp_path: Path) -> None:
    data = [replace(e, gold=replace(e.gold, source=f"{n % 5}.txt")) for n, e in enumerate(examples())]
    settings = Parameters(epochs=4, seeds=(0,))
    read = cross_read(data, tmp_path, settings)
    assert sorted(e.text for group, _ in read for e in group) == sorted(e.text for e in data)
    train_names(read, tmp_path / "names.npz")
    model = load_name_model(tmp_path / "names.npz")
    for e, taggers in ((e, taggers) for group, taggers in read for e in group):
        names = model.names(find_candidates(e.text, taggers))
        assert [(m.start, m.end, m.type) for m in names] == list(e.spans)
        assert all(0 < m.probability <= 1 for m in names)
    assert model.names([]) == []


def test_the_classifier_learns_who_focuses_on_what(tmp_path: Path) -> None:
    data = examples()
    train_pairs(data, tmp_path / "pairs.npz")
    model = load_pair_model(tmp_path / "pairs.npz")
    from plangraph.document import Document

    text = data[0].text
    pairs = list(candidate_pairs(Document.from_text(text), [Mention(*s) for s in data[0].spans]))
    told = {(text[p.subject.start : p.subject.end], r) for p, r, _ in model.likely(pairs, 0.5) if p.subject}
    assert (PLACE, "focusesOn") in told
    assert np.isclose(model.probabilities(pairs).sum(), len(pairs), atol=1e-3)


def test_pairs_are_labelled_where_the_relation_is_told(tmp_path: Path) -> None:
    path = tmp_path / "marked.txt"
    lines = [
        "=== a | b | 云汀省",
        "[R|云汀]做强[D|氢能]，发展[D|低空经济]。",
        "> 云汀省 | focusesOn | 氢能",
        "去年[R|云汀]的[D|氢能]产值增长。",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    (example,) = read_examples([], tmp_path, [path])
    labels = [label for _, label in labelled_pairs(example)]
    # The place printed in short and the place not printed are one subject; the second line's pairs are left out.
    assert labels.count("focusesOn") == 2
    assert labels.count("none") == len(labels) - 2 > 0
