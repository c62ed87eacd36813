"""SPARQL servers on loopback, each with a dataset of its own; started on free ports, stopped by their process."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
SERVERS = CHECKOUT / ".venv" / "servers"
VIRTUOSO = SERVERS / "virtuoso" / "usr" / "bin" / "virtuoso-t"
#: What makes the process of a server: (folder for its data, port) to a command and an environment.
Command = Callable[[Path, int], tuple[list[str], dict[str, str]]]


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@contextmanager
def running(command: Command, folder: Path, path: str = "/") -> Iterator[str]:
    """Base address of a server that was started, once it answers at ``path``."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    arguments, more = command(folder, port)
    log = folder / "log.txt"
    with log.open("wb") as out:
        process = subprocess.Popen(arguments, stdout=out, stderr=out, cwd=folder, env={**os.environ, **more})
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5).close()
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                told = log.read_text("utf-8", "replace")[-800:]
                assert process.poll() is None and time.monotonic() < deadline, told
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def oxigraph(*more: str) -> Command:
    """The command of the bare Oxigraph server."""
    program = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which("oxigraph")
    if not program:
        pytest.skip("the oxigraph server is not installed: pip install oxigraph")
    return lambda folder, port: (
        [program, "serve", "-l", str(folder / "data"), "-b", f"127.0.0.1:{port}", *more],
        {},
    )


def fuseki(*more: str) -> Command:
    """The command of Fuseki with datasets on disk (TDB2), on loopback."""
    jars = sorted(SERVERS.glob("jena-fuseki-server-*.jar"))
    if not jars or not shutil.which("java"):
        pytest.skip("Apache Jena Fuseki is not here: run .ci/servers (needs mvn and Java 17)")

    def command(folder: Path, port: int) -> tuple[list[str], dict[str, str]]:
        (folder / "tdb").mkdir(exist_ok=True)
        java = ["java", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar", str(jars[-1])]
        place = ["--tdb2", f"--loc={folder / 'tdb'}"]
        return [*java, "--localhost", f"--port={port}", "--update", *more, *place, "/plans"], {}

    return command


_VIRTUOSO = """[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
FileExtend = 200
MaxCheckpointRemap = 2000
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = {sql}
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
DirsAllowed = .
DisableUnixSocket = 1
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerRoot = .
ServerThreads = 5
[SPARQL]
ResultSetMaxRows = 1000000
"""


def virtuoso() -> Command:
    """The command of Virtuoso, on loopback; user ``dba``, password ``dba``."""
    if not VIRTUOSO.exists():
        pytest.skip("Virtuoso is not here: run .ci/servers (needs Debian's apt-get)")

    def command(folder: Path, port: int) -> tuple[list[str], dict[str, str]]:
        (folder / "virtuoso.ini").write_text(
            _VIRTUOSO.format(sql=f"127.0.0.1:{free_port()}", port=port), encoding="utf-8"
        )
        libraries = ":".join(str(SERVERS / "virtuoso" / p / "x86_64-linux-gnu") for p in ("lib", "usr/lib"))
        return [str(VIRTUOSO), "-f", "+configfile", "virtuoso.ini"], {"LD_LIBRARY_PATH": libraries}

    return command
