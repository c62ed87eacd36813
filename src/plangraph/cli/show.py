"""``plangraph show``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from plangraph.cli.options import build_option, lang_option, projection_from, projection_options


@click.command("show")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default="page.html",
    show_default=True,
    help="Page to write, all at once. 要写入的网页（整体替换）。",
)
@click.option(
    "--text",
    "texts",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Text of a plan: show the sentence around each quote; repeat for more plans. 规划原文，用于显示引文所在句子，可重复。",
)
@projection_options
@build_option
@lang_option
def command(output: Path, texts: tuple[Path, ...], build_path: Path, lang: str, **options: Any) -> None:
    """Write the graph as one web page that opens offline. 把图谱写成一个可离线打开的网页。

    The page has everything in it: search, legend with filters, and behind each edge the quote it rests on.
    --lang is the language it opens in; the reader can switch.

    网页自带一切：搜索、带筛选的图例、每条边背后的引文。--lang 是打开时的语言，读者可以切换。
    """
    from dataclasses import asdict

    from plangraph.graph import open as open_build

    page = open_build(build_path).show(output, lang=lang, text=texts, **asdict(projection_from(options)))
    size = len(page.html.encode("utf-8")) / 1024
    if lang == "zh":
        click.echo(f"{output}：{page.nodes} 个实体，{page.edges} 条陈述，{size:.0f} KB")
    else:
        click.echo(f"{output}: {page.nodes} entities, {page.edges} statements, {size:.0f} KB")
