"""``plangraph report``."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Cli = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.mark.parametrize(("lang", "word"), [("zh", "条脚注"), ("en", "footnotes")])
def test_the_page_is_written(cli: Cli, tianjin: Path, tmp_path: Path, lang: str, word: str) -> None:
    run = cli("report", "--build", tianjin, "--by", "degree", "--lang", lang, cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    assert word in run.stdout.decode("utf-8")
    html = (tmp_path / "report.html").read_text("utf-8")
    assert html.startswith(f'<!doctype html>\n<html lang="{"zh-CN" if lang == "zh" else "en"}">')


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--by", "nosuch"], "no measure 'nosuch'"),
        (["--plan", "nosuch"], "no plan 'nosuch'"),
        (["--build", "nosuch"], "no build here"),
        (["-o", "nosuch/report.html"], "cannot be written"),
    ],
)
def test_what_goes_wrong_is_said(cli: Cli, tianjin: Path, tmp_path: Path, options: list[str], word: str) -> None:
    run = cli("report", "--build", tianjin, "--by", "degree", *options, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (1, b"")
    assert word in run.stderr.decode("utf-8")
