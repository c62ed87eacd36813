"""Which of the stretches that may be names are names: candidates judged by what the tagger cannot see.

The tagger looks at some characters to the left and right. Here each stretch that it finds possible is judged again, by a
log-linear classifier that also sees its rivals for the same place, the list that it stands in, the names around it, and
the same words elsewhere in the text (reranking: Collins and Koo 2005). The tagger's probabilities for the training
texts come from taggers that did not learn from them.
"""

from __future__ import annotations

import bisect
import functools
import itertools
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from plangraph.extract.corrections import parts
from plangraph.extract.lexicon import divisions, other_names, read_list, short_divisions
from plangraph.extract.names import clean
from plangraph.extract.pairs import Mention, cues_in
from plangraph.extract.tagger import Tagger

#: What a stretch that a tagger does not find possible counts as, and how likely a candidate is at least.
UNSEEN, LEAST = 0.01, 0.035
#: A stretch that is likelier than this is looked at as a name that others stand beside.
_NEIGHBOUR = 0.2
#: Bounds of the steps in which probabilities are told.
_STEPS = (0.03, 0.05, 0.07, 0.1, 0.14, 0.2, 0.28, 0.36, 0.45, 0.55, 0.65, 0.75, 0.85, 0.92, 0.97, 0.99)
#: Lists in which a name may stand as a whole.
_LISTS = ("domain", "technology", "institution", "park", "district", "county", "company", "common")
_JOINTS = frozenset(("、", "和", "及", "与", "，"))
_SENTENCE = re.compile(r"[^。；！？\n]+[。；！？\n]?")
#: How far before and after a name verbs are looked for.
_BEFORE, _AFTER = 30, 10
_LONGEST = 14


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stretch that may be a name, with what tells whether it is."""

    mention: Mention
    features: tuple[str, ...]


def find_candidates(text: str, taggers: Sequence[Tagger]) -> list[Candidate]:
    """The stretches of ``text`` that one of ``taggers`` finds possible, sorted, with their features."""
    masses = [_masses(text, tagger) for tagger in taggers]
    found = []
    for key in sorted(set().union(*masses)):
        each = tuple(m.get(key, UNSEEN) for m in masses)
        if (mean := sum(each) / len(each)) >= LEAST:
            found.append((Mention(*key, min(1.0, mean)), each))
    return _described(text, [m for m, _ in found], [each for _, each in found])


def _masses(text: str, tagger: Tagger) -> dict[tuple[int, int, str], float]:
    """How likely each stretch is a name of each class, what cleaning and correcting make the same taken together."""
    found: dict[tuple[int, int, str], float] = defaultdict(float)
    for span in tagger.spans(text):
        mention = clean(text, Mention(span.start, span.end, span.type, span.probability))
        for m in parts(text, mention) if mention else ():
            found[m.start, m.end, m.type] += m.probability
    return found


def separate(mentions: Iterable[Mention]) -> list[Mention]:
    """The likeliest of ``mentions`` that do not overlap, sorted."""
    starts: list[int] = []
    found: list[Mention] = []
    for m in sorted(mentions, key=lambda m: (-m.probability, m.start, m.end, m.type)):
        place = bisect.bisect_left(starts, m.start)
        if (place == 0 or found[place - 1].end <= m.start) and (place == len(found) or m.end <= starts[place]):
            starts.insert(place, m.start)
            found.insert(place, m)
    return found


def _described(text: str, mentions: Sequence[Mention], each: Sequence[tuple[float, ...]]) -> list[Candidate]:
    """Features of each of ``mentions``, which are sorted and may overlap; ``each`` is what each tagger holds of it."""
    likely = separate(m for m in mentions if m.probability >= _NEIGHBOUR)
    likely_starts = [m.start for m in likely]
    runs = _runs(text, likely)
    sums = [0.0, *itertools.accumulate(m.probability for m in likely)]
    again = _again(text, mentions)
    sentences = [s.span() for s in _SENTENCE.finditer(text)]
    sentence_starts = [s for s, _ in sentences]
    rivals = _rivals(mentions)
    shares = _shares(likely)
    found = []
    for m, rival, apart in zip(mentions, rivals, each, strict=True):
        sentence = sentences[bisect.bisect_right(sentence_starts, m.start) - 1]
        features = [*_own(text, m, rival), *_around(text, m, sentence)]
        step = _step(m.probability)
        for number, probability in enumerate(apart):
            features += [f"V{number}{_step(probability)}", f"V{number}{_step(probability) // 2}p{step // 2}"]
        features += [f"k{shares[m.type]}", f"k{shares[m.type]}p{step}"]
        before, after = _neighbours(likely, likely_starts, m, sentence)
        for side, other in (("P", before), ("N", after)):
            if other is None:
                features.append(f"{side}-")
                continue
            gap = text[other.end : m.start] if other is before else text[m.end : other.start]
            sure = _step(other.probability) // 3
            features += [f"{side}{other.type}{sure}", f"{side}g{gap if len(gap) <= 3 else '+'}{other.type}"]
            if len(gap) <= 1:
                features.append(f"{side}j{gap}{other.type}{sure}p{step // 2}")
        number, total = _beside(text, m, likely, likely_starts, runs, sums)
        mean = str(_step(total / number) // 2) if number else "-"
        features += [f"s{min(4, number)}:{mean}", f"sp{step // 2}:{mean}"]
        best = again[text[m.start : m.end]]
        first, second = best[m.type]
        same = second if first == m.probability else first
        other_class = max((x for kind, (x, _) in best.items() if kind != m.type), default=0.0)
        features += [f"{mark}{_step(x) // 2 if x else '-'}" for mark, x in (("e", same), ("f", other_class))]
        found.append(Candidate(m, (m.type, *(f"{m.type}|{x}" for x in features))))
    return found


def _step(probability: float) -> int:
    return bisect.bisect(_STEPS, probability)


def _own(text: str, m: Mention, rival: Mention | None) -> list[str]:
    """How likely the tagger finds the name and its rival, and what lists hold it."""
    name = text[m.start : m.end]
    step = _step(m.probability)
    against = rival.probability if rival else 0.0
    found = [f"p{step}", f"o{_step(against)}", f"po{step}:{_step(against)}", f"win{m.probability > against}"]
    if rival:
        if (rival.start, rival.end) == (m.start, m.end):
            how = "="
        elif rival.start <= m.start and rival.end >= m.end:
            how = "wide"
        else:
            how = "narrow" if rival.start >= m.start and rival.end <= m.end else "cross"
        found += [f"r{how}{rival.type}", f"r{how}{rival.type}:{m.probability > against}"]
    found += [f"len{min(len(name), _LONGEST)}", f"h1{name[:1]}", f"h2{name[:2]}", f"t1{name[-1:]}", f"t2{name[-2:]}"]
    member = _lists().get(name, ("-",))
    return found + [f"L{x}" for x in member] + [f"L{x}p{step}" for x in member]


def _around(text: str, m: Mention, sentence: tuple[int, int]) -> list[str]:
    start, end = sentence
    b1, a1 = text[max(start, m.start - 1) : m.start], text[m.end : min(end, m.end + 1)]
    b2, a2 = text[max(start, m.start - 2) : m.start], text[m.end : min(end, m.end + 2)]
    found = [f"b1{b1}", f"b2{b2}", f"a1{a1}", f"a2{a2}", f"ba{b1}_{a1}"]
    found += [f"t2a1{text[max(m.start, m.end - 2) : m.end]}_{a1}", f"b2t1{b2}_{text[m.end - 1]}"]
    verbs = cues_in(text[max(start, m.start - _BEFORE) : m.start])
    nouns = cues_in(text[m.end : min(end, m.end + _AFTER)])
    return [*found, f"v{verbs[-1] if verbs else '-'}", f"x{nouns[0] if nouns else '-'}"]


def _shares(likely: Sequence[Mention]) -> dict[str, int]:
    """What share of the likely names each class has, in fifths: plans of science name more technologies than reports."""
    mass: dict[str, float] = defaultdict(float)
    for m in likely:
        mass[m.type] += m.probability
    total = sum(mass.values()) or 1.0
    return defaultdict(int, {kind: math.ceil(5 * x / total) for kind, x in mass.items()})


def _rivals(mentions: Sequence[Mention]) -> list[Mention | None]:
    """For each of ``mentions`` (sorted) the likeliest other that overlaps it."""
    best: list[Mention | None] = [None] * len(mentions)
    for i, a in enumerate(mentions):
        for j in range(i + 1, len(mentions)):
            b = mentions[j]
            if b.start >= a.end:
                break
            for n, other in ((i, b), (j, a)):
                now = best[n]
                if now is None or other.probability > now.probability:
                    best[n] = other
    return best


def _neighbours(
    likely: Sequence[Mention], starts: Sequence[int], m: Mention, sentence: tuple[int, int]
) -> tuple[Mention | None, Mention | None]:
    """The likely names right before and after ``m`` in its sentence."""
    place = bisect.bisect_left(starts, m.start)
    before = place - 1
    while before >= 0 and likely[before].end > m.start:
        before -= 1
    after = bisect.bisect_left(starts, m.end)
    return (
        likely[before] if before >= 0 and likely[before].start >= sentence[0] else None,
        likely[after] if after < len(likely) and starts[after] < sentence[1] else None,
    )


def _runs(text: str, likely: Sequence[Mention]) -> list[int]:
    """For each likely name the number of the list that it stands in."""
    found: list[int] = []
    for n, m in enumerate(likely):
        joined = n > 0 and text[likely[n - 1].end : m.start] in _JOINTS
        found.append(found[-1] + (not joined) if found else 0)
    return found


def _beside(
    text: str, m: Mention, likely: Sequence[Mention], starts: Sequence[int], runs: Sequence[int], sums: Sequence[float]
) -> tuple[int, float]:
    """How many likely names stand in the list of ``m`` beside it, and the sum of their probabilities."""
    number, total = 0, 0.0
    after = bisect.bisect_left(starts, m.end)
    if after < len(likely) and text[m.end : starts[after]] in _JOINTS:
        last = bisect.bisect_right(runs, runs[after])
        number, total = last - after, sums[last] - sums[after]
    before = bisect.bisect_left(starts, m.start) - 1
    if before >= 0 and likely[before].end <= m.start and text[likely[before].end : m.start] in _JOINTS:
        first = bisect.bisect_left(runs, runs[before])
        number, total = number + before + 1 - first, total + sums[before + 1] - sums[first]
    return number, total


def _again(text: str, mentions: Sequence[Mention]) -> dict[str, dict[str, tuple[float, float]]]:
    """For the words and class of each of ``mentions`` the two highest probabilities in the text."""
    found: dict[str, dict[str, tuple[float, float]]] = defaultdict(dict)
    for m in mentions:
        of = found[text[m.start : m.end]]
        first, second = of.get(m.type, (0.0, 0.0))
        of[m.type] = (m.probability, first) if m.probability > first else (first, max(second, m.probability))
    return found


@functools.cache
def _lists() -> dict[str, tuple[str, ...]]:
    """For each listed word the lists that hold it."""
    words = {
        **{name: read_list(name) for name in _LISTS},
        "short": [*short_divisions(), *other_names()],
        "division": divisions(),
    }
    found: dict[str, list[str]] = defaultdict(list)
    for name, members in words.items():
        for word in dict.fromkeys(members):
            found[word].append(name)
    return {word: tuple(names) for word, names in found.items()}
