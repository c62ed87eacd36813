"""An invented plan of an invented city, and the same plan as text, HTML, DOCX and PDF."""

from __future__ import annotations

import html
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

Part = tuple[str, str]

_FIELDS = [
    "量子测控",
    "生物育种",
    "深海采矿",
    "低空物流",
    "智能传感",
    "氢能装备",
    "海洋观测",
    "精密机床",
    "脑机接口",
    "绿色建材",
]
_PLACES = ["云汀高新区", "霁川新城", "松浦科学谷", "白鹭港区", "临溪开发区"]
_WORKS = [
    "建设{p}{f}中试基地，完善检验检测、标准认证、知识产权等公共服务",
    "支持{p}龙头企业牵头组建{f}创新联合体，突破关键材料、核心部件和控制软件",
    "推动{f}与数字经济深度融合，打造示范应用场景（首批不少于{n}个），形成可复制可推广的经验",
    "依托{p}，围绕“{f}”重点方向，布局建设重点实验室和工程研究中心",
    "引导社会资本参与{f}项目，健全风险分担机制；探索首台（套）保险补偿",
    "到2035年，{f}产业规模达到{n}亿元，年均增长{n}%左右，带动就业{n}万人",
]


def paragraph(seed: int) -> str:
    """A paragraph of three to six sentences, another one for each ``seed``."""
    sentences = []
    for k in range(3 + seed % 4):
        words = _WORKS[(seed * 5 + k * 7) % len(_WORKS)]
        field, place = _FIELDS[(seed * 3 + k) % len(_FIELDS)], _PLACES[(seed + k * 2) % len(_PLACES)]
        sentences.append(words.format(f=field, p=place, n=(seed * 13 + k * 29) % 90 + 5))
    return "。".join(sentences) + "。"


def invented_plan() -> list[Part]:
    """(role, words) of each line: title, chapter, section, item (a heading that runs into its paragraph), body."""
    han = "一二三四五六"
    parts: list[Part] = [("title", "云汀市产业创新发展规划（2031—2035年）")]
    seed = 0
    for chapter, name in enumerate(
        ["发展基础", "总体要求", "培育未来产业", "优化空间布局", "强化要素保障", "组织实施"]
    ):
        parts.append(("chapter", f"第{han[chapter]}章 {name}"))
        for section in range(3):
            parts.append(("section", f"{han[section]}、加快{_FIELDS[(chapter * 3 + section) % 10]}发展"))
            for item in range(2):
                seed += 1
                field = _FIELDS[(seed * 7) % 10]
                parts.append(("item", f"（{han[item]}）推动{field}提质增效。{paragraph(seed)}"))
                parts.append(("body", paragraph(seed + 40)))
    return parts


def as_text(parts: Sequence[Part]) -> str:
    """The plan as a plain text, a line each."""
    return "\n".join(words for _, words in parts)


def as_html(parts: Sequence[Part], charset: str = "utf-8") -> bytes:
    """The plan as a page with menus, scripts and a foot around it."""
    tags = {"title": "h1", "chapter": "h2", "section": "h3"}
    body = "\n".join(
        f"<{tags.get(role, 'p')}>{'&nbsp;' * 4 if role in ('item', 'body') else ''}{html.escape(words)}</{tags.get(role, 'p')}>"
        for role, words in parts
    )
    page = f"""<!DOCTYPE html><html><head><meta charset="{charset}"><title>云汀市人民政府</title>
<style>p {{ text-indent: 2em }}</style><script>var a = "<p>不是正文。</p>";</script></head><body>
<nav><ul><li><a href="/">首页</a></li><li><a href="/a">政务公开</a></li></ul></nav>
<div class="menu"><a href="/1">新闻中心</a><br><a href="/2">政务服务</a><br><a href="/3">互动交流</a></div>
<div>【字号：<span>大</span> <span>中</span> <span>小</span>】</div><div>打印</div>
<article>{body}</article>
<footer>版权所有：云汀市人民政府</footer></body></html>"""
    return page.encode(charset)


def as_docx(parts: Sequence[Part]) -> bytes:
    """The plan as Word writes it, with heading styles."""
    import docx

    file = docx.Document()
    for role, words in parts:
        if role in ("title", "chapter", "section"):
            file.add_heading(words, {"title": 0, "chapter": 1, "section": 2}[role])
        else:
            file.add_paragraph(words)
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def as_pdf(
    parts: Sequence[Part],
    indent: bool = True,
    head: str = "云汀市人民政府公报",
    encrypt: str | None = None,
    columns: int = 1,
) -> bytes:
    """The plan in print: A4, larger type for headings, a running head, page numbers, one column or more."""
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))

    def style(size: int, align: int = 0, first: int = 0, after: int = 0) -> ParagraphStyle:
        name = f"s{size}{align}{first}{after}"
        return ParagraphStyle(
            name, fontName="STSong-Light", fontSize=size, leading=size * 1.7, alignment=align, firstLineIndent=first,
            spaceAfter=after, wordWrap="CJK",
        )  # fmt: skip

    body = style(12, first=24) if indent else style(12, after=12)
    styles = {"title": style(22, align=1, after=20), "chapter": style(17, align=1, after=6), "section": style(14)}

    def furnish(canvas: object, template: object) -> None:
        canvas.setFont("STSong-Light", 9)  # type: ignore[attr-defined]
        canvas.drawCentredString(298, 805, head)  # type: ignore[attr-defined]
        canvas.drawCentredString(298, 28, f"— {template.page} —")  # type: ignore[attr-defined]

    out = io.BytesIO()
    template = BaseDocTemplate(out, encrypt=encrypt, invariant=1)
    width = (template.width - 18 * (columns - 1)) / columns
    frames = [
        Frame(template.leftMargin + n * (width + 18), template.bottomMargin, width, template.height)
        for n in range(columns)
    ]
    template.addPageTemplates(PageTemplate(frames=frames, onPage=furnish))
    template.build([Paragraph(html.escape(words), styles.get(role, body)) for role, words in parts])
    return out.getvalue()


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def raw_docx(body: str, **more: str) -> bytes:
    """A DOCX file from the XML of its body; ``more`` are further parts of ``word/``, by name without ending."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>")
        for name, xml in more.items():
            archive.writestr(f"word/{name}.xml", xml)
    return out.getvalue()


def written(folder: Path, name: str, data: bytes | str) -> Path:
    """``data`` in a file of ``folder``."""
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
    return path
