"""Saved questions: SPARQL files whose header says, in both languages, what they answer and what they need.

The header is made of comment lines::

    # zh: 哪些园区聚焦某个领域？
    # en: Which parks focus on a domain?
    # param domain (Domain): 领域 | the domain

A parameter becomes the variable of its name. Its type is a class of the ontology (the value is then a name or
id of such an entity), ``relation``, ``class`` or ``plan`` (a name in either language; the variable gets the local name
or the plan's id), ``integer`` or ``text``; ``= value`` at the end of the line gives a default.

A question without parameters that lists what is missing is a gap if its header says what to do about it::

    # gap zh: 核对原文……
    # gap en: Look in the text …
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plangraph.errors import InputError, NotFoundError
from plangraph.model import fold
from plangraph.names import NameIndex
from plangraph.ontology import load_ontology
from plangraph.resources import resource_dir

#: Parameter kinds whose values are words of the vocabulary or plans, with what they are called.
_VOCABULARY = {"relation": ("relation", "关系"), "class": ("class", "类"), "plan": ("plan", "规划")}
_PARAM = re.compile(r"# param (\w+) \((\w+)\): (.+?) \| (.+?)(?: = (.*))?$")


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a question needs; the kinds are those of the header."""

    name: str
    kind: str
    zh: str
    en: str
    default: str | None


@dataclass(frozen=True, slots=True)
class Question:
    """One saved question.

    Args:
        name: File name without its ending.
        zh: What it answers, in Chinese.
        en: The same in English.
        parameters: In the order of the header.
        sparql: The whole file.
        gap_zh: For a list of gaps, what to do about it, in Chinese; else nothing.
        gap_en: The same in English.
    """

    name: str
    zh: str
    en: str
    parameters: tuple[Parameter, ...]
    sparql: str
    gap_zh: str = ""
    gap_en: str = ""

    def title(self, lang: str) -> str:
        """What it answers, in ``lang``."""
        return self.zh if lang == "zh" else self.en

    def bind(
        self, index: NameIndex, values: Mapping[str, Any], plans: Mapping[str, Mapping[str, str]] | None = None
    ) -> dict[str, Any]:
        """Values for the query's variables.

        Args:
            index: The build's entities by name.
            values: What was given for the parameters.
            plans: IRI of each plan with its titles.

        Raises:
            InputError: A parameter is missing, unknown or of the wrong kind.
            NotFoundError: A name stands for nothing in this build.
        """
        known = [p.name for p in self.parameters]
        for name in values:
            if name not in known:
                raise InputError(
                    f"{self.name} has no parameter {name}; it takes {', '.join(known) or 'none'}",
                    f"{self.name} 没有参数 {name}；可用的参数：{'、'.join(known) or '无'}",
                )
        bound: dict[str, Any] = {}
        for p in self.parameters:
            value = values.get(p.name, p.default)
            if value is None:
                raise InputError(
                    f"{self.name} needs {p.name} ({p.en}): --{p.name.replace('_', '-')} NAME",
                    f"{self.name} 需要参数 {p.name}（{p.zh}）：--{p.name.replace('_', '-')} 名称",
                )
            bound[p.name] = (
                value if p.kind in _VOCABULARY and value == p.default else self._value(p, value, index, plans or {})
            )
        return bound

    def _value(self, p: Parameter, value: Any, index: NameIndex, plans: Mapping[str, Mapping[str, str]]) -> Any:
        if p.kind == "text":
            return str(value)
        if p.kind in _VOCABULARY:
            return _term(p.kind, str(value), plans)
        if p.kind == "integer":
            try:
                return int(value)
            except ValueError:
                raise InputError(
                    f"{p.name}: expected a whole number, not {value!r}", f"{p.name}：应为整数，而不是“{value}”"
                ) from None
        return index.find(str(value), p.kind)


def _term(kind: str, value: str, plans: Mapping[str, Mapping[str, str]]) -> str:
    """Local name of the relation or class, or id of the plan, that ``value`` names in either language."""
    ontology = load_ontology()
    names: dict[str, str] = {}
    if kind == "plan":
        for iri, titles in plans.items():
            plan_id = iri.rpartition("/")[2]
            names |= dict.fromkeys((plan_id, *titles.values()), plan_id)
    else:
        for term in (ontology.relations if kind == "relation" else ontology.classes).values():
            names |= dict.fromkeys((term.name, term.label_zh, term.label_en), term.name)
    folded = {fold(name): local for name, local in names.items()}
    if fold(value) not in folded:
        from rapidfuzz import process

        words = _VOCABULARY[kind]
        near = [n for n, _, _ in process.extract(value, sorted(names), limit=3, score_cutoff=50)]
        raise NotFoundError(f"no {words[0]} {value!r}", f"没有名为“{value}”的{words[1]}", near)
    return folded[fold(value)]


@functools.cache
def column_headings() -> dict[str, str]:
    """Chinese headings of the questions' columns, by column name."""
    return tomllib.loads((resource_dir("queries") / "columns.toml").read_text(encoding="utf-8"))


def question_names() -> list[str]:
    """Names of the saved questions, sorted."""
    return sorted(p.stem for p in resource_dir("queries").glob("*.rq"))


def all_questions() -> list[Question]:
    """All saved questions, sorted by name."""
    return [load_question(name) for name in question_names()]


@functools.cache
def load_question(name: str) -> Question:
    """The saved question ``name``.

    Raises:
        NotFoundError: There is none of that name; near ones are suggested.
    """
    if name not in question_names():
        from rapidfuzz import process

        near = [n for n, _, _ in process.extract(name, question_names(), limit=3, score_cutoff=55)]
        raise NotFoundError(
            f"no saved question {name!r}; plangraph questions lists them",
            f"没有名为“{name}”的问题；plangraph questions 可列出全部",
            near,
        )
    return _parse(resource_dir("queries") / f"{name}.rq")


def _parse(path: Path) -> Question:
    text = path.read_text(encoding="utf-8")
    titles = {m[1]: m[2].strip() for m in re.finditer(r"^# (zh|en): (.+)$", text, re.MULTILINE)}
    parameters = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("# param"):
            found = _PARAM.match(line)
            if not found or not (found[2] in load_ontology().classes or found[2] in ("integer", "text", *_VOCABULARY)):
                raise InputError(
                    f"{path}:{number}:1: expected '# param NAME (CLASS, relation, class, plan, integer or text): 说明 | words'",
                    f"{path}:{number}:1: 应为“# param 名称 (类名、relation、class、plan、integer 或 text): 说明 | words”",
                )
            parameters.append(Parameter(*found.groups()))
    gap = {m[1]: m[2].strip() for m in re.finditer(r"^# gap (zh|en): (.+)$", text, re.MULTILINE)}
    words = (gap.get("zh", ""), gap.get("en", ""))
    return Question(path.stem, titles["zh"], titles["en"], tuple(parameters), text, *words)
