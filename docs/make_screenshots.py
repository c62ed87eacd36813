"""Screenshots of the page for the README: python docs/make_screenshots.py (needs Chromium and the test extra)."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

import plangraph

DOCS = Path(__file__).resolve().parent


def main() -> None:
    """Write docs/page-zh.png and docs/page-en.png."""
    chromium = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
    if chromium is None:
        sys.exit("no Chromium on the PATH; on Debian: apt install chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        plangraph.build([DOCS.parent / "graph" / "tianjin-145"], Path(folder) / "build")
        kg = plangraph.open(Path(folder) / "build")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for lang in ("zh", "en"):
            kg.show(Path(folder) / "page.html", lang=lang)
            page = browser.new_page(viewport={"width": 1440, "height": 860})
            page.goto((Path(folder) / "page.html").as_uri())
            page.get_by_role("combobox").first.fill("生物制造谷")
            page.keyboard.press("Enter")
            page.wait_for_timeout(1500)
            page.screenshot(path=str(DOCS / f"page-{lang}.png"))
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
