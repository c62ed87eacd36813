"""Workers: processes that answer jobs, can be killed at any moment, and do not wait for one another.

A job runs in a worker of its own. As long as it is short it holds one of a few places; when it has run for a while it
gives the place to the next in the queue and goes on at low priority among the long ones, of which there may be few.
The queue serves clients in turn, so one that asks much waits for itself. A worker that was killed, died or
had a long job is replaced.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from plangraph.errors import BuildError, PlangraphError, QueryTimeoutError
from plangraph.serve.limits import MIB, Limits
from plangraph.serve.problems import BusyError, OverLimitError
from plangraph.serve.process import Answer, Process, WorkerGone

#: Seconds after which a long job goes on at low priority.
_LOWER_AFTER = 0.6
#: Seconds after which a job counts as long however little processor time it got.
_PATIENCE = 4.0
#: A worker that gave an answer of more bytes than this is replaced, since its memory has grown.
_FAT = 8 * MIB
#: Idle workers beyond the places, to step in at once; and how many more are kept when long jobs end.
_SPARE = 1
_SURPLUS = 2


class Pool:
    """The workers of one build.

    Args:
        folder: Root of the build.
        name: Which build in it.
        limits: What is granted.
        room: Called with the size of an answer before it is fetched; raises if there is no room for it.
    """

    def __init__(
        self, folder: Path, name: str, limits: Limits, room: Callable[[int], None] = lambda size: None
    ) -> None:
        self.folder, self.name, self.limits, self.room = folder, name, limits, room
        self.replaced = 0
        self._idle: deque[Process] = deque()
        self._all: set[Process] = set()
        self._starting = 0
        self._free = limits.workers
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._queued = 0
        self._long: dict[str, int] = {}
        self._came = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    async def start(self) -> None:
        """Start the workers.

        Raises:
            BuildError: The build is damaged.
        """
        try:
            self._add(await self._spawn())
        except WorkerGone:
            raise BuildError(
                f"{self.folder}: a worker process ended as it started; is there enough memory?",
                f"{self.folder}：工作进程启动失败；内存是否足够？",
            ) from None
        self._refill()

    async def close(self) -> None:
        """Kill the workers."""
        self._closed = True
        for task in list(self._tasks):
            task.cancel()
        for worker in list(self._all):
            worker.kill()
        await asyncio.gather(*(w.exited for w in list(self._all)), *self._tasks, return_exceptions=True)

    @property
    def figures(self) -> dict[str, int]:
        """How much is going on."""
        return {
            "workers": len(self._all),
            "running": self.limits.workers - self._free,
            "long": sum(self._long.values()),
            "waiting": self._queued,
            "replaced": self.replaced,
        }

    async def run(
        self,
        job: dict[str, Any],
        client: str = "",
        seconds: float | None = None,
        gone: Callable[[], Awaitable[object]] | None = None,
    ) -> Answer:
        """Have a worker answer ``job``.

        Args:
            job: See `plangraph.serve.worker.Worker`.
            client: Who asks; clients are served in turn.
            seconds: Time that it may take; without it that of a query.
            gone: Gives something to wait for that ends when the client is gone; a long job is then given up.

        Raises:
            BusyError: Too many jobs are waiting, or too many are long.
            QueryTimeoutError: Its time was over.
            PlangraphError: What the worker says.
        """
        seconds = seconds or self.limits.seconds
        await self._place(client)
        place, long, keep = True, False, False
        worker: Process | None = None
        task: asyncio.Future[Answer] | None = None
        try:
            worker = await self._take()
            began = time.monotonic()
            task = worker.ask({**job, "seconds": seconds}, self.room)
            await self._wait_short(worker, task, began, seconds)
            if not task.done() and time.monotonic() - began < seconds:
                self._enter_long(client)
                long, place = True, False
                self._leave_place()
                self._refill()
                await self._wait_long(worker, task, began, seconds, gone)
            if not task.done():
                raise _timeout(seconds)
            answer = task.result()
            keep = not worker.lowered and len(answer.body) <= _FAT
            return answer
        except WorkerGone:
            raise self._died() from None
        except PlangraphError:
            keep = task is not None and task.done() and worker is not None and not worker.lowered
            raise
        finally:
            if task is not None and not task.done():
                task.cancel()
            if long:
                self._leave_long(client)
            if worker is not None:
                self._put_back(worker, keep)
            if place:
                self._leave_place()

    async def _wait_short(self, worker: Process, task: asyncio.Future[Answer], began: float, seconds: float) -> None:
        """Wait until the job is done or counts as long: by processor time, since on a busy machine all take longer."""
        await _within(task, min(self.limits.long_after, seconds))
        while not task.done() and time.monotonic() - began < min(_PATIENCE, seconds):
            computed = worker.computed()
            if computed is None or computed >= self.limits.long_after:
                return
            await asyncio.wait({task}, timeout=min(0.05, seconds))

    async def _wait_long(
        self,
        worker: Process,
        task: asyncio.Future[Answer],
        began: float,
        seconds: float,
        gone: Callable[[], Awaitable[object]] | None,
    ) -> None:
        left = asyncio.ensure_future(gone()) if gone else None
        waited: set[asyncio.Future[Any]] = {task, left} if left else {task}
        try:
            for until in (_LOWER_AFTER, seconds):
                timeout = max(0.0, began + min(until, seconds) - time.monotonic())
                done, _ = await asyncio.wait(waited, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
                if done:
                    break
                worker.lower()
            if left and left.done() and not task.done():
                raise BusyError("the client is gone", "客户端已断开")
        finally:
            if left:
                left.cancel()

    # -- places and the queue -------------------------------------------------------------------------------

    async def _place(self, client: str) -> None:
        if self._free and not self._queued:
            self._free -= 1
            return
        if self._queued >= self.limits.queue:
            raise _busy()
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(client, deque()).append(turn)
        self._queued += 1
        try:
            async with asyncio.timeout(self.limits.wait):
                await turn
        except (TimeoutError, asyncio.CancelledError) as error:
            if turn.done() and not turn.cancelled():
                self._leave_place()  # it was given a place at that very moment
            else:
                self._forget(client, turn)
            if isinstance(error, TimeoutError):
                raise _busy() from None
            raise

    def _forget(self, client: str, turn: asyncio.Future[None]) -> None:
        line = self._waiting.get(client)
        if line and turn in line:
            line.remove(turn)
            self._queued -= 1
            if not line:
                del self._waiting[client]

    def _leave_place(self) -> None:
        while self._waiting:
            client, line = self._waiting.popitem(last=False)
            turn = line.popleft()
            self._queued -= 1
            if line:
                self._waiting[client] = line  # behind the other clients
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def _enter_long(self, client: str) -> None:
        mine = self._long.get(client, 0)
        if mine >= self.limits.long_each or sum(self._long.values()) >= self.limits.long:
            raise BusyError(
                "too many long queries are running already; this one was stopped. Make it narrower, or ask again later",
                "正在运行的长查询已达上限，本查询被停止。请缩小查询范围，或稍后再试",
            )
        self._long[client] = mine + 1

    def _leave_long(self, client: str) -> None:
        self._long[client] -= 1
        if not self._long[client]:
            del self._long[client]

    # -- the processes --------------------------------------------------------------------------------------

    async def _take(self) -> Process:
        while True:
            while self._idle:
                worker = self._idle.popleft()
                if worker.alive:
                    return worker
                self._drop(worker)
            self._refill()
            self._came.clear()
            try:
                async with asyncio.timeout(self.limits.wait):
                    await self._came.wait()
            except TimeoutError:
                raise _busy() from None

    def _put_back(self, worker: Process, keep: bool) -> None:
        if keep and worker.alive and not self._closed and len(self._idle) < self.limits.workers + _SPARE + _SURPLUS:
            self._idle.append(worker)
            self._came.set()
        else:
            self._drop(worker)
            self._refill()

    def _drop(self, worker: Process) -> None:
        worker.kill()
        self.replaced += 1
        self._all.discard(worker)
        self._later(self._reap(worker))

    async def _reap(self, worker: Process) -> None:
        await worker.exited
        worker.transport.close()

    def _refill(self) -> None:
        """Start as many workers as are missing for the places and the spare ones."""
        if self._closed:
            return
        able = len(self._all) - sum(self._long.values()) + self._starting
        for _ in range(self.limits.workers + _SPARE - able):
            self._starting += 1
            self._later(self._start_one())

    async def _start_one(self) -> None:
        try:
            self._add(await self._spawn())
        except (PlangraphError, WorkerGone, OSError):
            await asyncio.sleep(0.5)  # the build is gone or the machine is full; the next job tries again
        finally:
            self._starting -= 1

    def _add(self, worker: Process) -> None:
        self._all.add(worker)
        self._idle.append(worker)
        self._came.set()

    async def _spawn(self) -> Process:
        _, worker = await asyncio.get_running_loop().subprocess_exec(
            Process,
            sys.executable,
            "-P",  # a file of the folder in which the server was started is never taken for a module
            "-m",
            "plangraph.serve.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            # No session of its own: with the scheduler's groups by session a low priority would mean nothing outside it.
        )
        start = {"folder": str(self.folder), "name": self.name, "rows": self.limits.rows, "memory": self.limits.memory}
        try:
            await worker.ask(start)
        except BaseException:
            worker.kill()
            raise
        return worker

    def _later(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _died(self) -> PlangraphError:
        limit = self.limits.memory // MIB
        return OverLimitError(
            f"the query was ended: it needs more than {limit} MiB of memory, or is too deeply nested; nothing was "
            "returned. Make it narrower",
            f"查询被终止：需要的内存超过 {limit} MiB，或嵌套过深；没有返回任何内容。请缩小查询范围",
        )


async def _within(task: asyncio.Future[Any], seconds: float) -> None:
    """Wait until ``task`` is done, ``seconds`` at most; most jobs pass here, and `asyncio.wait` takes thrice as long."""
    if task.done():
        return
    loop = asyncio.get_running_loop()
    over: asyncio.Future[None] = loop.create_future()

    def release(*_: object) -> None:
        if not over.done():
            over.set_result(None)

    timer = loop.call_later(seconds, release)
    task.add_done_callback(release)
    try:
        await over
    finally:
        timer.cancel()
        task.remove_done_callback(release)


def _busy() -> BusyError:
    return BusyError("too many requests are waiting; ask again in a few seconds", "等待的请求过多，请几秒后再试")


def _timeout(seconds: float) -> QueryTimeoutError:
    return QueryTimeoutError(
        f"the query was stopped after {seconds:g} s, the most that this server gives; nothing was returned. "
        "Make it narrower or add LIMIT",
        f"查询在 {seconds:g} 秒（本服务的时限）后被停止，没有返回任何内容。请缩小查询范围，或加 LIMIT",
    )
