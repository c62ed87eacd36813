"""Writes docs/glossary.md and docs/glossary.zh.md from ontology/plangraph.ttl; a test refuses drift.

Run: python docs/generate_glossary.py
"""

from __future__ import annotations

from pathlib import Path

from plangraph.ontology import Relation, load_ontology
from plangraph.vocab import PLAN

FOLDER = Path(__file__).resolve().parent
WORDS = {
    "en": {
        "title": "# Glossary of the ontology",
        "made": "Generated from [ontology/plangraph.ttl](../ontology/plangraph.ttl) by `python docs/generate_glossary.py`; "
        "do not edit. [中文](glossary.zh.md)",
        "names": f"In SPARQL each term is `plan:NAME`, that is `<{PLAN}NAME>`.",
        "classes": "Classes",
        "relations": "Relations",
        "others": "Other terms",
        "head": "| name | label | 中文 | meaning |",
        "from": "from",
        "to": "to",
        "inverse": "inverse",
        "symmetric": "symmetric: said of either end, it holds of both",
        "transitive": "transitive: it is carried on, and the carried facts stand in the inferred graph",
        "same": "both ends are of one top class",
        "sep": ", ",
    },
    "zh": {
        "title": "# 本体术语表",
        "made": "由 `python docs/generate_glossary.py` 据 [ontology/plangraph.ttl](../ontology/plangraph.ttl) 生成，请勿手改。"
        "[English](glossary.md)",
        "names": f"在 SPARQL 中写作 `plan:名称`，即 `<{PLAN}名称>`。",
        "classes": "类",
        "relations": "关系",
        "others": "其他术语",
        "head": "| 名称 | 标签 | English | 含义 |",
        "from": "起点",
        "to": "终点",
        "inverse": "逆关系",
        "symmetric": "对称：说一端即说两端",
        "transitive": "传递：逐级推出的事实存于推得图",
        "same": "两端属于同一大类",
        "sep": "、",
    },
}


def relation_words(relation: Relation, lang: str) -> list[str]:
    """One relation: heading, meaning, ends and properties."""
    words, ontology = WORDS[lang], load_ontology()
    other = "en" if lang == "zh" else "zh"

    def named(classes: tuple[str, ...]) -> str:
        return words["sep"].join(f"{ontology.classes[c].label(lang)} (`{c}`)" for c in classes)

    lines = [f"### {relation.name}", "", f"**{relation.label(lang)}** · {relation.label(other)}", ""]
    lines += [relation.definition_zh if lang == "zh" else relation.definition_en, ""]
    lines += [f"- {words['from']}: {named(relation.domain)}", f"- {words['to']}: {named(relation.range)}"]
    if relation.inverse:
        lines.append(f"- {words['inverse']}: `{relation.inverse}` ({ontology.terms[relation.inverse].label(lang)})")
    lines += [
        f"- {words[k]}" for k, on in (("symmetric", relation.symmetric), ("transitive", relation.transitive)) if on
    ]
    return [*lines, *([f"- {words['same']}"] if relation.same_kind else []), ""]


def page(lang: str) -> str:
    """The whole glossary in one language."""
    words, ontology = WORDS[lang], load_ontology()
    other = "en" if lang == "zh" else "zh"

    def row(name: str, depth: int = 0) -> str:
        term = ontology.terms[name]
        meaning = term.definition_zh if lang == "zh" else term.definition_en
        indent = "　" * depth
        return f"| {indent}`{name}` | {term.label(lang)} | {term.label(other)} | {meaning} |"

    lines = [words["title"], "", words["made"], "", words["names"], "", f"## {words['classes']}", "", words["head"]]
    lines.append("|---|---|---|---|")
    roots = [name for name in ontology.classes if name not in ontology.parents]
    shown: list[str] = []
    while roots:
        name = roots.pop(0)
        shown.append(name)
        lines.append(row(name, len(ontology.ancestors(name)) - 1))
        roots = [c for c, up in ontology.parents.items() if up == name] + roots
    lines += ["", f"## {words['relations']}", ""]
    for relation in ontology.relations.values():
        lines += relation_words(relation, lang)
    rest = sorted(set(ontology.terms) - set(shown) - set(ontology.relations))
    lines += [f"## {words['others']}", "", words["head"], "|---|---|---|---|", *map(row, rest)]
    return "\n".join(lines) + "\n"


def pages() -> dict[Path, str]:
    """Each file of the glossary with what must stand in it."""
    return {FOLDER / "glossary.md": page("en"), FOLDER / "glossary.zh.md": page("zh")}


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(path)
