"""Training of the tagger: gold annotations → character labels → CRFsuite → quantised weights.

Run by ``make train``. The same data and seed give the same weights file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from plangraph.document import Document
from plangraph.evaluate import GoldDocument, GoldEntity
from plangraph.extract.features import BUCKET_BITS, buckets
from plangraph.ontology import load_ontology

#: Inverse strength of the pair classifier's regularisation; chosen on the development provinces.
PAIR_C = 1.0
#: CRFsuite's parameters; chosen on the development provinces.
PARAMETERS = {"c1": 0.05, "c2": 0.02, "max_iterations": 120, "feature.possible_transitions": True}


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


def labels_of(text: str, spans: Sequence[tuple[int, int, str]]) -> list[str]:
    """One label a character: "O", "B-TYPE" or "I-TYPE"."""
    found = ["O"] * len(text)
    for start, end, kind in spans:
        found[start:end] = [f"I-{kind}"] * (end - start)
        found[start] = f"B-{kind}"
    return found


def train(
    examples: Sequence[tuple[str, Sequence[GoldEntity]]], model: Path, parameters: dict[str, Any] | None = None
) -> None:
    """Train on (text, entities) pairs and write CRFsuite's model to ``model``."""
    import pycrfsuite

    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.set_params({**PARAMETERS, **(parameters or {})})
    for text, entities in examples:
        labels = labels_of(text, label_spans(text, entities))
        rows = [[str(b) for b in row] for row in buckets(text).tolist()]
        start = 0
        for m in re.finditer(r"[^。；！？\n]+[。；！？\n]*|[。；！？\n]+", text):
            trainer.append(rows[m.start() : m.end()], labels[m.start() : m.end()])
            start = m.end()
        assert start == len(text)
    trainer.train(str(model))


def quantise(model: Path, weights: Path) -> None:
    """CRFsuite's model as arrays: labels, int16 weights by bucket and label with their scale, transitions."""
    import numpy as np
    import pycrfsuite

    tagger = pycrfsuite.Tagger()
    tagger.open(str(model))
    info = tagger.info()
    labels = ["O", *sorted(x for x in info.labels if x != "O")]
    number = {x: i for i, x in enumerate(labels)}
    state = np.zeros((1 << BUCKET_BITS, len(labels)), dtype=np.float64)
    for (attribute, label), weight in info.state_features.items():
        state[int(attribute), number[label]] = weight
    transitions = np.full((len(labels), len(labels)), 0.0, dtype=np.float32)
    for (a, b), weight in info.transitions.items():
        transitions[number[a], number[b]] = weight
    for a in labels:
        for b in labels:
            if b.startswith("I-") and a[2:] != b[2:]:
                transitions[number[a], number[b]] = -30.0
    scale = float(np.abs(state).max()) / 32767
    weights.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        weights,
        labels=np.array(labels),
        state=np.round(state / scale).astype(np.int16),
        scale=scale,
        transitions=transitions,
    )


def examples_of(documents: Sequence[GoldDocument], texts: Path) -> list[tuple[str, tuple[GoldEntity, ...]]]:
    """(annotated text, entities) of gold documents whose texts lie in ``texts``."""
    cache: dict[str, str] = {}
    found = []
    for d in documents:
        if d.source not in cache:
            cache[d.source] = (texts / d.source).read_text(encoding="utf-8")
        found.append((cache[d.source][d.start : d.end], d.entities))
    return found


def train_pairs(documents: Sequence[GoldDocument], texts: Path, weights: Path, seed: int = 1) -> None:
    """Train the classifier over pairs on gold mentions and write its weights (logistic regression, L2)."""
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    from plangraph.extract.pairs import BUCKETS, NONE, bucket

    rows: list[int] = []
    columns: list[int] = []
    labels: list[str] = []
    for document, (text, entities) in zip(documents, examples_of(documents, texts), strict=True):
        for features, label in labelled_pairs(document, text, entities):
            numbers = sorted({bucket(f) for f in features})
            rows += [len(labels)] * len(numbers)
            columns += numbers
            labels.append(label)
    matrix = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(labels), BUCKETS))
    model = LogisticRegression(C=PAIR_C, max_iter=400, random_state=seed).fit(matrix, labels)
    order = [NONE, *sorted(c for c in model.classes_ if c != NONE)]
    index = [list(model.classes_).index(c) for c in order]
    weights.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        weights,
        labels=np.array(order),
        weights=model.coef_[index].T.astype(np.float16),
        bias=model.intercept_[index].astype(np.float32),
    )


def labelled_pairs(
    document: GoldDocument, text: str, entities: Sequence[GoldEntity]
) -> list[tuple[tuple[str, ...], str]]:
    """Features and relation of each candidate pair among the gold mentions of a document."""
    from plangraph.extract.names import find_place, place_names
    from plangraph.extract.pairs import NONE, Mention, candidate_pairs, cue_pattern

    place = set(place_names(find_place(Path(document.source).stem, text)))
    name_of = {(n, e.type): e.name for e in entities for n in e.names}
    implied = next((e.name for e in entities if e.type == "District" and place & set(e.names)), "")
    gold = {(r.s, r.o): r.r for r in document.relations}
    gold |= {(r.o, r.s): r.r for r in document.relations if load_ontology().relations[r.r].symmetric}
    mentions = [Mention(s, e, t) for s, e, t in label_spans(text, entities)]
    found = []
    for pair in candidate_pairs(Document.from_text(text), mentions, cue_pattern()):
        a, b = pair.subject, pair.object
        s = implied if a is None else name_of[text[a.start : a.end], a.type]
        o = name_of[text[b.start : b.end], b.type]
        found.append((pair.features, gold.get((s, o), NONE)))
    return found
