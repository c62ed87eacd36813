"""What is said with the numbers: reasons, cautions, parameters, versions."""

from __future__ import annotations

import re
import shutil
from importlib.metadata import version
from pathlib import Path
from typing import Any

import networkx
import pytest

import plangraph
from plangraph.network import MEASURES, Projection, rank
from plangraph.results import write_back
from tests.network.invented import Graph, as_kg

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_line_has_a_reason_in_one_sentence(kg: plangraph.PlanGraph, measure: str, lang: str) -> None:
    for directed in (False, True):
        ranking = kg.rank(measure, directed=directed)
        listing = ranking.listing(lang)
        reasons = [row[-1] for row in listing.rows]
        assert listing.columns[-1].name == "reason"
        assert len(reasons) == len(ranking)
        end = "。" if lang == "zh" else "."
        assert all(r.endswith(end) and not re.search(r"\bnan\b", r) and r.count("\n") == 0 for r in reasons)
        assert ranking.reason(ranking.rows[0], lang) == reasons[0]
        if lang == "en":
            names = sum(len(CHINESE.findall(r)) for r in reasons)
            assert names < sum(map(len, reasons)) / 10  # names without an English form only


def said(kg: Any, measure: str, node: str, lang: str = "zh", **projection: Any) -> str:
    ranking = rank(kg, measure, Projection(**projection))
    (row,) = (r for r in ranking.rows if r.entity.id == f"park/{node}")
    return ranking.reason(row, lang)


def test_the_numbers_in_the_reasons_are_right() -> None:
    kite = as_kg(networkx.krackhardt_kite_graph())
    assert said(kite, "degree", "n3") == "与 6 个实体直接相连：园区 6。"
    assert said(kite, "betweenness", "n7") == "其余实体之间 39% 的最短路径经过它；没有它，所在部分会分成 2 块。"
    assert said(kite, "betweenness", "n3", "en").startswith(
        "10% of the shortest paths between the others pass through it; without"
    )
    assert "网络仍然连通" in said(kite, "betweenness", "n3")
    assert said(kite, "closeness", "n5", "en") == "On average 1.56 hops from 9 entities (100% of the others)."  # 14 / 9
    assert said(kite, "harmonic", "n9") == "一步之内有 1 个实体，两步之内有 2 个。"
    assert said(kite, "clustering", "n3") == "6 个邻居两两之间的 15 对中有 8 对相连。"
    assert (
        said(kite, "core", "n0", "en")
        == "In a part where each has 3 neighbours or more; 7 entities are in cores of 3 or more."
    )
    assert said(kite, "effective-size", "n7") == "3 条联系中约有 2.3 条不重复（邻居间 1 对相连）。"
    assert said(kite, "constraint", "n7", "en").startswith("3 ties, 1 pairs of them linked to each other;")
    star = as_kg(networkx.star_graph(4))
    # The hub has 0.4757; each leaf gives it all it has: 0.85 × 0.1311 of that.
    assert said(star, "pagerank", "n0") == "得分主要来自n1园区 23%、n2园区 23%、n3园区 23%。"
    two = as_kg(networkx.disjoint_union(networkx.path_graph(3), networkx.complete_graph(4)))
    assert said(two, "eigenvector", "n0") == "不在网络最密的部分里，故值为 0。"
    pointing = as_kg(networkx.DiGraph([(0, 2), (1, 2), (0, 3)]))
    assert said(pointing, "hub", "n0", directed=True).startswith("指向 2 个实体，如n2园区、n3园区")
    assert said(pointing, "authority", "n2", "en", directed=True).startswith("2 entities point at it")
    assert "没有边指向它" in said(pointing, "pagerank", "n0", directed=True)
    heavy: Any = Graph("abc", [("a", "partOf", "b"), ("a", "reliesOn", "b"), ("a", "partOf", "c")])
    assert said(heavy, "strength", "a", weight="evidence") == "2 条联系共重 3，最重的通向b园区（2）。"
    assert said(heavy, "participation", "a") == "图中没有领域。"


def test_with_every_ranking_comes_what_it_means(kg: plangraph.PlanGraph) -> None:
    ranking = kg.rank("pagerank", resample=5, random_state=7, seeds={"中国信创谷": 2.0}, weight="evidence")
    for lang, words in (
        ("zh", ("按证据数加权", "注意：", "随机种子 7", "中国信创谷 2")),
        ("en", ("evidences", "Mind:", "seed 7", "2")),
    ):
        about = "\n".join(ranking.about(lang))
        assert about.startswith(ranking.projection.words(lang))
        for word in (*words, MEASURES["pagerank"].caution(lang), "Page and Brin", f"igraph {version('igraph')}"):
            assert word in about


@pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES.keys())
def test_every_measure_has_its_words(measure: Any) -> None:
    for lang in ("zh", "en"):
        for text in (measure.words(lang), measure.meaning(lang), measure.caution(lang)):
            assert text
            assert bool(CHINESE.search(text)) == (lang == "zh") or measure.name == "pagerank"
    assert re.search(r"\d{4}", measure.source)


def test_the_listing_is_the_ranking(kg: plangraph.PlanGraph) -> None:
    ranking = kg.rank("closeness", resample=10)
    frame = ranking.listing("en", 20).to_dataframe()
    assert list(frame.columns) == ["rank", "rank_low", "rank_high", "entity", "class", "closeness", "id", "reason"]
    assert frame["id"].tolist() == [r.entity.id for r in ranking.rows[:20]]
    assert frame["rank_high"].tolist() == [r.high for r in ranking.rows[:20]]
    assert list(ranking.to_dataframe().columns)[-2:] == ["rank_low", "rank_high"]


@pytest.mark.parametrize(("page", "lang"), [("analysis.md", "en"), ("analysis.zh.md", "zh")])
def test_the_page_says_what_the_measures_say(checkout: Path, page: str, lang: str) -> None:
    text = (checkout / "docs" / page).read_text("utf-8")
    for m in MEASURES.values():
        line = f"| `{m.name}` | {m.words(lang)} | {m.meaning(lang)} | {m.caution(lang)} |"
        assert line in text, f"{page}: {m.name} has drifted"
        assert m.source in text


def test_the_query_on_the_page_can_be_asked(checkout: Path, tianjin: Path, tmp_path: Path) -> None:
    build = Path(shutil.copytree(tianjin, tmp_path / "build"))
    ranking = plangraph.open(build).rank("pagerank")
    write_back(build, ranking)
    for page in ("analysis.md", "analysis.zh.md"):
        (query,) = re.findall(r"```sparql\n(.*?)```", (checkout / "docs" / page).read_text("utf-8"), re.DOTALL)
        rows = plangraph.open(build).query(query).rows
        assert [r for _, r in rows] == [r.rank for r in ranking.rows[:10]]
        assert rows[0][0] == ranking.rows[0].entity.label_zh
