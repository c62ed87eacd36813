"""Structure of plan texts: paragraphs, kinds, sections, headings that run in, sentences, folding."""

from __future__ import annotations

import csv
import hashlib
import tracemalloc
from pathlib import Path

import pytest

from plangraph.document import Document, fold_traditional, read_document

TEXT = "围绕本市重点产业需求，加快突破关键核心技术，推动创新链产业链深度融合，建设高水平创新平台。"
TRAIN_AND_DEV = [
    "上海市", "内蒙古自治区", "天津市", "宁夏回族自治区", "新疆维吾尔自治区", "江西省", "河北省", "海南省", "湖南省",
    "西藏自治区", "黑龙江省", "云南省", "广西壮族自治区", "浙江省", "甘肃省",
]  # fmt: skip


def document(*lines: str) -> Document:
    return Document.from_text("\n".join(lines))


def kinds(d: Document) -> str:
    """One letter a paragraph: h, b or c."""
    return "".join(d.kind(i)[0] for i in range(1, len(d.paragraphs) + 1))


def paths(d: Document) -> list[str]:
    return [">".join(d.section_path(i)) for i in range(1, len(d.paragraphs) + 1)]


# ---- paragraphs and offsets


def test_paragraphs_are_the_non_blank_lines_with_their_indent() -> None:
    d = Document.from_text("\n  甲\r\n\r\n \u3000 \n乙 \r丙")
    assert [d.text[s:e] for s, e in d.paragraphs] == ["  甲", "乙 ", "丙"]
    assert [d.paragraph_at(d.text.index(c)) for c in "甲乙丙"] == [1, 2, 3]
    assert d.paragraph_at(0) == d.paragraph_at(len(d.text)) == 0
    assert d.paragraphs == [(1, 4), (12, 14), (15, 16)]


def test_line_and_digest() -> None:
    d = Document.from_text("甲\n乙丙")
    assert d.line_of(3) == (2, 2)
    assert d.sha256 == hashlib.sha256("甲\n乙丙".encode()).hexdigest()


def test_a_paragraph_that_is_not_there_is_an_error() -> None:
    with pytest.raises(IndexError):
        document(TEXT).kind(0)
    with pytest.raises(IndexError):
        document(TEXT).section_path(2)


@pytest.mark.parametrize("text", ["", "\n \n", "。", "一、", "（一）", "专栏1", "——", "[1]", "\u3000"])
def test_a_text_of_next_to_nothing_has_next_to_no_structure(text: str) -> None:
    assert Document.from_text(text).headings == ()


# ---- headings by number


def test_numbers_nest_in_their_customary_order() -> None:
    d = document(
        "第一章 基础", "第一节 成就", TEXT, "一、平台", "（一）实验室", "1.量子", TEXT, "（1）测控", TEXT, "（二）中心", TEXT, "第二章 任务", TEXT
    )  # fmt: skip
    assert kinds(d) == "hhbhhhbhbhbhb"
    assert paths(d)[8] == "第一章 基础>第一节 成就>一、平台>（一）实验室>1.量子>（1）测控"
    assert paths(d)[10] == "第一章 基础>第一节 成就>一、平台>（二）中心"
    assert paths(d)[12] == "第二章 任务"


def test_decimal_numbers_nest() -> None:
    d = document("1 总则", "1.1 目的", TEXT, "2 任务", "2.1 平台", "2.1.1 实验室", TEXT, "3 保障", TEXT)
    assert paths(d)[2] == "1 总则>1.1 目的"
    assert paths(d)[6] == "2 任务>2.1 平台>2.1.1 实验室"
    assert paths(d)[8] == "3 保障"


def test_a_headings_own_path_ends_above_it() -> None:
    d = document("一、平台", "（一）实验室", TEXT)
    assert paths(d) == ["", "一、平台", "一、平台>（一）实验室"]


def test_a_numbered_heading_that_runs_in_opens_a_section() -> None:
    d = document("三、任务", "（一）扩大内需，促进消费。" + TEXT, TEXT, "（二）增加投资。" + TEXT)
    assert kinds(d) == "hbbb"
    assert paths(d)[1] == paths(d)[2] == "三、任务>（一）扩大内需，促进消费"
    assert paths(d)[3] == "三、任务>（二）增加投资"
    start, end = d.run_in_heading(2) or (0, 0)
    assert d.text[start:end] == "（一）扩大内需，促进消费。"


def test_items_of_a_list_are_not_headings() -> None:
    d = document(
        "一、保障", "1.加强领导；", "2.加大投入；", "3.严格考核。", TEXT, "1.建设平台", "2.引育人才", "3.开放合作", TEXT
    )
    assert kinds(d) == "hbbbbbbbb"


def test_enumerated_industries_are_not_a_number() -> None:
    assert kinds(document(TEXT, "一、二、三产业协调发展。" + TEXT, "三产增加值提高。" + TEXT)) == "bbb"
    assert document(TEXT, "一、二、三产业协调发展。" + TEXT).headings == ()


def test_a_box_stands_below_what_it_is_printed_under() -> None:
    d = document("一、平台", TEXT, "专栏1 重大平台", "1.量子实验室。开展前沿研究。", "二、人才", TEXT)
    assert paths(d)[3] == "一、平台>专栏1 重大平台>1.量子实验室"
    assert paths(d)[5] == "二、人才"


def test_unnumbered_headings_above_numbers_that_begin_anew() -> None:
    d = document(
        "回顾与基础",
        TEXT,
        "目标与任务",
        TEXT,
        "一、平台",
        TEXT,
        "二、人才",
        TEXT,
        "附件",
        "名词解释",
        "1.中试：指中间试验。",
    )
    assert paths(d)[1] == "回顾与基础"
    assert paths(d)[7] == "目标与任务>二、人才"
    assert paths(d)[10] == "附件>名词解释>1.中试"


def test_unnumbered_headings_below_a_number_that_goes_on() -> None:
    d = document("一、产业", TEXT, "集成电路", TEXT, "生物医药", TEXT, "二、人才", TEXT)
    assert paths(d)[5] == "一、产业>生物医药"
    assert paths(d)[7] == "二、人才"


def test_a_preface_holds_no_chapter() -> None:
    d = document("云汀市科技规划", "前言", TEXT, "第一章 基础", TEXT)
    assert d.title == "云汀市科技规划"
    assert paths(d)[2:] == ["前言", "", "第一章 基础"]


# ---- headings by shape


def test_two_lines_that_say_what_to_do_are_one_heading() -> None:
    d = document(TEXT, "聚焦前沿领域", "推动技术突破", "量子测控", TEXT, "生物育种", TEXT, "打造云汀样板", TEXT)
    assert kinds(d) == "bhhhbhbhb"
    assert paths(d)[4] == "聚焦前沿领域 推动技术突破>量子测控"
    assert paths(d)[6] == "聚焦前沿领域 推动技术突破>生物育种"
    assert paths(d)[8] == "打造云汀样板"
    heading = d.headings[0]
    assert d.text[heading.start : heading.end] == "聚焦前沿领域\n推动技术突破"


def test_a_heading_directly_above_another_is_above_it() -> None:
    d = document(TEXT, "强化战略力量", "加强原始创新", TEXT, "建设研发机构", TEXT, "培育未来产业", "量子测控", TEXT)
    assert paths(d)[5] == "强化战略力量>建设研发机构"
    assert paths(d)[8] == "培育未来产业>量子测控"


def test_a_field_directly_above_what_to_do() -> None:
    prose = "云汀市坚持创新驱动，建设现代化产业体系，推动科技成果转化和产业化，优化营商环境。"
    lines = [prose, "推动平台建设", prose, "生物育种", "量子测控", prose, "氢能", "打造创新高地", prose]
    d = Document.from_text("\n".join(lines))
    assert [(h.level, h.title) for h in d.headings] == [
        (1, "推动平台建设"), (2, "生物育种"), (3, "量子测控"), (3, "氢能"), (1, "打造创新高地"),
    ]  # fmt: skip


def test_fields_listed_together_stand_side_by_side() -> None:
    d = document(
        "重点发展生物医药、海洋装备、低空经济等三个领域，形成新的增长点和产业竞争优势。", "聚焦前沿领域", "生物医药", TEXT, "创新药物", TEXT,
        "海洋装备", TEXT, "深潜器", TEXT, "低空经济", TEXT,
    )  # fmt: skip
    assert paths(d)[5] == "聚焦前沿领域>生物医药>创新药物"
    assert paths(d)[7] == "聚焦前沿领域>海洋装备"
    assert paths(d)[9] == "聚焦前沿领域>海洋装备>深潜器"
    assert paths(d)[11] == "聚焦前沿领域>低空经济"


def test_sentences_alone_on_their_line_head_the_paragraphs_between_them() -> None:
    d = document(
        "一、任务", "大力提振消费。", TEXT + TEXT, "扩大有效投资。", TEXT + TEXT, "要做好以下工作。", "二、保障", TEXT
    )
    assert kinds(d) == "hhbhbbhb"
    assert paths(d)[4] == "一、任务>扩大有效投资"


def test_long_runs_of_short_lines_are_a_list() -> None:
    d = document(TEXT, "云汀隧道", "白鹭大桥", "松浦水库", "临溪电站", "霁川机场", TEXT)
    assert kinds(d) == "b" * 7


def test_an_addition_in_brackets_is_not_a_heading() -> None:
    d = document(TEXT, "信息系统", "〔先进计算〕", TEXT)
    assert kinds(d) == "bhbb"
    assert paths(d)[3] == "信息系统"


def test_a_bracket_torn_off_its_number_is_given_back() -> None:
    d = document("一、任务", TEXT, "（一）产业", TEXT, "（", "二）改革", TEXT)
    assert kinds(d) == "hbhbhhb"
    assert paths(d)[6] == "一、任务>（二）改革"


# ---- page chrome, titles, contents

HEAD = ["当前位置：", "首页", ">", "政务要闻", "下载", "打印", "【字号：", "大", "中", "小", "】"]
FOOT = [
    "【打印】【关闭】",
    "责任编辑：某某",
    "相关报道：",
    "某市召开会议",
    "版权所有 云汀市人民政府 未经许可不得转载。",
]


def test_chrome_around_the_plan() -> None:
    body = ["云汀市产业规划", "来源：云汀日报", "2031-02-03 09:00:00", "一、基础", TEXT, "二、任务", TEXT]
    d = document(*HEAD, *body, *FOOT)
    assert kinds(d) == "c" * 11 + "hcchbhb" + "c" * 5
    assert d.title == "云汀市产业规划"
    assert paths(d)[17] == "二、任务"
    assert set(paths(d)[18:]) == {""}


def test_chrome_between_paragraphs_hides_nothing() -> None:
    clean = document("一、基础", TEXT, "聚焦前沿领域", "推动技术突破", "量子测控", TEXT, "二、任务", TEXT)
    noisy = document(
        "一、基础",
        "下载",
        TEXT,
        "聚焦前沿领域",
        "打印",
        "推动技术突破",
        "量子测控",
        "分享到微信",
        TEXT,
        "- 3 -",
        "二、任务",
        TEXT,
    )
    assert kinds(noisy) == "hcbhchhcbchb"
    assert [(h.title, h.level) for h in noisy.headings] == [(h.title, h.level) for h in clean.headings]


def test_prose_about_pages_is_not_chrome() -> None:
    d = document(
        "一、服务", "打印、下载等服务事项全部上网办理，首页设专区。", "主办单位要落实责任，来源可查。", "二、人才", TEXT
    )
    assert "c" not in kinds(d)


def test_a_speech_has_no_heading_before_its_salutation() -> None:
    d = document(
        "2031年云汀市政府工作报告",
        "——2031年2月3日在云汀市第九届人民代表大会第一次会议上",
        "云汀市市长 章 某",
        "章某作报告。本报记者 某某摄",
        "各位代表：",
        TEXT,
        "一、回顾",
        TEXT,
    )
    assert kinds(d) == "hbbcbbhb"
    assert d.title == "2031年云汀市政府工作报告"


def test_the_plan_that_a_notice_issues_gives_the_title() -> None:
    d = document(
        "云汀市人民政府关于印发", "云汀市科技规划的通知", "云政发〔2031〕8号", "各县（市、区）人民政府，市政府各部门：", "现将规划印发给你们，请认真组织实施。",
        "云汀市人民政府", "2031年2月3日", "云汀市科技规划", "第一章 基础", TEXT,
    )  # fmt: skip
    assert d.title == "云汀市科技规划"
    assert paths(d)[9] == "第一章 基础"


@pytest.mark.parametrize("entry", ["{}", "{}........3", "{}……………3"])
def test_a_table_of_contents_is_chrome(entry: str) -> None:
    listed = [entry.format(t) for t in ("第一章 基础", "第二章 任务", "第一节 平台")]
    d = document("云汀市规划", "目  录", *listed, "第一章 基础", TEXT, "第二章 任务", TEXT, "第一节 平台", TEXT)
    assert kinds(d) == "hcccchbhbhb"


def test_english_and_tables_have_paragraphs_and_no_headings() -> None:
    english = document("Plan of Yunting", "The park relies on Yunting University. It focuses on quantum control.")
    table = document("指标", "2025年", "2030年", "研发投入", "2.1%", "3.0%")
    assert kinds(english) == "bb"
    assert kinds(table) == "bbbbbb"


# ---- headings that run in


def run_ins(d: Document) -> list[str]:
    found = [d.run_in_heading(i) for i in range(1, len(d.paragraphs) + 1)]
    return [d.text[span[0] : span[1]] if span else "" for span in found]


def test_run_in_headings() -> None:
    d = document(
        "三、任务", "更大力度提振消费。" + TEXT, "加力扩大有效投资。" + TEXT, "今年是开局之年。" + TEXT, "一是坚持创新驱动。" + TEXT,
        "——新材料。" + TEXT, "  （一）优化布局。" + TEXT, TEXT,
    )  # fmt: skip
    assert run_ins(d) == [
        "",
        "更大力度提振消费。",
        "加力扩大有效投资。",
        "",
        "一是坚持创新驱动。",
        "——新材料。",
        "（一）优化布局。",
        "",
    ]


def test_a_lone_first_sentence_is_not_a_heading() -> None:
    assert run_ins(document("三、任务", "加力扩大有效投资。" + TEXT, TEXT + TEXT)) == ["", "", ""]


# ---- sentences and clauses


def test_sentences_keep_quotes_and_brackets_together() -> None:
    text = "会议要求：“要加快发展。”全市落实“聚焦；强化”部署。（一；二。）还有！末句\u3000"
    d = document(text)
    assert [d.text[s:e] for s, e in d.sentences(1)] == [
        "会议要求：“要加快发展。”", "全市落实“聚焦；强化”部署。", "（一；二。）还有！", "末句",
    ]  # fmt: skip


def test_an_unclosed_quote_does_not_swallow_the_text() -> None:
    d = document("未闭合“引号。然后；结束。")
    assert [d.text[s:e] for s, e in d.sentences(1)] == ["未闭合“引号。", "然后；", "结束。"]


def test_clauses() -> None:
    d = document("聚焦A，发展集成电路、（晶圆、封测）装备：投资3,000亿元;比例2：1")
    assert [d.text[s:e] for s, e in d.clauses(0, len(d.text))] == [
        "聚焦A", "发展集成电路", "（晶圆、封测）装备", "投资3,000亿元", "比例2：1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["中" * 2_000_000, "“" * 500_000, "“（《中" * 300_000, "。" * 1_000_000, " " * 3_000_000 + "中"]
)
def test_texts_without_end_are_read_to_their_end(text: str) -> None:
    d = Document.from_text(text)
    assert d.headings == ()
    assert d.sentences(1)[-1][1] == len(text)
    list(d.clauses(0, len(text)))


# ---- folding


def test_folding_keeps_every_offset() -> None:
    text = "濱海高新區著力發展積體電路、乾細胞，⽣產⻓鏈"
    folded = fold_traditional(text)
    assert folded == "滨海高新区著力发展积体电路、乾细胞，生产长链"
    assert len(folded) == len(text)
    assert fold_traditional(folded) == folded


def test_structure_of_traditional_text_is_quoted_as_printed() -> None:
    d = document(TEXT, "強化戰略力量", "加強原始創新", TEXT, "附註：無", "附件", TEXT)
    assert d.headings[0].title == "強化戰略力量"
    assert d.section_path(4) == ("強化戰略力量", "加強原始創新")


# ---- the plans' own texts


def test_sections_of_the_bundled_graph_are_those_of_its_text(plans_dir: Path, checkout: Path) -> None:
    d = read_document(plans_dir / "tianjin-145.txt")
    with (checkout / "graph" / "tianjin-145" / "statements.csv").open(encoding="utf-8") as file:
        stated = {(int(row["paragraph"]), row["section"]) for row in csv.DictReader(file)}
    assert len({section for _, section in stated}) > 20
    assert {(n, " > ".join(d.section_path(n))) for n, _ in stated} == stated


@pytest.mark.parametrize("province", TRAIN_AND_DEV)
def test_reports_have_their_title_and_chapters_and_no_chrome_inside(plans_dir: Path, province: str) -> None:
    path = plans_dir / "reports-2026" / f"{province}.txt"
    if not path.is_file():
        pytest.skip("this province's report is not here")
    d = read_document(path)
    assert d.title.endswith("政府工作报告")
    outermost = [h for h in d.headings if h.level == 1]
    assert 3 <= len(outermost) <= 6
    assert not any(h.title.startswith(("（", "1.")) for h in outermost)
    inside = kinds(d)[outermost[0].paragraph - 1 : outermost[-1].paragraph]
    assert "c" not in inside
    assert d.kind(len(d.paragraphs)) == ("body" if province == "海南省" else "chrome")
    long = [i for i in range(1, len(d.paragraphs) + 1) if d.paragraphs[i - 1][1] - d.paragraphs[i - 1][0] > 70]
    assert {d.kind(i) for i in long} == {"body"}


# ---- size


def test_memory_stays_flat() -> None:
    line = "（一）推动产业发展。" + TEXT * 4 + "\n"
    text = line * (7_000_000 // len(line))
    tracemalloc.start()
    try:
        d = Document.from_text(text)
        assert len(d.headings) == len(d.paragraphs)
        for i in range(1, len(d.paragraphs), 50):
            d.sentences(i)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * len(text)
