"""Real days, as integer arithmetic in SQL: DuckDB's own casts cost 0.2 to 4 µs for each day that does not exist."""

from __future__ import annotations

from datetime import date


def real_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def real_day_sql(year: str, month: str, day: str) -> str:
    """Whether three integer expressions name a day of the Gregorian calendar; the arguments are read repeatedly."""
    leap = f"{year} % 4 = 0 AND ({year} % 100 <> 0 OR {year} % 400 = 0)"
    return (
        f"({day} >= 1 AND {month} BETWEEN 1 AND 12 AND ({day} <= 28 OR CASE WHEN {month} = 2"
        f" THEN {day} = 29 AND {leap} ELSE {day} <= 30 + ({month} + {month} // 8) % 2 END))"
    )
