"""Functions: literals, the binding of arguments, built-ins as values (DMN 1.5, 10.3.2.13, 10.3.4)."""

from __future__ import annotations

from decimal import DecimalException
from functools import lru_cache
from typing import Any

from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.builtins.registry import BUILTINS, Builtin, Parameter
from yiwang.rules.core.feel.comparing import kind
from yiwang.rules.core.feel.running import MAKERS, Closure, Making, Run, Scope
from yiwang.rules.core.feel.types import ANY, MIDNIGHT, Type, from_node
from yiwang.rules.core.feel.values import Date, DateTime, Function, NoValue, Value

_GROUPS = {
    "duration": {"days and time duration", "years and months duration"},
    "temporal": {"date", "time", "date and time"},
}
_MISS = object()


# Built-ins --------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=512)
def builtin_function(name: str) -> Function | None:
    """A built-in as a value, or None when FEEL has none of this name."""
    declared = BUILTINS.get(name)
    if declared is None:
        return None
    longest = max(declared.signatures, key=len)
    parameters = tuple((each.name, _single_type(each)) for each in longest)
    return Function(name, parameters, lambda run, arguments: builtin_call(declared, run, arguments), kind="builtin")


def _single_type(parameter: Parameter) -> Type:
    names = _kinds(parameter)
    return Type(next(iter(names))) if len(names) == 1 else ANY


@lru_cache(maxsize=1024)
def _kinds(parameter: Parameter) -> frozenset[str]:
    found: set[str] = set()
    for each in parameter.types:
        found |= _GROUPS.get(each, {each})
    return frozenset(found)


def _entering(value: Value, parameter: Parameter, converting: bool) -> Any:
    """The value as the parameter takes it, or _MISS."""
    kinds = _kinds(parameter)
    if "any" in kinds:
        return value
    if value is None:
        return None if parameter.nullable or "null" in kinds else _MISS
    if kind(value) in kinds:
        return value
    if not converting:
        return _MISS
    if "list" in kinds and not isinstance(value, list):
        return [value]
    if isinstance(value, list) and len(value) == 1 and value[0] is not None and kind(value[0]) in kinds:
        return value[0]
    if isinstance(value, Date) and "date and time" in kinds:
        return DateTime(value, MIDNIGHT)
    return _MISS


def _fitted(signature: tuple[Parameter, ...], arguments: list[Any], converting: bool) -> list[Any] | None:
    """The arguments as a signature takes them, or None when they do not fit."""
    many = bool(signature) and signature[-1].many
    fixed = len(signature) - many
    if len(arguments) < fixed + many or (len(arguments) > fixed and not many):
        return None
    found = []
    for value, parameter in zip(arguments[:fixed], signature, strict=False):
        entered = _entering(value, parameter, converting)
        if entered is _MISS:
            return None
        found.append(entered)
    if many:
        rest = [_entering(value, signature[-1], converting) for value in arguments[fixed:]]
        if any(value is _MISS for value in rest):
            return None
        found.append(rest)
    return found


def builtin_call(declared: Builtin, run: Run, arguments: list[Any], names: tuple[str, ...] = ()) -> Value:
    """Call by position, or by name. Raises NoValue when no signature takes the arguments or the function has no result."""
    signatures = declared.signatures
    if names:
        signatures = tuple(each for each in signatures if {parameter.name for parameter in each} == set(names))
    for converting in (False, True):
        for signature in signatures:
            fitted = _fitted(signature, _by_name(signature, names, arguments), converting)
            if fitted is not None:
                return _called(declared, run, fitted)
    given = [kind(value) for value in arguments]
    if names:
        given = [f"{name}: {each}" for name, each in zip(names, given, strict=True)]
    raise NoValue(
        f"函数“{declared.name}”不接受这些参数（{'、'.join(given) or '无'}）。",
        f"The function “{declared.name}” does not take these arguments ({', '.join(given) or 'none'}).",
    )


def _by_name(signature: tuple[Parameter, ...], names: tuple[str, ...], arguments: list[Any]) -> list[Any]:
    """Named arguments in the order of the signature; a list stands for any number of the last."""
    if not names:
        return arguments
    given = dict(zip(names, arguments, strict=True))
    ordered = [given[each.name] for each in signature]
    if signature[-1].many and isinstance(ordered[-1], list):
        ordered[-1:] = ordered[-1]
    return ordered


def _called(declared: Builtin, run: Run, fitted: list[Any]) -> Value:
    try:
        if declared.wants_run:
            return declared.implementation(run, *fitted)  # type: ignore[no-any-return]
        return declared.implementation(*fitted)  # type: ignore[no-any-return]
    except DecimalException as error:
        raise NoValue("结果超出 34 位十进制数的范围。", "The result is beyond 34-digit decimals.") from error


# Calls ------------------------------------------------------------------------------------------------------------------


def in_order(function: Function, names: tuple[str, ...], arguments: list[Any]) -> list[Any]:
    """Named arguments in the order of the function's parameters. Raises NoValue when a name is unknown or missing."""
    given = dict(zip(names, arguments, strict=True))
    wanted = [name for name, _ in function.parameters]
    if set(given) != set(wanted):
        raise NoValue(f"函数的参数是（{'、'.join(wanted)}）。", f"The function's parameters are ({', '.join(wanted)}).")
    return [given[name] for name in wanted]


def call_value(function: Value, names: tuple[str, ...], arguments: list[Any], run: Run) -> Value:
    """Call what an expression gave. Raises NoValue."""
    if not isinstance(function, Function):
        raise NoValue(f"{kind(function)} 不是函数。", f"A {kind(function)} is no function.")
    if function.kind == "builtin":
        run.step()
        return builtin_call(BUILTINS[function.name], run, arguments, names)
    return run.invoke(function, in_order(function, names, arguments) if names else arguments)


@MAKERS.register(n.Call)
def call(node: n.Call, making: Making) -> Closure:
    function, names, at = MAKERS.make(node.function, making), node.names, node.at
    arguments = [MAKERS.make(each, making) for each in node.arguments]

    def run_it(scope: Scope, run: Run) -> Value:
        try:
            return call_value(function(scope, run), names, [each(scope, run) for each in arguments], run)
        except NoValue as why:
            return run.refuse(why, at)

    return run_it


@MAKERS.register(n.FunctionLiteral)
def function_literal(node: n.FunctionLiteral, making: Making) -> Closure:
    part, at = making.part(node.body), node.at
    body, cost = part.closure, part.cost
    names = [each.name for each in node.parameters]
    kinds = [None if each.type is None else from_node(each.type, making.types) for each in node.parameters]
    unknown = [
        each.name for each, found in zip(node.parameters, kinds, strict=True) if each.type is not None and found is None
    ]
    parameters = tuple(zip(names, kinds, strict=True))

    def run_it(scope: Scope, run: Run) -> Value:
        if unknown:
            return run.note(
                f"参数“{unknown[0]}”的类型未知。", f"The type of the parameter “{unknown[0]}” is not known.", at
            )

        def invoke(inner: Run, values: list[Any]) -> Value:
            inner.step(cost)
            return body(Scope(dict(zip(names, values, strict=True)), scope), inner)  # type: ignore[no-any-return]

        return Function("", parameters, invoke)

    return run_it
