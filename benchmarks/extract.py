"""Extraction beside jieba's part-of-speech tagging of the same texts, in the same run, on one core.

    python benchmarks/extract.py [--texts N] [--long MEGABYTES]

Prints characters a second of processor time for both and their ratio, and with ``--long`` the peak memory over a text of
so many megabytes beside that over a tenth of it. Needs jieba (pip install jieba) and the plan texts (PLANGRAPH_PLANS).
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"
TEXTS = Path(os.environ.get("PLANGRAPH_PLANS", "../shared/plans")) / "reports-2026"


def speeds(texts: list[str], rounds: int = 3) -> tuple[float, float]:
    """Characters a second of extraction and of jieba's tagging, the best of ``rounds``."""
    import jieba
    import jieba.posseg

    from plangraph.document import Document
    from plangraph.extract import propose

    jieba.setLogLevel(60)
    jieba.posseg.lcut("预热")
    propose(Document.from_text(texts[0]), "x")
    best = [0.0, 0.0]
    for _ in range(rounds):
        for which, work in enumerate((lambda t: propose(Document.from_text(t), "x"), jieba.posseg.lcut)):
            start = time.process_time()
            for text in texts:
                work(text)
            best[which] = max(best[which], sum(map(len, texts)) / (time.process_time() - start))
    return best[0], best[1]


def peak(path: Path) -> float:
    """Peak memory in MiB of ``plangraph extract`` on ``path``."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "plangraph", "extract", str(path), "-o", f"{folder}/plan"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=int, default=8, help="how many reports")
    parser.add_argument("--long", type=int, default=0, help="also measure memory over a text of so many megabytes")
    arguments = parser.parse_args()
    files = sorted(TEXTS.glob("*.txt"))[: arguments.texts]
    if not files:
        sys.exit(f"{TEXTS}: no plan texts here; set PLANGRAPH_PLANS")
    texts = [f.read_text(encoding="utf-8") for f in files]
    try:
        ours, theirs = speeds(texts)
    except ImportError:
        sys.exit("jieba is not installed: pip install jieba")
    print(f"{len(texts)} reports, {sum(map(len, texts)):,} characters, one core, best of 3 rounds")
    print(f"plangraph extract  {ours:>9,.0f} characters a second")
    print(f"jieba.posseg       {theirs:>9,.0f} characters a second")
    print(f"ratio              {ours / theirs:>9.2f}")
    if arguments.long:
        with tempfile.TemporaryDirectory() as folder:
            whole = "\n".join(texts)
            for part in (10, 1):
                size = arguments.long * 1_000_000 // part
                path = Path(folder) / f"{size}.txt"
                times = size // len(whole.encode("utf-8")) + 1
                path.write_text((whole + "\n") * times, encoding="utf-8")
                print(f"peak memory over {size / 1e6:.0f} MB  {peak(path):,.0f} MiB")


if __name__ == "__main__":
    main()
