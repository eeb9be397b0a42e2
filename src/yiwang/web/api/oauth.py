"""The token endpoint (OAuth2, RFC 6749 §4.4): client credentials in, a bearer token out."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from ninja.security import HttpBearer
from oauth2_provider.views.mixins import OAuthLibMixin

from yiwang.kernel.core.actor import Actor
from yiwang.trust.selectors import client_actor
from yiwang.trust.service import token_given
from yiwang.web.actors import HELD_AS
from yiwang.web.brake import Brake, address_of

# Wrong secrets of one address within ten minutes: each costs a slow hash.
WRONG, MOST_WRONG = Brake(600.0), 30


class ClientBearer(HttpBearer):
    """For a router of the API: only programs, by their token. Their actor is then what `actor_of_request` answers."""

    openapi_description = "OAuth2 client credentials; POST /api/oauth/token"

    def __call__(self, request: HttpRequest) -> Actor:
        actor = client_actor(request)
        setattr(request, HELD_AS, actor)
        return actor

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        return self(request)


@csrf_exempt
@never_cache
@require_POST
@sensitive_post_parameters("client_secret")
def token(request: HttpRequest) -> HttpResponse:
    address = address_of(request)
    if WRONG.tries(address) >= MOST_WRONG:
        told = {"error": "invalid_client", "error_description": "too many wrong attempts from this address"}
        return JsonResponse(told, status=429)
    _, headers, body, status = OAuthLibMixin().create_token_response(request)
    if status == 200:
        token_given(token=json.loads(body)["access_token"])
    elif status == 401:
        WRONG.taken(address, 1, MOST_WRONG)
    return HttpResponse(body, status=status, headers=headers)


urlpatterns = [path("api/oauth/token", token, name="oauth-token")]
