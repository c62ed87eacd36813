"""Plans compared fact by fact: what they share, what only one says, where they differ; each cell with its quotes.

`compare_plans` matches what the plans name (`plangraph.compare.matching` holds the rule), and lays side by side

* the things they name: shared, only in one, of another class or name;
* the relations they state. Where the plans are for different places, a plan's own place counts as one end
  ("the plan's own place focuses on …"), so that two cities with one aim are seen to share it;
* the counts they state;
* how alike they are (Jaccard, and the cosine of the evidence that each thing has), and who leads in what.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plangraph.compare.matching import Matching, match_entities
from plangraph.compare.measures import Lead, Similarity, leads, similarities
from plangraph.compare.plans import PlanContent, read_plans
from plangraph.compare.rows import Row, Rows, Side
from plangraph.errors import InputError

if TYPE_CHECKING:
    from plangraph.graph import PlanGraph

__all__ = ["BY", "Comparison", "compare_plans"]

#: What a side can be.
BY = ("plan", "period")


@dataclass(frozen=True, repr=False)
class Comparison:
    """Plans side by side.

    Args:
        sides: The parties: plans, or periods.
        plans: The plans, in the order given.
        rows: Things, relations and stated counts; see `plangraph.compare.rows.Row`.
        similarity: The matrices.
        leads: Who leads in each domain and technology that at least two sides name.
        unclear: Names that could mean two things of one plan and so joined nothing, with the ids in question.
    """

    sides: tuple[Side, ...]
    plans: tuple[PlanContent, ...]
    rows: tuple[Row, ...]
    similarity: tuple[Similarity, ...]
    leads: tuple[Lead, ...]
    unclear: tuple[tuple[str, tuple[str, ...]], ...]

    def __repr__(self) -> str:
        names = ", ".join(side.name for side in self.sides)
        counts = ", ".join(f"{n} {status}" for status, n in self.counts().items())
        return f"Comparison of {names}: {counts}"

    def select(self, part: str | None = None, kind: str | None = None, status: str | None = None) -> list[Row]:
        """The rows of one part, kind or status; None stands for any."""
        return [
            r for r in self.rows if part in (None, r.part) and kind in (None, r.kind) and status in (None, r.status)
        ]

    @property
    def shared(self) -> list[Row]:
        """What all sides say alike."""
        return self.select(status="shared")

    @property
    def differences(self) -> list[Row]:
        """Everything that not all sides say alike."""
        return [r for r in self.rows if r.status != "shared"]

    def only_in(self, side: str) -> list[Row]:
        """What the side of that name alone says.

        Raises:
            InputError: There is no such side.
        """
        names = [s.name for s in self.sides]
        if side not in names:
            raise InputError(
                f"no side {side!r}; there are {', '.join(names)}", f"没有“{side}”一方；现有：{'、'.join(names)}"
            )
        return [r for r in self.rows if r.only == names.index(side)]

    def counts(self, part: str | None = None, kind: str | None = None) -> dict[str, int]:
        """Number of rows by status; "only" is split by side (``only in NAME``)."""
        found: dict[str, int] = {"shared": 0, "some": 0, "differs": 0} | {f"only in {s.name}": 0 for s in self.sides}
        for r in self.select(part, kind):
            found[f"only in {self.sides[r.only].name}" if r.only is not None else r.status] += 1
        return found

    def to_dataframe(self, lang: str = "zh") -> Any:
        """The rows as a pandas DataFrame: one line a row, for each side what it says, the evidence and the quotes."""
        from plangraph.compare.tables import rows_listing

        return rows_listing(self, self.rows, lang).to_dataframe()

    def similarity_to_dataframe(self, of: str, measure: str = "jaccard") -> Any:
        """One matrix as a pandas DataFrame.

        Raises:
            InputError: There is no such matrix.
        """
        import pandas

        known = {(s.of, s.measure): s.values for s in self.similarity}
        if (of, measure) not in known:
            listed = [f"{a} {b}" for a, b in known]
            raise InputError(
                f"no matrix {of!r} {measure!r}; there are {', '.join(listed)}",
                f"没有矩阵“{of} {measure}”；现有：{'、'.join(listed)}",
            )
        names = [s.name for s in self.sides]
        return pandas.DataFrame(known[of, measure], index=names, columns=names, dtype=float)

    def leads_to_dataframe(self, lang: str = "zh") -> Any:
        """Who leads in what, as a pandas DataFrame."""
        from plangraph.compare.tables import leads_listing

        return leads_listing(self, lang).to_dataframe()

    def to_html(self, lang: str = "zh") -> str:
        """The whole comparison as one page that opens offline, in ``lang`` first; the reader can switch."""
        from plangraph.compare.page import page_html

        return page_html(self, lang)

    def save(self, path: Path | str, lang: str = "zh") -> None:
        """Write the comparison to ``path`` in one step: ``.csv``, ``.xlsx`` or ``.html`` by its ending.

        Raises:
            InputError: Another ending, or the file cannot be written.
        """
        from plangraph.compare.tables import save

        save(self, Path(path), lang)


def compare_plans(*sources: Any, by: str = "plan", build: PlanGraph | None = None) -> Comparison:
    """Compare plans fact by fact.

    Args:
        *sources: Opened builds, what `plangraph.read_folder` gave, or paths and ids: a plan folder, a folder of
            plan folders, a build folder, or the id of a plan of ``build``.
        by: "plan", or "period" to lay the plans of one period together.
        build: The build that ids are looked for in; without sources, all its plans.

    Raises:
        InputError: Fewer than two sides, or a source that is none of these.
        TablesError: Faults in a plan folder.
        NotFoundError: An id that ``build`` does not have.

    Examples:
        >>> found = compare_plans("graph/plan-a", "graph/plan-b")     # doctest: +SKIP
        >>> [row.zh for row in found.only_in("plan-a")]               # doctest: +SKIP
    """
    if by not in BY:
        raise InputError(f"by={by!r}; expected plan or period", f"by={by!r}；应为 plan 或 period")
    plans = read_plans(sources or ([build] if build is not None else []), build)
    sides = _sides(plans, by)
    if len(sides) < 2:
        what_en, what_zh = ("plans", "份规划") if by == "plan" else ("periods", "个时期")
        raise InputError(
            f"there is nothing to compare: {len(sides)} of at least 2 {what_en}; name more plan folders, builds or plan ids",
            f"无从比较：至少要两{what_zh}，现有 {len(sides)}；请多给出规划文件夹、构建或规划 id",
        )
    same, different = _decided(sources)
    matching = match_entities([p.entities for p in plans], same, different)
    return _comparison(plans, sides, matching)


def _decided(sources: Sequence[Any]) -> tuple[list[tuple[str, ...]], list[tuple[str, str]]]:
    """What the mapping files beside the plan folders among ``sources`` say is one thing, and what two."""
    from plangraph.folder import PlanFolder, is_plan_folder
    from plangraph.resolve.mappings import find_mappings, read_mappings
    from plangraph.resolve.merge import same_groups

    folders = []
    for source in sources:
        path = (
            source.path if isinstance(source, PlanFolder) else Path(source) if isinstance(source, str | Path) else None
        )
        if path is not None:
            folders += [path] if is_plan_folder(path) else sorted(p.parent for p in path.glob("*/plan.toml"))
    files = find_mappings(folders)
    lines = [m for file in files for m in read_mappings(file)]
    rejected = [(m.one, m.other) for m in lines if m.status == "rejected"]
    return same_groups(lines, ", ".join(map(str, files))), rejected


def _comparison(plans: Sequence[PlanContent], sides: tuple[Side, ...], matching: Matching) -> Comparison:
    rows = Rows(plans, sides, matching)
    return Comparison(sides, tuple(plans), rows.all(), similarities(rows), leads(rows), matching.unclear)


def _sides(plans: Iterable[PlanContent], by: str) -> tuple[Side, ...]:
    if by == "plan":
        return tuple(Side(p.name, p.title_zh, p.title_en, (n,)) for n, p in enumerate(plans))
    grouped: dict[str, list[tuple[int, PlanContent]]] = defaultdict(list)
    for n, plan in enumerate(plans):
        grouped[plan.period].append((n, plan))
    found = []
    for period, members in sorted(grouped.items()):
        zh = "、".join(p.title_zh for _, p in members)
        en = "; ".join(p.title_en for _, p in members)
        found.append(Side(period or "?", zh, en, tuple(n for n, _ in members)))
    return tuple(found)
