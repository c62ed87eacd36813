"""The page against plain pyvis on the same nodes, edges and fixed places: first frame, panning, dragging a node.

    python benchmarks/page.py [--nodes 300 1000 3000 10000] [--rounds 3]

Both pages are files, opened in turn in one headless Chromium without frame limit and with the network cut; 2.5
edges a node, 1280 by 800 pixels, the whole graph in view. A round opens each page afresh; the medians and their
ratios are printed (first frame: less is better; frames a second: more is better). Plain pyvis is `Network.generate_html`
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
import time
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

# Drags by a few pixels a frame, with the events that a mouse gives, and returns frames a second. With a node's
# number it is the node that is dragged, as both pages would have it: from where it stands on the screen.
_DRAG = """([selector, frames, grip]) => new Promise((done) => {
  const canvas = document.querySelector(selector), box = canvas.getBoundingClientRect();
  const send = (type, x, y) => canvas.dispatchEvent(new PointerEvent(type, { bubbles: true, cancelable: true, pointerId: 1,
    pointerType: 'mouse', isPrimary: true, button: type === 'pointermove' ? -1 : 0, buttons: type === 'pointerup' ? 0 : 1, clientX: x, clientY: y }));
  let x = box.left + grip[0], y = box.top + grip[1], n = 0, start = 0;
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
_CORNER = [40, 40]
_PYVIS_CANVAS = "#mynetwork canvas"
# Where a node stands on plain pyvis' canvas, which shows the whole graph at first. vis-network takes whole pixels
# for the pointer, and a node of 10,000 is smaller than one: so the node that stands most nearly on a whole pixel.
_PYVIS_GRIP = """() => { const box = document.querySelector('#mynetwork canvas').getBoundingClientRect();
  const off = (q) => Math.hypot(box.left + q.x - Math.round(box.left + q.x), box.top + q.y - Math.round(box.top + q.y));
  const all = Object.values(network.getPositions()).map((q) => network.canvasToDOM(q))
    .filter((q) => q.x > box.width / 4 && q.x < box.width * 0.75 && q.y > box.height / 4 && q.y < box.height * 0.75);
  all.sort((a, b) => off(a) - off(b));
  return [all[0].x, all[0].y]; }"""


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


def opened(browser: Any, address: str) -> tuple[Any, float]:
    """A fresh page at rest, and the milliseconds until its first frame."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_offline(True)
    page = context.new_page()
    page.add_init_script(_FIRST_FRAME)
    page.goto(address)
    page.wait_for_function("window.firstFrame", timeout=120_000)
    first = page.evaluate("window.firstFrame")
    page.wait_for_timeout(1000)
    return page, first


def middle_node(page: Any) -> str:
    """The part of the address that shows the whole graph, shifted so that its middle node is in the middle."""
    width, height = page.evaluate(
        "() => { const b = document.getElementById('overlay').getBoundingClientRect(); return [b.width, b.height]; }"
    )
    nodes = page.evaluate("() => JSON.parse(document.getElementById('data').textContent).network.nodes")
    xs, ys = [n["x"] for n in nodes], [n["y"] for n in nodes]
    x, y = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    k = min((width - 140) / (max(xs) - min(xs)), (height - 140) / (max(ys) - min(ys)), 1.2)
    nearest = min(nodes, key=lambda n: (n["x"] - x) ** 2 + (n["y"] - y) ** 2)
    return f"#at={nearest['x']},{nearest['y']},{k:.4f}"


def measure_ours(browser: Any, path: Path, frames: int) -> tuple[float, float, float]:
    """First frame in milliseconds, frames a second while panning and while dragging a node."""
    page, first = opened(browser, path.as_uri())
    pan = page.evaluate(_DRAG, ["#overlay", frames, _CORNER])
    where = middle_node(page)
    page.context.close()
    page, _ = opened(browser, path.as_uri() + where)
    middle = page.evaluate(
        "() => { const b = document.getElementById('overlay').getBoundingClientRect(); return [b.width / 2, b.height / 2]; }"
    )
    drag = page.evaluate(_DRAG, ["#overlay", frames, middle])
    page.wait_for_timeout(500)
    if "pins=" not in page.url:
        raise SystemExit("the drag did not take hold of a node")
    page.context.close()
    return first, pan, drag


def measure_pyvis(browser: Any, path: Path, frames: int) -> tuple[float, float, float]:
    """The same of plain pyvis."""
    page, first = opened(browser, path.as_uri())
    pan = page.evaluate(_DRAG, [_PYVIS_CANVAS, frames, _CORNER])
    page.context.close()
    page, _ = opened(browser, path.as_uri())
    before = page.evaluate("JSON.stringify(network.getPositions())")
    drag = page.evaluate(_DRAG, [_PYVIS_CANVAS, frames, page.evaluate(_PYVIS_GRIP)])
    if page.evaluate("JSON.stringify(network.getPositions())") == before:
        raise SystemExit("the drag did not take hold of a node of pyvis")
    page.context.close()
    return first, pan, drag


def compare(browser: Any, nodes: int, rounds: int, frames: int) -> None:
    """Measure both pages of a graph of this size in turn, and print medians and ratios."""
    with tempfile.TemporaryDirectory() as folder:
        kg = make_graph(nodes, round(2.5 * nodes), Path(folder))
        ours, pyvis = Path(folder) / "ours.html", Path(folder) / "pyvis.html"
        started = time.perf_counter()
        kg.show(ours)
        made = time.perf_counter() - started
        pyvis.write_text(plain_pyvis(kg), encoding="utf-8")
        # A frame of pyvis takes up to a third of a second; a few of them are enough.
        few = max(12, min(frames, 120_000 // nodes))
        runs = [(measure_ours(browser, ours, frames), measure_pyvis(browser, pyvis, few)) for _ in range(rounds)]
        sizes = [p.stat().st_size / 1024 for p in (ours, pyvis)]
    medians = [[statistics.median(run[who][what] for run in runs) for what in range(3)] for who in range(2)]
    print(f"{nodes} nodes, {round(2.5 * nodes)} edges: medians of {rounds}; page made in {made:.1f} s")
    for name, (first, pan, drag), size in zip(("plangraph", "pyvis"), medians, sizes, strict=True):
        print(
            f"  {name:10} first frame {first:6.0f} ms   pan {pan:6.1f} frames/s   drag {drag:6.1f} frames/s   {size:6.0f} KB"
        )
    first, pan, drag = (a / b for a, b in zip(*medians, strict=True))
    print(f"  ratio      first frame {first:6.2f}      pan {pan:6.1f}            drag {drag:6.1f}", flush=True)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--nodes", type=int, nargs="+", default=[300, 1000, 3000, 10000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--frames", type=int, default=120)
    options = parser.parse_args()
    chromium = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
    if chromium is None:
        print("no Chromium on PATH (chromium, chromium-browser, google-chrome)", file=sys.stderr)
        return 1
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for nodes in options.nodes:
            compare(browser, nodes, options.rounds, options.frames)
        browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
