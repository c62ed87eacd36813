"""Review in a terminal: one proposed statement at a time, single keys, no more than a plain terminal can do."""

from __future__ import annotations

import itertools
import os
import select
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from plangraph.cli.output import plain
from plangraph.cli.review import find_entity, find_relation, namesakes_words
from plangraph.errors import PlangraphError
from plangraph.extract.queue import ORDERS, Filter, Item, Key, claim_words, queue
from plangraph.model import decimal_text
from plangraph.ontology import load_ontology

if TYPE_CHECKING:
    from plangraph.extract.review import NewEntity, Review

#: Key, what it does in English and in Chinese; the order is that of the help.
KEYS = (
    ("a", "accept", "接受"),
    ("r", "reject", "拒绝"),
    ("R", "reject, with a reason", "拒绝并写理由"),
    ("s", "skip; it comes again in the next session", "跳过，下次再审"),
    ("b", "back to the one before", "回到上一条"),
    ("u", "undo the last decision", "撤销上一次裁定"),
    ("e", "mend: other ends, another relation or quote", "改正：更换两端、关系或引文"),
    ("+", "add a statement that is missing", "补充遗漏的陈述"),
    ("n", "rename one of the two entities", "更改其中一个实体的名称"),
    ("t", "give one of them another class", "更改其中一个的类"),
    ("l", "add an alias to one of them, or take it away", "增加或去掉别名"),
    ("m", "merge one of them into another entity", "将其中一个并入另一实体"),
    ("d", "delete one of them with its undecided rows", "删除其中一个及其未定的行"),
    ("B", "decide many at once: by confidence, method, relation", "批量裁定：按置信度、方法、关系"),
    ("f", "filter: what comes up", "筛选：审核哪些"),
    ("o", "order: doubt, confidence, text", "次序：疑问、置信度、原文"),
    ("h", "these keys", "查看按键"),
    ("q", "quit; everything is saved", "退出（均已保存）"),
)
_COLOURS = {"subject": "cyan", "object": "green", "quote": "yellow"}
_PREVIEW = 5


def run(session: Review, wanted: Filter, order: str, lang: str) -> None:
    """Review until the queue is empty or the reviewer stops."""
    Terminal(session, wanted, order, lang).run()


def read_key() -> str:
    """One key, without the Enter key; keys that were typed ahead count. "" at the end of the input."""
    if not sys.stdin.isatty():
        while (key := sys.stdin.read(1)) in ("\n", "\r"):
            pass
        return key
    try:
        import termios
        import tty
    except ImportError:  # Windows
        return click.getchar()
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    try:
        # Not click.getchar: it throws away what was typed while the last decision was written.
        tty.setcbreak(terminal, termios.TCSANOW)
        data = os.read(terminal, 1)
        more = select.select([terminal], [], [], 0.05)[0] if data[:1] >= b"\x80" or data == b"\x1b" else []
        # A Chinese character is several bytes, and so is an arrow: taken whole, each is one unknown key.
        if more and data != b"\x1b":
            data += os.read(terminal, 1 + (data[0] >= 0xE0) + (data[0] >= 0xF0))
        elif more:
            data += os.read(terminal, 1)
            while data[1:2] in (b"[", b"O") and not (len(data) > 2 and data[-1:] >= b"@") and len(data) < 12:
                data += os.read(terminal, 1)
    finally:
        termios.tcsetattr(terminal, termios.TCSANOW, before)
    return data.decode("utf-8", "replace")


class Terminal:
    """The loop: shows an item, takes a key, does what it says."""

    def __init__(self, session: Review, wanted: Filter, order: str, lang: str) -> None:
        self._session, self._wanted, self._order, self._lang = session, wanted, order, lang
        self._queue: list[Key] = []
        self._at = 0
        #: Queue and place before each decision that can be taken back.
        self._places: list[tuple[list[Key], int]] = []
        self._does: dict[str, Callable[[Item], None]] = {
            "a": lambda i: self._decide(i, "accepted", ""),
            "r": lambda i: self._decide(i, "rejected", ""),
            "R": lambda i: self._decide(i, "rejected", self._ask("reason", "理由")),
            "s": lambda i: self._step(1),
            "e": self._mend,
            "+": self._add,
            "n": self._rename,
            "t": self._retype,
            "l": self._alias,
            "m": self._merge,
            "d": self._delete,
        }
        self._anywhere: dict[str, Callable[[], None]] = {
            "b": lambda: self._step(-1),
            "u": self._undo,
            "B": self._bulk,
            "f": self._filter,
            "o": self._reorder,
            "h": self._help,
            "?": self._help,
        }

    def run(self) -> None:
        """Until q, Ctrl-C, Ctrl-D, or nothing is left."""
        self._refill()
        self._say("h: keys, q: quit; each decision is saved at once", "按 h 查看按键，q 退出；每次裁定立即保存")
        try:
            while self._turn():
                pass
        except (KeyboardInterrupt, EOFError, click.Abort):
            click.echo()
        counts = self._session.counts()
        self._say(
            f"{counts['accepted']} accepted, {counts['rejected']} rejected, {counts['proposed']} wait",
            f"已接受 {counts['accepted']}，已拒绝 {counts['rejected']}，待审 {counts['proposed']}",
        )

    def _turn(self) -> bool:
        """Show an item, take a key, do what it says; whether to go on."""
        item = self._item()
        if item is None:
            self._say(
                "nothing is left here; u: undo, b: back, f: filter, q: quit", "已审完；u 撤销，b 回退，f 筛选，q 退出"
            )
        else:
            self._show(item)
        key = read_key()
        if key in ("q", "\x04", "\x03", ""):
            return False
        click.echo(plain(key))
        place, steps = (list(self._queue), self._at), self._session.steps
        try:
            if item is not None and key in self._does:
                self._does[key](item)
            elif key in self._anywhere:
                self._anywhere[key]()
            else:
                self._say("no such key; h lists them", "没有这个按键；按 h 查看")
        except PlangraphError as error:
            click.secho(plain(error.words(self._lang)), fg="red")
        except click.Abort:
            click.echo()
        self._places += [place] * (self._session.steps - steps)
        return True

    # ---- what is shown

    def _refill(self) -> None:
        items = self._session.items(self._wanted, self._order)
        self._queue, self._at = [i.key for i in items], 0

    def _item(self) -> Item | None:
        """The item at the place; past the end, the queue is made anew from what still waits."""
        while self._at < len(self._queue) and self._queue[self._at] not in self._session.state.rows:
            del self._queue[self._at]
        if self._at < len(self._queue):
            key = self._queue[self._at]
            return Item(key, self._session.state.rows[key])
        return None

    def _show(self, item: Item) -> None:
        e, entities = item.evidence, self._session.state.entities
        place = f"{self._at + 1}/{len(self._queue)}"
        sure = decimal_text(e.confidence)
        head = [f"[{place}]", item.id, sure, e.method, *([] if e.status == "proposed" else [e.status])]
        click.echo()
        click.secho(plain("  ".join(head)), dim=True)
        if e.section:
            click.secho(plain(" > ".join(e.section)), dim=True)
        click.echo(self._marked(item))
        click.secho("  " + plain(claim_words(item.key, entities, self._lang)), bold=True)
        click.secho(plain(f"  “{' '.join(e.quote.split())}” {e.start}–{e.end}"), dim=True)
        if e.decided_by:
            click.secho(plain(f"  {e.status} {e.decided_by} {e.decided_on} {e.reason}"), dim=True)
        click.echo("[a/r/s/u/e/B/h/q] ", nl=False)

    def _marked(self, item: Item) -> str:
        """The sentence with both names in brackets and colour, the quote underlined."""
        context = self._session.reader.context(item, self._session.state.entities)
        names = sorted(m for m in context.marks if m[2] != "quote")
        quote = next((m for m in context.marks if m[2] == "quote"), (0, 0, "quote"))
        cuts = sorted({0, len(context.text), *(x for m in context.marks for x in m[:2])})
        out = []
        for start, end in itertools.pairwise(cuts):
            role = next((r for a, b, r in names if a <= start < b), "")
            words = plain(context.text[start:end])
            if role and any(a == start for a, _, r in names):
                words = f"【{'1' if role == 'subject' else '2'}:{words}"
            if role and any(b == end for _, b, r in names):
                words += "】"
            inside = quote[0] <= start < quote[1]
            out.append(click.style(words, fg=_COLOURS.get(role), bold=bool(role), underline=inside or None))
        return "".join(out)

    def _help(self) -> None:
        for key, en, zh in KEYS:
            click.echo(f"  {key}  {zh if self._lang == 'zh' else en}")

    def _say(self, en: str, zh: str) -> None:
        click.echo(plain(zh if self._lang == "zh" else en))

    def _ask(self, en: str, zh: str, default: str = "") -> str:
        words = zh if self._lang == "zh" else en
        return str(click.prompt(words, default=default, show_default=bool(default))).strip()

    # ---- what is done

    def _step(self, by: int) -> None:
        self._at = max(0, self._at + by)

    def _decide(self, item: Item, status: str, reason: str) -> None:
        self._session.decide([item.key], status, reason)
        self._step(1)

    def _undo(self) -> None:
        label = self._session.undo()
        if not label:
            self._say("nothing to undo", "没有可撤销的裁定")
            return
        self._say(f"taken back: {label}", f"已撤销：{label}")
        self._queue, self._at = self._places.pop()

    def _mend(self, item: Item) -> None:
        entities = self._session.state.entities
        ends = []
        for end, en, zh in ((item.key[0], "subject", "主体"), (item.key[2], "object", "客体")):
            name = entities[end].label_zh if end in entities else end
            given = self._ask(f"{en} (name or id)", f"{zh}（名称或 id）", name)
            ends.append(end if given == name else find_entity(self._session, given))
        relation = self._ask(
            f"relation: {', '.join(load_ontology().relations)}", f"关系：{self._relations()}", item.key[1]
        )
        span = None
        if self._session.reader.document is not None:
            usual = f"{item.evidence.start}-{item.evidence.end}"
            given = self._ask("quote: its words, or from-to", "引文：原文文字，或“起-止”", usual)
            span = self._session.find_quote(given, item.evidence.start)
        reason = self._ask("reason (may be empty)", "理由（可空）")
        self._session.mend(item.key, ends[0], find_relation(relation), ends[1], span, reason)
        self._step(1)

    def _add(self, item: Item) -> None:
        subject = self._entity_or_new(self._ask("subject (name or id)", "主体（名称或 id）"))
        relation = find_relation(
            self._ask(f"relation: {', '.join(load_ontology().relations)}", f"关系：{self._relations()}")
        )
        object = self._entity_or_new(self._ask("object (name or id)", "客体（名称或 id）"))
        # No default: the quote of another statement would rarely bear this one out.
        given = self._ask("quote: its words, or from-to", "引文：原文文字，或“起-止”")
        span = self._session.find_quote(given, item.evidence.start)
        self._session.add(subject, relation, object, span)
        self._say("added", "已补充")

    def _entity_or_new(self, name: str) -> str | NewEntity:
        try:
            return find_entity(self._session, name)
        except PlangraphError as error:
            self._say(error.en, error.zh)
            kind = self._ask("class of a new entity (empty: none)", "新实体的类（空：不新建）")
            if not kind:
                raise click.Abort() from None
            return kind, name

    def _rename(self, item: Item) -> None:
        entity = self._end(item)
        name = self._ask("new name", "新名称", self._session.state.entities[entity].label_zh)
        keep = click.confirm(
            "旧名称留作别名？" if self._lang == "zh" else "keep the old name as an alias?", default=False
        )
        self._session.rename(entity, name, keep)
        if words := namesakes_words(self._session, entity):
            self._say(*words)

    def _retype(self, item: Item) -> None:
        entity = self._end(item)
        kinds = ", ".join(load_ontology().classes)
        self._replaced(entity, self._session.retype(entity, self._ask(f"class: {kinds}", f"类：{kinds}")))

    def _alias(self, item: Item) -> None:
        entity = self._end(item)
        self._session.alias(entity, self._ask("alias", "别名"))

    def _merge(self, item: Item) -> None:
        gone = self._end(item)
        into = find_entity(self._session, self._ask("merge into (name or id)", "并入（名称或 id）"))
        dropped = self._session.merge(gone, into)
        self._say(f"merged; {dropped} rows made no sense any more", f"已合并；{dropped} 行不再成立而删去")
        self._replaced(gone, into)

    def _delete(self, item: Item) -> None:
        entity = self._end(item, "2")
        rows = len(self._session.goes_with(entity))
        label = plain(self._session.state.entities[entity].label_zh)
        if click.confirm(
            f"删除“{label}”及其 {rows} 行未定的陈述？"
            if self._lang == "zh"
            else f"delete {label} and its {rows} undecided rows?"
        ):
            gone = self._session.delete(entity)
            self._say(f"deleted with {gone} rows", f"已删除，连同 {gone} 行")

    def _replaced(self, old: str, new: str) -> None:
        """The queue follows the rows to their new ends."""
        rows = self._session.state.rows
        moved = []
        for s, r, o, start, end in self._queue:
            key = (new if s == old else s, r, new if o == old else o, start, end)
            turned = (key[2], r, key[0], start, end)
            moved.append(key if key in rows or turned not in rows else turned)
        self._queue = moved

    def _bulk(self) -> None:
        """Decide all that a filter takes, after a look at what that is."""
        wanted = self._asked_filter(Filter())
        items = queue(self._session.state.rows, wanted, "confidence")
        for item in items[-_PREVIEW:]:
            click.echo(
                f"  {item.evidence.confidence:.2f} {plain(claim_words(item.key, self._session.state.entities, self._lang))}"
            )
        self._say(
            f"{len(items)} rows; the {_PREVIEW} least sure are shown",
            f"共 {len(items)} 行，以上为把握最小的 {_PREVIEW} 行",
        )
        answer = self._ask("a: accept all, r: reject all, empty: none", "a 全部接受，r 全部拒绝，空为不裁定")
        status = {"a": "accepted", "r": "rejected"}.get(answer)
        if status:
            count = self._session.decide([i.key for i in items], status)
            self._say(f"{count} rows {status}; u takes it back", f"{count} 行已裁定；按 u 撤销")
            self._refill()

    def _filter(self) -> None:
        self._wanted = self._asked_filter(self._wanted)
        self._refill()
        self._say(f"{len(self._queue)} rows", f"{len(self._queue)} 行")
        if not self._queue:
            self._wanted = Filter()
            self._refill()
            self._say("none; the filter is gone", "没有符合的行；已取消筛选")

    def _asked_filter(self, now: Filter) -> Filter:
        relation = self._ask(
            f"relation (- for any): {', '.join(load_ontology().relations)}",
            f"关系（- 为任意）：{self._relations()}",
            ",".join(now.relations) or "-",
        )
        methods = sorted({e.method for e in self._session.state.rows.values()})
        method = self._ask(
            f"method (- for any): {', '.join(methods)}",
            f"方法（- 为任意）：{'、'.join(methods)}",
            ",".join(now.methods) or "-",
        )
        entity = self._ask("entity (- for any)", "实体（- 为任意）", ",".join(now.entities) or "-")
        low = click.prompt(
            "置信度下限" if self._lang == "zh" else "confidence from", type=click.FloatRange(0, 1), default=now.low
        )
        high = click.prompt(
            "置信度上限" if self._lang == "zh" else "confidence to", type=click.FloatRange(0, 1), default=now.high
        )

        def several(text: str) -> tuple[str, ...]:
            return tuple(t.strip() for t in text.split(",") if t.strip() not in ("", "-"))

        relations = tuple(map(find_relation, several(relation)))
        entities = tuple(find_entity(self._session, n) for n in several(entity))
        return Filter(now.status, relations, several(method), entities, (), low, high)

    def _reorder(self) -> None:
        self._order = ORDERS[(ORDERS.index(self._order) + 1) % len(ORDERS)]
        self._refill()
        self._say(f"order: {self._order}", f"次序：{self._order}")

    def _end(self, item: Item, default: str = "1") -> str:
        """Which of the two entities is meant."""
        names = [
            self._session.state.entities[i].label_zh if i in self._session.state.entities else i
            for i in (item.key[0], item.key[2])
        ]
        answer = self._ask(f"1 {names[0]}, 2 {names[1]}", f"1 {names[0]}，2 {names[1]}", default)
        if answer not in ("1", "2"):
            raise click.Abort()
        chosen = item.key[0] if answer == "1" else item.key[2]
        if chosen not in self._session.state.entities:
            self._say("that is the plan itself; plan.toml names it", "那是规划本身；其名称在 plan.toml 中")
            raise click.Abort()
        return chosen

    def _relations(self) -> str:
        return "、".join(f"{r.name} {r.label_zh}" for r in load_ontology().relations.values())
