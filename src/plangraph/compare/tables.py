"""A comparison as tables: for the terminal, for CSV, for a workbook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from plangraph.compare.measures import FACTS, Similarity
from plangraph.compare.rows import PARTS, Cell, Citation, Row
from plangraph.errors import InputError
from plangraph.listing import Column, Listing
from plangraph.ontology import load_ontology

if TYPE_CHECKING:
    from plangraph.compare import Comparison

#: Words for the values of a row, in (Chinese, English).
WORDS = {
    "thing": ("事物", "things"),
    "relation": ("关系", "relations"),
    "count": ("所述数量", "stated counts"),
    "shared": ("共有", "shared"),
    "some": ("部分共有", "shared by some"),
    "differs": ("不同", "differs"),
    "only": ("仅见于", "only in"),
    "class": ("类不同", "class"),
    "name": ("名称不同", "name"),
    "number": ("数量不同", "number"),
    "id": ("按 id", "by id"),
    "alias": ("按别名", "by alias"),
    "jaccard": ("Jaccard 系数", "Jaccard"),
    "cosine": ("按证据加权的余弦", "cosine weighted by evidence"),
    FACTS: ("关系", "relations"),
}
#: How two entities were found to be one thing.
WAYS = {
    "": ("", ""),
    "id": ("id", "id"),
    "name": ("名称", "name"),
    "mapping": ("已接受的映射", "accepted mapping"),
    "alias": ("别名", "alias"),
    "class": ("名称（类不同）", "name, of another class"),
}
#: Characters that a cell of a spreadsheet holds.
_CELL = 30_000


def word(name: str, lang: str) -> str:
    """What a value of a row is called in ``lang``; the label of a class or relation."""
    ontology = load_ontology()
    if name in ontology.classes or name in ontology.relations:
        return (ontology.classes.get(name) or ontology.relations[name]).label(lang)
    return WORDS[name][lang == "en"]


def quotes(cited: Iterable[Citation], lang: str, most: int | None = None) -> str:
    """Quotes with their places in one cell; one for several claims stands there once.

    With a limit ``most`` the places are short: plan and section are left out.
    """
    found = list(dict.fromkeys(f"“{c.evidence.quote}”({c.place(lang, most is not None)})" for c in cited))
    text, kept = "", 0
    for piece in found[:most]:
        if len(text) + len(piece) > _CELL:
            break
        text += ("; " if text else "") + piece
        kept += 1
    return text + (f" … +{len(found) - kept}" if kept < len(found) else "")


def status_words(comparison: Comparison, row: Row, lang: str) -> str:
    """How the sides stand to a row, in ``lang``: "only in X"."""
    text = word(row.status, lang)
    if row.only is not None:
        return f"{text} {comparison.sides[row.only].name}"
    if row.differs:
        return f"{text} ({', '.join(word(d, lang) for d in row.differs)})"
    return text


def about(comparison: Comparison, lang: str) -> tuple[str, ...]:
    """How to read the tables, in sentences."""
    zh = lang == "zh"
    if zh:
        said = [
            "同一事物的判定：类别相同且 id、折叠后的名称或别名相同；名称相同而类别不同的，列为“类不同”。同一规划中的两个实体从不合并。",
            "关系：各规划所属地区不同时，以“本规划所属地区”作为共同的一端，这样两地的同一目标可以相比。",
            "每格给出该方说法的证据数与引文（规划、章节、段落、起止码点）。无引文的事物只被点名，没有关系。",
            "Jaccard＝共有数 ÷ 任一方有的数；余弦按每个事物的证据数加权。领先＝在同类事物的全部证据中占比最高；“稳”指减一处证据、对手加一处仍领先。",
            "没有写进文本的不等于没有：比较的是规划说了什么。",
        ]
    else:
        said = [
            "One thing: same top class and same id, folded name or alias; one name under two top classes is listed as "
            "differing in class. Two entities of one plan are never merged.",
            "Relations: where the plans are for different places, “the plan's own place” is a common end, so that one aim "
            "of two places can be compared.",
            "Each cell gives the number of evidences and the quotes (plan, section, paragraph, code points). A thing "
            "without a quote is named but has no relation.",
            "Jaccard = shared / named by either; the cosine weighs each thing by its evidence. To lead = to have the "
            "highest share of all evidence for things of the class; firm = also with one evidence less and one more for the next.",
            "What is not in the text is not known to be absent: what is compared is what the plans say.",
        ]
    for name, ids in comparison.unclear:
        listed = ", ".join(ids)
        said.append(
            f"“{name}”可能指 {listed}，未据此合并。" if zh else f"“{name}” may mean {listed} and joined nothing."
        )
    return tuple(said)


def summary(comparison: Comparison, lang: str) -> Listing:
    """How many rows of each kind are shared, differ, or are in one side only."""
    zh = lang == "zh"
    keys = list(comparison.counts())
    heads = [word("shared", lang), word("some", lang), word("differs", lang)]
    heads += [f"{word('only', lang)} {side.name}" for side in comparison.sides]
    if len(comparison.sides) == 2:
        keys, heads = [k for k in keys if k != "some"], [h for h in heads if h != word("some", lang)]
    columns = [Column("part", "内容" if zh else "what"), Column("kind", "类或关系" if zh else "class or relation")]
    columns += [Column(k, h) for k, h in zip(keys, heads, strict=True)]
    rows: list[tuple[object, ...]] = []
    for part in PARTS:
        for kind in dict.fromkeys(r.kind for r in comparison.select(part)):
            counts = comparison.counts(part, kind)
            rows.append((word(part, lang), word(kind, lang), *(counts[k] for k in keys)))
    total = comparison.counts()
    rows.append(("合计" if zh else "total", "", *(total[k] for k in keys)))
    return Listing("summary", "概览" if zh else "Summary", tuple(columns), tuple(rows), about(comparison, lang))


def rows_listing(
    comparison: Comparison, rows: Iterable[Row], lang: str, most: int | None = None, name: str = "all"
) -> Listing:
    """Rows with, for each side, what it says, how much evidence it has, and up to ``most`` quotes."""
    zh = lang == "zh"
    columns = [
        Column("part", "内容" if zh else "what"),
        Column("kind", "类或关系" if zh else "class or relation"),
        Column("name", "名称" if zh else "name"),
        Column("status", "比较" if zh else "standing"),
        Column("matched", "匹配依据" if zh else "matched by"),
    ]
    for side in comparison.sides:
        columns.append(Column(side.name, side.name, side.title(lang)))
        columns.append(Column(f"{side.name} evidence", f"{side.name} {'证据数' if zh else 'evidence'}"))
        columns.append(Column(f"{side.name} quotes", f"{side.name} {'引文' if zh else 'quotes'}"))
    found = []
    for row in rows:
        cells: list[object] = []
        for cell in row.cells:
            cells += _cells(cell, lang, most)
        head = (word(row.part, lang), word(row.kind, lang), row.name(lang), status_words(comparison, row, lang))
        found.append((*head, WAYS[row.how][lang == "en"], *cells))
    titles = {
        "all": ("逐条比较", "Row by row"),
        "differences": ("差异", "Differences"),
        "shared": ("共有", "Shared"),
    }
    return Listing(name, titles[name][not zh], tuple(columns), tuple(found), about(comparison, lang))


def _cells(cell: Cell, lang: str, most: int | None) -> list[object]:
    return [cell.words(lang), cell.evidence if cell.present else None, quotes(cell.citations, lang, most)]


def similarity_listing(comparison: Comparison, matrices: Sequence[Similarity], lang: str) -> Listing:
    """Matrices below one another; each line is one side against all."""
    zh = lang == "zh"
    columns = [Column("of", "内容" if zh else "of"), Column("measure", "算法" if zh else "measure")]
    columns += [
        Column("side", "一方" if zh else "side"),
        *(Column(s.name, s.name, s.title(lang)) for s in comparison.sides),
    ]
    rows = [
        (word(m.of, lang), word(m.measure, lang), side.name, *(None if v is None else round(v, 4) for v in values))
        for m in matrices
        for side, values in zip(comparison.sides, m.values, strict=True)
    ]
    return Listing("similarity", "相似度" if zh else "Similarity", tuple(columns), tuple(rows), about(comparison, lang))


def leads_listing(comparison: Comparison, lang: str, most: int | None = None) -> Listing:
    """Who leads in what."""
    zh = lang == "zh"
    columns = [
        Column("kind", "类" if zh else "class"),
        Column("name", "名称" if zh else "name"),
        Column(
            "leader", "领先" if zh else "leads", "占比最高的一方；并列则空" if zh else "highest share; blank for a tie"
        ),
        Column("firm", "稳" if zh else "firm", "减一处证据仍领先" if zh else "leads with one evidence less as well"),
    ]
    for side in comparison.sides:
        columns.append(Column(f"{side.name} share", f"{side.name} {'占比' if zh else 'share'}"))
        columns.append(Column(f"{side.name} evidence", f"{side.name} {'证据数' if zh else 'evidence'}"))
        columns.append(Column(f"{side.name} actors", f"{side.name} {'园区与机构' if zh else 'parks and institutions'}"))
        columns.append(Column(f"{side.name} quotes", f"{side.name} {'引文' if zh else 'quotes'}"))
    rows = []
    for lead in comparison.leads:
        leader = "" if lead.leader is None else comparison.sides[lead.leader].name
        row: list[object] = [
            word(lead.kind, lang),
            lead.name(lang),
            leader,
            ("是" if zh else "yes") if lead.firm else "",
        ]
        for share, evidence, actors, cited in zip(lead.shares, lead.evidence, lead.actors, lead.citations, strict=True):
            names = ("、" if zh else ", ").join(a[not zh] for a in actors)
            row += [round(share, 4), evidence, names, quotes(cited, lang, most)]
        rows.append(tuple(row))
    return Listing(
        "leads", "谁领先" if zh else "Who leads in what", tuple(columns), tuple(rows), about(comparison, lang)
    )


def sides_listing(comparison: Comparison, lang: str) -> Listing:
    """The sides with their plans and how much each holds."""
    zh = lang == "zh"
    words = (
        ("side", "一方", "side"),
        ("plan", "规划", "plan"),
        ("title", "标题", "title"),
        ("period", "时期", "period"),
        ("entities", "实体", "entities"),
        ("statements", "陈述", "statements"),
        ("evidence", "证据", "evidence"),
    )
    rows = []
    for side in comparison.sides:
        for n in side.plans:
            p = comparison.plans[n]
            evidence = sum(len(s.evidence) for s in p.statements)
            title = p.title_zh if zh else p.title_en
            rows.append((side.name, p.name, title, p.period, len(p.entities), len(p.statements), evidence))
    columns = [Column(name, z if zh else e) for name, z, e in words]
    return Listing("sides", "比较的各方" if zh else "Sides", tuple(columns), tuple(rows), about(comparison, lang))


def listings(comparison: Comparison, lang: str) -> list[Listing]:
    """Every table, as the workbook has them."""
    return [
        summary(comparison, lang),
        sides_listing(comparison, lang),
        rows_listing(comparison, comparison.differences, lang, name="differences"),
        rows_listing(comparison, comparison.shared, lang, name="shared"),
        similarity_listing(comparison, comparison.similarity, lang),
        leads_listing(comparison, lang),
    ]


def save(comparison: Comparison, path: Path, lang: str) -> None:
    """Write ``comparison`` to ``path``: CSV, Excel or a page by its ending.

    Raises:
        InputError: Another ending, or the file cannot be written.
    """
    from plangraph.files import replace_file

    ending = path.suffix.lower()
    if ending == ".html":
        data = comparison.to_html(lang).encode("utf-8")
    elif ending == ".csv":
        from plangraph.tables import write_table

        table = rows_listing(comparison, comparison.rows, lang).result()
        data = write_table(table.columns, (["" if v is None else str(v) for v in row] for row in table.rows))
    elif ending == ".xlsx":
        from plangraph.workbook import workbook

        data = workbook(listings(comparison, lang), lang)
    else:
        raise InputError(
            f"{path}: expected a name that ends in .html, .csv or .xlsx",
            f"{path}：文件名应以 .html、.csv 或 .xlsx 结尾",
        )
    try:
        replace_file(path, data)
    except OSError as error:
        why = error.strerror or str(error)
        raise InputError(f"{path}: cannot be written ({why})", f"{path}：无法写入（{why}）") from None
