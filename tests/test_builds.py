"""A build is the same bytes every time, has no blank node, and is replaced whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

import plangraph
from plangraph import build_folder, builds
from plangraph.build_folder import CURRENT, WORKPLACE
from plangraph.builds import build
from plangraph.errors import BuildError, InputError, TablesError
from plangraph.graph import PlanGraph
from plangraph.query import open_store
from tests.conftest import CLI, InventedPlan, environment, moments_to_kill
from tests.faults.small_plan import Draft

Maker = Callable[..., InventedPlan]


def dump(folder: Path) -> list[str]:
    """Every quad of a build's store, in the store's own order."""
    return [str(quad) for quad in open_store(folder / "store")]


def current(output: Path) -> Path:
    return output / "builds" / (output / CURRENT).read_text("utf-8").strip()


# -- the same bytes -------------------------------------------------------------------------------------------


def test_two_builds_are_the_same_bytes(checkout: Path, tmp_path: Path) -> None:
    folders = []
    for number in (1, 2):
        # Another folder, another hash seed, another working directory, another language.
        tables = tmp_path / f"copy{number}" / "tianjin-145"
        shutil.copytree(checkout / "graph" / "tianjin-145", tables)
        env = environment(PYTHONHASHSEED=str(number), PLANGRAPH_LANG=["zh", "en"][number - 1])
        subprocess.run(
            [*CLI, "build", tables, "-o", tmp_path / f"out{number}"],
            cwd=tables.parent,
            env=env,
            check=True,
            capture_output=True,
        )
        folders.append(current(tmp_path / f"out{number}"))
    one, two = folders
    assert one.name == two.name
    assert sorted(p.name for p in one.iterdir()) == ["build.json", "store"]
    assert dump(one) == dump(two)


def test_another_statement_is_another_build(small_plan: Maker, tmp_path: Path) -> None:
    names = {build([small_plan(parks=n, root=tmp_path / str(n)).path], tmp_path / f"out{n}").name for n in (3, 4)}
    assert len(names) == 2


def test_no_blank_nodes(tianjin: Path) -> None:
    for quad in open_store(current(tianjin) / "store"):
        assert not any(isinstance(t, ox.BlankNode) for t in (quad.subject, quad.object, quad.graph_name))


def test_the_merged_facts_are_facts_of_the_named_graphs(tianjin: Path) -> None:
    in_store = list(open_store(current(tianjin) / "store"))
    merged = {str(q.triple) for q in in_store if isinstance(q.graph_name, ox.DefaultGraph)}
    named = {str(q.triple) for q in in_store if not isinstance(q.graph_name, ox.DefaultGraph)}
    assert merged < named  # why an inferred fact holds is not itself a merged fact


def test_the_summary_counts(small_plan: Maker, tmp_path: Path) -> None:
    made = build([small_plan(parks=3).path], tmp_path / "out")
    assert (made.plans, made.entities, made.statements) == (1, 4, 5)
    summary = json.loads((current(tmp_path / "out") / "build.json").read_text("utf-8"))
    assert summary["plans"] == ["small"]
    assert summary["quads"] == made.quads == len(dump(current(tmp_path / "out")))


def test_proposed_statements_can_be_left_out(small_plan: Maker, tmp_path: Path) -> None:
    plan = small_plan(parks=3)
    table = plan.path / "statements.csv"
    lines = table.read_text("utf-8").splitlines()
    lines[1] = lines[1].replace(",accepted,", ",proposed,")
    lines[2] = lines[2].replace(",accepted,", ",rejected,")
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert build([plan.path], tmp_path / "all").statements == 4
    assert build([plan.path], tmp_path / "accepted", accepted_only=True).statements == 3
    assert {s.status for s in plangraph.open(tmp_path / "accepted").statements()} == {"accepted"}


def test_several_plans_make_one_build(small_plan: Maker, tmp_path: Path) -> None:
    small_plan("one", parks=3)
    both = small_plan("two", parks=2).path.parent
    made = build([both], tmp_path / "out")
    assert (made.plans, made.entities, made.statements) == (2, 4, 8)  # an id in both plans is one entity
    kg = plangraph.open(tmp_path / "out")
    assert {s.plan for s in kg.statements()} == {"one", "two"}


# -- nothing is lost ------------------------------------------------------------------------------------------


def test_a_fault_in_the_tables_leaves_everything_as_it_was(small_plan: Maker, tmp_path: Path) -> None:
    plan = small_plan()
    build([plan.path], tmp_path / "out")
    before = {p: p.read_bytes() for p in sorted((tmp_path / "out").rglob("*")) if p.is_file()}
    with (plan.path / "statements.csv").open("a", encoding="utf-8") as file:
        file.write("park/nobody,focusesOn,domain/d,accepted,curated,1,,1,0,2,某某,tester,2026-01-01,\n")
    with pytest.raises(TablesError, match="park/nobody"):
        build([plan.path], tmp_path / "out")
    assert {p: p.read_bytes() for p in sorted((tmp_path / "out").rglob("*")) if p.is_file()} == before
    with pytest.raises(TablesError):
        build([plan.path], tmp_path / "fresh")
    assert not (tmp_path / "fresh").exists()


def test_a_folder_without_plans_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"plan\.toml"):
        build([tmp_path], tmp_path / "out")


@pytest.mark.parametrize("stranger", ["letter.docx", "src/main.py"])
def test_a_folder_that_holds_something_else_is_refused(small_plan: Maker, tmp_path: Path, stranger: str) -> None:
    output = tmp_path / "mine"
    (output / "builds").mkdir(parents=True)
    kept = [output / stranger, output / "builds" / "release-1" / "notes.txt"]
    for path in kept:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("dear", encoding="utf-8")
    with pytest.raises(BuildError, match="something else"):
        build([small_plan().path], output)
    assert all(p.read_text("utf-8") == "dear" for p in kept)


def test_what_is_not_ours_among_the_builds_is_left_alone(small_plan: Maker, tmp_path: Path) -> None:
    output = tmp_path / "out"
    for name in ("release-1", "deadbeef"):
        (output / "builds" / name).mkdir(parents=True)
    for parks in (2, 3, 4):
        build([small_plan(parks=parks).path], output)
    assert {"release-1", "deadbeef"} < {p.name for p in (output / "builds").iterdir()}


def test_an_old_build_goes_when_it_cannot_be_in_use(small_plan: Maker, tmp_path: Path) -> None:
    output = tmp_path / "out"
    made = []
    for parks in (2, 3, 4):
        stray = output / "builds" / "new-0123456789abcdef"
        stray.mkdir(parents=True)
        made.append(build([small_plan(parks=parks).path], output).name)
    left = {p.name for p in (output / "builds").iterdir()}
    assert left == set(made[1:])  # the one before stays for those who read it


@pytest.mark.parametrize(
    "what", ["table", "manifest", "summary", "summary gone", "CURRENT", "CURRENT gone", "store gone"]
)
def test_building_again_mends_a_damaged_build(small_plan: Maker, tmp_path: Path, what: str) -> None:
    plan, output = small_plan().path, tmp_path / "out"
    first = build([plan], output)
    whole = dump(current(output))
    store = current(output) / "store"
    if what == "table":
        for table in store.glob("*.sst"):
            os.truncate(table, table.stat().st_size // 2)
    elif what == "manifest":
        os.truncate(next(store.glob("MANIFEST-*")), 0)
    elif what == "summary":
        os.truncate(current(output) / "build.json", 20)
    elif what == "summary gone":
        (current(output) / "build.json").unlink()
    elif what == "CURRENT":
        (output / CURRENT).write_bytes(b"")
    elif what == "CURRENT gone":
        (output / CURRENT).unlink()
    else:
        shutil.rmtree(store)
    again = build([plan], output)
    assert again.name == first.name
    assert dump(current(output)) == whole
    assert [p.name for p in (output / "builds").iterdir()] == [first.name]


def test_others_may_read_a_build_as_the_umask_says(small_plan: Maker, tmp_path: Path) -> None:
    old = os.umask(0o022)
    try:
        build([small_plan().path], tmp_path / "out")
    finally:
        os.umask(old)
    for path, mode in ((tmp_path / "out" / CURRENT, 0o644), (current(tmp_path / "out"), 0o755)):
        assert stat.S_IMODE(path.stat().st_mode) == mode
    assert stat.S_IMODE((current(tmp_path / "out") / "build.json").stat().st_mode) == 0o644


def test_an_interrupted_build_leaves_no_litter(
    small_plan: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build([small_plan(parks=2).path], tmp_path / "out")
    before = sorted(p.name for p in (tmp_path / "out" / "builds").iterdir())

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(builds, "_load", interrupted)
    with pytest.raises(KeyboardInterrupt):
        build([small_plan(parks=3).path], tmp_path / "out")
    assert sorted(p.name for p in (tmp_path / "out" / "builds").iterdir()) == before
    assert not list((tmp_path / "out").glob(f"{WORKPLACE}*"))
    assert len(plangraph.open(tmp_path / "out").entities("Park")) == 2


# -- at any moment --------------------------------------------------------------------------------------------

_BUILDER = """
import sys
from itertools import cycle
from plangraph.builds import build
print("ready", flush=True)
for folder in cycle(sys.argv[2:]):
    build([folder], sys.argv[1])
"""


@pytest.fixture
def three_plans(small_plan: Maker, tmp_path: Path) -> dict[int, Path]:
    """Plan folders by their number of parks. Three in turn: with two, both builds would soon be there already."""
    return {n: small_plan(parks=n, root=tmp_path / f"plans{n}").path for n in (2, 3, 5)}


def assert_whole(output: Path, allowed: dict[int, tuple[int, int]]) -> int:
    """The current build is one of ``allowed`` (parks to statements and quads), to the last quad; its parks."""
    kg = PlanGraph(output)
    parks = len(kg.entities("Park"))
    assert (len(kg.statements()), len(dump(kg.folder))) == allowed[parks]
    summary = json.loads((kg.folder / "build.json").read_text("utf-8"))
    assert summary["quads"] == allowed[parks][1]
    return parks


def test_killed_at_any_moment(three_plans: dict[int, Path], tmp_path: Path) -> None:
    output = tmp_path / "out"
    allowed = {}
    for parks, folder in three_plans.items():
        made = build([folder], output)
        allowed[parks] = (made.statements, made.quads)
    seen: set[int] = set()
    strays: list[Path] = []
    for pause in moments_to_kill(20260101, 0.2, lambda: len(seen) > 1 and bool(strays)):
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", _BUILDER, output, *three_plans.values()], stdout=subprocess.PIPE
        )
        with process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            time.sleep(pause)
            process.send_signal(signal.SIGKILL)
        seen.add(assert_whole(output, allowed))
        strays.extend(output.glob(f"{WORKPLACE}*"))
    assert len(seen) > 1, "the kills came too early to meet a swap"
    assert strays, "no kill met a build in the middle"
    for parks, folder in three_plans.items():
        build([folder], output)
        assert assert_whole(output, allowed) == parks
        assert not list(output.glob(f"{WORKPLACE}*"))


@pytest.fixture
def busy_builder(three_plans: dict[int, Path], tmp_path: Path) -> Iterator[Path]:
    """An output folder in which a process builds without end."""
    output = tmp_path / "out"
    for folder in three_plans.values():
        build([folder], output)
    arguments = [sys.executable, "-P", "-c", _BUILDER, output, *three_plans.values()]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield output
        finally:
            process.kill()


def test_a_reader_never_meets_half_a_build(busy_builder: Path) -> None:
    seen = set()
    for _ in range(60):
        for _attempt in range(5):
            try:
                kg = PlanGraph(busy_builder)
                facts = (len(kg.entities("Park")), len(kg.statements()))
                break
            except BuildError:
                continue  # two whole builds went by between reading CURRENT and opening: look again
        seen.add(facts)
    assert seen <= {(2, 3), (3, 5), (5, 9)}
    assert len(seen) > 1


def test_two_builders_at_once_both_end_well(three_plans: dict[int, Path], tmp_path: Path) -> None:
    output = tmp_path / "out"
    running = [
        subprocess.Popen([*CLI, "build", folder, "-o", output], env=environment(), stderr=subprocess.PIPE)
        for folder in three_plans.values()
    ]
    ends = [(process.communicate(timeout=120)[1], process.returncode) for process in running]
    assert ends == [(b"", 0)] * 3
    assert len(PlanGraph(output).entities("Park")) in three_plans


def test_a_builder_that_waits_too_long_says_so(
    small_plan: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from filelock import FileLock

    plan, output = small_plan().path, tmp_path / "out"
    build([plan], output)
    monkeypatch.setattr(build_folder, "LOCK_SECONDS", 0.05)
    with FileLock(output / ".lock"), pytest.raises(BuildError, match="another build is running") as caught:
        build([plan], output)
    assert "另一个构建正在进行" in caught.value.zh


def test_what_a_killed_build_laid_aside_goes_with_the_next(small_plan: Maker, tmp_path: Path) -> None:
    output = tmp_path / "out"
    first = build([small_plan(parks=2).path], output)
    (output / f"{WORKPLACE}left").mkdir()
    (output / f"{WORKPLACE}left" / "key").write_bytes(b"x")
    assert build([small_plan(parks=2).path], output).name == first.name
    assert not [*output.glob(f"{WORKPLACE}*")]


def test_a_fault_in_the_tables_makes_no_folder(tmp_path: Path) -> None:
    draft = Draft()
    draft.statements[0]["predicate"] = "no relation"
    with pytest.raises(TablesError):
        build([draft.write(tmp_path)[0]], tmp_path / "out")
    assert not (tmp_path / "out").exists()
