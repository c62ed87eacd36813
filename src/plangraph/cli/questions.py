"""``plangraph questions``."""

from __future__ import annotations

import click

from plangraph.cli.options import lang_option
from plangraph.cli.output import table_text


@click.command("questions")
@lang_option
def command(lang: str) -> None:
    """List the saved questions. 列出已存的问题。

    Ask one with: plangraph ask NAME [--PARAMETER VALUE].

    提问：plangraph ask 名称 [--参数 值]。
    """
    from plangraph.questions import all_questions

    heads = ("名称", "问题", "参数") if lang == "zh" else ("name", "question", "parameters")
    rows = []
    for q in all_questions():
        parameters = " ".join(f"--{p.name.replace('_', '-')} {p.zh if lang == 'zh' else p.en}" for p in q.parameters)
        rows.append((q.name, q.title(lang), parameters))
    click.echo(table_text(heads, rows), nl=False)
