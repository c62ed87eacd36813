"""Two runs against one gold, and how far a run's confidences can be believed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plangraph.evaluate import Scores

BINS = 10


@dataclass(frozen=True, slots=True)
class Difference:
    """F1 of two runs and what lies between them.

    Args:
        kind: Entities, relations, or one class or relation.
        one: F1 of the first run.
        other: F1 of the second.
        low: Lower end of the 95 % interval of ``other - one``.
        high: Upper end.
        better: Share of the samples in which the second run is better; ties count half.
    """

    kind: str
    one: float
    other: float
    low: float
    high: float
    better: float

    @property
    def certain(self) -> bool:
        """Whether the interval leaves no doubt which run is better."""
        return self.low > 0 or self.high < 0


def compare(one: Scores, other: Scores, seed: int = 1) -> list[Difference]:
    """What a second run changes, by paired bootstrap: both are scored on the same samples of the documents.

    Args:
        one: Scores of the first run.
        other: Scores of the second, against the same gold, at the same level.
        seed: Seed of the samples.
    """
    from plangraph.evaluate import percentiles

    found = []
    for kind in dict.fromkeys([*one.kinds(), *other.kinds()]):
        steps = [b - a for a, b in zip(one.resampled(kind, seed), other.resampled(kind, seed), strict=True)]
        better = sum((s > 0) + 0.5 * (s == 0) for s in steps) / len(steps)
        found.append(Difference(kind, one.total(kind).f1, other.total(kind).f1, *percentiles(steps), better))
    return found


@dataclass(frozen=True, slots=True)
class Bin:
    """Proposals whose confidences lie close together.

    Args:
        low: Lowest confidence of the bin.
        high: Highest.
        count: Proposals in it.
        confidence: Their mean confidence.
        precision: Share of them that is in the gold.
    """

    low: float
    high: float
    count: int
    confidence: float
    precision: float


def reliability(sure: Iterable[tuple[float, bool]], bins: int = BINS) -> tuple[list[Bin], float]:
    """Precision by confidence, and the expected calibration error (Naeini, Cooper and Hauskrecht 2015).

    Args:
        sure: Confidence of each proposal, and whether it is in the gold.
        bins: Number of bins of equal width; empty ones are left out.
    """
    groups: dict[int, list[tuple[float, bool]]] = {}
    for confidence, right in sure:
        groups.setdefault(min(bins - 1, int(confidence * bins)), []).append((confidence, right))
    total = sum(map(len, groups.values()))
    found = [
        Bin(n / bins, (n + 1) / bins, len(g), sum(c for c, _ in g) / len(g), sum(r for _, r in g) / len(g))
        for n, g in sorted(groups.items())
    ]
    return found, sum(b.count * abs(b.confidence - b.precision) for b in found) / total if total else 0.0
