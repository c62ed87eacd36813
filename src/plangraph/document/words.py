"""The word lists of ``words.toml``, read once."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).with_name("words.toml")


@dataclass(frozen=True, slots=True)
class Words:
    """What ``words.toml`` says, ready to be asked; its comments say what each list is for."""

    anywhere: frozenset[str]
    beside: frozenset[str]
    label: re.Pattern[str]
    foot: tuple[str, ...]
    title_endings: tuple[str, ...]
    front: frozenset[str]
    back: frozenset[str]
    sections: frozenset[str]
    contents: frozenset[str]
    verb: re.Pattern[str]
    statements: tuple[str, ...]


@lru_cache(maxsize=1)
def load_words() -> Words:
    """The lists."""
    lists = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    chrome, heading = lists["chrome"], lists["heading"]
    return Words(
        anywhere=frozenset(chrome["anywhere"]),
        beside=frozenset(chrome["beside"]),
        label=re.compile(rf"(?:{_any(chrome['labels'])})\s*[:：|｜]"),
        foot=tuple(chrome["foot"]),
        title_endings=tuple(lists["title"]["endings"]),
        front=frozenset(heading["front"]),
        back=frozenset(heading["back"]),
        sections=frozenset(heading["sections"]),
        contents=frozenset(heading["contents"]),
        verb=re.compile(rf"(?:{_any(heading['verbs'])})(?!(?:{_any(heading['nouns'])})$)"),
        statements=tuple(heading["statements"]),
    )


def _any(words: list[str]) -> str:
    return "|".join(re.escape(w) for w in sorted(words, key=lambda w: (-len(w), w)))
