"""A log-linear classifier over pairs of names, and the choice among what it holds likely."""

from __future__ import annotations

import functools
import itertools
import math
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plangraph.extract.pairs import Pair

if TYPE_CHECKING:
    import numpy

WEIGHTS = Path(__file__).resolve().parent / "weights" / "pairs.npz"
NONE = "none"
BUCKETS = 1 << 17
#: Pairs that are judged at a time; their features take some kilobytes each.
BATCH = 10_000


@dataclass(frozen=True, slots=True)
class PairModel:
    """Weights of a trained classifier.

    Args:
        labels: NONE first, then the relations.
        weights: Shape (buckets, labels).
        bias: Shape (labels,).
        calibration: Slope and intercept from the log-odds of a proposal's probability to those of its being right,
            fitted on the development provinces (Platt 1999).
    """

    labels: tuple[str, ...]
    weights: numpy.ndarray[Any, Any]
    bias: numpy.ndarray[Any, Any]
    calibration: tuple[float, float] = (1.0, 0.0)

    def probabilities(self, pairs: Sequence[Pair]) -> numpy.ndarray[Any, Any]:
        """Probability of each label for each pair, shape (len(pairs), len(labels))."""
        import numpy as np

        if not pairs:
            return np.zeros((0, len(self.labels)))
        numbers, starts = bucket_rows(p.features for p in pairs)
        scores = np.add.reduceat(self.weights[numbers].astype(np.float32), starts, axis=0) + self.bias
        scores -= scores.max(axis=1, keepdims=True)
        odds = np.exp(scores)
        found: numpy.ndarray[Any, Any] = odds / odds.sum(axis=1, keepdims=True)
        return found

    def confidence(self, probability: float) -> float:
        """How often a proposal of this probability is right."""
        probability = min(max(probability, 1e-6), 1 - 1e-6)
        slope, intercept = self.calibration
        return 1 / (1 + math.exp(-slope * math.log(probability / (1 - probability)) - intercept))

    def likely(self, pairs: Iterable[Pair], threshold: float) -> Iterator[tuple[Pair, str, float]]:
        """Pairs with their likeliest relation and its probability, where that is at least ``threshold``."""
        rest = iter(pairs)
        while batch := list(itertools.islice(rest, BATCH)):
            odds = self.probabilities(batch)[:, 1:]  # without NONE
            best = odds.argmax(axis=1).tolist()
            for pair, k, row in zip(batch, best, odds.tolist(), strict=True):
                if row[k] >= threshold:
                    yield pair, self.labels[1 + k], row[k]


def bucket_rows(rows: Iterable[Sequence[str]]) -> tuple[numpy.ndarray[Any, Any], numpy.ndarray[Any, Any]]:
    """Buckets of the features of all ``rows``, one after another, and where each row begins; CRC-32, so the same everywhere."""
    import numpy as np

    rows = list(rows)
    flat = itertools.chain.from_iterable(rows)
    numbers = np.fromiter(map(zlib.crc32, map(str.encode, flat)), np.uint32) & np.uint32(BUCKETS - 1)
    return numbers, np.concatenate([[0], np.cumsum([len(r) for r in rows])])[:-1]


@functools.cache
def load_pair_model(path: Path = WEIGHTS) -> PairModel:
    """The trained classifier that comes with plangraph."""
    import numpy as np

    with np.load(path, allow_pickle=False) as data:
        slope, intercept = data["calibration"].tolist()
        return PairModel(tuple(str(x) for x in data["labels"]), data["weights"], data["bias"], (slope, intercept))


def write_pair_model(model: PairModel, path: Path) -> None:
    """Write ``model`` to ``path`` (.npz)."""
    import numpy as np

    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        path,
        labels=np.array(model.labels),
        weights=model.weights,
        bias=model.bias,
        calibration=np.array(model.calibration),
    )
