"""A valid plan folder of invented words: few rows, but every class and relation that a fault needs."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass, field
from pathlib import Path

PLAN_ID = "yunzhou-one"
TEXT = """云州市科技创新规划

第一章 总体布局
青石谷位于东川区，东川区隶属云州市。
云岭大学联合青石谷共建试验站。
\u3000\u3000
第二章 重点方向
青石谷聚焦智能材料，智能材料属于新材料。
新材料研发石墨薄膜，云岭大学也研发石墨薄膜。
全市布局2个创新标志区，包括青石谷、白沙湾。
白沙湾服务东川区，打造绿色创新样板。
青石谷隶属云岭科学城，云岭科学城位于云州市。
"""
ONE, TWO = "第一章 总体布局", "第二章 重点方向"

TOML = """# An invented plan.
id = "yunzhou-one"
title = "云州市科技创新规划"
title_en = "Yunzhou plan for science and technology"
issuer = "云州市人民政府"
jurisdiction = "云州市"
period_start = 2031
period_end = 2035
published = "2031-02-03"
language = "zh"
text_sha256 = "{sha256}"
text_characters = {characters}
world_facts = ["title_en", "published"]

[source]
publisher = "云州网"

[[stated_counts]]
subject = "plan/yunzhou-one"
class = "InnovationZone"
count = 2
named = ["park/qingshi-valley", "park/baisha-bay"]
unnamed = 0
section = "第二章 重点方向"
paragraph = 8
start = {count_start}
end = {count_end}
quote = "2个创新标志区"
"""

ENTITY_COLUMNS = ("id", "type", "label_zh", "label_en", "aliases", "broader", "note")
STATEMENT_COLUMNS = (
    "subject", "predicate", "object", "status", "method", "confidence", "section", "paragraph", "start", "end",
    "quote", "decided_by", "decided_on", "reason",
)  # fmt: skip


def entity(id: str, type: str, label_zh: str, **cells: str) -> dict[str, str]:
    """A row of ``entities.csv``."""
    row = dict.fromkeys(ENTITY_COLUMNS, "") | {"id": id, "type": type, "label_zh": label_zh, "label_en": f"the {id}"}
    return row | cells


def statement(subject: str, predicate: str, object: str, quote: str, **cells: str) -> dict[str, str]:
    """A row of ``statements.csv`` whose quote stands where it first does in `TEXT`."""
    start = TEXT.find(quote)
    before = TEXT[:start].split("\n")
    row = {
        "subject": subject,
        "predicate": predicate,
        "object": object,
        "status": "accepted",
        "method": "curated",
        "confidence": "1",
        "section": ONE if start < TEXT.index(TWO) else TWO,
        "paragraph": str(sum(1 for line in before[:-1] if line.strip()) + 1),
        "start": str(start),
        "end": str(start + len(quote)),
        "quote": quote,
        "decided_by": "tester",
        "decided_on": "2031-03-04",
        "reason": "",
    }
    return row | cells


@dataclass
class Draft:
    """A plan folder before it is written: change its parts, then `write` it."""

    entities: list[dict[str, str]] = field(
        default_factory=lambda: [
            entity("domain/new-materials", "Domain", "新材料"),
            entity("domain/smart-materials", "ResearchDirection", "智能材料", broader="domain/new-materials"),
            entity("technology/graphene-film", "Technology", "石墨薄膜", aliases="薄膜"),
            entity("institution/yunling-university", "University", "云岭大学"),
            entity("park/qingshi-valley", "InnovationZone", "青石谷", aliases="云州青石谷|青石"),
            entity("park/baisha-bay", "InnovationZone", "白沙湾"),
            entity("park/yunling-science-city", "ScienceCity", "云岭科学城"),
            entity("district/yunzhou", "City", "云州市", note="GB/T 2260 990100"),
            entity("district/dongchuan", "County", "东川区", note="GB/T 2260 990102"),
            entity("goal/green-model", "Goal", "绿色创新样板"),
        ]
    )
    statements: list[dict[str, str]] = field(
        default_factory=lambda: [
            statement("park/qingshi-valley", "locatedIn", "district/dongchuan", "青石谷位于东川区"),
            statement("district/dongchuan", "partOf", "district/yunzhou", "东川区隶属云州市"),
            statement(
                "institution/yunling-university", "collaboratesWith", "park/qingshi-valley", "云岭大学联合青石谷共建"
            ),
            statement("park/qingshi-valley", "focusesOn", "domain/smart-materials", "青石谷聚焦智能材料"),
            statement("domain/smart-materials", "subDomainOf", "domain/new-materials", "智能材料属于新材料"),
            statement("domain/new-materials", "develops", "technology/graphene-film", "新材料研发石墨薄膜"),
            statement(
                "institution/yunling-university", "develops", "technology/graphene-film", "云岭大学也研发石墨薄膜"
            ),
            statement("park/baisha-bay", "serves", "district/dongchuan", "白沙湾服务东川区"),
            statement("park/baisha-bay", "aimsAt", "goal/green-model", "打造绿色创新样板"),
            statement("park/qingshi-valley", "partOf", "park/yunling-science-city", "青石谷隶属云岭科学城"),
            statement("park/yunling-science-city", "locatedIn", "district/yunzhou", "云岭科学城位于云州市"),
        ]
    )
    text: str = TEXT
    toml: str = TOML.format(
        sha256=hashlib.sha256(TEXT.encode("utf-8")).hexdigest(),
        characters=len(TEXT),
        count_start=TEXT.index("2个创新标志区"),
        count_end=TEXT.index("2个创新标志区") + len("2个创新标志区"),
    )
    #: Bytes to write in place of a file's own.
    files: dict[str, bytes] = field(default_factory=dict)

    def edit_toml(self, old: str, new: str) -> None:
        """Replace ``old``, which must be there once."""
        assert self.toml.count(old) == 1, old
        self.toml = self.toml.replace(old, new)

    def csv(self, name: str) -> str:
        """Text of one of the two tables."""
        header, rows = {
            "entities.csv": (ENTITY_COLUMNS, self.entities),
            "statements.csv": (STATEMENT_COLUMNS, self.statements),
        }[name]
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\n")
        writer.writerows([header, *([row[c] for c in header] for row in rows)])
        return out.getvalue()

    def write(self, root: Path) -> tuple[Path, Path]:
        """Write it below ``root``; the plan folder and the text's file."""
        folder, text = root / PLAN_ID, root / f"{PLAN_ID}.txt"
        folder.mkdir(parents=True, exist_ok=True)
        contents = {name: self.csv(name).encode("utf-8") for name in ("entities.csv", "statements.csv")}
        contents |= {"plan.toml": self.toml.encode("utf-8")} | self.files
        for name, data in contents.items():
            (folder / name).write_bytes(data)
        text.write_bytes(self.text.encode("utf-8"))
        return folder, text
