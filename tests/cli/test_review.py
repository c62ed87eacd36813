"""``plangraph review``: scripts, and a reviewer's keys."""

from __future__ import annotations

import csv
import os
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from plangraph.cli import cli
from plangraph.extract.decisions import read_decisions
from plangraph.folder import read_folder
from tests.conftest import CLI, environment
from tests.test_review import ANTIBODY, BIO, HYDROGEN, PARK, TEXT, extract


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    extract(tmp_path / "yunting")
    (tmp_path / "plan.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path / "yunting"


def review(folder: Path, *arguments: str, keys: str = "", lang: str = "en") -> Result:
    text = ["--text", str(folder.parent / "plan.txt")]
    return CliRunner().invoke(
        cli, ["review", str(folder), *text, "--by", "甲", "--on", "2031-02-03", "--lang", lang, *arguments], input=keys
    )


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "statements.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def statuses(folder: Path) -> list[str]:
    return sorted(r["status"] for r in rows(folder))


def ids(folder: Path, *arguments: str) -> list[str]:
    return [line.split()[0] for line in review(folder, "--list", *arguments).stdout.splitlines()[2:] if line.strip()]


def test_listing_decides_nothing(folder: Path) -> None:
    before = (folder / "statements.csv").read_bytes()
    done = review(folder, "--list", "--order", "confidence", lang="zh")
    assert done.exit_code == 0 and "云汀市（地级区划） —研发→ 抗体技术（技术）" in done.stdout
    assert (
        len(ids(folder)) == 4 and ids(folder, "--min-confidence", "0.6") == ids(folder, "--order", "confidence")[1::-1]
    )
    assert (folder / "statements.csv").read_bytes() == before


def test_rows_are_decided_by_id(folder: Path) -> None:
    one, two, *_ = ids(folder, "--order", "text")
    assert review(folder, "--accept", "--id", one, "--reason", "读过").exit_code == 0
    done = review(folder, "--reject", "--id", two, "--id", one)
    assert done.exit_code == 0 and "2 rows rejected; 2 wait" in done.stdout
    decided = [r for r in rows(folder) if r["status"] == "rejected"]
    assert [(r["decided_by"], r["decided_on"]) for r in decided] == [("甲", "2031-02-03")] * 2
    assert review(folder, "--reopen", "--yes").exit_code == 0
    assert statuses(folder) == ["proposed"] * 4
    assert "no row has the id ffffffff" in review(folder, "--accept", "--id", "ffffffff").stderr


def test_many_rows_are_shown_and_asked_for(folder: Path) -> None:
    wanted = ("--accept", "--min-confidence", "0.6", "--method", "model:pairs")
    refused = review(folder, *wanted, keys="n\n")
    assert refused.exit_code == 1 and "2 rows: all accepted?" in refused.stdout and statuses(folder) == ["proposed"] * 4
    assert review(folder, *wanted, keys="y\n").exit_code == 0
    assert statuses(folder) == ["accepted"] * 2 + ["proposed"] * 2
    assert review(folder, "--accept", "--entity", "氢能", "--relation", "focusesOn", "--yes").exit_code == 0
    assert statuses(folder).count("accepted") == 3


def test_entities_are_changed_by_name(folder: Path) -> None:
    assert review(folder, "--merge", "氢能", "生物医药").exit_code == 0
    assert review(folder, "--rename", "云汀大学", "云汀科技大学").exit_code == 0
    assert review(folder, "--retype", "抗体技术", "Domain").exit_code == 0
    assert review(folder, "--alias", PARK, "云高新").exit_code == 0
    entities = {e.id: e for e in read_folder(folder).entities}
    assert HYDROGEN not in entities and ANTIBODY not in entities and entities[PARK].aliases == ("云高新",)
    assert len(read_decisions(folder)) == 3
    told = review(folder, "--rename", "云汀科技大学", "生物医药")
    assert told.exit_code == 0 and f"{BIO} (Domain) has this name too" in told.stdout
    asked = review(folder, "--delete", "云高新", keys="n\n", lang="zh")
    assert asked.exit_code == 1 and "删除“云汀高新区”及其 3 行未定的陈述？" in asked.stdout
    assert review(folder, "--delete", "云高新", "--yes", lang="zh").exit_code == 0
    assert PARK not in {e.id for e in read_folder(folder).entities}
    wrong = review(folder, "--merge", "没有这个", "生物医药")
    assert wrong.exit_code == 1 and "nothing here is called" in wrong.stderr


@pytest.mark.parametrize(
    "arguments",
    [("--on", "昨天"), ("--on", "2031-13-40"), ("--on", "20310203"), ("--relation", "nonsense"), ("--entity", "没有"), ("--accept", "--reject")],
)  # fmt: skip
def test_what_is_wrong_is_told(folder: Path, arguments: tuple[str, ...]) -> None:
    done = review(folder, "--list", *arguments)
    usage = arguments[0] in ("--on", "--accept")
    assert done.exit_code == (2 if usage else 1) and done.exception.__class__ is SystemExit and done.stderr


def test_a_folder_that_cannot_be_written_is_told_before_the_first_decision(folder: Path) -> None:
    (folder / ".lock").unlink()
    (folder / ".lock").mkdir()
    done = review(folder, keys="q")
    assert done.exit_code == 1 and "cannot be written" in done.stderr and "saved at once" not in done.stdout


def test_no_folder_and_another_text(folder: Path, tmp_path: Path) -> None:
    assert "plan.toml" in CliRunner().invoke(cli, ["review", str(tmp_path / "none"), "--list"]).stderr
    (folder.parent / "plan.txt").write_text("别的", encoding="utf-8")
    assert "SHA-256" in review(folder, "--list").stderr


# ---- keys


def test_keys_decide_and_undo(folder: Path) -> None:
    done = review(folder, "--order", "text", keys="arsuRx\n" + "q")
    assert done.exit_code == 0, done.output
    assert "【" in done.stdout and "h: keys" in done.stdout
    assert review(folder, "--order", "text", keys="?xob").exit_code == 0
    done = review(folder, "--order", "confidence", keys="aaaaaa")
    assert "3 accepted" in done.stdout or statuses(folder).count("proposed") == 0


def test_each_decision_is_saved_when_the_session_breaks_off(folder: Path) -> None:
    assert review(folder, keys="ar").exit_code == 0
    assert statuses(folder) == ["accepted", "proposed", "proposed", "rejected"]
    assert review(folder, keys="a\x03").exit_code == 0
    assert statuses(folder).count("accepted") == 2


def test_mending_by_keys(folder: Path) -> None:
    done = review(folder, "--entity", "氢能", keys="e云汀市\n\n\n\n主体\nq")
    assert done.exit_code == 0, done.output
    accepted = [r for r in rows(folder) if r["status"] == "accepted"]
    assert [(r["subject"], r["method"], r["reason"]) for r in accepted] == [
        ("district/yun-ting-shi", "curated", "主体")
    ]
    done = review(folder, "--entity", "生物医药", keys="e\n\nlocatedIn\n\n\nq", lang="zh")
    assert "本体不允许" in done.stdout


def test_adding_by_keys(folder: Path) -> None:
    done = review(folder, keys="+云汀市\n研发\n核酸技术\nTechnology\n核酸技术\nq")
    assert done.exit_code == 0, done.output
    assert any(r["quote"] == "核酸技术" and r["predicate"] == "develops" for r in rows(folder))
    before = len(rows(folder))
    assert "the text does not have" in review(folder, keys="+云汀大学\n研发\n抗体技术\n没有的话\nq").stdout
    assert len(rows(folder)) == before


def test_entities_by_keys(folder: Path) -> None:
    keys = "n2\n氢能源\ny\n" + "l1\n云高新\n" + "t2\nTechnology\n" + "u" + "m2\n生物医药\n" + "q"
    done = review(folder, "--entity", "氢能", "--order", "text", keys=keys)
    assert done.exit_code == 0, done.output
    entities = {e.id: e for e in read_folder(folder).entities}
    assert HYDROGEN not in entities and set(entities[BIO].aliases) == {"氢能源", "氢能"}
    assert entities[PARK].aliases == ("云高新",)
    assert "delete 抗体技术 and its 1 undecided rows?" in review(folder, "--entity", "抗体技术", keys="d\ny\nq").stdout
    assert ANTIBODY not in {e.id for e in read_folder(folder).entities}


def test_bulk_and_filter_by_keys(folder: Path) -> None:
    done = review(folder, keys="B-\nmodel:pairs\n-\n0.6\n1\na\n" + "u" + "f聚焦\n-\n-\n0\n1\n" + "q")
    assert done.exit_code == 0, done.output
    assert "2 rows accepted; u takes it back" in done.stdout and "taken back: accepted" in done.stdout
    assert "[1/2]" in done.stdout and statuses(folder) == ["proposed"] * 4
    assert "'focussesOn' is no relation" in review(folder, keys="BfocussesOn\n-\n-\n0\n1\na\nq").stdout


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are not on Windows")
def test_in_a_real_terminal(folder: Path) -> None:
    import pty
    import select

    pid, terminal = pty.fork()
    if pid == 0:  # the child is plangraph
        os.execve(CLI[0], [*CLI, "review", str(folder), "--by", "甲", "--lang", "en"], environment(TERM="xterm"))
    said = b""

    def wait(word: bytes) -> None:
        nonlocal said
        until = time.monotonic() + 60
        while word not in said and time.monotonic() < until:
            if select.select([terminal], [], [], 0.1)[0]:
                try:
                    said += os.read(terminal, 65536)
                except OSError:
                    break
        assert word in said, said.decode("utf-8", "replace")

    wait(b"[1/4]")
    os.write(terminal, "a\x1b[A氢a".encode())  # an arrow and a character are no keys; what is typed ahead counts
    wait(b"[3/4]")
    os.write(terminal, b"\x03")
    wait(b"2 accepted")
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    os.close(terminal)
    assert statuses(folder).count("accepted") == 2
