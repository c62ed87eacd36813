"""``plangraph check``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from plangraph.cli.options import lang_option
from plangraph.errors import InputError, TablesError

if TYPE_CHECKING:
    from plangraph.document import Document
    from plangraph.folder import PlanFolder


@click.command("check")
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--text",
    "texts",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Text of a plan: verify each quote at its offset; repeat for more plans. 规划原文，用于逐条核对引文，可重复。",
)
@click.option(
    "--pyshacl",
    is_flag=True,
    help="Let pyshacl judge by ontology/shapes.ttl itself: the same verdicts, a second a plan. 由 pyshacl 依形状文件判定，结论相同，每份约一秒。",
)
@lang_option
@click.pass_context
def command(ctx: click.Context, folders: tuple[Path, ...], texts: tuple[Path, ...], pyshacl: bool, lang: str) -> None:
    """Check plan folders: shapes, stated counts, and with --text each quote. 检查规划文件夹与引文。

    Prints every fault as file:line:column with the quote and how to mend it. Exit code 1 if there are errors.

    逐条列出问题：文件:行:列、引文与改法。有错误时退出码为 1。
    """
    from plangraph.check import check_folders
    from plangraph.folder import find_plan_folders, read_folders
    from plangraph.resources import resource_dir

    try:
        plans = read_folders(find_plan_folders(folders or [resource_dir("graph")]))
    except TablesError as error:
        click.echo("\n".join(f.words(lang) for f in error.faults))
        n = len(error.faults)
        click.echo(f"表格未能读入：{n} 个错误" if lang == "zh" else f"the tables could not be read: {n} error(s)")
        ctx.exit(1)
    report = check_folders(plans, _match(plans, texts), pyshacl)
    for fault in report.faults:
        click.echo(fault.words(lang))
    for count in report.counts:
        click.echo(count.words(lang))
    errors, warnings = len(report.errors), len(report.warnings)
    if lang == "zh":
        verified = "" if report.quotes_verified is None else f"，{report.quotes_verified} 处引文与原文一致"
        click.echo(f"{len(plans)} 份规划，{report.statements} 条陈述{verified}：{errors} 个错误，{warnings} 个警告")
    else:
        verified = "" if report.quotes_verified is None else f", {report.quotes_verified} quotes verified in the text"
        click.echo(
            f"{len(plans)} plan(s), {report.statements} statements{verified}: {errors} error(s), {warnings} warning(s)"
        )
    ctx.exit(1 if errors else 0)


def _match(plans: list[PlanFolder], texts: tuple[Path, ...]) -> dict[str, Document]:
    """Each plan's text: the one with the SHA-256 that the plan names, or the only one."""
    from plangraph.document import read_document

    found = {}
    for path in texts:
        document = read_document(path)
        same = [p for p in plans if p.plan.text_sha256 == document.sha256]
        if not same and len(plans) == 1 and len(texts) == 1:
            same = plans
        if not same:
            raise InputError(
                f"{path}: none of the plans has this text's SHA-256 ({document.sha256}); "
                "give the texts that the offsets were taken from, or check one plan at a time",
                f"{path}：没有一份规划的 text_sha256 与之相符（{document.sha256}）；请给出取引文时的原文，或逐份检查",
            )
        found.update({p.plan.id: document for p in same})
    return found
