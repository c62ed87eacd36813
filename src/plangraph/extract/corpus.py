"""A folder of texts → a folder of plan folders: several at a time, taken up again where it stopped.

Beside the tables of each plan folder stands `STAMP`: the SHA-256 of the text it came from and of what drew it out.
It is written last, so a folder without it, or with another one, is made anew, and one with it is passed over.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from plangraph.errors import InputError, PlangraphError
from plangraph.files import replace_file
from plangraph.folder import is_plan_folder
from plangraph.tables import read_bytes

STAMP = ".extracted.json"
#: Endings of the files that are taken for texts of plans.
ENDINGS = (".txt", ".md", ".html", ".htm", ".mht", ".mhtml", ".docx", ".pdf")
_RUBBISH = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Text:
    """One file to be drawn out.

    Args:
        path: The file.
        folder: The plan folder that it goes to.
    """

    path: Path
    folder: Path


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file.

    Args:
        text: The file.
        state: done, unchanged or failed.
        en: What went wrong, or is to be told, in English.
        zh: The same in Chinese.
        entities: Entities in its folder now.
        statements: Statements in its folder now.
    """

    text: Text
    state: str
    en: str = ""
    zh: str = ""
    entities: int = 0
    statements: int = 0


def plan_texts(source: Path, output: Path) -> list[Text]:
    """The texts in ``source`` and below it, each with the plan folder that it goes to.

    A folder is named after the file's name in pinyin; files that would share one get a piece of their path's hash.

    Raises:
        InputError: There are none.
    """
    from pypinyin import lazy_pinyin

    found = [p for p in _files(source, output) if p.suffix.lower() in ENDINGS and p.is_file()]
    if not found:
        listed = " ".join(ENDINGS)
        raise InputError(
            f"{source}: no text of a plan here ({listed}); name the folder that holds them",
            f"{source}：这里没有规划文本（{listed}）；请指定存放文本的文件夹",
        )
    slugs: dict[str, list[Path]] = {}
    for path in found:
        words = "-".join(lazy_pinyin(path.stem, errors=lambda x: x)).lower()
        slugs.setdefault(_RUBBISH.sub("-", words).strip("-")[:80].strip("-") or "plan", []).append(path)
    texts = []
    for slug, paths in slugs.items():
        for path in paths:
            inside = path.relative_to(source).as_posix().encode("utf-8", "surrogateescape")
            tail = f"-{hashlib.sha256(inside).hexdigest()[:8]}" if len(paths) > 1 else ""
            texts.append(Text(path, output / f"{slug}{tail}"))
    return sorted(texts, key=lambda t: t.folder.name)


def other_files(source: Path, output: Path) -> list[Path]:
    """The files in ``source`` and below it that are no texts of plans, links that lead nowhere among them."""
    return [p for p in _files(source, output) if not p.is_dir() and not (p.suffix.lower() in ENDINGS and p.is_file())]


def _files(source: Path, output: Path) -> list[Path]:
    """What is in ``source``, hidden files and what lies in ``output`` left out, sorted."""
    found = sorted(p for p in source.rglob("*") if not p.name.startswith((".", "~$")))
    out = output.resolve()
    return [p for p in found if not p.resolve().is_relative_to(out)]


def extract_corpus(
    source: Path,
    output: Path,
    place: str | None = None,
    workers: int = 0,
    progress: Callable[[int, int, Outcome], None] = lambda done, all, outcome: None,
) -> list[Outcome]:
    """Draw out every text in ``source`` into a plan folder of its own below ``output``.

    A file that cannot be read, or whose process dies, is passed over; its outcome says why. What was drawn out of the
    same bytes by the same models is left as it is.

    Args:
        source: Folder of texts.
        output: Folder of plan folders; made if it is not there.
        place: Place that all the plans are for; without it, found in each.
        workers: Processes at a time; 0 for one a processor.
        progress: Called after each file with how many are done, how many there are, and the outcome.

    Returns:
        An outcome a file, in the order of the folders' names.
    """
    texts = plan_texts(source, output)
    outcomes: dict[Path, Outcome] = {}
    for outcome in _run(texts, place, min(workers or _processors(), len(texts))):
        outcomes[outcome.text.path] = outcome
        progress(len(outcomes), len(texts), outcome)
    return [outcomes[t.path] for t in texts]


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _run(texts: Sequence[Text], place: str | None, workers: int) -> Iterator[Outcome]:
    """Outcomes as they come; after a process died, what was under way is tried alone, to find the file that kills."""
    waiting = list(texts)
    alone = False
    while waiting:
        done: set[Text] = set()
        batch = waiting[:1] if alone else waiting
        broken = False
        for outcome in _pool(batch, place, 1 if alone else workers):
            if outcome is None:
                broken = True
                break
            done.add(outcome.text)
            yield outcome
        if broken and alone:
            done.add(batch[0])
            yield Outcome(
                batch[0],
                "failed",
                f"{batch[0].path}: the process that read it died; see whether the file is sound and the memory enough",
                f"{batch[0].path}：读取它的进程异常终止；请检查文件是否完好、内存是否足够",
            )
        alone = broken or alone
        waiting = [t for t in waiting if t not in done]


def _pool(texts: Sequence[Text], place: str | None, workers: int) -> Iterator[Outcome | None]:
    """Outcomes of ``texts``; None, and no more, once a process has died."""
    import multiprocessing
    from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
    from concurrent.futures.process import BrokenProcessPool

    # Not forked: the threads of the parent's libraries would be copied in the middle of what they do.
    pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
    try:
        queue = iter(texts)
        running: set[Future[Outcome]] = set()
        while True:
            while len(running) < 2 * workers and (text := next(queue, None)) is not None:
                running.add(pool.submit(extract_text, text, place))
            if not running:
                return
            ready, running = wait(running, return_when=FIRST_COMPLETED)
            for future in ready:
                try:
                    yield future.result()
                except BrokenProcessPool:
                    yield None
                    return
    except BrokenProcessPool:  # from submit
        yield None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def extract_text(text: Text, place: str | None = None) -> Outcome:
    """Draw out one text into its folder, unless that is done already."""
    from plangraph.document import read_document
    from plangraph.extract import propose
    from plangraph.extract.writing import place_of, write_proposal

    try:
        stamp = _stamp(text.path, place)
        if _is_done(text.folder, stamp):
            return Outcome(text, "unchanged")
        document = read_document(text.path)
        title = document.title or text.path.stem
        proposal = propose(document, text.folder.name, title, place or place_of(text.folder, document))
        written = write_proposal(proposal, document, text.folder, text.folder.name, title)
        replace_file(text.folder / STAMP, stamp)
        told = [*document.warnings, *((f"{text.folder}: {en}", f"{text.folder}：{zh}") for en, zh in written.conflicts)]
        en, zh = ("\n".join(words[n] for words in told) for n in (0, 1))
        return Outcome(text, "done", en, zh, written.entities, written.statements)
    except PlangraphError as error:
        return Outcome(text, "failed", error.en, error.zh)
    except Exception as error:  # whatever it is, the other files go on
        said = f"{type(error).__name__}: {error}"
        return Outcome(text, "failed", f"{text.path}: {said}", f"{text.path}：{said}")


def _stamp(path: Path, place: str | None) -> bytes:
    facts = {
        "file": path.name,
        "sha256": hashlib.sha256(read_bytes(path)).hexdigest(),
        "place": place or "",
        "extractor": _extractor(),
    }
    # A name in another encoding has what no UTF-8 can hold.
    return (json.dumps(facts, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


@functools.cache
def _extractor() -> str:
    """SHA-256 of everything that decides what is drawn out: code, word lists, weights, ontology."""
    from plangraph.resources import resource_dir

    here = Path(__file__).resolve().parent
    files = [p for folder in (here, here.parent / "document") for p in folder.rglob("*") if p.is_file()]
    files += list(resource_dir("ontology").glob("*.ttl"))
    digest = hashlib.sha256()
    for path in sorted(files):
        if path.suffix != ".pyc":
            digest.update(f"{path.name}\n".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _is_done(folder: Path, stamp: bytes) -> bool:
    try:
        return is_plan_folder(folder) and (folder / STAMP).read_bytes() == stamp
    except OSError:
        return False
