"""``plangraph export``: what it prints, where it writes, and how it fails."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import plangraph
from plangraph.cli import cli
from plangraph.export import FORMATS, render

PLAN = "tianjin-145"


def run(tianjin: Path, *arguments: str | Path, lang: str = "en") -> Result:
    return CliRunner().invoke(cli, ["export", "--build", str(tianjin), "--lang", lang, *map(str, arguments)])


@pytest.mark.parametrize("form", list(FORMATS))
def test_every_format_writes_what_the_library_gives(form: str, tianjin: Path, tmp_path: Path) -> None:
    path = tmp_path / f"图谱 & $(x).{form}"
    result = run(tianjin, "-f", form, "-o", path)
    assert result.exit_code == 0, result.output
    assert result.output.startswith(f"{path}: ")
    expected = render(plangraph.open(tianjin), form).files
    if FORMATS[form].folder:
        assert {p.name: p.read_bytes() for p in path.iterdir()} == dict(expected)
    else:
        assert path.read_bytes() == expected[""]


def test_summary_counts_in_both_languages(tianjin: Path, tmp_path: Path) -> None:
    kg = plangraph.open(tianjin)
    edges = len(kg.statements())
    english, chinese = (
        run(tianjin, "-f", "gexf", "-o", tmp_path / "x.gexf", lang=lang).output for lang in ("en", "zh")
    )
    assert f" nodes, {edges} edges" in english
    assert f" 个节点，{edges} 条边" in chinese


def test_the_language_does_not_change_the_file(tianjin: Path, tmp_path: Path) -> None:
    for form in FORMATS:
        written = []
        for lang in ("zh", "en"):
            path = tmp_path / lang / f"x.{form}"
            path.parent.mkdir(exist_ok=True)
            assert run(tianjin, "-f", form, "-o", path, lang=lang).exit_code == 0
            files = path.iterdir() if path.is_dir() else [path]
            written.append({p.name: p.read_bytes() for p in files})
        assert written[0] == written[1], form


def test_neo4j_prints_the_import_command(tianjin: Path, tmp_path: Path) -> None:
    result = run(tianjin, "-f", "neo4j", "-o", tmp_path / "neo4j")
    assert "neo4j-admin database import full neo4j --nodes=nodes.csv --relationships=relationships.csv" in result.output


def test_without_output_one_file_goes_to_standard_output(tianjin: Path) -> None:
    result = run(tianjin, "-f", "jsonld", "--plan", PLAN)
    assert result.exit_code == 0
    assert result.stdout_bytes == render(plangraph.open(tianjin), "jsonld", PLAN).data
    assert {graph["@id"] for graph in json.loads(result.stdout_bytes)} == {
        f"https://w3id.org/plangraph/plan/{PLAN}",
        f"https://w3id.org/plangraph/plan/{PLAN}/world",
    }


@pytest.mark.parametrize("form", [name for name, f in FORMATS.items() if f.folder])
def test_without_output_a_folder_is_wrong_usage(form: str, tianjin: Path) -> None:
    result = run(tianjin, "-f", form)
    assert result.exit_code == 2
    assert "-o" in result.output and "文件夹" in result.output


@pytest.mark.parametrize(("lang", "words"), [("en", "no plan 'atlantis' in this build"), ("zh", "没有规划“atlantis”")])
def test_unknown_plan(lang: str, words: str, tianjin: Path, tmp_path: Path) -> None:
    result = run(tianjin, "-f", "ttl", "--plan", "atlantis", "-o", tmp_path / "x.ttl", lang=lang)
    assert result.exit_code == 1
    assert words in result.output and PLAN in result.output
    assert list(tmp_path.iterdir()) == []


def test_unknown_format_is_wrong_usage_and_names_the_known_ones(tianjin: Path) -> None:
    result = run(tianjin, "-f", "pdf", "-o", "x.pdf")
    assert result.exit_code == 2
    assert all(name in result.output for name in FORMATS)


@pytest.mark.parametrize(("lang", "words"), [("en", "no build here"), ("zh", "这里没有构建")])
def test_missing_build(lang: str, words: str, tmp_path: Path) -> None:
    result = run(tmp_path / "none", "-f", "ttl", "-o", tmp_path / "x.ttl", lang=lang)
    assert result.exit_code == 1
    assert words in result.output


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "holds something else (diary.txt)"), ("zh", "已有别的内容（diary.txt）")]
)
def test_a_folder_of_other_things_is_never_replaced(lang: str, words: str, tianjin: Path, tmp_path: Path) -> None:
    (tmp_path / "diary.txt").write_text("mine")
    result = run(tianjin, "-f", "csv", "-o", tmp_path, lang=lang)
    assert result.exit_code == 1
    assert words in result.output
    assert [p.name for p in tmp_path.iterdir()] == ["diary.txt"]
