"""The command line: one file a command, and the one place where errors become words."""

from __future__ import annotations

import os
import sys

import click

from plangraph.cli import ask, build, check, path, query, questions, rank
from plangraph.cli.options import current_lang
from plangraph.errors import PlangraphError


class Commands(click.Group):
    """A group whose commands end with words and an exit code, never with a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; our errors and unexpected ones become messages with exit code 1."""
        try:
            return super().invoke(ctx)
        except PlangraphError as error:
            raise click.ClickException(error.words(current_lang())) from None
        except (click.ClickException, click.Abort, click.exceptions.Exit, KeyboardInterrupt, BrokenPipeError):
            raise
        except Exception as error:
            if os.environ.get("PLANGRAPH_DEBUG"):
                raise
            text = f"{type(error).__name__}: {error}"
            message = {
                "zh": f"意外错误：{text}。这是 plangraph 的缺陷；设 PLANGRAPH_DEBUG=1 可看详情",
                "en": f"unexpected error: {text}. This is a fault in plangraph; PLANGRAPH_DEBUG=1 shows where",
            }
            raise click.ClickException(message[current_lang()]) from None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="plangraph", prog_name="plangraph")
def cli() -> None:
    """Plan documents as a knowledge graph in which every edge carries a verified quote.

    把规划文本变成知识图谱，每条边都有经过核对的原文出处。
    """


for module in (build, check, query, questions, ask, rank, path):
    cli.add_command(module.command)


def main() -> None:
    """Entry point: UTF-8 whatever the locale says, then `cli`."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8")
    cli(prog_name="plangraph")
