"""Joins template, styles, scripts and data into one file that asks nobody for anything."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).resolve().parent

#: Scripts in the order in which they are joined; they share one scope.
SCRIPTS = (
    "words.js",
    "model.js",
    "stage.js",
    "scene.js",
    "labels.js",
    "overview.js",
    "input.js",
    "search.js",
    "panels.js",
    "legend.js",
    "sheets.js",
    "export.js",
    "page.js",
)

_UNSAFE = {c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def page_html(content: dict[str, Any], more: dict[str, Any], title: str, lang: str) -> str:
    """The page for ``content``.

    Args:
        content: What the scripts need to draw; anything JSON can hold, hostile or not.
        more: What they need once the graph is on the screen.
        title: Title of the window.
        lang: Language that the page opens in, "zh" or "en".
    """
    style = _read("page.css")
    script = "(() => {\n'use strict';\n" + "\n".join(_read(name) for name in SCRIPTS) + "\n})();\n"
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data: blob:; "
        f"script-src '{_hash(script)}'; style-src '{_hash(style)}'"
    )
    parts = {
        "{{lang}}": "zh-CN" if lang == "zh" else "en",
        "{{policy}}": html.escape(policy, quote=True).replace("&#x27;", "'"),
        "{{title}}": html.escape(title),
        "{{style}}": style,
        "{{data}}": inert_json(content),
        "{{script}}": script,
        "{{more}}": inert_json(more),
    }
    page = _read("template.html")
    # Split at the placeholders once, so that nothing that is put in can be taken for a placeholder.
    for name in parts:
        if page.count(name) != 1:
            raise ValueError(f"template.html must hold {name} once")
    pieces, rest = [], page
    for name in sorted(parts, key=page.index):
        before, _, rest = rest.partition(name)
        pieces += [before, parts[name]]
    return "".join([*pieces, rest])


def inert_json(value: Any) -> str:
    """``value`` as JSON in which nothing can end or open an element, whatever its strings hold."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return "".join(_UNSAFE.get(c, c) for c in text) if any(c in text for c in _UNSAFE) else text


def _hash(source: str) -> str:
    digest = hashlib.sha256(source.encode("utf-8")).digest()
    return "sha256-" + base64.b64encode(digest).decode("ascii")


def _read(name: str) -> str:
    return (_FOLDER / name).read_text("utf-8")
