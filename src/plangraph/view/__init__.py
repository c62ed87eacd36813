"""The graph as one self-contained HTML file: it opens offline and asks nobody for anything.

pyvis holds the nodes, edges and options; template, styles and scripts are ours. The layout, the measures and the
pinyin for searching are computed here, so that the browser only has to draw. Everything goes in as blocks of
JSON that cannot become markup, and a content security policy lets nothing run but the page's own script.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plangraph.errors import InputError

if TYPE_CHECKING:
    from plangraph.graph import PlanGraph


@dataclass(frozen=True, slots=True)
class Page:
    """A finished page.

    Args:
        html: The whole file.
        nodes: How many entities it shows.
        edges: How many statements it shows.
    """

    html: str
    nodes: int
    edges: int

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


def show(
    kg: PlanGraph,
    path: Path | str | None = None,
    lang: str = "zh",
    text: Path | str | Iterable[Path | str] = (),
    **projection: Any,
) -> Page:
    """Make the page of a build.

    Args:
        kg: The build.
        path: File to write; without it the page is only returned (a notebook shows it inline).
        lang: Language that the page opens in, "zh" or "en"; the reader can switch.
        text: Text of a plan, or several; the sentence around each quote is then put into the page.
        **projection: What to show and how its measures count; see `plangraph.network.Projection`.

    Raises:
        InputError: A class, relation or plan that does not exist, a text that is no plan's, a file that
            cannot be read or written, or nothing to show.
    """
    from plangraph.network import Projection
    from plangraph.view.data import select
    from plangraph.view.html import page_html

    if lang not in ("zh", "en"):
        raise InputError(f"no language {lang!r}; expected zh or en", f"没有语言“{lang}”；可用：zh、en")
    texts = [text] if isinstance(text, str | Path) else list(text)
    selection = select(kg, Projection(**projection))
    content, more = _content(kg, selection, lang, texts)
    page = Page(
        page_html(content, more, content["title"][lang], lang), len(selection.entities), len(selection.statements)
    )
    if path is not None:
        page.save(path)
    return page


def _content(
    kg: PlanGraph, selection: Any, lang: str, texts: list[Path | str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Everything the page's script reads: first what it draws by, then the statements with their evidence."""
    import json

    from plangraph.view.data import districts, entity_rows, match_texts, plan_facts, statement_rows, vocabulary
    from plangraph.view.figure import PAGE_MEASURES, lines, to_pyvis

    plans = plan_facts(kg)
    places = districts(kg, selection.entities)
    statements, sections = statement_rows(selection, match_texts(texts, plans), places)
    nodes, edges, _, _, _, options = to_pyvis(kg, selection, lang).get_network_data()
    shown = {s.plan for s in selection.statements} or set(plans)
    titles = [facts for plan, facts in plans.items() if plan in shown]
    several = {"zh": f"{len(titles)} 份规划的知识图谱", "en": f"Knowledge graph of {len(titles)} plans"}
    words = vocabulary()
    for name, style in lines().items():
        words["relations"][name] |= style
    content = {
        "lang": lang,
        "title": {k: titles[0][k] for k in ("zh", "en")} if len(titles) == 1 else several,
        "network": {"nodes": nodes, "edges": edges, "options": json.loads(options)},
        "entities": entity_rows(kg, selection.entities),
        "plans": plans,
        "measures": list(PAGE_MEASURES),
        "projection": {k: selection.projection.words(k) for k in ("zh", "en")},
        **words,
    }
    named = sorted({d for row in statements for d in row.get("districts", ())})
    names = {e.id: {"zh": e.label_zh, "en": e.label_en} for e in kg.entities()}
    return content, {"statements": statements, "sections": sections, "districts": {d: names[d] for d in named}}
