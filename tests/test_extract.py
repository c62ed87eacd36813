"""Extraction on an invented text: what is proposed is proved by the text, allowed by the ontology, and the same each time."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import networkx as nx
import pytest
from click.testing import CliRunner

from plangraph.cli import cli as command
from plangraph.document import Document
from plangraph.errors import InputError
from plangraph.extract import closing_circles, propose
from plangraph.extract.marked import read_marked
from plangraph.extract.name_model import find_names
from plangraph.extract.names import division_code, find_place, narrower_class
from plangraph.extract.quotes import quote_clauses
from plangraph.extract.train import label_spans, labels_of
from plangraph.extract.writing import write_proposal
from plangraph.folder import read_folder
from plangraph.model import MAX_QUOTE, Evidence, Statement
from plangraph.ontology import load_ontology

TEXT = """苏州市科技创新规划

生物医药
加快突破抗体药物、核酸药物等关键技术，支持苏州大学与苏州工业园区共建联合实验室。
依托苏州工业园区，重点发展集成电路、人工智能产业。
优化营商环境，提升服务水平。
"""
INVENTED = Path(__file__).resolve().parents[1] / "gold" / "invented"


@pytest.fixture(scope="module")
def document() -> Document:
    return Document.from_text(TEXT)


def test_every_quote_is_in_the_text_and_every_relation_is_allowed(document: Document) -> None:
    found = propose(document, "suzhou", "苏州市科技创新规划")
    kinds = {e.id: e.type for e in found.entities}
    assert found.place == "苏州市" and found.statements
    for s in found.statements:
        assert load_ontology().allows(kinds[s.subject], s.predicate, kinds[s.object]), s
        for e in s.evidence:
            assert TEXT[e.start : e.end] == e.quote and len(e.quote) <= 24 and e.status == "proposed"
            assert e.method.startswith("model:") and 0 <= e.confidence <= 1
            assert e.paragraph == document.paragraph_at(e.start)
    names = {e.label_zh for e in found.entities}
    assert {"抗体药物", "苏州大学"} <= names and "营商环境" not in names
    for e in found.entities:
        assert e.label_zh in TEXT or e.label_zh == "苏州市"


def test_the_same_text_gives_the_same_proposals(document: Document) -> None:
    assert propose(document, "suzhou", "苏州市") == propose(Document.from_text(TEXT), "suzhou", "苏州市")


@pytest.mark.parametrize("text", ["", "无", "Plan for science.", "。。。\n\n", "科" * 5000])
def test_a_text_that_names_nothing_gives_a_result(text: str) -> None:
    assert propose(Document.from_text(text), "x").statements == ()


def test_what_is_proposed_of_reports_runs_in_no_circle(plans_dir: Path) -> None:
    for path in sorted((plans_dir / "reports-2026").glob("*.txt")):
        statements = propose(Document.from_text(path.read_text(encoding="utf-8")), "x", path.stem).statements
        for relation in ("subDomainOf", "partOf", "locatedIn"):
            order = nx.DiGraph((s.subject, s.object) for s in statements if s.predicate == relation)
            assert nx.is_directed_acyclic_graph(order), (path.stem, relation, nx.find_cycle(order))


def test_of_claims_that_run_in_a_circle_the_least_sure_goes() -> None:
    text = "a b c"

    def evidence(sure: float) -> dict[tuple[int, int], Evidence]:
        return {(0, 1): Evidence.from_text(text, 0, 1, section="", paragraph=1, confidence=sure, status="proposed")}

    claims = {("a", "subDomainOf", "b"): 0.9, ("b", "subDomainOf", "c"): 0.5, ("c", "subDomainOf", "a"): 0.7}
    unrelated = {("c", "partOf", "b"): 0.4, ("b", "collaboratesWith", "a"): 0.3}
    found = closing_circles({c: evidence(sure) for c, sure in {**claims, **unrelated}.items()})
    assert found == [("b", "subDomainOf", "c")]


def test_place_and_classes_from_names() -> None:
    assert find_place("2026年海南省政府工作报告", "") == "海南省"
    assert find_place("报告", "内蒙古" * 3) == "内蒙古自治区"
    assert find_place("报告", "没有地名") == ""
    assert find_place("hubei-2026", "与广东省合作。") == "湖北省" and find_place("wuhanshi_plan", "") == "武汉市"
    assert find_place("shaanxi", "") == "陕西省" and find_place("jilin", "") == "吉林省"
    assert find_place("suzhou", "") == "" and find_place("suzhou", "苏州") == "苏州市" and find_place("plan", "") == ""
    assert division_code("上海") == "310000" and division_code("静海区") == "120118" and division_code("某地") == ""
    assert [narrower_class(n, k) for n, k in (("南开大学", "Institution"), ("上海市", "District"), ("长三角", "District"))] == [
        "University", "Municipality", "Region",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("云南大学召开会议。\n", False),
        ("云南大学扩建，云南的人口增长。\n", True),
        ("我省召开会议。\n", False),
        ("深化平安云南建设。\n", False),
        ("深化平安云南建设，云南的人口增长。\n", True),
    ],
)
def test_a_place_in_another_name_is_not_named(text: str, named: bool) -> None:
    found = propose(Document.from_text(text), "x", place="云南省")
    assert not found.statements and ("云南省" in [e.label_zh for e in found.entities]) == named


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("推动杭州、宁波加快发展。\n", ["杭州", "宁波"]),
        ("建成杭州至宁波高速公路，宁波港扩建。\n", []),
        ("办好杭州国际马拉松。\n", []),
    ],
)
def test_ends_of_roads_and_beginnings_of_longer_names_are_no_places(text: str, places: list[str]) -> None:
    assert {"杭州", "宁波"} & {text[m.start : m.end] for m in find_names(text)}
    found = propose(Document.from_text(text), "x", place="浙江省")
    assert [e.label_zh.removesuffix("市") for e in found.entities if e.type == "City"] == places


def test_what_zones_are_called_in_general_is_no_name() -> None:
    text = "推动海河实验室、国家实验室开展合成生物学研究。\n"
    assert "国家实验室" in {text[m.start : m.end] for m in find_names(text)}
    assert [e.label_zh for e in propose(Document.from_text(text), "x").entities] == ["海河实验室", "合成生物学"]


def test_one_character_names_the_plan_s_own_place_alone() -> None:
    text = "驻琼解放军、驻沪单位、援疆援藏干部。\n"
    assert {"琼", "沪"} <= {text[m.start : m.end] for m in find_names(text)}
    found = propose(Document.from_text(text), "x", place="海南省")
    assert [e.names for e in found.entities] == [("海南省", "琼")]


def test_decided_rows_stay_when_extraction_runs_again(document: Document, tmp_path: Path) -> None:
    folder = tmp_path / "suzhou"
    found = propose(document, "suzhou", "苏州市")
    first = write_proposal(found, document, folder, "suzhou", "苏州市科技创新规划")
    assert first.kept == 0 and first.proposed and not first.conflicts
    rows = list(csv.DictReader((folder / "statements.csv").open(encoding="utf-8", newline="")))
    for row, status in zip(rows, ("accepted", "rejected"), strict=False):
        row |= {"status": status, "decided_by": "甲", "decided_on": "2026-11-23", "reason": "读过"}
    with (folder / "statements.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    again = write_proposal(found, document, folder, "other", "别的标题")
    assert again.kept == 2 and again.proposed == first.proposed - 2
    statuses = {(s.subject, s.predicate, s.object): s.status for s in read_folder(folder).statements}
    for row in rows[:2]:
        assert statuses[row["subject"], row["predicate"], row["object"]] == row["status"]
    assert read_folder(folder).plan.id == "suzhou"
    moved = Document.from_text("前言。\n" + TEXT)
    later = write_proposal(propose(moved, "suzhou", "苏州市"), moved, folder, "", "")
    assert not later.conflicts and later.kept == 2 and later.proposed == again.proposed


def test_extract_build_and_evaluate_from_the_command_line(tmp_path: Path) -> None:
    source = tmp_path / "suzhou.txt"
    source.write_text(TEXT, encoding="utf-8")
    run = CliRunner().invoke
    folder = tmp_path / "plan"
    assert run(command, ["extract", str(source), "-o", str(folder), "--lang", "en"]).exit_code == 0
    assert run(command, ["check", str(folder), "--text", str(source), "--lang", "en"]).exit_code == 0
    assert run(command, ["build", str(folder), "-o", str(tmp_path / "build")]).exit_code == 0
    gold = run(command, ["extract", str(source), "-f", "gold", "--title", "苏州市"])
    data = json.loads(gold.stdout)
    (tmp_path / "gold.json").write_text(gold.stdout, encoding="utf-8")
    assert data["doc"] == "suzhou" and data["entities"]
    for arguments in ([str(folder)], ["--against", str(tmp_path / "gold.json")], ["--text-dir", str(tmp_path)]):
        done = run(command, ["evaluate", str(tmp_path / "gold.json"), *arguments, "--level", "alias", "--lang", "en"])
        assert done.exit_code == 0, done.output
        assert "relations" in done.output and "1.000" in done.output
    assert run(command, ["extract", str(source)]).exit_code == 2
    assert run(command, ["evaluate", str(tmp_path / "gold.json")]).exit_code == 2
    missing = run(command, ["extract", str(tmp_path / "none.txt"), "-o", str(folder), "--lang", "zh"])
    assert missing.exit_code == 1 and "none.txt" in missing.output


def test_labels_of_the_longest_names() -> None:
    from plangraph.evaluate import GoldEntity

    text = "天津大学在天津"
    spans = label_spans(text, [GoldEntity("天津", "District"), GoldEntity("天津大学", "Institution")])
    assert spans == [(0, 4, "Institution"), (5, 7, "District")]
    assert labels_of(text, spans)[:2] == ["B-Institution", "I-Institution"]


@pytest.mark.parametrize("path", sorted(INVENTED.glob("*.txt")), ids=lambda p: p.stem)
def test_invented_plans_are_well_marked(path: Path) -> None:
    ontology = load_ontology()
    documents = read_marked(path)
    assert sum(bool(d.spans) for d in documents) > 0.9 * len(documents)
    for d in documents:
        kinds = {(n, e.type) for e in d.gold.entities for n in e.names}
        assert all("[" not in d.text[s:e] for s, e, _ in d.spans)
        for r in d.gold.relations:
            ends = [[kind for name, kind in kinds if name == end] for end in (r.s, r.o)]
            assert r.s != r.o and any(ontology.allows(a, r.r, b) for a in ends[0] for b in ends[1]), (d.doc, r)


def test_invented_plans_have_no_words_of_a_plan(plans_dir: Path) -> None:
    def pieces(text: str) -> set[str]:
        packed = "".join(text.split())
        return {packed[i : i + MAX_QUOTE + 1] for i in range(len(packed) - MAX_QUOTE)}

    printed = set().union(*(pieces(p.read_text(encoding="utf-8")) for p in plans_dir.rglob("*.txt")))
    for path in sorted(INVENTED.glob("*.txt")):
        for d in read_marked(path):
            for line in d.text.splitlines():
                assert not pieces(line) & printed, (path.name, d.doc, line)


def test_a_marked_relation_is_told_by_its_line_and_a_name_may_have_two_classes(tmp_path: Path) -> None:
    path = tmp_path / "marked.txt"
    lines = ["=== a | b | 苏州市", "[D|氢能]", "研发[T|膜电极]。", "> 氢能 | develops | 膜电极", "推广[T|氢能]装备。"]
    path.write_text("\n".join(lines), encoding="utf-8")
    (d,) = read_marked(path)
    assert [d.text[start:].splitlines()[0] for start in d.stated] == ["研发膜电极。"]
    assert [(e.name, e.type) for e in d.gold.entities] == [
        ("氢能", "Domain"), ("膜电极", "Technology"), ("氢能", "Technology"), ("苏州市", "District")
    ]  # fmt: skip


def test_a_line_that_is_no_mark_up_is_told(tmp_path: Path) -> None:
    path = tmp_path / "marked.txt"
    path.write_text("=== a | b | 苏州市\n文字。\n> 只有 | 两格\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_marked(path)
    assert f"{path}:3:1" in caught.value.en


@pytest.mark.parametrize(
    ("text", "quote", "wide"),
    [
        ("全市加大光伏废弃物治理力度，做强氢能。", "光伏", "全市加大光伏废弃物治理力度"),
        # What is before the quote is too far: on to the clause's end; and the other way round, as far as items go.
        ("全市上下坚定不移推动现代化产业体系建设取得新进展新成效做强氢能产业。", "做强氢能", "做强氢能产业"),
        (
            "做强氢能产业链上下游企业协同创新能力和国际市场竞争力并形成新优势。",
            "氢能",
            "做强氢能产业链上下游企业协同创新能力",
        ),
        ("茶油、竹笋、蜂蜜的销量依次增长10.5%、20.5%、30.5%。", "茶油", "茶油、竹笋、蜂蜜的销量依次增长10.5%"),
        (
            "《云汀市海洋经济发展若干规定》同三件实施细则在年底前先后公布并施行。",
            "海洋经济",
            "《云汀市海洋经济发展若干规定》",
        ),
        ("做强氢能产业链上下游企业协同创新能力协同提升国际市场竞争力并形成优势。", "氢能", "做强氢能"),
        ("一、总则\n  做强氢能", "氢能", "做强氢能"),
    ],
)
def test_quotes_are_whole_clauses_where_they_fit(text: str, quote: str, wide: str) -> None:
    start = text.index(quote)
    evidence = Evidence.from_text(text, start, start + len(quote), method="model:pairs", status="proposed")
    (found,) = quote_clauses([Statement("a", "focusesOn", "b", (evidence,), "x")], text)
    (one,) = found.evidence
    assert one.quote == text[one.start : one.end] == wide


def test_quotes_of_one_clause_are_one_evidence() -> None:
    text = "氢能产业做强氢能，推广氢能。"
    spans = [(0, 2, 0.5), (6, 8, 0.9), (11, 13, 0.7)]
    evidence = tuple(
        Evidence.from_text(text, a, b, method="model:pairs", status="proposed", confidence=c) for a, b, c in spans
    )
    (found,) = quote_clauses([Statement("a", "focusesOn", "b", evidence, "x")], text)
    assert [(e.quote, e.confidence) for e in found.evidence] == [("氢能产业做强氢能", 0.9), ("推广氢能", 0.7)]


def test_a_text_in_which_nothing_is_found_is_told(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text("请在此处填写正文。\n", encoding="utf-8")
    found = CliRunner().invoke(command, ["extract", str(source), "-o", str(tmp_path / "plan"), "--lang", "en"])
    assert found.exit_code == 0 and "no statement found in 10 characters" in found.stderr
