"""A build → a SPARQL server: every graph is loaded aside, compared, and put in place in one update.

On the server stand the build's named graphs under their own names, the merged facts in the default graph, and the graph
`PUSH_GRAPH` with name, count and hash of each. The update that puts everything in place first takes the build's name
out of that graph and writes it last: who finds a name there finds the whole build.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from plangraph.errors import BuildError, ServerError
from plangraph.graph import PlanGraph
from plangraph.remote_graph import read_manifest
from plangraph.sparql_server import TRIPLES, SparqlServer
from plangraph.vocab import PUSH, PUSH_GRAPH, ROOT, XSD

#: Where the merged facts go on servers whose default graph is the union of all graphs (Virtuoso).
MERGED_GRAPH = ROOT + "graph/merged"
DEFAULT = ""
_STAGE = PUSH_GRAPH + "/stage/"
_PROBE = PUSH_GRAPH + "/probe"
#: Bytes of one request; halved where the server finds that too many.
CHUNK = 4 * 1024 * 1024
SMALLEST = 16 * 1024
_NUMBER = re.compile(rf'"([^"\\]*)"\^\^<{re.escape(XSD)}(decimal|integer)>$')
#: Told for each graph that is sent: its name, triples that are there, triples in all.
Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class Pushed:
    """What a push did.

    Args:
        name: Name of the build.
        sent: Graphs that were sent ("" for the merged facts).
        kept: Graphs that were there already.
        removed: Graphs of an earlier build that this one has not.
        triples: Triples on the server, the merged ones included.
        resumed: Triples that an earlier, broken off push had left aside.
    """

    name: str
    sent: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    triples: int = 0
    resumed: int = 0


def push(kg: PlanGraph, url: str, progress: Progress = lambda graph, done, total: None, again: bool = False) -> Pushed:
    """Make the server at ``url`` hold the build ``kg``.

    Args:
        kg: The build.
        url: Address of the dataset.
        progress: Told how far it is.
        again: Send also the graphs that are there already.

    Raises:
        ServerError: The server is not reached, refuses, loses something, or another push is at work there.
        BuildError: Its default graph holds what plangraph did not write.
    """
    server = SparqlServer(url)
    try:
        return _Push(kg, server, progress).run(again)
    finally:
        server.close()


def differences(kg: PlanGraph, url: str) -> list[tuple[str, str, str]]:
    """What differs between the build ``kg`` and the server, by fetching every graph: (graph, in English, in Chinese).

    Raises:
        ServerError: The server is not reached, or is none.
    """
    server = SparqlServer(url)
    try:
        return list(_differences(kg, server))
    finally:
        server.close()


def _differences(kg: PlanGraph, server: SparqlServer) -> Iterator[tuple[str, str, str]]:
    facts = read_manifest(server)
    names = [o for s, p, o in facts if (s, p) == (PUSH_GRAPH, "build")]
    if names != [kg.name]:
        there = ", ".join(names) or "-"
        yield "", f"the server holds build {there}, not {kg.name}", f"服务器上的构建是 {there}，不是 {kg.name}"
    merged = any((s, p) == (PUSH_GRAPH, "merged") for s, p, _ in facts)
    for graph in graphs_of(kg):
        lines = triples_of(kg, graph)
        target = MERGED_GRAPH if merged and graph == DEFAULT else graph
        there_lines = _fetch(server, target)
        if digest(lines) != digest(there_lines):
            shown = target or "DEFAULT"
            yield (
                shown,
                f"{shown}: {len(there_lines)} triples there, {len(lines)} here, and they are not the same",
                f"{shown}：服务器上 {len(there_lines)} 条，本地 {len(lines)} 条，内容不同",
            )


def graphs_of(kg: PlanGraph) -> list[str]:
    """Names of the build's graphs, sorted; the merged facts (``""``) come first."""
    return [DEFAULT, *sorted(g.value for g in kg.store.named_graphs())]


def triples_of(kg: PlanGraph, graph: str) -> list[str]:
    """The triples of a graph as sorted N-Triples lines without the stop."""
    import pyoxigraph as ox

    node = ox.NamedNode(graph) if graph else ox.DefaultGraph()
    return sorted(str(q.triple) for q in kg.store.quads_for_pattern(None, None, None, node))


def digest(lines: Iterable[str]) -> str:
    """Hash of triples; two writings of one number (0.6 and 0.60), which servers are free to change, are the same."""
    same = sorted(_NUMBER.sub(_number, line) for line in lines)
    return hashlib.sha256("\n".join(same).encode("utf-8")).hexdigest()


def _number(found: re.Match[str]) -> str:
    try:
        return f'"{Decimal(found[1]).normalize():f}"^^<{XSD}decimal>'
    except ArithmeticError:
        return found[0]


def _fetch(server: SparqlServer, graph: str) -> list[str]:
    import pyoxigraph as ox

    pattern = f"GRAPH <{graph}> {{ ?s ?p ?o }}" if graph else "?s ?p ?o"
    data = server.query(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}", TRIPLES)
    return [str(q.triple) for q in ox.parse(data, format=ox.RdfFormat.N_TRIPLES)]


class _Push:
    """One push under way."""

    def __init__(self, kg: PlanGraph, server: SparqlServer, progress: Progress) -> None:
        self.kg, self.server, self.progress = kg, server, progress
        self.token = secrets.token_hex(16)
        self.done = Pushed(kg.name)
        self.chunk = CHUNK
        self.union = False
        #: Digest and number of triples of each graph of the build, by its name on the server.
        self.wanted: dict[str, tuple[str, int]] = {}

    def run(self, again: bool) -> Pushed:
        """All of it."""
        self.union = self._is_union()
        facts = read_manifest(self.server)
        if not self.union and not facts and self.server.holds("ASK { ?s ?p ?o }"):
            raise BuildError(
                f"{self.server.url}: its default graph holds what plangraph did not write; push to a dataset of its own",
                f"{self.server.url}：默认图中有并非由 plangraph 写入的内容；请推送到单独的数据集",
            )
        self._claim()
        self.server.find_graph_store(PUSH_GRAPH)
        known = {s: o for s, p, o in facts if p == "sha256"}
        names = [o for s, p, o in facts if (s, p) == (PUSH_GRAPH, "build")]
        # Without a name an update was broken off between its steps: what the graphs hold is not known.
        again = again or not names
        there = self._counts()
        for graph in graphs_of(self.kg):
            lines = triples_of(self.kg, graph)
            target = self._target(graph)
            self.wanted[target] = digest(lines), len(lines)
            if (
                not again
                and known.get(self._key(target)) == self.wanted[target][0]
                and there.get(target, 0) == len(lines)
            ):
                self.done.kept.append(graph)
            else:
                self._stage(target, lines, there)
                self.done.sent.append(graph)
            self.done.triples += len(lines)
        self.done.removed = sorted({*known} - {self._key(t) for t in self.wanted})
        if self.done.sent or self.done.removed or names != [self.kg.name]:
            self._put_in_place()
        self._verify()
        return self.done

    # -- the server's default graph -------------------------------------------------------------------------

    def _is_union(self) -> bool:
        """Whether what is in a named graph is in the default graph as well."""
        self.server.update(f"INSERT DATA {{ GRAPH <{_PROBE}> {{ <{_PROBE}> <{PUSH}probe> <{_PROBE}> }} }}")
        found = self.server.holds(f"ASK {{ <{_PROBE}> <{PUSH}probe> <{_PROBE}> }}")
        self.server.update(f"DROP SILENT GRAPH <{_PROBE}>")
        return found

    def _target(self, graph: str) -> str:
        return MERGED_GRAPH if self.union and graph == DEFAULT else graph

    @staticmethod
    def _key(target: str) -> str:
        """What stands for a graph among the facts of `PUSH_GRAPH`: the graph itself, for the default one that graph."""
        return target or PUSH_GRAPH

    def _counts(self) -> dict[str, int]:
        """Triples of each graph on the server."""
        rows = self.server.rows("SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
        counts = {row["g"]: int(row["n"]) for row in rows if "g" in row}
        if not self.union:
            counts[DEFAULT] = int(self.server.rows("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")[0]["n"])
        return counts

    # -- one push at a time ---------------------------------------------------------------------------------

    def _claim(self) -> None:
        self.server.update(
            f"DELETE {{ GRAPH <{PUSH_GRAPH}> {{ ?s <{PUSH}token> ?t }} }} WHERE {{ GRAPH <{PUSH_GRAPH}> "
            f"{{ ?s <{PUSH}token> ?t }} }} ; INSERT DATA {{ GRAPH <{PUSH_GRAPH}> {{ {self._own_token()} }} }}"
        )

    def _own_token(self) -> str:
        return f'<{PUSH_GRAPH}> <{PUSH}token> "{self.token}"'

    def _still_alone(self) -> None:
        if not self.server.holds(f"ASK {{ GRAPH <{PUSH_GRAPH}> {{ {self._own_token()} }} }}"):
            raise ServerError(
                f"{self.server.url}: another push to this dataset has begun, so this one stops; run it again afterwards",
                f"{self.server.url}：另一个推送已开始向该数据集写入，本次推送停止；请等它结束后再运行",
            )

    # -- aside, then in place -------------------------------------------------------------------------------

    def _stage_of(self, target: str) -> str:
        return _STAGE + hashlib.sha256(f"{target}\n{self.wanted[target][0]}".encode()).hexdigest()[:32]

    def _stage(self, target: str, lines: list[str], there: dict[str, int]) -> None:
        """Load a graph aside, going on where a broken off push stopped, and compare it with what was sent."""
        stage = self._stage_of(target)
        start = min(there.get(stage, 0), len(lines))
        self.done.resumed += start
        for attempt in range(2):
            self._send(stage, target, lines, start)
            if not lines or digest(_fetch(self.server, stage)) == self.wanted[target][0]:
                return
            if attempt == 0:  # what was left there was not what it should be
                self.server.update(f"DROP SILENT GRAPH <{stage}>")
                start = 0
        raise ServerError(
            f"{self.server.url}: the server does not give back what it was sent for {target or 'the default graph'}; "
            "nothing was put in place",
            f"{self.server.url}：{target or '默认图'}：服务器返回的内容与发送的不同；未作任何替换",
        )

    def _send(self, stage: str, target: str, lines: list[str], start: int) -> None:
        while start < len(lines):
            self._still_alone()
            self.progress(target, start, len(lines))
            stop, size = start, 0
            while stop < len(lines) and (stop == start or size + len(lines[stop]) * 2 < self.chunk):
                size += len(lines[stop].encode("utf-8")) + 3
                stop += 1
            try:
                self.server.add(stage, "".join(f"{t} .\n" for t in lines[start:stop]).encode("utf-8"))
            except ServerError as error:
                # Virtuoso's parser has memory for some thousand triples, and says 400 beyond.
                if error.status not in (400, 413) or self.chunk <= SMALLEST:
                    raise
                self.chunk //= 2
                continue
            start = stop
        self.progress(target, len(lines), len(lines))

    def _put_in_place(self) -> None:
        """One update: the name goes, graphs come and go, counts and hashes are written, the name comes last."""
        self._still_alone()
        steps = [f"DELETE WHERE {{ GRAPH <{PUSH_GRAPH}> {{ <{PUSH_GRAPH}> <{PUSH}build> ?name }} }}"]
        for graph in self.done.sent:
            target = self._target(graph)
            stage = self._stage_of(target)
            triples = f"GRAPH <{target}> {{ ?s ?p ?o }}" if target else "?s ?p ?o"
            # Not MOVE: of several in one update Fuseki 5.5 on disk loses triples (of 1,012 it moved 934).
            steps.append(f"DROP SILENT {f'GRAPH <{target}>' if target else 'DEFAULT'}")
            steps.append(f"INSERT {{ {triples} }} WHERE {{ GRAPH <{stage}> {{ ?s ?p ?o }} }}")
        steps += [f"DROP SILENT GRAPH <{graph}>" for graph in self.done.removed if graph != PUSH_GRAPH]
        steps.append(f"DROP SILENT GRAPH <{PUSH_GRAPH}>")
        facts = [
            f'<{self._key(t)}> <{PUSH}sha256> "{hashed}" ; <{PUSH}triples> {count} .'
            for t, (hashed, count) in sorted(self.wanted.items())
        ]
        if self.union:
            facts.append(f"<{PUSH_GRAPH}> <{PUSH}merged> <{MERGED_GRAPH}> .")
        facts.append(f"{self._own_token()} .")
        steps.append(f"INSERT DATA {{ GRAPH <{PUSH_GRAPH}> {{ {' '.join(facts)} }} }}")
        steps.append(f'INSERT DATA {{ GRAPH <{PUSH_GRAPH}> {{ <{PUSH_GRAPH}> <{PUSH}build> "{self.kg.name}" }} }}')
        self.server.update(" ;\n".join(steps))

    def _verify(self) -> None:
        """Every graph is there with all its triples; what was left aside goes."""
        there = self._counts()
        for target, (_, count) in sorted(self.wanted.items()):
            if there.get(target, 0) != count:
                self.server.update(f"DELETE WHERE {{ GRAPH <{PUSH_GRAPH}> {{ <{PUSH_GRAPH}> <{PUSH}build> ?name }} }}")
                raise ServerError(
                    f"{self.server.url}: {target or 'the default graph'} has {there.get(target, 0)} triples there and "
                    f"{count} here; the build is not offered for reading, run push again",
                    f"{self.server.url}：{target or '默认图'}：服务器上有 {there.get(target, 0)} 条三元组，应为 {count} 条；"
                    "该构建暂不可读，请再次运行 push",
                )
        self._still_alone()
        stray = sorted(g for g in there if g.startswith(_STAGE))
        if stray:
            self.server.update(" ;\n".join(f"DROP SILENT GRAPH <{g}>" for g in stray))
