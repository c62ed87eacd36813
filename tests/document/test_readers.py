"""The same plan out of text, HTML, DOCX and PDF; what each format adds and how it is taken off."""

from __future__ import annotations

import html
import io
import shutil
import subprocess
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from plangraph.document import Document, read_document
from plangraph.errors import InputError
from tests.document.invented import (
    Part,
    W,
    as_docx,
    as_html,
    as_pdf,
    as_text,
    invented_plan,
    paragraph,
    raw_docx,
    written,
)

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

PLAN = invented_plan()


def body(d: Document) -> list[str]:
    return [d.text[s:e].strip() for i, (s, e) in enumerate(d.paragraphs, 1) if d.kind(i) == "body"]


def lines(d: Document) -> list[str]:
    return d.text.split("\n")


def sections(d: Document) -> list[tuple[str, int, bool]]:
    return [(h.title, h.level, h.runs_in) for h in d.headings]


def agreement(d: Document, other: Document) -> float:
    """Share of characters in body paragraphs that are the same in both."""
    ours, theirs = Counter(body(d)), Counter(body(other))
    same = sum(len(p) * n for p, n in (ours & theirs).items())
    return same / max(sum(len(p) * n for p, n in x.items()) for x in (ours, theirs))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return read_document(written(tmp_path_factory.mktemp("plain"), "plan.txt", as_text(PLAN)))


# ---- the same plan in all formats


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("plan.html", as_html(PLAN)),
        ("gbk.htm", as_html(PLAN, "gbk")),
        ("plan.docx", as_docx(PLAN)),
        ("indented.pdf", as_pdf(PLAN)),
        ("spaced.pdf", as_pdf(PLAN, indent=False)),
        ("without-ending", as_html(PLAN)),
        ("wrong-ending.txt", as_pdf(PLAN)),
    ],
)
def test_formats_agree(tmp_path: Path, plain: Document, name: str, data: bytes) -> None:
    d = read_document(written(tmp_path, name, data))
    assert d.title == plain.title == "云汀市产业创新发展规划（2031—2035年）"
    assert sections(d) == sections(plain)
    assert agreement(d, plain) >= 0.98


@pytest.mark.browser
def test_a_page_printed_by_a_browser_agrees(tmp_path: Path, plain: Document) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("there is no Chromium here")
    page = written(tmp_path, "plan.html", "<meta charset=utf-8>" + "".join(f"<p>{html.escape(w)}</p>" for _, w in PLAN))
    out = tmp_path / "plan.pdf"
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--print-to-pdf={out}", page.as_uri()]
    done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    if done.returncode or not out.is_file():
        pytest.skip("Chromium does not print here")
    d = read_document(out)
    assert sections(d) == sections(plain)
    assert agreement(d, plain) >= 0.98


def test_offsets_of_a_plain_file_are_its_own(tmp_path: Path) -> None:
    text = "  甲乙，\r\n\r\n\t丙丁。\r\n"
    d = read_document(written(tmp_path, "a.txt", b"\xef\xbb\xbf" + text.encode()))
    assert d.text == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk"])
def test_encodings_of_plain_files(tmp_path: Path, encoding: str) -> None:
    text = as_text(PLAN)
    assert read_document(written(tmp_path, "a.txt", text.encode(encoding))).text == text


def test_big5(tmp_path: Path) -> None:
    text = "加快推動關鍵核心技術攻關，建設科技創新中心，培育產業集群。\n支持高等院校發展。"
    assert read_document(written(tmp_path, "a.txt", text.encode("big5"))).text == text


# ---- HTML


def page(tmp_path: Path, markup: str) -> Document:
    return read_document(
        written(tmp_path, "a.html", f"<html><head><title>某网</title></head><body>{markup}</body></html>")
    )


def test_blocks_are_lines_and_inline_tags_are_not(tmp_path: Path) -> None:
    d = page(tmp_path, "<div>云汀<b>高新</b>区<p>甲&amp;乙&#x4e2d;&nbsp; 丙</p>丁<br/>戊</div><ul><li>己<li>庚</ul>")
    assert lines(d) == ["云汀高新区", "甲&乙中 丙", "丁", "戊", "己", "庚"]


def test_a_line_end_in_the_source_is_no_space_between_chinese_characters(tmp_path: Path) -> None:
    assert lines(page(tmp_path, "<p>云汀\n   高新区 Park\n Two</p>")) == ["云汀高新区 Park Two"]


def test_what_is_not_read_is_left_out(tmp_path: Path) -> None:
    d = page(
        tmp_path,
        "<script>甲</script><style>乙</style><nav>丙<div>丁</div></nav><button>戊</button><p hidden>己</p>"
        "<div style='display: none'>庚<p>辛</p></div><!-- 壬 --><noscript>癸</noscript><p>正文</p><footer>末</footer>",
    )
    assert d.text == "正文"


def test_a_form_around_the_page_is_read(tmp_path: Path) -> None:
    d = page(
        tmp_path, "<form action='x.aspx'><select><option>栏目</select><div><p>正文一</p><p>正文二</p></div></form>"
    )
    assert lines(d) == ["正文一", "正文二"]


def test_a_page_archive_is_its_page(tmp_path: Path) -> None:
    import quopri

    inner = quopri.encodestring("<html><body><p>云汀市=规划</p></body></html>".encode("gb18030")).decode("ascii")
    head = 'From: <Saved>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype="text/html"; boundary="--x"\r\n\r\n'
    part = "----x\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    path = written(tmp_path, "plan.mht", f"{head}{part}{inner}\r\n----x--\r\n")
    assert read_document(path).text == "云汀市=规划"


def test_unclosed_and_crossed_tags(tmp_path: Path) -> None:
    assert lines(page(tmp_path, "<div><p>甲<b>乙<p>丙</b></div></div></td>丁<h2>戊<p>己")) == [
        "甲乙",
        "丙",
        "丁",
        "戊",
        "己",
    ]


def test_menus_of_links_are_chrome(tmp_path: Path) -> None:
    menu = "".join(f"<li><a href='/{n}'>栏目{n}号</a></li>" for n in range(4))
    d = page(tmp_path, f"<ul>{menu}</ul><h1>云汀市产业规划</h1><h2>一、基础</h2><p>{paragraph(1)}</p><ul>{menu}</ul>")
    assert [d.kind(i)[0] for i in range(1, len(d.paragraphs) + 1)] == list("cccchhbcccc")


def test_headings_by_tag_and_by_bold_type(tmp_path: Path) -> None:
    d = page(
        tmp_path,
        f"<h1>云汀市产业规划</h1><h2>基础</h2><p>{paragraph(1)}</p><p><strong>生物育种</strong></p><p>{paragraph(2)}</p>"
        f"<h2>任务</h2><h3>平台</h3><p>{paragraph(3)}</p>",
    )
    assert d.title == "云汀市产业规划"
    assert d.section_path(5) == ("基础", "生物育种")
    assert d.section_path(8) == ("任务", "平台")


@pytest.mark.parametrize("declared", ["gb2312", "GBK", "utf-8", ""])
def test_a_page_in_gbk_whatever_it_declares(tmp_path: Path, declared: str) -> None:
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">' if declared else ""
    markup = f"<html><head>{meta}</head><body><p>朱镕基指出，加快推进建设。</p></body></html>"
    assert read_document(written(tmp_path, "a.html", markup.encode("gb18030"))).text == "朱镕基指出，加快推进建设。"


def test_a_page_in_utf8_that_declares_gbk(tmp_path: Path) -> None:
    markup = "<html><head><meta charset=gbk></head><body><p>加快推进产业创新发展和平台建设。</p></body></html>"
    assert read_document(written(tmp_path, "a.html", markup)).text == "加快推进产业创新发展和平台建设。"


@pytest.mark.parametrize(
    ("rows", "kinds"),
    [
        # Data: nothing in it is a heading.
        (f"<tr><td>生物育种</td><td>{paragraph(1)}</td></tr><tr><td>量子测控</td><td>{paragraph(2)}</td></tr>", "bbbb"),
        (f"<tr><td><p>生物育种</p></td><td><p>{paragraph(1)}</p></td></tr>", "bb"),
        # A page's layout, and a frame.
        (
            f"<tr><td><p>生物育种</p><p>{paragraph(1)}</p><p>量子测控</p><p>{paragraph(2)}</p></td><td>旁栏</td></tr>",
            "hbhbb",
        ),
        (f"<tr><td>生物育种</td></tr><tr><td>{paragraph(1)}</td></tr>", "hb"),
        (f"<tr><td><table><tr><td>生物育种<td>{paragraph(1)}</table><p>{paragraph(2)}</td></tr>", "bbb"),
    ],
)
def test_tables_of_data_and_of_layout(tmp_path: Path, rows: str, kinds: str) -> None:
    d = page(tmp_path, f"<p>{paragraph(3)}</p><table>{rows}</table><p>{paragraph(4)}</p>")
    assert [d.kind(i)[0] for i in range(2, len(d.paragraphs))] == list(kinds)


def test_a_piece_of_a_page_in_a_text_file(tmp_path: Path) -> None:
    path = written(tmp_path, "a.txt", "<span>云汀市</span><br/><span>规划</span>")
    assert lines(read_document(path)) == ["云汀市", "规划"]
    assert read_document(written(tmp_path, "a.md", "<a id=x></a>\n\n第一行<br>\n")).text.startswith("<a id")


def test_the_page_of_an_archive_is_the_one_with_text(tmp_path: Path) -> None:
    head = 'MIME-Version: 1.0\nContent-Type: multipart/related;\n\tboundary="b"\n\n'
    frame, plan = "<html><script>var a;</script><iframe src=cid:f></iframe>广告</html>", "<html><p>云汀市规划</html>"
    parts = "".join(f"--b\nContent-Type: text/html\n\n{page}\n" for page in (frame, plan, frame))
    assert read_document(written(tmp_path, "a.mht", f"{head}{parts}--b--")).text == "云汀市规划"


@pytest.mark.parametrize("tag", ["button", "select"])
def test_a_control_that_is_not_closed_ends_before_prose(tmp_path: Path, tag: str) -> None:
    d = page(tmp_path, f"<div><{tag}>打印</div><p>{paragraph(1)}</p><p>{paragraph(2)}</p>")
    assert lines(d) == [paragraph(1), paragraph(2)]


@pytest.mark.parametrize(
    "credit", ["新华社记者 张三 摄", "（记者张三 摄）", "张三 摄", "图：新华社", "本报通讯员 李四 摄影报道"]
)
def test_who_took_a_picture_is_no_text_of_the_plan(tmp_path: Path, credit: str) -> None:
    d = page(
        tmp_path, f"<p>{paragraph(1)}</p><p>{credit}</p><p>{paragraph(2)}</p><p>航空影视拍摄</p><p>{paragraph(3)}</p>"
    )
    assert [d.kind(i) for i in (2, 4)].count("chrome") == 1
    assert d.kind(2) == "chrome"


# ---- DOCX


def p(words: str, properties: str = "", run: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t>{words}</w:t></w:r></w:p>"


def test_cells_breaks_tabs_and_text_boxes(tmp_path: Path) -> None:
    table = f"<w:tbl><w:tr><w:tc>{p('指标')}</w:tc><w:tc>{p('数值')}</w:tc></w:tr></w:tbl>"
    box = (
        "<w:p><w:r><w:t>框外</w:t><mc:AlternateContent xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'>"
        f"<mc:Choice><w:txbxContent>{p('框内')}</w:txbxContent></mc:Choice><mc:Fallback>{p('框内')}</mc:Fallback>"
        "</mc:AlternateContent><w:t>之后</w:t></w:r></w:p>"
    )
    split = "<w:p><w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t></w:r></w:p>"
    d = read_document(written(tmp_path, "a.docx", raw_docx(table + box + split)))
    assert lines(d) == ["指标", "数值", "框内", "框外之后", "甲 乙", "丙"]
    assert {d.kind(i) for i in (1, 2)} == {"body"}


def test_hidden_text_is_left_out(tmp_path: Path) -> None:
    hidden = "<w:p><w:r><w:t>云汀</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r><w:r><w:t>规划</w:t></w:r></w:p>"
    assert lines(read_document(written(tmp_path, "a.docx", raw_docx(hidden)))) == ["云汀规划"]


def test_deleted_and_moved_text_is_left_out(tmp_path: Path) -> None:
    moved = "<w:p><w:moveFrom><w:r><w:t>旧处</w:t></w:r></w:moveFrom><w:del><w:r><w:delText>删去</w:delText></w:r></w:del><w:ins><w:r><w:t>新增</w:t></w:r></w:ins></w:p>"
    assert read_document(written(tmp_path, "a.docx", raw_docx(moved))).text == "新增"


def test_text_that_its_style_hides_is_left_out(tmp_path: Path) -> None:
    styles = (
        '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<w:style w:styleId="H"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:styleId="B"><w:basedOn w:val="H"/></w:style>'
        '<w:style w:styleId="S"><w:basedOn w:val="H"/><w:rPr><w:vanish w:val="0"/></w:rPr></w:style></w:styles>'
    )
    xml = (
        p("隐一", '<w:pStyle w:val="H"/>') + p("隐二", '<w:pStyle w:val="B"/>') + p("隐三", run='<w:rStyle w:val="B"/>')
        + p("见一", '<w:pStyle w:val="S"/>') + p("见二", '<w:pStyle w:val="H"/>', '<w:vanish w:val="0"/>')
        + p("见三", run="<w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange>")
    )  # fmt: skip
    assert lines(read_document(written(tmp_path, "a.docx", raw_docx(xml, styles=styles)))) == ["见一", "见二", "见三"]


def test_a_deleted_paragraph_mark_joins(tmp_path: Path) -> None:
    deleted = "<w:rPr><w:del/></w:rPr>"
    table = f"<w:tbl><w:tr><w:tc>{p('格', deleted)}</w:tc><w:tc>{p('子')}</w:tc></w:tr></w:tbl>"
    xml = p("云汀", deleted) + p("市", deleted) + p("规划") + p("表前", deleted) + table + p("末", deleted)
    d = read_document(written(tmp_path, "a.docx", raw_docx(xml)))
    assert lines(d) == ["云汀市规划", "表前", "格", "子", "末"]


RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def related(part: str, *relations: tuple[str, str, str]) -> tuple[str, str]:
    """Name and XML of the relations of ``part``: (id, kind, target) each."""
    folder, _, name = part.rpartition("/")
    each = "".join(f'<Relationship Id="{i}" Type="{RELATIONS}/{kind}" Target="{t}"/>' for i, kind, t in relations)
    xml = f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{each}</Relationships>'
    return f"{folder}/_rels/{name}.rels".lstrip("/"), xml


def package(*parts: tuple[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, words in parts:
            archive.writestr(name, words)
    return out.getvalue()


@pytest.mark.parametrize("slash", ["/", "\\"])
def test_parts_are_found_by_their_relations(tmp_path: Path, slash: str) -> None:
    styles = f'<w:styles {W}><w:style w:styleId="x"><w:name w:val="heading 1"/></w:style></w:styles>'
    body = "".join(p(name, '<w:pStyle w:val="x"/>') + p(paragraph(1)) for name in ("基础", "产业"))
    parts = [
        related("", ("r1", "officeDocument", "word/document2.xml")),
        related("word/document2.xml", ("r1", "styles", "/word/styles2.xml")),
        ("word/document2.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>"),
        ("word/styles2.xml", styles),
    ]
    data = package(*((name.replace("/", slash), xml) for name, xml in parts))
    d = read_document(written(tmp_path, "a.docx", data))
    assert d.section_path(4) == ("产业",)


@pytest.mark.parametrize(
    "chunk",
    ["<p>云汀市</p><p>规划</p>", 'Content-Type: multipart/related; boundary="b"\n\n--b\nContent-Type: text/html\n\n<p>云汀市<p>规划\n--b--'],
)  # fmt: skip
def test_a_page_inside_a_word_file_is_read(tmp_path: Path, chunk: str) -> None:
    body = f'{p("前")}<w:altChunk xmlns:r="{RELATIONS}" r:id="c"/>{p("后")}'
    main = ("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>")
    link = related("word/document.xml", ("c", "aFChunk", "/word/chunk.mht"))
    path = written(tmp_path, "a.docx", package(main, link, ("word/chunk.mht", chunk)))
    assert lines(read_document(path)) == ["前", "云汀市", "规划", "后"]
    with pytest.raises(InputError, match="open it in Word"):
        read_document(written(tmp_path, "b.docx", package(main, link, ("word/chunk.mht", "PK"))))


def test_heading_styles_by_name_outline_and_bold(tmp_path: Path) -> None:
    styles = (
        '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<w:style w:styleId="1"><w:name w:val="heading 1"/></w:style>'
        '<w:style w:styleId="a3"><w:name w:val="章名"/><w:basedOn w:val="1"/></w:style>'
        '<w:style w:styleId="TOC1"><w:name w:val="toc 1"/></w:style></w:styles>'
    )
    xml = (
        p("目录一项", '<w:pStyle w:val="TOC1"/>') + p("基础", '<w:pStyle w:val="a3"/>') + p(paragraph(1))
        + p("平台", '<w:outlineLvl w:val="1"/>') + p(paragraph(2)) + p("量子测控", run="<w:b/>") + p(paragraph(3))
        + p("任务", '<w:pStyle w:val="1"/>') + p(paragraph(4), run='<w:b w:val="0"/>')
    )  # fmt: skip
    d = read_document(written(tmp_path, "a.docx", raw_docx(xml, styles=styles)))
    assert [d.kind(i)[0] for i in range(1, 10)] == list("chbhbhbhb")
    assert d.section_path(7) == ("基础", "平台", "量子测控")
    assert d.section_path(9) == ("任务",)


def test_numbers_that_word_prints(tmp_path: Path) -> None:
    numbering = (
        '<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<w:abstractNum w:abstractNumId="0">'
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="%1、"/></w:lvl>'
        '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%2）"/></w:lvl>'
        '<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="*"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="7"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )

    def item(words: str, level: int) -> str:
        return p(words, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="7"/></w:numPr>')

    xml = item("基础", 0) + item("成就", 1) + p(paragraph(1)) + item("形势", 1) + p(paragraph(2)) + item("任务", 0)
    xml += item("平台", 1) + p(paragraph(3)) + item("圆点", 2)
    d = read_document(written(tmp_path, "a.docx", raw_docx(xml, numbering=numbering)))
    assert [h.title for h in d.headings] == ["一、基础", "（一）成就", "（二）形势", "二、任务", "（一）平台"]
    assert d.section_path(5) == ("一、基础", "（二）形势")
    assert lines(d)[-1] == "圆点"


# ---- PDF


def test_print_furniture_is_left_out(tmp_path: Path) -> None:
    d = read_document(written(tmp_path, "a.pdf", as_pdf(PLAN)))
    assert "公报" not in d.text
    assert not any(line.strip("— ").isdigit() for line in lines(d))


def test_paragraphs_over_a_page_break_are_joined(tmp_path: Path) -> None:
    parts: list[Part] = [("body", paragraph(n)) for n in range(60)]
    d = read_document(written(tmp_path, "a.pdf", as_pdf(parts)))
    assert lines(d) == [words for _, words in parts]


def test_latin_words_over_a_line_break_keep_their_space(tmp_path: Path) -> None:
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    words = "The park relies on Yunting University and works in quantum control. " * 12
    out = io.BytesIO()
    SimpleDocTemplate(out).build([Paragraph(words)])
    assert read_document(written(tmp_path, "a.pdf", out.getvalue())).text == words.strip()


def test_quotation_marks_that_are_drawn_later_stand_in_their_place(tmp_path: Path) -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    path = tmp_path / "a.pdf"
    canvas = Canvas(str(path))
    text = "围绕“云城”、“汀城”双城发展，建设IGBT and GaN平台。"
    for late in (False, True):
        left = 72.0
        for c in text:
            if (c in "“”") is late:
                canvas.setFont("STSong-Light", 12)
                canvas.drawString(left, 700, c)
            left += 12 if c in "“”" else pdfmetrics.stringWidth(c, "STSong-Light", 12)
    canvas.save()
    assert lines(read_document(path)) == [text]


def test_headings_in_another_font_of_the_same_size(tmp_path: Path) -> None:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    for font in ("STSong-Light", "MSung-Light"):
        pdfmetrics.registerFont(UnicodeCIDFont(font))
    body = ParagraphStyle("b", fontName="STSong-Light", fontSize=12, leading=20, firstLineIndent=24, wordWrap="CJK")
    head = ParagraphStyle("h", parent=body, fontName="MSung-Light", firstLineIndent=0)
    large = ParagraphStyle("l", parent=body, fontSize=16, leading=28, firstLineIndent=0)
    told = [
        (large, "产业体系"),
        (head, "生物育种"),
        (body, paragraph(1)),
        (large, "空间布局"),
        (head, "量子测控"),
        (body, paragraph(2)),
    ]
    told += [(large, "保障措施"), (body, paragraph(3))]
    path = tmp_path / "a.pdf"
    SimpleDocTemplate(str(path)).build([Paragraph(words, style) for style, words in told])
    d = read_document(path)
    assert [h.title for h in d.headings] == ["产业体系", "生物育种", "空间布局", "量子测控", "保障措施"]
    assert d.section_path(3) == ("产业体系", "生物育种")


def test_letters_set_apart_are_words(tmp_path: Path) -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    path = tmp_path / "a.pdf"
    canvas = Canvas(str(path))
    text = "云汀市" + "推动产业发展和平台建设，" * 9 + "增长5.53%。"
    drawn = canvas.beginText(72, 700)
    drawn.setFont("STSong-Light", 12)
    drawn.setCharSpace(5)
    drawn.setLeading(20)
    for start in range(0, len(text), 26):
        drawn.textLine(text[start : start + 26])
    canvas.drawText(drawn)
    canvas.save()
    assert lines(read_document(path)) == [text]


def canvas_of(path: Path, width: float = 595, height: float = 842) -> Canvas:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    return Canvas(str(path), pagesize=(width, height))


def draw(canvas: Canvas, text: str, wide: int = 34) -> None:
    """``text`` in full lines, from the top of a page of A4."""
    canvas.setFont("STSong-Light", 12)
    for n, start in enumerate(range(0, len(text), wide)):
        canvas.drawString(90, 700 - 20 * n, text[start : start + wide])


def test_pages_that_are_scans_are_told(tmp_path: Path, cli: Callable[..., subprocess.CompletedProcess[bytes]]) -> None:
    from PIL import Image

    path = tmp_path / "a.pdf"
    canvas = canvas_of(path)
    for number in range(1, 6):
        if number in (2, 4):
            canvas.drawInlineImage(Image.new("L", (4, 4)), 0, 0, 595, 842)
            canvas.drawString(290, 30, str(number))
        elif number != 5:
            draw(canvas, paragraph(number))
        canvas.showPage()
    canvas.save()
    d = read_document(path)
    assert "".join(lines(d)) == paragraph(1) + paragraph(3)
    ((en, zh),) = d.warnings
    assert f"{path}: 2 of 5 pages" in en and ": 2, 4;" in en
    assert "共 5 页" in zh and "第 2, 4 页" in zh
    assert en in cli("extract", path, "-o", tmp_path / "out", "--lang", "en").stderr.decode()


@pytest.mark.parametrize("flat", [True, False])
def test_watermarks_are_left_out(tmp_path: Path, flat: bool) -> None:
    path = tmp_path / "a.pdf"
    canvas = canvas_of(path)
    for number in range(3):
        canvas.setFont("STSong-Light", 40)
        canvas.translate(200, 629)
        canvas.rotate(0 if flat else 45)
        canvas.drawString(0, 0, "注意保存")
        canvas.rotate(0 if flat else -45)
        canvas.translate(-200, -629)
        draw(canvas, paragraph(number))
        canvas.showPage()
    canvas.save()
    assert "".join(lines(read_document(path))) == "".join(paragraph(number) for number in range(3))


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_pages_whose_text_is_turned(tmp_path: Path, turn: int) -> None:
    path = tmp_path / "a.pdf"
    canvas = canvas_of(path, *((842, 595) if turn % 180 else (595, 842)))
    canvas.translate(*{0: (0, 0), 90: (842, 0), 180: (595, 842), 270: (0, 595)}[turn])
    canvas.rotate(turn)
    draw(canvas, paragraph(1))
    canvas.save()
    assert "".join(lines(read_document(path))) == paragraph(1)


def test_the_figures_of_vertical_writing_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    canvas = canvas_of(path)
    canvas.setFont("STSong-Light", 12)
    for n, c in enumerate("云汀市规划到年建成产业基地"):
        canvas.drawString(300, 700 - 12 * n - (30 if n > 5 else 0), c)
        if n == 5:
            canvas.saveState()
            canvas.translate(303, 700 - 12 * n - 6)
            canvas.rotate(-90)
            canvas.drawString(0, 0, "7")
            canvas.restoreState()
    canvas.save()
    assert "7" in read_document(path).text


def test_a_short_pdf_of_one_line(tmp_path: Path) -> None:
    assert read_document(written(tmp_path, "a.pdf", as_pdf([("body", "云汀市规划。")]))).text.endswith("云汀市规划。")


def test_markdown_headings(tmp_path: Path) -> None:
    text = f"# 云汀市产业规划\n\n## 基础\n\n{paragraph(1)}\n\n## 任务\n\n### 一、平台\n\n{paragraph(2)}\n"
    d = read_document(written(tmp_path, "plan.md", text))
    assert d.text == text
    assert d.title == "云汀市产业规划"
    assert d.section_path(6) == ("任务", "一、平台")
    heading = d.headings[0]
    assert d.text[heading.start : heading.end] == heading.title == "基础"
