"""会签: several sign one task, until all, any or a share of them have agreed or can no longer do so."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from yiwang.flow.core.process import nodes as n
from yiwang.flow.core.process.effects import Closing, WorkClosed, WorkKind, WorkOpened
from yiwang.flow.core.process.events import WorkDone
from yiwang.flow.core.process.expressions import feel_value, value_of, write
from yiwang.flow.core.process.refusals import forbidden
from yiwang.flow.core.process.scopes import close_work
from yiwang.flow.core.process.state import Token, Work
from yiwang.flow.core.process.walking import Halt, Walk
from yiwang.rules.core.feel.values import ARITHMETIC


def has_agreed(walk: Walk, who: str) -> bool:
    """Whether an account finished a task of this case before, or agreed to a countersigned one, and it was not sent back since."""
    return bool(who) and any(who in past.who for past in walk.state.past.values())


def signers(walk: Walk, token: Token, rule: n.Signing) -> list[str]:
    """Raises Halt when nobody is named, or one twice: a vote must be one person's or one department's."""
    _wanted(walk, token, rule, 1)
    found = value_of(walk, rule.who, token.run)
    if (
        not isinstance(found, list)
        or not found
        or not all(isinstance(each, str) and each for each in found)
        or len(set(found)) != len(found)
    ):
        raise Halt(
            "expression",
            f"会签人“{rule.who}”应得到不重复的非空名单。",
            f"The signers “{rule.who}” must be a list of names, none of them twice and at least one.",
        )
    return found


def begin(walk: Walk, token: Token, node: n.UserTask, names: list[str], department: str, times: int) -> None:
    """A work for each; one who agreed before passes. With a role on the task the names are departments."""
    token.votes = [len(names)]
    for name in names:
        number = walk.number()
        place, person = (name, "") if node.role else (department, name)
        walk.tell(
            WorkOpened(
                number,
                token.id,
                node.id,
                WorkKind.SIGN,
                place,
                node.role or "",
                person,
                node.form or "",
                node.budget,
                None,
                times,
                token.again,
            )
        )
        if node.same_passes and token.again is None and has_agreed(walk, person):
            walk.tell(WorkClosed(number, Closing.PASSED))
            walk.count("passed")
            token.votes.append([person, True, {}])
        else:
            walk.state.works[number] = Work(number, token.id, WorkKind.SIGN)


def _wanted(walk: Walk, token: Token, rule: n.Signing, total: int) -> Decimal:
    """How many must agree. Raises Halt for a share that is none."""
    if rule.mode is not n.SignMode.SHARE:
        return Decimal(total if rule.mode is n.SignMode.ALL else 1)
    share, _, _ = feel_value(walk, rule.share or "null", token.run)
    if not isinstance(share, Decimal) or not 0 < share <= 1:
        raise Halt(
            "expression", f"会签比例“{rule.share}”应在 0 与 1 之间。", f"The share “{rule.share}” must be 0 to 1."
        )
    # in FEEL's own arithmetic two thirds of three are two
    return ARITHMETIC.multiply(share, Decimal(total))


def vote(walk: Walk, token: Token, node: n.UserTask, event: WorkDone) -> None:
    """Raises StepForbidden when the answers do not say whether the signer agrees."""
    assert node.signing is not None and token.votes is not None
    agreed, zh, en = feel_value(walk, node.signing.agree, token.run, event.values)
    if not isinstance(agreed, bool):
        raise forbidden(
            f"答复没有表明是否同意。{zh}",
            f"The answers do not say whether the signer agrees. {en}".rstrip(),
            node.id,
            "请明确选择同意或不同意。",
            "Say yes or no.",
        )
    token.votes = [*token.votes, [event.who, agreed, dict(event.values)]]


def settle(walk: Walk, token: Token, node: n.UserTask) -> bool:
    """Once decided, tell the result in the data and close the works of those no longer needed. True when decided."""
    assert token.votes is not None and node.signing is not None
    total, *votes = token.votes
    yes = [each for each in votes if each[1]]
    wanted = _wanted(walk, token, node.signing, total)
    agreed = len(yes) >= wanted
    if not agreed and total - (len(votes) - len(yes)) >= wanted:
        return False
    state = walk.state
    result: dict[str, Any] = {
        "agreed": agreed,
        "yes": len(yes),
        "no": len(votes) - len(yes),
        "of": total,
        "votes": [{"who": who, "agreed": how, "values": values} for who, how, values in votes],
    }
    write(walk, token.run, {node.id: result})
    past = state.past[node.id]
    past.who = [who for who, how, _ in votes if how]
    for work in [each for each in state.works.values() if each.token == token.id]:
        if work.kind is WorkKind.SIGN:
            for helper in [each for each in state.works.values() if each.of == work.id]:
                close_work(walk, helper, Closing.CANCELLED)
            close_work(walk, work, Closing.OUTVOTED)
    return not any(each.token == token.id for each in state.works.values())
