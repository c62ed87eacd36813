"""A linear-chain conditional random field over characters (Lafferty, McCallum and Pereira 2001).

Training is in `plangraph.extract.train`; tagging is done here on whole arrays: weights of hashed features are
gathered, and all clauses are decoded side by side.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plangraph.extract.features import buckets

if TYPE_CHECKING:
    import numpy

WEIGHTS = Path(__file__).resolve().parent / "weights" / "tagger.npz"
#: Clauses longer than this are decoded in pieces; the texts have few.
MAX_LENGTH = 400
#: Characters that are tagged at a time.
BLOCK = 100_000
_BATCH = 256
#: What is decoded as one sequence: no name goes over a full stop.
SENTENCE = re.compile(r"[^。；！？\n]+[。；！？\n]*|[。；！？\n]+")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text tagged as a name: offsets, top class, and the model's probability."""

    start: int
    end: int
    type: str
    probability: float


@dataclass(frozen=True, slots=True)
class Tagger:
    """Weights of a trained model.

    Args:
        labels: "O", "B-Domain", "I-Domain", …
        state: Weights by bucket and label, int8, to be multiplied by ``scale``.
        scale: Value of one step of ``state``.
        transitions: Weights from label to label.
    """

    labels: tuple[str, ...]
    state: numpy.ndarray[Any, Any]
    scale: float
    transitions: numpy.ndarray[Any, Any]

    def tag(self, text: str) -> list[Span]:
        """Names in ``text``, in order, never overlapping."""
        found: list[Span] = []
        for start, end in _blocks(text):
            found += [replace(s, start=s.start + start, end=s.end + start) for s in self._tag_block(text[start:end])]
        return found

    def _tag_block(self, text: str) -> list[Span]:
        import numpy as np

        found: list[Span] = []
        pieces = _pieces(text)
        emissions = self._emissions(text)
        order = sorted(range(len(pieces)), key=lambda i: (pieces[i][1] - pieces[i][0], i))
        spans: dict[int, list[Span]] = {}
        for first in range(0, len(order), _BATCH):
            batch = order[first : first + _BATCH]
            lengths = np.array([pieces[i][1] - pieces[i][0] for i in batch])
            padded = np.zeros((len(batch), int(lengths.max()), len(self.labels)), dtype=np.float32)
            for row, i in enumerate(batch):
                padded[row, : lengths[row]] = emissions[pieces[i][0] : pieces[i][1]]
            best = self._viterbi(padded, lengths)
            named = np.flatnonzero(best.any(axis=1))
            marginal = self._marginals(padded[named], lengths[named])
            for place, row in enumerate(named.tolist()):
                piece = batch[row]
                spans[piece] = self._spans(best[row, : lengths[row]], marginal[place], pieces[piece][0])
        for i in range(len(pieces)):
            found += spans.get(i, [])
        return found

    def _emissions(self, text: str) -> numpy.ndarray[Any, Any]:
        import numpy as np

        numbers = buckets(text)
        # A sum of some fifty weights of one byte fits two.
        total = np.zeros((len(text), len(self.labels)), dtype=np.int16)
        for column in range(numbers.shape[1]):
            total += np.take(self.state, numbers[:, column], axis=0)
        scaled: numpy.ndarray[Any, Any] = total.astype(np.float32) * np.float32(self.scale)
        return scaled

    def _viterbi(self, emissions: numpy.ndarray[Any, Any], lengths: numpy.ndarray[Any, Any]) -> numpy.ndarray[Any, Any]:
        """Best label of each place of each row (Viterbi 1967)."""
        import numpy as np

        rows, n, k = emissions.shape
        # Rows last, so that the largest of k labels is k comparisons of whole rows; which label it was is looked up
        # again on the way back, for the labels of the best path alone.
        moves = self.transitions[:, :, None]
        scores = np.empty((n, k, rows), dtype=np.float32)
        scores[0] = emissions[:, 0].T
        for t in range(1, n):
            after = (scores[t - 1][:, None] + moves).max(axis=0) + emissions[:, t].T
            scores[t] = np.where(t < lengths, after, scores[t - 1])
        best: numpy.ndarray[Any, Any] = np.zeros((rows, n), dtype=np.int8)
        label = scores[n - 1].argmax(axis=0)
        for t in range(n - 1, -1, -1):
            inside = t < lengths
            best[:, t] = np.where(inside, label, 0)
            if t:
                before = (scores[t - 1] + self.transitions[:, label]).argmax(axis=0)
                label = np.where(inside, before, label)
        return best

    def _marginals(
        self, emissions: numpy.ndarray[Any, Any], lengths: numpy.ndarray[Any, Any]
    ) -> numpy.ndarray[Any, Any]:
        """Probability of each label at each place, by scaled forward and backward sums."""
        import numpy as np

        rows, n, k = emissions.shape
        move = np.exp(self.transitions)
        local = np.exp(emissions - emissions.max(axis=2, keepdims=True))
        forward = np.zeros_like(local)
        forward[:, 0] = local[:, 0] / local[:, 0].sum(axis=1, keepdims=True)
        for t in range(1, n):
            value = (forward[:, t - 1] @ move) * local[:, t]
            forward[:, t] = value / value.sum(axis=1, keepdims=True)
        backward = np.ones((rows, k), dtype=np.float32)
        found: numpy.ndarray[Any, Any] = np.zeros_like(local)
        for t in range(n - 1, -1, -1):
            if t < n - 1:
                value = (backward * local[:, t + 1]) @ move.T
                value /= value.sum(axis=1, keepdims=True)
                backward = np.where((t + 1 < lengths)[:, None], value, np.ones_like(value))
            both = forward[:, t] * backward
            found[:, t] = both / both.sum(axis=1, keepdims=True)
        return found

    def _spans(self, best: numpy.ndarray[Any, Any], marginal: numpy.ndarray[Any, Any], offset: int) -> list[Span]:
        found: list[Span] = []
        labels = best.tolist()
        t = 0
        while t < len(labels):
            if labels[t] == 0:
                t += 1
                continue
            kind = self.labels[labels[t]][2:]
            end = t + 1
            while end < len(labels) and self.labels[labels[end]] == f"I-{kind}":
                end += 1
            probability = float(min(marginal[i, labels[i]] for i in range(t, end)))
            found.append(Span(offset + t, offset + end, kind, probability))
            t = end
        return found


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Stretches of about `BLOCK` characters that end where a line ends, so that memory does not grow with the text."""
    start = 0
    while start < len(text):
        end = len(text) if len(text) - start <= BLOCK else text.rfind("\n", start, start + BLOCK) + 1
        end = end if end > start else start + BLOCK
        yield start, end
        start = end


def _pieces(text: str) -> list[tuple[int, int]]:
    """Sentences of ``text``, the very long ones cut: no name goes over a full stop."""
    found = []
    for m in SENTENCE.finditer(text):
        for start in range(m.start(), m.end(), MAX_LENGTH):
            found.append((start, min(start + MAX_LENGTH, m.end())))
    return found


@functools.cache
def load_tagger(path: Path = WEIGHTS) -> Tagger:
    """The trained tagger that comes with plangraph."""
    import numpy as np

    with np.load(path, allow_pickle=False) as data:
        labels = tuple(str(x) for x in data["labels"])
        return Tagger(labels, data["state"], float(data["scale"]), data["transitions"])
