"""A graph as integer arrays: what every measure reads, and the one way into igraph and scipy.

Nodes are the numbers 0 … size - 1. There is one entry an edge in ``source``, ``target`` and ``weight``, no two of them
between the same nodes (in the same direction, for a directed graph), and none from a node to itself.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import networkx
    import numpy as np
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]
    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Arrays:
    """The edges of a graph.

    Args:
        size: Number of nodes.
        source: Node at which each edge starts.
        target: Node at which it ends.
        weight: What it weighs.
        directed: Whether direction counts; without it each edge stands once.
        seeds: Weight of each node as a place to start from, for PageRank; None for all alike.
        domains: Number of the domain that each node belongs to, -1 for none; None where nobody knows.
    """

    size: int
    source: Integers
    target: Integers
    weight: Floats
    directed: bool
    seeds: Floats | None = None
    domains: Integers | None = None

    @functools.cached_property
    def igraph(self) -> Any:
        """The same as an igraph Graph with edge attribute ``weight``."""
        import igraph
        import numpy as np

        pairs = np.column_stack((self.source, self.target)).astype(np.int64)
        graph = igraph.Graph(n=self.size, edges=pairs, directed=self.directed)
        graph.es["weight"] = self.weight
        return graph

    @functools.cached_property
    def matrix(self) -> Any:
        """Adjacency as a scipy CSR array of weights; symmetric for an undirected graph."""
        import numpy as np
        from scipy.sparse import csr_array

        source, target, weight = self.source, self.target, self.weight
        if not self.directed:
            source, target = np.concatenate((source, target)), np.concatenate((target, source))
            weight = np.concatenate((weight, weight))
        return csr_array((weight, (source, target)), shape=(self.size, self.size))

    @functools.cached_property
    def mutual(self) -> Any:
        """Weights of both directions summed, as a symmetric CSR array: what Burt calls the tie between two nodes."""
        return self.matrix + self.matrix.T if self.directed else self.matrix

    @functools.cached_property
    def degree(self) -> Integers:
        """Number of edges at each node, in either direction."""
        import numpy as np

        ends = np.concatenate((self.source, self.target))
        return np.bincount(ends, minlength=self.size).astype(np.int64)

    @functools.cached_property
    def reach(self) -> Integers:
        """How many other nodes have a path to each node."""
        import numpy as np
        from scipy.sparse.csgraph import connected_components

        _, labels = connected_components(self.matrix, directed=self.directed, connection="strong")
        sizes = np.bincount(labels)
        if not self.directed:
            return np.asarray(sizes[labels] - 1, dtype=np.int64)
        return np.asarray(_ancestors(labels, sizes, self.source, self.target)[labels] - 1, dtype=np.int64)


def _ancestors(labels: Integers, sizes: Integers, source: Integers, target: Integers) -> Integers:
    """For each strongly connected part, the number of nodes that reach it, its own among them.

    A part's ancestors are a set of bits in one long integer; parts are gone through from the sources on.
    """
    import igraph
    import numpy as np

    crossing = labels[source] != labels[target]
    pairs = np.unique(np.column_stack((labels[source][crossing], labels[target][crossing])), axis=0)
    parts = igraph.Graph(n=len(sizes), edges=pairs, directed=True)
    place = np.concatenate(([0], np.cumsum(sizes)))
    bits = [((1 << int(size)) - 1) << int(start) for size, start in zip(sizes, place, strict=False)]
    for part in parts.topological_sorting():
        for before in parts.predecessors(part):
            bits[part] |= bits[before]
    return np.array([b.bit_count() for b in bits], dtype=np.int64)


def from_networkx(graph: networkx.Graph, weight: str = "weight") -> Arrays:
    """The arrays of a networkx graph, its nodes in their own order.

    Parallel edges of a multigraph become one whose weight is their sum; an edge without ``weight`` weighs 1; an edge
    from a node to itself is left out.
    """
    import numpy as np

    number = {node: n for n, node in enumerate(graph)}
    rows = [(number[a], number[b], float(w)) for a, b, w in graph.edges(data=weight, default=1.0) if a != b]
    table = np.array(rows, dtype=np.float64).reshape(len(rows), 3)
    ends = table[:, :2].astype(np.int64)
    source, target, _, total = merged(ends[:, 0], ends[:, 1], table[:, 2], len(number), graph.is_directed())
    return Arrays(len(number), source, target, total, graph.is_directed())


def merged(
    source: Integers, target: Integers, weight: Floats, size: int, directed: bool
) -> tuple[Integers, Integers, Integers, Floats]:
    """Edges sorted and parallel ones made one: source, target, which edge each entry went into, summed weight."""
    import numpy as np

    if not directed:
        source, target = np.minimum(source, target), np.maximum(source, target)
    keys, edge = np.unique(source * max(size, 1) + target, return_inverse=True)
    total = np.bincount(edge, weights=weight, minlength=len(keys)).astype(np.float64)
    return keys // max(size, 1), keys % max(size, 1), edge.astype(np.int64), total
