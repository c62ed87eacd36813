"""kill -9 while proposals and decisions are written: the file of mappings is whole, and decisions are never lost."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from plangraph.resolve.mappings import FILE, read_mappings
from tests.conftest import invent_plan, moments_to_kill

_RESOLVER = """
import sys
from pathlib import Path
from plangraph.folder import find_plan_folders, read_folders
from plangraph.resolve import resolve
from plangraph.resolve.mappings import FILE, decide, update
root = Path(sys.argv[1])
found = resolve(read_folders(find_plan_folders([root])))
lines = update(root / FILE, found)
decide(root / FILE, [lines[0].record], "accepted", "tester", "2031-02-03")
print("ready", flush=True)
while len(sys.argv) < 3:
    update(root / FILE, found[:1])
    lines = update(root / FILE, found)
    decide(root / FILE, [lines[-1].record], "rejected", "tester", "2031-02-04")
    decide(root / FILE, [lines[-1].record], "proposed")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is not on Windows")
def test_killed_at_any_moment(tmp_path: Path) -> None:
    names = [f"青禾{n}材料" for n in "甲乙丙丁戊己庚辛"]
    for plan, ending in (("one", "国家重点实验室"), ("two", "全国重点实验室")):
        entities = [(f"institution/{plan}-{i}", "Laboratory", f"{name}{ending}") for i, name in enumerate(names)]
        invent_plan(tmp_path, plan, entities, [(entities[0][0], "collaboratesWith", entities[1][0])])
    arguments = [sys.executable, "-P", "-c", _RESOLVER, tmp_path]
    subprocess.run([*arguments, "once"], check=True, capture_output=True, timeout=120)
    whole = read_mappings(tmp_path / FILE)
    first = next(m for m in whole if m.status == "accepted")
    pairs = {(m.one, m.other) for m in whole}
    assert len(whole) == len(names)
    seen: set[tuple[int, tuple[str, ...]]] = set()
    for pause in moments_to_kill(20260105, 0.1, lambda: len(seen) > 1):
        with subprocess.Popen(arguments, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None and process.stdout.readline() == b"ready\n"
            time.sleep(pause)
            process.send_signal(signal.SIGKILL)
        lines = read_mappings(tmp_path / FILE)  # refuses a file that is cut off
        assert first in lines, "what was decided before is there as it was decided"
        assert {(m.one, m.other) for m in lines} <= pairs
        others = [m for m in lines if m != first]
        assert {m.status for m in others} <= {"proposed", "rejected"}
        assert sum(m.status == "rejected" for m in others) <= 1
        seen.add((len(lines), tuple(m.status for m in lines)))
    assert len(seen) > 1, "moments that differ"
    subprocess.run([*arguments, "once"], check=True, capture_output=True, timeout=120)
    assert {(m.one, m.other) for m in read_mappings(tmp_path / FILE)} == pairs
