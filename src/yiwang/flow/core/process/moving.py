"""From node to node: which flows a token leaves by, and where it stops because nothing leads on."""

from __future__ import annotations

from yiwang.flow.core.process import nodes as n
from yiwang.flow.core.process.effects import Mark, Passed
from yiwang.flow.core.process.expressions import truth
from yiwang.flow.core.process.state import Token
from yiwang.flow.core.process.walking import Errand, Halt, Walk


def leave(walk: Walk, token: Token) -> None:
    """Go on by the flows that are to be taken; where there are none the token ends here. Raises Halt."""
    node = walk.node(token)
    if isinstance(node, n.Gateway) and node.branching is n.Branching.EXCLUSIVE and len(node.outgoing) > 1:
        chosen = _one(walk, token, node)
    elif isinstance(node, n.Gateway | n.Activity):
        chosen = _all(walk, token, node)
    else:
        chosen = node.outgoing
    go(walk, token, chosen)


def go(walk: Walk, token: Token, flows: tuple[str, ...]) -> None:
    """The token becomes one on each flow."""
    effects = walk.effects
    del walk.state.tokens[token.id]
    effects.append(Passed(Mark.LEFT, token.node, token.id))
    for each in flows:
        flow = walk.definition.flows[each]
        effects.append(Passed(Mark.TAKEN, each, walk.state.seq))
        come = walk.put(flow.target, token.run)
        if walk.plan.is_join(flow.target):
            come.flow = each
    if not flows:
        walk.later(Errand.CLOSE, walk.state.runs[token.run])


def _one(walk: Walk, token: Token, node: n.Gateway) -> tuple[str, ...]:
    """The first flow whose condition is exactly true, else the default; a flow without a condition is no choice."""
    told: list[tuple[str, str]] = []
    for each in node.outgoing:
        if each != node.default and _is_true(walk, token, each, told):
            return (each,)
    return _else(walk, token, node.default, told)


def _all(walk: Walk, token: Token, node: n.Gateway | n.Activity) -> tuple[str, ...]:
    """Every flow whose condition is true or that has none, else the default (parallel gateways know no conditions)."""
    flows = walk.definition.flows
    is_parallel = isinstance(node, n.Gateway) and node.branching is n.Branching.PARALLEL
    if is_parallel or (node.default is None and all(flows[each].condition is None for each in node.outgoing)):
        return node.outgoing
    told: list[tuple[str, str]] = []
    found = tuple(
        each
        for each in node.outgoing
        if each != node.default and (flows[each].condition is None or _is_true(walk, token, each, told))
    )
    return found or _else(walk, token, node.default, told)


def _is_true(walk: Walk, token: Token, flow: str, told: list[tuple[str, str]]) -> bool:
    condition = walk.definition.flows[flow].condition
    if condition is None:
        return False
    holds, zh, en = truth(walk, condition, token.run)
    if zh or en:
        walk.note(token.id, token.node, zh, en)
        told.append((zh, en))
    return holds


def _else(walk: Walk, token: Token, default: str | None, told: list[tuple[str, str]]) -> tuple[str, ...]:
    if default is not None:
        return (default,)
    zh, en = "".join(each[0] for each in told), " ".join(each[1] for each in told)
    raise Halt(
        "no_way",
        f"“{token.node}”没有成立的条件，也没有默认流向。{zh}",
        f"No condition at {token.node} is true and it has no default flow. {en}".rstrip(),
    )
