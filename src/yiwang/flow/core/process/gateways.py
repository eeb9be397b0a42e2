"""Joins. A parallel one waits for a token on every flow; an inclusive one while a token can still come by a flow that has none."""

from __future__ import annotations

from yiwang.flow.core.process import nodes as n
from yiwang.flow.core.process.arming import arm
from yiwang.flow.core.process.effects import Mark, Passed
from yiwang.flow.core.process.moving import leave
from yiwang.flow.core.process.state import Token
from yiwang.flow.core.process.walking import Errand, Walk


def pass_gateway(walk: Walk, token: Token) -> None:
    """A token came to a gateway. Raises Halt."""
    node = walk.node(token)
    assert isinstance(node, n.Gateway)
    if node.branching is n.Branching.EVENT:
        for target in targets(walk, node):
            arm(walk, token, target)
    elif token.flow is None:
        leave(walk, token)
    elif node.branching is n.Branching.PARALLEL:
        waiting = _by_flow(walk, node, token.run)
        if len(waiting) == len(node.incoming):
            _merge(walk, waiting)
    # At an inclusive join it waits; `join` looks again when all else has come to rest.


def targets(walk: Walk, gateway: n.Gateway) -> list[n.Node]:
    """The events an event-based gateway chooses among, in the order of its flows."""
    definition = walk.definition
    return [definition.nodes[definition.flows[each].target] for each in gateway.outgoing]


def _by_flow(walk: Walk, node: n.Gateway, run: int) -> dict[str, Token]:
    """The first token that waits on each flow into a join."""
    found: dict[str, Token] = {}
    for each in walk.state.tokens.values():
        if each.node == node.id and each.run == run and each.flow is not None and each.stuck is None:
            found.setdefault(each.flow, each)
    return found


def _merge(walk: Walk, waiting: dict[str, Token]) -> None:
    """One token of each flow becomes one; a second on the same flow waits for the next round."""
    one, *others = waiting.values()
    for each in others:
        del walk.state.tokens[each.id]
        walk.tell(Passed(Mark.LEFT, each.node, each.id))
    walk.mixed = walk.mixed or bool(others)
    one.flow = None
    walk.later(Errand.LEAVE, one)


# Inclusive joins --------------------------------------------------------------------------------------------------------


def join(walk: Walk) -> bool:
    """Let an inclusive join go on if one may; True when one did. Asked when nothing else moves.

    BPMN 2.0, 13.4.3: it waits while a token elsewhere in the run can still come by one of its empty flows, unless that token could
    as well come by a flow that has one (as by a loop around the whole, which would otherwise make two joins wait for each other).
    Beyond the standard: a token that can itself never move again counts for nothing, and of joins that only wait for one another
    the first goes on, so that no case hangs for want of an order.
    """
    waiting = _waiting(walk)
    for token, node in waiting:
        if not any(_reaches(walk, each, node, token.run) for each in _others(walk, token, node)):
            _merge(walk, _by_flow(walk, node, token.run))
            return True
    if not waiting:
        return False
    moving = _movable(walk)
    for token, node in waiting:
        if not any(each.id in moving and _reaches(walk, each, node, token.run) for each in _others(walk, token, node)):
            _merge(walk, _by_flow(walk, node, token.run))
            return True
    return False


def _waiting(walk: Walk) -> list[tuple[Token, n.Gateway]]:
    """One token for each inclusive join of each run that holds any, the first that came."""
    found: dict[tuple[int, str], tuple[Token, n.Gateway]] = {}
    nodes = walk.definition.nodes
    for token in walk.state.tokens.values():
        if token.flow is not None and token.stuck is None:
            node = nodes[token.node]
            if isinstance(node, n.Gateway) and node.branching is n.Branching.INCLUSIVE:
                found.setdefault((token.run, node.id), (token, node))
    return list(found.values())


def _others(walk: Walk, token: Token, node: n.Gateway) -> list[Token]:
    return [each for each in walk.tokens_of(token.run) if each.node != node.id and each.owner is None]


def _reaches(walk: Walk, token: Token, node: n.Gateway, run: int) -> bool:
    """Whether a token can come by a flow into the join on which nothing waits yet, and by none on which something does."""
    held = _by_flow(walk, node, run)
    upstream = walk.plan.upstream_of(node)
    by = [each for each in node.incoming if token.place in upstream[each]]
    return bool(by) and held.keys().isdisjoint(by)


def _movable(walk: Walk) -> set[int]:
    """The tokens that something may still move: those at no join, and those at joins that such a one can complete."""
    nodes = walk.definition.nodes
    found: set[int] = set()
    held: list[tuple[Token, n.Gateway]] = []
    for token in walk.state.tokens.values():
        node = nodes[token.node]
        if isinstance(node, n.Gateway) and token.flow is not None and token.stuck is None:
            held.append((token, node))
        else:
            found.add(token.id)
    grows = True
    while grows:
        grows = False
        for token, node in held:
            if token.id not in found and _completable(walk, token, node, found):
                found.add(token.id)
                grows = True
    return found


def _completable(walk: Walk, token: Token, node: n.Gateway, movable: set[int]) -> bool:
    """Whether movable tokens can come by every flow a parallel join lacks, or by any an inclusive one does."""
    tokens = walk.state.tokens
    upstream = walk.plan.upstream_of(node)
    coming = {tokens[each].place for each in movable if tokens[each].run == token.run}
    lacking = [each for each in node.incoming if each not in _by_flow(walk, node, token.run)]
    met = [not coming.isdisjoint(upstream[each]) for each in lacking]
    return all(met) if node.branching is n.Branching.PARALLEL else any(met)
