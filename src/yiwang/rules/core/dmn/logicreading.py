"""Boxed expressions from XML (DMN 1.5, chapters 7 and 10.2)."""

from __future__ import annotations

from collections.abc import Callable

from yiwang.rules.core.dmn import boxed, xmlfile
from yiwang.rules.core.dmn.basis import ANY_MEMBER, Basis, Names, plain
from yiwang.rules.core.dmn.tablereading import read_table
from yiwang.rules.core.dmn.xmlfile import Tag


def logic_in(basis: Basis, element: Tag, names: Names, *beside: str) -> boxed.Boxed | None:
    """The one boxed expression below an element whose other children are named in `beside`."""
    found: Tag | None = None
    for name, child in xmlfile.children(element):
        if name in LOGIC:
            if found is not None:
                raise basis.halt(
                    "two_expressions", child, "此处只能有一个表达式。", "There is to be one expression here."
                )
            found = child
    basis.only(element, *LOGIC, *beside)
    return None if found is None else read_logic(basis, found, names)


def read_logic(basis: Basis, element: Tag, names: Names) -> boxed.Boxed:
    basis.language(element)
    return LOGIC[xmlfile.split(element)[1]](basis, element, names)


def _needed(basis: Basis, element: Tag, part: str, names: Names) -> boxed.Boxed:
    """The expression inside a named part of a boxed expression, which must be there."""
    holder = xmlfile.first(element, part)
    found = None if holder is None else logic_in(basis, holder, names)
    if found is None:
        tag = xmlfile.split(element)[1]
        raise basis.halt("no_expression", element, f"{tag} 缺少 {part}。", f"{tag} lacks its {part}.")
    return found


def _literal(basis: Basis, element: Tag, names: Names) -> boxed.Boxed:
    basis.only(element, "text", "importedValues")
    return basis.expression(element, names)


def _context(basis: Basis, element: Tag, names: Names) -> boxed.Boxed:
    basis.only(element, "contextEntry")
    entries: list[boxed.Entry] = []
    for child in xmlfile.named(element, "contextEntry"):
        variable = xmlfile.first(child, "variable")
        name = None if variable is None else plain(variable.get("name"))
        # A function may call itself by the name of its entry.
        inside = names | {name} if name and xmlfile.first(child, "functionDefinition") is not None else names
        expression = logic_in(basis, child, inside, "variable")
        if expression is None:
            raise basis.halt("no_expression", child, "条目没有表达式。", "The entry has no expression.")
        if any(entry.name == name for entry in entries):
            zh = f"条目“{name}”出现两次。" if name else "结果格出现两次。"
            raise basis.halt("duplicate_name", child, zh, f"The entry {name or '(the result)'} occurs twice.")
        entries.append(boxed.Entry(name, None if variable is None else basis.type_of(variable), expression))
        if name:
            names = names | {name}
    return boxed.BoxedContext(basis.place(element), basis.type_of(element), tuple(entries))


def _invocation(basis: Basis, element: Tag, names: Names) -> boxed.Boxed:
    function = logic_in(basis, element, names, "binding")
    if function is None:
        raise basis.halt("no_expression", element, "调用没有写明函数。", "The invocation names no function.")
    bindings: list[tuple[str, str | None, boxed.Boxed | None]] = []
    for child in xmlfile.named(element, "binding"):
        parameter = xmlfile.first(child, "parameter")
        name = "" if parameter is None else plain(parameter.get("name"))
        if parameter is None or not name:
            raise basis.halt("no_name", child, "绑定没有参数名。", "The binding names no parameter.")
        if any(name == other for other, _, _ in bindings):
            raise basis.halt(
                "duplicate_name", child, f"参数“{name}”绑定两次。", f"The parameter {name} is bound twice."
            )
        bindings.append((name, basis.type_of(parameter), logic_in(basis, child, names, "parameter")))
    return boxed.Invocation(basis.place(element), basis.type_of(element), function, tuple(bindings))


def _relation(basis: Basis, element: Tag, names: Names) -> boxed.Boxed:
    basis.only(element, "column", "row")
    columns = tuple((plain(one.get("name")), basis.type_of(one)) for one in xmlfile.named(element, "column"))
    rows = []
    for child in xmlfile.named(element, "row"):
        cells = tuple(read_logic(basis, cell, names) for _, cell in _expressions(basis, child))
        if len(cells) != len(columns):
            zh = f"这一行有 {len(cells)} 格，表头有 {len(columns)} 列。"
            raise basis.halt("row_width", child, zh, f"This row has {len(cells)} cells under {len(columns)} columns.")
        rows.append(cells)
    if len({name for name, _ in columns}) != len(columns):
        raise basis.halt("duplicate_name", element, "列名重复。", "Two columns share a name.")
    return boxed.Relation(basis.place(element), basis.type_of(element), columns, tuple(rows))


def _list(basis: Basis, element: Tag, names: Names) -> boxed.Boxed:
    items = tuple(read_logic(basis, item, names) for _, item in _expressions(basis, element))
    return boxed.BoxedList(basis.place(element), basis.type_of(element), items)


def _expressions(basis: Basis, element: Tag) -> list[tuple[str, Tag]]:
    basis.only(element, *LOGIC)
    return [(name, child) for name, child in xmlfile.children(element) if name in LOGIC]


def read_function(basis: Basis, element: Tag, names: Names) -> boxed.BoxedFunction:
    kind = (element.get("kind") or "FEEL").strip()
    if kind not in ("FEEL", "F"):
        raise basis.halt(
            "external_function",
            element,
            f"不支持外部函数（{kind}）：本系统不运行外来代码。",
            f"External functions ({kind}) are not supported: no foreign code is run here.",
        )
    parameters = tuple(
        (plain(one.get("name")), basis.type_of(one)) for one in xmlfile.named(element, "formalParameter")
    )
    known = [name for name, _ in parameters]
    if len(set(known)) != len(known) or "" in known:
        raise basis.halt("duplicate_name", element, "参数重名或没有名称。", "Parameters share a name or have none.")
    body = logic_in(basis, element, names | frozenset(known), "formalParameter")
    return boxed.BoxedFunction(basis.place(element), basis.type_of(element), parameters, body)


def _conditional(basis: Basis, element: Tag, names: Names) -> boxed.Boxed:
    basis.only(element, "if", "then", "else")
    parts = [_needed(basis, element, part, names) for part in ("if", "then", "else")]
    return boxed.Conditional(basis.place(element), basis.type_of(element), *parts)


def _variable(basis: Basis, element: Tag) -> str:
    name = plain(element.get("iteratorVariable"))
    if not name:
        raise basis.halt("no_name", element, "没有写明 iteratorVariable。", "iteratorVariable is not given.")
    return name


def _for(basis: Basis, element: Tag, names: Names) -> boxed.Boxed:
    basis.only(element, "in", "return")
    variable = _variable(basis, element)
    domain = _needed(basis, element, "in", names)
    body = _needed(basis, element, "return", names | {variable, "partial"})
    return boxed.BoxedFor(basis.place(element), basis.type_of(element), variable, domain, body)


def _filter(basis: Basis, element: Tag, names: Names) -> boxed.Boxed:
    basis.only(element, "in", "match")
    domain = _needed(basis, element, "in", names)
    # Inside a filter the members of the item are names too, and any known member may be one.
    match = _needed(basis, element, "match", names | {"item", ANY_MEMBER} | basis.members)
    return boxed.BoxedFilter(basis.place(element), basis.type_of(element), domain, match)


def _quantified(basis: Basis, element: Tag, names: Names) -> boxed.Boxed:
    basis.only(element, "in", "satisfies")
    variable = _variable(basis, element)
    domain = _needed(basis, element, "in", names)
    condition = _needed(basis, element, "satisfies", names | {variable})
    word = xmlfile.split(element)[1]
    place, type_ = basis.place(element), basis.type_of(element)
    return boxed.BoxedQuantified(place, type_, "some" if word == "some" else "every", variable, domain, condition)


LOGIC: dict[str, Callable[[Basis, Tag, Names], boxed.Boxed]] = {
    "literalExpression": _literal,
    "decisionTable": read_table,
    "context": _context,
    "invocation": _invocation,
    "relation": _relation,
    "list": _list,
    "functionDefinition": read_function,
    "conditional": _conditional,
    "for": _for,
    "filter": _filter,
    "some": _quantified,
    "every": _quantified,
}
