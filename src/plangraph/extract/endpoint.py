"""An OpenAI-compatible endpoint that the user named: one question, one answer of bounded size, tried again where that helps.

Nothing here knows what is asked. Redirects are not followed, so that the key goes to the named address alone.
"""

from __future__ import annotations

import email.utils
import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from plangraph.errors import InputError, PlangraphError
from plangraph.files import replace_file

if TYPE_CHECKING:
    import httpx

#: An answer may have so many bytes: a paragraph's facts take some kilobytes.
MAX_BYTES = 2 * 1024 * 1024
#: Times that a question is asked before it is given up.
TRIES = 5
#: Longest time, in seconds, between two tries, whatever the server asks for.
MAX_WAIT = 120.0
_AGAIN = frozenset((408, 409, 425, 429, 500, 502, 503, 504, 529))
_REFUSED = frozenset((401, 402, 403, 404, 405))
_PRINTABLE = re.compile(r"[^\x20-\x7e\u3000-\u9fff\uff00-\uffef]+")


class AnswerError(PlangraphError):
    """An answer that cannot be used; the question may be asked again."""


class _Busy(Exception):
    """The server asks to wait, or did not answer: try again after ``wait`` seconds (None: as long as usual)."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.wait = wait


@dataclass(slots=True)
class Usage:
    """What was used: requests that were sent, answers taken from the cache, tokens as the server counts them."""

    requests: int = 0
    cached: int = 0
    tokens_in: int = 0
    tokens_out: int = 0


@dataclass(slots=True)
class Endpoint:
    """An endpoint and how it is asked.

    Args:
        url: Base address as its makers give it, ``https://host/v1``; ``/chat/completions`` is added.
        model: Name of the model, as the endpoint knows it.
        key: Sent as a bearer token; "" for none. It is in no message, file or representation.
        cache: Folder of answers; a question that it knows is not asked again.
        timeout: Seconds that an answer may take.
        per_minute: Most requests a minute; 0 for no limit.
        sleep: Waits so many seconds.
        clock: Seconds, running.
    """

    url: str
    model: str
    key: str = field(default="", repr=False)
    cache: Path | None = None
    timeout: float = 120.0
    per_minute: float = 0.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    usage: Usage = field(default_factory=Usage)
    _client: httpx.Client | None = field(default=None, repr=False)
    _last: float | None = None
    _bare: bool = False

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
            raise InputError(
                f"--url {_shown(self.url)!r}: expected an address such as https://host/v1, without a key in it",
                f"--url {_shown(self.url)!r}：应为 https://host/v1 这样的地址，其中不含密钥",
            )

        if not (self.key.isascii() and self.key.isprintable()):
            raise InputError(
                "the key holds characters that no key has; set it anew", "密钥中含有不应有的字符；请重新设置"
            )

    def ask(self, messages: list[dict[str, str]], schema: Mapping[str, Any], max_tokens: int) -> str:
        """The words of the answer.

        Args:
            messages: Chat messages.
            schema: JSON schema that binds the answer, where the endpoint can do that.
            max_tokens: Most tokens of the answer.

        Raises:
            InputError: The endpoint refuses, or does not answer for good.
            AnswerError: It answered with what is no chat completion, or is cut off.
        """
        path = self._path(messages)
        if path is not None and path.is_file():
            self.usage.cached += 1
            return path.read_text(encoding="utf-8")
        body: dict[str, Any] = {
            "model": self.model, "messages": messages, "temperature": 0, "max_tokens": max_tokens,
            "response_format": {
                "type": "json_schema", "json_schema": {"name": "facts", "strict": True, "schema": schema}
            },
        }  # fmt: skip
        return self._words(self._post(body))

    def keep(self, messages: list[dict[str, str]], words: str) -> None:
        """Remember an answer that was of use."""
        path = self._path(messages)
        if path is not None and not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, words.encode("utf-8"))

    def knows(self, messages: list[dict[str, str]]) -> bool:
        """Whether the answer is in the cache."""
        path = self._path(messages)
        return path is not None and path.is_file()

    def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _path(self, messages: list[dict[str, str]]) -> Path | None:
        if self.cache is None:
            return None
        asked = json.dumps([self.url, self.model, messages], ensure_ascii=False, sort_keys=True)
        return self.cache / f"{hashlib.sha256(asked.encode('utf-8', 'surrogatepass')).hexdigest()}.json"

    def _post(self, body: dict[str, Any]) -> bytes:
        why = ""
        for tried in range(TRIES):
            try:
                self._pace()
                return self._once(body)
            except _Busy as busy:
                why = str(busy)
                if tried + 1 < TRIES:
                    usual = float(2**tried)
                    self.sleep(min(MAX_WAIT, busy.wait if busy.wait is not None else usual))
        raise InputError(
            f"{self._host}: no answer after {TRIES} tries ({why}); what was answered is kept, run again to go on",
            f"{self._host}：重试 {TRIES} 次仍无应答（{why}）；已有的应答已保存，再次运行即可继续",
        )

    def _pace(self) -> None:
        """Wait until another request may be sent."""
        if self.per_minute > 0 and self._last is not None:
            wait = 60.0 / self.per_minute - (self.clock() - self._last)
            if wait > 0:
                self.sleep(wait)
        self._last = self.clock()

    def _once(self, body: dict[str, Any]) -> bytes:
        import httpx

        if self._client is None:
            self._client = httpx.Client(timeout=self.timeout, follow_redirects=False)
        sent = {k: v for k, v in body.items() if not (self._bare and k == "response_format")}
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        self.usage.requests += 1
        deadline = self.clock() + self.timeout
        try:
            with self._client.stream(
                "POST", self.url.rstrip("/") + "/chat/completions", json=sent, headers=headers
            ) as answer:
                data = bytearray()
                for chunk in answer.iter_bytes():
                    data += chunk
                    if len(data) > MAX_BYTES:
                        raise AnswerError("an answer without end", "应答过大")
                    # A server that sends a byte now and then never times out by itself.
                    if self.clock() > deadline:
                        raise _Busy(f"no whole answer within {self.timeout:.0f} s")
        except httpx.TimeoutException:
            raise _Busy(f"no answer within {self.timeout:.0f} s") from None
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise _Busy(self._clean(str(error)) or type(error).__name__) from None
        except (httpx.InvalidURL, UnicodeError, ValueError) as error:
            raise InputError(
                f"{self._host}: cannot be asked ({self._clean(str(error))})",
                f"{self._host}：无法访问（{self._clean(str(error))}）",
            ) from None
        return self._judged(answer, bytes(data), body)

    def _judged(self, answer: httpx.Response, data: bytes, body: dict[str, Any]) -> bytes:
        status = answer.status_code
        if status == 200:
            return data
        why = f"HTTP {status} {self._clean(data[:2000].decode('utf-8', 'replace'))[:200]}".strip()
        if status in _AGAIN:
            raise _Busy(why, _retry_after(answer.headers.get("retry-after", "")))
        if status in (400, 422) and not self._bare and "response_format" in body:
            # Some endpoints know no schemas; what they answer is checked all the same.
            self._bare = True
            return self._once(body)
        hint_en, hint_zh = "check --url and --model", "请核对 --url 与 --model"
        if status in (401, 403):
            hint_en, hint_zh = "check the key in the environment", "请核对环境变量中的密钥"
        raise InputError(f"{self._host}: refused ({why}); {hint_en}", f"{self._host}：拒绝请求（{why}）；{hint_zh}")

    def _words(self, data: bytes) -> str:
        try:
            answer = json.loads(data)
            choice = answer["choices"][0]
            words = choice["message"]["content"]
            used = answer.get("usage") or {}
            self.usage.tokens_in += int(used.get("prompt_tokens") or 0)
            self.usage.tokens_out += int(used.get("completion_tokens") or 0)
        except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
            raise AnswerError("the answer is no chat completion", "应答不是合格的 chat completion") from None
        if not isinstance(words, str) or not words.strip():
            raise AnswerError("the answer is empty", "应答为空")
        if choice.get("finish_reason") == "length":
            raise AnswerError("the answer was cut off", "应答被截断")
        return words

    @property
    def _host(self) -> str:
        return _shown(urlsplit(self.url).netloc)

    def _clean(self, words: str) -> str:
        """Words of the server, harmless and without the key, should it send that back."""
        if self.key:
            words = words.replace(self.key, "***")
        return _shown(words)


def _shown(words: str) -> str:
    return _PRINTABLE.sub(" ", words).strip()[:300]


def _retry_after(value: str) -> float | None:
    """Seconds that a Retry-After header asks for: a number or a date."""
    try:
        return max(0.0, min(float(value), MAX_WAIT))
    except ValueError:
        pass
    try:
        return max(0.0, min(email.utils.parsedate_to_datetime(value).timestamp() - time.time(), MAX_WAIT))
    except (ValueError, TypeError, OverflowError):
        return None


def default_cache() -> Path:
    """Where answers are kept: ``$XDG_CACHE_HOME/plangraph/llm``, else ``~/.cache/plangraph/llm``."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "plangraph" / "llm"
