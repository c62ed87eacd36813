"""``plangraph compare``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from plangraph.cli.options import build_option, lang_option, output_option
from plangraph.cli.output import Steps, write
from plangraph.cli.results import LISTING_FORMATS, form_of, listing_bytes

if TYPE_CHECKING:
    from plangraph.compare import Comparison
    from plangraph.listing import Listing

FORMATS = (*LISTING_FORMATS, "html")
PARTS = ("summary", "differences", "shared", "similarity", "leads", "all")


@click.command("compare")
@click.argument("sources", nargs=-1)
@click.option(
    "--by",
    type=click.Choice(["plan", "period"]),
    default="plan",
    show_default=True,
    help="What a side is: one plan, or all plans of one period. 每一方是一份规划，还是同一时期的全部规划。",
)
@click.option(
    "--part",
    type=click.Choice(PARTS),
    help="Which table; xlsx and html hold all. 输出哪张表；xlsx 与 html 含全部。  [default: for table summary, else all]",
)
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="Output format. 输出格式。  [default: by the ending of -o, else table]",
)
@output_option
@build_option
@lang_option
def command(
    sources: tuple[str, ...],
    by: str,
    part: str | None,
    form: str | None,
    output: Path | None,
    build_path: Path,
    lang: str,
) -> None:
    """Compare plans fact by fact, with the quotes behind each cell. 逐条比较规划，每一格附原文。

    SOURCES are plan folders, folders of plan folders, builds, or ids of plans of the build; without any, all plans of
    the build. What is one thing: same class and same id, name or alias; see docs/compare.md.

    SOURCES 是规划文件夹、装有规划文件夹的文件夹、构建，或构建中规划的 id；不给则比较构建中的全部规划。
    同一事物的判定：类别相同且 id、名称或别名相同；见 docs/compare.md。
    """
    from plangraph.build_folder import CURRENT
    from plangraph.compare import compare_plans
    from plangraph.compare.tables import listings
    from plangraph.graph import open as open_build

    form = form_of(form, output, FORMATS)
    ids = [s for s in sources if not Path(s).exists()]
    build = open_build(build_path) if ids or (not sources and (build_path / CURRENT).exists()) else None
    with Steps() as steps:
        steps("compare")
        comparison = compare_plans(*sources, by=by, build=build)
    if form == "html":
        data = comparison.to_html(lang).encode("utf-8")
    elif form == "xlsx":
        data = listing_bytes(listings(comparison, lang), form, lang)
    else:
        part = part or ("summary" if form == "table" else "all")
        data = listing_bytes([_listing(comparison, part, lang, 1 if form == "table" else None)], form, lang)
    write(data, output)
    if output is not None:
        counts = comparison.counts()
        differ = sum(counts.values()) - counts["shared"]
        words = {
            "zh": f"{output}：{len(comparison.sides)} 方，共有 {counts['shared']} 条，其余 {differ} 条",
            "en": f"{output}: {len(comparison.sides)} sides, {counts['shared']} rows shared, {differ} not",
        }
        click.echo(words[lang])


def _listing(comparison: Comparison, part: str, lang: str, most: int | None) -> Listing:
    """The table of that name; ``most`` is how many quotes a cell shows."""
    from plangraph.compare.tables import leads_listing, rows_listing, similarity_listing, summary

    if part == "summary":
        return summary(comparison, lang)
    if part == "similarity":
        return similarity_listing(comparison, comparison.similarity, lang)
    if part == "leads":
        return leads_listing(comparison, lang, most)
    rows = {"differences": comparison.differences, "shared": comparison.shared}.get(part, comparison.rows)
    return rows_listing(comparison, rows, lang, most, part)
