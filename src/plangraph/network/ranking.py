"""Rankings: entities by a measure, with rank intervals and the reason for each place."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from plangraph.errors import InputError, NotFoundError
from plangraph.listing import Column, Listing
from plangraph.model import Entity
from plangraph.network.arrays import from_networkx
from plangraph.network.catalogue import Measure, measure_named
from plangraph.network.intervals import rank_intervals, ranks
from plangraph.network.network import Network, project
from plangraph.network.projection import Projection
from plangraph.ontology import load_ontology

if TYPE_CHECKING:
    import networkx

    from plangraph.graph import PlanGraph
    from plangraph.network.arrays import Floats


@dataclass(frozen=True, slots=True)
class Ranked:
    """One line of a ranking.

    Args:
        rank: Place; equal values share one.
        entity: Whose.
        value: Of the measure.
        low: Best rank of the interval, None without resampling.
        high: Worst rank of the interval, None without resampling.
    """

    rank: int
    entity: Entity
    value: float
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Ranking:
    """Entities by a measure, best first; equal values in the order of their ids.

    Args:
        measure: Name of the measure.
        projection: The network it was computed on.
        rows: The lines.
        network: The network itself.
        resample: How many resampled networks the intervals come from; 0 without intervals.
        random_state: Seed of the resampling.
        seeds: Where personalised PageRank starts, by entity id.
    """

    measure: str
    projection: Projection
    rows: tuple[Ranked, ...]
    network: Network = field(compare=False)
    resample: int = 0
    random_state: int = 0
    seeds: tuple[tuple[str, float], ...] = ()

    def __repr__(self) -> str:
        first = [f"{r.rank}. {r.entity.label_zh} {r.value:.6g}" for r in self.rows[:10]]
        return "\n".join(
            [f"Ranking by {self.measure}: {len(self.rows)} entities", *first, *(["…"] if len(self.rows) > 10 else [])]
        )

    def __iter__(self) -> Iterator[Ranked]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def reason(self, row: Ranked, lang: str = "zh") -> str:
        """Why ``row`` stands where it does, in one sentence."""
        from plangraph.network.reasons import reason

        return reason(self, row, lang)

    def about(self, lang: str = "zh") -> tuple[str, ...]:
        """Sentences that belong to the numbers: network, meaning, caution, parameters, versions."""
        from plangraph.network.reasons import about

        return about(self, lang)

    def listing(self, lang: str = "zh", top: int | None = None) -> Listing:
        """The ranking as a table in ``lang``, its first ``top`` lines or all."""
        from plangraph.network.reasons import reasons

        measure, zh = measure_named(self.measure), lang == "zh"
        chosen, classes = self.rows[:top], load_ontology().classes
        heads = _columns(measure, lang)
        columns = [heads["rank"], *([heads["low"], heads["high"]] if self.resample else [])]
        columns += [heads[k] for k in ("entity", "class", "value", "id", "reason")]
        rows = tuple(
            (
                r.rank,
                *((r.low, r.high) if self.resample else ()),
                r.entity.label(lang),
                classes[r.entity.type].label(lang),
                float(f"{r.value:.9g}"),
                r.entity.id,
                why,
            )
            for r, why in zip(chosen, reasons(self, chosen, lang), strict=True)
        )
        title = f"按{measure.words('zh')}排名" if zh else f"Ranking by {measure.words('en')}"
        return Listing(self.measure, title, tuple(columns), rows, self.about(lang))

    def to_dataframe(self) -> Any:
        """The ranking as a pandas DataFrame."""
        import pandas

        columns = ["rank", "id", "label_zh", "label_en", "type", self.measure]
        rows: list[tuple[Any, ...]] = [
            (r.rank, r.entity.id, r.entity.label_zh, r.entity.label_en, r.entity.type, r.value) for r in self.rows
        ]
        if self.resample:
            columns = [*columns, "rank_low", "rank_high"]
            rows = [(*row, r.low, r.high) for row, r in zip(rows, self.rows, strict=True)]
        return pandas.DataFrame(rows, columns=columns)


def _columns(measure: Measure, lang: str) -> dict[str, Column]:
    zh = lang == "zh"
    words = {
        "rank": ("名次", "rank", "数值相同者名次相同。", "Equal values share a rank."),
        "low": ("最好名次", "best", "重抽样中名次区间的最好一端。", "Best end of the rank interval under resampling."),
        "high": (
            "最差名次",
            "worst",
            "重抽样中名次区间的最差一端。",
            "Worst end of the rank interval under resampling.",
        ),
        "entity": ("实体", "entity", "名称。", "Its name."),
        "class": ("类", "class", "本体中最窄的类。", "Its narrowest class in the ontology."),
        "value": (measure.name, measure.name, measure.meaning("zh"), measure.meaning("en")),
        "id": ("id", "id", "在图谱中的标识。", "What the graph knows it by."),
        "reason": ("理由", "reason", "名次由何而来。", "Where the rank comes from."),
    }
    names = {"low": "rank_low", "high": "rank_high", "value": measure.name}
    return {
        key: Column(names.get(key, key), head_zh if zh else head_en, about_zh if zh else about_en)
        for key, (head_zh, head_en, about_zh, about_en) in words.items()
    }


def rank(
    source: PlanGraph | Network,
    measure: str = "degree",
    projection: Projection | None = None,
    *,
    resample: int = 0,
    seeds: Mapping[str, float] | Iterable[str] | None = None,
    random_state: int = 0,
) -> Ranking:
    """Rank the entities of a projected network.

    Args:
        source: A build or a network.
        measure: A name in `MEASURES`.
        projection: Which network of the build.
        resample: Networks to draw for rank intervals, each without a tenth of the statements; 0 for none.
        seeds: For ``pagerank``, the entities (names or ids) that walks start from, with weights if wished.
        random_state: Seed of the resampling.

    Raises:
        InputError: No such measure, or seeds for a measure that takes none.
        NotFoundError: A seed that is not in the network.
    """
    import numpy as np

    chosen = measure_named(measure)
    network = project(source, projection)
    given = _seeds(network, chosen, seeds)
    vector = None
    if given:
        vector = np.zeros(len(network.nodes))
        for entity_id, weight in given:
            vector[network.number(entity_id)] = weight
    arrays = dataclasses.replace(network.arrays, seeds=vector)
    values = chosen.compute(arrays) if network.nodes else np.zeros(0)
    place = ranks(values, chosen.ascending)
    low: list[int | None] = [None] * len(values)
    high: list[int | None] = [None] * len(values)
    if resample and network.nodes:
        best, worst = rank_intervals(network, chosen, place, resample, random_state, vector)
        low, high = best.tolist(), worst.tolist()
    order = np.argsort(place, kind="stable").tolist()  # nodes stand in the order of their ids
    rows = tuple(Ranked(int(place[n]), network.nodes[n], float(values[n]), low[n], high[n]) for n in order)
    return Ranking(measure, network.projection, rows, network, resample, random_state, given)


def _seeds(
    network: Network, measure: Measure, seeds: Mapping[str, float] | Iterable[str] | None
) -> tuple[tuple[str, float], ...]:
    if seeds is None:
        return ()
    if measure.name != "pagerank":
        raise InputError(
            f"seeds: only pagerank starts somewhere, not {measure.name}",
            f"seeds：只有 pagerank 有起点，{measure.name} 没有",
        )
    weights = seeds if isinstance(seeds, Mapping) else dict.fromkeys([seeds] if isinstance(seeds, str) else seeds, 1.0)
    found: dict[str, float] = {}
    for name, weight in weights.items():
        entity_id = network.kg.entity(name).id
        if entity_id not in network.numbers:
            raise NotFoundError(f"{name} is not in this network", f"该网络中没有 {name}")
        if not 0 < weight < float("inf"):
            raise InputError(
                f"seeds: {name} must weigh more than 0, not {weight}", f"seeds：{name} 的权重应大于 0，而不是 {weight}"
            )
        found[entity_id] = found.get(entity_id, 0.0) + float(weight)
    if not found:
        raise InputError("seeds: name at least one entity", "seeds：请至少给出一个实体")
    return tuple(sorted(found.items()))


def centrality(graph: networkx.Graph, measure: str, seeds: Mapping[Any, float] | None = None) -> dict[Any, float]:
    """A measure of any networkx graph, computed by igraph or scipy; the same numbers as networkx's own function.

    Args:
        graph: Its edges may carry ``weight``; parallel ones are summed and loops left out.
        measure: A name in `MEASURES`; ``participation`` needs domains, which such a graph does not have.
        seeds: For ``pagerank``, the weight of each node to start from.

    Raises:
        InputError: No such measure, or one that a bare graph cannot have.
    """
    import numpy as np

    chosen = measure_named(measure)
    if chosen.name == "participation":
        raise InputError(
            "participation counts domains, which a bare graph does not have; use plangraph.network.rank",
            "participation 要数领域，单独的图没有领域；请用 plangraph.network.rank",
        )
    arrays = from_networkx(graph)
    if seeds is not None:
        if chosen.name != "pagerank":
            raise InputError(
                f"seeds: only pagerank starts somewhere, not {measure}", f"seeds：只有 pagerank 有起点，{measure} 没有"
            )
        vector: Floats = np.array([float(seeds.get(node, 0.0)) for node in graph])
        arrays = dataclasses.replace(arrays, seeds=vector)
    return dict(zip(graph, chosen.compute(arrays).tolist(), strict=True))
