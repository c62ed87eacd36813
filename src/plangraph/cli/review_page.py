"""Review in the browser: a page on this machine's loopback, for whoever has its address, with the terminal's decisions."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import click

from plangraph.cli.review import namesakes_words
from plangraph.errors import InputError, PlangraphError
from plangraph.extract.pairs import IMPLIED_METHOD
from plangraph.extract.queue import ORDERS, Filter, Item, claim_words, queue
from plangraph.model import Evidence
from plangraph.ontology import load_ontology

if TYPE_CHECKING:
    from plangraph.extract.review import NewEntity, Review

_PAGE = Path(__file__).with_name("review_page.html")
#: A request holds a decision, never more.
_MAX_BODY = 1 << 20
_POLICY = "default-src 'none'; connect-src 'self'; style-src 'nonce-{0}'; script-src 'nonce-{0}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def serve(session: Review, wanted: Filter, order: str, port: int, lang: str) -> None:
    """Serve the page until Ctrl-C.

    Raises:
        InputError: The port is taken.
    """
    try:
        server = PageServer(session, wanted, order, port, lang)
    except OSError as error:
        raise InputError(
            f"port {port}: {error.strerror or error}; choose another with --port",
            f"端口 {port}：{error.strerror or error}；请用 --port 另选",
        ) from None
    click.echo(
        f"请在浏览器中打开（仅限本机）：{server.url}\n每次裁定立即保存；按 Ctrl-C 结束"
        if lang == "zh"
        else f"Open in a browser on this machine: {server.url}\nEach decision is saved at once; Ctrl-C ends"
    )
    try:
        server.serve_forever(poll_interval=0.1)
    except KeyboardInterrupt:
        click.echo()
    finally:
        server.server_close()


class PageServer(ThreadingHTTPServer):
    """The page and what it may ask for; one decision at a time.

    Args:
        session: The review.
        wanted: What comes up first.
        order: In which order.
        port: Port on loopback; 0 for a free one.
        lang: Language of the page.
    """

    daemon_threads = True

    def __init__(self, session: Review, wanted: Filter, order: str, port: int, lang: str) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.session, self.wanted, self.order, self.lang = session, wanted, order, lang
        self.token = secrets.token_urlsafe(24)
        self.lock = threading.Lock()
        number = self.server_address[1]
        self.hosts = {f"127.0.0.1:{number}", f"localhost:{number}"}

    @property
    def url(self) -> str:
        """The page's address, with the token that opens it."""
        return f"http://127.0.0.1:{self.server_address[1]}/?token={self.token}"

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """What the page asks for: ``do`` names it."""
        does: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "start": lambda a: self._start(),
            "queue": self._queue,
            "item": lambda a: self._item(_text(a, "id")),
            "decide": self._decide,
            "decide_waiting": self._decide_waiting,
            "mend": self._mend,
            "add": self._add,
            "entity": self._entity,
            "undo": lambda a: {"undone": self.session.undo()},
        }
        name = asked.get("do")
        if not isinstance(name, str) or name not in does:
            raise InputError("the page asks for what is not there; load it again", "页面请求有误；请重新载入")
        with self.lock:
            return does[name](asked) | {"counts": self.session.counts()}

    def _start(self) -> dict[str, Any]:
        ontology = load_ontology()
        return {
            "plan": self.session.plan_id,
            "relations": [[r.name, r.label(self.lang)] for r in ontology.relations.values()],
            "classes": [[k, t.label(self.lang)] for k, t in ontology.classes.items() if ontology.top_class(k)],
            "methods": sorted({e.method for e in self.session.state.rows.values()}),
            "orders": list(ORDERS),
            "order": self.order,
            "low": self.wanted.low,
            "high": self.wanted.high,
            "status": self.wanted.status,
            "text": self.session.reader.document is not None,
        }

    def _queue(self, asked: dict[str, Any]) -> dict[str, Any]:
        wanted = self._filter(asked)
        items = queue(self.session.state.rows, wanted, order if (order := _text(asked, "order")) in ORDERS else "doubt")
        entities = sorted(self.session.state.entities.values(), key=lambda e: e.label_zh)
        waiting = [i.id for i in items if i.evidence.status == "proposed"]
        return {
            "ids": [i.id for i in items],
            "waiting": waiting,
            "entities": [[e.id, e.label_zh, e.type] for e in entities],
        }

    def _filter(self, asked: dict[str, Any]) -> Filter:
        def several(name: str) -> tuple[str, ...]:
            return (_text(asked, name),) if asked.get(name) else ()

        def number(name: str, usual: float) -> float:
            value = asked.get(name, usual)
            return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else usual

        entity = self._named(_text(asked, "entity")) if asked.get("entity") else ""
        status = _text(asked, "status") if "status" in asked else "proposed"
        return Filter(
            status, several("relation"), several("method"), (entity,) if entity else self.wanted.entities, (),
            number("low", 0.0), number("high", 1.0),
        )  # fmt: skip

    def _item(self, item_id: str) -> dict[str, Any]:
        item = self._row(item_id)
        if item is None:
            return {"item": None}
        e, entities = item.evidence, self.session.state.entities
        context = self.session.reader.context(item, entities)
        ends = [
            {"id": i, "name": entities[i].label_zh if i in entities else i, "type": entities[i].type if i in entities else ""} | self._rows_of(i)
            for i in (item.key[0], item.key[2])
        ]  # fmt: skip
        return {
            "item": {
                "id": item.id, "words": claim_words(item.key, entities, self.lang), "relation": item.key[1],
                "subject": ends[0], "object": ends[1], "text": context.text, "marks": [list(m) for m in context.marks], "places": context.places,
                "start": e.start, "end": e.end, "quote": " ".join(e.quote.split()), "section": " > ".join(e.section),
                "method": e.method, "confidence": e.confidence, "status": e.status,
                "implied": e.method == IMPLIED_METHOD, "decided": " ".join(w for w in (e.decided_by, e.decided_on, e.reason) if w),
                "seen": _seen(e),
            }
        }  # fmt: skip

    def _row(self, item_id: str) -> Item | None:
        rows = self.session.state.rows
        return next((i for i in (Item(k, e) for k, e in rows.items()) if i.id == item_id), None)

    def _rows_of(self, entity: str) -> dict[str, int]:
        rows = [e for k, e in self.session.state.rows.items() if entity in (k[0], k[2])]
        return {"rows": len(rows), "decided": sum(e.status != "proposed" for e in rows)}

    def _known(self, asked: dict[str, Any]) -> Item:
        """The row that the page means, if it is still as the page shows it."""
        item = self._row(_text(asked, "id"))
        if item is None:
            raise _StaleError("this row is gone; load the page again", "该行已不存在；请重新载入页面")
        if asked.get("seen") != _seen(item.evidence):
            raise _StaleError(
                "this row was decided elsewhere meanwhile and nothing was changed; it is shown as it is now",
                "该行已在别处裁定，本次未作改动；现按最新状态显示",
            )
        return item

    def _named(self, name: str) -> str:
        from plangraph.cli.review import find_entity

        return find_entity(self.session, name)

    def _decide(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {"changed": self.session.decide([self._known(asked).key], _status(asked), _text(asked, "reason"))}

    def _decide_waiting(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Decide the rows that are still undecided of those that the page names."""
        ids = asked.get("ids")
        if not isinstance(ids, list):
            raise InputError("the page asks for what is not there; load it again", "页面请求有误；请重新载入")
        wanted = Filter("proposed", ids=tuple(map(str, ids)))
        keys = [i.key for i in self.session.items(wanted)] if ids else []
        return {"changed": self.session.decide(keys, _status(asked), _text(asked, "reason"))}

    def _mend(self, asked: dict[str, Any]) -> dict[str, Any]:
        item = self._known(asked)
        new = self.session.mend(
            item.key, self._named(_text(asked, "subject")), _text(asked, "relation"), self._named(_text(asked, "object")),
            self._span(asked) if self.session.reader.document is not None else None, _text(asked, "reason"),
        )  # fmt: skip
        return {"id": Item(new, self.session.state.rows[new]).id}

    def _add(self, asked: dict[str, Any]) -> dict[str, Any]:
        ends: list[str | NewEntity] = []
        for end in ("subject", "object"):
            name, kind = _text(asked, end), _text(asked, f"{end}_class")
            ends.append((kind, name) if kind else self._named(name))
        key = self.session.add(ends[0], _text(asked, "relation"), ends[1], self._span(asked), _text(asked, "reason"))
        return {"id": Item(key, self.session.state.rows[key]).id}

    def _span(self, asked: dict[str, Any]) -> tuple[int, int]:
        near = asked.get("near")
        return self.session.find_quote(_text(asked, "quote"), near if type(near) is int else 0)

    def _entity(self, asked: dict[str, Any]) -> dict[str, Any]:
        entity, value = _text(asked, "entity"), _text(asked, "value")
        match asked.get("how"):
            case "rename":
                self.session.rename(entity, value)
                words = namesakes_words(self.session, entity)
                return {"note": words[self.lang == "zh"]} if words else {}
            case "retype":
                self.session.retype(entity, value)
            case "alias":
                self.session.alias(entity, value)
            case "merge":
                return {"dropped": self.session.merge(entity, self._named(value))}
            case "delete":
                return {"dropped": self.session.delete(entity)}
            case _:
                raise InputError("the page asks for what is not there; load it again", "页面请求有误；请重新载入")
        return {}


class _StaleError(InputError):
    """The page shows what is no longer so."""


def _seen(evidence: Evidence) -> list[str]:
    """What a decision changes: a page that shows something else is behind."""
    return [evidence.status, evidence.decided_by, evidence.decided_on, evidence.reason]


def _status(asked: dict[str, Any]) -> str:
    status = _text(asked, "status")
    if status not in ("accepted", "rejected"):
        raise InputError("the page asks for what is not there; load it again", "页面请求有误；请重新载入")
    return status


def _text(asked: dict[str, Any], name: str) -> str:
    value = asked.get(name, "")
    return " ".join(value.split()) if isinstance(value, str) else ""


class _Handler(BaseHTTPRequestHandler):
    """Lets in who has the token, at the right address, and nobody else."""

    server: PageServer

    def do_GET(self) -> None:
        """The page itself."""
        url = urlsplit(self.path)
        token = parse_qs(url.query).get("token", [""])[0]
        if url.path != "/" or not self._allowed(token):
            self._send(403, b"forbidden", "text/plain")
            return
        nonce = secrets.token_urlsafe(16)
        page = _PAGE.read_text(encoding="utf-8").replace("{{nonce}}", nonce).replace("{{lang}}", self.server.lang)
        self._send(200, page.encode("utf-8"), "text/html; charset=utf-8", _POLICY.format(nonce))

    def do_POST(self) -> None:
        """One question or decision of the page."""
        size = self.headers.get("content-length", "")
        origin = self.headers.get("origin")
        foreign = origin is not None and origin.removeprefix("http://") not in self.server.hosts
        if foreign or not self._allowed(self.headers.get("x-token", "")) or self.path != "/ask":
            self._send(403, b"forbidden", "text/plain")
            return
        if not size.isdigit() or int(size) > _MAX_BODY:
            self._send(413, b"too large", "text/plain")
            return
        try:
            asked = json.loads(self.rfile.read(int(size)))
            answer = self.server.answer(asked if isinstance(asked, dict) else {})
        except PlangraphError as error:
            answer = {"error": error.words(self.server.lang), "stale": isinstance(error, _StaleError)}
        except (ValueError, RecursionError):
            answer = {"error": "JSON"}
        self._send(200, json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace"), "application/json")

    def _allowed(self, token: str) -> bool:
        right = secrets.compare_digest(token.encode("utf-8", "replace"), self.server.token.encode("ascii"))
        return right and self.headers.get("host", "") in self.server.hosts

    def _send(self, status: int, data: bytes, kind: str, policy: str = "default-src 'none'") -> None:
        self.send_response(status)
        for name, value in (
            ("content-type", kind), ("content-length", str(len(data))), ("content-security-policy", policy),
            ("cache-control", "no-store"), ("referrer-policy", "no-referrer"), ("x-content-type-options", "nosniff"),
        ):  # fmt: skip
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the token stands in the address."""
