"""Where a page's form stands before anything was sent, and which draft a reader has of a piece of work."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone

from yiwang.flow import selectors as flow
from yiwang.flow import service
from yiwang.flow.core.forms.asked import Asked
from yiwang.flow.core.forms.viewing import FormView, Shown, form_view
from yiwang.flow.selectors import DraftRow
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import NotFound
from yiwang.web.forms import Step, draft_view, form_step


def empty_view(actor: Actor, form_id: str, now: datetime) -> FormView:
    """A form nobody has answered yet; nothing is kept for it."""
    found = flow.form_get(actor, form_id)
    return form_view(Asked(found.form, {}, now), Shown(number=found.number))


def draft_held(request: HttpRequest, actor: Actor, key: str) -> DraftRow | None:
    """The draft this session has under a key, for somebody who is signed in."""
    number = request.session.get(key)
    if number is None:
        return None
    try:
        return flow.draft_get(actor, number)
    except NotFound:
        # Handed in already, or older than drafts are kept.
        return None


def staff_view(request: HttpRequest, actor: Actor, key: str, form_id: str) -> FormView:
    """The form as this session left it, or empty."""
    draft, now = draft_held(request, actor, key), timezone.localtime()
    return draft_view(draft, now) if draft is not None else empty_view(actor, form_id, now)


def staff_step(
    request: HttpRequest, actor: Actor, key: str, form_id: str, *, item_id: str = "", work_id: int | None = None
) -> Step:
    """Keep what was sent in the session's draft of `key`, made when there is none."""
    draft = draft_held(request, actor, key)
    if draft is None:
        draft = service.draft_save(actor=actor, form_id=form_id, item_id=item_id, work_id=work_id, answers={})
        request.session[key] = draft.id
    return form_step(request, actor, draft.id, timezone.localtime())
