"""``plangraph ask`` and ``plangraph questions``: options from the header, names, formats, languages, messages."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from click.testing import CliRunner, Result

import plangraph
from plangraph.cli import cli as command
from plangraph.questions import Question, all_questions


def ask(tianjin: Path, *arguments: str | Path, lang: str = "zh") -> Result:
    return CliRunner().invoke(command, ["ask", *map(str, arguments), "--build", str(tianjin), "--lang", lang])


def rows(result: Result) -> list[dict[str, str]]:
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(io.StringIO(result.output)))


def test_the_table_names_what_was_found_and_where(tianjin: Path) -> None:
    result = ask(tianjin, "parks-by-institution", "--institution", "天津中医药大学")
    assert result.exit_code == 0
    head, rule, *body = result.output.splitlines()
    assert head.split()[:4] == ["机构", "园区", "关系", "引文"]
    assert set(rule) == {"─"}
    assert [line.split()[1:3] for line in body] == [["北辰京津医药谷", "合作"], ["中医药谷", "依托"]]
    assert "以天津中医药大学为主要依托的大学科技园建设" in body[1]
    assert " 66 " in body[1] and " 3949 " in body[1]
    assert "http" not in result.output


@pytest.mark.parametrize(
    "name",
    [
        "合成生物学",
        "合成生物",
        "Synthetic Biology",
        " 合成 生物学 ",
        "domain/synthetic-biology",
        "https://w3id.org/plangraph/id/domain/synthetic-biology",
    ],
)
def test_a_name_may_be_chinese_english_an_alias_or_an_id(tianjin: Path, name: str) -> None:
    found = rows(ask(tianjin, "parks-by-domain", "--domain", name, "-f", "csv"))
    assert [(r["domain"], r["park"], r["paragraph"]) for r in found] == [("合成生物学", "生物制造谷", "60")]


def test_english_names_and_relations(tianjin: Path) -> None:
    found = rows(ask(tianjin, "park-institutions", "--park", "北方声谷", "-f", "csv", lang="en"))
    assert [(r["park"], r["relation"]) for r in found] == [("Northern Sound Valley", "relies on")]
    assert found[0]["quote"].startswith("围绕讯飞"), "a quote stays as it is printed"


def test_formats_hold_the_same_answer(tianjin: Path, tmp_path: Path) -> None:
    asked = ["hosts-of-several-parks"]
    expected = list(plangraph.open(tianjin).ask("hosts-of-several-parks", lang="zh"))
    assert json.loads(ask(tianjin, *asked, "-f", "json").output) == expected
    assert [{**r, "parks": int(r["parks"])} for r in rows(ask(tianjin, *asked, "-f", "csv"))] == expected
    lines = ask(tianjin, *asked, "-f", "tsv").output.splitlines()
    assert [line.split("\t") for line in lines[1:]] == [[r["host"], str(r["parks"])] for r in expected]
    path = tmp_path / "答案 $(x).json"
    written = ask(tianjin, *asked, "-f", "json", "-o", path)
    assert written.exit_code == 0 and written.output == ""
    assert json.loads(path.read_text("utf-8")) == expected
    pytest.importorskip("pyarrow")
    import pyarrow.parquet

    assert ask(tianjin, *asked, "-f", "parquet", "-o", tmp_path / "x.parquet").exit_code == 0
    assert pyarrow.parquet.read_table(tmp_path / "x.parquet").to_pylist() == expected


def test_no_row_is_no_error(tianjin: Path) -> None:
    result = ask(tianjin, "entity-aims", "--entity", "生物制造谷", "-f", "csv")
    assert result.exit_code == 0
    assert result.output.splitlines() == ["entity,goal,quote,section,paragraph,start,plan"]


def test_a_default_stands_where_nothing_is_given(tianjin: Path) -> None:
    given = ask(tianjin, "inferred-facts", "--rule", "symmetric", "-f", "csv")
    assert rows(given) and given.output == ask(tianjin, "inferred-facts", "-f", "csv").output


@pytest.mark.parametrize(
    ("arguments", "zh", "en"),
    [
        (["park-technologies"], "需要参数 park（园区）：--park", "needs park (the park): --park"),
        (["park-technologies", "--park", "生物制造股"], "是不是要找：生物制造谷", "did you mean 生物制造谷"),
        (
            ["park-technologies", "--park", "天津中医药大学"],
            "是高等院校（institution/tianjin-university-of-traditional-chinese-medicine），不是园区",
            "is a University (institution/tianjin-university-of-traditional-chinese-medicine), not a Park",
        ),
        (["low-confidence-statements", "--below", "half"], "应为整数", "expected a whole number, not 'half'"),
        (["park-technologies", "--park", "\x1b[2J$(id)"], "图谱中没有", "nothing here is called"),
    ],
)
def test_what_is_wrong_is_told_in_both_languages(tianjin: Path, arguments: list[str], zh: str, en: str) -> None:
    for lang, words in (("zh", zh), ("en", en)):
        result = ask(tianjin, *arguments, lang=lang)
        assert result.exit_code == 1
        assert words in result.output
        assert "Traceback" not in result.output


def test_unknown_questions_and_options_are_told_with_near_ones(tianjin: Path) -> None:
    result = ask(tianjin, "park-technology", "--park", "设计之都")
    assert result.exit_code == 1
    assert "park-technologies" in result.output
    result = ask(tianjin, "park-technologies", "--parc", "设计之都")
    assert result.exit_code == 2
    assert "--parc" in result.output and "--park" in result.output


def test_no_build_is_told(tmp_path: Path) -> None:
    result = ask(tmp_path / "nothing", "aims")
    assert result.exit_code == 1
    assert "plangraph build" in result.output and "Traceback" not in result.output


@pytest.mark.parametrize("question", all_questions(), ids=lambda q: q.name)
def test_help_says_what_is_asked_and_what_is_needed(question: Question) -> None:
    result = CliRunner().invoke(command, ["ask", question.name, "--help"], terminal_width=400)
    assert result.exit_code == 0
    assert question.en in result.output and question.zh in result.output
    for p in question.parameters:
        assert (
            f"--{p.name} {p.kind if p.kind in ('text', 'integer', 'relation', 'class', 'plan') else 'NAME'}"
            in result.output
        )
        assert p.zh in result.output


def test_questions_are_listed_in_both_languages() -> None:
    for lang in ("zh", "en"):
        result = CliRunner().invoke(command, ["questions", "--lang", lang])
        assert result.exit_code == 0
        lines = {line.split()[0]: line for line in result.output.splitlines()[2:]}
        assert sorted(lines) == [q.name for q in all_questions()]
        for q in all_questions():
            assert q.title(lang) in lines[q.name]
            assert all(f"--{p.name} " in lines[q.name] for p in q.parameters)


def test_from_a_shell_in_a_plain_locale(tianjin: Path, cli: Callable[..., CompletedProcess[bytes]]) -> None:
    done = cli("ask", "parks-by-host", "--host", "天津港保税区", "--build", tianjin, "-f", "csv", "--lang", "zh")
    assert done.returncode == 0, done.stderr
    found = list(csv.DictReader(io.StringIO(done.stdout.decode("utf-8"))))
    assert {r["park"] for r in found} == {"生物制造谷", "北方声谷", "海洋科技创新集聚区"}
    done = cli("ask", "parks-by-host", "--host", "天津港保税", "--build", tianjin, "--lang", "zh")
    assert done.returncode == 1 and done.stdout == b""
    assert "天津港保税区" in done.stderr.decode("utf-8")
