"""Characters as numbers for the tagger: hashed n-grams, kinds of characters, and where words of the lexicon stand.

Everything is done on whole arrays, so that a text of a megabyte takes some seconds and not minutes.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from plangraph.extract.lexicon import load_lexicon

if TYPE_CHECKING:
    import numpy

#: Buckets of the hashed features; more would cost memory, fewer would mix more features into one.
BUCKET_BITS = 20
#: Places, relative to a character, whose characters together make one feature.
NGRAMS = (
    (-2,), (-1,), (0,), (1,), (2,), (-2, -1), (-1, 0), (0, 1), (1, 2), (-1, 1), (-2, -1, 0), (-1, 0, 1), (0, 1, 2),
    (-3, -2, -1), (1, 2, 3),
)  # fmt: skip
#: The places for the tagger that has no lists: wider.
WIDE_NGRAMS = (
    (-2,), (-1,), (0,), (1,), (2,), (-3,), (3,), (-4,), (4,), (-2, -1), (-1, 0), (0, 1), (1, 2), (-1, 1), (-2, 2),
    (-3, -2), (2, 3), (-2, -1, 0), (-1, 0, 1), (0, 1, 2), (-3, -2, -1), (1, 2, 3), (-4, -3, -2, -1), (1, 2, 3, 4),
    (-3, -2, -1, 0), (0, 1, 2, 3),
)  # fmt: skip
#: The same over the lexicon's profile of each character (which lists hold a word there, and where in it it stands).
PROFILES = ((0,), (-1, 0), (0, 1), (-1, 0, 1), (-2, -1), (1, 2))
#: The same over the kinds of characters: Chinese, figure, letter, each mark that may part or join names.
KINDS = ((-1, 0, 1), (-2, -1, 0), (0, 1, 2), (-2, -1, 0, 1, 2))
_MARKS = "、，。；：“”（）《》—·和与及等"
_PAD = 4
_MULTIPLIER = 0x9E3779B97F4A7C15


def characters(text: str) -> numpy.ndarray[Any, Any]:
    """Code points of ``text`` as unsigned 64-bit numbers, shape (len(text),)."""
    import numpy as np

    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)


def buckets(text: str) -> numpy.ndarray[Any, Any]:
    """Bucket numbers of the features of each character, shape (len(text), number of templates)."""
    import numpy as np

    codes = np.pad(characters(text), _PAD, constant_values=1)
    layers = [np.pad(layer, _PAD) for layer in load_lexicon().layers(text)]
    profile = functools.reduce(
        lambda a, b: a * np.uint64(8) + b.astype(np.uint64), layers, np.zeros(len(codes), np.uint64)
    )
    kinds = np.pad(_kinds(codes[_PAD:-_PAD]), _PAD)
    n = len(text)
    columns = [_hash(number, codes, offsets, n) for number, offsets in enumerate(NGRAMS)]
    columns += [_hash(100 + number, profile, offsets, n) for number, offsets in enumerate(PROFILES)]
    columns += [_hash(200 + number, layer.astype(np.uint64), (0,), n) for number, layer in enumerate(layers)]
    columns += [_hash(300 + number, layer.astype(np.uint64), (-1, 0, 1), n) for number, layer in enumerate(layers)]
    mixed = profile * np.uint64(_MULTIPLIER) + codes
    columns += [_hash(400, mixed, (0,), n), _hash(401, mixed, (-1, 0), n)]
    columns += [_hash(600 + number, kinds, offsets, n) for number, offsets in enumerate(KINDS)]
    # Each template's numbers side by side: they are used template by template.
    return np.stack(columns).T


def wide_buckets(text: str) -> numpy.ndarray[Any, Any]:
    """The same without the lists and with longer n-grams, for a tagger that errs elsewhere."""
    import numpy as np

    codes = np.pad(characters(text), _PAD, constant_values=1)
    kinds = np.pad(_kinds(codes[_PAD:-_PAD]), _PAD)
    columns = [_hash(number, codes, offsets, len(text)) for number, offsets in enumerate(WIDE_NGRAMS)]
    columns += [_hash(600 + number, kinds, offsets, len(text)) for number, offsets in enumerate(KINDS)]
    return np.stack(columns).T


def _kinds(codes: numpy.ndarray[Any, Any]) -> numpy.ndarray[Any, Any]:
    """The kind of each character: 1 other, 2 Chinese, 3 figure, 4 Latin letter, from 5 on the marks."""
    import numpy as np

    found = np.ones(len(codes), dtype=np.uint64)
    found[(codes >= 0x4E00) & (codes <= 0x9FFF)] = 2
    found[(codes >= ord("0")) & (codes <= ord("9"))] = 3
    lower = codes | np.uint64(0x20)
    found[(lower >= ord("a")) & (lower <= ord("z"))] = 4
    for number, mark in enumerate(_MARKS, 5):
        found[codes == ord(mark)] = number
    return found


def _hash(template: int, values: numpy.ndarray[Any, Any], offsets: tuple[int, ...], n: int) -> numpy.ndarray[Any, Any]:
    import numpy as np

    found = np.full(n, template + 1, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for offset in offsets:
            found = (found ^ values[_PAD + offset : _PAD + offset + n]) * np.uint64(_MULTIPLIER)
            found ^= found >> np.uint64(29)
    return (found >> np.uint64(64 - BUCKET_BITS)).astype(np.int32)
