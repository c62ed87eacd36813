"""Decisions: who, when and why are in the tables at once; what makes no sense is refused; extraction keeps them all."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plangraph.document import Document
from plangraph.errors import InputError, TablesError
from plangraph.extract import Proposal, saving
from plangraph.extract.decisions import FILE, NameDecision, decisions_csv, read_decisions
from plangraph.extract.queue import Filter, Item, Key, Reader, queue
from plangraph.extract.review import Review
from plangraph.extract.writing import Written, place_of, write_proposal
from plangraph.folder import read_folder
from plangraph.model import Entity, Evidence, Statement
from plangraph.ontology import load_ontology

TEXT = "云汀市规划\n一、生物\n依托云汀高新区，云汀大学与云汀高新区合作，突破抗体技术、核酸技术，发展生物医药产业。\n氢能另行部署，云汀高新区发展氢能。\n"
ENTITIES = (
    Entity("district/yun-ting-shi", "City", "云汀市"),
    Entity("park/yun-ting-gao-xin-qu", "Park", "云汀高新区"),
    Entity("institution/yun-ting-da-xue", "University", "云汀大学"),
    Entity("technology/kang-ti-ji-shu", "Technology", "抗体技术"),
    Entity("domain/sheng-wu-yi-yao", "Domain", "生物医药"),
    Entity("domain/qing-neng", "Domain", "氢能"),
)
PARK, UNIVERSITY, ANTIBODY = ENTITIES[1].id, ENTITIES[2].id, ENTITIES[3].id
BIO, HYDROGEN, CITY = ENTITIES[4].id, ENTITIES[5].id, ENTITIES[0].id


def evidence(quote: str, confidence: float = 0.6, method: str = "model:pairs") -> Evidence:
    start = TEXT.index(quote)
    document = Document.from_text(TEXT)
    number = document.paragraph_at(start)
    return Evidence.from_text(
        TEXT, start, start + len(quote), section=document.section_path(number), paragraph=number, method=method,
        confidence=confidence, status="proposed",
    )  # fmt: skip


def proposal(*extra: tuple[str, str, str, Evidence]) -> Proposal:
    claims = [
        (PARK, "focusesOn", BIO, evidence("发展生物医药产业", 0.9)),
        (PARK, "focusesOn", HYDROGEN, evidence("云汀高新区发展氢能", 0.5)),
        (UNIVERSITY, "collaboratesWith", PARK, evidence("云汀大学与云汀高新区合作", 0.7)),
        (CITY, "develops", ANTIBODY, evidence("突破抗体技术", 0.4, "model:implied-place")),
        *extra,
    ]
    return Proposal("云汀市", ENTITIES, tuple(Statement(s, r, o, (e,), "yunting") for s, r, o, e in claims))


def extract(folder: Path, found: Proposal | None = None, text: str = TEXT) -> Written:
    return write_proposal(found or proposal(), Document.from_text(text), folder, "yunting", "云汀市规划")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "yunting"
    extract(path)
    return path


def session(folder: Path) -> Review:
    return Review(folder, "甲", "2031-02-03", Document.from_text(TEXT))


def row(review: Review, object: str, subject: str = "") -> Key:
    return next(k for k in review.state.rows if k[2] == object and (not subject or k[0] == subject))


def on_disk(folder: Path) -> dict[Key, Evidence]:
    return {(s.subject, s.predicate, s.object, e.start, e.end): e for s in read_folder(folder).statements for e in s.evidence}  # fmt: skip


# ---- statements


def test_a_decision_is_on_disk_at_once_with_who_when_and_why(folder: Path) -> None:
    review = session(folder)
    key = row(review, BIO)
    assert review.decide([key], "rejected", "  读过\n原文 ") == 1
    e = on_disk(folder)[key]
    assert (e.status, e.decided_by, e.decided_on, e.reason) == ("rejected", "甲", "2031-02-03", "读过 原文")
    assert review.decide([key], "rejected") == 0
    review.decide([key], "proposed")
    assert on_disk(folder)[key] == evidence("发展生物医药产业", 0.9)


def test_undo_takes_back_one_after_the_other(folder: Path) -> None:
    before = {f.name: f.read_bytes() for f in folder.glob("*.*")}
    review = session(folder)
    review.decide(list(review.state.rows), "accepted")
    review.rename(PARK, "云汀国家高新区")
    review.decide([row(review, BIO)], "rejected")
    assert [review.undo(), review.undo(), review.undo(), review.undo()] == ["rejected", "rename", "accepted", ""]
    after = {f.name: f.read_bytes() for f in folder.glob("*.*")}
    assert {k: v for k, v in after.items() if k != FILE} == before
    assert read_decisions(folder) == ()


def test_mending_keeps_the_proposal_as_rejected(folder: Path) -> None:
    review = session(folder)
    key = row(review, HYDROGEN)
    new = review.mend(key, subject=CITY, reason="主体是本市")
    rows = on_disk(folder)
    assert rows[key].status == "rejected" and rows[key].reason == "主体是本市"
    assert rows[new].status == "accepted" and rows[new].method == "curated" and new[0] == CITY
    start = TEXT.index("氢能另行")
    moved = review.mend(row(review, BIO), span=(start, start + 4))
    assert on_disk(folder)[moved].quote == "氢能另行" and on_disk(folder)[moved].paragraph == 4


def test_what_the_ontology_or_the_text_forbids_is_refused(folder: Path) -> None:
    review = session(folder)
    before = (folder / "statements.csv").read_bytes()
    key = row(review, BIO)
    for wrong in ({"predicate": "locatedIn"}, {"predicate": "nonsense"}, {"subject": BIO}, {"subject": "park/none"}):
        with pytest.raises(InputError):
            review.mend(key, **wrong)
    for span in ((0, 25), (5, 5), (len(TEXT) - 1, len(TEXT) + 3)):
        with pytest.raises(InputError):
            review.mend(key, span=span)
    with pytest.raises(InputError, match="there already"):
        review.add(*key[:3], key[3:])
    assert (folder / "statements.csv").read_bytes() == before


def test_a_missing_statement_is_added(folder: Path) -> None:
    review = session(folder)
    new, span = ("Technology", "核酸技术"), (TEXT.index("核酸技术"), TEXT.index("核酸技术") + 4)
    key = review.add(CITY, "develops", new, span)
    assert on_disk(folder)[key].decided_by == "甲" and on_disk(folder)[key].section == ("一、生物",)
    with pytest.raises(InputError, match="is there"):
        review.add(PARK, "develops", new, span)
    assert review.undo() == "add" and key[2] not in review.state.entities
    without = Review(folder, "甲", "2031-02-03")
    with pytest.raises(InputError, match="--text"):
        without.add(CITY, "develops", ANTIBODY, (0, 4))


@pytest.mark.parametrize(
    ("relation", "object", "span"),
    [("locatedIn", ("Technology", "核酸技术"), (0, 4)), ("develops", ("Technology", "核酸技术"), (0, 99)), ("collaboratesWith", ("District", "云庭市"), (0, 4))],
)  # fmt: skip
def test_what_is_not_added_leaves_no_new_entity(
    folder: Path, relation: str, object: tuple[str, str], span: tuple[int, int]
) -> None:
    before = (folder / "entities.csv").read_bytes()
    with pytest.raises(InputError):
        session(folder).add(("District", "云庭市"), relation, object, span)
    assert (folder / "entities.csv").read_bytes() == before


def test_two_new_ends_of_one_sound_are_two(folder: Path) -> None:
    key = session(folder).add(("District", "云庭市"), "collaboratesWith", ("District", "云亭市"), (0, 4))
    assert {e.label_zh for e in read_folder(folder).entities if e.id in key} == {"云庭市", "云亭市"}


# ---- entities


def test_a_merge_takes_rows_names_and_the_memory_of_them(folder: Path) -> None:
    review = session(folder)
    key = row(review, HYDROGEN)
    review.decide([key], "accepted")
    assert review.merge(HYDROGEN, BIO) == 0
    assert HYDROGEN not in review.state.entities and "氢能" in review.state.entities[BIO].aliases
    assert on_disk(folder)[(key[0], key[1], BIO, *key[3:])].status == "accepted"
    assert read_decisions(folder) == (NameDecision("Domain", "氢能", BIO, "甲", "2031-02-03"),)
    with pytest.raises(InputError, match="retype"):
        review.merge(PARK, UNIVERSITY)


def test_an_accepted_row_forbids_what_would_make_it_wrong(folder: Path) -> None:
    review = session(folder)
    review.decide([k for k in review.state.rows if k[1] == "collaboratesWith"], "accepted")
    for wrong in (lambda: review.delete(UNIVERSITY), lambda: review.merge(UNIVERSITY, PARK, across=True), lambda: review.retype(UNIVERSITY, "Goal")):  # fmt: skip
        with pytest.raises(InputError, match="accepted"):
            wrong()
    assert set(on_disk(folder)) == set(review.state.rows)


def test_retyping_across_classes_gives_another_id(folder: Path) -> None:
    review = session(folder)
    assert review.retype(PARK, "Park") == PARK
    new = review.retype(ANTIBODY, "Domain")
    assert new == "domain/kang-ti-ji-shu" and review.state.entities[new].type == "Domain"
    assert all(ANTIBODY not in k for k in on_disk(folder))
    with pytest.raises(InputError, match="is no class"):
        review.retype(PARK, "Nonsense")


def test_only_a_division_keeps_its_code(folder: Path) -> None:
    path = folder / "entities.csv"
    path.write_bytes(path.read_bytes().replace("云汀市,,,,".encode(), "云汀市,,,,GB/T 2260 330100；沿海".encode()))
    review = session(folder)
    assert review.retype(CITY, "County") == CITY and review.state.entities[CITY].note == "GB/T 2260 330100；沿海"
    new = review.retype(CITY, "Enterprise")
    assert {e.id: e.note for e in read_folder(folder).entities}[new] == "沿海"


def test_a_name_is_no_longer_than_the_check_allows(folder: Path) -> None:
    review = session(folder)
    for wrong in (
        lambda: review.rename(PARK, "园" * 121), lambda: review.add(("Park", "园" * 121), "focusesOn", BIO, (0, 4)),
        lambda: review.add(CITY, "aimsAt", ("Goal", "增" * 25), (0, 4)),
    ):  # fmt: skip
        with pytest.raises(InputError, match="at most"):
            wrong()
    review.rename(BIO, "生" * 30)
    with pytest.raises(InputError, match="at most 24"):
        review.retype(BIO, "Goal")


@pytest.mark.parametrize("name", ["", "  ", "甲|乙", "甲\n乙", "——"])
def test_what_is_no_name_is_refused(folder: Path, name: str) -> None:
    review = session(folder)
    for wrong in (lambda: review.rename(PARK, name), lambda: review.alias(PARK, name)):
        with pytest.raises(InputError):
            wrong()
    with pytest.raises(InputError, match="merge"):
        review.rename(BIO, "氢能")


# ---- extraction again


def test_extraction_again_keeps_every_kind_of_decision(folder: Path) -> None:
    review = session(folder)
    review.decide([row(review, BIO)], "accepted", "对")
    review.decide([row(review, HYDROGEN)], "rejected", "错")
    review.mend(row(review, ANTIBODY), subject=UNIVERSITY)
    review.rename(UNIVERSITY, "云汀科技大学")
    review.alias(PARK, "云高新")
    review.merge(HYDROGEN, BIO)
    before = on_disk(folder)
    entities = read_folder(folder).entities
    moved = replace_span(evidence("云汀高新区发展氢能", 0.55), 2)
    again = extract(folder, proposal((PARK, "focusesOn", HYDROGEN, moved)))
    assert not again.conflicts
    assert on_disk(folder) == before, "nothing that was decided is asked again, nothing that waits is lost"
    assert read_folder(folder).entities == entities
    names = {e.id: e.names for e in read_folder(folder).entities}
    assert names[UNIVERSITY] == ("云汀科技大学",) and "云高新" in names[PARK] and HYDROGEN not in names


def replace_span(e: Evidence, by: int) -> Evidence:
    return Evidence.from_text(TEXT, e.start + by, e.end, paragraph=e.paragraph, status="proposed", method=e.method)


def test_a_deleted_entity_does_not_come_back(folder: Path) -> None:
    review = session(folder)
    assert review.delete(HYDROGEN) == 1
    extract(folder)
    assert HYDROGEN not in {e.id for e in read_folder(folder).entities}
    assert all(HYDROGEN not in k for k in on_disk(folder))


def test_deleting_loses_no_decision(folder: Path) -> None:
    review = session(folder)
    review.decide([row(review, HYDROGEN)], "rejected", "错")
    before = on_disk(folder)
    with pytest.raises(InputError, match="1 rejected"):
        review.delete(HYDROGEN)
    assert on_disk(folder) == before and HYDROGEN in {e.id for e in read_folder(folder).entities}


def test_an_entity_edited_in_the_table_is_known_again(folder: Path) -> None:
    path = folder / "entities.csv"
    path.write_bytes(path.read_bytes().replace("云汀高新区".encode(), "云汀国家高新区".encode()).replace(b"domain/qing-neng,Domain", b"domain/qing-neng,Technology"))  # fmt: skip
    extract(folder)
    entities = {e.id: e for e in read_folder(folder).entities}
    assert entities[PARK].label_zh == "云汀国家高新区" and entities[HYDROGEN].type == "Technology"
    assert len(entities) == len(ENTITIES)


def test_a_symmetric_statement_turned_round_is_the_same(folder: Path) -> None:
    review = session(folder)
    key = next(k for k in review.state.rows if k[1] == "collaboratesWith")
    review.decide([key], "rejected")
    turned = (key[2], key[1], key[0], review.state.rows[key])
    again = Proposal("云汀市", ENTITIES, (Statement(*turned[:3], (evidence("云汀大学与云汀高新区合作"),), "yunting"),))
    extract(folder, again)
    assert [k for k in on_disk(folder) if k[1] == "collaboratesWith"] == [key]


def test_decided_rows_go_where_their_quotes_stand_in_a_changed_text(folder: Path) -> None:
    review = session(folder)
    review.decide([row(review, BIO)], "accepted")
    old = on_disk(folder)[row(review, BIO)]
    again = extract(folder, Proposal("云汀市", (), ()), "甲乙。\n" + TEXT)
    (found,) = on_disk(folder).values()
    assert not again.conflicts and found.status == "accepted"
    assert (found.start, found.end, found.quote) == (old.start + 4, old.end + 4, old.quote)
    assert read_folder(folder).plan.text_sha256 == Document.from_text("甲乙。\n" + TEXT).sha256


def test_a_decided_row_whose_quote_is_gone_is_told_and_stays(folder: Path) -> None:
    review = session(folder)
    review.decide(list(review.state.rows), "accepted")
    gone = on_disk(folder)[row(review, BIO)].quote
    again = extract(folder, Proposal("云汀市", (), ()), TEXT.replace(gone, "无"))
    assert any(gone in en and "does not hold the quote" in en for en, _ in again.conflicts)
    assert len(on_disk(folder)) == len(review.state.rows)


def test_the_text_of_another_plan_is_refused_where_something_was_decided(folder: Path) -> None:
    review = session(folder)
    review.decide([row(review, BIO)], "accepted")
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    with pytest.raises(InputError, match="it is another plan"):
        extract(folder, proposal(), "另一份规划。")
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before


def test_the_place_in_the_folder_holds(folder: Path) -> None:
    toml = folder / "plan.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("云汀市", "浙江省"), encoding="utf-8")
    assert place_of(folder, Document.from_text(TEXT)) == "浙江省"
    assert place_of(folder, Document.from_text("另一份规划。")) is None


def test_a_stated_count_that_stands_elsewhere_is_to_be_mended_first(folder: Path) -> None:
    start = TEXT.index("氢能")
    with (folder / "plan.toml").open("a", encoding="utf-8") as file:
        file.write(
            f'[[stated_counts]]\nsubject = "plan/yunting"\nclass = "Park"\ncount = 1\nnamed = []\nunnamed = 1\nsection = ""\n'
            f'paragraph = 1\nstart = {start}\nend = {start + 2}\nquote = "氢能"\n'
        )
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    with pytest.raises(InputError, match="quote of a stated count stands elsewhere"):
        extract(folder, proposal(), "甲" + TEXT)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
    assert not extract(folder, proposal(), TEXT + "乙。").conflicts


def test_quotation_marks_in_a_title_stay_a_title(tmp_path: Path) -> None:
    for title in ('云汀"十五五"规划', '远山"十五五"规划'):
        write_proposal(Proposal("", (), ()), Document.from_text(title), tmp_path / "new", "new", title)
        assert read_folder(tmp_path / "new").plan.title == title


def test_a_new_text_where_nothing_was_decided_gives_title_and_place(folder: Path) -> None:
    told = write_proposal(
        Proposal("浙江省", (), ()), Document.from_text("浙江。"), folder, "yunting", "浙江规划"
    ).conflicts
    plan = read_folder(folder).plan
    assert (plan.title, plan.jurisdiction) == ("浙江规划", "浙江省") and len(told) == 2


def test_another_text_takes_the_place_where_nothing_was_decided(folder: Path) -> None:
    extract(folder, Proposal("云汀市", (), ()), "又一个文本。")
    plan = read_folder(folder).plan
    assert plan.text_characters == 6 and plan.text_sha256 == Document.from_text("又一个文本。").sha256


def test_a_quote_is_found_by_its_words_nearest_to_where_one_looks(folder: Path) -> None:
    extract(folder, Proposal("云汀市", (), ()), "研发氢能。研发氢能。")
    review = Review(folder, "甲", "2031-02-03", Document.from_text("研发氢能。研发氢能。"))
    assert review.find_quote("氢能", 0) == (2, 4) and review.find_quote("氢能", 6) == (7, 9)
    assert review.find_quote(" 3 – 5", 0) == (3, 5)
    with pytest.raises(InputError, match="does not have “核能”"):
        review.find_quote("核能", 0)


# ---- disk


def test_tables_that_changed_meanwhile_are_not_written_over(folder: Path) -> None:
    review = session(folder)
    path = folder / "entities.csv"
    path.write_bytes(path.read_bytes().replace("云汀大学".encode(), "云汀理工大学".encode()))
    with pytest.raises(InputError, match="another program"):
        review.decide([row(review, BIO)], "accepted")
    assert "云汀理工大学" in path.read_text("utf-8")


def test_a_second_writer_waits_and_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving.writing_to.__wrapped__, "__defaults__", (0.01,))  # type: ignore[attr-defined]
    with FileLock(folder / ".lock"), pytest.raises(InputError, match="another plangraph"):
        extract(folder)


@pytest.mark.parametrize("broken_at", range(1, 4))
def test_a_crash_at_any_moment_leaves_tables_that_can_be_read(
    folder: Path, broken_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = session(folder)
    writes = 0
    real = os.replace

    def broken(source: Path, target: Path) -> None:
        nonlocal writes
        writes += 1
        if writes == broken_at:
            raise OSError(5, "Input/output error", str(target))
        real(source, target)

    monkeypatch.setattr("plangraph.files.os.replace", broken)
    with pytest.raises(InputError, match="Input/output error"):
        review.merge(HYDROGEN, BIO)
    read_folder(folder)
    read_decisions(folder)


@pytest.mark.parametrize("broken_at", range(1, 4))
def test_a_full_disk_changes_no_table(folder: Path, broken_at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    review = session(folder)
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    writes = 0

    def full(_: int) -> None:
        nonlocal writes
        writes += 1
        if writes == broken_at:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("plangraph.files.os.fsync", full)
    with pytest.raises(InputError, match="No space left"):
        review.merge(HYDROGEN, BIO)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before


def test_a_full_disk_leaves_no_new_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("plangraph.files.os.fsync", full)
    with pytest.raises(InputError, match="No space left"):
        extract(tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("table", ["entities.csv", "statements.csv"])
def test_tables_without_a_plan_are_not_written_over(table: str, tmp_path: Path) -> None:
    path = tmp_path / "other" / table
    path.parent.mkdir()
    path.write_text("姓名,电话\n", encoding="utf-8")
    with pytest.raises(InputError, match=f"{table} is there, but no plan.toml"):
        extract(path.parent)
    assert path.read_text(encoding="utf-8") == "姓名,电话\n"


def test_an_extraction_that_broke_off_is_taken_up(folder: Path) -> None:
    (folder / "plan.toml").unlink()
    (folder / saving.UNFINISHED).touch()
    extract(folder)
    assert read_folder(folder).statements and not (folder / saving.UNFINISHED).exists()


def test_a_title_that_no_utf_8_holds(tmp_path: Path) -> None:
    write_proposal(proposal(), Document.from_text(TEXT), tmp_path / "new", "new", "规划\udccc")
    assert read_folder(tmp_path / "new").plan.title == "规划?"


def test_tables_broken_by_hand_are_told_and_left(folder: Path) -> None:
    path = folder / "statements.csv"
    path.write_text(path.read_text("utf-8").replace("proposed", "perhaps", 1), encoding="utf-8")
    before = path.read_bytes()
    for does in (lambda: extract(folder), lambda: session(folder)):
        with pytest.raises(TablesError, match=r"statements.csv:\d+:\d+: error \[status\]"):
            does()
    assert path.read_bytes() == before


def test_decisions_without_a_plan_are_not_written_over(folder: Path) -> None:
    review = session(folder)
    review.decide([row(review, BIO)], "accepted")
    (folder / "plan.toml").unlink()
    with pytest.raises(InputError, match=r"no plan\.toml"):
        extract(folder)


def test_decisions_are_read_as_they_are_written(tmp_path: Path) -> None:
    rows = (
        NameDecision("Park", '=云汀,"高新区"', "park/x", "甲", "2031-02-03", "a\tb"),
        NameDecision("Domain", "乙", ""),
    )
    (tmp_path / FILE).write_bytes(decisions_csv(rows))
    assert [d.name for d in read_decisions(tmp_path)] == [d.name for d in rows]
    (tmp_path / FILE).write_text("a,b\n", encoding="utf-8")
    with pytest.raises(TablesError):
        read_decisions(tmp_path)


def test_the_text_must_be_the_plan_s(folder: Path) -> None:
    with pytest.raises(InputError, match="SHA-256"):
        Review(folder, "甲", "2031-02-03", Document.from_text("别的"))


# ---- queue


def test_filters_and_orders(folder: Path) -> None:
    review = session(folder)
    assert [i.evidence.confidence for i in review.items(order="confidence")] == [0.9, 0.7, 0.5, 0.4]
    assert [i.key[3] for i in review.items(order="text")] == sorted(k[3] for k in review.state.rows)
    doubt = review.items(order="doubt")
    assert doubt[0].key[2] == HYDROGEN and doubt[-1].key[2] == BIO
    takes: list[tuple[Filter, int]] = [
        (Filter(relations=("focusesOn",)), 2), (Filter(methods=("model:implied-place",)), 1),
        (Filter(methods=("model:",)), 4), (Filter(entities=(PARK,)), 3), (Filter(low=0.5, high=0.8), 2),
        (Filter(ids=(doubt[0].id,)), 1), (Filter(status="accepted"), 0), (Filter(status=""), 4),
    ]  # fmt: skip
    assert [(len(review.items(f)), f.narrows) for f, _ in takes] == [(n, n not in (0, 4) or f.methods == ("model:",)) for f, n in takes]  # fmt: skip
    assert len({i.id for i in doubt}) == 4


def test_a_quote_is_shown_in_its_sentence_with_both_names(folder: Path) -> None:
    review = session(folder)
    item = next(i for i in review.items() if i.key[1] == "collaboratesWith")
    context = review.reader.context(item, review.state.entities)
    marked = {role: context.text[a:b] for a, b, role in context.marks}
    assert {marked["subject"], marked["object"]} == {"云汀大学", "云汀高新区"}
    assert marked["quote"] == item.evidence.quote and context.text.endswith("产业。")
    bare = Review(folder, "甲", "2031-02-03").reader.context(item, review.state.entities)
    assert bare.text == item.evidence.quote


@pytest.mark.parametrize(
    ("text", "method", "shown"),
    [
        ("发展海洋经济。去年增长5%。做强海工装备产业。", "model:pairs", "发展海洋经济。 …… 做强海工装备产业。"),
        ("一、海洋经济\n去年增长5%。做强海工装备产业。", "model:pairs", "一、海洋经济 …… 做强海工装备产业。"),
        ("发展海洋经济。做强海工装备产业。", "model:implied-place", "做强海工装备产业。"),
        ("去年增长5%。做强海工装备产业。", "model:pairs", "做强海工装备产业。"),
        ("海洋经济的海工装备产业。", "model:pairs", "海洋经济的海工装备产业。"),
    ],
)
def test_the_sentence_or_heading_that_has_the_other_name_is_shown_before(text: str, method: str, shown: str) -> None:
    start = text.index("海工装备")
    evidence = Evidence.from_text(text, start, start + 4, section="", paragraph=1, method=method, status="proposed")
    ends = "domain/a", "domain/b"
    names = {i: Entity(i, "Domain", name) for i, name in zip(ends, ("海工装备", "海洋经济"), strict=True)}
    item = Item((ends[0], "subDomainOf", ends[1], start, start + 4), evidence)
    context = Reader(Document.from_text(text)).context(item, names)
    assert context.text == shown and len(context.places) == len(shown)
    marks = {role: context.text[a:b] for a, b, role in context.marks}
    assert marks["quote"] == marks["subject"] == "海工装备" and marks.get("object", "海洋经济") == "海洋经济"
    assert all(text[context.places[a]] == context.text[a] for a, *_ in context.marks)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["accept", "reject", "reopen", "merge", "rename", "retype", "delete", "undo", "extract"]),
            st.integers(0, 5), st.integers(0, 5),
        ),
        max_size=12,
    )
)  # fmt: skip
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_row_of_decisions_leaves_whole_tables(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("any") / "yunting"
    extract(folder)
    review = session(folder)
    for what, a, b in steps:
        decided = {k for k, e in review.state.rows.items() if e.status != "proposed"}
        with contextlib.suppress(InputError):
            take_step(review, what, a, b)
        assert what != "delete" or decided <= set(review.state.rows)
        if what == "extract":
            extract(folder)
            review = session(folder)
            assert decided <= set(review.state.rows)
        assert on_disk(folder) == dict(review.state.rows)
        if len(review.state.entities) < 2:
            break


def take_step(review: Review, what: str, a: int, b: int) -> None:
    keys, ids = sorted(review.state.rows), sorted(review.state.entities)
    one, other = ids[a % len(ids)], ids[b % len(ids)]
    match what:
        case "accept" | "reject":
            review.decide(keys[a : a + 1], f"{what}ed")
        case "reopen":
            review.decide(keys, "proposed")
        case "merge":
            review.merge(one, other, across=a > 3)
        case "rename":
            review.rename(one, f"云汀{b}号")
        case "retype":
            review.retype(one, sorted(load_ontology().classes)[b])
        case "delete":
            review.delete(one)
        case "undo":
            review.undo()


def test_a_row_has_a_short_id() -> None:
    item = Item((PARK, "focusesOn", BIO, 1, 2), evidence("发展生物医药产业"))
    assert queue({item.key: item.evidence}, Filter()) == [item] and len(item.id) == 8
