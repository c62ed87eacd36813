"""Measures against raw igraph and plain networkx on one graph in one run, what goes between them included.

    python benchmarks/network.py [--nodes 20000] [--edges 100000] [--sources 40]

Ours starts from a networkx graph (`plangraph.network.centrality`): the conversion to arrays and to igraph counts. Raw
igraph starts from an igraph graph that is there already. networkx computes betweenness and closeness from a sample of
sources only, since all of them take most of an hour; its time is the sample's, projected to all sources. PageRank is
measured whole everywhere, with one tolerance, and again from the arrays alone, as rank intervals compute it. The
values are compared wherever both have them. All run on one thread, and processor time is what is printed: it is the
time on an idle machine, whatever else this one does.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections.abc import Callable
from typing import Any

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"


def graph(nodes: int, edges: int) -> Any:
    """A connected networkx graph with hubs, as entity networks have them."""
    import networkx

    draw = random.Random(11)
    made = networkx.Graph()
    made.add_nodes_from(range(nodes))
    ends = [0]
    for node in range(1, nodes):  # a tree in which what has many edges gets more
        made.add_edge(node, draw.choice(ends))
        ends += [node, *made[node]]
    count = nodes - 1
    while count < edges:
        a, b = draw.choice(ends), draw.randrange(nodes)
        if a != b and not made.has_edge(a, b):
            made.add_edge(a, b)
            ends += [a, b]
            count += 1
    for _, _, facts in made.edges(data=True):
        facts["weight"] = float(draw.randint(1, 4))
    return made


def timed(run: Callable[[], Any], times: int = 1) -> tuple[float, Any]:
    """Median processor seconds of ``times`` runs, and the last result."""
    seconds, result = [], None
    for _ in range(times):
        start = time.process_time()
        result = run()
        seconds.append(time.process_time() - start)
    return statistics.median(seconds), result


def line(name: str, ours: float, raw: float, plain: float, note: str) -> None:
    """One measure's three times and two ratios."""
    print(
        f"{name:<12} plangraph {ours:9.3f} s   raw igraph {raw:9.3f} s ({ours / raw:5.2f}x)   "
        f"networkx {plain:9.1f} s ({plain / ours:6.1f}x slower)   {note}",
        flush=True,
    )


def main() -> None:
    """Measure and print."""
    import igraph
    import networkx

    from plangraph.network import centrality
    from plangraph.network.arrays import from_networkx
    from plangraph.network.measures import pagerank

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, default=20_000)
    parser.add_argument("--edges", type=int, default=100_000)
    parser.add_argument("--sources", type=int, default=40)
    options = parser.parse_args()
    made = graph(options.nodes, options.edges)
    raw = igraph.Graph(n=options.nodes, edges=list(made.edges()))
    raw.es["weight"] = [w for _, _, w in made.edges(data="weight")]
    sample = sorted(random.Random(3).sample(range(options.nodes), options.sources))
    factor = options.nodes / options.sources
    print(
        f"{options.nodes} nodes, {options.edges} edges; networkx from {options.sources} sources, times {factor:g}",
        flush=True,
    )

    for measure in ("closeness", "pagerank"):  # imports happen once and are no part of it
        centrality(networkx.path_graph(3), measure)
    conversion, arrays = timed(lambda: from_networkx(made), 3)
    to_igraph, _ = timed(lambda: from_networkx(made).igraph, 3)
    print(
        f"conversion   networkx to arrays {conversion:.3f} s, to igraph as well {to_igraph:.3f} s (within plangraph's times)"
    )

    plain, expected = timed(lambda: {n: networkx.closeness_centrality(made, u=n) for n in sample})
    plain *= factor
    ours, found = timed(lambda: centrality(made, "closeness"))
    alone, _ = timed(lambda: raw.closeness(normalized=True))
    apart = max(abs(found[n] - expected[n]) for n in sample)
    line("closeness", ours, alone, plain, f"apart at most {apart:.1e}")

    plain, _ = timed(lambda: networkx.betweenness_centrality(made, k=options.sources, seed=3))
    plain *= factor
    ours, found = timed(lambda: centrality(made, "betweenness"))
    alone, values = timed(lambda: raw.betweenness())
    pairs = (options.nodes - 1) * (options.nodes - 2) / 2
    apart = max(abs(found[n] - values[n] / pairs) for n in range(options.nodes))
    line("betweenness", ours, alone, plain, f"apart from igraph at most {apart:.1e}")

    plain, expected = timed(lambda: networkx.pagerank(made, tol=1e-13 / options.nodes, max_iter=1000), 3)
    ours, found = timed(lambda: centrality(made, "pagerank"), 3)
    alone, _ = timed(lambda: raw.pagerank(weights="weight"), 3)
    apart = max(abs(found[n] - expected[n]) for n in expected)
    line("pagerank", ours, alone, plain, f"apart at most {apart:.1e}")
    _ = arrays.matrix
    bare, _ = timed(lambda: pagerank(arrays), 5)
    print(f"pagerank     from the arrays alone {bare * 1000:.1f} ms: {alone / bare:.0f} times igraph's speed")


if __name__ == "__main__":
    main()
