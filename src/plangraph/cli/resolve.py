"""``plangraph resolve``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from plangraph.cli.options import lang_option
from plangraph.cli.output import Steps, plain, table_text
from plangraph.errors import InputError

if TYPE_CHECKING:
    from plangraph.resolve.mappings import Mapping

_STATUS = {"proposed": "待审", "accepted": "已接受", "rejected": "已拒绝"}


@click.command("resolve")
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--mappings",
    type=click.Path(dir_okay=False, path_type=Path),
    help="SSSOM file to write and to decide in. 映射文件（SSSOM）。  [default: mappings.sssom.tsv beside the folders]",
)
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    help="Least confidence of a proposal; lower shows near misses too. 提议的最低置信度。  [default: 0.9]",
)
@click.option("--list", "listed", is_flag=True, help="List the file's mappings; look for nothing. 只列出已有映射。")
@click.option(
    "--status",
    type=click.Choice(["proposed", "accepted", "rejected", "any"]),
    default="any",
    show_default=True,
    help="Which ones to list. 列出哪种状态。",
)
@click.option("--accept", multiple=True, metavar="ID", help="They are one thing; repeat for more. 确为同一事物。")
@click.option("--reject", multiple=True, metavar="ID", help="They are two things. 不是同一事物。")
@click.option("--undo", multiple=True, metavar="ID", help="Take a decision back. 撤回裁定。")
@click.option(
    "--accept-from",
    type=click.FloatRange(0, 1),
    metavar="CONFIDENCE",
    help="Accept every proposal from this confidence up that contradicts none. 接受该置信度以上且无矛盾的提议。",
)
@click.option("--by", envvar="PLANGRAPH_REVIEWER", help="Who decides; without it, your login name. 裁定人。")
@click.option("--on", help="Date of the decisions, such as 2031-02-03; without it, today. 裁定日期。")
@lang_option
def command(
    folders: tuple[Path, ...],
    mappings: Path | None,
    threshold: float | None,
    listed: bool,
    status: str,
    accept: tuple[str, ...],
    reject: tuple[str, ...],
    undo: tuple[str, ...],
    accept_from: float | None,
    by: str | None,
    on: str | None,
    lang: str,
) -> None:
    """Find what is one thing under several names, and decide. 找出同一事物的不同名称并裁定。

    FOLDERS are plan folders, or folders that hold plan folders. Candidates go to an SSSOM file, each with why; nothing
    is one until somebody accepts it. plangraph build then makes one node of it, and keeps the tables as they are. What
    is of two classes is never made one: concepts (domains, technologies) are linked instead.

    FOLDERS 是规划文件夹，或装有规划文件夹的文件夹。候选写入 SSSOM 文件并附理由；经人接受后才算同一事物，
    此后 plangraph build 将其并为一个节点，表格不变。分属两类的绝不合并，领域与技术之间只作关联。
    """
    from plangraph.folder import find_plan_folders, is_plan_folder, read_folders
    from plangraph.resolve.mappings import FILE, read_mappings

    first = folders[0]
    path = mappings or ((first.absolute().parent if is_plan_folder(first) else first) / FILE)
    if listed:
        _show([m for m in read_mappings(path) if status in ("any", m.status)], lang)
        return
    if accept or reject or undo or accept_from is not None:
        _decide(path, (accept, reject, undo), accept_from, by, on, lang)
        return
    from plangraph.resolve import resolve
    from plangraph.resolve.mappings import update
    from plangraph.resolve.scoring import THRESHOLD

    with Steps() as steps:
        steps("read")
        plans = read_folders(find_plan_folders(folders))
        found = resolve(plans, THRESHOLD if threshold is None else threshold, steps)
        lines = update(path, found)
    waiting = sum(m.status == "proposed" for m in lines)
    said = {
        "zh": f"{path}：{waiting} 条待审，{len(lines) - waiting} 条已裁定；用 --list 查看，用 --accept 或 --reject 裁定",
        "en": f"{path}: {waiting} proposed, {len(lines) - waiting} decided; --list shows them, --accept and --reject decide",
    }
    click.echo(said[lang])


def _show(lines: list[Mapping], lang: str) -> None:
    zh = lang == "zh"
    head = ("编号", "状态", "置信度", "关系", "一方", "另一方", "理由") if zh else (
        "id", "status", "confidence", "is", "one", "other", "why"
    )  # fmt: skip
    rows = [
        (
            m.record,
            _STATUS[m.status] if zh else m.status,
            f"{m.confidence:.3f}",
            m.predicate,
            f"{m.labels[0]} ({m.one})",
            f"{m.labels[1]} ({m.other})",
            m.reason(lang),
        )
        for m in sorted(lines, key=lambda m: (-m.confidence, m.one, m.other))
    ]
    click.echo(table_text(head, rows), nl=False)


def _decide(
    path: Path,
    given: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]],
    accept_from: float | None,
    by: str | None,
    on: str | None,
    lang: str,
) -> None:
    import datetime
    import getpass

    from plangraph.resolve.mappings import accept_all, decide

    if len(set().union(*given)) < sum(map(len, map(set, given))):
        raise click.UsageError("one mapping, two decisions. 同一条映射给了两种裁定。")
    day = on or datetime.date.today().isoformat()
    try:
        datetime.date.fromisoformat(day)
    except ValueError:
        raise InputError(
            f"--on {plain(day)[:40]!r}: expected a date such as 2031-02-03",
            f"--on {plain(day)[:40]!r}：应为日期，如 2031-02-03",
        ) from None
    who = by or getpass.getuser()
    changed = []
    # Undone first: what is taken back may stand in the way of what is accepted.
    for records, status in ((given[2], "proposed"), (given[1], "rejected"), (given[0], "accepted")):
        if records:
            changed += decide(path, records, status, who, day)
    left = 0
    if accept_from is not None:
        more, left = accept_all(path, accept_from, who, day)
        changed += more
    for m in changed:
        state = _STATUS[m.status] if lang == "zh" else m.status
        click.echo(plain(f"{m.record} {state}: {m.labels[0]} = {m.labels[1]}"))
    if lang == "zh":
        click.echo(f"{path}：改动 {len(changed)} 条" + (f"；{left} 条因相互矛盾留待逐条裁定" if left else ""))
    else:
        click.echo(
            f"{path}: {len(changed)} changed"
            + (f"; {left} left to you, because they contradict others" if left else "")
        )
