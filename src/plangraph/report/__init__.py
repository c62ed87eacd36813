"""A build told on one offline page, in Chinese and English: ready to be read, printed or pasted into a paper.

Summary, aims, rankings with the interval of each rank and the reason for it, communities, stated counts against named
ones, gaps with what to do about them, figures, and footnotes that lead to the quotes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plangraph.errors import InputError

if TYPE_CHECKING:
    from plangraph.graph import PlanGraph

__all__ = ["MEASURES", "Report", "report"]

#: Rankings that a report has unless others are asked for.
MEASURES = ("degree", "betweenness", "pagerank")


@dataclass(frozen=True, slots=True, repr=False)
class Report:
    """A finished report.

    Args:
        html: The whole page.
        footnotes: How many quotes it cites.
    """

    html: str
    footnotes: int

    def __repr__(self) -> str:
        return f"Report: {len(self.html.encode('utf-8')) // 1024} KB, {self.footnotes} footnotes"

    def save(self, path: Path | str) -> None:
        """Write the page to ``path`` in UTF-8, replacing an old one in one step.

        Raises:
            InputError: The file cannot be written.
        """
        from plangraph.files import replace_file

        try:
            replace_file(Path(path), self.html.encode("utf-8"))
        except OSError as error:
            why = error.strerror or str(error)
            raise InputError(f"{path}: cannot be written ({why})", f"{path}：无法写入（{why}）") from None

    def _repr_html_(self) -> str:
        """The page in a frame of its own, as notebooks show it."""
        import html

        source = html.escape(self.html, quote=True)
        return f'<iframe srcdoc="{source}" title="plangraph" width="100%" height="640" style="border:0"></iframe>'


def report(kg: PlanGraph, lang: str = "zh", measures: Sequence[str] = MEASURES, **projection: Any) -> Report:
    """Make the report of a build.

    Args:
        kg: The build.
        lang: Language that the page opens in, "zh" or "en"; the reader can switch.
        measures: The rankings, by name; see `plangraph.network.MEASURES`.
        **projection: The network that rankings and communities are computed on, and the one plan that is told of; see
            `plangraph.network.Projection`.

    Raises:
        InputError: No such language or measure, or nothing to tell.
        NotFoundError: No such plan.
    """
    from plangraph.network import Projection
    from plangraph.offline import offline_page
    from plangraph.report.findings import find
    from plangraph.report.version import Version

    if lang not in ("zh", "en"):
        raise InputError(f"no language {lang!r}; expected zh or en", f"没有语言“{lang}”；可用：zh、en")
    findings = find(kg, tuple(dict.fromkeys(measures)), Projection(**projection))
    if not findings.statements:
        raise InputError("the build has no statements to report on", "构建中没有可报告的陈述")
    versions = {k: Version(findings, k) for k in ("zh", "en")}
    body = "".join(v.markup() for v in versions.values())
    titles = {k: v.title() for k, v in versions.items()}
    page = offline_page(Path(__file__).resolve().parent, titles[lang], lang, titles, body)
    return Report(page, versions[lang].footnotes)
