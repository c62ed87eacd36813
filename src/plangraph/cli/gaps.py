"""``plangraph gaps``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from plangraph.cli.options import build_option, lang_option, listing_format_option, output_option
from plangraph.cli.output import plain, table_text, write
from plangraph.cli.results import form_of, listing_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plangraph.graph import PlanGraph
    from plangraph.network import Gap


@click.command("gaps")
@click.argument("names", nargs=-1, metavar="[GAP]...")
@click.option("--query", "queries", is_flag=True, help="Show the query behind each list. 显示每个列表背后的查询。")
@listing_format_option()
@output_option
@build_option
@lang_option
def command(
    names: tuple[str, ...], queries: bool, form: str | None, output: Path | None, build_path: Path, lang: str
) -> None:
    """What the plans leave open, list by list. 规划留下的空白，逐项列出。

    Without GAP the lists are counted; with one or more names each is printed with what to do about it. Every list is a
    saved question as well: plangraph ask GAP.

    不给 GAP 时只给出各列表的条数；给出一个或几个名称则逐条列出，并说明怎么办。每个列表也是一个已存的问题：plangraph ask GAP。
    """
    from plangraph.graph import open as open_build
    from plangraph.network import gaps

    kg = open_build(build_path)
    found = _chosen(gaps(kg), names)
    chosen = form_of(form, output)
    if chosen == "table":
        text = _details(kg, found, lang, queries) if names or queries else _overview(found, lang)
        write(text.encode("utf-8"), output)
        return
    write(listing_bytes([gap.listing(kg, lang) for gap in found], chosen, lang), output)


def _chosen(found: Sequence[Gap], names: Sequence[str]) -> list[Gap]:
    from plangraph.errors import NotFoundError

    by_name = {gap.name: gap for gap in found}
    for name in names:
        if name not in by_name:
            raise NotFoundError(
                f"no gap {name!r}; expected one of {', '.join(by_name)}",
                f"没有名为“{name}”的空白；可用：{'、'.join(by_name)}",
            )
    return [by_name[name] for name in dict.fromkeys(names)] if names else list(found)


def _overview(found: Sequence[Gap], lang: str) -> str:
    heads = ("名称", "条数", "问题", "怎么办") if lang == "zh" else ("gap", "rows", "question", "what to do")
    rows = [(gap.name, len(gap), gap.title(lang), gap.advice(lang)) for gap in found]
    return table_text(heads, rows, (heads[1],))


def _details(kg: PlanGraph, found: Sequence[Gap], lang: str, queries: bool) -> str:
    parts = []
    for gap in found:
        listing = gap.listing(kg, lang)
        head = (
            f"{gap.name}：{gap.title(lang)}（{len(gap)}）"
            if lang == "zh"
            else f"{gap.name}: {gap.title(lang)} ({len(gap)})"
        )
        query = f"\n{gap.sparql.strip()}\n" if queries else ""
        result = listing.result(headings=True)
        table = table_text(result.columns, result.rows) if result.rows else ""
        parts.append(f"{plain(head)}\n{plain(gap.advice(lang))}\n{query}\n{table}")
    return "\n".join(parts)
