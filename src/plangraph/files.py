"""Files that are replaced in one step."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from pathlib import Path


def replace_file(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` in one step: a reader sees the old file or the new one.

    A link stays a link. What is no file (a pipe, ``/dev/stdout``) is written to.
    """
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    replace_files([(path, data)])


def replace_files(changes: Sequence[tuple[Path, bytes]]) -> None:
    """Replace files one after another, once all that is new is on the disk: where that is full, nothing changes.

    Args:
        changes: Path and new content, in the order in which they take their places.
    """
    written: list[tuple[Path, Path]] = []
    try:
        for path, data in changes:
            path = path.resolve()
            # Not mkstemp: its files stay closed to everybody but their owner.
            temporary = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
            written.append((temporary, path))
            with temporary.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        for temporary, path in written:
            os.replace(temporary, path)
    except BaseException:
        for temporary, _ in written:
            temporary.unlink(missing_ok=True)
        raise
