"""One HTML file that opens offline and asks nobody for anything: comparison and report are such pages.

Template, style and script are ours. A content security policy lets nothing but that script and that style run, named
by their hashes; data goes in as JSON that cannot become markup.
"""

from __future__ import annotations

import base64
import hashlib
import html
from pathlib import Path
from typing import Any

from plangraph.view.html import inert_json


def offline_page(folder: Path, title: str, lang: str, data: Any = None, body: str = "") -> str:
    """The page made of ``template.html``, ``page.css`` and ``page.js`` of ``folder``.

    Args:
        folder: Where the three files are; the template holds ``{{lang}} {{policy}} {{title}} {{style}} {{data}}
            {{body}} {{script}}``, each at most once.
        title: Title of the window.
        lang: Language that the page opens in, "zh" or "en".
        data: What the script reads, as JSON; anything, hostile or not.
        body: Markup of the page, already escaped.
    """
    style, script = (_read(folder / name) for name in ("page.css", "page.js"))
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; "
        f"script-src '{_hash(script)}'; style-src '{_hash(style)}'"
    )
    parts = {
        "{{lang}}": "zh-CN" if lang == "zh" else "en",
        "{{policy}}": html.escape(policy, quote=True).replace("&#x27;", "'"),
        "{{title}}": html.escape(title),
        "{{style}}": style,
        "{{data}}": inert_json(data),
        "{{body}}": body,
        "{{script}}": script,
    }
    # Split at the placeholders once, so that nothing that is put in can be taken for a placeholder.
    rest = _read(folder / "template.html")
    pieces = []
    for name in sorted((p for p in parts if p in rest), key=rest.index):
        before, _, rest = rest.partition(name)
        pieces += [before, parts[name]]
    return "".join([*pieces, rest])


def _hash(source: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode("utf-8")).digest()).decode("ascii")


def _read(path: Path) -> str:
    return path.read_text("utf-8")
