"""The entity network: projections with names, measures, rank intervals, paths, communities, gaps.

A `Projection` says which entities and relations make a network; `project` makes it as integer arrays, which igraph and
scipy compute on. A networkx graph is made on demand.
"""

from __future__ import annotations

from plangraph.network.catalogue import MEASURES, Measure
from plangraph.network.communities import Communities, Community, communities
from plangraph.network.gaps import Gap, gaps
from plangraph.network.network import Network, project, to_networkx
from plangraph.network.paths import Hop, Path, Paths, paths, shortest_paths
from plangraph.network.projection import WEIGHTS, Projection
from plangraph.network.ranking import Ranked, Ranking, centrality, rank
from plangraph.network.structure import Bridge, Broker, Core, bridges, brokers, cores
from plangraph.network.words import explain

__all__ = [
    "MEASURES",
    "WEIGHTS",
    "Bridge",
    "Broker",
    "Communities",
    "Community",
    "Core",
    "Gap",
    "Hop",
    "Measure",
    "Network",
    "Path",
    "Paths",
    "Projection",
    "Ranked",
    "Ranking",
    "bridges",
    "brokers",
    "centrality",
    "communities",
    "cores",
    "explain",
    "gaps",
    "paths",
    "project",
    "rank",
    "shortest_paths",
    "to_networkx",
]
