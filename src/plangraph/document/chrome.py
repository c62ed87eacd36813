"""Which lines belong to the web page or the printed page rather than to the plan.

A line is chrome by its words (``words.toml``) and by where it stands: few words are chrome anywhere, most only at
the edges, before the first prose or after the last. Prose inside the plan is never chrome.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from plangraph.document.marks import CONTENTS, LAST_LEVEL, LINK, TITLE
from plangraph.document.numbering import read_number
from plangraph.document.words import load_words

_TRIM = re.compile(r"[\s\[\]【】〖〗（）()|｜·•:：>》《<»«/\\×✕▲▼↑↓－—–_.。,，-]+")
#: A line that is a page number.
PAGE_NUMBER = re.compile(
    r"[-—–－·]{1,3}\s*\d{1,4}\s*[-—–－·]{1,3}|第\s*\d{1,4}\s*页(?:[\s，,/]*共\s*\d{1,4}\s*页)?|\d{1,4}\s*/\s*\d{1,4}"
)
#: Fields of a mail merge or a template that nothing was put into.
_FIELD = re.compile(r"(?:«[^«»]{0,40}»|<<[^<>]{0,40}>>|\$?\{{1,2}[^{}]{0,40}\}{1,2}|\[[A-Za-z_ ]{2,40}\]|\s)+")
_BREADCRUMB = re.compile(r"\S{1,12}\s*(?:(?:>|》|»|＞|::)+\s*\S{1,14}\s*){2,}")
_STAMP = re.compile(r"\d{4}\s?[-年./]\s?\d{1,2}\s?[-月./]\s?\d{1,2}\s?日?(?:\s+\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?")
_CAPTION = re.compile(r"(?:记者|通讯员|摄影|图片?/)[^。！？；]{0,16}$|[\s）)]摄(?:影报道)?[。）)]?$|\S{2,4}摄$")
#: A line that says who took the picture above it.
_CREDIT = re.compile(
    r"[（(]?(?:图片?(?:来源)?|图源|摄影)[:：/]\s*\S.{0,20}|[（(][^（()）]{0,24}摄(?:影(?:报道)?)?[)）]|"
    r".{0,12}(?:记者|通讯员|新华社|中新社)[^，。；]{0,16}摄(?:影(?:报道)?)?|\S{2,4}\s+摄"
)
_CONTENTS_LINE = re.compile(r"\S.{0,60}?[.·…‥．﹒・]{3,}\s*[（(]?\d{1,4}[）)]?")
_PROSE_END = tuple("。！？；")
_SALUTATION = re.compile(r"各位\S{1,12}[：:！!，,]")
_SESSION = re.compile(r"[—－-]*.{0,12}日在.{2,40}(?:会议|全会|大会)上")
#: A salutation stands at most so many lines below the first prose, which then is a picture's caption.
_GREETING = 4
_TITLE_TAIL = re.compile(r"(?:[（(【][^（(）)]{1,30}[）)】]|[》”\"])+$")
_TITLE_HEAD = re.compile(r"^.{2,26}(?:[省市县区州盟]|人民政府|办公厅|办公室|委员会|关于印发)$")
_NOTICE = re.compile(r"关于印发|通知$")
#: The plan that a notice issues begins at most so many lines below it.
_NOTICE_LINES = 60
#: Characters that a title can have.
_TITLE_SIZE = 60
#: A line of the page's menu has at most so many characters.
_MENU_SIZE = 8
#: So many lines of links, one after the other, are a menu.
_MENU_LINES = 3
PROSE_SIZE = 30


@dataclass(frozen=True, slots=True)
class Page:
    """What of a page is not the plan's body.

    Args:
        chrome: One byte a line, 1 for chrome.
        front: Number of lines before the first prose or numbered heading.
        titles: Lines of the front that are titles, the document's own first, the upper line of a broken one next.
        speech: Whether the front ends with a salutation (各位代表：), as a report that was read out does.
    """

    chrome: bytes
    front: int
    titles: tuple[int, ...]
    speech: bool


def is_prose(line: str) -> bool:
    """Whether ``line`` is running text: a sentence with its stop, or too long for anything else."""
    if len(line) > 2 * PROSE_SIZE:
        return True
    if len(line) >= PROSE_SIZE and "。" in line:
        return True
    return len(line) >= 10 and line.endswith(_PROSE_END)


def read_page(lines: Sequence[str], marks: Sequence[int]) -> Page:
    """Tell a page's chrome, front and titles.

    Args:
        lines: The lines, white space at their ends removed; long ones may be cut.
        marks: Their marks.
    """
    chrome = bytearray(_is_chrome_anywhere(line) or mark == CONTENTS for line, mark in zip(lines, marks, strict=True))
    front = _front(lines, marks, chrome)
    greeting = next((i for i in range(min(front + _GREETING, len(lines))) if _SALUTATION.fullmatch(lines[i])), None)
    speech = greeting is not None or any(_SESSION.fullmatch(line) for line in lines[:front])
    front = front if greeting is None else max(front, greeting + 1)
    _mark_edge(lines, chrome, range(front))
    titles = tuple(_attached(lines, chrome, front, _titles(lines, marks, chrome, front)))
    if any(chrome[:front]):
        for i in range(min(titles, default=0)):
            chrome[i] |= len(lines[i]) <= _MENU_SIZE
    _mark_menus(lines, marks, chrome)
    _mark_foot(lines, marks, chrome, front)
    _mark_beside(lines, chrome)
    _mark_contents(lines, chrome)
    return Page(bytes(chrome), front, titles, speech)


def _is_chrome_anywhere(line: str) -> bool:
    if len(line) > 40:
        return False
    words = load_words()
    parts = _parts(line)
    known = all(p in words.anywhere or p in words.beside for p in parts) and any(p in words.anywhere for p in parts)
    return (
        known
        or "".join(parts) in words.anywhere
        or bool(PAGE_NUMBER.fullmatch(line) or _FIELD.fullmatch(line) or _CREDIT.fullmatch(line))
    )


def _parts(line: str) -> list[str]:
    return [part for part in _TRIM.split(line) if part]


def _is_chrome_at_edge(line: str) -> bool:
    if len(line) > 2 * PROSE_SIZE:
        return False
    words = load_words()
    if all(p in words.anywhere or p in words.beside for p in _parts(line)) or _BREADCRUMB.fullmatch(line):
        return True
    return words.label.match(line.lstrip("【[ ")) is not None


def _front(lines: Sequence[str], marks: Sequence[int], chrome: bytearray) -> int:
    for i, line in enumerate(lines):
        if chrome[i] or _CAPTION.search(line):
            continue
        number = read_number(line)
        numbered = number is not None and number.form not in ("dash", "note", "box") and number.rank <= 62
        if numbered or 1 < marks[i] <= LAST_LEVEL or (is_prose(line) and not _is_chrome_at_edge(line)):
            return i
    return 0 if not any(chrome) else len(lines)


def _mark_edge(lines: Sequence[str], chrome: bytearray, where: Sequence[int]) -> None:
    """Chrome among lines at an edge; the value below a bare label and a time stamp are chrome as well."""
    for i in where:
        line = lines[i]
        chrome[i] |= _is_chrome_at_edge(line) or bool(_CAPTION.search(line)) or _STAMP.fullmatch(line) is not None
        above = i > 0 and load_words().label.fullmatch(lines[i - 1].lstrip("【[ ")) is not None
        if above and len(line) <= 20 and not _is_title(line):
            chrome[i] = 1


def _mark_menus(lines: Sequence[str], marks: Sequence[int], chrome: bytearray) -> None:
    """Three lines or more, one after the other, that are links and nothing else."""
    start = 0
    for linked, group in groupby(range(len(lines)), key=lambda i: marks[i] == LINK and not is_prose(lines[i])):
        size = len(list(group))
        if linked and size >= _MENU_LINES:
            chrome[start : start + size] = b"\1" * size
        start += size


def _is_title(line: str) -> bool:
    if not 4 <= len(line) <= _TITLE_SIZE or line.endswith(_PROSE_END) or line.startswith(("—", "(", "（", "－", "-")):
        return False
    return _TITLE_TAIL.sub("", line).endswith(load_words().title_endings)


def _titles(lines: Sequence[str], marks: Sequence[int], chrome: bytearray, front: int) -> list[int]:
    """Lines of the front that are titles, the document's own first: not the notice that issues it, if there is another."""
    found = [i for i in range(front) if not chrome[i] and (marks[i] == TITLE or _is_title(lines[i]))]
    if not found:
        alone = marks.count(1) == 1
        return [i for i in range(front) if alone and marks[i] == 1 and not chrome[i]]
    own = next((i for i in found if not _NOTICE.search(lines[i])), found[0])
    found.sort(key=lambda i: (i != own, i))
    # A title broken over two lines: the upper one names the place or the issuer.
    if own > 0 and own - 1 not in found and not chrome[own - 1] and _TITLE_HEAD.search(lines[own - 1]):
        found.insert(1, own - 1)
    return found


def _attached(lines: Sequence[str], chrome: bytearray, front: int, titles: list[int]) -> list[int]:
    """``titles`` with the title of the plan that a notice issues, which comes after the notice, in front."""
    notice = "".join(lines[i] for i in sorted(titles[:2])) if titles and _NOTICE.search(lines[titles[0]]) else ""
    for i in range(front, min(len(lines), front + _NOTICE_LINES) if notice else front):
        if not chrome[i] and len(lines[i]) >= 6 and _is_title(lines[i]) and lines[i] in notice:
            return [i, *titles]
    return titles


def _mark_foot(lines: Sequence[str], marks: Sequence[int], chrome: bytearray, front: int) -> None:
    end = len(lines)
    for i in range(len(lines) - 1, front - 1, -1):
        if _opens_foot(lines[i]):
            end = i
        elif _is_substantial(lines[i]):
            break
    for i in range(end, len(lines)):
        chrome[i] = 1
    last = end - 1
    while last >= front and (chrome[last] or not _belongs(lines[last], marks[last])):
        last -= 1
    _mark_edge(lines, chrome, range(last + 1, end))


def _is_substantial(line: str) -> bool:
    """Whether no foot has such a line: a paragraph, or a numbered heading."""
    number = read_number(line)
    return (len(line) > 2 * PROSE_SIZE and "。" in line) or (number is not None and number.rank <= 60)


def _opens_foot(line: str) -> bool:
    return line.lstrip("【[（( 》>").startswith(load_words().foot)


def _belongs(line: str, mark: int) -> bool:
    """Whether the line is the plan's own, and not of the foot, beyond doubt."""
    if _opens_foot(line) or _is_chrome_at_edge(line):
        return False
    number = read_number(line)
    return is_prose(line) or (number is not None and number.form != "dash") or (0 < mark < LINK and mark != CONTENTS)


def _mark_beside(lines: Sequence[str], chrome: bytearray) -> None:
    """Spread from chrome to its neighbours: 大, 中, 小 and 】 beside 【字号：."""
    for order in (range(1, len(lines)), range(len(lines) - 2, -1, -1)):
        step = -1 if order.step > 0 else 1
        for i in order:
            if not chrome[i] and chrome[i + step] and len(lines[i]) <= 2 * _MENU_SIZE:
                chrome[i] = _is_chrome_at_edge(lines[i])


def _mark_contents(lines: Sequence[str], chrome: bytearray) -> None:
    """A table of contents: lines that end in dots and a page number, or headings that all come again."""
    for i, line in enumerate(lines):
        if len(line) <= 80 and _CONTENTS_LINE.fullmatch(line):
            chrome[i] = 1
    start = next(
        (i for i, line in enumerate(lines[:500]) if _TRIM.sub("", line).lower() in load_words().contents), None
    )
    if start is None:
        return
    chrome[start] = 1
    times = Counter(_entry(line) for line in lines if len(line) <= 80)
    first = ""
    for i in range(start + 1, min(len(lines), start + 500)):
        entry = _entry(lines[i])
        if chrome[i]:
            first = first or entry
            continue
        if times[entry] < 2 or entry == first:
            return
        first = first or entry
        chrome[i] = 1


def _entry(line: str) -> str:
    """A heading as a table of contents lists it, the page number gone."""
    return re.sub(r"[\s.·…]*\d*$", "", re.sub(r"\s+", "", line))
