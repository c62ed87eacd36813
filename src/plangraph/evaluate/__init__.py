"""Extraction against gold: precision, recall and F1 at three levels, with intervals, misses and extras.

Scoring follows FORMATS: names are folded (`plangraph.model.fold`); an entity is found when its top class agrees and
any of its names equals any gold name; a relation is found when both its ends are found and the relation agrees
(a symmetric one either way round). Each gold entity is found at most once, so naming one thing twice costs
precision. Micro over all documents; intervals are percentile bootstrap over documents.
"""

from __future__ import annotations

import functools
import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from plangraph.errors import InputError
from plangraph.folder import PlanFolder
from plangraph.model import fold
from plangraph.ontology import load_ontology
from plangraph.tables import decode, read_bytes

LEVELS = ("strict", "alias", "loose")
BOOTSTRAP_ROUNDS = 1000


@dataclass(frozen=True, slots=True)
class GoldEntity:
    """An entity of a gold file: name as printed, top class, other names."""

    name: str
    type: str
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The name and its aliases."""
        return (self.name, *self.aliases)


@dataclass(frozen=True, slots=True)
class GoldRelation:
    """A relation of a gold file; ``s`` and ``o`` are names of entities of the same document.

    ``confidence`` is that of a run; None where it says none.
    """

    s: str
    r: str
    o: str
    cue: str = ""
    confidence: float | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class GoldDocument:
    """What one document states.

    Args:
        doc: Document id.
        entities: Its entities.
        relations: Its relations.
        source: File of the text, relative to the folder of texts; empty for ``doc`` + ".txt".
        start: First code point of the annotated part.
        end: Code point after it; None for the whole text.
        sha256: SHA-256 of the annotated part in UTF-8; empty if not known.
    """

    doc: str
    entities: tuple[GoldEntity, ...]
    relations: tuple[GoldRelation, ...]
    source: str = ""
    start: int = 0
    end: int | None = None
    sha256: str = ""


@dataclass(slots=True)
class Tally:
    """Counts of one kind of thing: in the gold, proposed, and both."""

    gold: int = 0
    proposed: int = 0
    found: int = 0

    @property
    def precision(self) -> float:
        """Found among proposed."""
        return self.found / self.proposed if self.proposed else 0.0

    @property
    def recall(self) -> float:
        """Found among gold."""
        return self.found / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.found / (self.gold + self.proposed) if self.gold + self.proposed else 0.0

    def add(self, other: Tally) -> None:
        """Add the counts of ``other``."""
        self.gold += other.gold
        self.proposed += other.proposed
        self.found += other.found


@dataclass(slots=True)
class Scores:
    """Scores of one run at one level.

    Args:
        level: strict, alias or loose.
        documents: For each document the tallies by kind ("entities", "relations") and by class or relation.
        misses: (document, what) in the gold and not found.
        extras: (document, what) proposed and not in the gold.
        sure: (confidence, whether it is in the gold) of each proposed relation that has a confidence.
    """

    level: str
    documents: list[dict[str, Tally]] = field(default_factory=list)
    misses: list[tuple[str, str]] = field(default_factory=list)
    extras: list[tuple[str, str]] = field(default_factory=list)
    sure: list[tuple[float, bool]] = field(default_factory=list)

    def total(self, kind: str, sample: Sequence[int] | None = None) -> Tally:
        """Tally of ``kind`` over all documents, or over those numbered in ``sample``."""
        sum_ = Tally()
        for number in sample if sample is not None else range(len(self.documents)):
            if kind in self.documents[number]:
                sum_.add(self.documents[number][kind])
        return sum_

    def kinds(self) -> list[str]:
        """Entities, relations, then each class and relation that occurs."""
        ontology = load_ontology()
        seen = {k for d in self.documents for k in d}
        order = ["entities", *ontology.top_classes, "relations", *ontology.relations]
        return [k for k in order if k in seen]

    def interval(self, kind: str, level: float = 0.95, seed: int = 1) -> tuple[float, float]:
        """Percentile bootstrap interval of F1 over documents (Efron 1979)."""
        if not self.documents:
            return (0.0, 0.0)
        return percentiles(self.resampled(kind, seed), level)

    def resampled(self, kind: str, seed: int = 1) -> list[float]:
        """F1 of ``kind`` in each of `BOOTSTRAP_ROUNDS` samples of the documents, the same ones for the same seed."""
        import numpy as np

        tallies = [d.get(kind) or Tally() for d in self.documents]
        counts = np.array([(t.found, t.gold + t.proposed) for t in tallies], dtype=np.int64)
        sums = counts[_samples(len(tallies), seed)].sum(axis=1)
        return [2 * found / both if both else 0.0 for found, both in sums.tolist()]


def percentiles(drawn: Iterable[float], level: float = 0.95) -> tuple[float, float]:
    """The two values between which the middle ``level`` of ``drawn`` lies."""
    ordered = sorted(drawn)
    cut = int((1 - level) / 2 * len(ordered))
    return ordered[cut], ordered[-cut - 1]


@functools.lru_cache(maxsize=8)
def _samples(documents: int, seed: int) -> Any:
    """Numbers of documents drawn with replacement, a row a round."""
    import numpy as np

    rng = random.Random(seed)
    drawn = [[rng.randrange(documents) for _ in range(documents)] for _ in range(BOOTSTRAP_ROUNDS)]
    return np.array(drawn, dtype=np.int64)


def score(gold: Iterable[GoldDocument], proposed: Iterable[GoldDocument], level: str = "alias") -> Scores:
    """Compare proposed documents with gold ones of the same ids; a gold document without a partner is all missed."""
    partners = {d.doc: d for d in proposed}
    scores = Scores(level)
    for document in gold:
        partner = partners.get(document.doc) or GoldDocument(document.doc, (), ())
        scores.documents.append(_score_document(document, partner, level, scores))
    return scores


def _score_document(gold: GoldDocument, proposed: GoldDocument, level: str, scores: Scores) -> dict[str, Tally]:
    tallies: dict[str, Tally] = defaultdict(Tally)
    pairs = _match(gold.entities, proposed.entities, level)
    partner_of = {proposed.entities[p].name: gold.entities[g].name for g, p in pairs.items()}
    found_gold, found_proposed = set(pairs), set(pairs.values())

    def kinds(e: GoldEntity) -> tuple[str, ...]:
        return ("entities",) if level == "loose" else ("entities", e.type)  # loose ignores classes

    for number, e in enumerate(gold.entities):
        _count(tallies, kinds(e), gold=1, found=number in found_gold)
        if number not in found_gold:
            scores.misses.append((gold.doc, f"{e.type} {e.name}"))
    for number, e in enumerate(proposed.entities):
        _count(tallies, kinds(e), proposed=1)
        if number not in found_proposed:
            scores.extras.append((gold.doc, f"{e.type} {e.name}"))
    wanted = Counter(_claim(r.s, r.r, r.o) for r in gold.relations)
    wanted = Counter(dict.fromkeys(wanted, 1))
    offered: dict[tuple[str, str, str], GoldRelation] = {}
    for r in proposed.relations:
        s, o = partner_of.get(r.s, f"\0{r.s}"), partner_of.get(r.o, f"\0{r.o}")
        claim = _claim(s, r.r, o)
        if claim not in offered or (r.confidence or 0.0) > (offered[claim].confidence or 0.0):
            offered[claim] = r
    for claim in wanted:
        _count(tallies, ("relations", claim[1]), gold=1, found=claim in offered)
        if claim not in offered:
            scores.misses.append((gold.doc, f"{claim[0]} —{claim[1]}→ {claim[2]}"))
    for claim, r in offered.items():
        _count(tallies, ("relations", claim[1]), proposed=1)
        if r.confidence is not None:
            scores.sure.append((r.confidence, claim in wanted))
        if claim not in wanted:
            scores.extras.append((gold.doc, f"{r.s} —{r.r}→ {r.o}"))
    return dict(tallies)


def _count(
    tallies: dict[str, Tally], kinds: tuple[str, ...], gold: int = 0, proposed: int = 0, found: bool = False
) -> None:
    for kind in kinds:
        tallies[kind].add(Tally(gold, proposed, int(found)))


def _claim(s: str, r: str, o: str) -> tuple[str, str, str]:
    relation = load_ontology().relations.get(r)
    return (min(s, o), r, max(s, o)) if relation and relation.symmetric else (s, r, o)


def _match(gold: Sequence[GoldEntity], proposed: Sequence[GoldEntity], level: str) -> dict[int, int]:
    """Gold number to proposed number, one to one; equal names before equal aliases before contained names."""
    pairs: dict[int, int] = {}
    taken: set[int] = set()

    def pair_by(same: Callable[[GoldEntity, GoldEntity], bool]) -> None:
        for g, e in enumerate(gold):
            if g not in pairs:
                for p, f in enumerate(proposed):
                    if p not in taken and same(e, f):
                        pairs[g] = p
                        taken.add(p)
                        break

    pair_by(lambda e, f: e.type == f.type and e.name == f.name)
    if level == "strict":
        return pairs
    folded = {n: fold(n) for e in (*gold, *proposed) for n in e.names}

    def share(e: GoldEntity, f: GoldEntity) -> bool:
        return not {folded[n] for n in e.names}.isdisjoint(folded[n] for n in f.names)

    pair_by(lambda e, f: e.type == f.type and share(e, f))
    if level == "loose":
        pair_by(share)
        pair_by(lambda e, f: any(folded[a] in folded[b] or folded[b] in folded[a] for a in e.names for b in f.names))
    return pairs


def read_gold(path: Path) -> list[GoldDocument]:
    """Read a gold file: one JSON document or a list of them.

    Raises:
        InputError: Not JSON, or not of the form that FORMATS gives; says where.
    """
    text = decode(read_bytes(path), str(path))
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(
            f"{path}:{error.lineno}:{error.colno}: not JSON: {error.msg}",
            f"{path}:{error.lineno}:{error.colno}: 不是 JSON：{error.msg}",
        ) from None
    documents = data if isinstance(data, list) else [data]
    return [_document(d, f"{path}: document {n}", f"{path}：第 {n} 篇") for n, d in enumerate(documents, 1)]


def _document(data: Any, where_en: str, where_zh: str) -> GoldDocument:
    try:
        entities = tuple(GoldEntity(e["name"], e["type"], tuple(e.get("aliases", ()))) for e in data["entities"])
        relations = tuple(
            GoldRelation(r["s"], r["r"], r["o"], r.get("cue", ""), _confidence(r.get("confidence")))
            for r in data["relations"]
        )
        known = {e.name for e in entities}
        strangers = sorted({n for r in relations for n in (r.s, r.o) if n not in known})
        if strangers:
            raise InputError(
                f"{where_en}: {', '.join(strangers)} stands in a relation but not among the entities",
                f"{where_zh}：{'、'.join(strangers)} 出现在关系中，却不在实体中",
            )
        return GoldDocument(
            data["doc"],
            entities,
            relations,
            data.get("source", ""),
            data.get("start", 0),
            data.get("end"),
            data.get("sha256", ""),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f'{where_en}: expected {{"doc", "entities": [{{"name", "type", "aliases"}}], "relations": [{{"s", "r", "o", "cue"}}]}}'
            f" ({type(error).__name__} {error})",
            f'{where_zh}：应为 {{"doc", "entities": [{{"name", "type", "aliases"}}], "relations": [{{"s", "r", "o", "cue"}}]}}'
            f"（{type(error).__name__} {error}）",
        ) from None


def _confidence(value: Any) -> float | None:
    """A confidence as JSON gives it.

    Raises:
        TypeError: It is no number from 0 to 1.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise TypeError(f"confidence {value!r} is no number from 0 to 1")
    return float(value)


def folder_as_gold(folder: PlanFolder) -> GoldDocument:
    """A plan folder's five main classes and eight main relations in the gold form; rejected rows left out."""
    ontology = load_ontology()
    kinds = {e.id: ontology.top_class(e.type) or "" for e in folder.entities}
    # Two entities of one name cannot both be a relation's end by name; the class tells them apart.
    names = {e.id: e.label_zh for e in folder.entities}
    entities = tuple(
        GoldEntity(names[e.id], kinds[e.id], e.aliases) for e in folder.entities if kinds[e.id] not in ("", "Goal")
    )
    relations = tuple(
        GoldRelation(names[s.subject], s.predicate, names[s.object], s.evidence[0].quote, s.confidence)
        for s in folder.statements
        if s.status != "rejected"
        and kinds.get(s.subject, "Goal") != "Goal"
        and kinds.get(s.object, "Goal") != "Goal"
        and s.predicate != "benchmarkedAgainst"
    )
    return GoldDocument(folder.plan.id, entities, relations)
