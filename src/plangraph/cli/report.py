"""``plangraph report``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from plangraph.cli.options import build_option, lang_option, projection_from, projection_options
from plangraph.cli.output import Steps


@click.command("report")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default="report.html",
    show_default=True,
    help="Page to write, all at once. 要写入的网页（整体替换）。",
)
@click.option(
    "--by",
    "measures",
    multiple=True,
    metavar="MEASURE",
    help="Measure of a ranking, as for rank; repeat for more. 排名所用的指标（同 rank），可重复。  [default: degree, betweenness, pagerank]",
)
@projection_options
@build_option
@lang_option
def command(output: Path, measures: tuple[str, ...], build_path: Path, lang: str, **options: Any) -> None:
    """Write what the graph tells as one page for a paper. 把图谱的结论写成一页可用于论文的报告。

    Summary, aims, rankings with intervals and reasons, communities, stated counts, gaps, figures, and footnotes to the
    quotes; offline, in Chinese and English. --lang is the language it opens in; the reader can switch.

    含摘要、目标、带区间与理由的排名、社群、所述数目、缺口、图，以及通向引文的脚注；可离线打开，中英双语。
    --lang 是打开时的语言，读者可以切换。
    """
    from dataclasses import asdict

    from plangraph.graph import open as open_build
    from plangraph.report import MEASURES, report

    kg = open_build(build_path)
    with Steps() as steps:
        steps("report")
        made = report(kg, lang, measures or MEASURES, **asdict(projection_from(options)))
    made.save(output)
    size = len(made.html.encode("utf-8")) / 1024
    if lang == "zh":
        click.echo(f"{output}：{made.footnotes} 条脚注，{size:.0f} KB")
    else:
        click.echo(f"{output}: {made.footnotes} footnotes, {size:.0f} KB")
