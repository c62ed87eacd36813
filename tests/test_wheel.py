"""The wheel is whole: built from the sdist, installed away from the checkout, it builds, answers and shows."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import CHECKOUT, environment

pytestmark = pytest.mark.wheel


def run(*arguments: str | Path, cwd: Path) -> str:
    """Standard output of a command that must end well, in an environment that knows nothing of the checkout."""
    env = environment(PYTHONPATH=None, VIRTUAL_ENV=None)
    done = subprocess.run([*arguments], cwd=cwd, env=env, capture_output=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr).decode("utf-8")
    return done.stdout.decode("utf-8")


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sdist, and the wheel that is built from it; offline, with the tools of this environment."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-P", "-m", "build", "--no-isolation", "--outdir", folder, CHECKOUT, cwd=folder)
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return sdist, wheel


@pytest.fixture(scope="module")
def installed(distributions: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Runs a program of a new environment that has the wheel, in an empty folder."""
    home = tmp_path_factory.mktemp("elsewhere")
    run(sys.executable, "-m", "venv", "--without-pip", home / "venv", cwd=home)
    python = home / "venv" / "bin" / "python"
    # The dependencies are those of this environment; a .pth of another folder is not read, so no editable plangraph.
    packages = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=home).strip())
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index"]
    run(*pip, distributions[1], cwd=home)
    (home / "empty").mkdir()

    def program(name: str, *arguments: str | Path) -> str:
        return run(home / "venv" / "bin" / name, *arguments, cwd=home / "empty")

    return program


def test_the_wheel_carries_what_it_needs(distributions: tuple[Path, Path]) -> None:
    names = set(zipfile.ZipFile(distributions[1]).namelist())
    for folder, pattern in (("ontology", "*.ttl"), ("graph", "*/*"), ("queries", "*.rq"), ("notebooks", "*.ipynb")):
        files = [p for p in (CHECKOUT / folder).glob(pattern) if p.is_file()]
        assert files
        for file in files:
            assert f"plangraph/_data/{file.relative_to(CHECKOUT).as_posix()}" in names
    source = CHECKOUT / "src" / "plangraph"
    for file in source.rglob("*"):
        if file.is_file() and "__pycache__" not in file.parts:
            assert f"plangraph/{file.relative_to(source).as_posix()}" in names
    assert not [n for n in names if "__pycache__" in n or n.startswith(("tests/", "docs/", "demo/"))]


def test_the_sdist_carries_what_tests_it(distributions: tuple[Path, Path]) -> None:
    with tarfile.open(distributions[0]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    needed = {
        "Makefile",
        "constraints.txt",
        "LICENSE",
        "README.md",
        "README.zh-CN.md",
        "tests/conftest.py",
        "pyproject.toml",
    }
    assert needed <= names


def test_the_installed_package_is_not_the_checkout(installed: Callable[..., str]) -> None:
    found = installed("python", "-c", "import plangraph; print(plangraph.__file__)").strip()
    assert not Path(found).is_relative_to(CHECKOUT)
    version = installed("plangraph", "--version")
    assert version == f"plangraph, version {distribution_version()}\n"


def distribution_version() -> str:
    import tomllib

    return str(tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]["version"])


def test_it_builds_answers_and_shows_in_an_empty_folder(installed: Callable[..., str]) -> None:
    assert "1 plan(s)" in installed("plangraph", "build")
    assert "中国信创谷" in installed(
        "plangraph", "query", "-e", "SELECT ?l { ?s a plan:InnovationZone ; rdfs:label ?l }"
    )
    assert len(installed("plangraph", "questions").splitlines()) > 10
    assert "中国信创谷" in installed("plangraph", "ask", "innovation-zones")
    assert "rank" in installed("plangraph", "rank", "--top", "3")
    assert "1." in installed("plangraph", "path", "中国信创谷", "滨海高新区")
    assert "0 error(s)" in installed("plangraph", "check")
    installed("plangraph", "show", "-o", "page.html")
    installed("plangraph", "export", "-f", "gexf", "-o", "graph.gexf")


def test_this_environment_has_the_editable_install() -> None:
    import plangraph

    if not Path(plangraph.__file__).is_relative_to(CHECKOUT):
        pytest.skip("plangraph is not installed editable here")
    assert shutil.which("plangraph", path=str(Path(sys.executable).parent))
