"""What keeps a full graph readable: lines that stand for several statements, districts to filter by, communities from
afar; and what that means for tables, matrices and pictures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browsing import Opened
from tests.conftest import invent_plan
from tests.test_page import centred, click_middle, download, node_of
from tests.test_view import content, open_plan

pytestmark = pytest.mark.browser


@pytest.fixture(scope="session")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page in which three statements join the same two parks, and one a third to a district."""
    root = tmp_path_factory.mktemp("bundled")
    entities = [("park/a", "Park", "甲园区"), ("park/b", "Park", "乙园区"), ("park/c", "Park", "丙园区")]
    entities += [("district/d", "District", "丁区"), ("district/e", "District", "戊市")]
    claims = [("park/a", r, "park/b") for r in ("collaboratesWith", "reliesOn", "benchmarkedAgainst")]
    claims += [("park/b", "reliesOn", "park/c"), ("park/a", "locatedIn", "district/d")]
    claims += [("district/d", "partOf", "district/e"), ("park/c", "serves", "district/e")]
    open_plan(invent_plan(root, "bundled", entities, claims), root / "build").show(root / "page.html")
    return root / "page.html"


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of 960 entities in 24 groups."""
    root = tmp_path_factory.mktemp("large")
    entities = [(f"park/p{n}", "Park", f"第{n}号园区") for n in range(960)]
    claims = []
    for n in range(960):
        group = n // 40 * 40
        near = {group + (n * 7 + 3) % 40, group + (n + 1) % 40, group} - {n}
        far = {(n + 40) % 960} if n % 10 == 0 else set()
        claims += [(f"park/p{n}", "reliesOn", f"park/p{m}") for m in sorted(near | far)]
    open_plan(invent_plan(root, "large", entities, claims), root / "build").show(root / "page.html")
    return root / "page.html"


PICTURE = "() => document.getElementById('canvas').toDataURL()"


def test_statements_of_one_pair_are_one_line_that_unfolds(opened: Callable[..., Opened], bundled: Path) -> None:
    data = content(bundled.read_text("utf-8"))
    found = opened(bundled, centred(data, node_of(data, "甲园区"), node_of(data, "乙园区")))
    folded = found.page.evaluate(PICTURE)
    click_middle(found)
    assert found.page.locator("#details .claim").count() == 3
    assert "between=park/a~park/b" in found.state()
    found.page.click("#act-unfold")
    assert "unfolded=park/a~park/b" in found.state()
    found.page.keyboard.press("Escape")
    found.page.wait_for_timeout(100)
    assert found.page.evaluate(PICTURE) != folded
    click_middle(found)  # now the middle one of three lines
    assert found.page.locator("#details .evidence").count() >= 1 and "edge=" in found.state()
    found.page.keyboard.press("Escape")
    found.page.click("#undo")
    assert "unfolded" not in found.state()
    found.page.check("#unfold-all")
    assert "unfolded=*" in found.state()
    found.page.uncheck("#unfold-all")
    found.page.keyboard.press("Escape")  # undo had opened the pair again
    found.page.mouse.move(5, 5)
    found.page.wait_for_timeout(150)
    assert found.page.evaluate(PICTURE) == folded


def test_double_click_unfolds_and_focuses(opened: Callable[..., Opened], bundled: Path) -> None:
    data = content(bundled.read_text("utf-8"))
    found = opened(bundled, centred(data, node_of(data, "甲园区"), node_of(data, "乙园区")))
    box = found.page.locator("#overlay").bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    found.page.mouse.dblclick(*middle)
    assert "unfolded=park/a~park/b" in found.state()
    found = opened(bundled, centred(data, node_of(data, "丙园区")))
    found.page.mouse.dblclick(*middle)
    assert "focus=park/c" in found.state()
    assert found.count()[0] == 3  # it, what it relies on, whom it serves
    found.page.locator("#act-focus").click()
    assert "focus" not in found.state()


def test_filters_by_district(opened: Callable[..., Opened], bundled: Path) -> None:
    found = opened(bundled)
    rows = {
        row.locator(".text").inner_text(): row.locator(".count").text_content()
        for row in found.page.locator("#legend .row").all()
        if "district:" in (row.locator("input").get_attribute("data-facet") or "")
    }
    # Two districts named, the nearest counts; three statements of the pair and one with 丙 beside them.
    assert rows == {"丁区": "5", "戊市": "2", "未写明区划": "1"}
    found.page.uncheck('[data-facet="district:district/d"]')
    found.page.uncheck('[data-facet="district:-"]')
    assert found.count() == (3, 2)
    assert "off=district:-,district:district/d" in found.state()
    relations = found.page.locator(".row", has=found.page.locator('[data-facet="relation:reliesOn"]'))
    assert relations.locator(".count").text_content() == "0／2"
    again = opened(bundled, found.state())
    assert again.count() == (3, 2)
    again.page.locator("#legend h2", has_text="区划").locator("button").click()
    assert again.count() == (5, 7)


def test_legend_folds_long_lists(opened: Callable[..., Opened], page_file: Path, data: dict[str, Any]) -> None:
    found = opened(page_file)
    listed = found.page.locator('[data-facet^="district:"]')
    named = {d for s in data["statements"] for d in s.get("districts", ["-"])}
    assert listed.count() < len(named)
    found.page.click("#more-district")
    assert listed.count() == len(named)
    assert found.page.evaluate("document.activeElement.id") == "more-district"
    counts = Counter(d for s in data["statements"] for d in s.get("districts", ["-"]))
    shown = {
        row.locator("input").get_attribute("data-facet").removeprefix("district:"): int(row.locator(".count").inner_text())
        for row in found.page.locator("#legend .row", has=listed).all()
    }  # fmt: skip
    assert shown == counts


def test_path_between_entities_picked_in_the_graph(opened: Callable[..., Opened], bundled: Path) -> None:
    data = content(bundled.read_text("utf-8"))
    found = opened(bundled, centred(data, node_of(data, "丙园区")) + "&path=1")
    click_middle(found)
    assert found.page.input_value("#path-from") == "丙园区"
    found.page.fill("#path-to", "甲园区")
    found.page.keyboard.press("Enter")
    assert found.page.text_content("#path-length") == "2 步"
    assert found.page.locator("#details .hop").count() == 2


def test_suggestions_before_anything_is_typed(opened: Callable[..., Opened], page_file: Path) -> None:
    found = opened(page_file)
    found.page.click("#search")
    offered = found.page.locator("#search-options .name").all_text_contents()
    assert len(offered) == 7 and "天津市" in offered[0]
    found.page.keyboard.press("Enter")  # nothing was typed, nothing is taken
    assert found.page.locator("#act-focus").count() == 0
    found.page.keyboard.press("ArrowDown")
    found.page.keyboard.press("Enter")
    assert found.title() == offered[0]


def test_communities_from_afar_open_when_neared(opened: Callable[..., Opened], large: Path) -> None:
    found = opened(large)
    afar = found.page.evaluate(PICTURE)
    svg = download(found, "svg").decode("utf-8")
    assert svg.count("共 ") > 8  # regions with names and sizes
    click_middle(found)
    where = found.state()
    assert "at=" in where and "node=" not in where
    assert float(where.partition("at=")[2].split(",")[2]) > 0.16
    near = download(found, "svg").decode("utf-8")
    assert "共 " not in near and near.count("号园区") > 15
    assert found.page.evaluate(PICTURE) != afar
    found.page.click("#fit")
    found.page.mouse.move(5, 5)
    found.page.wait_for_timeout(150)
    assert found.page.evaluate(PICTURE) == afar


def test_search_leads_from_afar_to_the_entity(opened: Callable[..., Opened], large: Path) -> None:
    found = opened(large)
    found.pick("第777号园区")
    assert found.title() == "第777号园区"
    assert "第777号园区" in download(found, "svg").decode("utf-8")


def test_matrix_of_many_opens_with_the_fullest(opened: Callable[..., Opened], large: Path) -> None:
    found = opened(large, "#view=matrix&row=Park&col=Park")
    assert found.page.locator("#matrix thead th").count() == 40
    found.page.click("#matrix-more")
    assert found.page.locator("#matrix thead th").count() == 80


def test_exported_drawing_has_chinese_glyphs(browser: Any, opened: Callable[..., Opened], page_file: Path) -> None:
    found = opened(page_file)
    png, svg = download(found, "png"), download(found, "svg").decode("utf-8")
    context = browser.new_context(viewport={"width": 800, "height": 760})
    page = context.new_page()

    def seen(drawing: str) -> bytes:
        page.set_content(f"<body style='margin:0'>{drawing.partition('?>')[2]}")
        return bytes(page.screenshot())

    plain = seen("?><p style='font:30px sans-serif'>国")
    if plain == seen("?><p style='font:30px sans-serif'>园"):
        pytest.skip("no font with Chinese characters is installed")
    # Were the characters drawn as boxes, it would not matter which they are.
    assert seen(svg) != seen(re.sub("[一-龥]", "国", svg))
    assert seen(svg) == seen(svg)
    # The picture is drawn with the page's own fonts, which the drawing names as well.
    assert "Noto Sans CJK SC" in svg.partition("<path")[0]
    assert len(png) > 20_000
    context.close()


def test_sentence_around_the_quote_is_shown_and_the_quote_marked(
    opened: Callable[..., Opened], kg: Any, plans_dir: Path, tmp_path: Path
) -> None:
    kg.show(tmp_path / "page.html", text=plans_dir / "tianjin-145.txt")
    found = opened(tmp_path / "page.html")
    found.pick("中国信创谷")
    text = (plans_dir / "tianjin-145.txt").read_text("utf-8")
    quotes = found.page.locator("#details blockquote")
    whole, marked = quotes.all_text_contents(), quotes.locator("mark").all_text_contents()
    assert len(whole) == len(marked) > 3
    assert all(m in w and w.strip("…") in text for w, m in zip(whole, marked, strict=True))
    assert sum(len(w) > len(m) for w, m in zip(whole, marked, strict=True)) > len(whole) / 2


def test_footnote_of_a_plan_with_an_address(opened: Callable[..., Opened], tmp_path: Path) -> None:
    plan = invent_plan(
        tmp_path,
        "online",
        [("park/a", "Park", "甲园区"), ("park/b", "Park", "乙园区")],
        [("park/a", "reliesOn", "park/b")],
    )
    toml = (plan.path / "plan.toml").read_text("utf-8")
    table = '\n[source]\nurl = "https://example.org/plan"\npublisher = "某网"\n'
    (plan.path / "plan.toml").write_text(
        toml.rstrip() + '\npublished = "2024-03-05"\nissuer = "某地政府"\n' + table, encoding="utf-8"
    )
    open_plan(plan, tmp_path / "build").show(tmp_path / "page.html")
    found = opened(tmp_path / "page.html", "#node=park/a")
    found.page.locator('[data-cite="gbt"]').first.click()
    note = found.page.inner_text("#toast")
    today = found.page.evaluate("new Date().toLocaleDateString('sv')")
    assert f"[EB/OL]. (2024-03-05)[{today}]. https://example.org/plan" in note
