"""kill -9 during extraction, a full disk, a clock that jumps, a table changed by hand: nothing lost, nothing mixed.

What is promised stands in docs/reliability.md, each promise with the test that holds it.
"""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import plangraph
from plangraph.builds import build
from plangraph.check import check_folders
from plangraph.folder import read_folder
from tests.conftest import CLI, InventedPlan, environment, moments_to_kill
from tests.document.test_flow import TOLD
from tests.faults.small_plan import Draft

Maker = Callable[..., InventedPlan]
_EXTRACTOR = """
import sys
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from plangraph.document import Document
from plangraph.extract import propose
from plangraph.extract.writing import write_proposal
text = Document.from_text(Path(sys.argv[1]).read_text("utf-8"))
whole = propose(text, "told", "苏州市科技创新规划")
few = replace(whole, statements=whole.statements[:3])
write_proposal(few, text, Path(sys.argv[2]), "told", "苏州市科技创新规划")
write_proposal(whole, text, Path(sys.argv[2]), "told", "苏州市科技创新规划")
print("ready", flush=True)
for proposal in cycle([few, whole] if len(sys.argv) < 4 else []):
    write_proposal(proposal, text, Path(sys.argv[2]), "told", "苏州市科技创新规划")
"""


def state(folder: Path) -> frozenset[tuple[str, str, str, str]]:
    """The statements of a folder that can be read and has no fault."""
    read = read_folder(folder)
    assert not check_folders([read]).errors
    return frozenset((s.subject, s.predicate, s.object, s.status) for s in read.statements)


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is not on Windows")
def test_extraction_killed_at_any_moment(tmp_path: Path) -> None:
    source, folder = tmp_path / "told.txt", tmp_path / "told"
    source.write_text(TOLD, encoding="utf-8", newline="")
    arguments = [sys.executable, "-P", "-c", _EXTRACTOR, source, folder]
    subprocess.run([*arguments, "once"], check=True, capture_output=True, timeout=120)
    table = folder / "statements.csv"
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    rows[1] = ["accepted" if c == "proposed" else c for c in rows[1]]
    rows[1][-3:] = ["tester", "2026-01-01", ""]
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    kept = {s for s in state(folder) if s[3] == "accepted"}
    assert len(kept) == 1
    subprocess.run([*arguments, "once"], check=True, capture_output=True, timeout=120)
    whole = state(folder)
    seen: set[frozenset[tuple[str, str, str, str]]] = set()
    for pause in moments_to_kill(20260104, 0.15, lambda: len(seen) == 2):
        with subprocess.Popen(arguments, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None and process.stdout.readline() == b"ready\n"
            time.sleep(pause)
            process.send_signal(signal.SIGKILL)
        found = state(folder)
        assert kept <= found <= whole  # what a person decided is there; the rest is of one run or the other
        seen.add(found)
    assert len(seen) == 2, "all of one run, or all of the other"
    subprocess.run([*arguments, "once"], check=True, capture_output=True, timeout=120)
    assert state(folder) == whole


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are not on Windows")
def test_a_full_disk_leaves_the_build_that_was_there(small_plan: Maker, tmp_path: Path) -> None:
    def small() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    output = tmp_path / "out"
    first = build([small_plan(parks=2).path], output)
    more = small_plan(parks=40, root=tmp_path / "more").path
    done = subprocess.run(
        [*CLI, "build", more, "-o", output, "--lang", "en"],
        env=environment(), capture_output=True, preexec_fn=small, timeout=120,
    )  # fmt: skip
    assert done.returncode == 1 and b"Traceback" not in done.stderr, done.stderr
    kg = plangraph.open(output)
    assert kg.name == first.name and len(kg.entities("Park")) == 2
    assert [p.name for p in (output / "builds").iterdir()] == [first.name]
    build([more], output)
    assert len(plangraph.open(output).entities("Park")) == 40


def test_a_clock_that_jumps_changes_nothing(small_plan: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, output = small_plan(parks=3), tmp_path / "out"
    real = time.time
    name = build([plan.path], output).name
    for jump in (-40 * 365 * 86400.0, 40 * 365 * 86400.0):
        monkeypatch.setattr(time, "time", lambda jump=jump: real() + jump)
        assert build([plan.path], output).name == name
    # A table that was changed under an older time is a change all the same.
    before = (plan.path / "statements.csv").stat()
    small_plan(parks=5)
    os.utime(plan.path / "statements.csv", (before.st_atime - 1e9, before.st_mtime - 1e9))
    os.utime(plan.path / "entities.csv", (0, 0))
    assert build([plan.path], output).name != name
    assert len(plangraph.open(output).entities("Park")) == 5


@pytest.mark.parametrize("how", ["quote", "place", "subject", "cut off", "NUL"])
def test_a_table_changed_by_hand_is_told(how: str, tmp_path: Path, cli: Callable[..., object]) -> None:
    folder, text = Draft().write(tmp_path)
    build([folder], tmp_path / "out")
    table = folder / "statements.csv"
    data = table.read_bytes()
    row = read_folder(folder).statements[0]
    quote = row.evidence[0].quote
    table.write_bytes(
        {
            "quote": data.replace(quote.encode(), quote[::-1].encode(), 1),
            "place": data.replace(f",{row.evidence[0].start},".encode(), f",{row.evidence[0].start + 1},".encode(), 1),
            "subject": data.replace(row.subject.encode(), b"park/nobody", 1),
            "cut off": data[:-40],
            "NUL": data.replace(b"accepted", b"acc\0pted", 1),
        }[how]
    )
    done = cli("check", folder, "--text", text, "--lang", "en")
    assert done.returncode == 1 and b"statements.csv:" in done.stderr + done.stdout  # type: ignore[attr-defined]
    assert b"Traceback" not in done.stderr  # type: ignore[attr-defined]
    assert plangraph.open(tmp_path / "out").statements()  # the build that was there stays
