"""A reviewer at the page, in a headless Chromium: ``python review_in_browser.py URL [PICTURE]``. Ends with 0 if all went well.

In a process of its own: two tests cannot drive one browser library in one process.
"""

from __future__ import annotations

import shutil
import sys

from playwright.sync_api import Page, sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip


def main(url: str, picture: str = "") -> None:
    """Decide, undo, mend, merge and decide many; every step is seen on the page."""
    found = next(p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        page = browser.new_page(viewport={"width": 1000, "height": 760})
        faults: list[str] = []
        asked: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda words: faults.append(words.text) if words.type == "error" else None)
        page.on("request", lambda request: asked.append(request.url))

        def sees(selector: str, words: str, tab: Page = page) -> None:
            tab.wait_for_function("([s, w]) => document.querySelector(s)?.textContent.includes(w)", arg=[selector, words], timeout=60_000)  # fmt: skip

        page.goto(url)
        sees("#place", "1/4")
        assert page.locator("#text .subject").inner_text() == "云汀高新区"
        assert page.locator("#text .object").inner_text() == "氢能"
        if picture:
            page.screenshot(path=picture)
        page.keyboard.press("a")
        sees("#place", "2/4")
        sees("#counts", "accepted 1")
        page.keyboard.press("u")
        sees("#place", "1/4")
        sees("#counts", "accepted 0")
        # The words that are selected become the quote.
        page.evaluate("getSelection().setBaseAndExtent(document.querySelector('#text .subject').firstChild, 2, document.querySelector('#text .object').firstChild, 2)")  # fmt: skip
        page.keyboard.press("e")
        assert page.input_value("dialog [name=quote]").startswith("63-")
        page.fill("dialog [name=subject]", "云汀市")
        page.fill("dialog [name=reason]", "<b>主体</b>是本市")
        if picture:
            page.screenshot(path=picture.replace(".png", "-dialog.png"))
        page.click("dialog [type=submit]")
        sees("#place", "2/4")
        sees("#counts", "accepted 1, rejected 1")
        page.select_option("#filters [name=status]", "rejected")
        sees("#decided", "<b>主体</b>是本市")
        page.select_option("#filters [name=status]", "proposed")
        sees("#place", "1/3")
        page.keyboard.press("m")
        page.select_option("dialog [name=which]", "object")
        page.fill("dialog [name=into]", "没有这个")
        page.click("dialog [type=submit]")
        sees("#wrong", "nothing here is called")
        assert page.input_value("dialog [name=into]") == "没有这个", "what was typed stays"
        page.keyboard.press("Escape")
        page.keyboard.press("+")
        assert page.input_value("dialog [name=quote]") == "", "the quote of another statement is none of this one"
        page.click("dialog [type=button]")
        page.keyboard.press("d")
        assert page.input_value("dialog [name=which]") == "object"
        sees("dialog", "1 rows, 0 of them decided")
        page.keyboard.press("Escape")
        page.keyboard.press("h")
        sees("dialog", "Skip")
        page.keyboard.press("Escape")
        # A second tab decides what the first still shows as undecided.
        other = browser.new_page()
        other.goto(url)
        sees("#place", "1/3", other)
        other.keyboard.press("r")
        sees("#place", "2/3", other)
        page.keyboard.press("a")
        sees("#said.bad", "decided elsewhere")
        sees("#meta", "rejected")
        other.keyboard.press("u")
        sees("#place", "1/3", other)
        # Of a key that is held the first press alone counts, and Caps Lock makes no capital.
        page.evaluate("document.querySelector('#filters').onchange({target: document.body})")
        sees("#meta", "proposed")
        page.keyboard.down("r")
        page.keyboard.down("r")
        page.keyboard.down("r")
        page.keyboard.up("r")
        sees("#place", "2/3")
        page.keyboard.press("R")
        sees("#place", "3/3")
        assert not page.locator("#dialog").is_visible()
        page.keyboard.press("Shift+A")
        sees("dialog h2", "All 1 rows")
        page.keyboard.press("Escape")
        page.keyboard.press("u")
        sees("#place", "2/3")
        page.keyboard.press("u")
        sees("#place", "1/3")
        page.keyboard.press("Shift+A")
        page.wait_for_selector("dialog[open]")
        page.select_option("dialog [name=status]", "rejected")
        page.click("dialog [type=submit]")
        sees("#said", "3 rows decided")
        sees("#text", "Nothing is left here")
        assert page.inner_text("#place") == ""
        page.keyboard.press("u")
        sees("#counts", "waiting 3")
        browser.close()
        assert not faults, faults
        assert all(a.startswith(url.partition("/?")[0]) for a in asked), asked


if __name__ == "__main__":
    main(*sys.argv[1:])
