"""What a report tells, computed once for both of its languages."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from plangraph.model import Entity, Evidence, StatedCount, Statement

if TYPE_CHECKING:
    from plangraph.compare import Comparison
    from plangraph.graph import PlanGraph
    from plangraph.network import Communities, Gap, Projection, Ranking

#: Networks drawn for the rank intervals and for the stability of communities: for a large network fewer, so that a
#: report takes a minute and not an hour.
RESAMPLE, LEAST, NODES = 100, 20, 60_000


@dataclass(frozen=True, slots=True)
class Findings:
    """The contents of a report.

    Args:
        kg: The build.
        projection: The network that rankings and communities are computed on.
        plans: Titles and facts of each plan that is told of, by id.
        entities: Those that a statement of these plans has as an end, and those without any statement.
        statements: All statements of these plans.
        rankings: One a measure.
        communities: The communities of the network.
        counts: (plan, stated count).
        gaps: Lists of what is missing, of the whole build.
        compared: The plans side by side, where there are several.
        cited: For each entity id, its evidence as (plan, evidence), the surest first.
    """

    kg: PlanGraph
    projection: Projection
    plans: dict[str, dict[str, Any]]
    entities: tuple[Entity, ...]
    statements: tuple[Statement, ...]
    rankings: tuple[Ranking, ...]
    communities: Communities
    counts: tuple[tuple[str, StatedCount], ...]
    gaps: tuple[Gap, ...]
    compared: Comparison | None
    cited: dict[str, list[tuple[str, Evidence]]] = field(repr=False)

    def of(self, entity: str, most: int = 2) -> list[tuple[str, Evidence]]:
        """Up to ``most`` quotes for an entity, no place twice."""
        return list(dict.fromkeys(self.cited.get(entity, [])))[:most]

    @property
    def evidence(self) -> int:
        """How many places of the texts carry the statements."""
        return len({(s.plan, e.start, e.end) for s in self.statements for e in s.evidence})

    def statuses(self) -> Counter[str]:
        """Statements by status."""
        return Counter(s.status for s in self.statements)


def find(kg: PlanGraph, measures: Sequence[str], projection: Projection) -> Findings:
    """Compute what the report of ``kg`` tells.

    Raises:
        InputError: No such measure.
        NotFoundError: No such plan.
    """
    from plangraph.compare import compare_plans
    from plangraph.compare.plans import read_plans
    from plangraph.network import communities, gaps, project, rank
    from plangraph.view.data import plan_facts

    network = project(kg, projection)
    drawn = max(LEAST, min(RESAMPLE, NODES // max(len(network.nodes), 1)))
    rankings = tuple(rank(network, m, resample=drawn) for m in measures)
    statements = tuple(kg.statements(plan=projection.plan))
    told = {projection.plan} if projection.plan else {iri.rpartition("/")[2] for iri in kg.plans}
    plans = {name: facts for name, facts in plan_facts(kg).items() if name in told}
    cited: dict[str, list[tuple[str, Evidence]]] = defaultdict(list)
    for s in statements:
        for end in (s.subject, s.object):
            cited[end] += [(s.plan, e) for e in s.evidence]
    for found in cited.values():
        found.sort(key=lambda c: (-c[1].confidence, c[0], c[1].start, c[1].end))
    named = [e for e in kg.entities() if e.id in cited or projection.plan is None]
    counts = tuple((p.id, c) for p in read_plans([kg]) if p.id in told for c in p.counts)
    compared = compare_plans(kg) if len(told) > 1 else None
    return Findings(
        kg,
        projection,
        plans,
        tuple(named),
        statements,
        rankings,
        communities(network, resample=drawn),
        counts,
        tuple(gaps(kg)),
        compared,
        dict(cited),
    )
