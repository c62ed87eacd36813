"""People's decisions about what was proposed: accept, reject, mend; rename, retype, merge, delete entities; undo.

Each decision is written to the tables at once. ``decided_by``, ``decided_on`` and ``reason`` say who, when and why.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from plangraph.constraints import MAX_GOAL, MAX_LABEL
from plangraph.document import Document
from plangraph.errors import InputError
from plangraph.extract.decisions import FILE, read_decisions
from plangraph.extract.draft import Draft, State
from plangraph.extract.names import Named, to_entities
from plangraph.extract.queue import Filter, Item, Key, Reader, queue
from plangraph.extract.quotes import find_quote
from plangraph.extract.saving import save_tables, writing_to
from plangraph.folder import PlanFolder, read_folder
from plangraph.model import MAX_QUOTE, STATUSES, Entity, Evidence, Statement, fold
from plangraph.ontology import load_ontology
from plangraph.rdf import ADMIN_CODE
from plangraph.tables import has_control_character

#: Class and name of an entity that is not there yet.
NewEntity = tuple[str, str]
_FILES = ("plan.toml", "entities.csv", "statements.csv", FILE)


class Review:
    """One plan folder under review.

    Args:
        path: The plan folder.
        by: Who decides.
        on: ISO date of the decisions.
        document: The plan's text, for context and for new quotes.

    Raises:
        InputError: No plan folder, or the text is not the one that the plan names.
        TablesError: The tables have faults.
    """

    def __init__(self, path: Path, by: str, on: str, document: Document | None = None) -> None:
        self.path, self.by, self.on = path, by, on
        self._folder: PlanFolder = read_folder(path)
        if document is not None and document.sha256 != self._folder.plan.text_sha256:
            raise InputError(
                f"{path}: the text given is not the plan's (its SHA-256 differs); give the one that it was extracted from",
                f"{path}：所给文本不是该规划的原文（SHA-256 不同）；请给出抽取时所用的文本",
            )
        self.reader = Reader(document)
        self.state = State(
            {e.id: e for e in self._folder.entities},
            {
                (s.subject, s.predicate, s.object, e.start, e.end): e
                for s in self._folder.statements
                for e in s.evidence
            },
            {d.key: d for d in read_decisions(path)},
        )
        self._history: list[tuple[str, State]] = []
        self._seen = self._digests()

    # ---- what is there

    def items(self, wanted: Filter | None = None, order: str = "doubt") -> list[Item]:
        """The rows that ``wanted`` takes, in ``order``."""
        return queue(self.state.rows, wanted or Filter(), order)

    def counts(self) -> dict[str, int]:
        """Rows by status."""
        return {status: sum(e.status == status for e in self.state.rows.values()) for status in STATUSES}

    def make_sure_of_writing(self) -> None:
        """See before the first decision that the folder can be written.

        Raises:
            InputError: It cannot.
        """
        with writing_to(self.path), tempfile.TemporaryFile(dir=self.path):
            pass

    @property
    def steps(self) -> int:
        """How many decisions can be taken back."""
        return len(self._history)

    @property
    def plan_id(self) -> str:
        """Id of the plan."""
        return self._folder.plan.id

    # ---- statements

    def decide(self, keys: Iterable[Key], status: str, reason: str = "") -> int:
        """Accept or reject rows, or put them back among the proposed; returns how many changed."""
        wanted = [k for k in keys if self.state.rows[k].status != status]
        by, on, why = ("", "", "") if status == "proposed" else (self.by, self.on, _one_line(reason))

        def change(d: Draft) -> None:
            for k in wanted:
                d.rows[k] = replace(d.rows[k], status=status, decided_by=by, decided_on=on, reason=why)

        if wanted:
            self._apply(status, change)
        return len(wanted)

    def mend(
        self, key: Key, subject: str = "", predicate: str = "", object: str = "", span: tuple[int, int] | None = None,
        reason: str = "",
    ) -> Key:  # fmt: skip
        """Accept a row with other ends, another relation or another quote; the row as proposed is rejected.

        Raises:
            InputError: The ontology does not allow it, or the quote is not within the text.
        """
        old = self.state.rows[key]
        claim = self._claim(subject or key[0], predicate or key[1], object or key[2])
        why = _one_line(reason)
        evidence = self._evidence(span, old) if span and span != key[3:] else old
        done = replace(evidence, status="accepted", decided_by=self.by, decided_on=self.on, reason=why)
        new: Key = (*claim, evidence.start, evidence.end)
        if claim != key[:3]:
            done = replace(done, method="curated", confidence=1.0)

        def change(d: Draft) -> None:
            if new != key:
                words = f"{claim[0]} {claim[1]} {claim[2]}" if claim != key[:3] else f"{new[3]}-{new[4]}"
                told = why or f"→ {words}"
                d.rows[key] = replace(old, status="rejected", decided_by=self.by, decided_on=self.on, reason=told)
            d.rows[new] = done

        self._apply("mend", change)
        return new

    def add(
        self, subject: str | NewEntity, predicate: str, object: str | NewEntity, span: tuple[int, int], reason: str = ""
    ) -> Key:
        """Add a statement that nobody proposed, accepted, with its ends where they are new.

        Raises:
            InputError: The ontology does not allow it, the quote is not within the text, the row or a new end is there.
        """
        new: dict[str, Entity] = {}
        ends = []
        for end in (subject, object):
            if not isinstance(end, str):
                made = self._new(*end, taken=new)
                new[made.id] = made
            ends.append(end if isinstance(end, str) else made.id)
        claim = self._claim(ends[0], predicate, ends[1], new)
        key: Key = (*claim, *span)
        if key in self.state.rows:
            raise InputError("this statement is there already, with this quote", "该陈述连同这段引文已经存在")
        done = replace(self._evidence(span, None), decided_by=self.by, decided_on=self.on, reason=_one_line(reason))

        def change(d: Draft) -> None:
            d.entities |= new
            d.rows[key] = done

        self._apply("add", change)
        return key

    def find_quote(self, quote: str, near: int) -> tuple[int, int]:
        """Start and end of a quote that is given by its words, or as from-to (`plangraph.extract.quotes.find_quote`)."""
        return find_quote(self.reader.document.text if self.reader.document else "", quote, near)

    # ---- entities

    def rename(self, entity_id: str, name: str, keep: bool = False) -> None:
        """Give an entity another Chinese name; with ``keep`` the old one stays as an alias.

        Raises:
            InputError: Another entity of the class has the name: merge them.
        """
        old = self._entity(entity_id)
        name = _label(name, old.type)
        other = self._named(old.type, name)
        if other and other != entity_id:
            raise InputError(
                f"{name} is {other}; merge {entity_id} into it instead", f"“{name}”已是 {other}；请改为合并"
            )
        aliases = [a for a in (*old.aliases, *((old.label_zh,) if keep else ())) if fold(a) != fold(name)]

        def change(d: Draft) -> None:
            d.entities[entity_id] = replace(old, label_zh=name, aliases=tuple(dict.fromkeys(aliases)))
            d.remember(old, [old.label_zh], entity_id)

        if name != old.label_zh:
            self._apply("rename", change)

    def namesakes(self, entity_id: str) -> list[Entity]:
        """Other entities, of other classes, that have the entity's name: the same thing, perhaps."""
        name = fold(self._entity(entity_id).label_zh)
        return [e for i, e in self.state.entities.items() if i != entity_id and name in {fold(n) for n in e.names}]

    def alias(self, entity_id: str, name: str) -> None:
        """Add another name, or take it away if the entity has it."""
        old, name = self._entity(entity_id), _name(name)
        other = self._named(old.type, name)
        if other and other != entity_id:
            raise InputError(f"{name} is {other}; merge them instead", f"“{name}”已是 {other}；请改为合并")
        left = tuple(a for a in old.aliases if fold(a) != fold(name))
        aliases = left if len(left) < len(old.aliases) else (*old.aliases, name)
        self._apply("alias", lambda d: d.entities.__setitem__(entity_id, replace(old, aliases=aliases)))

    def retype(self, entity_id: str, kind: str) -> str:
        """Give an entity another class; returns its id, which another top class changes.

        Raises:
            InputError: No such class, or accepted statements would no longer be allowed.
        """
        ontology = load_ontology()
        old = self._entity(entity_id)
        top = ontology.top_class(kind)
        if top is None:
            known = ", ".join(sorted(ontology.classes))
            raise InputError(f"{kind!r} is no class; the classes are {known}", f"没有“{kind}”这个类；可用的类：{known}")
        _label(old.label_zh, kind)
        other = self._named(kind, old.label_zh)
        if other and other != entity_id:
            raise InputError(
                f"{other} has this name and class already; merge {entity_id} into it",
                f"{other} 已是这个名称和类；请改为合并",
            )
        new = entity_id if top == ontology.top_class(old.type) else self._mint(top, old.label_zh)
        # Only a division has an administrative code.
        note = old.note if ontology.is_a(kind, "District") else ADMIN_CODE.sub("", old.note).strip(" ;；,，")

        def change(d: Draft) -> None:
            del d.entities[entity_id]
            d.entities[new] = replace(old, id=new, type=kind, note=note)
            d.repoint(entity_id, new)
            d.remember(old, old.names, new)

        self._apply("retype", change)
        return new

    def merge(self, gone: str, into: str, across: bool = False) -> int:
        """Make two entities one; returns how many proposed rows made no sense any more and went.

        Args:
            gone: Id of the entity whose names and rows go over.
            into: Id of the one that stays.
            across: Also where their top classes differ.

        Raises:
            InputError: They are of two classes, or accepted statements would no longer be allowed.
        """
        a, b = self._entity(gone), self._entity(into)
        top = load_ontology().top_class
        if gone == into:
            raise InputError("an entity cannot be merged into itself", "实体不能与自身合并")
        if top(a.type) != top(b.type) and not across:
            raise InputError(
                f"{a.label_zh} is a {a.type} and {b.label_zh} a {b.type}; retype one of them first",
                f"“{a.label_zh}”是 {a.type}，“{b.label_zh}”是 {b.type}；请先改其中一个的类",
            )
        have = {fold(n) for n in b.names}
        more = [n for n in (a.label_zh, *a.aliases) if fold(n) not in have]

        def change(d: Draft) -> None:
            del d.entities[gone]
            d.entities[into] = replace(b, aliases=(*b.aliases, *dict.fromkeys(more)))
            d.repoint(gone, into)
            d.remember(a, a.names, into)

        return self._apply("merge", change)

    def goes_with(self, entity_id: str) -> list[Item]:
        """The rows that go when the entity is deleted.

        Raises:
            InputError: Some are decided: deleting would lose who decided, and why.
        """
        rows = self.items(Filter(status="", entities=(self._entity(entity_id).id,)))
        counts = {s: sum(i.evidence.status == s for i in rows) for s in STATUSES}
        if counts["accepted"] or counts["rejected"]:
            raise InputError(
                f"{entity_id} cannot be deleted: of its {len(rows)} rows {counts['accepted']} are accepted and "
                f"{counts['rejected']} rejected, and these decisions would be lost; "
                f"take them back first with --reopen --entity {entity_id}",
                f"不能删除 {entity_id}：它的 {len(rows)} 行中 {counts['accepted']} 行已接受、{counts['rejected']} 行已拒绝，"
                f"删除会丢失这些裁定；请先用 --reopen --entity {entity_id} 撤回",
            )
        return rows

    def delete(self, entity_id: str) -> int:
        """Take an entity away with its rows; returns how many rows went.

        Raises:
            InputError: Decided rows name it.
        """
        old = self._entity(entity_id)
        self.goes_with(entity_id)

        def change(d: Draft) -> None:
            del d.entities[entity_id]
            d.repoint(entity_id, "")
            d.remember(old, old.names, "")

        return self._apply("delete", change)

    # ---- undo

    def undo(self) -> str:
        """Take the last decision back; returns its name, "" if there is none."""
        if not self._history:
            return ""
        label, state = self._history[-1]
        self._save(state)
        self._history.pop()
        return label

    # ---- inside

    def _apply(self, label: str, change: Callable[[Draft], None]) -> int:
        counted = {i for c in self._folder.plan.stated_counts for i in (c.subject, *c.named)}
        draft = Draft(
            dict(self.state.entities), dict(self.state.rows), dict(self.state.decisions), self.by, self.on, counted
        )
        change(draft)
        before = self.state
        self._save(State(draft.entities, draft.rows, draft.decisions))
        self._history.append((label, before))
        return draft.dropped

    def _save(self, state: State) -> None:
        claims: dict[tuple[str, str, str], list[Evidence]] = {}
        for (s, r, o, *_), e in sorted(state.rows.items(), key=lambda kv: (kv[1].start, kv[0])):
            claims.setdefault((s, r, o), []).append(e)
        statements = [Statement(*c, tuple(evidence), self.plan_id) for c, evidence in claims.items()]
        with writing_to(self.path):
            if self._digests() != self._seen:
                raise InputError(
                    f"{self.path}: another program has changed the tables since they were read; nothing was written, start again",
                    f"{self.path}：读取之后表已被其他程序改动；未写入，请重新开始",
                )
            save_tables(
                self.path,
                list(state.entities.values()),
                statements,
                list(state.decisions.values()),
                list(self.state.entities.values()),
            )
            self._seen = self._digests()
        self.state = state

    def _digests(self) -> list[str]:
        return [
            hashlib.sha256((self.path / f).read_bytes()).hexdigest() if (self.path / f).is_file() else ""
            for f in _FILES
        ]

    def _entity(self, entity_id: str) -> Entity:
        if entity_id not in self.state.entities:
            raise InputError(f"there is no entity {entity_id}", f"没有实体 {entity_id}")
        return self.state.entities[entity_id]

    def _named(self, kind: str, name: str, new: Iterable[Entity] = ()) -> str:
        """Id of the entity of the class of ``kind`` that has ``name``, or ""."""
        top, folded = load_ontology().top_class, fold(name)
        same = (
            e.id
            for e in (*self.state.entities.values(), *new)
            if top(e.type) == top(kind) and folded in {fold(n) for n in e.names}
        )
        return next(same, "")

    def _new(self, kind: str, name: str, taken: Mapping[str, Entity]) -> Entity:
        top = load_ontology().top_class(kind)
        if top is None:
            raise InputError(f"{kind!r} is no class of the ontology", f"本体中没有“{kind}”这个类")
        name = _label(name, kind)
        if there := self._named(kind, name, taken.values()):
            raise InputError(f"{name} is there: {there}", f"“{name}”已存在：{there}")
        return Entity(self._mint(top, name, taken), kind, name)

    def _mint(self, top: str, name: str, taken: Collection[str] = ()) -> str:
        minted = next(iter(to_entities([Named(top, name)])))
        new, n = minted, 2
        while new in self.state.entities or new in taken:
            new, n = f"{minted}-{n}", n + 1
        return new

    def _claim(
        self, subject: str, predicate: str, object: str, new: Mapping[str, Entity] | None = None
    ) -> tuple[str, str, str]:
        ontology = load_ontology()
        ends = [(new or {}).get(i) or self._entity(i) for i in (subject, object)]
        kinds = [ontology.top_class(e.type) and e.type for e in ends]
        if subject == object or not ontology.allows(kinds[0] or "", predicate, kinds[1] or ""):
            raise InputError(
                f"the ontology does not allow {subject} {predicate} {object}",
                f"本体不允许 {subject} {predicate} {object}",
            )
        if ontology.relations[predicate].symmetric and subject > object:
            subject, object = object, subject
        return subject, predicate, object

    def _evidence(self, span: tuple[int, int] | None, old: Evidence | None) -> Evidence:
        document = self.reader.document
        if span is None or document is None:
            raise InputError("a new quote needs the text; give it with --text", "新的引文需要原文；请用 --text 给出")
        start, end = span
        if not 0 <= start < end <= len(document.text) or end - start > MAX_QUOTE:
            raise InputError(
                f"{start}-{end} is no quote of at most {MAX_QUOTE} characters of this text",
                f"{start}-{end} 不是本文本中至多 {MAX_QUOTE} 字的引文",
            )
        number = document.paragraph_at(start)
        more = {"method": old.method, "confidence": old.confidence} if old else {}
        path = document.section_path(number) if number else ()
        return Evidence.from_text(document.text, start, end, section=path, paragraph=max(number, 1), **more)


def _name(name: str) -> str:
    name = name.strip()
    if not name or has_control_character(name) or "|" in name or not fold(name):
        raise InputError("a name is one line of text without |", "名称应为一行文字，不含 |")
    return name


def _label(name: str, kind: str) -> str:
    name, longest = _name(name), MAX_GOAL if load_ontology().is_a(kind, "Goal") else MAX_LABEL
    if len(name) > longest:
        raise InputError(
            f"the name has {len(name)} characters, and a {kind} may have at most {longest}; shorten it",
            f"名称有 {len(name)} 字，{kind} 的名称至多 {longest} 字；请缩短",
        )
    return name


def _one_line(text: str) -> str:
    return " ".join(text.split())
