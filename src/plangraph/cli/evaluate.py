"""``plangraph evaluate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from plangraph.cli.options import lang_option
from plangraph.cli.output import table_text
from plangraph.errors import InputError

if TYPE_CHECKING:
    from plangraph.evaluate import GoldDocument, Scores


@click.command("evaluate")
@click.argument("gold", type=click.Path(path_type=Path))
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--text-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the texts: extract from them and score. 原文所在文件夹：现场抽取并评分。",
)
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    help="Score this gold-format file in place of an extraction. 以该金标格式文件代替抽取结果。",
)
@click.option(
    "--level",
    type=click.Choice(["strict", "alias", "loose", "all"]),
    default="all",
    show_default=True,
    help="Level of agreement. 匹配级别。",
)
@click.option("--list", "listed", is_flag=True, help="List misses and extras (alias level). 列出漏掉与多出的。")
@click.option(
    "--compare",
    type=click.Path(path_type=Path),
    help="A second run (gold-format file or plan folder): what it changes, by paired bootstrap. 与另一次运行比较（配对自助法）。",
)
@click.option(
    "--reliability", is_flag=True, help="Precision of relations by confidence (alias level). 各置信度区间的关系精确率。"
)
@lang_option
def command(
    gold: Path,
    folders: tuple[Path, ...],
    text_dir: Path | None,
    against: Path | None,
    level: str,
    listed: bool,
    compare: Path | None,
    reliability: bool,
    lang: str,
) -> None:
    """Score an extraction against a gold file. 用金标文件给抽取结果评分。

    What is scored: the plan FOLDERS, or with --text-dir what is extracted now from the gold file's texts, or with
    --against another gold-format file (agreement of two annotators, an earlier run). --compare scores a second run on the
    same documents and says what it changes and how sure that is.

    评分对象：规划文件夹 FOLDERS；或加 --text-dir，现场从金标文件的原文抽取；或加 --against，另一个金标格式的文件（两位标注者的一致性、
    先前的运行）。--compare 在同样的文档上给第二次运行评分，并给出差异及其把握。
    """
    from plangraph.evaluate import LEVELS, read_gold, score

    if sum((bool(folders), text_dir is not None, against is not None)) != 1:
        raise click.UsageError(
            "give one of FOLDERS, --text-dir or --against. 请给出 FOLDERS、--text-dir、--against 之一。"
        )
    wanted = read_gold(gold)
    offered = _offered(wanted, folders, text_dir, against)
    second = _second(wanted, compare) if compare else None
    for name in LEVELS if level == "all" else (level,):
        scores = score(wanted, offered, name)
        click.echo(_report(scores, lang))
        if second is not None:
            click.echo(_compared(scores, score(wanted, second, name), lang))
    if reliability:
        click.echo(_reliability(score(wanted, offered, "alias"), lang))
    if listed:
        scores = score(wanted, offered, "alias")
        for sign, rows in (("-", scores.misses), ("+", scores.extras)):
            for doc, what in rows:
                click.echo(f"{sign} {doc}\t{what}")


def _offered(
    wanted: list[GoldDocument], folders: tuple[Path, ...], text_dir: Path | None, against: Path | None
) -> list[GoldDocument]:
    from plangraph.evaluate import folder_as_gold, read_gold

    if against is not None:
        return read_gold(against)
    if text_dir is not None:
        from plangraph.extract.gold import extract_gold

        return extract_gold(wanted, text_dir)
    from plangraph.folder import find_plan_folders, read_folders

    offered = [folder_as_gold(f) for f in read_folders(find_plan_folders(folders))]
    if len(offered) == len(wanted) == 1:
        from dataclasses import replace

        return [replace(offered[0], doc=wanted[0].doc)]
    strangers = {d.doc for d in wanted} - {d.doc for d in offered}
    if len(strangers) == len(wanted):
        raise InputError(
            f"none of the folders is a document of the gold file ({', '.join(sorted(strangers)[:5])})",
            f"这些文件夹都不是金标文件中的文档（{'、'.join(sorted(strangers)[:5])}）",
        )
    return offered


def _second(wanted: list[GoldDocument], path: Path) -> list[GoldDocument]:
    return _offered(wanted, (path,), None, None) if path.is_dir() else _offered(wanted, (), None, path)


def _compared(one: Scores, other: Scores, lang: str) -> str:
    from plangraph.evaluate.comparing import compare

    heads = (
        ("类别", "F1", "第二次 F1", "差", "差的 95% 区间", "第二次更好")
        if lang == "zh"
        else ("kind", "F1", "second F1", "difference", "95% interval of it", "second is better")
    )
    rows = [
        (
            _kind(d.kind, lang),
            f"{d.one:.3f}",
            f"{d.other:.3f}",
            f"{d.other - d.one:+.3f}",
            f"{d.low:+.3f} … {d.high:+.3f}{' *' if d.certain else ''}",
            f"{d.better:.3f}",
        )
        for d in compare(one, other)
    ]
    note = (
        "*：区间不含 0。末列：自助样本中第二次更好的比例"
        if lang == "zh"
        else "*: the interval leaves 0 out. Last column: share of the bootstrap samples in which the second is better"
    )
    return f"{table_text(heads, rows, heads[1:])}{note}\n"


def _reliability(scores: Scores, lang: str) -> str:
    from plangraph.evaluate.comparing import reliability

    bins, error = reliability(scores.sure)
    if not bins:
        return "没有置信度\n" if lang == "zh" else "no confidences here\n"
    heads = (
        ("置信度", "关系数", "平均置信度", "精确率")
        if lang == "zh"
        else ("confidence", "relations", "mean confidence", "precision")
    )
    rows = [(f"{b.low:.1f}–{b.high:.1f}", b.count, f"{b.confidence:.3f}", f"{b.precision:.3f}") for b in bins]
    words = "期望校准误差" if lang == "zh" else "expected calibration error"
    return f"{table_text(heads, rows, heads[1:])}{words}: {error:.3f}\n"


def _report(scores: Scores, lang: str) -> str:
    names = {"strict": "严格", "alias": "别名", "loose": "宽松"}
    heads = (
        ("类别", "金标", "提出", "命中", "精确率", "召回率", "F1", "95% 区间")
        if lang == "zh"
        else ("kind", "gold", "proposed", "found", "precision", "recall", "F1", "95% interval")
    )
    rows = []
    for kind in scores.kinds():
        t = scores.total(kind)
        low, high = scores.interval(kind)
        rows.append(
            (
                _kind(kind, lang),
                t.gold,
                t.proposed,
                t.found,
                f"{t.precision:.3f}",
                f"{t.recall:.3f}",
                f"{t.f1:.3f}",
                f"{low:.3f}–{high:.3f}",
            )
        )
    title = (
        f"级别：{names[scores.level]}，{len(scores.documents)} 篇"
        if lang == "zh"
        else f"level: {scores.level}, {len(scores.documents)} document(s)"
    )
    return f"{title}\n\n{table_text(heads, rows, heads[1:])}"


def _kind(kind: str, lang: str) -> str:
    from plangraph.ontology import load_ontology

    both = {"entities": "实体", "relations": "关系"}
    if kind in both:
        return both[kind] if lang == "zh" else kind
    return "  " + load_ontology().terms[kind].label(lang)
