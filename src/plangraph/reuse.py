"""A store made of the one before, where little changed: its files are taken over, and the difference is put in.

It gives what a store loaded from nothing gives; it only gets there sooner.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from plangraph.vocab import ID

if TYPE_CHECKING:
    import pyoxigraph as ox

#: After so many updates in a row a store is made anew: what was taken out of it leaves marks that cost time to read.
MAX_UPDATES = 40
#: An update pays while at most this part of the plans changed.
MAX_CHANGED = 0.3
#: And only from so many quads on: loading less takes a moment.
MIN_QUADS = 50_000


@dataclass(slots=True)
class Change:
    """What is to change in the named graphs of a store, as triples without their final stop.

    Args:
        whole: For each graph that is given anew all its triples; none removes it.
        gone: For a graph triples that it loses.
        come: For a graph triples that it gets.
        facts: All of the above that are facts of the merged graph.
    """

    whole: dict[str, list[str]] = field(default_factory=dict)
    gone: dict[str, list[str]] = field(default_factory=dict)
    come: dict[str, list[str]] = field(default_factory=dict)
    facts: set[str] = field(default_factory=set)


def update_store(old: Path, change: Change, new: Path) -> int:
    """Make store ``new`` of store ``old``; by how many quads it is larger.

    What a graph loses stays a merged fact as long as another graph says it.
    """
    import pyoxigraph as ox

    _copy(old, new)
    store = ox.Store(str(new))
    gone: list[ox.Quad] = []
    come: list[ox.Quad] = []
    for name, lines in sorted(change.whole.items()):
        graph = ox.NamedNode(name)
        there = {q.triple for q in store.quads_for_pattern(None, None, None, graph)}
        wanted = _parsed(lines)
        gone += [_quad(t, graph) for t in there - wanted]
        come += [_quad(t, graph) for t in wanted - there]
    for listed, into in ((change.gone, gone), (change.come, come)):
        for name, lines in sorted(listed.items()):
            into += [_quad(t, ox.NamedNode(name)) for t in _parsed(lines)]
    for quad in gone:
        store.remove(quad)
    store.extend(come)
    default = _settle(store, {q.triple for q in gone}, {t for t in (q.triple for q in come) if str(t) in change.facts})
    store.flush()
    del store
    return len(come) - len(gone) + default


def _settle(store: ox.Store, gone: Set[ox.Triple], come: Set[ox.Triple]) -> int:
    """Bring the merged facts in line; by how many there are more."""
    import pyoxigraph as ox

    default = ox.DefaultGraph()
    known = {t for t in come if _is_shared(t) or t in gone}
    new = [_quad(t, default) for t in come if t not in known or _quad(t, default) not in store]
    store.extend(new)
    old = 0
    for triple in gone - come:
        quad = _quad(triple, default)
        if not _is_shared(triple) or not any(
            not isinstance(q.graph_name, ox.DefaultGraph)
            for q in store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
        ):
            old += quad in store
            store.remove(quad)
    return len(new) - old


def _is_shared(triple: ox.Triple) -> bool:
    """Whether several graphs may say it: of what is not an entity one plan alone speaks."""
    return str(triple.subject).startswith(f"<{ID}")


def _quad(triple: ox.Triple, graph: ox.NamedNode | ox.DefaultGraph) -> ox.Quad:
    import pyoxigraph as ox

    return ox.Quad(triple.subject, triple.predicate, triple.object, graph)


def _parsed(triples: Iterable[str]) -> set[ox.Triple]:
    import pyoxigraph as ox

    text = "".join(f"{t} .\n" for t in triples).encode("utf-8")
    return {q.triple for q in ox.parse(text, format=ox.RdfFormat.N_TRIPLES)}


def _copy(old: Path, new: Path) -> None:
    """Copy a store that nobody writes: its table files, which never change, by link where the disk has links."""
    new.mkdir()
    for file in sorted(old.iterdir()):
        target = new / file.name
        if file.suffix == ".sst":
            try:
                os.link(file, target)
                continue
            except OSError:
                pass
        if file.is_file() and file.name != "LOCK":
            shutil.copyfile(file, target)
