"""``plangraph build``."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import plangraph
from tests.conftest import InventedPlan

Cli = Callable[..., subprocess.CompletedProcess[bytes]]
Maker = Callable[..., InventedPlan]


def test_build_says_what_it_made(cli: Cli, small_plan: Maker, tmp_path: Path) -> None:
    plan = small_plan().path
    for lang, words in (("en", "1 plan(s), 4 entities, 5 statements"), ("zh", "1 份规划，4 个实体，5 条陈述")):
        run = cli("build", plan, "-o", tmp_path / "out", "--lang", lang)
        assert (run.returncode, run.stderr) == (0, b"")
        assert words in run.stdout.decode("utf-8")
    assert len(plangraph.open(tmp_path / "out").entities()) == 4


def test_without_folders_the_bundled_plan_is_built_in_the_working_folder(cli: Cli, tmp_path: Path) -> None:
    run = cli("build", cwd=tmp_path)
    assert run.returncode == 0
    assert b"stated" in run.stdout  # "8 stated, 5 named" and its like
    kg = plangraph.open(tmp_path / "plangraph-build")
    assert kg.entity("中国信创谷").type == "InnovationZone"


def test_a_folder_of_plans(cli: Cli, small_plan: Maker, tmp_path: Path) -> None:
    small_plan("one")
    root = small_plan("two").path.parent
    assert b"2 plan(s)" in cli("build", root, "-o", tmp_path / "out").stdout


def test_accepted_only(cli: Cli, small_plan: Maker, tmp_path: Path) -> None:
    plan = small_plan().path
    table = plan / "statements.csv"
    table.write_text(table.read_text("utf-8").replace(",accepted,", ",proposed,", 2), encoding="utf-8")
    assert b" 5 statements" in cli("build", plan, "-o", tmp_path / "all").stdout
    assert b" 3 statements" in cli("build", plan, "-o", tmp_path / "some", "--accepted-only").stdout


def test_faults_come_all_at_once_with_their_places(cli: Cli, small_plan: Maker, tmp_path: Path) -> None:
    plan = small_plan().path
    with (plan / "statements.csv").open("a", encoding="utf-8") as file:
        file.write("park/a,focusesOn,domain/d,accepted,curated,1,,1,0,2,某某,tester,2026-01-01,\n")
        file.write("park/p0,focusesOn,domain/b,maybe,curated,1,,1,0,2,某某,tester,2026-01-01,\n")
    run = cli("build", plan, "-o", tmp_path / "out", "--lang", "en")
    said = run.stderr.decode("utf-8")
    assert (run.returncode, run.stdout) == (1, b"")
    for place in (":7:1: error [entity-unknown]", ":8:19: error [entity-unknown]", ":8:28: error [status]"):
        assert f"statements.csv{place}" in said
    assert "nothing was written" in said
    assert not (tmp_path / "out").exists()
    run = cli("build", plan, "-o", tmp_path / "out", "--lang", "zh")
    assert "错误 [entity-unknown]" in run.stderr.decode("utf-8")
    assert "未写入任何内容" in run.stderr.decode("utf-8")
