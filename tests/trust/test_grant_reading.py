"""Reading personal data: the role, the department, the grade and the purpose decide, and the rule is named."""

from __future__ import annotations

import grantcity as city
import pytest

from yiwang.kernel.core.actor import Role
from yiwang.kernel.errors import InputError, Refused
from yiwang.trust.selectors import reading_demand, reading_verdict

STEWARD = city.clerk("police", Role.STEWARD)


def rule(**changed: object) -> tuple[bool, str]:
    said = {"department": "police", "grade": 3, "purpose": "核对名单", **changed}
    found = reading_verdict(STEWARD, "resource.read", **said)  # type: ignore[arg-type]
    assert found.reason.zh and found.reason.en
    return found.allowed, found.rule


def test_a_role_in_the_department_with_a_purpose_reads_personal_data() -> None:
    assert rule() == (True, "role:steward")


@pytest.mark.parametrize("purpose", ["", "  ", "看看"])
def test_personal_data_is_not_read_without_a_purpose(purpose: str) -> None:
    assert rule(purpose=purpose) == (False, "purpose:missing")
    with pytest.raises(InputError) as raised:
        reading_demand(STEWARD, "resource.read", department="police", grade=4, purpose=purpose)
    assert raised.value.where == "purpose"


def test_what_is_not_personal_takes_the_role_alone() -> None:
    assert rule(grade=2, purpose="") == (True, "role:steward")


def test_another_department_is_refused_whatever_the_purpose() -> None:
    assert rule(department="civil") == (False, "act:resource.read")
    with pytest.raises(Refused) as raised:
        reading_demand(STEWARD, "resource.read", department="civil", grade=1, purpose="核对名单")
    assert raised.value.where == "act:resource.read"
