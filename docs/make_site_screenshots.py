"""Screenshots of the site for docs/serve.md: python docs/make_site_screenshots.py (needs Chromium and the test extra)."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

import plangraph

DOCS = Path(__file__).resolve().parent
VIEWS = {"home": "/", "editor": "/editor#example=parks-by-domain"}


def main() -> None:
    """Write docs/site-home-zh.png, docs/site-editor-en.png and their like."""
    chromium = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
    if chromium is None:
        sys.exit("no Chromium on the PATH; on Debian: apt install chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        plangraph.build([DOCS.parent / "graph" / "tianjin-145"], Path(folder) / "build")
        command = [sys.executable, "-P", "-c", "from plangraph.cli import main; main()", "serve", "--port", "0"]
        server = subprocess.Popen(
            [*command, "--build", str(Path(folder) / "build")], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        try:
            assert server.stdout is not None
            found = re.search(r"http://[^/]+", server.stdout.readline().decode("utf-8"))
            assert found is not None
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            for lang in ("zh", "en"):
                page = browser.new_page(viewport={"width": 1280, "height": 800})
                page.goto(f"{found[0]}/?lang={lang}")
                page.wait_for_timeout(4000)  # the examples in the forms are looked for when the server starts
                for name, path in VIEWS.items():
                    page.goto(found[0] + path)
                    if name == "editor":
                        page.wait_for_selector("html[data-ready]")
                        page.click("#run")
                        page.wait_for_selector("#answer tbody tr")
                    page.screenshot(path=str(DOCS / f"site-{name}-{lang}.png"))
                page.close()
            browser.close()
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
