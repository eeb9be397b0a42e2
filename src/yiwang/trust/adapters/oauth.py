"""The OAuth2 server (django-oauth-toolkit), narrowed: only programs that were let in get a token."""

from __future__ import annotations

from typing import Any

from oauth2_provider.oauth2_validators import OAuth2Validator


class ClientValidator(OAuth2Validator):
    """Refuses a client that was disabled or belongs to no department, before its secret is looked at."""

    def _load_application(self, client_id: str, request: Any) -> Any:
        found = super()._load_application(client_id, request)
        profile = getattr(found, "profile", None)
        if profile is None or not profile.enabled:
            request.client = None
            return None
        return found
