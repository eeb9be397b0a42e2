"""Is this credential genuine? Anybody may ask, with or without JavaScript, here or at home without a network."""

from __future__ import annotations

import base64
import json
import ssl
from datetime import date

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, Unavailable, YiwangError
from yiwang.trust import selectors as trust
from yiwang.trust.selectors import ANSWERS, Answer, Verdict
from yiwang.web.answers import problem_of
from yiwang.web.brake import public_demand
from yiwang.web.reading import posted, posted_day

DAY = Text(zh="核验哪一天", en="As of which day")
MOST_BYTES = 5 << 20
LOOKS = {"genuine": "good", "altered": "bad", "revoked": "bad", "unknown": "warn"}


@never_cache
@sensitive_post_parameters("text")
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    context: dict[str, object] = {"given": request.POST, "n": request.GET.get("n", "")[:64]}
    status = 200
    try:
        if request.method == "POST":
            public_demand(request)
            context |= _judged(request)
        elif request.GET.get("n"):
            public_demand(request)
            context |= _looked_up(request)
    except YiwangError as error:
        context["problem"], status = problem_of(error), error.status
    context |= _offline()
    return render(request, "yiwang/proofs/verify.html", context, status=status)


def _judged(request: HttpRequest) -> dict[str, object]:
    file = request.FILES.get("file")
    if file is not None:
        if file.size is None or file.size > MOST_BYTES:
            raise InputError(zh="文件超过 5 MB", en="the file is over 5 MB", where="file")
        data = file.read()
        if data.startswith(b"%PDF"):
            return {"seal": trust.seal_check(data)}
        text = data.decode("utf-8", "replace")
    else:
        text = posted(request, "text")
    if not text.strip():
        raise InputError(
            zh="没有要核验的内容",
            en="there is nothing to check",
            where="text",
            hint_zh="粘贴文字，或者选一个文件。",
            hint_en="Paste the text, or choose a file.",
        )
    found: Verdict = trust.credential_check(text, on=posted_day(request, "day", DAY))
    titles = next((kind.fields for kind in trust.credential_kind_list() if kind.name == found.kind), {})
    said = [(titles.get(name, name), value) for name, value in found.fields.items()]
    return {"found": found, "said": said, "word": ANSWERS[found.answer], "look": LOOKS[found.answer]}


def _looked_up(request: HttpRequest) -> dict[str, object]:
    """What a printed code leads to. It tells nothing of the holder."""
    day = request.GET.get("day", "")
    try:
        on = date.fromisoformat(day) if day else None
    except ValueError:
        raise InputError(zh=f"不是日期：{day[:20]}", en=f"not a day: {day[:20]}", where="day") from None
    fact = trust.credential_fact(request.GET.get("n", ""), request.GET.get("c", ""), on=on)
    answer = fact.answer if fact is not None else Answer.UNKNOWN
    return {"fact": fact, "asked": True, "fact_word": ANSWERS[answer], "fact_look": LOOKS[answer]}


@never_cache
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """One file that checks at home without a network: the program, the keys and the list of today are in it."""
    script = finders.find("dist/verify.js")
    if not isinstance(script, str):
        raise Unavailable(zh="核验程序没有随本系统安装", en="the verifier is not installed", where="dist/verify.js")
    with open(script, encoding="utf-8") as file:
        code = file.read()
    context = {**_offline(), "made": timezone.localtime()}
    page = render(request, "yiwang/proofs/offline.html", context).content.decode()
    # A module in a file of its own is not loaded from a disk; this one stands in the page.
    closed = code.replace("</", "<\\/")
    page = page.replace("<!--code-->", f'<script type="module">{closed}</script>')
    answer = HttpResponse(page, content_type="text/html; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="verify.html"'
    return answer


@never_cache
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """The signed list of withdrawn credentials, as verifiers fetch it."""
    return HttpResponse(trust.credential_status_text(), content_type="application/vc+jwt")


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """The keys to check credentials with (JWK Set)."""
    found = [
        {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": kid, "x": _letters(key)}
        for kid, key in trust.credential_keys().items()
    ]
    return JsonResponse({"keys": found})


@require_safe
def roots(request: HttpRequest) -> HttpResponse:
    """The roots that seals of this city lead to, for a PDF reader to trust."""
    text = "".join(ssl.DER_cert_to_PEM_cert(root) for root in trust.seal_roots())
    return HttpResponse(text, content_type="application/x-pem-file")


def _offline() -> dict[str, object]:
    """What the browser's program checks with: keys, the list of withdrawn credentials, the names of fields."""
    titles = {
        kind.name: {name: [title.zh, title.en] for name, title in kind.fields.items()}
        for kind in trust.credential_kind_list()
    }
    keys = {kid: _letters(key) for kid, key in trust.credential_keys().items()}
    status_text = trust.credential_status_text()
    return {"keys": json.dumps(keys), "status_text": status_text, "titles": json.dumps(titles, ensure_ascii=False)}


def _letters(key: bytes) -> str:
    return base64.urlsafe_b64encode(key).rstrip(b"=").decode()
