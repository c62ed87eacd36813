"""From the stream that extraction reads back to the plan as printed: offsets, quotes, sections, names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from plangraph.document import Flow
from plangraph.model import MAX_QUOTE, Entity, Evidence, Statement, fold

if TYPE_CHECKING:
    from plangraph.extract import Proposal


def as_printed(proposal: Proposal, flow: Flow) -> Proposal:
    """``proposal``, drawn out of ``flow.document``, with everything as the original prints it.

    Names are as printed; where that is in traditional characters the simplified form is an alias, so that plans meet.
    """
    if flow.document is flow.origin:
        return proposal
    statements = tuple(
        Statement(s.subject, s.predicate, s.object, _once(_evidence(e, flow) for e in s.evidence), s.plan)
        for s in proposal.statements
    )
    entities = proposal.entities
    if flow.printed is not flow.document:
        entities = tuple(_entity(e, flow) for e in entities)
    return replace(proposal, entities=entities, statements=statements)


def _evidence(evidence: Evidence, flow: Flow) -> Evidence:
    """``evidence`` at its place in the original; what makes the quote too long there is cut off its front."""
    first = evidence.start
    start, end = flow.span(first, evidence.end)
    while end - start > MAX_QUOTE and first < evidence.end - 1:
        first += 1
        start = flow.place(first)
    number = flow.origin.paragraph_at(start)
    return replace(
        evidence,
        start=start,
        end=min(end, start + MAX_QUOTE),
        quote=flow.origin.text[start : min(end, start + MAX_QUOTE)],
        paragraph=number,
        section=flow.printed.section_path(flow.document.paragraph_at(evidence.start)),
    )


def _once(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    found: dict[tuple[int, int], Evidence] = {}
    for e in evidence:
        if found.get((e.start, e.end), e).confidence <= e.confidence:
            found[e.start, e.end] = e
    return tuple(found[k] for k in sorted(found))


def _entity(entity: Entity, flow: Flow) -> Entity:
    names = [_name(n, flow) for n in (entity.label_zh, *entity.aliases)]
    aliases = dict.fromkeys(names[1:])
    # Forms that differ in widths alone are one name to whoever compares.
    if fold(entity.label_zh) != fold(names[0]):
        aliases[entity.label_zh] = None
    return replace(entity, label_zh=names[0], aliases=tuple(a for a in aliases if a != names[0]))


def _name(name: str, flow: Flow) -> str:
    """``name`` as it is printed where it stands first; as it is where it stands nowhere."""
    at = flow.document.text.find(name)
    return flow.printed.text[at : at + len(name)] if at >= 0 else name
