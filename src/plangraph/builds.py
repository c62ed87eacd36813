"""Plan folders → a build: checked tables and an on-disk Oxigraph store, swapped in at once.

A build folder looks like this::

    CURRENT            name of the build in use; replaced in one step
    builds/NAME/       store/ (Oxigraph), build.json; results/ (analyses that were written back)

``NAME`` is a hash of what went in. A new build is made beside the old one and ``CURRENT`` is replaced last, so
whatever happens on the way, a reader finds the old build or the new one, whole. Plans go one by one into the store, the
first while others are still read, so memory holds their gists and never their quads; where few plans changed, only these
are read and only these quads move.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import hashlib
import itertools
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from plangraph.build_folder import (
    CURRENT,
    LAYOUT,
    STORE,
    clear,
    new_build,
    sound,
    summarise,
    summary_of,
    swap_in,
    whole,
    workplace,
)
from plangraph.bulk_load import BulkLoad
from plangraph.check import CountLine, Report
from plangraph.errors import BuildError
from plangraph.files import replace_file
from plangraph.folder import find_plan_folders
from plangraph.inference import Claim, Why, derive_change, infer, inference
from plangraph.parts import Part, Parts, Spool, read_parts, read_plan, table_key
from plangraph.rdf import ntriples, ontology_triples, plan_triples
from plangraph.resolve.mappings import find_mappings, read_mappings
from plangraph.resolve.merge import Merging, merge
from plangraph.resolve.triples import MAPPINGS_GRAPH, mapping_triples
from plangraph.resources import resource_dir
from plangraph.reuse import MAX_CHANGED, MAX_UPDATES, MIN_QUADS, Change, update_store
from plangraph.vocab import INFERRED_GRAPH, ONTOLOGY_GRAPH, plan_iri, world_graph_iri

#: What is known of the plans of the build in use.
PARTS = ".parts.sqlite"


@dataclass(frozen=True)
class Build:
    """What `build` made.

    Args:
        path: The build folder.
        name: Name of the build inside it.
        parts: What was read of each plan.
        plans: Number of plans.
        entities: Number of entities (an id in several plans is one).
        statements: Number of statements, rejected ones left out.
        quads: Quads in the store, the merged facts in the default graph included.
        merged: Entities that went into another one by accepted mappings.
        dropped: Statements left out because both their ends became one.
    """

    path: Path
    name: str
    parts: tuple[Part, ...] = field(repr=False)
    plans: int
    entities: int
    statements: int
    quads: int
    merged: int = 0
    dropped: int = 0

    @property
    def warned(self) -> Counter[str]:
        """How many warnings the check has, by code; faster than to list them in `report`."""
        return sum((Counter(p.found) for p in self.parts), Counter())

    @functools.cached_property
    def report(self) -> Report:
        """The check's report; it has no errors."""
        faults = tuple(f for p in self.parts for f in p.faults)
        return Report(faults, self.counts, sum(len(p.gist.claims) for p in self.parts), None)

    @property
    def counts(self) -> tuple[CountLine, ...]:
        """Each count that a plan states, beside what the graph has."""
        return tuple(c for p in self.parts for c in p.counts)


def build(
    folders: Sequence[Path | str] = (),
    output: Path | str = "plangraph-build",
    accepted_only: bool = False,
    progress: Callable[[str], None] = lambda step: None,
    mappings: Sequence[Path | str] | None = None,
) -> Build:
    """Build the graph of ``folders`` into ``output``.

    Args:
        folders: Plan folders, or folders that hold plan folders; without any, the ones that come with plangraph.
        output: The build folder; made if it is not there.
        accepted_only: Leave proposed statements out.
        progress: Called with the name of each step as it starts.
        mappings: Files that say which entities are one thing (`plangraph resolve` makes them); without it those that
            stand beside the plan folders, with an empty sequence none.

    Raises:
        InputError: A folder or file that cannot be read or changes meanwhile, or mappings that contradict one another.
        TablesError: Faults in the tables, all of them; nothing was written.
        BuildError: The output cannot be written, or another build held it for a minute.
    """
    progress("read")
    found = find_plan_folders([Path(f) for f in folders] or [resource_dir("graph")])
    files = find_mappings(found) if mappings is None else [Path(m) for m in mappings]
    lines = [m for f in files for m in read_mappings(f)]
    out = Path(output)
    with workplace(out) as folder, BulkLoad(new_build(folder) / STORE) as load, _no_search_for_cycles():
        memory, spool = Parts(out / PARTS), Spool(folder)
        keys = [(path, table_key(path, accepted_only)) for path in found]
        known = memory.known(keys)
        # Where no update of the current store will do, what the merging leaves alone is loaded as soon as it is read.
        anew = known.count(None) > MAX_CHANGED * len(known)
        mapped = {i for m in lines if m.status == "accepted" and m.merges for i in (m.one, m.other)}

        def ready(part: Part) -> None:
            if anew and mapped.isdisjoint(e[0] for e in part.gist.entities):
                triples = spool.take(part.key)
                if triples is not None:
                    load.add_plan(part.key, part.gist.plan, *triples)

        raw = read_parts(keys, known, accepted_only, spool, ready, progress)
        merging = merge([p.gist for p in raw], lines, ", ".join(map(str, files)))
        corpus = _corpus(raw, merging, accepted_only, spool)
        progress("write")
        name, quads = _write(corpus, memory, out, load, progress)
        memory.save([*raw, *corpus.parts])
    gists = [p.gist for p in corpus.parts]
    entities = {e[0] for g in gists for e in g.entities}
    statements = sum(len(g.claims) for g in gists)
    return Build(out, name, tuple(raw), len(raw), len(entities), statements, quads, len(merging.ids), corpus.dropped)


@contextlib.contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Keep Python from looking for garbage in cycles: a build makes none, and the search takes a tenth of its time."""
    usual = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if usual:
            if not gc.get_freeze_count():  # what is there now counts as old, so that nothing is searched at once
                gc.freeze()
                gc.unfreeze()
            gc.enable()


@dataclass(frozen=True, slots=True)
class _Corpus:
    """The plans of one build.

    Args:
        parts: Each plan after the merging; the key of one that the merging touches says so.
        keys: Key of each plan's tables.
        merging: What becomes one.
        accepted_only: Whether proposed statements are left out.
        dropped: Statements left out because both their ends became one.
        spool: Triples of the plans that were read for this build.
    """

    parts: tuple[Part, ...]
    keys: dict[str, str]
    merging: Merging
    accepted_only: bool
    dropped: int
    spool: Spool

    def mappings(self) -> tuple[list[str], list[str]]:
        """Triples of the graph of mappings, and which of them are facts."""
        return mapping_triples(self.merging, [p.gist for p in self.parts]) if self.merging.mappings else ([], [])

    def triples(self, part: Part) -> tuple[bytes, bytes]:
        """N-Triples of a plan's own graph and of its world graph."""
        spooled = self.spool.take(part.key)  # under another key where the merging touches the plan
        if spooled is not None:
            return spooled
        folder = read_plan(part.path, self.keys[part.gist.plan], self.accepted_only)
        own, world = plan_triples(self.merging.folder(folder))
        return ntriples(own).encode("utf-8"), ntriples(world).encode("utf-8")


def _corpus(raw: Sequence[Part], merging: Merging, accepted_only: bool, spool: Spool) -> _Corpus:
    parts, dropped = [], 0
    for part in raw:
        gist, fell = merging.gist(part.gist)
        dropped += fell
        if merging.touches(part.gist):
            key = hashlib.sha256(f"{part.key}\n{merging.words(part.gist)}".encode()).hexdigest()
            part = replace(part, key=key, gist=gist)
        parts.append(part)
    keys = {p.gist.plan: p.key for p in raw}
    return _Corpus(tuple(parts), keys, merging, accepted_only, dropped, spool)


def _write(
    corpus: _Corpus, memory: Parts, out: Path, load: BulkLoad, progress: Callable[[str], None]
) -> tuple[str, int]:
    """Make the build of ``corpus`` unless it is there, and make it the current one; its name and quads."""
    keys = {p.gist.plan: p.key for p in corpus.parts}
    mapped = hashlib.sha256("\n".join(corpus.mappings()[0]).encode("utf-8")).hexdigest()
    listed = "".join(f"{plan} {key}\n" for plan, key in sorted(keys.items()))
    name = hashlib.sha256(f"layout {LAYOUT}\n{mapped}\n{listed}".encode()).hexdigest()[:16]
    with_results = _current_of(out, name)
    if with_results is not None:  # the same tables: what was computed on them still holds
        return with_results
    target, work = out / "builds" / name, load.path.parent
    clear(out, name)
    there = whole(target)
    if there is not None:
        quads = int(there["quads"])
    else:
        progress("store")
        updates, quads = (None if load.plans else _update(out, corpus, memory, mapped, work / STORE)) or (
            0,
            _load(corpus, load, progress),
        )
        counts = {
            p.gist.plan: {"entities": len(p.gist.entities), "statements": len(p.gist.claims)} for p in corpus.parts
        }
        facts = {
            "name": name,
            "plans": [*keys],
            "quads": quads,
            "parts": keys,
            "mapped": mapped,
            "updates": updates,
        }
        summarise(work, {**facts, "counts": counts})
        progress("swap")
        swap_in(work, target)
    replace_file(out / CURRENT, (name + "\n").encode())
    return name, quads


def _current_of(out: Path, base: str) -> tuple[str, int] | None:
    """Name and quads of the current build if it is ``base`` with results written back, and whole."""
    summary = summary_of(out)
    if summary is None or summary.get("base") != base or whole(out / "builds" / str(summary["name"])) is None:
        return None
    return str(summary["name"]), int(summary["quads"])


def _update(out: Path, corpus: _Corpus, memory: Parts, mapped: str, store: Path) -> tuple[int, int] | None:
    """Make the store from that of the current build, if that pays: how many times in a row that was done, and quads."""
    summary = summary_of(out)
    try:
        assert summary is not None
        before, updates = dict(summary["parts"]), int(summary["updates"]) + 1
        quads, same_mappings = int(summary.get("base_quads", summary["quads"])), summary["mapped"] == mapped
        old = out / "builds" / str(summary["name"])
    except (AssertionError, KeyError, TypeError, ValueError):
        return None
    now = {p.gist.plan: p for p in corpus.parts}
    changed = {plan for plan in before.keys() | now.keys() if plan not in now or before.get(plan) != now[plan].key}
    few = len(changed) <= MAX_CHANGED * max(len(before), len(now))
    if updates > MAX_UPDATES or quads < MIN_QUADS or not few or "base" in summary or sound(old) is None:
        return None
    were = memory.known([(out, before[plan]) for plan in sorted(changed & before.keys())])
    if None in were:
        return None
    change = _change([p for p in were if p], changed, corpus, same_mappings)
    try:
        return updates, quads + update_store(old / STORE, change, store)
    except (OSError, RuntimeError, ValueError, BuildError):  # whatever ails the old store, a new one can be made
        shutil.rmtree(store, ignore_errors=True)
        return None


def _change(were: Sequence[Part], changed: set[str], corpus: _Corpus, same_mappings: bool) -> Change:
    """What becomes another in the store where the plans ``changed``, which ``were``, are as ``corpus`` has them."""
    change = Change()
    for plan in changed:
        change.whole[plan_iri(plan)] = change.whole[world_graph_iri(plan)] = []
    for part in corpus.parts:
        if part.gist.plan in changed:
            for iri, text in zip((plan_iri, world_graph_iri), corpus.triples(part), strict=True):
                change.whole[iri(part.gist.plan)] = lines = text.decode("utf-8").split(" .\n")[:-1]
                change.facts.update(lines)
    if not same_mappings:
        change.whole[MAPPINGS_GRAPH], facts = corpus.mappings()
        change.facts.update(facts)
    after = [p.gist for p in corpus.parts]
    before = [g for g in after if g.plan not in changed] + [p.gist for p in were]
    old, new = derive_change(before, after)
    moved: list[set[str]] = []
    for ours, theirs in ((old, new), (new, old)):
        other = [
            inference(fact, why[0], _only_in(why, theirs.get(fact)))
            for fact, why in ours.items()
            if theirs.get(fact) != why
        ]
        moved.append({line for fact, why in other for line in (fact, *why)})
        change.facts.update(fact for fact, _ in other)
    change.gone[INFERRED_GRAPH], change.come[INFERRED_GRAPH] = sorted(moved[0] - moved[1]), sorted(moved[1] - moved[0])
    return change


def _only_in(why: Why, other: Why | None) -> tuple[Claim, ...]:
    """Premises that ``other`` has not; of a popular fact most stay, and their lines need not be made."""
    if other is None or other[0] != why[0]:
        return why[1]
    known = set(other[1])
    return tuple(c for c in why[1] if c not in known)


def _load(corpus: _Corpus, load: BulkLoad, progress: Callable[[str], None]) -> int:
    """Load what is not loaded yet; how many quads there are then."""
    rest = [p for p in corpus.parts if p.key not in load.plans]
    for number, part in enumerate(rest, len(corpus.parts) - len(rest) + 1):
        progress(f"store {number}/{len(corpus.parts)}")
        load.add_plan(part.key, part.gist.plan, *corpus.triples(part))
    load.add(MAPPINGS_GRAPH, *(ntriples(t).encode("utf-8") for t in corpus.mappings()))
    load.add(ONTOLOGY_GRAPH, ntriples(ontology_triples()).encode("utf-8"))
    progress("infer")
    inferred = iter(infer([p.gist for p in corpus.parts]))
    while some := list(itertools.islice(inferred, 500)):
        triples, facts = ntriples(t for fact, why in some for t in (fact, *why)), ntriples(fact for fact, _ in some)
        load.add(INFERRED_GRAPH, triples.encode("utf-8"), facts.encode("utf-8"))
    progress("end")
    load.finish()
    return load.quads
