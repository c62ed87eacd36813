"""What `check_folders` and `read_folder` say of seeded faults: where, of what, and how to mend it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pytest

from plangraph.check import Report, check_folders
from plangraph.document import read_document
from plangraph.errors import Fault, TablesError
from plangraph.folder import read_folder, read_folders
from tests.faults.seeds import SHAPES, TABLES, TEXT, Seed, set_toml
from tests.faults.small_plan import PLAN_ID, Draft, statement


def check(draft: Draft, root: Path, with_text: bool = False) -> Report:
    """Write the draft and check it."""
    folder, text = draft.write(root)
    texts = {PLAN_ID: read_document(text)} if with_text else None
    return check_folders([read_folder(folder)], texts)


def assert_says(faults: Sequence[Fault], seed: Seed, draft: Draft, folder: Path) -> None:
    """Exactly the seeded fault and what comes with it is said, where it stands, with words on how to mend it."""
    assert {f.code for f in faults} == {seed.code} | seed.also
    ours = [f for f in faults if f.code == seed.code]
    places = set()
    for fault in ours:
        name = Path(fault.path).name
        lines = (folder / name).read_bytes().decode("utf-8", "replace").split("\n")
        there = lines[fault.line - 1][fault.column - 1 :] + "\n" if fault.line <= len(lines) else ""
        for at in seed.at:
            if at[0] == name and at[1] in (None, fault.line) and there.startswith(at[2]):
                places.add(at)
                break
        else:
            pytest.fail(f"{fault.words('en')}: said of {there[:40]!r}, expected one of {seed.at}")
        assert Path(fault.path) == folder / name
        assert fault.severity == seed.severity
        for lang, mend in (("zh", seed.mend_zh), ("en", seed.mend_en)):
            words = fault.words(lang)
            assert words.startswith(f"{fault.path}:{fault.line}:{fault.column}: ")
            assert f"[{seed.code}]: " in words
            assert mend in words
            assert seed.shows in words
            assert "\n" not in words
            assert len(words) < len(fault.path) + 600
    assert places == set(seed.at)


def test_the_small_plan_has_no_fault(tmp_path: Path) -> None:
    report = check(Draft(), tmp_path, with_text=True)
    assert report.faults == ()
    assert (report.statements, report.quotes_verified) == (11, 12)
    assert [(c.counted, c.stated, c.named) for c in report.counts] == [("InnovationZone", 2, 2)]


@pytest.mark.parametrize("seed", SHAPES, ids=lambda seed: seed.id)
def test_seeded_fault_of_a_shape(seed: Seed, tmp_path: Path) -> None:
    draft = Draft()
    seed.edit(draft)
    report = check(draft, tmp_path)
    assert_says(report.faults, seed, draft, tmp_path / PLAN_ID)
    assert bool(report.errors) == (seed.severity == "error")
    assert bool(report.warnings) == (seed.severity == "warning")


@pytest.mark.parametrize("seed", TEXT, ids=lambda seed: seed.id)
def test_seeded_fault_beside_the_text(seed: Seed, tmp_path: Path) -> None:
    draft = Draft()
    seed.edit(draft)
    assert check(draft, tmp_path).faults == ()
    report = check(draft, tmp_path, with_text=True)
    assert_says(report.faults, seed, draft, tmp_path / PLAN_ID)
    assert report.quotes_verified == (11 if seed.code == "quote-offset" else 12)


@pytest.mark.parametrize("seed", TABLES, ids=lambda seed: seed.id)
def test_seeded_fault_of_the_tables(seed: Seed, tmp_path: Path) -> None:
    draft = Draft()
    seed.edit(draft)
    folder, _ = draft.write(tmp_path)
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    with pytest.raises(TablesError) as caught:
        read_folder(folder)
    assert_says(caught.value.faults, seed, draft, folder)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
    assert "nothing was written" in caught.value.words("en")
    assert "未写入" in caught.value.words("zh")


def test_all_faults_of_all_tables_are_said_at_once_in_the_order_of_files_and_lines(tmp_path: Path) -> None:
    draft = Draft()
    draft.entities[2]["id"] = "Technology/Film"
    draft.entities[5]["label_zh"] = ""
    draft.entities[5]["broader"] = "park/nowhere"
    draft.statements[0] |= {"status": "maybe", "start": "x", "confidence": "much", "predicate": "位于"}
    draft.statements[1]["object"] = "district/nowhere"
    draft.statements[7]["quote"] = ""
    draft.edit_toml("period_end = 2035", 'period_end = "later"')
    draft.edit_toml('named = ["park/qingshi-valley", ', 'named = ["park/atlantis", ')
    folder, _ = draft.write(tmp_path)
    with pytest.raises(TablesError) as caught:
        read_folder(folder)
    assert [(Path(f.path).name, f.line, f.code) for f in caught.value.faults] == [
        ("entities.csv", 4, "entity-id"),
        ("entities.csv", 7, "entity-name"),
        ("entities.csv", 7, "entity-unknown"),
        ("plan.toml", 8, "plan-toml"),
        ("plan.toml", 22, "entity-unknown"),
        ("statements.csv", 2, "statement-predicate"),
        ("statements.csv", 2, "status"),
        ("statements.csv", 2, "number"),
        ("statements.csv", 2, "number"),
        ("statements.csv", 3, "entity-unknown"),
        ("statements.csv", 7, "entity-unknown"),
        ("statements.csv", 8, "entity-unknown"),
        ("statements.csv", 9, "quote-missing"),
    ]


def test_faults_of_plan_toml_stand_in_their_own_part(tmp_path: Path) -> None:
    draft = Draft()
    head, _, count = draft.toml.partition("[[stated_counts]]")
    second = count.replace("count = 2", "count = 3").replace("unnamed = 0", "unnamed = -2")
    head = head.replace('text_sha256 = "', '"text_sha256" = "0').replace("[source]", '[source]\nid = "x"')
    draft.toml = f"{head}[[stated_counts]]{count}\n  [[ stated_counts ]] # again{second}"
    folder, _ = draft.write(tmp_path)
    with pytest.raises(TablesError) as caught:
        read_folder(folder)
    assert [(f.line, f.column, f.code) for f in caught.value.faults] == [
        (draft.toml.split("\n").index('id = "x"') + 1, 1, "plan-toml")
    ]
    draft.toml = draft.toml.replace('[source]\nid = "x"', "[source]")
    report = check(draft, tmp_path)
    lines = draft.toml.split("\n")
    assert [(f.line, f.code) for f in report.faults] == [
        (lines.index(next(x for x in lines if "sha256" in x)) + 1, "plan-text-sha256"),
        (len(lines) - lines[::-1].index(next(x for x in lines if "named = [" in x)), "count-unmet"),
        (lines.index("unnamed = -2") + 1, "count-unnamed-positive"),
    ]
    draft.toml = draft.toml.replace("unnamed = -2\n", "")
    folder, _ = draft.write(tmp_path)
    with pytest.raises(TablesError) as caught:
        read_folder(folder)
    (fault,) = caught.value.faults
    assert lines[fault.line - 1].strip() == "[[ stated_counts ]] # again" and "stated count 2 lacks unnamed" in fault.en


def test_a_table_that_breaks_off_does_not_make_its_ids_unknown(tmp_path: Path) -> None:
    draft = Draft()
    draft.files["entities.csv"] = draft.csv("entities.csv").replace("智能材料,", '"智能材料,').encode()
    draft.statements[1]["end"] = "soon"
    folder, _ = draft.write(tmp_path)
    with pytest.raises(TablesError) as caught:
        read_folder(folder)
    assert [f.code for f in caught.value.faults] == ["table-quotes", "number"]


def test_faults_of_several_plans_come_together(tmp_path: Path) -> None:
    first, second = Draft(), Draft()
    first.statements[0]["status"] = "maybe"
    second.entities[5]["label_zh"] = ""
    folders = [first.write(tmp_path / "a")[0], second.write(tmp_path / "b")[0]]
    with pytest.raises(TablesError) as caught:
        read_folders(folders)
    assert [(f.path, f.code) for f in caught.value.faults] == [
        (str(folders[0] / "statements.csv"), "status"),
        (str(folders[1] / "entities.csv"), "entity-name"),
    ]


def test_two_folders_of_one_plan_are_refused(tmp_path: Path) -> None:
    folders = [Draft().write(tmp_path / name)[0] for name in "ab"]
    with pytest.raises(TablesError) as caught:
        read_folders(folders)
    (fault,) = caught.value.faults
    assert (fault.path, fault.line, fault.column, fault.code) == (str(folders[1] / "plan.toml"), 2, 1, "plan-twice")
    assert str(folders[0]) in fault.en and "give one of them another id" in fault.en
    assert str(folders[0]) in fault.zh and "请改用别的 id" in fault.zh


def test_pyshacl_gives_the_same_report(tmp_path: Path) -> None:
    draft = Draft()
    draft.statements[0]["method"] = "guessed"
    draft.entities[5]["label_en"] = ""
    set_toml("count = 2", "count = 9")(draft)
    folder = read_folder(draft.write(tmp_path)[0])
    report = check_folders([folder], pyshacl=True)
    assert [f.code for f in report.faults] == ["entity-label-en", "count-unmet", "evidence-method"]
    assert report == check_folders([folder])


def test_rejected_statements_are_not_looked_at_but_their_quotes_are(tmp_path: Path) -> None:
    draft = Draft()
    draft.statements.append(
        statement(
            "goal/green-model", "locatedIn", "goal/green-model", "绿色创新样板", status="rejected", section="无此节"
        )
    )
    report = check(draft, tmp_path, with_text=True)
    assert [(f.code, f.line) for f in report.faults] == [("section-heading", 13)]
    assert (report.statements, report.quotes_verified) == (11, 13)
    assert read_folder(tmp_path / PLAN_ID).sections[-1].heading == "第二章 重点方向"


def test_a_message_stays_on_its_line_whatever_the_quote_holds(tmp_path: Path) -> None:
    draft = Draft()
    draft.statements[0]["quote"] = "青石谷\n位于\x1b[31m东川"
    report = check(draft, tmp_path, with_text=True)
    assert {f.code for f in report.faults} == {"quote-offset", "quote-span"}
    for fault in report.faults:
        assert "青石谷␤位于␤[31m东川" in fault.words("zh")
        assert not any(ord(c) < 32 for c in fault.words("zh") + fault.words("en"))


def test_the_nearest_places_of_a_quote_are_named_first(tmp_path: Path) -> None:
    draft = Draft()
    draft.statements[9] |= {"quote": "青石谷", "start": "150", "end": "153"}
    report = check(draft, tmp_path, with_text=True)
    (fault,) = report.faults
    places = [i for i in range(len(draft.text)) if draft.text.startswith("青石谷", i)]
    nearest = sorted(places, key=lambda i: abs(i - 150))[:3]
    assert len(places) > 3
    assert ", ".join(f"{i}–{i + 3}" for i in nearest) in fault.en


def test_counts_are_told_in_both_languages(tmp_path: Path) -> None:
    draft = Draft()
    set_toml("count = 2", "count = 8")(draft)
    set_toml("unnamed = 0", "unnamed = 6")(draft)
    report = check(draft, tmp_path)
    assert report.faults == ()
    (line,) = report.counts
    assert line.words("en") == "“2个创新标志区”: Innovation zone: 8 stated, 2 named"
    assert line.words("zh") == "“2个创新标志区”：创新标志区 文中称 8 个，点名 2 个"
    assert dataclasses.replace(line, counted="Castle").words("en").count("Castle") == 1
