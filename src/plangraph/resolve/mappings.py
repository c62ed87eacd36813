"""``mappings.sssom.tsv``: candidates and what people decided about them, as a Simple Standard for Sharing Ontological
Mappings (SSSOM) file.

A line that nobody decided has ``mapping_justification`` ``semapv:CompositeMatching``; a decided one has
``semapv:ManualMappingCuration``, who decided and when, and, if it was rejected, ``predicate_modifier`` ``Not``.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from plangraph.errors import Fault, NotFoundError, TablesError
from plangraph.extract.saving import writing_to
from plangraph.files import replace_file
from plangraph.ontology import load_ontology
from plangraph.resolve import Candidate
from plangraph.tables import guard, read_bytes, text_or_fault
from plangraph.vocab import ID, OWL, PLAN, ROOT, SKOS, is_entity_id

FILE = "mappings.sssom.tsv"
SEMAPV = "https://w3id.org/semapv/vocab/"
SSSOM = "https://w3id.org/sssom/"
MAPPING = ROOT + "mapping/"
COLUMNS = (
    "record_id",
    "subject_id",
    "subject_label",
    "subject_category",
    "predicate_modifier",
    "predicate_id",
    "object_id",
    "object_label",
    "object_category",
    "mapping_justification",
    "reviewer_label",
    "mapping_date",
    "confidence",
    "comment",
)
_NEEDED = ("subject_id", "predicate_id", "object_id", "mapping_justification")
_CURATED, _FOUND = "semapv:ManualMappingCuration", "semapv:CompositeMatching"
#: Predicates that make one node of two entities; any other one only links them.
SAME = ("owl:sameAs", "skos:exactMatch")
PREDICATES = (*SAME, "skos:closeMatch")
_HEAD = "".join(
    f"#{line}\n"
    for line in (
        f"mapping_set_id: {ROOT}mappings",
        f"license: {SSSOM}license/unspecified",
        "curie_map:",
        f"  id: {ID}",
        f"  mapping: {MAPPING}",
        f"  plan: {PLAN}",
        f"  owl: {OWL}",
        f"  skos: {SKOS}",
        f"  semapv: {SEMAPV}",
    )
)


@dataclass(frozen=True, slots=True)
class Mapping:
    """One line: two entities, and what they are to one another.

    Args:
        one: Id of the first entity, the smaller one.
        other: Id of the second.
        predicate: One of `PREDICATES`.
        status: proposed, accepted or rejected.
        confidence: 0 to 1.
        labels: Names of the two, for the reader.
        classes: Their classes.
        why: Why they are taken for one thing, English and Chinese with `` | `` between.
        decided_by: Who decided.
        decided_on: ISO date.
    """

    one: str
    other: str
    predicate: str
    status: str = "proposed"
    confidence: float = 1.0
    labels: tuple[str, str] = ("", "")
    classes: tuple[str, str] = ("", "")
    why: str = ""
    decided_by: str = ""
    decided_on: str = ""

    @property
    def record(self) -> str:
        """A short name for the pair; the same pair has the same one."""
        return hashlib.sha256(f"{self.one} {self.other}".encode()).hexdigest()[:8]

    @property
    def merges(self) -> bool:
        """Whether it makes one node of the two, once accepted."""
        return self.predicate in SAME

    def reason(self, lang: str) -> str:
        """Why, in ``lang``."""
        en, _, zh = self.why.partition(" | ")
        return zh if lang == "zh" and zh else en

    @classmethod
    def of(cls, found: Candidate) -> Mapping:
        """The line of a candidate."""
        a, b, v = found.one, found.other, found.verdict
        return cls(
            a.id,
            b.id,
            v.predicate,
            "proposed",
            v.confidence,
            (a.label_zh, b.label_zh),
            (a.type, b.type),
            f"{v.en} | {v.zh}",
        )


def find_mappings(folders: Iterable[Path]) -> list[Path]:
    """The mapping files that stand beside plan folders, each once."""
    parents = dict.fromkeys(os.path.dirname(os.path.abspath(f)) for f in folders)
    return [path for p in parents if (path := Path(p, FILE)).is_file()]


def read_mappings(path: Path) -> list[Mapping]:
    """The lines of a mapping file.

    Raises:
        InputError: It cannot be opened.
        TablesError: Lines that are not such mappings, all of them.
    """
    text = text_or_fault(read_bytes(path), str(path))
    if isinstance(text, Fault):
        raise TablesError([text])
    lines = text.splitlines()
    body = [(n, line) for n, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]
    header = next(csv.reader([body[0][1]], delimiter="\t")) if body else []
    missing = [c for c in _NEEDED if c not in header]
    if missing:
        words = ", ".join(missing)
        where = body[0][0] if body else 1
        raise TablesError(
            [
                Fault(
                    str(path),
                    where,
                    1,
                    "mapping-header",
                    f"not an SSSOM table: no column {words}; write the header line with tabs between the columns",
                    f"不是 SSSOM 表：缺少列 {words}；请写出表头，列间用制表符分隔",
                )
            ]
        )
    found, faults = [], []
    for number, line in body[1:]:
        cells = [_unguard(c) for c in next(csv.reader([line], delimiter="\t"))]
        row = dict(zip(header, [*cells, *[""] * (len(header) - len(cells))], strict=False))
        made = _mapping(row, str(path), number)
        if isinstance(made, Fault):
            faults.append(made)
        else:
            found.append(made)
    if faults:
        raise TablesError(faults)
    return found


def _mapping(row: dict[str, str], path: str, line: int) -> Mapping | Fault:
    ends = [row[c].strip().removeprefix("id:").removeprefix(ID) for c in ("subject_id", "object_id")]
    for end in ends:
        if not is_entity_id(end):
            return Fault(
                path,
                line,
                1,
                "mapping-entity",
                f"{end[:60]!r} is no entity; write id:CLASS/SLUG, such as id:park/china-xinchuang-valley",
                f"{end[:60]!r} 不是实体；应写作 id:类/短名，如 id:park/china-xinchuang-valley",
            )
    if row["predicate_id"] not in PREDICATES or ends[0] == ends[1]:
        return Fault(
            path,
            line,
            1,
            "mapping-predicate",
            f"{row['predicate_id'][:60]!r} between {ends[0]} and {ends[1]}: expected two entities and one of {', '.join(PREDICATES)}",
            f"{ends[0]} 与 {ends[1]} 之间的 {row['predicate_id'][:60]!r}：应为两个实体，谓词为 {'、'.join(PREDICATES)} 之一",
        )
    try:
        confidence = float(row.get("confidence") or 1)
    except ValueError:
        confidence = -1.0
    if not 0 <= confidence <= 1:
        return Fault(
            path,
            line,
            1,
            "mapping-confidence",
            f"confidence {row['confidence'][:20]!r}: expected a number from 0 to 1",
            f"confidence {row['confidence'][:20]!r}：应为 0 到 1 的数",
        )
    turned = ends[0] > ends[1]
    labels = (row.get("subject_label", ""), row.get("object_label", ""))
    classes = tuple(row.get(c, "").removeprefix("plan:") for c in ("subject_category", "object_category"))
    status = "proposed"
    if row["mapping_justification"] == _CURATED:
        status = "rejected" if row.get("predicate_modifier") == "Not" else "accepted"
    return Mapping(
        min(ends),
        max(ends),
        row["predicate_id"],
        status,
        confidence,
        labels[::-1] if turned else labels,
        (classes[1], classes[0]) if turned else (classes[0], classes[1]),
        row.get("comment", ""),
        row.get("reviewer_label", ""),
        row.get("mapping_date", ""),
    )


def mappings_tsv(mappings: Iterable[Mapping]) -> bytes:
    """The file of ``mappings``: decided ones and proposals alike, sorted by their entities."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(COLUMNS)
    for m in sorted(mappings, key=lambda m: (m.one, m.other)):
        writer.writerow(guard(" ".join(c.split())) for c in _cells(m))
    return (_HEAD + out.getvalue()).encode("utf-8")


def _cells(m: Mapping) -> tuple[str, ...]:
    categories = tuple(f"plan:{c}" if c in load_ontology().classes else "" for c in m.classes)
    return (
        f"mapping:{m.record}",
        f"id:{m.one}",
        m.labels[0],
        categories[0],
        "Not" if m.status == "rejected" else "",
        m.predicate,
        f"id:{m.other}",
        m.labels[1],
        categories[1],
        _FOUND if m.status == "proposed" else _CURATED,
        m.decided_by,
        m.decided_on,
        f"{m.confidence:.3f}",
        m.why,
    )


def _unguard(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and guard(cell[1:]) == cell else cell


def update(path: Path, found: Iterable[Candidate]) -> list[Mapping]:
    """Write the candidates to ``path``: decided lines stay as they are, undecided ones are made anew.

    Returns:
        All lines of the file now.
    """
    with writing_to(path.parent):
        old = read_mappings(path) if path.exists() else []
        decided = {(m.one, m.other): m for m in old if m.status != "proposed"}
        fresh = [m for c in found if ((m := Mapping.of(c)).one, m.other) not in decided]
        lines = sorted([*decided.values(), *fresh], key=lambda m: (m.one, m.other))
        _replace(path, lines)
    return lines


def decide(path: Path, records: Collection[str], status: str, by: str = "", on: str = "") -> list[Mapping]:
    """Give the lines named in ``records`` the status accepted, rejected or (undone) proposed.

    Returns:
        The lines that were changed.

    Raises:
        NotFoundError: A record that the file does not have; nothing is written.
        InputError: Accepting would make one of things that somebody said are two, or of two classes.
    """
    from plangraph.resolve.merge import same_groups

    with writing_to(path.parent):
        lines = read_mappings(path)
        unknown = sorted(set(records) - {m.record for m in lines})
        if unknown:
            raise NotFoundError(
                f"{path}: no mapping {', '.join(unknown)}; plangraph resolve --list shows them",
                f"{path}：没有映射 {'、'.join(unknown)}；plangraph resolve --list 可列出",
            )
        who, when = (by, on) if status != "proposed" else ("", "")
        after = [
            replace(m, status=status, decided_by=who, decided_on=when) if m.record in records else m for m in lines
        ]
        same_groups(after, str(path))
        _replace(path, after)
    before = set(lines)
    return [m for m in after if m not in before]


def accept_all(path: Path, confidence: float, by: str, on: str) -> tuple[list[Mapping], int]:
    """Accept the proposals from ``confidence`` up, the surest first, that contradict nothing.

    Returns:
        The lines accepted, and how many stay proposed because of a contradiction.
    """
    from plangraph.resolve.merge import Groups

    with writing_to(path.parent):
        lines = read_mappings(path)
        groups = Groups(lines)
        sure = [m for m in lines if m.status == "proposed" and m.confidence >= confidence]
        taken = {
            m for m in sorted(sure, key=lambda m: (-m.confidence, m.one, m.other)) if not m.merges or groups.join(m)
        }
        after = [replace(m, status="accepted", decided_by=by, decided_on=on) if m in taken else m for m in lines]
        _replace(path, after)
    before = set(lines)
    return [m for m in after if m not in before], len(sure) - len(taken)


def _replace(path: Path, lines: Sequence[Mapping]) -> None:
    data = mappings_tsv(lines)
    if not path.is_file() or path.read_bytes() != data:
        replace_file(path, data)
