"""The same thing under several names, within plans and across them: found, explained, decided by people, made one.

`resolve` finds candidates and says in words why; `mappings` keeps them and what people decided in an SSSOM file;
`merge` makes one node of what was accepted, in memory: the tables stay as they are, so a build without the file has
the things apart again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from plangraph.folder import PlanFolder
from plangraph.model import Entity
from plangraph.resolve.candidates import candidate_pairs
from plangraph.resolve.scoring import THRESHOLD, Named, Verdict, judge

__all__ = ["Candidate", "named_entities", "resolve"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two entities that may be one thing.

    Args:
        one: The entity with the smaller id.
        other: The other one.
        verdict: How sure that is, and why.
    """

    one: Entity
    other: Entity
    verdict: Verdict


def named_entities(folders: Sequence[PlanFolder]) -> list[Named]:
    """Every entity once, with all names and places that the plans give it, by id.

    An id that two plans use for different top classes stands once a class.
    """
    found: dict[tuple[str, str], Named] = {}
    for folder in folders:
        place = folder.plan.jurisdiction
        for e in folder.entities:
            new = Named(e, frozenset([place]) if place else frozenset(), frozenset([folder.plan.id]))
            key = (e.id, new.top)
            found[key] = found[key].joined(new) if key in found else new
    return [found[key] for key in sorted(found)]


def resolve(
    folders: Sequence[PlanFolder],
    threshold: float = THRESHOLD,
    progress: Callable[[str], None] = lambda step: None,
) -> list[Candidate]:
    """Pairs of entities of ``folders`` that are likely one thing, the surest first.

    Across two top classes only concepts are proposed, and only as close, never as the same.

    Args:
        folders: What `plangraph.folder.read_folders` gave.
        threshold: Least confidence, from 0 to 1.
        progress: Called with the name of each step as it starts.
    """
    progress("names")
    named = named_entities(folders)
    progress("compare")
    found = []
    for a, b in candidate_pairs(named):
        verdict = judge(a, b)
        if verdict is not None and verdict.confidence >= threshold:
            found.append(Candidate(a.entity, b.entity, verdict))
    return sorted(found, key=lambda c: (-c.verdict.confidence, c.one.id, c.other.id))
