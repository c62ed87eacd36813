"""``plangraph extract``."""

from __future__ import annotations

import re
from pathlib import Path

import click

from plangraph.cli.options import lang_option
from plangraph.cli.output import Steps, write


@click.command("extract")
@click.argument("source", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Plan folder to write (with --format gold: file). 要写入的规划文件夹。",
)
@click.option("--title", help="Title of the plan; without it, the text's own or the file's name. 规划标题。")
@click.option(
    "--place", help="Place that the plan is for, such as 天津市; without it, found in title and text. 规划所属地区。"
)
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["folder", "gold"]),
    default="folder",
    show_default=True,
    help="A plan folder, or the gold format on standard output. 规划文件夹，或金标格式。",
)
@lang_option
def command(source: Path, output: Path | None, title: str | None, place: str | None, form: str, lang: str) -> None:
    """Draw entities and statements out of a plan's text. 从规划文本抽取实体与陈述。

    SOURCE is a txt, HTML, DOCX or PDF file. Everything is proposed, with its quote and position, and waits for a
    decision. Running again keeps every decided row. Nothing goes to the network.

    SOURCE 是 txt、HTML、DOCX 或 PDF 文件。抽取的内容都附引文和位置，状态为待审。再次运行会保留每一条已裁定的行。不访问网络。
    """
    from plangraph.document import read_document
    from plangraph.extract import propose
    from plangraph.extract.writing import write_proposal

    if form == "folder" and output is None:
        raise click.UsageError("give the plan folder with -o. 请用 -o 指定规划文件夹。")
    with Steps() as steps:
        steps("read")
        document = read_document(source)
        title = title or document.title or source.stem
        steps("extract")
        plan_id = re.sub(r"[^a-z0-9]+", "-", (output.name if output else source.stem).lower()).strip("-") or "plan"
        proposal = propose(document, plan_id, title, place)
    if form == "gold":
        import json

        from plangraph.extract.gold import as_gold

        gold = as_gold(proposal, source.stem)
        data = {
            "doc": gold.doc,
            "entities": [{"name": e.name, "type": e.type, "aliases": list(e.aliases)} for e in gold.entities],
            "relations": [{"s": r.s, "r": r.r, "o": r.o, "cue": r.cue} for r in gold.relations],
        }
        write((json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode("utf-8"), output)
        return
    assert output is not None
    written = write_proposal(proposal, document, output, plan_id, title)
    for en, zh in written.conflicts:
        click.echo(zh if lang == "zh" else en, err=True)
    if lang == "zh":
        click.echo(
            f"{output}：{written.entities} 个实体，{written.statements} 条陈述；{written.proposed} 处证据待审，{written.kept} 处已裁定的保留"
        )
    else:
        click.echo(
            f"{output}: {written.entities} entities, {written.statements} statements; {written.proposed} evidences proposed, {written.kept} decided ones kept"
        )
