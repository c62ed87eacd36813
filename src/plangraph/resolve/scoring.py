"""How likely two entities are one thing, and why, in words.

The score starts from an equal name and pays for everything that had to be taken off to make the names equal and for
what is not known of the places. What speaks against (another place, another legal form, another kind of body) costs so
much that no equal name outweighs it. `CALIBRATION` turns a score into a probability; it and `THRESHOLD` come from
labelled pairs (`tests/resolve`): the curve is fitted to their tuning part, the held-out part only measures.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

from plangraph.model import Entity, fold
from plangraph.ontology import load_ontology
from plangraph.resolve.names import Form, concept_endings, forms
from plangraph.resolve.places import Places, is_shared, places_of

#: (slope, intercept) of the logistic curve from score to probability, fitted to the tuning part of the labelled pairs.
CALIBRATION = (1.61, -2.36)
#: Least probability at which a pair is proposed.
THRESHOLD = 0.9
#: The lowest score: below it nothing is told apart.
LEAST = -3.0
_AGAINST = -8.0
#: What each step costs when one of the names needed it, and its words.
STEPS = {
    "joint": (0.1, "a joining word left out", "连接词从略"),
    "bracket": (0.3, "as a bracket in the name says", "名称括注"),
    "short": (0.4, "a short form written out", "简称还原为全称"),
    "renamed": (0.8, "renamed", "更名"),
    "form": (0.4, "legal form left out", "公司组织形式从略"),
    "place": (0.0, "a place before the name", "名称前的地名"),
    "ending": (0.6, "an ending such as 产业 or 技术 left out", "“产业”“技术”等词尾从略"),
    "alias": (0.3, "another printed name", "别名"),
}
_LATIN_OR_DIGIT = re.compile(r"[0-9a-z]+")


@dataclass(frozen=True, slots=True)
class Named:
    """An entity with what the plans say of its whereabouts.

    Args:
        entity: The entity; its aliases are those of all plans that use its id.
        jurisdictions: For whom the plans that name it are.
        plans: Ids of those plans.
    """

    entity: Entity
    jurisdictions: frozenset[str] = frozenset()
    plans: frozenset[str] = frozenset()

    @property
    def top(self) -> str:
        """Its top class."""
        return load_ontology().top_class(self.entity.type) or ""

    def joined(self, other: Named) -> Named:
        """Both as one: the same id in two plans."""
        names = dict.fromkeys((*self.entity.aliases, other.entity.label_zh, *other.entity.aliases))
        aliases = tuple(n for n in names if n != self.entity.label_zh)
        ontology = load_ontology()
        narrow = max(self.entity.type, other.entity.type, key=lambda t: len(ontology.ancestors(t)))
        return Named(
            replace(self.entity, aliases=aliases, type=narrow),
            self.jurisdictions | other.jurisdictions,
            self.plans | other.plans,
        )

    def forms(self) -> list[tuple[Form, bool]]:
        """Every reading of every printed name; whether the name is an alias."""
        is_company = load_ontology().is_a(self.entity.type, "Enterprise")
        names = (self.entity.label_zh, *self.entity.aliases)
        return [(f, n > 0) for n, name in enumerate(names) for f in forms(name, self.top, is_company)]

    def context(self) -> list[Places]:
        """The places of the plans that name it."""
        return [p for j in sorted(self.jurisdictions) if (p := places_of(j))]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What two entities are to one another.

    Args:
        predicate: ``owl:sameAs``, ``skos:exactMatch`` or ``skos:closeMatch``.
        score: What the comparison came to, from `LEAST` up.
        confidence: Calibrated probability that they are one thing.
        en: Why, in English.
        zh: Why, in Chinese.
    """

    predicate: str
    score: float
    confidence: float
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class _Score:
    value: float
    reasons: tuple[tuple[str, str], ...]


def judge(a: Named, b: Named) -> Verdict | None:
    """What the two are to one another; None if they can be nothing (two classes that are not both of concepts)."""
    concepts = {a.top, b.top} <= set(concept_endings())
    if a.top != b.top and not concepts:
        return None
    best = max(
        (_compared(fa, xa, fb, xb, a, b) for fa, xa in a.forms() for fb, xb in b.forms()),
        key=lambda s: s.value,
        default=None,
    )
    if best is None:
        return None
    value, reasons = best.value, list(best.reasons)
    clash = _class_clash(a.entity.type, b.entity.type)
    if clash and not concepts:
        value -= 3.0
        reasons.append((f"but {clash[0]}", f"但{clash[1]}"))
    predicate = "owl:sameAs"
    if concepts:
        predicate = "skos:exactMatch" if a.top == b.top else "skos:closeMatch"
    if a.top != b.top:
        reasons.append(("two classes: linked, never merged", "分属两类：只关联，不合并"))
    value = max(value, LEAST)
    slope, intercept = CALIBRATION
    confidence = 1 / (1 + math.exp(-(slope * value + intercept)))
    return Verdict(
        predicate, value, round(confidence, 3), "; ".join(en for en, _ in reasons), "；".join(zh for _, zh in reasons)
    )


def _class_clash(one: str, other: str) -> tuple[str, str] | None:
    """Words if neither class is the other or lies below it."""
    ontology = load_ontology()
    if ontology.is_a(one, other) or ontology.is_a(other, one):
        return None
    a, b = ontology.classes[one], ontology.classes[other]
    return f"a {a.label_en} and a {b.label_en}", f"一为{a.label_zh}，一为{b.label_zh}"


def _compared(fa: Form, alias_a: bool, fb: Form, alias_b: bool, a: Named, b: Named) -> _Score:
    same_print = fold(fa.printed) == fold(fb.printed)
    if fa.core != fb.core:
        return _near(fa, fb)
    value = 5.0
    reasons = []
    if same_print:
        reasons.append((f"both “{fa.printed}”", f"同名“{fa.printed}”"))
    else:
        reasons.append((f"“{fa.printed}” and “{fb.printed}”", f"“{fa.printed}”与“{fb.printed}”"))
        for step in dict.fromkeys((*fa.steps, *fb.steps)):
            cost, en, zh = STEPS[step]
            value -= cost
            if cost:
                reasons.append((en, zh))
    if alias_a or alias_b:
        value -= STEPS["alias"][0]
        reasons.append(STEPS["alias"][1:])
    for change, en, zh in (_legal(fa, fb), _where(fa, fb, a, b)):
        value += change
        if en:
            reasons.append((en, zh))
    return _Score(value, tuple(reasons))


def _legal(fa: Form, fb: Form) -> tuple[float, str, str]:
    one, other = fa.legal - {"plain"}, fb.legal - {"plain"}
    if one == other:
        return 0.0, "", ""
    if "listed" in one ^ other:
        return _AGAINST, "but a share company and another body", "但一为股份公司，一不是"
    return -3.5, "but a group and maybe one of its companies", "但一为集团，另一或为其下属公司"


def _where(fa: Form, fb: Form, a: Named, b: Named) -> tuple[float, str, str]:
    """What the places say."""
    if fa.core.startswith("#"):
        return _division(fa, fb, a, b)
    ours, theirs = _surely(fa, a), _surely(fb, b)
    if fa.places and fb.places:
        if not fa.places.agrees(fb.places):
            return _AGAINST, "but in two places", "但不在一地"
        if not fa.places.same_depth(fb.places):
            return (_AGAINST if fa.generic else -1.0), "but one place lies in the other", "但一地在另一地之内"
        return 0.3, "one place", "同在一地"
    if fa.places or fb.places:
        named = fa.places or fb.places
        context = b.context() if fa.places else a.context()
        if any(named == p for p in context):
            return -0.2, "the place is that of the other's plan", "该地即另一方规划所属地区"
        if context and not any(named.agrees(p) for p in context):
            return (
                (_AGAINST if fa.generic else -3.5),
                "but the other's plan is for another place",
                "但另一方的规划属于他地",
            )
        if fa.generic:
            return -4.0, "but the name alone says nothing", "但仅凭名称无从区分"
        return -0.6, "the other names no place", "另一方未写地名"
    if fa.generic and not _shares(ours, theirs):
        return _AGAINST, "but the name means another body in each place", "但该名称在各地所指不同"
    return 0.0, "", ""


def _surely(form: Form, named: Named) -> list[Places]:
    return [form.places] if form.places else named.context()


def _shares(ours: list[Places], theirs: list[Places]) -> bool:
    return any(p == q for p in ours for q in theirs)


def _division(fa: Form, fb: Form, a: Named, b: Named) -> tuple[float, str, str]:
    if not fa.places.agrees(fb.places):
        return _AGAINST, "but in two places", "但不在一地"
    if not is_shared(fa.core[1:]):
        return 0.0, "", ""
    if any(p.agrees(q) for p in _surely(fa, a) for q in _surely(fb, b)):
        return -0.2, "one place", "同在一地"
    return -4.0, "but several divisions have this name", "但多地有此区划名"


def _near(fa: Form, fb: Form) -> _Score:
    """Names that are nearly one: worth a look, never proposed by themselves."""
    from rapidfuzz import fuzz

    likeness = fuzz.ratio(fa.core, fb.core)
    alike = (
        likeness >= 80
        and min(len(fa.core), len(fb.core)) >= 5
        and fa.places.agrees(fb.places)
        and _LATIN_OR_DIGIT.findall(fa.core) == _LATIN_OR_DIGIT.findall(fb.core)
    )
    words = (
        f"“{fa.printed}” and “{fb.printed}” are {likeness:.0f} % alike",
        f"“{fa.printed}”与“{fb.printed}”相似度 {likeness:.0f}%",
    )
    return _Score((likeness - 100) / 10 if alike else _AGAINST, (words,))
