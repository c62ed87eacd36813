"""The curve from score to probability, fitted to the tuning part of the labelled pairs, never to the held-out one.

python -m tests.resolve.calibration
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from plangraph.resolve.scoring import judge
from tests.resolve.labelled import labelled_pairs


def fit(scores: Sequence[float], labels: Sequence[bool]) -> tuple[float, float]:
    """Slope and intercept of the logistic curve from score to probability (Platt's scaling, by Newton's method).

    The targets are drawn in a little from 0 and 1, as Platt has it, so that separable pairs do not give a cliff.
    """
    yes = sum(labels)
    no = len(labels) - yes
    high, low = (yes + 1) / (yes + 2), 1 / (no + 2)
    a, b = 1.0, 0.0
    for _ in range(100):
        gradient, hessian = [0.0, 0.0], [1e-9, 0.0, 1e-9]
        for x, label in zip(scores, labels, strict=True):
            p = 1 / (1 + math.exp(-max(-30.0, min(30.0, a * x + b))))
            d, w = p - (high if label else low), p * (1 - p)
            gradient = [gradient[0] + d * x, gradient[1] + d]
            hessian = [hessian[0] + w * x * x, hessian[1] + w * x, hessian[2] + w]
        det = hessian[0] * hessian[2] - hessian[1] ** 2
        step = (
            (hessian[2] * gradient[0] - hessian[1] * gradient[1]) / det,
            (hessian[0] * gradient[1] - hessian[1] * gradient[0]) / det,
        )
        a, b = a - step[0], b - step[1]
        if max(map(abs, step)) < 1e-9:
            break
    return a, b


def calibration() -> tuple[float, float]:
    """The curve for the tuning part, to two places."""
    judged = [(v.score, p.same) for p in labelled_pairs(held_out=False) if (v := judge(p.one, p.other)) is not None]
    a, b = fit([score for score, _ in judged], [same for _, same in judged])
    return round(a, 2), round(b, 2)


if __name__ == "__main__":
    print("CALIBRATION =", calibration())
