"""What the sides of a comparison say of each thing, each relation and each stated count, with the quotes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from plangraph.compare.matching import Matching, Thing
from plangraph.compare.plans import PlanContent
from plangraph.model import Entity, Evidence, StatedCount, Statement, fold
from plangraph.ontology import load_ontology

#: What a row can be about, and how the sides can stand to it.
PARTS = ("thing", "relation", "count")
STATUSES = ("differs", "only", "some", "shared")

OWN_PLACE = ("本规划所属地区", "the plan's own place")
THE_PLAN = ("规划本身", "the plan itself")


@dataclass(frozen=True, slots=True)
class Side:
    """One party to the comparison: a plan, or the plans of one period.

    Args:
        name: Id of the plan, or the period.
        title_zh: Title.
        title_en: The same in English.
        plans: Numbers of its plans.
    """

    name: str
    title_zh: str
    title_en: str
    plans: tuple[int, ...]

    def title(self, lang: str) -> str:
        """The title in ``lang``."""
        return self.title_zh if lang == "zh" else self.title_en


@dataclass(frozen=True, slots=True)
class Citation:
    """One quote behind a cell: whose plan, what it is quoted for, and where it stands."""

    plan: str
    zh: str
    en: str
    evidence: Evidence

    def claim(self, lang: str) -> str:
        """What it is quoted for, in ``lang``."""
        return self.zh if lang == "zh" else self.en

    def place(self, lang: str, short: bool = False) -> str:
        """Where the quote stands: plan and section (unless ``short``), paragraph and code points."""
        e = self.evidence
        where = f"第 {e.paragraph} 段" if lang == "zh" else f"paragraph {e.paragraph}"
        head = () if short else (self.plan, " > ".join(e.section))
        return ", ".join(p for p in (*head, where, f"{e.start}–{e.end}") if p)


@dataclass(frozen=True, slots=True)
class Cell:
    """What one side says; ``present`` is whether it says anything."""

    present: bool
    zh: str
    en: str
    citations: tuple[Citation, ...]

    def words(self, lang: str) -> str:
        """What it says, in ``lang``."""
        return self.zh if lang == "zh" else self.en

    @property
    def evidence(self) -> int:
        """How many places of the text carry it."""
        return len({(c.plan, c.evidence.start, c.evidence.end) for c in self.citations})


@dataclass(frozen=True, slots=True)
class Row:
    """One thing, relation or stated count over all sides.

    Args:
        part: A name in `PARTS`.
        kind: Class of the thing or of what is counted, or the relation; a local name of the ontology.
        zh: What it is about, in Chinese.
        en: The same in English.
        status: "shared" (all sides say it alike), "some" (several, alike), "only" (one), "differs" (not alike).
        differs: What they differ in: "class", "name", "relation", "number".
        how: For a thing named by several plans, how it was matched (see `plangraph.compare.matching`).
        cells: One a side.
    """

    part: str
    kind: str
    zh: str
    en: str
    status: str
    differs: tuple[str, ...]
    how: str
    cells: tuple[Cell, ...]

    def name(self, lang: str) -> str:
        """What it is about, in ``lang``."""
        return self.zh if lang == "zh" else self.en

    @property
    def only(self) -> int | None:
        """Number of the one side that has it, if it is one."""
        return next((n for n, c in enumerate(self.cells) if c.present), None) if self.status == "only" else None


NOTHING = Cell(False, "", "", ())
#: An end of a relation: the number of a thing, or what stands for the plan itself or its own place.
End = int | str
Fact = tuple[End, str, End]


class Rows:
    """All rows of a comparison.

    Args:
        plans: The plans.
        sides: Which of them make each side.
        matching: Which of their entities are one thing.
    """

    def __init__(self, plans: Sequence[PlanContent], sides: Sequence[Side], matching: Matching) -> None:
        self.plans, self.sides, self.things = plans, sides, matching.things
        self._side = {plan: n for n, side in enumerate(sides) for plan in side.plans}
        self._numbers = matching.numbers()
        self._own = self._own_places()
        self._names = [
            {e.id: (e.label_zh, e.label("en")) for e in p.entities} | {f"plan/{p.id}": (p.title_zh, p.title_en)}
            for p in plans
        ]
        self.facts: dict[Fact, dict[int, list[Citation]]] = defaultdict(lambda: defaultdict(list))
        self.of_thing: dict[int, dict[int, list[Citation]]] = defaultdict(lambda: defaultdict(list))
        self.neighbours: dict[tuple[int, int], set[int]] = defaultdict(set)
        for plan, content in enumerate(plans):
            for s in content.statements:
                self._add(plan, s)

    def _own_places(self) -> dict[tuple[int, str], str]:
        """Each plan's own place, unless all plans that name theirs mean one thing."""
        own = {(n, e.id) for n, plan in enumerate(self.plans) if (e := plan.own_place())}
        return dict.fromkeys(own, "own") if len({self._numbers[key] for key in own}) > 1 else {}

    def _end(self, plan: int, entity: str) -> End:
        if entity.startswith("plan/"):
            return "plan"
        return self._own.get((plan, entity)) or self._numbers[plan, entity]

    def _add(self, plan: int, s: Statement) -> None:
        relation = load_ontology().relations[s.predicate]
        a, b = self._end(plan, s.subject), self._end(plan, s.object)
        if relation.symmetric and str(a) > str(b):
            a, b = b, a
        names = self._names[plan]
        zh, en = (
            f"{names[s.subject][k]} {relation.label(lang)} {names[s.object][k]}" for k, lang in enumerate(("zh", "en"))
        )
        cited = [Citation(self.plans[plan].name, zh, en, e) for e in s.evidence]
        side = self._side[plan]
        self.facts[a, s.predicate, b][side] += cited
        ends = [self._numbers.get((plan, i)) for i in (s.subject, s.object)]
        for thing, other in (ends, ends[::-1]):
            if thing is not None:
                self.of_thing[thing][side] += cited
                if other is not None:
                    self.neighbours[thing, side].add(other)

    def all(self) -> tuple[Row, ...]:
        """Things, then relations, then stated counts; within each the differences first."""
        rows = [*self._things(), *self._relations(), *self._counts()]
        kinds = {name: n for n, name in enumerate([*load_ontology().classes, *load_ontology().relations])}

        def order(row: Row) -> tuple[int, int, int, int, str]:
            return PARTS.index(row.part), kinds[row.kind], STATUSES.index(row.status), row.only or 0, row.zh

        return tuple(sorted(rows, key=order))

    # -- things ---------------------------------------------------------------------------------------------

    def _things(self) -> Iterator[Row]:
        for number, thing in enumerate(self.things):
            by_side: dict[int, list[Entity]] = defaultdict(list)
            for plan, e in thing.members:
                by_side[self._side[plan]].append(e)
            differs = tuple(
                word
                for word, trait in (("class", lambda e: e.type), ("name", lambda e: fold(e.label_zh)))
                if len({frozenset(map(trait, members)) for members in by_side.values()}) > 1
            )
            cells = tuple(
                _thing_cell(by_side[n], differs, self.of_thing[number].get(n, [])) if n in by_side else NOTHING
                for n in range(len(self.sides))
            )
            kind = load_ontology().top_class(thing.first.type) or thing.first.type
            how = thing.how if len(by_side) > 1 else ""
            yield Row(
                "thing",
                kind,
                thing.first.label_zh,
                thing.first.label("en"),
                _status(cells, differs),
                differs,
                how,
                cells,
            )

    # -- relations ------------------------------------------------------------------------------------------

    def _name(self, end: End) -> tuple[str, str]:
        if isinstance(end, int):
            return self.things[end].first.label_zh, self.things[end].first.label("en")
        return OWN_PLACE if end == "own" else THE_PLAN

    def _relations(self) -> Iterator[Row]:
        by_ends: dict[frozenset[End], list[Fact]] = defaultdict(list)
        for fact in self.facts:
            by_ends[frozenset((fact[0], fact[2]))].append(fact)
        for facts in by_ends.values():
            said: dict[int, list[Fact]] = defaultdict(list)
            for fact in facts:
                for side in self.facts[fact]:
                    said[side].append(fact)
            if len(facts) > 1 and len(said) > 1 and all(len(of_side) == 1 for of_side in said.values()):
                yield self._otherwise({side: of_side[0] for side, of_side in said.items()})
            else:
                yield from (self._stated(fact) for fact in facts)

    def _stated(self, fact: Fact) -> Row:
        relation = load_ontology().relations[fact[1]]
        ends = self._name(fact[0]), self._name(fact[2])
        zh, en = (f"{ends[0][k]} {relation.label(lang)} {ends[1][k]}" for k, lang in enumerate(("zh", "en")))
        cells = tuple(
            Cell(True, "是", "yes", _sorted(self.facts[fact][n])) if n in self.facts[fact] else NOTHING
            for n in range(len(self.sides))
        )
        return Row("relation", fact[1], zh, en, _status(cells, ()), (), "", cells)

    def _otherwise(self, said: dict[int, Fact]) -> Row:
        """The row of two things of which each side states another relation."""
        first = said[min(said)]
        ends = self._name(first[0]), self._name(first[2])
        cells = []
        for n in range(len(self.sides)):
            if n not in said:
                cells.append(NOTHING)
                continue
            relation = load_ontology().relations[said[n][1]]
            back = (" (反向)", " (the other way round)") if said[n][0] != first[0] else ("", "")
            cited = _sorted(self.facts[said[n]][n])
            cells.append(Cell(True, relation.label_zh + back[0], relation.label_en + back[1], cited))
        zh, en = (f"{ends[0][k]} – {ends[1][k]}" for k in (0, 1))
        return Row("relation", first[1], zh, en, "differs", ("relation",), "", tuple(cells))

    # -- stated counts --------------------------------------------------------------------------------------

    def _counts(self) -> Iterator[Row]:
        found: dict[tuple[End, str], dict[int, list[tuple[int, StatedCount]]]] = defaultdict(lambda: defaultdict(list))
        for plan, content in enumerate(self.plans):
            for count in content.counts:
                key = self._end(plan, count.subject), count.counted
                found[key][self._side[plan]].append((plan, count))
        for (subject, counted), by_side in found.items():
            numbers = {frozenset(c.count for _, c in counts) for counts in by_side.values()}
            differs = ("number",) if len(numbers) > 1 else ()
            cells = tuple(self._count_cell(by_side[n]) if n in by_side else NOTHING for n in range(len(self.sides)))
            word, who = load_ontology().classes[counted], self._name(subject)
            zh, en = f"{who[0]}：{word.label_zh}数", f"{who[1]}: number of {word.label_en}"
            yield Row("count", counted, zh, en, _status(cells, differs), differs, "", cells)

    def _count_cell(self, counts: Sequence[tuple[int, StatedCount]]) -> Cell:
        said = dict.fromkeys((c.count, len(c.named)) for _, c in counts)
        zh = "；".join(f"称 {stated}，点名 {named}" for stated, named in said)
        en = "; ".join(f"{stated} stated, {named} named" for stated, named in said)
        cited = [Citation(self.plans[plan].name, zh, en, c.evidence) for plan, c in counts]
        return Cell(True, zh, en, _sorted(cited))


def _thing_cell(members: Sequence[Entity], differs: Sequence[str], cited: Sequence[Citation]) -> Cell:
    words = []
    for lang in ("zh", "en"):
        names = dict.fromkeys(e.label(lang) if "name" not in differs else e.label_zh for e in members)
        text = "、".join(names)
        if "class" in differs:
            classes = dict.fromkeys(load_ontology().classes[e.type].label(lang) for e in members)
            text += f" ({', '.join(classes)})"
        words.append(text)
    return Cell(True, words[0], words[1], _sorted(cited))


def _sorted(cited: Sequence[Citation]) -> tuple[Citation, ...]:
    return tuple(sorted(cited, key=lambda c: (c.plan, c.evidence.start, c.evidence.end, c.zh)))


def _status(cells: Sequence[Cell], differs: Sequence[str]) -> str:
    present = sum(c.present for c in cells)
    if differs:
        return "differs"
    return "only" if present == 1 else "shared" if present == len(cells) else "some"


__all__ = ["NOTHING", "PARTS", "STATUSES", "Cell", "Citation", "Row", "Rows", "Side", "Thing"]
