"""``plangraph build``."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from plangraph.cli.options import lang_option
from plangraph.cli.output import Steps

if TYPE_CHECKING:
    from plangraph.builds import Build

SHOWN_OF_A_KIND = 5


@click.command("build")
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default="plangraph-build",
    show_default=True,
    help="Build folder to write. 要写入的构建文件夹。",
)
@click.option("--accepted-only", is_flag=True, help="Leave proposed statements out. 不含待审的陈述。")
@click.option(
    "--mappings",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="What is one thing, from plangraph resolve; repeat for more. 同一事物的映射文件，可重复。  [default: mappings.sssom.tsv beside the folders]",
)
@click.option("--no-mappings", is_flag=True, help="Keep apart what mappings make one. 不采用映射，各自分列。")
@lang_option
def command(
    folders: tuple[Path, ...],
    output: Path,
    accepted_only: bool,
    mappings: tuple[Path, ...],
    no_mappings: bool,
    lang: str,
) -> None:
    """Build the graph from plan folders. 由规划文件夹构建图谱。

    FOLDERS are plan folders, or folders that hold plan folders; without any, the Tianjin plan that comes with
    plangraph is built. The tables are checked first; with a fault in them nothing is written. Entities that accepted
    mappings say are one thing become one node; the tables stay as they are.

    FOLDERS 是规划文件夹，或装有规划文件夹的文件夹；不给则构建随 plangraph 附带的天津规划。先检查表格，表格有错则不写入任何内容。
    已接受的映射所说的同一事物成为一个节点；表格不变。
    """
    from plangraph.builds import build

    if mappings and no_mappings:
        raise click.UsageError("--mappings or --no-mappings, not both. --mappings 与 --no-mappings 只能取其一。")
    started = time.perf_counter()
    with Steps() as steps:
        made = build(folders, output, accepted_only, steps, () if no_mappings else mappings or None)
    seconds = time.perf_counter() - started
    _warn(made, lang)
    if lang == "zh":
        click.echo(
            f"{output}：{made.plans} 份规划，{made.entities} 个实体，{made.statements} 条陈述，{made.quads} 个四元组，用时 {seconds:.2f} 秒"
        )
    else:
        click.echo(
            f"{output}: {made.plans} plan(s), {made.entities} entities, {made.statements} statements, {made.quads} quads, {seconds:.2f} s"
        )
    if made.merged:
        said = {
            "zh": f"  按映射并入他者的实体 {made.merged} 个；两端因此相同而略去的陈述 {made.dropped} 条",
            "en": f"  {made.merged} entities made one with others by mappings; {made.dropped} statements between them left out",
        }
        click.echo(said[lang])
    for count in made.counts:
        click.echo(f"  {count.words(lang)}")


def _warn(made: Build, lang: str) -> None:
    """The first few warnings of each kind; a folder of fresh proposals has hundreds of one kind."""
    shown: Counter[str] = Counter()
    for part in made.parts:
        if all(shown[code] >= SHOWN_OF_A_KIND for code in part.found):
            continue
        for fault in part.faults:
            shown[fault.code] += 1
            if shown[fault.code] <= SHOWN_OF_A_KIND:
                click.echo(fault.words(lang), err=True)
    for code, number in made.warned.items():
        if (more := number - SHOWN_OF_A_KIND) > 0:
            words = {
                "zh": f"另有 {more} 条警告 [{code}]；plangraph check 可列出全部",
                "en": f"{more} more warning(s) [{code}]; plangraph check lists all",
            }
            click.echo(words[lang], err=True)
