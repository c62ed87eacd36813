"""A text as other formats and in noisy copies: what the same plan looks like when it comes from elsewhere."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable

from plangraph.document import Document, characters
from tests.document.invented import Part, as_docx, as_pdf

WIDTH = 38


def parts(document: Document) -> list[Part]:
    """(role, words) of each paragraph that is the plan's own, as `tests.document.invented` writes them."""
    levels = {h.paragraph: h.level for h in document.headings if not h.runs_in}
    found: list[Part] = []
    for number, (start, end) in enumerate(document.paragraphs, 1):
        words = document.text[start:end].strip()
        if document.kind(number) == "heading":
            # The second line of a heading of two lines has no level of its own.
            level = levels.get(number, levels.get(number - 1))
            found.append(("title" if level is None else "chapter" if level == 1 else "section", words))
        elif document.kind(number) == "body":
            found.append(("body", words))
    return found


def plain_docx(document: Document) -> bytes:
    """Word without styles: every line a paragraph of its own."""
    import docx

    file = docx.Document()
    for start, end in document.paragraphs:
        file.add_paragraph("　　" + document.text[start:end].strip())
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def page(document: Document) -> bytes:
    """A page with headings as headings, menus, buttons, a foot and links to other news around the plan."""
    tags = {"title": "h1", "chapter": "h2", "section": "h3", "body": "p"}
    body = "\n".join(f"<{tags[role]}>{html.escape(words)}</{tags[role]}>" for role, words in parts(document))
    return _page(body)


def page_of_breaks(document: Document) -> bytes:
    """A page whose lines are parted by <br> alone and whose source is broken inside sentences."""
    lines = []
    for start, end in document.paragraphs:
        words = html.escape(document.text[start:end].strip(), quote=False)
        lines.append("&nbsp;&nbsp;" + words[:60] + "\n        " + words[60:] if len(words) > 60 else words)
    return _page("<div>" + "<br><br>\n".join(lines) + "</div>")


def _page(body: str) -> bytes:
    menu = "".join(f'<li><a href="/{n}">{w}</a></li>' for n, w in enumerate(("首页", "新闻", "政务公开", "办事服务")))
    news = "".join(f'<a href="/n{n}">某地召开第{n}次工作会议</a><br>' for n in range(5))
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>门户网站</title><style>p{{}}</style></head><body>'
        f"<nav><ul>{menu}</ul></nav><div>当前位置：<a href='/'>首页</a> &gt; <a href='/a'>政府信息</a></div>"
        f"<div>【字体：<a>大</a> <a>中</a> <a>小</a>】</div><div>打印</div><div>下载</div><div>全屏</div>"
        f"<article>{body}</article><div>相关新闻</div><div>{news}</div>"
        f"<div>扫一扫在手机打开当前页</div><footer>版权所有：门户网站　备案号：0000</footer>"
        f"<script>var a = '<p>不是正文</p>';</script></body></html>"
    ).encode()


def chrome_lines(document: Document) -> bytes:
    """A page's text as it is copied out of a browser: buttons, dates and links among the lines."""
    before = "首页\n政务公开\n当前位置：首页 > 政府信息公开\n发布时间：2031-02-03 09:30\n来源：门户网站\n【字体：大 中 小】\n打印\n下载\n全屏\n"
    after = "\n扫一扫在手机打开当前页\n分享到：\n打印本页\n关闭窗口\n版权所有：门户网站\n备案号：0000\n"
    return (before + document.text + after).encode()


def traditional(document: Document) -> bytes:
    """The text in traditional characters: the project's own folding table read the other way round."""
    lines = characters._FILE.read_text("utf-8").splitlines()
    pairs = "".join(line for line in lines if not line.startswith("#"))
    back: dict[int, str] = {}
    for printed, plain in zip(pairs[::2], pairs[1::2], strict=True):
        if printed >= "\u4e00":  # the more common form is not a compatibility or extension character
            back.setdefault(ord(plain), printed)
    return document.text.translate(back).encode()


def wrapped(document: Document) -> bytes:
    """Hard line breaks every `WIDTH` characters, a blank line between paragraphs, as in mail."""
    found = []
    for start, end in document.paragraphs:
        words = document.text[start:end].strip()
        found.append("\n".join(words[at : at + WIDTH] for at in range(0, len(words), WIDTH)))
    return "\n\n".join(found).encode()


def hanging(document: Document) -> bytes:
    """The same with closing marks that hang over the edge and numbers that are not parted."""
    out = []
    for start, end in document.paragraphs:
        line = ""
        for unit in re.findall(r"[0-9A-Za-z.%]+|.", document.text[start:end].strip()):
            if line and len(line) + len(unit) > WIDTH and not (unit in "，。、；：”）" and len(line) == WIDTH):
                out.append(line)
                line = ""
            line += unit
        out += [line, ""]
    return "\n".join(out).encode()


def outdented(document: Document) -> bytes:
    """Hard line breaks, every line but a paragraph's first indented."""
    out = []
    for start, end in document.paragraphs:
        words = document.text[start:end].strip()
        out += [words[:WIDTH], *("    " + words[i : i + WIDTH - 4] for i in range(WIDTH, len(words), WIDTH - 4))]
    return "\n".join(out).encode()


def page_of_broken_lines(document: Document) -> bytes:
    """A page whose paragraphs were broken at a fixed width, first lines indented, each line with its <br>."""
    out = []
    for start, end in document.paragraphs:
        words = "　　" + document.text[start:end].strip()
        out += [html.escape(words[i : i + WIDTH]) for i in range(0, len(words), WIDTH)]
    return _page("<p>" + "<br>\n".join(out) + "</p>")


def indented(document: Document) -> bytes:
    """Hard line breaks every `WIDTH` characters, paragraphs known by two ideographic spaces alone, Windows line ends."""
    found = []
    for start, end in document.paragraphs:
        words = "　　" + document.text[start:end].strip()
        found.append("\r\n".join(words[at : at + WIDTH] for at in range(0, len(words), WIDTH)))
    return "\r\n".join(found).encode("utf-8-sig")


def pages(document: Document) -> bytes:
    """What a program that turns pages into text leaves: broken lines, a running head and a page number every 30 lines."""
    lines: list[str] = []
    for start, end in document.paragraphs:
        words = "　　" + document.text[start:end].strip()
        lines += [words[at : at + WIDTH] for at in range(0, len(words), WIDTH)]
    sheets = [lines[at : at + 30] for at in range(0, len(lines), 30)]
    return "\n".join(
        "\n".join([*s, "", f"— {n} —", "\f某市人民政府公报", ""]) for n, s in enumerate(sheets, 1)
    ).encode()


def buttons(document: Document) -> bytes:
    """A page's buttons and page numbers between the paragraphs, as saving a page as text leaves them."""
    words = (
        "打印",
        "下载",
        "全屏",
        "分享到微信",
        "扫一扫在手机打开当前页",
        "第 3 页 共 12 页",
        "返回顶部",
        "【字号：大 中 小】",
    )
    found = []
    for number, (start, end) in enumerate(document.paragraphs):
        found.append(document.text[start:end])
        if number % 3 == 2:
            found.append(words[number // 3 % len(words)])
    return "\n".join(found).encode()


def spaced(document: Document) -> bytes:
    """Full-width spaces before and blank lines between paragraphs, in GB 18030."""
    return "\n\n\n".join("　　" + document.text[s:e].strip() + "  " for s, e in document.paragraphs).encode("gb18030")


def merged_mail(document: Document) -> bytes:
    """What mail merge and text extraction leave: no-break and zero-width spaces, soft hyphens, empty fields."""
    found = []
    for number, (start, end) in enumerate(document.paragraphs):
        words = document.text[start:end].strip()
        at = len(words) // 2
        found.append("\u00a0\u00a0" + words[:at] + ("\u200b" if number % 2 else "\ufeff") + words[at:] + "\u00a0")
    return ("«AddressBlock»\n\n«GreetingLine»\n\n" + "\n".join(found) + "\n\n«Next Record»\n").encode()


def page_in_tables(document: Document) -> bytes:
    """A page laid out with tables, as older government sites are: the plan in a cell, no headings, links beside it."""
    body = "".join(f"<p>&#12288;&#12288;{html.escape(words)}</p>" for _, words in parts(document))
    tools = "<div>字号：<a href='#'>大</a> <a href='#'>小</a> <a href='#'>打印</a></div>"
    news = "".join(f"<li><a href='/n{n}'>某地研究氢能产业的会议之{n}</a></li>" for n in range(4))
    table = f"<table><tr><td>{tools}<div>{body}</div></td></tr></table>"
    return _page(f"<table><tr><td>{table}</td><td><ul>{news}</ul></td></tr></table>")


def framed_docx(document: Document) -> bytes:
    """Word with every paragraph in a frame: a table of one column."""
    import docx

    made = docx.Document()
    table = made.add_table(rows=0, cols=1)
    for _, words in parts(document):
        table.add_row().cells[0].paragraphs[0].add_run(words)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def half_width(document: Document) -> bytes:
    """Punctuation of half width, as programs leave it that take text for English."""
    return document.text.translate(str.maketrans("，；：（）！？", ",;:()!?")).encode()


def full_width(document: Document) -> bytes:
    """Letters and figures of full width."""
    return re.sub(r"[0-9A-Za-z%+]", lambda m: chr(ord(m[0]) + 0xFEE0), document.text).encode()


def set_apart(document: Document) -> bytes:
    """A blank between Chinese characters and letters or figures, as many editors set it."""
    return re.sub(r"(?<=[一-鿿])(?=[0-9A-Za-z])|(?<=[0-9A-Za-z%+])(?=[一-鿿])", " ", document.text).encode()


#: Name → file ending and bytes of the copy.
COPIES: dict[str, Callable[[Document], tuple[str, bytes]]] = {
    "docx": lambda d: ("docx", as_docx(parts(d))),
    "docx-plain": lambda d: ("docx", plain_docx(d)),
    "docx-framed": lambda d: ("docx", framed_docx(d)),
    "html": lambda d: ("html", page(d)),
    "html-breaks": lambda d: ("html", page_of_breaks(d)),
    "html-broken": lambda d: ("html", page_of_broken_lines(d)),
    "html-tables": lambda d: ("html", page_in_tables(d)),
    "pdf": lambda d: ("pdf", as_pdf(parts(d))),
    "pdf-blocks": lambda d: ("pdf", as_pdf(parts(d), indent=False)),
    "pdf-columns": lambda d: ("pdf", as_pdf(parts(d), columns=2)),
    "chrome": lambda d: ("txt", chrome_lines(d)),
    "traditional": lambda d: ("txt", traditional(d)),
    "wrapped": lambda d: ("txt", wrapped(d)),
    "hanging": lambda d: ("txt", hanging(d)),
    "indented": lambda d: ("txt", indented(d)),
    "outdented": lambda d: ("txt", outdented(d)),
    "pages": lambda d: ("txt", pages(d)),
    "buttons": lambda d: ("txt", buttons(d)),
    "spaced": lambda d: ("txt", spaced(d)),
    "mail-merge": lambda d: ("txt", merged_mail(d)),
    "half-width": lambda d: ("txt", half_width(d)),
    "full-width": lambda d: ("txt", full_width(d)),
    "set-apart": lambda d: ("txt", set_apart(d)),
}
