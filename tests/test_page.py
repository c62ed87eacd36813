"""The page in a browser: it asks for nothing, nothing hostile runs, and what it offers works.

Needs Chromium (on PATH as chromium, chromium-browser or google-chrome); the network is cut off while it runs.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.test_view import content, hostile_plan, open_plan

pytestmark = pytest.mark.browser

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
READING = "willReadFrequently"  # Chromium's advice to the test that reads the canvas
PARK = "中国信创谷"


@dataclass
class Opened:
    """A page in the browser, and everything that should not have happened in it."""

    page: Any
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def state(self) -> str:
        """The part of the address that holds the view."""
        self.page.wait_for_timeout(350)
        return str(self.page.evaluate("decodeURIComponent(location.hash)"))

    def pick(self, name: str) -> None:
        """Find an entity by typing its name, and open it."""
        self.page.fill("#search", name)
        self.page.wait_for_selector("#search-options [role=option]")
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector("#details h2")

    def title(self) -> str:
        """What the details are about."""
        return str(self.page.inner_text("#details h2"))

    def count(self) -> tuple[int, int]:
        """Entities and statements shown."""
        found = re.findall(r"(\d+)[ ]?(?:／|of) ?\d+", self.page.text_content("#subtitle"))
        return int(found[0]), int(found[1])


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
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
def opened(browser: Any) -> Iterator[Callable[..., Opened]]:
    """Opens a page file with the network cut; at the end checks that nothing was asked for or complained of."""
    contexts: list[tuple[Any, Opened]] = []

    def open_page(path: Path, hash: str = "", width: int = 1280, height: int = 800, **options: Any) -> Opened:
        context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True, **options)
        found = Opened(context.new_page())
        contexts.append((context, found))

        def judge(route: Any) -> None:
            if route.request.url.startswith("file:"):
                route.continue_()
            else:
                found.requests.append(route.request.url)
                route.abort()

        context.route("**/*", judge)
        context.set_offline(True)
        page = found.page
        page.on("console", lambda m: None if READING in m.text else found.complaints.append(m.text))
        page.on("pageerror", lambda e: found.complaints.append(str(e)))
        page.on("dialog", lambda d: (found.complaints.append(d.message), d.dismiss()))
        page.add_init_script(
            "window.violations = []; document.addEventListener('securitypolicyviolation', (e) => violations.push(e.violatedDirective))"
        )
        page.goto(path.as_uri() + hash)
        page.wait_for_selector("html[data-ready]")
        return found

    yield open_page
    for context, found in contexts:
        assert found.page.evaluate("violations") == []
        assert found.requests == []
        assert found.complaints == []
        context.close()


@pytest.fixture(scope="session")
def page_file(kg: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled plan's page, opening in Chinese."""
    path = tmp_path_factory.mktemp("page") / "page.html"
    kg.show(path, lang="zh")
    return path


@pytest.fixture(scope="session")
def data(page_file: Path) -> dict[str, Any]:
    """What the page holds."""
    return content(page_file.read_text("utf-8"))


def centred(data: dict[str, Any], *ends: int) -> str:
    """The address part that puts a node, or the middle between two, in the middle of the canvas."""
    points = [data["network"]["nodes"][n] for n in ends]
    x, y = (sum(p[axis] for p in points) / len(points) for axis in "xy")
    return f"#at={x:.0f},{y:.0f},2"


def click_middle(found: Opened) -> None:
    """Click the middle of the canvas."""
    box = found.page.locator("#overlay").bounding_box()
    found.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_opens_without_a_request_and_draws(opened: Callable[..., Opened], page_file: Path) -> None:
    found = opened(page_file)
    colours = found.page.evaluate(
        """() => { const c = document.getElementById('canvas'), d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
        const seen = new Set(); for (let i = 0; i < d.length; i += 4) seen.add(d[i] << 16 | d[i+1] << 8 | d[i+2]); return seen.size; }"""
    )
    assert colours > 100
    assert found.count()[0] > 200
    assert found.page.evaluate("performance.getEntriesByType('resource').length") == 0


@pytest.mark.parametrize(
    "typed", [PARK, "信创谷", "China Xinchuang Valley", "zgxcg", "zhongguoxinchuanggu", " 中国 信创谷 "]
)
def test_search_finds_by_any_name(opened: Callable[..., Opened], page_file: Path, typed: str) -> None:
    found = opened(page_file)
    found.pick(typed)
    assert found.title() == PARK


def test_search_offers_what_is_near_and_never_takes_it_unasked(opened: Callable[..., Opened], page_file: Path) -> None:
    found = opened(page_file)
    found.page.fill("#search", "中国信仓谷")
    assert PARK in found.page.inner_text("#search-options")
    before = found.title()
    found.page.keyboard.press("Enter")
    assert found.title() == before
    found.page.keyboard.press("ArrowDown")
    found.page.keyboard.press("Enter")
    assert found.title() == PARK


def test_details_give_each_statement_with_quote_and_place(
    opened: Callable[..., Opened], page_file: Path, kg: Any
) -> None:
    found = opened(page_file)
    found.pick(PARK)
    text = found.page.inner_text("#details")
    park = kg.entity(PARK)
    own = [s for s in kg.statements() if park.id in (s.subject, s.object)]
    assert found.page.locator("#details .claim").count() == len(own) > 3
    for s in own:
        for e in s.evidence:
            assert e.quote in text and f"第 {e.paragraph} 段" in text and f"{e.start}–{e.end}" in text


def node_of(data: dict[str, Any], name: str) -> int:
    """Number of the node called ``name``."""
    return next(n for n, e in enumerate(data["entities"]) if e["zh"] == name)


def lonely_edge(data: dict[str, Any]) -> int:
    """Number of a straight edge whose middle is far from every node and every other edge's middle."""
    nodes, edges = data["network"]["nodes"], data["network"]["edges"]

    def middle(e: dict[str, Any]) -> tuple[float, float]:
        a, b = nodes[e["from"]], nodes[e["to"]]
        return (a["x"] + b["x"]) / 2, (a["y"] + b["y"]) / 2

    def room(i: int) -> float:
        x, y = middle(edges[i])
        others = [middle(e) for j, e in enumerate(edges) if j != i] + [(n["x"], n["y"]) for n in nodes]
        return min(((x - u) ** 2 + (y - v) ** 2) ** 0.5 for u, v in others)

    return max((i for i, e in enumerate(edges) if "smooth" not in e), key=room)


def test_click_on_a_node_shows_its_quotes(
    opened: Callable[..., Opened], page_file: Path, data: dict[str, Any], kg: Any
) -> None:
    found = opened(page_file, centred(data, node_of(data, PARK)))
    click_middle(found)
    assert found.title() == PARK
    quote = kg.statements(subject=PARK)[0].evidence[0].quote
    assert quote in found.page.inner_text("#details mark >> nth=0") or quote in found.page.inner_text("#details")
    click_middle(found)  # stays, also when clicked again
    assert found.title() == PARK


def test_click_on_an_edge_shows_its_statement(
    opened: Callable[..., Opened], page_file: Path, data: dict[str, Any]
) -> None:
    number = lonely_edge(data)
    edge, statement = data["network"]["edges"][number], data["statements"][number]
    found = opened(page_file, centred(data, edge["from"], edge["to"]))
    click_middle(found)
    text = found.page.inner_text("#details")
    for end in ("from", "to"):
        assert data["entities"][edge[end]]["zh"] in found.title()
    for wanted in (statement["evidence"][0]["quote"], "人工", "已采纳", "置信度", edge["id"]):
        assert wanted in text


def test_legend_filters_by_class_and_relation(
    opened: Callable[..., Opened], page_file: Path, data: dict[str, Any]
) -> None:
    found = opened(page_file)
    nodes, edges = found.count()
    goals = sum(e["type"] == "Goal" for e in data["entities"])
    found.page.uncheck('[data-facet="class:Goal"]')
    assert found.count()[0] == nodes - goals
    assert found.count()[1] == edges - sum(e["group"] == "aimsAt" for e in data["network"]["edges"])
    found.page.check('[data-facet="class:Goal"]')
    assert found.count() == (nodes, edges)
    found.page.uncheck('[data-facet="relation:develops"]')
    assert found.count()[1] == edges - sum(e["group"] == "develops" for e in data["network"]["edges"])
    # Counts in the legend are those of the data.
    row = found.page.locator(".row", has=found.page.locator('[data-facet="class:Goal"]'))
    assert row.locator(".count").text_content() == str(goals)


def test_language_switch_changes_words_and_names(opened: Callable[..., Opened], page_file: Path) -> None:
    found = opened(page_file)
    found.pick(PARK)
    assert found.page.get_attribute("html", "lang") == "zh-CN"
    found.page.click("#lang")
    assert found.page.get_attribute("html", "lang") == "en"
    assert found.title() == "China Xinchuang Valley"
    assert "Focus" in found.page.inner_text("#details") and "Technology" in found.page.inner_text("#legend")
    left = found.page.inner_text(".bar") + found.page.inner_text("#legend")
    assert [c for c in left if "\u4e00" <= c <= "\u9fff"] == ["中"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_follows_the_readers_light_or_dark(opened: Callable[..., Opened], page_file: Path, scheme: str) -> None:
    found = opened(page_file, color_scheme=scheme)
    corner = "() => document.getElementById('canvas').getContext('2d').getImageData(2, 2, 1, 1).data[0]"
    assert (found.page.evaluate(corner) > 200) == (scheme == "light")
    found.page.click("#theme")
    found.page.wait_for_timeout(100)
    assert (found.page.evaluate(corner) > 200) == (scheme == "dark")


def test_fits_a_phone(opened: Callable[..., Opened], page_file: Path) -> None:
    found = opened(page_file, width=360, height=740, has_touch=True, is_mobile=True)
    assert found.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert not found.page.is_visible("#details") and not found.page.is_visible("#legend")
    found.pick(PARK)
    assert found.page.is_visible("#details h2")
    found.page.click("#close-details")
    found.page.click("#open-legend")
    found.page.uncheck('[data-facet="class:Goal"]')
    for control in found.page.locator(".bar button").all():
        box = control.bounding_box()
        assert box is None or (box["x"] >= 0 and box["x"] + box["width"] <= 360)


def test_hostile_content_is_inert(opened: Callable[..., Opened], tmp_path: Path) -> None:
    plan = hostile_plan(tmp_path)
    open_plan(plan, tmp_path / "build").show(tmp_path / "hostile.html", text=plan.text)
    found = opened(tmp_path / "hostile.html", "#node=park/p0&lang=en")
    page = found.page
    assert "<svg onload=alert(2)>" in page.inner_text("#details") and "<img src=x>" in page.inner_text("#details")
    page.fill("#search", "<svg")
    page.wait_for_selector("#search-options [role=option]")
    for view in ("table", "matrix", "graph"):
        page.click(f"#view-{view}")
    page.click("#lang")
    assert page.locator("img, iframe, svg[onload], #details b, #table b").count() == 0
