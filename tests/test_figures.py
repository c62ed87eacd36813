"""Figures: what they show, the same bytes, hostile words, and a clear message where there is no Chinese font."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import plangraph
from plangraph import figures
from plangraph.errors import InputError
from plangraph.figures import communities_figure, figure_bytes, matrix_figure, ranking_figure
from tests.network.invented import Graph

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def font(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A font of our own: a square for each of the characters that are asked of a Chinese font, and for a few more."""
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    characters = sorted(
        {
            *"规划科技区按度排名网络：园；边全部关系，无向每条权重为1相似名次间（抽样）社群天津",
            *map(chr, range(32, 127)),
        }
    )
    names = [f"u{ord(c):04X}" for c in characters]
    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    for corner in ((100, 700), (900, 700), (900, 0)):
        pen.lineTo(corner)
    pen.closePath()
    square = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", *names])
    builder.setupCharacterMap(dict(zip(map(ord, characters), names, strict=True)))
    builder.setupGlyf(dict.fromkeys([".notdef", *names], square))
    builder.setupHorizontalMetrics(dict.fromkeys([".notdef", *names], (1000, 100)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Invented Han", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    path = tmp_path_factory.mktemp("fonts") / "invented.ttf"
    builder.save(path)
    return path


@pytest.fixture(autouse=True)
def forget_the_font() -> Iterator[None]:
    """Each test finds its font anew."""
    figures._font.cache_clear()
    yield
    figures._font.cache_clear()


def texts(svg: bytes) -> list[str]:
    """The words of an SVG."""
    return ["".join(t.itertext()).strip() for t in ET.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_ranking_shows_names_ranks_and_network(kg: plangraph.PlanGraph, lang: str) -> None:
    ranking = kg.rank("betweenness", resample=5, kinds=["Park"])
    words = texts(figure_bytes(ranking_figure(ranking, 6, lang), "svg"))
    for row in ranking.rows[:6]:
        assert f"{row.rank}  {row.entity.label(lang)}" in words
    assert f"{ranking.rows[6].rank}  {ranking.rows[6].entity.label(lang)}" not in words
    assert ranking.projection.words(lang) in words
    assert ranking.listing(lang, 0).title in words


def test_communities_show_the_largest_ones(kg: plangraph.PlanGraph) -> None:
    found = kg.communities(resample=0)
    words = texts(figure_bytes(communities_figure(found, "zh"), "svg"))
    assert f"{found.rows[0].leader.label_zh} ({len(found.rows[0].members)})" in words
    assert found.projection.words("zh") in words


def test_a_matrix_has_a_number_in_every_cell() -> None:
    figure = matrix_figure([[1, 0.5], [0.25, 0]], ["甲", "乙"], ["丙", "丁"], "相似度", "某说明")
    words = texts(figure_bytes(figure, "svg"))
    assert {"甲", "乙", "丙", "丁", "相似度", "某说明", "1", "0.5", "0.25", "0"} <= set(words)
    figure_bytes(matrix_figure([], [], [], "x"), "svg")


def test_the_same_bytes_every_time(kg: plangraph.PlanGraph, font: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANGRAPH_FONT", str(font))
    found = kg.communities(resample=0, kinds=["Park", "Institution"])
    for form in ("svg", "png"):
        assert figure_bytes(communities_figure(found), form) == figure_bytes(communities_figure(found), form)
    code = (
        "import sys, plangraph, hashlib; from plangraph.figures import *\n"
        f"kg = plangraph.open({str(kg.path)!r})\n"
        "print(hashlib.sha256(figure_bytes(ranking_figure(kg.rank('degree')), 'svg')).hexdigest())"
    )
    runs = {
        subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, check=True).stdout for _ in range(2)
    }
    assert len(runs) == 1


def test_a_png_is_a_picture(font: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    from PIL import Image

    monkeypatch.setenv("PLANGRAPH_FONT", str(font))
    kg: Any = Graph("abc", [("a", "partOf", "b"), ("b", "partOf", "c")])
    from plangraph.network import rank

    image = Image.open(io.BytesIO(figure_bytes(ranking_figure(rank(kg)), "png")))
    assert image.format == "PNG" and image.width > 800
    assert len(set(image.convert("L").resize((64, 64)).tobytes())) > 5


def test_a_fonts_file_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import matplotlib

    latin = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    for path in (latin, tmp_path / "broken.ttf", tmp_path / "nosuch.ttf"):
        monkeypatch.setenv("PLANGRAPH_FONT", str(path))
        with pytest.raises(InputError, match="not a font with Chinese characters") as caught:
            figure_bytes(matrix_figure([[1]], ["甲"], ["乙"], "丙"), "png")
        assert str(path) in caught.value.zh


def test_without_a_chinese_font_there_is_a_message_and_svg_still_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLANGRAPH_FONT", raising=False)
    monkeypatch.setattr(figures, "_candidates", lambda: iter(()))
    figure = matrix_figure([[1]], ["甲"], ["乙"], "丙")
    with pytest.raises(InputError, match="fonts-noto-cjk") as caught:
        figure_bytes(figure, "png")
    assert "PLANGRAPH_FONT" in caught.value.zh and ".svg" in caught.value.zh
    assert "甲" in texts(figure_bytes(figure, "svg"))
    assert figure_bytes(matrix_figure([[1]], ["a"], ["b"], "c"), "png").startswith(b"\x89PNG")  # no Chinese, no need


def test_a_font_is_taken_for_chinese_by_its_characters(font: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import matplotlib

    latin = str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf")
    monkeypatch.delenv("PLANGRAPH_FONT", raising=False)
    monkeypatch.setattr(figures, "_candidates", lambda: iter([latin, "/nosuch/file.ttf", str(font)]))
    assert figures._font() == "Invented Han"


def test_words_cannot_become_markup() -> None:
    hostile = "<script>alert(1)</script>&\"'$x^2$ \\alpha"
    svg = figure_bytes(matrix_figure([[1]], [hostile], ["b"], hostile), "svg")
    assert b"<script" not in svg
    assert hostile in texts(svg)


def test_no_such_format_and_no_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    figure = matrix_figure([[1]], ["a"], ["b"], "c")
    with pytest.raises(InputError, match="png or svg"):
        figure_bytes(figure, "gif")
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(InputError, match=re.escape("plangraph[figures]")):
        matrix_figure([[1]], ["a"], ["b"], "c")
