"""The report: what it tells is what the library finds, every claim leads to its quote, and nothing in it runs."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import plangraph
from plangraph.errors import InputError, NotFoundError
from plangraph.report import MEASURES, Report, drawings, report
from plangraph.report.citations import footnote
from tests.test_view import hostile_plan, open_plan


class Elements(HTMLParser):
    """Elements with their attributes and the text right in them, and the text of everything."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str], str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {k: v or "" for k, v in attrs}, ""))

    def handle_data(self, data: str) -> None:
        if self.found:
            tag, attributes, text = self.found[-1]
            self.found[-1] = (tag, attributes, text + data)

    def of(self, tag: str) -> list[tuple[dict[str, str], str]]:
        return [(a, text) for t, a, text in self.found if t == tag]


@pytest.fixture(scope="module")
def made(kg: Any) -> Report:
    return report(kg)


def version(html: str, lang: str) -> str:
    """The article of one language."""
    return html.partition(f'<article data-lang="{lang}"')[2].partition("</article>")[0]


def test_both_languages_say_the_same_numbers(made: Report, kg: Any) -> None:
    zh, en = version(made.html, "zh"), version(made.html, "en")
    assert f"{len(kg.entities())} 个实体、{len(kg.statements())} 条陈述" in zh
    assert f"{len(kg.entities())} entities and {len(kg.statements())} statements" in en
    for tag in ("<table>", "<figure>", "<h2>", "<sup>", 'class="notes"'):
        assert zh.count(tag) == en.count(tag) > 0
    # No English heading in the Chinese version, none in Chinese in the English one.
    assert not re.findall(r"<h2>[A-Za-z ]+</h2>", zh) and not re.findall(r"<h2>[^<]*[\u4e00-\u9fff][^<]*</h2>", en)


def test_curated_statements_are_not_doubted(made: Report) -> None:
    assert '<p class="doubt">' not in made.html


def test_the_rankings_are_those_of_the_library(made: Report, kg: Any) -> None:
    zh = version(made.html, "zh")
    for measure in MEASURES:
        for row in kg.rank(measure).rows[:10]:
            assert f"<td>{row.entity.label_zh}<sup>" in zh
            assert f'<td class="number">{row.value:.4g}</td>' in zh


def test_every_number_leads_to_a_footnote_that_holds_a_quote_of_the_graph(made: Report, kg: Any) -> None:
    quotes = {e.quote for s in kg.statements() for e in s.evidence}
    quotes |= {str(r[0]) for r in kg.query("SELECT ?q { ?c a plan:StatedCount ; plan:evidence/oa:exact ?q }").rows}
    for lang in ("zh", "en"):
        part = version(made.html, lang)
        used = re.findall(rf'href="#({lang}-note-\d+)"', part)
        notes = dict(re.findall(rf'<li id="({lang}-note-\d+)">(.*?)</li>', part))
        assert set(used) == set(notes) and len(notes) == made.footnotes > 40
        for note in notes.values():
            text = re.sub(r"<[^>]+>", "", note)
            found = re.search(
                r"“((?:(?!”（第|” \(char).)+)”(?:（第 (\d+)–(\d+) 字）| \(characters (\d+)–(\d+)\))", text
            )
            assert found, text
            assert any(text.count(f"“{q}”") for q in quotes)
            assert text.startswith(f"[{notes and re.findall(r'[0-9]+', text)[0]}] 天津市人民政府办公厅. 天津市科技创新")


def test_a_footnote_by_gb_t_7714(kg: Any) -> None:
    from plangraph.model import Evidence

    e = Evidence(3, 7, "某句原话", ("第一章", "一、"), 5)
    plan = {"zh": "某规划", "issuer": "某机构", "number": "某发1号", "published": "2021-01-02"}
    assert footnote(plan, e, "zh") == (
        "某机构. 某规划：某发1号[Z]. 2021-01-02：“第一章 > 一、”，第 5 段，“某句原话”（第 3–7 字）."
    )
    online = footnote({"zh": "某规划", "url": "https://example.org/a"}, e, "en")
    assert online == ("某规划[EB/OL]. https://example.org/a: “第一章 > 一、”, para. 5, “某句原话” (characters 3–7).")


def test_stated_counts_stand_against_named(made: Report) -> None:
    zh = version(made.html, "zh")
    assert "<td>领域</td>" in zh and "3 个未点名" in zh and zh.count("<td>点名到齐</td>") == 7
    assert "5 / 8" in zh


def test_each_gap_is_told_with_its_query(made: Report, kg: Any) -> None:
    en = version(made.html, "en")
    for gap in kg.gaps():
        assert (f"<code>{gap.name}</code>" in en) == bool(len(gap))
        assert not len(gap) or gap.title("en") in en


def test_same_build_same_bytes(made: Report, kg: Any, tmp_path: Path) -> None:
    again = kg.report(tmp_path / "report.html")
    assert again.html == made.html == (tmp_path / "report.html").read_text("utf-8")
    assert repr(again) == f"Report: {len(again.html.encode('utf-8')) // 1024} KB, {again.footnotes} footnotes"
    assert "&lt;!doctype html&gt;" in again._repr_html_()


def test_figures_are_well_formed_and_carry_fonts(made: Report) -> None:
    drawings = re.findall(r"<svg.*?</svg>", made.html, re.DOTALL)
    assert len(drawings) == 2 * (2 + len(MEASURES) + 2)
    for drawing in drawings:
        root = ET.fromstring(drawing)
        assert root.find("{http://www.w3.org/2000/svg}title") is not None
        assert "Noto Sans CJK SC" in root.get("font-family", "")
        _, _, width, height = map(float, root.get("viewBox", "").split())
        for text in root.iter("{http://www.w3.org/2000/svg}text"):
            assert 0 <= float(text.get("x", "-1")) <= width and 0 <= float(text.get("y", "-1")) <= height


@pytest.mark.parametrize("rows", [[], [("某", 0.0, "0")], [("很长的名称" * 20, 3.0, "3")]])
def test_bars_of_little(rows: list[tuple[str, float, str]]) -> None:
    ET.fromstring(drawings.bars(rows, "t"))
    ET.fromstring(drawings.intervals([], "t", "a"))
    ET.fromstring(drawings.intervals([drawings.Interval("某", 1, 1, 1)], "t", "a"))
    ET.fromstring(drawings.counted([], "t"))
    ET.fromstring(drawings.network([], [], "t"))
    ET.fromstring(drawings.network([drawings.Dot(0, 0, 3, 0, "某")], [], "t"))


def test_a_projection_and_other_measures(kg: Any) -> None:
    made = report(kg, "en", ["closeness"], kinds=["Park", "Institution"], plan="tianjin-145")
    en = version(made.html, "en")
    assert "Ranking: closeness" in en and "Ranking: degree" not in en
    assert "Network of Park, Institution" in en
    with pytest.raises(InputError, match="no measure 'nosuch'"):
        report(kg, measures=["nosuch"])
    with pytest.raises(NotFoundError, match="no plan 'nosuch'"):
        report(kg, plan="nosuch")
    with pytest.raises(InputError, match="no language 'fr'"):
        report(kg, "fr")


def test_a_plan_without_anything_to_rank(tmp_path: Path, small_plan: Callable[..., Any]) -> None:
    plangraph.build([small_plan(parks=1).path], tmp_path / "build")
    kg = plangraph.open(tmp_path / "build")
    assert "2 entities and 1 statements" in report(kg, "en", kinds=["Goal"]).html.replace("\n", " ")


def test_several_plans_stand_side_by_side_and_proposals_are_doubted(
    tmp_path: Path, small_plan: Callable[..., Any]
) -> None:
    folders = [small_plan(name, parks=n).path for name, n in (("one", 3), ("two", 4))]
    for folder in folders:
        table = folder / "statements.csv"
        table.write_text(table.read_text("utf-8").replace(",accepted,", ",proposed,"), encoding="utf-8")
    plangraph.build(folders, tmp_path / "build")
    en = version(report(plangraph.open(tmp_path / "build"), "en", ["degree"]).html, "en")
    assert "Report on the knowledge graph of 2 plans" in en and "The plans side by side" in en
    assert '<p class="doubt">Most statements were extracted by a program' in en
    # Entities, statements, proposed; nothing is only in the first.
    assert (
        '<td>one</td><td class="number">4</td><td class="number">5</td><td class="number">5</td><td class="number">0</td>'
        in en
    )
    alone = version(report(plangraph.open(tmp_path / "build"), "en", ["degree"], plan="two").html, "en")
    assert "The plans side by side" not in alone and "5 entities and 7 statements" in alone


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("hostile")
    path = root / "report.html"
    report(open_plan(hostile_plan(root), root / "build")).save(path)
    return path


def test_nothing_hostile_becomes_markup(hostile: Path) -> None:
    found = Elements(hostile.read_text("utf-8"))
    assert not [
        t for t, a, _ in found.found if t in ("img", "iframe", "form", "base") or any(n.startswith("on") for n in a)
    ]
    assert len(found.of("script")) == 2
    for tag, attributes, _ in found.found:
        for name in ("src", "href"):
            value = attributes.get(name, "")
            assert value in ("", "data:,") or re.fullmatch(r"#(zh|en)-note-\d+", value), (tag, value)
    (policy,) = (a["content"] for a, _ in found.of("meta") if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy
    assert not [a for _, a, _ in found.found if "style" in a]


@pytest.mark.browser
def test_hostile_names_stay_text_in_a_browser(opened: Callable[..., Any], hostile: Path) -> None:
    page = opened(hostile).page
    assert page.locator("img").count() == 0
    assert "<" in page.inner_text("article[data-lang=zh]")


@pytest.mark.browser
def test_the_page_in_a_browser(opened: Callable[..., Any], made: Report, tmp_path: Path) -> None:
    made.save(tmp_path / "report.html")
    page = opened(tmp_path / "report.html").page
    assert page.locator("article[data-lang=zh]").is_visible() and not page.locator("article[data-lang=en]").is_visible()
    page.click("article[data-lang=zh] sup a >> nth=0")
    assert page.evaluate("location.hash") == "#zh-note-1"
    page.click("#lang")
    assert (
        page.locator("article[data-lang=en] h1").is_visible() and not page.locator("article[data-lang=zh]").is_visible()
    )
    with page.expect_download() as download:
        page.click("article[data-lang=en] .save >> nth=0")
    saved = tmp_path / "figure.svg"
    download.value.save_as(saved)
    assert ET.parse(saved).getroot().tag == "{http://www.w3.org/2000/svg}svg"
    # Nothing is wider than a phone.
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
