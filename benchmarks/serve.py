"""`plangraph serve` under load, beside the bare `oxigraph` server on the same store in the same run.

    python benchmarks/serve.py [--seconds 20] [--clients 50] [--hostile 2] [--think 0.5]

First analysts and hostile clients together ask plangraph for the given time (300 for the long run): failed light
queries, their latency, and the memory of server and workers are printed. An analyst thinks for a while between two
queries; a hostile client asks one endless query after the other. Then clients that do not think ask plangraph and
the `oxigraph` server in turn, without hostile ones and with them, and the ratio of answered light queries is printed:
with every query's text different, so that no answer can be given from a cache, and with repeated queries.

The queries are the saved questions with several values each. Needs the package `oxigraph` from PyPI.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import os
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import plangraph
from plangraph.build_folder import STORE
from plangraph.ontology import prefixes
from plangraph.questions import all_questions
from plangraph.serve.asking import _examples, term
from plangraph.serve.catalogue import Catalogue

HOSTILE = (
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?i) }",
    "SELECT ?a (COUNT(?d) AS ?n) { ?a (!plan:none|^!plan:none)* ?d . ?d (!plan:none|^!plan:none)* ?e } GROUP BY ?a",
)
VALUES = 8


def light_queries(kg: Any) -> list[str]:
    """The saved questions as queries that stand by themselves, with several values each."""
    catalogue = Catalogue(kg)
    known = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in prefixes().items())
    found = []
    for question in all_questions():
        for values in itertools.islice(_examples(question, catalogue), VALUES if question.parameters else 1):
            bound = question.bind(kg.index, values, kg.plans)
            lines = "".join(f" VALUES ?{name} {{ {term(value)} }}" for name, value in bound.items())
            found.append(known + question.sparql.replace("WHERE {", "WHERE {" + lines, 1))
    return found


@dataclass
class Seen:
    """What the clients of one phase saw."""

    latencies: list[float] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)
    hostile: Counter[str] = field(default_factory=Counter)

    def percentile(self, share: float) -> float:
        """Milliseconds within which ``share`` of the light queries were answered."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000 if ordered else float("nan")


class Client:
    """One connection that is kept."""

    def __init__(self, port: int, path: str) -> None:
        self.port, self.path = port, path
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def ask(self, query: str) -> int:
        """Status of the answer to ``query``; its body is read to the end."""
        if self.writer is None or self.writer.is_closing() or (self.reader and self.reader.at_eof()):
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
        assert self.reader is not None
        body = query.encode()
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nContent-Type: application/sparql-query\r\n"
            f"Accept: application/sparql-results+json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self.writer.write(head.encode() + body)
        answer = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = answer.partition("content-length:")[2].split("\r\n")[0].strip()
        if length:
            await self.reader.readexactly(int(length))
        else:
            while size := int((await self.reader.readuntil(b"\r\n")).split(b";")[0], 16):
                await self.reader.readexactly(size + 2)
            await self.reader.readuntil(b"\r\n")
        return int(answer.split(" ", 2)[1])

    def close(self) -> None:
        """Hang up."""
        if self.writer is not None:
            self.writer.close()


async def light(port: int, path: str, queries: list[str], until: float, think: float, fresh: bool, seen: Seen) -> None:
    """One analyst."""
    client, draw = Client(port, path), random.Random(len(seen.latencies) + id(seen) % 97 + random.random())
    if think:
        await asyncio.sleep(draw.uniform(0, 2 * think))
    while time.monotonic() < until:
        query = draw.choice(queries) + (f"\n# {draw.random()}" if fresh else "")
        began = time.monotonic()
        try:
            async with asyncio.timeout(60):
                status = await client.ask(query)
            if status == 200:
                seen.latencies.append(time.monotonic() - began)
            else:
                seen.failed[str(status)] += 1
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            seen.failed[type(error).__name__] += 1
            client.close()
            client.writer = None
        if think:
            await asyncio.sleep(draw.expovariate(1 / think))
    client.close()


async def hostile(port: int, path: str, query: str, until: float, seen: Seen) -> None:
    """One client that wants the machine for itself."""
    client = Client(port, path)
    while (left := until - time.monotonic()) > 0:
        try:
            async with asyncio.timeout(left):
                seen.hostile[str(await client.ask(query))] += 1
        except TimeoutError:
            seen.hostile["unanswered"] += 1
        except (OSError, asyncio.IncompleteReadError) as error:
            seen.hostile[type(error).__name__] += 1
            await asyncio.sleep(0.05)
            client.writer = None
    client.close()


async def phase(
    port: int, path: str, queries: list[str], seconds: float, clients: int, enemies: int, think: float, fresh: bool
) -> Seen:
    """Let all clients ask for ``seconds``."""
    seen, until = Seen(), time.monotonic() + seconds
    known = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in prefixes().items())
    tasks = [light(port, path, queries, until, think, fresh, seen) for _ in range(clients - enemies)]
    tasks += [hostile(port, path, known + HOSTILE[n % len(HOSTILE)], until, seen) for n in range(enemies)]
    await asyncio.gather(*tasks)
    return seen


def resident(pid: int) -> float:
    """MiB of memory of a process and its children."""
    total, queue = 0.0, [pid]
    while queue:
        with contextlib.suppress(OSError, StopIteration):
            current = queue.pop()
            status = Path(f"/proc/{current}/status").read_text()
            total += next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024
            for children in Path(f"/proc/{current}/task").glob("*/children"):
                queue += map(int, children.read_text().split())
    return total


def wait_for(port: int) -> None:
    """Wait until somebody listens."""
    for _ in range(300):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return
        time.sleep(0.05)
    raise SystemExit(f"nobody listens on port {port}")


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def server(*command: str) -> Any:
    """A server process, stopped at the end."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


async def mixed(port: int, pid: int, queries: list[str], options: argparse.Namespace) -> None:
    """The first phase: analysts and hostile clients together on plangraph."""
    task = asyncio.create_task(
        phase(port, "/sparql", queries, options.seconds, options.clients, options.hostile, options.think, False)
    )
    memory = []
    while not task.done():
        await asyncio.wait({task}, timeout=max(1.0, options.seconds / 20))
        memory.append(resident(pid))
    seen = task.result()
    thirds = [statistics.mean(memory[len(memory) * n // 3 : len(memory) * (n + 1) // 3] or memory) for n in range(3)]
    print(
        f"plangraph, {options.clients} clients of which {options.hostile} hostile, {options.seconds:g} s, "
        f"think time {options.think:g} s on average"
    )
    print(f"  light queries answered {len(seen.latencies)}, failed {sum(seen.failed.values())} {dict(seen.failed)}")
    print(f"  latency p50 {seen.percentile(0.5):.1f} ms, p99 {seen.percentile(0.99):.1f} ms (target < 250)")
    print(f"  hostile queries ended with {dict(seen.hostile)}")
    print(
        f"  memory of server and workers, mean of each third: {' → '.join(f'{m:.0f}' for m in thirds)} MiB, "
        f"most {max(memory):.0f} MiB"
    )


async def throughput(
    ports: dict[str, tuple[int, str]], queries: list[str], options: argparse.Namespace, enemies: int, fresh: bool
) -> None:
    """Both servers in turn without think time, and the ratio."""
    rates: dict[str, list[float]] = {name: [] for name in ports}
    tails: dict[str, list[float]] = {name: [] for name in ports}
    failed: dict[str, int] = dict.fromkeys(ports, 0)
    # A hostile query lives long, so what it does to the others is seen over a longer time.
    rounds, seconds = (1, 5 * options.round_seconds) if enemies else (options.rounds, options.round_seconds)
    for _ in range(rounds):
        for name, (port, path) in ports.items():
            seen = await phase(port, path, queries, seconds, options.clients, enemies, 0, fresh)
            rates[name].append(len(seen.latencies) / seconds)
            tails[name].append(seen.percentile(0.99))
            failed[name] += sum(seen.failed.values())
    words = f"{'distinct' if fresh else 'repeated'} queries, {enemies} hostile"
    print(
        f"throughput without think time, {options.clients} clients, {words}, medians of {rounds} round(s) of {seconds:g} s"
    )
    for name in ports:
        print(
            f"  {name:10} {statistics.median(rates[name]):7.1f} light queries/s   p99 {statistics.median(tails[name]):7.1f} ms"
            f"   failed {failed[name]}"
        )
    ratio = statistics.median(rates["plangraph"]) / max(0.001, statistics.median(rates["oxigraph"]))
    print(f"  ratio      {ratio:7.2f} (target ≥ 0.7)")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--hostile", type=int, default=2)
    parser.add_argument("--think", type=float, default=0.5, help="mean seconds between an analyst's queries")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--round-seconds", type=float, default=2)
    options = parser.parse_args()
    bare = Path(sys.executable).with_name("oxigraph")
    if not bare.exists() and not (found := shutil.which("oxigraph")):
        print("no oxigraph server: pip install oxigraph", file=sys.stderr)
        return 1
    bare = bare if bare.exists() else Path(str(found))
    with tempfile.TemporaryDirectory() as folder:
        build = Path(folder) / "build"
        plangraph.build(output=build)
        kg = plangraph.open(build)
        queries = light_queries(kg)
        print(f"load average before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
        print(
            f"{len(queries)} light queries from {len(all_questions())} saved questions, {len(kg.index.by_id)} entities"
        )
        ours, theirs = free_port(), free_port()
        cli = [sys.executable, "-P", "-c", "from plangraph.cli import main; main()"]
        with (
            server(*cli, "serve", "--build", str(build), "--port", str(ours)) as process,
            server(
                str(bare), "serve-read-only", "--location", str(kg.folder / STORE), "--bind", f"127.0.0.1:{theirs}",
                "--timeout-s", "30",
            ),
        ):  # fmt: skip
            wait_for(ours)
            wait_for(theirs)
            time.sleep(5)  # both have started all that they start
            asyncio.run(mixed(ours, process.pid, queries, options))
            ports = {"plangraph": (ours, "/sparql"), "oxigraph": (theirs, "/query")}
            asyncio.run(throughput(ports, queries, options, 0, fresh=True))
            asyncio.run(throughput(ports, queries, options, 0, fresh=False))
            # Last: a hostile query that the bare server does not stop would burden what is measured after it.
            if options.hostile:
                asyncio.run(throughput(ports, queries, options, options.hostile, fresh=True))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
