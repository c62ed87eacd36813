"""Proposals into a plan folder: what people have decided stays, everything else is made anew."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from plangraph.document import Document
from plangraph.errors import InputError
from plangraph.extract import Proposal
from plangraph.extract.decisions import NameDecision, read_decisions
from plangraph.extract.names import Named, to_entities
from plangraph.extract.saving import save_tables, writing_to
from plangraph.files import replace_file
from plangraph.folder import PlanFolder, is_plan_folder, read_folder
from plangraph.model import MAX_QUOTE, Entity, Evidence, Statement, fold
from plangraph.ontology import load_ontology

Claim = tuple[str, str, str]
#: (English, Chinese) words.
Words = tuple[str, str]


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
    conflicts: tuple[Words, ...]


def write_proposal(proposal: Proposal, document: Document, folder: Path, plan_id: str, title: str) -> Written:
    """Write ``proposal`` to ``folder``.

    A folder that is there already keeps its ``plan.toml``, its decided rows (accepted or rejected), its decisions about
    names, and the entities that these use or that somebody has edited; its undecided proposals are replaced.

    Raises:
        InputError: The folder cannot be written, or another program is writing there.
        TablesError: The folder is there and has faults; nothing is written.
    """
    with writing_to(folder):
        old = read_folder(folder) if is_plan_folder(folder) else None
        decisions = read_decisions(folder)
        if old is None:
            _refuse_orphans(folder)
        entities, statements, conflicts = (
            _merge(proposal, old, document, decisions)
            if old
            else (list(proposal.entities), list(proposal.statements), [])
        )
        save_tables(folder, entities, statements, decisions, old.entities if old else ())
        # Last: a folder that has it has the tables.
        if old is None:
            replace_file(folder / "plan.toml", _plan_toml(proposal, document, plan_id, title).encode("utf-8"))
        elif old.plan.text_sha256 != document.sha256 and not any(_is_decided(s) for s in old.statements):
            _name_text(folder / "plan.toml", document)
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


def _is_decided(statement: Statement) -> bool:
    return any(e.status != "proposed" for e in statement.evidence)


def _name_text(path: Path, document: Document) -> None:
    """Let ``plan.toml`` name ``document`` as its text: nothing in the folder hangs on another one."""
    text = path.read_text(encoding="utf-8-sig")
    text = re.sub(r'(?m)^(text_sha256\s*=\s*)["\'][^"\']*["\']', rf'\g<1>"{document.sha256}"', text)
    text = re.sub(r"(?m)^(text_characters\s*=\s*)[\d_]+", rf"\g<1>{len(document.text)}", text)
    replace_file(path, text.encode("utf-8"))


def _refuse_orphans(folder: Path) -> None:
    """Refuse to write over the decisions of a folder whose ``plan.toml`` is gone.

    Raises:
        InputError: There are such.
    """
    path = folder / "statements.csv"
    if path.is_file() and re.search(rb",(?:accepted|rejected),", path.read_bytes()):
        raise InputError(
            f"{folder}: statements.csv holds decisions, but plan.toml is missing; restore it, or choose another folder with -o",
            f"{folder}：statements.csv 中有裁定，却缺少 plan.toml；请恢复该文件，或用 -o 另选文件夹",
        )


def _merge(
    proposal: Proposal, old: PlanFolder, document: Document, decisions: Sequence[NameDecision]
) -> tuple[list[Entity], list[Statement], list[Words]]:
    ids, dropped = _same_entities(proposal.entities, old.entities, decisions)
    entities = {e.id: e for e in old.entities}
    fresh = _fresh(proposal.entities, ids, dropped, entities)
    kinds = {e.id: e.type for e in (*old.entities, *fresh.values())}
    claims: dict[Claim, list[Evidence]] = {}
    for s in old.statements:
        decided = [e for e in s.evidence if e.status != "proposed"]
        if decided:
            claims.setdefault((s.subject, s.predicate, s.object), []).extend(decided)
    conflicts = _conflicts(claims, old, document)
    for s in proposal.statements:
        if s.subject in dropped or s.object in dropped:
            continue
        ends = [ids.get(i) or fresh[i].id for i in (s.subject, s.object)]
        claim = _known_order((ends[0], s.predicate, ends[1]), claims)
        if claim[0] == claim[2] or not load_ontology().allows(kinds[claim[0]], claim[1], kinds[claim[2]]):
            continue
        have = claims.get(claim, [])
        new = [e for e in s.evidence if not any(_near(e, d) for d in have)]
        if new:
            claims.setdefault(claim, []).extend(new)
    statements = [
        Statement(*claim, tuple(sorted(evidence, key=lambda e: (e.start, e.end))), old.plan.id)
        for claim, evidence in claims.items()
    ]
    kept = _kept(old, statements, set(ids.values()), decisions)
    return [*kept, *fresh.values()], statements, conflicts


def _fresh(
    proposed: Sequence[Entity], ids: Mapping[str, str], dropped: set[str], old: Mapping[str, Entity]
) -> dict[str, Entity]:
    """Proposed entities that the folder does not have, by proposed id, each with an id of its own."""
    taken = set(old)
    found: dict[str, Entity] = {}
    for e in proposed:
        if e.id not in ids and e.id not in dropped:
            new, n = e.id, 2
            while new in taken:
                new, n = f"{e.id}-{n}", n + 1
            taken.add(new)
            found[e.id] = replace(e, id=new)
    return found


def _kept(
    old: PlanFolder, statements: Sequence[Statement], matched: set[str], decisions: Sequence[NameDecision]
) -> list[Entity]:
    """Old entities that somebody needs: decided rows, proposals, stated counts, decisions, or whoever edited them."""
    used = {i for s in statements for i in (s.subject, s.object)} | matched
    used |= {i for c in old.plan.stated_counts for i in (c.subject, *c.named)} | {d.entity for d in decisions}
    used |= {e.id for e in old.entities if e.label_en or e.broader or not _is_minted(e)}
    while more := {e.broader for e in old.entities if e.id in used and e.broader} - used:
        used |= more
    return [e for e in old.entities if e.id in used]


def _known_order(claim: Claim, claims: Mapping[Claim, object]) -> Claim:
    """A symmetric claim as the folder has it."""
    turned = (claim[2], claim[1], claim[0])
    symmetric = load_ontology().relations[claim[1]].symmetric
    return turned if symmetric and turned in claims and claim not in claims else claim


def _near(new: Evidence, decided: Evidence) -> bool:
    """Whether a person has seen this place already: the quote may have moved by some characters since."""
    if decided.status == "proposed":
        return (new.start, new.end) == (decided.start, decided.end)
    return new.start < decided.end + MAX_QUOTE // 2 and decided.start < new.end + MAX_QUOTE // 2


def _conflicts(claims: Mapping[Claim, Sequence[Evidence]], old: PlanFolder, document: Document) -> list[Words]:
    conflicts = []
    if claims and document.sha256 != old.plan.text_sha256:
        conflicts.append(
            (
                f"{old.path}: its decisions were taken on another text (SHA-256 {old.plan.text_sha256[:12]}…); "
                "where it moved, mend start and end, then text_sha256 and text_characters in plan.toml",
                f"{old.path}：其裁定依据的是另一文本（SHA-256 {old.plan.text_sha256[:12]}…）；"
                "位置有变的请改正 start 与 end，再改正 plan.toml 中的 text_sha256 与 text_characters",
            )
        )
    names = {e.id: e.label_zh for e in old.entities}
    for (s, r, o), evidence in claims.items():
        for e in evidence:
            if document.text[e.start : e.end] != e.quote:
                said = f"{names.get(s, s)} —{r}→ {names.get(o, o)} “{e.quote}”"
                conflicts.append(
                    (
                        f"{said}: {e.status}, but the quote is not at {e.start}–{e.end} of this text",
                        f"{said}：已{'接受' if e.status == 'accepted' else '拒绝'}，但引文不在本文本的 {e.start}–{e.end}",
                    )
                )
    return conflicts


def _same_entities(
    new: Sequence[Entity], old: Sequence[Entity], decisions: Sequence[NameDecision]
) -> tuple[dict[str, str], set[str]]:
    """Id of each proposed entity that the folder has, with the id that it has there; ids of those that people deleted.

    What a person decided about the name comes first, then equal names of one class, then an entity that still has the
    id that this name gets but another name or class: somebody edited it in the table.
    """
    top = load_ontology().top_class
    ids = {e.id for e in old}
    decided = {d.key: d.entity for d in decisions}
    by_name = {(top(e.type), fold(n)): e.id for e in reversed(old) for n in reversed(e.names)}
    edited = {e.id for e in old if not _is_minted(e)}
    same: dict[str, str] = {}
    dropped: set[str] = set()
    for e in new:
        key = (top(e.type) or "", fold(e.label_zh))
        if key in decided and decided[key] in ids:
            same[e.id] = decided[key]
        elif decided.get(key) == "":
            dropped.add(e.id)
        elif key in by_name:
            same[e.id] = by_name[key]
        elif e.id in edited:
            same[e.id] = e.id
    return same, dropped


def _is_minted(entity: Entity) -> bool:
    """Whether the entity's id is the one that extraction gives to its name and class."""
    kind = load_ontology().top_class(entity.type)
    if kind is None:
        return False
    minted = next(iter(to_entities([Named(kind, entity.label_zh)])))
    return entity.id == minted or entity.id.startswith(f"{minted}-")
