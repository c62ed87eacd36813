"""A plan folder's tables on disk: one writer at a time, and after a crash at any moment tables that can be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from plangraph.errors import InputError
from plangraph.extract.decisions import FILE, NameDecision, decisions_csv
from plangraph.files import replace_files
from plangraph.folder import entities_csv, statements_csv
from plangraph.model import Entity, Statement

#: Seconds that a second writer waits for the first.
LOCK_SECONDS = 30.0
#: Stands in a new plan folder until its last file is there.
UNFINISHED = ".unfinished"


@contextmanager
def writing_to(folder: Path, wait: float = LOCK_SECONDS) -> Iterator[None]:
    """Hold ``folder``, made if it is not there, against other writers; one made in vain is taken away.

    Raises:
        InputError: Another program of ours writes there, or nothing can be written there.
    """
    from filelock import FileLock, Timeout

    new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock", timeout=wait):
            yield
    except Timeout:
        raise InputError(
            f"{folder}: another plangraph is at work in this folder; wait for it, or end it, and try again",
            f"{folder}：另一个 plangraph 正在该文件夹中工作；请等它结束或将其结束后重试",
        ) from None
    except FileExistsError:
        raise InputError(
            f"{folder}: a file, where the plan folder is to be; choose another name with -o",
            f"{folder}：这是文件，而这里应为规划文件夹；请用 -o 另选名称",
        ) from None
    except OSError as error:
        why = error.strerror or str(error)
        raise InputError(
            f"{folder}: cannot be written ({why}); what was there is as it was",
            f"{folder}：无法写入（{why}）；原有内容未改动",
        ) from None
    finally:
        if new:
            _take_away_empty(folder)


def _take_away_empty(folder: Path) -> None:
    """Remove ``folder`` if nothing was written into it."""
    ours = {".lock", UNFINISHED}
    with suppress(OSError):
        if {p.name for p in folder.iterdir()} <= ours:
            for name in ours:
                (folder / name).unlink(missing_ok=True)
            folder.rmdir()


def save_tables(
    folder: Path,
    entities: Sequence[Entity],
    statements: Sequence[Statement],
    decisions: Sequence[NameDecision],
    before: Sequence[Entity] = (),
    plan_toml: bytes | None = None,
) -> None:
    """Write the tables in an order in which every statement's ends are in ``entities.csv`` at every moment.

    Args:
        folder: The plan folder, held by `writing_to`.
        entities: All entities.
        statements: All statements.
        decisions: All decisions about names.
        before: The entities that the statements on disk may name.
        plan_toml: New ``plan.toml``, written last: a folder that has it has the tables.
    """
    known = {e.id for e in entities}
    gone = [e for e in before if e.id not in known]
    files = {
        "entities.csv": entities_csv([*entities, *_rootless(gone, known)]),
        "statements.csv": statements_csv(statements),
    }
    if decisions or (folder / FILE).exists():
        files = {FILE: decisions_csv(decisions), **files}
    if plan_toml is not None:
        files["plan.toml"] = plan_toml
    changes = [(folder / name, data) for name, data in files.items() if _differs(folder / name, data)]
    if gone:
        changes.append((folder / "entities.csv", entities_csv(entities)))
    replace_files(changes)


def _rootless(gone: Sequence[Entity], known: set[str]) -> list[Entity]:
    """``gone`` without broader entities that are not there."""
    from dataclasses import replace

    ids = known | {e.id for e in gone}
    return [e if e.broader in ids else replace(e, broader="") for e in gone]


def _differs(path: Path, data: bytes) -> bool:
    return not path.is_file() or path.read_bytes() != data
