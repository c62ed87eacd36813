"""How answers are printed: tables that know the width of Chinese characters, files that are replaced at once."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from plangraph.errors import InputError

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def plain(value: Any) -> str:
    """``value`` as text that cannot drive a terminal."""
    return "" if value is None else _CONTROL.sub("�", str(value))


def table_text(columns: Sequence[str], rows: Iterable[Sequence[Any]], right: Iterable[str] = ()) -> str:
    """A table as text; columns in ``right`` are aligned to the right."""
    import io
    import shutil

    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE, show_edge=False, pad_edge=False)
    for name in columns:
        table.add_column(Text(name), justify="right" if name in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(plain(v)) for v in row))
    out = io.StringIO()
    # In a pipe nothing is wrapped: the table is as wide as its widest row.
    width = shutil.get_terminal_size().columns if _terminal() else 100_000
    console = Console(file=out, width=width, color_system=None, legacy_windows=False)
    console.print(table)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _terminal() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()


def write(data: bytes, output: Path | None) -> None:
    """Write ``data`` to ``output`` in one step, or to standard output.

    Raises:
        InputError: The file cannot be written, or a terminal cannot show the data.
    """
    if output is None:
        if _terminal():
            sys.stdout.write(_shown(data))
        elif sys.stdout is not None:
            sys.stdout.buffer.write(data)
            sys.stdout.flush()
        return
    from plangraph.files import replace_file

    try:
        replace_file(output, data)
    except OSError as error:
        why = error.strerror or str(error)
        raise InputError(f"{output}: cannot be written ({why})", f"{output}：无法写入（{why}）") from None


def _shown(data: bytes) -> str:
    try:
        return plain(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise InputError(
            "this format is not for a terminal; give a file with -o", "该格式不能在终端显示；请用 -o 指定文件"
        ) from None


class Steps:
    """Names of the steps of long work, on a terminal only."""

    def __init__(self) -> None:
        from rich.console import Console

        terminal = sys.stderr is not None and sys.stderr.isatty()
        self._status = Console(stderr=True).status("") if terminal else None

    def __enter__(self) -> Steps:
        if self._status:
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._status:
            self._status.stop()

    def __call__(self, step: str) -> None:
        """Show ``step``."""
        if self._status:
            self._status.update(step)
