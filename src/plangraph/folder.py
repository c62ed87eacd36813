"""Plan folder ⇄ model: ``plan.toml``, ``entities.csv`` and ``statements.csv`` of one plan.

Reading reports every fault at once and changes nothing; what the tables *mean* is checked by
`plangraph.check`, here only that they can be read and that their names meet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from plangraph.errors import Fault, InputError, TablesError
from plangraph.model import STATUSES, Entity, Evidence, Plan, Section, Statement, decimal_text
from plangraph.plan_toml import MAX_NUMBER, QUOTE_WORDS, SPAN_WORDS, PlanFile, section_path
from plangraph.tables import Table, has_control_character, read_bytes, read_table, text_or_fault, write_table
from plangraph.vocab import is_entity_id, is_local_name

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
_NUMBERS: dict[str, Callable[[str], float]] = {"start": int, "end": int, "paragraph": int, "confidence": float}

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
    _plan_file: PlanFile
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
    def digest(self) -> str:
        """SHA-256 of the tables' text and of what ``plan.toml`` says."""
        said = (self._entity_table._text, self._statement_table._text, repr((self.plan, self.world_facts)))
        return hashlib.sha256("\0".join(said).encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections that evidence stands in, and those around them, in the order of the text.

        Rejected evidence does not count.
        """
        first: dict[tuple[str, ...], int] = {}
        spans = [e for s in self.statements for e in s.evidence if e.status != "rejected"]
        spans += [c.evidence for c in self.plan.stated_counts]
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
            count = int(str(key[1])) if key[0] == "count" else 0
            return self._plan_file.fault(column, code, en, zh, count, severity)
        table = self._entity_table if key[0] == "entity" else self._statement_table
        return table.fault(self._rows[key], column, code, en, zh, severity)


def is_plan_folder(path: Path) -> bool:
    """Whether ``path`` has a ``plan.toml``."""
    return (path / "plan.toml").is_file()


def find_plan_folders(paths: Iterable[Path]) -> list[Path]:
    """The plan folders among ``paths`` and directly below them, sorted by name within each.

    Raises:
        InputError: A path is neither a plan folder nor holds one.
    """
    found: dict[Path, None] = {}
    for path in paths:
        below = (
            [path]
            if is_plan_folder(path)
            else sorted((p.parent for p in path.glob("*/plan.toml")), key=lambda p: p.name)
        )
        if not below:
            raise InputError(
                f"{path}: no plan folder here; a plan folder holds plan.toml, entities.csv and statements.csv",
                f"{path}：这里没有规划文件夹；规划文件夹应含 plan.toml、entities.csv 和 statements.csv",
            )
        found |= dict.fromkeys(below)
    return list(found)


def read_folder(path: Path) -> PlanFolder:
    """Read one plan folder.

    Raises:
        InputError: A file is missing or cannot be opened.
        TablesError: Faults in the files, all of them.
    """
    toml_path = str(path / "plan.toml")
    toml = text_or_fault(read_bytes(path / "plan.toml"), toml_path)
    plan_file = PlanFile(toml_path, toml) if isinstance(toml, str) else None
    entity_table = read_table(path / "entities.csv", ENTITY_COLUMNS)
    statement_table = read_table(path / "statements.csv", STATEMENT_COLUMNS)
    faults = entity_table.faults + statement_table.faults
    for table, as_they_stand in ((entity_table, ()), (statement_table, ("quote",))):
        faults += _strip(table, as_they_stand)
    rows: dict[Key, int] = {}
    entities = _entities(entity_table, rows, faults)
    plan_id = plan_file.plan_id if plan_file else None
    known = _known_ids(entity_table, statement_table, plan_file)
    statements = _statements(statement_table, plan_id or "", rows, known, faults)
    plan = plan_file.read(known) if plan_file else None
    faults += plan_file.faults if plan_file else [toml] if isinstance(toml, Fault) else []
    if faults or plan is None or plan_file is None:
        raise TablesError(sorted(faults, key=lambda f: (f.path, f.line, f.column)))
    return PlanFolder(
        path, plan, plan_file.world_facts, entities, statements, entity_table, statement_table, plan_file, rows
    )


def _strip(table: Table, as_they_stand: Collection[str]) -> list[Fault]:
    """Take the white space around cells away, but for those columns; cells with control characters are faults."""
    faults = []
    columns = [name for name in table.header if name not in as_they_stand]
    for i, row in enumerate(table.rows):
        for name in columns:
            row[name] = row[name].strip()
        for name in columns if has_control_character("".join(row.values())) else ():
            if has_control_character(row[name]):
                faults.append(
                    table.fault(
                        i,
                        name,
                        "control-character",
                        f"{name} {row[name][:60]!r} holds a line break or another control character; write it on one line",
                        f"{name} {row[name][:60]!r} 含换行或其他控制字符；请写在一行内",
                    )
                )
    return faults


def _known_ids(entities: Table, statements: Table, plan_file: PlanFile | None) -> set[str] | None:
    """Ids that the tables may name, those of rows with faults too: one slip is reported once, where it is.

    None if ``entities.csv`` could not be read to its end.
    """
    if not entities.whole:
        return None
    known = {row["id"] for row in entities.rows} | entities.unread
    if plan_file and plan_file.plan_id is not None:
        return known | {f"plan/{plan_file.plan_id}"}
    mentioned = {row[end] for row in statements.rows for end in ("subject", "object")}
    mentioned |= plan_file.count_subjects if plan_file else set()
    return known | {i for i in mentioned if i.startswith("plan/")}


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


def _entities(table: Table, rows: dict[Key, int], faults: list[Fault]) -> tuple[Entity, ...]:
    found: list[Entity] = []
    ids = {row["id"] for row in table.rows} | table.unread
    for i, row in enumerate(table.rows):
        wrong = list(_entity_faults(table, i, row, rows, ids if table.whole else None))
        faults += wrong
        rows.setdefault(("entity", row["id"]), i)
        if not wrong:
            aliases = tuple(a.strip() for a in row["aliases"].split("|") if a.strip())
            found.append(
                Entity(row["id"], row["type"], row["label_zh"], row["label_en"], aliases, row["broader"], row["note"])
            )
    return tuple(found)


def _entity_faults(
    table: Table, i: int, row: Mapping[str, str], rows: Mapping[Key, int], ids: set[str] | None
) -> Iterator[Fault]:
    entity_id = row["id"]
    if not is_entity_id(entity_id) or entity_id.startswith("plan/"):
        yield table.fault(
            i,
            "id",
            "entity-id",
            f"id {entity_id[:60]!r}: expected CLASS/SLUG in lower-case ASCII, such as park/china-xinchuang-valley",
            f"id {entity_id[:60]!r}：应为小写 ASCII 的“类/短名”，例如 park/china-xinchuang-valley",
        )
    elif ("entity", entity_id) in rows:
        first = table.lines[rows["entity", entity_id]]
        yield table.fault(
            i,
            "id",
            "entity-twice",
            f"id {entity_id} stands on line {first} already; delete one row or give it another id",
            f"id {entity_id} 已在第 {first} 行出现；请删除一行或改用别的 id",
        )
    if not is_local_name(row["type"]):
        yield table.fault(
            i,
            "type",
            "entity-type",
            f"type {row['type'][:60]!r}: expected the name of a class of the ontology, such as Park or University",
            f"type {row['type'][:60]!r}：应为本体中的类名，如 Park、University",
        )
    if not row["label_zh"]:
        yield table.fault(
            i,
            "label_zh",
            "entity-name",
            f"{entity_id[:60]}: the Chinese name is missing; write it as the text prints it",
            f"{entity_id[:60]}：缺少中文名；请照原文填写",
        )
    if row["broader"] and ids is not None and row["broader"] not in ids:
        yield table.fault(
            i,
            "broader",
            "entity-unknown",
            f"broader {row['broader'][:60]!r} is no id of this table; add the entity or mend the id",
            f"broader {row['broader'][:60]!r} 不是本表中的 id；请补上该实体，或改正 id",
        )


def _statements(
    table: Table, plan: str, rows: dict[Key, int], known: set[str] | None, faults: list[Fault]
) -> tuple[Statement, ...]:
    found: dict[tuple[str, str, str], list[Evidence]] = {}
    for i, row in enumerate(table.rows):
        claim = (row["subject"], row["predicate"], row["object"])
        wrong = [*_claim_faults(table, i, row, known), *_evidence_faults(table, i, row)]
        faults += wrong
        if wrong:
            continue
        evidence = _evidence(row)
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


def _claim_faults(table: Table, i: int, row: Mapping[str, str], known: set[str] | None) -> Iterator[Fault]:
    for end in ("subject", "object"):
        if known is not None and row[end] not in known:
            yield table.fault(
                i,
                end,
                "entity-unknown",
                f"{end} {row[end][:60]!r} is no id of entities.csv; add the entity there or mend the id",
                f"{end} {row[end][:60]!r} 不是 entities.csv 中的 id；请在该表补上实体，或改正 id",
            )
    if not is_local_name(row["predicate"]):
        yield table.fault(
            i,
            "predicate",
            "statement-predicate",
            f"predicate {row['predicate'][:60]!r}: expected the name of a relation of the ontology, such as develops",
            f"predicate {row['predicate'][:60]!r}：应为本体中的关系名，如 develops",
        )


def _evidence_faults(table: Table, i: int, row: Mapping[str, str]) -> Iterator[Fault]:
    numbers = {name: _number(row[name], kind) for name, kind in _NUMBERS.items()}
    for name, number in numbers.items():
        if number is None:
            en, zh = ("a number from 0 to 1", "0 到 1 的数") if name == "confidence" else ("a whole number", "整数")
            yield table.fault(
                i,
                name,
                "number",
                f"{name} {row[name][:60]!r}: expected {en}",
                f"{name} {row[name][:60]!r}：应为{zh}",
            )
    start, end = numbers["start"], numbers["end"]
    if start is not None and end is not None and not 0 <= start < end:
        yield table.fault(i, "start", "span", *SPAN_WORDS)
    if row["status"] not in STATUSES:
        yield table.fault(
            i,
            "status",
            "status",
            f"status {row['status'][:60]!r}: expected accepted, proposed or rejected",
            f"status {row['status'][:60]!r}：应为 accepted、proposed 或 rejected",
        )
    if not row["quote"].strip():
        yield table.fault(i, "quote", "quote-missing", *QUOTE_WORDS)


def _number(text: str, kind: Callable[[str], float]) -> float | None:
    """``text`` as a number that a graph can reckon with, else None."""
    try:
        number = kind(text)
    except ValueError:
        return None
    return number if abs(number) < MAX_NUMBER else None  # which NaN is not


def _evidence(row: Mapping[str, str]) -> Evidence:
    return Evidence(
        int(row["start"]),
        int(row["end"]),
        row["quote"],
        section_path(row["section"]),
        int(row["paragraph"]),
        row["method"],
        float(row["confidence"]),
        row["status"],
        row["decided_by"],
        row["decided_on"],
        row["reason"],
    )


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
                decimal_text(e.confidence),
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
