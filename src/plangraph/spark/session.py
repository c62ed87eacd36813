"""The connection to a cluster, and where a job may write."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from plangraph.errors import InputError, PlangraphError


@contextlib.contextmanager
def connect(master: str = "local[*]", settings: dict[str, str] | None = None) -> Iterator[Any]:
    """A Spark session on ``master``, ended with the context.

    Args:
        master: ``local[*]`` for this machine, or ``spark://HOST:PORT``.
        settings: Further settings of Spark, by name.

    Raises:
        PlangraphError: pyspark or Java is missing, or the cluster is not reached.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise PlangraphError(
            "Spark is not installed: pip install 'plangraph[spark]' (and Java 17)",
            "未安装 Spark：pip install 'plangraph[spark]'（另需 Java 17）",
        ) from None
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    given = {
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={(Path(__file__).parent / 'log4j2.properties').as_uri()}",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "8",
        # Names are hashed by Python where they are shuffled.
        "spark.executorEnv.PYTHONHASHSEED": "0",
        **(settings or {}),
    }
    builder = SparkSession.builder.master(master).appName("plangraph")
    for name, value in given.items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
    except Exception as error:  # what Spark raises here depends on what is missing
        said = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise PlangraphError(
            f"no Spark session on {master}: {said}. Is Java 17 there, and does the master run?",
            f"无法在 {master} 上建立 Spark 会话：{said}。是否装有 Java 17，主节点是否在运行？",
        ) from None
    try:
        yield session
    finally:
        session.stop()


def fresh(output: Path) -> Path:
    """``output`` as an absolute path.

    Raises:
        InputError: It is there already; Spark writes folders of parts, and what is there is never overwritten.
    """
    if output.exists():
        raise InputError(f"{output}: this is there already; name another", f"{output}：已存在；请另取名称")
    return output.resolve()
