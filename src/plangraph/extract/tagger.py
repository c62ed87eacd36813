"""A linear-chain conditional random field over characters (Lafferty, McCallum and Pereira 2001).

Training is in `plangraph.extract.train`; tagging is done here on whole arrays: weights of hashed features are
gathered, and all clauses are decoded side by side.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plangraph.extract.features import buckets, wide_buckets

if TYPE_CHECKING:
    import numpy

#: The tagger that knows the lists, and the one that looks at characters alone but farther.
WEIGHTS = Path(__file__).resolve().parent / "weights" / "tagger.npz"
WIDE_WEIGHTS = Path(__file__).resolve().parent / "weights" / "tagger-wide.npz"
#: Clauses longer than this are decoded in pieces; the texts have few.
MAX_LENGTH = 400
_BATCH = 128
#: Stretches that are less likely names than this are not looked at.
LEAST = 0.03
#: What is decoded as one sequence: no name goes over a full stop.
SENTENCE = re.compile(r"[^。；！？\n]+[。；！？\n]*|[。；！？\n]+")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text that may be a name: offsets, top class, and the model's probability."""

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
        wide: Whether the features are those without lists.
    """

    labels: tuple[str, ...]
    state: numpy.ndarray[Any, Any]
    scale: float
    transitions: numpy.ndarray[Any, Any]
    wide: bool = False

    def spans(self, text: str) -> list[Span]:
        """Stretches of ``text`` that are names with a probability of at least `LEAST`, sorted; they may overlap."""
        import numpy as np

        found: list[Span] = []
        pieces = _pieces(text)
        emissions = self._emissions(text)
        order = sorted(range(len(pieces)), key=lambda i: (pieces[i][1] - pieces[i][0], i))
        for first in range(0, len(order), _BATCH):
            batch = order[first : first + _BATCH]
            lengths = np.array([pieces[i][1] - pieces[i][0] for i in batch])
            padded = np.zeros((len(batch), int(lengths.max()), len(self.labels)), dtype=np.float32)
            for row, i in enumerate(batch):
                padded[row, : lengths[row]] = emissions[pieces[i][0] : pieces[i][1]]
            offsets = np.array([pieces[i][0] for i in batch])
            found += self._batch_spans(padded, lengths, offsets)
        return sorted(found, key=lambda s: (s.start, s.end, s.type))

    def _emissions(self, text: str) -> numpy.ndarray[Any, Any]:
        import numpy as np

        numbers = wide_buckets(text) if self.wide else buckets(text)
        # A sum of some fifty weights of one byte fits two.
        total = np.zeros((len(text), len(self.labels)), dtype=np.int16)
        for column in range(numbers.shape[1]):
            total += np.take(self.state, numbers[:, column], axis=0)
        # Label by label: NumPy is slow where the last axis is short.
        total -= functools.reduce(np.maximum, total.T)[:, None]
        found: numpy.ndarray[Any, Any] = np.exp(total.astype(np.float32) * np.float32(self.scale))
        return found

    def _batch_spans(
        self, emissions: numpy.ndarray[Any, Any], lengths: numpy.ndarray[Any, Any], offsets: numpy.ndarray[Any, Any]
    ) -> list[Span]:
        """Likely names of sentences side by side, by forward and backward sums (Rabiner 1989, scaled).

        Args:
            emissions: How far each label is from the likeliest of its place, shape (sentences, longest, labels).
            lengths: Of the sentences, the shortest first.
            offsets: Where they start.
        """
        import numpy as np

        rows, n, k = emissions.shape
        move = np.exp(self.transitions).astype(np.float32)
        back = np.ascontiguousarray(move.T)
        # One more place, where nothing is, so that every name has a character after it.
        local = np.zeros((n + 1, rows, k), dtype=np.float32)
        local[:n] = emissions.transpose(1, 0, 2)
        forward = np.zeros((n, rows, k), dtype=np.float32)
        # The sentences that reach each place: the last ones, since the shortest come first.
        reach = np.searchsorted(lengths, np.arange(n + 1), side="right").tolist()
        # What a step from one place to the next weighs, so that the sums stay near one.
        for t in range(n):
            long = slice(reach[t], None)
            value = (forward[t - 1, long] @ move) * local[t, long] if t else local[0].copy()
            scale = value.sum(axis=1, keepdims=True)
            np.divide(value, scale, out=forward[t, long])
            local[t, long] /= scale
        backward = np.ones((n + 1, rows, k), dtype=np.float32)
        for t in range(n - 2, -1, -1):
            long = slice(reach[t + 1], None)
            np.matmul(local[t + 1, long] * backward[t + 1, long], back, out=backward[t, long])
        first = np.array([i for i, name in enumerate(self.labels) if name.startswith("B-")])
        further = np.array([self.labels.index(f"I-{self.labels[i][2:]}") for i in first])
        inside = (np.arange(n)[:, None] < lengths)[:, :, None]
        place, row, kind = np.nonzero((forward[:, :, first] * backward[:n][:, :, first] >= LEAST) & inside)
        label, begin, sure = first[kind], place, forward[place, row, first[kind]]
        found: list[Span] = []
        while len(place):
            after = further[kind]
            # The weight of all that may follow, and of the name's going on.
            on = move[label, after] * local[place + 1, row, after] * (place + 1 < lengths[row])
            ends = sure * (backward[place, row, label] - on * backward[place + 1, row, after])
            for i in np.flatnonzero(ends >= LEAST).tolist():
                start = int(offsets[row[i]])
                name = self.labels[first[kind[i]]][2:]
                found.append(Span(start + int(begin[i]), start + int(place[i]) + 1, name, float(ends[i])))
            sure = sure * on
            place = place + 1
            keep = sure * backward[np.minimum(place, n), row, after] >= LEAST
            place, row, kind, begin, sure, label = (x[keep] for x in (place, row, kind, begin, sure, after))
        return found


def _pieces(text: str) -> list[tuple[int, int]]:
    """Sentences of ``text``, the very long ones cut: no name goes over a full stop."""
    found = []
    for m in SENTENCE.finditer(text):
        for start in range(m.start(), m.end(), MAX_LENGTH):
            found.append((start, min(start + MAX_LENGTH, m.end())))
    return found


@functools.cache
def load_tagger(path: Path = WEIGHTS) -> Tagger:
    """A trained tagger; by default the one with lists that comes with plangraph."""
    import numpy as np

    with np.load(path, allow_pickle=False) as data:
        labels = tuple(str(x) for x in data["labels"])
        return Tagger(labels, data["state"], float(data["scale"]), data["transitions"], bool(data["wide"]))


def load_taggers() -> tuple[Tagger, ...]:
    """The two taggers that come with plangraph."""
    return load_tagger(WEIGHTS), load_tagger(WIDE_WEIGHTS)
