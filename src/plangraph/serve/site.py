"""The build that is being served, and how the next one takes its place without a request being dropped."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

from plangraph.build_folder import current_name
from plangraph.errors import PlangraphError
from plangraph.graph import PlanGraph
from plangraph.serve.catalogue import Catalogue
from plangraph.serve.limits import Limits
from plangraph.serve.pool import Pool
from plangraph.serve.problems import BusyError
from plangraph.serve.process import Answer

#: Seconds between two looks at which build is the current one.
LOOK_AGAIN = 1.0
#: Functions whose value is another each time, and escapes, in which a function's name may hide.
_CHANGING = re.compile(r"\b(NOW|RAND|UUID|STRUUID|BNODE)\b|\\u", re.IGNORECASE)
_WORDS = ("NOW", "RAND", "UUID", "BNODE", "\\U")


def is_fixed(sparql: str) -> bool:
    """Whether a query has the same answer each time, as long as the build stays."""
    # Looking for plain words first takes a tenth of the time.
    text = sparql.upper()
    return not (any(word in text for word in _WORDS) and _CHANGING.search(sparql))


class Room:
    """How many bytes of answers are on their way.

    Args:
        limit: The most that may be.
    """

    def __init__(self, limit: int) -> None:
        self.limit, self.held = limit, 0

    def check(self, size: int) -> None:
        """Whether ``size`` more bytes have room.

        Raises:
            BusyError: They have not.
        """
        if self.held + size > self.limit:
            raise BusyError(
                "too many large answers are on their way to slow readers; ask again later",
                "正在发送的大型结果过多，请稍后再试",
            )

    @contextlib.contextmanager
    def hold(self, size: int) -> Iterator[None]:
        """Count ``size`` bytes as long as the context lasts."""
        self.held += size
        try:
            yield
        finally:
            self.held -= size


class Site:
    """One build with its workers, its pages' data and the answers that it gave.

    Args:
        kg: The build.
        catalogue: What its pages are made of.
        limits: What is granted.
        room: For answers on their way.
    """

    def __init__(self, kg: PlanGraph, catalogue: Catalogue, limits: Limits, room: Room) -> None:
        self.name = kg.name
        self.catalogue = catalogue
        self.limits = limits
        self.pool = Pool(kg.path, kg.name, limits, room.check)
        self.users = 0
        #: For each question, values that have an answer, as far as some were found.
        self.examples: dict[str, dict[str, str]] = {}
        self._answers: OrderedDict[Any, Answer] = OrderedDict()
        self._held = 0

    @classmethod
    async def open(cls, folder: Path, limits: Limits, room: Room) -> Site:
        """Open the current build in ``folder`` and start its workers.

        Raises:
            BuildError: There is none, or it is damaged.
        """
        kg = PlanGraph(folder)
        site = cls(kg, await asyncio.to_thread(Catalogue, kg), limits, room)
        await site.pool.start()
        return site

    async def query(
        self,
        sparql: str,
        table: str | None = "json",
        graph: str | None = None,
        *,
        values: dict[str, str] | None = None,
        dataset: tuple[tuple[str, ...], tuple[str, ...]] | None = None,
        client: str = "",
        gone: Callable[[], Awaitable[object]] | None = None,
    ) -> Answer:
        """Answer a query, or give the answer that it had before.

        Args:
            sparql: Its text.
            table: Format for a table.
            graph: Format for a graph.
            values: Variable name to N-Triples term.
            dataset: IRIs of the default and of the named graphs, if the request names them.
            client: Who asks.
            gone: See `Pool.run`.

        Raises:
            PlangraphError: See `Pool.run`.
        """
        job = {
            "kind": "query",
            "sparql": sparql,
            "table": table,
            "graph": graph,
            "values": values or {},
            "default_graphs": dataset[0] if dataset else None,
            "named_graphs": dataset[1] if dataset else None,
            "limit": self.limits.answer,
        }
        key = (sparql, table, graph, tuple(sorted((values or {}).items())), dataset)
        return await self._kept(key if is_fixed(sparql) else None, job, client, None, gone)

    async def whole(self, kind: str, client: str, **job: Any) -> Answer:
        """A page of the graph or a download; it may take twice the time of a query."""
        key = (kind, tuple(sorted(job.items(), key=str)))
        job |= {"kind": kind, "limit": self.limits.download}
        return await self._kept(key, job, client, max(60.0, 2 * self.limits.seconds), None)

    async def _kept(
        self,
        key: Any,
        job: dict[str, Any],
        client: str,
        seconds: float | None,
        gone: Callable[[], Awaitable[object]] | None,
    ) -> Answer:
        if key is not None and key in self._answers:
            self._answers.move_to_end(key)
            return self._answers[key]
        answer = await self.pool.run(job, client, seconds, gone)
        size = len(answer.body)
        if key is not None and key not in self._answers and size <= self.limits.cache // 4:
            self._answers[key] = answer
            self._held += size
            while self._held > self.limits.cache or len(self._answers) > 10_000:
                _, old = self._answers.popitem(last=False)
                self._held -= len(old.body)
        return answer


class Sites:
    """Holds the current `Site` and changes it when there is a new build.

    Args:
        folder: The build folder.
        limits: What is granted.
        say: Called with a line for the log.
    """

    def __init__(self, folder: Path, limits: Limits, say: Callable[[str], None] = lambda line: None) -> None:
        self.folder, self.limits, self.say = folder, limits, say
        self.room = Room(limits.in_flight)
        self.current: Site
        self._old: list[Site] = []
        self._learning: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open the build.

        Raises:
            BuildError: There is none, or it is damaged.
        """
        self.current = await Site.open(self.folder, self.limits, self.room)
        self._learn()

    @contextlib.contextmanager
    def use(self) -> Iterator[Site]:
        """The current site, which stays whole as long as the context lasts."""
        site = self.current
        site.users += 1
        try:
            yield site
        finally:
            site.users -= 1

    async def watch(self) -> None:
        """Look for a new build again and again, and close the old ones when nobody uses them any more."""
        refused = ""
        while True:
            await asyncio.sleep(LOOK_AGAIN)
            with contextlib.suppress(PlangraphError):
                name = current_name(self.folder)
                if name not in (self.current.name, refused):
                    refused = "" if await self._change() else name
            for site in [s for s in self._old if not s.users]:
                self._old.remove(site)
                await site.pool.close()

    async def _change(self) -> bool:
        try:
            new = await Site.open(self.folder, self.limits, self.room)
        except Exception as error:  # whatever is wrong with the new build, the old one is served on
            self.say(f"new build refused, still serving {self.current.name}: {type(error).__name__}: {error}")
            return False
        self._old.append(self.current)
        self.current = new
        self._learn()
        self.say(f"serving build {new.name}")
        return True

    def _learn(self) -> None:
        from plangraph.serve.asking import find_examples

        if self._learning:
            self._learning.cancel()
        self._learning = asyncio.create_task(find_examples(self.current))

    async def close(self) -> None:
        """Stop all workers."""
        if self._learning:
            self._learning.cancel()
        await asyncio.gather(*(site.pool.close() for site in (self.current, *self._old)))
