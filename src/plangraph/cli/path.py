"""``plangraph path``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from plangraph.cli.options import build_option, lang_option, projection_from, projection_options
from plangraph.cli.output import plain

if TYPE_CHECKING:
    from plangraph.network import Hop


@click.command("path")
@click.argument("source")
@click.argument("target")
@click.option("-k", "k", type=click.IntRange(min=1), default=1, show_default=True, help="How many paths. 路径条数。")
@projection_options
@build_option
@lang_option
def command(source: str, target: str, k: int, build_path: Path, lang: str, **options: Any) -> None:
    """How two entities are connected, with the quote behind each hop. 两个实体如何相连，每一步附原文。

    SOURCE and TARGET are names (Chinese, English, alias) or ids.

    SOURCE 与 TARGET 可以是名称（中文、英文、别名）或 id。
    """
    from plangraph.graph import open as open_build
    from plangraph.network import shortest_paths

    kg = open_build(build_path)
    paths = shortest_paths(kg, source, target, k, projection_from(options))
    for number, found in enumerate(paths, 1):
        steps = f"{len(found)} 步" if lang == "zh" else f"{len(found)} hop(s)"
        names = [found.hops[0].source, *(hop.target for hop in found.hops)]
        click.echo(plain(f"{number}. {' — '.join(e.label(lang) for e in names)}  ({steps})"))
        for hop in found.hops:
            _print_hop(hop, lang)


def _print_hop(hop: Hop, lang: str) -> None:
    from plangraph.ontology import load_ontology

    names = {hop.source.id: hop.source.label(lang), hop.target.id: hop.target.label(lang)}
    for s in hop.statements:
        relation = load_ontology().relations[s.predicate].label(lang)
        e = s.evidence[0]
        section = " > ".join(e.section)
        if lang == "zh":
            place = f"{s.plan}，第 {e.paragraph} 段，{e.start}–{e.end}"
        else:
            place = f"{s.plan}, paragraph {e.paragraph}, {e.start}–{e.end}"
        click.echo(plain(f"   {names[s.subject]} —{relation}→ {names[s.object]}"))
        click.echo(plain(f"      “{e.quote}”  {place}{'  ' + section if section else ''}"))
