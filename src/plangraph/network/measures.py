"""Measures of a node's place in a network, each as a plain function of the arrays.

networkx says what each measure is (the tests compare to nine decimals); igraph (C) or scipy (sparse products)
computes it, whichever is quicker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plangraph.errors import InputError

if TYPE_CHECKING:
    from plangraph.network.arrays import Arrays, Floats

DAMPING = 0.85
_TOLERANCE = 1e-12
_DENSE = 24  # nodes up to which eigenvectors are found on the full matrix


def degree(arrays: Arrays) -> Floats:
    """Number of neighbours (of edges, in a directed network: in and out)."""
    import numpy as np

    return np.asarray(arrays.degree, dtype=np.float64)


def strength(arrays: Arrays) -> Floats:
    """Sum of the weights of a node's edges."""
    import numpy as np

    ends = np.concatenate((arrays.source, arrays.target))
    found = np.bincount(ends, weights=np.tile(arrays.weight, 2), minlength=arrays.size)
    return np.asarray(found, dtype=np.float64)


def betweenness(arrays: Arrays) -> Floats:
    """Share of shortest paths between other nodes that pass through, weights not counted (Brandes 2001)."""
    import numpy as np

    n = arrays.size
    pairs = (n - 1) * (n - 2) / (1 if arrays.directed else 2)
    if pairs <= 0:
        return np.zeros(n)
    return np.array(arrays.igraph.betweenness(), dtype=np.float64) / pairs


def closeness(arrays: Arrays) -> Floats:
    """Inverse mean distance from the nodes within reach, scaled by their share (Wasserman and Faust 1994)."""
    import numpy as np

    if arrays.size < 2:
        return np.zeros(arrays.size)
    # igraph looks at the nodes within reach only; distances are those towards a node, as networkx counts them.
    within: Floats = np.nan_to_num(np.array(arrays.igraph.closeness(mode="in", normalized=True), dtype=np.float64))
    return within * arrays.reach / (arrays.size - 1)


def harmonic(arrays: Arrays) -> Floats:
    """Sum of the inverse distances from all other nodes (Marchiori and Latora 2000)."""
    import numpy as np

    values = arrays.igraph.harmonic_centrality(mode="in", normalized=False)
    found: Floats = np.nan_to_num(np.array(values, dtype=np.float64))
    return found


def eigenvector(arrays: Arrays) -> Floats:
    """Leading eigenvector of the weighted adjacency, of length 1 (Bonacich 1972); direction not counted.

    In a network of several parts only the part with the greatest eigenvalue has values above 0.
    """
    import numpy as np

    vector = _leading(arrays.mutual)
    length = float(np.linalg.norm(vector))
    return vector / length if length else vector


def _leading(matrix: Any) -> Floats:
    """Where a start in all nodes alike leads under a symmetric non-negative matrix: its leading eigenvector.

    A connected part has one leading eigenvector. If several parts lead, the vector nearest to the start is taken, so
    that no numbering of the nodes is favoured.
    """
    import numpy as np
    from scipy.sparse.csgraph import connected_components

    size = matrix.shape[0]
    count, label = connected_components(matrix, directed=False)
    order = np.argsort(label, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(label[order])) + 1)
    sums = np.asarray(matrix.sum(axis=1)).ravel()
    bounds = [float(sums[part].max(initial=0.0)) for part in parts]  # no eigenvalue is above the greatest row
    best, leading = 0.0, []
    for n in sorted(range(count), key=lambda n: -bounds[n]):
        if bounds[n] <= 0 or bounds[n] < best * (1 - 1e-9):
            break
        value, vector = _perron(matrix[parts[n]][:, parts[n]])
        best = max(best, value)
        leading.append((value, n, vector))
    found = np.zeros(size)
    for value, n, vector in leading:
        if value >= best * (1 - 1e-9):
            found[parts[n]] = vector * vector.sum()
    return found


def _perron(matrix: Any) -> tuple[float, Floats]:
    """Greatest eigenvalue of a connected symmetric matrix and its eigenvector, of length 1 and without negatives."""
    import numpy as np

    size = matrix.shape[0]
    if size <= _DENSE:
        values, vectors = np.linalg.eigh(matrix.toarray())
    else:
        from scipy.sparse.linalg import ArpackNoConvergence, eigsh

        try:
            values, vectors = eigsh(matrix, k=1, which="LA", v0=np.ones(size), maxiter=100 * size)
        except ArpackNoConvergence:
            raise InputError(
                "the leading eigenvector of this network does not settle; rank by another measure, such as pagerank",
                "该网络的主特征向量无法收敛；请改用别的指标，如 pagerank",
            ) from None
    return float(values[-1]), np.asarray(np.abs(vectors[:, -1]))


def pagerank(arrays: Arrays) -> Floats:
    """PageRank with damping 0.85 over weighted edges (Page and Brin 1998), from ``seeds`` if there are any."""
    import numpy as np

    if arrays.size == 0:
        return np.zeros(0)
    start = np.ones(arrays.size) if arrays.seeds is None else arrays.seeds
    start = start / start.sum()
    out = np.asarray(arrays.matrix.sum(axis=1)).ravel()
    share = np.divide(1.0, out, out=np.zeros(arrays.size), where=out > 0)
    onward = arrays.matrix.T.tocsr() if arrays.directed else arrays.matrix
    stuck = out == 0
    value = start
    for _ in range(1000):
        # A node without a way on hands its value to the start.
        new = DAMPING * (onward @ (value * share) + value[stuck].sum() * start) + (1 - DAMPING) * start
        change = float(np.abs(new - value).sum())
        value = new
        if change < _TOLERANCE:
            break
    return np.asarray(value / value.sum())


def hub(arrays: Arrays) -> Floats:
    """Hub of HITS: points at good authorities (Kleinberg 1999); sums to 1."""
    return _sum_to_one(arrays.matrix @ authority(arrays))


def authority(arrays: Arrays) -> Floats:
    """Authority of HITS: good hubs point at it (Kleinberg 1999); sums to 1. Undirected, hubs and authorities are one."""
    return _sum_to_one(_leading((arrays.matrix.T @ arrays.matrix).tocsr()))


def _sum_to_one(values: Floats) -> Floats:
    total = float(values.sum())
    return values / total if total else values


def core(arrays: Arrays) -> Floats:
    """The greatest k such that the node is in a part where each has k neighbours or more in it (Seidman 1983)."""
    import numpy as np

    return np.array(arrays.igraph.coreness(mode="all"), dtype=np.float64)


def clustering(arrays: Arrays) -> Floats:
    """Share of the pairs of neighbours that are linked themselves (Watts and Strogatz 1998); direction not counted."""
    import numpy as np

    graph = arrays.igraph.as_undirected(mode="collapse") if arrays.directed else arrays.igraph
    return np.array(graph.transitivity_local_undirected(mode="zero"), dtype=np.float64)


def constraint(arrays: Arrays) -> Floats:
    """Burt's constraint (1992): how far all ties lead back to the same few others. Low for a broker."""
    import numpy as np

    ties, direct = arrays.mutual, _rows(arrays.mutual, "sum")
    found = np.full(arrays.size, np.nan)
    for rows in _blocks(arrays.size):
        indirect = (direct[rows] @ direct).multiply(ties[rows] != 0)
        both = direct[rows] + indirect
        found[rows] = np.asarray(both.multiply(both).sum(axis=1)).ravel()
    found[np.asarray(ties.sum(axis=1)).ravel() == 0] = np.nan
    return found


def effective_size(arrays: Arrays) -> Floats:
    """Burt's effective size (1992): ties less their mean redundancy, so those that lead to others than the rest do."""
    import numpy as np

    ties, part, most = arrays.mutual, _rows(arrays.mutual, "sum"), _rows(arrays.mutual, "max")
    linked = (ties != 0).astype(float)
    found = np.asarray(linked.sum(axis=1)).ravel()
    for rows in _blocks(arrays.size):
        redundant = (linked[rows] @ most).multiply(part[rows])
        found[rows] -= np.asarray(redundant.sum(axis=1)).ravel()
    found[np.asarray(linked.sum(axis=1)).ravel() == 0] = np.nan
    return found


def _rows(matrix: Any, by: str) -> Any:
    """``matrix`` with each row divided by its sum or by its greatest value."""
    import numpy as np
    from scipy.sparse import diags_array

    if matrix.shape[0] == 0:
        return matrix
    whole = matrix.sum(axis=1) if by == "sum" else matrix.max(axis=1).toarray()
    whole = np.asarray(whole, dtype=np.float64).ravel()
    inverse = np.divide(1.0, whole, out=np.zeros(len(whole)), where=whole > 0)
    return (diags_array(inverse) @ matrix).tocsr()


def _blocks(size: int, step: int = 2000) -> list[slice]:
    """Rows in blocks, so that a product of large matrices never stands in memory as a whole."""
    return [slice(start, min(start + step, size)) for start in range(0, size, step)]


def participation(arrays: Arrays) -> Floats:
    """How evenly a node's neighbours spread over domains: 1 - Σ share² (Guimerà and Amaral 2005).

    Neighbours count by the weight of the tie; those without a domain do not count.
    """
    import numpy as np

    if arrays.domains is None or not (arrays.domains >= 0).any():
        return np.zeros(arrays.size)
    counted = neighbour_domains(arrays)
    total = np.asarray(counted.sum(axis=1)).ravel()
    squares = np.asarray(counted.multiply(counted).sum(axis=1)).ravel()
    one = np.divide(squares, total**2, out=np.ones(arrays.size), where=total > 0)
    return np.asarray(np.maximum(1 - one, 0.0))


def neighbour_domains(arrays: Arrays) -> Any:
    """Node × domain: how much weight the ties to neighbours of each domain have."""
    import numpy as np
    from scipy.sparse import csr_array

    assert arrays.domains is not None
    (known,) = np.nonzero(arrays.domains >= 0)
    width = int(arrays.domains.max(initial=0)) + 1
    member = csr_array((np.ones(len(known)), (known, arrays.domains[known])), shape=(arrays.size, width))
    return (arrays.mutual @ member).tocsr()
