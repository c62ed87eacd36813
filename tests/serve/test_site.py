"""The site over HTTP: pages, RDF behind IRIs, downloads, the JSON interface, who may ask."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pyoxigraph as ox
import pytest

import plangraph
from plangraph.export import FORMATS
from plangraph.ontology import load_ontology
from plangraph.questions import question_names
from plangraph.serve.asking import as_sparql
from plangraph.serve.catalogue import Catalogue
from plangraph.serve.front import POLICY
from plangraph.vocab import INFERRED_GRAPH, ONTOLOGY_GRAPH, ROOT
from tests.conftest import invent_plan
from tests.serve.conftest import Served
from tests.test_view import hostile_plan

VALLEY = "/plangraph/id/park/biomanufacturing-valley"
PAGES = ["/", "/search?q=swzzg", "/search?q=", "/search?q=zzzzzz", "/entities", "/entities?class=Park&page=9", "/questions",
         "/editor", "/plangraph/ontology", "/downloads", "/api", "/graph", VALLEY, "/plangraph/plan/tianjin-145",
         "/plangraph/plan/tianjin-145/section/3", "/plangraph/graph/inferred", "/nothing"]  # fmt: skip


class Page(HTMLParser):
    """The elements of a page."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def links(self) -> set[str]:
        return {a["href"] or "" for t, a in self.tags if t == "a" and a.get("href")}


def html(site: Served, path: str, lang: str = "en") -> str:
    reply = site.get(path, accept="text/html", cookie=f"plangraph_lang={lang}")
    assert reply.kind == "text/html", path
    return reply.text


# -- pages ----------------------------------------------------------------------------------------------------


def test_home_says_what_is_in_it(site: Served, kg: Any) -> None:
    for lang, words in (("zh", ("园区", "直接提问", "合成生物学")), ("en", ("Park", "Ask", "Domain"))):
        text = html(site, "/", lang)
        assert all(word in text for word in words)
        assert f"<b>{len(kg.statements())}</b>" in text
        assert f'lang="{"zh-CN" if lang == "zh" else "en"}"' in text


def test_every_link_of_the_site_leads_somewhere(site: Served) -> None:
    seen, queue = set(PAGES), list(PAGES)
    per_kind: dict[str, int] = {}
    while queue:
        path = queue.pop()
        reply = site.get(path, accept="text/html")
        assert reply.status == (404 if path == "/nothing" else 200), path
        if reply.kind != "text/html" or path == "/graph":
            continue
        for link in Page(reply.text).links():
            kind = re.sub(r"[a-z0-9-]{3,}(?=$|\?|/\d)", "*", link.partition("?")[0])
            if link.startswith("/") and link.partition("#")[0] not in seen and per_kind.get(kind, 0) < 12:
                per_kind[kind] = per_kind.get(kind, 0) + 1
                seen.add(link.partition("#")[0])
                queue.append(link.partition("#")[0])
    assert len(seen) > 100


def test_both_languages_of_every_page(site: Served) -> None:
    for path in PAGES:
        if path != "/graph":
            zh, en = html(site, path, "zh"), html(site, path, "en")
            assert 'lang="zh-CN"' in zh and 'lang="en"' in en
            assert zh != en


def test_the_language_is_remembered(site: Served) -> None:
    reply = site.get("/?lang=zh", accept="text/html")
    assert "plangraph_lang=zh" in reply.headers["set-cookie"]
    assert "set-cookie" not in site.get("/", accept="text/html").headers


def test_an_entity_page_has_each_statement_with_its_quote(site: Served, kg: Any) -> None:
    text = html(site, VALLEY, "zh")
    park = kg.entity("生物制造谷")
    for s in kg.statements():
        if park.id in (s.subject, s.object):
            assert urlsplit(s.iri).path in text
            for e in s.evidence:
                assert e.quote in text and f"{e.start}–{e.end}" in text


def test_a_statement_page_has_its_sentence(site: Served, kg: Any) -> None:
    s = kg.statements(subject="生物制造谷", predicate="focusesOn")[0]
    text = html(site, urlsplit(s.iri).path, "en")
    assert "Biomanufacturing Valley" in text and "synthetic biology" in text and s.evidence[0].quote in text
    evidence = site.get(
        f"{urlsplit(s.iri).path}/evidence/{s.evidence[0].start}-{s.evidence[0].end}", accept="text/html"
    )
    assert (evidence.status, evidence.headers["location"]) == (303, urlsplit(s.iri).path)


def test_a_search_by_exact_name_leads_to_the_page(site: Served) -> None:
    reply = site.get(f"/search?go=1&q={quote('生物制造谷')}", accept="text/html")
    assert (reply.status, reply.headers["location"]) == (303, VALLEY)


@pytest.mark.parametrize(
    "typed", ["生物制造谷", "swzzg", "shengwuzhizaogu", "Biomanufacturing valley", "物制造", "生物制作谷"]
)
def test_search_finds_by_any_name(site: Served, typed: str) -> None:
    found = site.get(f"/api/search?q={quote(typed)}").json()["entities"]
    assert "park/biomanufacturing-valley" in [e["id"] for e in found]


def test_a_question_is_answered_with_quotes(site: Served) -> None:
    text = html(site, f"/questions/parks-by-domain?domain={quote('合成生物学')}", "zh")
    assert VALLEY in text and "<q" in text


def test_what_means_nothing_is_told_with_a_suggestion(site: Served) -> None:
    reply = site.get(f"/questions/park-domains?park={quote('生物制造')}", accept="text/html")
    assert reply.status == 404
    assert "生物制造谷" in reply.text and 'value="生物制造"' in reply.text


@pytest.mark.parametrize("name", question_names())
def test_every_question_can_be_opened_and_answered(site: Served, name: str) -> None:
    text = html(site, f"/questions/{name}")
    assert f'action="/questions/{name}"' in text or "<table>" in text or 'class="empty"' in text
    listed = {q["name"]: q for q in site.get("/api/questions").json()["questions"]}
    assert listed[name]["sparql"], "no example"
    reply = site.query(listed[name]["sparql"])
    assert reply.status == 200, reply.text


def test_a_question_as_sparql_has_the_same_answer(kg: Any) -> None:
    class Site:
        def __init__(self) -> None:
            self.examples = {"parks-by-domain": {"domain": "domain/synthetic-biology"}}
            self.catalogue = Catalogue(kg)

    from plangraph.questions import load_question

    query = as_sparql(load_question("parks-by-domain"), Site())  # type: ignore[arg-type]
    assert query is not None
    assert len(kg.query(query)) == len(kg.ask("parks-by-domain", domain="合成生物学")) > 0


def test_the_ontology_page_has_every_term(site: Served) -> None:
    ids = {a.get("id") for _, a in Page(html(site, "/plangraph/ontology")).tags}
    ontology = load_ontology()
    missing = {t.name for t in ontology.terms.values() if t.label_zh} - ids
    assert not missing


def test_the_graph_page_brings_its_own_policy(site: Served) -> None:
    reply = site.get("/graph", accept="text/html")
    policy = reply.headers["content-security-policy"]
    assert "sha256-" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy


# -- RDF ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", [VALLEY, "/plangraph/plan/tianjin-145", "/plangraph/ontology", "/plangraph/graph/inferred"]
)
def test_rdf_by_accept_and_by_format(site: Served, path: str) -> None:
    forms = {"ttl": ("text/turtle", ox.RdfFormat.TURTLE), "nt": ("application/n-triples", ox.RdfFormat.N_TRIPLES),
             "jsonld": ("application/ld+json", ox.RdfFormat.JSON_LD)}  # fmt: skip
    found = set()
    for name, (kind, form) in forms.items():
        asked, named = site.get(path, accept=kind), site.get(f"{path}?format={name}")
        assert (asked.status, asked.kind, asked.body) == (200, kind, named.body)
        assert 'rel="alternate"' in asked.headers["link"] and "Accept" in asked.headers["vary"]
        found.add(frozenset(str(t.triple) for t in ox.parse(asked.body, format=form)))
    assert len(found) == 1 and all(found)


def test_the_rdf_of_a_statement_has_its_evidence(site: Served, kg: Any) -> None:
    s = kg.statements(subject="生物制造谷")[0]
    text = site.get(urlsplit(s.iri).path, accept="application/n-triples").text
    assert s.iri in text and s.evidence[0].quote in text and "/evidence/" in text


def test_a_browser_gets_the_page(site: Served) -> None:
    for accept in ("", "*/*", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"):
        assert site.get(VALLEY, accept=accept).kind == "text/html"
    assert site.get(VALLEY, accept="image/png").status == 406
    assert site.get(f"{VALLEY}?format=exe").status == 406


@pytest.mark.parametrize("kind", ["text/html", "text/turtle"])
@pytest.mark.parametrize(
    "path", ["id/park/none", "id/none", "statement/0123", "plan/none", "plan/tianjin-145/section/999", "x"]
)
def test_what_is_not_there_is_not_found(site: Served, path: str, kind: str) -> None:
    assert site.get(f"/plangraph/{path}", accept=kind).status == 404


def test_short_paths_lead_to_the_long_ones(site: Served) -> None:
    reply = site.get("/id/park/biomanufacturing-valley?format=ttl")
    assert (reply.status, reply.headers["location"]) == (308, f"{VALLEY}?format=ttl")


# -- downloads and the JSON interface -------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_a_download_is_what_export_writes(site: Served, kg: Any, form: str) -> None:
    from plangraph.export import render

    reply = site.get(f"/downloads/{form}")
    assert reply.status == 200 and "attachment" in reply.headers["content-disposition"]
    content = render(kg, form)
    if FORMATS[form].folder:
        archive = zipfile.ZipFile(io.BytesIO(reply.body))
        assert {n: archive.read(n) for n in archive.namelist()} == dict(content.files)
    else:
        assert reply.body == content.data


def test_downloads_of_one_plan_and_of_the_ontology(site: Served, checkout: Path) -> None:
    one = site.get("/downloads/ttl?plan=tianjin-145")
    assert one.status == 200 and one.body != site.get("/downloads/ttl").body
    assert site.get("/downloads/ontology").body == (checkout / "ontology" / "plangraph.ttl").read_bytes()
    assert site.get("/downloads/ttl?plan=none").status == 404
    assert site.get("/downloads/exe").status == 404


def test_the_json_interface(site: Served, kg: Any) -> None:
    park = site.get("/api/entities/park/biomanufacturing-valley?lang=en").json()
    assert park["name"] == "Biomanufacturing Valley" and park["statements"][0]["evidence"][0]["quote"]
    listed = site.get("/api/entities?class=Park&limit=500").json()
    assert listed["total"] == len(listed["entities"]) == len(kg.entities("Park"))
    assert len(site.get("/api/entities?class=Park&limit=5&offset=25").json()["entities"]) == 2
    answer = site.get(f"/api/questions/parks-by-domain?domain={quote('合成生物学')}&lang=en").json()
    assert answer["rows"][0][0] == {"iri": f"{ROOT}id/park/biomanufacturing-valley", "label": "Biomanufacturing Valley"}
    table = site.get(f"/api/questions/parks-by-domain?domain={quote('合成生物学')}&format=csv")
    assert table.kind == "text/csv" and table.body.startswith(b"\xef\xbb\xbfpark,")
    assert site.get("/health").json()["status"] == "ok"
    assert INFERRED_GRAPH in site.get("/api/vocabulary").json()["graphs"]
    assert ONTOLOGY_GRAPH in site.get("/api/vocabulary").json()["graphs"]


@pytest.mark.parametrize(
    "path",
    ["/api/search", "/api/search?q=%20", "/api/search?q=x&limit=0", "/api/search?q=x&class=Nothing", "/api/search?q=x&lang=fr",
     "/api/entities?limit=-1", "/api/entities?offset=x", "/api/questions/parks-by-domain", "/api/questions/parks-by-domain?x=1"],
)  # fmt: skip
def test_wrong_arguments_are_told(site: Served, path: str) -> None:
    reply = site.get(path)
    assert reply.status == 400 and reply.json()["detail"]


# -- hostile words --------------------------------------------------------------------------------------------


def test_nothing_in_the_data_becomes_markup(start: Callable[..., Served], tmp_path: Path) -> None:
    plan = hostile_plan(tmp_path / "plans")
    plangraph.build([plan.path], tmp_path / "build")
    kg = plangraph.open(tmp_path / "build")
    served = start(tmp_path / "build")
    paths = ["/", "/entities", "/questions", "/plangraph/plan/" + plan.path.name, "/search?q=script", "/downloads"]
    paths += [urlsplit(e.iri).path for e in kg.entities()] + [urlsplit(s.iri).path for s in kg.statements()]
    paths += [f"/questions/entity-statements?entity={quote(e.id)}" for e in kg.entities()]
    paths += ["/search?q=%3Cscript%3Ealert(1)%3C/script%3E", "/editor?query=%3C/textarea%3E%3Cscript%3Ealert(1)%3C/script%3E",
              "/questions/park-domains?park=%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E", "/entities?class=%3Cb%3E",
              "/nothing/%3Cscript%3E", "/downloads/%3Cscript%3E", "/plangraph/%3Cscript%3Ealert(1)%3C/script%3E"]  # fmt: skip
    marked = 0
    for path in paths:
        for lang in ("zh", "en"):
            text = html(served, path, lang)
            marked += "&lt;" in text
            for tag, attributes in Page(text).tags:
                assert tag not in ("iframe", "object", "embed", "base", "svg", "style"), path
                assert tag != "script" or str(attributes["src"]).startswith("/static/"), path
                assert tag != "img" or attributes["src"] == "/static/icon.svg", path
                assert not [a for a in attributes if a.startswith("on")], path
                assert not str(attributes.get("href", "")).lower().startswith(("javascript:", "data:")), path
    assert marked > 20
    assert served.stop() == 0


def test_formulas_are_disarmed_in_tables(start: Callable[..., Served], tmp_path: Path) -> None:
    plan = invent_plan(tmp_path / "plans", "formulas", [("park/p", "Park", "=1+1"), ("domain/d", "Domain", "@d")],
                       [("park/p", "focusesOn", "domain/d")])  # fmt: skip
    plangraph.build([plan.path], tmp_path / "build")
    text = start(tmp_path / "build").get("/api/questions/entity-statements?entity=park/p&format=csv").text
    assert "'=1+1" in text and ",=1+1" not in text


# -- who may ask ----------------------------------------------------------------------------------------------


def test_every_answer_has_the_protecting_headers(site: Served) -> None:
    for path in [*PAGES, "/static/site.css", "/health", "/sparql?query=ASK%20%7B%7D", VALLEY + "?format=ttl"]:
        headers = site.get(path, accept="text/html").headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["x-frame-options"] == "DENY"
        assert "unsafe" not in headers["content-security-policy"]
        assert path == "/graph" or headers["content-security-policy"] == POLICY
        assert "server" not in headers and "access-control-allow-origin" not in headers


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:7878", "127.0.0.1.evil.example", "", "localhost@evil", "10.0.0.1", "a b", "[::1"],
)
def test_a_name_that_is_not_the_server_s_is_refused(site: Served, host: str) -> None:
    assert site.get("/", host=host).status == 421
    assert site.get("/sparql?query=ASK%20%7B%7D", host=host).status == 421


def test_two_hosts_are_none(site: Served) -> None:
    answer = site.raw(b"GET /health HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
    assert answer.split()[1] in (b"421", b"400")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1", "[::1]", "localhost:99"])
def test_the_server_s_own_names_are_known(site: Served, host: str) -> None:
    assert site.get("/health", host=host).status == 200


def test_pages_of_other_sites_may_not_ask(site: Served) -> None:
    query = "/sparql?query=ASK%20%7B%7D"
    for origin in (
        "http://evil.example",
        "null",
        "http://127.0.0.1.evil",
        f"http://127.0.0.1:{site.port}.evil",
        "file://",
    ):
        assert site.get(query, origin=origin).status == 403, origin
    assert site.get(query, sec_fetch_site="cross-site", sec_fetch_mode="no-cors").status == 403
    assert site.get(query, origin=f"http://127.0.0.1:{site.port}").status == 200
    assert site.get("/", sec_fetch_site="cross-site", sec_fetch_mode="navigate").status == 200


def test_a_token_is_asked_for(start: Callable[..., Served], tianjin: Path) -> None:
    token = "correct-horse-battery"
    served = start(tianjin, env={"PLANGRAPH_TOKEN": token})
    for path in (
        "/",
        "/sparql?query=ASK%20%7B%7D",
        "/graph",
        "/api/openapi.json",
        VALLEY,
        "/nothing",
        "//health",
        "/health/x",
    ):
        refused = served.get(path)
        assert (refused.status, refused.headers["www-authenticate"]) == (401, "Bearer"), path
        assert "天津" not in refused.text and "Tianjin" not in refused.text
        assert served.get(path, authorization="Bearer wrong-horse-battery").status == 401
    assert served.get("/health").json() == {"status": "ok"}
    assert served.get("/sparql?query=ASK%20%7B%7D", authorization=f"Bearer {token}").status == 200
    assert "password" in served.get("/login", accept="text/html").text
    kind = "application/x-www-form-urlencoded"
    assert served.request("POST", "/login", b"token=wrong", content_type=kind, accept="text/html").status == 401
    entered = served.request("POST", "/login", f"token={token}".encode(), content_type=kind)
    assert entered.status == 303
    cookie = entered.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and token not in cookie
    assert served.get("/", cookie=cookie.partition(";")[0], accept="text/html").status == 200
    assert served.get("/", cookie="plangraph_token=x").status == 401
    assert served.stop() == 0
    assert not [line for line in served.log if token in line]


def test_behind_a_proxy(start: Callable[..., Served], tianjin: Path) -> None:
    served = start(tianjin, "--public", "https://plans.example")
    assert "https://plans.example/" in served.said
    described = served.get(
        "/sparql", host="plans.example", accept="application/n-triples", x_forwarded_for="6.6.6.6, 192.0.2.7"
    )
    assert "<https://plans.example/sparql>" in described.text
    assert served.get("/health", host="other.example").status == 421
    assert served.get("/health", host="plans.example", origin="https://plans.example").status == 200
    assert served.stop() == 0
    assert any(" 192.0.2.7 GET /sparql " in line for line in served.log)


def test_without_a_proxy_nobody_may_say_who_he_is(start: Callable[..., Served], tianjin: Path) -> None:
    served = start(tianjin)
    served.get("/health", x_forwarded_for="192.0.2.7")
    served.stop()
    assert served.log and not [line for line in served.log if "192.0.2.7" in line]


def test_the_access_log_tells_no_secrets(site: Served) -> None:
    site.get("/search?q=nobody-else-should-read-this")
    site.get("/%0d%0aFAKE%20LINE")
    assert not [line for line in site.log if "nobody-else" in line]
    assert not [line for line in site.log if line.startswith("FAKE")]


def test_json_is_utf_8(site: Served) -> None:
    assert json.loads(site.get("/api/search?q=%E8%B0%B7").body.decode("utf-8"))["entities"]
