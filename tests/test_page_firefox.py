"""The page in Firefox, from a file: it draws, finds, switches, restores a view, and asks for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.firefox import Firefox, find_firefox
from tests.test_view import hostile_plan, open_plan

pytestmark = pytest.mark.browser
PARK = "中国信创谷"
ENTER = "\ue007"


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    """A headless Firefox."""
    program = find_firefox()
    if program is None:
        pytest.skip("no Firefox on PATH (firefox-esr, firefox)")
    browser = Firefox(program, tmp_path_factory.mktemp("firefox"))
    yield browser
    browser.close()


def ready(firefox: Firefox, address: str, **size: int) -> None:
    """Open a page and wait until it can be used."""
    firefox.open("about:blank", **size)
    firefox.open(address, **size)
    firefox.until("return document.documentElement.dataset.ready")
    firefox.run("window.complaints = []; addEventListener('error', (e) => complaints.push(e.message))")


def test_draws_and_asks_for_nothing(firefox: Firefox, page_file: Path) -> None:
    ready(firefox, page_file.as_uri())
    colours = firefox.run(
        """const c = document.getElementById('canvas'), d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
        const seen = new Set(); for (let i = 0; i < d.length; i += 4) seen.add(d[i] << 16 | d[i+1] << 8 | d[i+2]); return seen.size"""
    )
    assert colours > 100
    assert firefox.run("return performance.getEntriesByType('resource').length") == 0


def test_what_a_reader_does(firefox: Firefox, page_file: Path) -> None:
    ready(firefox, page_file.as_uri())
    firefox.type("#search", "zgxcg")
    firefox.type("#search", ENTER)
    assert firefox.until("return document.querySelector('#details h2')?.textContent") == PARK
    firefox.click("#act-focus")
    firefox.click("#lang")
    assert firefox.run("return document.querySelector('#details h2').textContent") == "China Xinchuang Valley"
    firefox.click("#theme")
    for view in ("table", "matrix", "graph"):
        firefox.click(f"#view-{view}")
        assert firefox.run(
            f"return !document.getElementById('{view}').hidden && document.getElementById('{view}').innerHTML.length > 100"
        )
    firefox.until("return location.hash.includes('focus=')")
    shown = firefox.run("return document.getElementById('subtitle').textContent")
    address = firefox.run("return location.href")
    ready(firefox, address)
    assert firefox.run("return document.getElementById('subtitle').textContent") == shown
    assert firefox.run("return complaints") == []


def test_fits_a_narrow_window(firefox: Firefox, page_file: Path) -> None:
    ready(firefox, page_file.as_uri(), width=500, height=800)
    assert firefox.run("return document.documentElement.scrollWidth <= innerWidth")
    assert firefox.run("return getComputedStyle(document.getElementById('legend')).display") == "none"


def test_hostile_content_is_inert(firefox: Firefox, tmp_path: Path) -> None:
    plan = hostile_plan(tmp_path)
    open_plan(plan, tmp_path / "build").show(tmp_path / "hostile.html", text=plan.text)
    ready(firefox, (tmp_path / "hostile.html").as_uri() + "#node=park/p0&lang=en&view=table")
    assert "<svg onload=alert(2)>" in firefox.run("return document.getElementById('details').textContent")
    assert firefox.run("return document.querySelectorAll('img, iframe, svg[onload], #table b').length") == 0
