"""The notebooks run from top to bottom without a network and stand in the repository without outputs."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))

#: Run before a notebook's own cells: whoever calls out beyond this machine gets an error.
CLOSED = """
import socket
_connect = socket.socket.connect
def _refuse(self, address):
    if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost"):
        raise AssertionError(f"the notebook called {address}")
    return _connect(self, address)
socket.socket.connect = _refuse
"""


def test_there_are_notebooks() -> None:
    assert [p.name[:2] for p in NOTEBOOKS] == [f"{n:02}" for n in range(1, 9)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_a_notebook_is_stored_in_one_form_without_outputs(path: Path) -> None:
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed: pip install 'plangraph[test]'")
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert path.read_bytes().decode("utf-8") == nbformat.writes(notebook) + "\n"
    assert not [c.id for c in notebook.cells if c.cell_type == "code" and (c.outputs or c.execution_count is not None)]
    ids = [c.id for c in notebook.cells]
    assert len(set(ids)) == len(ids)
    # Jupyter's own ids are random hexadecimal digits.
    assert not [i for i in ids if not re.fullmatch(r"[a-z]+(-[a-z]+)*", i)]
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            assert re.search("[\u4e00-\u9fff]", cell.source) and re.search(r"\*[A-Z][^\u4e00-\u9fff]+\*$", cell.source)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_a_notebook_uses_the_public_interface_alone(path: Path) -> None:
    import json

    import plangraph

    notebook = json.loads(path.read_text(encoding="utf-8"))
    code = "\n".join("".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code")
    assert not re.findall(r"(?:from|import) plangraph\.\w+", code)
    used = set(re.findall(r"\bplangraph\.(\w+)", code))
    assert used and used <= set(plangraph.__all__)
    assert not re.findall(r"\.(_\w+)", code)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_a_notebook_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLANGRAPH_PLANS", raising=False)
    execute(path, tmp_path, monkeypatch)


def test_the_comparison_runs_on_the_reports(plans_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANGRAPH_PLANS", str(plans_dir))
    (path,) = (p for p in NOTEBOOKS if p.name.startswith("07"))
    notebook = execute(path, tmp_path, monkeypatch)
    (found,) = (_text(cell) for cell in notebook.cells if cell.id == "find")
    assert f"{len(list((plans_dir / 'reports-2026').glob('*.txt')))} 份" in found and "没有找到" not in found


def execute(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The notebook, run with the network closed; every cell shows something and nothing goes wrong."""
    for module in ("nbformat", "nbclient", "ipykernel", "pandas"):
        pytest.importorskip(module, reason=f"{module} is not installed: pip install 'plangraph[test]'")
    import nbformat
    from nbclient import NotebookClient

    # The kernel "python3" is this Python's own, whatever kernels the user has.
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.delenv("JUPYTER_PATH", raising=False)
    work = tmp_path / "work"
    work.mkdir(parents=True)
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(f"import sys\n{CLOSED}\nprint(sys.executable)", id="closed"))
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(work)}})
    client.execute()
    assert os.path.realpath(_text(notebook.cells[0]).strip()) == os.path.realpath(sys.executable)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs, f"{cell.id} shows nothing"
            assert not [o for o in cell.outputs if o.output_type == "error" or o.get("name") == "stderr"], cell.id
            tables = [o.data["text/html"] for o in cell.outputs if "text/html" in o.get("data", {})]
            assert all("<td>" in t or "<iframe" in t for t in tables), f"{cell.id} shows an empty table"
    assert list(work.iterdir()) == []
    return notebook


def _text(cell: Any) -> str:
    return "".join(o.get("text", "") for o in cell.outputs)
