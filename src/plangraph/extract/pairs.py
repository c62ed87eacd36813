"""Pairs of names that may be related, and what a reader would look at to tell how.

A pair is two names of one sentence, a name and the heading or the short leading sentence above it ("做强海洋经济。…"), a
name and the field that its paragraph or an earlier sentence of it opens with ("做强海洋经济，…。…"), or a name and the plan's
own place, which need not be printed ("本市", "我省", or nothing at all). The features are the classes of the two, what
stands between and around them, the verb that governs the list in which the second stands, and who else could be the
subject.
"""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from plangraph.document import Document
from plangraph.document.outline import BODY

#: Sentences longer than this are looked at in pieces, so that no text takes more than linear time.
_SENTENCE = re.compile(r"[^。；！？\n]{1,600}[。；！？\n]?")
_LIST = re.compile(r"[、和与及]|以及|，")
#: A sentence of at most so many characters, without figures, leads those that follow it in its paragraph.
LEAD = 30
#: A field in a paragraph's first sentence, of at most so many characters, or alone in the first clause of a sentence, that
#: ends within so many, may hold the fields of the sentences after it.
OPENING, CLAUSE = 60, 20
#: How many lists before and after the second name the first may stand, and how many names away at most.
BEFORE, AFTER, FARTHEST = 4, 2, 24
#: Names before a name that count as rivals for being its subject.
_MEMORY = 30
#: First feature of a pair of the plan's own place and a name in a heading.
IMPLIED_IN_HEADING = "iH"
#: The method of statements whose subject is the plan's own place, which need not stand anywhere.
IMPLIED_METHOD = "model:implied-place"
#: Of longer words between two names only the ends are looked at.
_WIDE = 40


@functools.lru_cache(maxsize=4096)
def cues_in(words: str) -> tuple[str, ...]:
    """The words of the list "cue" in ``words``, longest first; members of a list ask for the same again and again."""
    return tuple(_cue_pattern().findall(words))


@functools.cache
def _cue_pattern() -> re.Pattern[str]:
    """The cues, longest first, by their first characters: a pattern of hundreds side by side takes twice as long."""
    from plangraph.extract.lexicon import read_list

    by_first: dict[str, list[str]] = {}
    for word in sorted(read_list("cue"), key=lambda w: (-len(w), w)):
        by_first.setdefault(word[0], []).append(re.escape(word[1:]))
    return re.compile("|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in by_first.items()))


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in the text: offsets, top class, how sure the tagger is."""

    start: int
    end: int
    type: str
    probability: float = 1.0


@dataclass(frozen=True, slots=True)
class Topic:
    """A name in a heading or leading sentence above: which, whether it is most of it, and its words."""

    mention: Mention
    kind: str
    whole: bool
    words: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two mentions that may be related; ``subject`` is None for the plan's own place."""

    subject: Mention | None
    object: Mention
    features: tuple[str, ...]

    @property
    def last(self) -> Mention:
        """The one that stands later in the text, in the sentence that states the relation."""
        return self.object if self.subject is None else max(self.subject, self.object, key=lambda m: m.start)


def candidate_pairs(document: Document, mentions: Sequence[Mention]) -> Iterator[Pair]:
    """Pairs worth a look, sentence by sentence; ``mentions`` are sorted and do not overlap."""
    text, outline = document.text, document.outline
    starts = [m.start for m in mentions]

    def within(start: int, end: int) -> list[Mention]:
        return list(mentions[bisect.bisect_left(starts, start) : bisect.bisect_left(starts, end)])

    named_by = [within(h.start, h.end) for h in outline.headings]

    def topics(heading: int) -> list[Topic]:
        found: list[Topic] = []
        depth = 0
        while heading >= 0 and len(found) < 3:
            h = outline.headings[heading]
            found += [_topic(text, m, f"h{depth}", h.end - h.start, 0.6) for m in named_by[heading][:2]]
            heading, depth = h.parent, depth + 1
        return found

    for heading, inside in zip(outline.headings, named_by, strict=True):
        yield from _heading_pairs(text, heading.start, inside, topics(heading.parent))
    for line, (start, end) in enumerate(document.paragraphs):
        if outline.kinds[line] != BODY:
            continue
        above = topics(outline.section[line])
        lead: list[Topic] = []
        age = 0
        opening: Topic | None = None
        clause: Topic | None = None
        clause_age = 0
        for number, sentence in enumerate(_SENTENCE.finditer(text, start, end)):
            inside = within(sentence.start(), sentence.end())
            if inside:
                led = {x.mention for x in lead}
                passage = [
                    (x, min(a, 3)) for x, a in ((opening, number), (clause, clause_age)) if x and x.mention not in led
                ]
                yield from _sentence_pairs(text, sentence.span(), inside, lead, age, passage, above)
            length = sentence.end() - sentence.start()
            if length <= LEAD and not any(c.isdigit() for c in sentence.group()):
                names = [m for m in inside if m.type != "Technology"][:2]
                kind = "l2" if number else "l1"
                lead, age = [_topic(text, m, kind, length, 0.5) for m in names] if names or number else lead, 0
            else:
                age += 1
            fields = [m for m in inside if m.type == "Domain"]
            if number == 0 and length <= OPENING and fields:
                opening = _topic(text, fields[0], "p", length, 0.5)
            comma = text.find("，", sentence.start(), sentence.start() + CLAUSE)
            opened = [m for m in fields if m.end <= comma]
            if number and len(opened) == 1:
                clause, clause_age = _topic(text, opened[0], "q", comma - sentence.start(), 0.5), 0
            else:
                clause_age += 1


def _topic(text: str, m: Mention, kind: str, length: int, share: float) -> Topic:
    return Topic(m, kind, (m.end - m.start) / length > share, text[m.start : m.end])


def _heading_pairs(text: str, start: int, inside: list[Mention], above: list[Topic]) -> Iterator[Pair]:
    for b in inside:
        for topic in above:
            yield from _topic_pairs(text, topic, b, ["H"], False, 0)
        if b.type in matters():
            before = text[max(start, b.start - 2) : b.start]
            base = f"iH:{b.type}"
            yield Pair(
                None, b, (IMPLIED_IN_HEADING, base, f"{base}:{bool(above)}", f"iH:{len(inside)}", f"iH:b2:{before}")
            )


def _topic_pairs(text: str, topic: Topic, b: Mention, context: Sequence[str], rivals: bool, age: int) -> Iterator[Pair]:
    """A heading's or leading sentence's name with a name below it: it develops or focuses on it, or contains it."""
    a = topic.mention
    if a.start == b.start:
        return
    if _nested(a.type, b.type):
        base = f"{topic.kind}S"
        name, tail = text[b.start : b.end], text[b.end - 2 : b.end]
        found = [base, f"{base}{rivals}", f"{base}{topic.whole}{age}", f"{base}:w:{topic.words}", f"{base}:c:{tail}"]
        found += [f"{base}:w2:{topic.words[-2:]}", f"{base}:cw:{tail}:{topic.words[-2:]}"]
        found += [f"{base}:n:{name}", f"{base}:nw2:{name}:{topic.words[-2:]}", f"{base}:cww:{tail}:{topic.words}"]
        found.append(f"{base}:in{topic.words[:2] in name}{tail == topic.words[-2:]}")
        yield Pair(b, a, (*found, *(f"{base}:{c}" for c in context)))
    elif _possible(a.type, b.type):
        base = f"{topic.kind}{a.type}>{b.type}"
        found = [base, f"{base}{rivals}", f"{base}{topic.whole}", f"{base}a{age}", f"{base}:w:{topic.words[-2:]}"]
        found += [f"{base}:{c}" for c in context] + [f"{base}{rivals}:{c}" for c in context[:2]]
        yield Pair(a, b, tuple(found))


def _sentence_pairs(
    text: str,
    span: tuple[int, int],
    inside: list[Mention],
    lead: list[Topic],
    age: int,
    passage: Sequence[tuple[Topic, int]],
    above: list[Topic],
) -> Iterator[Pair]:
    start, end = span
    lists = _lists(text, inside)
    order = _order(lists)
    contexts = [_context(text, start, end, inside, lists[n]) for n in range(len(inside))]
    for n, b in enumerate(inside):
        before = inside[max(0, n - _MEMORY) : n]
        rivals = any(m.type in _actors() for m in before)
        fields = any(m.type == "Domain" for m in before) and b.type != "Domain"
        context = [contexts[n][5], contexts[n][0], contexts[n][7], f"f{fields}"]
        for topic in lead:
            yield from _topic_pairs(text, topic, b, context, rivals, min(age, 3))
        for topic, far in passage:
            yield from _topic_pairs(text, topic, b, [f"led{bool(lead)}{len(passage)}", *context[:3]], rivals, far)
        for topic in above[:1] if lead else above:
            yield from _topic_pairs(text, topic, b, ["ld", context[0]] if lead else context, rivals, 0)
        if b.type in matters():
            yield Pair(None, b, tuple(_implied_features(text, start, inside, n, contexts[n], lead, above)))
        for k in _partners(order, n):
            a = inside[k]
            # Neighbours in a list may nest; members of it that are far apart do not.
            apart = order[k] == order[n] and n not in lists[n] and _nested(a.type, b.type)
            if _possible(a.type, b.type) and not apart:
                yield Pair(a, b, tuple(_pair_features(text, start, inside, k, n, lists, order, contexts)))


def _partners(order: Sequence[int], n: int) -> Iterator[int]:
    """Places of the names near enough to the ``n``-th to be its partner."""
    for k in range(n - 1, max(-1, n - FARTHEST - 1), -1):
        if order[n] - order[k] > BEFORE:
            break
        yield k
    for k in range(n + 1, min(len(order), n + FARTHEST // 2)):
        if order[k] - order[n] > AFTER:
            break
        yield k


@functools.cache
def _actors() -> frozenset[str]:
    """Classes of what can work in a field."""
    from plangraph.ontology import load_ontology

    return frozenset(load_ontology().relations["focusesOn"].domain)


@functools.cache
def matters() -> frozenset[str]:
    """Classes of what can be worked on."""
    from plangraph.ontology import load_ontology

    relations = load_ontology().relations
    return frozenset(relations["focusesOn"].range + relations["develops"].range)


@functools.cache
def _possible(subject: str, object: str) -> bool:
    from plangraph.ontology import load_ontology

    ontology = load_ontology()
    return any(ontology.allows(subject, r, object) for r in ontology.relations)


@functools.cache
def _nested(subject: str, object: str) -> bool:
    from plangraph.ontology import load_ontology

    return load_ontology().allows(subject, "subDomainOf", object)


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


def _order(lists: Sequence[tuple[int, int]]) -> list[int]:
    """For each mention the ordinal of its list."""
    found: list[int] = []
    for n, (first, _) in enumerate(lists):
        found.append(0 if n == 0 else found[-1] + (first == n))
    return found


def _context(text: str, start: int, end: int, inside: list[Mention], bounds: tuple[int, int]) -> list[str]:
    """Features of the list that a mention stands in: what governs it and what follows it."""
    head, tail = inside[bounds[0]].start, inside[bounds[1]].end
    before = text[max(start, head - 12) : head]
    after = text[tail : min(end, tail + 8)]
    verbs = cues_in(text[max(start, head - 30) : head])
    nouns = cues_in(after)
    found = [f"b2:{before[-2:]}", f"a2:{after[:2]}", f"a4:{after[:4]}", f"b4:{before[-4:]}", f"b3:{before[-3:]}"]
    found += [f"v:{verbs[-1]}" if verbs else "v:-", f"w:{'/'.join(verbs[-2:])}", f"x:{nouns[0]}" if nouns else "x:-"]
    found.append(f"size:{min(4, bounds[1] - bounds[0])}")
    return found


def _implied_features(
    text: str, start: int, inside: list[Mention], n: int, context: list[str], lead: list[Topic], above: list[Topic]
) -> list[str]:
    b = inside[n]
    before = [m.type for m in inside[max(0, n - _MEMORY) : n]]
    rivals = [t for t in before if t in _actors()]
    fields = [t for t in before if t == "Domain"]
    base = f"i{b.type}"
    found = [base, f"{base}r{min(2, len(rivals))}", f"{base}l{rivals[-1] if rivals else '-'}"]
    found += [f"{base}f{min(2, len(fields))}", *(f"{base}:{c}" for c in context)]
    tops = [f"{t.kind}{t.mention.type}" for t in lead or above] or ["-"]
    found += [f"{base}:{t}" for t in tops] + [f"{base}:{tops[0]}:{c}" for c in (context[5], context[7])]
    found.append(f"{base}:{tops[0]}:r{bool(rivals)}")
    if lead:
        found.append(f"{base}:lw:{lead[0].words}")
    found += [f"{base}:s:{text[start : start + 2]}", f"{base}:s4:{text[start : start + 4]}"]
    found += [f"{base}:{c}:r{bool(rivals)}" for c in context[:4]]
    found += [f"{base}:f{bool(fields)}:{c}" for c in (context[5], context[1])]
    found += [f"{base}:n:{text[b.end - 2 : b.end]}", f"{base}:w:{text[b.start : b.end]}"]
    return found


def _pair_features(
    text: str, start: int, inside: list[Mention], k: int, n: int, lists: list[tuple[int, int]], order: list[int],
    contexts: list[list[str]],
) -> list[str]:  # fmt: skip
    a, b = inside[k], inside[n]
    low, high = (a, b) if k < n else (b, a)
    between = text[low.end : high.start]
    base = f"{a.type}>{b.type}{'f' if k < n else 'r'}"
    middle = inside[min(k, n) + 1 : max(k, n)]
    same = order[k] == order[n]
    found = [base, f"{base}d{min(6, len(between) // 4)}", f"{base}g{min(4, abs(order[n] - order[k]))}"]
    found += [f"{base}l{same}", f"{base}first{k == 0}:{text[start : start + 2] if k == 0 else ''}"]
    found.append(f"{base}near{any(m.type == a.type for m in middle)}{any(m.type in _actors() for m in middle)}")
    if a.type == "Domain":
        found.append(f"{base}nearest{k < n and not any(m.type == 'Domain' for m in middle)}")
    if len(between) <= 8:
        found.append(f"{base}:t:{between}")
    link = between if same else _link(text, inside, lists, k, n)
    found += [f"{base}:h2:{link[:2]}", f"{base}:e2:{link[-2:]}", f"{base}:e3:{link[-3:]}", f"{base}:h1:{link[:1]}"]
    if len(link) <= 6:
        found.append(f"{base}:L:{link}")
    found += [f"{base}:c:{c}" for c in sorted(set(cues_in(link)))[:6]]
    found.append(f"{base}:commas{min(3, link.count('，') + link.count('；'))}")
    found += [f"{base}:p2:{text[max(start, low.start - 2) : low.start]}", f"{base}:q2:{text[high.end : high.end + 2]}"]
    found += [f"{base}:q4:{text[high.end : high.end + 4]}", *(f"{base}:{c}" for c in contexts[n][:4])]
    found.append(f"{base}:{contexts[n][5]}")
    if _nested(a.type, b.type):
        tail = text[b.end - 2 : b.end]
        found += [f"{base}:ow:{text[b.start : b.end]}", f"{base}:o2:{tail}:{link[-2:] if k < n else link[:2]}"]
        found += [f"{base}:in{text[a.end - 2 : a.end] == tail}", f"{base}:{contexts[k][5]}"]
        if k > n:  # the later named as a branch of what the sentence opens with
            comma = text.find("，", b.end, start + CLAUSE)
            opens = n == 0 and 0 <= comma <= inside[1].start
            found += [f"{base}:op{opens}", f"{base}:op{opens}:{tail}:{text[a.end - 2 : a.end]}"]
            found += [
                f"{base}:op{opens}:{contexts[k][5]}",
                f"{base}:op{opens}{any(m.type in _actors() for m in middle)}",
            ]
    return found


def _link(text: str, inside: list[Mention], lists: list[tuple[int, int]], k: int, n: int) -> str:
    """The words between the list of the ``k``-th name and the list of the ``n``-th, their ends where they are long."""
    first, last = (k, n) if k < n else (n, k)
    words = text[inside[lists[first][1]].end : inside[lists[last][0]].start]
    return words if len(words) <= _WIDE else words[: _WIDE // 2] + words[-_WIDE // 2 :]
