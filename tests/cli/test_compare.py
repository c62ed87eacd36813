"""``plangraph compare``."""

from __future__ import annotations

import csv
import io
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from plangraph.compare import compare_plans
from tests.test_compare import planted

Cli = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return planted(tmp_path_factory.mktemp("plans"))


@pytest.mark.parametrize(("lang", "total"), [("en", "total"), ("zh", "合计")])
def test_the_summary_counts_what_the_library_finds(cli: Cli, folders: tuple[Path, Path], lang: str, total: str) -> None:
    run = cli("compare", *folders, "--lang", lang)
    assert run.returncode == 0, run.stderr
    (line,) = (x for x in run.stdout.decode("utf-8").splitlines() if x.startswith(total))
    counts = compare_plans(*folders).counts()
    assert [int(n) for n in line.split()[1:]] == [n for status, n in counts.items() if status != "some"]


def test_csv_has_every_row_with_its_quotes(cli: Cli, folders: tuple[Path, Path]) -> None:
    run = cli("compare", *folders, "-f", "csv", "--lang", "en")
    rows = list(csv.DictReader(io.StringIO(run.stdout.decode("utf-8"), newline="")))
    comparison = compare_plans(*folders)
    assert [r["name"] for r in rows] == [r.en for r in comparison.rows]
    assert all(r["plan-a quotes"].startswith("“") for r in rows if r["part"] == "relations" and r["plan-a"])


@pytest.mark.parametrize("part", ["differences", "shared", "similarity", "leads", "all"])
def test_each_part_as_table_and_csv(cli: Cli, folders: tuple[Path, Path], part: str) -> None:
    for form in ("table", "csv", "json"):
        run = cli("compare", *folders, "--part", part, "-f", form, "--lang", "zh")
        assert run.returncode == 0, run.stderr
        assert len(run.stdout.splitlines()) > 2


@pytest.mark.parametrize("ending", ["csv", "json", "xlsx", "html"])
def test_a_file_by_its_ending(cli: Cli, folders: tuple[Path, Path], tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"c.{ending}"
    run = cli("compare", *folders, "-o", out, "--lang", "en")
    assert run.returncode == 0, run.stderr
    assert "2 sides" in run.stdout.decode("utf-8")
    assert out.read_bytes().startswith(
        {"csv": b"part,kind,name,", "json": b"[", "xlsx": b"PK", "html": b"<!doctype html>"}[ending]
    )


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["nosuch"], "no build here"),
        (["--by", "period", "{a}", "{b}"], "1 of at least 2 periods"),
        (["{a}"], "1 of at least 2 plans"),
    ],
)
def test_what_goes_wrong_is_said(
    cli: Cli, folders: tuple[Path, Path], tmp_path: Path, arguments: list[str], word: str
) -> None:
    filled = [a.format(a=folders[0], b=folders[1]) for a in arguments]
    run = cli("compare", *filled, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (1, b"")
    assert word in run.stderr.decode("utf-8")
    assert cli("compare", *filled, "--lang", "zh", cwd=tmp_path).stderr.decode("utf-8").startswith("错误：")


def test_wrong_usage(cli: Cli) -> None:
    assert cli("compare", "--by", "city").returncode == 2
