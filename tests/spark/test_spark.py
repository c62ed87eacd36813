"""The jobs on a cluster give what one machine gives, also when a worker is killed on the way."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import networkx
import pyarrow.parquet
import pyoxigraph as ox
import pytest

import plangraph
from plangraph.builds import build
from plangraph.errors import InputError, NotFoundError, PlangraphError
from plangraph.extract.corpus import extract_corpus
from plangraph.folder import find_plan_folders, read_folders
from plangraph.inference import gist_of
from plangraph.resolve import resolve
from plangraph.spark import connect, count_statements, extract_texts, measure, resolve_plans, write_quads
from tests.conftest import invent_plan
from tests.spark.conftest import SETTINGS, Cluster


@pytest.fixture(scope="module")
def session(cluster: Cluster) -> Iterator[Any]:
    with connect(cluster.master, SETTINGS) as found:
        yield found


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight plans that share names, some of them spelt in two ways."""
    root = tmp_path_factory.mktemp("plans")
    for number in range(8):
        ending = "有限公司" if number % 3 == 0 else ""
        entities = [
            (f"institution/a{'-co' if ending else ''}", "Institution", f"青禾研究院{ending}"),
            *((f"park/p{n}", "Park", f"云岭{n}园") for n in range(number % 4, number % 4 + 3)),
            *((f"domain/d{n}", "Domain", f"领域{n}产业") for n in range(number % 3, number % 3 + 2)),
        ]
        pairs = [
            (p, "focusesOn", d) for p, k, _ in entities if k == "Park" for d, kind, _ in entities if kind == "Domain"
        ]
        if number % 2:
            pairs.append((entities[0][0], "focusesOn", entities[-1][0]))
        invent_plan(root, f"plan{number}", entities, sorted(pairs))
    return root


def rows(folder: Path) -> list[dict[str, Any]]:
    """The rows of a Parquet folder."""
    found: list[dict[str, Any]] = pyarrow.parquet.read_table(folder).to_pylist()
    return found


def test_the_quads_are_those_of_a_build(session: Any, plans: Path, tmp_path: Path) -> None:
    number = write_quads(session, [plans], tmp_path / "quads")
    build([plans], tmp_path / "out")
    store = ox.Store()
    for part in sorted((tmp_path / "quads").glob("part-*")):
        store.bulk_load(part.read_bytes(), format=ox.RdfFormat.N_QUADS)
    assert set(map(str, store)) == set(map(str, plangraph.open(tmp_path / "out").store))
    assert number == len(store)
    with pytest.raises(InputError, match="there already"):
        write_quads(session, [plans], tmp_path / "quads")


def test_candidates_are_those_of_one_machine(session: Any, plans: Path) -> None:
    expected = resolve(read_folders(find_plan_folders([plans])))
    assert expected
    assert resolve_plans(session, [plans]) == expected


def test_counts(session: Any, plans: Path, tmp_path: Path) -> None:
    count_statements(session, [plans], tmp_path / "counts")
    gists = [gist_of(f) for f in read_folders(find_plan_folders([plans]))]
    by_plan = Counter((g.plan, r) for g in gists for _, r, _ in g.claims)
    by_fact = Counter(c for g in gists for c in g.claims)
    assert {(r["plan"], r["relation"]): r["statements"] for r in rows(tmp_path / "counts" / "by_plan")} == by_plan
    found = {(r["subject"], r["relation"], r["object"]): r["plans"] for r in rows(tmp_path / "counts" / "by_fact")}
    assert found == by_fact


def test_measures_are_those_of_one_machine(session: Any, plans: Path, tmp_path: Path) -> None:
    build([plans], tmp_path / "out")
    kg = plangraph.open(tmp_path / "out")
    graph = kg.network()
    said = measure(session, [plans], tmp_path / "measures", ["park/p3"])
    found = {r["id"]: r for r in rows(tmp_path / "measures")}
    plain = networkx.Graph(graph.edges())
    parts = list(networkx.connected_components(plain))
    assert said == {"nodes": len(plain), "edges": plain.number_of_edges(), "components": len(parts)}
    assert {i: r["degree"] for i, r in found.items()} == {r.entity.id: r.value for r in kg.rank("degree").rows}
    assert {i: r["pagerank"] for i, r in found.items()} == pytest.approx(
        {r.entity.id: r.value for r in kg.rank("pagerank").rows}, rel=1e-3
    )
    by_node = {data.get("id", node): node for node, data in graph.nodes(data=True)}
    steps = networkx.single_source_shortest_path_length(plain, by_node["park/p3"])
    assert {i: r["to_0"] for i, r in found.items()} == {i: steps.get(n) for i, n in by_node.items()}
    for component in parts:
        ids = {i for i, n in by_node.items() if n in component}
        assert {found[i]["component"] for i in ids} == {min(ids)}
        assert {found[i]["community"] for i in ids} <= ids
    with pytest.raises(NotFoundError, match="park/none"):
        measure(session, [plans], tmp_path / "none", ["park/none"])
    assert not list(tmp_path.glob(".*-work"))


def test_a_worker_killed_on_the_way_costs_nothing(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    for number in range(24):
        sentence = f"青禾市第{number}产业园聚焦新材料产业，重点发展石墨烯薄膜、碳纤维等技术。青禾大学联合云岭研究院攻关合成生物学。\n"
        (texts / f"规划{number}.txt").write_text(sentence * 150, encoding="utf-8")
    expected = extract_corpus(texts, tmp_path / "one", workers=1)
    cluster = Cluster(tmp_path_factory.mktemp("mortal"))
    try:
        with connect(cluster.master, SETTINGS) as session:

            def kill_after_the_first() -> None:
                while not list((tmp_path / "many").glob("*/.extracted.json")):
                    time.sleep(0.02)
                killed.append(len(list((tmp_path / "many").glob("*/.extracted.json"))))
                cluster.kill_worker(0)

            killed: list[int] = []
            killer = threading.Thread(target=kill_after_the_first, daemon=True)
            killer.start()
            outcomes = extract_texts(session, texts, tmp_path / "many")
            killer.join(5)
    finally:
        cluster.stop()
    assert killed and killed[0] < 24
    assert [o.text.folder.name for o in outcomes] == [o.text.folder.name for o in expected]
    assert {o.state for o in outcomes} <= {
        "done",
        "unchanged",
    }  # a text that was done as its worker died is not done again
    for o in expected:
        for file in ("plan.toml", "entities.csv", "statements.csv"):
            assert (tmp_path / "many" / o.text.folder.name / file).read_bytes() == (o.text.folder / file).read_bytes()


def test_a_cluster_that_is_not_there_is_named() -> None:
    with pytest.raises(PlangraphError, match=r"no Spark session on spark://"), connect("spark://nowhere", SETTINGS):
        pass
