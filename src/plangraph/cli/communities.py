"""``plangraph communities``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from plangraph.cli.options import (
    build_option,
    lang_option,
    listing_format_option,
    output_option,
    projection_from,
    projection_options,
)
from plangraph.cli.output import write
from plangraph.cli.results import FIGURE_FORMATS, form_of, listing_bytes

if TYPE_CHECKING:
    from plangraph.listing import Listing
    from plangraph.network import Communities

_LISTS = ["communities", "members", "bridges", "brokers", "cores"]


@click.command("communities")
@click.option(
    "--show",
    "shown",
    type=click.Choice(_LISTS),
    multiple=True,
    default=["communities"],
    help="What to list; repeat for more. 列出什么，可重复：社群、成员、桥、中间人、核。  [default: communities]",
)
@click.option(
    "--resolution",
    type=click.FloatRange(min=0, min_open=True),
    default=1.0,
    show_default=True,
    help="Above 1 for more and smaller communities. 大于 1 则社群更多更小。",
)
@click.option("--seed", default=0, show_default=True, help="Seed of the random numbers. 随机种子。")
@click.option(
    "--resample",
    type=click.IntRange(min=0),
    default=50,
    show_default=True,
    help="Networks drawn for the stability, 0 for none. 为稳定度重抽样的次数，0 为不要。",
)
@click.option(
    "--write-back",
    is_flag=True,
    help="Keep the communities in the build, as a named graph of its own. 把社群写入构建，自成一个命名图。",
)
@listing_format_option(*FIGURE_FORMATS)
@projection_options
@output_option
@build_option
@lang_option
def command(
    shown: tuple[str, ...],
    resolution: float,
    seed: int,
    resample: int,
    write_back: bool,
    form: str | None,
    output: Path | None,
    build_path: Path,
    lang: str,
    **options: Any,
) -> None:
    """Communities, bridges, brokers and cores of the network. 网络的社群、桥、中间人与核。

    Communities are found by the Leiden algorithm; their stability says how far they come back when a tenth of the
    statements is left out. A bridge is an edge that alone holds two parts together; a broker has neighbours in several
    communities. A .png or .svg file is a drawing of the network by community.

    社群用 Leiden 算法划分；稳定度说明去掉十分之一的陈述后社群是否依旧。桥是两部分之间唯一的边；中间人的邻居分属多个社群。.png 或 .svg 为按社群着色的网络图。
    """
    from plangraph.graph import open as open_build
    from plangraph.network import communities, project

    network = project(open_build(build_path), projection_from(options))
    found = communities(network, resolution=resolution, seed=seed, resample=resample)
    chosen = form_of(form, output, FIGURE_FORMATS)
    if chosen in FIGURE_FORMATS:
        from plangraph.figures import communities_figure, figure_bytes

        write(figure_bytes(communities_figure(found, lang), chosen), output)
    else:
        listings = [_listing(name, found, lang) for name in dict.fromkeys(shown)]
        write(listing_bytes(listings, chosen, lang), output)
    if write_back:
        from plangraph.cli.written import keep

        keep(build_path, found, lang)


def _listing(name: str, found: Communities, lang: str) -> Listing:
    from plangraph.network import bridges, brokers, cores
    from plangraph.network.structure import bridge_listing, broker_listing, core_listing

    network = found.network
    if name == "bridges":
        return bridge_listing(bridges(network), network, lang)
    if name == "brokers":
        return broker_listing(brokers(network, grouped=found), network, lang)
    if name == "cores":
        return core_listing(cores(network), network, lang)
    return found.listing(lang) if name == "members" else found.summary(lang)
