"""A real OpenID Connect provider on loopback, run as a program of its own: port, where to send people back, where to leave."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any

from canaille import create_app
from canaille.app import models
from canaille.backends import Backend
from canaille.backends.memory.backend import MemoryBackend
from joserfc.jwk import RSAKey
from werkzeug.serving import run_simple

PASSWORD = "a-long-and-rare-one"
PEOPLE = (("wang", "王小江", "239901194001010011"), ("li", "李冬雪", "239901194102020022"))
CLIENT, SECRET = "yiwang", "shared-with-yiwang"


def provider(port: int, callback: str, farewell: str) -> Any:
    narrow()
    key = RSAKey.generate_key(2048, auto_kid=True).as_dict(private=True)
    app = create_app(
        config={
            "SECRET_KEY": "only-for-tests",
            "SERVER_NAME": f"127.0.0.1:{port}",
            "PREFERRED_URL_SCHEME": "http",
            "CANAILLE": {"DATABASE": "memory", "LOGGING": {"version": 1}, "SMTP": None},
            "CANAILLE_OIDC": {
                "ACTIVE_JWKS": [key],
                "TRUSTED_DOMAINS": ["127.0.0.1"],
            },
        }
    )
    with app.app_context(), Backend.instance.session():
        for name, shown, number in PEOPLE:
            keep(
                models.User(
                    user_name=name,
                    formatted_name=shown,
                    family_name=shown[0],
                    given_name=shown[1:],
                    emails=[f"{name}@example.org"],
                    password=PASSWORD,
                    # Told under the claim "website": where this provider has room for the number of a resident.
                    profile_url=number,
                )
            )
        client = keep(
            models.Client(
                client_id=CLIENT,
                client_name="Yiwang",
                client_secret=SECRET,
                client_id_issued_at=datetime.now(UTC),
                client_uri="http://127.0.0.1",
                redirect_uris=[callback],
                post_logout_redirect_uris=[farewell],
                grant_types=["authorization_code"],
                response_types=["code"],
                scope=["openid", "profile"],
                token_endpoint_auth_method="client_secret_basic",
                id_token_signed_response_alg="RS256",
            )
        )
        client.audience = [client]
        keep(client)
    return app


def narrow() -> None:
    """Its memory backend takes "this code of this client" for "this code, or any of this client": a code that nobody came
    to fetch would then be found instead of the one that was asked for."""
    wide = MemoryBackend.do_query

    def narrowed(self: Any, model: Any, *given: Any, **asked: Any) -> list[Any]:
        found = wide(self, model, *given, **asked)
        return [row for row in found if row.code == asked["code"]] if "code" in asked else found

    MemoryBackend.do_query = narrowed


def keep(row: Any) -> Any:
    Backend.instance.save(row)
    return row


if __name__ == "__main__":
    run_simple("127.0.0.1", int(sys.argv[1]), provider(int(sys.argv[1]), *sys.argv[2:]), threaded=True)
