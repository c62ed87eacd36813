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
from plangraph.extract.moving import moved
from plangraph.extract.names import Named, division_code, to_entities
from plangraph.extract.saving import UNFINISHED, save_tables, writing_to
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

    A folder that is there already keeps its decided rows (accepted or rejected), its decisions about names, and the
    entities that these use or that somebody has edited; its undecided proposals are replaced. Where the text has changed,
    decided rows go where their quotes stand now, and ``plan.toml`` names the new text; its title and place are those of
    the new text only where nothing was decided.

    Raises:
        InputError: The folder cannot be written, another program is writing there, it holds tables without ``plan.toml``,
            or decisions of which the text does not hold most quotes.
        TablesError: The folder is there and has faults; nothing is written.
    """
    with writing_to(folder):
        old = read_folder(folder) if is_plan_folder(folder) else None
        decisions = read_decisions(folder)
        if old is None:
            _refuse_orphans(folder)
            toml: bytes | None = _plan_toml(proposal, document, plan_id, title).encode("utf-8")
            (folder / UNFINISHED).touch()
            entities, statements = list(proposal.entities), list(proposal.statements)
            told: list[Words] = []
        else:
            entities, statements, lost = _merge(proposal, old, document, decisions)
            toml, told = _new_text(old, proposal, document, title)
            told += lost
        save_tables(folder, entities, statements, decisions, old.entities if old else (), toml)
        (folder / UNFINISHED).unlink(missing_ok=True)
    evidence = [e for s in statements for e in s.evidence]
    proposed = sum(e.status == "proposed" for e in evidence)
    return Written(len(entities), len(statements), proposed, len(evidence) - proposed, tuple(told))


def place_of(folder: Path, document: Document) -> str | None:
    """The place that the plan of ``folder`` is for, where ``folder`` is there for this text or holds decisions.

    Raises:
        TablesError: The folder is there and has faults.
    """
    if not is_plan_folder(folder):
        return None
    old = read_folder(folder)
    same = old.plan.text_sha256 == document.sha256 or any(_is_decided(s) for s in old.statements)
    return old.plan.jurisdiction if same and division_code(old.plan.jurisdiction) else None


def _text(value: str) -> str:
    """A text of ``plan.toml``; what no UTF-8 can hold (a file's name in another encoding) as a question mark."""
    return json.dumps(value.encode("utf-8", "replace").decode("utf-8"), ensure_ascii=False)


def _plan_toml(proposal: Proposal, document: Document, plan_id: str, title: str) -> str:
    return (
        f"id = {_text(plan_id)}\ntitle = {_text(title)}\njurisdiction = {_text(proposal.place or title)}\n"
        f'language = "zh"\ntext_sha256 = {_text(document.sha256)}\ntext_characters = {len(document.text)}\n'
    )


def _is_decided(statement: Statement) -> bool:
    return any(e.status != "proposed" for e in statement.evidence)


def _new_text(old: PlanFolder, proposal: Proposal, document: Document, title: str) -> tuple[bytes | None, list[Words]]:
    """``plan.toml`` that names ``document`` as its text, and what is to be told of that; None where nothing changes.

    Raises:
        InputError: The text does not have the quotes of its stated counts in their places.
    """
    plan = old.plan
    if plan.text_sha256 == document.sha256:
        return None, []
    counts = [c.evidence for c in plan.stated_counts]
    if any(document.text[e.start : e.end] != e.quote for e in counts):
        raise InputError(
            f"{old.path / 'plan.toml'}: the quote of a stated count stands elsewhere in this text; mend its start and end first",
            f"{old.path / 'plan.toml'}：某项已述数量的引文在此文本中不在原处；请先改正其 start 与 end",
        )
    values = {"text_sha256": _text(document.sha256), "text_characters": str(len(document.text))}
    told = []
    if not any(_is_decided(s) for s in old.statements):
        new = {"title": title or plan.title, "jurisdiction": proposal.place or title or plan.jurisdiction}
        for key, value in new.items():
            if (was := getattr(plan, key)) != value:
                values[key] = _text(value)
                en = f"{old.path / 'plan.toml'}: another text; {key} was “{was}”, now “{value}”"
                told.append((en, f"{old.path / 'plan.toml'}：文本已换；{key} 原为“{was}”，现为“{value}”"))
    text = (old.path / "plan.toml").read_text(encoding="utf-8-sig")
    for key, value in values.items():
        written = re.compile(rf"(?m)^({key}\s*=\s*)(?:\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|[\d_]+)")
        if there := written.search(text):
            text = f"{text[: there.end(1)]}{value}{text[there.end() :]}"
    return text.encode("utf-8"), told


def _refuse_orphans(folder: Path) -> None:
    """Refuse to write over tables in a folder without ``plan.toml``, unless an extraction broke off there.

    Raises:
        InputError: There are such.
    """
    tables = [name for name in ("entities.csv", "statements.csv") if (folder / name).exists()]
    if tables and not (folder / UNFINISHED).exists():
        listed = " + ".join(tables)
        raise InputError(
            f"{folder}: {listed} is there, but no plan.toml; restore it, move the tables away, or choose another folder with -o",
            f"{folder}：已有 {listed}，却没有 plan.toml；请恢复该文件、移走这些表，或用 -o 另选文件夹",
        )


def _merge(
    proposal: Proposal, old: PlanFolder, document: Document, decisions: Sequence[NameDecision]
) -> tuple[list[Entity], list[Statement], list[Words]]:
    ids, dropped = _same_entities(proposal.entities, old.entities, decisions)
    entities = {e.id: e for e in old.entities}
    fresh = _fresh(proposal.entities, ids, dropped, entities)
    kinds = {e.id: e.type for e in (*old.entities, *fresh.values())}
    claims, conflicts = _decided(old, document)
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


def _decided(old: PlanFolder, document: Document) -> tuple[dict[Claim, list[Evidence]], list[Words]]:
    """Decided rows, where their quotes stand in ``document``, and words for each whose quote stands nowhere.

    Raises:
        InputError: Most of them stand nowhere: it is another plan.
    """
    rows = [
        ((s.subject, s.predicate, s.object), e) for s in old.statements for e in s.evidence if e.status != "proposed"
    ]
    places = moved([e for _, e in rows], document)
    lost = [row for row, e in zip(rows, places, strict=True) if e is None]
    if document.sha256 != old.plan.text_sha256 and 2 * len(lost) > len(rows):
        raise InputError(
            f"{old.path}: of the quotes of its {len(rows)} decisions this text holds {len(rows) - len(lost)}; "
            "it is another plan, choose another folder with -o",
            f"{old.path}：其 {len(rows)} 处裁定的引文，本文本只有 {len(rows) - len(lost)} 处；这是另一份规划，请用 -o 另选文件夹",
        )
    claims: dict[Claim, list[Evidence]] = {}
    for (claim, e), now in zip(rows, places, strict=True):
        claims.setdefault(claim, []).append(now or e)
    names = {e.id: e.label_zh for e in old.entities}
    conflicts = []
    for (s, r, o), e in lost:
        said = f"{names.get(s, s)} —{r}→ {names.get(o, o)} “{e.quote}”"
        conflicts.append(
            (
                f"{said}: {e.status}, but this text does not hold the quote, or more than once; reject it, or mend its row",
                f"{said}：已{'接受' if e.status == 'accepted' else '拒绝'}，但本文本没有这段引文，或不止一处；请拒绝该行，或改正其位置",
            )
        )
    return claims, conflicts


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
