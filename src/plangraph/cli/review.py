"""``plangraph review``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from plangraph.cli.options import lang_option
from plangraph.cli.output import plain, table_text
from plangraph.errors import InputError

if TYPE_CHECKING:
    from plangraph.extract.queue import Filter, Item
    from plangraph.extract.review import Review

_PREVIEW = 10
_WORDS = {"accepted": "接受", "rejected": "拒绝", "proposed": "重新待审"}


@click.command("review")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--text", type=click.Path(path_type=Path), help="The plan's text, to show each quote in its sentence. 规划原文。"
)
@click.option("--page", is_flag=True, help="Review in the browser, on this machine alone. 在本机浏览器中审核。")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port of the page; 0 for a free one. 页面端口。")
@click.option("--list", "listed", is_flag=True, help="List the rows and decide nothing. 只列出，不裁定。")
@click.option("--accept", "accepted", is_flag=True, help="Accept the rows. 接受这些行。")
@click.option("--reject", "rejected", is_flag=True, help="Reject the rows. 拒绝这些行。")
@click.option("--reopen", "proposed", is_flag=True, help="Take decisions back. 撤回裁定，重新待审。")
@click.option("--id", "ids", multiple=True, metavar="ID", help="Only this row; repeat for more. 只取该行，可重复。")
@click.option("--relation", "relations", multiple=True, metavar="NAME", help="Only this relation. 只取该关系。")
@click.option(
    "--method", "methods", multiple=True, metavar="NAME", help="Only this method; model: for all models. 只取该方法。"
)
@click.option("--entity", "names", multiple=True, metavar="NAME", help="Only rows that name it. 只取涉及该实体的行。")
@click.option(
    "--min-confidence", "low", type=click.FloatRange(0, 1), default=0.0, help="Only from here up. 置信度下限。"
)
@click.option(
    "--max-confidence", "high", type=click.FloatRange(0, 1), default=1.0, help="Only up to here. 置信度上限。"
)
@click.option(
    "--status",
    type=click.Choice(["proposed", "accepted", "rejected", "any"]),
    help="Which rows; without it those that wait (with --reopen: the decided ones). 哪种状态的行。",
)
@click.option(
    "--order",
    type=click.Choice(["doubt", "confidence", "text"]),
    default="doubt",
    show_default=True,
    help="Most doubtful first, surest first, or as in the text. 次序。",
)
@click.option("--merge", nargs=2, metavar="ENTITY INTO", help="Make two entities one. 合并两个实体。")
@click.option("--rename", nargs=2, metavar="ENTITY NAME", help="Rename an entity. 更改实体名称。")
@click.option("--retype", nargs=2, metavar="ENTITY CLASS", help="Give an entity another class. 更改实体的类。")
@click.option("--alias", nargs=2, metavar="ENTITY NAME", help="Add an alias, or take it away. 增加或去掉别名。")
@click.option("--delete", metavar="ENTITY", help="Delete an entity and its undecided rows. 删除实体及其未定的行。")
@click.option("--reason", default="", help="Why; written beside the decision. 理由。")
@click.option("--by", envvar="PLANGRAPH_REVIEWER", help="Who decides; without it, your login name. 裁定人。")
@click.option("--on", help="Date of the decisions, such as 2031-02-03; without it, today. 裁定日期。")
@click.option("--yes", is_flag=True, help="Do not ask before deciding many rows or deleting. 批量裁定或删除前不询问。")
@lang_option
def command(folder: Path, text: Path | None, lang: str, by: str | None, on: str | None, **given: Any) -> None:
    """Accept, reject or mend what was extracted. 审核抽取结果：接受、拒绝或改正。

    In a terminal it shows one proposed statement at a time and takes single keys (h lists them); each decision is
    written to the tables at once, so you can stop at any moment and go on later. With --list, --accept, --reject,
    --reopen or an entity option it does that and ends, for use in scripts. --page opens the same in a browser.

    在终端中逐条显示待审陈述，用单键操作（按 h 查看）；每次裁定立即写入表中，可随时停止、以后继续。加
    --list、--accept、--reject、--reopen 或实体选项时执行后即结束，便于脚本使用。--page 在浏览器中打开同样的功能。
    """
    import datetime
    import getpass

    from plangraph.document import read_document
    from plangraph.extract.review import Review

    decisions = [status for status in _WORDS if given.pop(status)]
    if len(decisions) > 1:
        raise click.UsageError(
            "Give one of --accept, --reject and --reopen. --accept、--reject 与 --reopen 只能用其一。"
        )
    given["decision"] = next(iter(decisions), None)
    if on is not None and not _is_day(on):
        raise click.UsageError("--on takes a date such as 2031-02-03. --on 应为日期，如 2031-02-03。")
    document = read_document(text) if text else None
    today = on or datetime.date.today().isoformat()
    session = Review(folder, " ".join((by or getpass.getuser()).split()), today, document)
    if _change_entities(session, given, lang):
        return
    wanted = _filter(session, given)
    if given["listed"]:
        click.echo(_table(session, session.items(wanted, given["order"]), lang), nl=False)
    elif given["decision"]:
        _decide(session, wanted, given, lang)
    elif given["page"]:
        session.make_sure_of_writing()
        from plangraph.cli.review_page import serve

        serve(session, wanted, given["order"], given["port"], lang)
    else:
        session.make_sure_of_writing()
        from plangraph.cli.review_terminal import run

        run(session, wanted, given["order"], lang)


def find_entity(session: Review, name: str) -> str:
    """Id of the entity that ``name`` means.

    Raises:
        NotFoundError: None, or several.
    """
    from plangraph.names import NameIndex

    return NameIndex(session.state.entities.values()).find(name).id


def find_relation(text: str) -> str:
    """Name of the relation that ``text``, its name or label, means.

    Raises:
        InputError: None.
    """
    from plangraph.ontology import load_ontology

    relations = load_ontology().relations
    for r in relations.values():
        if text in (r.name, r.label_zh, r.label_en):
            return r.name
    known = ", ".join(relations)
    raise InputError(f"{text!r} is no relation; those are {known}", f"没有“{text}”关系；可用：{known}")


def namesakes_words(session: Review, entity_id: str) -> tuple[str, str] | None:
    """English and Chinese words for a look at what else has the entity's names; None where nothing has."""
    others = session.namesakes(entity_id)
    listed = ", ".join(f"{e.id} ({e.type})" for e in others)
    if not others:
        return None
    return (
        f"{listed} has this name too; if it is the same thing, give both one class and merge them",
        f"{listed} 也叫这个名称；若为同一事物，请改为同一类后合并",
    )


def _is_day(text: str) -> bool:
    import datetime

    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _filter(session: Review, given: dict[str, Any]) -> Filter:
    from plangraph.extract.queue import Filter

    decided = "" if given["ids"] or given["decision"] == "proposed" else "proposed"
    status = {"any": "", None: decided}.get(given["status"], given["status"])
    wanted = Filter(
        status,
        tuple(map(find_relation, given["relations"])),
        given["methods"],
        tuple(find_entity(session, n) for n in given["names"]),
        given["ids"],
        given["low"],
        given["high"],
    )
    strangers = set(given["ids"]) - {i.id for i in session.items(Filter(status=""))}
    if strangers:
        listed = ", ".join(sorted(strangers))
        raise InputError(
            f"no row has the id {listed}; --list shows them", f"没有 id 为 {listed} 的行；可用 --list 查看"
        )
    return wanted


def _change_entities(session: Review, given: dict[str, Any], lang: str) -> bool:
    """Do what the entity options ask for; whether there were any."""
    done = []
    if given["rename"]:
        entity = find_entity(session, given["rename"][0])
        session.rename(entity, given["rename"][1])
        done.append(("renamed", "已更名"))
        if words := namesakes_words(session, entity):
            done.append(words)
    if given["retype"]:
        session.retype(find_entity(session, given["retype"][0]), given["retype"][1])
        done.append(("retyped", "已改类"))
    if given["alias"]:
        session.alias(find_entity(session, given["alias"][0]), given["alias"][1])
        done.append(("alias changed", "别名已更改"))
    if given["merge"]:
        gone = session.merge(find_entity(session, given["merge"][0]), find_entity(session, given["merge"][1]))
        done.append((f"merged; {gone} rows made no sense any more", f"已合并；{gone} 行不再成立而删去"))
    if given["delete"]:
        entity = find_entity(session, given["delete"])
        rows = session.goes_with(entity)
        if not given["yes"]:
            name = session.state.entities[entity].label_zh
            en, zh = (
                f"delete {name} and its {len(rows)} undecided rows?",
                f"删除“{name}”及其 {len(rows)} 行未定的陈述？",
            )
            _confirm(session, rows, zh if lang == "zh" else en, lang)
        gone = session.delete(entity)
        done.append((f"deleted with {gone} rows", f"已删除，连同 {gone} 行"))
    for en, zh in done:
        click.echo(zh if lang == "zh" else en)
    return bool(done)


def _decide(session: Review, wanted: Filter, given: dict[str, Any], lang: str) -> None:
    status = given["decision"]
    items = [i for i in session.items(wanted, given["order"]) if i.evidence.status != status]
    if not (given["ids"] or given["yes"]):
        question = (
            f"将这 {len(items)} 行全部{_WORDS[status]}？" if lang == "zh" else f"{len(items)} rows: all {status}?"
        )
        _confirm(session, items, question, lang)
    count = session.decide([i.key for i in items], status, given["reason"])
    waiting = session.counts()["proposed"]
    if lang == "zh":
        click.echo(f"{count} 行已{_WORDS[status]}；尚有 {waiting} 行待审")
    else:
        click.echo(f"{count} rows {status}; {waiting} wait for a decision")


def _confirm(session: Review, items: list[Item], question: str, lang: str) -> None:
    """Ask, with the first rows shown."""
    click.echo(_table(session, items[:_PREVIEW], lang), nl=False)
    more = len(items) - _PREVIEW
    if more > 0:
        click.echo(f"… 另有 {more} 行" if lang == "zh" else f"… and {more} more")
    click.confirm(plain(question), abort=True)


def _table(session: Review, items: list[Item], lang: str) -> str:
    from plangraph.extract.queue import claim_words
    from plangraph.model import decimal_text
    from plangraph.tables import one_line

    heads = (
        ("id", "状态", "置信度", "方法", "陈述", "引文", "位置")
        if lang == "zh"
        else ("id", "status", "confidence", "method", "statement", "quote", "place")
    )
    rows = [
        (
            i.id,
            i.evidence.status,
            decimal_text(i.evidence.confidence),
            i.evidence.method,
            claim_words(i.key, session.state.entities, lang),
            one_line(i.evidence.quote),
            f"{i.evidence.start}–{i.evidence.end}",
        )
        for i in items
    ]
    return plain(table_text(heads, rows, (heads[2],)))
