"""What several tests share: the plans' texts, one build of the bundled plan, invented plans, the command line."""

from __future__ import annotations

import csv
import hashlib
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# The same examples every time; --hypothesis-profile=search looks for new ones.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("search", max_examples=1000, deadline=None)
settings.load_profile("same")

# A shell gives background jobs no Ctrl-C, and what they start inherits that; the tests send it to what they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

CHECKOUT = Path(__file__).resolve().parents[1]
CLI = [sys.executable, "-P", "-c", "from plangraph.cli import main; main()"]

ENTITY_COLUMNS = ["id", "type", "label_zh", "label_en", "aliases", "broader", "note"]
STATEMENT_COLUMNS = [
    "subject", "predicate", "object", "status", "method", "confidence", "section", "paragraph", "start", "end",
    "quote", "decided_by", "decided_on", "reason",
]  # fmt: skip


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The project's own folder."""
    return CHECKOUT


@pytest.fixture(scope="session")
def plans_dir() -> Path:
    """The folder of plan texts: ``$PLANGRAPH_PLANS``, else ``../shared/plans`` beside the checkout."""
    path = Path(os.environ.get("PLANGRAPH_PLANS") or CHECKOUT.parent / "shared" / "plans")
    if not (path / "tianjin-145.txt").is_file():
        pytest.skip("the plans' texts are not here; name their folder with PLANGRAPH_PLANS")
    return path


@pytest.fixture(scope="session")
def tianjin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of the bundled plan; read it, do not change it."""
    from plangraph.builds import build

    path = tmp_path_factory.mktemp("tianjin") / "build"
    build([CHECKOUT / "graph" / "tianjin-145"], path)
    return path


@pytest.fixture(scope="session")
def kg(tianjin: Path) -> Any:
    """The bundled plan's graph."""
    import plangraph

    return plangraph.open(tianjin)


def kill_rounds(usual: int) -> int:
    """How often a test kills at a random moment: ``$PLANGRAPH_KILL_ROUNDS``, else ``usual``."""
    return int(os.environ.get("PLANGRAPH_KILL_ROUNDS") or usual)


def moments_to_kill(seed: int, seconds: float, enough: Callable[[], bool]) -> Iterator[float]:
    """Pauses of at most ``seconds`` before each kill; on a slow machine more and longer ones until it is ``enough``."""
    draw = random.Random(seed)
    for _ in range(kill_rounds(20)):
        yield draw.uniform(0, seconds)
    for _ in range(60):
        if enough():
            return
        yield draw.uniform(0, 8 * seconds)


def environment(**changes: str | None) -> dict[str, str]:
    """This process's environment in a plain UTF-8 locale without plangraph's variables, with ``changes``."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PLANGRAPH_", "LC_", "LANG"))}
    env |= {"LC_ALL": "C.UTF-8"}
    for name, value in changes.items():
        if value is None:
            env.pop(name, None)
        else:
            env[name] = value
    return env


@pytest.fixture(scope="session")
def cli() -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Runs plangraph in a process: ``cli("rank", "--by", "degree", cwd=..., env={...}, stdin=b"...")``."""

    def run(
        *arguments: str | Path, cwd: Path | None = None, env: dict[str, str | None] | None = None, stdin: bytes = b""
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*CLI, *map(str, arguments)],
            cwd=cwd,
            env=environment(**(env or {})),
            input=stdin,
            capture_output=True,
            timeout=120,
            check=False,
        )

    return run


@dataclass(frozen=True)
class InventedPlan:
    """A plan folder of invented words, with the text that its quotes stand in."""

    path: Path
    text: Path


Claim = tuple[str, str, str]


def invent_plan(
    root: Path, plan_id: str, entities: Sequence[tuple[str, str, str]], claims: Sequence[Claim]
) -> InventedPlan:
    """Write a plan folder ``root/plan_id`` whose text says each claim in a line of its own.

    Args:
        root: Folder in which the plan folder and the text are made.
        plan_id: Id of the plan.
        entities: (id, class, Chinese name) of each.
        claims: (subject id, relation, object id) of each; the quote is "SUBJECT与OBJECT".
    """
    names = {i: name for i, _, name in entities}
    text, rows = "", []
    for number, (subject, relation, object) in enumerate(claims, 1):
        quote = f"{names[subject]}与{names[object]}"
        place = [number, len(text), len(text) + len(quote), quote]
        rows.append([subject, relation, object, "accepted", "curated", "1", "", *place, "tester", "2026-01-01", ""])
        text += quote + "。\n"
    folder = root / plan_id
    folder.mkdir(parents=True, exist_ok=True)
    (root / f"{plan_id}.txt").write_text(text, encoding="utf-8", newline="")
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    (folder / "plan.toml").write_text(
        f'id = "{plan_id}"\ntitle = "某地{plan_id}规划"\ntitle_en = "Plan {plan_id}"\njurisdiction = "某地"\nlanguage = "zh"\n'
        f'period_start = 2021\nperiod_end = 2025\ntext_sha256 = "{digest}"\ntext_characters = {len(text)}\n'
        'world_facts = ["title_en"]\n',
        encoding="utf-8",
    )
    for name, header, lines in (
        (
            "entities.csv",
            ENTITY_COLUMNS,
            [[i, kind, label, f"{i} in English", "", "", ""] for i, kind, label in entities],
        ),
        ("statements.csv", STATEMENT_COLUMNS, rows),
    ):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *lines])
    return InventedPlan(folder, root / f"{plan_id}.txt")


@pytest.fixture
def small_plan(tmp_path: Path) -> Callable[..., InventedPlan]:
    """Makes an invented plan of ``parks`` parks in a ring, each in one domain: ``small_plan("demo-one", parks=4)``."""

    def make(plan_id: str = "small", parks: int = 3, root: Path | None = None) -> InventedPlan:
        entities = [("domain/d", "Domain", "某领域")]
        entities += [(f"park/p{n}", "Park", f"第{n}园区") for n in range(parks)]
        claims = [(f"park/p{n}", "focusesOn", "domain/d") for n in range(parks)]
        claims += [(f"park/p{n}", "collaboratesWith", f"park/p{n + 1}") for n in range(parks - 1)]
        return invent_plan(root or tmp_path / "plans", plan_id, entities, claims)

    return make


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Count the skipped tests and name each with its reason."""
    skipped = terminalreporter.stats.get("skipped", [])
    terminalreporter.section(f"{len(skipped)} skipped")
    for report in skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        terminalreporter.write_line(f"{report.nodeid}: {reason.removeprefix('Skipped: ')}")


from tests.browsing import browser, data, opened, page_file  # noqa: E402, F401  (fixtures; it imports from here)
