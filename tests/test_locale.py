"""Files and pipes are UTF-8 whatever the locale; a terminal gets what it can show; no stream need be there."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import plangraph
from tests.conftest import CLI, InventedPlan, environment

Maker = Callable[..., InventedPlan]

QUERY = "SELECT ?s ?l { ?s rdfs:label ?l FILTER(STRSTARTS(?l, '中国信创谷')) }"


@pytest.fixture(scope="session")
def gbk_locale(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str | None]:
    """A Chinese locale in GBK, as on many Chinese machines: the system's or one made for the test."""
    listed = subprocess.run(["locale", "-a"], capture_output=True, text=True).stdout.lower().split()
    if "zh_cn.gbk" in listed:
        return {"LC_ALL": "zh_CN.GBK"}
    folder = tmp_path_factory.mktemp("locale")
    if shutil.which("localedef"):
        subprocess.run(["localedef", "-i", "zh_CN", "-f", "GBK", folder / "zh_CN.GBK"], capture_output=True)
    if not (folder / "zh_CN.GBK").is_dir():
        pytest.skip("no zh_CN.GBK locale here, and localedef cannot make one")
    return {"LC_ALL": "zh_CN.GBK", "LOCPATH": str(folder)}


#: Stands in for a GBK system where no such locale can be made: streams in GBK, everything else in ASCII.
GBK_STREAMS: dict[str, str | None] = {
    "LC_ALL": "C",
    "PYTHONUTF8": "0",
    "PYTHONCOERCECLOCALE": "0",
    "PYTHONIOENCODING": "gbk",
}


@pytest.fixture(params=["locale", "streams"])
def gbk(request: pytest.FixtureRequest) -> dict[str, str | None]:
    """Environments in which text is GBK unless somebody says otherwise."""
    found: dict[str, str | None] = GBK_STREAMS
    if request.param == "locale":
        found = request.getfixturevalue("gbk_locale")
    return {**found, "PLANGRAPH_LANG": "zh"}


def run(
    arguments: list[str | bytes | Path], env: dict[str, str | None], cwd: Path
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*CLI, *arguments], cwd=cwd, env=environment(**env), capture_output=True, timeout=120)


def test_the_locale_is_gbk_indeed(gbk_locale: dict[str, str | None], tmp_path: Path) -> None:
    code = "import locale, sys; print(locale.getpreferredencoding(), sys.stdout.encoding)"
    done = subprocess.run([CLI[0], "-c", code], env=environment(**gbk_locale), capture_output=True, text=True)
    assert done.stdout.lower().split() == ["gbk", "gbk"]


def test_a_build_is_the_same_bytes(gbk: dict[str, str | None], small_plan: Maker, tmp_path: Path) -> None:
    plan = small_plan().path
    for name, env in (("gbk", gbk), ("utf8", {"PLANGRAPH_LANG": "zh"})):
        done = run(["build", plan, "-o", name], env, tmp_path)
        assert (done.returncode, done.stderr) == (0, b"")
        assert "4 个实体" in done.stdout.decode("utf-8")
    one, two = (sorted(map(str, plangraph.open(tmp_path / name).store)) for name in ("gbk", "utf8"))
    assert one == two


@pytest.mark.parametrize("form", ["table", "csv", "tsv", "json", "xml"])
def test_pipes_and_files_are_utf8(gbk: dict[str, str | None], tianjin: Path, tmp_path: Path, form: str) -> None:
    (tmp_path / "q.rq").write_text(QUERY, encoding="utf-8")
    arguments: list[str | bytes | Path] = ["query", "--build", tianjin, "-f", form, "q.rq"]
    done = run(arguments, gbk, tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "中国信创谷" in done.stdout.decode("utf-8")
    assert run([*arguments, "-o", "out"], gbk, tmp_path).returncode == 0
    assert (tmp_path / "out").read_bytes() == done.stdout


def test_errors_in_a_pipe_are_utf8(gbk: dict[str, str | None], tianjin: Path, tmp_path: Path) -> None:
    done = run(["rank", "--build", tianjin, "--kind", "Prk"], gbk, tmp_path)
    assert done.stderr.decode("utf-8").startswith("错误：没有名为“Prk”的类")


def test_words_typed_in_gbk(gbk_locale: dict[str, str | None], tianjin: Path, tmp_path: Path) -> None:
    ends: list[str | bytes | Path] = [name.encode("gbk") for name in ("中国信创谷", "滨海高新区")]
    done = run(["path", "--build", tianjin, "--lang", "zh", *ends], gbk_locale, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "中国信创谷 — 滨海高新区" in done.stdout.decode("utf-8")


def test_words_in_no_encoding_are_told(tianjin: Path, tmp_path: Path) -> None:
    for arguments in (
        ["path", b"\xff\xfe", b"\xd6\xd0"],
        ["query", "-e", b"SELECT * { ?s ?p '\xff' }"],
        ["query", b"\xff.rq"],
    ):
        done = run([arguments[0], "--build", tianjin, *arguments[1:]], {}, tmp_path)
        assert (done.returncode, done.stdout) == (1, b"")
        assert done.stderr.decode("utf-8").startswith("Error: ")
        assert b"unexpected" not in done.stderr


def on_a_terminal(arguments: list[str | Path], env: dict[str, str | None], cwd: Path) -> bytes:
    """What a command writes when its output and its errors are a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*CLI, *arguments], cwd=cwd, env=environment(**env), stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True
    ):
        os.close(theirs)
        said = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # Linux's way to say that the other end is closed
                break
            if not part:
                break
            said += part
    os.close(ours)
    return said


def test_a_gbk_terminal_gets_gbk(gbk: dict[str, str | None], tianjin: Path, tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_text("SELECT ?l { VALUES ?l { '中国信创谷𝒜' } }", encoding="utf-8")
    for form in ("table", "csv"):
        said = on_a_terminal(["query", "--build", tianjin, "-f", form, "q.rq"], {**gbk, "TERM": "dumb"}, tmp_path)
        assert "中国信创谷?" in said.decode("gbk")
    said = on_a_terminal(["rank", "--build", tianjin, "--kind", "Prk"], {**gbk, "TERM": "dumb"}, tmp_path)
    assert "没有名为“Prk”的类" in said.decode("gbk")


@pytest.mark.parametrize("env", [{"TERM": "dumb"}, {"TERM": "xterm", "NO_COLOR": "1"}])
def test_terminals_that_can_little(
    env: dict[str, str | None], small_plan: Maker, tianjin: Path, tmp_path: Path
) -> None:
    import re

    plan = small_plan().path
    said = on_a_terminal(["build", plan, "-o", "out"], env, tmp_path).decode("utf-8")
    assert "1 plan(s), 4 entities" in said
    assert not re.search(r"\x1b\[[0-9;]*[1-9][0-9;]*m", said)  # no colour, no weight
    if env["TERM"] == "dumb":
        assert "\x1b" not in said
    said = on_a_terminal(["rank", "--build", tianjin, "--lang", "zh"], env, tmp_path).decode("utf-8")
    assert "天津市" in said
    assert "\x1b" not in said


def test_a_table_fits_the_terminal(tianjin: Path, tmp_path: Path) -> None:
    from rich.cells import cell_len

    text = "SELECT ?a ?b { VALUES (?a ?b) { ('" + "中国信创谷" * 30 + "' 'x') } }"
    said = on_a_terminal(["query", "--build", tianjin, "-e", text], {"COLUMNS": "60"}, tmp_path).decode("utf-8")
    assert max(cell_len(line) for line in said.splitlines()) <= 60
    assert said.count("中国信创谷"[0]) == 30


def test_what_is_no_text_is_not_written_to_a_terminal(tianjin: Path, tmp_path: Path) -> None:
    said = on_a_terminal(["query", "--build", tianjin, "-f", "parquet", "-e", "ASK {}"], {}, tmp_path)
    assert b"not for a terminal; give a file with -o" in said
    said = on_a_terminal(
        ["query", "--build", tianjin, "-f", "csv", "-e", "SELECT ('a\\u001B[31m' AS ?x) {}"], {}, tmp_path
    )
    assert b"\x1b" not in said


@pytest.mark.parametrize(
    "closed", [">&-", "2>&-", ">&- 2>&-", "<&-", "<&- >&- 2>&-", ">/dev/full", ">/dev/full 2>/dev/full"]
)
@pytest.mark.parametrize("arguments", ["query -e 'ASK {}'", "rank", "query -e 'ASK {'", "query -", "build"])
def test_streams_that_are_closed_or_full(tianjin: Path, tmp_path: Path, arguments: str, closed: str) -> None:
    command = " ".join(f"'{part}'" for part in CLI)
    env = environment(PLANGRAPH_BUILD=str(tianjin), PYTHONDEVMODE=None)
    done = subprocess.run(
        ["sh", "-c", f"{command} {arguments} {closed}"], cwd=tmp_path, env=env, capture_output=True, timeout=60
    )
    assert b"Traceback" not in done.stderr
    assert b"unexpected" not in done.stderr
    assert b"Exception ignored" not in done.stderr
    right = arguments not in ("query -e 'ASK {'", "query -")
    if right and "full" not in closed:
        assert done.returncode == 0, done.stderr
    elif not right:
        assert done.returncode == 1
