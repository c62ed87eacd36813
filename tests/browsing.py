"""A headless Chromium for tests of what people see, with the network cut off; fixtures known to all tests."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
READING = "willReadFrequently"  # Chromium's advice to the test that reads the canvas


@dataclass
class Opened:
    """A page in the browser, and everything that should not have happened in it."""

    page: Any
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def state(self) -> str:
        """The part of the address that holds the view."""
        self.page.wait_for_timeout(350)
        return str(self.page.evaluate("decodeURIComponent(location.hash)"))

    def pick(self, name: str) -> None:
        """Find an entity by typing its name, and open it."""
        self.page.fill("#search", name)
        self.page.wait_for_selector("#search-options [role=option]")
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector("#details h2")

    def title(self) -> str:
        """What the details are about."""
        return str(self.page.inner_text("#details h2"))

    def count(self) -> tuple[int, int]:
        """Entities and statements shown."""
        found = re.findall(r"(\d+)[ ]?(?:／|of) ?\d+", self.page.text_content("#subtitle"))
        return int(found[0]), int(found[1])


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium."""
    sync_api = pytest.importorskip("playwright.sync_api")
    found = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
    if found is None:
        pytest.skip("no Chromium on PATH (chromium, chromium-browser, google-chrome)")
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def opened(browser: Any) -> Iterator[Callable[..., Opened]]:
    """Opens a page file with the network cut; at the end checks that nothing was asked for or complained of."""
    contexts: list[tuple[Any, Opened]] = []

    def open_page(path: Path, hash: str = "", width: int = 1280, height: int = 800, **options: Any) -> Opened:
        context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True, **options)
        context.set_default_timeout(120_000)  # a busy machine may take long
        found = Opened(context.new_page())
        contexts.append((context, found))

        def judge(route: Any) -> None:
            if route.request.url.startswith("file:"):
                route.continue_()
            else:
                found.requests.append(route.request.url)
                route.abort()

        context.route("**/*", judge)
        context.set_offline(True)
        page = found.page
        page.on("console", lambda m: None if READING in m.text else found.complaints.append(m.text))
        page.on("pageerror", lambda e: found.complaints.append(str(e)))
        page.on("dialog", lambda d: (found.complaints.append(d.message), d.dismiss()))
        page.add_init_script(
            "window.violations = []; document.addEventListener('securitypolicyviolation', (e) => violations.push(e.violatedDirective))"
        )
        page.goto(path.as_uri() + hash)
        page.wait_for_selector("html[data-ready]")
        return found

    yield open_page
    for context, found in contexts:
        assert found.page.evaluate("violations") == []
        assert found.requests == []
        assert found.complaints == []
        context.close()


@pytest.fixture(scope="session")
def page_file(kg: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled plan's page, opening in Chinese."""
    path = tmp_path_factory.mktemp("page") / "page.html"
    kg.show(path, lang="zh")
    return path


@pytest.fixture(scope="session")
def data(page_file: Path) -> dict[str, Any]:
    """What the page holds."""
    from tests.test_view import content

    return content(page_file.read_text("utf-8"))
