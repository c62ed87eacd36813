"""A build on real servers: all saved questions answer there as here, and the server holds every triple."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

import plangraph
from plangraph.builds import build
from plangraph.push import differences, push
from plangraph.questions import all_questions
from plangraph.remote_graph import RemoteGraph
from tests.conftest import invent_plan

EXPECTED = Path(__file__).parents[1] / "questions"
SERVERS = ["oxigraph_url", "union_url", "fuseki_url", "virtuoso_url"]


@pytest.fixture(scope="session")
def other(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A build of an invented plan."""
    root = tmp_path_factory.mktemp("other")
    ids = [f"park/p{n}" for n in range(100)]
    entities = [("domain/d", "Domain", "某领域"), *((i, "Park", f"第{n}园区") for n, i in enumerate(ids))]
    build([invent_plan(root, "small", entities, [(i, "focusesOn", "domain/d") for i in ids]).path], root / "out")
    return plangraph.open(root / "out")


@pytest.fixture(scope="session")
def cases(kg: Any) -> list[tuple[str, dict[str, Any], Any]]:
    """Every saved question with each of its tested values, and the build's own answer."""
    found = []
    for question in all_questions():
        for case in tomllib.loads((EXPECTED / f"{question.name}.toml").read_text("utf-8"))["case"]:
            values = case.get("ask", {})
            found.append((question.name, values, kg.ask(question.name, **values)))
    return found


@pytest.fixture(scope="session", params=SERVERS)
def remote(request: pytest.FixtureRequest, kg: Any, other: Any) -> Any:
    """The bundled plan's graph on a server."""
    url = request.getfixturevalue(request.param)
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "virtuoso_url":
            patch.setenv("PLANGRAPH_STORE_USER", "dba")
            patch.setenv("PLANGRAPH_STORE_PASSWORD", "dba")
        push(other, url)
        done = push(kg, url)  # in place of another build
        assert (done.name, len(done.sent), len(done.kept), len(done.removed)) == (kg.name, 4, 1, 2)
        again = push(kg, url)
        assert (again.sent, len(again.kept), again.removed) == ([], 5, [])
        assert differences(kg, url) == []
        return RemoteGraph(url)


def comparable(rows: Any) -> list[tuple[Any, ...]]:
    """Rows in an order of their own, numbers to twelve digits."""
    return sorted((tuple(float(f"{v:.12g}") if isinstance(v, float) else v for v in row) for row in rows), key=repr)


def test_every_saved_question_answers_as_here(cases: list[tuple[str, dict[str, Any], Any]], remote: Any) -> None:
    different = []
    for name, values, here in cases:
        there = remote.ask(name, timeout=30, **values)
        if here.columns != there.columns or comparable(here.rows) != comparable(there.rows):
            different.append((name, values, len(here.rows), len(there.rows)))
    assert different == []
    assert {name for name, _, _ in cases} == {q.name for q in all_questions()}


def test_names_and_plans_are_the_same(kg: Any, remote: Any) -> None:
    assert remote.plans == kg.plans
    assert remote.index.by_id == kg.index.by_id
