"""``plangraph rank``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from plangraph.cli.options import (
    build_option,
    lang_option,
    listing_format_option,
    output_option,
    projection_from,
    projection_options,
)
from plangraph.cli.output import write
from plangraph.cli.results import FIGURE_FORMATS, form_of, listing_bytes

#: Statements up to which rank intervals come without being asked for, and how many networks are then drawn.
_SMALL, _DRAWN = 3000, 200


@click.command("rank")
@click.option(
    "--by",
    "measure",
    default="degree",
    show_default=True,
    metavar="MEASURE",
    help="Measure: degree, strength, betweenness, closeness, harmonic, eigenvector, pagerank, hub, authority, core, "
    "clustering, constraint, effective-size or participation. "
    "指标（用英文名）：度、强度、中介、接近、调和、特征向量、PageRank、枢纽、权威、核数、聚集、约束、有效规模、参与系数。",
)
@click.option(
    "--top",
    type=click.IntRange(min=1),
    help="How many to print; 15 in a table, all in a file. 显示前几名；表格默认 15，文件默认全部。",
)
@click.option(
    "--from",
    "seeds",
    multiple=True,
    metavar="NAME",
    help="With pagerank: where walks start; repeat for more. 用于 pagerank：游走的起点，可重复。",
)
@click.option(
    "--resample",
    type=click.IntRange(min=0),
    help="Networks drawn for the rank intervals, 0 for none. "
    "为名次区间重抽样的次数，0 为不要。  [default: 200 on small networks]",
)
@click.option("--seed", default=0, show_default=True, help="Seed of the random numbers. 随机种子。")
@click.option(
    "--write-back",
    is_flag=True,
    help="Keep the result in the build, as a named graph of its own. 把结果写入构建，自成一个命名图。",
)
@listing_format_option(*FIGURE_FORMATS)
@projection_options
@output_option
@build_option
@lang_option
def command(
    measure: str,
    top: int | None,
    seeds: tuple[str, ...],
    resample: int | None,
    seed: int,
    write_back: bool,
    form: str | None,
    output: Path | None,
    build_path: Path,
    lang: str,
    **options: Any,
) -> None:
    """Rank entities by centrality. 按中心性给实体排名。

    The first line says on which network the ranking was computed. Equal values share a rank. best and worst are the
    rank interval: the ranking is repeated on networks without a tenth of the statements. Each line says why. An
    .xlsx file has a sheet on how to read it; .png and .svg are figures.

    第一行说明排名所用的网络。数值相同者名次相同。“最好名次”“最差名次”是名次区间：随机去掉十分之一的陈述后反复排名所得。每行给出理由。.xlsx 文件另有一页说明如何阅读；.png 与 .svg 为图。
    """
    from plangraph.graph import open as open_build
    from plangraph.network import project, rank

    network = project(open_build(build_path), projection_from(options))
    drawn = resample if resample is not None else _DRAWN if len(network.links.source) <= _SMALL else 0
    ranking = rank(network, measure, resample=drawn, seeds=seeds or None, random_state=seed)
    chosen = form_of(form, output, FIGURE_FORMATS)
    if chosen in FIGURE_FORMATS:
        from plangraph.figures import figure_bytes, ranking_figure

        write(figure_bytes(ranking_figure(ranking, top or 15, lang), chosen), output)
    else:
        listing = ranking.listing(lang, top or (15 if chosen == "table" else None))
        write(listing_bytes([listing], chosen, lang), output)
    if not ranking.rows:
        click.echo("该网络没有边。" if lang == "zh" else "This network has no edges.", err=True)
    elif resample is None and not drawn:
        click.echo(
            "没有名次区间：网络较大，请用 --resample 指定次数。"
            if lang == "zh"
            else "No rank intervals: the network is large; ask for them with --resample.",
            err=True,
        )
    if write_back:
        from plangraph.cli.written import keep

        keep(build_path, ranking, lang)
