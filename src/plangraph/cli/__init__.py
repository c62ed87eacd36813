"""The command line: one file a command, and the one place where errors become words."""

from __future__ import annotations

import os
import signal
import sys
from typing import IO, Any

import click

from plangraph.cli import (
    ask,
    build,
    check,
    communities,
    compare,
    evaluate,
    export,
    extract,
    gaps,
    notebooks,
    path,
    push,
    query,
    questions,
    rank,
    report,
    resolve,
    review,
    serve,
    show,
    spark,
)
from plangraph.cli.options import current_lang
from plangraph.cli.output import plain
from plangraph.errors import PlangraphError


class Failure(click.ClickException):
    """What went wrong, said on standard error in the language of the run; exit code 1."""

    def __init__(self, message: dict[str, str]) -> None:
        self.lang = current_lang()
        super().__init__(plain(message[self.lang]))

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the message."""
        click.echo(f"{'错误：' if self.lang == 'zh' else 'Error: '}{self.format_message()}", file=file or sys.stderr)


class Commands(click.Group):
    """A group whose commands end with words and an exit code, never with a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; our errors and unexpected ones become messages with exit code 1."""
        try:
            return super().invoke(ctx)
        except PlangraphError as error:
            raise Failure({"en": error.en, "zh": error.zh}) from None
        except (click.ClickException, click.Abort, click.exceptions.Exit, KeyboardInterrupt, BrokenPipeError):
            raise
        except Exception as error:
            if os.environ.get("PLANGRAPH_DEBUG"):
                raise
            if isinstance(error, OSError) and error.strerror:
                where, why = error.filename or "standard output", error.strerror
                raise Failure({"en": f"{where}: {why}", "zh": f"{where}：{why}"}) from None
            text = f"{type(error).__name__}: {error}"
            message = {
                "zh": f"意外错误：{text}。这是 plangraph 的缺陷；设 PLANGRAPH_DEBUG=1 可看详情",
                "en": f"unexpected error: {text}. This is a fault in plangraph; PLANGRAPH_DEBUG=1 shows where",
            }
            raise Failure(message) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands, each with its words in both languages."""
        with formatter.section("Commands"):
            for name, listed in self.commands.items():
                first = (listed.help or "").partition("\n")[0]
                formatter.write(f"  {name:<12} {first.replace('. ', f'.{chr(10)}{chr(32):15}', 1)}\n")


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="plangraph", prog_name="plangraph")
def cli() -> None:
    """Plan documents as a knowledge graph in which every edge carries a verified quote.

    把规划文本变成知识图谱，每条边都有经过核对的原文出处。
    """


for module in (
    extract,
    review,
    resolve,
    build,
    check,
    query,
    questions,
    ask,
    rank,
    path,
    communities,
    gaps,
    compare,
    report,
    export,
    show,
    spark,
    serve,
    push,
    evaluate,
    notebooks,
):
    cli.add_command(module.command)


def main() -> None:
    """Entry point: UTF-8 whatever the locale says, then `cli`."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    # As Ctrl-C does: what was started is stopped on the way out, a query's process above all.
    for name in ("SIGTERM", "SIGHUP"):
        if (number := getattr(signal, name, None)) is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, lambda number, _: sys.exit(128 + number))
    cli(prog_name="plangraph")
