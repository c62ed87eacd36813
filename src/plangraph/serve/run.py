"""Starting and stopping the server."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from plangraph.errors import InputError
from plangraph.serve.limits import Limits


def check_installed() -> None:
    """Whether what the server is made with is there.

    Raises:
        InputError: It is not.
    """
    try:
        import httptools  # noqa: F401
        import jinja2  # noqa: F401
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError as error:
        raise InputError(
            f"the server needs {error.name}: pip install 'plangraph[serve]'",
            f"服务需要 {error.name}：pip install 'plangraph[serve]'",
        ) from None


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on ``host`` and ``port`` (0 for any that is free).

    Raises:
        InputError: The address cannot be had.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[
            0
        ]
        made = socket.socket(family, kind)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(2048)
        return made
    except OSError as error:
        why = error.strerror or str(error)
        raise InputError(
            f"cannot listen on {host} port {port} ({why}); choose another with --port, or --port 0 for any",
            f"无法监听 {host} 端口 {port}（{why}）；请用 --port 另选，或用 --port 0 任选空闲端口",
        ) from None


def serve(
    folder: Path,
    host: str = "127.0.0.1",
    port: int = 7878,
    limits: Limits | None = None,
    public: str = "",
    token: str = "",
    lang: str = "zh",
    ready: Callable[[str, str], None] = lambda address, build: None,
) -> None:
    """Serve the current build in ``folder`` until SIGINT or SIGTERM.

    Args:
        folder: The build folder.
        host: Address to listen on.
        port: Port to listen on.
        limits: What is granted.
        public: Address that readers use, if a proxy stands before the server.
        token: Word that readers must know, or "".
        lang: Language of a reader who has chosen none.
        ready: Called with the server's address and the build's name once it answers.

    Raises:
        InputError: The address cannot be had, or an argument is wrong.
        BuildError: There is no build, or it is damaged.
    """
    check_installed()
    from plangraph.serve.front import Access

    sock = listen(host, port)
    try:
        access = Access(host, sock.getsockname()[1], public, token, lang)
        _raise_file_limit()
        _run(_serve(folder, sock, access, limits or Limits(), ready))
    finally:
        sock.close()


async def _serve(
    folder: Path, sock: socket.socket, access: object, limits: Limits, ready: Callable[[str, str], None]
) -> None:
    import uvicorn

    from plangraph.serve.app import make_app
    from plangraph.serve.front import Access, AccessLog
    from plangraph.serve.render import environment, static_files
    from plangraph.serve.site import Sites
    from plangraph.serve.transport import Server, connection_class

    assert isinstance(access, Access)
    log = AccessLog()
    sites = Sites(folder, limits, log)
    await sites.start()
    environment(), static_files()
    config = uvicorn.Config(
        make_app(sites, access, log),
        http=connection_class(limits),
        ws="none",
        lifespan="off",
        loop="none",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=5,
    )
    server = Server(config)
    watching = asyncio.create_task(sites.watch())
    host = f"[{access.host}]" if ":" in access.host else access.host
    ready(f"http://{host}:{access.port}/", sites.current.name)
    try:
        await server.serve(sockets=[sock])
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await sites.close()
        log.flush()


def _run(work: object) -> None:
    try:
        import uvloop
    except ImportError:
        asyncio.run(work)  # type: ignore[arg-type]
    else:
        uvloop.run(work)  # type: ignore[arg-type]


def _raise_file_limit() -> None:
    """Let the server hold as many connections as the system lets anybody."""
    if sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = 4096 if hard == resource.RLIM_INFINITY else min(4096, hard)
        if soft < wanted:
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
