"""Whether the page can be used by everybody: axe-core finds nothing serious in any view, language, theme or width."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browsing import Opened

pytestmark = pytest.mark.browser

#: Where `.ci/browser` puts it with npm.
AXE = Path(sys.prefix) / "npm" / "node_modules" / "axe-core" / "axe.min.js"
PARK = "park/china-xinchuang-valley"

VIEWS = [
    "",
    f"#node={PARK}",
    "#view=table&sort=-place",
    "#view=matrix",
    f"#path=1&from={PARK}&to=park/cell-valley",
    "#theme=dark&node=park/cell-valley&lang=en&pins=park/cell-valley@0@0",
    "#theme=dark&view=table&lang=en",
    "#theme=dark&view=matrix",
    "#focus=park/cell-valley&colour=community&hidden=park/teda",
    "#theme=dark&colour=betweenness&path=1",
]


@pytest.fixture(scope="module")
def axe() -> str:
    """The script of axe-core."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed; with npm on the PATH, .ci/browser installs it")
    return AXE.read_text("utf-8")


def findings(found: Opened, axe: str) -> list[str]:
    """What axe-core holds for serious or critical, a line each."""
    found.page.evaluate(axe)
    result: dict[str, Any] = found.page.evaluate("axe.run()")
    assert result["passes"]  # it did look
    return [
        f"{v['impact']} {v['id']}: {node['target']} {node['failureSummary']}"
        for v in result["violations"]
        if v["impact"] in ("serious", "critical")
        for node in v["nodes"]
    ]


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_serious(opened: Callable[..., Opened], page_file: Path, axe: str, view: str) -> None:
    assert findings(opened(page_file, view), axe) == []


@pytest.mark.parametrize("view", ["", f"#node={PARK}", "#view=matrix"])
def test_nothing_serious_on_a_phone(opened: Callable[..., Opened], page_file: Path, axe: str, view: str) -> None:
    found = opened(page_file, view, width=360, height=740, has_touch=True, is_mobile=True)
    if not view:
        found.page.click("#open-legend")
    assert findings(found, axe) == []


def test_nothing_serious_while_a_list_is_open(opened: Callable[..., Opened], page_file: Path, axe: str) -> None:
    found = opened(page_file)
    found.page.fill("#search", "信创")
    found.page.wait_for_selector("#search-options [role=option]")
    assert findings(found, axe) == []
    found.page.keyboard.press("Escape")
    found.page.click("#export")
    assert findings(found, axe) == []


def test_a_flaw_is_found(opened: Callable[..., Opened], page_file: Path, axe: str) -> None:
    found = opened(page_file)
    found.page.evaluate(
        "document.getElementById('zoom-in').removeAttribute('aria-label'); document.getElementById('zoom-in').removeAttribute('title')"
    )
    assert any("button-name" in line for line in findings(found, axe))
