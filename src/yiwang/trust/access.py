"""May personal data be read, and by which rule: role, department, grade and purpose, in words.

The kernel's verdict says whether a role may do an act in a department; what is personal asks for a purpose besides.
"""

from __future__ import annotations

from yiwang.kernel.access import Verdict, verdict
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, Refused
from yiwang.trust.core.purposes import PLAIN_GRADE

SHORTEST_PURPOSE = 4
LONGEST_PURPOSE = 400
NO_PURPOSE = "purpose:missing"


def reading_verdict(actor: Actor, act: str, *, department: str, grade: int, purpose: str) -> Verdict:
    """May the actor read data of this grade by `act` in the department, for this purpose? Raises KeyError for no such act.

    `rule` is the kernel's rule when the role decides, "purpose:missing" when only the purpose lacks. Below grade 3 the role alone
    decides; what of a value is shown then is the mask's question, not this one.
    """
    allowed = verdict(actor, act, department)
    if not allowed or grade <= PLAIN_GRADE or len(purpose.strip()) >= SHORTEST_PURPOSE:
        return allowed
    return Verdict(
        False,
        NO_PURPOSE,
        Text(
            zh=f"{grade} 级数据须写明用途（至少 {SHORTEST_PURPOSE} 个字），{allowed.reason.zh}",
            en=f"data of grade {grade} is read for a stated purpose of {SHORTEST_PURPOSE} characters or more; {allowed.reason.en}",
        ),
    )


def reading_demand(actor: Actor, act: str, *, department: str, grade: int, purpose: str) -> Verdict:
    """As `reading_verdict`, but raises Refused for who asks and InputError for what is missing."""
    answer = reading_verdict(actor, act, department=department, grade=grade, purpose=purpose)
    if answer:
        return answer
    if answer.rule == NO_PURPOSE:
        raise InputError(
            zh=answer.reason.zh,
            en=answer.reason.en,
            where="purpose",
            hint_zh="例如“核对低保名单”。",
            hint_en="For example: check the allowance list.",
        )
    raise Refused(
        zh=f"没有权限：{answer.reason.zh}",
        en=f"Not allowed: {answer.reason.en}",
        where=answer.rule,
        hint_zh="请联系本部门的系统管理员，或者申请数据共享。",
        hint_en="Ask your system administrator, or apply for the data.",
    )
