"""Which network is meant, in words: a `Projection` chooses entities and relations, and `project` makes the network.

Only statements become edges; provenance, literals, inferred facts and results that were written back never do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from plangraph.errors import InputError
from plangraph.ontology import Ontology, load_ontology

WEIGHTS = ("evidence", "confidence")


@dataclass(frozen=True, slots=True)
class Projection:
    """Which network is meant.

    Args:
        kinds: Classes whose entities (subclasses included) are nodes; without any, all but goals.
        relations: Relations that are edges; without any, all that the nodes have.
        directed: Whether edges keep their direction.
        weight: "evidence" (number of evidences), "confidence" (the highest), or None for 1 an edge.
        plan: Id of the one plan that counts, or None for all.
        collapse: A class whose entities stop being nodes and become the edges between those that share them
            ("Technology": parks that share technologies). Without ``weight`` an edge then counts the shared things.
        bipartite: Keep only the edges between one of the two ``kinds`` and the other.

    Raises:
        InputError: A class, relation or weight that does not exist, or choices that do not go together.
    """

    kinds: tuple[str, ...] = ()
    relations: tuple[str, ...] = ()
    directed: bool = False
    weight: str | None = None
    plan: str | None = None
    collapse: str | None = None
    bipartite: bool = False

    def __post_init__(self) -> None:
        ontology = load_ontology()
        object.__setattr__(self, "kinds", _known(self.kinds, ontology.classes, "class", "类"))
        object.__setattr__(self, "relations", _known(self.relations, ontology.relations, "relation", "关系"))
        if self.collapse is not None:
            object.__setattr__(self, "collapse", _known(self.collapse, ontology.classes, "class", "类")[0])
        if self.weight is not None:
            _known(self.weight, WEIGHTS, "weight", "权重")
        if self.collapse is not None and self.directed:
            raise InputError(
                "collapse: sharing a thing has no direction; leave out directed",
                "collapse：共享没有方向；请去掉 directed",
            )
        if self.collapse is not None and self.bipartite:
            raise InputError(
                "collapse makes a network of one kind and bipartite one of two; choose one of them",
                "collapse 得到单一类别的网络，bipartite 得到两类之间的网络；请二选一",
            )
        if self.bipartite and (len(self.kinds) != 2 or any(ontology.is_a(*p) for p in _both_ways(self.kinds))):
            raise InputError(
                f"bipartite: expected two kinds of which neither is the other's subclass, not {', '.join(self.kinds) or 'none'}",
                f"bipartite：需要两个互不从属的类，而不是“{'、'.join(self.kinds)}”",
            )

    @property
    def node_classes(self) -> tuple[str, ...]:
        """The classes whose entities are nodes, spelt out."""
        return self.kinds or tuple(k for k in load_ontology().top_classes if k not in ("Goal", self.collapse))

    def words(self, lang: str) -> str:
        """The projection in a sentence."""
        ontology = load_ontology()
        zh = lang == "zh"
        join = "、" if zh else ", "
        kinds = join.join(ontology.classes[k].label(lang) for k in self.kinds)
        if self.bipartite:
            kinds = (" 与 " if zh else " and ").join(ontology.classes[k].label(lang) for k in self.kinds)
        kinds = kinds or ("目标定位以外的全部实体" if zh else "all entities but goals")
        relations = join.join(ontology.relations[r].label(lang) for r in self.relations)
        relations = relations or ("全部关系" if zh else "all relations")
        plan = self.plan or ("全部规划" if zh else "all plans")
        if self.collapse is not None:
            shared = ontology.classes[self.collapse].label(lang)
            if zh:
                return f"网络：{kinds}；边：两者共有的{shared}（经{relations}），无向，{self._weight_words(lang)}；规划：{plan}"
            edges = f"{shared} that both share (through {relations}), undirected, {self._weight_words(lang)}"
            return f"Network of {kinds}; edges: {edges}; plans: {plan}"
        way = ("有向" if self.directed else "无向") if zh else ("directed" if self.directed else "undirected")
        if self.bipartite:
            way = f"只取两类之间的，{way}" if zh else f"only those between the two, {way}"
        if zh:
            return f"网络：{kinds}；边：{relations}，{way}，{self._weight_words(lang)}；规划：{plan}"
        return f"Network of {kinds}; edges: {relations}, {way}, {self._weight_words(lang)}; plans: {plan}"

    def _weight_words(self, lang: str) -> str:
        collapsed = self.collapse is not None
        zh, en = {
            None: ("每条边权重为 1", "every edge weighs 1"),
            "evidence": ("按证据数加权", "weighted by number of evidences"),
            "confidence": ("按置信度加权", "weighted by confidence"),
        }[self.weight]
        if collapsed:
            zh, en = {
                None: ("权重为共有的个数", "weighted by how many they share"),
                "evidence": (
                    "权重为共有者的证据数之和（取两侧较少者）",
                    "weighted by the evidences of what they share (of the side that has fewer)",
                ),
                "confidence": (
                    "权重为共有者两侧置信度乘积之和",
                    "weighted by the product of both sides' confidence, summed over what they share",
                ),
            }[self.weight]
        return zh if lang == "zh" else en


def _known(given: Any, allowed: Iterable[str], en: str, zh: str) -> tuple[str, ...]:
    """``given`` (one name or several) as names in the spelling of ``allowed``; upper and lower case are alike."""
    spelling = {name.casefold(): name for name in allowed}
    names = (given,) if isinstance(given, str) else tuple(given)
    for name in names:
        if str(name).casefold() not in spelling:
            listed = list(spelling.values())
            raise InputError(
                f"no {en} {name!r}; expected one of {', '.join(listed)}",
                f"没有名为“{name}”的{zh}；可用：{'、'.join(listed)}",
            )
    return tuple(spelling[name.casefold()] for name in names)


def _both_ways(pair: tuple[str, ...]) -> tuple[tuple[str, str], tuple[str, str]]:
    return (pair[0], pair[1]), (pair[1], pair[0])


def in_classes(ontology: Ontology, type: str, classes: Iterable[str]) -> bool:
    """Whether class ``type`` is one of ``classes`` or lies below one."""
    return any(ontology.is_a(type, c) for c in classes)
