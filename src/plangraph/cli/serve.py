"""``plangraph serve``."""

from __future__ import annotations

from pathlib import Path

import click

from plangraph.cli.options import build_option, lang_option


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on. 监听的地址。")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=7878,
    show_default=True,
    help="Port; 0 for any free. 端口；0 为任一空闲端口。",
)
@click.option(
    "--public",
    metavar="URL",
    default="",
    help="Address that readers use, if a proxy stands before. 有反向代理时读者所用的网址。",
)
@click.option(
    "--token",
    envvar="PLANGRAPH_TOKEN",
    default="",
    help="Ask readers for this word (better given as PLANGRAPH_TOKEN). 要求口令（最好用环境变量 PLANGRAPH_TOKEN 给出）。",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0.1, max=3600),
    default=30.0,
    show_default=True,
    help="Seconds that a query may take. 每个查询的时限（秒）。",
)
@click.option(
    "--memory",
    type=click.IntRange(min=64),
    default=512,
    show_default=True,
    help="MiB that a query may take. 每个查询的内存上限（MiB）。",
)
@click.option(
    "--max-rows",
    type=click.IntRange(min=1),
    default=100_000,
    show_default=True,
    help="Rows that an answer may have. 每个结果的行数上限。",
)
@click.option(
    "--workers", type=click.IntRange(min=1), help="Queries at once. 同时运行的查询数。  [default: 2 a processor]"
)
@build_option
@lang_option
def command(
    host: str,
    port: int,
    public: str,
    token: str,
    timeout: float,
    memory: int,
    max_rows: int,
    workers: int | None,
    build_path: Path,
    lang: str,
) -> None:
    """Serve a build to browsers and SPARQL clients. 把构建以网站与 SPARQL 端点的形式提供。

    Read-only. Pages for people, /sparql for programs. Each query runs in a process that is stopped when it takes too
    much time or memory. Without --host only this machine can ask. The access log goes to standard error; Ctrl-C stops.
    A new build in the folder is picked up at once. Needs the extra "serve". --lang is also the language in which the
    pages open.

    只读。网页给人看，/sparql 给程序用。每个查询在单独的进程中运行，超出时间或内存即被停止。不加 --host 则只有本机可以访问。访问日志写到标准错误；按 Ctrl-C 停止。文件夹中有新的构建时自动换用。需要安装附加组件 serve。--lang 也是网页打开时的语言。
    """
    from dataclasses import replace

    from plangraph.serve.front import Access
    from plangraph.serve.limits import MIB, Limits
    from plangraph.serve.run import check_installed, serve

    check_installed()
    limits = replace(Limits(), seconds=timeout, memory=memory * MIB, rows=max_rows)
    if workers is not None:
        limits = replace(limits, workers=workers)

    def ready(address: str, build: str) -> None:
        where = f"{public.rstrip('/')}/ ({address})" if public else address
        click.echo(
            f"正在提供构建 {build}：{where}（按 Ctrl-C 停止）"
            if lang == "zh"
            else f"serving build {build} at {where} (Ctrl-C stops)"
        )

    if not token and not Access(host, port).loopback:
        click.echo(
            "注意：该网络上的任何人都可以访问；可用 --token 要求口令"
            if lang == "zh"
            else "note: everybody on this network can read this; --token asks for a word",
            err=True,
        )
    serve(build_path, host, port, limits, public, token, lang, ready)
