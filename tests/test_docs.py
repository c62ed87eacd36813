"""The documents say what is: the command reference is generated, and what the README shows can be run."""

from __future__ import annotations

import importlib.util
import re
import shlex
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import click
import pytest

from plangraph.cli import cli
from tests.conftest import CLI, environment

CHECKOUT = Path(__file__).resolve().parents[1]
PAGES = sorted([*CHECKOUT.glob("*.md"), *CHECKOUT.glob("docs/*.md")])
READMES = [CHECKOUT / "README.md", CHECKOUT / "README.zh-CN.md"]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    """docs/generate_commands.py as a module."""
    spec = importlib.util.spec_from_file_location("generate_commands", CHECKOUT / "docs" / "generate_commands.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_command_reference_is_what_the_help_says(generator: ModuleType) -> None:
    for path, text in generator.pages().items():
        assert path.read_text("utf-8") == text, f"{path.name} has drifted: run python docs/generate_commands.py"


def test_drift_would_be_seen(generator: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    before = generator.pages()
    monkeypatch.setattr(cli.commands["rank"], "help", "Rank otherwise. 换一种排名。")
    after = generator.pages()
    assert all(before[path] != after[path] for path in before)


@pytest.mark.parametrize("name", cli.commands)
def test_each_command_has_a_heading_and_help_in_both_languages(generator: ModuleType, name: str) -> None:
    command = cli.commands[name]
    for lang, page in (("en", "commands.md"), ("zh", "commands.zh.md")):
        assert f"\n## {name}\n" in (CHECKOUT / "docs" / page).read_text("utf-8")
        summary, *more = generator.command_words(command)[lang]
        assert summary
        assert more, f"{name}: its help has a paragraph in one language only"
        assert bool(CHINESE.search(summary)) == (lang == "zh")
    for option in (p for p in command.params if isinstance(p, click.Option)):
        words = generator.split((option.help or "").partition("  [")[0])
        assert words["en"] and words["zh"], f"{name} {option.opts[0]}: help in one language only"


def test_help_shows_every_command_in_both_languages() -> None:
    from click.testing import CliRunner

    said = CliRunner().invoke(cli, ["--help"]).output
    for name, command in cli.commands.items():
        english, _, chinese = (command.help or "").partition("\n")[0].partition(". ")
        assert re.search(rf"^  {name} +{re.escape(english)}\.\n +{re.escape(chinese)}$", said, re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def blocks(page: Path, kind: str) -> list[str]:
    """The code blocks of one kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_commands_and_options_shown_exist(page: Path) -> None:
    for block in blocks(page, "(?:sh|console)"):
        for line in re.findall(r"^(?:\$ )?plangraph (.*?)(?:#.*)?$", block, re.MULTILINE):
            name, *rest = line.split()
            if name.startswith(("-", "[")):
                continue
            assert name in cli.commands, f"{page.name}: plangraph {name}"
            command = cli.commands[name]
            if isinstance(command, click.Group) and name != "ask" and rest[:1] != ["[OPTIONS]"]:
                assert rest and rest[0] in command.commands, f"{page.name}: plangraph {line}"
                command = command.commands[rest[0]]
            known = {o for p in command.params for o in (*p.opts, *p.secondary_opts)} | {"--help", "-h"}
            if name != "ask":  # its options are those of the question
                used = {word.partition("=")[0] for word in rest if re.fullmatch(r"--?[a-z][a-z-]*(=.*)?", word)}
                assert used <= known, f"{page.name}: plangraph {line}"


@pytest.mark.parametrize("page", READMES, ids=lambda p: p.name)
def test_make_targets_shown_exist(page: Path) -> None:
    makefile = (CHECKOUT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    shown = set(re.findall(r"\bmake ([a-z]+)\b", "\n".join(blocks(page, "sh"))))
    assert {"demo", "test"} <= shown <= targets


def shell_commands(page: Path) -> list[str]:
    """The plangraph commands of a page's shell blocks, but for those on files that the reader has to bring."""
    found = []
    for block in blocks(page, "sh"):
        try:
            pieces = re.split(r"\n(?=\S)", block)
            lines = [piece for piece in pieces if shlex.split(piece, comments=True)]
        except ValueError:  # a quotation that goes over several lines with text at their beginning
            lines = [block]
        found += [line for line in lines if line.startswith("plangraph ") and "my-" not in line]
    return found


@pytest.mark.parametrize("page", READMES, ids=lambda p: p.name)
def test_what_the_readme_shows_can_be_run(page: Path, tmp_path: Path) -> None:
    commands = shell_commands(page)
    assert len(commands) > 5
    shim = "plangraph() { " + " ".join(shlex.quote(part) for part in CLI) + ' "$@"; }\n'
    for command in commands:
        done = subprocess.run(["sh", "-c", shim + command], cwd=tmp_path, env=environment(), capture_output=True)
        assert done.returncode == 0, f"{command}\n{done.stderr.decode('utf-8')}"
        assert done.stdout or " -o " in command


@pytest.mark.parametrize("page", READMES, ids=lambda p: p.name)
def test_the_readmes_python_can_be_run(page: Path, tmp_path: Path) -> None:
    (code,) = blocks(page, "python")
    arguments = [sys.executable, "-P", "-c", code]
    done = subprocess.run(arguments, cwd=tmp_path, env=environment(), capture_output=True)
    assert done.returncode == 0, done.stderr.decode("utf-8")
