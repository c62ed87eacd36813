"""Plans compared: planted differences are all found and none is invented, whatever the order of the tables."""

from __future__ import annotations

import csv
import hashlib
import json
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import plangraph
from plangraph.compare import Comparison, compare_plans
from plangraph.compare.matching import match_entities
from plangraph.errors import InputError, NotFoundError
from plangraph.model import Entity
from plangraph.ontology import load_ontology
from tests.conftest import CHECKOUT, ENTITY_COLUMNS, STATEMENT_COLUMNS

Claim = tuple[str, str, str]


@dataclass
class Made:
    """A plan folder in the making: entities as (id, class, name, aliases), claims, counts as (subject, class, number)."""

    id: str
    place: str = "云州市"
    period: tuple[int, int] = (2021, 2025)
    entities: list[tuple[str, str, str, str]] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    counts: list[tuple[str, str, int]] = field(default_factory=list)
    rejected: list[Claim] = field(default_factory=list)

    def write(self, root: Path, padding: str = "", shuffle: int | None = None) -> Path:
        """Write the folder; ``padding`` goes before each sentence, so that offsets differ between plans."""
        names = {i: name for i, _, name, _ in self.entities} | {f"plan/{self.id}": "本规划"}
        text, rows, counts = "", [], ""
        for number, (s, p, o) in enumerate([*self.claims, *self.rejected], 1):
            quote = f"{names[s]}与{names[o]}"[:24]
            start = len(text) + len(padding)
            status = "rejected" if (s, p, o) in self.rejected else "accepted"
            place = ["总则", number, start, start + len(quote), quote]
            rows.append([s, p, o, status, "curated", "1", *place, "tester", "2026-01-01", ""])
            text += f"{padding}{quote}。\n"
        for s, counted, count in self.counts:
            quote = f"共{count}个"
            counts += (
                f'\n[[stated_counts]]\nsubject = "{s}"\nclass = "{counted}"\ncount = {count}\nnamed = []\nunnamed = {count}\n'
                f'section = "总则"\nparagraph = 1\nstart = {len(text)}\nend = {len(text) + len(quote)}\nquote = "{quote}"\n'
            )
            text += f"{quote}。\n"
        entities = [[i, kind, name, f"{i} in English", aliases, "", ""] for i, kind, name, aliases in self.entities]
        if shuffle is not None:
            random.Random(shuffle).shuffle(entities)
            random.Random(shuffle + 1).shuffle(rows)
        folder = root / self.id
        folder.mkdir(parents=True)
        start, end = self.period
        (folder / "plan.toml").write_text(
            f'id = "{self.id}"\ntitle = "{self.place}某规划"\ntitle_en = "Plan {self.id}"\njurisdiction = "{self.place}"\n'
            f'language = "zh"\nperiod_start = {start}\nperiod_end = {end}\n'
            f'text_sha256 = "{hashlib.sha256(text.encode()).hexdigest()}"\ntext_characters = {len(text)}\n{counts}',
            encoding="utf-8",
        )
        for name, header, lines in (
            ("entities.csv", ENTITY_COLUMNS, entities),
            ("statements.csv", STATEMENT_COLUMNS, rows),
        ):
            with (folder / name).open("w", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows([header, *lines])
        return folder


PLACE = ("district/yunzhou", "Region", "云州市", "")


def base(id: str) -> Made:
    """What the two plans share; names are printed a little differently in the second."""
    second = id == "plan-b"
    dash = "云岭 —— 科学城" if second else "云岭科学城"
    return Made(
        id,
        entities=[
            PLACE,
            ("domain/materials", "Domain", "新材料", ""),
            ("domain/energy", "Domain", "新能源", ""),
            ("technology/film", "Technology", "石墨薄膜", ""),
            ("institution/yunling", "University", "云岭大学", "云大"),
            # A hard negative: nearly the same name, another university.
            ("institution/yunling-tech", "University", "云岭科技大学", ""),
            ("park/city", "ScienceCity", dash, ""),
            ("park/valley-two" if second else "park/valley", "Park", "青石谷", ""),
            ("goal/model", "Goal", "绿色样板", ""),
        ],
        claims=[
            ("district/yunzhou", "focusesOn", "domain/materials"),
            ("district/yunzhou", "focusesOn", "domain/energy"),
            ("domain/materials", "develops", "technology/film"),
            ("park/city", "locatedIn", "district/yunzhou"),
            ("park/valley-two" if second else "park/valley", "focusesOn", "domain/materials"),
            # A symmetric relation, the other way round in the second plan.
            (("institution/yunling-tech", "institution/yunling"), ("institution/yunling", "institution/yunling-tech"))[
                second
            ][:1]
            + ("collaboratesWith",)
            + (("institution/yunling",), ("institution/yunling-tech",))[second],
            (f"plan/{id}", "aimsAt", "goal/model"),
        ],
        counts=[(f"plan/{id}", "Park", 3)],
    )


#: (part, kind, name, status or the side that alone has it) of each planted difference.
PLANTED = {
    *(("thing", kind, f"{word}甲", "plan-a") for kind, word in (("Domain", "领域"), ("Technology", "技术"), ("Institution", "机构"), ("Park", "园区"))),
    *(("thing", kind, f"{word}乙", "plan-b") for kind, word in (("Domain", "领域"), ("Technology", "技术"), ("Institution", "机构"), ("Park", "园区"))),
    ("relation", "focusesOn", "云州市 聚焦领域 领域甲", "plan-a"),
    ("relation", "develops", "新材料 研发 技术甲", "plan-a"),
    ("relation", "locatedIn", "机构甲 位于 云州市", "plan-a"),
    ("relation", "locatedIn", "园区甲 位于 云州市", "plan-a"),
    ("relation", "focusesOn", "云州市 聚焦领域 领域乙", "plan-b"),
    ("relation", "develops", "新材料 研发 技术乙", "plan-b"),
    ("relation", "locatedIn", "机构乙 位于 云州市", "plan-b"),
    ("relation", "locatedIn", "园区乙 位于 云州市", "plan-b"),
    ("thing", "Park", "白沙湾", "class"),
    ("thing", "Institution", "云州材料研究院", "name"),
    ("thing", "Domain", "人工智能", "class"),
    ("relation", "focusesOn", "云州市 – 人工智能", "relation"),
    ("relation", "reliesOn", "白沙湾 – 云岭大学", "relation"),
    ("relation", "focusesOn", "白沙湾 聚焦领域 新能源", "plan-a"),
    ("relation", "focusesOn", "白沙湾 聚焦领域 新材料", "plan-b"),
    ("count", "InnovationZone", "规划本身：创新标志区数", "number"),
    ("count", "Laboratory", "规划本身：实验室数", "plan-a"),
}  # fmt: skip


def planted(root: Path, shuffle: int | None = None) -> tuple[Path, Path]:
    """Two plan folders with 25 differences, and much that only looks like one."""
    made = []
    for plan, mark in (("plan-a", "甲"), ("plan-b", "乙")):
        first = plan == "plan-a"
        p = base(plan)
        for kind, word in (("Domain", "领域"), ("Technology", "技术"), ("Institution", "机构"), ("Park", "园区")):
            p.entities.append((f"{kind.lower()}/own-{plan}", kind, word + mark, ""))
        p.claims += [
            ("district/yunzhou", "focusesOn", f"domain/own-{plan}"),
            ("domain/materials", "develops", f"technology/own-{plan}"),
            (f"institution/own-{plan}", "locatedIn", "district/yunzhou"),
            (f"park/own-{plan}", "locatedIn", "district/yunzhou"),
        ]
        p.entities += [
            ("park/bay", "Park" if first else "InnovationZone", "白沙湾", ""),
            ("institution/ymi", "ResearchInstitute", "云州材料研究院", "云材院")
            if first
            else ("institution/materials-institute", "ResearchInstitute", "云材院", ""),
            ("domain/ai", "Domain", "人工智能", "") if first else ("technology/ai", "Technology", "人工智能", ""),
        ]
        p.claims += [
            ("district/yunzhou", "focusesOn", "domain/ai")
            if first
            else ("district/yunzhou", "develops", "technology/ai"),
            ("park/bay", "reliesOn" if first else "collaboratesWith", "institution/yunling"),
            ("park/bay", "focusesOn", "domain/energy" if first else "domain/materials"),
            ("institution/ymi" if first else "institution/materials-institute", "develops", "technology/film"),
        ]
        p.rejected = [("park/city", "focusesOn", "domain/energy")] if first else []
        p.counts += [(f"plan/{plan}", "InnovationZone", 10 if first else 12)]
        p.counts += [(f"plan/{plan}", "Laboratory", 5)] if first else []
        made.append(p.write(root, padding="" if first else "另，", shuffle=shuffle))
    return made[0], made[1]


def found(comparison: Comparison) -> set[tuple[str, str, str, str]]:
    """The differences in the form of `PLANTED`."""
    rows = set()
    for r in comparison.differences:
        standing = comparison.sides[r.only].name if r.only is not None else ",".join(r.differs)
        rows.add((r.part, r.kind, r.zh, standing))
    assert len(rows) == len(comparison.differences)
    return rows


def test_all_planted_differences_are_found_and_none_is_invented(tmp_path: Path) -> None:
    assert len(PLANTED) == 25
    a, b = planted(tmp_path)
    assert found(compare_plans(a, b)) == PLANTED


def test_the_other_way_round_the_differences_are_the_same(tmp_path: Path) -> None:
    a, b = planted(tmp_path)
    one, other = compare_plans(a, b), compare_plans(b, a)
    assert len(one.differences) == len(other.differences) == 25
    assert {(x, n) for x, n in one.counts().items()} == {(x, n) for x, n in other.counts().items()}


@pytest.mark.parametrize("shuffle", range(5))
def test_the_order_of_the_tables_changes_nothing(tmp_path: Path, shuffle: int) -> None:
    straight, shuffled = compare_plans(*planted(tmp_path / "a")), compare_plans(*planted(tmp_path / "b", shuffle))
    assert straight == shuffled
    assert straight.to_html() == shuffled.to_html()


def test_a_build_says_the_same_as_the_folders(tmp_path: Path, kg: Any) -> None:
    from_build = compare_plans(kg, CHECKOUT / "graph" / "tianjin-145")
    assert from_build.differences == []
    assert {m.values for m in from_build.similarity} == {((1.0, 1.0), (1.0, 1.0))}
    assert len(from_build.shared) > 500
    # Word for word, with the sections and the class that this plan gives.
    one, other = (list(p.statements) for p in from_build.plans)
    assert one == other
    counts = [
        sorted(
            (c.subject, c.counted, c.count, c.unnamed, sorted(c.named), c.evidence.quote, c.evidence.section)
            for c in p.counts
        )
        for p in from_build.plans
    ]
    assert counts[0] == counts[1]


def test_plans_of_one_build_are_compared_as_each_says_it(tmp_path: Path) -> None:
    a, b = planted(tmp_path)
    # A build refuses what the shapes forbid, so only the statements count here.
    for folder in (a, b):
        toml = (folder / "plan.toml").read_text("utf-8").partition("\n[[")[0]
        (folder / "plan.toml").write_text(toml + "\n", encoding="utf-8")
    plangraph.build([a, b], tmp_path / "build")
    kg = plangraph.open(tmp_path / "build")
    expected = {p for p in PLANTED if p[0] != "count"}
    assert found(compare_plans(kg)) == expected
    assert found(compare_plans("plan-a", "plan-b", build=kg)) == expected
    assert found(compare_plans(build=kg)) == expected


@pytest.mark.parametrize("seed", range(6))
def test_what_is_taken_out_of_a_real_plan_is_what_is_missed(tmp_path: Path, seed: int) -> None:
    source = CHECKOUT / "graph" / "tianjin-145"
    copy = tmp_path / "copy"
    copy.mkdir()
    chance = random.Random(seed)
    with (source / "statements.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    claims = sorted({tuple(r[:3]) for r in rows})
    gone = set(chance.sample(claims, 25))
    (copy / "plan.toml").write_bytes((source / "plan.toml").read_bytes())
    (copy / "entities.csv").write_bytes((source / "entities.csv").read_bytes())
    with (copy / "statements.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *(r for r in rows if tuple(r[:3]) not in gone)])
    comparison = compare_plans(source, copy)
    names = {e.id: e.label_zh for e in comparison.plans[0].entities} | {"plan/tianjin-145": "规划本身"}
    # A symmetric relation may be read from either end.
    expected = {frozenset((f"{names[s]} {p} {names[o]}", f"{names[o]} {p} {names[s]}")) for s, p, o in gone}
    words = {r.name: r.label_zh for r in load_ontology().relations.values()}
    assert comparison.differences == comparison.only_in("tianjin-145") == comparison.select("relation", status="only")
    missed = [r.zh.replace(f" {words[r.kind]} ", f" {r.kind} ") for r in comparison.differences]
    assert len(missed) == 25 and all(any(m in either for either in expected) for m in missed)


# -- who is who ------------------------------------------------------------------------------------------------


def named(*rows: tuple[str, str, str, str]) -> list[Entity]:
    return [Entity(i, kind, name, aliases=tuple(a for a in aliases.split("|") if a)) for i, kind, name, aliases in rows]


def joined(*plans: Iterable[Entity]) -> list[tuple[list[str], str]]:
    return [([e.id for _, e in t.members], t.how) for t in match_entities([list(p) for p in plans]).things]


@pytest.mark.parametrize(
    ("first", "second", "how"),
    [
        (("park/a", "Park", "甲园", ""), ("park/a", "SciencePark", "乙园", ""), "id"),
        (("park/a", "Park", "甲·园", ""), ("park/b", "Park", "甲园", ""), "name"),
        (("park/a", "Park", "甲园", ""), ("park/b", "Park", "甲产业园", "甲园"), "alias"),
        (("park/a", "Park", "甲园", "甲区"), ("park/b", "Park", "甲产业园", "甲区"), "alias"),
        (("domain/a", "Domain", "甲", ""), ("technology/a", "Technology", "甲", ""), "class"),
        (("park/a", "Park", "天津大学", ""), ("park/b", "Park", "天津科技大学", ""), None),
        (("park/a", "Park", "滨海新区", ""), ("park/b", "Park", "滨海高新区", ""), None),
        (("domain/a", "Domain", "甲", "乙"), ("technology/a", "Technology", "乙", ""), None),
    ],
)
def test_what_is_one_thing(first: Any, second: Any, how: str | None) -> None:
    things = joined(named(first), named(second))
    assert things == ([([first[0], second[0]], how)] if how else [([first[0]], ""), ([second[0]], "")])


def test_english_names_join_nothing() -> None:
    one, other = Entity("domain/a", "Domain", "甲", "cars"), Entity("domain/b", "Domain", "乙", "cars")
    assert len(joined([one], [other])) == 2


def test_two_things_of_one_plan_are_never_one() -> None:
    # 云大 may be either of the second plan's.
    one = named(("institution/x", "University", "云大", ""))
    two = named(
        ("institution/y", "University", "云岭大学", "云大"), ("institution/z", "University", "云州大学", "云大")
    )
    matching = match_entities([one, two])
    assert len(matching.things) == 3
    assert matching.unclear == (("云大", ("institution/x", "institution/y", "institution/z")),)
    # Nor by way of a third plan.
    three = named(("institution/w", "University", "云岭大学", "云州大学"))
    assert all(len({p for p, _ in t.members}) == len(t.members) for t in match_entities([two, three]).things)


def test_a_name_for_a_domain_and_a_technology_of_one_plan_joins_neither_to_the_other() -> None:
    one = named(("domain/a", "Domain", "甲", ""), ("technology/a", "Technology", "甲", ""))
    two = named(("technology/b", "Technology", "甲", ""))
    assert joined(one, two) == [(["domain/a"], ""), (["technology/a", "technology/b"], "name")]


# -- sides -----------------------------------------------------------------------------------------------------


def city(id: str, name: str, domains: Sequence[str], period: tuple[int, int] = (2021, 2025)) -> Made:
    own = f"district/{id}"
    entities = [(own, "Region", name, "")]
    entities += [(f"domain/{id}-{n}", "Domain", d, "") for n, d in enumerate(domains)]
    claims = [(own, "focusesOn", f"domain/{id}-{n}") for n in range(len(domains))]
    return Made(id, name, period, entities, claims)


def test_two_places_with_one_aim_share_it(tmp_path: Path) -> None:
    a = city("a", "甲市", ["新材料", "新能源"]).write(tmp_path)
    b = city("b", "乙市", ["新材料", "海洋"]).write(tmp_path)
    comparison = compare_plans(a, b)
    assert [r.zh for r in comparison.select("relation", status="shared")] == ["本规划所属地区 聚焦领域 新材料"]
    (row,) = comparison.select("relation", status="shared")
    assert [c.citations[0].evidence.quote for c in row.cells] == ["甲市与新材料", "乙市与新材料"]
    assert {r.zh for r in comparison.only_in("a")} == {"甲市", "新能源", "本规划所属地区 聚焦领域 新能源"}
    with pytest.raises(InputError, match="no side 'c'; there are a, b"):
        comparison.only_in("c")


def test_periods_and_jaccard(tmp_path: Path) -> None:
    old = [city("a", "甲市", ["新材料", "新能源"], (2016, 2020)), city("b", "乙市", ["海洋"], (2016, 2020))]
    new = [city("c", "甲市", ["新材料", "量子"]), city("d", "丁市", ["海洋", "航天"])]
    folders = [p.write(tmp_path) for p in [*old, *new]]
    comparison = compare_plans(*folders, by="period")
    assert [s.name for s in comparison.sides] == ["2016–2020", "2021–2025"]
    assert comparison.similarity_to_dataframe("Domain").loc["2016–2020", "2021–2025"] == pytest.approx(2 / 5)
    assert {r.zh for r in comparison.select("thing", "Domain", "shared")} == {"新材料", "海洋"}
    # Four plans, each against each.
    single = compare_plans(*folders)
    assert single.similarity_to_dataframe("Domain").loc["a", "c"] == pytest.approx(1 / 3)
    assert single.similarity_to_dataframe("Domain", "cosine").loc["a", "c"] == pytest.approx(1 / 2)
    assert {r.status for r in single.select("thing", "Domain")} == {"some", "only"}


def test_who_leads_is_a_matter_of_share(tmp_path: Path) -> None:
    small = city("a", "甲市", ["新材料", "新能源"])
    large = city("b", "乙市", ["新材料", "新能源", "海洋", "量子", "航天", "生物"])
    park = ("park/p", "Park", "某园", "")
    small.entities.append(park)
    small.claims += [("park/p", "focusesOn", "domain/a-0")] * 1
    comparison = compare_plans(small.write(tmp_path), large.write(tmp_path))
    lead = next(x for x in comparison.leads if x.zh == "新材料")
    assert (lead.leader, lead.evidence, lead.shares) == (0, (2, 1), (pytest.approx(2 / 3), pytest.approx(1 / 6)))
    assert lead.actors == ((("某园", "park/p in English"),), ())
    assert lead.firm  # 1 of 2 against 2 of 7
    other = next(x for x in comparison.leads if x.zh == "新能源")
    assert other.leader == 0 and not other.firm  # nothing is left once its one evidence is gone
    assert "新材料" in set(comparison.leads_to_dataframe()["name"])


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        ([], "there is nothing to compare"),
        (["nosuch"], "nosuch: neither a plan folder"),
        ([CHECKOUT / "graph" / "tianjin-145"], "1 of at least 2 plans"),
    ],
)
def test_what_cannot_be_compared(sources: list[Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        compare_plans(*sources)


def test_an_id_that_the_build_does_not_have(kg: Any) -> None:
    with pytest.raises(NotFoundError, match="no plan 'nosuch' in this build; it has tianjin-145"):
        compare_plans("tianjin-145", "nosuch", build=kg)
    with pytest.raises(InputError, match="expected plan or period"):
        compare_plans(kg, by="city")


# -- tables and page -------------------------------------------------------------------------------------------

HOSTILE = "</script><img src=x onerror=alert(1)>"


def hostile(root: Path) -> Comparison:
    a = city("a", "甲市", [HOSTILE, "=HYPERLINK(1)"])
    b = city("b", "乙市", ["=HYPERLINK(1)", "@SUM(1)"])
    return compare_plans(a.write(root), b.write(root))


def test_every_cell_has_its_quotes_in_every_table(tmp_path: Path) -> None:
    a, b = planted(tmp_path)
    comparison = compare_plans(a, b)
    frame = comparison.to_dataframe("en")
    assert len(frame) == len(comparison.rows)
    for row, (_, line) in zip(comparison.rows, frame.iterrows(), strict=True):
        for side, cell in zip(comparison.sides, row.cells, strict=True):
            for c in cell.citations:
                place = f"“{c.evidence.quote}”({c.plan}, 总则, paragraph {c.evidence.paragraph}, {c.evidence.start}–{c.evidence.end})"
                assert place in line[f"{side.name} quotes"]
            assert (line[f"{side.name} evidence"] >= 0) == cell.present
    stated = [c for r in comparison.select("relation") for c in r.cells if c.present]
    assert stated and all(c.citations for c in stated)


def test_saved_files(tmp_path: Path) -> None:
    import io
    import zipfile

    comparison = hostile(tmp_path)
    for ending in ("csv", "xlsx", "html"):
        comparison.save(tmp_path / f"c.{ending}", "zh")
        first = (tmp_path / f"c.{ending}").read_bytes()
        comparison.save(tmp_path / f"c.{ending}", "zh")
        assert (tmp_path / f"c.{ending}").read_bytes() == first
    cells = [c for row in csv.reader((tmp_path / "c.csv").open(encoding="utf-8")) for c in row]
    assert "'=HYPERLINK(1)" in cells and not [c for c in cells if c.startswith(("=", "@", "+", "-"))]
    archive = zipfile.ZipFile(io.BytesIO((tmp_path / "c.xlsx").read_bytes()))
    assert not [n for n in archive.namelist() if n.startswith("xl/worksheets/") and b"<f>" in archive.read(n)]
    with pytest.raises(InputError, match=r"expected a name that ends in \.html, \.csv or \.xlsx"):
        comparison.save(tmp_path / "c.docx")


class Tags(HTMLParser):
    """Start tags with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_the_page_asks_for_nothing_and_holds_nothing_that_runs(tmp_path: Path) -> None:
    html = hostile(tmp_path).to_html()
    tags = Tags(html).found
    assert not [t for t, a in tags if t in ("img", "iframe", "base", "form") or any(n.startswith("on") for n in a)]
    assert all(a.get(n) in (None, "#", "data:,") for _, a in tags for n in ("src", "href"))
    assert sum(t == "script" for t, _ in tags) == 2
    (policy,) = (a["content"] for t, a in tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None and policy.startswith("default-src 'none'") and "unsafe" not in policy
    data = json.loads(html.partition('id="data">')[2].partition("</script>")[0])
    assert HOSTILE in {row[2] for row in data["rows"]}


@pytest.mark.browser
def test_the_page_in_a_browser(opened: Callable[..., Any], tmp_path: Path) -> None:
    a, b = planted(tmp_path)
    compare_plans(a, b).save(tmp_path / "page.html", "zh")
    page = opened(tmp_path / "page.html").page
    assert "plan-a" in page.inner_text("h1")
    page.click("#tab-relation")
    assert page.locator("tbody tr").count() == sum(p[0] == "relation" for p in PLANTED)
    page.fill("input[type=search]", "白沙湾")
    page.keyboard.press("Enter")
    assert page.locator("tbody tr").count() == 3
    assert "“白沙湾与云岭大学”" in page.inner_text("tbody")
    page.click("#lang")
    assert "Relations" in page.inner_text("nav") and "relies on" in page.inner_text("tbody")
    for tab in ("summary", "thing", "count", "similarity", "leads", "about"):
        page.click(f"#tab-{tab}")
        assert page.inner_text("main").strip()
        assert "[object" not in page.inner_text("main") and "undefined" not in page.inner_text("main")


@pytest.mark.browser
def test_many_sides_stand_below_one_another(opened: Callable[..., Any], tmp_path: Path) -> None:
    made = [city(f"c{n}", f"{'甲乙丙丁戊己'[n]}市", ["新材料", f"领域{n}"]) for n in range(6)]
    compare_plans(*(p.write(tmp_path) for p in made)).save(tmp_path / "page.html", "en")
    page = opened(tmp_path / "page.html").page
    page.click("#tab-relation")
    page.select_option("select >> nth=1", "shared")
    assert page.locator("tbody tr").count() == 1 and page.locator("tbody td.wide > .side").count() == 3
    page.click("text=3 more sides")
    page.wait_for_selector("tbody .side >> nth=5")
    assert page.locator("tbody .side").count() == 6
    assert page.inner_text("tbody").count("与新材料”") == 6
    page.click("#tab-leads")
    assert "“甲市与新材料”" in page.inner_text("tbody") and "[object" not in page.inner_text("tbody")
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.browser
def test_hostile_names_stay_text(opened: Callable[..., Any], tmp_path: Path) -> None:
    hostile(tmp_path).save(tmp_path / "page.html", "zh")
    page = opened(tmp_path / "page.html").page
    page.click("#tab-thing")
    assert HOSTILE in page.inner_text("tbody") and page.locator("img").count() == 0
