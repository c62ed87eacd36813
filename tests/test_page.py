"""The page in a browser: it asks for nothing, nothing hostile runs, and what it offers works.

Needs Chromium (on PATH as chromium, chromium-browser or google-chrome); the network is cut off while it runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browsing import Opened
from tests.test_view import hostile_plan, open_plan

pytestmark = pytest.mark.browser

PARK = "中国信创谷"


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


def test_legend_leaves_only_one_and_brings_all_back(
    opened: Callable[..., Opened], page_file: Path, data: dict[str, Any]
) -> None:
    found = opened(page_file)
    everything = found.count()
    row = found.page.locator(".row", has=found.page.locator('[data-facet="relation:develops"]'))
    row.hover()
    row.locator(".only").click()
    assert found.count()[1] == sum(e["group"] == "develops" for e in data["network"]["edges"])
    found.page.locator("#legend h2", has_text="关系").locator("button").click()
    assert found.count() == everything
    # A subclass by itself.
    found.page.click("#fold-Park")
    kinds = {e["type"] for e in data["entities"] if data["classes"][e["type"]]["top"] == "Park"}
    assert len(kinds) > 1
    one = sorted(kinds)[0]
    found.page.uncheck(f'[data-facet="class:{one}"]')
    assert found.count()[0] <= everything[0] - sum(e["type"] == one for e in data["entities"])
    assert found.page.locator('[data-facet~="class:Park"]').first.evaluate("e => e.indeterminate")


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


# -- what a reader does with the graph --------------------------------------------------------------------------


def test_address_restores_the_view(opened: Callable[..., Opened], page_file: Path) -> None:
    first = opened(page_file)
    first.pick(PARK)
    first.page.click("#lang")
    first.page.uncheck('[data-facet="class:Goal"]')
    first.page.select_option("#size-by", "pagerank")
    first.page.click("#theme")
    first.page.keyboard.press("Escape")
    first.pick("Cell Valley")
    first.page.click("#act-focus")
    hash = first.state()
    second = opened(page_file, hash)
    assert second.state() == hash
    assert second.title() == "Cell Valley" and second.count() == first.count()
    assert second.page.input_value("#size-by") == "pagerank"
    assert second.page.get_attribute("html", "data-theme") == first.page.get_attribute("html", "data-theme")
    picture = "() => document.getElementById('canvas').toDataURL()"
    assert second.page.evaluate(picture) == first.page.evaluate(picture)


@pytest.mark.parametrize(
    "hash", ["#node=park/none&at=x,y,z&off=;;&hops=NaN&pins=a@b@c&size=weight", "#%E0%A4%A", "#at=0,0,-1&lang=xx"]
)
def test_address_that_means_nothing_is_passed_over(opened: Callable[..., Opened], page_file: Path, hash: str) -> None:
    found = opened(page_file, hash)
    assert found.count()[0] > 200
    assert found.title() == "天津市科技创新“十四五”规划"


def neighbours(kg: Any, names: set[str]) -> set[str]:
    """Ids of ``names`` and of everything that a statement joins to one of them."""
    joined = [(s.subject, s.object) for s in kg.statements()]
    return names | {b for a, b in joined if a in names} | {a for a, b in joined if b in names}


def test_focus_keeps_what_is_within_so_many_hops(opened: Callable[..., Opened], page_file: Path, kg: Any) -> None:
    found = opened(page_file)
    everything = found.count()
    found.pick(PARK)
    found.page.click("#act-focus")
    one = neighbours(kg, {kg.entity(PARK).id})
    assert found.count()[0] == len(one)
    found.page.click("#more-hops")
    assert found.count()[0] == len(neighbours(kg, one))
    found.page.click("#act-focus")
    assert found.count() == everything


def test_path_between_two_entities(opened: Callable[..., Opened], page_file: Path, kg: Any) -> None:
    found = opened(page_file)
    found.page.click("#path")
    for end, name in (("from", PARK), ("to", "细胞谷")):
        found.page.fill(f"#path-{end}", name)
        found.page.wait_for_selector(f"#path-{end}-options [role=option]")
        found.page.keyboard.press("Enter")
    [path] = kg.paths(PARK, "细胞谷", k=1)
    assert found.page.text_content("#path-length") == f"{len(path)} 步"
    assert found.page.locator("#details .hop").count() == len(path)
    quotes = found.page.locator("#details .hop mark").all_text_contents()
    assert path.hops[0].statements[0].evidence[0].quote in quotes
    # The path goes along visible edges only.
    for relation in {s.predicate for hop in path.hops for s in hop.statements}:
        found.page.uncheck(f'[data-facet="relation:{relation}"]')
    assert found.page.locator("#path-length").count() == 0 or (
        found.page.text_content("#path-length") != f"{len(path)} 步"
        or found.page.locator("#details .hop mark").all_text_contents() != quotes
    )


def test_hide_pin_and_undo(opened: Callable[..., Opened], page_file: Path, data: dict[str, Any]) -> None:
    found = opened(page_file)
    everything = found.count()
    found.pick(PARK)
    found.page.click("#act-hide")
    assert found.count()[0] == everything[0] - 1
    found.page.click("#undo")
    assert found.count() == everything
    found.pick(PARK)
    found.page.click("#act-hide")
    found.page.click("#show-hidden")
    assert found.count() == everything
    found.page.keyboard.press("Control+z")
    found.page.keyboard.press("Control+z")
    assert found.count() == everything and found.page.is_disabled("#undo")
    found.pick(PARK)
    found.page.click("#act-pin")
    node = data["network"]["nodes"][node_of(data, PARK)]
    assert f"@{node['x']}@{node['y']}" in found.state()
    found.page.click("#act-pin")
    assert "pins" not in found.state()


def test_dragged_node_stays_where_it_is_put(
    opened: Callable[..., Opened], page_file: Path, data: dict[str, Any]
) -> None:
    number = node_of(data, PARK)
    found = opened(page_file, centred(data, number))
    box = found.page.locator("#overlay").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    found.page.mouse.move(x, y)
    found.page.mouse.down()
    found.page.mouse.move(x + 40, y + 20)
    found.page.mouse.move(x + 80, y + 40)
    found.page.mouse.up()
    node = data["network"]["nodes"][number]  # at zoom 2, 80 pixels are 40 units
    pinned = re.search(r"pins=[^@&]+@(-?\d+)@(-?\d+)", found.state())
    assert pinned and abs(int(pinned[1]) - node["x"] - 40) <= 2 and abs(int(pinned[2]) - node["y"] - 20) <= 2
    found.page.click("#undo")
    assert "pins" not in found.state()


def test_panned_picture_is_the_picture_drawn_afresh(opened: Callable[..., Opened], page_file: Path) -> None:
    found = opened(page_file)
    box = found.page.locator("#overlay").bounding_box()
    x, y = box["x"] + 8, box["y"] + box["height"] - 8
    found.page.mouse.move(x, y)
    found.page.mouse.down()
    for step in range(1, 13):
        found.page.mouse.move(x + 31 * step, y - 17 * step)
        found.page.wait_for_timeout(20)
    found.page.mouse.up()
    found.page.mouse.move(box["x"] + 3, box["y"] + 3)
    read = """() => { const c = document.getElementById('canvas');
      return [...new Uint32Array(c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer)]; }"""
    panned = found.page.evaluate(read)
    for _ in range(2):  # there and back again: drawn in full
        found.page.click("#theme")
        found.page.wait_for_timeout(100)
    afresh = found.page.evaluate(read)
    bytes_of = [c.to_bytes(4, "little") for c in (*panned, *afresh)]
    half = len(afresh)
    off = (
        sum(abs(u - v) for u, v in zip(*pair, strict=True)) > 60
        for pair in zip(bytes_of[:half], bytes_of[half:], strict=True)
    )
    share = sum(off) / half  # where strips meet, edges of lines may differ by a shade
    colours = len(set(afresh))
    assert colours > 20  # something was drawn at all
    assert share < 0.001


def test_colour_by_community_and_measure(opened: Callable[..., Opened], page_file: Path) -> None:
    found = opened(page_file)
    picture = "() => document.getElementById('canvas').toDataURL()"
    seen = {found.page.evaluate(picture)}
    for box, value in (("#colour-by", "community"), ("#colour-by", "betweenness"), ("#size-by", "")):
        found.page.select_option(box, value)
        found.page.wait_for_timeout(100)
        seen.add(found.page.evaluate(picture))
    assert len(seen) == 4


def download(found: Opened, kind: str) -> bytes:
    """What an entry of the export menu saves."""
    found.page.click("#export")
    with found.page.expect_download() as saved:
        found.page.click(f'[data-export="{kind}"]')
    return Path(saved.value.path()).read_bytes()


def test_exports_picture_drawing_and_data(opened: Callable[..., Opened], page_file: Path, kg: Any) -> None:
    import csv
    import io
    from xml.etree import ElementTree

    found = opened(page_file)
    png = download(found, "png")
    assert png.startswith(b"\x89PNG\r\n\x1a\n") and len(png) > 20_000
    root = ElementTree.fromstring(download(found, "svg"))
    texts = "".join(root.itertext())
    assert "天津市" in texts and len(root.findall(".//{http://www.w3.org/2000/svg}path")) > 20
    found.page.uncheck('[data-facet="relation:develops"]')
    rows = list(csv.DictReader(io.StringIO(download(found, "csv").decode("utf-8-sig"))))
    expected = [(s, e) for s in kg.statements() if s.predicate != "develops" for e in s.evidence]
    assert sorted((r["subject_id"], r["relation"], r["object_id"], r["quote"], r["start"]) for r in rows) == sorted(
        (s.subject, s.predicate, s.object, e.quote, str(e.start)) for s, e in expected
    )


def test_exports_of_hostile_names_are_harmless(opened: Callable[..., Opened], tmp_path: Path) -> None:
    import csv
    import io
    from xml.etree import ElementTree

    plan = hostile_plan(tmp_path)
    rows = (plan.path / "entities.csv").read_text("utf-8").replace("]]>,", "=HYPERLINK(1),")
    (plan.path / "entities.csv").write_text(rows, encoding="utf-8")
    open_plan(plan, tmp_path / "build").show(tmp_path / "hostile.html")
    found = opened(tmp_path / "hostile.html")
    root = ElementTree.fromstring(download(found, "svg"))
    assert {t.tag.rpartition("}")[2] for t in root.iter()} <= {"svg", "title", "rect", "g", "path", "text", "tspan"}
    for row in csv.reader(io.StringIO(download(found, "csv").decode("utf-8-sig"))):
        assert not [cell for cell in row if cell[:1] in ("=", "+", "-", "@")]
    assert any(
        "'=HYPERLINK" in cell
        for row in csv.reader(io.StringIO(download(found, "csv").decode("utf-8-sig")))
        for cell in row
    )


def test_footnotes(opened: Callable[..., Opened], page_file: Path, kg: Any) -> None:
    found = opened(page_file)
    found.pick(PARK)
    evidence = kg.statements(subject=PARK)[0].evidence[0]
    found.page.locator('#details [data-cite="gbt"]').first.click()
    found.page.wait_for_selector("#toast")
    note = found.page.inner_text("#toast")
    for part in ("天津市人民政府办公厅. 天津市科技创新“十四五”规划", "津政办发〔2021〕32号[Z]", "2021-08-08", "“"):
        assert part in note
    found.page.locator('#details [data-cite="chicago"]').first.click()
    found.page.locator("#toast", has_text="para.").wait_for()
    note = found.page.inner_text("#toast")
    assert "August 8, 2021" in note and "para. " in note and "[Tianjin Municipality" in note
    assert evidence.quote


def test_table_filters_sorts_and_leads_to_details(opened: Callable[..., Opened], page_file: Path, kg: Any) -> None:
    found = opened(page_file)
    found.page.click("#view-table")
    rows = found.page.locator("#table tbody tr")
    assert rows.count() == min(300, len(kg.statements()))
    found.page.fill("#table-filter", "信创谷 依托")
    assert rows.count() == sum(
        "信创谷" in kg.label(kg.entity(s.subject).iri) + kg.label(kg.entity(s.object).iri)
        and ("依托" in s.evidence[0].quote or s.predicate == "reliesOn")
        for s in kg.statements()
        if not s.subject.startswith("plan/")
    )
    found.page.fill("#table-filter", "")
    found.page.click("#sort-place")
    places = [int(v) for v in found.page.locator("#table tbody td.number:nth-last-child(2)").all_text_contents()]
    assert places == sorted(places) and len(set(places)) > 5
    found.page.click("#sort-place")
    assert found.page.get_attribute("th:has(#sort-place)", "aria-sort") == "descending"
    rows.first.locator("td:nth-child(2) button").click()
    assert found.page.locator("#details .evidence").count() >= 1


def test_matrix_has_quotes_on_its_cells(opened: Callable[..., Opened], page_file: Path, kg: Any) -> None:
    from plangraph.ontology import load_ontology

    found = opened(page_file)
    found.page.click("#view-matrix")
    top = {e.id: load_ontology().top_class(e.type) for e in kg.entities()}
    pairs: dict[frozenset[str], set[str]] = {}
    for s in kg.statements():
        if {top.get(s.subject), top.get(s.object)} == {"Domain", "Park"}:
            pairs.setdefault(frozenset((s.subject, s.object)), set()).add(s.evidence[0].quote)
    cells = found.page.locator("#matrix td button")
    assert cells.count() == len(pairs) > 5
    quotes = set().union(*pairs.values())
    assert set(cells.locator("[lang]").all_text_contents()) <= quotes
    cells.first.click()
    assert found.page.locator("#details .claim").count() >= 1
    found.page.select_option("#matrix-col", "Institution")
    assert set(found.page.locator("#matrix td button [lang]").all_text_contents()) != quotes


def test_keyboard_reaches_nodes_and_details(opened: Callable[..., Opened], page_file: Path) -> None:
    found = opened(page_file)
    page = found.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "overlay"
    said = []
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
        said.append(page.text_content("#live"))
    assert len(set(said)) == 3 and all("条陈述" in s for s in said)
    page.keyboard.press("Enter")
    assert found.title() == said[-1].split("，")[0]
    assert page.evaluate("document.activeElement.id") == "details"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "overlay"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"


def test_everything_that_can_be_pressed_has_a_name(opened: Callable[..., Opened], page_file: Path) -> None:
    found = opened(page_file, "#path=1&view=table")
    nameless = found.page.evaluate(
        """() => [...document.querySelectorAll('button, input, select, canvas[tabindex]')].filter((e) => e.offsetParent
          && !e.getAttribute('aria-label') && !e.textContent.trim() && !(e.labels && e.labels.length) && !e.getAttribute('aria-hidden')).map((e) => e.outerHTML)"""
    )
    assert nameless == []


def test_notebook_frame_works_without_an_address_of_its_own(
    opened: Callable[..., Opened], kg: Any, tmp_path: Path
) -> None:
    (tmp_path / "notebook.html").write_text(
        "<!doctype html><html data-ready><meta charset=utf-8><body>" + kg.show(lang="en")._repr_html_(),
        encoding="utf-8",
    )
    found = opened(tmp_path / "notebook.html")
    frame = found.page.frame_locator("iframe")
    frame.locator("html[data-ready]").wait_for()
    frame.locator("#search").fill(PARK)
    frame.locator("#search-options [role=option]").first.click()
    assert "China Xinchuang Valley" in frame.locator("#details h2").inner_text()
    frame.locator("#theme").click()
