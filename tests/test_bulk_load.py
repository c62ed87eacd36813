"""A store loaded in the background has what was added, each merged fact once; one that is given up loads nothing more."""

from __future__ import annotations

import random
from pathlib import Path

import pyoxigraph as ox
import pytest

from plangraph.bulk_load import BulkLoad
from plangraph.vocab import ID, PLAN, ROOT, plan_iri


def lines(triples: list[tuple[str, str]]) -> bytes:
    """Sorted N-Triples of subjects and objects."""
    return "".join(sorted(f'<{s}> <{PLAN}says> "{o}" .\n' for s, o in set(triples))).encode("utf-8")


def test_every_quad_once(tmp_path: Path) -> None:
    draw = random.Random(20261126)
    wanted: set[ox.Quad] = set()
    with BulkLoad(tmp_path / "store") as load:
        for number in range(40):
            own = [(f"{ID}park/p{draw.randrange(20)}", f"园区{draw.randrange(3)}") for _ in range(draw.randrange(9))]
            own += [(f"{ROOT}statement/{number}-{n}", "a .\\n line") for n in range(draw.randrange(3))]
            world = [(f"{ID}park/p{draw.randrange(20)}", "park") for _ in range(draw.randrange(3))]
            load.add_plan(str(number), f"plan{number}", lines(own), lines(world))
            for graph, triples in ((plan_iri(f"plan{number}"), own), (f"{plan_iri(f'plan{number}')}/world", world)):
                for t in ox.parse(lines(triples), format=ox.RdfFormat.N_TRIPLES):
                    wanted |= {ox.Quad(*t.triple, ox.NamedNode(graph)), ox.Quad(*t.triple, ox.DefaultGraph())}
        load.add(f"{ROOT}other", lines([(f"{ID}park/p1", "x"), (f"{ID}park/p2", "y")]), lines([(f"{ID}park/p1", "x")]))
        load.finish()
    triples = ox.parse(lines([(f"{ID}park/p1", "x"), (f"{ID}park/p2", "y")]), format=ox.RdfFormat.N_TRIPLES)
    one, two = (q.triple for q in triples)
    wanted |= {ox.Quad(*t, ox.NamedNode(f"{ROOT}other")) for t in (one, two)} | {ox.Quad(*one, ox.DefaultGraph())}
    assert set(ox.Store.read_only(str(tmp_path / "store"))) == wanted
    assert load.quads == len(wanted)
    assert load.plans == {str(n) for n in range(40)}


def test_what_is_given_up_is_not_loaded(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), BulkLoad(tmp_path / "store") as load:
        load.add("x:g", lines([(f"{ID}park/p{n}", "名" * 40) for n in range(100_000)]))
        raise KeyboardInterrupt
    assert load._loader is not None and not load._loader.is_alive()
    del load
    assert len(ox.Store(str(tmp_path / "store"))) == 0


def test_a_store_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "store").write_bytes(b"a file")
    with BulkLoad(tmp_path / "store") as load:
        load.add("x:g", lines([(f"{ID}park/p1", "x")]) * 100_000)
        with pytest.raises(OSError, match="store"):
            load.finish()
