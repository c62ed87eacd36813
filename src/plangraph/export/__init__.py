"""A build in the formats of other tools: RDF, network and table files, each replaced in one step.

An exporter is a function of an opened build and a plan id (or None for all plans) that gives the bytes of its
files; it never touches the disk. `FORMATS` names them all, and the contract test runs on each.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from plangraph.errors import InputError, NotFoundError
from plangraph.export.content import Content
from plangraph.export.csv_tables import csv_tables
from plangraph.export.gexf import gexf
from plangraph.export.graphml import graphml
from plangraph.export.neo4j import neo4j
from plangraph.export.rdf_files import jsonld, nquads, trig, turtle

if TYPE_CHECKING:
    from plangraph.graph import PlanGraph


@dataclass(frozen=True, slots=True)
class Format:
    """One way out.

    Args:
        render: The exporter.
        folder: Whether it gives a folder of files, not one file.
        en: What it holds, in English.
        zh: The same in Chinese.
    """

    render: Callable[[PlanGraph, str | None], Content]
    folder: bool
    en: str
    zh: str


FORMATS = {
    "ttl": Format(
        turtle, False, "Turtle: the merged facts, or one plan's graph", "Turtle：合并后的事实，或一份规划的图"
    ),
    "trig": Format(trig, False, "TriG: the named graphs", "TriG：各命名图"),
    "nq": Format(nquads, False, "N-Quads: the named graphs", "N-Quads：各命名图"),
    "jsonld": Format(jsonld, False, "JSON-LD: the named graphs", "JSON-LD：各命名图"),
    "graphml": Format(graphml, False, "GraphML: the entity network", "GraphML：实体网络"),
    "gexf": Format(gexf, False, "GEXF for Gephi: the entity network", "GEXF（Gephi）：实体网络"),
    "csv": Format(
        csv_tables, True, "folder of two CSV tables for spreadsheets", "文件夹：两张可用 Excel 打开的 CSV 表"
    ),
    "neo4j": Format(neo4j, True, "folder for neo4j-admin database import", "文件夹：供 neo4j-admin 导入"),
}


def export(kg: PlanGraph, form: str, path: Path | str, plan: str | None = None) -> Content:
    """Write ``kg`` to ``path`` in format ``form``, replacing in one step what was exported there before.

    Args:
        kg: An opened build.
        form: A name in `FORMATS`.
        path: The file to write; for ``csv`` and ``neo4j`` the folder.
        plan: Id of the one plan that is meant, or None for all.

    Returns:
        What was written.

    Raises:
        InputError: No such format, or the path cannot be written or holds something else.
        NotFoundError: No such plan in the build.
    """
    content = render(kg, form, plan)
    target = Path(path)
    try:
        if FORMATS[form].folder:
            replace_folder(target, content.files)
        else:
            from plangraph.files import replace_file

            replace_file(target, content.data)
    except OSError as error:
        why = error.strerror or str(error)
        raise InputError(f"{target}: cannot be written ({why})", f"{target}：无法写入（{why}）") from None
    return content


def render(kg: PlanGraph, form: str, plan: str | None = None) -> Content:
    """What `export` would write, without writing it.

    Raises:
        InputError: No such format.
        NotFoundError: No such plan in the build.
    """
    if form not in FORMATS:
        raise InputError(
            f"no export format {form!r}; expected one of {', '.join(FORMATS)}",
            f"没有名为“{form}”的导出格式；可用：{'、'.join(FORMATS)}",
        )
    known = sorted(iri.rpartition("/")[2] for iri in kg.plans)
    if plan is not None and plan not in known:
        raise NotFoundError(f"no plan {plan!r} in this build", f"图谱中没有规划“{plan}”", known[:5])
    return FORMATS[form].render(kg, plan)


def replace_folder(path: Path, files: Mapping[str, bytes]) -> None:
    """Make the folder ``path`` of ``files``; an earlier one of the same file names is swapped out whole.

    Raises:
        InputError: ``path`` is a file, or a folder that holds anything else.
        OSError: It cannot be written; what was there before is there still.
    """
    import contextlib
    import shutil
    import tempfile

    if path.exists() and not path.is_dir():
        raise InputError(f"{path}: this is a file; this format needs a folder", f"{path}：这是文件；该格式需要文件夹")
    strange = sorted({p.name for p in path.iterdir()} - set(files)) if path.exists() else []
    if strange:
        raise InputError(
            f"{path}: this folder holds something else ({strange[0]}); choose another with -o",
            f"{path}：该文件夹已有别的内容（{strange[0]}）；请用 -o 另选",
        )
    path = path.resolve()  # a link to a folder stays a link
    # All in one hidden folder beside the target, so that renaming stays within one file system. The new folder
    # is a plain mkdir in it: mkdtemp's own would be closed to everybody else.
    work = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    new, old = work / "new", work / "old"
    try:
        new.mkdir()
        for name, data in files.items():
            (new / name).write_bytes(data)
        if path.exists():
            os.rename(path, old)
        try:
            os.rename(new, path)
        except BaseException:
            if old.exists():
                os.rename(old, path)
            raise
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(new, ignore_errors=True)
        with contextlib.suppress(OSError):  # not empty if the old folder could not be put back: it is kept there
            work.rmdir()
