"""Invented plans with their annotations in the text: training data that can be published whole.

A file holds documents::

    === doc-id | title | place
    依托[P|滨海高新区]发展[D|氢能]。
    > subject | relation | object
    = name | other name

A mark is ``[LETTER|name]`` (D domain, T technology, I institution, P park, R district). Lines with ``>`` give the
relations that the paragraph above states, lines with ``=`` two names of one thing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from plangraph.errors import InputError
from plangraph.evaluate import GoldDocument, GoldEntity, GoldRelation
from plangraph.ontology import load_ontology
from plangraph.tables import decode, read_bytes

_MARK = re.compile(r"\[([A-Z])\|([^\[\]|]+)\]")


@dataclass(slots=True)
class MarkedDocument:
    """One document: its text without marks, where the names stand, and what it states.

    Args:
        doc: Document id.
        place: Full name of the division that it is for.
        text: The text.
        spans: (start, end, top class) of each marked name, in order.
        gold: Entities and relations.
        stated: For each relation where the line begins that states it.
    """

    doc: str
    place: str
    text: str = ""
    spans: list[tuple[int, int, str]] = field(default_factory=list)
    gold: GoldDocument = field(default_factory=lambda: GoldDocument("", (), ()))
    stated: list[int] = field(default_factory=list)


def read_marked(path: Path) -> list[MarkedDocument]:
    """Read a file of marked documents.

    Raises:
        InputError: A line that is none of the above; names file and line.
    """
    letters = {("R" if c == "District" else c[0]): c for c in load_ontology().top_classes if c != "Goal"}
    found: list[MarkedDocument] = []
    relations: list[GoldRelation] = []
    aliases: dict[str, list[str]] = {}
    above = 0
    lines = decode(read_bytes(path), str(path)).splitlines()
    for number, line in enumerate([*lines, "=== end | | "], 1):
        parts = [p.strip() for p in line.lstrip("=> ").split("|")]
        if line.startswith("==="):
            if found:
                found[-1].gold = _gold(found[-1], relations, aliases)
            relations, aliases = [], {}
            found.append(MarkedDocument(parts[0], parts[-1]))
        elif line.startswith((">", "= ")) and len(parts) == (3 if line.startswith(">") else 2):
            if line.startswith(">"):
                relations.append(GoldRelation(parts[0], parts[1], parts[2]))
                found[-1].stated.append(above)
            else:
                aliases.setdefault(parts[0], []).append(parts[1])
        elif line.startswith((">", "=")) or not found:
            raise InputError(f"{path}:{number}:1: expected a mark-up line", f"{path}:{number}:1: 不是合格的标记行")
        else:
            above = len(found[-1].text)
            _read_line(found[-1], line, letters)
    return found[:-1]


def _read_line(document: MarkedDocument, line: str, letters: dict[str, str]) -> None:
    pieces, at = [], 0
    length = len(document.text)
    for m in _MARK.finditer(line):
        pieces.append(line[at : m.start()])
        length += m.start() - at
        document.spans.append((length, length + len(m[2]), letters[m[1]]))
        pieces.append(m[2])
        length += len(m[2])
        at = m.end()
    document.text += "".join([*pieces, line[at:], "\n"])


def _gold(document: MarkedDocument, relations: list[GoldRelation], aliases: dict[str, list[str]]) -> GoldDocument:
    # A name may be that of a field in one line and that of a technology in another.
    named = dict.fromkeys((document.text[s:e], kind) for s, e, kind in document.spans)
    main = {other: name for name, others in aliases.items() for other in others}
    if document.place not in {name for name, _ in named}:
        named[document.place, "District"] = None
    entities = tuple(GoldEntity(name, kind, tuple(aliases.get(name, ()))) for name, kind in named if name not in main)
    told = tuple(GoldRelation(main.get(r.s, r.s), r.r, main.get(r.o, r.o)) for r in relations)
    return GoldDocument(document.doc, entities, told)
