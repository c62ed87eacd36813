"""``plangraph spark``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from plangraph.cli.options import lang_option


@click.group("spark")
def command() -> None:
    """The same jobs on an Apache Spark cluster. 在 Apache Spark 集群上运行同样的任务。

    For corpora that one machine is too small for (pip install 'plangraph[spark]', Java 17). The nodes need plangraph
    installed and the folders at the same paths.

    用于单机容纳不下的语料（pip install 'plangraph[spark]'，另需 Java 17）。各节点须装有 plangraph，且文件夹路径相同。
    """


def _shared(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--master``, ``--set`` and ``--lang``."""
    function = lang_option(function)
    function = click.option(
        "--set",
        "settings",
        multiple=True,
        metavar="NAME=VALUE",
        help="A setting of Spark, such as spark.executor.memory=4g; repeat for more. Spark 的设置，可重复。",
    )(function)
    return click.option(
        "--master",
        default="local[*]",
        show_default=True,
        help="spark://HOST:PORT of the cluster; local[*] is this machine. 集群地址；local[*] 为本机。",
    )(function)


_FOLDERS = click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path))


def _output(what: str) -> Callable[..., Any]:
    return click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help=what)


def _connected(master: str, settings: tuple[str, ...]) -> Any:
    from plangraph.spark import connect

    pairs = [s.partition("=") for s in settings]
    if any(not mark for _, mark, _ in pairs):
        raise click.UsageError("--set takes NAME=VALUE. --set 的格式为 NAME=VALUE。")
    return connect(master, {name: value for name, _, value in pairs})


@command.command("extract")
@click.argument("source", type=click.Path(exists=True, file_okay=False, path_type=Path))
@_output("Folder of plan folders. 规划文件夹所在的文件夹。")
@click.option("--place", help="Place that all the plans are for. 全部规划所属的地区。")
@_shared
def extract(source: Path, output: Path, place: str | None, master: str, settings: tuple[str, ...], lang: str) -> None:
    """Texts to plan folders. 从文本抽取到规划文件夹。"""
    from plangraph.spark import extract_texts

    with _connected(master, settings) as session:
        outcomes = extract_texts(session, source, output, place)
    failed = [o for o in outcomes if o.state == "failed"]
    for o in failed:
        click.echo(o.zh if lang == "zh" else o.en, err=True)
    words = {
        "zh": f"{output}：{len(outcomes)} 份文本，失败 {len(failed)} 份",
        "en": f"{output}: {len(outcomes)} text(s), {len(failed)} failed",
    }
    click.echo(words[lang])
    if failed:
        raise SystemExit(1)


@command.command("resolve")
@_FOLDERS
@_output("SSSOM file to write or bring up to date. 要写入或更新的 SSSOM 文件。")
@_shared
def resolve(folders: tuple[Path, ...], output: Path, master: str, settings: tuple[str, ...], lang: str) -> None:
    """Candidates for one thing under several names. 找出可能同指一物的名称。"""
    from plangraph.resolve.mappings import update
    from plangraph.spark import resolve_plans

    with _connected(master, settings) as session:
        lines = update(output, resolve_plans(session, folders))
    click.echo(f"{output}：{len(lines)} 条映射" if lang == "zh" else f"{output}: {len(lines)} mapping(s)")


@command.command("build")
@_FOLDERS
@_output("Folder of N-Quads parts; must not be there. N-Quads 分片文件夹；不得已存在。")
@_shared
def build(folders: tuple[Path, ...], output: Path, master: str, settings: tuple[str, ...], lang: str) -> None:
    """The quads of a build, for any store. 生成构建的四元组，供任意三元组库载入。

    The tables are taken as they are: run plangraph check on them first.

    表格原样采用：请先用 plangraph check 检查。
    """
    from plangraph.spark import write_quads

    with _connected(master, settings) as session:
        number = write_quads(session, folders, output)
    click.echo(f"{output}：{number} 个四元组" if lang == "zh" else f"{output}: {number} quads")


@command.command("counts")
@_FOLDERS
@_output("Folder for the Parquet tables by_plan and by_fact; must not be there. Parquet 表所在文件夹；不得已存在。")
@_shared
def counts(folders: tuple[Path, ...], output: Path, master: str, settings: tuple[str, ...], lang: str) -> None:
    """Count statements by plan and by fact. 按规划、按事实统计陈述。"""
    from plangraph.spark import count_statements

    with _connected(master, settings) as session:
        rows = count_statements(session, folders, output)
    for name, number in rows.items():
        click.echo(f"{output / name}：{number} 行" if lang == "zh" else f"{output / name}: {number} rows")


@command.command("measures")
@_FOLDERS
@_output("Parquet folder; must not be there. Parquet 文件夹；不得已存在。")
@click.option(
    "--to",
    "landmarks",
    multiple=True,
    metavar="ID",
    help="Count the steps to this entity; repeat for more. 统计到该实体的步数，可重复。",
)
@_shared
def measures(
    folders: tuple[Path, ...],
    output: Path,
    landmarks: tuple[str, ...],
    master: str,
    settings: tuple[str, ...],
    lang: str,
) -> None:
    """Degree, PageRank, components, communities, steps. 度、PageRank、连通分量、社区、步数。"""
    from plangraph.spark import measure

    with _connected(master, settings) as session:
        found = measure(session, folders, output, landmarks)
    words = {
        "zh": f"{output}：{found['nodes']} 个节点，{found['edges']} 条边，{found['components']} 个连通分量",
        "en": f"{output}: {found['nodes']} nodes, {found['edges']} edges, {found['components']} component(s)",
    }
    click.echo(words[lang])
