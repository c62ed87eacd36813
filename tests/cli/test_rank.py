"""``plangraph rank``."""

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
from click.testing import CliRunner

import plangraph
from plangraph.cli import cli as program
from plangraph.network import Projection

Cli = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.mark.parametrize("measure", ["degree", "constraint", "participation"])
def test_the_ranking_is_that_of_the_library(cli: Cli, tianjin: Path, kg: plangraph.PlanGraph, measure: str) -> None:
    run = cli("rank", "--build", tianjin, "--by", measure, "--resample", "0", "-f", "csv", "--lang", "zh")
    assert run.returncode == 0, run.stderr
    rows = list(csv.DictReader(io.StringIO(run.stdout.decode("utf-8"), newline="")))
    expected = kg.rank(measure)
    assert [(int(r["rank"]), r["entity"], r["id"]) for r in rows] == [
        (r.rank, r.entity.label_zh, r.entity.id) for r in expected.rows
    ]
    assert [float(r[measure]) for r in rows] == pytest.approx([r.value for r in expected.rows], rel=1e-5)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_line_has_an_interval_and_a_reason(cli: Cli, tianjin: Path, kg: plangraph.PlanGraph, lang: str) -> None:
    run = cli(
        "rank",
        "--build",
        tianjin,
        "--by",
        "betweenness",
        "--resample",
        "20",
        "--seed",
        "3",
        "-f",
        "json",
        "--lang",
        lang,
    )
    rows = json.loads(run.stdout)
    expected = kg.rank("betweenness", resample=20, random_state=3)
    assert [(r["rank_low"], r["rank_high"]) for r in rows] == [(r.low, r.high) for r in expected.rows]
    assert [r["reason"] for r in rows[:5]] == [expected.reason(r, lang) for r in expected.rows[:5]]
    assert run.stderr == b""


def test_a_small_network_has_intervals_unless_they_are_declined(cli: Cli, tianjin: Path) -> None:
    heads = {
        n: cli("rank", "--build", tianjin, *n.split(), "-f", "csv").stdout.splitlines()[0] for n in ("", "--resample 0")
    }
    assert b"rank_low" in heads[""] and b"rank_low" not in heads["--resample 0"]


def test_walks_that_start_somewhere(cli: Cli, tianjin: Path, kg: plangraph.PlanGraph) -> None:
    arguments = [
        "--by",
        "pagerank",
        "--from",
        "中国信创谷",
        "--from",
        "细胞谷",
        "--resample",
        "0",
        "-f",
        "csv",
        "--lang",
        "zh",
    ]
    rows = list(csv.DictReader(io.StringIO(cli("rank", "--build", tianjin, *arguments).stdout.decode("utf-8"))))
    expected = kg.rank("pagerank", seeds=["中国信创谷", "细胞谷"])
    assert [r["id"] for r in rows] == [r.entity.id for r in expected.rows]
    run = cli("rank", "--build", tianjin, "--from", "中国信创谷")
    assert run.returncode == 1 and b"only pagerank" in run.stderr


def test_collapsed_and_bipartite(cli: Cli, tianjin: Path, kg: plangraph.PlanGraph) -> None:
    run = cli("rank", "--build", tianjin, "--kind", "Park", "--collapse", "technology", "-f", "csv", "--resample", "0")
    assert len(run.stdout.splitlines()) == 1 + len(kg.rank(kinds=["Park"], collapse="Technology"))
    run = cli("rank", "--build", tianjin, "--kind", "Park", "--kind", "Institution", "--bipartite", "-f", "csv")
    assert len(run.stdout.splitlines()) == 29
    assert cli("rank", "--build", tianjin, "--bipartite").returncode == 1


@pytest.mark.parametrize("ending", ["csv", "tsv", "json", "parquet", "xlsx", "svg"])
def test_the_ending_names_the_format(tianjin: Path, tmp_path: Path, ending: str) -> None:
    starts = {"csv": b"rank,", "tsv": b"rank\t", "json": b"[\n", "parquet": b"PAR1", "xlsx": b"PK", "svg": b"<?xml"}
    files = [tmp_path / f"{n}.{ending}" for n in (1, 2)]
    for out in files:
        run = CliRunner().invoke(program, ["rank", "--build", str(tianjin), "--resample", "0", "-o", str(out)])
        assert (run.exit_code, run.output) == (0, "")
    assert files[0].read_bytes().startswith(starts[ending])
    assert files[0].read_bytes() == files[1].read_bytes()


def test_excel_says_how_to_read_it(cli: Cli, tianjin: Path, tmp_path: Path, kg: plangraph.PlanGraph) -> None:
    cli("rank", "--build", tianjin, "--by", "closeness", "--resample", "5", "-o", tmp_path / "r.xlsx", "--lang", "zh")
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert book.sheetnames == ["如何阅读", "按接近中心性排名"]
    guide = {c.value for row in book.worksheets[0].iter_rows() for c in row}
    assert set(kg.rank("closeness", resample=5).about("zh")) <= guide


def test_written_back_and_asked_for(cli: Cli, tianjin: Path, tmp_path: Path) -> None:
    build = Path(shutil.copytree(tianjin, tmp_path / "build"))
    options = ["--by", "pagerank", "--resample", "5"]
    before = cli("rank", "--build", build, *options, "-f", "csv").stdout
    run = cli("rank", "--build", build, *options, "--write-back", "--lang", "zh")
    assert run.returncode == 0
    assert "已写入命名图 <https://w3id.org/plangraph/analysis/" in run.stderr.decode("utf-8")
    query = "SELECT ?e WHERE { GRAPH ?g { ?g plan:measure 'pagerank' . ?x plan:resultOf ?g ; plan:resultFor ?e ; plan:rank 1 } }"
    assert b"district:tianjin" in cli("query", "--build", build, "-e", query).stdout
    assert cli("rank", "--build", build, *options, "-f", "csv").stdout == before


def test_an_empty_network_is_told(cli: Cli, tianjin: Path) -> None:
    run = cli("rank", "--build", tianjin, "--kind", "Goal", "--lang", "zh")
    assert run.returncode == 0
    assert "该网络没有边" in run.stderr.decode("utf-8")


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
