"""How stable a rank is: the ranking is repeated on networks from which a tenth of the statements was dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plangraph.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    from plangraph.network.arrays import Arrays, Floats, Integers
    from plangraph.network.catalogue import Measure
    from plangraph.network.network import Network

DROPPED = 0.1
COVERED = 0.9


def ranks(values: Floats, ascending: bool = False) -> Integers:
    """Rank of each value, the best 1; equal values share one, the last bits of the arithmetic do not count.

    What is no number (NaN) comes last.
    """
    import numpy as np

    keys = np.where(np.isnan(values), np.inf, values if ascending else -values)
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    new = np.ones(len(keys), dtype=bool)
    new[1:] = ~np.isclose(ordered[1:], ordered[:-1], rtol=1e-9, atol=1e-9)
    place = np.empty(len(keys), dtype=np.int64)
    place[order] = np.maximum.accumulate(np.where(new, np.arange(1, len(keys) + 1), 1))
    return place


def samples(network: Network, times: int, seed: int) -> Iterator[Arrays]:
    """``times`` networks of the same nodes, each without a tenth of the statements (one at least).

    Statements are drawn without replacement and in the order of their contents, so that the order in which they were
    read makes no difference.

    Raises:
        InputError: A negative number of samples.
    """
    import numpy as np

    if times < 0:
        raise InputError(f"resample must be 0 or more, not {times}", f"resample 至少为 0，而不是 {times}")
    used = used_statements(network)
    chance = np.random.default_rng(seed)
    for _ in range(times):
        count = max(1, round(DROPPED * len(used)))
        yield network.without(chance.choice(used, size=count, replace=False))


def used_statements(network: Network) -> Integers:
    """Numbers of the statements that are edges of the network, in an order that depends on their contents only."""
    import numpy as np

    numbers = np.unique(network.links.statement).tolist()

    def contents(n: int) -> tuple[str, str, str, str]:
        s = network.stated[n]
        return s.plan, s.subject, s.predicate, s.object

    return np.array(sorted(numbers, key=contents), dtype=np.int64)


def rank_intervals(
    network: Network, measure: Measure, place: Integers, times: int, seed: int, seeds: Floats | None = None
) -> tuple[Integers, Integers]:
    """Best and worst rank of each node in the middle nine tenths of the samples, its own rank always within.

    Args:
        network: The whole network.
        measure: What is ranked by.
        place: Ranks in the whole network.
        times: How many samples.
        seed: Of the random numbers.
        seeds: Where personalised PageRank starts.
    """
    import dataclasses

    import numpy as np

    found = np.array(
        [
            ranks(measure.compute(dataclasses.replace(arrays, seeds=seeds)), measure.ascending)
            for arrays in samples(network, times, seed)
        ]
    )
    tail = (1 - COVERED) / 2
    low: np.ndarray = np.quantile(found, tail, axis=0, method="lower")
    high: np.ndarray = np.quantile(found, 1 - tail, axis=0, method="higher")
    return np.minimum(low, place).astype(np.int64), np.maximum(high, place).astype(np.int64)
