"""The documentation as a site: built without a network, every link leads somewhere, nothing is loaded from outside."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote, urldefrag

import pytest

from tests.conftest import CHECKOUT, CLI, environment
from tests.test_docs import shell_commands

#: Before mkdocs: whoever calls out beyond this machine gets an error.
CLOSED = """
import socket
def refuse(*arguments, **_):
    raise AssertionError(f"the documentation called {arguments}")
socket.socket.connect = socket.getaddrinfo = refuse
from mkdocs.__main__ import cli
cli()
"""


class Page(HTMLParser):
    """What a page links to, what it loads, and its anchors."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.anchors: set[str] = set()
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {k: v or "" for k, v in attrs}
        self.anchors |= {values[k] for k in ("id", "name") if k in values}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        elif tag == "link" and values.get("rel") not in ("canonical", "alternate", "prev", "next"):
            self.loads.append(values["href"])
        elif "src" in values:
            self.loads.append(values["src"])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built with warnings as errors and without a network."""
    for module in ("mkdocs", "material", "mkdocs_static_i18n"):
        pytest.importorskip(module, reason=f"{module} is not installed: pip install 'plangraph[docs]'")
    target = tmp_path_factory.mktemp("docs") / "site"
    done = subprocess.run(
        [sys.executable, "-P", "-c", CLOSED, "build", "--strict", "--quiet", "--site-dir", str(target)],
        cwd=CHECKOUT,
        env=environment(NO_MKDOCS_2_WARNING="1"),
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr.decode("utf-8")
    assert b"WARNING" not in done.stderr
    return target


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path) for path in sorted(site.rglob("*.html")) if path.name != "404.html"}


def test_each_document_is_a_page_in_both_languages(site: Path) -> None:
    names = {p.name.partition(".")[0] for p in (CHECKOUT / "docs").glob("*.md")}
    assert {"index", "tutorial", "recipes", "trust", "glossary", "commands", "compare", "report"} <= names
    for folder in (site, site / "zh"):
        assert names == {p.stem for p in folder.glob("*.html")} - {"404"}


def test_every_link_leads_somewhere(site: Path, pages: dict[Path, Page]) -> None:
    lost = []
    for path, page in pages.items():
        for link in [*page.links, *page.loads]:
            if re.match(r"[a-z]+:", link):
                continue
            target, anchor = urldefrag(unquote(link))
            found = Path(os.path.normpath(path.parent / target)) if target else path
            found = found / "index.html" if found.is_dir() else found
            if not found.is_file() or (anchor and found in pages and anchor not in pages[found].anchors | {"__top"}):
                lost.append((path.relative_to(site), link))
    assert not lost


def test_nothing_is_loaded_from_outside(site: Path, pages: dict[Path, Page]) -> None:
    assert not [(p, x) for p, page in pages.items() for x in page.loads if re.match(r"(https?:)?//", x)]
    for style in site.rglob("*.css"):
        assert not re.findall(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", style.read_text("utf-8")), style


@pytest.mark.browser
def test_the_site_opens_and_searches_from_the_disk(browser: Any, site: Path) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_offline(True)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if not r.url.startswith(("file:", "data:", "blob:")) else None)
    page.goto((site / "zh" / "index.html").as_uri())
    page.keyboard.press("/")
    page.wait_for_function("typeof __index === 'object'")
    page.type("input.md-search__input", "合成")
    page.keyboard.press("End")
    page.wait_for_selector(".md-search-result__item")
    assert asked == []
    context.close()


def test_what_the_tutorial_and_the_recipes_show_can_be_run(tmp_path: Path) -> None:
    shim = "plangraph() { " + " ".join(shlex.quote(part) for part in CLI) + ' "$@"; }\n'
    shown = [c for page in ("tutorial.md", "recipes.md") for c in shell_commands(CHECKOUT / "docs" / page)]
    assert len(shown) > 12
    for command in dict.fromkeys(["plangraph build", *shown]):
        done = subprocess.run(["sh", "-c", shim + command], cwd=tmp_path, env=environment(), capture_output=True)
        assert done.returncode == 0, f"{command}\n{done.stderr.decode('utf-8')}"


@pytest.mark.parametrize("page", ["tutorial", "recipes"])
def test_both_languages_show_the_same_commands(page: str) -> None:
    en, zh = (shell_commands(CHECKOUT / "docs" / f"{page}{end}") for end in (".md", ".zh.md"))
    assert [c.replace(" --lang en", "") for c in en] == [c.replace(" --lang en", "") for c in zh]


@pytest.mark.parametrize("name", ["generate_glossary", "generate_python"])
def test_the_generated_pages_have_not_drifted(name: str) -> None:
    spec = importlib.util.spec_from_file_location(name, CHECKOUT / "docs" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made: Callable[[], dict[Path, str]] = module.pages
    for path, text in made().items():
        assert path.read_text("utf-8") == text, f"{path.name} has drifted: run make docs"


def test_the_glossary_has_every_term() -> None:
    from plangraph.ontology import load_ontology

    for lang, page in (("en", "glossary.md"), ("zh", "glossary.zh.md")):
        text = (CHECKOUT / "docs" / page).read_text("utf-8")
        for name, term in load_ontology().terms.items():
            assert f"`{name}`" in text or f"### {name}\n" in text
            assert term.label(lang) in text


def _navigation(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if found := re.match(r"\s+- (?:.*: )?(\S+\.md)$", line):
            yield found[1]


def test_the_navigation_names_each_document_once() -> None:
    lines = (CHECKOUT / "mkdocs.yml").read_text("utf-8").partition("\nnav:\n")[2].splitlines()
    named = list(_navigation(iter(lines)))
    documents = {p.name for p in (CHECKOUT / "docs").glob("*.md") if not p.name.endswith(".zh.md")}
    assert sorted(named) == sorted(documents), "a new page of docs/ is one line under nav in mkdocs.yml"
