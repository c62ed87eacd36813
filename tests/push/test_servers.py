"""A build on real servers: all saved questions answer there as here, and the server holds every triple."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from plangraph.push import differences, push
from plangraph.questions import all_questions
from plangraph.remote_graph import RemoteGraph

EXPECTED = Path(__file__).parents[1] / "questions"
SERVERS = ["oxigraph_url", "union_url", "fuseki_url", "virtuoso_url"]


@pytest.fixture(scope="session", params=SERVERS)
def remote(request: pytest.FixtureRequest, kg: Any) -> Any:
    """The bundled plan's graph on a server."""
    url = request.getfixturevalue(request.param)
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "virtuoso_url":
            patch.setenv("PLANGRAPH_STORE_USER", "dba")
            patch.setenv("PLANGRAPH_STORE_PASSWORD", "dba")
        done = push(kg, url)
        assert (done.name, len(done.sent), done.kept) == (kg.name, 5, [])
        again = push(kg, url)
        assert (again.sent, len(again.kept), again.removed) == ([], 5, [])
        assert differences(kg, url) == []
        return RemoteGraph(url)


def comparable(rows: Any) -> list[tuple[Any, ...]]:
    """Rows in an order of their own, numbers to twelve digits."""
    return sorted((tuple(float(f"{v:.12g}") if isinstance(v, float) else v for v in row) for row in rows), key=repr)


def test_every_saved_question_answers_as_here(kg: Any, remote: Any) -> None:
    different = []
    for question in all_questions():
        for case in tomllib.loads((EXPECTED / f"{question.name}.toml").read_text("utf-8"))["case"]:
            values = case.get("ask", {})
            here = kg.ask(question.name, **values)
            try:
                there = remote.ask(question.name, timeout=30, **values)
            except Exception as error:
                different.append((question.name, str(error)[:300]))
                continue
            if here.columns != there.columns or comparable(here.rows) != comparable(there.rows):
                different.append((question.name, f"{len(here.rows)} here, {len(there.rows)} there"))
    assert different == []


def test_names_and_plans_are_the_same(kg: Any, remote: Any) -> None:
    assert remote.plans == kg.plans
    assert remote.index.by_id == kg.index.by_id
