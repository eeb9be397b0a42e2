"""Calls of FEEL's own functions: whether the arguments can fit, and of which kind the result is."""

from __future__ import annotations

from yiwang.data.core.conditions.errors import ConditionWrong
from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.builtins.registry import BUILTINS, Parameter

ANY = "any"
_GROUPS = {
    "duration": {"days and time duration", "years and months duration"},
    "temporal": {"date", "time", "date and time"},
}
_RESULTS = {
    "boolean": "contains, starts with, ends with, matches, list contains, odd, even, not, is, before, after, meets, met by, "
    "overlaps, overlaps before, overlaps after, finishes, finished by, includes, during, starts, started by, coincides, "
    "all, any",
    "number": "number, string length, count, sum, mean, median, stddev, product, decimal, floor, ceiling, round up, round down, "
    "round half up, round half down, modulo, sqrt, log, exp, day of year, week of year",
    "string": "string, substring, upper case, lower case, substring before, substring after, replace, string join, day of week, "
    "month of year",
    "list": "split, sublist, append, concatenate, insert before, remove, list replace, reverse, index of, union, "
    "distinct values, flatten, sort, get entries, mode",
    "context": "context, context put, context merge",
    "date": "date, today",
    "time": "time",
    "date and time": "date and time, now",
    "years and months duration": "years and months duration",
    "range": "range",
}
RESULT_OF = {name.strip(): kind for kind, names in _RESULTS.items() for name in names.split(",")}
# They give back what they are given.
_SAME = frozenset({"abs", "min", "max"})


def builtin_kind(function: n.Name, given: list[str], names: tuple[str, ...]) -> str:
    """The kind of the result. Raises ConditionWrong when no signature can take arguments of these kinds."""
    declared = BUILTINS[function.name]
    if not any(_fits(signature, given, names) for signature in declared.signatures):
        listed = "、".join(given) or "无"
        raise ConditionWrong(
            f"函数“{function.name}”不接受这些参数（{listed}）。",
            f"The function “{function.name}” does not take these arguments ({', '.join(given) or 'none'}).",
            function.at,
        )
    if function.name in _SAME:
        kinds = set(given)
        return kinds.pop() if len(kinds) == 1 and "list" not in kinds else ANY
    return RESULT_OF.get(function.name, ANY)


def _fits(signature: tuple[Parameter, ...], given: list[str], names: tuple[str, ...]) -> bool:
    if names:
        by_name = {each.name: each for each in signature}
        return set(by_name) == set(names) and all(
            _takes(by_name[name], found) for name, found in zip(names, given, strict=True)
        )
    many = bool(signature) and signature[-1].many
    fixed = len(signature) - many
    if len(given) < fixed + many or (len(given) > fixed and not many):
        return False
    wanted = [*signature[:fixed], *[signature[-1]] * (len(given) - fixed)] if many else list(signature)
    return all(_takes(parameter, found) for parameter, found in zip(wanted, given, strict=True))


def _takes(parameter: Parameter, found: str) -> bool:
    kinds = set().union(*(_GROUPS.get(each, {each}) for each in parameter.types))
    if "any" in kinds or found == ANY or found in kinds:
        return True
    if found == "null":
        return parameter.nullable
    # a singleton list stands for its item, an item for a singleton list, a date for its midnight
    return found == "list" or "list" in kinds or (found == "date" and "date and time" in kinds)
