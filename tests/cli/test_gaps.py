"""``plangraph gaps``."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

import plangraph

Cli = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_gap_is_counted_with_what_to_do(cli: Cli, tianjin: Path, kg: plangraph.PlanGraph, lang: str) -> None:
    said = cli("gaps", "--build", tianjin, "--lang", lang).stdout.decode("utf-8")
    for gap in kg.gaps():
        (line,) = (x for x in said.splitlines() if x.startswith(gap.name + " "))
        assert line.split()[1] == str(len(gap))
        assert gap.title(lang) in line and gap.advice(lang) in line


def test_one_gap_with_its_query(cli: Cli, tianjin: Path, kg: plangraph.PlanGraph) -> None:
    run = cli("gaps", "--build", tianjin, "districts-only-named", "--query", "--lang", "zh")
    said = run.stdout.decode("utf-8")
    (gap,) = (g for g in kg.gaps() if g.name == "districts-only-named")
    for row in gap.listing(kg, "zh").rows:
        assert row[0] in said
    assert gap.sparql.strip() in said and gap.advice("zh") in said
    assert gap.sparql.strip() not in cli("gaps", "--build", tianjin, "districts-only-named").stdout.decode("utf-8")


def test_files(cli: Cli, tianjin: Path, tmp_path: Path, kg: plangraph.PlanGraph) -> None:
    found = kg.gaps()
    assert cli("gaps", "--build", tianjin, "-o", tmp_path / "g.xlsx", "--lang", "zh").returncode == 0
    book = openpyxl.load_workbook(tmp_path / "g.xlsx")
    assert len(book.sheetnames) == len(found) + 1
    guide = [c.value for row in book.worksheets[0].iter_rows() for c in row if c.value]
    assert all(any(str(v).endswith(g.sparql.strip()) for v in guide) for g in found)
    rows = json.loads(cli("gaps", "--build", tianjin, "-f", "json").stdout)
    assert {name: len(r) for name, r in rows.items()} == {g.name: len(g) for g in found}
    one = json.loads(cli("gaps", "--build", tianjin, "stated-counts-unmet", "-f", "json", "--lang", "zh").stdout)
    assert one[0]["missing"] == 3


def test_what_there_is_not(cli: Cli, tianjin: Path, tmp_path: Path) -> None:
    run = cli("gaps", "--build", tianjin, "nosuch")
    assert (run.returncode, run.stdout) == (1, b"")
    assert "no gap 'nosuch'; expected one of districts-only-named" in run.stderr.decode("utf-8")
    assert "没有名为" in cli("gaps", "--build", tianjin, "nosuch", "--lang", "zh").stderr.decode("utf-8")
    run = cli("gaps", "--build", tianjin, "-o", tmp_path / "g.png", "--lang", "zh")
    assert run.returncode == 1 and "此处没有图" in run.stderr.decode("utf-8")
    assert cli("gaps", "--build", tianjin, "-f", "png").returncode == 2
