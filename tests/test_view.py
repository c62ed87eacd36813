"""The page as a file: what is in it, that it asks nobody for anything, that nothing in it can run."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import math
import re
from collections import defaultdict
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import plangraph
from plangraph.errors import InputError
from plangraph.view.data import sentence_around
from plangraph.view.figure import label_box
from plangraph.view.html import inert_json
from plangraph.view.layout import place, push_apart
from tests.conftest import ENTITY_COLUMNS, InventedPlan, invent_plan


class Elements(HTMLParser):
    """Start tags with their attributes, and the text of scripts and styles."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.inside = False
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.texts.append("")
        self.inside = True

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.texts[-1] += data

    def of(self, tag: str) -> list[tuple[dict[str, str | None], str]]:
        return [(a, text) for (t, a), text in zip(self.tags, self.texts, strict=True) if t == tag]


def content(html: str) -> dict[str, Any]:
    """The page's JSON blocks as one."""
    blocks = [json.loads(text) for a, text in Elements(html).of("script") if a.get("type") == "application/json"]
    assert len(blocks) == 2
    return blocks[0] | blocks[1]


def open_plan(plan: InventedPlan, path: Path) -> Any:
    plangraph.build([plan.path], path)
    return plangraph.open(path)


@pytest.fixture(scope="module")
def page(kg: Any) -> Any:
    return kg.show()


def test_same_build_same_bytes(kg: Any, page: Any) -> None:
    assert kg.show().html == page.html


def test_asks_nobody_for_anything(page: Any) -> None:
    found = Elements(page.html)
    for tag, attributes in found.tags:
        for name in ("src", "href", "srcset", "action", "data", "poster"):
            value = attributes.get(name)
            assert value in (None, "#", "data:,"), (tag, name, value)
    [(_, style)] = found.of("style")
    assert "url(" not in style and "@import" not in style


def test_policy_lets_only_the_own_script_and_style_run(page: Any) -> None:
    found = Elements(page.html)
    [policy] = [a["content"] for a, _ in found.of("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy and policy.startswith("default-src 'none'") and "unsafe" not in policy
    scripts = [text for a, text in found.of("script") if a.get("type") != "application/json"]
    for kind, text in [*(("script", s) for s in scripts), *(("style", s) for _, s in found.of("style"))]:
        digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert len(scripts) == 1
    assert not [a for _, a in found.tags if any(n.startswith("on") or n == "style" for n in a)]


def test_script_never_makes_markup_from_text(page: Any) -> None:
    [script] = [text for a, text in Elements(page.html).of("script") if a.get("type") != "application/json"]
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser", script
    )


def test_every_statement_is_an_edge_of_its_own(kg: Any, page: Any) -> None:
    data = content(page.html)
    ids = [e.id for e in kg.entities()]
    names = [e["id"] for e in data["entities"]]
    assert set(ids) <= set(names) and len(set(names)) == len(names) == page.nodes
    drawn = [(names[e["from"]], e["group"], names[e["to"]]) for e in data["network"]["edges"]]
    assert sorted(drawn) == sorted((s.subject, s.predicate, s.object) for s in kg.statements())
    evidence = {(x["quote"], x["start"], x["end"]) for s in data["statements"] for x in s["evidence"]}
    assert evidence == {(e.quote, e.start, e.end) for s in kg.statements() for e in s.evidence}


def test_network_is_what_pyvis_holds(page: Any) -> None:
    network = content(page.html)["network"]
    assert all({"id", "label", "group", "x", "y", "size"} <= set(n) for n in network["nodes"])
    assert network["options"]["physics"] == {"enabled": False}
    assert {n["group"] for n in network["nodes"]} <= set(network["options"]["groups"])


def test_parallel_and_opposite_edges_do_not_lie_on_each_other(tmp_path: Path) -> None:
    parks = [("park/a", "Park", "甲园区"), ("park/b", "Park", "乙园区")]
    claims = [("park/a", r, "park/b") for r in ("collaboratesWith", "reliesOn", "benchmarkedAgainst")]
    claims += [("park/b", r, "park/a") for r in ("reliesOn", "benchmarkedAgainst")]
    kg = open_plan(invent_plan(tmp_path, "pair", parks, claims), tmp_path / "build")
    edges = content(kg.show().html)["network"]["edges"]
    assert len(edges) == 5
    low = min(e["from"] for e in edges)
    # Seen from the same end, each bends by another amount.
    bends = [e.get("smooth", {}).get("roundness", 0) * (1 if e["from"] == low else -1) for e in edges]
    assert len(set(bends)) == 5


HOSTILE = [
    "</script><img src=x onerror=alert(1)>",
    "<!--<script>",
    "a\u2028b\u2029c",
    "&lt;b&gt;",
    "\"'`${1}",
    "]]>",
    "{{script}}",
]


def hostile_plan(root: Path) -> InventedPlan:
    """A plan whose names, headings and quotes would all run or break a page that let them."""
    names = [n for n in HOSTILE if n.isprintable()]  # the tables take no line separators
    entities = [
        (f"park/p{n}", "Park", name)
        for n, name in enumerate(["</script>", "<img src=x>", "<svg/>", "'`\"", "]]>", "{{data}}"])
    ]
    claims = [("park/p0", "collaboratesWith", f"park/p{n}") for n in range(1, len(entities))]
    plan = invent_plan(root, "hostile", entities, claims)
    with (plan.path / "entities.csv").open("w", encoding="utf-8", newline="") as file:
        lines = [
            [i, "Park", names[n % len(names)], f"{n}</SCRIPT><svg onload=alert(2)>", "<iframe src=//x>", "", "<b>"]
            for n, (i, _, _) in enumerate(entities)
        ]
        csv.writer(file, lineterminator="\n").writerows([ENTITY_COLUMNS, *lines])
    rows = (
        (plan.path / "statements.csv")
        .read_text("utf-8")
        .replace(",curated,1,,", ",curated,1,<img src=x onerror=alert(3) 标题,")
    )
    (plan.path / "statements.csv").write_text(rows, encoding="utf-8")
    return plan


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    plan = hostile_plan(tmp_path)
    html = open_plan(plan, tmp_path / "build").show(text=plan.text).html
    data = content(html)
    assert {e["zh"] for e in data["entities"]} >= {n for n in HOSTILE if n.isprintable()}
    assert data["sections"] == [["<img src=x onerror=alert(3) 标题"]]
    assert any("<img src=x>" in x["quote"] for s in data["statements"] for x in s["evidence"])
    clean = Elements(open_plan(plan, tmp_path / "build").show(kinds=["Park"]).html)
    found = Elements(html)
    assert [tag for tag, _ in found.tags] == [tag for tag, _ in clean.tags]
    assert not {"img", "iframe", "b"} & {tag for tag, _ in found.tags}
    for name in ("data", "more"):
        block = html.partition(f'id="{name}">')[2].partition("</script>")[0]
        assert len(block) > 100 and not set("<>&\u2028\u2029") & set(block)


@pytest.mark.parametrize("text", HOSTILE)
def test_inert_json_round_trips(text: str) -> None:
    encoded = inert_json({text: [text]})
    assert json.loads(encoded) == {text: [text]}
    assert not set("<>&\u2028\u2029") & set(encoded)


def test_projection_narrows_the_page(kg: Any) -> None:
    data = content(kg.show(kinds=["Park", "District"], relations=["locatedIn"]).html)
    assert {e["group"] for e in data["network"]["edges"]} == {"locatedIn"}
    assert {data["classes"][e["type"]]["top"] for e in data["entities"]} == {"Park", "District"}
    linked = {n for e in data["network"]["edges"] for n in (e["from"], e["to"])}
    assert linked == set(range(len(data["entities"])))


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"plan": "no-such-plan"}, "no-such-plan"),
        ({"kinds": ["Nothing"]}, "Nothing"),
        ({"relations": ["locatedIn"], "kinds": ["Goal"]}, "nothing is left"),
        ({"lang": "fr"}, "fr"),
    ],
)
def test_what_cannot_be_shown_is_said(kg: Any, options: dict[str, Any], word: str) -> None:
    with pytest.raises(InputError, match=word):
        kg.show(**options)


def test_measures_are_those_of_rank(kg: Any, page: Any) -> None:
    data = content(page.html)
    degree = {e["id"]: n.get("degree") for e, n in zip(data["entities"], data["network"]["nodes"], strict=True)}
    ranking = kg.rank("degree")
    assert len(ranking) > 50
    assert all(degree[r.entity.id] == r.value for r in ranking)


def test_text_puts_the_sentence_around_each_quote(kg: Any, plans_dir: Path) -> None:
    text = (plans_dir / "tianjin-145.txt").read_text("utf-8")
    pieces = [x for s in content(kg.show(text=plans_dir / "tianjin-145.txt").html)["statements"] for x in s["evidence"]]
    assert pieces
    for x in pieces:
        assert x["before"].strip("…") + x["quote"] + x["after"].strip("…") in text
    assert sum(len(x["before"]) + len(x["after"]) > 0 for x in pieces) > len(pieces) / 2


def test_text_of_another_plan_is_refused(kg: Any, tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("别的文本。\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"other\.txt.*SHA-256"):
        kg.show(text=tmp_path / "other.txt")


@pytest.mark.parametrize(
    ("text", "quote", "expected"),
    [
        ("甲。乙丙丁。戊", "丙", ("乙", "丁。")),
        ("甲\n  乙丙\n丁", "乙", ("", "丙")),
        ("丙", "丙", ("", "")),
        ("甲；丙。丁", "丙。", ("", "")),
        ("前" * 400 + "丙" + "后" * 400, "丙", ("…" + "前" * 160, "后" * 160 + "…")),
    ],
)
def test_sentence_around(text: str, quote: str, expected: tuple[str, str]) -> None:
    start = text.index(quote)
    assert sentence_around(text, start, start + len(quote)) == expected


def test_notebook_frame_holds_the_whole_page(page: Any) -> None:
    frame = page._repr_html_()
    [(attributes, _)] = Elements(frame).of("iframe")
    assert attributes["srcdoc"] == page.html


def test_labels_do_not_overlap_and_communities_stand_apart(kg: Any, page: Any) -> None:
    data = content(page.html)
    boxes = [label_box(e) for e in kg.entities()]
    number = {e.id: n for n, e in enumerate(kg.entities())}
    edges = [
        (number[s.subject], number[s.object])
        for s in kg.statements()
        if s.subject in number and s.object in number
    ]  # fmt: skip
    layout = place(boxes, edges)
    assert layout == place(boxes, edges)
    overlaps = 0
    for i, (xi, yi) in enumerate(layout.positions):
        for j in range(i):
            dx, dy = abs(xi - layout.positions[j][0]), abs(yi - layout.positions[j][1])
            overlaps += dx < (boxes[i][0] + boxes[j][0]) / 2 - 3 and dy < (boxes[i][1] + boxes[j][1]) / 2 - 3
    assert overlaps == 0
    groups = defaultdict(list)
    for place_, community in zip(layout.positions, layout.communities, strict=True):
        groups[community].append(place_)
    rectangles = [
        (min(x for x, _ in g), min(y for _, y in g), max(x for x, _ in g), max(y for _, y in g))
        for g in groups.values()
        if len(g) > 1
    ]
    assert len(rectangles) > 3
    for i, a in enumerate(rectangles):
        for b in rectangles[:i]:
            assert a[2] < b[0] or b[2] < a[0] or a[3] < b[1] or b[3] < a[1]
    assert all(float(n["x"]).is_integer() and float(n["y"]).is_integer() for n in data["network"]["nodes"])


def test_place_of_nothing_one_and_a_loop() -> None:
    assert place([], []).positions == ()
    assert len(place([(10, 10)], [(0, 0)]).positions) == 1
    assert len(set(place([(10, 10)] * 3, []).positions)) == 3


@pytest.mark.parametrize("edges", [[(0, 1)], [(0, 1), (1, 2), (2, 3)], [(0, 1), (2, 3)], [(0, 0), (0, 1)]])
def test_chains_and_pairs_stay_close(edges: list[tuple[int, int]]) -> None:
    positions = place([(120, 40)] * 4, edges).positions
    assert len(set(positions)) == 4
    assert all(math.dist(positions[a], positions[b]) < 400 for a, b in edges)


def test_push_apart_leaves_free_boxes_where_they_are() -> None:
    points = [(0.0, 0.0), (100.0, 0.0), (0.0, 100.0)]
    assert push_apart(points, [(20, 20)] * 3) == points
    pushed = push_apart([(0.0, 0.0), (1.0, 0.0)], [(20, 20)] * 2)
    assert math.dist(*pushed) >= 18


def test_push_apart_frees_many_boxes_as_it_does_few() -> None:
    crowd = [(float(n % 25) * 30, float(n // 25) * 30) for n in range(500)]
    pushed = push_apart(crowd, [(40, 20)] * 500)
    assert all(
        abs(pushed[i][0] - pushed[j][0]) > 38 or abs(pushed[i][1] - pushed[j][1]) > 18
        for i in range(500)
        for j in range(i)
    )


def test_plan_that_says_something_of_itself_is_a_node(tmp_path: Path, small_plan: Callable[..., InventedPlan]) -> None:
    entities = [("goal/g", "Goal", "某目标")]
    plan = invent_plan(tmp_path, "self", entities, [])
    quote = "某地self规划与某目标"
    plan.text.write_text(quote + "。\n", encoding="utf-8")
    digest = hashlib.sha256((quote + "。\n").encode()).hexdigest()
    toml = (plan.path / "plan.toml").read_text("utf-8")
    toml = re.sub('text_sha256 = "[0-9a-f]+"', f'text_sha256 = "{digest}"', toml)
    (plan.path / "plan.toml").write_text(
        re.sub(r"text_characters = \d+", f"text_characters = {len(quote) + 2}", toml), "utf-8"
    )
    with (plan.path / "statements.csv").open("a", encoding="utf-8") as file:
        file.write(f"plan/self,aimsAt,goal/g,accepted,curated,1,,1,0,{len(quote)},{quote},tester,2026-01-01,\n")
    data = content(open_plan(plan, tmp_path / "build").show(text=plan.text).html)
    assert [e["type"] for e in data["entities"]] == ["Goal", "Plan"]
    assert len(data["statements"]) == 1


def test_save_says_what_is_wrong(page: Any, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        page.save(tmp_path / "missing" / "page.html")
    page.save(tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text("utf-8") == page.html
