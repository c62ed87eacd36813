"""``plangraph rank``."""

from __future__ import annotations

import csv
import io
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import plangraph
from plangraph.network import MEASURES, Projection

Cli = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.mark.parametrize("measure", MEASURES)
def test_the_ranking_is_that_of_the_library(cli: Cli, tianjin: Path, kg: plangraph.PlanGraph, measure: str) -> None:
    run = cli("rank", "--build", tianjin, "--by", measure, "--top", "1000", "-f", "csv", "--lang", "zh")
    assert run.returncode == 0, run.stderr
    rows = list(csv.DictReader(io.StringIO(run.stdout.decode("utf-8"), newline="")))
    expected = kg.rank(measure)
    assert [(int(r["rank"]), r["entity"], r["id"]) for r in rows] == [
        (r.rank, r.entity.label_zh, r.entity.id) for r in expected.rows
    ]
    assert [float(r[measure]) for r in rows] == pytest.approx([r.value for r in expected.rows], rel=1e-5)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_first_line_names_the_network(cli: Cli, tianjin: Path, lang: str) -> None:
    options = ["--kind", "Park", "--kind", "Institution", "--relation", "locatedIn", "--relation", "reliesOn"]
    run = cli("rank", "--build", tianjin, *options, "--directed", "--weight", "evidence", "--lang", lang)
    first = run.stdout.decode("utf-8").splitlines()[0]
    projection = Projection(("Park", "Institution"), ("locatedIn", "reliesOn"), True, "evidence")
    assert first == projection.words(lang)


def test_top(cli: Cli, tianjin: Path, tmp_path: Path) -> None:
    out = tmp_path / "r.csv"
    assert cli("rank", "--build", tianjin, "--top", "3", "-f", "csv", "-o", out).stdout == b""
    assert len(out.read_bytes().splitlines()) == 4


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--by", "pagerang"], "no measure 'pagerang'; expected one of degree"),
        (["--kind", "Prk"], "no class 'Prk'; expected one of"),
        (["--relation", "likes"], "no relation 'likes'; expected one of"),
        (["--plan", "nosuch"], "no plan 'nosuch'"),
    ],
)
def test_what_there_is_not(cli: Cli, tianjin: Path, options: list[str], word: str) -> None:
    run = cli("rank", "--build", tianjin, *options)
    assert (run.returncode, run.stdout) == (1, b"")
    assert word in run.stderr.decode("utf-8")
    said = cli("rank", "--build", tianjin, *options, "--lang", "zh").stderr.decode("utf-8")
    assert said.startswith("错误：")
    assert options[1] in said


@pytest.mark.parametrize("options", [["--top", "0"], ["--weight", "likes"], ["--nosuch"], ["extra"]])
def test_wrong_usage(cli: Cli, tianjin: Path, options: list[str]) -> None:
    run = cli("rank", "--build", tianjin, *options)
    assert (run.returncode, run.stdout) == (2, b"")
    assert b"Usage:" in run.stderr
