"""A build that takes over from the one before gives what a build from nothing gives."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest

import plangraph
import plangraph.check
import plangraph.graph
from plangraph import builds, parts
from plangraph.builds import build
from plangraph.errors import PlangraphError, TablesError
from plangraph.resolve.mappings import FILE, Mapping, mappings_tsv
from plangraph.reuse import Change, update_store
from plangraph.vocab import PLAN, entity_iri, plan_iri
from tests.conftest import invent_plan


def invent(root: Path, number: int, draw: random.Random) -> None:
    """A plan that shares names with the others."""
    parks = [(f"park/p{n}", "Park", f"园{n}") for n in sorted(draw.sample(range(12), 4))]
    domains = [(f"domain/d{n}", "Domain", f"域{n}") for n in sorted(draw.sample(range(12), 4))]
    pairs = {(draw.choice(parks)[0], "focusesOn", draw.choice(domains)[0]) for _ in range(8)}
    invent_plan(root, f"plan{number}", [*parks, *domains], sorted(pairs))


def contents(path: Path) -> tuple[list[str], int, str]:
    """Everything a reader can see of a build: the store's quads, their number as the summary has it, the name."""
    kg = plangraph.open(path)
    summary = json.loads((kg.folder / "build.json").read_text("utf-8"))
    return sorted(map(str, kg.store)), summary["quads"], kg.name


def updates(path: Path) -> int:
    """How many times in a row the store was made from the one before."""
    return int(json.loads((plangraph.open(path).folder / "build.json").read_text("utf-8"))["updates"])


def test_random_edits_give_the_same_quads_as_a_build_from_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builds, "MAX_CHANGED", 1.0)
    monkeypatch.setattr(builds, "MIN_QUADS", 0)
    draw = random.Random(7)
    root = tmp_path / "plans"
    for number in range(6):
        invent(root, number, draw)
    build([root], tmp_path / "out")
    reused = 0
    for step in range(8):
        what = draw.choice(["add", "replace", "remove", "map"])
        if what == "add":
            invent(root, 10 + step, draw)
        elif what == "replace":
            invent(root, draw.randrange(1, 6), draw)
        elif what == "remove":
            shutil.rmtree(sorted(p for p in root.iterdir() if p.is_dir())[-1])
        else:
            one, other = sorted(draw.sample([f"park/p{n}" for n in range(12)], 2))
            (root / FILE).write_bytes(mappings_tsv([Mapping(one, other, "owl:sameAs", "accepted")]))
        build([root], tmp_path / "out")
        reused += updates(tmp_path / "out") > 0
        build([root], tmp_path / f"new{step}")
        assert contents(tmp_path / "out") == contents(tmp_path / f"new{step}"), what
    assert reused >= 4


def test_the_old_build_is_left_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builds, "MAX_CHANGED", 1.0)
    monkeypatch.setattr(builds, "MIN_QUADS", 0)
    draw = random.Random(8)
    root = tmp_path / "plans"
    for number in range(3):
        invent(root, number, draw)
    build([root], tmp_path / "out")
    old = plangraph.open(tmp_path / "out")
    before = sorted(map(str, old.store))
    invent(root, 1, draw)
    build([root], tmp_path / "out")
    assert updates(tmp_path / "out") == 1
    again = plangraph.graph.PlanGraph(tmp_path / "out", old.name)
    assert sorted(map(str, again.store)) == before


def test_many_changes_and_many_updates_load_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builds, "MIN_QUADS", 0)
    monkeypatch.setattr(builds, "MAX_CHANGED", 0.0)
    draw = random.Random(9)
    root = tmp_path / "plans"
    for number in range(3):
        invent(root, number, draw)
    build([root], tmp_path / "out")
    for number in range(3):
        invent(root, number, draw)
    build([root], tmp_path / "out")
    assert updates(tmp_path / "out") == 0
    monkeypatch.setattr(builds, "MAX_CHANGED", 1.0)
    monkeypatch.setattr(builds, "MIN_QUADS", 0)
    monkeypatch.setattr(builds, "MAX_UPDATES", 1)
    seen = []
    for _ in range(3):
        invent(root, 1, draw)
        build([root], tmp_path / "out")
        seen.append(updates(tmp_path / "out"))
    assert seen == [1, 0, 1]


def test_a_damaged_store_is_not_taken_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builds, "MAX_CHANGED", 1.0)
    monkeypatch.setattr(builds, "MIN_QUADS", 0)
    draw = random.Random(10)
    root = tmp_path / "plans"
    invent(root, 1, draw)
    build([root], tmp_path / "out")
    for file in (plangraph.open(tmp_path / "out").folder / "store").glob("*.sst"):
        file.write_bytes(file.read_bytes()[:100])
    invent(root, 1, draw)
    build([root], tmp_path / "out")
    build([root], tmp_path / "new")
    assert contents(tmp_path / "out") == contents(tmp_path / "new")


def test_what_is_known_of_tables_is_kept_and_never_hides_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = random.Random(11)
    root = tmp_path / "plans"
    for number in range(3):
        invent(root, number, draw)
    first = build([root], tmp_path / "out").report
    judged: list[int] = []
    judge = plangraph.check.violations
    monkeypatch.setattr(plangraph.check, "violations", lambda folder: judged.append(1) or judge(folder))
    assert build([root], tmp_path / "out").report == first
    assert not judged
    path = root / "plan1" / "statements.csv"
    path.write_text(path.read_text("utf-8").replace("focusesOn", "locatedIn", 1), encoding="utf-8")
    with pytest.raises(TablesError):
        build([root], tmp_path / "out")
    assert len(judged) == 1
    (tmp_path / "out" / builds.PARTS).write_bytes(b"no database " * 400)
    with pytest.raises(TablesError):
        build([root], tmp_path / "out")
    assert len(judged) == 4
    path.write_text(path.read_text("utf-8").replace("locatedIn", "focusesOn", 1), encoding="utf-8")
    assert build([root], tmp_path / "out").report == first


def test_many_plans_are_read_by_several_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(12)
    root = tmp_path / "plans"
    for number in range(6):
        invent(root, number, draw)
    one = build([root], tmp_path / "one").report
    monkeypatch.setattr(parts, "MANY", 2)
    assert build([root], tmp_path / "many").report == one
    assert contents(tmp_path / "one") == contents(tmp_path / "many")
    table = root / "plan3" / "statements.csv"
    table.write_text(table.read_text("utf-8").replace("accepted", "perhaps", 1), encoding="utf-8")
    (root / "plan4" / "entities.csv").unlink()
    with pytest.raises(PlangraphError, match=r"plan4.*entities\.csv"):
        build([root], tmp_path / "many2")
    shutil.rmtree(root / "plan4")
    with pytest.raises(TablesError, match=r"plan3.*statements\.csv:2:"):
        build([root], tmp_path / "many2")


def test_a_fact_that_moves_to_another_graph_stays_one_merged_fact(tmp_path: Path) -> None:
    for name, subject in (("plan", plan_iri("p")), ("entity", entity_iri("park/p"))):
        fact = f'<{subject}> <{PLAN}says> "x"'
        store = ox.Store(str(tmp_path / name))
        store.load(f"{fact} .\n{fact} <x:one> .\n".encode(), format=ox.RdfFormat.N_QUADS)
        del store
        change = Change(gone={"x:one": [fact]}, come={"x:other": [fact]}, facts={fact})
        assert update_store(tmp_path / name, change, tmp_path / f"{name}-new") == 0
        graphs = {str(q.graph_name) for q in ox.Store.read_only(str(tmp_path / f"{name}-new"))}
        assert graphs == {"DEFAULT", "<x:other>"}


@pytest.mark.parametrize("many", [2, 40])
def test_tables_that_change_while_they_are_read_are_told(
    many: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = random.Random(13)
    root = tmp_path / "plans"
    for number in range(3):
        invent(root, number, draw)
    key = parts.table_key

    def hashed(path: Path, accepted_only: bool) -> str:
        found = key(path, accepted_only)
        if path.name == "plan1":  # as if somebody saved the table right after
            with (path / "entities.csv").open("a", encoding="utf-8") as table:
                table.write("\n")
        return found

    monkeypatch.setattr(parts, "MANY", many)
    monkeypatch.setattr(builds, "table_key", hashed)
    with pytest.raises(PlangraphError, match="plan1: the tables changed while they were built"):
        build([root], tmp_path / "out")
    assert not (tmp_path / "out").exists()
    monkeypatch.undo()
    assert build([root], tmp_path / "out").plans == 3
