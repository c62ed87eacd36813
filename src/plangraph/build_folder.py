"""The folder of a build on disk: its lock, what may lie in it, and how one build takes the place of another."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from plangraph.errors import BuildError
from plangraph.files import replace_file
from plangraph.query import open_store

#: The file that names the build in use, and what lies in each build.
CURRENT = "CURRENT"
STORE = "store"
SUMMARY = "build.json"
BUILD_NAME = re.compile("[0-9a-f]{16}")

LOCK_SECONDS = 60.0
#: Raised when a build's files change for the same tables, so that an old build is not taken for a new one.
LAYOUT = 3
#: Start of the name of a build that is being made.
WORK = "new-"
#: Start of the name of the folder in which a build is made.
WORKPLACE = ".work-"
LOCK = ".lock"


def base_name(folder: Path) -> str:
    """Name of the build without the results that were written back into it."""
    try:
        return str(json.loads((folder / SUMMARY).read_text("utf-8")).get("base", folder.name))
    except (OSError, ValueError, AttributeError):
        return folder.name


def current_name(path: Path) -> str:
    """Name of the build in use in folder ``path``, as it is written there.

    Raises:
        BuildError: There is no build there.
    """
    try:
        return (path / CURRENT).read_text("utf-8", errors="replace").strip()
    except OSError:
        raise BuildError(
            f"{path}: no build here; run plangraph build -o {path} first, or name another with --build",
            f"{path}：这里没有构建；请先运行 plangraph build -o {path}，或用 --build 指定",
        ) from None


@contextlib.contextmanager
def locked(out: Path) -> Iterator[None]:
    """Hold the build folder's lock."""
    from filelock import FileLock, Timeout

    try:
        with FileLock(out / LOCK, timeout=LOCK_SECONDS):
            yield
    except Timeout:
        raise BuildError(
            f"{out}: another build is running here; wait for it or choose another folder with -o",
            f"{out}：另一个构建正在进行；请等待其结束，或用 -o 另选文件夹",
        ) from None
    except OSError as error:
        why = error.strerror or str(error)
        raise BuildError(f"{out}: cannot be written ({why})", f"{out}：无法写入（{why}）") from None


def damaged(out: Path) -> BuildError:
    return BuildError(
        f"{out}: the build is damaged; run plangraph build -o {out} again",
        f"{out}：构建已损坏；请重新运行 plangraph build -o {out}",
    )


def claim(out: Path) -> None:
    """Make the output folder, and refuse one that holds something else."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        if any(not p.name.startswith(".") and p.name not in (CURRENT, "builds") for p in out.iterdir()):
            raise BuildError(
                f"{out}: this folder holds something else; choose another with -o",
                f"{out}：该文件夹已有别的内容；请用 -o 另选",
            )
        (out / "builds").mkdir(exist_ok=True)
    except OSError as error:
        why = error.strerror or str(error)
        raise BuildError(f"{out}: cannot be made ({why})", f"{out}：无法创建（{why}）") from None


@contextlib.contextmanager
def workplace(out: Path) -> Iterator[Path]:
    """Hold the lock of ``out``, with a folder in it for a build that is being made.

    ``out`` is made if it is not there; then it is taken away again if there is no build at the end. What killed builds
    left is removed.
    """
    new = not out.exists()
    while True:
        claim(out)
        with locked(out):
            if not (out / LOCK).exists():  # another builder failed and took the folder away
                continue
            for stray in out.glob(f"{WORKPLACE}*"):
                shutil.rmtree(stray, ignore_errors=True)
            try:
                folder = Path(tempfile.mkdtemp(prefix=WORKPLACE, dir=out))
            except OSError as error:
                why = error.strerror or str(error)
                raise BuildError(f"{out}: cannot be written ({why})", f"{out}：无法写入（{why}）") from None
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
                if new and not (out / CURRENT).exists():
                    with contextlib.suppress(OSError):
                        (out / "builds").rmdir()
                        (out / LOCK).unlink()
                        out.rmdir()
            return


def new_build(folder: Path) -> Path:
    """A folder for a build that is being made, in ``folder``."""
    work = folder / f"{WORK}{secrets.token_hex(8)}"
    work.mkdir()
    return work


def summarise(work: Path, facts: dict[str, Any]) -> None:
    facts["files"] = _sizes(work / STORE)
    replace_file(work / SUMMARY, (json.dumps(facts) + "\n").encode())


def _sizes(store: Path) -> dict[str, int]:
    """Size of each file that a store needs."""
    needed = [p for p in store.iterdir() if p.suffix in (".sst", ".log") or p.name.startswith(("MANIFEST", "CURRENT"))]
    return {p.name: p.stat().st_size for p in sorted(needed)}


def swap_in(work: Path, target: Path) -> None:
    damaged = target.with_name(f"{work.name}-damaged")
    if target.exists():
        os.replace(target, damaged)
    os.replace(work, target)
    shutil.rmtree(damaged, ignore_errors=True)


def summary_of(out: Path) -> dict[str, Any] | None:
    """The summary of the current build, if it can be read."""
    try:
        name = (out / CURRENT).read_text("utf-8").strip()
        found = json.loads((out / "builds" / name / SUMMARY).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def clear(out: Path, name: str, base: str = "") -> None:
    """Remove what earlier builds left, but for ``name``, ``base`` and the current one, which may be in use."""
    for stray in out.glob(f".{CURRENT}-*"):
        stray.unlink(missing_ok=True)
    current = (out / CURRENT).read_text("utf-8", errors="replace").strip() if (out / CURRENT).is_file() else ""
    for stray in (out / "builds").iterdir():
        ours = stray.name.startswith(WORK) or BUILD_NAME.fullmatch(stray.name)
        if ours and stray.name not in (name, base, current):
            shutil.rmtree(stray, ignore_errors=True)


def sound(target: Path) -> dict[str, Any] | None:
    """The summary of the build in ``target`` if it is there and its files have the sizes that they were made with."""
    try:
        summary: dict[str, Any] = json.loads((target / SUMMARY).read_text("utf-8"))
        return summary if summary["files"] == _sizes(target / STORE) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def whole(target: Path) -> dict[str, Any] | None:
    """The summary of the build in ``target`` if it is `sound` and can be opened."""
    summary = sound(target)
    try:
        if summary is not None:
            open_store(target / STORE)
    except BuildError:
        return None
    return summary
