"""A standalone Spark cluster on loopback: one master, two workers, each a process that is stopped by its pid."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pyspark = pytest.importorskip("pyspark", reason="pyspark is not installed (pip install 'plangraph[spark]')")
SETTINGS = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "700m",
    "spark.executor.memory": "600m",
    "spark.executor.cores": "1",
    "spark.cores.max": "2",
    "spark.default.parallelism": "2",
    "spark.sql.shuffle.partitions": "2",
}


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Cluster:
    """A master and its workers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.processes: list[subprocess.Popen[bytes]] = []
        self._start("master", "org.apache.spark.deploy.master.Master", "--port", str(self.port))
        self.workers = [self._worker(n) for n in range(2)]
        self._wait()

    @property
    def master(self) -> str:
        """Its address."""
        return f"spark://127.0.0.1:{self.port}"

    def _worker(self, number: int) -> subprocess.Popen[bytes]:
        options = ("--cores", "1", "--memory", "700m", "--work-dir", str(self.folder / f"work{number}"), self.master)
        return self._start(f"worker{number}", "org.apache.spark.deploy.worker.Worker", *options)

    def _start(self, name: str, kind: str, *options: str) -> subprocess.Popen[bytes]:
        home = Path(pyspark.__file__).parent
        environment = {
            **os.environ,
            "SPARK_HOME": str(home),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_DAEMON_MEMORY": "256m",
            "PYSPARK_PYTHON": sys.executable,
        }
        command = [
            str(home / "bin" / "spark-class"),
            kind,
            "--host",
            "127.0.0.1",
            "--webui-port",
            str(free_port()),
            *options,
        ]
        with (self.folder / f"{name}.log").open("wb") as log:
            # A group of its own: the script, the Java machine and the executors it starts end together.
            process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
        self.processes.append(process)
        return process

    def _wait(self) -> None:
        for _ in range(600):
            text = (self.folder / "master.log").read_text("utf-8", errors="replace")
            if text.count("Registering worker") >= 2:
                return
            time.sleep(0.1)
        raise AssertionError((self.folder / "master.log").read_text("utf-8", errors="replace")[-2000:])

    def kill_worker(self, number: int) -> None:
        """Kill a worker with its executors."""
        os.killpg(self.workers[number].pid, signal.SIGKILL)

    def stop(self) -> None:
        """Stop everything."""
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A running cluster."""
    if shutil.which("java") is None:
        pytest.skip("Java is not installed")
    started = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        yield started
    finally:
        started.stop()
