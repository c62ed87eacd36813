"""Hooks of the documentation site: links that leave docs/ lead to copies of those files in the site."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parents[1]
#: A link to the same page in the other language; the site has a switch for that.
_TWIN = re.compile(r" ?\[(?:中文|English)\]\([a-z]+(?:\.zh)?\.md\)")
_OUTSIDE = re.compile(r"\]\(\.\./([^)#\s]+)")


def on_files(files: Any, config: Any) -> Any:
    """Add the files outside docs/ that a page links to, below ``files/``."""
    wanted = set()
    for page in files.documentation_pages():
        wanted |= set(_OUTSIDE.findall(Path(page.abs_src_path).read_text("utf-8")))
    for name in sorted(wanted):
        if (ROOT / name).is_file():
            file = File(f"files/{name}", str(ROOT), config.site_dir, use_directory_urls=False)
            file.abs_src_path = str(ROOT / name)
            files.append(file)
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Point those links at the copies, and leave out what the site does itself."""

    def copy(found: re.Match[str]) -> str:
        if not (ROOT / found[1]).is_file():
            return f"](https://w3id.org/plangraph/{found[1]}"
        return "](" + posixpath.join(posixpath.relpath("files", posixpath.dirname(page.file.src_uri) or "."), found[1])

    markdown = _TWIN.sub("", markdown)
    name, twin, _ = Path(page.file.src_uri).name.partition(".zh.md")
    if twin:  # to a place in the same page in English, which the site would take for the page itself
        own = re.compile(rf"\[([^\]]+)\]\({re.escape(name)}\.md(#[^)\s]+)\)")
        markdown = own.sub(rf'<a href="../{name}.html\2">\1</a>', markdown)
    return _OUTSIDE.sub(copy, markdown)
