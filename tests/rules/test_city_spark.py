"""The hit list of a Spark Connect server is the one of the engine in process, byte by byte."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from decisioncity import DAY, DECISION, SYSTEM, People, install

from yiwang.config.place import Place
from yiwang.rules.adapters import spark
from yiwang.rules.service import population_match

pytest.importorskip("pysail", reason="pysail is not installed: pip install yiwang[spark]")
pytest.importorskip("pyspark", reason="the Spark client is not installed: pip install yiwang[spark]")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer(port=0)
    server.start(background=True)
    _, port = server.listening_address
    url = f"sc://localhost:{port}"
    yield url
    # a session that outlives its server asks for it again and again
    spark.connect(url).stop()
    server.stop()


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning")
def test_spark_keeps_the_same_list(db: None, home: Place, tmp_path: Path, server: str) -> None:
    install()
    people = People(tmp_path)
    done = [
        population_match(
            actor=SYSTEM,
            decision_ids=[DECISION],
            population=people.population(),
            on=DAY,
            purpose="免申即享筛查",
            engine=engine,
        )
        for engine in (server, "duckdb://")
    ]
    assert done[0].counts == done[1].counts
    assert done[0].hits == done[1].hits
