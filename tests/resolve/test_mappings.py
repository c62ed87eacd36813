"""The SSSOM file, decisions in it, and builds that make one node of what was accepted."""

from __future__ import annotations

from pathlib import Path

import pytest

import plangraph
from plangraph.builds import build
from plangraph.errors import InputError, NotFoundError, TablesError
from plangraph.folder import find_plan_folders, read_folders
from plangraph.inference import gist_of
from plangraph.resolve import resolve
from plangraph.resolve.mappings import FILE, Mapping, accept_all, decide, mappings_tsv, read_mappings, update
from plangraph.resolve.merge import merge, same_groups
from tests.conftest import invent_plan


@pytest.fixture
def plans(tmp_path: Path) -> Path:
    """Two plans that call some things by two names."""
    root = tmp_path / "plans"
    invent_plan(
        root,
        "one",
        [
            ("institution/a", "University", "青禾大学"),
            ("institution/lab-a", "Laboratory", "青禾材料国家重点实验室"),
            ("domain/synbio", "Domain", "合成生物"),
        ],
        [("institution/a", "focusesOn", "domain/synbio"), ("institution/lab-a", "partOf", "institution/a")],
    )
    invent_plan(
        root,
        "two",
        [
            ("institution/b", "Institution", "青禾大学"),
            ("institution/lab-b", "Laboratory", "青禾材料全国重点实验室"),
            ("domain/synbio-b", "Domain", "合成生物学"),
            ("technology/synbio", "Technology", "合成生物技术"),
        ],
        [
            ("institution/b", "focusesOn", "domain/synbio-b"),
            ("institution/lab-b", "partOf", "institution/b"),
            ("institution/b", "develops", "technology/synbio"),
        ],
    )
    return root


def found(root: Path) -> list[Mapping]:
    """The proposals for the plans in ``root``, written beside them."""
    return update(root / FILE, resolve(read_folders(find_plan_folders([root]))))


def record(lines: list[Mapping], one: str, other: str) -> str:
    """Short name of the mapping between two ids."""
    return next(m.record for m in lines if (m.one, m.other) == (one, other))


def trig(path: Path) -> bytes:
    """All quads of a build."""
    return "\n".join(sorted(map(str, plangraph.open(path).store))).encode("utf-8")


def test_candidates_are_written_and_decide_nothing(plans: Path, tmp_path: Path) -> None:
    pairs = {(m.one, m.other): m.predicate for m in found(plans)}
    assert pairs == {
        ("domain/synbio", "domain/synbio-b"): "skos:exactMatch",
        ("domain/synbio", "technology/synbio"): "skos:closeMatch",
        ("domain/synbio-b", "technology/synbio"): "skos:closeMatch",
        ("institution/a", "institution/b"): "owl:sameAs",
        ("institution/lab-a", "institution/lab-b"): "owl:sameAs",
    }
    build([plans], tmp_path / "with")
    (plans / FILE).unlink()
    build([plans], tmp_path / "without")
    assert trig(tmp_path / "with") == trig(tmp_path / "without")


def test_accepted_things_are_one_node_and_come_apart_again(plans: Path, tmp_path: Path) -> None:
    build([plans], tmp_path / "before", mappings=())
    lines = found(plans)
    accept_all(plans / FILE, 0.9, "reader", "2031-01-02")
    made = build([plans], tmp_path / "out")
    assert made.merged == 3
    kg = plangraph.open(tmp_path / "out")
    university = kg.entity("青禾大学")
    assert university.type == "University"
    assert {s.plan for s in kg.statements(subject="青禾大学", predicate="focusesOn")} == {"one", "two"}
    assert kg.entity("合成生物").aliases == ("合成生物学",)
    old = kg.query(
        "SELECT ?new WHERE { GRAPH ?g { id:x dcterms:isReplacedBy ?new } }".replace(
            "id:x", f"<{plangraph_iri('institution/b')}>"
        )
    )
    assert old.rows == ((university.iri,),)
    linked = kg.query('SELECT ?t WHERE { ?d rdfs:label "合成生物"@zh ; skos:closeMatch ?t ; skos:inScheme ?s }')
    assert linked.rows == ((plangraph_iri("technology/synbio"),),)
    who = kg.query("SELECT DISTINCT ?who WHERE { GRAPH ?g { ?m <https://w3id.org/sssom/reviewer_label> ?who } }")
    assert who.rows == (("reader",),)
    build([plans], tmp_path / "again", mappings=())
    assert trig(tmp_path / "again") == trig(tmp_path / "before")
    decide(plans / FILE, [m.record for m in lines], "proposed")
    build([plans], tmp_path / "undone")
    assert trig(tmp_path / "undone") == trig(tmp_path / "before")


def plangraph_iri(entity: str) -> str:
    """IRI of an entity id."""
    return f"https://w3id.org/plangraph/id/{entity}"


def test_the_same_tables_give_the_same_bytes_whatever_the_order(plans: Path, tmp_path: Path) -> None:
    found(plans)
    accept_all(plans / FILE, 0.9, "reader", "2031-01-02")
    build([plans / "one", plans / "two"], tmp_path / "ab")
    build([plans / "two", plans / "one"], tmp_path / "ba")
    quads = [sorted(map(str, plangraph.open(tmp_path / name).store)) for name in ("ab", "ba")]
    assert quads[0] == quads[1]


def test_decisions_stay_when_candidates_are_made_anew(plans: Path) -> None:
    lines = found(plans)
    wrong = record(lines, "institution/a", "institution/b")
    decide(plans / FILE, [wrong], "rejected", "reader", "2031-01-02")
    again = {m.record: m for m in found(plans)}
    assert again[wrong].status == "rejected"
    assert again[wrong].decided_by == "reader"
    assert read_mappings(plans / FILE) == sorted(again.values(), key=lambda m: (m.one, m.other))
    assert mappings_tsv(again.values()) == (plans / FILE).read_bytes()


def test_unknown_records_change_nothing(plans: Path) -> None:
    found(plans)
    before = (plans / FILE).read_bytes()
    with pytest.raises(NotFoundError, match="no mapping nothing"):
        decide(plans / FILE, ["nothing"], "accepted")
    assert (plans / FILE).read_bytes() == before


def test_what_was_rejected_is_not_joined_over_others(plans: Path) -> None:
    lines = [
        Mapping("park/a", "park/b", "owl:sameAs", "accepted"),
        Mapping("park/b", "park/c", "owl:sameAs", "accepted"),
        Mapping("park/a", "park/c", "owl:sameAs", "rejected"),
    ]
    with pytest.raises(InputError, match="over park/b"):
        same_groups(lines, "file")
    (plans / FILE).write_bytes(mappings_tsv([*lines[:1], Mapping("park/b", "park/c", "owl:sameAs"), lines[2]]))
    assert accept_all(plans / FILE, 0.5, "reader", "2031-01-02") == ([], 1)


def test_two_classes_are_refused(plans: Path, tmp_path: Path) -> None:
    forced = Mapping("domain/synbio", "technology/synbio", "skos:exactMatch", "accepted")
    (plans / FILE).write_bytes(mappings_tsv([forced]))
    with pytest.raises(InputError, match="two classes"):
        build([plans], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_statements_between_what_became_one_fall_away_and_are_counted(plans: Path) -> None:
    folders = read_folders(find_plan_folders([plans]))
    lines = [Mapping("institution/a", "institution/lab-a", "owl:sameAs", "accepted")]
    merging = merge([gist_of(f) for f in folders], lines)
    gist, dropped = merging.gist(gist_of(folders[0]))
    assert dropped == 1
    assert [p for _, p, _ in gist.claims] == ["focusesOn"]
    assert gist == gist_of(merging.folder(folders[0]))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("subject_id\tobject_id\nid:park/a\tid:park/b\n", "no column predicate_id"),
        ("", "no column subject_id"),
        ("subject_id\tpredicate_id\tobject_id\tmapping_justification\nid:Park\towl:sameAs\tid:park/b\tx\n", ":2:1: .*is no entity"),
        ("subject_id\tpredicate_id\tobject_id\tmapping_justification\nid:park/a\tx:y\tid:park/b\tx\n", "expected two entities"),
        (
            "subject_id\tpredicate_id\tobject_id\tmapping_justification\tconfidence\nid:park/a\towl:sameAs\tid:park/b\tx\tnan\n",
            "expected a number from 0 to 1",
        ),
    ],
)  # fmt: skip
def test_a_file_that_is_none_says_so(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(TablesError, match=words):
        read_mappings(tmp_path / FILE)


def test_a_label_is_no_formula(tmp_path: Path) -> None:
    line = Mapping("park/a", "park/b", "owl:sameAs", labels=("=1+1", "'@x\ty"))
    (tmp_path / FILE).write_bytes(mappings_tsv([line]))
    assert b"\t=1+1" not in (tmp_path / FILE).read_bytes()
    assert read_mappings(tmp_path / FILE)[0].labels == ("=1+1", "'@x y")


def test_compare_takes_what_people_decided(plans: Path) -> None:
    from plangraph.compare import compare_plans

    found(plans)
    before = {r.how for r in compare_plans(plans / "one", plans / "two").rows}
    assert "mapping" not in before
    accept_all(plans / FILE, 0.9, "reader", "2031-01-02")
    assert "mapping" in {r.how for r in compare_plans(plans / "one", plans / "two").rows}
    lines = read_mappings(plans / FILE)
    name = record(lines, "institution/a", "institution/b")
    decide(plans / FILE, [name], "rejected", "reader", "2031-01-02")
    kept = [r for r in compare_plans(plans / "one", plans / "two").rows if r.zh == "青禾大学" and r.how]
    assert not kept
