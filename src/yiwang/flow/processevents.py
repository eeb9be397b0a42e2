"""What is told of the versions of processes."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from yiwang.flow.models import ProcessVersion
from yiwang.flow.versioning import Drafted
from yiwang.kernel.core.text import Text
from yiwang.kernel.service import event_declare


class ProcessMoved(BaseModel):
    model_config = ConfigDict(extra="forbid")

    process: str
    version: int
    digest: str


PROCESS_PROPOSED = event_declare(
    "process.proposed", ProcessMoved, Text(zh="流程的新版本待批准", en="a new version of a process awaits approval")
)
PROCESS_PUBLISHED = event_declare(
    "process.published", ProcessMoved, Text(zh="流程的新版本生效", en="a new version of a process holds")
)
PROCESS_REJECTED = event_declare(
    "process.rejected", ProcessMoved, Text(zh="流程的新版本被退回", en="a new version of a process was rejected")
)
PROCESS_WITHDRAWN = event_declare(
    "process.withdrawn", ProcessMoved, Text(zh="流程的新版本被起草人撤回", en="the author took a new version back")
)
PROCESS_ROLLED_BACK = event_declare(
    "process.rolled-back", ProcessMoved, Text(zh="流程退回到从前的版本", en="a process went back to an earlier version")
)

PROCESSES = Drafted[ProcessVersion](
    called=Text(zh="流程", en="process"),
    events={
        "propose": PROCESS_PROPOSED,
        "withdraw": PROCESS_WITHDRAWN,
        "reject": PROCESS_REJECTED,
        "approve": PROCESS_PUBLISHED,
        "install": PROCESS_PUBLISHED,
        "roll-back": PROCESS_ROLLED_BACK,
    },
)
