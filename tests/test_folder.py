"""Plan folders: what is read is what was written, however it was saved, and no input does worse than a fault."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plangraph.check import check_folders
from plangraph.errors import InputError, TablesError
from plangraph.folder import (
    PlanFolder,
    entities_csv,
    find_plan_folders,
    is_plan_folder,
    read_folder,
    read_folders,
    statements_csv,
)
from plangraph.model import STATUSES, Entity, Evidence, Section, StatedCount, Statement
from tests.faults.small_plan import ONE, PLAN_ID, TEXT, TWO, Draft, entity, statement

FILES = ("plan.toml", "entities.csv", "statements.csv")


@pytest.fixture
def folder(tmp_path: Path) -> PlanFolder:
    """The small plan."""
    return read_folder(Draft().write(tmp_path)[0])


def contents(found: PlanFolder) -> tuple[object, ...]:
    """What a folder says, apart from where it lies."""
    return found.plan, found.world_facts, found.entities, found.statements


def test_the_plan_is_read(folder: PlanFolder) -> None:
    plan = folder.plan
    assert (plan.id, plan.title, plan.issuer, plan.publisher) == (
        PLAN_ID,
        "云州市科技创新规划",
        "云州市人民政府",
        "云州网",
    )
    assert (plan.period_start, plan.period_end, plan.published, plan.url) == (2031, 2035, "2031-02-03", "")
    assert plan.text_characters == len(TEXT)
    assert folder.world_facts == ("title_en", "published")
    start = TEXT.index("2个创新标志区")
    assert plan.stated_counts == (
        StatedCount(
            "plan/yunzhou-one",
            "InnovationZone",
            2,
            ("park/qingshi-valley", "park/baisha-bay"),
            0,
            Evidence(start, start + 7, "2个创新标志区", (TWO,), 8),
        ),
    )


def test_entities_and_statements_are_read(folder: PlanFolder) -> None:
    assert folder.entities[4] == Entity(
        "park/qingshi-valley", "InnovationZone", "青石谷", "the park/qingshi-valley", ("云州青石谷", "青石")
    )
    assert folder.entities[1].broader == "domain/new-materials"
    start = TEXT.index("青石谷位于东川区")
    assert folder.statements[0] == Statement(
        "park/qingshi-valley",
        "locatedIn",
        "district/dongchuan",
        (
            Evidence(start, start + 8, "青石谷位于东川区", (ONE,), 3, decided_by="tester", decided_on="2031-03-04"),
        ),
        PLAN_ID,
    )  # fmt: skip


def test_rows_of_one_claim_are_evidence_of_one_statement(tmp_path: Path) -> None:
    draft = Draft()
    draft.statements.append(
        statement("park/qingshi-valley", "locatedIn", "district/dongchuan", "位于东川区", status="proposed")
    )
    found = read_folder(draft.write(tmp_path)[0])
    assert len(found.statements) == 11
    assert [(e.quote, e.status) for e in found.statements[0].evidence] == [
        ("青石谷位于东川区", "accepted"),
        ("位于东川区", "proposed"),
    ]


def test_accepted_leaves_the_rest_out(tmp_path: Path) -> None:
    draft = Draft()
    draft.statements[0]["status"] = "proposed"
    draft.statements[1]["status"] = "rejected"
    draft.statements.append(
        statement("park/baisha-bay", "serves", "district/dongchuan", "服务东川区", status="proposed")
    )
    found = read_folder(draft.write(tmp_path)[0])
    kept = found.accepted()
    assert [s.predicate for s in found.statements][:2] == ["locatedIn", "partOf"]
    assert [s.predicate for s in kept.statements][:1] == ["collaboratesWith"]
    assert len(kept.statements) == 9
    assert {e.status for s in kept.statements for e in s.evidence} == {"accepted"}


def test_sections_stand_in_the_order_of_the_text_with_those_around_them(tmp_path: Path) -> None:
    draft = Draft()
    draft.statements[0]["section"] = "第一章 总体布局 > 一、园区"
    draft.statements[5]["section"] = "第二章 重点方向>二、材料 >（一）薄膜"
    draft.statements[9] |= {"section": "第九章 不算", "status": "rejected"}
    found = read_folder(draft.write(tmp_path)[0])
    assert found.sections == (
        Section(1, (ONE,), 0),
        Section(2, (ONE, "一、园区"), 1),
        Section(3, (TWO,), 0),
        Section(4, (TWO, "二、材料"), 3),
        Section(5, (TWO, "二、材料", "（一）薄膜"), 4),
    )


@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_a_folder_saved_by_a_spreadsheet_program_reads_the_same(encoding: str, line_end: str, tmp_path: Path) -> None:
    draft = Draft()
    draft.entities[5]["note"] = '带逗号,和"引号"'
    draft.statements[3]["reason"] = "=SUM(A1)"
    plain = read_folder(draft.write(tmp_path / "plain")[0])
    for name in FILES[1:]:
        out = io.StringIO(newline="")
        csv.writer(out, lineterminator=line_end).writerows(csv.reader(io.StringIO(draft.csv(name), newline="")))
        draft.files[name] = out.getvalue().encode(encoding)
    draft.files["plan.toml"] = draft.toml.replace("\n", line_end).encode(encoding)
    assert contents(read_folder(draft.write(tmp_path / "saved")[0])) == contents(plain)


def test_white_space_around_cells_does_not_count_but_in_a_quote(tmp_path: Path) -> None:
    draft = Draft()
    plain = read_folder(draft.write(tmp_path / "plain")[0])
    for row in (*draft.entities, *draft.statements):
        for name in row.keys() - {"quote"}:
            row[name] = f" {row[name]}\u3000"
    found = read_folder(draft.write(tmp_path / "spaced")[0])
    assert contents(found) == contents(plain)
    draft.statements[0]["quote"] = "　　第"
    assert read_folder(draft.write(tmp_path / "quote")[0]).statements[0].evidence[0].quote == "　　第"


# -- there and back -------------------------------------------------------------------------------------------

TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=12),
    st.text("=+-@'\",;|<>&% 甲乙", max_size=8),
).map(str.strip)
NAMES = TEXTS.filter(bool)
QUOTES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=24).filter(
    lambda quote: bool(quote.strip())
)
IDS = ["park/a", "park/b-2", "district/c", "domain/d", "technology/e5"]


@st.composite
def entity_lists(draw: st.DrawFn) -> list[Entity]:
    """Entities with the ids above, so that statements can name them."""
    part = TEXTS.map(lambda s: s.replace("|", "").strip()).filter(bool)
    return [
        Entity(
            id,
            draw(st.sampled_from(["Park", "District", "NoSuchClass"])),
            draw(NAMES),
            draw(TEXTS),
            tuple(draw(st.lists(part, max_size=3))),
            draw(st.sampled_from(["", *IDS])),
            draw(TEXTS),
        )
        for id in IDS
    ]


@st.composite
def statement_lists(draw: st.DrawFn) -> list[Statement]:
    """Statements of different claims, the evidence of each in the order of the text."""
    ends = st.sampled_from([*IDS, f"plan/{PLAN_ID}"])
    claims = draw(st.lists(st.tuples(ends, st.sampled_from(["serves", "locatedIn"]), ends), unique=True, max_size=3))
    heading = TEXTS.map(lambda s: s.replace(">", "").strip()).filter(bool)
    found = []
    for claim in claims:
        spans = draw(st.sets(st.tuples(st.integers(0, 99), st.integers(100, 199)), min_size=1, max_size=3))
        evidence = [
            Evidence(
                start,
                end,
                draw(QUOTES),
                tuple(draw(st.lists(heading, max_size=2))),
                draw(st.integers(-2, 99)),
                draw(TEXTS),
                draw(st.integers(0, 10**6)) / 10**6,
                draw(st.sampled_from(STATUSES)),
                draw(TEXTS),
                draw(TEXTS),
                draw(TEXTS),
            )
            for start, end in sorted(spans)
        ]
        found.append(Statement(*claim, tuple(evidence), PLAN_ID))
    return found


@given(entity_lists(), statement_lists())
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_a_folder_that_is_written_reads_back_equal(
    tmp_path_factory: pytest.TempPathFactory, entities: list[Entity], statements: list[Statement]
) -> None:
    draft = Draft()
    draft.files["entities.csv"] = entities_csv(entities)
    draft.files["statements.csv"] = statements_csv(statements)
    draft.toml = draft.toml.partition("[[stated_counts]]")[0]
    found = read_folder(draft.write(tmp_path_factory.getbasetemp() / "round")[0])
    assert list(found.entities) == entities
    by_claim = {(s.subject, s.predicate, s.object): s for s in statements}
    assert {(s.subject, s.predicate, s.object): s for s in found.statements} == by_claim
    # What was read is written again to the byte.
    assert entities_csv(found.entities) == draft.files["entities.csv"]
    assert statements_csv(found.statements) == draft.files["statements.csv"]


def test_the_tianjin_tables_are_written_again_to_the_byte(checkout: Path) -> None:
    path = checkout / "graph" / "tianjin-145"
    found = read_folder(path)
    again = list(csv.reader(io.StringIO(entities_csv(found.entities).decode("utf-8"), newline="")))
    assert again == list(csv.reader(io.StringIO((path / "entities.csv").read_text("utf-8"), newline="")))
    rows = sorted(csv.reader(io.StringIO(statements_csv(found.statements).decode("utf-8"), newline="")))
    assert rows == sorted(csv.reader(io.StringIO((path / "statements.csv").read_text("utf-8"), newline="")))


# -- hostile input --------------------------------------------------------------------------------------------


def read_and_check(path: Path) -> None:
    """Read and check a folder: faults of the tables, or a report; anything else escapes."""
    before = {p.name: p.read_bytes() for p in path.iterdir()}
    try:
        check_folders([read_folder(path)])
    except TablesError as error:
        assert error.faults
        for fault in error.faults:
            assert fault.line >= 1 and fault.column >= 1
            assert "\n" not in fault.words("zh") + fault.words("en")
    except InputError as error:
        assert str(path) in error.en and str(path) in error.zh
    assert {p.name: p.read_bytes() for p in path.iterdir()} == before


@pytest.mark.parametrize("name", FILES)
@given(data=st.one_of(st.binary(max_size=200), st.text(max_size=80).map(lambda t: t.encode("utf-8", "replace"))))
@settings(deadline=None, max_examples=80)
def test_any_bytes_in_a_file_are_a_folder_or_a_fault(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: bytes
) -> None:
    draft = Draft()
    draft.files[name] = data
    read_and_check(draft.write(tmp_path_factory.getbasetemp() / "bytes")[0])


@pytest.mark.parametrize("name", FILES)
@given(
    at=st.floats(0, 1),
    length=st.integers(0, 12),
    data=st.one_of(
        st.binary(max_size=6),
        st.sampled_from(['"', ",", "\n", "[", "]", "=", "'", "\\", "true", "1e999"]).map(str.encode),
    ),
)
@settings(deadline=None, max_examples=150)
def test_a_good_file_with_some_bytes_changed_is_a_folder_or_a_fault(
    tmp_path_factory: pytest.TempPathFactory, name: str, at: float, length: int, data: bytes
) -> None:
    draft = Draft()
    good = draft.toml.encode() if name == "plan.toml" else draft.csv(name).encode()
    start = int(at * len(good))
    draft.files[name] = good[:start] + data + good[start + length :]
    read_and_check(draft.write(tmp_path_factory.getbasetemp() / "spliced")[0])


HOSTILE = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            'x" . <urn:a> <urn:b> <urn:c> .\n',
            "<script>alert(1)</script>",
            "> <urn:x",
            "\\u0022",
            "\\",
            "\\n",
            "{}{0}",
            "%s",
            "'; DROP",
            "nan",
            "-inf",
            "1e308",
            "9" * 400,
            "-1",
            "٣",
            "0x10",
            "1_000",
            "GB/T 2260 甲",
            "plan/yunzhou-one",
            "\u202e文反",
            "\ufffe\uffff",
            "𠀀" * 30,
        ]
    ),
)


@given(
    table=st.sampled_from(["entities", "statements"]), row=st.integers(0, 9), column=st.integers(0, 13), value=HOSTILE
)
@settings(deadline=None, max_examples=250)
def test_any_text_in_a_cell_is_a_folder_or_a_fault(
    tmp_path_factory: pytest.TempPathFactory, table: str, row: int, column: int, value: str
) -> None:
    draft = Draft()
    rows = draft.entities if table == "entities" else draft.statements
    names = list(rows[row])
    rows[row][names[column % len(names)]] = value
    try:
        path = draft.write(tmp_path_factory.getbasetemp() / "cells")[0]
    except UnicodeEncodeError:  # half a surrogate pair cannot be saved
        return
    read_and_check(path)


@pytest.mark.parametrize(
    "value",
    [
        "true",
        "1",
        "-1",
        "1.5",
        "[]",
        "{}",
        '""',
        '"x"',
        "[1]",
        '[["a"]]',
        "2031-02-03",
        "07:32:00",
        "nan",
        '"""\n甲\n"""',
        "[{}]",
    ],
)
def test_any_kind_of_value_in_plan_toml_is_a_folder_or_a_fault(value: str, tmp_path: Path) -> None:
    lines = Draft().toml.splitlines()
    places = [i for i, line in enumerate(lines) if " = " in line]
    assert len(places) > 20
    for n in places:
        draft = Draft()
        draft.toml = "\n".join([*lines[:n], f"{lines[n].partition(' = ')[0]} = {value}", *lines[n + 1 :]])
        read_and_check(draft.write(tmp_path)[0])
    for key in ("source", "stated_counts"):
        draft = Draft()
        draft.toml = f"{key} = {value}\n" + draft.toml.partition("[source]")[0]
        read_and_check(draft.write(tmp_path)[0])


# -- finding folders ------------------------------------------------------------------------------------------


def test_folders_are_found_by_name_and_below_a_folder_each_once(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "plan.toml").touch()
    (tmp_path / "other").mkdir()
    assert find_plan_folders([tmp_path]) == [tmp_path / "a", tmp_path / "b"]
    assert find_plan_folders([tmp_path / "b", tmp_path]) == [tmp_path / "b", tmp_path / "a"]
    assert is_plan_folder(tmp_path / "a") and not is_plan_folder(tmp_path)


@pytest.mark.parametrize("name", ["missing", "empty", "file"])
def test_where_no_plan_folder_is_the_path_is_named(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(InputError) as caught:
        find_plan_folders([tmp_path / name])
    for words in (caught.value.en, caught.value.zh):
        assert str(tmp_path / name) in words
        assert "plan.toml" in words and "entities.csv" in words and "statements.csv" in words


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(name: str, tmp_path: Path) -> None:
    path = Draft().write(tmp_path)[0]
    (path / name).unlink()
    with pytest.raises(InputError, match="no such file") as caught:
        read_folder(path)
    assert str(path / name) in caught.value.en and str(path / name) in caught.value.zh


def test_several_folders_are_read_in_the_order_given(tmp_path: Path) -> None:
    draft = Draft()
    first = draft.write(tmp_path / "one")[0]
    draft.toml = draft.toml.replace("yunzhou-one", "yunzhou-two")
    draft.entities.append(entity("park/new", "Park", "新园"))
    second = draft.write(tmp_path / "two")[0]
    found = read_folders([second, first])
    assert [f.plan.id for f in found] == ["yunzhou-two", "yunzhou-one"]
    assert {s.plan for s in found[0].statements} == {"yunzhou-two"}
