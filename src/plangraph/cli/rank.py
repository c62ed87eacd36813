"""``plangraph rank``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from plangraph.cli.options import build_option, lang_option, output_option, projection_from, projection_options
from plangraph.cli.output import table_text, write


@click.command("rank")
@click.option(
    "--by",
    "measure",
    default="degree",
    show_default=True,
    metavar="MEASURE",
    help="Measure: degree, strength, betweenness, closeness, eigenvector or pagerank. "
    "指标：度、强度、中介、接近、特征向量、PageRank（用左列英文名）。",
)
@click.option(
    "--top", type=click.IntRange(min=1), default=15, show_default=True, help="How many to print. 显示前几名。"
)
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["table", "csv"]),
    default="table",
    show_default=True,
    help="Output format. 输出格式。",
)
@projection_options
@output_option
@build_option
@lang_option
def command(
    measure: str, top: int, form: str, output: Path | None, build_path: Path, lang: str, **options: Any
) -> None:
    """Rank entities by centrality. 按中心性给实体排名。

    The first line says on which network the ranking was computed. Equal values share a rank.

    第一行说明排名所用的网络。数值相同者名次相同。
    """
    from plangraph.graph import open as open_build
    from plangraph.network import rank
    from plangraph.ontology import load_ontology
    from plangraph.tables import write_table

    ranking = rank(open_build(build_path), measure, projection_from(options))
    classes = load_ontology().classes
    rows = [
        (str(r.rank), r.entity.label(lang), classes[r.entity.type].label(lang), f"{r.value:.6g}", r.entity.id)
        for r in ranking.rows[:top]
    ]
    heads = ("名次", "实体", "类", measure, "id") if lang == "zh" else ("rank", "entity", "class", measure, "id")
    if form == "csv":
        write(write_table(heads, rows), output)
        return
    text = f"{ranking.projection.words(lang)}\n\n{table_text(heads, rows, (heads[0], measure))}"
    write(text.encode("utf-8"), output)
