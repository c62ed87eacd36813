"""Figures for papers: rankings with their intervals, networks by community, matrices; PNG or SVG, the same bytes.

An SVG keeps its words as text and is drawn with the reader's fonts. A PNG needs a font with Chinese characters on this
machine: the first that is found, or the file that ``PLANGRAPH_FONT`` names.
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plangraph.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from plangraph.network import Communities, Ranking

FORMATS = ("png", "svg")
FONT = "PLANGRAPH_FONT"
#: Characters that a font has to have to be taken for Chinese.
_NEEDED = "规划科技区"
#: Words in the file names of fonts that are likely to have them; those are looked at first.
_LIKELY = ("cjk", "hans", "notosanssc", "notoserifsc", "wqy", "simhei", "simsun", "msyh", "pingfang", "heiti", "songti",
           "stheiti", "hiragino", "droidsansfallback", "uming", "ukai", "fangzheng", "deng")  # fmt: skip
_FAMILIES = ["Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "WenQuanYi Zen Hei", "SimHei"]
# Colours that are told apart with any kind of colour vision.
_COLOURS = (
    "#3574d4",
    "#dd7a1b",
    "#12957c",
    "#8e5cc9",
    "#cf4562",
    "#998520",
    "#64748b",
    "#2aa1c0",
    "#b0578d",
    "#5c8a3a",
)
_DPI = 160


def figure_bytes(figure: Figure, form: str) -> bytes:
    """A figure as the bytes of a file.

    Args:
        figure: What one of the functions here gave.
        form: "png" or "svg".

    Raises:
        InputError: No such format, or a PNG with Chinese words on a machine without a Chinese font.
    """
    if form not in FORMATS:
        raise InputError(f"no figure format {form!r}; expected png or svg", f"没有图片格式“{form}”；可用：png、svg")
    matplotlib = _matplotlib()
    family = _FAMILIES
    if form == "png":
        font = _font() if _has_chinese(figure) else None
        family = [font] if font else []
    out = io.BytesIO()
    settings = {"svg.fonttype": "none", "svg.hashsalt": "plangraph"}
    for text in figure.findobj(matplotlib.text.Text):
        text.set_fontfamily([*family, "DejaVu Sans", "sans-serif"])
        text.set_parse_math(False)  # a $ in a name is a $
    metadata = {"Date": None, "Creator": "plangraph"} if form == "svg" else {"Software": "plangraph"}
    with matplotlib.rc_context(settings), _quiet():
        figure.savefig(out, format=form, dpi=_DPI, metadata=metadata, bbox_inches="tight" if form == "png" else None)
    return out.getvalue()


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """An SVG is measured without its fonts; that they are not here is no news."""
    import logging
    import warnings

    log = logging.getLogger("matplotlib.font_manager")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing from")
            yield
    finally:
        log.setLevel(before)


def _matplotlib() -> Any:
    try:
        import matplotlib
        import matplotlib.figure
        import matplotlib.lines
        import matplotlib.text
    except ImportError:
        raise InputError(
            "figures need matplotlib: pip install 'plangraph[figures]'",
            "画图需要 matplotlib：pip install 'plangraph[figures]'",
        ) from None
    return matplotlib


def _has_chinese(figure: Figure) -> bool:
    texts = figure.findobj(_matplotlib().text.Text)
    return any(ord(c) > 0x2E7F for text in texts for c in text.get_text())


@functools.cache
def _font(given: str | None = None) -> str:
    """Family of a font with Chinese characters, known to matplotlib from now on."""
    named = given or os.environ.get(FONT, "")
    if named:
        if not Path(named).is_file() or not _is_chinese(named):
            raise InputError(
                f"{FONT}={named}: not a font with Chinese characters; name a .ttf, .otf or .ttc file that has them",
                f"{FONT}={named}：不是含中文字符的字体；请指定含中文的 .ttf、.otf 或 .ttc 文件",
            )
        return _known(named)
    for path in _candidates():
        if _is_chinese(path):
            return _known(path)
    raise InputError(
        "no font with Chinese characters was found, which a PNG needs. Install one (Debian, Ubuntu: apt install "
        f"fonts-noto-cjk), name a font file in {FONT}, or write .svg, which is drawn with the reader's fonts",
        "未找到含中文字符的字体，PNG 需要它。请安装一种（Debian、Ubuntu：apt install fonts-noto-cjk），"
        f"或用 {FONT} 指定字体文件，或改写 .svg（由读者的字体显示）",
    )


def _candidates() -> Iterator[str]:
    """Font files of the machine: those with a likely name first, in a fixed order."""
    from matplotlib import font_manager

    found = sorted(font_manager.findSystemFonts())
    name = {path: Path(path).name.lower().replace("-", "").replace("_", "") for path in found}
    yield from (p for p in found if any(word in name[p] for word in _LIKELY) and "bold" not in name[p])
    yield from (p for p in found if any(word in name[p] for word in _LIKELY) and "bold" in name[p])
    yield from (p for p in found if not any(word in name[p] for word in _LIKELY))


def _is_chinese(path: str) -> bool:
    from matplotlib.ft2font import FT2Font

    try:
        known = FT2Font(path).get_charmap()
    except (OSError, RuntimeError, ValueError):
        return False
    return all(ord(c) in known for c in _NEEDED)


def _known(path: str) -> str:
    from matplotlib import font_manager

    font_manager.fontManager.addfont(path)
    return font_manager.FontProperties(fname=path).get_name()


def ranking_figure(ranking: Ranking, top: int = 15, lang: str = "zh") -> Figure:
    """The first ``top`` of a ranking as dots, with their rank intervals beside them where they were computed."""
    from plangraph.network import MEASURES

    matplotlib = _matplotlib()
    rows, measure = ranking.rows[:top][::-1], MEASURES[ranking.measure]
    figure: Figure = matplotlib.figure.Figure(figsize=(9, 1.2 + 0.34 * max(len(rows), 1)), layout="constrained")
    axes = figure.subplots(1, 2 if ranking.resample else 1, sharey=True, squeeze=False)[0]
    places = range(len(rows))
    axes[0].barh(places, [r.value for r in rows], color=_COLOURS[0], height=0.62)
    axes[0].set_yticks(list(places), [f"{r.rank}  {r.entity.label(lang)}" for r in rows])
    axes[0].set_xlabel(measure.words(lang))
    if ranking.resample:
        for place, r in zip(places, rows, strict=True):
            axes[1].plot([r.low, r.high], [place, place], color="#9aa5b8", linewidth=3, solid_capstyle="round")
            axes[1].plot([r.rank], [place], "o", color=_COLOURS[1], markersize=5)
        axes[1].set_xlabel("名次区间（重抽样）" if lang == "zh" else "rank interval (resampled)")
    _finish(figure, axes, ranking.listing(lang, 0).title, ranking.projection.words(lang))
    return figure


def _finish(figure: Figure, axes: Sequence[Any], title: str, note: str) -> None:
    for one in axes:
        one.spines[["top", "right"]].set_visible(False)
        one.grid(axis="x", color="#e3e6ec", linewidth=0.8)
        one.set_axisbelow(True)
    figure.suptitle(title, fontsize=13, x=0.01, ha="left")
    figure.supxlabel(note, fontsize=7.5, color="#5b6573", x=0.01, ha="left")


def communities_figure(grouped: Communities, lang: str = "zh", labels: int = 40) -> Figure:
    """The network drawn in the plane, a colour for each of the largest communities, with the heaviest nodes named."""
    import random

    import igraph

    matplotlib = _matplotlib()
    network = grouped.network
    graph = network.arrays.igraph
    igraph.set_random_number_generator(random.Random(grouped.seed))
    try:
        places = graph.layout_fruchterman_reingold(niter=1500) if network.nodes else []
    finally:
        igraph.set_random_number_generator(random)
    figure: Figure = matplotlib.figure.Figure(figsize=(10, 8.2), layout="constrained")
    axes = figure.subplots()
    axes.set_axis_off()
    x, y = [p[0] for p in places], [p[1] for p in places]
    pairs = [[(x[a], y[a]), (x[b], y[b])] for a, b, _ in network.edges]
    from matplotlib.collections import LineCollection

    axes.add_collection(LineCollection(pairs, colors="#c7cdd8", linewidths=0.7, zorder=1))
    degree = network.arrays.degree.tolist()
    handles = []
    for community in grouped.rows:
        own = [network.number(e.id) for e in community.members]
        shown = community.number <= len(_COLOURS)
        colour = _COLOURS[community.number - 1] if shown else "#c0c4cc"
        size = [18 + 14 * degree[n] for n in own]
        axes.scatter([x[n] for n in own], [y[n] for n in own], s=size, c=colour, zorder=2, linewidths=0)
        if shown:
            named = f"{community.leader.label(lang)} ({len(own)})"
            handles.append(matplotlib.lines.Line2D([], [], marker="o", linestyle="", color=colour, label=named))
    heavy = sorted(range(len(degree)), key=lambda n: (-degree[n], n))
    for n in _apart(heavy, [e.label(lang) for e in network.nodes], x, y, labels):
        axes.annotate(network.nodes[n].label(lang), (x[n], y[n]), fontsize=7, ha="center", va="bottom", zorder=3,
                      xytext=(0, 4), textcoords="offset points")  # fmt: skip
    if handles:
        axes.legend(handles=handles, loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, fontsize=8)
    axes.autoscale_view()
    figure.suptitle("社群" if lang == "zh" else "Communities", fontsize=13, x=0.01, ha="left")
    figure.supxlabel(grouped.projection.words(lang), fontsize=7.5, color="#5b6573", x=0.01, ha="left")
    return figure


def _apart(nodes: Sequence[int], names: Sequence[str], x: Sequence[float], y: Sequence[float], most: int) -> list[int]:
    """The first ``most`` of ``nodes`` whose names do not lie over one another's."""
    wide, high = (max(v, default=1) - min(v, default=0) or 1.0 for v in (x, y))
    chosen: list[tuple[int, float]] = []
    for n in nodes:
        # Of a drawing about 560 points wide and high; a Chinese character takes 7, another 4.
        half = sum(7 if ord(c) > 0x2E7F else 4 for c in names[n]) / 2
        clear = (
            abs(x[n] - x[m]) / wide * 560 > half + other or abs(y[n] - y[m]) / high * 560 > 10 for m, other in chosen
        )
        if all(clear):
            chosen.append((n, half))
        if len(chosen) == most:
            break
    return [n for n, _ in chosen]


def matrix_figure(
    values: Sequence[Sequence[float]], rows: Sequence[str], columns: Sequence[str], title: str, note: str = ""
) -> Figure:
    """A heat map with the number in every cell, such as similarities between plans."""
    matplotlib = _matplotlib()
    figure: Figure = matplotlib.figure.Figure(
        figsize=(2.6 + 0.62 * len(columns), 1.8 + 0.5 * len(rows)), layout="constrained"
    )
    axes = figure.subplots()
    table = [[float(v) for v in row] for row in values]
    most = max((v for row in table for v in row), default=1.0) or 1.0
    if rows and columns:
        axes.imshow(table, cmap="Blues", vmin=0, vmax=most, aspect="auto")
    axes.set_xticks(range(len(columns)), list(columns), rotation=40, ha="right", fontsize=8)
    axes.set_yticks(range(len(rows)), list(rows), fontsize=8)
    for i, row in enumerate(table):
        for j, value in enumerate(row):
            shade = "white" if value > 0.6 * most else "#1b2430"
            axes.text(j, i, f"{value:.2g}", ha="center", va="center", fontsize=7.5, color=shade)
    for spine in axes.spines.values():
        spine.set_visible(False)
    figure.suptitle(title, fontsize=13, x=0.01, ha="left")
    if note:
        figure.supxlabel(note, fontsize=7.5, color="#5b6573", x=0.01, ha="left")
    return figure
