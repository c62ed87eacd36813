"""``plangraph extract --proposer openai``: the cost is shown, the user asked, and then the model."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from plangraph.cli.output import Steps, plain
from plangraph.errors import InputError

if TYPE_CHECKING:
    from plangraph.document import Document
    from plangraph.extract import Proposal
    from plangraph.extract.endpoint import Endpoint, Usage
    from plangraph.extract.llm import Outcome, Questions

#: Why a model's proposal was dropped, in Chinese.
_DROPPED = {
    "malformed": "格式不合格",
    "name not in the text": "名称不在文本中",
    "unknown entity": "未列出的实体",
    "relation forbidden": "本体不允许的关系",
    "quote not in the text": "引文不在文本中",
    "too many": "数量过多",
}


def ask_model(
    document: Document, plan_id: str, title: str, place: str | None, lang: str, url: str, model: str, key_env: str,
    price: tuple[float, float] | None, per_minute: float, timeout: float, cache: Path | None, yes: bool,
) -> Proposal:  # fmt: skip
    """Show what it will cost, ask, and let the model propose."""
    from plangraph.extract.endpoint import Endpoint, default_cache
    from plangraph.extract.llm import Questions, propose_by_model

    try:
        import httpx  # noqa: F401
    except ImportError:
        raise InputError(
            "--proposer openai needs httpx; install it: pip install 'plangraph[llm]'",
            "--proposer openai 需要 httpx；请安装：pip install 'plangraph[llm]'",
        ) from None
    key = os.environ.get(key_env, "").strip()
    endpoint = Endpoint(url, model, key, cache or default_cache(), timeout, per_minute)
    questions = Questions.of(document, title, place)
    requests = _show_cost(questions, endpoint, price, lang)
    if requests and not yes:
        click.confirm("继续？" if lang == "zh" else "Go on?", abort=True, err=True)
    with Steps() as steps:
        try:
            proposal, outcome = propose_by_model(questions, endpoint, plan_id, lambda n, of: steps(f"{model} {n}/{of}"))
        finally:
            endpoint.close()
    _show_outcome(outcome, endpoint.usage, lang)
    return proposal


def _show_cost(questions: Questions, endpoint: Endpoint, price: tuple[float, float] | None, lang: str) -> int:
    """Say what will be sent where and what it costs, about; returns the number of requests."""
    requests, sent, answered = questions.estimate(endpoint)
    cost = f"{(sent * price[0] + answered * price[1]) / 1e6:.4f}" if price else ""
    shown = plain(f"{endpoint.url} ({endpoint.model})")
    if lang == "zh":
        words = f"将向 {shown} 发送 {requests} 个请求（另有 {len(questions.pieces) - requests} 个已有缓存）：约 {sent:,} token 输入、{answered:,} token 输出"
        words += f"，费用约 {cost}" if cost else "；给出 --price 可估算费用"
    else:
        words = f"{requests} requests will go to {shown} ({len(questions.pieces) - requests} more are in the cache): about {sent:,} tokens sent, {answered:,} answered"
        words += f", cost about {cost}" if cost else "; --price estimates the cost"
    click.echo(words, err=True)
    return requests


def _show_outcome(outcome: Outcome, used: Usage, lang: str) -> None:
    dropped = {why: n for why, n in sorted(outcome.dropped.items()) if n}
    if lang == "zh":
        listed = "，".join(f"{_DROPPED[why]} {n}" for why, n in dropped.items())
        click.echo(
            f"发送 {used.requests} 个请求，{used.cached} 个取自缓存；{used.tokens_in:,} token 输入、{used.tokens_out:,} token 输出；舍弃 {sum(dropped.values())} 条{f'（{listed}）' if listed else ''}；{outcome.unusable} 段没有可用的应答",
            err=True,
        )
    else:
        listed = ", ".join(f"{why} {n}" for why, n in dropped.items())
        click.echo(
            f"{used.requests} requests, {used.cached} from the cache; {used.tokens_in:,} tokens sent, {used.tokens_out:,} answered; dropped {sum(dropped.values())}{f' ({listed})' if listed else ''}; no usable answer for {outcome.unusable} pieces",
            err=True,
        )
