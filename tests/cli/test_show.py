"""``plangraph show``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


def test_writes_one_page(cli: Any, tianjin: Path, tmp_path: Path) -> None:
    done = cli("show", "--build", tianjin, "-o", tmp_path / "p.html", "--lang", "en")
    assert done.returncode == 0, done.stderr.decode()
    html = (tmp_path / "p.html").read_text("utf-8")
    assert html.startswith("<!doctype html>") and '<html lang="en"' in html
    assert "entities" in done.stdout.decode("utf-8")
    assert [p.name for p in tmp_path.iterdir()] == ["p.html"]


def test_opens_in_chinese(cli: Any, tianjin: Path, tmp_path: Path) -> None:
    done = cli("show", "--build", tianjin, "-o", "p.html", "--lang", "zh", cwd=tmp_path)
    assert done.returncode == 0
    assert '<html lang="zh-CN"' in (tmp_path / "p.html").read_text("utf-8")
    assert "条陈述" in done.stdout.decode("utf-8")


def test_narrowed_page_is_smaller(cli: Any, tianjin: Path, tmp_path: Path) -> None:
    cli("show", "--build", tianjin, "-o", tmp_path / "all.html")
    done = cli(
        "show", "--build", tianjin, "-o", tmp_path / "few.html", "--kind", "Park", "--relation", "collaboratesWith"
    )
    assert done.returncode == 0, done.stderr.decode()
    assert (tmp_path / "few.html").stat().st_size < (tmp_path / "all.html").stat().st_size


def test_text_is_put_in(cli: Any, tianjin: Path, tmp_path: Path, plans_dir: Path) -> None:
    done = cli("show", "--build", tianjin, "-o", tmp_path / "p.html", "--text", plans_dir / "tianjin-145.txt")
    assert done.returncode == 0, done.stderr.decode()
    assert '"before":' in (tmp_path / "p.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--relation", "likes"], "likes"),
        (["--kind", "Planet"], "Planet"),
        (["--plan", "no-such"], "no-such"),
        (["--text", "missing.txt"], "missing.txt"),
        (["-o", "no/such/folder.html"], "no/such/folder.html"),
        (["--build", "elsewhere"], "elsewhere"),
    ],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_wrong_is_said_and_the_old_page_stays(
    cli: Any, tianjin: Path, tmp_path: Path, arguments: list[str], word: str, lang: str
) -> None:
    (tmp_path / "page.html").write_text("old", encoding="utf-8")
    done = cli("show", "--build", tianjin, "--lang", lang, *arguments, cwd=tmp_path)
    assert done.returncode == 1
    message = done.stderr.decode("utf-8")
    assert word in message and "Traceback" not in message
    assert any("\u4e00" <= c <= "\u9fff" for c in message) == (lang == "zh")
    assert (tmp_path / "page.html").read_text("utf-8") == "old"
