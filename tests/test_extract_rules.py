"""Rules, places before names, short names, and what the classifier over pairs looks at: each on a sentence of its own."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from plangraph.document import Document
from plangraph.extract import propose
from plangraph.extract.candidates import find_candidates, separate
from plangraph.extract.corrections import fill_lists, parts, split_place, told_by_head
from plangraph.extract.features import buckets
from plangraph.extract.lexicon import LISTS, divisions, load_lexicon, other_names, short_divisions, short_form
from plangraph.extract.names import Named, clean, division_code, group, narrower_class, to_entities
from plangraph.extract.pair_model import NONE, load_pair_model
from plangraph.extract.pairs import FARTHEST, Mention, Pair, candidate_pairs
from plangraph.extract.quotes import shortest_quote
from plangraph.extract.rules import apply_rules, short_names
from plangraph.extract.tagger import Span


def mentions(text: str, **names: str) -> list[Mention]:
    """Every place of each name in ``text``; names are given as kind="name|name"."""
    found = [
        Mention(m.start(), m.end(), kind)
        for kind, words in names.items()
        for word in words.split("|")
        for m in re.finditer(re.escape(word), text)
    ]
    return sorted(found, key=lambda m: m.start)


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        (
            "支持云汀高新区打造区域科技创新策源地。",
            {"Park": "云汀高新区"},
            [("aim", "云汀高新区", "区域科技创新策源地")],
        ),
        ("加快建设开放通道，打造内陆开放高地。", {}, [("aim", "", "内陆开放高地")]),
        ("推动绿色石化打造世界级产业基地。", {"Domain": "绿色石化"}, [("aim", "绿色石化", "世界级产业基地")]),
        ("发展航空货运，打造开放新高地。", {"Domain": "航空货运"}, [("aim", "", "开放新高地")]),
        ("打造一批乡村旅游目的地。", {}, []),
        ("打造云汀科创走廊。", {"Park": "云汀科创走廊"}, []),
        ("打造开放的格局。", {}, []),
        (
            "云汀实验室对标远山实验室。",
            {"Institution": "云汀实验室|远山实验室"},
            [("benchmark", "云汀实验室", "远山实验室")],
        ),
        ("对标一流水平。", {"Institution": "云汀实验室"}, []),
        ("支持云汀远山产业园建设。", {"District": "云汀", "Park": "远山产业园"}, [("place", "远山产业园", "云汀")]),
        ("支持云汀、远山产业园建设。", {"District": "云汀", "Park": "远山产业园"}, []),
        ("深化与云汀市合作。", {"District": "云汀市"}, [("partner", "", "云汀市")]),
        ("远山大学与云汀市合作。", {"District": "云汀市", "Institution": "远山大学"}, []),
        (
            "深化与云汀市、远山市合作。",
            {"District": "云汀市|远山市"},
            [("partner", "", "云汀市"), ("partner", "", "远山市")],
        ),
        ("深化与云汀市合作，支持远山市发展。", {"District": "云汀市|远山市"}, [("partner", "", "云汀市")]),
        ("服务远山市，深化与云汀市对接。", {"District": "云汀市|远山市"}, [("partner", "", "云汀市")]),
        ("推动远山市与云汀市对接。", {"District": "云汀市|远山市"}, []),
        (
            "发展云织、山染和纸艺等轻纺产业。",
            {"Domain": "云织|山染|纸艺|轻纺产业"},
            [("listed", "纸艺", "轻纺产业"), ("listed", "山染", "轻纺产业"), ("listed", "云织", "轻纺产业")],
        ),
        ("支持云汀氢能做强。", {"District": "云汀", "Domain": "氢能"}, [("owner", "云汀", "氢能")]),
        (
            "扩产云汀集团电解槽。",
            {"Institution": "云汀集团", "Technology": "电解槽"},
            [("owner", "云汀集团", "电解槽")],
        ),
        ("支持云汀做强氢能。", {"District": "云汀", "Domain": "氢能"}, []),
        ("发展云织、山染，壮大轻纺产业。", {"Domain": "云织|山染|轻纺产业"}, []),
        (
            "研制云织机等两大重点轻纺产业。",
            {"Domain": "轻纺产业", "Technology": "云织机"},
            [("listed", "轻纺产业", "云织机")],
        ),
        (
            "轻纺产业围绕云织、山染，壮大纸艺。",
            {"Domain": "轻纺产业|云织|山染|纸艺"},
            [("listed", "云织", "轻纺产业"), ("listed", "山染", "轻纺产业")],
        ),
    ],
)
def test_rules(text: str, names: dict[str, str], expected: list[tuple[str, str, str]]) -> None:
    found = apply_rules(Document.from_text(text), mentions(text, **names))
    told = [
        (f.rule, text[f.subject.start : f.subject.end] if f.subject else "", text[f.object.start : f.object.end])
        for f in found
    ]
    assert told == expected


def test_the_quote_of_a_long_list_ends_with_the_field_that_its_items_belong_to() -> None:
    text = "做强知识产权、检验检测、工业设计、科技服务、法律会计、人力资源等生产性服务业。"
    named = mentions(text, Domain="知识产权|检验检测|工业设计|科技服务|法律会计|人力资源|生产性服务业")
    quotes = {
        text[f.subject.start : f.subject.end]: text[f.cue : f.object.end]
        for f in apply_rules(Document.from_text(text), named)
        if f.subject
    }
    assert quotes["知识产权"] == quotes["科技服务"] == "科技服务、法律会计、人力资源等生产性服务业"
    assert quotes["人力资源"] == "人力资源等生产性服务业"


def test_a_name_with_a_subject_right_before_it_is_not_the_plans_own() -> None:
    text = "海南省发展规划\n\n推动三亚海洋旅游做强。加快发展深海科技。\n"
    found = propose(Document.from_text(text), "x", "海南省发展规划")
    names = {e.id: e.label_zh for e in found.entities}
    told = {(names[s.subject], s.predicate, names[s.object]) for s in found.statements}
    assert ("三亚", "focusesOn", "海洋旅游") in told and ("海南省", "focusesOn", "海洋旅游") not in told


def test_an_aim_is_proposed_with_its_rule_and_quote() -> None:
    text = "海南省发展规划\n\n全省坚持开放，着力打造面向两洋的开放门户。\n"
    found = propose(Document.from_text(text), "x", "海南省发展规划")
    names = {e.id: (e.label_zh, e.type) for e in found.entities}
    (aim,) = [s for s in found.statements if s.predicate == "aimsAt"]
    assert names[aim.subject] == ("海南省", "Province") and names[aim.object] == ("面向两洋的开放门户", "Goal")
    (evidence,) = aim.evidence
    assert evidence.method == "rule:aim" and evidence.quote == "着力打造面向两洋的开放门户"


@pytest.mark.parametrize(
    ("name", "kind", "parts"),
    [
        ("绍兴芯光半导体芯片", "Technology", ["绍兴", "芯光半导体芯片"]),
        ("杭州云汀", "Institution", ["杭州", "云汀"]),
        ("杭州大学", "Institution", ["杭州大学"]),
        ("杭州高新区", "Park", ["杭州高新区"]),
        ("杭州云汀遗址", "Park", ["杭州", "云汀遗址"]),
        ("仙居云汀古港", "Park", ["仙居", "云汀古港"]),
        ("杭州古港", "Park", ["杭州古港"]),
        ("云汀半导体", "Institution", ["云汀半导体"]),
    ],
)
def test_a_place_before_a_name_is_a_name_of_its_own(name: str, kind: str, parts: list[str]) -> None:
    found = split_place(name, Mention(0, len(name), kind))
    assert [name[m.start : m.end] for m in found] == parts
    assert found[-1].type == kind and all(m.type == "District" for m in found[:-1])


@pytest.mark.parametrize(
    ("name", "kind", "names"),
    [
        ("恒瑞创新药", "Institution", [("恒瑞", "Institution"), ("创新药", "Technology")]),
        ("玉柴甲醇发动机", "Technology", [("玉柴", "Institution"), ("甲醇发动机", "Technology")]),
        (
            "绍兴玉柴甲醇发动机",
            "Technology",
            [("绍兴", "District"), ("玉柴", "Institution"), ("甲醇发动机", "Technology")],
        ),
        ("恒瑞智能制造", "Institution", [("恒瑞", "Institution"), ("智能制造", "Domain")]),
        ("恒瑞医药", "Institution", [("恒瑞医药", "Institution")]),
        ("阿里巴巴华东总部", "Institution", [("阿里巴巴华东总部", "Institution")]),
        ("新材料及木材加工", "Domain", [("新材料", "Domain"), ("木材加工", "Domain")]),
        ("云汀及木材加工", "Domain", [("云汀及木材加工", "Domain")]),
        ("云汀银行吸收合并远山银行", "Institution", [("云汀银行", "Institution"), ("远山银行", "Institution")]),
        ("云汀实验室获批", "Institution", [("云汀实验室", "Institution")]),
        ("云汀遗址获评远山遗址公园", "Park", [("云汀遗址", "Park")]),
    ],
)
def test_a_stretch_of_several_names_is_parted(name: str, kind: str, names: list[tuple[str, str]]) -> None:
    text = f"推进{name}。"
    found = parts(text, Mention(2, 2 + len(name), kind))
    assert [(text[m.start : m.end], m.type) for m in found] == names


def test_a_heading_is_one_field() -> None:
    (field,) = parts("新材料及木材加工\n", Mention(0, 8, "Domain"))
    assert (field.start, field.end) == (0, 8)


def test_a_field_in_the_name_of_a_body_is_the_body() -> None:
    text = "建设国家绿色石化技术创新中心。"
    (body,) = parts(text, *mentions(text, Domain="绿色石化"))
    assert (text[body.start : body.end], body.type) == ("国家绿色石化技术创新中心", "Institution")


def test_a_body_takes_in_the_region_that_it_is_for() -> None:
    text = "支持长三角先进制造业创新中心建设。"
    (body,) = parts(text, *mentions(text, Domain="先进制造业"))
    assert (text[body.start : body.end], body.type) == ("长三角先进制造业创新中心", "Institution")


def test_of_stretches_that_overlap_the_likeliest_are_names() -> None:
    wide, left, right = Mention(0, 6, "Domain", 0.5), Mention(0, 3, "District", 0.6), Mention(3, 6, "Domain", 0.4)
    assert separate([wide, left, right]) == [left, right]
    assert separate([replace(wide, probability=0.7), left, right]) == [replace(wide, probability=0.7)]


def test_candidates_are_told_apart_by_list_rival_and_recurrence() -> None:
    text = "发展云织、山染、轻纺。云织兴旺。"

    class Told:
        def spans(self, text: str) -> list[Span]:
            told = {"云织": 0.9, "织、山染": 0.1, "山染": 0.4, "轻纺": 0.8}
            return [Span(m.start(), m.end(), "Domain", p) for name, p in told.items() for m in re.finditer(name, text)]

    found = {
        (text[c.mention.start : c.mention.end], c.mention.start): set(c.features)
        for c in find_candidates(text, [Told()])
    }
    assert {"Domain|Nj、Domain4p4", "Domain|rwideDomain", "Domain|s2:6"} <= found["山染", 5]
    assert "Domain|e6" in found["云织", 2] and "Domain|e-" in found["轻纺", 8]


@pytest.mark.parametrize(
    ("name", "kind", "kept"),
    [
        ("六大未来产业", "Domain", "未来产业"),
        ("100兆瓦级压缩空气储能", "Technology", "压缩空气储能"),
        ("和林格尔新区", "Park", "和林格尔新区"),
        ("和氢能", "Domain", "氢能"),
        ("5G专网", "Technology", "5G专网"),
    ],
)
def test_measures_and_joining_words_are_no_part_of_a_name(name: str, kind: str, kept: str) -> None:
    m = clean(name, Mention(0, len(name), kind))
    assert m is not None and name[m.start : m.end] == kept


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("发展云织、山染、轻纺。", ["云织", "山染", "轻纺"]),
        ("发展云织、轻纺、山染等。", ["云织", "轻纺", "山染"]),
        ("发展云织、加快推进山区群众的染业、轻纺。", ["云织", "轻纺"]),
        ("发展云织，山染，轻纺。", ["云织", "轻纺"]),
    ],
)
def test_an_item_of_a_list_of_fields_is_a_field(text: str, fields: list[str]) -> None:
    found = fill_lists(text, mentions(text, Domain="云织|轻纺"))
    assert [text[m.start : m.end] for m in found] == fields


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("发展云织、山染等新兴产业。", "Domain"),
        ("发展云织和山染等领域。", "Domain"),
        ("突破云织、山染等关键技术。", "Technology"),
        ("研制云织、山染等高端装备。", "Technology"),
    ],
)
def test_what_a_list_is_called_tells_the_class_of_its_members(text: str, kind: str) -> None:
    for given in ("Domain", "Technology"):
        unsure = [replace(m, probability=0.6) for m in mentions(text, **{given: "云织|山染"})]
        assert [m.type for m in told_by_head(text, unsure)] == [kind, kind]


@pytest.mark.parametrize("text", ["发展云织、山染等产业链。", "发展云织，山染等产业。"])
def test_it_tells_nothing_of_what_is_no_member(text: str) -> None:
    (first, _) = mentions(text, Technology="云织|山染")
    assert told_by_head(text, [replace(first, probability=0.6)])[0].type == "Technology"


def test_a_sure_class_stands_whatever_the_list_is_called() -> None:
    text = "运用云织等新技术。"
    assert [m.type for m in told_by_head(text, mentions(text, Domain="云织"))] == ["Domain"]


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("举办云织大会。", "Domain", "云织"),
        ("开展云织普查。", "Domain", "云织"),
        ("新增云织单项冠军5家。", "Domain", "云织"),
        ("治理云汀河。", "District", "云汀"),
        ("云汀至远山铁路开工。", "District", "云汀"),
        ("云汀国际马拉松开跑。", "District", "云汀"),
        ("建设中国云谷。", "District", "中国"),
        ("扩建云汀机场。", "Park", "云汀机场"),
        ("改造云汀灌区。", "Park", "云汀灌区"),
        ("整治云汀段。", "Park", "云汀段"),
        ("建设自贸试验区。", "Park", "自贸试验区"),
    ],
)
def test_what_looks_like_a_name_and_is_none(text: str, kind: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plangraph.extract.find_names", lambda t: mentions(t, **{kind: name}))
    assert not propose(Document.from_text(text), "x", place="").entities


@pytest.mark.parametrize(("text", "kind", "name"), [("发展云织。", "Domain", "云织"), ("支持云汀。", "District", "云汀"), ("扩建云汀生物岛。", "Park", "云汀生物岛")])  # fmt: skip
def test_the_same_names_elsewhere_are_names(text: str, kind: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plangraph.extract.find_names", lambda t: mentions(t, **{kind: name}))
    assert [e.label_zh for e in propose(Document.from_text(text), "x", place="").entities] == [name]


def test_a_place_before_another_that_begins_with_river_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "云汀河西走廊。"
    monkeypatch.setattr("plangraph.extract.find_names", lambda t: mentions(t, District="云汀|河西走廊"))
    proposal = propose(Document.from_text(text), "x", place="")
    assert [e.label_zh for e in proposal.entities] == ["云汀", "河西走廊"]


@pytest.mark.parametrize(("broad", "nests"), [("县域经济", False), ("海洋经济", True)])
def test_an_economy_of_places_is_no_broader_field(broad: str, nests: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless the text says so of a list."""
    names = f"{broad}|食品加工|冷链物流"
    monkeypatch.setattr("plangraph.extract.find_names", lambda t: mentions(t, Domain=names))

    def nested(text: str) -> bool:
        return any(
            s.predicate == "subDomainOf" for s in propose(Document.from_text(text), "x", place="浙江省").statements
        )

    assert nested(f"大力发展{broad}，壮大食品加工、冷链物流等产业。") == nests
    assert nested(f"发展食品加工、冷链物流等{broad}。")


def test_a_quote_that_cannot_hold_both_ends_holds_what_is_worked_on() -> None:
    text = "发展氢能，制定本地区以及周边地区的长期规划和年度方案，擦亮云汀品牌。"
    field, place = mentions(text, Domain="氢能", District="云汀")
    start, end = shortest_quote(text, Pair(place, field, ()))
    assert text[start:end] == "发展氢能"


def test_a_short_name_that_the_text_gives_is_an_alias() -> None:
    text = "云汀市智能装备研究院（以下简称“智研院”）投用。智研院将扩建。"
    named = mentions(text, Institution="云汀市智能装备研究院|智研院")
    short = short_names(text, named)
    (one,) = group(text, [m for m in named if text[m.start - 1 : m.start] != "“"], short)
    assert (one.name, one.aliases) == ("云汀市智能装备研究院", ["智研院"])


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("壮大生物医药产业，生物医药出口增长，生物医药产值增长", [["生物医药", "生物医药产业"]]),
        ("壮大云汀新能源装备制造产业", [["云汀新能源装备制造产业", "云汀新能源装备制造"]]),
        ("布局未来产业和云汀产业", [["未来产业"], ["云汀产业"]]),
    ],
)
def test_a_field_with_and_without_the_word_industry_is_one(text: str, fields: list[list[str]]) -> None:
    pattern = re.compile("云汀产业|(?:云汀)?(?:生物医药|新能源装备制造|未来)(?:产业)?")
    named = [Mention(*m.span(), "Domain") for m in pattern.finditer(text)]
    assert [[n.name, *n.aliases] for n in group(text, named)] == fields


def test_any_name_of_a_thing_tells_its_narrower_class() -> None:
    text = "装备制造增长，装备制造再增长，做强装备制造产业"
    named = [Mention(*m.span(), "Domain") for m in re.finditer("装备制造(?:产业)?", text)]
    ((entity, _),) = to_entities(group(text, named)).values()
    assert (entity.names, entity.type) == (("装备制造", "装备制造产业"), "Industry")


def test_ids_are_names_in_pinyin() -> None:
    found = to_entities([Named("Park", "海港“云”谷3D打印中心"), Named("Park", "银行街"), Named("Domain", "6G+AI")])
    assert list(found) == ["park/hai-gang-yun-gu-3d-da-yin-zhong-xin", "park/yin-hang-jie", "domain/6g-ai"]


def test_short_forms_of_divisions() -> None:
    names = ("天津市", "延边朝鲜族自治州", "丰宁满族自治县", "浦东新区", "双江拉祜族佤族布朗族傣族自治县", "市县")
    assert [short_form(n) for n in names] == ["天津", "延边", "丰宁", "浦东", "双江", ""]


@pytest.mark.parametrize(("name", "cleaned"), [("新疆众和", "新疆众和"), ("氢能和", "氢能"), ("（氢能等", "氢能")])
def test_a_listed_name_may_end_like_a_joining_word(name: str, cleaned: str) -> None:
    found = clean(name, Mention(0, len(name), "Institution"))
    assert found and name[found.start : found.end] == cleaned


def test_provinces_go_by_one_character_and_by_literary_names() -> None:
    assert set(other_names().values()) <= {*divisions(), "俄罗斯"}
    assert not set(other_names()) & {*divisions(), *short_divisions()}
    text = "引才入琼，海南省与陇原合作"
    places = [m for name in ("琼", "海南省", "陇原") for m in mentions(text, District=name)]
    cleaned = [clean(text, m) for m in places]
    assert cleaned == places
    assert clean(text, Mention(text.index("省"), text.index("省") + 1, "District")) is None
    assert clean(text, Mention(text.index("琼"), text.index("琼") + 1, "Domain")) is None
    hainan, gansu = group(text, places)
    assert (hainan.name, hainan.aliases) == ("海南省", ["琼"]) and gansu.name == "陇原"
    assert division_code("陇原") == "620000" and narrower_class("琼", "District") == "Province"


def test_layers_say_where_a_word_of_each_list_stands() -> None:
    layers = dict(zip(LISTS, load_lexicon().layers("推进集成电路和上海的港"), strict=True))
    assert layers["domain"].tolist() == [0, 0, 1, 2, 2, 3, 0, 0, 0, 0, 0]
    assert layers["district"].tolist() == [0, 0, 0, 0, 0, 0, 0, 1, 3, 0, 0]


def test_features_of_a_character_are_the_same_wherever_it_stands_among_the_same_others() -> None:
    text = "。。。。。重点发展集成电路产业。。。。。"
    assert np.array_equal(buckets(text + "甲" * 50)[8:12], buckets("乙" * 30 + text)[38:42])


def test_the_leading_sentence_is_a_subject_of_those_that_follow() -> None:
    text = "做强海洋经济。大力发展船舶海工、海洋药物，海洋生产总值增长6%，各项工作取得积极成效，企业活力持续增强。\n"
    named = mentions(text, Domain="海洋经济|船舶海工|海洋药物")
    pairs = {
        (text[p.subject.start : p.subject.end] if p.subject else "", text[p.object.start : p.object.end])
        for p in candidate_pairs(Document.from_text(text), named)
    }
    assert {("船舶海工", "海洋经济"), ("海洋药物", "海洋经济"), ("", "船舶海工")} <= pairs


@pytest.mark.parametrize(
    "text",
    [
        "加快海洋经济扩容提质，全年海洋生产总值增长6%，涉海企业突破一千家。各项工作取得积极成效，建成船舶海工总装线两条。\n",
        "涉海企业突破一千家，增长6%。壮大海洋经济，新增项目40个。各项工作取得积极成效，建成船舶海工总装线2条。\n",
    ],
)
def test_the_field_that_a_passage_opens_with_may_hold_those_of_later_sentences(text: str) -> None:
    named = mentions(text, Domain="海洋经济|船舶海工")
    pairs = {
        (text[p.subject.start : p.subject.end] if p.subject else "", text[p.object.start : p.object.end])
        for p in candidate_pairs(Document.from_text(text), named)
    }
    assert ("船舶海工", "海洋经济") in pairs and ("海洋经济", "船舶海工") not in pairs


def test_pairs_grow_with_the_text_and_not_with_its_square() -> None:
    def count(n: int) -> int:
        text = "依托云汀高新区发展氢能、储能，" * n
        named = mentions(text, Park="云汀高新区", Domain="氢能|储能")
        return sum(1 for _ in candidate_pairs(Document.from_text(text), named))

    assert count(400) <= 2.2 * count(200) and count(200) <= 600 * (FARTHEST * 2 + 4)


def test_probabilities_and_confidence() -> None:
    model = load_pair_model()
    text = "上海市重点发展集成电路。"
    pairs = list(candidate_pairs(Document.from_text(text), mentions(text, District="上海市", Domain="集成电路")))
    odds = model.probabilities(pairs)
    assert model.labels[0] == NONE and np.allclose(odds.sum(axis=1), 1, atol=1e-5)
    assert any(r == "focusesOn" and p.subject for p, r, _ in model.likely(pairs, 0.5))
    assert model.confidence(0.9) > model.confidence(0.5) > 0


def test_weights_are_small() -> None:
    folder = Path(__file__).resolve().parents[1] / "src" / "plangraph" / "extract" / "weights"
    assert sum(p.stat().st_size for p in folder.glob("*.npz")) <= 5_000_000


def test_the_unit_of_a_figure_is_no_part_of_a_name() -> None:
    text = "云汀集团7万吨锌基合金"
    m = clean(text, Mention(text.index("吨"), len(text), "Technology"))
    assert m is not None and text[m.start : m.end] == "锌基合金"
