"""``plangraph check``: exit codes 0, 1 and 2, words in both languages, never a traceback."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.seeds import SHAPES, TABLES, TEXT
from tests.faults.small_plan import PLAN_ID, Draft

Run = Callable[..., subprocess.CompletedProcess[bytes]]


def sha256(text: str) -> str:
    """Digest of a text in UTF-8."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def lines(output: bytes) -> list[str]:
    """Lines of UTF-8 output."""
    return output.decode("utf-8").splitlines()


def test_a_valid_plan(cli: Run, tmp_path: Path) -> None:
    folder, text = Draft().write(tmp_path)
    done = cli("check", folder, "--text", text, "--lang", "en")
    assert (done.returncode, done.stderr) == (0, b"")
    assert lines(done.stdout) == [
        "“2个创新标志区”: Innovation zone: 2 stated, 2 named",
        "1 plan(s), 11 statements, 12 quotes verified in the text: 0 error(s), 0 warning(s)",
    ]
    done = cli("check", tmp_path, "--lang", "zh")
    assert (done.returncode, done.stderr) == (0, b"")
    assert lines(done.stdout) == [
        "“2个创新标志区”：创新标志区 文中称 2 个，点名 2 个",
        "1 份规划，11 条陈述：0 个错误，0 个警告",
    ]


def test_the_bundled_plan_is_checked_where_none_is_named(cli: Run, tmp_path: Path) -> None:
    done = cli("check", "--lang", "en", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "8 stated, 5 named" in done.stdout.decode("utf-8")
    assert lines(done.stdout)[-1].endswith("0 error(s), 0 warning(s)")


def test_the_bundled_plan_with_its_text(cli: Run, plans_dir: Path) -> None:
    done = cli("check", "--text", plans_dir / "tianjin-145.txt", "--lang", "zh")
    assert (done.returncode, done.stderr) == (0, b"")
    last = lines(done.stdout)[-1]
    assert "处引文与原文一致" in last and last.endswith("0 个错误，0 个警告")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", ["SHAPES", "TABLES", "TEXT"])
def test_faults_are_printed_with_their_place_and_end_with_exit_code_1(
    kind: str, lang: str, cli: Run, tmp_path: Path
) -> None:
    code = {"SHAPES": "evidence-method", "TABLES": "status", "TEXT": "quote-offset"}[kind]
    seed = next(s for s in (*SHAPES, *TABLES, *TEXT) if s.code == code)
    draft = Draft()
    seed.edit(draft)
    folder, text = draft.write(tmp_path)
    done = cli("check", folder, "--text", text, "--lang", lang)
    assert (done.returncode, done.stderr) == (1, b"")
    (fault,) = [line for line in lines(done.stdout) if f"[{code}]" in line]
    path, line, column, rest = fault.split(":", 3)
    assert (path, int(line)) == (str(folder / seed.at[0][0]), seed.at[0][1])
    assert int(column) > 1
    assert "1" in lines(done.stdout)[-1] and {"zh": "个错误", "en": "error(s)"}[lang] in lines(done.stdout)[-1]
    assert rest.startswith({"zh": " 错误 [", "en": " error ["}[lang])
    assert {"zh": seed.mend_zh, "en": seed.mend_en}[lang] in fault


@pytest.mark.parametrize("judge", [(), ("--pyshacl",)])
def test_a_warning_alone_is_no_failure(judge: tuple[str, ...], cli: Run, tmp_path: Path) -> None:
    draft = Draft()
    draft.entities[5]["label_en"] = ""
    folder, _ = draft.write(tmp_path)
    done = cli("check", folder, "--lang", "en", *judge)
    assert (done.returncode, done.stderr) == (0, b"")
    assert ": warning [entity-label-en]: " in lines(done.stdout)[0]
    assert lines(done.stdout)[-1].endswith("0 error(s), 1 warning(s)")


@pytest.mark.parametrize("judge", [(), ("--pyshacl",)])
def test_values_of_the_wrong_form_bring_no_traceback(judge: tuple[str, ...], cli: Run, tmp_path: Path) -> None:
    draft = Draft()
    draft.statements[0]["decided_on"] = "yesterday"
    draft.edit_toml("2031-02-03", "soon")
    folder, _ = draft.write(tmp_path)
    done = cli("check", folder, "--lang", "en", *judge)
    assert (done.returncode, done.stderr) == (1, b"")
    assert [line.split("[")[1].split("]")[0] for line in lines(done.stdout)[:2]] == [
        "plan-published",
        "evidence-decided-on-form",
    ]


def test_several_plans_each_with_its_text(cli: Run, tmp_path: Path) -> None:
    one, two = Draft(), Draft()
    two.toml = two.toml.replace("yunzhou-one", "yunzhou-two").partition("[[stated_counts]]")[0]
    two.text = two.text.replace("科技创新规划", "科技创新纲要")
    two.toml = two.toml.replace(sha256(one.text), sha256(two.text))
    folders = [one.write(tmp_path / "one"), two.write(tmp_path / "two")]
    texts = ["--text", folders[0][1], "--text", folders[1][1]]
    done = cli("check", folders[1][0], folders[0][0], *texts, "--lang", "en")
    assert (done.returncode, done.stderr) == (0, b"")
    assert lines(done.stdout)[-1].startswith("2 plan(s), 22 statements, 23 quotes verified")


def test_one_text_of_two_plans_serves_both(cli: Run, tmp_path: Path) -> None:
    one, two = Draft(), Draft()
    two.toml = two.toml.replace("yunzhou-one", "yunzhou-two")
    two.statements[0] |= {"start": "21", "end": "29"}
    folders = [one.write(tmp_path / "one"), two.write(tmp_path / "two")]
    done = cli("check", folders[0][0], folders[1][0], "--text", folders[0][1], "--lang", "en")
    assert done.returncode == 1
    assert [line for line in lines(done.stdout) if "quote-offset" in line and str(folders[1][0]) in line]
    assert "23 quotes verified" in lines(done.stdout)[-1]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_another_text_than_the_plans(lang: str, cli: Run, tmp_path: Path) -> None:
    folder, text = Draft().write(tmp_path)
    text.write_text("另一份规划的原文。\n", encoding="utf-8")
    done = cli("check", folder, "--text", text, "--lang", lang)
    assert (done.returncode, done.stderr) == (1, b"")
    output = done.stdout.decode("utf-8")
    assert "[text-sha256]" in output and "[text-characters]" in output
    assert {"zh": "不是同一文本", "en": "it is another text"}[lang] in output
    assert {"zh": "0 处引文与原文一致", "en": "0 quotes verified"}[lang] in output


def test_a_text_that_belongs_to_none_of_several_plans(cli: Run, tmp_path: Path) -> None:
    one, two = Draft(), Draft()
    two.toml = two.toml.replace("yunzhou-one", "yunzhou-two")
    folders = [one.write(tmp_path / "one")[0], two.write(tmp_path / "two")[0]]
    stranger = tmp_path / "stranger.txt"
    stranger.write_text("别的文字", encoding="utf-8")
    done = cli("check", *folders, "--text", stranger, "--lang", "en")
    assert (done.returncode, done.stdout) == (1, b"")
    assert str(stranger) in done.stderr.decode("utf-8")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("case", ["missing", "without plan.toml", "without tables", "file", "no text", "binary text"])
def test_what_cannot_be_read_is_named_with_exit_code_1(case: str, lang: str, cli: Run, tmp_path: Path) -> None:
    folder, text = Draft().write(tmp_path)
    arguments: list[str | Path] = [folder]
    match case:
        case "missing":
            named = arguments[0] = tmp_path / "nowhere"
        case "without plan.toml":
            (folder / "plan.toml").unlink()
            named = folder
        case "without tables":
            named = folder / "statements.csv"
            named.unlink()
        case "file":
            named = arguments[0] = text
        case "no text":
            named = tmp_path / "none.txt"
            arguments += ["--text", named]
        case _:
            named = text
            text.write_bytes(b"\x00\x01\x02\x00")
            arguments += ["--text", text]
    done = cli("check", *arguments, "--lang", lang)
    assert (done.returncode, done.stdout) == (1, b"")
    words = done.stderr.decode("utf-8")
    assert str(named) in words
    assert "Traceback" not in words
    assert any("\u4e00" <= c <= "\u9fff" for c in words.replace(str(tmp_path), "")) == (lang == "zh")


@pytest.mark.parametrize("arguments", [["--lang", "fr"], ["--no-such-option"], ["--text"]])
def test_wrong_usage_is_exit_code_2(arguments: list[str], cli: Run) -> None:
    done = cli("check", *arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"Error: " in done.stderr and arguments[0].encode() in done.stderr
    assert b"Traceback" not in done.stderr


def test_the_language_of_the_environment(cli: Run, tmp_path: Path) -> None:
    folder, _ = Draft().write(tmp_path)
    for env, word in (({"PLANGRAPH_LANG": "zh"}, "条陈述"), ({"LC_ALL": "zh_CN.UTF-8"}, "条陈述"), ({}, "statements")):
        done = cli("check", folder, env=env)
        assert word in done.stdout.decode("utf-8"), env


def test_a_plain_locale_does_not_spoil_chinese(cli: Run, tmp_path: Path) -> None:
    folder, _ = Draft().write(tmp_path)
    done = cli("check", folder, "--lang", "zh", env={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"})
    assert done.returncode == 0
    assert "份规划" in done.stdout.decode("utf-8")


def test_nothing_in_the_folder_changes(cli: Run, tmp_path: Path) -> None:
    draft = Draft()
    draft.statements[0]["method"] = "guessed"
    folder, text = draft.write(tmp_path)
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.iterdir()}
    assert cli("check", folder, "--text", text).returncode == 1
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.iterdir()} == before
    assert sorted(p.name for p in tmp_path.iterdir()) == [PLAN_ID, f"{PLAN_ID}.txt"]


def test_help_is_in_both_languages(cli: Run) -> None:
    done = cli("check", "--help")
    assert done.returncode == 0
    text = done.stdout.decode("utf-8")
    assert "--text" in text and "检查规划文件夹" in text and "Check plan folders" in text
