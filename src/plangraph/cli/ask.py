"""``plangraph ask``: each saved question as a command with its parameters as options."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from plangraph.cli.options import (
    build_option,
    lang_option,
    open_graph,
    output_option,
    remember_lang,
    store_option,
    timeout_option,
)
from plangraph.cli.output import write
from plangraph.cli.results import result_bytes

if TYPE_CHECKING:
    from plangraph.questions import Question

_FORMATS = ["table", "csv", "tsv", "json", "parquet"]


class Questions(click.Group):
    """The saved questions as commands, read when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of the saved questions."""
        from plangraph.questions import question_names

        return question_names()

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """As click does; but an unknown question is told in the language that stands further on in the line."""
        for option, value in itertools.pairwise(args):
            if option == "--lang" and value in ("zh", "en"):
                remember_lang(ctx, value)
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, name: str) -> click.Command:
        """The command of question ``name``; an unknown one raises NotFoundError with suggestions."""
        from plangraph.questions import load_question

        return _command(load_question(name))


def _command(question: Question) -> click.Command:
    def run(
        form: str,
        output: Path | None,
        timeout: float,
        build_path: Path,
        store: str | None,
        lang: str,
        **parameters: Any,
    ) -> None:
        from plangraph.query import Result
        from plangraph.questions import column_headings

        kg = open_graph(build_path, store)
        given = {k: v for k, v in parameters.items() if v is not None}
        result = kg.ask(question.name, lang=lang, timeout=timeout, **given)
        if lang == "zh" and form == "table":  # files keep the names that programs know
            headings = column_headings()
            result = Result(tuple(headings.get(c, c) for c in result.columns), result.rows)
        write(result_bytes(result, form), output)

    words = f"{question.en} {question.zh}"
    command = click.Command(question.name, callback=run, help=words, short_help=words)
    for option in (lang_option, store_option, build_option, timeout_option, output_option):
        command = _apply(option, command)
    command.params.insert(
        0,
        click.Option(
            ["-f", "--format", "form"],
            type=click.Choice(_FORMATS),
            default="table",
            show_default=True,
            help="Output format. 输出格式。",
        ),
    )
    for p in reversed(question.parameters):
        kind = p.kind if p.kind in ("integer", "text", "relation", "class", "plan") else "NAME"
        command.params.insert(
            0,
            click.Option(
                [f"--{p.name.replace('_', '-')}", p.name],
                metavar=kind,
                default=p.default,
                show_default=p.default is not None,
                help=f"{p.en}. {p.zh}。",
            ),
        )
    return command


def _apply(option: Any, command: click.Command) -> click.Command:
    """Give a ready command the option that a decorator would give its function."""

    def holder() -> None: ...

    option(holder)
    command.params += holder.__click_params__  # type: ignore[attr-defined]
    return command


@click.group("ask", cls=Questions, subcommand_metavar="QUESTION [--PARAMETER VALUE]...")
def command() -> None:
    """Ask a saved question. 提出已存的问题。

    A name may be Chinese, English, an alias or an id; a near miss is told. plangraph questions lists the questions.

    名称可以是中文名、英文名、别名或 id；写错时会提示相近的名称。plangraph questions 列出全部问题。
    """
