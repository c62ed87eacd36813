"""``plan.toml`` of a plan folder: the plan and its stated counts, with the place of each key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator
from typing import Any

from plangraph.errors import Fault
from plangraph.model import Evidence, Plan, StatedCount
from plangraph.tables import has_control_character
from plangraph.vocab import is_local_name, is_slug

_TEXT_KEYS = (
    "id",
    "title",
    "title_en",
    "issuer",
    "document_number",
    "jurisdiction",
    "published",
    "language",
    "text_sha256",
)
_NUMBER_KEYS = ("period_start", "period_end", "text_characters")
_REQUIRED = ("id", "title", "jurisdiction", "text_sha256", "text_characters")
_SOURCE_KEYS = ("publisher", "url")
_PLAN_KINDS: dict[str, type] = {
    **dict.fromkeys(_TEXT_KEYS, str),
    **dict.fromkeys(_NUMBER_KEYS, int),
    "source": dict,
    "world_facts": list,
    "stated_counts": list,
}
_COUNT_KINDS: dict[str, type] = {
    "subject": str, "class": str, "count": int, "named": list, "unnamed": int, "section": str,
    "paragraph": int, "start": int, "end": int, "quote": str,
}  # fmt: skip
_KIND_WORDS = {
    str: ('text of one line in double quotes, such as "zh"', '双引号中的一行文字，如 "zh"'),
    int: ("a whole number of at most 15 digits, without quotes", "不加引号的整数，至多 15 位"),
    list: ('a list of texts, such as ["title_en"]', '文字的列表，如 ["title_en"]'),
    dict: ("a table of its own, headed [source]", "单独的表，以 [source] 开头"),
}
_HEADING = re.compile(r"\s*(?:\[\s*(source)\s*\]|\[\[\s*(stated_counts)\s*\]\]|\[\[?[^\[\]]+\]\]?)\s*(?:#.*)?")
#: Whole numbers beyond this are slips of the hand, and the arithmetic of SPARQL engines ends not far above.
MAX_NUMBER = 10**15
#: Stands for the [source] table where the number of a stated count is asked for.
SOURCE = -1
SPAN_WORDS = (
    "start and end are no span; give code points of the text with 0 <= start < end",
    "start 与 end 不成区间；请填原文的码点位置，须满足 0 <= start < end",
)
QUOTE_WORDS = (
    "the quote is missing: a statement without evidence; copy the words from start to end of the text",
    "缺少引文：陈述没有证据；请抄录原文从 start 到 end 的文字",
)


def section_path(text: str) -> tuple[str, ...]:
    """Headings from the outermost to the innermost, written ``A > B``."""
    return tuple(p.strip() for p in text.split(">") if p.strip())


class PlanFile:
    """The text of one ``plan.toml``, its values, and where they stand.

    Args:
        path: The file as the user named it.
        text: What is in it.

    Attributes:
        faults: What is wrong.
    """

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.faults: list[Fault] = []
        self._lines = text.split("\n")
        self._data: dict[str, Any] = {}
        self._readable = True
        try:
            self._data = tomllib.loads(text)
        except (ValueError, RecursionError) as error:  # ValueError: also numbers of thousands of digits
            self._readable = False
            self.faults.append(self._toml_fault(str(error)))

    @property
    def plan_id(self) -> str | None:
        """The plan's id, if it has one that can be used."""
        found = self._data.get("id")
        return found if isinstance(found, str) and is_slug(found) else None

    @property
    def world_facts(self) -> tuple[str, ...]:
        """Names of the keys whose values do not come from the text."""
        return tuple(self._data.get("world_facts", ()))

    @property
    def count_subjects(self) -> set[str]:
        """Of whom a number is stated, as far as it can be read."""
        return {row["subject"] for row in self._counts if isinstance(row.get("subject"), str)}

    def read(self, known: Collection[str] | None) -> Plan | None:
        """The plan, or None where there are ``faults``.

        Args:
            known: The ids that a stated count may name; None where they could not be read.
        """
        if self._readable:
            self.faults += self._plan_faults()
            for number, row in enumerate(self._counts, 1):
                self.faults += self._count_faults(number, row, known)
        if self.faults:
            return None
        return Plan(
            **{k: self._data[k] for k in (*_TEXT_KEYS, *_NUMBER_KEYS) if k in self._data},
            **self._data.get("source", {}),
            stated_counts=tuple(_count(row) for row in self._counts),
        )

    def fault(self, key: str, code: str, en: str, zh: str, count: int = 0, severity: str = "error") -> Fault:
        """A fault at ``key``: of the plan itself, of its ``count``-th stated count (from 1), or of its `SOURCE`."""
        return Fault(self.path, *self._place(key, count), code, en, zh, severity)

    def _place(self, key: str, count: int) -> tuple[int, int]:
        """Line and column of ``key``; where it is not written, of the head of the part it belongs in."""
        part, seen, head = "", 0, 1
        for number, text in enumerate(self._lines, 1):
            if heading := _HEADING.fullmatch(text):
                part = heading[1] or heading[2] or "other"
                seen += part == "stated_counts"
                if part == "stated_counts" and seen == count:
                    head = number
            here = part == {0: "", SOURCE: "source"}.get(count, "stated_counts") and (count <= 0 or seen == count)
            if here and re.match(rf"""\s*(["']?){re.escape(key)}\1\s*=""", text):
                return number, len(text) - len(text.lstrip()) + 1
        return head, 1

    @property
    def _counts(self) -> list[dict[str, Any]]:
        raw = self._data.get("stated_counts", [])
        return raw if isinstance(raw, list) and all(isinstance(row, dict) for row in raw) else []

    def _toml_fault(self, why: str) -> Fault:
        place = re.search(r"line (\d+), column (\d+)", why)
        line, column = (int(place[1]), int(place[2])) if place else (max(1, len(self._lines)), 1)
        why = re.sub(r" \(at .*\)$", "", why)[:200]
        return Fault(
            self.path,
            line,
            column,
            "plan-toml",
            f'not TOML ({why}); write one key = value a line, texts in double quotes, such as id = "a-plan"',
            f'不是合格的 TOML（{why}）；每行写一个“键 = 值”，文字加双引号，如 id = "a-plan"',
        )

    def _kind_fault(self, key: str, kind: type, count: int = 0) -> Fault:
        en, zh = _KIND_WORDS[kind]
        if key == "stated_counts":
            en, zh = "tables headed [[stated_counts]]", "以 [[stated_counts]] 开头的表"
        return self.fault(key, "plan-toml", f"{key}: expected {en}", f"{key}：应为{zh}", count)

    def _unknown_fault(self, at: str, name: str, names: Collection[str], count: int = 0) -> Fault:
        return self.fault(
            at,
            "plan-toml",
            f"unknown key {name[:60]!r}; delete it or write one of {', '.join(names)}",
            f"未知的键 {name[:60]!r}；请删去，或改为 {'、'.join(names)} 之一",
            count,
        )

    def _plan_faults(self) -> Iterator[Fault]:
        data = self._data
        for key, value in data.items():
            if key not in _PLAN_KINDS:
                yield self._unknown_fault(key, key, _PLAN_KINDS)
            elif key == "stated_counts":
                if value != self._counts:
                    yield self._kind_fault(key, list)
            elif not _is(value, _PLAN_KINDS[key]):
                yield self._kind_fault(key, _PLAN_KINDS[key])
        for key in _REQUIRED:
            if data.get(key, "") == "":
                yield self.fault(key, "plan-toml", f"{key} is missing; write {key} = …", f"缺少 {key}；请写 {key} = …")
        source, outside = data.get("source"), data.get("world_facts")
        for key, value in source.items() if isinstance(source, dict) else ():
            if key not in _SOURCE_KEYS:
                yield self._unknown_fault(key, key, _SOURCE_KEYS, SOURCE)
            elif not _is(value, str):
                yield self._kind_fault(key, str, SOURCE)
        names = (*_TEXT_KEYS, *_NUMBER_KEYS, *_SOURCE_KEYS)
        for name in outside if isinstance(outside, list) and _is(outside, list) else ():
            if name not in names:
                yield self._unknown_fault("world_facts", name, names)
        if data.get("id") and _is(data["id"], str) and not is_slug(data["id"]):
            yield self.fault(
                "id",
                "plan-toml",
                f"id {data['id'][:60]!r}: expected lower-case ASCII words joined by hyphens, such as tianjin-145",
                f"id {data['id'][:60]!r}：应为以连字符相连的小写 ASCII 词，如 tianjin-145",
            )

    def _count_faults(self, number: int, row: dict[str, Any], known: Collection[str] | None) -> Iterator[Fault]:
        missing = ", ".join(k for k in _COUNT_KINDS if k not in row)
        if missing:
            en = f"stated count {number} lacks {missing}; write each"
            yield self.fault(
                "stated_counts", "plan-toml", en, f"第 {number} 个所述数量缺少 {missing}；请逐一写出", number
            )
        good = {k: row[k] for k, kind in _COUNT_KINDS.items() if k in row and _is(row[k], kind, one_line=k != "quote")}
        for key in row:
            if key not in _COUNT_KINDS:
                yield self._unknown_fault(key, key, _COUNT_KINDS, number)
            elif key not in good:
                yield self._kind_fault(key, _COUNT_KINDS[key], number)
        for key, ids in (("subject", [good["subject"]] if "subject" in good else []), ("named", good.get("named", []))):
            if known is not None and (strangers := ", ".join(i for i in ids if i not in known)[:200]):
                yield self.fault(
                    key,
                    "entity-unknown",
                    f"{key} {strangers}: no id of entities.csv; add the entity there or mend the id",
                    f"{key} {strangers}：不是 entities.csv 中的 id；请在该表补上实体，或改正 id",
                    number,
                )
        if not is_local_name(good.get("class", "Entity")):
            yield self.fault(
                "class",
                "count-class",
                f"class {good['class'][:60]!r}: expected the name of a class of the ontology, such as Park",
                f"class {good['class'][:60]!r}：应为本体中的类名，如 Park",
                number,
            )
        if not 0 <= good.get("start", 0) < good.get("end", MAX_NUMBER):
            yield self.fault("start", "span", *SPAN_WORDS, number)
        if not good.get("quote", "?").strip():
            yield self.fault("quote", "quote-missing", *QUOTE_WORDS, number)


def _is(value: Any, kind: type, one_line: bool = True) -> bool:
    """Whether a TOML value is of the kind that a key takes: text, a number of sane size, texts, or a table."""
    if type(value) is not kind:  # not isinstance: true is no number
        return False
    match value:
        case str():
            return not (one_line and has_control_character(value))
        case int():
            return abs(value) < MAX_NUMBER
        case list():
            return all(isinstance(v, str) for v in value)
    return True


def _count(row: dict[str, Any]) -> StatedCount:
    evidence = Evidence(row["start"], row["end"], row["quote"], section_path(row["section"]), row["paragraph"])
    return StatedCount(row["subject"], row["class"], row["count"], tuple(row["named"]), row["unnamed"], evidence)
