"""Results of analyses kept in a build, as named graphs of their own."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plangraph.build_folder import (
    CURRENT,
    LAYOUT,
    STORE,
    SUMMARY,
    clear,
    damaged,
    locked,
    new_build,
    summarise,
    swap_in,
    whole,
)
from plangraph.errors import BuildError
from plangraph.files import replace_file
from plangraph.graph import PlanGraph

if TYPE_CHECKING:
    from plangraph.network import Communities, Ranking

RESULTS = "results"


def write_back(path: Path | str, outcome: Ranking | Communities) -> str:
    """Keep a result in a build, as a named graph of its own.

    The graph has the projection, the parameters, the versions of the libraries and a line for each entity. It is no
    part of the merged facts, so no later measure counts it. Building the same tables again keeps it; other tables are
    another graph, on which it would not hold, and drop it.

    Args:
        path: The build folder.
        outcome: A ranking, or communities.

    Returns:
        The IRI of the graph; the same result has the same one.

    Raises:
        BuildError: There is no build, it is damaged or locked, or the result comes from another one.
    """
    from plangraph.network.triples import analysis_graph

    out = Path(path)
    with locked(out):
        kg = PlanGraph(out)
        try:
            summary = json.loads((kg.folder / SUMMARY).read_text("utf-8"))
        except (OSError, ValueError):
            raise damaged(out) from None
        base = kg.base
        if outcome.network.kg.base != base:
            raise BuildError(
                f"{out}: the result was computed on another build; compute it again on this one",
                f"{out}：该结果出自另一个构建；请在本构建上重新计算",
            )
        iri, triples = analysis_graph(outcome, base)
        _add_results(out, kg.folder, summary, base, iri, triples)
    return iri


def _add_results(out: Path, old: Path, summary: dict[str, Any], base: str, iri: str, triples: list[str]) -> None:
    """Make the build ``old`` with one more graph of results the current one."""
    import pyoxigraph as ox

    identity = iri.rpartition("/")[2]
    results = {p.stem: p.read_text("utf-8") for p in sorted((old / RESULTS).glob("*.nt"))}
    results[identity] = "".join(f"{t} .\n" for t in triples)
    digest = hashlib.sha256(f"layout {LAYOUT}\nbase {base}\n".encode())
    for name, text in sorted(results.items()):
        digest.update(f"{name}\n{text}".encode())
    name = digest.hexdigest()[:16]
    plain = summary.get("base_quads", summary["quads"])
    quads = plain + sum(text.count("\n") for text in results.values())
    clear(out, name, base)
    if not whole(out / "builds" / name):
        work = new_build(out / "builds")
        try:
            shutil.copytree(old / STORE, work / STORE)
            store = ox.Store(str(work / STORE))
            store.remove_graph(ox.NamedNode(iri))
            lines = "".join(f"{t} <{iri}> .\n" for t in triples)
            store.bulk_load(lines.encode("utf-8"), format=ox.RdfFormat.N_QUADS)
            store.flush()
            del store
            (work / RESULTS).mkdir()
            for each, text in results.items():
                (work / RESULTS / f"{each}.nt").write_text(text, encoding="utf-8", newline="")
            summarise(work, {**summary, "name": name, "base": base, "quads": quads, "base_quads": plain})
            swap_in(work, out / "builds" / name)
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise
    replace_file(out / CURRENT, (name + "\n").encode())
