"""Training of the tagger and of the classifier over pairs; ``make train`` runs it.

Data: report paragraphs that two people annotated apart (both readings are learnt from), the plan whose graph comes with
plangraph, and invented plans (`plangraph.extract.marked`). The same data give the same weights.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from plangraph.document import Document, fold_print, read_flow
from plangraph.evaluate import GoldDocument, GoldEntity, GoldRelation, folder_as_gold, read_gold, score
from plangraph.extract import name_model, pair_model, tagger
from plangraph.extract.candidates import find_candidates
from plangraph.extract.features import BUCKET_BITS, buckets, wide_buckets
from plangraph.extract.gold import extract_gold
from plangraph.extract.marked import read_marked
from plangraph.extract.name_model import NameModel, load_name_model, write_name_model
from plangraph.extract.names import find_place, place_names
from plangraph.extract.pair_model import BUCKETS, NONE, PairModel, bucket_rows, load_pair_model, write_pair_model
from plangraph.extract.pairs import Mention, candidate_pairs
from plangraph.extract.tagger import SENTENCE, Tagger, load_tagger
from plangraph.folder import read_folder
from plangraph.ontology import load_ontology

if TYPE_CHECKING:
    from plangraph.extract.crf_training import Parameters

#: Inverse strength of the pair classifier's regularisation; chosen on the development provinces.
PAIR_C = 0.25
#: Added to the weights of moves to these labels: names that are missed cost as much as names that are wrong. Chosen on
#: the development provinces.
LEANING = {"O": -0.1, "B-Domain": 0.6}
#: Weights are kept in steps of a 127th of the largest; those of at most so many steps, which are noise of features that share
#: a bucket, are dropped, by whether the tagger is the wide one.
SMALLEST = {False: 3, True: 5}
#: Weights of the pair classifier below this are dropped.
SMALLEST_PAIR = 0.015
#: The classifier over candidates: inverse strength of its regularisation, and into how many groups the texts are parted,
#: each of which is read by taggers that learnt from the others.
NAME_C, GROUPS = 0.05, 4
#: What a candidate or a pair of an invented text weighs in training beside one of a real one; for candidates chosen on the
#: training provinces, each read by models that did not learn from it, for pairs on the development provinces.
INVENTED = 0.25


@dataclass(frozen=True, slots=True)
class Example:
    """One annotated text.

    Args:
        text: The text.
        spans: (start, end, top class) of each name in it, sorted, not overlapping.
        place: Full name of the division that it is for.
        gold: Its entities and relations.
        weight: What its candidates and pairs weigh in training.
        stated: For each relation where the line begins that states it; empty where that is not known.
    """

    text: str
    spans: tuple[tuple[int, int, str], ...]
    place: str
    gold: GoldDocument
    weight: float = 1.0
    stated: tuple[int, ...] = ()


def label_spans(text: str, entities: Sequence[GoldEntity]) -> list[tuple[int, int, str]]:
    """Where the names of ``entities`` stand in ``text``: longest names first, no overlap, sorted."""
    names = sorted({(n, e.type) for e in entities for n in e.names if n}, key=lambda x: (-len(x[0]), x))
    used = bytearray(len(text))
    found = []
    for name, kind in names:
        for m in re.finditer(re.escape(name), text):
            start, end = m.span()
            if not any(used[start:end]):
                used[start:end] = b"\1" * (end - start)
                found.append((start, end, kind))
    return sorted(found)


def examples(gold: Sequence[GoldDocument], texts: Path, marked: Sequence[Path] = ()) -> list[Example]:
    """Examples of gold documents, whose texts lie in ``texts``, and of files of marked documents."""
    cache: dict[str, str] = {}
    found = []
    for d in gold:
        source = d.source or f"{d.doc}.txt"
        if source not in cache:
            cache[source] = (texts / source).read_text(encoding="utf-8")
        text = read_flow(Document.from_text(cache[source][d.start : d.end])).document.text
        place = find_place(Path(source).stem, text)
        as_read = _as_read(d)
        found.append(Example(text, tuple(label_spans(text, as_read.entities)), place, as_read))
    for path in marked:
        for m in read_marked(path):
            found.append(
                Example(fold_print(m.text), tuple(m.spans), m.place, _as_read(m.gold), INVENTED, tuple(m.stated))
            )
    return found


def _as_read(gold: GoldDocument) -> GoldDocument:
    """``gold`` with its names as extraction reads them in the text."""
    entities = [GoldEntity(fold_print(e.name), e.type, tuple(map(fold_print, e.aliases))) for e in gold.entities]
    relations = [GoldRelation(fold_print(r.s), r.r, fold_print(r.o), r.cue) for r in gold.relations]
    return replace(gold, entities=tuple(entities), relations=tuple(relations))


def label_names() -> list[str]:
    """ "O", and for each class of names the labels of its first and its further characters."""
    kinds = sorted(c for c in load_ontology().top_classes if c != "Goal")
    return ["O", *(f"{p}-{k}" for k in kinds for p in "BI")]


def labels_of(text: str, spans: Sequence[tuple[int, int, str]]) -> list[str]:
    """One label a character: "O", "B-TYPE" or "I-TYPE"."""
    found = ["O"] * len(text)
    for start, end, kind in spans:
        found[start:end] = [f"I-{kind}"] * (end - start)
        found[start] = f"B-{kind}"
    return found


def train_tagger(
    data: Sequence[Example], weights: Path, wide: bool = False, parameters: Parameters | None = None
) -> None:
    """Train the tagger, with lists or wide, and write its weights."""
    import numpy as np

    from plangraph.extract.crf_training import Parameters, train_crf

    names = label_names()
    number = {x: i for i, x in enumerate(names)}
    rows, labels, starts = [], [], [0]
    for example in data:
        features = wide_buckets(example.text) if wide else buckets(example.text)
        own = [number[x] for x in labels_of(example.text, example.spans)]
        for m in SENTENCE.finditer(example.text):
            rows.append(features[m.start() : m.end()])
            labels += own[m.start() : m.end()]
            starts.append(starts[-1] + m.end() - m.start())
    state, moves = train_crf(
        np.concatenate(rows), np.array(labels, np.int8), np.array(starts), names, 1 << BUCKET_BITS,
        parameters or Parameters(),
    )  # fmt: skip
    for name, weight in LEANING.items():
        moves[:, number[name]] += weight
    scale = float(np.abs(state).max()) / 127
    steps = np.round(state / scale).astype(np.int8)
    steps[np.abs(steps) <= SMALLEST[wide]] = 0
    weights.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        weights, labels=np.array(names), state=steps, scale=scale, transitions=moves.astype(np.float32), wide=wide
    )


def train_taggers(data: Sequence[Example], folder: Path, parameters: Parameters | None = None) -> tuple[Tagger, ...]:
    """Train both taggers, write their weights to ``folder`` and load them."""
    paths = folder / tagger.WEIGHTS.name, folder / tagger.WIDE_WEIGHTS.name
    for wide, path in enumerate(paths):
        train_tagger(data, path, bool(wide), parameters)
    load_tagger.cache_clear()
    return tuple(load_tagger(path) for path in paths)


def train_names(read: Sequence[tuple[Sequence[Example], Sequence[Tagger]]], weights: Path) -> None:
    """Train the classifier over candidates and write its weights (logistic regression, L2).

    Args:
        read: Examples, with taggers that did not learn from them.
        weights: Where to.
    """
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    columns: list[int] = []
    ends = [0]
    labels: list[bool] = []
    sizes: list[float] = []
    for data, taggers in read:
        for example in data:
            names = set(example.spans)
            for c in find_candidates(example.text, taggers):
                columns += np.unique(bucket_rows([c.features])[0]).tolist()
                ends.append(len(columns))
                labels.append((c.mention.start, c.mention.end, c.mention.type) in names)
                sizes.append(example.weight)
    matrix = csr_matrix((np.ones(len(columns), np.float32), columns, ends), shape=(len(labels), BUCKETS))
    model = LogisticRegression(C=NAME_C, max_iter=500).fit(matrix, labels, sizes)
    write_name_model(NameModel(model.coef_[0].astype(np.float16), float(model.intercept_[0])), weights)


def cross_read(
    data: Sequence[Example], folder: Path, parameters: Parameters
) -> list[tuple[list[Example], tuple[Tagger, ...]]]:
    """``data`` in groups of whole texts, each with taggers that learnt from the others."""
    sources = sorted({_source(e) for e in data})
    found = []
    for group in range(GROUPS):
        held = set(sources[group::GROUPS])
        rest = [e for e in data if _source(e) not in held]
        taggers = train_taggers(rest, folder / str(group), parameters)
        found.append(([e for e in data if _source(e) in held], taggers))
    return found


def _source(example: Example) -> str:
    return example.gold.source or example.gold.doc


def train_pairs(data: Sequence[Example], weights: Path, strength: float = PAIR_C) -> None:
    """Train the classifier over pairs on gold mentions and write its weights (logistic regression, L2)."""
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    rows: list[int] = []
    columns: list[int] = []
    labels: list[str] = []
    sizes: list[float] = []
    for example in data:
        for features, label in labelled_pairs(example):
            numbers = np.unique(bucket_rows([features])[0]).tolist()
            rows += [len(labels)] * len(numbers)
            columns += numbers
            labels.append(label)
            sizes.append(example.weight)
    matrix = csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=(len(labels), BUCKETS))
    model = LogisticRegression(C=strength, max_iter=250, random_state=1).fit(matrix, labels, sizes)
    order = [NONE, *sorted(c for c in model.classes_ if c != NONE)]
    index = [list(model.classes_).index(c) for c in order]
    coefficients, bias = model.coef_[index].T.astype(np.float16), model.intercept_[index].astype(np.float32)
    coefficients[np.abs(coefficients) < SMALLEST_PAIR] = 0
    write_pair_model(PairModel(tuple(order), coefficients, bias), weights)


def calibrate(gold: Sequence[GoldDocument], texts: Path) -> None:
    """Fit the confidence of the package's proposals to how often they are right on ``gold`` (Platt 1999)."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    _set_calibration((1.0, 0.0))
    confidence, right = zip(*score(gold, extract_gold(gold, texts), "alias").sure, strict=True)
    clipped = np.clip(confidence, 1e-6, 1 - 1e-6)
    model = LogisticRegression().fit(np.log(clipped / (1 - clipped)).reshape(-1, 1), right)
    _set_calibration((float(model.coef_[0, 0]), float(model.intercept_[0])))


def _set_calibration(calibration: tuple[float, float]) -> None:
    load_pair_model.cache_clear()
    write_pair_model(replace(load_pair_model(), calibration=calibration), pair_model.WEIGHTS)
    load_pair_model.cache_clear()


def labelled_pairs(example: Example) -> list[tuple[tuple[str, ...], str]]:
    """Features and relation of each candidate pair among the names of an example.

    Where it is known which line states a relation, a pair of the same two names that stands in another line is left out:
    who marks a text need not repeat what it repeats.
    """
    place = set(place_names(example.place))
    name_of = {(n, e.type): e.name for e in example.gold.entities for n in e.names}
    document = Document.from_text(example.text)
    allows = load_ontology().allows
    symmetric = {name for name, r in load_ontology().relations.items() if r.symmetric}
    told: dict[tuple[str, str], str] = {}
    lines: dict[tuple[str, str], set[int]] = defaultdict(set)
    for number, r in enumerate(example.gold.relations):
        s, o = (example.place if x in place else x for x in (r.s, r.o))
        for ends in [(s, o), (o, s)] if r.r in symmetric else [(s, o)]:
            told[ends] = r.r
            if example.stated:
                lines[ends].add(document.paragraph_at(example.stated[number]))

    def name(m: Mention | None) -> str:
        found = example.place if m is None else name_of.get((example.text[m.start : m.end], m.type), "")
        return example.place if found in place else found

    found = []
    for pair in candidate_pairs(document, [Mention(*span) for span in example.spans]):
        ends = name(pair.subject), name(pair.object)
        relation = told.get(ends, NONE)
        if ends in lines and document.paragraph_at(pair.last.start) not in lines[ends]:
            continue
        if relation != NONE and not allows(
            pair.subject.type if pair.subject else "District", relation, pair.object.type
        ):
            continue
        found.append((pair.features, relation))
    return found


def main() -> None:
    """``python -m plangraph.extract.train GOLD_DIR TEXT_DIR PLAN_FOLDER``: train, and write the package's weights."""
    from plangraph.extract.crf_training import Parameters

    gold, texts, folder = (Path(a) for a in sys.argv[1:4])
    annotated = [d for name in ("train-first", "train-second") for d in read_gold(gold / f"{name}.json")]
    annotated.append(folder_as_gold(read_folder(folder)))
    marked = sorted((gold / "invented").glob("*.txt"))
    data = examples(annotated, texts, marked)
    with tempfile.TemporaryDirectory() as held_out:
        train_names(cross_read(data, Path(held_out), Parameters(seeds=(0,))), name_model.WEIGHTS)
    train_taggers(data, tagger.WEIGHTS.parent)
    load_name_model.cache_clear()
    # Once for each reading, like the provinces: the tables come from two.
    train_pairs(examples([*annotated, annotated[-1]], texts, marked), pair_model.WEIGHTS)
    calibrate(read_gold(gold / "dev.json"), texts)
    print(f"{len(data)} texts, {sum(len(e.text) for e in data)} characters, {sum(len(e.spans) for e in data)} names")


if __name__ == "__main__":
    main()
