"""Which routes answer without a sign-in, each with its reason. Every other route needs one."""

from __future__ import annotations

PUBLIC_ROUTES: dict[str, str] = {
    "health": "a load balancer asks it before anybody can sign in",
    "portal:home": "the front door: what this is, and public figures only",
    "portal:about": "who runs this, and the accessibility statement, must be readable by everybody",
    "portal:sign-in": "the way in cannot itself ask for a sign-in",
    "work:catalogue": "the descriptions of the city's information resources are public; data never comes through them",
    "work:catalogue-export": "the same descriptions as a table",
    "work:resource": "one description: name, provider, sharing, duties, quality",
    "portal:language": "the language is chosen before signing in",
}


def route_is_public(view_name: str) -> bool:
    return view_name in PUBLIC_ROUTES
