"""The public names: few, sorted, each there and each with words."""

from __future__ import annotations

import importlib
import inspect

import pytest

import plangraph


def test_the_names_are_few_and_sorted() -> None:
    assert plangraph.__all__ == sorted(plangraph.__all__)
    assert len(plangraph.__all__) <= 15


@pytest.mark.parametrize("name", plangraph.__all__)
def test_each_name_is_there_and_documented(name: str) -> None:
    thing = getattr(plangraph, name)
    assert thing.__name__ == name
    assert inspect.getdoc(thing)
    home = importlib.import_module(thing.__module__)
    assert getattr(home, name) is thing


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nosuch"):
        _ = plangraph.nosuch


def public_methods(cls: type) -> list[str]:
    return [n for n, m in vars(cls).items() if not n.startswith("_") and callable(m)]


@pytest.mark.parametrize("method", public_methods(plangraph.PlanGraph))
def test_each_method_has_words_and_types(method: str) -> None:
    function = getattr(plangraph.PlanGraph, method)
    assert inspect.getdoc(function)
    signature = inspect.signature(function)
    assert signature.return_annotation is not inspect.Signature.empty
    assert all(p.annotation is not inspect.Parameter.empty for n, p in signature.parameters.items() if n != "self")
