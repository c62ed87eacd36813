"""``plangraph extract``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from plangraph.cli.options import lang_option
from plangraph.cli.output import Steps, plain, write

if TYPE_CHECKING:
    from plangraph.extract import Proposal

#: So many files of other kinds are named.
_SHOWN = 20


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
@click.option(
    "--proposer",
    type=click.Choice(["local", "openai"]),
    default="local",
    show_default=True,
    help="The models that come with plangraph, or a language model behind --url. 内置模型，或 --url 处的语言模型。",
)
@click.option("--url", help="OpenAI-compatible address, such as http://localhost:8000/v1. 兼容 OpenAI 的地址。")
@click.option("--model", help="Name of the model there. 该处的模型名称。")
@click.option(
    "--key-env",
    default="PLANGRAPH_API_KEY",
    show_default=True,
    metavar="NAME",
    help="Environment variable that holds the key. 存放密钥的环境变量。",
)
@click.option(
    "--price",
    nargs=2,
    type=click.FloatRange(min=0),
    metavar="IN OUT",
    help="Price of a million tokens sent and answered, for the estimate. 每百万 token 的价格（输入、输出）。",
)
@click.option(
    "--per-minute",
    type=click.FloatRange(min=0),
    default=0.0,
    help="Most requests a minute; 0: no limit. 每分钟请求数上限。",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0.1),
    default=120.0,
    show_default=True,
    help="Seconds for an answer. 应答时限（秒）。",
)
@click.option(
    "--cache",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of answers, so that a run can be taken up again. 应答缓存文件夹。",
)
@click.option(
    "--workers",
    type=click.IntRange(0, 256),
    default=0,
    help="For a folder: texts at a time; 0: one a processor. 处理文件夹时并行的进程数。",
)
@click.option("--yes", is_flag=True, help="Do not ask before requests are sent. 发送请求前不询问。")
@lang_option
def command(
    source: Path,
    output: Path | None,
    title: str | None,
    place: str | None,
    form: str,
    lang: str,
    proposer: str,
    workers: int,
    **model: Any,
) -> None:
    """Draw entities and statements out of a plan's text. 从规划文本抽取实体与陈述。

    SOURCE is a txt, HTML (MHTML too), DOCX or PDF file, or a folder of such files, of which each gets a plan folder in
    OUTPUT: what is done already is passed over, a file that cannot be read is named and passed over too. Everything is
    proposed, with its quote and position, and waits for a decision. Running again keeps every decided row. Nothing goes to the network, unless --proposer openai and the
    address of a language model are given: then the text's paragraphs are sent there.

    SOURCE 是 txt、HTML（含 MHTML）、DOCX 或 PDF 文件，或装有这些文件的文件夹：此时每份文本在 OUTPUT 下各得一个规划文件夹，
    已抽取的略过，读不了的文件报告后略过。抽取的内容都附引文和位置，状态为待审。再次运行会保留每一条已裁定的行。
    不访问网络；只有给出 --proposer openai 和语言模型的地址时，才把文本段落发往该地址。
    """
    from plangraph.document import read_document
    from plangraph.extract import propose
    from plangraph.extract.writing import place_of, write_proposal

    if form == "folder" and output is None:
        raise click.UsageError("give the plan folder with -o. 请用 -o 指定规划文件夹。")
    if proposer == "openai" and not (model["url"] and model["model"]):
        raise click.UsageError("--proposer openai needs --url and --model. --proposer openai 须给出 --url 与 --model。")
    if source.is_dir():
        single = form == "gold" or proposer == "openai" or title is not None
        return _extract_folder(source, output, place, workers, lang, single)
    plan_id = re.sub(r"[^a-z0-9]+", "-", (output.name if output else source.stem).lower()).strip("-") or "plan"
    with Steps() as steps:
        steps("read")
        document = read_document(source)
        for en, zh in document.warnings:
            click.echo(plain(zh if lang == "zh" else en), err=True)
        title = title or document.title or source.stem
        if output and form == "folder":
            place = place or place_of(output, document)
        if proposer == "local":
            steps("extract")
            proposal = propose(document, plan_id, title, place)
    if proposer == "openai":
        from plangraph.cli.extract_model import ask_model

        proposal = ask_model(document, plan_id, title, place, lang, **model)
    _tell_if_nothing(proposal, source, len(document.text), lang)
    if form == "gold":
        _write_gold(proposal, source.stem, output)
        return
    assert output is not None
    written = write_proposal(proposal, document, output, plan_id, title)
    for en, zh in written.conflicts:
        click.echo(zh if lang == "zh" else en, err=True)
    zh = f"{output}：{written.entities} 个实体，{written.statements} 条陈述；{written.proposed} 处证据待审，{written.kept} 处已裁定的保留"
    en = f"{output}: {written.entities} entities, {written.statements} statements; {written.proposed} evidences proposed, {written.kept} decided ones kept"
    click.echo(zh if lang == "zh" else en)


def _tell_if_nothing(proposal: Proposal, source: Path, size: int, lang: str) -> None:
    if not proposal.statements:
        zh = f"{source}：{size:,} 个字符中未抽取到任何陈述；请看其正文是否齐全，是否为中文规划"
        en = f"{source}: no statement found in {size:,} characters; see whether its text is all there, and Chinese"
        click.echo(plain(zh if lang == "zh" else en), err=True)


def _extract_folder(
    source: Path, output: Path | None, place: str | None, workers: int, lang: str, single: bool
) -> None:
    """Draw out a folder of texts; exit code 1 if one of them failed."""
    from plangraph.extract.corpus import Outcome, extract_corpus, other_files

    if single or output is None:
        raise click.UsageError(
            "a folder goes with --format folder and --proposer local, and has no --title. "
            "文件夹只能配 --format folder 与 --proposer local，且不能给 --title。"
        )
    with Steps() as steps:

        def show(done: int, total: int, outcome: Outcome) -> None:
            steps(f"{done}/{total} {plain(outcome.text.path.name)}")
            if outcome.en:
                click.echo(plain(outcome.zh if lang == "zh" else outcome.en), err=True)

        outcomes = extract_corpus(source, output, place, workers, show)
    others = other_files(source, output)
    for path in others[:_SHOWN]:
        zh = f"{path}：未读，不是 txt、HTML、DOCX 或 PDF 文件；若是规划，请另存为其中一种"
        en = f"{path}: not read, no txt, HTML, DOCX or PDF file; if it is a plan, save it as one"
        click.echo(plain(zh if lang == "zh" else en), err=True)
    if (more := len(others) - _SHOWN) > 0:
        click.echo(f"…… 另有 {more} 个" if lang == "zh" else f"... and {more} more", err=True)
    states = [o.state for o in outcomes]
    done, same, failed = (states.count(s) for s in ("done", "unchanged", "failed"))
    if lang == "zh":
        click.echo(f"{output}：抽取 {done} 份，未变 {same} 份，失败 {failed} 份")
    else:
        click.echo(f"{output}: {done} extracted, {same} unchanged, {failed} failed")
    if failed:
        raise click.exceptions.Exit(1)


def _write_gold(proposal: Proposal, doc: str, output: Path | None) -> None:
    import json

    from plangraph.extract.gold import as_gold

    gold = as_gold(proposal, doc)
    data = {
        "doc": gold.doc,
        "entities": [{"name": e.name, "type": e.type, "aliases": list(e.aliases)} for e in gold.entities],
        "relations": [{"s": r.s, "r": r.r, "o": r.o, "cue": r.cue, "confidence": r.confidence} for r in gold.relations],
    }
    write((json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode("utf-8"), output)
