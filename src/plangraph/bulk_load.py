"""Quads into a new store, in bulk and in the background: the engine reads from a pipe what is written into it.

A merged fact that several plans say is written once: to sort it out costs less than to load it again.
"""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO

from plangraph.vocab import ID, plan_iri, world_graph_iri

if TYPE_CHECKING:
    import pyoxigraph as ox

_LINE_END = b" .\n"
#: No quads: the engine gives up when it reads this.
_GIVE_UP = b"\n!\n"
_ENTITY = b"<" + ID.encode("ascii")


class BulkLoad:
    """Loads a new store at ``path`` while its quads are made; a context that ends what was begun.

    Args:
        path: Folder of the store; made with the first quads.

    Attributes:
        plans: Keys of the plans that were added.
        quads: How many quads were added.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.plans: set[str] = set()
        self.quads = 0
        self._pipe: BinaryIO | None = None
        self._loader: threading.Thread | None = None
        self._store: ox.Store | None = None
        self._failed: list[BaseException] = []
        self._said: set[bytes] = set()

    def __enter__(self) -> BulkLoad:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end(_GIVE_UP)
        self._store = None
        self._failed.clear()  # its traceback holds the store

    def add_plan(self, key: str, plan: str, own: bytes, world: bytes) -> None:
        """Add N-Triples of the two graphs of a plan."""
        self.plans.add(key)
        self.add(plan_iri(plan), own)
        self.add(world_graph_iri(plan), world)

    def add(self, graph: str, triples: bytes, facts: bytes | None = None) -> None:
        """Add N-Triples to a graph, and ``facts``, or all of them, to the merged facts.

        What is wrong with the store is said by `finish`.

        Args:
            graph: IRI of the graph.
            triples: Triples that it does not have yet, each once and a line each; sorted, so that entities come first.
            facts: Some of these.
        """
        facts = self._unsaid(triples if facts is None else facts)
        self.quads += triples.count(b"\n") + facts.count(b"\n")
        if self._pipe is None:
            self._begin()
        assert self._pipe is not None
        try:
            # A line end inside a literal is escaped.
            self._pipe.write(triples.replace(_LINE_END, f" <{graph}> .\n".encode()))
            self._pipe.write(facts)
        except BrokenPipeError:
            pass  # the loader knows why

    def finish(self) -> None:
        """Wait until all is in the store.

        Raises:
            OSError: It could not be written.
        """
        self._end()
        if self._failed:
            raise self._failed[0]
        assert self._store is not None
        self._store.flush()
        self._store = None

    def _unsaid(self, facts: bytes) -> bytes:
        """``facts`` without those lines on entities that were added before: of other things one plan alone speaks."""
        if not facts.startswith(_ENTITY):
            return facts
        end = facts.find(b"\n", facts.rfind(b"\n" + _ENTITY) + 1) + 1
        kept = [line for line in facts[:end].splitlines(keepends=True) if line not in self._said]
        self._said.update(kept)
        return b"".join(kept) + facts[end:]

    def _begin(self) -> None:
        reading, writing = os.pipe()
        with contextlib.suppress(ImportError, AttributeError, OSError):
            import fcntl

            # Room for two plans, so that neither side waits for the other; Linux knows how.
            fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 1 << 20)
        self._pipe = os.fdopen(writing, "wb", buffering=1 << 20)
        self._loader = threading.Thread(target=self._load, args=(reading,))
        self._loader.start()

    def _load(self, reading: int) -> None:
        import pyoxigraph as ox

        try:
            with open(reading, "rb") as pipe:
                self._store = store = ox.Store(str(self.path))
                if os.path.isdir("/dev/fd"):  # read by the engine itself, beside what Python does
                    store.bulk_load(path=f"/dev/fd/{pipe.fileno()}", format=ox.RdfFormat.N_QUADS)
                else:
                    store.bulk_load(pipe, format=ox.RdfFormat.N_QUADS)
        except BaseException as error:
            self._failed.append(error)

    def _end(self, last: bytes = b"") -> None:
        if self._pipe is not None and not self._pipe.closed:
            with contextlib.suppress(BrokenPipeError):
                self._pipe.write(last)
                self._pipe.flush()
            with contextlib.suppress(BrokenPipeError):
                self._pipe.close()
        if self._loader is not None:
            self._loader.join()
