"""Which software a number came from."""

from __future__ import annotations

from importlib.metadata import version

LIBRARIES = ("plangraph", "igraph", "numpy", "scipy")


def versions(lang: str) -> str:
    """A sentence with the versions of the libraries that computed."""
    listed = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return f"计算所用：{listed}。" if lang == "zh" else f"Computed with {listed}."
