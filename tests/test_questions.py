"""The saved questions: each answer against what a person read in the text, the headers, names, several plans.

``tests/questions/NAME.toml`` holds the expected answers of question NAME, read in the plan's text and written with
the names that the tables give things; its comments say in which paragraphs. ``columns`` are the columns compared, as
sets of rows; an empty cell is ``""``; with ``complete = false`` other rows may stand beside the expected ones, but
none of ``without``.
``python tests/test_questions.py`` writes docs/questions.md anew.
"""

from __future__ import annotations

import csv
import re
import shutil
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import plangraph
from plangraph.builds import build
from plangraph.errors import InputError, NotFoundError
from plangraph.ontology import load_ontology
from plangraph.questions import Question, all_questions, load_question, question_names
from plangraph.vocab import ROOT

CHECKOUT = Path(__file__).resolve().parents[1]
EXPECTED = Path(__file__).parent / "questions"
TABLE = CHECKOUT / "docs" / "questions.md"
CASES = [
    pytest.param(path.stem, case, id=f"{path.stem}-{number}")
    for path in sorted(EXPECTED.glob("*.toml"))
    for number, case in enumerate(tomllib.loads(path.read_text("utf-8"))["case"], 1)
]


def ask(kg: Any, name: str, columns: list[str], **parameters: Any) -> set[tuple[Any, ...]]:
    """The answer's rows, only ``columns``, unbound cells as ""."""
    result = kg.ask(name, lang="zh", **parameters)
    places = [result.columns.index(c) for c in columns]
    return {tuple("" if row[p] is None else row[p] for p in places) for row in result.rows}


def first_answer(kg: Any, question: Question) -> Any:
    """The answer to the first expected case, with IRIs."""
    case = tomllib.loads((EXPECTED / f"{question.name}.toml").read_text("utf-8"))["case"][0]
    return kg.query(question.sparql, **question.bind(kg.index, case.get("ask", {})))


# -- the answers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "case"), CASES)
def test_answer_is_what_a_reader_of_the_text_says(kg: Any, name: str, case: dict[str, Any]) -> None:
    found = ask(kg, name, case["columns"], **case.get("ask", {}))
    wanted = {tuple(row) for row in case["rows"]}
    unwanted = {tuple(row) for row in case.get("without", [])}
    assert not wanted - found, "missing from the answer"
    assert not unwanted & found, "should not be in the answer"
    if case.get("complete", True):
        assert not found - wanted, "more than the text says"


def test_every_question_has_an_expected_answer() -> None:
    assert sorted(p.stem for p in EXPECTED.glob("*.toml")) == question_names()
    assert len(question_names()) >= 34


@pytest.mark.parametrize("question", all_questions(), ids=lambda q: q.name)
def test_no_row_twice_and_every_name_known(kg: Any, question: Question) -> None:
    case = tomllib.loads((EXPECTED / f"{question.name}.toml").read_text("utf-8"))["case"][0]
    bare = first_answer(kg, question)
    assert len(set(bare.rows)) == len(bare.rows)
    assert bare.rows == first_answer(kg, question).rows
    for lang in ("zh", "en"):
        for row in kg.ask(question.name, lang=lang, **case.get("ask", {})).rows:
            assert not any(str(value).startswith(ROOT) for value in row), row


@pytest.mark.parametrize("question", all_questions(), ids=lambda q: q.name)
def test_only_the_narrowest_class_is_shown(kg: Any, question: Question) -> None:
    result = first_answer(kg, question)
    if "class" in result.columns and question.name not in ("entities-per-class", "stated-counts"):
        place = result.columns.index("class")
        others = [row[:place] + row[place + 1 :] for row in result.rows]
        assert len(set(others)) == len(others)
        assert all(row[place] is not None for row in result.rows)


def test_rows_keep_their_order_whatever_the_order_of_the_tables(tmp_path: Path, kg: Any) -> None:
    copy = Path(shutil.copytree(CHECKOUT / "graph" / "tianjin-145", tmp_path / "tianjin-145"))
    head, *rows = (copy / "statements.csv").read_text("utf-8").splitlines(keepends=True)
    (copy / "statements.csv").write_text(head + "".join(reversed(rows)), encoding="utf-8")
    build([copy], tmp_path / "build")
    turned = plangraph.open(tmp_path / "build")
    for question in all_questions():
        assert "ORDER BY" in question.sparql
        # The order of sections is that of the table.
        if question.name not in ("plan-sections", "statements-per-section"):
            assert first_answer(turned, question).rows == first_answer(kg, question).rows, question.name


@pytest.mark.parametrize("question", all_questions(), ids=lambda q: q.name)
def test_every_quote_stands_in_the_text_where_the_row_says(kg: Any, plans_dir: Path, question: Question) -> None:
    result = first_answer(kg, question)
    if "quote" not in result.columns:
        assert "oa:exact" not in question.sparql
        return
    text = (plans_dir / "tianjin-145.txt").read_bytes().decode("utf-8")
    lines = [line for line in text.splitlines() if line.strip()]
    for row in result:
        if question.name == "collaboration-centres" and row["goal"] is None:
            continue  # a centre without an aim: there is nothing to quote
        assert text[row["start"] : row["start"] + len(row["quote"])] == row["quote"]
        assert row["quote"] in lines[row["paragraph"] - 1]
        assert row.get("plan") is not None


def test_counts_agree_with_the_tables(kg: Any) -> None:
    def table(name: str) -> list[dict[str, str]]:
        with (CHECKOUT / "graph" / "tianjin-145" / name).open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    ontology = load_ontology()
    classes = Counter(a for row in table("entities.csv") for a in ontology.ancestors(row["type"]))
    counted = {(ontology.classes[name].label_zh, number) for name, number in classes.items()}
    assert ask(kg, "entities-per-class", ["class", "entities"]) == counted

    rows = [r for r in table("statements.csv") if r["status"] != "rejected"]
    facts = Counter(p for _, p, _ in {(r["subject"], r["predicate"], r["object"]) for r in rows})
    evidence = Counter(r["predicate"] for r in rows)
    assert ask(kg, "statements-per-relation", ["relation", "statements", "evidence"]) == {
        (ontology.relations[name].label_zh, number, evidence[name]) for name, number in facts.items()
    }
    heard: Counter[str] = Counter()
    for row in rows:
        heard.update({row["subject"], row["object"]})
    once = {e for e, number in heard.items() if number == 1 and not e.startswith("plan/")}
    names = {row["id"]: row["label_zh"] for row in table("entities.csv")}
    assert ask(kg, "single-evidence-entities", ["entity"]) == {(names[e],) for e in once}
    by_section = Counter(row["section"].rpartition(" > ")[2] for row in rows)
    assert ask(kg, "statements-per-section", ["section", "evidence"]) == set(by_section.items())


# -- the headers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", all_questions(), ids=lambda q: q.name)
def test_header_is_whole(question: Question) -> None:
    assert question.zh.endswith("？")
    assert question.en.endswith("?")
    assert question.zh != question.en
    head, _, body = question.sparql.partition("SELECT")
    assert all(line.startswith("# ") for line in head.strip().splitlines()), "only the header stands before SELECT"
    projection, _, pattern = body.partition("WHERE")
    # A title that speaks of some thing (某) leaves it to the asker: it needs a parameter, and no other title does.
    assert ("某" in question.zh) == bool(question.parameters)
    for parameter in question.parameters:
        # The engine gives a value only to a variable of the outermost SELECT.
        assert re.search(rf"\?{parameter.name}\b", projection)
        assert re.search(rf"\?{parameter.name}\b", pattern)
        assert (
            parameter.kind in ("text", "integer", "relation", "class", "plan")
            or parameter.kind in load_ontology().classes
        )
        assert parameter.zh and parameter.en
    names = [p.name for p in question.parameters]
    assert len(set(names)) == len(names)
    assert not set(names) & {"format", "form", "output", "timeout", "build", "build_path", "lang", "help"}


@pytest.mark.parametrize("question", all_questions(), ids=lambda q: q.name)
def test_graph_is_named_only_where_it_is_needed(question: Question) -> None:
    needed = {"world-facts", "inferred-facts", "plan-only-facts", "shared-facts"}
    assert ("GRAPH " in question.sparql) == (question.name in needed)
    assert "SERVICE" not in question.sparql and "FROM" not in question.sparql


def test_two_questions_never_ask_the_same() -> None:
    for lang in ("zh", "en"):
        titles = [q.title(lang) for q in all_questions()]
        assert len(set(titles)) == len(titles)


# -- names and values -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["滨海—中关村科技园", "滨海中关村科技园", "Binhai-Zhongguancun Science Park"])
def test_a_park_by_any_of_its_names(kg: Any, name: str) -> None:
    assert ask(kg, "entity-aims", ["goal"], entity=name) == {
        ("类中关村创新创业生态系统",),
        ("国际一流科技研发和成果转化园区",),
    }


def test_alias_id_and_iri_give_the_same_answer(kg: Any) -> None:
    known = kg.entity("合成生物学", "Domain")
    answers = [kg.ask("parks-by-domain", domain=n).rows for n in ("合成生物学", "合成生物", known.id, known.iri)]
    assert answers[0] and all(rows == answers[0] for rows in answers)


def test_a_near_miss_is_told(kg: Any) -> None:
    with pytest.raises(NotFoundError) as caught:
        kg.ask("park-technologies", park="生物制造股")
    assert "生物制造谷" in caught.value.suggestions
    assert "生物制造谷" in caught.value.words("zh") and "生物制造谷" in caught.value.words("en")


def test_what_is_not_of_the_class_is_told(kg: Any) -> None:
    with pytest.raises(NotFoundError) as caught:
        kg.ask("park-technologies", park="天津中医药大学")
    assert "高等院校" in caught.value.words("zh") and "园区" in caught.value.words("zh")
    assert "University" in caught.value.words("en") and "Park" in caught.value.words("en")


def test_missing_unknown_and_wrong_parameters_are_told(kg: Any) -> None:
    with pytest.raises(InputError, match="needs park") as caught:
        kg.ask("park-technologies")
    assert "园区" in caught.value.words("zh")
    with pytest.raises(InputError, match="no parameter color; it takes park") as caught:
        kg.ask("park-technologies", park="设计之都", color="red")
    assert "color" in caught.value.words("zh")
    with pytest.raises(InputError, match="whole number") as caught:
        kg.ask("low-confidence-statements", below="half")
    assert "整数" in caught.value.words("zh")


def test_found_entities_come_with_their_ids(kg: Any) -> None:
    for row in kg.ask("find-entity", lang="zh", text="中"):
        assert kg.index.by_id[row["id"]].label_zh == row["entity"]
        assert row["name"] in kg.index.by_id[row["id"]].names


def test_an_unknown_question_suggests_near_ones(kg: Any) -> None:
    with pytest.raises(NotFoundError) as caught:
        kg.ask("park-technology")
    assert "park-technologies" in caught.value.suggestions
    with pytest.raises(NotFoundError):
        load_question("../plans")


@pytest.mark.parametrize("text", ['" } INSERT', "\\", "''", "?x", "}#", "\n", '"@zh', "<http://example.org/>", "谷\"'"])
def test_hostile_text_is_only_text(kg: Any, text: str) -> None:
    assert kg.ask("find-entity", text=text).rows == ()
    for question, parameter in (("stated-count-members", "counted"), ("plan-only-facts", "plan")):
        with pytest.raises(NotFoundError):
            kg.ask(question, **{parameter: text})


def test_words_of_the_vocabulary_are_known_in_both_languages(kg: Any) -> None:
    asked = {"subject": "生物制造谷", "object": "天津港保税区"}
    for word in ("reliesOn", "依托", "relies on"):
        assert len(kg.ask("statement-evidence", relation=word, **asked)) == 1
    with pytest.raises(NotFoundError) as caught:
        kg.ask("statement-evidence", relation="依靠", **asked)
    assert "依托" in caught.value.suggestions


# -- other graphs -----------------------------------------------------------------------------------------------


@pytest.fixture
def invented(tmp_path: Path) -> Callable[..., Any]:
    """Builds invented plans: ``invented(one=[("park/a", "locatedIn", "park/b")], two=[...])``."""
    from .conftest import invent_plan

    kinds = {"domain": "Domain", "technology": "Technology", "park": "Park", "district": "Region"}
    kinds["institution"] = "Laboratory"

    def make(**plans: list[tuple[str, str, str]]) -> Any:
        folders = []
        for plan_id, claims in plans.items():
            ids = dict.fromkeys(end for s, _, o in claims for end in (s, o))
            entities = [(i, kinds[i.partition("/")[0]], i.replace("institution", "lab").replace("/", "-")) for i in ids]
            folders.append(invent_plan(tmp_path / "plans", plan_id, entities, claims).path)
        build(folders, tmp_path / "build")
        return plangraph.open(tmp_path / "build")

    return make


def test_two_plans_what_one_alone_says_and_what_both_say(invented: Callable[..., Any]) -> None:
    kg = invented(
        one=[("park/a", "focusesOn", "domain/d"), ("park/a", "collaboratesWith", "park/b")],
        two=[
            ("park/a", "focusesOn", "domain/d"),
            ("park/b", "collaboratesWith", "park/a"),
            ("park/b", "focusesOn", "domain/d"),
        ],
    )
    fact = ["subject", "relation", "object"]
    assert ask(kg, "plan-only-facts", fact, plan="one") == set()
    assert ask(kg, "plan-only-facts", fact, plan="two") == {("park-b", "聚焦领域", "domain-d")}
    assert ask(kg, "plan-only-facts", ["document", "plan"]) == {("某地two规划", "any")}
    assert ask(kg, "shared-facts", [*fact, "plan"]) == {
        ("park-a", "聚焦领域", "domain-d", "某地one规划"),
        ("park-a", "聚焦领域", "domain-d", "某地two规划"),
        ("park-a", "合作", "park-b", "某地one规划"),
        ("park-b", "合作", "park-a", "某地two规划"),
    }
    assert ask(kg, "plans", ["plan"]) == {("某地one规划",), ("某地two规划",)}
    # A fact that two plans state is one row for each place in a text, and one park all the same.
    assert len(kg.ask("parks-by-domain", domain="domain/d").rows) == 3
    assert ask(kg, "parks-sharing-field", ["field", "park", "other"]) == {("domain-d", "park-a", "park-b")}


def test_one_text_under_two_plan_ids(tmp_path: Path, kg: Any) -> None:
    folders = [CHECKOUT / "graph" / "tianjin-145", tmp_path / "tianjin-146"]
    shutil.copytree(*folders)
    for name in ("plan.toml", "statements.csv"):
        path = folders[1] / name
        path.write_text(path.read_text("utf-8").replace("tianjin-145", "tianjin-146"), encoding="utf-8")
    build(folders, tmp_path / "build")
    both = plangraph.open(tmp_path / "build")
    per_plan = {"statements-per-relation", "statements-per-section", "single-evidence-entities"}
    only_there = {"plan-only-facts", "shared-facts", "inferred-facts"}
    for question in all_questions():
        once, twice = first_answer(kg, question), first_answer(both, question)
        assert len(set(twice.rows)) == len(twice.rows), question.name
        if question.name in per_plan | only_there:
            continue
        # What stands in a text, or is said of a plan itself, is there for each plan; everything else stays as it is.
        by_plan = {"plan", "subject"} & set(once.columns)
        assert by_plan or set(twice.rows) == set(once.rows), question.name
        if "plan" in once.columns and question.name != "collaboration-centres":
            assert len(twice) == 2 * len(once), question.name
    # The plan's own aims are facts about the plan, so they are not shared.
    assert {row["relation"] for row in both.ask("plan-only-facts", lang="zh")} == {"目标是"}
    assert len(both.ask("plan-only-facts")) + len(both.ask("shared-facts")) == 2 * len(kg.ask("plan-only-facts"))
    assert both.ask("single-evidence-entities").rows == ()


def test_institutions_and_what_is_no_tie_to_a_park(invented: Callable[..., Any]) -> None:
    kg = invented(
        one=[
            ("institution/i", "reliesOn", "park/a"),
            ("park/b", "collaboratesWith", "institution/i"),
            ("institution/i", "benchmarkedAgainst", "park/c"),
            ("institution/i", "collaboratesWith", "institution/j"),
            ("institution/j", "collaboratesWith", "district/d"),
            ("institution/i", "develops", "technology/t"),
        ]
    )
    ties = {("park-a", "是其依托"), ("park-b", "合作")}
    assert ask(kg, "parks-by-institution", ["park", "relation"], institution="institution/i") == ties
    assert ask(kg, "institutions-and-parks", ["park", "relation"]) == ties
    assert ask(kg, "park-institutions", ["institution"], park="park/c") == set()
    assert ask(kg, "parks-by-institution", ["park"], institution="institution/j") == set()
    assert ask(kg, "institutions-of-several-parks", ["institution", "parks"]) == {("lab-i", 2)}
    assert ask(kg, "parks-without-institution", ["park"]) == {("park-c",)}
    assert ask(kg, "parks-by-host", ["park"], host="park/a") == set()
    assert ask(kg, "technologies-without-developer", ["technology"]) == set()


def test_places_in_places(invented: Callable[..., Any]) -> None:
    kg = invented(
        one=[
            ("park/a", "locatedIn", "park/b"),
            ("park/b", "locatedIn", "district/c"),
            ("park/d", "reliesOn", "park/b"),
            ("park/e", "reliesOn", "district/c"),
        ]
    )
    assert ask(kg, "hosted-in-district", ["entity", "place"], district="district/c") == {
        ("park-a", "park-b"),
        ("park-b", "district-c"),
        ("park-e", "district-c"),
    }
    assert ask(kg, "inferred-facts", ["subject", "object", "premise_object"], rule="transitive") == {
        ("park-a", "district-c", "park-b"),
        ("park-a", "district-c", "district-c"),
    }
    assert ask(kg, "hosts-of-several-parks", ["host", "parks"]) == {("district-c", 3)}


def test_domains_that_share_a_technology(invented: Callable[..., Any]) -> None:
    kg = invented(
        one=[
            ("domain/a", "develops", "technology/t"),
            ("domain/b", "develops", "technology/t"),
            ("park/p", "develops", "technology/t"),
            ("domain/c", "subDomainOf", "domain/a"),
            ("domain/c", "develops", "technology/u"),
        ]
    )
    assert ask(kg, "domains-sharing-technology", ["technology", "domain", "other"]) == {
        ("technology-t", "domain-a", "domain-b")
    }
    assert ask(kg, "technologies-per-domain", ["domain", "own", "with_subdomains"]) == {
        ("domain-a", 1, 2),
        ("domain-b", 1, 1),
        ("domain-c", 1, 1),
    }


def test_undecided_and_uncertain_statements(tmp_path: Path, small_plan: Callable[..., Any]) -> None:
    plan = small_plan(parks=2)
    path = plan.path / "statements.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    lines[1] = lines[1].replace("accepted,curated,1,", "proposed,rule:works-in,0.6,").replace("01-01,", "01-01,看过")
    lines[2] = lines[2].replace("accepted,curated,1,", "accepted,rule:works-in,0.75,")
    lines[3] = lines[3].replace("accepted,", "rejected,")
    path.write_text("".join(lines), encoding="utf-8")
    build([plan.path], tmp_path / "build")
    kg = plangraph.open(tmp_path / "build")
    proposed = ask(kg, "proposed-statements", ["subject", "object", "method", "confidence", "quote", "paragraph"])
    assert proposed == {("第0园区", "某领域", "rule:works-in", 0.6, "第0园区与某领域", 1)}
    assert [(r["subject"], r["method"], r["quote"]) for r in kg.ask("low-confidence-statements")] == [
        ("第0园区", "rule:works-in", "第0园区与某领域"),
        ("第1园区", "rule:works-in", "第1园区与某领域"),
    ]
    assert [r["subject"] for r in kg.ask("low-confidence-statements", below=75)] == ["第0园区"]
    assert ask(kg, "collaborations", ["subject"]) == set()
    columns = ["status", "decided_by", "decided_on", "reason", "end"]
    assert ask(kg, "statement-evidence", columns, subject="第0园区", object="某领域") == {
        ("proposed", "tester", "2026-01-01", "看过", 8)
    }


# -- the page ---------------------------------------------------------------------------------------------------


def questions_table() -> str:
    """docs/questions.md: each question with its words and parameters, nothing of any plan."""
    lines = [
        "# 已存的问题 Saved questions",
        "",
        "`plangraph ask NAME --PARAMETER VALUE` 提问；参数可以是中文名、英文名、别名或 id。",
        "Ask with `plangraph ask NAME --PARAMETER VALUE`; a value may be a Chinese or English name, an alias or an id.",
        "",
        "| name | 问题 | question | 参数 parameters |",
        "|---|---|---|---|",
    ]
    for q in all_questions():
        parameters = "<br>".join(
            f"`--{p.name}` {p.kind}: {p.zh} · {p.en}" + (f" (`{p.default}`)" if p.default is not None else "")
            for p in q.parameters
        )
        lines.append(f"| `{q.name}` | {q.zh} | {q.en} | {parameters} |")
    return "\n".join(lines) + "\n"


def test_the_page_lists_the_questions_as_they_are() -> None:
    assert TABLE.read_text("utf-8") == questions_table(), "run: python tests/test_questions.py"


if __name__ == "__main__":
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_text(questions_table(), encoding="utf-8", newline="\n")
