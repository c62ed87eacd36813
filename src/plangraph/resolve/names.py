"""A name as it is compared: what is left when ways of writing, legal forms, places and short forms are taken off.

Each thing that is taken off is a `Step`; two names that come to one core are one name, the less surely the more
steps it took.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from plangraph.model import fold
from plangraph.resolve.places import Places, leading_places, whole_place

_WORDS = Path(__file__).resolve().parent / "words"
_SAID = re.compile(
    r"[（(〔\[](?:以下)?(简称|原名|原|又称|又名|曾用名|即|英文)[:：为是“”\"]*([^）)〕\]]+?)[”\"]?[）)〕\]]$"
)
_LATIN = re.compile(r"[（(][A-Za-z0-9 .·&/-]+[）)]$")
_JOINTS = re.compile(r"[与和及、/&＆的]")
_DIGITS = str.maketrans("〇一二三四五六七八九", "0123456789")
#: A number in Chinese characters only where it counts or orders; 一体化 stays.
_ORDINAL = re.compile(
    r"(?<=第)[一二三四五六七八九](?=[^一二三四五六七八九十百])|(?<![一二三四五六七八九十百])[一二三四五六七八九](?=号)"
)
#: What may follow the short name of a company and says nothing more.
_BODIES = ("公司", "集团", "集团公司")
#: What a plan calls its own place by: 市科技局 in the plan of a city.
_OWN = ("市", "省", "区", "县")
#: Least characters of a concept's core whose ending may be left off: 生物 is not 生物技术.
MIN_CORE = 3


def _rows(name: str) -> list[list[str]]:
    lines = (_WORDS / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line.strip() and not line.startswith("#")]


@dataclass(frozen=True, slots=True)
class Form:
    """One reading of a name.

    Args:
        printed: The name as printed.
        core: What is compared.
        steps: Codes of what was done to come to it, in order.
        places: The divisions named at its start.
        legal: What its legal form says of a company: some of group, listed, plain.
        generic: Whether the core says nothing without a place.
    """

    printed: str
    core: str
    steps: tuple[str, ...]
    places: Places
    legal: frozenset[str]
    generic: bool


@functools.cache
def _rewrites() -> tuple[tuple[str, str, str], ...]:
    rows = [(row[0], row[1], row[2] if len(row) > 2 else "") for row in _rows("rewrites.tsv")]
    return tuple(sorted(rows, key=lambda r: -len(r[0])))


@functools.cache
def _abbreviations() -> dict[str, str]:
    return {row[0]: row[1] for row in _rows("abbreviations.tsv")}


@functools.cache
def _legal_forms() -> tuple[tuple[str, frozenset[str]], ...]:
    rows = [(form, frozenset(kinds.split())) for form, kinds in _rows("forms.tsv")]
    return tuple(sorted(rows, key=lambda r: -len(r[0])))


@functools.cache
def concept_endings() -> dict[str, tuple[str, ...]]:
    """Top classes of concepts, each with the endings that a name may leave off, the longest first."""
    return {top: tuple(sorted(endings.split("|"), key=len, reverse=True)) for top, endings in _rows("concepts.tsv")}


@functools.cache
def _generic() -> re.Pattern[str]:
    words = sorted((row[0] for row in _rows("generic.txt")), key=len, reverse=True)
    return re.compile("(?:第[0-9]|" + "|".join(map(re.escape, words)) + ")+")


def printed_variants(name: str) -> Iterator[tuple[str, str]]:
    """``name`` and what a bracket at its end says it is called too, each with the step that gave it."""
    said = _SAID.search(name)
    if said:
        step = "renamed" if said[1] in ("原", "原名", "曾用名") else "bracket"
        yield name[: said.start()], "bracket"
        yield said[2], step
    elif latin := _LATIN.search(name):
        yield name, ""
        yield name[: latin.start()], "bracket"
    else:
        yield name, ""


@functools.lru_cache(maxsize=200_000)
def forms(name: str, top: str, is_company: bool = False) -> tuple[Form, ...]:
    """The readings of ``name`` as one of top class ``top``, the plainest first."""
    found: dict[tuple[str, Places], Form] = {}
    for variant, step in printed_variants(name):
        form = _read(name, variant, top, (step,) if step else (), is_company)
        if form.core:
            found.setdefault((form.core, form.places), form)
    return tuple(found.values())


def _read(printed: str, variant: str, top: str, steps: tuple[str, ...], is_company: bool) -> Form:
    text = fold(variant)
    done = list(steps)
    text = _tidy(text, done)
    if top not in concept_endings() and (division := _division(printed, text, done)):
        return division
    text = _expanded(text, done)
    text = _rewritten(text, done)
    legal: frozenset[str] = frozenset()
    if is_company or text.endswith("公司"):
        for ending, kinds in _legal_forms():
            if text.endswith(ending) and len(text) - len(ending) >= 2:
                text, legal = text[: -len(ending)], kinds
                done.append("form")
                break
    if top in concept_endings():
        return Form(printed, _without_endings(text, top, done), tuple(done), Places(), legal, False)
    places, text = leading_places(text)
    if places:
        done.append("place")
    elif text.startswith(_OWN) and _is_generic(text[1:]):
        text = text[1:]
    return Form(printed, text, tuple(done), places, legal, _is_generic(text))


def _is_generic(text: str) -> bool:
    if text.startswith("国家") and text.endswith(("委", "局")):
        return False  # there is one for the whole country
    return len(text) <= 2 or _generic().fullmatch(text) is not None


def _division(printed: str, text: str, done: list[str]) -> Form | None:
    """The reading of a name that is a division's, with those around it before it or not."""
    places, rest = (Places(), text) if whole_place(text) else leading_places(text)
    full = whole_place(rest)
    if full is None:
        return None
    steps = (*done, *(["short"] if full != rest else []), *(["place"] if places else []))
    return Form(printed, f"#{full}", steps, places, frozenset(), False)


def _tidy(text: str, done: list[str]) -> str:
    plain = _ORDINAL.sub(lambda m: m[0].translate(_DIGITS), text)
    joined = _JOINTS.sub("", plain)
    if joined and joined != plain:
        done.append("joint")
        return joined
    return plain


def _expanded(text: str, done: list[str]) -> str:
    """``text`` with a short name at its start written out; not where the full one stands (清华大学, 复旦大学)."""
    for length in (5, 4, 3, 2):
        full = _abbreviations().get(text[:length])
        if full is not None:
            rest = text[length:]
            if text.startswith(fold(full)) or rest[:1] in ("大", "学", "城"):
                return text
            done.append("short")
            return _tidy(fold(full), []) + ("" if full.endswith("公司") and rest in _BODIES else rest)
    return text


def _rewritten(text: str, done: list[str]) -> str:
    for old, new, how in _rewrites():
        old = _JOINTS.sub("", old)
        if old in text:
            if how and old != new:
                done.append(how)
            text = text.replace(old, new)
            if not how:
                break
    return text


def _without_endings(text: str, top: str, done: list[str]) -> str:
    """``text`` without endings, one after the other, so that 生命科学 and 生命科学领域 come to one core."""
    while True:
        found = next((e for e in concept_endings()[top] if text.endswith(e) and len(text) - len(e) >= MIN_CORE), None)
        if found is None:
            return text
        text = text[: -len(found)]
        if "ending" not in done:
            done.append("ending")
