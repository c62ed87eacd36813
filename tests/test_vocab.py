"""IRIs and identifiers: what they look like, that they can be told apart, and the way back."""

from __future__ import annotations

import hashlib
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plangraph import vocab

SLUG = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+){0,2}", fullmatch=True)
PARTS = st.tuples(*[st.text(max_size=8)] * 4)
HOSTILE_PARTS = st.tuples(*[st.text('",[]\\\n/a ', max_size=6)] * 4)


@given(SLUG, SLUG)
def test_an_entity_id_and_its_iri_are_one_to_one(kind: str, slug: str) -> None:
    id = f"{kind}/{slug}"
    assert vocab.is_entity_id(id)
    iri = vocab.entity_iri(id)
    assert iri == ("https://w3id.org/plangraph/" if kind == "plan" else "https://w3id.org/plangraph/id/") + id
    assert vocab.entity_id(iri) == id


def test_a_plan_as_a_subject_keeps_its_own_iri() -> None:
    assert vocab.entity_iri("plan/tianjin-145") == vocab.plan_iri("tianjin-145")
    assert vocab.entity_id(vocab.plan_iri("tianjin-145")) == "plan/tianjin-145"


@pytest.mark.parametrize(
    "iri",
    [
        vocab.world_graph_iri("p"),
        vocab.section_iri("p", 1),
        vocab.count_iri("p", 1),
        vocab.statement_iri("p", "a/b", "c", "d/e"),
        vocab.ONTOLOGY_GRAPH,
        vocab.PLAN + "Park",
        "https://example.org/id/park/a",
        "",
    ],
)
def test_other_iris_have_no_entity_id(iri: str) -> None:
    assert vocab.entity_id(iri) is None


@pytest.mark.parametrize("text", ["a", "a-b", "145", "tianjin-145"])
def test_slugs(text: str) -> None:
    assert vocab.is_slug(text)


@pytest.mark.parametrize("text", ["", "-", "a-", "-a", "a--b", "A", "a_b", "a b", "天津", "a\n", "a/b", "á", "１"])
def test_what_is_no_slug(text: str) -> None:
    assert not vocab.is_slug(text)
    assert not vocab.is_entity_id(f"park/{text}")


@given(st.text())
def test_what_passes_for_an_id_is_safe_in_an_iri(text: str) -> None:
    if vocab.is_entity_id(text):
        assert re.fullmatch(r"[a-z0-9-]+/[a-z0-9-]+", text)
    if vocab.is_local_name(text):
        assert re.fullmatch(r"[A-Za-z0-9]+", text)


@pytest.mark.parametrize("text", ["", "Park> ", "1Park", "园区", "located in", "a:b", "plan#Park", "Park\n", "Ｐark"])
def test_what_is_no_local_name(text: str) -> None:
    assert not vocab.is_local_name(text)


@given(st.one_of(PARTS, HOSTILE_PARTS), st.one_of(PARTS, HOSTILE_PARTS))
def test_different_claims_are_hashed_over_different_bytes(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    """The encoding is unambiguous: it can be read back, whatever separators the parts hold."""
    hashed: list[bytes] = []
    original = hashlib.sha256

    def remember(data: bytes = b"") -> object:
        hashed.append(data)
        return original(data)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("plangraph.vocab.hashlib.sha256", remember)
        iris = [vocab.statement_iri.__wrapped__(*parts) for parts in (one, other)]  # past what it remembers
    assert (hashed[0] == hashed[1]) == (one == other) == (iris[0] == iris[1])
    assert tuple(json.loads(hashed[0])) == one


def test_parts_that_join_to_the_same_words_make_different_statements() -> None:
    claims = [("p", "a", "b", "cd"), ("p", "a", "bc", "d"), ("p", "ab", "", "cd"), ("pa", "", "b", "cd")]
    claims += [("p", 'a","b', "c", "d"), ("p", "a", 'b","c', "d"), ("p", "a", "b", "c\x00d"), ("p", "d", "b", "a")]
    assert len({vocab.statement_iri(*claim) for claim in claims}) == len(claims)


def test_the_iri_of_a_statement_is_the_same_in_every_version() -> None:
    digest = hashlib.sha256(b'["p","park/a","locatedIn","district/b"]').hexdigest()[:32]
    iri = vocab.statement_iri("p", "park/a", "locatedIn", "district/b")
    assert iri == f"https://w3id.org/plangraph/statement/{digest}"
    assert vocab.evidence_iri(iri, 3, 9) == iri + "/evidence/3-9"


def test_an_inferred_statement_never_has_the_iri_of_a_stated_one() -> None:
    assert vocab.inferred_iri("a", "b", "c").startswith("https://w3id.org/plangraph/inferred/")
    assert vocab.inferred_iri("a", "b", "c") != vocab.inferred_iri("c", "b", "a")


def test_prefixes_are_told_apart() -> None:
    assert len(set(vocab.PREFIXES.values())) == len(vocab.PREFIXES)
    assert all(iri.endswith(("#", "/")) for iri in vocab.PREFIXES.values())
