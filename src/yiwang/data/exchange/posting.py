"""Bringing a parcel to a subscriber's address: plain HTTP POST, signed with the secret both know, no way around."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import socket
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from yiwang.kernel.errors import InputError

SECONDS = 10.0
LONGEST = 500


class NotTaken(Exception):
    """The other side did not take it; why, in a line."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """An address that points elsewhere was not the one that was looked at."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())


def address_checked(url: str) -> None:
    """Raises InputError for what is no address of a program of a department: another scheme, credentials, this machine."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise _wrong("地址无效", "the address cannot be read") from None
    if len(url) > LONGEST or parts.scheme not in ("http", "https") or not parts.hostname or not url.isprintable():
        raise _wrong("须是 http 或 https 地址", "it takes an http or https address")
    if parts.username or parts.password:
        raise _wrong("地址中不能有口令", "no password may stand in an address")
    if settings.EXCHANGE_LOCAL:
        return
    try:
        found = {line[4][0] for line in socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        raise _wrong(f"找不到主机 {parts.hostname}", f"there is no host {parts.hostname}") from None
    for one in found:
        address = ipaddress.ip_address(str(one).partition("%")[0])
        if address.is_loopback or address.is_link_local or address.is_multicast or address.is_unspecified:
            raise _wrong("不能是本机地址", "it may not be this machine's own address")


def parcel_hmac(secret: str, timestamp: str, body: bytes) -> str:
    """What the header `Yiwang-Hmac` says: over timestamp, a dot and the body."""
    return "sha256=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def parcel_post(url: str, body: bytes, headers: dict[str, str]) -> None:
    """Raises NotTaken unless the other side answers with a status of 200 to 299, and InputError for an address that will not do."""
    address_checked(url)
    request = urllib.request.Request(url, body, headers | {"Content-Type": "application/json; charset=utf-8"})
    try:
        with _OPENER.open(request, timeout=SECONDS) as answer:
            status = answer.status
    except urllib.error.HTTPError as error:
        error.close()
        raise NotTaken(f"HTTP {error.code}") from error
    except (OSError, HTTPException, ValueError) as error:
        raise NotTaken(f"{type(error).__name__}: {error}"[:300]) from error
    if not 200 <= status < 300:
        raise NotTaken(f"HTTP {status}")


def _wrong(zh: str, en: str) -> InputError:
    return InputError(
        zh=zh,
        en=en,
        where="url",
        hint_zh="填写本部门系统接收推送的地址。",
        hint_en="Give the address where your department's system takes deliveries.",
    )
