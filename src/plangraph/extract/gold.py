"""Extraction in the gold form, for scoring and for tools that read it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from plangraph.document import Document, read_document
from plangraph.errors import InputError
from plangraph.evaluate import GoldDocument, GoldEntity, GoldRelation
from plangraph.extract import Proposal, propose
from plangraph.extract.names import find_place
from plangraph.ontology import load_ontology


def as_gold(proposal: Proposal, doc: str) -> GoldDocument:
    """The five main classes and eight main relations of ``proposal``, by names."""
    top = load_ontology().top_class
    kinds = {e.id: top(e.type) or "" for e in proposal.entities}
    names = {e.id: e.label_zh for e in proposal.entities}
    return GoldDocument(
        doc,
        tuple(GoldEntity(e.label_zh, kinds[e.id], e.aliases) for e in proposal.entities if kinds[e.id] != "Goal"),
        tuple(
            GoldRelation(names[s.subject], s.predicate, names[s.object], s.evidence[0].quote[:12], s.confidence)
            for s in proposal.statements
            if "Goal" not in (kinds.get(s.object), kinds.get(s.subject)) and s.predicate != "benchmarkedAgainst"
        ),
    )


def extract_gold(wanted: Sequence[GoldDocument], text_dir: Path) -> list[GoldDocument]:
    """What is extracted from the texts of ``wanted``; where a part of a text is annotated, from that part alone.

    Raises:
        InputError: A text is missing, or is not the one that was annotated.
    """
    by_source: dict[str, list[GoldDocument]] = defaultdict(list)
    for d in wanted:
        by_source[d.source or f"{d.doc}.txt"].append(d)
    found: dict[str, GoldDocument] = {}
    for source, documents in by_source.items():
        whole = read_document(text_dir / source)
        place = find_place(Path(source).stem, whole.text) or None
        for d in documents:
            part = Document.from_text(whole.text[d.start : d.end]) if d.start or d.end is not None else whole
            if d.sha256 and part.sha256 != d.sha256:
                raise InputError(
                    f"{text_dir / source}: {d.doc} is not the text that was annotated (its SHA-256 differs)",
                    f"{text_dir / source}：{d.doc} 不是被标注的文本（SHA-256 不同）",
                )
            found[d.doc] = replace(as_gold(propose(part, "gold", place=place), d.doc), source=d.source)
    return [found[d.doc] for d in wanted]
