"""Where the files that come with plangraph are: the ontology, the bundled plan folders, the saved questions."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource_dir(name: str) -> Path:
    """Folder ``name`` ("ontology", "graph", "queries", "notebooks"), from a checkout or from the wheel.

    Raises:
        FileNotFoundError: The installation is damaged.
    """
    for root in (_PACKAGE / "_data", _PACKAGE.parents[1]):
        if (root / name).is_dir():
            return root / name
    raise FileNotFoundError(f"plangraph's own folder {name}/ is missing: install plangraph again")
