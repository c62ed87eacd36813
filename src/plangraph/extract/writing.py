"""Proposals into a plan folder: what people have decided stays, everything else is made anew."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

from plangraph.document import Document
from plangraph.extract import Proposal
from plangraph.files import replace_file
from plangraph.folder import PlanFolder, entities_csv, is_plan_folder, read_folder, statements_csv
from plangraph.model import Entity, Evidence, Statement, fold
from plangraph.ontology import load_ontology


@dataclass(frozen=True, slots=True)
class Written:
    """What `write_proposal` did.

    Args:
        entities: Entities in the folder now.
        statements: Statements in the folder now.
        proposed: Evidences that wait for a decision.
        kept: Evidences that people had decided, kept as they were.
        conflicts: (English, Chinese) words for each decision that the text or the proposals no longer bear out.
    """

    entities: int
    statements: int
    proposed: int
    kept: int
    conflicts: tuple[tuple[str, str], ...]


def write_proposal(proposal: Proposal, document: Document, folder: Path, plan_id: str, title: str) -> Written:
    """Write ``proposal`` to ``folder``.

    A folder that is there already keeps its ``plan.toml``, its decided rows (accepted or rejected) and the entities
    that these use or that somebody has edited; its undecided proposals are replaced.

    Raises:
        TablesError: The folder is there and has faults; nothing is written.
    """
    old = read_folder(folder) if is_plan_folder(folder) else None
    entities, statements, conflicts = (
        _merge(proposal, old, document) if old else (list(proposal.entities), list(proposal.statements), [])
    )
    folder.mkdir(parents=True, exist_ok=True)
    if old is None:
        replace_file(folder / "plan.toml", _plan_toml(proposal, document, plan_id, title).encode("utf-8"))
    replace_file(folder / "entities.csv", entities_csv(entities))
    replace_file(folder / "statements.csv", statements_csv(statements))
    evidence = [e for s in statements for e in s.evidence]
    proposed = sum(e.status == "proposed" for e in evidence)
    return Written(len(entities), len(statements), proposed, len(evidence) - proposed, tuple(conflicts))


def _plan_toml(proposal: Proposal, document: Document, plan_id: str, title: str) -> str:
    def text(value: str) -> str:
        return json.dumps(value, ensure_ascii=False)

    return (
        f"id = {text(plan_id)}\ntitle = {text(title)}\njurisdiction = {text(proposal.place or title)}\n"
        f'language = "zh"\ntext_sha256 = {text(document.sha256)}\ntext_characters = {len(document.text)}\n'
    )


def _merge(
    proposal: Proposal, old: PlanFolder, document: Document
) -> tuple[list[Entity], list[Statement], list[tuple[str, str]]]:
    ids = _same_entities(proposal.entities, old.entities)
    claims: dict[tuple[str, str, str], list[Evidence]] = {}
    decided: set[tuple[str, str, str]] = set()
    conflicts = []
    names = {e.id: e.label_zh for e in old.entities}
    for s in old.statements:
        claim = (s.subject, s.predicate, s.object)
        for e in s.evidence:
            if e.status == "proposed":
                continue
            claims.setdefault(claim, []).append(e)
            if e.status == "rejected":
                decided.add(claim)
            if document.text[e.start : e.end] != e.quote:
                said = f"{names.get(s.subject, s.subject)} —{s.predicate}→ {names.get(s.object, s.object)} “{e.quote}”"
                conflicts.append(
                    (
                        f"{said}: {e.status}, but the quote is not at {e.start}–{e.end} of this text",
                        f"{said}：已{'接受' if e.status == 'accepted' else '拒绝'}，但引文不在本文本的 {e.start}–{e.end}",
                    )
                )
    for s in proposal.statements:
        claim = (ids.get(s.subject, s.subject), s.predicate, ids.get(s.object, s.object))
        if claim in decided:
            continue
        have = {(e.start, e.end) for e in claims.get(claim, [])}
        new = [e for e in s.evidence if (e.start, e.end) not in have]
        if new:
            claims.setdefault(claim, []).extend(new)
    statements = [
        Statement(*claim, tuple(sorted(evidence, key=lambda e: (e.start, e.end))), old.plan.id)
        for claim, evidence in claims.items()
    ]
    used = {i for s in statements for i in (s.subject, s.object)}
    used |= {i for c in old.plan.stated_counts for i in (c.subject, *c.named)}
    matched = set(ids.values())
    kept = [e for e in old.entities if e.id in used or e.id in matched or e.label_en or e.broader]
    known = {e.id for e in kept}
    # A broader entity of one that is kept is kept as well.
    kept += [e for e in old.entities if e.id not in known and any(k.broader == e.id for k in kept)]
    new_entities = [replace(e, id=ids.get(e.id, e.id)) for e in proposal.entities if e.id not in ids]
    return [*kept, *(e for e in new_entities if e.id not in known)], statements, conflicts


def _same_entities(new: tuple[Entity, ...], old: tuple[Entity, ...]) -> dict[str, str]:
    """Id of each new entity that the folder has already, with the id that it has there."""
    top = load_ontology().top_class
    by_name = {(top(e.type), fold(n)): e.id for e in reversed(old) for n in reversed(e.names)}
    return {e.id: by_name[top(e.type), fold(e.label_zh)] for e in new if (top(e.type), fold(e.label_zh)) in by_name}
