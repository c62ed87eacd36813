"""``plangraph path``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from plangraph.cli.options import (
    build_option,
    lang_option,
    listing_format_option,
    output_option,
    projection_from,
    projection_options,
)
from plangraph.cli.output import plain, write
from plangraph.cli.results import form_of, listing_bytes

if TYPE_CHECKING:
    from plangraph.network import Hop, Paths


@click.command("path")
@click.argument("source")
@click.argument("target")
@click.option("-k", "k", type=click.IntRange(min=1), default=1, show_default=True, help="How many paths. 路径条数。")
@click.option(
    "--longest",
    type=click.IntRange(min=1),
    help="All simple paths of up to so many hops, in place of -k. 列出不超过该步数的全部简单路径（代替 -k）。",
)
@click.option(
    "--through",
    multiple=True,
    metavar="NAME",
    help="An entity or relation that a path must have; repeat for more. 路径必须经过的实体或关系，可重复。",
)
@click.option(
    "--avoiding",
    multiple=True,
    metavar="NAME",
    help="An entity or relation that it must not have; repeat for more. 路径不得经过的实体或关系，可重复。",
)
@click.option("--why", is_flag=True, help="Say in sentences why the two are connected. 用一段话说明二者为何相连。")
@listing_format_option()
@projection_options
@output_option
@build_option
@lang_option
def command(
    source: str,
    target: str,
    k: int,
    longest: int | None,
    through: tuple[str, ...],
    avoiding: tuple[str, ...],
    why: bool,
    form: str | None,
    output: Path | None,
    build_path: Path,
    lang: str,
    **options: Any,
) -> None:
    """How two entities are connected, with the quote behind each hop. 两个实体如何相连，每一步附原文。

    SOURCE and TARGET are names (Chinese, English, alias), ids, or sets: any:University is every university,
    any:Park@滨海新区 every park in that place. --through and --avoiding take the same, and relations.

    SOURCE 与 TARGET 可以是名称（中文、英文、别名）、id，或一组实体：any:高等院校 指全部高校，any:园区@滨海新区 指位于该地的全部园区。--through 与 --avoiding 亦可如此，并可用关系名。
    """
    from plangraph.graph import open as open_build
    from plangraph.network import paths

    kg = open_build(build_path)
    found = paths(kg, source, target, k, projection_from(options), longest=longest, through=through, avoiding=avoiding)
    chosen = form_of(form, output)
    if why:
        write(found.explain(lang).encode("utf-8"), output)
    elif chosen == "table":
        write(_text(found, lang).encode("utf-8"), output)
    else:
        write(listing_bytes([found.listing(lang)], chosen, lang), output)
    if not found.complete:
        click.echo(
            "搜索到上限即止，可能还有更多路径。"
            if lang == "zh"
            else "The search stopped at its limit; there may be more.",
            err=True,
        )


def _text(found: Paths, lang: str) -> str:
    lines = []
    for number, path in enumerate(found, 1):
        steps = f"{len(path)} 步" if lang == "zh" else f"{len(path)} hop(s)"
        lines.append(f"{number}. {' — '.join(e.label(lang) for e in path.entities)}  ({steps})")
        for hop in path.hops:
            lines += _hop_lines(hop, lang, found)
    return "".join(plain(line) + "\n" for line in lines)


def _hop_lines(hop: Hop, lang: str, found: Paths) -> list[str]:
    from plangraph.network.words import names_at
    from plangraph.ontology import load_ontology

    names = names_at(hop, lang, found.shared)
    lines = []
    for s in hop.statements:
        relation = load_ontology().relations[s.predicate].label(lang)
        e = s.surest
        section = " > ".join(e.section)
        if lang == "zh":
            place = f"{s.plan}，第 {e.paragraph} 段，{e.start}–{e.end}"
        else:
            place = f"{s.plan}, paragraph {e.paragraph}, {e.start}–{e.end}"
        lines.append(f"   {names[s.subject]} —{relation}→ {names[s.object]}")
        lines.append(f"      “{e.quote}”  {place}{'  ' + section if section else ''}")
    return lines
