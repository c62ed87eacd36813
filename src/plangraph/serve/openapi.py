"""The OpenAPI description of everything but ``/sparql``, whose interface is the SPARQL 1.1 Protocol."""

from __future__ import annotations

import importlib.metadata
from typing import Any

from plangraph.export import FORMATS
from plangraph.ontology import load_ontology
from plangraph.questions import Parameter, all_questions

_TEXT: dict[str, Any] = {"type": "string"}
_NUMBER: dict[str, Any] = {"type": "integer"}


def document(lang: str, base: str) -> dict[str, Any]:
    """The description.

    Args:
        lang: Language of its words, "zh" or "en".
        base: Address of the server.
    """

    def w(zh: str, en: str) -> str:
        return zh if lang == "zh" else en

    shared = {
        "lang": _query("lang", w("名称的语言", "language of names"), {"type": "string", "enum": ["zh", "en"]}),
        "class": _query(
            "class", w("只取该类（含子类）", "only this class and its subclasses"), {"type": "string", "enum": [*load_ontology().classes]}
        ),
        "limit": _query("limit", w("至多几个", "how many at most"), {"type": "integer", "minimum": 1, "maximum": 500}),
        "offset": _query("offset", w("跳过几个", "how many to leave out"), {"type": "integer", "minimum": 0, "maximum": 10**9}),
    }  # fmt: skip
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "plangraph",
            "version": importlib.metadata.version("plangraph"),
            "description": w(
                "图谱的只读接口。SPARQL 查询请用 /sparql（SPARQL 1.1 协议；不带参数的 GET 返回服务描述）。",
                "Read-only interface of the graph. SPARQL queries go to /sparql (SPARQL 1.1 Protocol; a GET without "
                "parameters gives the service description).",
            ),
        },
        "servers": [{"url": base}],
        "paths": {**_entity_paths(w, shared), **_question_paths(w, shared), **_other_paths(w, shared)},
        "components": {"schemas": _SCHEMAS},
    }


def _entity_paths(w: Any, shared: dict[str, Any]) -> dict[str, Any]:
    ends = [_path("kind", {"type": "string"}), _path("slug", {"type": "string"})]
    q = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"\S"}
    name = _query("q", w("名称、别名、拼音或首字母", "name, alias, pinyin or its initials"), q) | {"required": True}
    return {
        "/api/search": _get(
            w("按名称查找实体", "Find entities by name"),
            [name, shared["class"], shared["limit"], shared["lang"]],
            {"200": _json("Hits")},
            ("400", "406", "421"),
        ),
        "/api/entities": _get(
            w("列出实体", "List entities"),
            [shared["class"], shared["limit"], shared["offset"], shared["lang"]],
            {"200": _json("Listing")},
            ("400",),
        ),
        "/api/entities/{kind}/{slug}": _get(
            w("一个实体及关于它的全部陈述与证据", "One entity with all statements about it and their evidence"),
            [*ends, shared["lang"]],
            {"200": _json("EntityWithStatements")},
            ("400", "404"),
        ),
        "/plangraph/id/{kind}/{slug}": _get(
            w("实体：网页或 RDF（按 Accept 或 format）", "The entity as a page or as RDF, by Accept or format"),
            [*ends, _query("format", "", {"type": "string", "enum": ["ttl", "nt", "jsonld", "rdf"]})],
            {"200": _content(w("实体", "the entity"), "text/html", "text/turtle", "application/n-triples",
                             "application/ld+json", "application/rdf+xml")},
            ("404", "406", "503", "504"),
        ),
    }  # fmt: skip


def _question_paths(w: Any, shared: dict[str, Any]) -> dict[str, Any]:
    answer = {
        "200": {
            "description": w("答案", "the answer"),
            "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/Answer"}},
                "text/csv": {"schema": _TEXT},
            },
        }
    }
    form = _query("format", w("格式", "format"), {"type": "string", "enum": ["json", "csv"]})
    return {
        "/api/questions": _get(
            w("列出问题", "List the saved questions"), [shared["lang"]], {"200": _json("Questions")}, ("400",)
        ),
        **{
            f"/api/questions/{q.name}": _get(
                w(q.zh, q.en),
                [*(_parameter(p, w) for p in q.parameters), form, shared["lang"]],
                answer,
                ("400", "404", "406", "422", "500", "503", "504"),
            )
            for q in all_questions()
        },
        "/api/vocabulary": _get(
            w("前缀、图与术语", "Prefixes, graphs and terms"), [], {"200": _json("Vocabulary")}, ()
        ),
    }


def _parameter(p: Parameter, w: Any) -> dict[str, Any]:
    number = {"type": "integer", "minimum": 0, "maximum": 10**9}
    found = _query(p.name, w(p.zh, p.en), number if p.kind == "integer" else {"type": "string", "minLength": 1})
    return found | {"required": p.default is None}


def _other_paths(w: Any, shared: dict[str, Any]) -> dict[str, Any]:
    return {
        "/downloads/{form}": _get(
            w("下载整个图谱或一份规划", "Take the build, or one plan of it, away"),
            [
                _path("form", {"type": "string", "enum": [*FORMATS, "ontology", "shapes"]}),
                _query("plan", w("规划 id", "id of a plan"), _TEXT),
            ],
            {"200": {"description": w("文件", "the file"), "content": {"*/*": {}}}},
            ("404", "422", "500", "503", "504"),
        ),
        "/health": _get(w("服务状态", "Whether the server is well"), [], {"200": _json("Health")}, ()),
    }


def _get(summary: str, parameters: list[Any], answers: dict[str, Any], errors: tuple[str, ...]) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    told = {code: {"description": "problem", "content": problem} for code in (*errors, "401", "403", "421")}
    return {"get": {"summary": summary, "parameters": parameters, "responses": answers | told}}


def _query(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _path(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _json(schema: str) -> dict[str, Any]:
    return {
        "description": schema,
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
    }


def _content(description: str, *media_types: str) -> dict[str, Any]:
    return {"description": description, "content": {t: {"schema": _TEXT} for t in media_types}}


def _object(required: dict[str, Any], more: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"type": "object", "properties": {**required, **(more or {})}, "required": [*required]}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


_ENTITY = dict.fromkeys(("id", "iri", "name", "label_zh", "label_en", "class", "class_name"), _TEXT)
_END = _object({"id": _TEXT, "iri": _TEXT, "name": _TEXT})
_EVIDENCE = _object(
    {"quote": _TEXT, "start": _NUMBER, "end": _NUMBER, "paragraph": _NUMBER, "section": _list(_TEXT), "method": _TEXT}
)
_STATEMENT = _object(
    {"iri": _TEXT, "subject": _END, "relation": _TEXT, "relation_name": _TEXT, "object": _END, "plan": _TEXT}
    | {"status": _TEXT, "confidence": {"type": "number"}, "evidence": _list(_EVIDENCE)}
)
_CELL = {"anyOf": [_TEXT, {"type": "number"}, {"type": "null"}, _object({"iri": _TEXT, "label": _TEXT})]}
_PARAMETER = _object({"name": _TEXT, "kind": _TEXT, "title": _TEXT, "default": {"type": ["string", "null"]}})
_SCHEMAS: dict[str, Any] = {
    "Problem": _object({"title": _TEXT, "status": _NUMBER, "detail": _TEXT}, {"line": _NUMBER, "column": _NUMBER}),
    "Hits": _object({"entities": _list(_object(_ENTITY, {"also": _TEXT}))}),
    "Listing": _object({"total": _NUMBER, "entities": _list(_object(_ENTITY))}),
    "EntityWithStatements": _object(
        _ENTITY | {"aliases": _list(_TEXT), "note": _TEXT, "broader": _TEXT, "statements": _list(_STATEMENT)}
    ),
    "Questions": _object(
        {
            "questions": _list(
                _object(
                    {"name": _TEXT, "title": _TEXT, "parameters": _list(_PARAMETER)}
                    | {"sparql": {"type": ["string", "null"]}}
                )
            )
        }
    ),
    "Answer": _object({"columns": _list(_TEXT), "rows": _list(_list(_CELL))}),
    "Vocabulary": _object(
        {
            "prefixes": {"type": "object", "additionalProperties": _TEXT},
            "graphs": _list(_TEXT),
            "terms": _list(_object({"name": _TEXT, "zh": _TEXT, "en": _TEXT, "uses": _NUMBER})),
        }
    ),
    "Health": _object(
        {"status": _TEXT},
        {"build": _TEXT} | dict.fromkeys(("workers", "running", "long", "waiting", "replaced"), _NUMBER),
    ),
}
