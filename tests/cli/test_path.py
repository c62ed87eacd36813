"""``plangraph path``."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import plangraph

Cli = Callable[..., subprocess.CompletedProcess[bytes]]


def test_each_hop_with_its_quote(cli: Cli, tianjin: Path, kg: plangraph.PlanGraph) -> None:
    run = cli("path", "--build", tianjin, "中国信创谷", "天津中医药大学", "--lang", "zh")
    said = run.stdout.decode("utf-8")
    assert run.returncode == 0, run.stderr
    (path,) = kg.paths("中国信创谷", "天津中医药大学", k=1)
    assert f"（{len(path)} 步）" in said or f"({len(path)} 步)" in said
    for hop in path.hops:
        assert hop.target.label_zh in said
        for statement in hop.statements:
            first = statement.evidence[0]
            assert f"“{first.quote}”" in said
            assert f"{first.start}–{first.end}" in said


def test_several_paths_are_numbered(cli: Cli, tianjin: Path, kg: plangraph.PlanGraph) -> None:
    run = cli("path", "--build", tianjin, "-k", "3", "中国信创谷", "天津中医药大学", "--lang", "en")
    numbers = [line[:2] for line in run.stdout.decode("utf-8").splitlines() if not line.startswith(" ")]
    assert numbers == [f"{n}." for n in range(1, len(kg.paths("中国信创谷", "天津中医药大学", k=3)) + 1)]
    assert kg.entity("中国信创谷").label_en in run.stdout.decode("utf-8")


def test_by_id_and_by_english_name(cli: Cli, tianjin: Path, kg: plangraph.PlanGraph) -> None:
    one, two = kg.entity("中国信创谷"), kg.entity("滨海高新区")
    outputs = {
        cli("path", "--build", tianjin, a, b).stdout
        for a, b in ((one.id, two.id), (one.label_en, two.label_en), (one.label_zh, two.iri))
    }
    assert len(outputs) == 1


def test_sets_through_and_avoiding(cli: Cli, tianjin: Path, kg: plangraph.PlanGraph) -> None:
    arguments = ["any:高等院校", "any:创新标志区", "-k", "2", "--avoiding", "中医药谷", "--lang", "zh"]
    said = cli("path", "--build", tianjin, *arguments).stdout.decode("utf-8")
    found = kg.paths("any:University", "any:InnovationZone", k=2, avoiding=["中医药谷"])
    assert [line.split("  (")[0][3:] for line in said.splitlines() if line[0] in "12"] == [
        " — ".join(e.label_zh for e in path.entities) for path in found
    ]
    through = cli(
        "path", "--build", tianjin, "北方声谷", "天津中医药大学", "--through", "生物制造谷", "--through", "位于"
    )
    assert through.returncode in (0, 1) and b"Traceback" not in through.stderr
    longest = cli(
        "path", "--build", tianjin, "北方声谷", "天津中医药大学", "--longest", "6", "--lang", "en"
    ).stdout.decode("utf-8")
    numbers = [line for line in longest.splitlines() if not line.startswith(" ")]
    assert len(numbers) == len(kg.paths("北方声谷", "天津中医药大学", longest=6))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_why(cli: Cli, tianjin: Path, kg: plangraph.PlanGraph, lang: str) -> None:
    run = cli("path", "--build", tianjin, "北方声谷", "天津中医药大学", "--why", "--lang", lang)
    assert run.stdout.decode("utf-8") == kg.paths("北方声谷", "天津中医药大学", k=1).explain(lang)


def test_as_a_table_of_statements(cli: Cli, tianjin: Path, tmp_path: Path, kg: plangraph.PlanGraph) -> None:
    out = tmp_path / "p.json"
    assert (
        cli("path", "--build", tianjin, "北方声谷", "天津中医药大学", "-k", "2", "-o", out, "--lang", "zh").stdout
        == b""
    )
    listing = kg.paths("北方声谷", "天津中医药大学", k=2).listing("zh")
    assert json.loads(out.read_text("utf-8")) == list(listing.result())


def test_what_there_is_not(cli: Cli, tianjin: Path) -> None:
    for lang, words in (("en", "did you mean"), ("zh", "您是不是要找")):
        run = cli("path", "--build", tianjin, "中国信创", "滨海高新区", "--lang", lang)
        assert (run.returncode, run.stdout) == (1, b"")
        assert f"{words}" in run.stderr.decode("utf-8")
        assert "中国信创谷" in run.stderr.decode("utf-8")


def test_wrong_usage(cli: Cli, tianjin: Path) -> None:
    for arguments in (["中国信创谷"], ["a", "b", "c"], ["-k", "0", "a", "b"], ["-k", "x", "a", "b"]):
        run = cli("path", "--build", tianjin, *arguments)
        assert run.returncode == 2
        assert b"Usage:" in run.stderr


def test_no_path_in_that_network(cli: Cli, tianjin: Path) -> None:
    run = cli("path", "--build", tianjin, "--relation", "subDomainOf", "中国信创谷", "滨海高新区")
    assert run.returncode == 1
    assert b"no relation in this network" in run.stderr
