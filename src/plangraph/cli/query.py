"""``plangraph query``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from plangraph.cli.options import build_option, lang_option, open_graph, output_option, store_option, timeout_option
from plangraph.cli.output import write
from plangraph.cli.results import FORMATS, render

if TYPE_CHECKING:
    from plangraph.questions import Question


@click.command("query")
@click.argument("source", required=False)
@click.option("-e", "--execute", metavar="SPARQL", help="The query itself. 查询语句。")
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="table",
    show_default=True,
    help="Output format. 输出格式。",
)
@output_option
@timeout_option
@build_option
@store_option
@lang_option
def command(
    source: str | None,
    execute: str | None,
    form: str,
    output: Path | None,
    timeout: float,
    build_path: Path,
    store: str | None,
    lang: str,
) -> None:
    """Answer a SPARQL 1.1 query. 执行 SPARQL 查询。

    SOURCE is a file, the name of a saved question that needs no parameters, or - for standard input; -e gives
    the query itself. The prefixes plan, plans, id, rdf, rdfs, owl, xsd, skos, dcterms, oa, prov and one a class of
    entities (park:, domain: …) are known. The facts of all plans are in the default graph, each once; each plan's
    own are in its graph (GRAPH plans:PLAN-ID). SERVICE, updates and FROM outside the build are refused.

    SOURCE 是文件、无须参数的已存问题的名称，或表示标准输入的 -；-e 直接给出查询语句。前缀 plan、plans、id、rdf、rdfs、owl、xsd、skos、dcterms、oa、prov 以及每类实体的前缀（park:、domain: 等）无须声明。默认图含全部规划的事实，各出现一次；每份规划自己的事实在它的图中（GRAPH plans:规划id）。拒绝 SERVICE、更新，以及图谱之外的 FROM。
    """
    sparql = _read(source, execute)
    kg = open_graph(build_path, store)
    write(render(kg, sparql, form, timeout), output)


def _read(source: str | None, execute: str | None) -> str:
    if (source is None) == (execute is None):
        raise click.UsageError("give either SOURCE or -e SPARQL. 请给出 SOURCE 或 -e SPARQL 之一。")
    if execute is not None:
        return execute
    assert source is not None
    from plangraph.errors import InputError
    from plangraph.tables import decode, read_bytes

    if source == "-":
        text = decode(sys.stdin.buffer.read() if sys.stdin else b"", "-")
    elif not os.path.exists(source) and "{" in source:
        raise InputError(
            "a query is given with -e: plangraph query -e 'SELECT …'",
            "查询语句用 -e 给出：plangraph query -e 'SELECT …'",
        )
    elif os.path.exists(source) or Path(source).suffix:
        text = decode(read_bytes(Path(source)), source)
    else:
        from plangraph.questions import load_question

        return _without_parameters(load_question(source))
    if not text.strip():
        raise InputError(f"{source}: the query is empty", f"{source}：查询为空")
    return text


def _without_parameters(question: Question) -> str:
    from plangraph.errors import InputError

    needed = [p.name for p in question.parameters if p.default is None]
    if question.parameters:
        raise InputError(
            f"{question.name} has parameters ({', '.join(needed) or 'with defaults'}): use plangraph ask {question.name}",
            f"{question.name} 有参数（{'、'.join(needed) or '均有默认值'}）：请用 plangraph ask {question.name}",
        )
    return question.sparql
