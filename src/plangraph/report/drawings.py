"""Figures of a report as inline SVG: drawn by the reader's browser in the reader's Chinese font, so no font is needed here.

Each figure can be read without its colours, carries a title for screen readers, and can be saved by itself.
"""

from __future__ import annotations

import html
import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

#: Fonts with Chinese characters on Windows, macOS, Linux and Android; a saved figure carries them along.
FONTS = (
    "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Hiragino Sans GB','Microsoft YaHei','WenQuanYi Zen Hei',"
    "'Noto Sans SC',SimHei,sans-serif"
)
#: Told apart with any kind of colour vision, of about equal lightness; the last is for what is in no group.
COLOURS = ("#3574d4", "#12957c", "#8e5cc9", "#dd7a1b", "#cf4562", "#998520", "#2a8fb8", "#a0522d", "#64748b")
INK, SOFT, LINE = "#1b2430", "#566172", "#d9dfe7"
_ROW, _SIZE = 24, 13


@dataclass(frozen=True, slots=True)
class Interval:
    """A name with its rank and the interval in which the rank lies."""

    name: str
    rank: int
    low: int
    high: int


def text_width(text: str, size: float = _SIZE) -> float:
    """About how wide ``text`` is: a Chinese character is as wide as it is high."""
    return sum(size if unicodedata.east_asian_width(c) in "WFA" else size * 0.56 for c in text)


def shortened(text: str, width: float, size: float = _SIZE) -> str:
    """``text``, cut with an ellipsis to fit into ``width``."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text + "…"


def bars(rows: Sequence[tuple[str, float, str]], title: str) -> str:
    """Horizontal bars: (name, value, what stands at the end)."""
    left = min(260.0, max((text_width(name) for name, _, _ in rows), default=0) + 12)
    width, most = 720.0, max((value for _, value, _ in rows), default=1) or 1
    room = width - left - max((text_width(end) for _, _, end in rows), default=0) - 20
    parts = []
    for n, (name, value, end) in enumerate(rows):
        y = n * _ROW
        long = room * value / most
        parts.append(_text(left - 8, y + 16, shortened(name, left - 12), anchor="end"))
        parts.append(
            f'<rect x="{left:g}" y="{y + 4}" width="{max(long, 1):.1f}" height="15" rx="2" fill="{COLOURS[0]}"/>'
        )
        parts.append(_text(left + long + 6, y + 16, end, SOFT))
    return _svg(parts, width, len(rows) * _ROW + 4, title)


def counted(rows: Sequence[tuple[str, int, int, str]], title: str) -> str:
    """Stated counts: (name, stated, present, what stands at the end); an empty bar as far as stated, filled as present."""
    left = min(300.0, max((text_width(name) for name, _, _, _ in rows), default=0) + 12)
    width, most = 720.0, max((max(stated, present) for _, stated, present, _ in rows), default=1) or 1
    room = width - left - max((text_width(end) for *_, end in rows), default=0) - 20
    parts = []
    for n, (name, stated, present, end) in enumerate(rows):
        y = n * _ROW
        full = stated <= present
        parts.append(_text(left - 8, y + 16, shortened(name, left - 12), anchor="end"))
        parts.append(
            f'<rect x="{left:g}" y="{y + 4}" width="{room * present / most:.1f}" height="15" fill="{COLOURS[1] if full else COLOURS[3]}"/>'
        )
        parts.append(
            f'<rect x="{left:g}" y="{y + 4}" width="{room * stated / most:.1f}" height="15" fill="none" stroke="{INK}" stroke-dasharray="{"none" if full else "4 3"}"/>'
        )
        parts.append(_text(left + room * max(stated, present) / most + 6, y + 16, end, SOFT))
    return _svg(parts, width, len(rows) * _ROW + 4, title)


def intervals(rows: Sequence[Interval], title: str, axis: str) -> str:
    """Ranks as dots on the intervals in which they lie; the first rank is at the left."""
    left = min(280.0, max((text_width(r.name) for r in rows), default=0) + 12)
    width, worst = 720.0, max([r.high for r in rows] + [len(rows), 2])
    room = width - left - 30

    def x(rank: int) -> float:
        return left + 8 + room * (rank - 1) / (worst - 1)

    bottom = len(rows) * _ROW + 6
    step = max(1, math.ceil(worst / 10))
    ticks = [1, *range(step, worst + 1, step)] if step > 1 else list(range(1, worst + 1))
    parts = [f'<line x1="{x(t):.1f}" y1="0" x2="{x(t):.1f}" y2="{bottom}" stroke="{LINE}"/>' for t in ticks]
    parts += [_text(x(t), bottom + 15, str(t), SOFT, "middle", 11) for t in ticks]
    for n, r in enumerate(rows):
        y = n * _ROW + 12
        parts.append(_text(left - 8, y + 4, shortened(r.name, left - 12), anchor="end"))
        parts.append(
            f'<line x1="{x(r.low):.1f}" y1="{y}" x2="{x(r.high):.1f}" y2="{y}" stroke="{COLOURS[0]}" stroke-width="5" '
            'stroke-linecap="round" stroke-opacity="0.35"/>'
        )
        parts.append(f'<circle cx="{x(r.rank):.1f}" cy="{y}" r="5" fill="{COLOURS[0]}"/>')
    parts.append(_text(width - 22, bottom + 32, axis, SOFT, "end", 12))
    return _svg(parts, width, bottom + 40, title)


def matrix(values: Sequence[Sequence[float | None]], names: Sequence[str], title: str) -> str:
    """A square of shaded cells, one name a row and a column; the diagonal is left blank."""
    left = min(200.0, max((text_width(n) for n in names), default=0) + 12)
    size = max(14.0, min(48.0, (720 - left - 8) / max(len(names), 1)))
    most = (
        max((v for i, row in enumerate(values) for j, v in enumerate(row) if v is not None and i != j), default=0) or 1
    )
    top = min(140.0, max((text_width(n, 12) for n in names), default=0) * 0.75 + 20)
    parts = []
    for i, row in enumerate(values):
        y = top + i * size
        parts.append(_text(left - 8, y + size / 2 + 4, shortened(names[i], left - 12), anchor="end"))
        x = left + i * size + size / 2
        turned = f'transform="rotate(-45 {x:.1f} {top - 6:.1f})"'
        parts.append(_text(x, top - 6, shortened(names[i], 150, 12), INK, "start", 12, turned))
        for j, v in enumerate(row):
            if v is None or i == j:
                continue
            cell = f'x="{left + j * size:.1f}" y="{y:.1f}" width="{size - 1:.1f}" height="{size - 1:.1f}"'
            tip = f"<title>{html.escape(f'{names[i]} – {names[j]}: {v:.2f}')}</title>"
            parts.append(f'<rect {cell} fill="{COLOURS[0]}" fill-opacity="{v / most:.3f}">{tip}</rect>')
            if size >= 26:
                ink = "#fff" if v / most > 0.6 else INK
                parts.append(
                    _text(
                        left + j * size + size / 2,
                        y + size / 2 + 4,
                        f"{v:.2f}"[1:] if v < 1 else "1",
                        ink,
                        "middle",
                        11,
                    )
                )
    return _svg(parts, 720, top + len(names) * size + 6, title)


@dataclass(frozen=True, slots=True)
class Dot:
    """A node of a drawn network: where, how large, in which group, and its label, if it has one."""

    x: float
    y: float
    size: float
    group: int
    label: str


def network(dots: Sequence[Dot], edges: Sequence[tuple[int, int]], title: str) -> str:
    """A network: edges between numbered dots, coloured by group; edges between groups are light."""
    if not dots:
        return _svg([], 720, 20, title)
    left, top = min(d.x for d in dots), min(d.y for d in dots)
    scale = min(680 / max(max(d.x for d in dots) - left, 1), 640 / max(max(d.y for d in dots) - top, 1))
    at = [(20 + (d.x - left) * scale, 20 + (d.y - top) * scale) for d in dots]
    parts = []
    for a, b in edges:
        same = dots[a].group == dots[b].group
        colour = _group_colour(dots[a].group) if same else SOFT
        parts.append(
            f'<line x1="{at[a][0]:.1f}" y1="{at[a][1]:.1f}" x2="{at[b][0]:.1f}" y2="{at[b][1]:.1f}" stroke="{colour}" '
            f'stroke-opacity="{0.5 if same else 0.25}"/>'
        )
    for d, (x, y) in zip(dots, at, strict=True):
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{d.size:.1f}" fill="{_group_colour(d.group)}" stroke="#fff"/>'
        )
    taken: list[tuple[float, float, float, float]] = []
    for d, (x, y) in sorted(zip(dots, at, strict=True), key=lambda p: (-p[0].size, p[0].label)):
        if d.label:
            half, middle = (
                text_width(d.label, 12) / 2,
                min(max(x, text_width(d.label, 12) / 2 + 4), 716 - text_width(d.label, 12) / 2),
            )
            box = (middle - half, y - d.size - 16, middle + half, y - d.size - 2)
            if not any(box[0] < t[2] and t[0] < box[2] and box[1] < t[3] and t[1] < box[3] for t in taken):
                taken.append(box)
                halo = 'paint-order="stroke" stroke="#fff" stroke-width="3"'
                parts.append(_text(middle, y - d.size - 4, d.label, INK, "middle", 12, halo))
    height = max(y for _, y in at) + 24
    return _svg(parts, 720, height, title)


def _group_colour(group: int) -> str:
    return COLOURS[min(group, len(COLOURS) - 1)]


def _text(
    x: float, y: float, text: str, colour: str = INK, anchor: str = "start", size: int = _SIZE, more: str = ""
) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}" {more}>{html.escape(text)}</text>'


def _svg(parts: Sequence[str], width: float, height: float, title: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img" font-family="{FONTS}">'
        f"<title>{html.escape(title)}</title>{''.join(parts)}</svg>"
    )
