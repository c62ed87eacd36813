"""Why an entity stands where it does, in one sentence, and what has to be said with every ranking."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from plangraph.network.catalogue import measure_named
from plangraph.network.intervals import COVERED, DROPPED
from plangraph.network.measures import neighbour_domains
from plangraph.network.versions import versions
from plangraph.ontology import load_ontology

if TYPE_CHECKING:
    from plangraph.network.ranking import Ranked, Ranking


def reason(ranking: Ranking, row: Ranked, lang: str) -> str:
    """Why ``row`` of ``ranking`` stands where it does."""
    return reasons(ranking, [row], lang)[0]


def reasons(ranking: Ranking, rows: Sequence[Ranked], lang: str) -> list[str]:
    """The same for several rows."""
    facts = Facts(ranking, lang)
    say = _SENTENCES[ranking.measure]
    return [say(facts, ranking.network.number(r.entity.id), r.value) for r in rows]


def about(ranking: Ranking, lang: str) -> tuple[str, ...]:
    """Network, meaning, caution, parameters and versions."""
    measure, zh = measure_named(ranking.measure), lang == "zh"
    said = [
        ranking.projection.words(lang),
        f"{measure.words(lang)}：{measure.meaning(lang)}"
        if zh
        else f"{_first(measure.words(lang))}: {measure.meaning(lang)}",
        f"注意：{measure.caution(lang)}" if zh else f"Mind: {measure.caution(lang)}",
        f"公式出处：{measure.source}。" if zh else f"Formula: {measure.source}.",
    ]
    if ranking.seeds:
        names = {e.id: e.label(lang) for e in ranking.network.nodes}
        listed = ("、" if zh else ", ").join(f"{names[i]} {w:g}" for i, w in ranking.seeds)
        said.append(f"起点（权重）：{listed}。" if zh else f"Walks start at (weight): {listed}.")
    if ranking.resample:
        said.append(
            f"名次区间：{ranking.resample} 次各随机去掉 {DROPPED:.0%} 的陈述后重新排名，取居中 {COVERED:.0%} 的名次"
            f"（随机种子 {ranking.random_state}）。区间宽，名次就不可靠。"
            if zh
            else f"Rank interval: ranked anew {ranking.resample} times, each without {DROPPED:.0%} of the statements at "
            f"random; the middle {COVERED:.0%} of the ranks (seed {ranking.random_state}). A wide one is a rank not to lean on."
        )
    nodes, edges = len(ranking.network.nodes), len(ranking.network.source)
    said.append(f"{nodes} 个实体，{edges} 条边。" if zh else f"{nodes} entities, {edges} edges.")
    said.append(versions(lang))
    return tuple(said)


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]


class Facts:
    """What the sentences draw on, each computed when it is first needed."""

    def __init__(self, ranking: Ranking, lang: str) -> None:
        self.ranking, self.network, self.zh = ranking, ranking.network, lang == "zh"
        self.arrays, self.nodes = ranking.network.arrays, ranking.network.nodes
        self.names = [e.label(lang) for e in self.nodes]
        self.lang = lang

    @functools.cached_property
    def values(self) -> list[float]:
        """Value of each node."""
        found = [0.0] * len(self.nodes)
        for row in self.ranking.rows:
            found[self.network.number(row.entity.id)] = row.value
        return found

    @functools.cached_property
    def ties(self) -> Any:
        """Weights of the ties in both directions."""
        return self.arrays.mutual

    @functools.cached_property
    def parts(self) -> Counter[int]:
        """Into how many pieces its part of the network falls without a node (1: it stays whole)."""
        return Counter(node for block in self.arrays.igraph.biconnected_components() for node in block)

    @functools.cached_property
    def columns(self) -> Any:
        """The adjacency by columns: what points at each node."""
        return self.arrays.matrix.tocsc()

    @functools.cached_property
    def out(self) -> Any:
        """Weight of the edges that leave each node."""
        return self.arrays.matrix.sum(axis=1)

    @functools.cached_property
    def domains(self) -> Any:
        """Node × domain: the weight of the ties to neighbours of each domain."""
        return neighbour_domains(self.arrays)

    @functools.cached_property
    def cores(self) -> Counter[int]:
        """How many nodes have each core number."""
        return Counter(int(v) for v in self.values)

    def pointing(self, node: int, out: bool = False) -> list[tuple[int, float]]:
        """The nodes that point at ``node`` (that it points at, if ``out``) with the weights."""
        table = self.arrays.matrix if out else self.columns
        row = slice(table.indptr[node], table.indptr[node + 1])
        return list(zip(table.indices[row].tolist(), table.data[row].tolist(), strict=True))

    def neighbours(self, node: int) -> list[tuple[int, float]]:
        """Neighbours with the weight of the tie."""
        row = slice(self.ties.indptr[node], self.ties.indptr[node + 1])
        return list(zip(self.ties.indices[row].tolist(), self.ties.data[row].tolist(), strict=True))

    def top(self, scored: list[tuple[int, float]], count: int = 3) -> list[int]:
        """The numbers with the highest scores, equal ones in the order of their ids."""
        return [n for n, score in sorted(scored, key=lambda pair: (-round(pair[1], 9), pair[0]))[:count] if score > 0]

    def listed(self, nodes: Sequence[int]) -> str:
        """Names one after another."""
        return ("、" if self.zh else ", ").join(self.names[n] for n in nodes)

    def kinds(self, node: int) -> str:
        """How many neighbours of which kind: ``技术 8、机构 7``."""
        ontology = load_ontology()
        counted = Counter(
            ontology.top_class(self.nodes[n].type) or self.nodes[n].type for n, _ in self.neighbours(node)
        )
        ordered = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
        return ("、" if self.zh else ", ").join(f"{ontology.classes[k].label(self.lang)} {c}" for k, c in ordered)

    def say(self, zh: str, en: str) -> str:
        """The sentence in the language of the ranking."""
        return zh if self.zh else en


def _number(value: float) -> str:
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.3g}"


def _percent(part: float) -> str:
    return (
        f"{part:.0%}"
        if part >= 0.0995 or part == 0
        else f"{part:.1%}"
        if part >= 0.001
        else f"{part:.2g}".replace("e-0", "e-")
    )


def _degree(f: Facts, node: int, value: float) -> str:
    count = len(f.neighbours(node))
    return f.say(f"与 {count} 个实体直接相连：{f.kinds(node)}。", f"Linked to {count} entities: {f.kinds(node)}.")


def _strength(f: Facts, node: int, value: float) -> str:
    near = f.neighbours(node)
    best = f.top(near, 1)
    weight = _number(dict(near)[best[0]]) if best else "0"
    return f.say(
        f"{len(near)} 条联系共重 {_number(value)}，最重的通向{f.listed(best)}（{weight}）。",
        f"{len(near)} ties weigh {_number(value)} together; the heaviest leads to {f.listed(best)} ({weight}).",
    )


def _betweenness(f: Facts, node: int, value: float) -> str:
    pieces = f.parts[node]
    zh = f"其余实体之间 {_percent(value)} 的最短路径经过它"
    en = f"{_percent(value)} of the shortest paths between the others pass through it"
    if pieces > 1:
        return f.say(
            f"{zh}；没有它，所在部分会分成 {pieces} 块。", f"{en}; without it its part falls into {pieces} pieces."
        )
    return f.say(f"{zh}；没有它，网络仍然连通。", f"{en}; without it the network holds together.")


def _closeness(f: Facts, node: int, value: float) -> str:
    reached, others = int(f.arrays.reach[node]), len(f.nodes) - 1
    mean = reached * reached / (others * value) / reached if value and reached else 0.0
    return f.say(
        f"平均 {mean:.2f} 步与 {reached} 个实体相通（占其余的 {_percent(reached / others if others else 0)}）。",
        f"On average {mean:.2f} hops from {reached} entities ({_percent(reached / others if others else 0)} of the others).",
    )


def _harmonic(f: Facts, node: int, value: float) -> str:
    graph = f.arrays.igraph
    one, two = (graph.neighborhood_size([node], order=order, mode="in")[0] - 1 for order in (1, 2))
    return f.say(f"一步之内有 {one} 个实体，两步之内有 {two} 个。", f"{one} entities within one hop, {two} within two.")


def _eigenvector(f: Facts, node: int, value: float) -> str:
    best = f.top([(n, weight * f.values[n]) for n, weight in f.neighbours(node)])
    if value < 1e-9 or not best:
        return f.say("不在网络最密的部分里，故值为 0。", "Outside the densest part of the network, hence 0.")
    return f.say(f"与同样居中的{f.listed(best)}相连。", f"Linked to others as central: {f.listed(best)}.")


def _pagerank(f: Facts, node: int, value: float) -> str:
    given = [(n, w * f.values[n] / float(f.out[n])) for n, w in f.pointing(node)]
    best = f.top(given)
    if not best or not value:
        return f.say("没有边指向它，只有起步的份额。", "No edge leads to it: it has the share of the start only.")
    shares = dict(given)
    parts = [f"{f.names[n]} {_percent(0.85 * shares[n] / value)}" for n in best]
    return f.say(f"得分主要来自{'、'.join(parts)}。", f"Its score comes from {', '.join(parts)} above all.")


def _hub(f: Facts, node: int, value: float) -> str:
    return _pointed(f, node, value, out=True)


def _authority(f: Facts, node: int, value: float) -> str:
    return _pointed(f, node, value, out=False)


def _pointed(f: Facts, node: int, value: float, out: bool) -> str:
    ends = f.pointing(node, out)
    best = f.top(ends)
    if value < 1e-9 or not best:
        return f.say("不在最密的指向结构里，故值为 0。", "Outside the densest pattern of pointing, hence 0.")
    if out:
        return f.say(
            f"指向 {len(ends)} 个实体，如{f.listed(best)}。",
            f"Points at {len(ends)} entities, such as {f.listed(best)}.",
        )
    return f.say(
        f"{len(ends)} 个实体指向它，如{f.listed(best)}。",
        f"{len(ends)} entities point at it, such as {f.listed(best)}.",
    )


def _core(f: Facts, node: int, value: float) -> str:
    k = int(value)
    members = sum(count for core, count in f.cores.items() if core >= k)
    return f.say(
        f"处在每个成员都有至少 {k} 个邻居的部分里；核数不低于 {k} 的有 {members} 个实体。",
        f"In a part where each has {k} neighbours or more; {members} entities are in cores of {k} or more.",
    )


def _clustering(f: Facts, node: int, value: float) -> str:
    count = len(f.neighbours(node))
    pairs = count * (count - 1) // 2
    linked = round(value * pairs)
    return f.say(
        f"{count} 个邻居两两之间的 {pairs} 对中有 {linked} 对相连。",
        f"Of the {pairs} pairs among its {count} neighbours {linked} are linked.",
    )


def _constraint(f: Facts, node: int, value: float) -> str:
    near = f.neighbours(node)
    best = f.top(near, 1)
    total = sum(w for _, w in near)
    share = dict(near)[best[0]] / total if best else 0.0
    linked = _linked_pairs(f, node)
    return f.say(
        f"{len(near)} 条联系，其间有 {linked} 对彼此相连；最重的{f.listed(best)}占 {_percent(share)}。",
        f"{len(near)} ties, {linked} pairs of them linked to each other; {f.listed(best)} has {_percent(share)} of their weight.",
    )


def _effective_size(f: Facts, node: int, value: float) -> str:
    count = len(f.neighbours(node))
    return f.say(
        f"{count} 条联系中约有 {_number(round(value, 1))} 条不重复（邻居间 {_linked_pairs(f, node)} 对相连）。",
        f"Of {count} ties about {_number(round(value, 1))} are not redundant ({_linked_pairs(f, node)} pairs of neighbours are linked).",
    )


def _linked_pairs(f: Facts, node: int) -> int:
    near = {n for n, _ in f.neighbours(node)}
    return sum(other in near for n in near for other, _ in f.neighbours(n)) // 2


def _participation(f: Facts, node: int, value: float) -> str:
    if f.arrays.domains is None or not f.network.domains:
        return f.say("图中没有领域。", "There are no domains in the graph.")
    span = slice(f.domains.indptr[node], f.domains.indptr[node + 1])
    ties = list(zip(f.domains.indices[span].tolist(), f.domains.data[span].tolist(), strict=True))
    total = sum(w for _, w in ties)
    if not total:
        return f.say("没有一个邻居属于单一领域。", "None of its neighbours belongs to one domain.")
    shares = [(n, w / total) for n, w in ties]
    best, known = f.top(shares), dict(shares)
    parts = [f"{f.network.domains[n].label(f.lang)} {_percent(known[n])}" for n in best]
    return f.say(
        f"邻居分布在 {len(shares)} 个领域：{'、'.join(parts)}{'等' if len(shares) > len(best) else ''}。",
        f"Its neighbours spread over {len(shares)} domains: {', '.join(parts)}{' …' if len(shares) > len(best) else ''}.",
    )


_SENTENCES: dict[str, Callable[[Facts, int, float], str]] = {
    "degree": _degree,
    "strength": _strength,
    "betweenness": _betweenness,
    "closeness": _closeness,
    "harmonic": _harmonic,
    "eigenvector": _eigenvector,
    "pagerank": _pagerank,
    "hub": _hub,
    "authority": _authority,
    "core": _core,
    "clustering": _clustering,
    "constraint": _constraint,
    "effective-size": _effective_size,
    "participation": _participation,
}
