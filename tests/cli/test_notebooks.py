"""``plangraph notebooks``."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import CHECKOUT

Cli = Callable[..., subprocess.CompletedProcess[bytes]]
NAMES = sorted(p.name for p in (CHECKOUT / "notebooks").glob("*.ipynb"))


def test_they_are_copied_and_what_is_there_stays(cli: Cli, tmp_path: Path) -> None:
    run = cli("notebooks", "--no-open", "--lang", "en", cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    folder = tmp_path / "plangraph-notebooks"
    assert sorted(p.name for p in folder.iterdir()) == NAMES
    assert all((folder / n).read_bytes() == (CHECKOUT / "notebooks" / n).read_bytes() for n in NAMES)
    (folder / NAMES[0]).write_text("mine", encoding="utf-8")
    (folder / NAMES[1]).unlink()
    run = cli("notebooks", "--no-open", "--lang", "en", cwd=tmp_path)
    assert (
        run.stdout.decode("utf-8")
        == f"plangraph-notebooks: 1 notebooks copied, {len(NAMES) - 1} that were there kept\n"
    )
    assert (folder / NAMES[0]).read_text("utf-8") == "mine"


def test_a_folder_that_cannot_be_made(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    run = cli("notebooks", "--no-open", "-o", "file/folder", cwd=tmp_path)
    assert run.returncode == 1 and b"cannot be written" in run.stderr


def test_jupyter_is_opened_on_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from click.testing import CliRunner

    from plangraph.cli import cli as group
    from plangraph.cli import notebooks

    called: list[list[str]] = []

    def run(arguments: list[str], check: bool) -> subprocess.CompletedProcess[bytes]:
        called.append(arguments)
        return subprocess.CompletedProcess(arguments, 3)

    monkeypatch.setattr(notebooks.subprocess, "run", run)
    monkeypatch.setattr(notebooks.importlib.util, "find_spec", lambda name: object())
    done = CliRunner().invoke(group, ["notebooks", "-o", str(tmp_path / "n")])
    assert done.exit_code == 3
    assert called[0][1:] == ["-m", "jupyterlab", str(tmp_path / "n")]
    monkeypatch.setattr(notebooks.importlib.util, "find_spec", lambda name: None)
    done = CliRunner().invoke(group, ["notebooks", "-o", str(tmp_path / "n"), "--lang", "en"])
    assert done.exit_code == 1 and "pip install 'plangraph[notebooks]'" in done.output
