"""Screenshots of the page for README and docs/page.md: python docs/make_screenshots.py

Needs Chromium, the test extra and a font with Chinese characters (on Debian: apt install chromium fonts-noto-cjk).
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

import plangraph

DOCS = Path(__file__).resolve().parent
DESKTOP = {"viewport": {"width": 1440, "height": 860}}
PHONE = {"viewport": {"width": 390, "height": 780}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
VALLEY = "park/biomanufacturing-valley"

#: File name, what the browser is, and the part of the address that says what is seen.
SHOTS: list[tuple[str, dict[str, Any], str]] = [
    ("page-zh", DESKTOP, f"#lang=zh&node={VALLEY}&at=AT"),
    ("page-en", DESKTOP, "#lang=en"),
    ("page-matrix-zh", DESKTOP, "#lang=zh&view=matrix"),
    ("page-table-en", DESKTOP, "#lang=en&view=table"),
    ("page-phone-en", PHONE, f"#lang=en&theme=dark&node={VALLEY}"),
]


def main() -> None:
    """Write docs/page-*.png."""
    chromium = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
    if chromium is None:
        sys.exit("no Chromium on the PATH; on Debian: apt install chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        plangraph.build([DOCS.parent / "graph" / "tianjin-145"], Path(folder) / "build")
        kg = plangraph.open(Path(folder) / "build")
        file = Path(folder) / "page.html"
        kg.show(file)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, device, view in SHOTS:
            page = browser.new_context(**device).new_page()
            page.goto(file.as_uri() + view.replace("&at=AT", ""))
            page.wait_for_selector("html[data-ready]")
            if view.endswith("AT"):  # as after a search: near to what was found
                page.fill("#search", "生物制造谷")
                page.keyboard.press("Enter")
                page.evaluate("document.activeElement.blur()")
            page.wait_for_timeout(800)
            page.screenshot(path=str(DOCS / f"{name}.png"))
            page.context.close()
        browser.close()


if __name__ == "__main__":
    main()
