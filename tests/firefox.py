"""A headless Firefox for tests, driven over Marionette, the remote protocol that Firefox itself brings."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

# Nothing goes out: what is not a file meets a proxy that refuses; updates and other errands of the browser are off.
_PREFERENCES = {
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "app.update.disabledForTesting": True,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.server": "",
    "browser.aboutwelcome.enabled": False,
}


def find_firefox() -> str | None:
    """Path of an installed Firefox."""
    return next((p for n in ("firefox-esr", "firefox") if (p := shutil.which(n))), None)


class Firefox:
    """One browser with one window."""

    def __init__(self, program: str, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        lines = [
            f"user_pref({json.dumps(k)}, {json.dumps(v)});\n"
            for k, v in {**_PREFERENCES, "marionette.port": port}.items()
        ]
        (folder / "user.js").write_text("".join(lines), encoding="utf-8")
        self._process = subprocess.Popen(
            [program, "--headless", "--no-remote", "--marionette", "--profile", str(folder)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"HOME": str(folder), "PATH": "/usr/local/bin:/usr/bin:/bin", "MOZ_DISABLE_AUTO_SAFE_MODE": "1"},
        )
        self._number = 0
        self._buffer = b""
        self._socket = self._connect(port)
        self._receive()  # its greeting
        self.call("WebDriver:NewSession", capabilities={"alwaysMatch": {"pageLoadStrategy": "normal"}})

    def _connect(self, port: int) -> socket.socket:
        for _ in range(300):
            try:
                return socket.create_connection(("127.0.0.1", port), timeout=60)
            except OSError:
                if self._process.poll() is not None:
                    raise
                time.sleep(0.2)
        raise TimeoutError("Firefox does not listen")

    def _receive(self) -> Any:
        while b":" not in self._buffer:
            self._buffer += self._socket.recv(65536)
        length, _, rest = self._buffer.partition(b":")
        while len(rest) < int(length):
            rest += self._socket.recv(65536)
        self._buffer = rest[int(length) :]
        return json.loads(rest[: int(length)])

    def call(self, command: str, **parameters: Any) -> Any:
        """Send a WebDriver command and return its result."""
        self._number += 1
        message = json.dumps([0, self._number, command, parameters]).encode()
        self._socket.sendall(str(len(message)).encode() + b":" + message)
        _, number, error, result = self._receive()
        assert number == self._number
        assert not error, f"{command}: {error.get('message')}"
        return result.get("value") if isinstance(result, dict) and set(result) == {"value"} else result

    def open(self, address: str, width: int = 1280, height: int = 800) -> None:
        """Load a page in a window of this size."""
        self.call("WebDriver:SetWindowRect", width=width, height=height)
        self.call("WebDriver:Navigate", url=address)

    def run(self, script: str, *arguments: Any) -> Any:
        """What a script in the page returns."""
        return self.call("WebDriver:ExecuteScript", script=script, args=list(arguments))

    def until(self, script: str, seconds: float = 20) -> Any:
        """Wait until a script returns something true, and return that."""
        end = time.monotonic() + seconds
        while not (found := self.run(script)):
            assert time.monotonic() < end, script
            time.sleep(0.05)
        return found

    def type(self, selector: str, text: str) -> None:
        """Type into an element."""
        element = self.call("WebDriver:FindElement", using="css selector", value=selector)
        self.call("WebDriver:ElementSendKeys", id=next(iter(element.values())), text=text)

    def click(self, selector: str) -> None:
        """Click an element."""
        element = self.call("WebDriver:FindElement", using="css selector", value=selector)
        self.call("WebDriver:ElementClick", id=next(iter(element.values())))

    def close(self) -> None:
        """End the browser."""
        self._socket.close()
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
