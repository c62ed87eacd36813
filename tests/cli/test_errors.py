"""What careless users do: each gets words in both languages and an exit code, never a traceback."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from plangraph.errors import PlangraphError
from tests.conftest import CLI, InventedPlan, environment

Cli = Callable[..., subprocess.CompletedProcess[bytes]]
Maker = Callable[..., InventedPlan]


@pytest.fixture
def place(tianjin: Path, small_plan: Maker, tmp_path: Path) -> Path:
    """A folder with a build, a plan, and things that are neither."""
    shutil.copytree(tianjin, tmp_path / "plangraph-build")
    shutil.copytree(small_plan().path, tmp_path / "plan")
    (tmp_path / "empty.rq").write_bytes(b"")
    (tmp_path / "blank.rq").write_bytes(b" \r\n\t")
    (tmp_path / "picture.rq").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe")
    (tmp_path / "gbk.rq").write_bytes("SELECT ?s { ?s rdfs:label '中国信创谷'@zh , 错 }".encode("gbk"))
    (tmp_path / "folder.rq").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_bytes(b"dear")
    return tmp_path


#: Arguments, exit code, and words that must be said in English and in Chinese.
CARELESS: dict[str, tuple[list[str], int, str, str]] = {
    "no such file": (["query", "nosuch.rq"], 1, "there is no such file", "没有这个文件"),
    "a folder as a file": (["query", "folder.rq"], 1, "a folder", "文件夹"),
    "an empty file": (["query", "empty.rq"], 1, "the query is empty", "查询为空"),
    "a blank file": (["query", "blank.rq"], 1, "the query is empty", "查询为空"),
    "no text": (["query", "picture.rq"], 1, "picture.rq:3:3:", "picture.rq:3:3:"),
    "a GBK file with a mistake": (["query", "gbk.rq"], 1, "line 1, column 40: did not expect 错", "第 1 行第 40 列"),
    "a query without -e": (["query", "SELECT * { ?s ?p ?o }"], 1, "given with -e", "用 -e 给出"),
    "a question's name mistyped": (["query", "park-by-domain"], 1, "did you mean", "您是不是要找"),
    "a command mistyped": (["biuld"], 2, "No such command", "No such command"),
    "an option mistyped": (["rank", "--top10"], 2, "No such option", "No such option"),
    "an entity mistyped": (
        ["path", "中国信创", "滨海高新区"],
        1,
        "did you mean 中国信创谷",
        "您是不是要找：中国信创谷",
    ),
    "a question mistyped": (["ask", "park-domain"], 1, "did you mean", "您是不是要找"),
    "a question's entity mistyped": (["ask", "park-domains", "--park", "中国信创"], 1, "中国信创谷", "中国信创谷"),
    "an unknown class": (["rank", "--kind", "Prk"], 1, "no class 'Prk'", "没有名为“Prk”的类"),
    "an unknown relation": (["rank", "--relation", "likes"], 1, "no relation 'likes'", "没有名为“likes”的关系"),
    "an unknown measure": (["rank", "--by", "fame"], 1, "no measure 'fame'", "没有名为“fame”的指标"),
    "an unknown format": (["query", "-f", "xlsx", "-e", "ASK {}"], 2, "xlsx", "xlsx"),
    "an unknown prefix": (["query", "-e", "ASK { ?s foo:p ?o }"], 1, "known without PREFIX", "无需声明的前缀"),
    "a build elsewhere": (["rank", "--build", "nowhere"], 1, "no build here; run plangraph build", "这里没有构建"),
    "a build that is a file": (["query", "--build", "empty.rq", "-e", "ASK {}"], 1, "no build here", "这里没有构建"),
    "a build that is a plan": (["query", "--build", "plan", "-e", "ASK {}"], 1, "no build here", "这里没有构建"),
    "no plan folder": (["build", "nowhere"], 1, "no plan folder here", "这里没有规划文件夹"),
    "a plan folder that is a file": (["build", "plan/plan.toml"], 1, "no plan folder here", "这里没有规划文件夹"),
    "an output that is a file": (["build", "plan", "-o", "empty.rq"], 2, "is a file", "is a file"),
    "an output below a file": (["build", "plan", "-o", "empty.rq/out"], 1, "cannot be made", "无法创建"),
    "an output that holds something else": (["build", "plan", "-o", "full"], 1, "holds something else", "已有别的内容"),
    "a file below a file": (["query", "-e", "ASK {}", "-o", "empty.rq/a.csv"], 1, "cannot be written", "无法写入"),
    "a file in no folder": (["query", "-e", "ASK {}", "-o", "no/a.csv"], 1, "cannot be written", "无法写入"),
    "a folder as an output": (["query", "-e", "ASK {}", "-o", "full"], 2, "is a directory", "is a directory"),
    "a path to itself": (["path", "中国信创谷", "中国信创谷"], 1, "both ends are", "两端都是"),
    "a time limit of nothing": (["query", "--timeout", "0", "-e", "ASK {}"], 2, "--timeout", "--timeout"),
    "nothing at all on standard input": (["query", "-"], 1, "the query is empty", "查询为空"),
    "an update": (["query", "-e", "DELETE WHERE { ?s ?p ?o }"], 1, "read-only", "只读"),
    "a query that calls out": (["query", "-e", "ASK { SERVICE <x:y> {} }"], 1, "SERVICE is refused", "拒绝 SERVICE"),
}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("case", CARELESS)
def test_a_careless_user_is_told(cli: Cli, place: Path, case: str, lang: str) -> None:
    arguments, code, *words = CARELESS[case]
    run = cli(*arguments, cwd=place, env={"PLANGRAPH_LANG": lang})
    said = run.stderr.decode("utf-8")
    assert (run.returncode, run.stdout) == (code, b"")
    assert words[lang == "zh"] in said
    assert "Traceback" not in said
    assert "unexpected" not in said and "意外" not in said
    assert len(said) < 3000
    if code == 1:
        assert said.startswith("错误：" if lang == "zh" else "Error: ")


def test_what_was_there_is_there_still(cli: Cli, place: Path) -> None:
    cli("build", "plan", "-o", "full", cwd=place)
    assert [p.name for p in (place / "full").iterdir()] == ["letter.txt"]


def test_a_query_file_of_20_megabytes(cli: Cli, place: Path) -> None:
    values = " ".join(f"'某园区{n}'" for n in range(900_000))
    for tail, code in (("}", 0), ("} ?x", 1)):
        (place / "large.rq").write_text(f"SELECT (COUNT(*) AS ?n) {{ VALUES ?x {{ {values} }} {tail}", encoding="utf-8")
        assert (place / "large.rq").stat().st_size > 15_000_000
        run = cli("query", "large.rq", "-f", "csv", cwd=place)
        assert run.returncode == code, run.stderr[:500]
        assert run.stdout == (b"n\n900000\n" if code == 0 else b"")
        assert len(run.stderr) < 2000
        assert b"Traceback" not in run.stderr


@pytest.mark.parametrize(
    "command", [["query", "-e", "ASK {}"], ["rank"], ["path", "中国信创谷", "滨海高新区"], ["ask", "plans"]]
)
@pytest.mark.parametrize(
    "damage", ["CURRENT empty", "CURRENT binary", "store gone", "store empty", "tables cut", "manifest cut"]
)
def test_a_damaged_build_is_told_and_mended_by_building_again(
    cli: Cli, place: Path, damage: str, command: list[str]
) -> None:
    output = place / "plangraph-build"
    store = next(output.glob("builds/*/store"))
    if damage == "CURRENT empty":
        (output / "CURRENT").write_bytes(b"")
    elif damage == "CURRENT binary":
        (output / "CURRENT").write_bytes(b"\xff\xfe\x00\x01")
    elif damage.startswith("store"):
        shutil.rmtree(store)
        if damage == "store empty":
            store.mkdir()
    else:
        for file in store.glob("*.sst" if damage == "tables cut" else "MANIFEST-*"):
            os.truncate(file, file.stat().st_size // 2 if damage == "tables cut" else 0)
    for lang, words in (
        ("en", ("damaged", "run plangraph build -o plangraph-build again")),
        ("zh", ("构建已损坏", "重新运行")),
    ):
        run = cli(*command, "--lang", lang, cwd=place)
        said = run.stderr.decode("utf-8")
        assert (run.returncode, run.stdout) == (1, b"")
        assert all(word in said for word in words)
        assert "Traceback" not in said and "unexpected" not in said
    if command[0] == "query":
        assert cli("build", cwd=place).returncode == 0
        assert cli(*command, cwd=place).returncode == 0


def without_power() -> None:
    """Take from a child of root what lets it write where nobody may (CAP_DAC_OVERRIDE); others have it not."""
    ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="takes a right from a process in Linux's way")
def test_a_folder_that_may_not_be_written(place: Path) -> None:
    closed = place / "closed"
    closed.mkdir()
    closed.chmod(0o555)
    for arguments in (["build", "plan", "-o", "closed"], ["query", "-e", "ASK {}", "-o", "closed/a.csv"]):
        for lang, word in (("en", "Permission denied"), ("zh", "无法")):
            env = environment(PLANGRAPH_LANG=lang)
            run = subprocess.run([*CLI, *arguments], cwd=place, env=env, capture_output=True, preexec_fn=without_power)
            said = run.stderr.decode("utf-8")
            assert (run.returncode, run.stdout) == (1, b"")
            assert word in said and "closed" in said
            assert "Traceback" not in said
    assert not list(closed.iterdir())


def test_check_exits_1_and_never_raises(cli: Cli, small_plan: Maker) -> None:
    from plangraph.check import check_folders
    from plangraph.folder import read_folder

    plan = small_plan()
    table = plan.path / "statements.csv"
    table.write_text(table.read_text("utf-8").replace("collaboratesWith", "subDomainOf", 1), encoding="utf-8")
    report = check_folders([read_folder(plan.path)])
    assert report.errors
    for lang, kind in (("en", "error"), ("zh", "错误")):
        run = cli("check", plan.path, "--text", plan.text, "--lang", lang)
        assert run.returncode == 1
        lines = run.stdout.decode("utf-8").splitlines()
        assert sum("statements.csv:5:" in line and kind in line and "第0园区与第1园区" in line for line in lines) >= 1
        assert run.stderr == b""


def test_a_fault_of_ours_is_said_to_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from plangraph import questions
    from plangraph.cli import cli as group

    def broken() -> list[object]:
        raise LookupError("lost \x1b[31m")

    monkeypatch.setattr(questions, "all_questions", broken)
    run = CliRunner().invoke(group, ["questions", "--lang", "en"])
    assert run.exit_code == 1
    assert "unexpected error: LookupError: lost" in run.stderr
    assert "\x1b" not in run.stderr
    monkeypatch.setenv("PLANGRAPH_DEBUG", "1")
    assert isinstance(CliRunner().invoke(group, ["questions"]).exception, LookupError)


def test_every_error_has_words_in_both_languages() -> None:
    def below(cls: type[PlangraphError]) -> list[type[PlangraphError]]:
        return [cls, *(c for sub in cls.__subclasses__() for c in below(sub))]

    error = PlangraphError("wrong", "错")
    assert (error.words("en"), error.words("zh"), str(error)) == ("wrong", "错", "wrong")
    names = {c.__name__ for c in below(PlangraphError)}
    assert {"InputError", "TablesError", "BuildError", "NotFoundError", "QuerySyntaxError"} < names


@pytest.mark.parametrize(
    ("env", "lang"),
    [
        ({"PLANGRAPH_LANG": "zh"}, "zh"),
        ({"PLANGRAPH_LANG": "en", "LC_ALL": "zh_CN.UTF-8"}, "en"),
        ({"LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ({"LC_ALL": None, "LC_MESSAGES": "zh_TW.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
        ({"LC_ALL": None, "LANG": "zh_CN.GBK"}, "zh"),
        ({"LC_ALL": "C"}, "en"),
        ({"PLANGRAPH_LANG": "fr", "LC_ALL": "de_DE.UTF-8"}, "en"),
    ],
)
def test_the_language_is_that_of_the_user(cli: Cli, tmp_path: Path, env: dict[str, str | None], lang: str) -> None:
    said = cli("rank", cwd=tmp_path, env=env).stderr.decode("utf-8")
    assert said.startswith("错误：" if lang == "zh" else "Error: ")
