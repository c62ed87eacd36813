"""``plangraph push``."""

from __future__ import annotations

from pathlib import Path

import click

from plangraph.cli.options import build_option, lang_option
from plangraph.cli.output import Steps


@click.command("push")
@click.argument("url")
@click.option(
    "--check", is_flag=True, help="Send nothing; compare every triple there with the build. 不推送，逐条比对。"
)
@click.option("--again", is_flag=True, help="Send every graph, also those that are there. 全部重新推送。")
@build_option
@lang_option
def command(url: str, check: bool, again: bool, build_path: Path, lang: str) -> None:
    """Put the build on a SPARQL server. 把构建推送到 SPARQL 服务器。

    URL is the address of a dataset: http://localhost:3030/dataset (Fuseki), http://localhost:7878 (Oxigraph). What is
    there already is not sent again; what broke off is taken up. All graphs are put in place in one update, and nobody
    is asked but the server at URL. Name and password: PLANGRAPH_STORE_USER and PLANGRAPH_STORE_PASSWORD (a token:
    PLANGRAPH_STORE_TOKEN), or the netrc file.

    URL 是数据集的地址，如 http://localhost:3030/dataset（Fuseki）、http://localhost:7878（Oxigraph）。已有的内容不再发送，中断后再次运行即可继续；所有图在一次更新中一并替换。除该服务器外不访问任何地址。用户名和密码：PLANGRAPH_STORE_USER 与 PLANGRAPH_STORE_PASSWORD（令牌：PLANGRAPH_STORE_TOKEN），或 netrc 文件。
    """
    from plangraph.graph import open as open_build
    from plangraph.push import differences, push

    kg = open_build(build_path)
    zh = lang == "zh"
    if check:
        found = differences(kg, url)
        for _, en_words, zh_words in found:
            click.echo(zh_words if zh else en_words)
        if found:
            click.echo(
                "与构建不一致；plangraph push --again 可重新推送"
                if zh
                else "not the build; plangraph push --again sends it anew",
                err=True,
            )
            raise click.exceptions.Exit(1)
        click.echo(f"{url}：与构建 {kg.name} 完全一致" if zh else f"{url}: holds build {kg.name}, triple by triple")
        return
    with Steps() as steps:
        done = push(kg, url, lambda graph, so_far, total: steps(f"{graph or 'DEFAULT'} {so_far}/{total}"), again)
    if zh:
        click.echo(
            f"{url}：构建 {done.name}，{done.triples} 条三元组；推送 {len(done.sent)} 个图，"
            f"已有 {len(done.kept)} 个，移除 {len(done.removed)} 个，接续 {done.resumed} 条"
        )
    else:
        click.echo(
            f"{url}: build {done.name}, {done.triples} triples; {len(done.sent)} graph(s) sent, "
            f"{len(done.kept)} there already, {len(done.removed)} removed, {done.resumed} triples taken up"
        )
