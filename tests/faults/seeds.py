"""Faults to seed in the small plan: each one edit, and what `check` must say of it.

``at`` is where it must be said: the file, the line (None: the only line that has the words) and the words that
begin at the reported column. Those in `SHAPES` break one rule of ontology/shapes.ttl each; those in `TEXT` show
only beside the plan's text; those in `TABLES` keep the folder from being read at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.small_plan import Draft, entity, statement

ENTITIES, STATEMENTS, PLAN = "entities.csv", "statements.csv", "plan.toml"
Place = tuple[str, int | None, str]


@dataclass(frozen=True)
class Seed:
    """One edit of the small plan and what must be said of it.

    Args:
        code: Code of the fault.
        edit: What is done to the plan.
        at: Where it is said; each place for a fault that several rows share.
        shows: Words that the message quotes: the culprit, its quote or its value.
        mend_en: Part of how to mend it.
        mend_zh: The same in Chinese.
        also: Codes of faults that come with it.
        severity: "error" or "warning".
        name: Tells apart seeds of one code.
    """

    code: str
    edit: Callable[[Draft], None]
    at: tuple[Place, ...]
    shows: str
    mend_en: str
    mend_zh: str
    also: frozenset[str] = frozenset()
    severity: str = "error"
    name: str = ""

    @property
    def id(self) -> str:
        """Name of the test."""
        return f"{self.code}-{self.name}" if self.name else self.code


def set_entity(index: int, **cells: str) -> Callable[[Draft], None]:
    """Change cells of an entity."""
    return lambda draft: draft.entities[index].update(cells)


def set_statement(index: int, **cells: str) -> Callable[[Draft], None]:
    """Change cells of a statement."""
    return lambda draft: draft.statements[index].update(cells)


def add_entity(*cells: str, **named: str) -> Callable[[Draft], None]:
    """One more entity, on line 12."""
    return lambda draft: draft.entities.append(entity(*cells, **named))


def add_statement(*cells: str, **named: str) -> Callable[[Draft], None]:
    """One more statement, on line 13."""
    return lambda draft: draft.statements.append(statement(*cells, **named))


def set_toml(old: str, new: str) -> Callable[[Draft], None]:
    """Change words of plan.toml."""
    return lambda draft: draft.edit_toml(old, new)


def set_text(old: str, new: str) -> Callable[[Draft], None]:
    """Change words of the plan's text."""

    def edit(draft: Draft) -> None:
        assert draft.text.count(old) == 1, old
        draft.text = draft.text.replace(old, new)

    return edit


def file(name: str, data: Callable[[Draft], bytes]) -> Callable[[Draft], None]:
    """Write other bytes in place of a file's own."""

    def edit(draft: Draft) -> None:
        draft.files[name] = data(draft)

    return edit


def both(*edits: Callable[[Draft], None]) -> Callable[[Draft], None]:
    """Several edits."""

    def edit(draft: Draft) -> None:
        for each in edits:
            each(draft)

    return edit


QINGSHI, BAISHA, CITY = "park/qingshi-valley", "park/baisha-bay", "park/yunling-science-city"
YUNZHOU, DONGCHUAN = "district/yunzhou", "district/dongchuan"
LONG_GOAL = "打造绿色创新样板以及其他许许多多没有必要全部写进来的内容"

SHAPES = (
    Seed(
        "entity-type",
        set_entity(2, type="Gadget"),
        ((ENTITIES, 4, "Gadget,石墨薄膜"),),
        "石墨薄膜",
        "such as Park or University",
        "本体中的类名",
        frozenset({"statement-object-type"}),
    ),
    Seed(
        "entity-type",
        set_entity(2, type="Statement"),
        ((ENTITIES, 4, "Statement,石墨薄膜"),),
        "石墨薄膜",
        "such as Park or University",
        "本体中的类名",
        frozenset({"statement-object-type"}),
        name="of-another-kind",
    ),
    Seed(
        "entity-not-abstract",
        set_entity(3, type="Entity"),
        ((ENTITIES, 5, "Entity,云岭大学"),),
        "云岭大学",
        "narrower class",
        "更窄的类",
        frozenset({"statement-subject-type"}),
    ),
    Seed(
        "entity-id-class",
        add_entity("park/stone-academy", "University", "青石书院"),
        ((ENTITIES, 12, "park/stone-academy"),),
        "青石书院",
        "such as park/",
        "如 park/",
    ),
    Seed(
        "entity-label-length",
        set_entity(3, label_zh="云岭大学" * 31),
        ((ENTITIES, 5, "云岭大学云岭大学"),),
        "institution/yunling-university",
        "not a sentence",
        "不写句子",
    ),
    Seed(
        "goal-label-length",
        set_entity(9, label_zh=LONG_GOAL),
        ((ENTITIES, 11, LONG_GOAL),),
        LONG_GOAL,
        "short phrase",
        "短语",
    ),
    Seed(
        "entity-label-en",
        set_entity(5, label_en=""),
        ((ENTITIES, 7, ",,,\n"),),
        "白沙湾",
        "fill label_en",
        "填写 label_en",
        severity="warning",
    ),
    Seed(
        "entity-name-twice",
        add_entity("park/white-bay", "SciencePark", "白沙湾"),
        ((ENTITIES, 7, "白沙湾"), (ENTITIES, 12, "白沙湾")),
        "白沙湾",
        "merge the two",
        "合并两个实体",
    ),
    Seed(
        "entity-alias-is-name",
        set_entity(5, aliases="白沙|白沙湾"),
        ((ENTITIES, 7, "白沙|白沙湾"),),
        "白沙湾",
        "delete the alias",
        "删去该别名",
    ),
    Seed(
        "entity-alias-taken",
        set_entity(5, aliases="青石谷"),
        ((ENTITIES, 7, "青石谷"),),
        "白沙湾",
        "merge the two",
        "合并两个实体",
    ),
    Seed(
        "entity-broader-stated",
        set_entity(5, broader=CITY),
        ((ENTITIES, 7, CITY),),
        "白沙湾",
        "or empty broader",
        "清空 broader",
    ),
    Seed(
        "district-admin-code",
        set_entity(8, note=""),
        ((ENTITIES, 10, "\n"),),
        "东川区",
        "GB/T 2260 NNNNNN",
        "GB/T 2260",
    ),
    Seed(
        "district-code-form",
        set_entity(8, note="GB/T 2260: 99010"),
        ((ENTITIES, 10, "GB/T 2260: 99010"),),
        "东川区",
        "six digits",
        "六位",
    ),
    Seed(
        "district-code-once",
        set_entity(8, note="GB/T 2260 990102，旧 GB/T 2260 990103"),
        ((ENTITIES, 10, "GB/T 2260 990102"),),
        "东川区",
        "keep one",
        "只保留一个",
    ),
    Seed(
        "district-code-taken",
        set_entity(8, note="GB/T 2260 990100"),
        ((ENTITIES, 9, "GB/T 2260 990100"), (ENTITIES, 10, "GB/T 2260 990100")),
        "district/",
        "check the code",
        "核对代码",
    ),
    Seed(
        "district-code-owner",
        set_entity(5, note="见 GB/T 2260 990104"),
        ((ENTITIES, 7, "见 GB/T"),),
        "白沙湾",
        "mend type",
        "改正 type",
    ),
    Seed(
        "statement-predicate",
        set_statement(3, predicate="admires"),
        ((STATEMENTS, 5, "admires,domain/"),),
        "青石谷聚焦智能材料",
        "such as develops or locatedIn",
        "如 develops、locatedIn",
    ),
    Seed(
        "statement-predicate",
        set_statement(3, subject="domain/smart-materials", predicate="focusOf", object=QINGSHI),
        ((STATEMENTS, 5, "focusOf"),),
        "青石谷聚焦智能材料",
        "turn an inverse round",
        "逆关系请调换主宾",
        name="inverse",
    ),
    Seed(
        "statement-subject-type",
        set_statement(3, subject="goal/green-model"),
        ((STATEMENTS, 5, "goal/green-model,focusesOn"),),
        "青石谷聚焦智能材料",
        "another subject",
        "改主语",
    ),
    Seed(
        "statement-subject-type",
        set_statement(8, subject="plan/yunzhou-one", predicate="develops", object="technology/graphene-film"),
        ((STATEMENTS, 10, "plan/yunzhou-one,develops"),),
        "云州市科技创新规划",
        "another subject",
        "改主语",
        name="plan",
    ),
    Seed(
        "statement-object-type",
        set_statement(0, object="domain/new-materials"),
        ((STATEMENTS, 2, "domain/new-materials,accepted"),),
        "青石谷位于东川区",
        "another object",
        "改宾语",
    ),
    Seed(
        "statement-same-kind",
        set_statement(0, predicate="partOf"),
        ((STATEMENTS, 2, "partOf,district/dongchuan"),),
        "青石谷位于东川区",
        "use locatedIn",
        "用 locatedIn",
    ),
    Seed(
        "statement-loop",
        add_statement(BAISHA, "collaboratesWith", BAISHA, "白沙湾服务东川区"),
        ((STATEMENTS, 13, "park/baisha-bay,accepted"),),
        "白沙湾服务东川区",
        "delete the row",
        "删去该行",
    ),
    Seed(
        "subdomain-cycle",
        add_statement("domain/new-materials", "subDomainOf", "domain/smart-materials", "智能材料属于新材料"),
        ((STATEMENTS, 6, "domain/new-materials,accepted"), (STATEMENTS, 13, "domain/smart-materials,accepted")),
        "智能材料属于新材料",
        "the text does not say",
        "与原文不符",
    ),
    Seed(
        "subdomain-cycle",
        both(
            add_entity("domain/films", "Domain", "薄膜材料"),
            add_statement("domain/new-materials", "subDomainOf", "domain/films", "新材料研发石墨薄膜"),
            add_statement("domain/films", "subDomainOf", "domain/smart-materials", "青石谷聚焦智能材料"),
        ),
        (
            (STATEMENTS, 6, "domain/new-materials,accepted"),
            (STATEMENTS, 13, "domain/films,accepted"),
            (STATEMENTS, 14, "domain/smart-materials,accepted"),
        ),
        "材料",
        "the text does not say",
        "与原文不符",
        name="of-three",
    ),
    Seed(
        "part-cycle",
        add_statement(YUNZHOU, "partOf", DONGCHUAN, "东川区隶属云州市"),
        ((STATEMENTS, 3, "district/yunzhou,accepted"), (STATEMENTS, 13, "district/dongchuan,accepted")),
        "东川区隶属云州市",
        "the text does not say",
        "与原文不符",
    ),
    Seed(
        "location-cycle",
        both(
            add_statement(QINGSHI, "locatedIn", BAISHA, "青石谷、白沙湾"),
            add_statement(BAISHA, "locatedIn", QINGSHI, "青石谷、白沙湾"),
        ),
        ((STATEMENTS, 13, "park/baisha-bay,accepted"), (STATEMENTS, 14, "park/qingshi-valley,accepted")),
        "青石谷、白沙湾",
        "the text does not say",
        "与原文不符",
    ),
    Seed(
        "statement-both-ways",
        add_statement(QINGSHI, "collaboratesWith", "institution/yunling-university", "云岭大学联合青石谷共建"),
        ((STATEMENTS, 13, "institution/yunling-university,accepted"),),
        "云岭大学联合青石谷共建",
        "keep one direction",
        "只保留一个方向",
    ),
    Seed(
        "quote-length",
        set_statement(6, quote="新材料研发石墨薄膜，云岭大学也研发石墨薄膜。\n全市布", start="98", end="124"),
        ((STATEMENTS, 8, '"新材料研发石墨薄膜，'),),
        "全市布",
        "cut it to the words",
        "截短",
    ),
    Seed(
        "quote-span",
        set_statement(6, end="900"),
        ((STATEMENTS, 8, "云岭大学也研发石墨薄膜,tester"),),
        "云岭大学也研发石墨薄膜",
        "make end - start",
        "使 end - start",
        frozenset({"quote-within-text"}),
    ),
    Seed(
        "quote-within-text",
        set_statement(6, start="900", end="911"),
        ((STATEMENTS, 8, "911,云岭大学"),),
        "云岭大学也研发石墨薄膜",
        "check start, end and text_characters",
        "核对 start、end",
    ),
    Seed(
        "evidence-paragraph",
        set_statement(6, paragraph="0"),
        ((STATEMENTS, 8, "0,"),),
        "云岭大学也研发石墨薄膜",
        "paragraphs count from 1",
        "从 1 起",
    ),
    Seed(
        "evidence-method",
        set_statement(6, method="guessed"),
        ((STATEMENTS, 8, "guessed"),),
        "云岭大学也研发石墨薄膜",
        "rule:NAME or model:NAME",
        "rule:规则名",
    ),
    Seed(
        "evidence-confidence-low",
        set_statement(6, confidence="-0.1"),
        ((STATEMENTS, 8, "-0.1"),),
        "云岭大学也研发石墨薄膜",
        "from 0 to 1",
        "0 到 1",
    ),
    Seed(
        "evidence-confidence-high",
        set_statement(6, confidence="1.01"),
        ((STATEMENTS, 8, "1.01"),),
        "云岭大学也研发石墨薄膜",
        "from 0 to 1",
        "0 到 1",
    ),
    Seed(
        "evidence-confidence-high",
        set_statement(6, confidence="999999999"),
        ((STATEMENTS, 8, "999999999"),),
        "云岭大学也研发石墨薄膜",
        "from 0 to 1",
        "0 到 1",
        name="much",
    ),
    Seed(
        "evidence-decided-by",
        set_statement(6, decided_by=""),
        ((STATEMENTS, 8, ",2031-03-04"),),
        "云岭大学也研发石墨薄膜",
        "fill decided_by",
        "填 decided_by",
    ),
    Seed(
        "evidence-decided-on",
        set_statement(6, decided_on=""),
        ((STATEMENTS, 8, ",\n"),),
        "云岭大学也研发石墨薄膜",
        "YYYY-MM-DD",
        "年-月-日",
    ),
    Seed(
        "evidence-decided-on-form",
        set_statement(6, decided_on="4 March 2031"),
        ((STATEMENTS, 8, "4 March 2031"),),
        "云岭大学也研发石墨薄膜",
        "YYYY-MM-DD",
        "年-月-日",
    ),
    Seed(
        "evidence-decided-on-form",
        set_statement(6, decided_on="2031-11-31"),
        ((STATEMENTS, 8, "2031-11-31"),),
        "云岭大学也研发石墨薄膜",
        "YYYY-MM-DD",
        "年-月-日",
        name="no-such-day",
    ),
    Seed(
        "count-unmet",
        set_toml("count = 2", "count = 3"),
        ((PLAN, None, 'named = ["park'),),
        "2个创新标志区",
        "or say in unnamed",
        "unnamed",
    ),
    Seed(
        "count-unmet",
        set_toml('"park/qingshi-valley", "park/baisha-bay"', ""),
        ((PLAN, None, "named = []"),),
        "2个创新标志区",
        "add the missing entities",
        "补上漏掉的实体",
        name="none-named",
    ),
    Seed(
        "count-named-class",
        set_toml('"park/baisha-bay"]', '"park/yunling-science-city"]'),
        ((PLAN, None, 'named = ["park'),),
        "2个创新标志区",
        "mend named or class",
        "改正 named 或 class",
    ),
    Seed(
        "count-class",
        set_toml('class = "InnovationZone"', 'class = "Castle"'),
        ((PLAN, None, 'class = "Castle"'),),
        "2个创新标志区",
        "name of a class",
        "本体中的类名",
        frozenset({"count-named-class"}),
    ),
    Seed(
        "count-positive",
        set_toml("count = 2", "count = 0"),
        ((PLAN, None, "count = 0"),),
        "2个创新标志区",
        "the number in the text",
        "文中的数",
        frozenset({"count-unmet"}),
    ),
    Seed(
        "count-unnamed-positive",
        set_toml("unnamed = 0", "unnamed = -1"),
        ((PLAN, None, "unnamed = -1"),),
        "2个创新标志区",
        "0 or more",
        "0 或更大",
        frozenset({"count-unmet"}),
    ),
    Seed(
        "plan-text-sha256",
        set_toml('text_sha256 = "', 'text_sha256 = "0x'),
        ((PLAN, None, "text_sha256 ="),),
        "云州市科技创新规划",
        "sha256sum",
        "sha256sum",
    ),
    Seed(
        "plan-text-characters",
        set_toml("text_characters = ", "text_characters = -"),
        ((PLAN, None, "text_characters ="),),
        "云州市科技创新规划",
        "number of code points",
        "码点数",
        frozenset({"quote-within-text"}),
    ),
    Seed(
        "plan-period",
        set_toml("period_start = 2031", "period_start = 2036"),
        ((PLAN, None, "period_start = 2036"),),
        "云州市科技创新规划",
        "check the two years",
        "核对两个年份",
    ),
    Seed(
        "plan-language",
        set_toml('language = "zh"', 'language = "Chinese language"'),
        ((PLAN, None, "language ="),),
        "云州市科技创新规划",
        "such as zh",
        "填 zh",
    ),
    Seed(
        "plan-published",
        set_toml("2031-02-03", "3.2.2031"),
        ((PLAN, None, "published ="),),
        "云州市科技创新规划",
        "YYYY-MM-DD",
        "年-月-日",
    ),
    Seed(
        "section-heading-length",
        set_statement(6, section="第二章 " + "重点方向" * 15),
        ((STATEMENTS, 8, "第二章 "),),
        "重点方向重点方向",
        "the heading alone",
        "标题本身",
    ),
)

#: Faults that show beside the plan's text alone.
TEXT = (
    Seed(
        "quote-offset",
        set_statement(3, start="70", end="79"),
        ((STATEMENTS, 5, "70,79"),),
        "青石谷聚焦智能材料",
        "it stands at 67–76",
        "它在 67–76",
    ),
    Seed(
        "quote-offset",
        set_statement(3, quote="青石谷聚焦超级材料"),
        ((STATEMENTS, 5, "67,76"),),
        "青石谷聚焦超级材料",
        "nowhere in the text",
        "原文中没有",
        name="nowhere",
    ),
    Seed(
        "quote-offset",
        set_toml("个创新标志区", "个创新示范区"),
        ((PLAN, None, "start ="),),
        "2个创新示范区",
        "nowhere in the text",
        "原文中没有",
        name="of-count",
    ),
    Seed(
        "quote-paragraph",
        set_statement(3, paragraph="7"),
        ((STATEMENTS, 5, "7,67,76"),),
        "青石谷聚焦智能材料",
        "write 6",
        "写 6",
    ),
    Seed(
        "section-heading",
        set_statement(3, section="第二章 重点方向 > 第一节 材料"),
        ((STATEMENTS, 5, "第二章 重点方向 >"),),
        "第一节 材料",
        "copy it as printed",
        "照原文抄写",
    ),
    Seed(
        "text-sha256",
        set_text("重点方向", "重要方向"),
        ((PLAN, None, "text_sha256 ="),),
        "SHA-256",
        "give the text that the offsets were taken from",
        "给出取引文时的原文",
        frozenset({"section-heading"}),
    ),
    Seed(
        "text-characters",
        set_text("云岭科学城位于云州市。\n", "云岭科学城位于云州市。\n完。"),
        ((PLAN, None, "text_characters ="),),
        "2",
        "set text_characters = ",
        "改法：text_characters = ",
        frozenset({"text-sha256"}),
    ),
)


def csv_bytes(name: str, old: str = "", new: str = "", encoding: str = "utf-8") -> Callable[[Draft], None]:
    """Write a table in another encoding, with words changed as they stand in the file."""

    def data(draft: Draft) -> bytes:
        text = draft.csv(name)
        assert text.count(old) == 1 or not old, old
        return text.replace(old, new, 1).encode(encoding) if old else text.encode(encoding)

    return file(name, data)


def splice(name: str, old: str, new: bytes) -> Callable[[Draft], None]:
    """Change words of a table into bytes that are no text."""

    def data(draft: Draft) -> bytes:
        assert draft.csv(name).count(old) == 1, old
        return draft.csv(name).encode("utf-8").replace(old.encode("utf-8"), new)

    return file(name, data)


#: Faults that keep the folder from being read. ``shows`` is what the message quotes of the file.
TABLES = (
    Seed(
        "table-header",
        csv_bytes(ENTITIES, "label_zh", "name"),
        ((ENTITIES, 1, "id,type,name"),),
        "name",
        "the first line must be id,type,label_zh",
        "第一行应为 id,type,label_zh",
    ),
    Seed(
        "table-header",
        csv_bytes(STATEMENTS, "decided_by,decided_on", "decided_by,decided_by"),
        ((STATEMENTS, 1, "subject,"),),
        "decided_by",
        "twice: decided_by",
        "重复：decided_by",
        name="twice",
    ),
    Seed(
        "table-header",
        file(ENTITIES, lambda draft: b""),
        ((ENTITIES, 1, ""),),
        "label_zh",
        "the first line must be id,type,label_zh",
        "第一行应为 id,type,label_zh",
        name="empty-file",
    ),
    Seed(
        "table-cells",
        csv_bytes(STATEMENTS, "青石谷聚焦智能材料,tester,", "青石谷聚焦智能材料,"),
        ((STATEMENTS, 5, "park/qingshi-valley,focusesOn"),),
        "13",
        "write every cell, blank ones too",
        "空格也须写出",
        name="missing",
    ),
    Seed(
        "table-cells",
        csv_bytes(ENTITIES, "白沙湾", "白沙湾,海湾"),
        ((ENTITIES, 7, "park/baisha-bay"),),
        "8",
        "in double quotes",
        "双引号",
        name="loose-comma",
    ),
    Seed(
        "table-quotes",
        csv_bytes(ENTITIES, "智能材料,", '"智能材料,'),
        ((ENTITIES, 3, '"智能材料,'),),
        "CSV",
        "close every double quote",
        "双引号须成对",
        name="unclosed",
    ),
    Seed(
        "table-quotes",
        csv_bytes(ENTITIES, "智能材料,", '"智能"材料",'),
        ((ENTITIES, 3, '"智能"材料"'),),
        "CSV",
        "write one inside a cell twice",
        "须写两个",
        name="inside",
    ),
    Seed(
        "not-text",
        splice(ENTITIES, "云岭大学", b"\xff\xff"),
        ((ENTITIES, 5, "\ufffd"),),
        "UTF-8",
        "save the file as UTF-8",
        "另存为 UTF-8",
        name="damaged-utf-8",
    ),
    Seed(
        "not-text",
        file(ENTITIES, lambda draft: "id,type\n院\n".encode("gb18030") + b"\x81\x20"),
        ((ENTITIES, 3, "\ufffd"),),
        "GBK",
        "save the file as UTF-8",
        "另存为 UTF-8",
        name="damaged-gbk",
    ),
    Seed(
        "not-text",
        file(STATEMENTS, lambda draft: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        ((STATEMENTS, 3, "\0"),),
        "NUL",
        "save it as CSV UTF-8",
        "另存为 CSV UTF-8",
        name="picture",
    ),
    Seed(
        "not-text",
        file(STATEMENTS, lambda draft: b"subject,predicate\n\0\0\0\0"),
        ((STATEMENTS, 2, "\0\0"),),
        "NUL",
        "save it as CSV UTF-8",
        "另存为 CSV UTF-8",
        name="binary",
    ),
    Seed(
        "not-text",
        file(STATEMENTS, lambda draft: draft.csv(STATEMENTS).encode("utf-16")[:-1]),
        ((STATEMENTS, 12, ""),),
        "UTF-16",
        "save the file as UTF-8",
        "另存为 UTF-8",
        name="damaged-utf-16",
    ),
    Seed(
        "not-text",
        file(PLAN, lambda draft: b'id = "\xff\xff"\n'),
        ((PLAN, 1, "\ufffd"),),
        "UTF-8",
        "save the file as UTF-8",
        "另存为 UTF-8",
        name="toml",
    ),
    Seed(
        "control-character",
        csv_bytes(ENTITIES, "石墨薄膜", '"石墨\n薄膜"'),
        ((ENTITIES, 4, '"石墨'),),
        "'石墨\\n薄膜'",
        "write it on one line",
        "写在一行内",
    ),
    Seed(
        "entity-id",
        set_entity(5, id="白沙湾"),
        ((ENTITIES, 7, "白沙湾,"),),
        "'白沙湾'",
        "such as park/",
        "例如 park/",
        frozenset({"entity-unknown"}),
    ),
    Seed(
        "entity-id",
        add_entity("plan/other", "Plan", "别的规划"),
        ((ENTITIES, 12, "plan/other"),),
        "'plan/other'",
        "such as park/",
        "例如 park/",
        name="plan",
    ),
    Seed(
        "entity-name",
        set_entity(5, label_zh=" "),
        ((ENTITIES, 7, " ,the park"),),
        "park/baisha-bay",
        "as the text prints it",
        "照原文填写",
    ),
    Seed(
        "entity-type",
        set_entity(5, type="Park> <urn:x"),
        ((ENTITIES, 7, "Park> <urn:x"),),
        "'Park> <urn:x'",
        "such as Park or University",
        "本体中的类名",
    ),
    Seed(
        "entity-twice",
        add_entity("park/baisha-bay", "Park", "白沙湾二期"),
        ((ENTITIES, 12, "park/baisha-bay"),),
        "7",
        "delete one row or give it another id",
        "请删除一行或改用别的 id",
    ),
    Seed(
        "entity-unknown",
        set_entity(5, broader="park/nowhere"),
        ((ENTITIES, 7, "park/nowhere"),),
        "'park/nowhere'",
        "add the entity or mend the id",
        "补上该实体，或改正 id",
        name="broader",
    ),
    Seed(
        "entity-unknown",
        set_statement(0, object="district/nowhere"),
        ((STATEMENTS, 2, "district/nowhere"),),
        "'district/nowhere'",
        "add the entity there or mend the id",
        "补上实体，或改正 id",
        name="object",
    ),
    Seed(
        "entity-unknown",
        set_statement(0, subject="plan/another"),
        ((STATEMENTS, 2, "plan/another"),),
        "'plan/another'",
        "add the entity there or mend the id",
        "补上实体，或改正 id",
        name="plan",
    ),
    Seed(
        "entity-unknown",
        set_toml('"park/baisha-bay"]', '"park/nowhere"]'),
        ((PLAN, None, "named ="),),
        "park/nowhere",
        "add the entity there or mend the id",
        "补上实体，或改正 id",
        name="named",
    ),
    Seed(
        "statement-predicate",
        set_statement(0, predicate="located in"),
        ((STATEMENTS, 2, "located in"),),
        "'located in'",
        "such as develops",
        "如 develops",
    ),
    Seed(
        "number",
        set_statement(0, start="二十"),
        ((STATEMENTS, 2, "二十,28"),),
        "'二十'",
        "expected a whole number",
        "应为整数",
        name="start",
    ),
    Seed(
        "number",
        set_statement(0, end="28.0"),
        ((STATEMENTS, 2, "28.0,青石谷"),),
        "'28.0'",
        "expected a whole number",
        "应为整数",
        name="end",
    ),
    Seed(
        "number",
        set_statement(0, paragraph="1" * 5000),
        ((STATEMENTS, 2, "1111111"),),
        "paragraph '11111",
        "expected a whole number",
        "应为整数",
        name="of-thousands-of-digits",
    ),
    Seed(
        "number",
        set_statement(0, end="9" * 18),
        ((STATEMENTS, 2, "999999"),),
        "end '999999",
        "expected a whole number",
        "应为整数",
        name="too-great",
    ),
    Seed(
        "number",
        set_statement(0, confidence="inf"),
        ((STATEMENTS, 2, "inf"),),
        "'inf'",
        "a number from 0 to 1",
        "0 到 1 的数",
        name="infinite",
    ),
    Seed(
        "number",
        set_statement(0, confidence="nan"),
        ((STATEMENTS, 2, "nan"),),
        "'nan'",
        "a number from 0 to 1",
        "0 到 1 的数",
        name="nan",
    ),
    Seed(
        "number",
        set_statement(0, confidence=""),
        ((STATEMENTS, 2, ",第一章"),),
        "confidence ''",
        "a number from 0 to 1",
        "0 到 1 的数",
        name="blank",
    ),
    Seed(
        "span",
        set_statement(0, start="28", end="28"),
        ((STATEMENTS, 2, "28,28"),),
        "end",
        "0 <= start < end",
        "0 <= start < end",
    ),
    Seed(
        "span",
        set_toml("\nstart = ", "\nstart = -"),
        ((PLAN, None, "start = -"),),
        "end",
        "0 <= start < end",
        "0 <= start < end",
        name="of-count",
    ),
    Seed(
        "quote-missing",
        set_statement(0, quote=" "),
        ((STATEMENTS, 2, " ,tester"),),
        "start",
        "copy the words from start to end",
        "抄录原文",
    ),
    Seed(
        "quote-missing",
        set_toml("2个创新标志区", ""),
        ((PLAN, None, 'quote = ""'),),
        "start",
        "copy the words from start to end",
        "抄录原文",
        name="of-count",
    ),
    Seed(
        "status",
        set_statement(0, status="maybe"),
        ((STATEMENTS, 2, "maybe,curated"),),
        "'maybe'",
        "expected accepted, proposed or rejected",
        "应为 accepted、proposed 或 rejected",
    ),
    Seed(
        "evidence-twice",
        add_statement(QINGSHI, "locatedIn", DONGCHUAN, "青石谷位于东川区"),
        ((STATEMENTS, 13, "20,28"),),
        "2",
        "delete one",
        "请删除一行",
    ),
    Seed(
        "plan-toml",
        set_toml('title = "云州市科技创新规划"', "title = 云州市科技创新规划"),
        ((PLAN, 3, "云州市"),),
        "TOML",
        "texts in double quotes",
        "文字加双引号",
        name="broken",
    ),
    Seed(
        "plan-toml",
        file(PLAN, lambda draft: b"a = " + b"[" * 100_000),
        ((PLAN, 1, "a = "),),
        "TOML",
        "write one key = value a line",
        "每行写一个“键 = 值”",
        name="deep",
    ),
    Seed(
        "plan-toml",
        set_toml('jurisdiction = "云州市"\n', ""),
        ((PLAN, 1, "# An"),),
        "jurisdiction",
        "write jurisdiction = ",
        "请写 jurisdiction = ",
        name="missing",
    ),
    Seed(
        "plan-toml",
        set_toml("period_end = 2035", '  period_end = "2035"'),
        ((PLAN, None, 'period_end = "2035"'),),
        "period_end",
        "without quotes",
        "不加引号",
        name="text-for-number",
    ),
    Seed(
        "plan-toml",
        set_toml('published = "2031-02-03"', "published = 2031-02-03"),
        ((PLAN, None, "published = 2031"),),
        "published",
        "in double quotes",
        "双引号中的",
        name="date-for-text",
    ),
    Seed(
        "plan-toml",
        set_toml("period_end = 2035", f"period_end = {'9' * 30}"),
        ((PLAN, None, "period_end = 999"),),
        "period_end",
        "at most 15 digits",
        "至多 15 位",
        name="huge-number",
    ),
    Seed(
        "plan-toml",
        set_toml("issuer =", "isuer ="),
        ((PLAN, None, "isuer ="),),
        "'isuer'",
        "delete it or write one of",
        "请删去，或改为",
        name="unknown-key",
    ),
    Seed(
        "plan-toml",
        set_toml("publisher =", "published_by ="),
        ((PLAN, None, "published_by ="),),
        "'published_by'",
        "publisher, url",
        "publisher、url",
        name="unknown-source-key",
    ),
    Seed(
        "plan-toml",
        set_toml('["title_en", "published"]', '["titel_en"]'),
        ((PLAN, None, "world_facts ="),),
        "'titel_en'",
        "title_en",
        "title_en",
        name="unknown-world-fact",
    ),
    Seed(
        "plan-toml",
        set_toml('["title_en", "published"]', "[1, 2]"),
        ((PLAN, None, "world_facts ="),),
        "world_facts",
        "a list of texts",
        "文字的列表",
        name="world-facts-of-numbers",
    ),
    Seed(
        "plan-toml",
        set_toml('id = "yunzhou-one"', 'id = "云州"'),
        ((PLAN, None, 'id = "云州"'),),
        "'云州'",
        "such as tianjin-145",
        "如 tianjin-145",
        name="id",
    ),
    Seed(
        "plan-toml",
        set_toml("unnamed = 0\n", ""),
        ((PLAN, None, "[[stated_counts]]"),),
        "unnamed",
        "write each",
        "请逐一写出",
        name="count-lacks",
    ),
    Seed(
        "plan-toml",
        set_toml('named = ["park/qingshi-valley", "park/baisha-bay"]', "named = [1, [2]]"),
        ((PLAN, None, "named = [1"),),
        "named",
        "a list of texts",
        "文字的列表",
        name="count-kind",
    ),
    Seed(
        "plan-toml",
        set_toml("unnamed = 0", "unnamed = 0\nunknown = 1"),
        ((PLAN, None, "unknown = 1"),),
        "'unknown'",
        "delete it or write one of subject",
        "请删去，或改为 subject",
        name="count-unknown-key",
    ),
    Seed(
        "count-class",
        set_toml('class = "InnovationZone"', 'class = "创新标志区"'),
        ((PLAN, None, "class ="),),
        "'创新标志区'",
        "such as Park",
        "如 Park",
    ),
    Seed(
        "plan-toml",
        file(PLAN, lambda draft: b""),
        ((PLAN, 1, ""),),
        "",
        " is missing; write ",
        "；请写 ",
        name="empty-file",
    ),
)
