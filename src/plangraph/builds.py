"""Plan folders → a build: checked tables, sorted TriG and an on-disk Oxigraph store, swapped in at once.

A build folder looks like this::

    CURRENT            name of the build in use; replaced in one step
    builds/NAME/       store/ (Oxigraph), graph.trig, build.json; results/ (analyses that were written back)

``NAME`` is a hash of what went in. A new build is made beside the old one and ``CURRENT`` is replaced last, so
whatever happens on the way, a reader finds the old build or the new one, whole.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plangraph.check import Report, check_folders
from plangraph.errors import BuildError, TablesError
from plangraph.files import replace_file
from plangraph.folder import find_plan_folders, read_folders
from plangraph.graph import BUILD_NAME, CURRENT, STORE, SUMMARY, TRIG, PlanGraph
from plangraph.query import open_store
from plangraph.rdf import build_graphs, write_trig
from plangraph.resolve.mappings import find_mappings
from plangraph.resolve.merge import Merged, merge_files
from plangraph.resolve.triples import MAPPINGS_GRAPH, mapping_triples
from plangraph.resources import resource_dir
from plangraph.reuse import MAX_UPDATES, Graph, Verdicts, graph_digests, update_store

if TYPE_CHECKING:
    from plangraph.network import Communities, Ranking

LOCK_SECONDS = 60.0
#: Raised when a build's files change for the same tables, so that an old build is not taken for a new one.
LAYOUT = 2
RESULTS = "results"
#: What the shapes said of the tables of the build in use.
VERDICTS = ".verdicts.json"
_WORK = "new-"


@dataclass(frozen=True, slots=True)
class Build:
    """What `build` made.

    Args:
        path: The build folder.
        name: Name of the build inside it.
        report: The check's report; it has no errors.
        plans: Number of plans.
        entities: Number of entities (an id in several plans is one).
        statements: Number of statements, rejected ones left out.
        quads: Quads in the store, the merged facts in the default graph included.
        merged: Entities that went into another one by accepted mappings.
        dropped: Statements left out because both their ends became one.
    """

    path: Path
    name: str
    report: Report
    plans: int
    entities: int
    statements: int
    quads: int
    merged: int = 0
    dropped: int = 0


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
        InputError: A folder or file that cannot be read, or mappings that contradict one another.
        TablesError: Faults in the tables, all of them; nothing was written.
        BuildError: The output cannot be written, or another build held it for a minute.
    """
    progress("read")
    found = find_plan_folders([Path(f) for f in folders] or [resource_dir("graph")])
    plans = read_folders(found)
    if accepted_only:
        plans = [p.accepted() for p in plans]
    progress("check")
    out = Path(output)
    verdicts = Verdicts(out / VERDICTS, "accepted " if accepted_only else "")
    report = check_folders(plans, verdicts=verdicts)
    if report.errors:
        raise TablesError(report.errors)
    files = find_mappings(found) if mappings is None else [Path(m) for m in mappings]
    merged = merge_files(plans, files)
    progress("write")
    _claim(out)
    with _locked(out):
        verdicts.save()
        name, quads = _write(merged, out, progress)
    entities = {e.id for p in merged.folders for e in p.entities}
    statements = sum(s.status != "rejected" for p in merged.folders for s in p.statements)
    return Build(out, name, report, len(plans), len(entities), statements, quads, len(merged.ids), merged.dropped)


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
    with _locked(out):
        kg = PlanGraph(out)
        try:
            summary = json.loads((kg.folder / SUMMARY).read_text("utf-8"))
        except (OSError, ValueError):
            raise _damaged(out) from None
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
    trig_bytes = summary.get("base_trig_bytes", (old / TRIG).stat().st_size)
    _clear(out, name, base)
    if not _is_whole(out / "builds" / name, quads):
        work = out / "builds" / f"{_WORK}{secrets.token_hex(8)}"
        work.mkdir()
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
            _append_trig(old / TRIG, trig_bytes, iri.rpartition("/")[0], results, work / TRIG)
            facts = {"name": name, "base": base, "plans": summary["plans"], "quads": quads}
            _summarise(work, {**facts, "base_quads": plain, "base_trig_bytes": trig_bytes})
            _swap_in(work, out / "builds" / name)
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise
    replace_file(out / CURRENT, (name + "\n").encode())


def _append_trig(old: Path, size: int, root: str, results: dict[str, str], new: Path) -> None:
    """The first ``size`` bytes of ``old``, which are the plans' graphs, then the graphs of results."""
    with old.open("rb") as source:
        data = source.read(size)
    graphs = [(f"{root}/{name}", text.replace(" .\n", "\n").splitlines()) for name, text in sorted(results.items())]
    write_trig(graphs, new)
    with new.open("rb+") as file:
        added = file.read()
        file.seek(0)
        file.write(data + added)
        os.fsync(file.fileno())


@contextlib.contextmanager
def _locked(out: Path) -> Iterator[None]:
    """Hold the build folder's lock."""
    from filelock import FileLock, Timeout

    try:
        with FileLock(out / ".lock", timeout=LOCK_SECONDS):
            yield
    except Timeout:
        raise BuildError(
            f"{out}: another build is running here; wait for it or choose another folder with -o",
            f"{out}：另一个构建正在进行；请等待其结束，或用 -o 另选文件夹",
        ) from None
    except OSError as error:
        why = error.strerror or str(error)
        raise BuildError(f"{out}: cannot be written ({why})", f"{out}：无法写入（{why}）") from None


def _damaged(out: Path) -> BuildError:
    return BuildError(
        f"{out}: the build is damaged; run plangraph build -o {out} again",
        f"{out}：构建已损坏；请重新运行 plangraph build -o {out}",
    )


def _claim(out: Path) -> None:
    """Make the output folder, and refuse one that holds something else."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        if any(not p.name.startswith(".") and p.name not in (CURRENT, "builds") for p in out.iterdir()):
            raise BuildError(
                f"{out}: this folder holds something else; choose another with -o",
                f"{out}：该文件夹已有别的内容；请用 -o 另选",
            )
        (out / "builds").mkdir(exist_ok=True)
    except OSError as error:
        why = error.strerror or str(error)
        raise BuildError(f"{out}: cannot be made ({why})", f"{out}：无法创建（{why}）") from None


def _write(plans: Merged, out: Path, progress: Callable[[str], None]) -> tuple[str, int]:
    """Make the build of ``plans`` unless it is there, and make it the current one; its name and quads."""
    graphs = list(build_graphs(plans.folders))
    if plans.mappings:
        graphs.append((MAPPINGS_GRAPH, *mapping_triples(plans)))
    digests = graph_digests(graphs)
    listed = "".join(f"{graph} {digest}\n" for graph, digest in digests.items())
    name = hashlib.sha256(f"layout {LAYOUT}\n{listed}".encode()).hexdigest()[:16]
    with_results = _current_of(out, name)
    if with_results is not None:  # the same tables: what was computed on them still holds
        return with_results
    merged = {t for _, _, facts in graphs for t in facts}
    quads = sum(len(triples) for _, triples, _ in graphs) + len(merged)
    target = out / "builds" / name
    _clear(out, name)
    if not _is_whole(target, quads):
        work = out / "builds" / f"{_WORK}{secrets.token_hex(8)}"
        work.mkdir()
        try:
            progress("store")
            updates = _update(out, graphs, merged, work, quads)
            if not updates:
                _load(work, graphs, sorted(merged))
            progress("trig")
            _write_trig(work, graphs)
            ids = [p.plan.id for p in plans.folders]
            facts = {"name": name, "plans": ids, "quads": quads, "graphs": digests, "updates": updates}
            _summarise(work, facts)
            progress("swap")
            _swap_in(work, target)
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise
    replace_file(out / CURRENT, (name + "\n").encode())
    return name, quads


def _summarise(work: Path, facts: dict[str, Any]) -> None:
    facts["trig_sha256"] = hashlib.sha256((work / TRIG).read_bytes()).hexdigest()
    replace_file(work / SUMMARY, (json.dumps(facts, indent=1) + "\n").encode())


def _swap_in(work: Path, target: Path) -> None:
    damaged = target.with_name(f"{work.name}-damaged")
    if target.exists():
        os.replace(target, damaged)
    os.replace(work, target)
    shutil.rmtree(damaged, ignore_errors=True)


def _current_of(out: Path, base: str) -> tuple[str, int] | None:
    """Name and quads of the current build if it is ``base`` with results written back, and whole."""
    try:
        current = (out / CURRENT).read_text("utf-8").strip()
        summary = json.loads((out / "builds" / current / SUMMARY).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    if summary.get("base") != base or not _is_whole(out / "builds" / current, summary.get("quads", -1)):
        return None
    return current, int(summary["quads"])


def _clear(out: Path, name: str, base: str = "") -> None:
    """Remove what earlier builds left, but for ``name``, ``base`` and the current one, which may be in use."""
    for stray in out.glob(f".{CURRENT}-*"):
        stray.unlink(missing_ok=True)
    current = (out / CURRENT).read_text("utf-8", errors="replace").strip() if (out / CURRENT).is_file() else ""
    for stray in (out / "builds").iterdir():
        ours = stray.name.startswith(_WORK) or BUILD_NAME.fullmatch(stray.name)
        if ours and stray.name not in (name, base, current):
            shutil.rmtree(stray, ignore_errors=True)


def _is_whole(target: Path, quads: int) -> bool:
    """Whether the build in ``target`` is there and as it was made."""
    try:
        summary = json.loads((target / SUMMARY).read_text("utf-8"))
        trig = hashlib.sha256((target / TRIG).read_bytes()).hexdigest()
        return len(open_store(target / STORE)) == quads and trig == summary["trig_sha256"]
    except (OSError, ValueError, KeyError, RuntimeError, BuildError):
        return False


def _update(out: Path, graphs: Sequence[Graph], merged: set[str], work: Path, quads: int) -> int:
    """Make the store from that of the current build; how many times in a row that was done, 0 if it was not."""
    try:
        old = out / "builds" / (out / CURRENT).read_text("utf-8").strip()
        summary = json.loads((old / SUMMARY).read_text("utf-8"))
        before, updates = dict(summary["graphs"]), int(summary["updates"]) + 1
    except (OSError, ValueError, KeyError, TypeError):
        return 0
    if updates > MAX_UPDATES or not _is_whole(old, summary.get("quads", -1)):
        return 0
    try:
        made = update_store(old / STORE, before, graphs, merged, work / STORE)
        if made and len(open_store(work / STORE)) == quads:
            return updates
    except (OSError, RuntimeError, ValueError, BuildError):
        pass  # whatever ails the old store, a new one can be made
    shutil.rmtree(work / STORE, ignore_errors=True)
    return 0


def _load(work: Path, graphs: Sequence[Graph], merged: Sequence[str]) -> None:
    import pyoxigraph as ox

    store = ox.Store(str(work / STORE))
    lines = [f"{t} <{graph}> .\n" for graph, triples, _ in graphs for t in triples]
    lines += [f"{t} .\n" for t in merged]
    store.bulk_load("".join(lines).encode("utf-8"), format=ox.RdfFormat.N_QUADS)
    store.flush()


def _write_trig(work: Path, graphs: Sequence[Graph]) -> None:
    write_trig(((graph, triples) for graph, triples, _ in graphs), work / TRIG)
    with (work / TRIG).open("rb+") as file:
        os.fsync(file.fileno())
