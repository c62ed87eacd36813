"""From the file of a plan to a plan folder of proposals, in one call."""

from __future__ import annotations

import re
from pathlib import Path

from plangraph.document import read_document
from plangraph.extract import propose
from plangraph.extract.writing import Written, place_of, write_proposal


def extract_plan(source: Path | str, folder: Path | str, title: str | None = None, place: str | None = None) -> Written:
    """Draw entities and statements out of a plan's text into a plan folder, as ``plangraph extract`` does.

    Everything is proposed and waits for a decision; what somebody has decided in the folder already is kept.

    Args:
        source: A txt, HTML, DOCX or PDF file.
        folder: The plan folder to write; its name becomes the plan's id.
        title: Title of the plan; without it, the text's own or the file's name.
        place: Place that the plan is for; without it, found in title and text.

    Raises:
        InputError: The file cannot be read.
        TablesError: The folder is there and has faults; nothing is written.
    """
    path, target = Path(source), Path(folder)
    document = read_document(path)
    title = title or document.title or path.stem
    plan_id = re.sub(r"[^a-z0-9]+", "-", target.name.lower()).strip("-") or "plan"
    proposal = propose(document, plan_id, title, place or place_of(target, document))
    return write_proposal(proposal, document, target, plan_id, title)
