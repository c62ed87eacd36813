"""The laws of the source: who may import whom, one vocabulary, no prepared queries, small modules."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from plangraph import model
from plangraph.ontology import load_ontology

SOURCE = Path(__file__).resolve().parents[1] / "src" / "plangraph"
FILES = sorted(SOURCE.rglob("*.py"))

#: A module or package imports from the lines above its own only. A new one gets its place here.
LAYERS = (
    ("errors",),
    ("files", "resources", "vocab"),
    ("model", "ontology", "tables", "workbook"),
    ("document", "plan_toml"),
    ("folder",),
    ("evaluate", "rdf", "shapes", "sparql"),
    ("constraints", "inference", "names", "query", "sparql_server"),
    ("build_folder", "bulk_load", "extract", "listing", "query_process", "questions", "reuse"),
    ("graph", "resolve"),
    ("remote_graph",),
    ("check", "export", "network"),
    ("parts",),
    ("figures", "view"),
    ("offline",),
    ("compare",),
    ("report",),
    ("builds", "push", "results", "serve", "spark"),
    ("cli",),
    ("__main__",),
)
#: Methods of PlanGraph that hand over to the module of their name; those modules know PlanGraph as a type only.
HANDED_OVER = {("graph", "network"), ("graph", "report"), ("graph", "view")}

RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}


def unit(path: Path) -> str:
    """The module or package right under plangraph that ``path`` belongs to."""
    return path.relative_to(SOURCE).with_suffix("").parts[0]


def imports(tree: ast.AST, types: bool) -> Iterator[str]:
    """Names of the units that a module imports: under TYPE_CHECKING (``types``) or anywhere else."""
    guarded = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if (node in guarded) != types:
            continue
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            parts = (node.module or "").split(".")
            if parts[0] == "plangraph":
                yield from parts[1:2] or [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            yield from (a.name.split(".")[1] for a in node.names if a.name.startswith("plangraph."))


def upward(path: Path, tree: ast.AST) -> list[tuple[str, str]]:
    """Pairs (importer, imported) in which the imported stands not above the importer."""
    own = unit(path)
    return [(own, other) for other in imports(tree, types=False) if other != own and RANK[other] >= RANK[own]]


def test_every_module_has_one_place() -> None:
    units = {unit(f) for f in FILES} - {"__init__"}
    assert units == set(RANK)
    assert sum(map(len, LAYERS)) == len(RANK)


@pytest.mark.parametrize("path", [f for f in FILES if unit(f) != "__init__"], ids=lambda f: str(f.relative_to(SOURCE)))
def test_imports_go_one_way(path: Path) -> None:
    found = set(upward(path, ast.parse(path.read_text("utf-8"))))
    assert found <= HANDED_OVER, f"{path.name} imports from a layer that stands on it"


def test_the_package_itself_imports_nothing_at_once() -> None:
    tree = ast.parse((SOURCE / "__init__.py").read_text("utf-8"))
    assert list(imports(tree, types=False)) == []
    assert list(imports(tree, types=True))


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("from plangraph.graph import open", "tables.py"),
        ("import plangraph.graph", "tables.py"),
        ("from plangraph import graph", "tables.py"),
        ("def f():\n    from plangraph.cli import output", "builds.py"),
        ("from plangraph.query import Result", "names.py"),
    ],
)
def test_an_upward_import_is_seen(line: str, where: str) -> None:
    assert upward(SOURCE / where, ast.parse(line))


def test_an_upward_import_of_types_is_allowed() -> None:
    text = "if TYPE_CHECKING:\n    from plangraph.graph import PlanGraph"
    assert not upward(SOURCE / "check.py", ast.parse(text))


def test_no_module_is_a_bag() -> None:
    bags = {"utils", "util", "helpers", "helper", "common", "misc", "tools"}
    assert not [f for f in FILES if f.stem in bags]


def terms_of_the_ontology() -> set[str]:
    """Local names of classes and relations, but for those that are Python classes of the model as well."""
    ontology = load_ontology()
    inverses = {r.inverse for r in ontology.relations.values() if r.inverse}
    return ({*ontology.classes, *ontology.relations} | inverses) - set(vars(model))


def listed_terms(tree: ast.AST) -> Iterator[tuple[int, list[str]]]:
    """Literals that hold two or more terms of the ontology: line and terms."""
    terms = terms_of_the_ontology()
    for node in ast.walk(tree):
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            parts: list[ast.expr | None] = [*node.elts]
        elif isinstance(node, ast.Dict):
            parts = [*node.keys, *node.values]
        else:
            continue
        words = {p.value.rpartition(":")[2] for p in parts if isinstance(p, ast.Constant) and isinstance(p.value, str)}
        if len(words & terms) > 1:
            yield node.lineno, sorted(words & terms)


@pytest.mark.parametrize("path", FILES, ids=lambda f: str(f.relative_to(SOURCE)))
def test_no_class_or_relation_list_in_python(path: Path) -> None:
    found = list(listed_terms(ast.parse(path.read_text("utf-8"))))
    assert not found, f"{path.name}: the ontology is the only schema; read this from it, or keep it as data"


def test_a_class_list_is_seen() -> None:
    assert len(terms_of_the_ontology()) > 30
    assert list(listed_terms(ast.parse("KINDS = ('Park', 'District')")))
    assert list(listed_terms(ast.parse("{'plan:Park': 1, 'x': 'locatedIn'}")))
    assert not list(listed_terms(ast.parse("['Goal', 'x']")))


@pytest.mark.parametrize("path", FILES, ids=lambda f: str(f.relative_to(SOURCE)))
def test_queries_go_to_the_engine_as_strings(path: Path) -> None:
    # rdflib answers prepared queries on an Oxigraph store with its own slow engine, and says nothing.
    text = path.read_text("utf-8")
    assert "prepareQuery" not in text
    assert "rdflib.plugins" not in text


def test_the_engine_gets_a_string() -> None:
    from plangraph.query import evaluate

    given: list[object] = []

    class Store:
        def named_graphs(self) -> list[object]:
            return []

        def query(self, query: object, **_: object) -> object:
            given.append(query)
            return object()

    evaluate(Store(), "ASK {}")  # type: ignore[arg-type]
    assert given == ["ASK {}"]


@pytest.mark.parametrize("path", FILES, ids=lambda f: str(f.relative_to(SOURCE)))
def test_modules_and_functions_stay_small(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.count("\n") <= 450, f"{path.name}: can it be two rooms with names of their own?"
    long = {
        node.name: size
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (size := (node.end_lineno or 0) - node.lineno + 1) > 60
    }
    assert not long
