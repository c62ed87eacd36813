"""The corpora that the benchmarks measure on are valid plans, the same for the same seed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from plangraph.builds import build
from plangraph.check import check_folders
from plangraph.document import Document
from plangraph.folder import find_plan_folders, read_folders

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"
pytestmark = pytest.mark.skipif(not BENCHMARKS.is_dir(), reason="benchmarks/ is not part of this installation")


def generate(root: Path, plans: int, *options: str) -> Path:
    subprocess.run(
        [sys.executable, BENCHMARKS / "generated.py", root, "--plans", str(plans), *options], check=True, timeout=60
    )
    return root


def test_the_same_seed_gives_the_same_files(tmp_path: Path) -> None:
    one, two = (generate(tmp_path / name, 3, "--text") for name in ("one", "two"))
    other = generate(tmp_path / "other", 3, "--text", "--seed", "6")
    files = sorted(p.relative_to(one) for p in one.rglob("*") if p.is_file())
    assert len(files) == 12
    assert all((one / f).read_bytes() == (two / f).read_bytes() for f in files)
    assert any((one / f).read_bytes() != (other / f).read_bytes() for f in files)


def test_plans_have_no_fault_and_their_quotes_stand_in_their_texts(tmp_path: Path) -> None:
    folders = read_folders(find_plan_folders([generate(tmp_path, 25, "--text")]))
    texts = {f.plan.id: Document.from_text((f.path / "text.txt").read_text("utf-8")) for f in folders}
    report = check_folders(folders, texts)
    assert not report.errors
    assert {w.code for w in report.warnings} == {"entity-label-en"}
    assert report.quotes_verified == sum(len(s.evidence) for f in folders for s in f.statements)


def test_a_plan_has_the_quads_of_a_real_one(tmp_path: Path) -> None:
    made = build([generate(tmp_path / "plans", 60)], tmp_path / "out")
    assert 1300 < made.quads / 60 < 2100


def test_the_benchmark_runs_on_a_small_corpus(tmp_path: Path) -> None:
    work = tmp_path / "work"
    generate(work / "plans", 3)

    def step(name: str) -> dict[str, object]:
        command = [sys.executable, BENCHMARKS / "scale.py", "--step", name, "--folder", work]
        done = subprocess.run(command, check=True, capture_output=True, timeout=120)
        found: dict[str, object] = json.loads(done.stdout)
        return found

    built = step("build")
    assert step("dump")["peak"]
    assert step("raw")["seconds"]
    asked = step("questions")
    assert asked["label look-up"]["rows"] == 1  # type: ignore[index]
    assert asked["statements by plan"]["rows"] == 3  # type: ignore[index]
    assert built["statements"] == 99
    assert step("check")["same"] is True
