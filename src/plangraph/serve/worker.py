"""The process in which queries, pages and downloads are made: jobs on standard input, answers on standard output.

Both ways go frames: four bytes of length, a head in JSON, and after an answer's head as many bytes as it says. A job
is answered whole or with an error. The process is killed from outside when its time is over; it limits its own memory
and, in case nobody is there to kill it, its processor time.
"""

from __future__ import annotations

import io
import itertools
import json
import math
import os
import signal
import struct
import sys
import time
from pathlib import Path
from typing import Any, BinaryIO

from plangraph.errors import NotFoundError, PlangraphError, QuerySyntaxError
from plangraph.ontology import prefixes
from plangraph.query import failed, terms
from plangraph.serve.formats import GRAPHS, TABLES, Form
from plangraph.serve.problems import NotAcceptableError, OverLimitError
from plangraph.sparql import guard, syntax_error

LENGTH = struct.Struct(">I")
#: Bytes that making the page of the graph or a download may take at least.
_OWN_WORK = 1 << 30
#: Quads up to which a store is held in memory: some 60 MiB a worker, and a second to start it.
_SMALL = 100_000
#: Seconds between two looks at the processor time: asking the system takes as long as a light query.
_LOOK_AGAIN = 0.05


class Worker:
    """Answers jobs about one build.

    Args:
        folder: Root of the build.
        name: Which build in it.
        rows: Rows or triples that an answer may have.
    """

    def __init__(self, folder: Path, name: str, rows: int) -> None:
        from plangraph.graph import PlanGraph

        self.kg = PlanGraph(folder, name)
        self.rows = rows
        self.store = held(self.kg.store)
        self.graphs = frozenset(g.value for g in self.kg.store.named_graphs())

    def answer(self, job: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """Head and body of the answer to ``job``."""
        return {"query": self.query, "page": self.page, "export": self.export}[job["kind"]](job)

    # -- queries --------------------------------------------------------------------------------------------

    def query(self, job: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """A SPARQL query; the job has the format for each kind of answer, and the dataset if one was named."""
        import pyoxigraph as ox

        sparql = job["sparql"]
        guard(sparql, lambda: self.graphs)
        options: dict[str, Any] = {}
        if job.get("default_graphs") is not None:
            options["default_graph"] = [ox.NamedNode(g) for g in job["default_graphs"]]
            options["named_graphs"] = [ox.NamedNode(g) for g in job["named_graphs"]]
        values: dict[Any, Any] = {ox.Variable(k): v for k, v in terms(job.get("values") or {}).items()}
        try:
            found = self.store.query(sparql, prefixes=prefixes(), substitutions=values or None, **options)
            if isinstance(found, ox.QueryTriples):
                form = _form(GRAPHS, job["graph"])
                body, rows = self._graph(found, form, job["limit"])
            else:
                form = _form(TABLES, job["table"])
                body = _table(found, form, job["limit"])
                rows = 1 if isinstance(found, ox.QueryBoolean) else self._counted(body, form)
        except SyntaxError as error:
            raise syntax_error(sparql, str(error)) from None
        return {"form": form.name, "rows": rows}, body

    def _graph(self, found: Any, form: Form, limit: int) -> tuple[bytes, int]:
        import pyoxigraph as ox

        triples = set()
        for triple in found:
            triples.add(triple)
            if len(triples) > self.rows:
                raise _too_many(self.rows)
        output = Bounded(limit)
        known: dict[str, Any] = {"prefixes": prefixes()} if form.name in ("ttl", "rdf") else {}
        ox.serialize(sorted(triples, key=str), output, format=getattr(ox.RdfFormat, form.engine), **known)
        return output.getvalue(), len(triples)

    def _counted(self, body: bytes, form: Form) -> int:
        # A quick count that is never too low; only if it is over the limit the rows are really counted.
        rows = form.at_most(body)
        if rows > self.rows:
            rows = form.exactly(body)
        if rows > self.rows:
            raise _too_many(self.rows)
        return rows

    # -- what takes the whole build -------------------------------------------------------------------------

    def page(self, job: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """The page of the graph."""
        return {"form": "html", "rows": 0}, _within(self.kg.show(lang=job["lang"]).html.encode("utf-8"), job["limit"])

    def export(self, job: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """The build in the format of another tool; a folder of files comes as a ZIP archive."""
        from plangraph.export import FORMATS, render

        if job["form"] not in FORMATS:
            raise NotFoundError(f"no format {job['form']!r}", f"没有格式“{job['form']}”", sorted(FORMATS))
        content = render(self.kg, job["form"], job["plan"])
        body = _archive(content.files) if FORMATS[job["form"]].folder else content.data
        return {"form": job["form"], "rows": 0}, _within(body, job["limit"])


def held(store: Any) -> Any:
    """``store`` itself or, where it is small, a copy in memory, which answers in half the time."""
    import pyoxigraph as ox

    if sum(1 for _ in itertools.islice(store, _SMALL + 1)) > _SMALL:
        return store
    copy = ox.Store()
    copy.bulk_extend(iter(store))
    return copy


class Bounded(io.BytesIO):
    """Bytes in memory, up to a limit."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit

    def write(self, data: Any, /) -> int:
        """Add ``data``.

        Raises:
            OverLimitError: It would be too much.
        """
        if self.tell() + len(data) > self.limit:
            raise _too_large(self.limit)
        return super().write(data)


def _form(known: dict[str, Form], name: str | None) -> Form:
    if name is None:
        graph = known is GRAPHS
        raise NotAcceptableError(
            f"this query gives a {'graph' if graph else 'table'}, and none of the formats asked for can hold one; "
            f"ask for one of {', '.join(f.media_type for f in known.values())}",
            f"该查询返回{'图' if graph else '表格'}，而所要的格式都不能容纳；"
            f"请改用 {'、'.join(f.media_type for f in known.values())}",
        )
    return known[name]


def _table(found: Any, form: Form, limit: int) -> bytes:
    import pyoxigraph as ox

    output = Bounded(limit)
    try:
        found.serialize(output, format=getattr(ox.QueryResultsFormat, form.engine))
    except OverLimitError:
        raise
    except (OSError, ValueError, RuntimeError) as error:
        raise failed(error) from None
    return output.getvalue()


def _within(body: bytes, limit: int) -> bytes:
    if len(body) > limit:
        raise _too_large(limit)
    return body


def _too_many(rows: int) -> OverLimitError:
    return OverLimitError(
        f"the answer has more than {rows} rows, the most that this server gives; nothing was returned. "
        "Make the query narrower or add LIMIT and OFFSET",
        f"结果超过 {rows} 行，即本服务的上限，没有返回任何内容。请缩小查询范围，或加 LIMIT 与 OFFSET",
    )


def _too_large(limit: int) -> OverLimitError:
    return OverLimitError(
        f"the answer is larger than {limit >> 20} MiB, the most that this server gives; nothing was returned. "
        "Make the query narrower or add LIMIT and OFFSET",
        f"结果超过 {limit >> 20} MiB，即本服务的上限，没有返回任何内容。请缩小查询范围，或加 LIMIT 与 OFFSET",
    )


def _archive(files: Any) -> bytes:
    import zipfile

    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            archive.writestr(member, files[name])
    return output.getvalue()


# -- the process ----------------------------------------------------------------------------------------------


def receive(stream: BinaryIO) -> dict[str, Any] | None:
    """The next job, None at the end."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    found: dict[str, Any] = json.loads(stream.read(LENGTH.unpack(head)[0]))
    return found


def frame(head: dict[str, Any], body: bytes = b"") -> bytes:
    """The bytes of one message."""
    data = json.dumps(head).encode()
    return LENGTH.pack(len(data)) + data + body


def told(error: PlangraphError) -> dict[str, Any]:
    """``error`` as the head of an answer."""
    head: dict[str, Any] = {"error": type(error).__name__, "en": error.en, "zh": error.zh}
    if isinstance(error, QuerySyntaxError):
        head |= {"line": error.line, "column": error.column}
    return head


def memory_held() -> int:
    """Bytes of addresses that this process has now; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def limit_memory(most: int) -> None:
    """Let this process have ``most`` bytes of addresses. The system enforces it on Linux."""
    if sys.platform != "win32":
        import resource

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def leave_no_core() -> None:
    """Let no file be written when this process crashes."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def computed() -> float:
    """Seconds of processor time that this process has had."""
    times = os.times()
    return times.user + times.system


def limit_time(seconds: float) -> None:
    """Let the system end this process when ``seconds`` more have been computed."""
    if sys.platform != "win32":
        import resource

        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        wanted = math.ceil(computed() + seconds) + 2
        resource.setrlimit(resource.RLIMIT_CPU, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def main() -> int:
    """Answer jobs until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's to handle
    jobs = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else is printed does not get among the answers
    start = receive(jobs)
    if start is None:
        return 0
    try:
        worker = Worker(Path(start["folder"]), start["name"], start["rows"])
        import pyoxigraph as ox

        ox.Store().query("ASK {}", prefixes=prefixes())
    except PlangraphError as error:
        answers.write(frame(told(error)))
        answers.flush()
        return 1
    leave_no_core()
    held = memory_held()
    answers.write(frame({"ready": True, "computed": computed()}))
    answers.flush()
    granted, spent, looked = (0.0, 0), computed(), time.monotonic()
    while (job := receive(jobs)) is not None:
        # The page and the downloads are our own work, and load libraries that a query never needs.
        memory = start["memory"] if job["kind"] == "query" else max(start["memory"], _OWN_WORK)
        if granted[0] < spent + job["seconds"] or granted[1] != memory:
            granted = (spent + 2 * job["seconds"], memory)
            limit_time(2 * job["seconds"])
            if held:
                limit_memory(held + memory)
        try:
            head, body = worker.answer(job)
        except PlangraphError as error:
            head, body = told(error), b""
        except (OSError, ValueError, RuntimeError, SyntaxError) as error:
            head, body = told(failed(error)), b""
        # A MemoryError is left alone: the process ends, and the server says why.
        if time.monotonic() - looked > _LOOK_AGAIN:
            spent, looked = computed(), time.monotonic()
        answers.write(frame({**head, "size": len(body), "computed": spent}, body))
        answers.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
