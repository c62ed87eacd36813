"""Starting is quick because what is heavy is imported by the functions that use it."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "rdflib", "networkx", "pandas", "numpy", "pyshacl", "pyvis", "IPython", "igraph", "pyarrow", "rich", "scipy",
    "pyoxigraph", "rapidfuzz", "lxml", "pypdfium2", "pypinyin", "sklearn",
)  # fmt: skip


def loaded_by(code: str) -> set[str]:
    """Which of the heavy packages a new interpreter has loaded after ``code``."""
    report = f"import sys\nprint(*(m for m in {HEAVY!r} if m in sys.modules))"
    run = subprocess.run(
        [sys.executable, "-P", "-c", f"{code}\n{report}"], capture_output=True, text=True, encoding="utf-8", check=True
    )
    return set(run.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    "code",
    [
        "import plangraph",
        "import plangraph.cli",
        "from plangraph.cli import cli\ncli(['--help'], standalone_mode=False)",
        "from plangraph.cli import cli\ncli(['--version'], standalone_mode=False)",
        "from plangraph.cli import cli\ncli(['query', '--help'], standalone_mode=False)",
        "from plangraph.cli import cli\ncli(['rank', '--help'], standalone_mode=False)",
    ],
)
def test_nothing_heavy_is_loaded_at_the_start(code: str) -> None:
    assert loaded_by(code) == set()


def test_a_heavy_import_is_seen() -> None:
    assert "rich" in loaded_by("import rich")
