"""One language version of a report as markup; every text from outside is escaped where it goes in."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterable, Sequence

from plangraph.network import MEASURES, Gap, Ranked, Ranking
from plangraph.ontology import load_ontology
from plangraph.report import drawings
from plangraph.report.citations import Footnotes
from plangraph.report.findings import Findings
from plangraph.vocab import entity_id

TOP = 10
#: Names of a gap that are printed; the rest is counted.
SHOWN = 12
STABLE = 0.5
#: Entities that are drawn; more would be a blot.
DRAWN = 400


class Version:
    """The body of a report in one language.

    Args:
        findings: What it tells.
        lang: "zh" or "en".
    """

    def __init__(self, findings: Findings, lang: str) -> None:
        self._f, self._lang, self._zh = findings, lang, lang == "zh"
        self._notes = Footnotes(findings.plans, lang)
        self._tables = self._figures = 0

    @property
    def footnotes(self) -> int:
        """How many quotes it cites, once it is made."""
        return len(self._notes)

    def markup(self) -> str:
        """The whole version."""
        parts = [self._head(), self._summary(), self._aims(), self._plans(), *map(self._ranking, self._f.rankings)]
        parts += [self._communities(), self._counts(), self._gaps(), self._method()]
        notes = f"<h2>{self._w('注释', 'Notes')}</h2>{self._notes.listing()}"
        return f'<article data-lang="{self._lang}" lang="{"zh-CN" if self._zh else "en"}">{"".join(parts)}{notes}</article>'

    # -- small pieces ---------------------------------------------------------------------------------------

    def _w(self, zh: str, en: str) -> str:
        return zh if self._zh else en

    def _join(self, words: Iterable[str]) -> str:
        return self._w("、", ", ").join(words)

    def _name(self, entity: str) -> str:
        known = self._f.kg.index.by_id.get(entity)
        if known is not None:
            return html.escape(known.label(self._lang))
        facts = self._f.plans.get(entity.removeprefix("plan/"), {})
        return html.escape(str(facts.get(self._lang) or entity))

    def _cited(self, entity: str, most: int = 2) -> str:
        return self._name(entity) + self._notes.marks(self._f.of(entity, most))

    def _table(
        self, title: str, heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int] = ()
    ) -> str:
        """A numbered table; its cells are markup."""
        self._tables += 1
        kind = [' class="number"' if i in numbers else "" for i in range(len(heads))]
        head = "".join(f"<th{kind[i]}>{html.escape(h)}</th>" for i, h in enumerate(heads))
        body = "".join("<tr>" + "".join(f"<td{kind[i]}>{c}</td>" for i, c in enumerate(r)) + "</tr>" for r in rows)
        caption = f"{self._w('表', 'Table')} {self._tables}{self._w('　', '. ')}{html.escape(title)}"
        return f'<div class="scroll" tabindex="0"><table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'

    def _figure(self, svg: str, title: str) -> str:
        self._figures += 1
        words = f"{self._w('图', 'Figure')} {self._figures}{self._w('　', '. ')}{html.escape(title)}"
        save = f'<button type="button" class="save" data-name="figure-{self._figures}.svg">{self._w("存为 SVG", "Save as SVG")}</button>'
        return f"<figure>{svg}<figcaption>{words} {save}</figcaption></figure>"

    # -- sections -------------------------------------------------------------------------------------------

    def title(self) -> str:
        """Title of the report, as text."""
        plans = list(self._f.plans.values())
        if len(plans) == 1:
            return self._w(f"{plans[0]['zh']}：知识图谱分析报告", f"{plans[0]['en']}: report on its knowledge graph")
        return self._w(f"{len(plans)} 份规划的知识图谱分析报告", f"Report on the knowledge graph of {len(plans)} plans")

    def _head(self) -> str:
        lines = []
        for name, facts in self._f.plans.items():
            period = "–".join(str(facts[k]) for k in ("start", "end") if facts.get(k))
            parts = [
                facts.get(self._lang),
                facts.get("issuer"),
                facts.get("number"),
                facts.get("published"),
                period,
                name,
            ]
            lines.append(f"<li>{html.escape(' · '.join(str(p) for p in parts if p))}</li>")
        return f'<h1>{html.escape(self.title())}</h1><ul class="plans">{"".join(lines)}</ul>'

    def _summary(self) -> str:
        f, classes = self._f, load_ontology().classes
        status = f.statuses()
        said = [
            self._w(
                f"图谱共有 {len(f.entities)} 个实体、{len(f.statements)} 条陈述，由原文 {f.evidence} 处引文支撑；"
                f"其中 {status['accepted']} 条陈述已由人裁定，{status['proposed']} 条待审。",
                f"The graph has {len(f.entities)} entities and {len(f.statements)} statements, carried by {f.evidence} quotes from the "
                f"text; {status['accepted']} statements were decided by a person, {status['proposed']} are proposals.",
            )
        ]
        said += [self._first(r) for r in f.rankings if r.rows]
        said += [self._found_communities(), self._found_counts()]
        tops = Counter(load_ontology().top_class(e.type) or e.type for e in f.entities)
        relations = Counter(s.predicate for s in f.statements)
        names = load_ontology().relations
        entities = [(classes[k].label(self._lang), n) for k, n in sorted(tops.items(), key=lambda x: (-x[1], x[0]))]
        stated = [(names[k].label(self._lang), n) for k, n in sorted(relations.items(), key=lambda x: (-x[1], x[0]))]
        drawn = ""
        for rows, title in (
            (entities, self._w("各类实体的数量", "Entities of each class")),
            (stated, self._w("各种关系的陈述数量", "Statements of each relation")),
        ):
            drawn += self._figure(drawings.bars([(name, float(n), str(n)) for name, n in rows], title), title)
        told = self._w("", " ").join(p for p in said if p)
        return f"<h2>{self._w('摘要', 'Summary')}</h2>{self._doubt()}<p>{told}</p>{drawn}"

    def _doubt(self) -> str:
        """What must be said before anything else where most statements are nobody's decision."""
        status = self._f.statuses()
        if status["proposed"] <= status["accepted"]:
            return ""
        said = self._w(
            "多数陈述由程序抽取，尚无人审核：以下数字反映的是抽取结果，其中有误抽，也有漏抽。请先审核，再引用。",
            "Most statements were extracted by a program and nobody has looked at them: the figures below tell of what was "
            "extracted, errors and misses included. Review before you cite.",
        )
        return f'<p class="doubt">{said}</p>'

    def _first(self, ranking: Ranking) -> str:
        def line(r: Ranked) -> str:
            name, span = self._cited(r.entity.id, 1), f"{r.low}–{r.high}"
            return self._w(f"{name}（名次区间 {span}）", f"{name} (rank interval {span})")

        words = html.escape(MEASURES[ranking.measure].words(self._lang))
        first = self._join(line(r) for r in ranking.rows[:3])
        return self._w(f"按{words}，居前的是{first}。", f"By {words}, the first are {first}.")

    def _found_communities(self) -> str:
        found = self._f.communities
        if not len(found):
            return ""
        stable = sum((c.stability or 0) >= STABLE for c in found.rows)
        return self._w(
            f"网络分为 {len(found)} 个社群（模块度 {found.modularity:.2f}），其中 {stable} 个的稳定度不低于 {STABLE:g}。",
            f"The network falls into {len(found)} communities (modularity {found.modularity:.2f}), {stable} of them with a stability of at "
            f"least {STABLE:g}.",
        )

    def _found_counts(self) -> str:
        short = [c for _, c in self._f.counts if len(c.named) < c.count]
        if not self._f.counts:
            return ""
        return self._w(
            f"规划给出 {len(self._f.counts)} 个数目，其中 {len(short)} 个没有点名到齐。",
            f"The text states {len(self._f.counts)} counts; for {len(short)} of them it names fewer than it counts.",
        )

    def _aims(self) -> str:
        aims = [s for s in self._f.statements if s.subject.startswith("plan/")]
        if not aims:
            return ""
        items = "".join(
            f"<li>{self._name(s.object)}{self._notes.marks([(s.plan, e) for e in s.evidence[:2]])}</li>" for s in aims
        )
        return f"<h2>{self._w('规划自述的目标', 'What the plan says it aims at')}</h2><ul>{items}</ul>"

    def _plans(self) -> str:
        """The plans side by side, where there are several."""
        compared = self._f.compared
        if compared is None:
            return ""
        places = {p.jurisdiction for p in compared.plans}
        names = [p.jurisdiction if len(places) == len(compared.plans) else p.name for p in compared.plans]
        lines = []
        for p, name in zip(compared.plans, names, strict=True):
            waiting = sum(s.status == "proposed" for s in p.statements)
            only = len(compared.only_in(p.name))
            lines.append((html.escape(name), *map(str, (len(p.entities), len(p.statements), waiting, only))))
        heads = self._w("规划 实体 陈述 待审 独有 ", "plan entities statements proposed only-here").split()
        title = self._w("各规划", "The plans")
        parts = [self._table(title, heads, lines, (1, 2, 3, 4))]
        for m in compared.similarity:
            if m.of == "Domain" and m.measure == "jaccard":
                under = self._w(
                    "领域的相似度（Jaccard：共有 ÷ 任一方有）",
                    "Similarity of domains (Jaccard: shared over named by either)",
                )
                parts.append(self._figure(drawings.matrix(m.values, names, under), under))
        return f"<h2>{self._w('各规划比较', 'The plans side by side')}</h2>{''.join(parts)}"

    def _ranking(self, ranking: Ranking) -> str:
        measure, classes = MEASURES[ranking.measure], load_ontology().classes
        words = measure.words(self._lang)
        rows = ranking.rows[:TOP]
        heads = self._w("名次 区间 实体 类 数值 理由", "rank interval entity class value reason").split()
        lines = [
            (
                str(r.rank),
                f"{r.low}–{r.high}",
                self._cited(r.entity.id),
                html.escape(classes[r.entity.type].label(self._lang)),
                f"{r.value:.4g}",
                html.escape(ranking.reason(r, self._lang)),
            )
            for r in rows
        ]
        title = self._w(f"按{words}的前 {len(rows)} 名", f"The first {len(rows)} by {words}")
        drawn = drawings.intervals(
            [drawings.Interval(r.entity.label(self._lang), r.rank, r.low or r.rank, r.high or r.rank) for r in rows],
            title,
            self._w("名次（1 为最高）", "rank (1 is highest)"),
        )
        under = self._w(f"{title}：名次（点）与名次区间（横条）", f"{title}: rank (dot) and rank interval (bar)")
        text = f"{measure.meaning(self._lang)}{self._w('', ' ')}{measure.caution(self._lang)}"
        return (
            f"<h2>{html.escape(self._w(f'排名：{words}', f'Ranking: {words}'))}</h2><p>{html.escape(text)}</p>"
            f"{self._table(title, heads, lines, (0, 1, 4))}{self._figure(drawn, under)}"
        )

    def _communities(self) -> str:
        found = self._f.communities
        if not len(found):
            return ""
        listing = found.summary(self._lang)
        wanted = [0, 1, 2, 3, 6]
        lines = []
        for row, c in zip(listing.rows[:TOP], found.rows, strict=False):
            cells = [html.escape("" if v is None else str(v)) for v in (row[i] for i in wanted)]
            cells[1] += self._notes.marks(self._f.of(c.leader.id, 1))
            lines.append(cells)
        heads = [listing.columns[i].heading for i in wanted]
        title = self._w(f"最大的 {len(lines)} 个社群", f"The {len(lines)} largest communities")
        said = " ".join(html.escape(s) for s in listing.about[1:4])
        under = self._w(
            "网络，按社群着色；只标出各社群边权最大的成员",
            "The network, coloured by community; labelled are the members with the most weight",
        )
        if len(found.network.nodes) > DRAWN:
            under += self._w(f"（只画出度最高的 {DRAWN} 个实体）", f" (the {DRAWN} entities of the highest degree)")
        return (
            f"<h2>{self._w('社群', 'Communities')}</h2><p>{said}</p>"
            f"{self._table(title, heads, lines, (0, 2, 3))}{self._figure(self._drawn_network(under), under)}"
        )

    def _drawn_network(self, title: str) -> str:
        from plangraph.view.layout import place

        found = self._f.communities
        every = [(int(a), int(b)) for a, b, *_ in found.network.edges]
        degree = Counter(n for edge in every for n in edge)
        kept = sorted(sorted(range(len(found.network.nodes)), key=lambda n: (-degree[n], n))[:DRAWN])
        place_of = {n: i for i, n in enumerate(kept)}
        edges = [(place_of[a], place_of[b]) for a, b in every if a in place_of and b in place_of]
        nodes, degree = [found.network.nodes[n] for n in kept], Counter({place_of[n]: degree[n] for n in kept})
        spots = place([(24.0, 24.0)] * len(nodes), edges).positions
        leaders = {c.leader.id for c in found.rows}
        dots = [
            drawings.Dot(
                x,
                y,
                3 + 1.5 * degree[n] ** 0.5,
                found.of(e.id) - 1,
                drawings.shortened(e.label(self._lang), 150, 12) if e.id in leaders or degree[n] > 5 else "",
            )
            for n, (e, (x, y)) in enumerate(zip(nodes, spots, strict=True))
        ]
        return drawings.network(dots, edges, title)

    def _counts(self) -> str:
        if not self._f.counts:
            return ""
        classes = load_ontology().classes
        lines, drawn = [], []
        for plan, c in self._f.counts:
            label, present = classes[c.counted].label(self._lang), len(c.named)
            name = self._name(c.subject)
            mark = self._notes.mark(plan, c.evidence)
            verdict = (
                self._w("点名到齐", "all named")
                if present >= c.count
                else self._w(f"{c.count - present} 个未点名", f"{c.count - present} not named")
            )
            lines.append((f"{name}{mark}", html.escape(label), str(c.count), str(present), verdict))
            shown = (
                html.unescape(name)
                if len(self._f.plans) > 1 or not c.subject.startswith("plan/")
                else self._w("规划", "the plan")
            )
            drawn.append((f"{shown} · {label}", c.count, present, f"{present} / {c.count}"))
        heads = self._w("主体 类 所述 点名 结果", "subject class stated named result").split()
        title = self._w("文本所述的数目与点名的数目", "Counts that the text states, and how many it names")
        svg = drawings.counted(drawn, title)
        under = self._w("所述（框）与点名（填色）", "Stated (outline) and named (filled)")
        return f"<h2>{self._w('所述与点名', 'Stated and named')}</h2>{self._table(title, heads, lines, (2, 3))}{self._figure(svg, under)}"

    def _gaps(self) -> str:
        told = self._w(
            "缺口是文本没有说的，不等于没有。每一项都注明查询的名称，可用 plangraph ask 名称 得到全部。",
            "A gap is what the text does not say, which is not to say that it is not there. Each names its query: plangraph ask NAME gives the whole list.",
        )
        parts = [self._gap(g) for g in self._f.gaps if len(g)]
        none = "" if parts else f"<p>{self._w('没有发现缺口。', 'No gap was found.')}</p>"
        return f"<h2>{self._w('缺口', 'Gaps')}</h2><p>{told}</p>{none}{''.join(parts)}"

    def _gap(self, gap: Gap) -> str:
        ids = list(dict.fromkeys(entity_id(str(row[0])) or str(row[0]) for row in gap.result.rows))
        names = self._join(self._name(i) if i.startswith("plan/") else self._cited(i, 1) for i in ids[:SHOWN])
        rest = len(ids) - SHOWN
        more = self._w(f"……另有 {rest} 个", f" … and {rest} more") if rest > 0 else ""
        return (
            f"<h3>{html.escape(gap.title(self._lang))} <span class='count'>{len(ids)}</span></h3>"
            f"<p>{html.escape(gap.advice(self._lang))}</p><p>{names}{more} <code>{html.escape(gap.name)}</code></p>"
        )

    def _method(self) -> str:
        used = [MEASURES[r.measure] for r in self._f.rankings]
        known = {words for m in used for words in (m.meaning(self._lang), m.caution(self._lang), m.source)}
        about = [s for r in self._f.rankings for s in r.about(self._lang)[1:]]
        wanted = [self._f.projection.words(self._lang)]
        wanted += [s for s in (*about, *self._f.communities.about(self._lang)[1:]) if not any(k in s for k in known)]
        sources = self._join(f"{m.words(self._lang)} ({m.source})" for m in used)
        wanted.append(self._w(f"公式出处：{sources}。", f"Formulas: {sources}."))
        wanted.append(
            self._w(
                "每条边都出自规划的一句话；引文至多 24 字，位置以字（码点）计，原文以 SHA-256 认定。英文名由整理者给出，不是规划的原话。",
                "Every edge comes from a sentence of the plan; a quote has at most 24 characters, its place counts characters (code points), "
                "and the text is known by its SHA-256. English names are the editors', not the plan's.",
            )
        )
        for name, facts in self._f.plans.items():
            wanted.append(f"{name}: SHA-256 {facts.get('sha256', '?')}")
        items = "".join(f"<li>{html.escape(s)}</li>" for s in dict.fromkeys(wanted))
        return f"<h2>{self._w('方法与可信度', 'Method, and how far to trust it')}</h2><ul>{items}</ul>"
