"""What was accepted as one thing becomes one node, in the build; the tables are not touched."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, replace

from plangraph.errors import InputError
from plangraph.folder import PlanFolder
from plangraph.inference import Gist
from plangraph.model import STATUSES, Entity, Evidence, Plan, Statement
from plangraph.ontology import load_ontology
from plangraph.resolve.mappings import Mapping
from plangraph.resolve.names import concept_endings


@dataclass(frozen=True, slots=True)
class Merging:
    """Which entities of some plans become one.

    Args:
        mappings: The accepted mappings between entities of these plans.
        ids: Id of each entity that goes into another one, with the id of that one.
        chosen: The ones that others go into, by id, with the names that stand for all.
    """

    mappings: tuple[Mapping, ...]
    ids: dict[str, str]
    chosen: dict[str, Entity]

    def touches(self, gist: Gist) -> bool:
        """Whether something in a plan goes into another thing, or another thing into it."""
        return bool(self.ids) and any(e[0] in self.ids or e[0] in self.chosen for e in gist.entities)

    def words(self, gist: Gist) -> str:
        """All that a plan's graph owes to the merging, as one text."""
        said = []
        for id in sorted({e[0] for e in gist.entities}):
            best = self.chosen.get(self.ids.get(id, id))
            if best is not None:
                said.append(f"{id}\t{best.id}\t{best.label_zh}\t{best.label_en}")
        return "\n".join(said)

    def folder(self, folder: PlanFolder) -> PlanFolder:
        """A plan with its ids replaced."""
        return _renamed(folder, self.ids, self.chosen)

    def gist(self, gist: Gist) -> tuple[Gist, int]:
        """The gist of a plan with its ids replaced, and how many statements fell away."""
        if not self.touches(gist):
            return gist, 0
        depth = load_ontology().ancestors
        found: dict[str, tuple[str, str, str, str, str]] = {}
        for id, kind, zh, en, broader in gist.entities:
            best = self.ids.get(id, id)
            if best in found:
                kind = max(kind, found[best][1], key=lambda t: len(depth(t)))
                broader = broader or found[best][4]
            broader = self.ids.get(broader, broader)
            if best in self.chosen:
                zh, en = self.chosen[best].label_zh, self.chosen[best].label_en
            found[best] = (best, kind, zh, en, "" if broader == best else broader)
        claims: dict[tuple[str, str, str], None] = {}
        dropped = 0
        for s, p, o in gist.claims:
            claim = (self.ids.get(s, s), p, self.ids.get(o, o))
            if claim[0] == claim[2] and s != o:
                dropped += 1
            else:
                claims[claim] = None
        return Gist(gist.plan, tuple(found.values()), tuple(claims)), dropped


class Groups:
    """Ids that accepted mappings make one.

    Args:
        mappings: All lines; the accepted ones join, the rejected ones hold apart.
    """

    def __init__(self, mappings: Iterable[Mapping]) -> None:
        lines = list(mappings)
        self._group: dict[str, set[str]] = {}
        self._rejected = [m for m in lines if m.status == "rejected"]
        for m in lines:
            if m.status == "accepted" and m.merges:
                self._unite(m)

    def _unite(self, m: Mapping) -> None:
        joined = self._of(m.one) | self._of(m.other)
        for member in joined:
            self._group[member] = joined

    def _of(self, member: str) -> set[str]:
        return self._group.get(member, {member})

    def all(self) -> list[tuple[str, ...]]:
        """The groups, each sorted."""
        return sorted({tuple(sorted(members)) for members in self._group.values()})

    def contradiction(self) -> tuple[Mapping, list[str]] | None:
        """A rejected mapping whose two ends are in one group, and the others of that group."""
        for m in self._rejected:
            if m.other in self._group.get(m.one, ()):
                return m, sorted(self._group[m.one] - {m.one, m.other})
        return None

    def join(self, m: Mapping) -> bool:
        """Make one of the two ends of ``m``, unless they are of two classes or a rejected mapping holds them apart."""
        ours, theirs = self._of(m.one), self._of(m.other)
        apart = any(
            (r.one in ours and r.other in theirs) or (r.one in theirs and r.other in ours) for r in self._rejected
        )
        if apart or _clash(m):
            return False
        self._unite(m)
        return True


def same_groups(mappings: Iterable[Mapping], where: str = "") -> list[tuple[str, ...]]:
    """Groups of ids that the accepted mappings make one, each sorted.

    Raises:
        InputError: A group holds two ids of which a mapping says that they are not one, or of two top classes.
    """
    lines = list(mappings)
    for m in lines:
        if m.status == "accepted" and m.merges:
            _same_class(m, where)
    groups = Groups(lines)
    if found := groups.contradiction():
        m, others = found
        over = f" over {', '.join(others)}" if others else ""
        via = f"经 {'、'.join(others)} " if others else ""
        raise InputError(
            f"{where}: {m.one} and {m.other} are rejected as one thing ({m.record}), "
            f"but accepted mappings make them one{over}; undo one of these",
            f"{where}：{m.one} 与 {m.other} 已裁定不是同一事物（{m.record}），但已接受的映射{via}把二者并为一个；请撤回其一",
        )
    return groups.all()


def _clash(m: Mapping) -> bool:
    """Whether the two are of two top classes, as far as the line says."""
    ontology = load_ontology()
    tops = {ontology.top_class(c) for c in m.classes if c in ontology.classes}
    return len(tops) > 1


def _same_class(m: Mapping, where: str) -> None:
    if _clash(m):
        raise InputError(
            f"{where}: {m.one} and {m.other} are of two classes ({', '.join(m.classes)}) and cannot be one ({m.record}); "
            "link them with skos:closeMatch, or mend the class in the tables",
            f"{where}：{m.one} 与 {m.other} 分属两类（{'、'.join(m.classes)}），不能并为一个（{m.record}）；"
            "请改用 skos:closeMatch 关联，或在表中改正类",
        )


def merge(gists: Sequence[Gist], mappings: Sequence[Mapping], where: str = "") -> Merging:
    """Which entities of some plans accepted mappings make one.

    The one that most plans name stands for all, then the one with the longest name (of concepts the shortest: 医疗器械
    for 医疗器械产业), then the smallest id; it gets the names of the others as aliases, in each plan those it prints.

    Raises:
        InputError: The mappings contradict one another, or join two classes.
    """
    if not mappings:
        return Merging((), {}, {})
    spoken = {i for m in mappings for i in (m.one, m.other)}
    entities: dict[str, list[Entity]] = defaultdict(list)
    for gist in gists:
        for id, kind, zh, en, _ in gist.entities:
            if id in spoken:
                entities[id].append(Entity(id, kind, zh, en))
    known = [m for m in mappings if m.one in entities and m.other in entities]
    ids: dict[str, str] = {}
    chosen: dict[str, Entity] = {}
    for group in same_groups(known, where):
        _one_class(group, entities, where)
        plans = Counter({i: len(entities[i]) for i in group})
        best = min(group, key=lambda i: (-plans[i], _length(entities[i][0]), i))
        english = next((e.label_en for i in (best, *group) for e in entities[i] if e.label_en), "")
        chosen[best] = replace(entities[best][0], label_en=english)
        ids |= {i: best for i in group if i != best}
    accepted = tuple(sorted((m for m in known if m.status == "accepted"), key=lambda m: (m.one, m.other)))
    return Merging(accepted, ids, chosen)


def _length(e: Entity) -> int:
    concept = load_ontology().top_class(e.type) in concept_endings()
    return len(e.label_zh) if concept else -len(e.label_zh)


def _one_class(group: Sequence[str], entities: Dictionary[str, Sequence[Entity]], where: str) -> None:
    top = load_ontology().top_class
    found = {top(e.type) or e.type: i for i in group for e in entities[i]}
    if len(found) > 1:
        said = ", ".join(f"{i} ({kind})" for kind, i in sorted(found.items()))
        raise InputError(
            f"{where}: accepted mappings make one of things of two classes: {said}; "
            "reject them, or mend the class in the tables",
            f"{where}：已接受的映射把两类事物并为一个：{said}；请拒绝该映射，或在表中改正类",
        )


def _renamed(folder: PlanFolder, ids: Dictionary[str, str], chosen: Dictionary[str, Entity]) -> PlanFolder:
    """``folder`` with the ids replaced; a statement between what became one falls away."""
    if not any(e.id in ids or e.id in chosen for e in folder.entities):
        return folder
    found: dict[str, Entity] = {}
    for e in folder.entities:
        best = ids.get(e.id, e.id)
        if best in chosen:
            e = _as(e, chosen[best], found.get(best))
        broader = ids.get(e.broader, e.broader)
        found[best] = replace(e, broader="" if broader == best else broader)
    claims: dict[tuple[str, str, str], list[Evidence]] = defaultdict(list)
    for s in folder.statements:
        claim = (ids.get(s.subject, s.subject), s.predicate, ids.get(s.object, s.object))
        if claim[0] != claim[2] or s.subject == s.object:
            claims[claim].extend(s.evidence)
    statements = tuple(Statement(*c, _best(evidence), folder.plan.id) for c, evidence in claims.items())
    plan = _plan(folder.plan, ids)
    return replace(folder, entities=tuple(found.values()), statements=statements, plan=plan)


def _as(e: Entity, best: Entity, other: Entity | None) -> Entity:
    """``e`` under the id and name of ``best``; ``other`` is what the plan has under that id already."""
    also = (*other.aliases, *e.aliases) if other else e.aliases
    printed = dict.fromkeys((e.label_zh, *also))
    aliases = tuple(n for n in printed if n != best.label_zh)
    depth = load_ontology().ancestors
    kind = max(e.type, other.type, key=lambda t: len(depth(t))) if other else e.type
    note = "; ".join(dict.fromkeys(n for n in ((other.note if other else ""), e.note) if n))
    return Entity(
        best.id, kind, best.label_zh, best.label_en, aliases, e.broader or (other.broader if other else ""), note
    )


def _best(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """One evidence a place, the best: accepted before proposed before rejected, then the surer."""
    found: dict[tuple[int, int], Evidence] = {}
    for e in sorted(evidence, key=lambda e: (STATUSES.index(e.status), -e.confidence)):
        found.setdefault((e.start, e.end), e)
    return tuple(found[span] for span in sorted(found))


def _plan(plan: Plan, ids: Dictionary[str, str]) -> Plan:
    counts = tuple(
        replace(c, subject=ids.get(c.subject, c.subject), named=tuple(dict.fromkeys(ids.get(n, n) for n in c.named)))
        for c in plan.stated_counts
    )
    return replace(plan, stated_counts=counts)
