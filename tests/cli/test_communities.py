"""``plangraph communities``."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

import plangraph
from plangraph.network import bridges, project

Cli = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_communities_are_those_of_the_library(cli: Cli, tianjin: Path, kg: plangraph.PlanGraph, lang: str) -> None:
    run = cli("communities", "--build", tianjin, "-f", "csv", "--resample", "5", "--lang", lang)
    assert run.returncode == 0, run.stderr
    rows = list(csv.DictReader(io.StringIO(run.stdout.decode("utf-8"), newline="")))
    found = kg.communities(resample=5)
    assert [(r["leader"], int(r["size"])) for r in rows] == [(c.leader.label(lang), len(c.members)) for c in found.rows]
    table = cli("communities", "--build", tianjin, "--resample", "5", "--lang", lang).stdout.decode("utf-8")
    assert table.splitlines()[0] == found.projection.words(lang)


def test_several_lists_at_once(cli: Cli, tianjin: Path, tmp_path: Path, kg: plangraph.PlanGraph) -> None:
    lists = ["communities", "members", "bridges", "brokers", "cores"]
    shown = [word for name in lists for word in ("--show", name)]
    out = tmp_path / "all.xlsx"
    run = cli("communities", "--build", tianjin, "--resample", "2", *shown, "-o", out, "--lang", "zh")
    assert (run.returncode, run.stdout) == (0, b"")
    assert openpyxl.load_workbook(out).sheetnames == ["如何阅读", "社群", "社群成员", "桥", "中间人", "核"]
    run = cli("communities", "--build", tianjin, "--resample", "0", *shown, "-f", "json")
    rows = json.loads(run.stdout)
    assert list(rows) == lists
    assert len(rows["bridges"]) == len(bridges(kg))
    assert len(rows["members"]) == len(project(kg).nodes)
    run = cli("communities", "--build", tianjin, "--resample", "0", *shown, "-f", "csv", "--lang", "zh")
    assert run.returncode == 1
    assert "只能容纳一个列表" in run.stderr.decode("utf-8")


def test_a_drawing(cli: Cli, tianjin: Path, tmp_path: Path) -> None:
    out = tmp_path / "c.svg"
    assert cli("communities", "--build", tianjin, "--resample", "0", "-o", out, "--lang", "zh").returncode == 0
    assert "天津市" in out.read_text("utf-8")


def test_written_back(cli: Cli, tianjin: Path, tmp_path: Path) -> None:
    build = Path(shutil.copytree(tianjin, tmp_path / "build"))
    run = cli("communities", "--build", build, "--resample", "0", "--write-back", "--lang", "en")
    assert run.returncode == 0
    assert b"Written to the named graph <https://w3id.org/plangraph/analysis/" in run.stderr
    asked = "ASK { GRAPH ?g { ?x plan:community 1 } }"
    assert b"true" in cli("query", "--build", build, "-e", asked).stdout


@pytest.mark.parametrize("options", [["--resolution", "0"], ["--show", "likes"], ["--resample", "-1"], ["extra"]])
def test_wrong_usage(cli: Cli, tianjin: Path, options: list[str]) -> None:
    run = cli("communities", "--build", tianjin, *options)
    assert (run.returncode, run.stdout) == (2, b"")
    assert b"Usage:" in run.stderr
