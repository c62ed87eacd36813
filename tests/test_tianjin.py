"""The bundled Tianjin plan: what it must hold, by the names that its text prints."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from plangraph.check import Report, check_folders
from plangraph.document import Document, read_document
from plangraph.export import export
from plangraph.folder import PlanFolder, read_folder
from plangraph.graph import PlanGraph
from plangraph.model import MAX_QUOTE, Entity
from plangraph.ontology import Ontology, load_ontology

ZONES = {
    "中国信创谷",
    "生物制造谷",
    "北方声谷",
    "氢能小镇",
    "中医药谷",
    "先进计算大数据创新集聚区",
    "智慧城市国家级标杆区",
    "海洋科技创新集聚区",
    "设计之都",
    "国家农业科技园区",
}
CENTRES = {"滨海—中关村科技园", "宝坻京津中关村科技城", "细胞谷", "北辰京津医药谷"}
DIRECTIONS = {"物质绿色创造与制造", "自主可控信息系统", "合成生物学", "现代中医药", "细胞生态"}
NAMED_DOMAINS = {"新一代信息技术", "生物技术与现代医药", "新能源", "新能源汽车及智能网联车", "航空航天"}


@pytest.fixture(scope="module")
def folder(checkout: Path) -> PlanFolder:
    """The plan's folder."""
    return read_folder(checkout / "graph" / "tianjin-145")


@pytest.fixture(scope="module")
def document(plans_dir: Path) -> Document:
    """The text that its evidence stands in."""
    return read_document(plans_dir / "tianjin-145.txt")


@pytest.fixture(scope="module")
def report(folder: PlanFolder, document: Document) -> Report:
    """The check with the text, judged by pyshacl."""
    return check_folders([folder], {folder.plan.id: document}, pyshacl=True)


@pytest.fixture(scope="module")
def ontology() -> Ontology:
    """The vocabulary."""
    return load_ontology()


def named(folder: PlanFolder, name: str) -> Entity:
    """The one entity that has this name, its aliases included."""
    (found,) = [e for e in folder.entities if name in e.names]
    return found


def test_every_quote_stands_at_its_offset_in_its_paragraph(folder: PlanFolder, document: Document) -> None:
    evidence = [e for s in folder.statements for e in s.evidence] + [c.evidence for c in folder.plan.stated_counts]
    assert len(evidence) > 250
    for e in evidence:
        assert document.text[e.start : e.end] == e.quote
        assert document.paragraph_at(e.start) == e.paragraph
    assert (document.sha256, len(document.text)) == (folder.plan.text_sha256, folder.plan.text_characters)


def test_check_finds_neither_error_nor_warning(report: Report, folder: PlanFolder) -> None:
    assert report.faults == ()
    rows = sum(len(s.evidence) for s in folder.statements) + len(folder.plan.stated_counts)
    assert report.quotes_verified == rows


def test_the_shapes_alone_find_nothing_either(folder: PlanFolder) -> None:
    assert check_folders([folder]).faults == ()


def test_eight_domains_are_stated_and_five_named(folder: PlanFolder) -> None:
    (line,) = [c for c in check_folders([folder]).counts if c.counted == "Domain"]
    assert (line.stated, line.named) == (8, 5)
    (count,) = [c for c in folder.plan.stated_counts if c.counted == "Domain"]
    assert count.unnamed == 3
    by_id = {e.id: e for e in folder.entities}
    assert {by_id[i].label_zh for i in count.named} == NAMED_DOMAINS


@pytest.mark.parametrize(
    ("counted", "stated", "names"),
    [("InnovationZone", 10, ZONES), ("CollaborationCentre", 4, CENTRES), ("ResearchDirection", 5, DIRECTIONS)],
)
def test_what_is_counted_is_all_named(counted: str, stated: int, names: set[str], folder: PlanFolder) -> None:
    by_id = {e.id: e for e in folder.entities}
    counts = [c for c in folder.plan.stated_counts if c.counted == counted]
    assert counts
    for count in counts:
        assert (count.count, count.unnamed) == (stated, 0)
        assert {by_id[i].label_zh for i in count.named} == names
    assert {e.label_zh for e in folder.entities if e.type == counted} == names


@pytest.mark.parametrize("name", sorted(ZONES | CENTRES | DIRECTIONS | NAMED_DOMAINS))
def test_a_statement_is_made_of_each(name: str, folder: PlanFolder) -> None:
    id = named(folder, name).id
    assert [s for s in folder.statements if id in (s.subject, s.object) and s.status == "accepted"]


@pytest.mark.parametrize("name", sorted(ZONES))
def test_an_innovation_zone_has_a_place_a_field_or_something_it_relies_on(name: str, folder: PlanFolder) -> None:
    id = named(folder, name).id
    said = {s.predicate for s in folder.statements if s.subject == id}
    assert said & {"locatedIn", "reliesOn"}
    assert said & {"focusesOn", "develops", "aimsAt"}


def test_names_are_names_not_sentences(folder: PlanFolder, ontology: Ontology) -> None:
    for e in folder.entities:
        for name in (e.label_zh, *e.aliases):
            limit = 40 if ontology.is_a(e.type, "Institution") else 24  # institutions have long proper names
            assert len(name) <= limit, name
            assert not set("。；！？\n") & set(name), name


def test_quotes_are_short(folder: PlanFolder) -> None:
    quotes = [e.quote for s in folder.statements for e in s.evidence]
    quotes += [c.evidence.quote for c in folder.plan.stated_counts]
    assert max(map(len, quotes)) <= MAX_QUOTE
    assert "\n" not in "".join(quotes)


def test_names_are_printed_in_the_text(folder: PlanFolder, document: Document) -> None:
    """Entities are what the text names: each has a name whose characters the text has, expanded heads included."""
    text = "".join(document.text.split())
    printed = [e for e in folder.entities if any(name in text for name in (e.label_zh, *e.aliases))]
    assert len(printed) / len(folder.entities) > 0.8
    for e in folder.entities:
        assert set(e.label_zh) <= set(text), e.label_zh


def test_every_row_is_decided(folder: PlanFolder) -> None:
    for s in folder.statements:
        for e in s.evidence:
            assert e.status in ("accepted", "rejected")
            assert e.decided_by and e.decided_on
            assert 0 <= e.confidence <= 1


def test_the_graph_has_every_class_and_relation_that_the_text_states(folder: PlanFolder, ontology: Ontology) -> None:
    tops = Counter(ontology.top_class(e.type) for e in folder.entities)
    assert set(tops) == set(ontology.top_classes)
    relations = Counter(s.predicate for s in folder.statements)
    assert set(relations) == set(ontology.relations)
    assert all(
        ontology.allows(kind_of(folder, s.subject), s.predicate, kind_of(folder, s.object)) for s in folder.statements
    )


def kind_of(folder: PlanFolder, id: str) -> str:
    """Class of an id."""
    return next((e.type for e in folder.entities if e.id == id), "Plan")


def test_ids_are_words_not_numbers(folder: PlanFolder) -> None:
    """An id is a slug that a person can read, not x12."""
    for e in folder.entities:
        slug = e.id.partition("/")[2]
        assert any(len(part) > 2 and part.isalpha() for part in slug.split("-")), e.id


def test_administrative_divisions_have_the_codes_of_gb_t_2260(folder: PlanFolder, ontology: Ontology) -> None:
    codes = {e.label_zh: e.note for e in folder.entities if ontology.is_a(e.type, "District")}
    for name, code in {"天津市": "120000", "北京": "110000", "静海区": "120118", "宝坻区": "120115"}.items():
        assert code in codes[name], name


def test_the_trig_beside_the_tables_is_made_of_them(kg: PlanGraph, checkout: Path, tmp_path: Path) -> None:
    export(kg, "trig", tmp_path / "again.trig", plan="tianjin-145")
    made, kept = (tmp_path / "again.trig").read_bytes(), (checkout / "graph" / "tianjin-145.trig").read_bytes()
    assert made == kept, "graph/tianjin-145.trig is not what the tables give; run make trig"
