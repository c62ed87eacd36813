"""PDF files: read in a process of their own, which a hostile file can crash, fill or stall without harm here."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from plangraph.document.marks import Line
from plangraph.errors import InputError

#: Seconds after which the reading is given up; the longest plan known takes five.
MAX_SECONDS = 120.0
#: So many pages are named in a warning.
_SHOWN = 20
#: What went wrong, by the word that the process says.
_FAULTS = {
    "password": ("has a password; save it without one", "有密码；请另存为无密码的文件"),
    "damaged": (
        "not a PDF file that can be read; open it in a PDF program and save it again",
        "无法读取此 PDF；请用 PDF 程序打开后重新保存",
    ),
    "scanned": (
        "has no text in it, only images (a scan?); recognise its text (OCR) first",
        "其中没有文字，只有图像（扫描件？）；请先做文字识别（OCR）",
    ),
    "garbled": (
        "its text is not encoded as characters (fonts without a Unicode table); recognise its text (OCR) first",
        "其文字未按字符编码（字体缺 Unicode 对照表）；请先做文字识别（OCR）",
    ),
    "pages": ("more than 3,000 pages; split it", "超过 3,000 页；请拆分"),
    "size": ("more text than 20,000,000 characters; split it", "文字超过 20,000,000 个；请拆分"),
}


def read_pdf(data: bytes, path: str) -> tuple[Iterator[Line], tuple[tuple[str, str], ...]]:
    """Lines of a PDF file, and a warning, in English and Chinese, if some of its pages are scans.

    Lines are paragraphs and headings, broken lines joined; page numbers, running heads and watermarks are left out.

    Raises:
        InputError: Damaged, encrypted, scanned, garbled, or too large.
    """
    command = [sys.executable, "-P", "-m", "plangraph.document.pdf_process"]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=MAX_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise InputError(
            f"{path}: reading took more than {MAX_SECONDS:.0f} seconds; print it to a new PDF and try again",
            f"{path}：读取超过 {MAX_SECONDS:.0f} 秒；请重新打印为 PDF 后重试",
        ) from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error})", f"{path}：无法读取（{error}）") from None
    answer: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 and done.stdout else {"fault": "damaged"}
    if "fault" in answer:
        en, zh = _FAULTS[answer["fault"]]
        raise InputError(f"{path}: {en}", f"{path}：{zh}")
    lines = (Line(text, mark) for text, mark in answer["lines"])
    return lines, (_scanned(answer["scanned"], answer["pages"], path),) if answer["scanned"] else ()


def _scanned(numbers: list[int], pages: int, path: str) -> tuple[str, str]:
    shown = ", ".join(map(str, numbers[:_SHOWN]))
    more_en, more_zh = ("", "") if len(numbers) <= _SHOWN else (" ...", " 等")
    return (
        f"{path}: {len(numbers)} of {pages} pages have images but no text (scanned?), and are left out: {shown}{more_en}; "
        "recognise their text (OCR) first",
        f"{path}：共 {pages} 页，其中 {len(numbers)} 页只有图像、没有文字（扫描件？），未读入：第 {shown}{more_zh} 页；"
        "请先做文字识别（OCR）",
    )
