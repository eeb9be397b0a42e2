"""What can go wrong while a city is made.

YiwangError
└── InputError
    ├── CityImpossible     the number of residents asked for cannot be made
    └── DivisionsUnusable  the table of divisions is missing or has no village on the day asked for
"""

from __future__ import annotations

from yiwang.kernel.errors import InputError


class CityImpossible(InputError):
    code = "city_impossible"


class DivisionsUnusable(InputError):
    code = "divisions_unusable"
