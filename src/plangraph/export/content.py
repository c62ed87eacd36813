"""What an exporter gives: the bytes of its files and how much is in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Content:
    """The files of one export.

    Args:
        files: File name to bytes; a format of one file has the empty name.
        en: How much is in them, in English.
        zh: The same in Chinese.
    """

    files: Mapping[str, bytes]
    en: str
    zh: str

    @property
    def data(self) -> bytes:
        """The bytes of a format of one file."""
        (data,) = self.files.values()
        return data

    def words(self, lang: str) -> str:
        """How much is in the files, in ``lang``."""
        return self.zh if lang == "zh" else self.en
