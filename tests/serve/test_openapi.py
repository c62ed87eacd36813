"""The OpenAPI document, held against the server by schemathesis: each answer is as described, wrong requests are refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from plangraph.questions import question_names
from plangraph.serve.openapi import document
from tests.serve.conftest import Served

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed: pip install schemathesis")


DOCUMENT = document("en", "http://127.0.0.1")


@pytest.mark.parametrize("mode", ["POSITIVE", "NEGATIVE"])
@pytest.mark.parametrize("path", DOCUMENT["paths"])
def test_the_server_is_as_its_document_says(site: Served, path: str, mode: str) -> None:
    from schemathesis.generation import GenerationMode

    operation = schemathesis.openapi.from_dict(DOCUMENT)[path]["GET"]
    if mode == "NEGATIVE" and not DOCUMENT["paths"][path]["get"]["parameters"]:
        return  # an operation without parameters cannot be asked wrongly
    strategy = operation.as_strategy(generation_mode=GenerationMode[mode])

    @settings(
        max_examples=3 if "/questions/" in path else 15,
        suppress_health_check=list(HealthCheck),
        deadline=None,
        derandomize=True,
        database=None,
    )
    @given(case=strategy)
    def ask(case: Any) -> None:
        case.call_and_validate(base_url=f"http://127.0.0.1:{site.port}", timeout=60)

    ask()


def test_every_route_of_the_json_interface_is_described(site: Served) -> None:
    from plangraph.serve.app import ROUTES

    described = set(site.get("/api/openapi.json").json()["paths"])
    served = {r.path for r in ROUTES if r.path.startswith(("/api/", "/health"))} - {"/api/openapi.json"}
    assert served - {"/api/questions/{name}"} <= described
    assert {f"/api/questions/{name}" for name in question_names()} <= described
