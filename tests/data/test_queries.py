"""A SELECT on another database is a source like any file; anything but a SELECT is refused, and nothing is changed there."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import psycopg
import pytest
from datacity import DataCity, counts
from django.conf import settings

from yiwang.data.service import query_file
from yiwang.kernel.errors import InputError, Unavailable, YiwangError

SELECT = "SELECT code AS 编号, name AS 姓名, sex AS 性别 FROM people ORDER BY code"


@pytest.fixture
def outside(tmp_path: Path) -> str:
    """Somebody else's database, in a folder with an awkward name."""
    path = tmp_path / "他 们?#%.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE people (code INTEGER, name TEXT, sex TEXT)")
        rows = [(1, "张三", "男"), (2, None, "女"), (3, '他说"好"\n,', None)]
        connection.executemany("INSERT INTO people VALUES (?, ?, ?)", rows)
    connection.close()
    return f"sqlite:///{str(path).replace('%', '%25').replace('?', '%3F').replace('#', '%23')}"


def test_the_rows_of_a_select_are_loaded_like_a_file(city: DataCity, outside: str) -> None:
    load = city.load(query_file(outside, SELECT), "people.query.csv")
    assert counts(load) == (3, 2, 1) and load.reasons == {"not_null": 1}
    assert city.rows() == [("1", "张三", "男"), ("3", '他说"好"\n,', None)]


def test_a_query_may_begin_with_with(outside: str, home: object) -> None:
    path = query_file(outside, " WITH x AS (SELECT 1 AS a) SELECT * FROM x")
    assert path.read_text(encoding="utf-8") == "a\n1\n"


def left_in_scratch() -> list[Path]:
    return [p for p in Path(settings.PLACE.scratch).glob("*") if p.is_file()]


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("DELETE FROM people", "only a SELECT"),
        ("", "only a SELECT"),
        ("SELECT * FROM strangers", "no such table"),
        ("SELECT 1; DROP TABLE people", "one statement"),
        ("WITH x AS (SELECT 1) DELETE FROM people", "readonly"),
        ("SELECT", "query failed"),
    ],
)
def test_anything_but_one_select_is_refused_and_leaves_nothing(
    home: object, outside: str, query: str, what: str
) -> None:
    with pytest.raises(InputError, match=what):
        query_file(outside, query)
    assert left_in_scratch() == []
    assert "张三" in query_file(outside, SELECT).read_text(encoding="utf-8")


@pytest.mark.parametrize("url", ["", "people.db", "mysql://host/name", "sqlite:///no/such/file.db", "sqlite://"])
def test_an_address_that_leads_nowhere_is_refused(home: object, url: str) -> None:
    with pytest.raises(InputError):
        query_file(url, "SELECT 1")
    assert left_in_scratch() == []


def test_a_server_that_does_not_answer_is_said_to_be_unavailable(home: object) -> None:
    with pytest.raises(Unavailable):
        query_file("postgres://nobody@127.0.0.1:1/nothing?connect_timeout=2", "SELECT 1")


def test_a_postgresql_server_is_asked_read_only(home: object, postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS outside (code int, name text, day date, amount numeric(12,2))")
        connection.execute("TRUNCATE outside")
        connection.execute("INSERT INTO outside VALUES (1, '张三', '2020-01-02', 1.50), (2, NULL, NULL, NULL)")
    path = query_file(postgres_url, "SELECT * FROM outside ORDER BY code")
    assert path.read_text(encoding="utf-8") == "code,name,day,amount\n1,张三,2020-01-02,1.50\n2,,,\n"
    empty = query_file(postgres_url, "SELECT * FROM outside WHERE code = 9")
    assert empty.read_text(encoding="utf-8") == "code,name,day,amount\n"
    for query in (
        "WITH x AS (DELETE FROM outside RETURNING *) SELECT * FROM x",
        "SELECT * FROM nothing",
        "SELECT 1; SELECT 2",
    ):
        with pytest.raises(YiwangError) as said:
            query_file(postgres_url, query)
        assert said.value.code == "bad_input", query
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT count(*) FROM outside").fetchone() == (2,)
