"""The measures that can be asked for: name, function, what the number means and when not to trust it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plangraph.errors import InputError
from plangraph.network import measures

if TYPE_CHECKING:
    from plangraph.network.arrays import Arrays, Floats


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure.

    Args:
        name: What commands and functions call it.
        compute: Its value at each node.
        source: Where its formula was published.
        zh: Its name, what the number means, and when not to trust it; in Chinese.
        en: The same in English.
        weighted: Whether weights count.
        ascending: Whether low values lead the ranking.
    """

    name: str
    compute: Callable[[Arrays], Floats]
    source: str
    zh: tuple[str, str, str]
    en: tuple[str, str, str]
    weighted: bool = False
    ascending: bool = False

    def words(self, lang: str) -> str:
        """Its name in ``lang``."""
        return (self.zh if lang == "zh" else self.en)[0]

    def meaning(self, lang: str) -> str:
        """What the number means."""
        return (self.zh if lang == "zh" else self.en)[1]

    def caution(self, lang: str) -> str:
        """When not to trust it."""
        return (self.zh if lang == "zh" else self.en)[2]


_ALL = (
    Measure(
        "degree",
        measures.degree,
        "Freeman 1978",
        (
            "度",
            "直接相连的实体数（有向时为边数）。",
            "写得详细的章节里的实体自然度高：它反映文本着墨多少，未必反映实际地位。",
        ),
        (
            "degree",
            "Number of entities it is linked to directly (directed: number of edges).",
            "Entities of sections that go into detail have high degrees: it tells how much the text says, not how much they matter.",
        ),
    ),
    Measure(
        "strength",
        measures.strength,
        "Barrat et al. 2004",
        ("强度", "与它相连的各边权重之和。", "按证据数加权时，反复提及会抬高数值；不加权时与度相同。"),
        (
            "strength",
            "Sum of the weights of its edges.",
            "Weighted by evidences, mere repetition raises it; without a weight it is the degree.",
        ),
        weighted=True,
    ),
    Measure(
        "betweenness",
        measures.betweenness,
        "Freeman 1977; Brandes 2001",
        (
            "中介中心性",
            "其他实体两两之间的最短路径中，经过它的比例。",
            "只数最短路径且不计权重；漏掉或多出一条边就可能大变，请看名次区间。",
        ),
        (
            "betweenness",
            "Share of the shortest paths between other entities that pass through it.",
            "Only shortest paths count, weights do not; one statement more or less can change it much, so look at the rank interval.",
        ),
    ),
    Measure(
        "closeness",
        measures.closeness,
        "Freeman 1978; Wasserman and Faust 1994",
        (
            "接近中心性",
            "可达实体的平均距离的倒数，乘以可达实体所占比例。",
            "小网络中数值彼此接近，名次差一两位没有意义；分成几块的网络里，块的大小左右结果。",
        ),
        (
            "closeness",
            "Inverse of the mean distance from the entities within reach, times their share of all.",
            "In small networks the values lie close together and a few places mean nothing; in a network of several parts the size of the part decides.",
        ),
    ),
    Measure(
        "harmonic",
        measures.harmonic,
        "Marchiori and Latora 2000",
        ("调和中心性", "到其余各实体距离的倒数之和；不可达者计 0。", "与接近中心性同样只数步数，不计权重。"),
        (
            "harmonic centrality",
            "Sum of the inverse distances from all other entities; one out of reach adds nothing.",
            "Counts hops as closeness does; weights do not count.",
        ),
    ),
    Measure(
        "eigenvector",
        measures.eigenvector,
        "Bonacich 1972",
        (
            "特征向量中心性",
            "与重要实体相连者自身也重要：邻接矩阵的主特征向量。",
            "网络分成几块时，只有最密的一块有值；方向不计。",
        ),
        (
            "eigenvector centrality",
            "Being linked to central entities makes central: the leading eigenvector of the adjacency.",
            "In a network of several parts only the densest has values; direction does not count.",
        ),
        weighted=True,
    ),
    Measure(
        "pagerank",
        measures.pagerank,
        "Page and Brin 1998; Haveliwala 2002",
        (
            "PageRank",
            "沿边随机游走（每步以 0.85 的概率继续）停留在它上面的时间比例；给出起点时为个性化 PageRank。",
            "无向网络中与度高度相关；有向时看的是被指向，“依托”“位于”的对象因此占优。",
        ),
        (
            "PageRank",
            "Share of its time that a random walk along the edges (going on with probability 0.85) spends at it; with seeds, of walks that start there.",
            "Undirected it follows the degree closely; directed it favours what is pointed at, so places and carriers lead.",
        ),
        weighted=True,
    ),
    Measure(
        "hub",
        measures.hub,
        "Kleinberg 1999",
        (
            "枢纽值（HITS）",
            "指向多个好的权威者的程度；各值之和为 1。",
            "只在有向网络中有意义；小的密集子图会独占数值。",
        ),
        (
            "hub (HITS)",
            "How much it points at good authorities; the values sum to 1.",
            "Means something in directed networks only; a small dense part can take nearly all of it.",
        ),
        weighted=True,
    ),
    Measure(
        "authority",
        measures.authority,
        "Kleinberg 1999",
        (
            "权威值（HITS）",
            "被多个好的枢纽指向的程度；各值之和为 1。",
            "只在有向网络中有意义；小的密集子图会独占数值。",
        ),
        (
            "authority (HITS)",
            "How much good hubs point at it; the values sum to 1.",
            "Means something in directed networks only; a small dense part can take nearly all of it.",
        ),
        weighted=True,
    ),
    Measure(
        "core",
        measures.core,
        "Seidman 1983",
        ("核数", "最大的 k：它处在一个其中人人至少有 k 个邻居的部分里。", "取值少、并列多，适合分层，不适合排名。"),
        (
            "core number",
            "The greatest k such that it is in a part where each has k neighbours or more.",
            "Few values and many ties: for layers, not for a ranking.",
        ),
    ),
    Measure(
        "clustering",
        measures.clustering,
        "Watts and Strogatz 1998",
        ("聚集系数", "邻居两两之间相连的比例。", "只有两三个邻居的实体很容易得 1；须与度一起看。"),
        (
            "clustering",
            "Share of the pairs of its neighbours that are linked themselves.",
            "With two or three neighbours 1 is easily had; read it beside the degree.",
        ),
    ),
    Measure(
        "constraint",
        measures.constraint,
        "Burt 1992",
        (
            "约束度",
            "各条联系在多大程度上绕回同一批实体；低者占据结构洞，排在前面。",
            "联系越多约束自然越低；一两个邻居的实体约束高只因联系少。",
        ),
        (
            "constraint",
            "How far its ties lead back to the same few others; low ones span structural holes and come first.",
            "More ties make it lower by themselves; an entity with one or two neighbours is high for want of ties only.",
        ),
        weighted=True,
        ascending=True,
    ),
    Measure(
        "effective-size",
        measures.effective_size,
        "Burt 1992",
        ("有效规模", "联系数减去其中重复的部分。", "随度增大；请与度一起看。"),
        ("effective size", "Its ties less those that are redundant.", "Grows with the degree; read it beside that."),
        weighted=True,
    ),
    Measure(
        "participation",
        measures.participation,
        "Guimerà and Amaral 2005",
        (
            "参与系数",
            "邻居在各领域（最上层）间分布的均匀程度：0 为只在一个领域，越近 1 越跨领域。",
            "不属于单一领域的邻居不计；只有两三个邻居时偶然性大。",
        ),
        (
            "participation",
            "How evenly its neighbours spread over the widest domains: 0 within one, near 1 across many.",
            "Neighbours that do not belong to one domain do not count; with two or three of them chance rules.",
        ),
        weighted=True,
    ),
)
MEASURES: dict[str, Measure] = {m.name: m for m in _ALL}


def measure_named(name: str) -> Measure:
    """The measure called ``name``.

    Raises:
        InputError: There is none.
    """
    if name not in MEASURES:
        raise InputError(
            f"no measure {name!r}; expected one of {', '.join(MEASURES)}",
            f"没有名为“{name}”的指标；可用：{'、'.join(MEASURES)}",
        )
    return MEASURES[name]
