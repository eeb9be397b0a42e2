"""Where a city's database is, as one address."""

from __future__ import annotations

import pytest

from yiwang.config.place import django_database


def test_a_connection_keeps_statements_prepared_unless_it_is_told_not_to() -> None:
    plain = django_database("postgres://u:p%40@h:5433/city?sslmode=require")
    assert plain["OPTIONS"] == {"prepare_threshold": 5, "sslmode": "require"}
    assert (plain["USER"], plain["PASSWORD"], plain["HOST"], plain["PORT"], plain["NAME"]) == (
        "u",
        "p@",
        "h",
        "5433",
        "city",
    )
    pooled = django_database("postgres://u@h/city?prepare=no")
    assert pooled["OPTIONS"] == {"prepare_threshold": None}


def test_an_unknown_database_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="sqlite:///"):
        django_database("mysql://h/city")
