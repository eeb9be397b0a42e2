"""A city with two departments: everything stands in one, whoever looks belongs to the other. What must not be seen says 外泄."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import recipes_cases
import recipes_duties
import recipes_exchange
import recipes_grants
import recipes_identity
import recipes_products
import recipes_proofs
import recipes_recordings
import recipes_rules
from django.db.models import Model
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application
from smallcity import FOUNDED, PASSWORD, SYSTEM, World, pack, resource_file

from yiwang.data import service as data
from yiwang.data.models import Demand, Load, Release, Resource, SensitiveFinding
from yiwang.data.schema import ResourceFile
from yiwang.flow import service as flow
from yiwang.flow.answers import GivenFile
from yiwang.flow.models import Case, CaseNote, CaseRecording, RecordingCustody, Work
from yiwang.kernel.core.actor import Role
from yiwang.kernel.core.text import Text
from yiwang.kernel.models import Account, Message
from yiwang.kernel.selectors import actor_again
from yiwang.kernel.service import account_create, department_save, file_put, message_send, role_grant
from yiwang.trust import service as trust
from yiwang.trust.models import (
    Credential,
    Delegation,
    Grant,
    IdentityProvider,
    Material,
    ProviderLink,
    SignedSession,
    TotpDevice,
)
from yiwang.web.portal.session import PROVED

LEAK = "外泄"
LIST = "foreign-list"
OURS = "ours"
TOKEN = "a-token-of-ours"
PROGRAM = "program"
VISITOR = "visitor"
WHO = (*Role, PROGRAM, VISITOR)
# What nobody of the other department may change.
HELD: tuple[type[Model], ...] = (
    Case,
    CaseNote,
    CaseRecording,
    RecordingCustody,
    Work,
    Demand,
    Load,
    Release,
    Resource,
    SensitiveFinding,
    Message,
    Credential,
    Grant,
    Delegation,
    Material,
    ProviderLink,
)
# What each has for themselves: there only what somebody of the other department has is compared.
OWNED: tuple[type[Model], ...] = (SignedSession, TotpDevice)


def build(world: World) -> dict[str, str]:
    """The objects of the other department, by the name of the parameter that would lead to them."""
    recipes_duties.installed(world)
    department_save(actor=SYSTEM, code=OURS, name=Text(zh="本局", en="Ours"), parent="city", on=FOUNDED)
    other = _account("other", "civil", Role.STEWARD)
    message_send(actor=SYSTEM, to=[other], title=Text(zh=f"{LEAK}消息", en=f"{LEAK} message"))
    recipes_rules.draft(world)
    number, digest = _case(world)
    told = {
        "number": number,
        "digest": digest,
        **recipes_recordings.bound(number, f"{LEAK}地点"),
        "work_id": str(Work.objects.get(case__number=number, closed_at=None).pk),
        "message_id": str(Message.objects.get(recipient=other).pk),
        **_list(world),
        "credential": str(recipes_proofs.credential_issue(world)()),
        "archive": _archive(world),
        "client_id": _client(world),
        "account_id": str(other),
        "contract": str(recipes_products.contract_draft(world)().number),  # type: ignore[attr-defined]
        "product_id": recipes_products.PRODUCT,
        "release_id": str(Release.objects.get().pk),
        "set_id": "small-open",
        "batch": str(recipes_exchange.batch_start(world)().id),  # type: ignore[attr-defined]
        "subscription": str(recipes_exchange.subscription_open(world)().id),  # type: ignore[attr-defined]
        "item_id": "house-item",
        "process_id": "house-case",
        "form_id": "house-form",
        "first": "0",
        "decision_id": recipes_rules.DECISION,
        "topic_id": "road",
        "version": "1",
        "session_id": str(_session(other)),
        "delegation_id": str(recipes_identity.delegation_give(world)().id),  # type: ignore[attr-defined]
        "factor_id": str(_factor(other)),
        "link_id": str(_provider(world, other)),
        "use_id": _use(other),
        "material": str(_material(world)),
    }
    told["grant"] = _grant()
    told["demand_id"] = str(Demand.objects.get().pk)
    return told


def _account(name: str, department: str, role: Role) -> int:
    made = account_create(actor=SYSTEM, username=name, display_name=name, password=PASSWORD, department=department)
    role_grant(actor=SYSTEM, account=made.pk, role=role, department=department, on=FOUNDED)
    return int(made.pk)


def _case(world: World) -> tuple[str, str]:
    recipes_cases.prepared(world)
    stored = file_put(actor=SYSTEM, source=io.BytesIO(LEAK.encode()), name=f"{LEAK}.pdf")
    opened = flow.case_open(
        actor=SYSTEM,
        item_id="house-item",
        title=f"{LEAK}办件",
        answers={"content": f"{LEAK}内容"},
        applicant={"name": f"{LEAK}甲", "phone": "13900000000"},
        files=[GivenFile("paper", stored.digest, f"{LEAK}.pdf")],
    )
    flow.case_note(actor=SYSTEM, number=opened.number, text=f"{LEAK}批注", public=False)
    return opened.number, stored.digest


def _list(world: World) -> dict[str, str]:
    said = resource_file().model_dump(mode="json") | {
        "id": LIST,
        "code": "HOUSE-0002",
        "title": {"zh": "名册", "en": "Register"},
        "share": {"type": "conditional", "condition": {"zh": "核对", "en": "checks"}, "methods": ["query", "batch"]},
    }
    said["fields"][1] = {"id": "holder", "title": {"zh": "姓名", "en": "Holder"}, "semantic": "person-name"}
    data.resource_install(actor=SYSTEM, file=ResourceFile.model_validate(said), pack=pack())
    file = world.folder / "register.csv"
    file.write_text(f"编号,姓名\n1,{LEAK}人\n,{LEAK}退回\n", encoding="utf-8")
    load = data.load_run(actor=SYSTEM, resource_id=LIST, path=file, file_name="register.csv")[0]
    finding = SensitiveFinding.objects.create(
        resource_id=LIST,
        load=load,
        field="number",
        semantic="resident-id",
        grade=3,
        declared_grade=1,
        evidence=[{"kind": "form", "hits": 1, "of": 1, "example": LEAK}],
    )
    asks = actor_again(f"account:{Account.objects.get(username='other').pk}", "")
    data.demand_file(actor=asks, title="要名册", need="核对", fields_wanted=["编号"], purpose="核对名单")
    return {"resource_id": LIST, "resource": LIST, "load_id": str(load.pk), "finding_id": str(finding.pk)}


def _client(world: World) -> str:
    recipes_identity.client_new(world)()
    return "desk"


def _archive(world: World) -> str:
    recipes_proofs.archive_pack(world)()
    return "A-1"


def _grant() -> str:
    department_save(actor=SYSTEM, code="tax", name=Text(zh="税务局", en="Tax"), parent="city", on=FOUNDED)
    asked = recipes_grants.ask(resource=LIST, purpose=f"{LEAK}用途")
    number = trust.grant_apply(actor=SYSTEM, ask=asked, department="tax")
    trust.grant_review_note(actor=SYSTEM, number=number)
    trust.grant_issue(actor=SYSTEM, number=number)
    return number


def _session(account: int) -> int:
    actor = actor_again(f"account:{account}", "")
    return int(trust.session_begin(actor=actor, session_key="k1", method="password", address="::1", browser="x"))


def _factor(account: int) -> int:
    actor = actor_again(f"account:{account}", "")
    begun = trust.totp_begin(actor=actor, label=f"{LEAK}手机")
    trust.totp_confirm(actor=actor, device=begun.device, code=recipes_identity.code_of(begun))
    return begun.device


def _provider(world: World, account: int) -> int:
    recipes_identity.provider_save(world)()
    provider = IdentityProvider.objects.get()
    return int(ProviderLink.objects.create(provider=provider, account_id=account, subject="s").pk)


def _use(account: int) -> str:
    """Noted by the other department, about the person who gave the delegation."""
    about = Delegation.objects.get().link.subject_hash
    actor = actor_again(f"account:{account}", "")
    use = trust.use_note(actor=actor, resource=LIST, version="1", fields=[], about=[about], purpose=f"{LEAK}用途")
    trust.ledger_append_pending()
    return use


def _material(world: World) -> object:
    keep = recipes_proofs.material_keep(world)
    return keep(given=replace(keep.keywords["given"], title=f"{LEAK}材料"))


def somebody(who: str) -> tuple[Client, dict[str, str]]:
    """A browser or program of our department, and the headers it sends."""
    client = Client(raise_request_exception=False)
    if who == VISITOR:
        return client, {}
    if who == PROGRAM:
        trust.client_new(actor=SYSTEM, client_id="ours", name="本局应用", department=OURS, purpose="核验")
        AccessToken.objects.create(
            application=Application.objects.get(client_id="ours"),
            token="",
            token_checksum=hashlib.sha256(TOKEN.encode()).hexdigest(),
            expires=timezone.now() + timedelta(hours=1),
            scope="exchange",
        )
        return client, {"HTTP_AUTHORIZATION": f"Bearer {TOKEN}"}
    _account(f"our-{who}", OURS, Role(who))
    sign_in(client, who)
    return client, {}


def sign_in(client: Client, who: str) -> None:
    """With the password, so that what asks for a proof a moment ago is not refused for its lack."""
    client.post("/sign-in/", {"username": f"our-{who}", "password": PASSWORD})
    assert PROVED in client.session, who


def held() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of what our department may not change."""
    rows = {model.__name__: model._default_manager.filter(account__username="other") for model in OWNED}
    rows |= {model.__name__: model._default_manager.all() for model in HELD}
    return {name: sorted(map(repr, found.values_list())) for name, found in rows.items()}


def insider() -> Client:
    """Somebody of the other department, who may read what it holds."""
    made = Account.objects.get(pk=_account("inside", "civil", Role.DATA_LEAD))
    client = Client(raise_request_exception=False)
    client.force_login(made, backend="django.contrib.auth.backends.ModelBackend")
    return client
