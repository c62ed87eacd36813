"""plangraph: plan documents as a knowledge graph in which every edge carries a verified quote.

>>> import plangraph
>>> plangraph.build(output="plangraph-build")      # doctest: +SKIP
>>> kg = plangraph.open("plangraph-build")         # doctest: +SKIP
>>> kg.entity("滨海高新区").label_en                 # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plangraph.builds import build
    from plangraph.check import check_folders
    from plangraph.compare import compare_plans
    from plangraph.errors import PlangraphError
    from plangraph.extract.plan import extract_plan
    from plangraph.folder import read_folder
    from plangraph.graph import PlanGraph, open
    from plangraph.model import Entity, Evidence, Statement
    from plangraph.network import Projection
    from plangraph.query import Result

_HOME = {
    "Entity": "model",
    "Evidence": "model",
    "PlanGraph": "graph",
    "PlangraphError": "errors",
    "Projection": "network",
    "Result": "query",
    "Statement": "model",
    "build": "builds",
    "check_folders": "check",
    "compare_plans": "compare",
    "extract_plan": "extract.plan",
    "open": "graph",
    "read_folder": "folder",
}

__all__ = [
    "Entity",
    "Evidence",
    "PlanGraph",
    "PlangraphError",
    "Projection",
    "Result",
    "Statement",
    "build",
    "check_folders",
    "compare_plans",
    "extract_plan",
    "open",
    "read_folder",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(f"plangraph.{_HOME[name]}"), name)
    raise AttributeError(f"module 'plangraph' has no attribute {name!r}")
