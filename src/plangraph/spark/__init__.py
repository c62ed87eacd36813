"""The same jobs on Apache Spark, where one machine is too small: many texts, many plans, large networks.

Each job reads and writes what the command of one machine reads and writes, and gives the same. The nodes of the cluster
need plangraph installed, the same Python, and the folders at the same paths.
"""

from __future__ import annotations

from plangraph.spark.corpus import count_statements, extract_texts, write_quads
from plangraph.spark.measures import measure
from plangraph.spark.resolution import resolve_plans
from plangraph.spark.session import connect

__all__ = ["connect", "count_statements", "extract_texts", "measure", "resolve_plans", "write_quads"]
