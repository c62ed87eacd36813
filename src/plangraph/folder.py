"""Plan folder ⇄ model: ``plan.toml``, ``entities.csv`` and ``statements.csv`` of one plan.

Reading reports every fault at once and changes nothing; what the tables *mean* is checked by
`plangraph.check`, here only that they can be read and that their names meet.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from plangraph.errors import Fault, InputError, TablesError
from plangraph.model import STATUSES, Entity, Evidence, Plan, Section, StatedCount, Statement
from plangraph.tables import Table, decode, read_bytes, read_table, write_table
from plangraph.vocab import is_entity_id, is_slug

ENTITY_COLUMNS = ("id", "type", "label_zh", "label_en", "aliases", "broader", "note")
STATEMENT_COLUMNS = (
    "subject",
    "predicate",
    "object",
    "status",
    "method",
    "confidence",
    "section",
    "paragraph",
    "start",
    "end",
    "quote",
    "decided_by",
    "decided_on",
    "reason",
)
SECTION_SEPARATOR = " > "

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
_INT_KEYS = ("period_start", "period_end", "text_characters")
_REQUIRED = ("id", "title", "jurisdiction", "text_sha256", "text_characters")
_COUNT_KEYS = {
    "subject": str, "class": str, "count": int, "named": list, "unnamed": int, "section": str,
    "paragraph": int, "start": int, "end": int, "quote": str,
}  # fmt: skip

#: What a fault can be about: an entity id, a statement's three parts, those and an offset, a count's number.
Key = tuple[object, ...]


@dataclass(slots=True)
class PlanFolder:
    """One plan as its tables say it.

    Args:
        path: The folder.
        plan: From ``plan.toml``.
        world_facts: Keys of ``plan.toml`` whose values do not come from the text.
        entities: In file order.
        statements: In file order of their first row; rejected ones included.
    """

    path: Path
    plan: Plan
    world_facts: tuple[str, ...]
    entities: tuple[Entity, ...]
    statements: tuple[Statement, ...]
    _entity_table: Table
    _statement_table: Table
    _toml: str
    _rows: dict[Key, int] = field(default_factory=dict)

    def accepted(self) -> PlanFolder:
        """The same folder with its accepted evidence alone."""
        kept = []
        for s in self.statements:
            evidence = tuple(e for e in s.evidence if e.status == "accepted")
            if evidence:
                kept.append(replace(s, evidence=evidence))
        return replace(self, statements=tuple(kept))

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections that evidence stands in, and those around them, in the order of the text."""
        first: dict[tuple[str, ...], int] = {}
        spans = [e for s in self.statements for e in s.evidence] + [c.evidence for c in self.plan.stated_counts]
        for e in spans:
            for depth in range(1, len(e.section) + 1):
                path = e.section[:depth]
                first[path] = min(e.start, first.get(path, e.start))
        ordered = sorted(first, key=lambda p: (first[p], len(p), p))
        numbers = {path: i for i, path in enumerate(ordered, 1)}
        return tuple(Section(numbers[p], p, numbers.get(p[:-1], 0)) for p in ordered)

    def fault(self, key: Key, column: str, code: str, en: str, zh: str, severity: str = "error") -> Fault:
        """A fault at the row that ``key`` came from: ("entity", id), ("statement", s, p, o),
        ("evidence", s, p, o, start, end), ("count", n) or ("plan",)."""
        if key[0] in ("plan", "count"):
            line = self._toml_line(key, column)
            return Fault(str(self.path / "plan.toml"), line, 1, code, en, zh, severity)
        table = self._entity_table if key[0] == "entity" else self._statement_table
        return table.fault(self._rows[key], column, code, en, zh, severity)

    def _toml_line(self, key: Key, column: str) -> int:
        lines = self._toml.splitlines()
        start = 0
        if key[0] == "count":
            heads = [i for i, text in enumerate(lines) if text.strip() == "[[stated_counts]]"]
            start = heads[int(str(key[1])) - 1] if len(heads) >= int(str(key[1])) else 0
        for i in range(start, len(lines)):
            if re.match(rf"\s*{re.escape(column)}\s*=", lines[i]):
                return i + 1
        return start + 1


def is_plan_folder(path: Path) -> bool:
    """Whether ``path`` has a ``plan.toml``."""
    return (path / "plan.toml").is_file()


def find_plan_folders(paths: Iterable[Path]) -> list[Path]:
    """The plan folders among ``paths`` and directly below them, sorted by name within each.

    Raises:
        InputError: A path is neither a plan folder nor holds one.
    """
    found: list[Path] = []
    for path in paths:
        below = [path] if is_plan_folder(path) else sorted(p.parent for p in path.glob("*/plan.toml"))
        if not below:
            raise InputError(
                f"{path}: no plan folder here; a plan folder holds plan.toml, entities.csv and statements.csv",
                f"{path}：这里没有规划文件夹；规划文件夹应含 plan.toml、entities.csv 和 statements.csv",
            )
        found += [p for p in below if p not in found]
    return found


def read_folder(path: Path) -> PlanFolder:
    """Read one plan folder.

    Raises:
        InputError: A file is missing or not text.
        TablesError: Faults in the files, all of them.
    """
    toml_path = path / "plan.toml"
    toml = decode(read_bytes(toml_path), str(toml_path))
    faults: list[Fault] = []
    data = _parse_toml(toml, str(toml_path), faults)
    entity_table = read_table(path / "entities.csv", ENTITY_COLUMNS)
    statement_table = read_table(path / "statements.csv", STATEMENT_COLUMNS)
    faults += entity_table.faults + statement_table.faults
    rows: dict[Key, int] = {}
    entities = _entities(entity_table, rows, faults)
    known = {e.id for e in entities} | {f"plan/{data.get('id', '')}"}
    statements = _statements(statement_table, str(data.get("id", "")), rows, known, faults)
    plan = _plan(data, toml, str(toml_path), known, faults)
    if any(f.severity == "error" for f in faults):
        raise TablesError(sorted(faults, key=lambda f: (f.path, f.line, f.column)))
    assert plan is not None
    return PlanFolder(
        path,
        plan,
        tuple(data.get("world_facts", ())),
        entities,
        statements,
        entity_table,
        statement_table,
        toml,
        rows,
    )


def read_folders(paths: Iterable[Path]) -> list[PlanFolder]:
    """Read several plan folders; the faults of all come together.

    Raises:
        InputError: A file that is missing or not text.
        TablesError: Faults in the files of any of them, or two folders of one plan id.
    """
    folders: list[PlanFolder] = []
    faults: list[Fault] = []
    for path in paths:
        try:
            folders.append(read_folder(path))
        except TablesError as error:
            faults += error.faults
    first: dict[str, Path] = {}
    for folder in folders:
        other = first.setdefault(folder.plan.id, folder.path)
        if other != folder.path:
            faults.append(
                folder.fault(
                    ("plan",),
                    "id",
                    "plan-twice",
                    f"plan id {folder.plan.id} is that of {other} too; give one of them another id",
                    f"规划 id {folder.plan.id} 与 {other} 相同；请改用别的 id",
                )
            )
    if faults:
        raise TablesError(faults)
    return folders


def _parse_toml(text: str, path: str, faults: list[Fault]) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        line, column = (int(place[1]), int(place[2])) if place else (max(1, text.count("\n")), 1)
        faults.append(Fault(path, line, column, "plan-toml", f"not TOML: {error}", f"不是合格的 TOML：{error}"))
        return {}


def _entities(table: Table, rows: dict[Key, int], faults: list[Fault]) -> tuple[Entity, ...]:
    found: list[Entity] = []
    for i, row in enumerate(table.rows):
        if not is_entity_id(row["id"]):
            faults.append(
                table.fault(
                    i,
                    "id",
                    "entity-id",
                    f"id {row['id']!r}: expected CLASS/SLUG in lower-case ASCII, such as park/china-xinchuang-valley",
                    f"id {row['id']!r}：应为小写 ASCII 的“类/短名”，例如 park/china-xinchuang-valley",
                )
            )
        elif not row["label_zh"]:
            faults.append(
                table.fault(
                    i,
                    "label_zh",
                    "entity-name",
                    f"{row['id']}: the Chinese name is missing",
                    f"{row['id']}：缺少中文名",
                )
            )
        elif ("entity", row["id"]) in rows:
            first = table.lines[rows["entity", row["id"]]]
            faults.append(
                table.fault(
                    i,
                    "id",
                    "entity-twice",
                    f"id {row['id']} stands on line {first} already; delete one row or give it another id",
                    f"id {row['id']} 已在第 {first} 行出现；请删除一行或改用别的 id",
                )
            )
        else:
            rows["entity", row["id"]] = i
            aliases = tuple(a.strip() for a in row["aliases"].split("|") if a.strip())
            found.append(
                Entity(row["id"], row["type"], row["label_zh"], row["label_en"], aliases, row["broader"], row["note"])
            )
    ids = {e.id for e in found}
    for e in found:
        if e.broader and e.broader not in ids:
            faults.append(
                table.fault(
                    rows["entity", e.id],
                    "broader",
                    "entity-unknown",
                    f"broader {e.broader!r} is no id of this table",
                    f"broader {e.broader!r} 不是本表中的 id",
                )
            )
    return tuple(found)


def _statements(
    table: Table, plan: str, rows: dict[Key, int], known: set[str], faults: list[Fault]
) -> tuple[Statement, ...]:
    found: dict[tuple[str, str, str], list[Evidence]] = {}
    for i, row in enumerate(table.rows):
        claim = (row["subject"], row["predicate"], row["object"])
        before = len(faults)
        for end in ("subject", "object"):
            if row[end] not in known:
                faults.append(
                    table.fault(
                        i,
                        end,
                        "entity-unknown",
                        f"{end} {row[end]!r} is no id of entities.csv",
                        f"{end} {row[end]!r} 不是 entities.csv 中的 id",
                    )
                )
        evidence = _evidence(row, lambda *a, _i=i: faults.append(table.fault(_i, *a)))
        if evidence is None or len(faults) > before:
            continue
        key = ("evidence", *claim, evidence.start, evidence.end)
        if key in rows:
            first = table.lines[rows[key]]
            faults.append(
                table.fault(
                    i,
                    "start",
                    "evidence-twice",
                    f"the same evidence as on line {first}; delete one",
                    f"与第 {first} 行的证据相同；请删除一行",
                )
            )
            continue
        rows[key] = i
        rows.setdefault(("statement", *claim), i)
        found.setdefault(claim, []).append(evidence)
    return tuple(Statement(*claim, tuple(evidence), plan) for claim, evidence in found.items())


def _evidence(row: Mapping[str, Any], fault: Any) -> Evidence | None:
    numbers: dict[str, float] = {}
    for name in ("start", "end", "paragraph", "confidence"):
        try:
            numbers[name] = float(row[name]) if name == "confidence" else int(row[name])
        except (TypeError, ValueError):
            kind_en, kind_zh = (
                ("a number from 0 to 1", "0 到 1 的数") if name == "confidence" else ("a whole number", "整数")
            )
            fault(name, "number", f"{name} {row[name]!r}: expected {kind_en}", f"{name} {row[name]!r}：应为{kind_zh}")
    if row["status"] not in STATUSES:
        fault(
            "status",
            "status",
            f"status {row['status']!r}: expected accepted, proposed or rejected",
            f"status {row['status']!r}：应为 accepted、proposed 或 rejected",
        )
    if len(numbers) < 4 or row["status"] not in STATUSES:
        return None
    section = tuple(p.strip() for p in row["section"].split(SECTION_SEPARATOR.strip()) if p.strip())
    try:
        return Evidence(
            int(numbers["start"]),
            int(numbers["end"]),
            row["quote"],
            section,
            int(numbers["paragraph"]),
            row["method"],
            numbers["confidence"],
            row["status"],
            row["decided_by"],
            row["decided_on"],
            row["reason"],
        )
    except ValueError as error:
        fault(
            "start" if "span" in str(error) else "quote",
            "span",
            f"{error}; give 0 <= start < end and the quote",
            "起止位置须满足 0 <= start < end，且须有引文",
        )
        return None


def _plan(data: dict[str, Any], toml: str, path: str, known: set[str], faults: list[Fault]) -> Plan | None:
    before = len(faults)

    def fault(key: str, en: str, zh: str) -> None:
        at = re.search(rf"^\s*{re.escape(key)}\s*=", toml, re.MULTILINE)
        line = toml.count("\n", 0, at.start()) + 1 if at else 1
        faults.append(Fault(path, line, 1, "plan-toml", en, zh))

    for keys, kind, word_en, word_zh in (
        (_TEXT_KEYS, str, "a text in quotes", "带引号的文字"),
        (_INT_KEYS, int, "a whole number", "整数"),
    ):
        for key in keys:
            if key in data and type(data[key]) is not kind:
                fault(key, f"{key}: expected {word_en}", f"{key}：应为{word_zh}")
    for key in _REQUIRED:
        if data and not data.get(key):
            fault(key, f"{key} is missing", f"缺少 {key}")
    known_keys = {*_TEXT_KEYS, *_INT_KEYS, "source", "stated_counts", "world_facts"}
    for key in data:
        if key not in known_keys:
            fault(
                key,
                f"unknown key {key}; expected one of {', '.join(sorted(known_keys))}",
                f"未知的键 {key}；可用：{'、'.join(sorted(known_keys))}",
            )
    if isinstance(data.get("id"), str) and not is_slug(data["id"]):
        fault(
            "id",
            f"id {data['id']!r}: expected lower-case ASCII words joined by hyphens",
            f"id {data['id']!r}：应为以连字符相连的小写 ASCII 词",
        )
    counts = [
        c for n, raw in enumerate(data.get("stated_counts", []), 1)
        if (c := _count(n, raw, known, fault)) is not None
    ]  # fmt: skip
    if len(faults) > before or not data:
        return None
    source = data.get("source", {})
    return Plan(
        **{k: data[k] for k in (*_TEXT_KEYS, *_INT_KEYS) if k in data},
        publisher=str(source.get("publisher", "")),
        url=str(source.get("url", "")),
        stated_counts=tuple(counts),
    )


def _count(number: int, raw: dict[str, Any], known: set[str], fault: Any) -> StatedCount | None:
    wrong = [k for k, kind in _COUNT_KEYS.items() if k not in raw or type(raw[k]) is not kind]
    wrong += [k for k in raw if k not in _COUNT_KEYS]
    if wrong:
        fault(
            "stated_counts",
            f"stated count {number}: missing, unknown or of the wrong kind: {', '.join(wrong)}",
            f"第 {number} 个所述数量：缺少、未知或类型不对的键：{'、'.join(wrong)}",
        )
        return None
    strangers = [i for i in (raw["subject"], *raw["named"]) if i not in known]
    if strangers:
        fault(
            "stated_counts",
            f"stated count {number}: {', '.join(strangers)} is no id of entities.csv",
            f"第 {number} 个所述数量：{'、'.join(strangers)} 不是 entities.csv 中的 id",
        )
        return None
    row = {**raw, "method": "curated", "confidence": 1.0, "status": "accepted", "decided_by": "",
           "decided_on": "", "reason": ""}  # fmt: skip
    evidence = _evidence(row, lambda _column, _code, en, zh: fault("stated_counts", en, zh))
    if evidence is None:
        return None
    return StatedCount(raw["subject"], raw["class"], raw["count"], tuple(raw["named"]), raw["unnamed"], evidence)


def entities_csv(entities: Iterable[Entity]) -> bytes:
    """``entities.csv`` of ``entities``, in the order given."""
    return write_table(
        ENTITY_COLUMNS,
        ((e.id, e.type, e.label_zh, e.label_en, "|".join(e.aliases), e.broader, e.note) for e in entities),
    )


def statements_csv(statements: Iterable[Statement]) -> bytes:
    """``statements.csv`` of ``statements``: one row an evidence, in the order of the text."""
    rows = [(s, e) for s in statements for e in s.evidence]
    rows.sort(key=lambda r: (r[1].start, r[1].end, r[0].subject, r[0].predicate, r[0].object))
    return write_table(
        STATEMENT_COLUMNS,
        (
            (
                s.subject,
                s.predicate,
                s.object,
                e.status,
                e.method,
                f"{e.confidence:.4g}",
                SECTION_SEPARATOR.join(e.section),
                str(e.paragraph),
                str(e.start),
                str(e.end),
                e.quote,
                e.decided_by,
                e.decided_on,
                e.reason,
            )
            for s, e in rows
        ),
    )
