"""``plangraph extract`` on a folder of texts."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from plangraph.extract.corpus import STAMP, extract_corpus, plan_texts
from plangraph.extract.saving import UNFINISHED
from plangraph.folder import find_plan_folders, read_folders

Cli = Callable[..., subprocess.CompletedProcess[bytes]]
TEXT = "青禾市科技规划\n一、总体要求\n支持青禾大学建设量子材料实验室，发展量子材料和生物医药产业。\n"


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """Three texts, two of which share a name, and one file that is none."""
    root = tmp_path / "texts"
    (root / "旧").mkdir(parents=True)
    for name in ("甲市.txt", "乙市.txt", "旧/甲市.txt"):
        (root / name).write_text(name + TEXT, encoding="utf-8")
    (root / "坏.txt").write_bytes(b"a\0b")
    return root


def tables(output: Path) -> dict[str, bytes]:
    """Bytes of every table below ``output``."""
    return {str(p.relative_to(output)): p.read_bytes() for p in sorted(output.rglob("*.csv"))}


def test_a_bad_file_is_named_and_passed_over_and_a_second_run_does_nothing(
    cli: Cli, texts: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run = cli("extract", texts, "-o", out)
    assert run.returncode == 1
    assert "坏.txt:1:2" in run.stderr.decode("utf-8")
    assert b"3 extracted, 0 unchanged, 1 failed" in run.stdout
    assert len(read_folders(find_plan_folders([out]))) == 3
    before = tables(out)
    (texts / "坏.txt").unlink()
    (texts / "乙市.txt").write_text("乙市" + TEXT * 2, encoding="utf-8")
    run = cli("extract", texts, "-o", out, "--lang", "zh")
    assert run.returncode == 0
    assert "抽取 1 份，未变 2 份，失败 0 份" in run.stdout.decode("utf-8")
    assert {k for k, v in tables(out).items() if v != before[k]} <= {"yi-shi/entities.csv", "yi-shi/statements.csv"}


def test_what_a_crash_left_is_taken_up(texts: Path, tmp_path: Path) -> None:
    (texts / "坏.txt").unlink()
    extract_corpus(texts, tmp_path / "whole", workers=2)
    extract_corpus(texts, tmp_path / "broken", workers=1)
    stamps = sorted((tmp_path / "broken").rglob(STAMP))
    stamps[0].unlink()
    (stamps[1].parent / "plan.toml").unlink()  # it is written after the tables
    (stamps[1].parent / UNFINISHED).touch()
    states = [o.state for o in extract_corpus(texts, tmp_path / "broken", workers=2)]
    assert sorted(states) == ["done", "done", "unchanged"]
    assert tables(tmp_path / "whole") == tables(tmp_path / "broken")


def test_files_of_other_kinds_are_named(cli: Cli, texts: Path, tmp_path: Path) -> None:
    (texts / "坏.txt").unlink()
    (texts / "丙市.doc").write_bytes(b"\xd0\xcf")
    (texts / "丁市.txt").symlink_to(tmp_path / "nowhere")
    run = cli("extract", texts, "-o", texts / "out", "--lang", "en")
    said = run.stderr.decode("utf-8")
    assert run.returncode == 0 and "丙市.doc: not read, no txt, HTML, DOCX or PDF file" in said and "丁市.txt" in said
    assert cli("extract", texts, "-o", texts / "out", "--lang", "en").stderr.decode("utf-8") == said


def test_a_process_that_dies_takes_no_other_file_with_it(
    texts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The processes start afresh, so the fault comes with the environment: a module that kills one file's reader.
    plugin = tmp_path / "plugin"
    plugin.mkdir()
    (plugin / "sitecustomize.py").write_text(
        "import os\nimport plangraph.document as d\nread = d.read_document\n"
        "def dying(path):\n    if path.name == '乙市.txt':\n        os._exit(9)\n    return read(path)\n"
        "d.read_document = dying\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(plugin), os.environ.get("PYTHONPATH", "")]))
    outcomes = extract_corpus(texts, tmp_path / "out", workers=2)
    states = {o.text.path.relative_to(texts).as_posix(): o.state for o in outcomes}
    assert states == {"甲市.txt": "done", "旧/甲市.txt": "done", "乙市.txt": "failed", "坏.txt": "failed"}
    assert any("died" in o.en for o in outcomes)


def test_the_output_may_lie_in_the_source_and_a_folder_has_its_own_options(cli: Cli, texts: Path) -> None:
    names = [t.folder.name for t in plan_texts(texts, texts / "out")]
    assert len(set(names)) == 4
    assert all(n.startswith(("jia-shi-", "yi-shi", "huai")) for n in names)
    (texts / "out").mkdir()
    (texts / "out" / "注.txt").write_text("无关", encoding="utf-8")
    assert len(plan_texts(texts, texts / "out")) == 4
    assert cli("extract", texts, "-o", texts / "out", "--title", "x").returncode == 2
    empty = texts / "空"
    empty.mkdir()
    run = cli("extract", empty, "-o", texts / "out")
    assert run.returncode == 1
    assert b"no text of a plan here" in run.stderr
