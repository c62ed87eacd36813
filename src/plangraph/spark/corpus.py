"""Jobs over many texts and plans: extraction, the quads of a build, counts of statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plangraph.extract.corpus import Outcome, extract_text, plan_texts
from plangraph.folder import PlanFolder, find_plan_folders, read_folder
from plangraph.inference import Gist, gist_of, infer
from plangraph.rdf import both_graphs, ntriples, ontology_triples, plan_triples
from plangraph.spark.session import fresh
from plangraph.vocab import INFERRED_GRAPH, ONTOLOGY_GRAPH, plan_iri, world_graph_iri

if TYPE_CHECKING:
    from pyspark import RDD

#: Plans that one task takes.
PLANS_A_TASK = 50


def extract_texts(session: Any, source: Path, output: Path, place: str | None = None) -> list[Outcome]:
    """Draw out every text in ``source`` into a plan folder of its own, as `plangraph.extract.corpus` does.

    A task whose node is lost is run again elsewhere; a folder is written whole or not at all, so nothing is lost.
    """
    texts = plan_texts(source.resolve(), output.resolve())
    output.mkdir(parents=True, exist_ok=True)
    # The large ones first, so that no node is left with one at the end.
    ordered = sorted(texts, key=lambda t: -t.path.stat().st_size)
    outcomes = session.sparkContext.parallelize(ordered, len(ordered)).map(lambda t: extract_text(t, place)).collect()
    return sorted(outcomes, key=lambda o: o.text.folder.name)


def read_plans(session: Any, folders: Sequence[Path]) -> RDD[PlanFolder]:
    """The plans in ``folders`` and directly below them."""
    found = [p.resolve() for p in find_plan_folders(folders)]
    slices = max(1, min(len(found), -(-len(found) // PLANS_A_TASK) * 2))
    plans: RDD[PlanFolder] = session.sparkContext.parallelize(found, slices).map(read_folder)
    return plans


def write_quads(session: Any, folders: Sequence[Path], output: Path) -> int:
    """Write the quads of a build as N-Quads parts, the merged facts in the default graph; their number.

    Inference looks at all plans together and runs on the driver, on their gists.
    """
    target = fresh(output)
    plans = read_plans(session, folders).cache()
    own = plans.flatMap(_plan_quads)
    gists = plans.map(gist_of).collect()
    shared = session.sparkContext.parallelize([*_shared_quads(gists)], 4).flatMap(_lines)
    # The same fact of two plans is one quad of the default graph.
    quads = own.union(shared).distinct().cache()
    number = int(quads.count())
    quads.saveAsTextFile(target.as_uri())
    return number


def _plan_quads(folder: PlanFolder) -> Iterator[str]:
    for graph, triples in zip((plan_iri, world_graph_iri), plan_triples(folder), strict=True):
        for text in both_graphs(graph(folder.plan.id), ntriples(triples), ntriples(triples)):
            yield from _lines(text)


def _shared_quads(gists: Sequence[Gist]) -> Iterator[str]:
    yield from both_graphs(ONTOLOGY_GRAPH, ntriples(ontology_triples()), ntriples(ontology_triples()))
    for fact, why in infer(gists):
        yield from both_graphs(INFERRED_GRAPH, ntriples([fact, *why]), ntriples([fact]))


def _lines(text: str) -> list[str]:
    return text.split("\n")[:-1]


def count_statements(session: Any, folders: Sequence[Path], output: Path) -> dict[str, int]:
    """Count statements, rejected ones left out, into Parquet folders below ``output``.

    ``by_plan`` has plan, relation and statements; ``by_fact`` has subject, relation, object and the number of plans that
    state it.

    Returns:
        Rows of each.
    """
    target = fresh(output)
    rows = read_plans(session, folders).map(gist_of).flatMap(lambda g: [(g.plan, s, p, o) for s, p, o in g.claims])
    table = session.createDataFrame(rows, "plan string, subject string, relation string, object string").cache()
    found = {
        "by_plan": table.groupBy("plan", "relation").count().withColumnRenamed("count", "statements"),
        "by_fact": table.groupBy("subject", "relation", "object").count().withColumnRenamed("count", "plans"),
    }
    for name, counted in found.items():
        counted.write.parquet((target / name).as_uri())
    return {name: int(counted.count()) for name, counted in found.items()}
