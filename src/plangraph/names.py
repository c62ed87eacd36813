"""From a name that a person types to the entity it means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from plangraph.errors import NotFoundError
from plangraph.model import Entity, fold
from plangraph.ontology import load_ontology
from plangraph.vocab import entity_id


class NameIndex:
    """Finds entities by id, IRI, Chinese or English name, or alias."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        self.by_id = {e.id: e for e in entities}
        self._by_name: dict[str, list[Entity]] = defaultdict(list)
        for e in self.by_id.values():
            for name in dict.fromkeys(fold(n) for n in e.names):
                self._by_name[name].append(e)

    def find(self, name: str, kind: str | None = None) -> Entity:
        """The entity that ``name`` means.

        Args:
            name: Id, IRI, name in either language, or alias; white space, quotes, dashes, brackets do not count.
            kind: Local name of the class it must belong to, if that is known.

        Raises:
            NotFoundError: Nothing has that name (near misses are suggested), or several things have it.
        """
        ontology = load_ontology()

        def fits(e: Entity) -> bool:
            return kind is None or ontology.is_a(e.type, kind)

        by_id = self.by_id.get(entity_id(name) or name)
        if by_id is not None and fits(by_id):
            return by_id
        same = [by_id] if by_id else self._by_name.get(fold(name), [])
        found = [e for e in same if fits(e)]
        if len(found) == 1:
            return found[0]
        if found:
            listed = ", ".join(f"{e.id} ({e.label_zh})" for e in found)
            raise NotFoundError(f"{name!r} may be {listed}; give the id", f"“{name}”可能指 {listed}；请给出 id")
        if same:
            e = same[0]
            is_en, is_zh = ontology.classes[e.type].label_en, ontology.classes[e.type].label_zh
            want = ontology.classes[kind or "Entity"]
            raise NotFoundError(
                f"{name!r} is a {is_en} ({e.id}), not a {want.label_en}",
                f"“{name}”是{is_zh}（{e.id}），不是{want.label_zh}",
                self.suggest(name, kind, limit=3),
            )
        raise NotFoundError(f"nothing here is called {name!r}", f"图谱中没有“{name}”", self.suggest(name, kind))

    def suggest(self, name: str, kind: str | None = None, limit: int = 5) -> list[str]:
        """Names near to ``name``, the nearest first."""
        from rapidfuzz import fuzz, process

        ontology = load_ontology()
        names = {
            n: e for e in self.by_id.values() if kind is None or ontology.is_a(e.type, kind) for n in (*e.names, e.id)
        }
        near = process.extract(
            fold(name), list(names), scorer=fuzz.WRatio, processor=fold, limit=limit * 3, score_cutoff=50
        )
        # By itself a name that merely holds what was typed scores as high as one that nearly is it.
        near.sort(key=lambda n: -n[1] - fuzz.ratio(fold(name), fold(n[0])))
        seen: dict[str, str] = {}
        for found, _, _ in near:
            seen.setdefault(names[found].id, found)
        return list(seen.values())[:limit]
