"""The stream that extraction reads: the same for every format, and every character leads back to the original."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plangraph.check import _text_faults
from plangraph.document import Document, fold_print, read_document, read_flow
from plangraph.document.wrapped import line_groups
from plangraph.errors import InputError
from plangraph.extract import propose
from plangraph.extract.writing import write_proposal
from plangraph.folder import read_folder
from tests.document import copies
from tests.document.invented import as_text, invented_plan

PLAN = as_text(invented_plan())
#: A text in which something is found, and which is long enough to be wrapped.
TOLD = (
    "苏州市科技创新规划\n一、生物医药\n"
    "加快突破抗体药物、核酸药物等关键技术，支持苏州大学与苏州工业园区共建联合实验室，推动创新药物研发，建设一批中试平台和检测平台。\n"
    "依托苏州工业园区，重点发展集成电路、人工智能产业，建设国家级新区和高水平创新平台，打造具有国际竞争力的产业集群和创新生态。\n"
    "二、保障措施\n优化营商环境，提升服务水平，完善检验检测、标准认证、知识产权等公共服务，健全风险分担机制，引导社会资本参与项目建设。\n"
)
noise = st.sampled_from(
    [
        "\u200b",
        "\ufeff",
        "\u3000",
        " ",
        "  ",
        "\n",
        "\r\n",
        "\t",
        "濱海",
        "高新區",
        "一、",
        "— 3 —",
        "，",
        "。",
        "氢能",
        "研究",
        "AI",
    ]
)


@given(st.lists(st.one_of(noise, st.text(max_size=6)), max_size=60).map("".join))
@settings(max_examples=300, deadline=None)
def test_every_character_leads_back(text: str) -> None:
    document = Document.from_text(text)
    flow = read_flow(document)
    assert len(flow.document.text) == len(flow.printed.text)
    assert flow.document.paragraphs == flow.printed.paragraphs
    assert flow.document.text == fold_print(flow.printed.text)
    places = [flow.place(i) for i in range(len(flow.document.text))]
    assert places == sorted(places)
    assert [flow.offset(p) for p in places] == list(range(len(places)))
    for i, c in enumerate(flow.printed.text):
        assert c == text[places[i]] or (c in " \n" and not text[places[i]].isprintable()) or text[places[i]].isspace()
    for i, (start, end) in enumerate(flow.document.paragraphs, 1):
        assert flow.document.text[start:end].strip() and flow.document.paragraph_at(start) == i


def test_a_clean_text_is_its_own_stream() -> None:
    document = Document.from_text(PLAN)
    flow = read_flow(document)
    assert flow.document is document and flow.place(7) == 7


def test_white_space_and_what_is_not_seen_is_gone() -> None:
    document = Document.from_text("\u3000\u3000云\u200b汀市  规划\u00a0 \r\n\r\n\t量子 测控\ufeff\r\n")
    flow = read_flow(document)
    assert flow.document.text == "云汀市 规划\n量子 测控"
    assert [document.text[flow.place(i)] for i in (0, 1, 2)] == ["云", "汀", "市"]
    assert document.text[slice(*flow.span(0, 2))] == "云\u200b汀"


def test_widths_and_blanks_around_letters_are_those_of_chinese_print() -> None:
    document = Document.from_text(
        '云汀市大力发展 ５Ｇ 网络(含 6G),产值1,000亿元,建成"云谷"、AI 平台;10:30开工\n1 总则\n'
    )
    flow = read_flow(document)
    assert flow.document.text == "云汀市大力发展5G网络（含6G），产值1,000亿元，建成“云谷”、AI平台；10:30开工\n1 总则"
    assert flow.printed.text.startswith("云汀市大力发展５Ｇ网络(含6G),")
    assert document.text[slice(*flow.span(7, 11))] == "５Ｇ 网络"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("建设 ， 发展 （一批） 平台 。 做强", "建设，发展（一批）平台。做强"),
        ("人 工 智 能 产 业 集 群", "人工智能产业集群"),
        ("组长 张三 李四", "组长 张三 李四"),
        ("打造「云谷」和『汀谷』", "打造“云谷”和‘汀谷’"),
        ("发展氢能､储能｡建设平台.做强产业.", "发展氢能、储能。建设平台。做强产业。"),
        ("**做强氢能**，3.5%", "做强氢能，3.5%"),
        ("甲\x0b乙\u2028丙\x85丁", "甲\n乙\n丙\n丁"),
        ("2026 年，第 3 章 总则", "2026年，第3章 总则"),
    ],
)
def test_print_alone_changes_nothing(text: str, read: str) -> None:
    assert read_flow(Document.from_text(text)).document.text == read


@pytest.mark.parametrize("name", ["wrapped", "indented", "pages"])
def test_broken_lines_are_whole_again(name: str) -> None:
    document = Document.from_text(PLAN)
    broken = Document.from_text(copies.COPIES[name](document)[1].decode("utf-8-sig"))
    stream = read_flow(broken).document.text
    assert stream.removesuffix("\n某市人民政府公报") == document.text


@pytest.mark.parametrize("name", ["indented", "outdented"])
def test_a_hundred_thousand_broken_lines_are_whole_again(name: str) -> None:
    document = Document.from_text(PLAN)
    broken = copies.COPIES[name](document)[1].decode() + "\n"
    times = 100_000 // broken.count("\n") + 1
    stream = read_flow(Document.from_text(broken * times)).document
    assert len(stream.paragraphs) == times * len(document.paragraphs)


@pytest.mark.parametrize(
    "text",
    [
        PLAN,
        "\n".join(f"第{n}研究所" for n in range(30)),
        "\n".join(f"云汀市第{n % 10}精密机床与智能传感重点实验室" for n in range(30)),
        "\n".join(
            f"{f}指标达到{n}" + "。" * (n % 2) for n, f in enumerate(["研发", "产业规模", "营业收入", "就业"] * 9)
        ),
        "一、总体要求\n二、主要任务\n三、保障措施\n四、组织实施",
    ],
)
def test_lines_that_nobody_broke_stay(text: str) -> None:
    document = Document.from_text(text)
    assert line_groups(document.text, document.paragraphs, document.marks) == list(range(len(document.paragraphs)))


def test_a_paragraph_without_end_is_told() -> None:
    with pytest.raises(InputError, match="paragraph 2 has 1,000,001 characters"):
        read_flow(Document.from_text("甲\n" + "研" * 1_000_001))


def test_a_paragraph_of_no_plan_is_told_with_its_file(tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    path.write_text("研" * 1_000_001, encoding="utf-8")
    with pytest.raises(InputError, match="plan\\.txt: paragraph 1 "):
        read_flow(read_document(path))


def test_long_paragraphs_without_a_chinese_character_are_left_out() -> None:
    assert read_flow(Document.from_text("云汀\n" + "a " * 500 + "\nA1\n")).document.text == "云汀\nA1"
    assert read_flow(Document.from_text("a " * 500)).document.text == ""
    assert propose(Document.from_text("a " * 500), "x").entities == ()


def test_english_lines_are_joined_with_blanks() -> None:
    words = "The city will support research on hydrogen energy and build laboratories together with its universities"
    document = Document.from_text("\n\n".join(textwrap.fill(words, 40) for _ in range(4)))
    assert read_flow(document).document.text == "\n".join([words] * 4)


@pytest.mark.parametrize("name", [n for n in copies.COPIES if copies.COPIES[n](Document.from_text(PLAN))[0] == "txt"])
def test_quotes_are_as_printed_and_verify(name: str, tmp_path: Path) -> None:
    path = tmp_path / "copy.txt"
    path.write_bytes(copies.COPIES[name](Document.from_text(TOLD))[1])
    document = read_document(path)
    found = propose(document, "told", "苏州市")
    assert found.statements
    write_proposal(found, document, tmp_path / "told", "told", "苏州市")
    folder = read_folder(tmp_path / "told")
    assert list(_text_faults(folder, document)) == []
    assert all(len(e.quote) <= 24 for s in folder.statements for e in s.evidence)


def test_traditional_names_are_kept_with_their_simplified_form() -> None:
    plain = propose(Document.from_text(TOLD), "told", "苏州市")
    document = Document.from_text(copies.traditional(Document.from_text(TOLD)).decode())
    found = propose(document, "told", "苏州市")
    assert [e.id for e in found.entities] == [e.id for e in plain.entities]
    park = next(e for e in found.entities if "苏州工业园区" in e.aliases)
    assert park.label_zh in document.text and fold_print(park.label_zh) == "苏州工业园区"
