"""``plangraph resolve``."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from plangraph.resolve.mappings import FILE, read_mappings
from tests.conftest import invent_plan

Cli = Callable[..., subprocess.CompletedProcess[bytes]]


def two_plans(root: Path) -> Path:
    """Two plans with one laboratory under an old and a new name."""
    for plan, name in (("one", "青禾国家重点实验室"), ("two", "青禾全国重点实验室")):
        entities = [(f"institution/lab-{plan}", "Laboratory", name), ("domain/d", "Domain", "量子材料")]
        invent_plan(root, plan, entities, [(f"institution/lab-{plan}", "focusesOn", "domain/d")])
    return root


def test_from_candidates_to_one_node_and_back(cli: Cli, tmp_path: Path) -> None:
    root = two_plans(tmp_path / "plans")
    run = cli("resolve", root)
    assert (run.returncode, run.stderr) == (0, b"")
    assert b"1 proposed, 0 decided" in run.stdout
    (line,) = read_mappings(root / FILE)
    listed = cli("resolve", root, "--list", "--lang", "zh").stdout.decode("utf-8")
    assert line.record in listed
    assert "更名" in listed
    run = cli("resolve", root, "--accept", line.record, "--by", "reader", "--on", "2031-01-02")
    assert run.returncode == 0
    assert (read_mappings(root / FILE)[0].status, read_mappings(root / FILE)[0].decided_by) == ("accepted", "reader")
    assert b"1 entities made one" in cli("build", root, "-o", tmp_path / "out").stdout
    assert b"made one" not in cli("build", root, "-o", tmp_path / "out", "--no-mappings").stdout
    assert cli("resolve", root, "--undo", line.record).returncode == 0
    assert read_mappings(root / FILE)[0].status == "proposed"
    assert b"made one" not in cli("build", root, "-o", tmp_path / "out").stdout


def test_mistakes_are_said(cli: Cli, tmp_path: Path) -> None:
    root = two_plans(tmp_path / "plans")
    assert b"there is no such file" in cli("resolve", root, "--list").stderr
    cli("resolve", root)
    run = cli("resolve", root, "--accept", "nothing", "--lang", "zh")
    assert run.returncode == 1
    assert "没有映射 nothing" in run.stderr.decode("utf-8")
    (line,) = read_mappings(root / FILE)
    run = cli("resolve", root, "--accept", line.record, "--reject", line.record)
    assert run.returncode == 2
    run = cli("resolve", root, "--accept", line.record, "--on", "soon")
    assert run.returncode == 1
    assert b"expected a date" in run.stderr
    assert cli("build", root, "--mappings", root / FILE, "--no-mappings").returncode == 2
