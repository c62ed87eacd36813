"""``plangraph notebooks``."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import click

from plangraph.cli.options import lang_option
from plangraph.errors import InputError


@click.command("notebooks")
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default="plangraph-notebooks",
    show_default=True,
    help="Folder to copy them to. 复制到的文件夹。",
)
@click.option("--no-open", is_flag=True, help="Only copy; do not open Jupyter. 只复制，不打开 Jupyter。")
@lang_option
@click.pass_context
def command(ctx: click.Context, output: Path, no_open: bool, lang: str) -> None:
    """Copy the notebooks that teach plangraph, and open Jupyter. 复制教学笔记本并打开 Jupyter。

    Files that are there already stay as they are: your changes are not overwritten. Jupyter comes with
    pip install 'plangraph[notebooks]'.

    已有的文件保持原样，您的修改不会被覆盖。Jupyter 用 pip install 'plangraph[notebooks]' 安装。
    """
    copied, kept = _copy(output)
    if lang == "zh":
        click.echo(f"{output}：复制了 {copied} 个笔记本" + (f"，保留已有的 {kept} 个" if kept else ""))
    else:
        click.echo(f"{output}: {copied} notebooks copied" + (f", {kept} that were there kept" if kept else ""))
    if no_open:
        return
    if importlib.util.find_spec("jupyterlab") is None:
        raise InputError(
            "Jupyter is not installed: pip install 'plangraph[notebooks]', or give --no-open",
            "没有安装 Jupyter：请运行 pip install 'plangraph[notebooks]'，或加 --no-open",
        )
    ctx.exit(subprocess.run([sys.executable, "-m", "jupyterlab", str(output)], check=False).returncode)


def _copy(folder: Path) -> tuple[int, int]:
    """Copy the notebooks that ``folder`` does not have; how many were copied, and how many kept.

    Raises:
        InputError: The folder cannot be written.
    """
    from plangraph.files import replace_file
    from plangraph.resources import resource_dir

    copied = kept = 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for source in sorted(resource_dir("notebooks").glob("*.ipynb")):
            if (folder / source.name).exists():
                kept += 1
            else:
                replace_file(folder / source.name, source.read_bytes())
                copied += 1
    except OSError as error:
        why = error.strerror or str(error)
        raise InputError(f"{folder}: cannot be written ({why})", f"{folder}：无法写入（{why}）") from None
    return copied, kept
