"""SPARQL servers for the tests, each started once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.push.servers import fuseki, oxigraph, running, virtuoso

pytest.importorskip("httpx", reason="httpx is not installed: pip install 'plangraph[remote]'")


@pytest.fixture(autouse=True)
def no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nobody's own names and passwords."""
    for name in ("USER", "PASSWORD", "TOKEN"):
        monkeypatch.delenv(f"PLANGRAPH_STORE_{name}", raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "no-netrc"))


@pytest.fixture(scope="session")
def oxigraph_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A bare Oxigraph server."""
    with running(oxigraph(), tmp_path_factory.mktemp("oxigraph")) as url:
        yield url


@pytest.fixture(scope="session")
def union_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A bare Oxigraph server whose default graph is the union of all."""
    with running(oxigraph("--union-default-graph"), tmp_path_factory.mktemp("union")) as url:
        yield url


@pytest.fixture(scope="session")
def fuseki_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A dataset of Fuseki on disk."""
    with running(fuseki(), tmp_path_factory.mktemp("fuseki"), "/plans") as url:
        yield f"{url}/plans"


@pytest.fixture(scope="session")
def virtuoso_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Virtuoso."""
    with running(virtuoso(), tmp_path_factory.mktemp("virtuoso"), "/sparql") as url:
        yield url
