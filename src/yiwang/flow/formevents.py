"""What is told of the versions of forms."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from yiwang.flow.models import FormVersion
from yiwang.flow.versioning import Drafted
from yiwang.kernel.core.text import Text
from yiwang.kernel.service import event_declare


class FormMoved(BaseModel):
    model_config = ConfigDict(extra="forbid")

    form: str
    version: int
    digest: str


FORM_PROPOSED = event_declare(
    "form.proposed", FormMoved, Text(zh="表单的新版本待批准", en="a new version of a form awaits approval")
)
FORM_PUBLISHED = event_declare(
    "form.published", FormMoved, Text(zh="表单的新版本生效", en="a new version of a form holds")
)
FORM_REJECTED = event_declare(
    "form.rejected", FormMoved, Text(zh="表单的新版本被退回", en="a new version of a form was rejected")
)
FORM_WITHDRAWN = event_declare(
    "form.withdrawn", FormMoved, Text(zh="表单的新版本被起草人撤回", en="the author took a new version of a form back")
)
FORM_ROLLED_BACK = event_declare(
    "form.rolled-back", FormMoved, Text(zh="表单退回到从前的版本", en="a form went back to an earlier version")
)

FORMS = Drafted[FormVersion](
    called=Text(zh="表单", en="form"),
    events={
        "propose": FORM_PROPOSED,
        "withdraw": FORM_WITHDRAWN,
        "reject": FORM_REJECTED,
        "approve": FORM_PUBLISHED,
        "install": FORM_PUBLISHED,
        "roll-back": FORM_ROLLED_BACK,
    },
)
