"""Extraction from what is no plan, into where nothing can be written, and broken off: a clear word and whole tables."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from plangraph.cli import cli
from plangraph.document import Document
from plangraph.extract import propose
from plangraph.extract.writing import write_proposal
from plangraph.folder import read_folder
from plangraph.ontology import load_ontology
from plangraph.tables import has_control_character
from tests.conftest import CLI, environment
from tests.document.invented import raw_docx, written
from tests.document.test_flow import TOLD

pieces = st.sampled_from(
    [
        "一、", "（一）", "第一章 ", "依托", "苏州工业园区", "滨海高新区", "濱海高新區", "发展", "突破", "抗体药物", "氢能", "、", "和", "，", "。", "；",
        "\n", "\r\n", "\n\n", "\u3000\u3000", "\u200b", "南京大学", "与", "合作", "“", "”", "（", "）", "天津市", "打印", "— 3 —", "2031年", "AI", " ",
        "|", "=1+1", "\ud800", "\x1b[31m", "😀",
    ]
)  # fmt: skip


@given(st.lists(st.one_of(pieces, st.text(max_size=5)), max_size=80).map("".join))
@settings(max_examples=80, deadline=None)
def test_any_text_gives_proposals_that_hold(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    document = Document.from_text(text)
    found = propose(document, "any", "", None)
    kinds = {e.id: e.type for e in found.entities}
    assert len(kinds) == len(found.entities)
    for s in found.statements:
        assert load_ontology().allows(kinds[s.subject], s.predicate, kinds[s.object])
        assert len({(e.start, e.end) for e in s.evidence}) == len(s.evidence)
        for e in s.evidence:
            assert text[e.start : e.end] == e.quote and 0 < len(e.quote) <= 24
            assert document.paragraph_at(e.start) == e.paragraph and 0 <= e.confidence <= 1
    assert not any(has_control_character(name) for entity in found.entities for name in entity.names)
    if "\ud800" not in text:
        folder = tmp_path_factory.mktemp("any") / "plan"
        write_proposal(found, document, folder, "any", "无题")
        again = read_folder(folder)
        assert again.entities == found.entities and not write_proposal(found, document, folder, "any", "无题").conflicts
        assert sum(len(s.evidence) for s in again.statements) == sum(len(s.evidence) for s in found.statements)
    assert propose(Document.from_text(text), "any", "", None) == found


def extract(source: Path, folder: Path, lang: str = "en") -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["extract", str(source), "-o", str(folder), "--lang", lang])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return written(tmp_path, "plan.txt", TOLD)


def test_english_and_tables_give_a_result(tmp_path: Path) -> None:
    english = written(tmp_path, "english.txt", "The city builds a national laboratory for hydrogen energy.\n" * 20)
    code, said = extract(english, tmp_path / "english")
    assert code == 0 and "no statement found in 1,180 characters" in said and "0 entities, 0 statements" in said
    row = "".join(
        f"<w:tc><w:p><w:r><w:t>{w}</w:t></w:r></w:p></w:tc>" for w in ("1", "苏州工业园区重点发展集成电路", "300")
    )
    table = written(tmp_path, "table.docx", raw_docx(f"<w:tbl><w:tr>{row}</w:tr></w:tbl>"))
    assert extract(table, tmp_path / "table")[0] == 0
    assert "苏州工业园区" in {e.label_zh for e in read_folder(tmp_path / "table").entities}


@pytest.mark.parametrize("words", ["依托云汀高新区发展氢能、储能，", "研", "a"])
def test_megabytes_on_one_line_are_told_at_once(tmp_path: Path, words: str) -> None:
    line = written(tmp_path, "line.txt", words * (10 * 2**20 // len(words.encode())))
    code, said = extract(line, tmp_path / "line")
    assert code == 1 and "Break it into paragraphs" in said and not (tmp_path / "line").exists()


def test_where_nothing_can_be_written(source: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a", encoding="utf-8")
    code, said = extract(source, tmp_path / "file")
    assert code == 1 and "a file, where the plan folder is to be" in said
    code, said = extract(source, tmp_path / "file" / "below", "zh")
    assert code == 1 and "无法写入" in said


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are not on Windows")
def test_a_full_disk_leaves_what_was_there(source: Path, tmp_path: Path) -> None:
    def small() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (600, 600))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    assert extract(source, tmp_path / "told")[0] == 0
    before = {p.name: p.read_bytes() for p in (tmp_path / "told").iterdir()}
    more = written(tmp_path, "more.txt", TOLD + "支持南京大学、东南大学与江宁开发区合作，研发氢能、储能技术。\n" * 3)
    done = subprocess.run(
        [*CLI, "extract", more, "-o", tmp_path / "told", "--lang", "en"], env=environment(), capture_output=True, preexec_fn=small, timeout=120,
    )  # fmt: skip
    assert done.returncode == 1 and b"cannot be written (File too large)" in done.stderr, done.stderr
    assert {p.name: p.read_bytes() for p in (tmp_path / "told").iterdir()} == before


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent otherwise on Windows")
def test_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    long = written(tmp_path, "long.txt", TOLD * 8000)
    process = subprocess.Popen(
        [*CLI, "extract", long, "-o", tmp_path / "long", "--lang", "en"], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1 and said.strip() == b"Aborted!" and not (tmp_path / "long").exists()


def test_two_at_once_into_one_folder(source: Path, tmp_path: Path) -> None:
    runs = [
        subprocess.Popen(
            [*CLI, "extract", source, "-o", tmp_path / "told", "--lang", "en"], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for _ in range(3)
    ]  # fmt: skip
    assert [(r.communicate(timeout=120), r.returncode)[1] for r in runs] == [0, 0, 0]
    assert read_folder(tmp_path / "told").statements
