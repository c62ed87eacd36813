"""What a build keeps in mind of each plan, so that a plan whose tables are as they were is not read again.

The parts lie in an SQLite file of the build folder, by a hash of the tables. Losing it costs time and nothing else.
While a build is made, the triples of the plans that were read lie in a `Spool`, so that none is read twice.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import gc
import hashlib
import itertools
import json
import os
import sqlite3
import subprocess
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from plangraph.check import CountLine, check_folders
from plangraph.errors import Fault, InputError, TablesError
from plangraph.folder import PlanFolder, read_folder, read_folders
from plangraph.inference import Gist, gist_of
from plangraph.rdf import ntriples, plan_triples
from plangraph.resources import resource_dir

FILES = ("plan.toml", "entities.csv", "statements.csv")
#: From so many plans on that must be read, as many processes read as there are processors.
MANY = 40


@dataclass(frozen=True, slots=True)
class Part:
    """One plan as its build sees it.

    Args:
        path: Its folder.
        key: Hash of its tables and of all that judges them.
        gist: What is inferred and merged from.
        counts: Its stated counts.
        found: How often the check found what, by code.
        said: What it found, as compressed JSON.
    """

    path: Path
    key: str
    gist: Gist
    counts: tuple[CountLine, ...]
    found: dict[str, int]
    said: bytes

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What the check found; most builds look at few of them, so they are kept as text."""
        paths = {name: str(self.path / name) for name in FILES}
        return tuple(Fault(paths[name], *rest) for name, *rest in json.loads(zlib.decompress(self.said)))

    def data(self) -> tuple[str, bytes]:
        """The part without its folder: all but ``said`` as JSON, and that."""
        flat = [[*itertools.chain.from_iterable(rows)] for rows in (self.gist.entities, self.gist.claims)]
        return _dump([self.gist.plan, *flat, [astuple(c) for c in self.counts], self.found]), self.said

    @classmethod
    def from_data(cls, path: Path, key: str, data: tuple[str, bytes]) -> Part:
        """The part of the plan in ``path`` from what `data` gave."""
        plan, entities, claims, counts, found = json.loads(data[0])
        gist = Gist(plan, tuple(zip(*[iter(entities)] * 5, strict=True)), tuple(zip(*[iter(claims)] * 3, strict=True)))
        return cls(path, key, gist, tuple(CountLine(*c) for c in counts), found, data[1])


@dataclass(frozen=True, slots=True)
class Spool:
    """A folder for the triples of plans between reading and loading. What a full disk keeps out is read again.

    Args:
        folder: Where they lie; who makes it removes it.
    """

    folder: Path

    def put(self, key: str, own: str, world: str) -> None:
        """Keep N-Triples of a plan's own graph and of its world graph; a disk that is full keeps none."""
        path = self.folder / key
        try:
            texts = own.encode("utf-8"), world.encode("utf-8")
            path.write_bytes(b"%d\n%b%b" % (len(texts[0]), *texts))
        except OSError:
            path.unlink(missing_ok=True)

    def take(self, key: str) -> tuple[bytes, bytes] | None:
        """What was put under ``key``, as UTF-8; it can be taken once."""
        path = self.folder / key
        try:
            with path.open("rb") as file:
                own = file.read(int(file.readline()))
                world = file.read()
            path.unlink()
        except FileNotFoundError:
            return None
        return own, world


class Parts:
    """The parts that earlier builds left.

    Args:
        path: The SQLite file; made by `save`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def known(self, keys: Sequence[tuple[Path, str]]) -> list[Part | None]:
        """The part of each plan, None where there is none; a file that is damaged holds none."""
        if not self.path.is_file():
            return [None for _ in keys]
        rows: dict[str, tuple[str, bytes]] = {}
        with contextlib.suppress(sqlite3.Error):
            base = sqlite3.connect(f"{self.path.resolve().as_uri()}?mode=ro", uri=True)
            with contextlib.closing(base):
                wanted = _dump([key for _, key in keys])
                for key, *data in base.execute(
                    "SELECT key, gist, faults FROM part WHERE key IN (SELECT value FROM json_each(?))", (wanted,)
                ):
                    rows[key] = tuple(data)
        return [self._part(path, key, rows) for path, key in keys]

    def _part(self, path: Path, key: str, rows: dict[str, tuple[str, bytes]]) -> Part | None:
        try:
            return Part.from_data(path, key, rows[key])
        except (KeyError, ValueError, TypeError):
            return None

    def save(self, parts: Sequence[Part]) -> None:
        """Keep ``parts`` and no others; where there is no room for them, none."""
        try:
            self._save(parts)
        except sqlite3.DatabaseError:  # damaged: it is made anew
            with contextlib.suppress(sqlite3.DatabaseError, OSError):
                self.path.unlink(missing_ok=True)
                self._save(parts)

    def _save(self, parts: Sequence[Part]) -> None:
        with contextlib.closing(sqlite3.connect(self.path, isolation_level=None)) as base:
            base.execute("PRAGMA synchronous = OFF")  # what a crash of the machine damages is made anew
            base.execute(
                "CREATE TABLE IF NOT EXISTS part (key TEXT PRIMARY KEY, gist TEXT NOT NULL, faults BLOB NOT NULL)"
            )
            base.execute("BEGIN IMMEDIATE")
            there = {row[0] for row in base.execute("SELECT key FROM part")}
            wanted = {p.key: p for p in parts}
            base.executemany("DELETE FROM part WHERE key = ?", [(k,) for k in there - wanted.keys()])
            new = [(k, *p.data()) for k, p in wanted.items() if k not in there]
            base.executemany("INSERT INTO part VALUES (?, ?, ?)", new)
            base.execute("COMMIT")


def table_key(path: Path, accepted_only: bool) -> str:
    """Hash of a plan's tables and of all that judges them.

    Raises:
        InputError: A file is missing or cannot be read.
    """
    digest = hashlib.sha256(f"{_rules()} {accepted_only}".encode())
    folder = os.fspath(path)
    for name in FILES:
        try:
            with open(f"{folder}/{name}", "rb", buffering=0) as file:
                data = file.readall()
        except OSError:
            read_folder(path)  # says what is wrong
            raise
        digest.update(hashlib.sha256(data).digest())
    return digest.hexdigest()


def read_plan(path: Path, key: str, accepted_only: bool) -> PlanFolder:
    """A plan's tables as a build takes them, if they are those of which ``key`` is the `table_key`.

    Raises:
        InputError: They were changed since, or a file cannot be read.
        TablesError: Faults in the tables.
    """
    folder = read_folder(path)
    if table_key(path, accepted_only) != key:  # looked at after they were read
        raise InputError(
            f"{path}: the tables changed while they were built; build again",
            f"{path}：构建过程中表格被改动；请重新构建",
        )
    return folder.accepted() if accepted_only else folder


def read_parts(
    keys: Sequence[tuple[Path, str]],
    found: Sequence[Part | None],
    accepted_only: bool,
    spool: Spool,
    ready: Callable[[Part], None] = lambda part: None,
    progress: Callable[[str], None] = lambda step: None,
) -> list[Part]:
    """The part of each plan: that which was found, or read and checked, with its triples put into ``spool``.

    Args:
        keys: Each plan's folder and `table_key`.
        found: The part of each, or None.
        accepted_only: Leave proposed statements out.
        spool: For the triples.
        ready: Called with each part that was read, as long as there is no fault.
        progress: Called with the name of each step as it starts.

    Raises:
        InputError: A file that is missing or not text.
        TablesError: Faults in the tables, those of all plans.
    """
    missing = [key for key, part in zip(keys, found, strict=True) if part is None]
    faults: list[Fault] = []
    read: dict[Path, Part] = {}
    for done, (path, outcome) in enumerate(_read_all(missing, accepted_only, spool), 1):
        progress(f"check {done}/{len(missing)}")
        if isinstance(outcome, Part):
            read[path] = outcome
            if not faults:
                ready(outcome)
        else:
            faults += outcome
    whole = [
        read[path] if part is None else part
        for (path, _), part in zip(keys, found, strict=True)
        if part or path in read
    ]
    faults += _twice(whole)
    if faults:
        raise TablesError(faults)
    return whole


def _twice(parts: Sequence[Part]) -> list[Fault]:
    """Faults of plans whose id another one has already."""
    first: dict[str, Path] = {}
    twice = [(first[p.gist.plan], p.path) for p in parts if first.setdefault(p.gist.plan, p.path) != p.path]
    try:
        for pair in twice:
            read_folders(pair)
    except TablesError as error:
        return list(error.faults)
    return []


def _read_all(
    missing: Sequence[tuple[Path, str]], accepted_only: bool, spool: Spool
) -> Iterator[tuple[Path, Part | tuple[Fault, ...]]]:
    """Each plan with its part, or with the faults for which it has none."""
    if len(missing) < MANY:
        for path, key in missing:
            yield path, _read_part(path, key, accepted_only, spool)
        return
    import threading
    from queue import SimpleQueue

    # Processes of our own, not multiprocessing's: those would run the caller's script once more.
    outcomes: SimpleQueue[tuple[Path, Part | tuple[Fault, ...]] | Exception] = SimpleQueue()
    running = []
    for n in range(count := os.cpu_count() or 1):
        share = missing[n::count]
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "plangraph.parts"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        running.append(process)
        threading.Thread(
            target=_listen, args=(process, [accepted_only, str(spool.folder)], share, outcomes), daemon=True
        ).start()
    try:
        for _ in missing:
            outcome = outcomes.get()
            if isinstance(outcome, Exception):
                raise outcome
            yield outcome
    finally:
        for process in running:
            process.kill()
            process.wait()


def _listen(process: subprocess.Popen[bytes], how: list[Any], share: Sequence[tuple[Path, str]], out: Any) -> None:
    """Have a process read its share, and put what it says into ``out``."""
    assert process.stdin and process.stdout
    heard = 0
    try:
        with process.stdin as pipe:
            pipe.write(json.dumps([*how, [(str(path), key) for path, key in share]]).encode("utf-8"))
        for (path, key), line in zip(share, process.stdout, strict=False):
            kind, said, *faults = line.split(b"\t")
            heard += 1
            if kind == b"part":
                out.put((path, Part.from_data(path, key, (said.decode("utf-8"), base64.b64decode(faults[0])))))
            elif kind == b"faults":
                out.put((path, tuple(Fault(*f) for f in json.loads(said))))
            else:
                out.put(InputError(*json.loads(said)))
    except (OSError, ValueError):
        pass
    if heard < len(share):
        words = (
            "a process that reads tables ended early; is there enough memory?",
            "读取表格的进程提前结束；内存是否足够？",
        )
        out.put(InputError(*words))


def _main() -> None:
    """Read the plans named on standard input, a line of standard output for each."""
    gc.disable()  # what is read goes when it is no longer named, and the search for cycles takes a tenth of the time
    accepted_only, spool, share = json.load(sys.stdin)
    for path, key in share:
        try:
            outcome = _read_part(Path(path), key, accepted_only, Spool(Path(spool)))
            if isinstance(outcome, Part):
                gist, said = outcome.data()
                line = b"part\t%b\t%b\n" % (gist.encode("utf-8"), base64.b64encode(said))
            else:
                line = b"faults\t%b\n" % _dump([_fields(f) for f in outcome]).encode("utf-8")
        except InputError as error:
            line = b"error\t%b\n" % _dump((error.en, error.zh)).encode("utf-8")
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()


def _fields(f: Fault) -> tuple[str, int, int, str, str, str, str]:
    return f.path, f.line, f.column, f.code, f.en, f.zh, f.severity


def _read_part(path: Path, key: str, accepted_only: bool, spool: Spool) -> Part | tuple[Fault, ...]:
    try:
        folder = read_plan(path, key, accepted_only)
    except TablesError as error:
        return tuple(error.faults)
    report = check_folders([folder])
    if report.errors:
        return report.errors
    spool.put(key, *map(ntriples, plan_triples(folder)))
    said = [(os.path.basename(f.path), *_fields(f)[1:]) for f in report.faults]
    found = Counter(f.code for f in report.faults)
    return Part(path, key, gist_of(folder), report.counts, found, zlib.compress(_dump(said).encode("utf-8"), 1))


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@functools.cache
def _rules() -> str:
    """SHA-256 of what a part hangs on besides the tables: ontology, shapes and the code between."""
    here = Path(__file__).resolve().parent
    files: list[Any] = [*sorted(resource_dir("ontology").glob("*.ttl"))]
    files += [
        here / f"{name}.py"
        for name in (
            "check",
            "constraints",
            "folder",
            "inference",
            "model",
            "parts",
            "rdf",
            "shapes",
            "tables",
            "vocab",
        )
    ]
    digest = hashlib.sha256()
    for path in files:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


if __name__ == "__main__":
    _main()
