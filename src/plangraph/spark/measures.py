"""Measures of a network that no single machine holds, by GraphX, which comes with Spark.

GraphX is what GraphFrames calls for the same measures; called itself it needs no package that a closed network would
have to fetch.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plangraph.errors import NotFoundError
from plangraph.inference import gist_of
from plangraph.ontology import load_ontology
from plangraph.spark.corpus import read_plans
from plangraph.spark.session import fresh

if TYPE_CHECKING:
    from pyspark import RDD

#: Chance of a jump of PageRank, and the change below which a node is settled.
JUMP, SETTLED = 0.15, 1e-6
_VERTEX = re.compile(r"\((\d+),(.*)\)")
_DISTANCE = re.compile(r"(\d+) -> (\d+)")


def measure(
    session: Any, folders: Sequence[Path], output: Path, landmarks: Sequence[str] = (), rounds: int = 10
) -> dict[str, int]:
    """Measure the network of all entities but goals in which each pair that a statement joins is one edge.

    Writes a Parquet folder with a row an entity: ``id``, ``degree``, ``pagerank`` (they sum to 1), ``component`` (the
    smallest id in it), ``community`` (an id of it, by label propagation), and ``to_0``, ``to_1`` … (steps to each of
    ``landmarks``, none where there is no way).

    Args:
        session: What `connect` gave.
        folders: Plan folders, or folders that hold them.
        output: The Parquet folder; must not be there.
        landmarks: Entity ids to which steps are counted.
        rounds: Rounds of label propagation.

    Returns:
        Numbers of nodes, edges and components.

    Raises:
        NotFoundError: A landmark that is no node.
    """
    target = fresh(output)
    goals = {c for c in load_ontology().classes if load_ontology().is_a(c, "Goal")}
    edges = read_plans(session, folders).map(gist_of).flatMap(lambda g: _edges(g, goals)).distinct().cache()
    ids = edges.flatMap(lambda e: e).distinct().sortBy(lambda i: i).zipWithIndex().cache()
    number = dict(ids.filter(lambda item: item[0] in landmarks).collect())
    if strange := [i for i in landmarks if i not in number]:
        raise NotFoundError(f"no node {', '.join(strange)}", f"网络中没有 {'、'.join(strange)}")
    work = target.with_name(f".{target.name}-work")
    shutil.rmtree(work, ignore_errors=True)
    try:
        pairs = edges.join(ids).map(lambda x: (x[1][0], x[1][1])).join(ids).map(lambda x: x[1]).cache()
        pairs.flatMap(lambda e: [f"{e[0]} {e[1]}", f"{e[1]} {e[0]}"]).saveAsTextFile((work / "edges").as_uri())
        run = _GraphX(session, work)
        columns = {
            "degree": pairs.flatMap(lambda e: [(e[0], 1), (e[1], 1)]).reduceByKey(lambda a, b: a + b),
            "pagerank": run.pagerank(),
            "component": run.components(),
            "community": run.label_propagation(rounds),
        }
        for place, landmark in enumerate(landmarks):
            columns[f"to_{place}"] = run.steps_to(number[landmark])
        _write(session, ids, columns, target)
        components = columns["component"].map(lambda item: item[1]).distinct().count()
        return {"nodes": int(ids.count()), "edges": int(edges.count()), "components": int(components)}
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _edges(gist: Any, goals: set[str]) -> list[tuple[str, str]]:
    """Both ends of each statement, the smaller id first; no goals, no plans."""
    nodes = {e[0] for e in gist.entities if e[1] not in goals}
    return sorted({(min(s, o), max(s, o)) for s, _, o in gist.claims if s != o and {s, o} <= nodes})


class _GraphX:
    """GraphX on the edges below ``work``; each measure comes as pairs of node number and value."""

    def __init__(self, session: Any, work: Path) -> None:
        self._context = context = session.sparkContext
        self._work = work
        self._library = context._jvm.org.apache.spark.graphx.lib
        self._kind = context._jvm.scala.reflect.ClassTag.Int()
        level = context._jvm.org.apache.spark.storage.StorageLevel.MEMORY_AND_DISK()
        self._graph = context._jvm.org.apache.spark.graphx.GraphLoader.edgeListFile(
            context._jsc.sc(), (work / "edges").as_uri(), False, context.defaultParallelism, level, level
        )

    def pagerank(self) -> RDD[tuple[int, float]]:
        """PageRank, summing to 1."""
        made = self._library.PageRank.runUntilConvergence(self._graph, SETTLED, JUMP, self._kind, self._kind)
        found = self._vertices(made, "pagerank").mapValues(float).cache()
        total = found.values().sum()
        return found.mapValues(lambda v: v / total)

    def components(self) -> RDD[tuple[int, int]]:
        """The smallest node number of each node's component."""
        made = self._library.ConnectedComponents.run(self._graph, self._kind, self._kind)
        return self._vertices(made, "components").mapValues(int)

    def label_propagation(self, rounds: int) -> RDD[tuple[int, int]]:
        """A node number that stands for each node's community (Raghavan, Albert and Kumara 2007)."""
        return self._vertices(self._library.LabelPropagation.run(self._graph, rounds, self._kind), "labels").mapValues(
            int
        )

    def steps_to(self, landmark: int) -> RDD[tuple[int, int]]:
        """Steps from each node to ``landmark``; nodes without a way are left out."""
        jvm = self._context._jvm
        one = self._context._gateway.new_array(jvm.long, 1)
        one[0] = landmark
        made = self._library.ShortestPaths.run(self._graph, jvm.scala.Predef.wrapLongArray(one), self._kind)
        found = self._vertices(made, f"steps-{landmark}")
        return found.flatMapValues(lambda text: [int(steps) for _, steps in _DISTANCE.findall(text)])

    def _vertices(self, graph: Any, name: str) -> RDD[tuple[int, str]]:
        folder = (self._work / name).as_uri()
        graph.vertices().saveAsTextFile(folder)
        found: RDD[tuple[int, str]] = self._context.textFile(folder).map(_vertex)
        return found


def _vertex(line: str) -> tuple[int, str]:
    found = _VERTEX.fullmatch(line)
    assert found, line
    return int(found[1]), found[2]


def _write(session: Any, ids: RDD[tuple[str, int]], columns: dict[str, Any], target: Path) -> None:
    """One row an entity; numbers of nodes become ids."""
    names = session.createDataFrame(ids, "id string, node long").cache()
    table = names
    for name, pairs in columns.items():
        if name in ("component", "community"):
            named = session.createDataFrame(pairs, "node long, other long")
            others = names.withColumnRenamed("id", name).withColumnRenamed("node", "other")
            column = named.join(others, "other").select("node", name)
        else:
            kind = "double" if name == "pagerank" else "long"
            column = session.createDataFrame(pairs, f"node long, {name} {kind}")
        table = table.join(column, "node", "left")
    table.drop("node").orderBy("id").coalesce(1).write.parquet(target.as_uri())
