"""What commands say when they write a result back into the build."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from plangraph.network import Communities, Ranking


def keep(build_path: Path, outcome: Ranking | Communities, lang: str) -> None:
    """Write ``outcome`` into the build and name its graph on standard error."""
    from plangraph.results import write_back

    iri = write_back(build_path, outcome)
    click.echo(f"已写入命名图 <{iri}>" if lang == "zh" else f"Written to the named graph <{iri}>", err=True)
