"""Corpora of invented plans of any size, as plan folders: the same seed gives the same files.

    python benchmarks/generated.py FOLDER --plans 1000 [--statements 33] [--seed 5] [--text]

What plans name is drawn with Zipf's law from pools that all share, so a few things stand in most plans and most things
in few. A park lies in the same district in every plan, and a field below the same field. Each statement has evidence as
real ones have: a quote of at most 24 characters at its offset in the plan's text, in a section. A plan of the default
size makes about 1,600 quads, the merged facts included. Plans are written one by one, so memory does not grow.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import random
from collections.abc import Iterator
from pathlib import Path

ENTITY_COLUMNS = ["id", "type", "label_zh", "label_en", "aliases", "broader", "note"]
STATEMENT_COLUMNS = [
    "subject", "predicate", "object", "status", "method", "confidence", "section", "paragraph", "start", "end",
    "quote", "decided_by", "decided_on", "reason",
]  # fmt: skip
#: Class and size of each pool, by the first part of its ids.
POOLS = {
    "district": ("District", 300), "park": ("Park", 2000), "institution": ("Institution", 5000),
    "domain": ("Domain", 900), "technology": ("Technology", 4000),
}  # fmt: skip
#: How often each relation is drawn, between which pools, and the word that states it.
RELATIONS = (
    (32, "park", "focusesOn", "domain", "聚焦"),
    (16, "institution", "focusesOn", "domain", "深耕"),
    (20, "domain", "develops", "technology", "突破"),
    (12, "institution", "develops", "technology", "攻关"),
    (8, "park", "locatedIn", "district", "位于"),
    (5, "domain", "subDomainOf", "domain", "属于"),
    (5, "institution", "collaboratesWith", "institution", "联合"),
    (2, "park", "reliesOn", "institution", "依托"),
)
_CHARACTERS = "青禾云岭东川白沙星河望海长风明远嘉树清泉安澜启元致和景行承德广济崇文立新"
_ENDINGS = {"district": "区", "park": "产业园", "institution": "研究院", "domain": "产业", "technology": "技术"}
_WORDS = "智能光电生物新材海洋航空低碳数据传感量子精密绿色医疗源芯片网络"


def corpus(root: Path, plans: int, statements: int = 33, seed: int = 5, text: bool = False) -> None:
    """Write ``plans`` plan folders into ``root``, with their texts beside the tables if ``text``."""
    for number in range(plans):
        plan(root, number, statements, seed, text)


def plan(root: Path, number: int, statements: int = 33, seed: int = 5, text: bool = False) -> None:
    """Write one plan folder; what stands in it depends on ``number`` and ``seed`` alone."""
    draw = random.Random(f"{seed} {number}")
    place = f"district/d{number % POOLS['district'][1] + 1}"
    rows, body = [], "第一章发展基础\n"
    section, line = "第一章发展基础", 1
    names: set[str] = {place}
    for at, (subject, relation, object, word) in enumerate(_claims(draw, statements)):
        if at and at % 20 == 0:
            section = f"第{'二三四五六七八九'[at // 20 % 8]}章重点任务"
            body += section + "\n"
            line += 1
        quote = f"{name(subject)}{word}{name(object)}"[:24]
        start = len(body)
        body += quote + "。\n"
        line += 1
        rows.append(
            [subject, relation, object, "accepted", "curated", "1", section, line, start, start + len(quote), quote,
             "bench", "2026-01-01", ""]
        )  # fmt: skip
        names |= {subject, object}
    folder = root / f"plan-{number}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plan.toml").write_text(
        f'id = "plan-{number}"\ntitle = "{name(place)}第{number}号规划"\njurisdiction = "{name(place)}"\nlanguage = "zh"\n'
        f'text_sha256 = "{hashlib.sha256(body.encode("utf-8")).hexdigest()}"\ntext_characters = {len(body)}\n',
        encoding="utf-8",
    )
    if text:
        (folder / "text.txt").write_text(body, encoding="utf-8", newline="")
    entities = [[i, POOLS[i.partition("/")[0]][0], name(i), "", "", "", ""] for i in sorted(names)]
    for file, header, lines in (
        ("entities.csv", ENTITY_COLUMNS, entities),
        ("statements.csv", STATEMENT_COLUMNS, rows),
    ):
        with (folder / file).open("w", encoding="utf-8", newline="") as out:
            csv.writer(out, lineterminator="\n").writerows([header, *lines])


def name(id: str) -> str:
    """The Chinese name of an id; no two ids of a pool share one."""
    pool, _, rest = id.partition("/")
    number = int(rest[1:])
    stock = _WORDS if pool in ("domain", "technology") else _CHARACTERS
    first, second = divmod(number, len(stock))
    return f"{stock[second]}{stock[first % len(stock)]}{stock[(first // len(stock) + 7) % len(stock)]}{_ENDINGS[pool]}"


def _claims(draw: random.Random, statements: int) -> Iterator[tuple[str, str, str, str]]:
    seen: set[tuple[str, str, str]] = set()
    weights = [r[0] for r in RELATIONS]
    while len(seen) < statements:
        _, a, relation, b, word = draw.choices(RELATIONS, weights)[0]
        one = zipf(draw, POOLS[a][1])
        other = zipf(draw, POOLS[b][1])
        if relation == "locatedIn":
            other = one * 7 % POOLS[b][1] + 1
        elif relation == "subDomainOf":
            one, other = one + 1, one // 7 + 1
        elif a == b:
            one, other = min(one, other), max(one, other)  # a symmetric relation is written one way
        if a == b and one == other:
            continue
        claim = (f"{a}/{a[0]}{one}", relation, f"{b}/{b[0]}{other}")
        if claim not in seen:
            seen.add(claim)
            yield (*claim, word)


def zipf(draw: random.Random, most: int) -> int:
    """A number from 1 to ``most``, the small ones far more often."""
    while (number := int(draw.paretovariate(0.7))) > most:
        pass
    return number


def main() -> None:
    """Write a corpus."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("folder", type=Path)
    options.add_argument("--plans", type=int, default=1000)
    options.add_argument("--statements", type=int, default=33)
    options.add_argument("--seed", type=int, default=5)
    options.add_argument("--text", action="store_true")
    given = options.parse_args()
    corpus(given.folder, given.plans, given.statements, given.seed, given.text)


if __name__ == "__main__":
    main()
