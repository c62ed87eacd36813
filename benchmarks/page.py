"""The page against plain pyvis on the same nodes, edges and fixed places: time to the first frame, rate of panning.

    python benchmarks/page.py [--nodes 1200] [--edges 3000] [--rounds 5]

Both pages are files, opened in turn in one headless Chromium without frame limit and with the network cut. A
round opens each page afresh; the medians and their ratios are printed. Plain pyvis is `Network.generate_html`
with its script inlined, physics off and straight edges; its links to a CDN, which it would wait for, are removed.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import random
import re
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import plangraph

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-frame-rate-limit", "--disable-gpu-vsync",
]  # fmt: skip

# The end of the frame in which the graph is first drawn: ours says when it has drawn; vis-network has drawn, or
# asked for the next frame, when its page's script is done.
_FIRST_FRAME = """
const shown = () => requestAnimationFrame(() => setTimeout(() => { window.firstFrame ??= performance.now(); }, 0));
new MutationObserver(() => { if (document.documentElement.dataset.drawn) shown(); })
  .observe(document, { subtree: true, attributeFilter: ['data-drawn'] });
document.addEventListener('DOMContentLoaded', () => { if (window.network) shown(); });
"""

# Drags the canvas by a few pixels a frame, with the events that a mouse gives, and returns frames a second.
_PAN = """([selector, frames]) => new Promise((done) => {
  const canvas = document.querySelector(selector), box = canvas.getBoundingClientRect();
  const send = (type, x, y) => canvas.dispatchEvent(new PointerEvent(type, { bubbles: true, cancelable: true, pointerId: 1,
    pointerType: 'mouse', isPrimary: true, button: type === 'pointermove' ? -1 : 0, buttons: type === 'pointerup' ? 0 : 1, clientX: x, clientY: y }));
  let x = box.left + 40, y = box.top + 40, n = 0, start = 0;
  send('pointerdown', x, y);
  const step = () => {
    if (n === 5) start = performance.now(); // the first frames find out that it is a drag
    if (n === frames + 5) { const rate = frames * 1000 / (performance.now() - start); send('pointerup', x, y); done(rate); return; }
    const way = Math.floor(n / 40) % 2 ? -1 : 1;
    x += 7 * way; y += 4 * way; n += 1;
    send('pointermove', x, y);
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})"""


def make_graph(nodes: int, edges: int, folder: Path) -> Any:
    """A build of an invented plan with clusters, hubs and names of the usual length."""
    draw = random.Random(7)
    parks = [(f"park/p{n}", "Park", f"某某科技创新园区{n}") for n in range(nodes)]
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < edges:
        a = draw.randrange(nodes)
        near = draw.random() < 0.8
        b = (a // 40 * 40 + int(40 * draw.random() ** 2)) % nodes if near else draw.randrange(nodes)
        if a != b:
            pairs.add((a, b))
    plan = folder / "bench"
    plan.mkdir()
    text, rows = "", []
    for number, (a, b) in enumerate(sorted(pairs), 1):
        quote = f"园区{a}与园区{b}联动"
        place = [number, len(text), len(text) + len(quote), quote, "bench", "2026-01-01", ""]
        rows.append(
            [
                f"park/p{a}",
                "benchmarkedAgainst" if a % 2 else "reliesOn",
                f"park/p{b}",
                "accepted",
                "curated",
                "1",
                "",
                *place,
            ]
        )
        text += quote + "。\n"
    digest = hashlib.sha256(text.encode()).hexdigest()
    (plan / "plan.toml").write_text(
        f'id = "bench"\ntitle = "测试规划"\njurisdiction = "某地"\nlanguage = "zh"\ntext_sha256 = "{digest}"\n'
        f"text_characters = {len(text)}\n",
        encoding="utf-8",
    )
    columns = "subject,predicate,object,status,method,confidence,section,paragraph,start,end,quote,decided_by,decided_on,reason"
    tables = {"entities.csv": ["id,type,label_zh,label_en,aliases,broader,note", [[*p, "", "", "", ""] for p in parks]]}
    tables["statements.csv"] = [columns, rows]
    for name, (header, lines) in tables.items():
        with (plan / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header.split(","), *lines])
    plangraph.build([plan], folder / "build")
    return plangraph.open(folder / "build")


def plain_pyvis(kg: Any) -> str:
    """pyvis' own page of the same network at the same places."""
    from pyvis.network import Network

    from plangraph.network import Projection
    from plangraph.view.data import select
    from plangraph.view.figure import to_pyvis

    ours = to_pyvis(kg, select(kg, Projection()))
    network = Network(height="800px", width="100%", directed=True, cdn_resources="in_line")
    for n in ours.nodes:
        network.add_node(n["id"], label=n["label"], shape="dot", size=n["size"], x=n["x"], y=n["y"], physics=False)
    for e in ours.edges:
        network.add_edge(e["from"], e["to"])
    network.set_options('{"physics": {"enabled": false}, "edges": {"smooth": false}}')
    return re.sub(
        r'<link[^>]*https?://[^>]*>|<script[^>]*src="https?://[^>]*>\s*</script>', "", network.generate_html()
    )


def measure(browser: Any, path: Path, selector: str, frames: int) -> tuple[float, float]:
    """Milliseconds to the first frame, and frames a second while panning, of one fresh page."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_offline(True)
    page = context.new_page()
    page.add_init_script(_FIRST_FRAME)
    page.goto(path.as_uri())
    page.wait_for_function("window.firstFrame", timeout=60_000)
    first = page.evaluate("window.firstFrame")
    page.wait_for_timeout(800)
    rate = page.evaluate(_PAN, [selector, frames])
    context.close()
    return first, rate


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--nodes", type=int, default=1200)
    parser.add_argument("--edges", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--frames", type=int, default=120)
    options = parser.parse_args()
    chromium = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
    if chromium is None:
        print("no Chromium on PATH (chromium, chromium-browser, google-chrome)", file=sys.stderr)
        return 1
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        kg = make_graph(options.nodes, options.edges, Path(folder))
        pages = {"plangraph": Path(folder) / "ours.html", "pyvis": Path(folder) / "pyvis.html"}
        kg.show(pages["plangraph"])
        pages["pyvis"].write_text(plain_pyvis(kg), encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in pages}
        for _ in range(options.rounds):
            for name, path in pages.items():
                selector = "#overlay" if name == "plangraph" else "#mynetwork canvas"
                found[name].append(measure(browser, path, selector, options.frames))
        browser.close()
        sizes = {name: path.stat().st_size / 1024 for name, path in pages.items()}
    print(f"{options.nodes} nodes, {options.edges} edges, {options.rounds} rounds; medians")
    first = {name: statistics.median(f for f, _ in runs) for name, runs in found.items()}
    rate = {name: statistics.median(r for _, r in runs) for name, runs in found.items()}
    for name in pages:
        print(
            f"{name:10} first frame {first[name]:7.0f} ms   panning {rate[name]:6.1f} frames/s   file {sizes[name]:6.0f} KB"
        )
    print(
        f"ratio      first frame {first['plangraph'] / first['pyvis']:7.2f}      panning {rate['plangraph'] / rate['pyvis']:6.2f}"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
