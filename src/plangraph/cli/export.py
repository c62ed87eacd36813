"""``plangraph export``."""

from __future__ import annotations

from pathlib import Path

import click

from plangraph.cli.options import build_option, lang_option
from plangraph.export import FORMATS


@click.command("export")
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    required=True,
    help="Format to write. 导出格式。",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="File to write, or folder for csv and neo4j, replaced whole. 要写入的文件；csv 与 neo4j 为文件夹（整体替换）。",
)
@click.option("--plan", help="Only this plan (its id). 只导出这份规划（id）。")
@build_option
@lang_option
def command(form: str, output: Path | None, plan: str | None, build_path: Path, lang: str) -> None:
    """Write the graph in the format of another tool. 导出为其他工具的格式。

    ttl holds the merged facts, or with --plan that plan's graph; trig, nq and jsonld hold all named graphs without
    the default graph, which repeats their facts, or with --plan the plan's graph and its world graph. graphml,
    gexf, csv and neo4j hold the entity network with one edge a statement. Without -o a single file goes to
    standard output.

    ttl 是合并后的事实，加 --plan 则为该规划的图；trig、nq、jsonld 是全部命名图（默认图只是重复其中的事实，故不含），加 --plan 则为该规划的图及其世界知识的图；graphml、gexf、csv、neo4j 是实体网络，每条陈述一条边。不给 -o 时单个文件写到标准输出。
    """
    from plangraph.cli.output import plain, write
    from plangraph.export import export, render
    from plangraph.graph import open as open_build

    if output is None:
        if FORMATS[form].folder:
            raise click.UsageError(f"{form} needs a folder: -o FOLDER. {form} 需要文件夹：-o 文件夹。")
        write(render(open_build(build_path), form, plan).data, None)
        return
    content = export(open_build(build_path), form, output, plan)
    click.echo(plain(f"{output}{'：' if lang == 'zh' else ': '}{content.words(lang)}"))
    if form == "neo4j":
        from plangraph.export.neo4j import IMPORT_COMMAND

        click.echo(f"{'在该文件夹中运行：' if lang == 'zh' else 'Run in that folder: '}{IMPORT_COMMAND}")
