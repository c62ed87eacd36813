"""The site in a browser: what a person can do there, with nothing from anywhere else and nothing hostile run.

Needs Chromium (on PATH as chromium, chromium-browser or google-chrome).
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import plangraph
from tests.serve.conftest import Served
from tests.test_view import hostile_plan

pytestmark = pytest.mark.browser

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
]
VALLEY = "/plangraph/id/park/biomanufacturing-valley"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A headless Chromium."""
    sync_api = pytest.importorskip("playwright.sync_api")
    found = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
    if found is None:
        pytest.skip("no Chromium on PATH (chromium, chromium-browser, google-chrome)")
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def visit(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Opens pages of a server; at the end nothing was asked of anybody else and nothing was complained of."""
    opened: list[tuple[Any, list[str]]] = []

    def go(served: Served, path: str, lang: str = "zh", width: int = 1280, **options: Any) -> Any:
        context = chromium.new_context(viewport={"width": width, "height": 800}, accept_downloads=True, **options)
        context.set_default_timeout(120_000)  # a busy machine may take long
        base = f"http://127.0.0.1:{served.port}"
        context.add_cookies([{"name": "plangraph_lang", "value": lang, "url": base}])
        complaints: list[str] = []
        page = context.new_page()
        page.on("request", lambda r: None if r.url.startswith((base, "blob:", "data:")) else complaints.append(r.url))
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.on("dialog", lambda d: (complaints.append(d.message), d.dismiss()))
        page.on(
            "console",
            # A refused query is one of the things that are tried here.
            lambda m: None if m.type != "error" or "Failed to load resource" in m.text else complaints.append(m.text),
        )
        opened.append((context, complaints))
        page.goto(base + path)
        return page

    yield go
    for context, complaints in opened:
        assert complaints == []
        context.close()


def until(page: Any, holds: str) -> None:
    """Wait until an expression is true; the site's policy forbids Playwright's own way of asking again and again."""
    for _ in range(100):
        if page.evaluate(holds):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never true: {holds}")


def editor(visit: Callable[..., Any], site: Served, path: str = "/editor", **options: Any) -> Any:
    """The editor, ready."""
    page = visit(site, path, **options)
    page.wait_for_selector("html[data-ready]")
    return page


def write(page: Any, text: str) -> None:
    """Type into the empty editor."""
    page.fill("#query", "")
    page.focus("#query")
    page.keyboard.type(text)


# -- pages ----------------------------------------------------------------------------------------------------


def test_find_by_typing_pinyin(visit: Callable[..., Any], site: Served) -> None:
    page = visit(site, "/")
    page.fill(".hero input[type=search]", "swzzg")
    until(page, "document.querySelector('#suggestions option')?.value === '生物制造谷'")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="生物制造谷").first.click()
    page.wait_for_url("**" + VALLEY)
    assert page.inner_text("h1") == "生物制造谷"


def test_ask_a_question_without_sparql(visit: Callable[..., Any], site: Served) -> None:
    page = visit(site, "/")
    form = page.locator(".ask", has_text="哪些园区聚焦某个领域")
    form.locator("input").fill("合成生物学")
    form.get_by_role("button").click()
    page.get_by_role("link", name="生物制造谷").click()
    assert page.inner_text("h1") == "生物制造谷"
    page.get_by_role("link", name="出处").first.click()
    assert page.locator("blockquote q").count() >= 1


def test_the_example_in_a_form_has_an_answer(visit: Callable[..., Any], site: Served) -> None:
    page = visit(site, "/questions/parks-by-domain")
    for _ in range(120):  # the server looks for examples when it starts
        hint = (page.get_attribute(".ask input", "placeholder") or "").removeprefix("例如：")
        if hint:
            break
        page.wait_for_timeout(500)
        page.reload()
    page.fill(".ask input", hint)
    page.keyboard.press("Enter")
    page.wait_for_selector("tbody tr")


def test_a_near_miss_is_told_and_can_be_mended(visit: Callable[..., Any], site: Served) -> None:
    page = visit(site, "/questions/park-domains")
    page.fill(".ask input", "生物制造")
    page.keyboard.press("Enter")
    assert "生物制造谷" in page.inner_text("[role=alert]")
    page.fill(".ask input", "生物制造谷")
    page.keyboard.press("Enter")
    page.wait_for_selector("tbody tr")


def test_the_language_switch_stays(visit: Callable[..., Any], site: Served) -> None:
    page = visit(site, VALLEY)
    page.get_by_role("link", name="English").click()
    assert page.inner_text("h1") == "Biomanufacturing Valley"
    page.get_by_role("link", name="Questions").first.click()
    assert page.inner_text("h1") == "Questions"


def test_the_questions_can_be_filtered(visit: Callable[..., Any], site: Served) -> None:
    page = visit(site, "/questions")
    everything = page.locator("#questions li:visible").count()
    page.fill("[data-filter]", "合作")
    assert 0 < page.locator("#questions li:visible").count() < everything


def test_the_graph_opens(visit: Callable[..., Any], site: Served) -> None:
    page = visit(site, "/graph")
    page.wait_for_selector("html[data-ready]")


def test_every_main_page_is_reached_by_keyboard_and_fits_a_phone(visit: Callable[..., Any], site: Served) -> None:
    page = visit(site, "/", width=390)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    links = page.eval_on_selector_all("nav a", "all => all.map(a => a.getAttribute('href'))")
    for link in ["/", VALLEY, *(x for x in links if x != "/graph")]:
        page.goto(page.url.split("/", 3)[0] + f"//127.0.0.1:{site.port}{link}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, link


# -- the editor -----------------------------------------------------------------------------------------------


def test_run_a_query_and_follow_a_link(visit: Callable[..., Any], site: Served) -> None:
    page = editor(visit, site)
    page.keyboard.press("Control+Enter") if page.evaluate("document.activeElement.id === 'query'") else page.click(
        "#run"
    )
    page.wait_for_selector("#answer tbody tr")
    assert page.locator("#answer tbody tr").count() == 20
    page.locator("#answer a").first.click()
    page.wait_for_selector("h1")
    assert "/plangraph/id/park/" in page.url


def test_completion_of_terms_variables_and_chinese_names(visit: Callable[..., Any], site: Served) -> None:
    page = editor(visit, site)
    write(page, "SELECT ?zone WHERE { ?zone plan:focus")
    page.wait_for_selector("#offers:visible")
    assert "plan:focusesOn" in page.inner_text("#offers [aria-selected=true]")
    page.keyboard.press("Tab")
    page.keyboard.type(" 合成生物")
    until(page, "document.querySelector('#offers')?.innerText.includes('domain:synthetic-biology')")
    while "domain:synthetic-biology" not in page.inner_text("#offers [aria-selected=true]"):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type(" . ?zo")
    until(page, "document.querySelector('#offers [aria-selected=true]')?.innerText.includes('?zone')")
    page.keyboard.press("Tab")
    page.keyboard.type(" a plan:Park }")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#answer tbody tr")
    assert "park:biomanufacturing-valley" in page.inner_text("#answer")
    assert page.input_value("#query").startswith(
        "SELECT ?zone WHERE { ?zone plan:focusesOn domain:synthetic-biology . ?zone a"
    )


def test_examples_are_loaded_and_run(visit: Callable[..., Any], site: Served) -> None:
    page = editor(visit, site)
    assert page.locator("#examples option").count() > 40
    page.select_option("#examples", "innovation-zones")
    page.wait_for_selector("#answer tbody tr")
    page.goto(f"http://127.0.0.1:{site.port}/editor#example=parks-by-domain")
    until(page, "document.querySelector('#query').value.includes('VALUES ?domain')")


def test_an_error_is_shown_at_its_place(visit: Callable[..., Any], site: Served) -> None:
    page = editor(visit, site, lang="en")
    page.fill("#query", "SELECT * {\n  ?s ?p }")
    page.click("#run")
    page.wait_for_selector("#said .wrong")
    assert "line 2, column 9" in page.inner_text("#said")
    assert page.inner_text(".s-wrong") == "}"
    assert page.evaluate("document.querySelector('#query').selectionStart") == 19
    page.fill("#query", "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }")
    page.click("#run")
    until(page, "document.querySelector('#said').innerText.includes('SERVICE is refused')")


def test_answers_of_other_kinds_and_saving_them(visit: Callable[..., Any], site: Served, tmp_path: Path) -> None:
    page = editor(visit, site, lang="en")
    page.fill("#query", "ASK {}")
    page.click("#run")
    until(page, "document.querySelector('#said').innerText.includes('yes')")
    page.fill("#query", "DESCRIBE park:biomanufacturing-valley")
    page.click("#run")
    page.wait_for_selector("#answer pre")
    assert "park:biomanufacturing-valley" in page.inner_text("#answer")
    page.fill("#query", 'SELECT ("生物，谷" AS ?x) {}')
    page.click("#run")
    page.wait_for_selector("#answer tbody tr")
    with page.expect_download() as saved:
        page.get_by_role("button", name="CSV").click()
    saved.value.save_as(tmp_path / "answer.csv")
    assert (tmp_path / "answer.csv").read_text("utf-8").split() == ["x", "生物，谷"]


def test_a_link_restores_the_query(visit: Callable[..., Any], site: Served) -> None:
    page = editor(visit, site)
    page.fill("#query", "SELECT (1 AS ?谷) {}")
    page.click("#link")
    again = editor(visit, site, page.url.partition(f":{site.port}")[2])
    assert again.input_value("#query") == "SELECT (1 AS ?谷) {}"
    led = editor(visit, site, "/sparql?query=ASK%20%7B%7D")
    until(led, "document.querySelector('#said').innerText.includes('是')")


def test_keys_in_the_editor(visit: Callable[..., Any], site: Served) -> None:
    page = editor(visit, site)
    write(page, "SELECT * {")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.keyboard.type("?s")
    page.keyboard.press("Escape")
    assert page.input_value("#query") == "SELECT * {\n  ?s"
    page.keyboard.press("Control+z")
    assert page.input_value("#query") != "SELECT * {\n  ?s"
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") != "query"


# -- hostile words --------------------------------------------------------------------------------------------


def test_nothing_hostile_runs(visit: Callable[..., Any], start: Callable[..., Served], tmp_path: Path) -> None:
    plan = hostile_plan(tmp_path / "plans")
    plangraph.build([plan.path], tmp_path / "build")
    served = start(tmp_path / "build")
    kg = plangraph.open(tmp_path / "build")
    page = visit(served, "/")
    paths = ["/entities", "/search?q=%3Cscript%3Ealert(1)%3C/script%3E", "/graph", "/plangraph/plan/hostile",
             "/editor?run=1&query=" + "SELECT * { ?s rdfs:label ?o }".replace(" ", "%20").replace("?", "%3F"),
             *(re.sub("^.*?/plangraph/", "/plangraph/", e.iri) for e in kg.entities()),
             *(re.sub("^.*?/plangraph/", "/plangraph/", s.iri) for s in kg.statements()),
             f"/questions/entity-statements?entity={kg.entities()[0].id}"]  # fmt: skip
    for path in paths:
        page.goto(f"http://127.0.0.1:{served.port}{path}")
        page.wait_for_timeout(150)
        assert page.locator("img[src='x'], svg[onload], iframe, [onerror]").count() == 0, path
    page.goto(f"http://127.0.0.1:{served.port}/editor#query=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    page.wait_for_selector("html[data-ready]")
    page.fill("#query", "SELECT ?o { ?s rdfs:label ?o }")
    page.click("#run")
    page.wait_for_selector("#answer tbody tr")
    page.fill("#query", 'SELECT (IRI("javascript:alert(1)") AS ?x) ("<img src=x onerror=alert(1)>" AS ?y) {}')
    page.click("#run")
    until(page, "document.querySelector('#answer').innerText.includes('javascript:')")
    assert page.locator("#answer a").count() == 0
    assert served.stop() == 0
