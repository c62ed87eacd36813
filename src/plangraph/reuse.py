"""What a build takes over from the one before: verdicts on tables that are as they were, and the store's files.

Both give what a build from nothing gives; they only get there sooner.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING

from plangraph.files import replace_file
from plangraph.folder import PlanFolder
from plangraph.query import open_store
from plangraph.resources import resource_dir

if TYPE_CHECKING:
    import pyoxigraph as ox

#: After so many updates in a row a store is made anew: what was taken out of it leaves marks that cost time to read.
MAX_UPDATES = 40
#: An update pays while less than this part of the quads stands in changed graphs.
MAX_CHANGED = 0.3
#: And only from so many quads on: loading less takes a moment.
MIN_QUADS = 50_000
Graph = tuple[str, list[str], list[str]]
Verdict = list[tuple[str, str]]


class Verdicts:
    """What the shapes said of tables, by a hash of the tables, kept in a file of the build folder.

    Args:
        path: The file; made by `save`.
        salt: What else the verdicts hang on.
    """

    def __init__(self, path: Path, salt: str = "") -> None:
        self.path = path
        self._salt = salt
        self._kept: dict[str, Verdict] = {}
        self._known: dict[str, Verdict] = {}
        try:
            data = json.loads(path.read_bytes())
            if data["rules"] == _rules():
                self._known = {k: [(str(s), str(i)) for s, i in v] for k, v in data["verdicts"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            pass  # no such file, or not one of ours: everything is judged anew

    def get(self, folder: PlanFolder) -> Verdict | None:
        """The verdict on a folder, if its tables are known."""
        key = self._key(folder)
        found = self._known.get(key)
        if found is not None:
            self._kept[key] = found
        return found

    def put(self, folder: PlanFolder, verdict: Verdict) -> None:
        """Remember the verdict on a folder."""
        self._kept[self._key(folder)] = verdict

    def save(self) -> None:
        """Write the verdicts that this run used."""
        data = {"rules": _rules(), "verdicts": dict(sorted(self._kept.items()))}
        replace_file(self.path, (json.dumps(data, indent=0) + "\n").encode("utf-8"))

    def _key(self, folder: PlanFolder) -> str:
        return f"{self._salt}{folder.digest}"


@functools.cache
def _rules() -> str:
    """SHA-256 of what a verdict hangs on besides the tables: ontology, shapes and the code between."""
    here = Path(__file__).resolve().parent
    files = [*sorted(resource_dir("ontology").glob("*.ttl"))]
    files += [here / f"{name}.py" for name in ("check", "folder", "model", "rdf", "shapes", "tables", "vocab")]
    digest = hashlib.sha256()
    for path in files:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def graph_digests(graphs: Sequence[Graph]) -> dict[str, str]:
    """SHA-256 of the triples of each graph."""
    return {name: hashlib.sha256("\n".join(triples).encode("utf-8")).hexdigest() for name, triples, _ in graphs}


def update_store(old: Path, before: dict[str, str], graphs: Sequence[Graph], merged: Set[str], new: Path) -> bool:
    """Make store ``new`` of store ``old``, if that is cheaper than to load everything.

    Args:
        old: Store of the build before, whole.
        before: SHA-256 of each of its graphs.
        graphs: The graphs that ``new`` is to have.
        merged: The facts that its default graph is to have.
        new: Where it is made.

    Returns:
        Whether it was made.
    """
    now = graph_digests(graphs)
    changed = {name for name in before.keys() | now.keys() if before.get(name) != now.get(name)}
    size = sum(len(triples) for _, triples, _ in graphs)
    if size < MIN_QUADS or sum(len(t) for name, t, _ in graphs if name in changed) > MAX_CHANGED * size:
        return False
    import pyoxigraph as ox

    source = open_store(old)
    fresh = {name: triples for name, triples, _ in graphs if name in changed}
    facts = {t for name, _, own in graphs if name in changed for t in own}
    gone: list[ox.Quad] = []
    come: list[ox.Quad] = []
    touched: set[ox.Triple] = set()
    for name in sorted(changed):
        graph = ox.NamedNode(name)
        there = {q.triple for q in source.quads_for_pattern(None, None, None, graph)}
        wanted = _parsed(fresh.get(name, ()))
        gone += [ox.Quad(t.subject, t.predicate, t.object, graph) for t in there - wanted]
        come += [ox.Quad(t.subject, t.predicate, t.object, graph) for t in wanted - there]
        touched |= there - wanted
    default = ox.DefaultGraph()
    # What another plan says as well stays.
    gone += [ox.Quad(t.subject, t.predicate, t.object, default) for t in touched if str(t) not in merged]
    come += [ox.Quad(t.subject, t.predicate, t.object, default) for t in _parsed(facts)]
    del source
    _copy(old, new)
    store = ox.Store(str(new))
    for quad in gone:
        store.remove(quad)
    store.extend(come)
    store.flush()
    del store
    return True


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
