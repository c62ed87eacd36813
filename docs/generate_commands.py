"""Writes docs/commands.md and docs/commands.zh.md from the commands' own help; a test refuses drift.

Run: python docs/generate_commands.py
"""

from __future__ import annotations

import re
from pathlib import Path

import click

from plangraph.cli import cli

FOLDER = Path(__file__).resolve().parent
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
WORDS = {
    "en": {
        "title": "# Commands",
        "made": "Generated from `plangraph --help` by `python docs/generate_commands.py`; do not edit. "
        "[中文](commands.zh.md)",
        "option": "Option",
        "meaning": "Meaning",
        "default": "default",
        "ends": "Exit code: 0 well, 1 something is wrong (the message says what and how to mend it), 2 wrong usage. "
        "Messages are in the language of `--lang`, else `PLANGRAPH_LANG` (zh or en), else the locale.",
        "questions": "Each saved question is a command below `ask`, with its parameters as options: "
        "see [questions.md](questions.md).",
    },
    "zh": {
        "title": "# 命令",
        "made": "由 `python docs/generate_commands.py` 据 `plangraph --help` 生成，请勿手改。[English](commands.md)",
        "option": "选项",
        "meaning": "含义",
        "default": "默认",
        "ends": "退出码：0 正常；1 有问题（提示说明问题与改法）；2 用法错误。提示的语言依 `--lang`，其次 `PLANGRAPH_LANG`（zh 或 en），"
        "再次为系统区域设置。",
        "questions": "每个已存的问题都是 `ask` 之下的一个命令，参数即其选项：见 [questions.md](questions.md)。",
    },
}


def split(text: str) -> dict[str, str]:
    """An English sentence followed by a Chinese one, as two.

    >>> split("Output format. 输出格式。")
    {'en': 'Output format.', 'zh': '输出格式。'}
    """
    pieces = re.split(r"(?<=[.)?!]) +", text.strip())
    first = next((i for i, piece in enumerate(pieces) if mostly_chinese(piece)), len(pieces))
    return {"en": " ".join(pieces[:first]), "zh": " ".join(p for p in pieces[first:] if _CHINESE.search(p))}


def mostly_chinese(text: str) -> bool:
    """Whether a sentence is Chinese; an English one may hold a Chinese name, a Chinese one some English words."""
    return len(_CHINESE.findall(text)) >= max(1, len(re.findall(r"[A-Za-z]+", text)))


def command_words(command: click.Command) -> dict[str, list[str]]:
    """What a command's help says, as paragraphs by language; the first one is its summary."""
    summary, *paragraphs = [" ".join(p.split()) for p in (command.help or "").split("\n\n")]
    found = {lang: [words] for lang, words in split(summary).items()}
    for paragraph in paragraphs:
        found["zh" if mostly_chinese(paragraph) else "en"].append(paragraph)
    return found


def all_commands() -> dict[str, click.Command]:
    """Every command by its words, those of a group after it; the questions below `ask` have a page of their own."""
    found: dict[str, click.Command] = {}
    for name, command in cli.commands.items():
        found[name] = command
        if isinstance(command, click.Group) and name != "ask":
            found |= {f"{name} {below}": c for below, c in command.commands.items()}
    return found


def usage(name: str, command: click.Command) -> str:
    """The line that shows how a command is called."""
    context = click.Context(command, info_name=f"plangraph {name}")
    return f"plangraph {name} {' '.join(command.collect_usage_pieces(context))}"


def option_row(option: click.Option, lang: str) -> str:
    """One line of a command's table of options."""
    names = ", ".join(f"`{name}`" for name in option.opts)
    if isinstance(option.type, click.Choice):
        names += " " + " \\| ".join(f"`{choice}`" for choice in option.type.choices)
    elif not option.is_flag:
        names += f" {option.metavar or option.type.name.upper().split(' ')[0]}"
    meaning = split((option.help or "").partition("  [")[0])[lang]
    default = f"{WORDS[lang]['default']} `{option.default}`"
    note = (f" ({default})" if lang == "en" else f"（{default}）") if option.show_default else ""
    return f"| {names} | {meaning}{note} |"


def page(lang: str) -> str:
    """The whole reference in one language."""
    words = WORDS[lang]
    lines = [words["title"], "", words["made"], "", words["ends"]]
    for name, command in all_commands().items():
        lines += ["", f"## {name}", ""]
        summary, *more = command_words(command)[lang]
        lines += [summary, "", "```sh", usage(name, command), "```"]
        for paragraph in more:
            lines += ["", paragraph]
        if name == "ask":
            lines += ["", words["questions"]]
        options = [p for p in command.params if isinstance(p, click.Option)]
        if options:
            lines += ["", f"| {words['option']} | {words['meaning']} |", "|---|---|"]
            lines += [option_row(option, lang) for option in options]
    return "\n".join(lines) + "\n"


def pages() -> dict[Path, str]:
    """Each file of the reference with what must stand in it."""
    return {FOLDER / "commands.md": page("en"), FOLDER / "commands.zh.md": page("zh")}


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(path)
