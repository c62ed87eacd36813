"""Plan documents: text files, web pages, Word and PDF files → text, paragraphs, headings, sentences.

``read_document`` tells the format by content and gives a `Document`: the plan's text, into which all offsets count,
and for each paragraph whether it is heading, body or page chrome and which headings stand above it. ``read_flow`` gives
the same text as the one stream of characters that extraction reads, whatever the format.
"""

from __future__ import annotations

from plangraph.document.characters import fold_print, fold_traditional
from plangraph.document.document import Document
from plangraph.document.flow import Flow, read_flow
from plangraph.document.outline import Heading
from plangraph.document.reading import read_document

__all__ = ["Document", "Flow", "Heading", "fold_print", "fold_traditional", "read_document", "read_flow"]
