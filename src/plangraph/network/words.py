"""Paths in words: a table with every quote, and an answer to "why are these two connected?"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from plangraph.listing import Column, Listing
from plangraph.network.versions import versions
from plangraph.ontology import load_ontology

if TYPE_CHECKING:
    from plangraph.model import Entity, Statement
    from plangraph.network.paths import Hop, Path, Paths


def path_listing(paths: Paths, lang: str) -> Listing:
    """A row for each statement of each hop."""
    zh = lang == "zh"
    heads = (
        ("path", "路径", "path", "路径的序号，短的在前。", "Number of the path, the shortest first."),
        ("hop", "步", "hop", "路径中的第几步。", "Which step of the path."),
        ("subject", "主体", "subject", "陈述的主体。", "Subject of the statement."),
        ("relation", "关系", "relation", "主体对客体的关系。", "What the plan says of the two."),
        ("object", "客体", "object", "陈述的客体。", "Object of the statement."),
        (
            "quote",
            "引文",
            "quote",
            "承载该陈述的原文（第一处）。",
            "The words of the plan that carry it (the first place).",
        ),
        ("plan", "规划", "plan", "规划的 id。", "Id of the plan."),
        ("section", "章节", "section", "引文所在章节。", "Where the quote stands."),
        ("paragraph", "段落", "paragraph", "引文在第几段（非空行）。", "Its line among those that are not blank."),
        ("start", "起", "start", "引文第一个字符的序号，从 0 起。", "Its first character, counted from 0."),
        ("end", "止", "end", "引文之后的字符的序号。", "The character after it."),
    )
    columns = tuple(Column(n, z if zh else e, zm if zh else em) for n, z, e, zm, em in heads)
    rows = tuple(
        (number, step, *_cells(hop, s, lang, paths.shared))
        for number, path in enumerate(paths, 1)
        for step, hop in enumerate(path.hops, 1)
        for s in hop.statements
    )
    said = [paths.projection.words(lang)]
    if not paths.complete:
        said.append(
            "搜索到上限即止，路径并不完整。" if zh else "The search stopped at its limit: there are more paths."
        )
    said.append(versions(lang))
    return Listing("paths", "路径" if zh else "Paths", columns, rows, tuple(said))


def names_at(hop: Hop, lang: str, shared: Mapping[str, Entity]) -> dict[str, str]:
    """Names of what the statements of a hop speak of, by id."""
    return {e.id: e.label(lang) for e in (*shared.values(), hop.source, hop.target)}


def _cells(hop: Hop, s: Statement, lang: str, shared: Mapping[str, Entity]) -> tuple[str | int, ...]:
    names = names_at(hop, lang, shared)
    relation, e = load_ontology().relations[s.predicate].label(lang), s.surest
    section = " > ".join(e.section)
    return (
        names[s.subject],
        relation,
        names[s.object],
        e.quote,
        s.plan,
        section,
        e.paragraph,
        e.start,
        e.end,
    )


def explain(paths: Sequence[Path], lang: str = "zh") -> str:
    """Why the ends of ``paths`` are connected: a sentence for each path, with the words of the plans."""
    shared = getattr(paths, "shared", {})
    return "\n".join(_told(path, lang, shared) for path in paths) + ("\n" if paths else "")


def _told(path: Path, lang: str, shared: Mapping[str, Entity]) -> str:
    first, last = path.entities[0].label(lang), path.entities[-1].label(lang)
    middle = [e.label(lang) for e in path.entities[1:-1]]
    hops = [_hop(hop, lang, shared) for hop in path.hops]
    if lang == "zh":
        way = f"经{'、'.join(middle)}相连（{len(path)} 步）" if middle else "直接相连"
        return f"{first}与{last}{way}：{'；'.join(hops)}。"
    way = f"connected through {', '.join(middle)} ({len(path)} hops)" if middle else "connected directly"
    return f"{first} and {last} are {way}: {'; '.join(hops)}."


def _hop(hop: Hop, lang: str, shared: Mapping[str, Entity]) -> str:
    said = []
    for s in hop.statements:
        subject, relation, object, quote, plan, _, paragraph, start, end = _cells(hop, s, lang, shared)
        if lang == "zh":
            said.append(f"{subject}{relation}{object}（“{quote}”，{plan} 第 {paragraph} 段，{start}–{end}）")
        else:
            said.append(f"{subject} {relation} {object} (“{quote}”, {plan} paragraph {paragraph}, {start}–{end})")
    return "，".join(said) if lang == "zh" else ", ".join(said)
