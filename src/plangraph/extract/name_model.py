"""The log-linear classifier that tells which candidates are names."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plangraph.extract.candidates import Candidate, find_candidates, separate
from plangraph.extract.pair_model import bucket_rows
from plangraph.extract.pairs import Mention
from plangraph.extract.tagger import load_taggers

if TYPE_CHECKING:
    import numpy

WEIGHTS = Path(__file__).resolve().parent / "weights" / "names.npz"
#: A candidate that is less likely a name is none; chosen by training provinces, each read by models that learnt from
#: the others: misses and false names weigh alike there.
THRESHOLD = 0.35
#: Characters that are looked at together.
BLOCK = 100_000


@dataclass(frozen=True, slots=True)
class NameModel:
    """Weights of a trained classifier.

    Args:
        weights: Shape (buckets,).
        bias: The odds' logarithm where no feature tells anything.
    """

    weights: numpy.ndarray[Any, Any]
    bias: float

    def probabilities(self, candidates: Sequence[Candidate]) -> numpy.ndarray[Any, Any]:
        """How likely each candidate is a name, shape (len(candidates),)."""
        import numpy as np

        if not candidates:
            return np.zeros(0)
        numbers, starts = bucket_rows(c.features for c in candidates)
        scores = np.add.reduceat(self.weights[numbers].astype(np.float32), starts) + self.bias
        found: numpy.ndarray[Any, Any] = 1 / (1 + np.exp(-scores))
        return found

    def names(self, candidates: Sequence[Candidate]) -> list[Mention]:
        """The candidates that are names, sorted, none overlapping, each as likely as it is held here."""
        scored = zip((c.mention for c in candidates), self.probabilities(candidates).tolist(), strict=True)
        return separate([Mention(m.start, m.end, m.type, p) for m, p in scored if p >= THRESHOLD])


def find_names(text: str) -> list[Mention]:
    """The names in ``text``, sorted, never overlapping."""
    found: list[Mention] = []
    for start, end in _blocks(text):
        names = load_name_model().names(find_candidates(text[start:end], load_taggers()))
        found += [Mention(m.start + start, m.end + start, m.type, m.probability) for m in names]
    return found


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Stretches of about `BLOCK` characters that end where a line ends, so that memory does not grow with the text."""
    start = 0
    while start < len(text):
        end = len(text) if len(text) - start <= BLOCK else text.rfind("\n", start, start + BLOCK) + 1
        end = end if end > start else start + BLOCK
        yield start, end
        start = end


@functools.cache
def load_name_model(path: Path = WEIGHTS) -> NameModel:
    """The trained classifier that comes with plangraph."""
    import numpy as np

    with np.load(path, allow_pickle=False) as data:
        return NameModel(data["weights"], float(data["bias"]))


def write_name_model(model: NameModel, path: Path) -> None:
    """Write ``model`` to ``path`` (.npz)."""
    import numpy as np

    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, weights=model.weights, bias=model.bias)
