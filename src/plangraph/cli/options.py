"""Options that several commands share."""

from __future__ import annotations

import locale
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])
_LANG = "plangraph.lang"


def default_lang() -> str:
    """``$PLANGRAPH_LANG``, else the locale's language if that is Chinese, else English."""
    given = os.environ.get("PLANGRAPH_LANG", "")
    if given in ("zh", "en"):
        return given
    names = [os.environ.get(v, "") for v in ("LC_ALL", "LC_MESSAGES", "LANG")]
    first = next((n for n in names if n), "") or (locale.getlocale()[0] or "")
    return "zh" if first.lower().startswith(("zh", "chinese")) else "en"


def current_lang() -> str:
    """The language of this run's messages."""
    context = click.get_current_context(silent=True)
    found = context.find_root().meta.get(_LANG) if context else None
    return str(found or default_lang())


def remember_lang(ctx: click.Context, lang: str) -> str:
    """Make ``lang`` the language of this run's messages."""
    ctx.find_root().meta[_LANG] = lang
    return lang


def lang_option(command: F) -> F:
    """``--lang zh|en``: language of messages, headings and names."""
    return click.option(
        "--lang",
        type=click.Choice(["zh", "en"]),
        callback=lambda ctx, _param, value: remember_lang(ctx, value or default_lang()),
        is_eager=True,
        expose_value=True,
        help="Language of the output. 输出语言。  [default: by locale]",
    )(command)


def build_option(command: F) -> F:
    """``--build DIR``: the build that is asked."""
    return click.option(
        "--build",
        "build_path",
        type=click.Path(path_type=Path),
        envvar="PLANGRAPH_BUILD",
        default="plangraph-build",
        show_default=True,
        help="Build folder to read. 要读取的构建文件夹。",
    )(command)


def store_option(command: F) -> F:
    """``--store URL``: a SPARQL server that is asked in place of a build."""
    return click.option(
        "--store",
        metavar="URL",
        help="Ask the SPARQL server that a build was pushed to. 改问推送过构建的 SPARQL 服务器。",
    )(command)


def open_graph(build_path: Path, store: str | None) -> Any:
    """The build, or the one on the SPARQL server ``store``."""
    if store is not None:
        from plangraph.remote_graph import RemoteGraph

        return RemoteGraph(store)
    from plangraph.graph import open as open_build

    return open_build(build_path)


def timeout_option(command: F) -> F:
    """``--timeout SECONDS``: when a query is stopped."""
    return click.option(
        "--timeout",
        type=click.FloatRange(min=0.001),
        default=60.0,
        show_default=True,
        help="Stop the query after so many seconds. 查询的时限（秒）。",
    )(command)


def output_option(command: F) -> F:
    """``-o FILE``: where the output goes."""
    return click.option(
        "-o",
        "--output",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Write to this file, all at once. 写入该文件（整体替换）。",
    )(command)


def listing_format_option(*more: str) -> Callable[[F], F]:
    """``-f FORMAT``: a format that listings come in, or one of ``more``; without it the ending of ``-o`` decides."""
    from plangraph.cli.results import LISTING_FORMATS

    return click.option(
        "-f",
        "--format",
        "form",
        type=click.Choice([*LISTING_FORMATS, *more]),
        help="Output format; without it by the ending of -o, else table. 输出格式；不给则依 -o 的扩展名，否则为表格。",
    )


def projection_options(command: F) -> F:
    """The options that make a `plangraph.network.Projection`."""
    for option in (
        click.option(
            "--bipartite", is_flag=True, help="Only edges between the two kinds given. 只取两个所给类别之间的边。"
        ),
        click.option(
            "--collapse",
            metavar="CLASS",
            help="Link entities that share one of this class. 把共有该类实体的实体相连（单模投影）。",
        ),
        click.option("--plan", help="Only what this plan says. 只看这份规划（id）。"),
        click.option("--weight", type=click.Choice(["evidence", "confidence"]), help="What weighs an edge. 边的权重。"),
        click.option("--directed", is_flag=True, help="Keep the direction of edges. 保留边的方向。"),
        click.option(
            "--relation",
            "relations",
            multiple=True,
            metavar="NAME",
            help="Only this relation; repeat for more. 只取该关系，可重复。",
        ),
        click.option(
            "--kind",
            "kinds",
            multiple=True,
            metavar="CLASS",
            help="Only entities of this class; repeat for more. 只取该类实体，可重复。",
        ),
    ):
        command = option(command)
    return command


def projection_from(options: dict[str, Any]) -> Any:
    """Take the options of `projection_options` out of ``options`` as a projection."""
    from plangraph.network import Projection

    return Projection(
        **{k: options.pop(k) for k in ("kinds", "relations", "directed", "weight", "plan", "collapse", "bipartite")}
    )
