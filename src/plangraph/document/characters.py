"""Traditional characters, and radicals that stand for characters, folded one for one so that offsets stay."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).with_name("characters.txt")


def fold_traditional(text: str) -> str:
    """``text`` in simplified characters, of the same length; fold both sides of a comparison.

    >>> fold_traditional("濱海高新區")
    '滨海高新区'
    """
    table, any_of = _table()
    return text.translate(table) if any_of.search(text) else text


@lru_cache(maxsize=1)
def _table() -> tuple[dict[int, str], re.Pattern[str]]:
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    pairs = "".join(line for line in lines if not line.startswith("#"))
    table = {ord(a): b for a, b in zip(pairs[::2], pairs[1::2], strict=True)}
    return table, re.compile(f"[{''.join(map(chr, table))}]")
