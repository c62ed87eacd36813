"""Which relation holds between two names of one sentence: a log-linear classifier over pairs of mentions.

The features are what a reader looks at: the classes of the two, what stands between and around them, the verb that
governs the list in which the second stands, and who else could be the subject. The plan's own place takes part as a
subject that is not printed ("本市", "我省", or nothing at all).
"""

from __future__ import annotations

import bisect
import functools
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plangraph.document import Document
from plangraph.document.outline import BODY

if TYPE_CHECKING:
    import numpy

WEIGHTS = Path(__file__).resolve().parent / "weights" / "pairs.npz"
NONE = "none"
BUCKETS = 1 << 16
#: How many mentions before and after the second one may be its partner.
REACH = 6
_SENTENCE = re.compile(r"[^。；！？\n]+[。；！？\n]?")
_LIST = re.compile(r"[、和与及]|以及|，")


@functools.cache
def cue_pattern() -> re.Pattern[str]:
    """The words of the list "cue", longest first."""
    from plangraph.extract.lexicon import read_list

    return re.compile("|".join(re.escape(w) for w in sorted(read_list("cue"), key=lambda w: (-len(w), w))))


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in the text: offsets, top class, how sure the tagger is."""

    start: int
    end: int
    type: str
    probability: float = 1.0


@dataclass(frozen=True, slots=True)
class Topic:
    """A name in a heading above: how far up the heading is, and whether the name is nearly all of it."""

    mention: Mention
    depth: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """Two mentions that may be related; ``subject`` is None for the plan's own place."""

    subject: Mention | None
    object: Mention
    features: tuple[str, ...]


def candidate_pairs(document: Document, mentions: Sequence[Mention], cues: re.Pattern[str]) -> Iterator[Pair]:
    """Pairs worth a look, sentence by sentence; ``mentions`` are sorted and do not overlap."""
    text, outline = document.text, document.outline
    starts = [m.start for m in mentions]

    def within(start: int, end: int) -> list[Mention]:
        return list(mentions[bisect.bisect_left(starts, start) : bisect.bisect_left(starts, end)])

    named_by = [within(h.start, h.end) for h in outline.headings]

    def topics(heading: int) -> list[Topic]:
        found: list[Topic] = []
        depth = 0
        while heading >= 0 and len(found) < 2:
            h = outline.headings[heading]
            found += [Topic(m, depth, (m.end - m.start) / (h.end - h.start) > 0.6) for m in named_by[heading][:2]]
            heading, depth = h.parent, depth + 1
        return found

    for heading, inside in zip(outline.headings, named_by, strict=True):
        for topic in topics(heading.parent):
            for b in inside:
                if _possible(topic.mention.type, b.type):
                    yield Pair(topic.mention, b, tuple(_heading_features(topic, b, ["in-heading"], False)))
    for line, (start, end) in enumerate(document.paragraphs):
        if outline.kinds[line] != BODY:
            continue
        above = topics(outline.section[line])
        first: Mention | None = None
        for sentence in _SENTENCE.finditer(text, start, end):
            inside = within(sentence.start(), sentence.end())
            if inside:
                yield from _sentence_pairs(text, sentence.start(), sentence.end(), inside, first, above, cues)
                first = first or inside[0]


def _heading_features(topic: Topic, b: Mention, context: Sequence[str], rivals: bool) -> list[str]:
    base = f"h{topic.depth}{topic.whole}:{topic.mention.type}>{b.type}"
    return [
        base,
        f"h:{topic.mention.type}>{b.type}:{rivals}",
        f"{base}:{rivals}",
        *(f"h:{topic.mention.type}>{b.type}:{c}" for c in context),
    ]


def _sentence_pairs(
    text: str,
    start: int,
    end: int,
    inside: list[Mention],
    topic: Mention | None,
    above: list[Topic],
    cues: re.Pattern[str],
) -> Iterator[Pair]:
    lists = _lists(text, inside)
    contexts = [_context(text, start, end, inside, lists[n], cues) for n in range(len(inside))]
    for n, b in enumerate(inside):
        rivals = any(m.type in _actors() for m in inside[:n])
        for t in above:
            if _possible(t.mention.type, b.type):
                yield Pair(t.mention, b, tuple(_heading_features(t, b, contexts[n], rivals)))
        if b.type in _matters():
            yield Pair(None, b, tuple(_implied_features(text, start, inside, n, contexts[n], above)))
            if topic is not None and topic.type != "Technology":
                shared = [f"topic:{topic.type}>{b.type}", *(f"topic:{b.type}:{c}" for c in contexts[n][:3])]
                yield Pair(topic, b, tuple(shared))
        for k in range(max(0, n - REACH), min(len(inside), n + REACH // 2 + 1)):
            a = inside[k]
            if k != n and _possible(a.type, b.type):
                yield Pair(a, b, tuple(_pair_features(text, start, inside, k, n, lists, contexts, cues)))


@functools.cache
def _actors() -> frozenset[str]:
    """Classes of what can work in a field."""
    from plangraph.ontology import load_ontology

    return frozenset(load_ontology().relations["focusesOn"].domain)


@functools.cache
def _matters() -> frozenset[str]:
    """Classes of what can be worked on."""
    from plangraph.ontology import load_ontology

    relations = load_ontology().relations
    return frozenset(relations["focusesOn"].range + relations["develops"].range)


@functools.cache
def _possible(subject: str, object: str) -> bool:
    from plangraph.ontology import load_ontology

    ontology = load_ontology()
    return any(ontology.allows(subject, r, object) for r in ontology.relations)


def _lists(text: str, inside: list[Mention]) -> list[tuple[int, int]]:
    """For each mention the first and last mention of the list that it stands in."""
    found: list[tuple[int, int]] = []
    first = 0
    for n in range(len(inside)):
        if n and not _LIST.fullmatch(text[inside[n - 1].end : inside[n].start]):
            first = n
        found.append((first, n))
    last = len(inside) - 1
    for n in range(len(inside) - 1, -1, -1):
        if n < len(inside) - 1 and found[n + 1][0] == n + 1:
            last = n
        found[n] = (found[n][0], last)
    return found


def _context(
    text: str, start: int, end: int, inside: list[Mention], bounds: tuple[int, int], cues: re.Pattern[str]
) -> list[str]:
    """Features of the list that a mention stands in: what governs it and what follows it."""
    head, tail = inside[bounds[0]].start, inside[bounds[1]].end
    before = text[max(start, head - 12) : head]
    after = text[tail : min(end, tail + 8)]
    found = [f"b2:{before[-2:]}", f"a2:{after[:2]}", f"a4:{after[:4]}", f"b4:{before[-4:]}", f"b3:{before[-3:]}"]
    verbs = cues.findall(text[max(start, head - 30) : head])
    found += [f"v:{verbs[-1]}" if verbs else "v:-", f"w:{'/'.join(verbs[-2:])}"]
    nouns = cues.findall(after)
    found.append(f"x:{nouns[0]}" if nouns else "x:-")
    found.append(f"size:{min(4, bounds[1] - bounds[0])}")
    return found


def _implied_features(
    text: str, start: int, inside: list[Mention], n: int, context: list[str], above: list[Topic]
) -> list[str]:
    b = inside[n]
    before = [m.type for m in inside[:n]]
    rivals = [t for t in before if t in _actors()]
    fields = [t for t in before if t == "Domain"]
    base = f"i:{b.type}"
    found = [
        base,
        f"{base}:rivals{min(2, len(rivals))}",
        f"{base}:last{rivals[-1] if rivals else '-'}",
        f"{base}:fields{min(2, len(fields))}",
    ]
    found += [f"{base}:{c}" for c in context]
    found += [f"{base}:h{t.depth}{t.whole}{t.mention.type}" for t in above] or [f"{base}:h-"]
    found += [f"{base}:s:{text[start : start + 2]}", f"{base}:s4:{text[start : start + 4]}"]
    found += [f"{base}:{c}:r{bool(rivals)}" for c in context[:4]]
    found += [f"{base}:f{bool(fields)}:{c}" for c in (context[5], context[1])]
    found += [f"{base}:n:{text[b.end - 2 : b.end]}", f"{base}:w:{text[b.start : b.end]}"]
    return found


def _pair_features(
    text: str, start: int, inside: list[Mention], k: int, n: int, lists: list[tuple[int, int]],
    contexts: list[list[str]], cues: re.Pattern[str],
) -> list[str]:  # fmt: skip
    a, b = inside[k], inside[n]
    low, high = (a, b) if k < n else (b, a)
    between = text[low.end : high.start]
    base = f"{a.type}>{b.type}:{'f' if k < n else 'r'}"
    middle = inside[min(k, n) + 1 : max(k, n)]
    same_list = lists[k] == lists[n]
    found = [base, f"{base}:d{min(6, len(between) // 4)}", f"{base}:m{min(4, len(middle))}", f"{base}:l{same_list}"]
    found.append(f"{base}:near{any(m.type == a.type for m in middle)}{any(m.type in _actors() for m in middle)}")
    if len(between) <= 8:
        found.append(f"{base}:t:{between}")
    # What stands between the first and the list of the second, in which it may be far from the verb.
    head = inside[lists[n][0]].start if k < n else high.start
    link = text[low.end : max(low.end, head)]
    found += [f"{base}:h2:{link[:2]}", f"{base}:e2:{link[-2:]}", f"{base}:e3:{link[-3:]}", f"{base}:h1:{link[:1]}"]
    found += [f"{base}:c:{c}" for c in sorted(set(cues.findall(link)))[:6]]
    found.append(f"{base}:commas{min(3, link.count('，') + link.count('；'))}")
    found += [f"{base}:p2:{text[max(start, low.start - 2) : low.start]}", f"{base}:q2:{text[high.end : high.end + 2]}"]
    found += [f"{base}:q4:{text[high.end : high.end + 4]}"]
    found += [f"{base}:{c}" for c in contexts[n][:4]] + [f"{base}:{contexts[n][5]}"]
    found.append(f"{base}:first{k == 0}:{text[start : start + 2] if k == 0 else ''}")
    return found


@dataclass(frozen=True, slots=True)
class PairModel:
    """Weights of a trained classifier: ``labels`` (NONE first), ``weights`` (buckets × labels), ``bias``."""

    labels: tuple[str, ...]
    weights: numpy.ndarray[Any, Any]
    bias: numpy.ndarray[Any, Any]

    def probabilities(self, pairs: Sequence[Pair]) -> numpy.ndarray[Any, Any]:
        """Probability of each label for each pair, shape (len(pairs), len(labels))."""
        import numpy as np

        if not pairs:
            return np.zeros((0, len(self.labels)))
        flat = [bucket(f) for p in pairs for f in p.features]
        sizes = [len(p.features) for p in pairs]
        ends = np.concatenate([[0], np.cumsum(sizes)])[:-1]
        scores = np.add.reduceat(self.weights[np.array(flat)].astype(np.float32), ends, axis=0) + self.bias
        scores -= scores.max(axis=1, keepdims=True)
        odds = np.exp(scores)
        found: numpy.ndarray[Any, Any] = odds / odds.sum(axis=1, keepdims=True)
        return found


def bucket(feature: str) -> int:
    """Bucket of a feature; CRC-32, so the same everywhere."""
    return zlib.crc32(feature.encode("utf-8")) & (BUCKETS - 1)


@functools.cache
def load_pair_model(path: Path = WEIGHTS) -> PairModel:
    """The trained classifier that comes with plangraph."""
    import numpy as np

    with np.load(path, allow_pickle=False) as data:
        return PairModel(tuple(str(x) for x in data["labels"]), data["weights"], data["bias"])
