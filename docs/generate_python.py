"""Writes docs/python.md, the reference of the Python interface, from the docstrings; a test refuses drift.

Run: python docs/generate_python.py
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import plangraph

FOLDER = Path(__file__).resolve().parent
HEAD = """# Python · Python 接口

Generated from the docstrings by `python docs/generate_python.py`; do not edit. 由 `python docs/generate_python.py` 据文档字符串生成，请勿手改。

Everything public is a name of the package `plangraph`; what is not listed here may change without notice.
公开接口都在 `plangraph` 包中；未列出的部分可能随时变动。
"""
_SECTION = re.compile(r"^(Args|Returns|Raises|Examples|Yields):$", re.MULTILINE)


def described(thing: Any) -> list[str]:
    """A docstring as Markdown: paragraphs as they stand, sections as lists."""
    text = inspect.getdoc(thing) or ""
    text = re.sub(r"(?<!`)``([^`]+)``(?!`)", r"`\1`", text)
    first, *rest = _SECTION.split(text)
    lines = [first.strip(), ""]
    for heading, body in zip(rest[::2], rest[1::2], strict=True):
        if heading == "Examples":
            lines += ["```python", inspect.cleandoc(body), "```", ""]
            continue
        lines += [f"**{heading}**", ""]
        for item in re.split(r"\n(?= {4}\S)", body.strip("\n")):
            name, colon, words = " ".join(item.split()).partition(": ")
            lines.append(f"- `{name}`: {words}" if colon else f"- {' '.join(item.split())}")
        lines.append("")
    return lines


def signature(name: str, thing: Any) -> list[str]:
    """How it is called."""
    shown = str(inspect.signature(thing)).replace("self, ", "").replace("(self)", "()")
    shown = re.sub(r"<function [^>]*<lambda> at 0x[0-9a-f]+>", "…", shown)
    shown = re.sub(r"'([^']*)'", r"\1", shown) if "->" in shown else shown
    return ["```python", f"{name}{shown}", "```", ""]


def page() -> str:
    """The whole reference."""
    lines = [HEAD]
    for name in plangraph.__all__:
        thing = getattr(plangraph, name)
        lines += [f"## {name}", ""]
        if not inspect.isclass(thing):
            lines += signature(f"plangraph.{name}", thing)
        lines += described(thing)
        for method, function in vars(thing).items() if inspect.isclass(thing) else ():
            public = not method.startswith("_") and inspect.isfunction(function) and inspect.getdoc(function)
            if public:
                lines += [f"### {name}.{method}", "", *signature(method, function), *described(function)]
    return "\n".join(lines).rstrip() + "\n"


def pages() -> dict[Path, str]:
    """The file with what must stand in it."""
    return {FOLDER / "python.md": page()}


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(path)
