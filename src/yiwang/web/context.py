"""What every page's frame needs: language, menus, who is signed in, whether the city is synthetic."""

from __future__ import annotations

from django.http import HttpRequest

from yiwang.kernel import selectors as kernel
from yiwang.web.actors import actor_of_request
from yiwang.web.language import active_language
from yiwang.web.menu import main_menu, work_menu


def shell(request: HttpRequest) -> dict[str, object]:
    actor = actor_of_request(request)
    signed_in = bool(actor.id)
    unread = kernel.message_unread_count(actor) if signed_in else 0
    return {
        "language": active_language(),
        "here": request.get_full_path() if request.method == "GET" else request.path,
        "actor": actor,
        "signed_in": signed_in,
        "is_synthetic": kernel.city_is_synthetic(),
        "main_menu": main_menu(actor, request.path),
        "work_menu": work_menu(actor, request.path, unread),
        "unread": unread,
        "actor_department": kernel.department_name(actor.department) if actor.department else None,
    }
