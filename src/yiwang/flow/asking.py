"""What whoever filed a case is asked while it runs, or may say: the forms of it, found with number and code."""

from __future__ import annotations

from yiwang.flow.answers import SayRow
from yiwang.flow.core.process.state import State
from yiwang.flow.definitions import definition_of
from yiwang.flow.errors import NotWaiting
from yiwang.flow.models import Case, Work
from yiwang.flow.scopes import demand_code
from yiwang.flow.turns import APPLICANT
from yiwang.flow.waiting import applicant_waits
from yiwang.kernel.core.text import Text


def says_of(case: Case) -> tuple[SayRow, ...]:
    """What the applicant may say now, in no work of anybody's."""
    if case.status not in (Case.Status.OPEN, Case.Status.SUSPENDED):
        return ()
    definition = definition_of(case.process)
    found = applicant_waits(definition, State.loads(case.state))
    rows = []
    for node, (message, _) in found.items():
        name = definition.nodes[node].name
        title = Text(zh=name.zh, en=name.en) if name else Text(zh=node, en=node)
        rows.append(SayRow(node, title, message.form or ""))
    return tuple(rows)


def applicant_form(number: str, code: str, what: str) -> str:
    """The form of what the applicant is asked: `what` is the number of a piece of work, or the node a message comes in at.

    Empty for one without a form. Raises NotFound for a wrong code, NotWaiting.
    """
    case = demand_code(Case.objects.select_related("process").filter(number=number).first(), code)
    if what.isdecimal() and len(what) < 18:
        work = Work.objects.filter(case=case, pk=what, assignee=APPLICANT, closed_at=None).first()
        if work is not None:
            return work.form_id
    for one in says_of(case):
        if one.node == what:
            return one.form
    raise not_heard(case)


def not_heard(case: Case) -> NotWaiting:
    return NotWaiting(
        zh="这件事已经不等您回答",
        en="nothing waits for your answer here any more",
        where=f"case {case.number}",
        hint_zh="请回到办件页查看现在的进展。",
        hint_en="Go back to the case to see how it stands.",
    )
