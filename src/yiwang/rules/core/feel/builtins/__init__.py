"""The built-in functions of FEEL (DMN 1.5, 10.3.4); importing this package registers them all."""

from yiwang.rules.core.feel.builtins import (
    contexts,
    conversion,
    lists,
    numbers,
    ranges,
    statistics,
    strings,
    temporals,
)

FILES = (contexts, conversion, lists, numbers, ranges, statistics, strings, temporals)
